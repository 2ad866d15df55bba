"""The main job from end to end, read with implementations that are not ours: poppler, zxing-cpp, cbor2, python-cwt,
cryptography.
"""

import json
import random
import subprocess
import zlib
from pathlib import Path

import cbor2
import cwt
import pytest
import segno
import zxingcpp
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from PIL import Image

from tests.support.console import ORIGIN, record

AWKWARD = [
    record(family_name="O" + "'" * 40 + "É" * 39, given_names=None),
    record(
        family_name="W" * 80,
        given_names="M" * 80,
        job="Développeuse-conceptrice d'applications réparties et de systèmes embarqués",
    ),
    record(birth_date="1984", employer={"name": "Madame Exemple, particulier employeur"}),
    record(birth_date="1984-07", residence_permit=None, workplaces=None, hours=None),
    record(
        family_name="ÐÅŁØßŒĿ ÇĞİŞŻ",
        given_names="Ṣẹ̀yí Nǃ".replace("ǃ", "g"),
        employer={"name": 'D\'ŒUVRE & <FILS> "№ 1" – 3 €', "siret": "35600000000048"},
    ),
    record(
        kind="AT-SAISONNIER",
        contract="SAISONNIER",
        workplaces=["01", "2A", "2B", "69", "75", "971", "974", "988"],
        department="974",
    ),
    record(
        kind="AT",
        contract="CDI",
        valid_from="2026-02-28",
        valid_until="2036-02-29",
        hours={"count": 151.67, "per": "month"},
        department="988",
    ),
]


@pytest.fixture
def batch(wif):
    run = wif.issue(*AWKWARD)
    assert [row["status"] for row in run.rows] == ["issued"] * len(AWKWARD), run.rows
    assert run.code == 0
    return wif, run.rows


def public_keys(public: Path) -> dict[bytes, bytes]:
    """The keys of trust.cose, read with cbor2 only."""
    body = cbor2.loads((public / "trust.cose").read_bytes())
    assert body.tag == 98
    return {entry[1]: entry[2] for entry in cbor2.loads(body.value[2])[6]}


def test_printed_pages_are_read_by_poppler_and_zxing_and_verified_by_python_cwt(batch, tmp_path):
    wif, rows = batch
    keys = public_keys(wif.home / "public")
    for asked, row in zip(AWKWARD, rows, strict=True):
        page = tmp_path / row["number"]
        subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", row["pdf"], page], check=True)
        codes = zxingcpp.read_barcodes(Image.open(f"{page}.png"))
        assert [code.text for code in codes] == [row["text"]]
        digits = row["text"].split("/#1")[1]
        data = int(digits).to_bytes((int(digits).bit_length() + 7) // 8, "big")
        kid, signature, payload = data[1:9], data[9:73], data[73:]
        rebuilt = cbor2.CBORTag(18, [cbor2.dumps({1: -8, 4: kid, 16: "application/wif+cwt"}), {}, payload, signature])
        assert cbor2.dumps(rebuilt).hex() == row["token"]
        claims = cwt.decode(bytes.fromhex(row["token"]), cwt.COSEKey.new({1: 1, -1: 6, 3: -8, 2: kid, -2: keys[kid]}))
        attestation = claims[-65537]
        assert attestation[3] == asked["family_name"]
        assert attestation.get(4) == asked.get("given_names")
        assert attestation[2] == int(row["number"])


def test_every_pdf_verifies_as_valid_with_all_its_fields(batch):
    wif, rows = batch
    run = wif("verify", *(row["pdf"] for row in rows))
    for asked, row in zip(AWKWARD, run.rows, strict=True):
        assert row["verdict"] == "valid"
        for name in ("family_name", "birth_date", "employer", "job", "valid_from", "valid_until", "department"):
            assert row["claims"][name] == asked[name]


def status_of(public: Path, listed: int, index: int) -> int:
    """One entry of status-N.cose, its signature checked by cryptography, read with cbor2 and zlib only."""
    data = (public / f"status-{listed}.cose").read_bytes()
    protected, _unprotected, payload, signature = cbor2.loads(data).value
    key = Ed25519PublicKey.from_public_bytes(public_keys(public)[cbor2.loads(protected)[4]])
    key.verify(signature, cbor2.dumps(["Signature1", protected, b"", payload]))
    values = zlib.decompress(cbor2.loads(payload)[65533]["lst"])
    return values[index // 4] >> index % 4 * 2 & 3


@pytest.mark.parametrize(
    ("act", "reason", "value", "verdict"),
    [("revoke", "fraud", 1, "revoked"), ("suspend", "inquiry", 2, "suspended")],
)
def test_an_act_is_seen_by_an_independent_reader_of_the_published_list(wif, act, reason, value, verdict):
    row = wif.issue(record(), flags="--no-pdf").rows[0]
    status = wif("verify", row["text"]).rows[0]["claims"]["status"]
    public = wif.home / "public"
    assert status_of(public, status["list"], status["index"]) == 0
    assert wif(act, row["number"], "--reason", reason, "--basis", "CRPA L241-2").code == 0
    assert wif("publish").code == 0
    assert status_of(public, status["list"], status["index"]) == value
    again = wif("verify", row["text"])
    assert (again.code, again.rows[0]["verdict"]) == (1, verdict)


def test_reinstating_ends_a_suspension(wif):
    row = wif.issue(record(), flags="--no-pdf").rows[0]
    wif("suspend", row["number"], "--reason", "inquiry", "--basis", "CRPA L121-1")
    wif("reinstate", row["number"], "--basis", "CRPA L242-4")
    wif("publish")
    assert wif("verify", row["text"]).rows[0]["verdict"] == "valid"


def test_a_replacement_names_the_former_number_and_kills_it(wif, tmp_path):
    first = wif.issue(record(), flags="--no-pdf").rows[0]
    path = tmp_path / "new.json"
    path.write_text(json.dumps(record(job="Cheffe de projet")), encoding="utf-8")
    second = wif("replace", first["number"][:3] + " " + first["number"][3:], str(path))
    assert second.code == 0
    wif("publish")
    verdicts = wif("verify", first["text"], second.rows[0]["text"]).rows
    assert [row["verdict"] for row in verdicts] == ["replaced", "valid"]
    assert verdicts[1]["claims"]["replaces"] == first["number"]


def test_thousands_of_forged_texts_are_never_valid(wif):
    row = wif.issue(record(), flags="--no-pdf").rows[0]
    genuine = row["text"]
    start = genuine.index("#1") + 2
    chance = random.Random(20261123)
    forged = []
    for _ in range(3000):
        place = chance.randrange(start, len(genuine))
        forged.append(genuine[:place] + chance.choice("0123456789".replace(genuine[place], "")) + genuine[place + 1 :])
    run = wif("verify", "-", stdin="\n".join([*forged, genuine]))
    verdicts = [answer["verdict"] for answer in run.rows]
    assert len(verdicts) == 3001
    assert verdicts.pop() == "valid"
    assert set(verdicts) <= {"bad_signature", "unknown_key", "malformed"}


def test_python_cwt_refuses_a_changed_token(wif):
    row = wif.issue(record(), flags="--no-pdf").rows[0]
    keys = public_keys(wif.home / "public")
    data = bytearray.fromhex(row["token"])
    data[60] ^= 1
    protected, _unprotected, payload, signature = cbor2.loads(bytes(data)).value
    key = Ed25519PublicKey.from_public_bytes(keys[cbor2.loads(protected)[4]])
    with pytest.raises(InvalidSignature):
        key.verify(signature, cbor2.dumps(["Signature1", protected, b"", payload]))


def test_the_qr_text_carries_the_origin_of_the_home(wif):
    row = wif.issue(record(), flags="--no-pdf").rows[0]
    assert row["text"].startswith(f"{ORIGIN.upper()}/#1")


def test_a_text_hidden_in_a_file_is_told_and_never_well(wif, tmp_path):
    """A page that shows one paper and holds another in its bytes; and a picture whose black stands on nothing."""
    rows = wif.issue(record(), record(family_name="AUTRE")).rows
    genuine, other = (row["text"] for row in rows)
    page = Path(rows[0]["pdf"]).read_bytes()
    assert wif("verify", rows[0]["pdf"]).code == 0
    both = tmp_path / "both.pdf"
    both.write_bytes(page + b"\n%" + other.encode())
    run = wif("verify", str(both))
    assert run.code == 1
    assert [(row["verdict"], row["level"], row.get("drawn")) for row in run.rows] == [
        ("valid", "green", None),
        ("valid", "amber", False),
    ]
    blank = tmp_path / "blank.png"
    Image.new("L", (200, 200), 255).save(blank)
    blank.write_bytes(blank.read_bytes() + genuine.encode())
    run = wif("verify", str(blank))
    assert (run.code, [(row["level"], row["drawn"]) for row in run.rows]) == (1, [("amber", False)])
    clear = tmp_path / "clear.png"
    code = segno.make(genuine, error="m", micro=False)
    code.save(clear, scale=5, border=6, dark="black", light=None)
    run = wif("verify", str(clear))
    assert (run.code, [row["verdict"] for row in run.rows]) == (0, ["valid"])
