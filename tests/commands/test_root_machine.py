"""What a root machine signs: attacks by whoever carries the files to it, run against the real command."""

from dataclasses import replace

import pytest

from keys import trust
from keys.keystore import open_file
from keys.roots import RootSet
from keys.trust_content import STATE_IN_USE, STATE_REVOKED
from tests.support import made

SECRET = {"WIF_PASSPHRASE": "une phrase inventée"}
REVOKED = (made.entry(made.SIGNER, 1, state=STATE_REVOKED), made.entry(made.STATUS, 2), made.entry(made.RECEIPT, 3))
BACK = (made.entry(made.SIGNER, 1, state=STATE_IN_USE), *REVOKED[1:])


@pytest.fixture
def root(empty, tmp_path):
    """A root machine: ``root.draft(version, …)`` carries a draft to it, ``root.force(version, …)`` a genuine list, and
    ``root(draft, …)`` has it signed.
    """

    class Machine:
        key = tmp_path / "root-1.key"

        def __init__(self):
            assert empty("keys", "root", "new", self.key, **SECRET).code == 0
            self.signer = open_file(self.key, SECRET["WIF_PASSPHRASE"])
            self.roots = RootSet(1, (self.signer.public_key,))

        def draft(self, version, name=None, **changes):
            path = tmp_path / f"{name or f'draft-{version}'}.cose"
            path.write_bytes(trust.make(made.content(version=version, roots=self.roots, **changes), []))
            return path

        def force(self, version, **changes):
            path = tmp_path / f"held-{version}.cose"
            path.write_bytes(trust.make(made.content(version=version, roots=self.roots, **changes), [self.signer]))
            return path

        def __call__(self, draft, *options, held=None, stdin=""):
            out = tmp_path / "signed.cose"
            out.unlink(missing_ok=True)
            more = ("--held", held) if held else ()
            done = empty(
                "keys", "root", "sign", draft, "--key", self.key, "--out", out, *more, *options, stdin=stdin, **SECRET
            )
            assert (done.code == 0) == out.exists()
            return done

    return Machine()


@pytest.mark.parametrize("remembers", [False, True])
def test_a_list_in_force_that_nobody_vouches_for_hides_no_key_that_comes_back(root, tmp_path, remembers):
    """Whoever carries the files signs a list of the version before with roots of their own: nothing would change."""
    if remembers:
        assert root(root.draft(2, keys=REVOKED), "--yes", held=root.force(1)).code == 0
    version = 3 if remembers else 2
    own = tmp_path / "own.cose"
    for roots in (RootSet(1, (made.ROOT.public_key,)), RootSet(1, (made.ROOT.public_key, root.signer.public_key))):
        own.write_bytes(trust.make(made.content(version=version, roots=roots, keys=BACK), [made.ROOT]))
        done = root(root.draft(version + 1, keys=BACK), "--yes", held=own)
        told = done.words
        assert "cannot tell whether the list in force is genuine" in told
        assert made.SIGNER.kid.hex() in told


def test_an_older_genuine_list_hides_no_revoked_key_that_comes_back(root):
    """Version 1 and draft 3 both trust a key that version 2 revokes: held against version 1, nothing would change."""
    first, second = root.force(1), root.force(2, keys=REVOKED)
    assert root(root.draft(2, keys=REVOKED), "--yes", held=first).code == 0
    evil = root.draft(3, keys=BACK)
    done = root(evil, "--yes", held=first)
    assert done.code == 2 and "Nothing but" not in done.words and "nothing was signed" in done.words.lower()
    told = root(evil, "--yes", held=second)
    assert told.code == 0 and "revoked becomes IN_USE" in told.words


def test_a_root_that_signed_nothing_yet_is_not_led_past_a_version_either(root):
    done = root(root.draft(3, keys=BACK), "--yes", held=root.force(1))
    assert done.code == 2 and "version 2, the list in force" in done.words


def test_without_a_list_in_force_what_was_signed_last_is_compared(root):
    assert root(root.draft(2, keys=REVOKED), "--yes", held=root.force(1)).code == 0
    told = root(root.draft(3, keys=BACK), "--yes")
    assert told.code == 0 and "revoked becomes IN_USE" in told.words
    skipped = root(root.draft(5), "--yes")
    assert skipped.code == 2 and "--held" in skipped.words


def test_a_lower_version_than_signed_is_refused(root):
    assert root(root.draft(7), "--yes", held=root.force(6)).code == 0
    done = root(root.draft(6), "--yes", held=root.force(5))
    assert done.code == 2 and "has signed version 7 already" in done.words


def test_a_second_draft_of_a_version_is_signed_only_when_it_was_said_aloud(root):
    held, first = root.force(1), root.draft(2, "first")
    assert root(first, "--yes", held=held).code == 0
    second = root.draft(2, "second", keys=(*BACK, made.entry(made.STRANGER, 1)))
    done = root(second, "--yes", held=held)
    assert done.code == 2 and "ANOTHER list of version 2" in done.words and "NEW KEY" in done.words
    assert root(second, held=held, stdin="n\n").code == 1
    assert root(first, "--yes", held=held).code == 0, "the very same list may be signed again"
    asked = root(second, held=held, stdin="y\ny\n")
    assert asked.code == 0 and "said aloud" in asked.words
    assert root(first, "--yes", "--another", held=held).code == 0


def test_a_list_in_force_that_is_not_the_one_this_root_signed_is_said(root):
    """Other roots took another draft of version 2 into force."""
    assert root(root.draft(2, keys=REVOKED), "--yes", held=root.force(1)).code == 0
    done = root(root.draft(3), "--yes", held=root.force(2, keys=BACK))
    assert done.code == 2 and "ANOTHER list of version 2" in done.words and "revoked becomes IN_USE" in done.words


def test_every_extension_is_shown_before_it_is_signed(root):
    held = root.force(1)
    content = made.content(version=2, roots=root.roots, extensions=((40, b"\x18\x2a"),), later_keys=(b"\xa1\x03\x07",))
    draft = root.draft(2)
    draft.write_bytes(trust.make(replace(content), []))
    done = root(draft, "--yes", held=held)
    assert done.code == 0 and "EXTENSION 40" in done.words and "182a" in done.words
    assert "a key of the use 7" in done.words and "Nothing but" not in done.words


def test_a_damaged_memory_stops_the_signing(root):
    assert root(root.draft(1), "--yes").code == 0
    root.key.with_name("root-1.key.last").write_bytes(b"")
    assert root(root.draft(2), "--yes").code == 1


def test_a_first_signature_never_passes_over_versions_unseen(root):
    """A list of the highest version there is would be the last that verifiers ever take."""
    for version in (2, 2**53 - 1):
        done = root(root.draft(version), "--yes")
        assert done.code == 2 and "--held" in done.words and "nothing was signed" in done.words
    assert root(root.draft(1), "--yes").code == 0


def test_nothing_is_written_over_a_sealed_key(root, tmp_path, empty):
    sealed, draft = root.key.read_bytes(), root.draft(1)
    for out in (root.key, tmp_path / "link.cose"):
        if out != root.key:
            out.symlink_to(root.key)
        done = empty("keys", "root", "sign", draft, "--key", root.key, "--out", out, "--yes", **SECRET)
        assert done.code == 2 and "is a sealed key" in done.words
        assert root.key.read_bytes() == sealed
