"""Files that hold receipts and dates (``docs/format.md`` §9.5 and §9.6): made a second way."""

import hashlib
import json

from tests.vectors.cases_receipt import (
    COUNTER,
    COUNTER_CROOKED,
    COUNTER_RETIRED,
    COUNTER_REVOKED,
    LISTED,
    OTHER_DEVICE,
    PROTECTED,
    SECOND,
    STRANGER,
    counter,
    short,
    signed,
    statement,
    text,
    whole,
)
from tests.vectors.scene import DAY, NOW, REFERENCE_TEXT, STATUS_ISSUED
from tests.vectors.wire import item, sign1

RECEIPTS, DATE, ROUND = "work-in-france/receipts/1", "work-in-france/date/1", "work-in-france/round/1"


def _made(**changes: object) -> tuple[str, bytes]:
    """A receipt without a date of its own, and its hash."""
    encoded = item(statement(**changes))
    signature = signed(encoded)
    return text([encoded, signature]), hashlib.sha256(sign1(PROTECTED, encoded, signature)).digest()


FIRST, FIRST_HASH = _made()
SECOND_RECEIPT, SECOND_HASH = _made(k5=SECOND, k8=bytes(16))
HASHES = [FIRST_HASH, SECOND_HASH]


def _row(hashes: list[bytes], *, form: str = RECEIPTS, **more: object) -> str:
    """The countersignature of a list of hashes, in hexadecimal digits; ``more`` as of cases_receipt.counter."""
    digest = hashlib.sha256(item([form, hashes])).digest()
    return item(counter(b"", b"", **{"digest": digest, **more})).hex()


def _item(receipt: str = FIRST, paper: str = REFERENCE_TEXT, file: str = "lettre.pdf") -> dict:
    return {"file": file, "paper": paper, "receipt": receipt}


TWO = [_item(), _item(SECOND_RECEIPT, file="courrier <2> & suite.png")]


def _bundle(**changes: object) -> dict:
    hashes = [one.hex() for one in HASHES]
    return {"form": RECEIPTS, "items": TWO, "digests": hashes, "counters": [_row(HASHES)]} | changes


def _page(content: str, name: str = "receipts") -> str:
    return f'<!DOCTYPE html>\n<html lang="fr"><body><p>Reçus</p><script type="application/json" id="{name}">{content}</script></body></html>\n'


def _escaped(content: str) -> str:
    return content.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _said(word: str, *, since: int | None = None, until: int | None = None, dating: str | None = None) -> dict:
    return {"word": word, "since": since, "until": until, "dating": dating}


DATED = _said("dated", since=STATUS_ISSUED, until=NOW, dating="dated")
DATED_SECOND = DATED | {"since": STATUS_ISSUED + 5}
UNDATED = _said("undated", dating="undated")


class Bundles:
    """Files, and what they say; ``None`` where they are no bundle in form."""

    def __init__(self) -> None:
        self.rows: list[dict] = []

    def add(self, name: str, comment: str, file: object, expect: list[dict] | None, trust: str = "receipts") -> None:
        """A file; a map is written as JSON."""
        content = file if isinstance(file, str) else json.dumps(file)
        self.rows.append(
            {"id": name, "comment": comment, "spec": "9.5", "file": content, "trust": trust, "expect": expect}
        )

    def broken(self, name: str, comment: str, file: object = None, **changes: object) -> None:
        """A file that is no bundle."""
        self.add(name, comment, _bundle(**changes) if file is None else file, None)


def bundles() -> list[dict]:
    """All vectors of §9.5."""
    cases = Bundles()
    _dated(cases)
    _undated(cases)
    _items(cases)
    _forms(cases)
    return cases.rows


def _dated(cases: Bundles) -> None:
    both = [DATED, DATED_SECOND]
    cases.add("reference", "two receipts, dated by one countersignature that names both lists", _bundle(), both)
    cases.add("page", "the same in a page", _page(_escaped(json.dumps(_bundle()))), both)
    cases.add("more", "a key that is not defined is no fault", _bundle(software="1"), both)
    cases.add("spaced", "spaces and lines between", json.dumps(_bundle(), indent=3), both)
    cases.add("one-handed-on", "one item with all hashes", _bundle(items=TWO[:1]), [DATED])
    cases.add(
        "one-list-each",
        "a countersignature for each list: the one that names a receipt's list is its own",
        _bundle(counters=[_row(HASHES, lists=[LISTED]), _row(HASHES, lists=[SECOND], time=NOW + 7)]),
        [DATED, DATED_SECOND | {"until": NOW + 7}],
    )
    cases.add(
        "one-list-named",
        "the other receipt's list is named by none",
        _bundle(counters=[_row(HASHES, lists=[LISTED])]),
        [DATED, _said("late", until=NOW, dating="late")],
    )
    cases.add(
        "first-does-not-count",
        "one by a revoked key before one that counts",
        _bundle(counters=[_row(HASHES, key=COUNTER_REVOKED), "00", _row(HASHES)]),
        both,
    )
    late = STATUS_ISSUED + DAY + 1
    cases.add(
        "late",
        "a second more than a day after the one list, and not after the other",
        _bundle(counters=[_row(HASHES, time=late)]),
        [
            _said("late", since=STATUS_ISSUED, until=late, dating="late"),
            _said("dated", since=STATUS_ISSUED + 5, until=late, dating="dated"),
        ],
    )
    ahead, its_hash = _made(k5=[1, NOW + 301, LISTED[2]])
    cases.add(
        "contradiction",
        "countersigned before the list that it was judged by",
        _bundle(items=[_item(ahead)], digests=[its_hash.hex()], counters=[_row([its_hash])]),
        [_said("contradiction", until=NOW)],
    )


def _undated(cases: Bundles) -> None:
    neither = [UNDATED, UNDATED]

    def add(name: str, comment: str, **changes: object) -> None:
        cases.add(name, comment, _bundle(**changes), neither)

    add("no-counter", "not countersigned", counters=[])
    add("no-digests", "neither hashes nor countersignatures", digests=[], counters=[])
    add("order", "the hashes in another order", digests=[one.hex() for one in reversed(HASHES)])
    add("hash-put-in", "a hash more than was countersigned", digests=[one.hex() for one in [*HASHES, bytes(32)]])
    add("other-list", "countersigned over other hashes", counters=[_row([bytes(32)])])
    add("no-form-hashed", "the hashes alone were hashed", counters=[_row(HASHES, digest=_plain(HASHES))])
    add("other-form-hashed", "another form before the hashes", counters=[_row(HASHES, form=ROUND)])
    add("one-hash", "the hash of one receipt was countersigned", counters=[_row(HASHES, digest=FIRST_HASH)])
    add("revoked-key", "by a revoked key", counters=[_row(HASHES, key=COUNTER_REVOKED)])
    add("retired-key", "by a retired key, outside its window", counters=[_row(HASHES, key=COUNTER_RETIRED)])
    add("unknown-key", "by a key that is not listed", counters=[_row(HASHES, key=STRANGER)])
    add(
        "kid-of-another",
        "an entry whose kid is not its key's hash names no key",
        counters=[_row(HASHES, key=COUNTER_CROOKED, kid=STRANGER.kid)],
    )
    row = _row(HASHES)
    add("counter-flipped", "a bit of the countersignature", counters=[f"{row[:-2]}{int(row[-2:], 16) ^ 1:02x}"])
    add("counter-behind", "a byte behind the countersignature", counters=[row + "00"])
    add("counter-cut", "a countersignature that is cut", counters=[row[:-2]])
    add("counter-deep", "a countersignature nested too deep", counters=["81" * 1000 + "00"])
    add("counter-map", "a map for the row", counters=[item({1: 2}).hex()])
    cases.add("no-keys", "under a trust list without keys of use 4", _bundle(), neither, trust="main")
    cases.add(
        "hash-left-out",
        "a receipt whose hash is not in the list",
        _bundle(digests=[FIRST_HASH.hex()], counters=[_row([FIRST_HASH])]),
        [DATED, UNDATED],
    )


def _plain(hashes: list[bytes]) -> bytes:
    return hashlib.sha256(item(hashes)).digest()


def _items(cases: Bundles) -> None:
    def one(name: str, comment: str, expect: dict, **given: str) -> None:
        cases.add(name, comment, _bundle(items=[_item(**given)]), [expect])

    one(
        "other-paper",
        "another paper beside it",
        _said("other_paper"),
        paper=REFERENCE_TEXT[:-1] + str(9 - int(REFERENCE_TEXT[-1])),
    )
    missing = DATED | {"word": "paper_missing"}
    one("no-paper", "no paper beside it: its date is said all the same", missing, paper="")
    one("paper-is-prose", "a text that is no paper", missing, paper="Bonjour")
    one("foreign", "a text that is no receipt", _said("foreign"), receipt=REFERENCE_TEXT)
    one("malformed", "a receipt that is cut", _said("malformed"), receipt=FIRST[:-300])
    encoded = item(statement())
    other = text([encoded, signed(encoded, OTHER_DEVICE)])
    one("altered", "signed by another device, its hash in no list", _said("altered"), receipt=other)
    one("own-date", "a date of its own goes before", DATED | {"until": NOW + 60}, receipt=whole(time=NOW + 60))
    revoked = whole(key=COUNTER_REVOKED)
    one("own-date-revoked", "a date of its own that does not count is not replaced", UNDATED, receipt=revoked)
    one("file-long", "4,096 characters that are not of the first plane", DATED, file="\U0001f4c4" * 4096)


def _forms(cases: Bundles) -> None:
    content = json.dumps(_bundle())
    cases.broken("empty", "nothing at all", "")
    cases.broken("prose", "no JSON", f"Voici {RECEIPTS}")
    cases.broken("cut", "a file that is cut", content[:-1])
    cases.broken("comma", "a comma too many", content[:-1] + ",}")
    cases.broken("nan", "a word that is no JSON", content[:-1] + ', "software": NaN}')
    cases.broken("array", "an array around it", f"[{content}]")
    cases.broken("null", "null", "null")
    cases.broken("other-script", "a script of another name", _page(_escaped(content), "receipt"))
    cases.broken("script-open", "a page whose text is not escaped", _page(content))
    cases.broken("first-script", "the first of two scripts counts", _page("{}") + _page(_escaped(content)))
    cases.broken("version", "a form of a later version", form="work-in-france/receipts/2")
    cases.broken("form-array", "a form that is no text", form=[RECEIPTS])
    cases.broken("no-items", "no receipt", items=[])
    cases.broken("items-map", "a map for the items", items={"0": TWO[0]})
    cases.broken("item-null", "an item that is null", items=[None])
    cases.broken("item-text", "an item that is a text", items=["0"])
    cases.broken("item-short", "an item without its paper", items=[{"file": "", "receipt": FIRST}])
    cases.broken("item-number", "a file that is a number", items=[_item() | {"file": 1}])
    cases.broken("item-long", "4,097 characters", items=[_item(file="a" * 4097)])
    cases.broken("digest-short", "a hash of 63 digits", digests=["0" * 63])
    cases.broken("digest-capital", "a hash in capitals", digests=["A" * 64])
    cases.broken("digest-line", "a line behind a hash", digests=["0" * 64 + "\n"])
    cases.broken("digests-text", "a text for the hashes", digests="0" * 64)
    cases.broken("counter-odd", "an odd number of digits", counters=["000"])
    cases.broken("counter-empty", "no digits", counters=[""])
    cases.broken("counter-long", "1,025 bytes", counters=["00" * 1025])
    cases.broken("counters-many", "1,000 countersignatures", counters=["00"] * 1000)
    cases.broken("counter-array", "a countersignature that is an array", counters=[[]])
    for name in ("form", "items", "digests", "counters"):
        cases.broken(
            f"without-{name}", f"without {name}", {one: all_ for one, all_ in _bundle().items() if one != name}
        )


REPORT = json.dumps(
    {"form": ROUND, "software": "0.1.0", "declared": {"place": "Chantier de la gare"}, "papers": []}, indent=1
)
REPORT_HASH = hashlib.sha256(REPORT.encode()).digest()


class Dates:
    """A report and its date, with the one word expected; ``time`` is when the service saw it, UTC seconds."""

    def __init__(self) -> None:
        self.rows: list[dict] = []

    def add(self, name: str, comment: str, date: object, word: str, *, report: str = REPORT, trust: str = "receipts", time: int | None = None) -> None:  # fmt: skip
        """A date; a map is written as JSON."""
        content = date if isinstance(date, str) else json.dumps(date)
        row = {"id": name, "comment": comment, "spec": "9.6", "report": report, "date": content, "trust": trust}
        self.rows.append({**row, "expect": {"word": word, "time": time}})


def _date(**changes: object) -> dict:
    row = item(counter(b"", b"", digest=REPORT_HASH, lists=[LISTED])).hex()
    made = {"form": DATE, "sha256": REPORT_HASH.hex(), "seen_at": "2026-02-02T02:40:00Z", "key": COUNTER.kid.hex()}
    return {**made, "countersignature": row} | changes


def _counted(**more: object) -> str:
    return item(counter(b"", b"", **{"digest": REPORT_HASH, "lists": [LISTED], **more})).hex()


def dates() -> list[dict]:
    """All vectors of §9.6."""
    cases = Dates()
    cases.add("reference", "the hash of the file, countersigned", _date(), "dated", time=NOW)
    cases.add("said-otherwise", "seen_at is for people: the row counts", _date(seen_at="2020"), "dated", time=NOW)
    bare = {"form": DATE, "sha256": REPORT_HASH.hex(), "countersignature": _counted(time=NOW + 9)}
    cases.add("bare", "without what is for people", bare, "dated", time=NOW + 9)
    cases.add(
        "other-list", "whatever list it names", _date(countersignature=_counted(lists=[SECOND])), "dated", time=NOW
    )
    inside = {"key": COUNTER_RETIRED, "time": NOW - DAY}
    cases.add(
        "retired-in-window",
        "by a retired key, inside its window",
        _date(countersignature=_counted(**inside)),
        "dated",
        time=NOW - DAY,
    )
    cases.add("file-changed", "a space in the file", _date(), "other_file", report=REPORT + " ")
    changed = hashlib.sha256(f"{REPORT} ".encode()).hexdigest()
    cases.add("named-anew", "the hash beside it changed along", _date(sha256=changed), "undated", report=REPORT + " ")
    cases.add("bundle", "the hash of a list of one hash", _date(countersignature=_row([REPORT_HASH])), "undated")
    for name, comment, more in (
        ("revoked-key", "by a revoked key", {"key": COUNTER_REVOKED}),
        ("retired-key", "by a retired key, outside its window", {"key": COUNTER_RETIRED}),
        ("unknown-key", "by a key that is not listed", {"key": STRANGER}),
        ("kid-of-another", "an entry of a crooked kid", {"key": COUNTER_CROOKED, "kid": STRANGER.kid}),
        ("other-hash", "over another file", {"digest": bytes(32)}),
        ("half-hash", "over half of the hash", {"digest": short(REPORT.encode())}),
        ("no-lists", "a row of no list", {"lists": []}),
    ):
        cases.add(name, comment, _date(countersignature=_counted(**more)), "undated")
    cases.add("row-map", "a map for the row", _date(countersignature=item({1: 2}).hex()), "undated")
    cases.add("no-keys", "under a trust list without keys of use 4", _date(), "undated", trust="main")
    row = _counted()
    for name, comment, date in (
        ("row-cut", "a row that is cut", _date(countersignature=row[:-2])),
        ("row-behind", "a byte behind the row", _date(countersignature=row + "00")),
        ("row-long-length", "a length longer than it need be", _date(countersignature="9804" + row[2:])),
        ("row-capitals", "digits in capitals", _date(countersignature=row.upper())),
        ("row-number", "a row that is a number", _date(countersignature=1)),
        ("row-empty", "no row", _date(countersignature="")),
        ("hash-capitals", "the hash in capitals", _date(sha256=REPORT_HASH.hex().upper())),
        ("hash-number", "the hash as a number", _date(sha256=1)),
        ("no-form", "no form", {name: value for name, value in _date().items() if name != "form"}),
        ("other-form", "the form of a report", _date(form=ROUND)),
        ("array", "an array", [_date()]),
        ("null", "null", "null"),
        ("empty", "nothing at all", ""),
        ("cut", "a file that is cut", json.dumps(_date())[:-1]),
        ("infinite", "a word that is no JSON", json.dumps(_date())[:-1] + ', "more": Infinity}'),
    ):  # fmt: skip
        cases.add(name, comment, date, "malformed")
    return cases.rows
