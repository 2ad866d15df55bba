"""The lists of a phone over a made-up network: signed by Python, judged by the page's own modules under Node."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from keys import trust
from keys.roots import RootSet
from keys.signer import SeedSigner
from keys.trust_content import StatusListEntry
from tests.support.sites import DAY, Issuer
from tests.verifier_pwa.phone import NODE, NOW, ORIGIN, Phone, answer, drive

pytestmark = pytest.mark.skipif(
    NODE is None, reason="Node is not installed: the page's modules cannot run outside a browser."
)


@pytest.fixture
def phone() -> Phone:
    return Phone()


def outcome(held: dict[str, Any]) -> tuple[str, str, str | None]:
    return held["result"]["outcome"], held["result"]["list"], held["result"]["code"]


def test_the_lists_of_the_site_hold_before_any_network(phone):
    (held,) = drive(phone.open())
    assert (held["version"], held["status"], held["asked"]) == (1, {"1": NOW - 3600}, [])
    assert (held["floor"], held["build_time"], held["checked_at"]) == (NOW - 60, NOW, None)


def test_current_lists_are_checked_and_kept(phone):
    held = drive(phone.open(), phone.check())[1]
    assert outcome(held) == ("current", "trust", None)
    assert held["asked"] == ["/trust.cose", "/status-1.cose"]
    assert (held["checked_at"], held["changes"], held["kept"], held["storage"]) == (NOW + 20, 0, True, "stored")


def test_newer_lists_are_taken_and_survive_a_restart(phone):
    newer = phone.issuer.trust_list(version=2, issued=NOW + 5)
    status = phone.issuer.status_list({7: 1}, NOW + 8)
    _, held, again = drive(phone.open(), phone.check(newer, status), phone.open(now=NOW + 30))
    assert outcome(held) == ("updated", "trust", None)
    assert (held["version"], held["status"], held["floor"], held["changes"]) == (2, {"1": NOW + 8}, NOW + 8, 1)
    for name in ("version", "status", "floor", "checked_at"):
        assert again[name] == held[name]


def test_a_newer_status_list_alone(phone):
    held = drive(phone.open(), phone.check(None, phone.issuer.status_list({}, NOW + 8)))[1]
    assert outcome(held) == ("updated", "status-1", None)


PAGE = b"<!DOCTYPE html><title>Wi-Fi</title>"


@pytest.mark.parametrize(
    ("trust_answer", "expected"),
    [
        ({"failure": "offline"}, "offline"),
        ({"failure": "silence"}, "timeout"),
        ({"failure": "redirect"}, "portal"),
        (answer(b"\xd8\x62" * 40, failure="cut"), "offline"),
        (answer(PAGE, "text/html; charset=utf-8"), "portal"),
        (answer(b"\n " + PAGE, "application/cose"), "portal"),
        (answer(b"Please sign in", "text/html"), "portal"),
        (answer(b"later", "text/plain", 503), "server"),
        (answer(b"gone", "text/plain", 404), "server"),
        (answer(bytes(2_000_000)), "server"),
    ],
)
def test_no_list_for_an_answer_harms_nothing(phone, trust_answer, expected):
    before, held = drive(phone.open(), phone.check(trust_answer))
    assert outcome(held) == (expected, "trust", None)
    assert held["asked"] == ["/trust.cose"] and held["checked_at"] is None
    for name in ("version", "status", "floor", "changes"):
        assert held[name] == before[name]


def test_a_portal_for_the_status_list_is_said(phone):
    held = drive(phone.open(), phone.check(None, answer(PAGE, "text/html")))[1]
    assert (
        outcome(held) == ("portal", "status-1", None)
        and held["status"] == {"1": NOW - 3600}
        and held["checked_at"] is None
    )


def refused(
    phone: Phone, trust_list: bytes | None = None, status_list: bytes | None = None, now: int = NOW + 20
) -> tuple[str, str, str]:
    before, held = drive(phone.open(), phone.check(trust_list, status_list, now))
    for name in ("version", "status", "floor", "pinned", "changes", "checked_at"):
        assert held[name] == before[name]
    return outcome(held)


def test_trust_list_of_unknown_roots_is_refused(phone):
    phone.issuer.root = SeedSigner(bytes([9]) * 32)
    assert refused(phone, phone.issuer.trust_list(version=2)) == ("refused", "trust", "threshold")


def test_trust_list_rollback_is_refused():
    phone = Phone(version=5)
    assert refused(phone, phone.issuer.trust_list(version=4)) == ("refused", "trust", "rollback")


def test_other_trust_list_of_the_same_version_is_refused(phone):
    assert refused(phone, phone.issuer.trust_list(issued=NOW - 30)) == ("refused", "trust", "conflict")


def test_expired_and_future_trust_lists_are_refused(phone):
    assert refused(phone, phone.issuer.trust_list(version=2, expires=NOW + 15)) == ("refused", "trust", "expired")
    assert refused(phone, phone.issuer.trust_list(version=3, expires=NOW + DAY, issued=NOW + 400)) == (
        "refused",
        "trust",
        "future",
    )


@pytest.mark.parametrize("damaged", [b"", b"\xd8\x62", b"{}", bytes(100)])
def test_other_bytes_are_refused(phone, damaged):
    assert refused(phone, answer(damaged)) == ("refused", "trust", "form")
    assert refused(phone, None, answer(damaged)) == ("refused", "status-1", "form")


def test_status_list_rollback_is_refused(phone):
    assert refused(phone, None, phone.issuer.status_list({7: 1}, NOW - 3601)) == ("refused", "status-1", "rollback")
    assert refused(phone, None, phone.issuer.status_list({7: 1}, NOW - 3600)) == ("refused", "status-1", "rollback")


def test_status_list_by_another_key_is_refused(phone):
    phone.issuer.status_signer = phone.issuer.signer
    assert refused(phone, None, phone.issuer.status_list({}, NOW)) == ("refused", "status-1", "signer")


def test_status_list_of_the_future_is_refused(phone):
    assert refused(phone, None, phone.issuer.status_list({}, NOW + 400)) == ("refused", "status-1", "future")


def test_status_lists_are_asked_for_under_the_held_list_when_the_new_one_is_refused():
    phone = Phone(version=5)
    held = drive(
        phone.open(), phone.check(phone.issuer.trust_list(version=4), phone.issuer.status_list({7: 1}, NOW + 8))
    )[1]
    assert outcome(held) == ("refused", "trust", "rollback")
    assert (held["version"], held["status"], held["changes"], held["checked_at"]) == (5, {"1": NOW + 8}, 1, None)


def test_status_list_that_the_new_trust_list_drops_goes(phone):
    newer = phone.issuer.trust_list(version=2, status_lists=())
    held = drive(phone.open(), phone.check(newer))[1]
    assert (outcome(held), held["status"], held["asked"]) == (("updated", "trust", None), {}, ["/trust.cose"])


def test_a_second_status_list_is_asked_for(phone):
    entries = tuple(
        StatusListEntry(number, f"status-{number}.cose", phone.issuer.status_signer.kid) for number in (1, 2)
    )
    step = phone.check(phone.issuer.trust_list(version=2, status_lists=entries))
    held = drive(phone.open(), step)[1]
    assert (
        outcome(held) == ("server", "status-2", None) and held["version"] == 2 and held["status"] == {"1": NOW - 3600}
    )


def test_root_rotation_is_followed_and_remembered(phone):
    old, new = phone.issuer.root, SeedSigner(bytes([8]) * 32)
    content = {"version": 2, "roots": RootSet(1, (new.public_key,))}
    both = trust.combine([phone.issuer.trust_list(**content), trust.make(phone.issuer.content, [new])])
    phone.issuer.root = new
    third = phone.issuer.trust_list(version=3)
    assert old.public_key != new.public_key
    report = drive(phone.open(), phone.check(both), phone.open(), phone.check(third), phone.open())
    assert [held["pinned"] for held in report] == [[old.public_key.hex()]] + [[new.public_key.hex()]] * 4
    assert [held["version"] for held in report] == [1, 2, 2, 3, 3]


def test_rotation_without_the_new_roots_signature_is_refused(phone):
    new = SeedSigner(bytes([8]) * 32)
    assert refused(phone, phone.issuer.trust_list(version=2, roots=RootSet(1, (new.public_key,)))) == (
        "refused",
        "trust",
        "successor",
    )


def test_a_site_with_newer_lists_brings_them(phone):
    newer = Phone(version=4, issued=NOW - 10)
    newer.site["buildTime"] = NOW + 5
    report = drive(phone.open(), phone.check(), newer.open())
    assert [held["version"] for held in report] == [1, 1, 4]
    assert report[2]["floor"] == NOW - 10


def test_a_site_with_older_lists_changes_nothing(phone):
    newer = phone.issuer.trust_list(version=2)
    rebuilt = phone.site | {"buildTime": NOW + 5}
    report = drive(phone.open(), phone.check(newer), phone.open(), phone.open(site=rebuilt))
    assert [held["version"] for held in report] == [1, 2, 2, 2]


def on_other_roots() -> Phone:
    """A site that a stranger built: its own roots, and a first list that these sign."""
    other = Phone()
    other.issuer.root = SeedSigner(bytes([9]) * 32)
    other.site |= {
        "roots": [other.issuer.root.public_key.hex()],
        "trust": embedded(other.issuer.trust_list(version=7, roots=RootSet(1, (other.issuer.root.public_key,)))),
        "buildTime": NOW + 5,
    }
    return other


def test_a_site_on_other_roots_is_noticed_and_the_known_ones_judge_until_the_person_decides(phone):
    late = phone.issuer.status_list({}, NOW + 15)
    other = on_other_roots()
    known = [phone.issuer.root.public_key.hex()]
    theirs = other.issuer.trust_list(version=8)
    report = drive(
        phone.open(), phone.check(None, late), other.open(), phone.check(theirs), other.open(), {"do": "accept_anchors"}, other.open(),
    )  # fmt: skip
    for held in report[2:5]:
        assert held["strange"] and held["pinned"] == known and held["version"] == 1
    assert outcome(report[3]) == ("refused", "trust", "threshold")
    for held in report[5:]:
        assert not held["strange"] and held["pinned"] == other.site["roots"] and held["version"] == 7
    assert report[6]["floor"] == report[1]["floor"] == NOW + 15


def test_a_root_smuggled_in_beside_the_known_one_is_noticed(phone):
    """The known root still signs the list, so that the list alone looks right; one of two is all the site asks for."""
    site = phone.site | {"roots": [*phone.site["roots"], SeedSigner(bytes([9]) * 32).public_key.hex()]}
    held = drive(phone.open(), phone.check(), phone.open(site=site))[2]
    assert held["strange"] and held["pinned"] == phone.site["roots"]


def test_a_site_on_roots_that_the_known_ones_signed_is_taken(phone):
    """By a rotation that the phone has taken over, and by one that the site brings."""
    new = SeedSigner(bytes([8]) * 32)
    content = {"version": 2, "roots": RootSet(1, (new.public_key,))}
    both = trust.combine([phone.issuer.trust_list(**content), trust.make(phone.issuer.content, [new])])
    site = phone.site | {"roots": [new.public_key.hex()], "trust": embedded(both), "buildTime": NOW + 5}
    for steps in ([phone.check(both)], [phone.check()]):
        held = drive(phone.open(), *steps, phone.open(site=site))[-1]
        assert not held["strange"] and held["pinned"] == [new.public_key.hex()] and held["version"] == 2


def test_a_phone_that_keeps_nothing_works_and_says_so(phone):
    newer = phone.issuer.trust_list(version=2)
    for store in ("none", "broken", "full"):
        opened, held = drive(phone.open(store=store), phone.check(newer))
        assert opened["version"] == 1 and (held["version"], held["storage"], held["kept"]) == (2, "unavailable", False)


def test_a_tab_that_is_behind_takes_over_what_another_stored(phone):
    second, third = phone.issuer.trust_list(version=2), phone.issuer.trust_list(version=3)
    late = phone.issuer.status_list({}, NOW + 8)
    report = drive(
        phone.open(tab="one"), phone.open(tab="two"), phone.check(third, late) | {"tab": "two"}, phone.check(second) | {"tab": "one"},
        phone.open(tab="three"),
    )  # fmt: skip
    assert [held["version"] for held in report] == [1, 1, 3, 3, 3]
    assert report[3]["status"] == report[4]["status"] == {"1": NOW + 8}
    assert report[3]["floor"] == report[4]["floor"] == NOW + 8
    trust_alone = drive(
        phone.open(tab="one"), phone.open(tab="two"), phone.check(third) | {"tab": "two"}, phone.check(second) | {"tab": "one"},
        phone.open(tab="three"),
    )  # fmt: skip
    assert [held["version"] for held in trust_alone] == [1, 1, 3, 3, 3]


def test_lost_lists_are_noticed(phone):
    report = drive(phone.open(), phone.check(), {"do": "lose"}, phone.open(now=NOW + 99))
    assert (report[1]["lost"], report[3]["lost"], report[3]["lost_since"], report[3]["version"]) == (
        None,
        "lists",
        NOW + 10,
        1,
    )


def test_a_spoilt_record_falls_back_on_the_lists_of_the_site(phone):
    newer = phone.issuer.trust_list(version=2)
    report = drive(phone.open(), phone.check(newer), {"do": "spoil"}, phone.open())
    assert report[3]["version"] == 1


def test_ready_since_is_kept_and_a_loss_of_files_is_told(phone):
    report = drive(phone.open(), {"do": "ready", "now": NOW + 50}, phone.open(now=NOW + 500), {"do": "files_lost"})
    assert [held["ready_since"] for held in report] == [None, NOW + 50, NOW + 50, None]
    assert (report[2]["lost"], report[3]["lost"], report[3]["lost_since"]) == (None, "files", NOW + 50)


def test_a_site_without_lists_or_roots_holds_nothing():
    site = Phone().site | {"trust": None, "status": {}}
    nothing = site | {"roots": []}
    phone = Phone()
    report = drive(phone.open(site=site), phone.check(), phone.open(site=nothing, store="none"), phone.check())
    assert [held["version"] for held in report] == [None, 1, None, None]
    assert outcome(report[3]) == ("refused", "trust", "form")


def embedded(cose: bytes) -> str:
    return base64.b64encode(cose).decode()


def test_an_embedded_list_that_cannot_be_read_is_left_out(phone):
    spoilt = embedded(b"\xd8\x62nothing")
    (held,) = drive(phone.open(site=phone.site | {"trust": spoilt}))
    assert (held["version"], held["status"]) == (None, {})
    (held,) = drive(phone.open(site=phone.site | {"status": {"1": spoilt}}))
    assert (held["version"], held["status"]) == (1, {})


NO_NETWORK = {"failure": "offline"}


def forged_lists(**changes: Any) -> dict[str, Any]:
    """What a site embeds: lists that name the right addresses, signed by roots of a stranger's own."""
    stranger = Issuer(ORIGIN, NOW)
    stranger.root = SeedSigner(bytes([9]) * 32)
    roots = RootSet(1, (stranger.root.public_key,))
    return {
        "trust": embedded(stranger.trust_list(roots=roots, **changes)),
        "status": {"1": embedded(stranger.status_list({}, NOW + 50))},
    }


def test_embedded_lists_are_checked_before_anything_is_kept(phone):
    """A trust list that strangers signed, or that has expired, goes with all that hangs on it; nothing of it is
    stored.
    """
    expired = {"trust": embedded(phone.issuer.trust_list(expires=NOW))}
    for first in (forged_lists(), expired):
        site = phone.site | first
        report = drive(phone.open(site=site), phone.check(NO_NETWORK), {"do": "ready"}, phone.open(site=phone.site))
        assert (report[1]["version"], report[1]["status"], report[1]["changes"]) == (None, {}, 1)
        assert report[1]["pinned"] == [phone.issuer.root.public_key.hex()]
        assert not report[2]["kept"]
        assert (report[3]["version"], report[3]["floor"]) == (1, NOW - 60)


def test_an_embedded_status_list_that_is_forged_goes_alone(phone):
    forged = bytearray(phone.first_status)
    forged[-1] ^= 1  # its signature
    site = phone.site | {"status": {"1": embedded(bytes(forged))}}
    report = drive(phone.open(site=site), phone.check(NO_NETWORK), phone.check())
    assert (report[1]["version"], report[1]["status"], report[1]["changes"]) == (1, {}, 1)
    assert report[2]["status"] == {"1": NOW - 3600}


def test_forged_lists_of_a_new_site_do_not_displace_what_the_phone_kept(phone):
    """The site was built again, with lists that the roots did not sign: the stored ones come back, and stay stored."""
    site = phone.site | forged_lists(version=9) | {"buildTime": NOW + 60}
    report = drive(
        phone.open(),
        phone.check(),
        phone.open(site=site, now=NOW + 70),
        phone.check(NO_NETWORK, now=NOW + 80),
        phone.open(now=NOW + 90),
    )
    for held in report[3:]:
        assert (held["version"], held["status"]) == (1, {"1": NOW - 3600})
        assert held["pinned"] == [phone.issuer.root.public_key.hex()]


def test_what_another_tab_stored_does_not_bring_forged_lists_of_the_site_back(phone):
    """One tab is of a new build with forged lists, which it has left out; another, of the build before, stores newer
    lists.
    """
    site = phone.site | forged_lists(version=9) | {"buildTime": NOW + 60}
    newer = phone.issuer.trust_list(version=2, issued=NOW + 65)
    report = drive(
        phone.open(tab="new", site=site, now=NOW + 70), {"do": "ready", "tab": "new"}, phone.check(tab="new", now=NOW + 72),
        phone.open(tab="new", site=site, now=NOW + 75),
        phone.open(tab="old", now=NOW + 80), phone.check(newer, tab="old", now=NOW + 85),
        phone.check(tab="new", now=NOW + 90), {"do": "ready", "tab": "new"},
    )  # fmt: skip
    assert [held["version"] for held in report[2:]] == [1, 1, 1, 2, 2, 2]


def test_embedded_lists_that_are_accepted_change_nothing(phone):
    report = drive(phone.open(), phone.check(NO_NETWORK), {"do": "ready"})
    assert (report[2]["version"], report[2]["changes"], report[2]["kept"]) == (1, 0, True)


def test_an_expired_held_list_stays_in_use(phone):
    report = drive(phone.open(), phone.check(), phone.open(now=NOW + 60 * DAY))
    assert report[2]["version"] == 1 and report[2]["status"] == {"1": NOW - 3600}
