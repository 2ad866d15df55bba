"""Where a request goes: set aside and why, what is awaited and from whom. Pure."""

from collections.abc import Iterable, Sequence

from issuer.attestation.problems import Problem
from issuer.demarches.records import Evaluation
from issuer.registry.request_tables import ACCEPTE, EN_CONSTRUCTION, EN_INSTRUCTION


def open_doubts(doubts: Iterable[dict], corrections: dict) -> list[dict]:
    """The doubts that no agent has settled: a correction of the field settles one, at the same value too."""
    return [
        doubt
        for doubt in doubts
        if not any(name == doubt["field"] or name.startswith(f"{doubt['field']}.") for name in corrections)
    ]


def going(
    values: dict, evaluation: Evaluation, corrections: dict, attestation: int | None, noticed: Sequence[Problem] = ()
) -> dict:
    """Where a request goes: whether it is set aside and why, and what is awaited from whom. ``values`` holds state,
    doubts, awaited; ``noticed`` is what refuses the record or warns (:mod:`issuer.desk.plausibility`).
    """
    state = values["state"]
    doubts = open_doubts(values["doubts"], corrections)
    aside, details = None, None
    if (
        values.get("withdrawn_at") is None
        and attestation is None
        and state in (EN_CONSTRUCTION, EN_INSTRUCTION, ACCEPTE)
    ):
        if any(doubt["code"] == "establishment" for doubt in doubts):
            aside = "establishment"
        elif evaluation.wrong:
            aside = "unreadable"
        elif doubts:
            aside = "unsure"
        elif state == ACCEPTE and evaluation.problems:
            aside = "missing"
        elif noticed:
            aside = "noticed"
        if aside:
            told = (*evaluation.problems, *noticed)
            details = {"problems": [{"field": p.field, "code": p.code, "params": p.params} for p in told]}
    return {
        "aside": aside,
        "aside_details": details,
        **awaiting(state, values.get("awaited") == "reponse", aside, attestation),
    }


def awaiting(state: str, asked: bool, aside: str | None, attestation: int | None) -> dict:
    """What is awaited, and from whom."""
    if state in (EN_CONSTRUCTION, EN_INSTRUCTION):
        return (
            {"awaited_from": "usager", "awaited": "reponse"}
            if asked
            else {"awaited_from": "service", "awaited": "examen"}
        )
    if state == ACCEPTE and attestation is None:
        return {"awaited_from": "service", "awaited": "correction" if aside else "attestation"}
    return {"awaited_from": "personne", "awaited": "rien"}
