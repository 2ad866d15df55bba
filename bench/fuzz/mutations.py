"""Inputs for the fuzz run: texts that nearly are attestations, the same ones on every run of the same seed.

Texts altered as text; numbers with altered bits; payloads altered in their structure and rightly signed;
payloads altered in their bytes and rightly signed. What is signed had expired before it was altered and its
expiry is left alone (but for its form), so that nothing altered may ever be valid. Beside them, trust lists
and status lists altered before or after they are signed: both languages accept or refuse them alike.
"""

import json
import random
from dataclasses import dataclass

from tests.vectors import scene
from tests.vectors.cases_status import URI, ZEROS
from tests.vectors.wire import Pairs, Raw, head, item, status_list, status_payload, token_text, trust_entry, trust_list

SHARES = {
    "text": 0.79,
    "bits": 0.09,
    "structure": 0.08,
    "bytes": 0.02,
    "right": 0.01,
    "trust list": 0.005,
    "status list": 0.005,
}
"""Family: its share of the inputs. ``right`` ones are not altered at all and must be valid."""

EXPIRED = scene.NOW - 3600
HOSTILE = [
    "\u202e",
    "\u200b",
    "\u0430",
    "\ufeff",
    "\u0301",
    "Q\u0323\u0331\u0307",
    "\u0000",
    "\u007f",
    "\u00a0",
    "\u00d7",
    "\u01c1",
    "  ",
    " ",
    "\n",
    "<b>",
    "É",
    "E\u0301",
    "\u02bb\u0323",
    "\U0001f600",
    "\u1ec7",
    "\u0344",
    "ß",
    "\u036f",
    "\u2027",
    "\u2026",
    "9",
    "75",
    "2A",
    "1996-03",
    "VNM",
]
EDGES = [
    edge + step
    for edge in (
        0,
        1,
        3,
        7,
        23,
        24,
        255,
        256,
        999,
        65535,
        1 << 20,
        10**6,
        10**9,
        10**10,
        10**14,
        1 << 32,
        253_370_764_800,
        1 << 53,
        1 << 63,
        1 << 64,
    )
    for step in (-2, -1, 0, 1)
    if edge + step < 1 << 64
]
SCRAPS = [
    bytes.fromhex(scrap)
    for scrap in (
        "f4",
        "f5",
        "f6",
        "f7",
        "f820",
        "f93c00",
        "f97e00",
        "fa3f800000",
        "fb3ff0000000000000",
        "c100",
        "c24101",
        "d280",
        "9f00ff",
        "bf0000ff",
        "5f4100ff",
        "7f6161ff",
        "ff",
        "1801",
        "190001",
        "1a00000001",
        "1b0000000000000001",
        "3800",
        "780161",
        "580100",
        "980100",
        "b8010000",
        "1c",
        "1f",
        "a201000000",
        "a200000000",
        "a1410000",
        "6180",
        "62c080",
        "63eda080",
        "64f4908080",
        "8181818181818180",
        "81818180",
        "a1",
        "7bffffffffffffffff",
        "00",
        "20",
        "40",
        "60",
        "80",
        "a0",
    )
]


@dataclass(frozen=True)
class Case:
    """One input: its family, its text (a list: hexadecimal digits), and whether it is right as it is (and so must be
    valid).
    """

    family: str
    text: str
    right: bool = False

    def line(self) -> str:
        """The input as the JavaScript side takes it."""
        kind = self.family.partition(" ")[0]
        return json.dumps({kind: self.text} if self.family.endswith(" list") else self.text)


def cases(count: int, seed: int = 1):
    """``count`` cases, in an order that mixes the families."""
    chance = random.Random(seed)
    families, weights = list(SHARES), list(SHARES.values())
    makers = {
        "text": _text,
        "bits": _bits,
        "structure": _structure,
        "bytes": _bytes,
        "right": _right,
        "trust list": _trust_list,
        "status list": _status_list,
    }
    for _ in range(count):
        family = chance.choices(families, weights)[0]
        yield makers[family](chance)


_ORIGIN, _, _DIGITS = scene.REFERENCE_TEXT.partition("/#")
_RIGHT_TEXTS = [
    scene.REFERENCE_TEXT,
    *(
        token_text(origin, signer, scene.payload(scene.attestation(**changes)))
        for origin, signer, changes in (
            (scene.SECOND_ORIGIN, scene.OTHER_SIGNER, {"k4": None}),
            (scene.ORIGIN, scene.PARIS_ONLY, {"k20": "more"}),
            (scene.LOCAL_ORIGIN, scene.NARROW, {"k8": None, "k11": None, "k12": None, "k13": None}),
            (scene.ORIGIN, scene.RETIRED, {"k1": 2, "k16": 4829130571}),
        )
    ),
]


def _right(chance: random.Random) -> Case:
    return Case("right", chance.choice(_RIGHT_TEXTS), True)


def _same(text: str, other: str) -> bool:
    """Whether two texts differ at most in the case of the origin's ASCII letters."""
    (one, _, rest), (two, _, other_rest) = text.partition("/#"), other.partition("/#")
    return text.isascii() and one.lower() == two.lower() and rest == other_rest


_ALPHABET = "0123456789/#:.-_+ \n\t\0HTPSVERIFaeé١３\ufeff\u200b\ud800"


def _trust_list(chance: random.Random) -> Case:
    """A small trust list, altered and then signed by its roots, or signed and then altered."""
    entry = trust_entry(scene.SIGNER, 1)
    listed = {1: 1, 2: "status-1.cose", 3: scene.STATUS.kid}
    claims = scene.main_trust(k6=[entry, trust_entry(scene.STATUS, 2)], k7=[listed])
    target = chance.choice([claims, claims, entry, entry, listed])
    if chance.random() < 0.6:
        _mutate(chance, target, target)
    data = trust_list(claims, scene.ROOTS[:2])
    return Case("trust list", (_scratched(chance, data) if chance.random() < 0.5 else data).hex())


def _status_list(chance: random.Random) -> Case:
    """A small status list, altered and then signed, or signed and then altered."""
    lst = _scratched(chance, ZEROS) if chance.random() < 0.4 else ZEROS
    claims = status_payload(URI, scene.STATUS_ISSUED, scene.STATUS_EXPIRES, scene.DAY, lst)
    target = chance.choice([claims, claims, claims[65533]])
    if chance.random() < 0.5:
        _mutate(chance, target, target)
    data = status_list(scene.STATUS, claims)
    return Case("status list", (_scratched(chance, data) if chance.random() < 0.4 else data).hex())


def _scratched(chance: random.Random, data: bytes) -> bytes:
    """One byte changed, a scrap put in, or a part cut out."""
    at, choice = chance.randrange(len(data)), chance.randrange(3)
    if choice == 0:
        return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    if choice == 1:
        return data[:at] + chance.choice(SCRAPS) + data[at:]
    return data[:at] + data[at + chance.choice([1, 1, 2, 50]) :]


def _text(chance: random.Random) -> Case:
    base = chance.choice(_RIGHT_TEXTS)
    while True:
        text = _altered_text(chance, base)
        if not _same(text, base):
            return Case("text", text)


def _altered_text(chance: random.Random, base: str) -> str:
    choice, at = chance.randrange(9), chance.randrange(len(base) + 1)
    if choice == 0:
        return "".join(chance.choices(_ALPHABET, k=chance.randrange(60)))
    if choice == 1:
        return (
            _ORIGIN
            + "/#1"
            + "".join(
                chance.choices("0123456789", k=chance.choice([0, 1, 230, 231, 232, 300, 652, 2100, 2101, 2102, 5000]))
            )
        )
    if choice == 2:
        return base[:at]
    if choice == 3:
        return base[:at] + chance.choice(_ALPHABET) + base[at:]
    if choice == 4:
        end = base.index("/#") + 4
        at = chance.randrange(end)
        return base[:at] + chance.choice(_ALPHABET) + base[at + 1 :]
    if choice == 5:
        return (
            base[: base.index("/#") + 2]
            + chance.choice(["0", "2", "9", "-1", "+1", "01", "1 ", "", "1e9", "1_0"])
            + base[base.index("/#") + 3 :]
        )
    if choice == 6:
        return base + chance.choice(["\n", " ", "\r\n", "0", "#", "/#1", "?a", "\0", "\u0663"])
    if choice == 7:
        return (
            base[base.index("/#") - at % 30 :]
            if chance.random() < 0.5
            else chance.choice(["x", " ", "HTTPS://A@", "\ufeff"]) + base
        )
    middle = chance.randrange(at, len(base) + 1)
    return base[:at] + base[middle:] + base[at:middle]


def _bits(chance: random.Random) -> Case:
    base = chance.choice(_RIGHT_TEXTS)
    origin, _, digits = base.partition("/#")
    number = int(digits[1:])
    for _ in range(chance.choice([1, 1, 1, 2, 8])):
        number ^= 1 << chance.randrange(number.bit_length())
    return Case("bits", f"{origin}/#1{number}", number == int(digits[1:]))


def _signed(family: str, payload: bytes, chance: random.Random) -> Case:
    payload = (payload + bytes(24))[:800] if len(payload) < 24 else payload[:800]
    signer = chance.choice(
        [scene.SIGNER, scene.SIGNER, scene.SIGNER, scene.OTHER_SIGNER, scene.PARIS_ONLY, scene.NARROW, scene.REVOKED]
    )
    return Case(family, token_text(scene.ORIGIN, signer, payload))


def _bytes(chance: random.Random) -> Case:
    """One to three bytes changed, put in or taken out, behind the expiry."""
    payload = bytearray(scene.payload(_attestation(chance), exp=EXPIRED))
    for _ in range(chance.choice([1, 1, 2, 3])):
        at = chance.randrange(8, len(payload))
        choice = chance.randrange(4)
        if choice == 0:
            payload[at] = chance.randrange(256)
        elif choice == 1:
            payload[at:at] = chance.choice(SCRAPS)
        elif choice == 2:
            del payload[at]
        else:
            payload[at] ^= 1 << chance.randrange(8)
    return _signed("bytes", bytes(payload), chance)


def _attestation(chance: random.Random) -> dict:
    """A right attestation: any département, any of the optional keys missing, any entry of the status list."""
    result = scene.attestation(
        k1=chance.randint(1, 3),
        k2=chance.randint(10**9, 10**10 - 1),
        k10=chance.randint(1, 7),
        k14=chance.choice(["75", "2A", "971", "974", "975", "988", "00"]),
        k15=[chance.choice([1, 1, 1, 2, 999]), chance.choice([0, 1, 2, 3, 4, 524_287, 131_071, 1_048_575])],
    )
    for key in (4, 8, 11, 12, 13):
        if chance.random() < 0.2:
            del result[key]
    if chance.random() < 0.1:
        result[chance.randint(20, 23)] = chance.choice([0, "more", (1 << 53) - 1, ""])
    return result


def _structure(chance: random.Random) -> Case:
    inner = _attestation(chance)
    labels: dict = {4: EXPIRED, 5: scene.NBF, 6: scene.IAT, -65537: inner}
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        _mutate(chance, labels if chance.random() < 0.12 else inner, inner)
    if chance.random() < 0.08:
        pairs = sorted(inner.items(), key=lambda pair: item(pair[0]))
        _disorder(chance, pairs)
        labels[-65537] = Pairs(tuple(pairs))
    if chance.random() < 0.04:
        pairs = sorted(labels.items(), key=lambda pair: item(pair[0]))
        _disorder(chance, pairs)
        return _signed("structure", item(Pairs(tuple(pairs))), chance)
    return _signed("structure", item(labels), chance)


def _disorder(chance: random.Random, pairs: list) -> None:
    """Exchange two pairs, double one, or write a key longer than needed."""
    at = chance.randrange(len(pairs))
    choice = chance.randrange(3)
    if choice == 0:
        other = chance.randrange(len(pairs))
        pairs[at], pairs[other] = pairs[other], pairs[at]
    elif choice == 1:
        pairs.insert(at, pairs[at])
    elif isinstance(pairs[at][0], int) and pairs[at][0] >= 0:
        pairs[at] = (Raw(head(0, pairs[at][0], 1 if pairs[at][0] < 256 else 8)), pairs[at][1])


def _mutate(chance: random.Random, target: dict, inner: dict) -> None:
    keys = list(target)
    choice = chance.randrange(10)
    key = chance.choice(keys) if keys else 1
    outer = target is not inner
    if choice == 0 and not (outer and key == 4):
        target.pop(key, None)
    elif choice == 1:
        new = chance.choice(
            [0, 17, 18, 19, 20, 21, 22, 23, 24, 32, 255, -1, -65538, "", "1", "x" * 30, chance.choice(EDGES)]
        )
        if not (outer and new == 4):
            target[new] = _value(chance, 0)
    elif outer and key == 4:
        target[4] = chance.choice(
            [
                Raw(head(0, EXPIRED, 8)),
                float(EXPIRED),
                str(EXPIRED),
                True,
                None,
                -EXPIRED,
                [EXPIRED],
                Raw(b"\xc1" + item(EXPIRED)),
            ]
        )
    elif outer and key == -65537 and choice != 2:
        _mutate(chance, inner, inner)
    elif choice in (2, 3):
        target[key] = _value(chance, 0)
    else:
        target[key] = _near(chance, target.get(key))


def _near(chance: random.Random, value: object) -> object:
    """A value beside the given one."""
    if isinstance(value, str):
        at = chance.randrange(len(value) + 1)
        choice = chance.randrange(6)
        if choice == 0:
            return value[:at] + chance.choice(HOSTILE) + value[at:]
        if choice == 1:
            return (value or "A") * chance.choice([0, 2, 4, 81])
        if choice == 2:
            return value[:at]
        if choice == 3:
            return value.encode()
        if choice == 4:
            return "É" * chance.choice([0, 1, 20, 21, 79, 80, 81, 200, 201])
        return chance.choice(HOSTILE)
    if isinstance(value, bool) or value is None:
        return 1
    if isinstance(value, int):
        return chance.choice(
            [
                value + 1,
                value - 1,
                -value,
                chance.choice(EDGES),
                float(value % 10**15),
                Raw(head(0, abs(value) % (1 << 64), 8)),
                str(value),
                [value],
            ]
        )
    if isinstance(value, list) and value:
        result = list(value)
        at = chance.randrange(len(result))
        choice = chance.randrange(4)
        if choice == 0:
            result[at] = _near(chance, result[at])
        elif choice == 1:
            result.insert(at, _value(chance, 1))
        elif choice == 2:
            del result[at]
        else:
            result.append(result[at])
        return result
    return _value(chance, 1)


def _value(chance: random.Random, depth: int) -> object:
    """Any value at all, nested up to ten deep."""
    choice = chance.randrange(9)
    if choice == 0:
        return chance.choice(EDGES)
    if choice == 1:
        return -1 - abs(chance.choice(EDGES))
    if choice == 2:
        return chance.choice(HOSTILE)
    if choice == 3:
        return chance.randbytes(chance.randrange(30))
    if choice in (4, 5):
        return Raw(chance.choice(SCRAPS))
    if choice == 6 and depth < 10:
        return [_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    if choice == 7 and depth < 10:
        return {
            chance.choice([0, 1, 24, -1, "a", "bb", 1 << 32]): _value(chance, depth + 1)
            for _ in range(chance.randrange(3))
        }
    return chance.choice([True, False, None, 1.0, 1.5, 2.0**53])
