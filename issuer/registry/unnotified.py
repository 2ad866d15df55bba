"""Decisions that their person has yet to be told of, as far as the registry knows: they bind only from then on."""

from sqlalchemy import Engine, exists, func, select
from sqlalchemy.orm import aliased

from issuer.registry.database import reading
from issuer.registry.models import Attestation, Event

NOTIFIED = ("suspend", "reinstate", "revoke")
"""Decisions that are notified; a replacement is handed over with the new paper."""
LATER = (*NOTIFIED, "replace", "notify")
"""What leaves nothing to notify of an earlier decision."""


def unnotified(
    engine: Engine, departments: tuple[str, ...] | None = None, most: int = 5
) -> tuple[int, list[tuple[int, str]]]:
    """How many decisions of ``departments`` (None: all) wait to be notified, and ``(number, act)`` of the ``most``
    oldest.

    Only the last decision on an attestation counts, and none on one whose personal data is gone.
    """
    later = aliased(Event)
    followed = exists().where(later.attestation_id == Event.attestation_id, later.id > Event.id, later.act.in_(LATER))
    query = (
        select(Attestation.number, Event.act, func.count().over().label("total"))
        .join(Attestation, Attestation.id == Event.attestation_id)
        .where(
            Event.act.in_(NOTIFIED),
            Event.notified_on.is_(None),
            Attestation.anonymised_at.is_(None),
            ~followed,
        )
    )
    if departments is not None:
        # Not by the index of départements: the events are few, the attestations of a département many.
        query = query.where(func.coalesce(Attestation.department, "").in_(departments))
    with reading(engine) as connection:
        oldest = connection.execute(query.order_by(Event.id).limit(most)).all()
    return oldest[0].total if oldest else 0, [(row.number, row.act) for row in oldest]
