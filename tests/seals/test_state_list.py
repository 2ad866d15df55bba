"""The State's trust list, and what ``wif seals`` makes of it: the two real editions, and lists of the tests' own making."""

import time
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from issuer.config import load
from issuer.seals import listing, state_list
from issuer.seals.judge import judge
from keys import trust
from keys.errors import SealsRefused
from tests.support import public_vectors, state_list as made
from tests.support.console import ORIGIN, Wif
from tests.support.state_list import NOW, Authority, Signer
from tests.vectors import cases_seals

SECOND = int(NOW.timestamp())
AUTHORITY, SIGNER = Authority(), Signer()


def editions() -> list[bytes]:
    found = [public_vectors.FOLDER / f"2d-doc-tsl-{number}.xml" for number in (22, 23)]
    if not all(path.exists() for path in found):
        pytest.skip("the public vectors are not beside this checkout (../shared/vectors)")
    return [path.read_bytes() for path in found]


def test_both_real_editions_hold_under_the_certificate_that_signed_them():
    first, second = editions()
    anchor = state_list.signer_of(first)
    assert state_list.signer_of(second) == anchor
    now = 1_790_000_000
    assert [one.code for one in state_list.read(first, anchor, now).authorities] == [
        "FR01",
        "FR03",
        "FR04",
        "FR05",
        "FR06",
        "FR07",
    ]
    found = state_list.read(second, anchor, now)
    assert found.sequence == 23 and found.authorities[-1].code == "FR09"


@pytest.mark.parametrize(
    "place", [b"<tsl:TSLSequenceNumber>23", b">FR03<", b"inaccord", b"<xades:SigningTime>2026", b"MII"]
)
def test_a_real_edition_with_one_byte_changed_is_refused(place):
    data = editions()[1]
    at = data.index(place) + len(place) - 2
    anchor = state_list.signer_of(data)
    for every in range(at, at + 2):
        changed = data[:every] + bytes([data[every] ^ 1]) + data[every + 1 :]
        with pytest.raises(SealsRefused):
            state_list.read(changed, anchor, 1_790_000_000)


def refusal(data: bytes, anchor=SIGNER.certificate, now: int = SECOND) -> str:
    with pytest.raises(SealsRefused) as refused:
        state_list.read(data, anchor, now)
    return refused.value.code


def test_a_list_of_our_own_is_read():
    found = state_list.read(SIGNER.sign([AUTHORITY]), SIGNER.certificate, SECOND)
    assert (found.sequence, found.issued) == (7, SECOND)
    assert [(one.code, one.certificate) for one in found.authorities] == [("FR98", AUTHORITY.certificate)]
    withdrawn = SIGNER.sign([AUTHORITY], status="withdrawn")
    assert state_list.read(withdrawn, SIGNER.certificate, SECOND).authorities == ()


def test_whoever_is_not_pinned_is_refused():
    other = Signer()
    assert refusal(other.sign([AUTHORITY])) == "signer"
    assert refusal(SIGNER.sign([AUTHORITY], named=other.certificate)) == "signer"
    late = Signer(days=(-300, -10))
    assert refusal(late.sign([AUTHORITY]), late.certificate) == "signer"
    assert refusal(SIGNER.sign([AUTHORITY], at=NOW + timedelta(seconds=301))) == "future"


def _without(path: str):
    def edit(root):
        found = root.find(path)
        found.getparent().remove(found)

    return edit


def _signature_inside(root):
    signature = root.find(f"{state_list.DS}Signature")
    root.find(f"{state_list.TSL}SchemeInformation").append(signature)


def _leave_out_the_authorities(root):
    for path in root.iter("{http://www.w3.org/2002/06/xmldsig-filter2}XPath"):
        path.text = "/descendant::ds:Signature | /descendant::tsl:TrustServiceProviderList"


def _other_canonical_form(root):
    root.find(f".//{state_list.DS}CanonicalizationMethod").set(
        "Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    )


@pytest.mark.parametrize(
    "edit",
    [
        _leave_out_the_authorities,
        _other_canonical_form,
        _without(f".//{state_list.XADES}SigningCertificateV2"),
        _without(f".//{state_list.XADES}SigningTime"),
        _without(f".//{state_list.TSL}TSLSequenceNumber"),
    ],
)
def test_a_list_that_its_signer_signed_otherwise_is_refused(edit):
    assert refusal(SIGNER.sign([AUTHORITY], edit=edit)) == "form"


def test_what_is_wrapped_around_a_good_signature_is_refused():
    good = SIGNER.sign([AUTHORITY])
    inner = good.replace(b"FR98", b"FR97")
    signature = good[good.index(b"<ds:Signature ") : good.index(b"</ds:Signature>") + len(b"</ds:Signature>")]
    assert refusal(good.replace(b">FR98<", b">FR97<")) == "signature"
    assert (
        refusal(good.replace(b"</tsl:TrustServiceStatusList>", signature + b"</tsl:TrustServiceStatusList>")) == "form"
    )
    assert refusal(b"<x>" + inner + b"</x>") == "form"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>Connexion</html>",
        b"%PDF-1.7",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>',
        b"<a>" * 100_000,
        b" " * (state_list.LONGEST + 1),
    ],
    ids=["nothing", "html", "pdf", "entity", "laughs", "deep", "huge"],
)
def test_what_is_no_list_is_refused(data):
    assert refusal(data) == "form"


def test_from_the_list_to_a_verdict_by_the_command_line(home, tmp_path):
    """Pinned after a look, named by the trust list, published; a seal is then judged by what phones fetch."""
    leaf, key = AUTHORITY.leaf("AB12")
    gone, _ = AUTHORITY.leaf("GONE")
    wide, _ = AUTHORITY.leaf("WID3", ec.SECP384R1())
    stranger, _ = Authority("FR97").leaf("AB13")
    forged = made.certificate(made.name("AB14"), ec.generate_private_key(ec.SECP256R1()), AUTHORITY.name, Signer().key)
    other_use, _ = AUTHORITY.leaf("AB15", usage=False)
    long_name, _ = AUTHORITY.leaf("AB12G")
    early, _ = AUTHORITY.leaf("AB17", days=(-1100, 4000))
    over, _ = AUTHORITY.leaf("AB18", days=(-1100, -1001))
    digits, _ = AUTHORITY.leaf("0AB1F")
    not_elliptic = made.certificate(
        made.name("AB16"), rsa.generate_private_key(65537, 2048), AUTHORITY.name, AUTHORITY.key
    )
    folder = tmp_path / "certificates"
    folder.mkdir()
    bundle = b"".join(
        one.public_bytes(Encoding.DER)
        for one in (leaf, gone, stranger, forged, other_use, long_name, early, over, digits)
    )
    (folder / "bundle.der").write_bytes(bundle)
    (folder / "more.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in (wide, not_elliptic)))
    (folder / "notes.txt").write_text("no certificate")
    (tmp_path / "tsl.xml").write_bytes(SIGNER.sign([AUTHORITY]))
    (tmp_path / "gone.crl").write_bytes(AUTHORITY.revocations(gone))
    (tmp_path / "types.json").write_text('{"FR98/AB12": ["15"]}')
    take = ("seals", "update", "--trust-list", tmp_path / "tsl.xml", "--certificates", folder)

    refused = home(*take)
    assert refused.code == 2 and "wif seals pin" in refused.words
    looked = home("seals", "pin", tmp_path / "tsl.xml")
    assert looked.code == 1 and "SHA-256:" in looked.words and "--yes" in looked.words
    assert home(*take).code == 2, "a look pins nothing"
    assert home("seals", "pin", tmp_path / "tsl.xml", "--yes").code == 0
    assert "wif seals name" in home(*take).words
    assert home("seals", "name").code == 0

    alone = home(*take)
    assert alone.code == 0 and {row["status"] for row in alone.rows} == {"left_out"}, "nothing without revocation lists"
    done = home(*take, "--revocations", tmp_path / "gone.crl", "--types", tmp_path / "types.json")
    assert done.code == 0, done.words
    assert {row["certificate"]: row["status"] for row in done.rows} == {
        "FR98/AB12": "listed",
        "FR98/GONE": "revoked",
        "FR98/WID3": "listed",
        "?/AB13": "left_out",
        "FR98/AB14": "left_out",
        "FR98/AB15": "left_out",
        "FR98/AB12G": "left_out",
        "FR98/AB16": "left_out",
        "FR98/AB17": "listed",
        "FR98/AB18": "left_out",
        "FR98/0AB1F": "listed",
    }
    assert "was due on" not in done.words
    assert all(("reason" in row) == (row["status"] == "left_out") for row in done.rows)

    roots = load(home.home).roots
    held = trust.accept((home.home / "public/trust.cose").read_bytes(), roots, None, int(time.time())).trust
    listed = listing.accept((home.home / "public/seals.cose").read_bytes(), held, None, int(time.time()))
    within = listed.certificate("FR98", "AB17")
    of_authority = AUTHORITY.certificate.not_valid_before_utc, AUTHORITY.certificate.not_valid_after_utc
    assert (within.not_before, within.not_after) == tuple(int(one.timestamp()) for one in of_authority)
    seal = cases_seals.Seal("unused")
    seal._private = key
    text = cases_seals.sealed(
        cases_seals.header(authority="FR98", identifier="AB12", signed=cases_seals.days(SECOND))
        + cases_seals.body(cases_seals.PERMIT),
        seal,
    )
    verdict = judge(text, listed, SECOND)
    assert (verdict.verdict, verdict.certificate.issuer) == ("authentic", "Éditeur d'exemple")

    (tmp_path / "tsl.xml").write_bytes(SIGNER.sign([AUTHORITY], sequence=8, due="2026-01-02"))
    assert "The edition after 8 was due on 2026-01-02" in home(*take).words
    (tmp_path / "tsl.xml").write_bytes(SIGNER.sign([AUTHORITY], sequence=6))
    older = home(*take)
    assert older.code == 1 and "edition 8 was taken before" in older.words
    (tmp_path / "tsl.xml").write_bytes(SIGNER.sign([AUTHORITY, Authority("FR96")], sequence=8))
    twin = home(*take)
    assert twin.code == 1 and "Another list was taken before as edition 8" in twin.words
    other = Signer()
    (tmp_path / "tsl.xml").write_bytes(other.sign([AUTHORITY], sequence=9))
    assert home(*take).code == 1
    looked = home("seals", "pin", tmp_path / "tsl.xml")
    assert looked.code == 1 and "ANOTHER certificate is pinned" in looked.words
    assert home("seals", "pin", tmp_path / "tsl.xml", "--yes").code == 0 and home(*take).code == 0
    (tmp_path / "gone.crl").write_bytes(AUTHORITY.revocations(key=other.key))
    assert home(*take, "--revocations", tmp_path / "gone.crl").code == 1, "a revocation list that another signed"
    (tmp_path / "gone.crl").write_bytes(AUTHORITY.revocations(days=(-9, -2)))
    stale = home(*take, "--revocations", tmp_path / "gone.crl")
    assert {row["status"] for row in stale.rows} == {"left_out"}, "a revocation list whose time is over"


@pytest.fixture
def home(tmp_path):
    """A home of the demonstration, spoken to by the command line."""
    wif = Wif(tmp_path / "home")
    assert wif("init", "--origin", ORIGIN, "--authority", "Préfecture d'Exemple", "--demo").code == 0
    return wif
