"""Attestations in force that say the same of the same person: what is signed a second time by mistake."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, select

from issuer.attestation.claims import Claims, decode
from issuer.attestation.token import split
from issuer.registry.models import SUSPENDED, VALID, Archive, Attestation, NameWord
from issuer.registry.names import BIRTH, fold, words

MOST_WORDS = 6
"""Words of the names that the database is asked for; what it finds is compared whole."""
FEW = 100
"""Attestations that bear a word at most for it to narrow the search by itself."""


@dataclass(frozen=True, repr=False)
class Twin:
    """An attestation in force of the same holder at the same employer, its validity overlapping. ``claims`` by JSON
    names.
    """

    number: int
    claims: dict[str, object]


@dataclass(frozen=True, repr=False)
class Holding:
    """Who holds what, where and when: what twins have in common. Days are the département's, both included."""

    family_name: str
    given_names: str | None
    birth_date: str
    nationality: str
    employer_name: str
    employer_siret: str | None
    valid_from: date
    valid_until: date


_BEARERS = select(NameWord.attestation_id).where(NameWord.word == bindparam("word")).limit(FEW + 1)


def find(connection: Connection, wanted: Holding, besides: int | None = None) -> list[Twin]:
    """The twins of a holding that are valid or suspended, the latest first, without the number ``besides``."""
    names = words(wanted.family_name, wanted.given_names or "")
    if not names:
        return []
    asked = [BIRTH + wanted.birth_date.replace("-", ""), *sorted(names, key=len, reverse=True)[:MOST_WORDS]]
    few = _rare(connection, asked)
    if few == []:
        return []
    query = (
        select(Attestation.number, Archive.token)
        .join(Archive, Archive.attestation_id == Attestation.id)
        .where(
            Attestation.state.in_((VALID, SUSPENDED)),
            Attestation.valid_from <= wanted.valid_until,
            Attestation.valid_until >= wanted.valid_from,
            Attestation.employer_siret == wanted.employer_siret
            if wanted.employer_siret
            else Attestation.employer_key == fold(wanted.employer_name)[:160],
        )
    )
    if few is not None:
        query = query.where(Attestation.id.in_(few))
    else:
        for word in asked:
            query = query.where(Attestation.id.in_(select(NameWord.attestation_id).where(NameWord.word == word)))
    return [
        Twin(row.number, claims.to_json())
        for row in connection.execute(query.order_by(Attestation.id.desc()).limit(FEW))
        if row.number != besides and _is_same(claims := decode(split(bytes(row.token)).payload), wanted)
    ]


def _rare(connection: Connection, asked: list[str]) -> list[int] | None:
    """The attestations that bear the first of the words that few bear; None when each is common. Most often the birth
    date answers, whatever the database makes of a search for all words at once.
    """
    for word in asked:
        found = connection.execute(_BEARERS, {"word": word}).scalars().all()
        if len(found) <= FEW:
            return list(found)
    return None


def _is_same(claims: Claims, wanted: Holding) -> bool:
    return (
        claims.birth_date == wanted.birth_date
        and claims.nationality == wanted.nationality
        and fold(claims.family_name) == fold(wanted.family_name)
        and fold(claims.given_names or "") == fold(wanted.given_names or "")
    )
