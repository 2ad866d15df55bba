"""What a new trust list changes, in words for whoever is asked to sign it. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime

from keys.content import (
    STATE_IN_USE,
    STATE_RETIRED,
    STATE_REVOKED,
    USE_ATTESTATION,
    USE_RECEIPT,
    USE_STATUS,
    TrustContent,
    TrustedKey,
)
from keys.roots import RootSet

USE_WORDS = {USE_ATTESTATION: "attestation", USE_STATUS: "status", USE_RECEIPT: "receipt"}
STATE_WORDS = {STATE_IN_USE: "in_use", STATE_RETIRED: "retired", STATE_REVOKED: "revoked"}


def instant(seconds: int) -> str:
    """UTC seconds as ``YYYY-MM-DDThh:mm:ssZ``; the number itself beyond the year 9999."""
    return (
        datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if seconds < 253_402_300_800
        else f"second {seconds}"
    )


def describe(held: TrustContent | None, new: TrustContent) -> list[str]:
    """Every difference between the list in force (None: there is none, so everything is new) and ``new``, a sentence each.

    The first is always the version and its dates; a list that changes nothing else says so.
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
    ]
    if (held.demonstration if held else False) != new.demonstration:
        rest.append(
            "It is marked as a DEMONSTRATION." if new.demonstration else "The mark of a demonstration is TAKEN AWAY."
        )
    return [first, *(rest or ["Nothing but the version and the dates changes."])]


def _names(keys) -> str:
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
    scope = f" for {places}" if key.use == USE_ATTESTATION else ""
    return f"signs {USE_WORDS[key.use]}s{scope} from {instant(key.not_before)} to {instant(key.not_after)}, {key.authority}"


def _keys(held: tuple[TrustedKey, ...], new: tuple[TrustedKey, ...]) -> Iterator[str]:
    before = {key.kid: key for key in held}
    for key in new:
        old = before.pop(key.kid, None)
        if old is None:
            yield f"NEW KEY {key.kid.hex()}: {_what(key)}; {STATE_WORDS[key.state]}."
            continue
        if old.state != key.state:
            yield f"KEY {key.kid.hex()} ({USE_WORDS[key.use]}): {STATE_WORDS[old.state]} becomes {STATE_WORDS[key.state].upper()}."
        if _what(old) != _what(key):
            yield f"KEY {key.kid.hex()}: {_what(old)}; now {_what(key)}."
    for kid, key in before.items():
        yield f"KEY {kid.hex()} ({USE_WORDS[key.use]}) is TAKEN OUT of the list: what it signed is trusted no more."


def _lists(held: TrustContent | None, new: TrustContent) -> Iterator[str]:
    before = {entry.number: entry for entry in held.status_lists} if held else {}
    for entry in new.status_lists:
        old = before.pop(entry.number, None)
        if old != entry:
            word = "NEW STATUS LIST" if old is None else "STATUS LIST"
            yield f"{word} {entry.number}: at /{entry.path}, signed by {entry.kid.hex()}{'' if old is None else f' (before: /{old.path}, {old.kid.hex()})'}."
    for number in before:
        yield f"STATUS LIST {number} is TAKEN OUT of the list."


def _origins(held: tuple[str, ...], new: tuple[str, ...]) -> Iterator[str]:
    for origin in new:
        if origin not in held:
            yield f"NEW ADDRESS: {origin}."
    for origin in held:
        if origin not in new:
            yield f"ADDRESS {origin} is TAKEN OUT: papers that bear it become foreign."
