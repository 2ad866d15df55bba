"""Steps 8 to 12: status, clock, validity, lists."""

from tests.vectors import scene
from tests.vectors.cases import Cases
from tests.vectors.scene import (
    AGE,
    DAY,
    INDEX,
    NBF,
    NOW,
    ORIGIN,
    REFERENCE,
    REFERENCE_PAYLOAD,
    REFERENCE_TEXT,
    STATUS_EXPIRES,
    STATUS_ISSUED,
    TRUST_EXPIRES,
    attestation,
    payload,
)

WEEK = 7 * DAY


def no_trust() -> Cases:
    """Before step 1."""
    cases = Cases("5")
    for name, comment, text in (
        ("right", "a right text", REFERENCE_TEXT),
        ("foreign", "a foreign text: no origin is known without a list", "https://example.org/"),
        ("empty", "an empty text", ""),
        ("malformed", "a malformed text", f"{ORIGIN}/#1"),
    ):
        cases.add(
            f"no-trust-{name}",
            f"no acceptable trust list: {comment}",
            text,
            "status_unknown",
            "amber",
            trust=None,
            status=(),
        )
    return cases


def state() -> Cases:
    """Step 8."""
    cases = Cases("5.8")
    for word, level in (("revoked", "red"), ("replaced", "red"), ("suspended", "amber")):
        status = (f"one-{word}",)
        cases.authentic(
            f"{word}-fresh", "the list is fresh", REFERENCE_PAYLOAD, verdict=word, level=level, status=status
        )
        stale = STATUS_ISSUED + DAY + 1
        cases.authentic(
            f"{word}-stale",
            "the list is past its ttl",
            REFERENCE_PAYLOAD,
            verdict=word,
            level=level,
            status=status,
            now=stale,
            age=DAY + 1,
        )
        last = STATUS_EXPIRES - 1
        cases.authentic(
            f"{word}-last-second",
            "the last second before the list expires",
            REFERENCE_PAYLOAD,
            verdict=word,
            level=level,
            status=status,
            now=last,
            age=WEEK - 1,
        )
        expired = (
            {"verdict": word, "level": level} if level == "red" else {"verdict": "status_unknown", "level": "amber"}
        )
        comment = (
            "values 1 and 3 of an expired list still count"
            if level == "red"
            else "a suspension may have ended since the list expired"
        )
        cases.authentic(
            f"{word}-expired-list", comment, REFERENCE_PAYLOAD, status=status, now=STATUS_EXPIRES, age=WEEK, **expired
        )
        cases.authentic(
            f"{word}-before-validity",
            "the status is looked at before the validity",
            payload(REFERENCE, nbf=NOW + 1),
            {"valid_from": "2026-02-02"},
            verdict=word,
            level=level,
            status=status,
        )
        cases.authentic(
            f"{word}-after-validity",
            "the status is looked at before the validity",
            payload(REFERENCE, exp=NOW),
            {"valid_until": "2026-02-01"},
            verdict=word,
            level=level,
            status=status,
        )
        cases.authentic(
            f"{word}-clock",
            "the status is looked at before the clock",
            REFERENCE_PAYLOAD,
            verdict=word,
            level=level,
            status=status,
            floor=NOW + 301,
        )
    for index, value in scene.ENTRIES.items():
        if value:
            word, level = {1: ("revoked", "red"), 2: ("suspended", "amber"), 3: ("replaced", "red")}[value]
            cases.authentic(
                f"entry-{index}-is-{value}",
                "two bits an entry, least significant first",
                payload(attestation(k15=[1, index])),
                {"status": {"list": 1, "index": index}},
                verdict=word,
                level=level,
            )
    cases.authentic(
        "neighbours-revoked",
        "the entries around are revoked, this one is not",
        REFERENCE_PAYLOAD,
        status=("one-neighbours",),
    )
    cases.authentic(
        "other-list-revoked",
        "the same index of another list",
        payload(attestation(k15=[2, 1])),
        {"status": {"list": 2, "index": 1}},
        status=("one", "two"),
    )
    cases.authentic(
        "revoked-expired-trust",
        "the trust list has expired too",
        REFERENCE_PAYLOAD,
        verdict="revoked",
        level="red",
        status=("one-revoked",),
        now=TRUST_EXPIRES,
        age=TRUST_EXPIRES - STATUS_ISSUED,
    )
    return cases


def clock() -> Cases:
    """Step 9, 300 seconds either side."""
    cases = Cases("5.9")
    for name, comment, more in (
        ("floor", "the floor", dict(floor=NOW + 301)),
        ("build-time", "the site's build time", dict(build_time=NOW + 301)),
        ("far-future-floor", "the floor, far ahead", dict(floor=4_000_000_000)),
    ):
        cases.authentic(
            f"clock-{name}-301",
            f"now + 300 s is before {comment}",
            REFERENCE_PAYLOAD,
            verdict="clock_wrong",
            level="amber",
            **more,
        )
    cases.authentic(
        "clock-trust-301",
        "now + 300 s is before the trust list's time of issue",
        REFERENCE_PAYLOAD,
        verdict="clock_wrong",
        level="amber",
        trust="ahead-301",
    )
    cases.authentic(
        "clock-status-301",
        "now + 300 s is before the status list's time of issue",
        REFERENCE_PAYLOAD,
        verdict="clock_wrong",
        level="amber",
        status=("one-ahead-301",),
        age=-301,
    )
    cases.authentic(
        "clock-other-status-301",
        "now + 300 s is before another status list's time of issue",
        REFERENCE_PAYLOAD,
        verdict="clock_wrong",
        level="amber",
        status=("one", "two-ahead-301"),
    )
    cases.authentic(
        "clock-token-301",
        "now + 300 s is before the token's time of issue",
        payload(REFERENCE, iat=NOW + 301),
        {"issued_at": "2026-02-02T02:45:01Z"},
        verdict="clock_wrong",
        level="amber",
    )
    for name, more in (
        ("floor", dict(floor=NOW + 300)),
        ("build-time", dict(build_time=NOW + 300)),
        ("trust", dict(trust="ahead-300")),
    ):
        cases.authentic(f"clock-{name}-300", "300 s ahead is still right", REFERENCE_PAYLOAD, **more)
    cases.authentic(
        "clock-status-300", "300 s ahead is still right", REFERENCE_PAYLOAD, status=("one-ahead-300",), age=-300
    )
    cases.authentic(
        "clock-token-300",
        "300 s ahead is still right",
        payload(REFERENCE, iat=NOW + 300),
        {"issued_at": "2026-02-02T02:45:00Z"},
    )
    cases.authentic(
        "clock-set-back",
        "a clock set back by 25 days, still within the validity",
        REFERENCE_PAYLOAD,
        verdict="clock_wrong",
        level="amber",
        now=NOW - 25 * DAY,
        age=AGE - 25 * DAY,
    )
    cases.authentic(
        "clock-before-not-yet-valid",
        "the clock is looked at before the validity",
        REFERENCE_PAYLOAD,
        verdict="clock_wrong",
        level="amber",
        now=NBF - 1,
        age=NBF - 1 - STATUS_ISSUED,
    )
    cases.authentic(
        "clock-epoch",
        "a clock at 1970",
        REFERENCE_PAYLOAD,
        verdict="clock_wrong",
        level="amber",
        now=0,
        age=-STATUS_ISSUED,
    )
    cases.authentic(
        "clock-no-list",
        "without a status list the other times still count",
        REFERENCE_PAYLOAD,
        verdict="clock_wrong",
        level="amber",
        status=(),
        age=None,
        floor=NOW + 301,
    )
    return cases


def validity() -> Cases:
    """Step 10."""
    cases = Cases("5.10")
    first, later = payload(REFERENCE, nbf=NOW), payload(REFERENCE, nbf=NOW + 1)
    cases.authentic("nbf-now", "the first second", first, {"valid_from": "2026-02-02"})
    cases.authentic(
        "nbf-next", "a second too early", later, {"valid_from": "2026-02-02"}, verdict="not_yet_valid", level="red"
    )
    cases.authentic("exp-next", "the last second", payload(REFERENCE, exp=NOW + 1), {"valid_until": "2026-02-01"})
    cases.authentic(
        "exp-now",
        "the second after the last",
        payload(REFERENCE, exp=NOW),
        {"valid_until": "2026-02-01"},
        verdict="expired",
        level="red",
    )
    cases.authentic(
        "issued-after-last-day",
        "iat stands in no relation to nbf and exp: issued after its last day",
        payload(REFERENCE, exp=NOW - DAY, iat=NOW - 1),
        {"valid_until": "2026-01-31", "issued_at": "2026-02-02T02:39:59Z"},
        verdict="expired",
        level="red",
    )
    long_ago = payload(REFERENCE, nbf=NBF - 400 * DAY, exp=NBF - 40 * DAY)
    cases.authentic(
        "expired-long-ago",
        "expired for two months",
        long_ago,
        {"valid_from": "2024-12-01", "valid_until": "2025-11-25"},
        verdict="expired",
        level="red",
    )
    cases.authentic(
        "not-yet-no-list",
        "the validity is looked at before the lists",
        later,
        {"valid_from": "2026-02-02"},
        verdict="not_yet_valid",
        level="red",
        status=(),
        age=None,
    )
    cases.authentic(
        "expired-no-list",
        "the validity is looked at before the lists",
        payload(REFERENCE, exp=NOW),
        {"valid_until": "2026-02-01"},
        verdict="expired",
        level="red",
        status=(),
        age=None,
    )
    cases.authentic(
        "expired-expired-list",
        "the validity is looked at before the lists",
        payload(REFERENCE, exp=NOW),
        {"valid_until": "2026-02-01"},
        verdict="expired",
        level="red",
        now=STATUS_EXPIRES,
        age=WEEK,
    )
    cases.authentic(
        "expired-stale-list",
        "expired is red on a stale list too",
        payload(REFERENCE, exp=NOW),
        {"valid_until": "2026-02-01"},
        verdict="expired",
        level="red",
        now=STATUS_ISSUED + DAY + 1,
        age=DAY + 1,
    )
    return cases


def lists() -> Cases:
    """Step 11."""
    cases = Cases("5.11")
    unknown = dict(verdict="status_unknown", level="amber")
    cases.authentic("no-status-list", "no status list at all", REFERENCE_PAYLOAD, status=(), age=None, **unknown)
    cases.authentic(
        "other-status-list", "only another list is held", REFERENCE_PAYLOAD, status=("two",), age=None, **unknown
    )
    cases.authentic(
        "unlisted-status-list",
        "a list that nobody publishes",
        payload(attestation(k15=[3, 5])),
        {"status": {"list": 3, "index": 5}},
        age=None,
        **unknown,
    )
    cases.authentic(
        "last-list",
        "list 999, listed and not held",
        payload(attestation(k15=[999, 5])),
        {"status": {"list": 999, "index": 5}},
        age=None,
        **unknown,
    )
    cases.authentic(
        "index-beyond",
        "the list holds 131,072 entries, the index is the next one",
        payload(attestation(k15=[1, 131_072])),
        {"status": {"list": 1, "index": 131_072}},
        status=("one-small",),
        **unknown,
    )
    cases.authentic(
        "index-far-beyond", "the list holds 131,072 entries", REFERENCE_PAYLOAD, status=("one-small",), **unknown
    )
    cases.authentic(
        "index-last",
        "the last of 131,072 entries",
        payload(attestation(k15=[1, 131_071])),
        {"status": {"list": 1, "index": 131_071}},
        status=("one-small",),
    )
    cases.authentic(
        "status-list-expired",
        "the status list expires this very second",
        REFERENCE_PAYLOAD,
        now=STATUS_EXPIRES,
        age=WEEK,
        **unknown,
    )
    cases.authentic(
        "status-list-long-expired",
        "the status list expired a day ago",
        REFERENCE_PAYLOAD,
        now=STATUS_EXPIRES + DAY,
        age=WEEK + DAY,
        **unknown,
    )
    cases.authentic(
        "trust-list-expired-now",
        "the trust list expires this very second",
        REFERENCE_PAYLOAD,
        status=("one-later",),
        now=TRUST_EXPIRES,
        age=100,
        **unknown,
    )
    cases.authentic(
        "trust-list-long-expired",
        "the trust list expired a hundred days ago",
        REFERENCE_PAYLOAD,
        status=("one-long",),
        now=TRUST_EXPIRES + 100 * DAY,
        age=TRUST_EXPIRES + 100 * DAY - STATUS_ISSUED,
        **unknown,
    )
    for name, comment, trust, days, state in (
        ("longest", "a list that says ten years ends after 31 days", "open-ended", 31, ("one-ten-years",)),
        ("longer-allowed", "the roots allow this list 300 days", "long-lists", 300, ("one-ten-years",)),
        ("longest-suspended", "a suspension ends with its list", "open-ended", 31, ("one-suspended-ten-years",)),
    ):
        cases.authentic(
            f"status-list-{name}",
            comment,
            REFERENCE_PAYLOAD,
            trust=trust,
            status=state,
            now=STATUS_ISSUED + days * DAY,
            age=days * DAY,
            **unknown,
        )
    return cases


def valid() -> Cases:
    """Step 12."""
    cases = Cases("5.12")
    cases.authentic("reference", "the reference attestation of §6", REFERENCE_PAYLOAD)
    cases.authentic(
        "worked", "the same under the lists that §6 takes apart", REFERENCE_PAYLOAD, trust="worked", status=("worked",)
    )
    cases.authentic(
        "issued-after-first-day",
        "iat stands in no relation to nbf and exp: issued after its first day",
        payload(REFERENCE, iat=NBF + DAY),
        {"issued_at": "2026-01-05T23:00:00Z"},
    )
    cases.authentic(
        "demonstration",
        "demonstration keys change nothing in the verdict: the screen says so",
        REFERENCE_PAYLOAD,
        trust="demonstration",
    )
    cases.authentic(
        "ttl-last-second", "the status list is as old as its ttl", REFERENCE_PAYLOAD, now=STATUS_ISSUED + DAY, age=DAY
    )
    cases.authentic(
        "ttl-over",
        "the status list is a second older than its ttl",
        REFERENCE_PAYLOAD,
        level="amber",
        now=STATUS_ISSUED + DAY + 1,
        age=DAY + 1,
    )
    cases.authentic(
        "status-list-last-second",
        "the last second before the status list expires",
        REFERENCE_PAYLOAD,
        level="amber",
        now=STATUS_EXPIRES - 1,
        age=WEEK - 1,
    )
    cases.authentic(
        "trust-past-next-update",
        "a trust list past its next update takes no green away",
        REFERENCE_PAYLOAD,
        now=scene.NEXT_UPDATE + 1,
        age=1,
        status=("one-late",),
    )
    cases.authentic(
        "trust-last-second",
        "the last second before the trust list expires",
        REFERENCE_PAYLOAD,
        status=("one-later",),
        now=TRUST_EXPIRES - 1,
        age=99,
    )
    cases.authentic(
        "second-origin-list",
        "a status list that names another listed origin",
        REFERENCE_PAYLOAD,
        status=("second-origin",),
    )
    second = {"status": {"list": 2, "index": INDEX}}
    for name, comment, trust, number, seconds, level in (
        ("ttl-longest", "a list that says ten years is fresh for 7 days", "open-ended", 1, 7 * DAY, "green"),
        ("ttl-longest-over", "and no second longer: a stolen status key", "open-ended", 1, 7 * DAY + 1, "amber"),
        ("status-list-longest-last-second", "its last second in use", "open-ended", 1, 31 * DAY - 1, "amber"),
        ("ttl-longer-allowed", "the roots allow this list 30 days", "long-lists", 1, 30 * DAY, "green"),
        ("ttl-longer-allowed-over", "and no second longer", "long-lists", 1, 30 * DAY + 1, "amber"),
        (
            "status-list-longer-last-second",
            "the roots allow this list 300 days",
            "long-lists",
            1,
            300 * DAY - 1,
            "amber",
        ),
        ("ttl-allowed-to-another-list", "list 1 may live longer, list 2 not", "long-lists", 2, 7 * DAY, "green"),
        ("ttl-allowed-to-another-over", "list 1 may live longer, list 2 not", "long-lists", 2, 7 * DAY + 1, "amber"),
    ):
        cases.authentic(
            name,
            comment,
            REFERENCE_PAYLOAD if number == 1 else payload(attestation(k15=[2, INDEX])),
            second if number == 2 else {},
            level=level,
            trust=trust,
            status=("one-ten-years" if number == 1 else "two-ten-years",),
            now=STATUS_ISSUED + seconds,
            age=seconds,
        )
    cases.authentic("other-signer", "another key in use", REFERENCE_PAYLOAD, signer=scene.OTHER_SIGNER)
    cases.authentic("floor-now", "the floor is now", REFERENCE_PAYLOAD, floor=NOW, build_time=NOW)
    return cases
