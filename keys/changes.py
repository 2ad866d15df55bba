"""What a new trust list changes, in words for the person who is asked to sign it. Pure."""

from collections.abc import Iterable, Iterator

from keys import cbor
from keys.instants import instant
from keys.roots import RootSet
from keys.trust_content import (
    GENUINE,
    LONGEST,
    SEALS,
    STATE_IN_USE,
    STATE_RETIRED,
    STATE_REVOKED,
    USE_ATTESTATION,
    USE_COUNTERSIGN,
    USE_RECEIPT,
    USE_STATUS,
    Extensions,
    StatusListEntry,
    TrustContent,
    TrustedKey,
)

USE_WORDS = {
    USE_ATTESTATION: "attestation",
    USE_STATUS: "status",
    USE_RECEIPT: "receipt",
    USE_COUNTERSIGN: "countersign",
}
DAY, USUAL = 86_400, 31
"""Seconds; and days that a first list may live without a word."""
STATE_WORDS = {STATE_IN_USE: "in_use", STATE_RETIRED: "retired", STATE_REVOKED: "revoked"}


def describe(held: TrustContent | None, new: TrustContent) -> list[str]:
    """Every difference between the list in force (None: there is none, so everything is new) and ``new``, a sentence
    each.

    The first is always the version and its dates; a list that changes nothing else says so. Extensions and entries that
    this version does not know are shown as the hexadecimal digits of their CBOR.
    """
    dates = f"issued {instant(new.issued)}, next update {instant(new.next_update)}, expires {instant(new.expires)}"
    first = (
        f"Version {new.version}, {dates}."
        if held is None
        else f"Version {held.version} becomes {new.version}: {dates}."
    )
    rest = [
        *_roots(held.roots if held else None, new.roots),
        *_keys(held.keys if held else (), new.keys),
        *_lists(held, new),
        *_origins(held.origins if held else (), new.origins),
        *_seals(held, new),
        *_extensions(
            "THE LIST", held.extensions if held else (), new.extensions, SEALS if _seals_known(held, new) else None
        ),
        *_later_keys(held.later_keys if held else (), new.later_keys),
    ]
    if (held.demonstration if held else False) != new.demonstration:
        rest.append(
            "It is marked as a DEMONSTRATION." if new.demonstration else "The mark of a demonstration is TAKEN AWAY."
        )
    return [first, *_lives(held, new), *(rest or ["Nothing but the version and the dates changes."])]


def _lives(held: TrustContent | None, new: TrustContent) -> Iterator[str]:
    """That verifiers which are kept from newer lists would believe this one for longer than the one before."""
    days, usual = (new.expires - new.issued) // DAY, (held.expires - held.issued) // DAY if held else USUAL
    if days > usual:
        yield (
            f"It LIVES {days} days, not {usual}: verifiers that are kept from newer lists go on with it, and what is"
            " revoked later stays trusted there."
        )


def _names(keys: Iterable[bytes]) -> str:
    return ", ".join(kid.hex() for kid in sorted(keys))


def _roots(held: RootSet | None, new: RootSet) -> Iterator[str]:
    if held is None:
        yield f"ROOTS: {new.threshold} of these {len(new.keys)} must sign: {_names(new.by_kid())}."
    elif not held.same_as(new):
        yield f"ROOTS: {held.threshold} of {len(held.keys)} become {new.threshold} of {len(new.keys)}."
        if added := new.by_kid().keys() - held.by_kid().keys():
            yield f"ROOTS: added {_names(added)}."
        if removed := held.by_kid().keys() - new.by_kid().keys():
            yield f"ROOTS: removed {_names(removed)}."


def _what(key: TrustedKey) -> str:
    places = f"the départements {', '.join(key.departments)}" if key.departments else "every département"
    scope = f" for {places}" if key.use == USE_ATTESTATION or key.departments else ""
    what = "status list" if key.use == USE_STATUS else USE_WORDS[key.use]
    return f"signs {what}s{scope} from {instant(key.not_before)} to {instant(key.not_after)}, {key.authority}"


def _keys(held: tuple[TrustedKey, ...], new: tuple[TrustedKey, ...]) -> Iterator[str]:
    before = {key.kid: key for key in held}
    for key in new:
        old = before.pop(key.kid, None)
        if old is None:
            yield f"NEW KEY {key.kid.hex()}: {_what(key)}; {STATE_WORDS[key.state]}."
            yield from _genuine(None, key)
            yield from _extensions(f"KEY {key.kid.hex()}", (), key.extensions, GENUINE)
            continue
        if old.state != key.state:
            yield (
                f"KEY {key.kid.hex()} ({USE_WORDS[key.use]}): {STATE_WORDS[old.state]} becomes"
                f" {STATE_WORDS[key.state].upper()}."
            )
        if _what(old) != _what(key):
            yield f"KEY {key.kid.hex()}: {_what(old)}; now {_what(key)}."
        yield from _genuine(old, key)
        yield from _extensions(f"KEY {key.kid.hex()}", old.extensions, key.extensions, GENUINE)
    for kid, key in before.items():
        yield f"KEY {kid.hex()} ({USE_WORDS[key.use]}) is TAKEN OUT of the list: what it signed is trusted no more."


def _genuine(old: TrustedKey | None, new: TrustedKey) -> Iterator[str]:
    before = old.genuine if old else None
    if new.genuine == before:
        return
    if new.genuine is None:
        yield f"KEY {new.kid.hex()}: its LIST OF THE GENUINE is TAKEN AWAY: what it signed is trusted no more."
        return
    path, digest = new.genuine
    yield (
        f"KEY {new.kid.hex()}: LIST OF THE GENUINE at /{path}, SHA-256 {digest.hex()}: what stands in it stays trusted"
        " though the key is revoked."
    )


def _seals_known(held: TrustContent | None, new: TrustContent) -> bool:
    """Whether the extension that names the seals has, on both sides, a form that can be said in words."""
    return all(
        content is None or content.seals is not None or SEALS not in dict(content.extensions) for content in (held, new)
    )


def _seals(held: TrustContent | None, new: TrustContent) -> Iterator[str]:
    before = held.seals if held else None
    if not _seals_known(held, new) or before == new.seals:
        return
    if new.seals is None:
        yield "The LIST OF SEAL CERTIFICATES is TAKEN OUT: phones know no certificate of the State's seals any more."
        return
    yield f"LIST OF SEAL CERTIFICATES: at /{new.seals.path}, signed by {new.seals.kid.hex()}."


def _lists(held: TrustContent | None, new: TrustContent) -> Iterator[str]:
    before = {status_list.number: status_list for status_list in held.status_lists} if held else {}
    for status_list in new.status_lists:
        old = before.pop(status_list.number, None)
        if old is None or (old.path, old.kid) != (status_list.path, status_list.kid):
            word = "NEW STATUS LIST" if old is None else "STATUS LIST"
            yield (
                f"{word} {status_list.number}: at /{status_list.path}, signed by"
                f" {status_list.kid.hex()}{'' if old is None else f' (before: /{old.path}, {old.kid.hex()})'}."
            )
        yield from _life(old, status_list)
        yield from _extensions(
            f"STATUS LIST {status_list.number}", old.extensions if old else (), status_list.extensions, LONGEST
        )
    for number in before:
        yield f"STATUS LIST {number} is TAKEN OUT of the list."


def _origins(held: tuple[str, ...], new: tuple[str, ...]) -> Iterator[str]:
    for origin in new:
        if origin not in held:
            yield f"NEW ADDRESS: {origin}."
    for origin in held:
        if origin not in new:
            yield f"ADDRESS {origin} is TAKEN OUT: papers that bear it become foreign."


def _life(old: StatusListEntry | None, new: StatusListEntry) -> Iterator[str]:
    before = old.longest if old else None
    if new.longest != before:
        words = (
            f"may count as fresh for {new.longest[0]} seconds and live for {new.longest[1]} seconds"
            if new.longest
            else "has the usual longest life again"
        )
        yield f"STATUS LIST {new.number}: LONGEST LIFE: it {words}."


def _extensions(of: str, held: Extensions, new: Extensions, known: int | None = None) -> Iterator[str]:
    before, after = dict(held), dict(new)
    for label in sorted(before.keys() | after.keys()):
        if before.get(label) == after.get(label) or label == known:
            continue
        was, now = (side[label].hex() if label in side else "" for side in (before, after))
        yield (
            f"EXTENSION {label} of {of}, which this version does not know: "
            + (f"{was or 'it was not there'} becomes {now}." if now else f"{was} is TAKEN OUT.")
        )


def _later_keys(held: tuple[bytes, ...], new: tuple[bytes, ...]) -> Iterator[str]:
    for word, keys in (
        ("NEW ENTRY", [one for one in new if one not in held]),
        ("TAKEN OUT", [one for one in held if one not in new]),
    ):
        for key in keys:
            use = cbor.decode(key)[3]  # type: ignore[index]
            what = (
                "countersignatures of receipts"
                if use == USE_COUNTERSIGN
                else f"the use {use}, which this version does not know"
            )
            yield f"{word}: a key of {what}: {key.hex()}."
