"""Attestations in force that say the same of the same person: what is signed a second time by mistake."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import Connection, Row, TextClause, or_, select, text

from issuer.attestation.claims import Claims, decode
from issuer.attestation.token import split
from issuer.registry.draws import chunks
from issuer.registry.models import SUSPENDED, VALID, Archive, Attestation, NameWord
from issuer.registry.names import BIRTH, fold, words

MOST_WORDS = 6
"""Words of the names that the database is asked for; what it finds is compared whole."""
FEW = 100
"""Attestations that bear a word at most for it to narrow the search by itself."""
LATEST = 100
"""Attestations that are compared at most where none does."""


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


def find(connection: Connection, wanted: Sequence[Holding], besides: int | None = None) -> list[list[Twin]]:
    """The twins of each holding that are valid or suspended, the latest first, without the number ``besides``. The
    database is asked a few times for all holdings together, not for each.
    """
    asked = [_asked_words(holding) for holding in wanted]
    rare, common = _rarest(connection, asked)
    bearers = _bearers(connection, set(rare.values()))
    rows = _in_force(connection, wanted, sorted({one for word in rare.values() for one in bearers[word]}))
    found: list[list[Twin]] = [[] for _ in wanted]
    for place, word in rare.items():
        found[place] = _same(wanted[place], (rows[one] for one in bearers[word] if one in rows), besides)
    for place in common:
        found[place] = _same(wanted[place], _bearing_all(connection, wanted[place], asked[place]), besides)
    return found


def _asked_words(wanted: Holding) -> list[str]:
    """The words that a twin bears, those first that few others are likely to bear; empty without a name."""
    names = words(wanted.family_name, wanted.given_names or "")
    if not names:
        return []
    return [BIRTH + wanted.birth_date.replace("-", ""), *sorted(names, key=len, reverse=True)[:MOST_WORDS]]


def _rarest(connection: Connection, asked: Sequence[Sequence[str]]) -> tuple[dict[int, str], list[int]]:
    """For each place of ``asked``, the first of its words that at most :data:`FEW` attestations bear, left out where
    none bears it; and the places all of whose words are common. Most often the birth date answers, whatever the
    database makes of a search for all words at once.
    """
    rare: dict[int, str] = {}
    places = [place for place, its_words in enumerate(asked) if its_words]
    for turn in range(1 + MOST_WORDS):
        at_turn = {place: asked[place][turn] for place in places if turn < len(asked[place])}
        counts = _counts(connection, sorted(set(at_turn.values())))
        for place, word in at_turn.items():
            if counts[word] <= FEW:
                places.remove(place)
                if counts[word]:
                    rare[place] = word
    return rare, places


def _counts(connection: Connection, asked: Sequence[str]) -> dict[str, int]:
    """How many attestations bear each word, counted up to ``FEW + 1``."""
    counts: dict[str, int] = {}
    for chunk in chunks(asked):
        given = {f"word{place}": word for place, word in enumerate(chunk)}
        rows = connection.execute(_counting(len(chunk)), {**given, "most": FEW + 1})
        counts.update((row.word, row.borne) for row in rows)
    return counts


@cache
def _counting(size: int) -> TextClause:
    """The question of :func:`_counts` for so many words. As text: SQLAlchemy would compile its VALUES anew each time,
    for longer than the database takes to answer.
    """
    listed = ", ".join(f"(:word{place})" for place in range(size))
    few = "SELECT 1 FROM name_word WHERE name_word.word = asked.word LIMIT :most"
    return text(
        f"WITH asked (word) AS (VALUES {listed})"  # noqa: S608 (names of parameters)
        f" SELECT word, (SELECT count(*) FROM ({few}) AS few) AS borne FROM asked"
    )


def _bearers(connection: Connection, asked: Collection[str]) -> dict[str, list[int]]:
    """The attestations that bear each word, the latest first."""
    bearers: dict[str, list[int]] = {word: [] for word in asked}
    for chunk in chunks(sorted(asked)):
        query = select(NameWord.word, NameWord.attestation_id).where(NameWord.word.in_(chunk))
        for row in connection.execute(query.order_by(NameWord.attestation_id.desc())):
            bearers[row.word].append(row.attestation_id)
    return bearers


_Row = Row[int, int, date, date, str | None, str | None, bytes]

_IN_FORCE = (
    select(
        Attestation.id,
        Attestation.number,
        Attestation.valid_from,
        Attestation.valid_until,
        Attestation.employer_siret,
        Attestation.employer_key,
        Archive.token,
    )
    .join(Archive, Archive.attestation_id == Attestation.id)
    .where(Attestation.state.in_((VALID, SUSPENDED)))
)


def _in_force(connection: Connection, wanted: Sequence[Holding], ids: Sequence[int]) -> dict[int, _Row]:
    """Of the attestations ``ids``, by their id, those in force with an employer and a day of one of the holdings."""
    if not ids:
        return {}
    query = _IN_FORCE.where(
        Attestation.valid_from <= max(one.valid_until for one in wanted),
        Attestation.valid_until >= min(one.valid_from for one in wanted),
        or_(
            Attestation.employer_siret.in_({one.employer_siret for one in wanted if one.employer_siret}),
            Attestation.employer_key.in_({_employer_key(one) for one in wanted if not one.employer_siret}),
        ),
    )
    return {row.id: row for chunk in chunks(ids) for row in connection.execute(query.where(Attestation.id.in_(chunk)))}


def _bearing_all(connection: Connection, wanted: Holding, asked: Sequence[str]) -> Iterable[_Row]:
    """The latest :data:`LATEST` attestations in force that bear all words, of the employer and days of ``wanted``."""
    query = _IN_FORCE.where(
        Attestation.valid_from <= wanted.valid_until,
        Attestation.valid_until >= wanted.valid_from,
        Attestation.employer_siret == wanted.employer_siret
        if wanted.employer_siret
        else Attestation.employer_key == _employer_key(wanted),
    )
    for word in asked:
        query = query.where(Attestation.id.in_(select(NameWord.attestation_id).where(NameWord.word == word)))
    return connection.execute(query.order_by(Attestation.id.desc()).limit(LATEST))


def _same(wanted: Holding, rows: Iterable[_Row], besides: int | None) -> list[Twin]:
    return [
        Twin(row.number, claims.to_json())
        for row in rows
        if row.number != besides
        and row.valid_from <= wanted.valid_until
        and row.valid_until >= wanted.valid_from
        and (
            row.employer_siret == wanted.employer_siret
            if wanted.employer_siret
            else row.employer_key == _employer_key(wanted)
        )
        and _is_same(claims := decode(split(bytes(row.token)).payload), wanted)
    ]


def _employer_key(wanted: Holding) -> str:
    return fold(wanted.employer_name)[:160]


def _is_same(claims: Claims, wanted: Holding) -> bool:
    return (
        claims.birth_date == wanted.birth_date
        and claims.nationality == wanted.nationality
        and fold(claims.family_name) == fold(wanted.family_name)
        and fold(claims.given_names or "") == fold(wanted.given_names or "")
    )
