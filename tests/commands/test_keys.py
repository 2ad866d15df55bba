"""The rules of the issuer over its trust list: overlap, nothing dropped early, rotated roots, issuing again; and what
is refused.
"""

import json
import subprocess
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from issuer.attestation import status, verify
from issuer.desk import Grounds, NoSigner, acts, issue, qr_text, reissuing
from issuer.errors import ConfigError, UnreadableSource
from issuer.home import Home, ceremony, found, renewal
from issuer.registry import chain, crosscheck, queries
from issuer.registry.database import reading
from issuer.registry.models import Attestation
from keys import trust
from keys.roots import RootSet
from keys.signer import SeedSigner
from keys.trust_content import STATE_IN_USE, STATE_REVOKED, USE_ATTESTATION, USE_STATUS, TrustedKey
from tests.support.console import ORIGIN, record
from tests.support.office import Clock, made_up
from tests.support.processes import Running

DAY = 86_400
YEAR = {"valid_from": "2026-01-05", "valid_until": "2026-12-31"}
"""The days of papers in homes whose clock the test sets."""
NEXT_ROOT = SeedSigner(bytes([77]) * 32)
SIGNATORY = {"given_names": "Claire", "family_name": "EXEMPLE", "title": "Cheffe", "service": "Service d'essai"}


@pytest.fixture
def home(tmp_path):
    """A demonstration home whose clock moves only when told; it holds its one root key."""
    clock = Clock()
    made = found(
        tmp_path / "home",
        origin=ORIGIN,
        authority="Préfecture d'Exemple",
        passphrase=lambda: "demonstration",
        demonstration=True,
        clock=clock,
        signatory=SIGNATORY,
    )
    made.moving = clock
    return made


def successor(home, begins, **changes):
    """The next list with one more attestation key that begins then."""
    signer = home.keystore.create("attestation", home.passphrase, cost=_cost())
    entry = TrustedKey(
        signer.kid, signer.public_key, USE_ATTESTATION, begins, begins + 500 * DAY, STATE_IN_USE, "Préfecture d'Exemple"
    )
    content = ceremony.base(home, None)
    return signer, replace(content, keys=(*content.keys, entry), **changes)


def _cost():
    from issuer.home.founding import DEMONSTRATION_COST

    return DEMONSTRATION_COST


def reopened(home):
    again = Home(home.path, lambda: "demonstration", clock=home.clock)
    again.moving = home.moving
    return again


def held_by_a_phone(home, at):
    """What a verifier holds that fetched just now."""
    listed = trust.accept((home.public / "trust.cose").read_bytes(), home.config.roots, None, at).trust
    return listed, {
        entry.number: status.accept((home.public / entry.path).read_bytes(), entry.number, listed, None, at)
        for entry in listed.status_lists
    }


def test_no_verifier_within_its_lists_time_meets_an_unknown_key(home):
    """Phones fetch at any moment around the publication of the successor; every paper of the following sixty days, each
    until its list expires.
    """
    phones = [held_by_a_phone(home, home.moving.now)]
    first = home.trust()
    home.moving.now += 5 * DAY
    _, content = successor(home, first.expires)
    home.publish_with(renewal.sign(home, content), "test")
    phones.append(held_by_a_phone(home, home.moving.now))
    kids, met = set(), set()
    for _ in range(60):
        home.moving.now += DAY
        home.publish("test")
        issued = issue(made_up(reopened(home)), record(**YEAR), "test")
        with reading(home.engine) as connection:
            kids.add(bytes(connection.scalar(select(Attestation.kid).order_by(Attestation.id.desc()).limit(1))))
        for listed, lists in phones:
            if home.moving.now < listed.expires:
                met.add(verify(issued.text, listed, lists, home.moving.now).verdict)
        phones.append(held_by_a_phone(home, home.moving.now))
    assert len(kids) == 2, "the successor came into use"
    assert "unknown_key" not in met and "untrusted_key" not in met and "valid" in met


def test_a_successor_that_would_sign_too_early_is_refused_unless_at_once(home, tmp_path):
    early = home.trust().expires - 1
    _, content = successor(home, early)
    with pytest.raises(ConfigError, match="may still hold a list that does not name it"):
        ceremony.check(home, home.trust(), content, at_once=False)
    with pytest.raises(ConfigError, match="may still hold"):
        ceremony.draft(home, tmp_path / "draft.cose", content)
    ceremony.check(home, home.trust(), content, at_once=True)
    signed = tmp_path / "signed.cose"
    signed.write_bytes(renewal.sign(home, content).cose)
    with pytest.raises(ConfigError, match="may still hold"):
        ceremony.take_over(home, [signed], "test")
    assert home.trust().version == 1
    assert ceremony.take_over(home, [signed], "test", at_once=True).version == 2


def test_a_key_that_attestations_depend_on_is_not_dropped(home):
    desk = made_up(home)
    issue(desk, record(**YEAR), "test")
    key = next(key for key in home.trust().keys if key.use == USE_ATTESTATION)
    content = ceremony.base(home, None)
    without = replace(content, keys=tuple(one for one in content.keys if one.kid != key.kid))
    with pytest.raises(ConfigError, match="have not expired depend on the key"):
        ceremony.check(home, home.trust(), without, at_once=True)
    home.moving.now += 400 * DAY
    ceremony.check(home, home.trust(), without, at_once=True)


def rotated(home, tmp_path, *, by_old=True, by_new=True):
    """A list of version 2 that names another root, in a file."""
    content = replace(ceremony.base(home, None), roots=RootSet(1, (NEXT_ROOT.public_key,)))
    old = home.signer(next(iter(home.config.roots.by_kid())))
    path = tmp_path / "rotated.cose"
    path.write_bytes(trust.make(content, [*([old] if by_old else []), *([NEXT_ROOT] if by_new else [])]))
    return path


def test_rotated_roots_are_pinned_in_the_configuration_and_the_rest_of_it_stays(home, tmp_path):
    config = home.path / "config.toml"
    config.write_text(config.read_text("utf-8") + "\n[web]\n# a remark of the operator\nproxies = 1\n", "utf-8")
    before, old = home.trust(), home.config.roots
    ceremony.take_over(home, [rotated(home, tmp_path)], "test")
    again = reopened(home)
    assert again.config.roots.keys == (NEXT_ROOT.public_key,)
    assert [(entry.roots.keys, entry.until) for entry in again.config.former_roots] == [
        (old.keys, home.moving.now + ceremony.KEEP_FORMER)
    ]
    assert "# a remark of the operator" in config.read_text("utf-8") and again.config.extra["web"] == {"proxies": 1}
    assert again.config.signatory == SIGNATORY and again.trust().version == 2

    later = trust.make(ceremony.base(again, None), [NEXT_ROOT])
    path = tmp_path / "later.cose"
    path.write_bytes(later)
    with pytest.raises(UnreadableSource, match="former root set still in service must sign too"):
        ceremony.take_over(again, [path], "test")
    both = tmp_path / "both.cose"
    both.write_bytes(trust.make(ceremony.base(again, None), [NEXT_ROOT, home.signer(next(iter(old.by_kid())))]))
    ceremony.take_over(again, [both], "test")
    followed = trust.accept((home.public / "trust.cose").read_bytes(), old, before, home.moving.now)
    assert followed.trust.version == 3 and followed.pinned.keys == (NEXT_ROOT.public_key,), (
        "a phone that slept through the rotation follows"
    )


@pytest.mark.parametrize(
    ("by_old", "by_new", "words"),
    [(False, True, "Too few of the pinned roots"), (True, False, "too few of them signed it")],
)
def test_a_rotation_needs_both_sets(home, tmp_path, by_old, by_new, words):
    with pytest.raises(UnreadableSource, match=words):
        ceremony.take_over(home, [rotated(home, tmp_path, by_old=by_old, by_new=by_new)], "test")
    assert reopened(home).config.former_roots == ()


def test_a_rotation_that_was_killed_before_the_pinning_is_finished_by_running_it_again(home, tmp_path, monkeypatch):
    path = rotated(home, tmp_path)
    monkeypatch.setattr(ceremony.pinning, "pin", _killed)
    with pytest.raises(KeyboardInterrupt):
        ceremony.take_over(home, [path], "test")
    monkeypatch.undo()
    assert reopened(home).trust().version == 2, "what was published is believed meanwhile: the old roots signed it too"
    ceremony.take_over(reopened(home), [path], "test")
    assert reopened(home).config.roots.keys == (NEXT_ROOT.public_key,)


def _killed(*_):
    raise KeyboardInterrupt


def test_after_stolen_roots_no_former_set_is_kept(home, tmp_path):
    ceremony.take_over(home, [rotated(home, tmp_path)], "test", keep_former=0)
    assert reopened(home).config.former_roots == ()


def compromised(home):
    """The key of three papers is revoked and another is in service: one plain, one suspended, one whose revocation has
    yet to take effect.
    """
    desk = made_up(home)
    papers = [issue(desk, record(reference=f"DS-{place}", **YEAR), "test") for place in range(4)]
    acts.do(desk, "suspend", papers[1].number, Grounds("CRPA L121-1", "inquiry"), "test")
    acts.do(
        desk,
        "revoke",
        papers[2].number,
        Grounds("CRPA L242-2", "condition_not_met", effective_on=date(2026, 6, 1)),
        "test",
    )
    acts.do(desk, "revoke", papers[3].number, Grounds("CRPA L241-2", "fraud"), "test")
    stolen = next(key for key in home.trust().keys if key.use == USE_ATTESTATION)
    _, content = successor(home, home.moving.now)
    content = replace(
        content, keys=tuple(replace(key, state=STATE_REVOKED) if key.kid == stolen.kid else key for key in content.keys)
    )
    home.publish_with(renewal.sign(home, content), "test")
    return reopened(home), stolen.kid, papers


def test_issuing_again_links_replaces_and_carries_decisions_over(home):
    home, kid, papers = compromised(home)
    answers = list(reissuing.reissue(made_up(home), kid, "Clé compromise", "test"))
    assert [str(answer.old) for answer in answers] == [paper.number for paper in papers[:3]]
    home.publish("test")
    listed, lists = held_by_a_phone(home, home.moving.now)
    verdicts = [verify(qr_text(made_up(home), answer.new), listed, lists, home.moving.now) for answer in answers]
    assert [verdict.verdict for verdict in verdicts] == ["valid", "suspended", "valid"]
    assert [verdict.claims["replaces"] for verdict in verdicts] == [str(answer.old) for answer in answers]
    assert [queries.by_number(home.engine, paper.number).state for paper in papers] == [
        "replaced",
        "replaced",
        "replaced",
        "revoked",
    ]
    waiting = queries.by_number(home.engine, answers[2].new)
    assert waiting.next_state == "revoked" and waiting.next_at == 1_780_264_800, "2026-06-01T00:00 in Paris"
    assert chain.verify(home.engine).whole and crosscheck.verify(home.engine) == ()
    assert list(reissuing.reissue(made_up(home), kid, "Clé compromise", "test")) == [], "a second run has nothing to do"


def test_a_run_that_stops_goes_on_where_it_was(home):
    home, kid, _ = compromised(home)
    run = reissuing.reissue(made_up(home), kid, "Clé compromise", "test", batch=1)
    first = next(run)
    run.close()
    rest = list(reissuing.reissue(made_up(home), kid, "Clé compromise", "test", batch=1))
    assert (
        len({first.old, *(answer.old for answer in rest)}) == 3
        and reissuing.count_affected(home.engine, kid, home.moving.now) == 0
    )


def test_a_key_in_service_is_not_issued_again_under_itself(home):
    desk = made_up(home)
    issue(desk, record(**YEAR), "test")
    kid = next(key for key in home.trust().keys if key.use == USE_ATTESTATION).kid
    with pytest.raises(NoSigner, match="the one to be replaced"):
        list(reissuing.reissue(made_up(home), kid, "Clé compromise", "test"))
    changed = replace(made_up(home), signers=_nobody)
    with pytest.raises(NoSigner):
        list(reissuing.reissue(changed, kid, "Clé compromise", "test"))
    assert reissuing.count_affected(home.engine, kid, home.moving.now) == 1


def _nobody(_department, _now):
    raise NoSigner("No key in service.")


def test_the_command_line_refuses_in_plain_words(wif, tmp_path):
    """Each line: what is typed, its exit code, a word of the answer."""
    secret = {"WIF_PASSPHRASE": "une phrase inventée"}
    kid = next(row["kid"] for row in wif("keys", "list").rows if row["use"] == "attestation")
    status_kid = next(row["kid"] for row in wif("keys", "list").rows if row["use"] == "status")
    key, junk, draft = tmp_path / "stranger.key", tmp_path / "junk", tmp_path / "draft.cose"
    junk.write_bytes(b"\xff\xfenothing")
    assert wif("keys", "root", "new", key, **secret).code == 0
    assert wif("keys", "retire", kid, "--draft", draft).code == 0
    held = wif.home / "public/trust.cose"
    for arguments, code, word in (
        (("root", "new", key), 2, "already there"),
        (("root", "public", junk), 2, "not a sealed key"),
        (("root", "sign", junk, "--key", key, "--out", tmp_path / "o"), 1, "not a trust list"),
        (
            ("root", "sign", draft, "--held", held, "--key", key, "--out", tmp_path / "o", "--yes"),
            2,
            "no root of this list",
        ),
        (
            ("root", "sign", held, "--held", held, "--key", key, "--out", tmp_path / "o", "--yes"),
            2,
            "Nothing was signed",
        ),
        (("collect", junk, "--out", tmp_path / "o"), 1, "neither a PNG"),
        (("carry", wif.home / "wif.sqlite3"), 2, "Carry the file itself"),
        (("sign-trust", draft), 1, "Too few of the pinned roots"),
        (("sign-trust", draft, held), 1, "not the same"),
        (("new", "--starts-in", "3"), 2, "--at-once"),
        (("retire", status_kid), 2, "successor first"),
        (("retire", "00"), 2, "holds no key"),
        (("reissue", kid, "--basis", "Essai"), 2, "is not revoked"),
        (("roots", "--drop", "00", "--draft", tmp_path / "d"), 2, "No root is called"),
        (("roots", "--add", junk, "--draft", tmp_path / "d"), 1, "not the public part"),
    ):
        done = wif("keys", *map(str, arguments), **secret if arguments[0] == "root" else {})
        assert (done.code, word in done.words) == (code, True), (arguments, done.code, done.words)
    assert wif("keys", "sign-trust").code == 0
    done = wif("keys", "retire", kid, "--draft", draft)
    assert done.code == 1 and "Take the file away and draft again" in done.words
    assert not (tmp_path / "o").exists()


def test_lists_may_not_be_configured_to_live_longer_than_verifiers_believe(wif):
    """Ten years in config.toml are refused until the roots allow that life; what is published then says so."""
    config = wif.home / "config.toml"
    usual = config.read_text("utf-8")
    for name, most in (("status_ttl", 7), ("status_lifetime", 31)):
        lines = [line if not line.startswith(name) else f"{name} = {3650 * DAY}" for line in usual.splitlines()]
        config.write_text("\n".join(lines), "utf-8")
        done = wif("publish")
        assert (
            done.code == 2 and name in done.words and str(most * DAY) in done.words and "wif keys allow" in done.words
        )
    config.write_text(usual, "utf-8")
    for number in ("1", "2"):
        assert wif("keys", "allow", number, "--ttl", "0", "--lifetime", "3650").code == 0
    config.write_text("\n".join(lines), "utf-8")
    assert wif("publish").code == 0
    listed = status.read((wif.home / "public/status-1.cose").read_bytes(), 1)
    held = trust.read((wif.home / "public/trust.cose").read_bytes())
    assert status.life(listed, held) == (DAY, listed.issued_at + 3650 * DAY)
    assert wif("keys", "allow", "3", "--ttl", "0", "--lifetime", "1").code == 2
    done = wif("keys", "new", "--use", "status", "--days", "731")
    assert done.code == 2 and "730 days" in done.words
    ends = next(key.not_after - key.not_before for key in held.keys if key.use == USE_STATUS)
    assert ends == 730 * DAY


def test_a_mistyped_public_root_is_noticed(wif, tmp_path):
    secret = {"WIF_PASSPHRASE": "une phrase inventée"}
    wif("keys", "root", "new", tmp_path / "a.key", **secret)
    public = tmp_path / "a.key.pub"
    told = json.loads(public.read_text())
    told["kid"] = "0" * 16
    public.write_text(json.dumps(told))
    done = wif("keys", "roots", "--add", public, "--draft", tmp_path / "d.cose")
    assert done.code == 1 and "copied wrongly" in done.words


def test_issuing_again_survives_a_kill(wif):
    """The real command, killed as soon as it has answered once, and run again: each paper has one successor, none
    two.
    """
    lines = "\n".join(json.dumps(record(reference=f"K-{place}")) for place in range(450))
    issued = wif("issue", "-", "--no-pdf", "--accept-warnings", stdin=lines).rows
    kid = next(row["kid"] for row in wif("keys", "list").rows if row["use"] == "attestation")
    assert wif("keys", "revoke", kid, "--yes").code == 0 and wif("keys", "new", "--at-once").code == 0
    with Running(
        "issuer.commands", "keys", "reissue", kid, "--basis", "Clé compromise",
        stderr=subprocess.DEVNULL, env=wif.environment, cwd=wif.home.parent,
    ) as running:  # fmt: skip
        acknowledged = json.loads(running.until(bool)[0])
    again = wif("keys", "reissue", kid, "--basis", "Clé compromise")
    assert again.code == 0 and wif("keys", "reissue", kid, "--basis", "Clé compromise").rows == []
    home = Home(wif.home, lambda: "demonstration")
    with reading(home.engine) as connection:
        rows = connection.execute(select(Attestation.number, Attestation.replaces, Attestation.state)).all()
    successors = [row.replaces for row in rows if row.replaces]
    assert sorted(successors) == sorted(int(row["number"]) for row in issued) and len(rows) == 900
    assert (int(acknowledged["number"]), int(acknowledged["replaces"])) in {(row.number, row.replaces) for row in rows}
    assert {row.state for row in rows if row.replaces} == {0} and {row.state for row in rows if not row.replaces} == {3}
    assert len(again.rows) < 450 and chain.verify(home.engine).whole and crosscheck.verify(home.engine) == ()
