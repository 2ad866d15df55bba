"""2D-DOC, the same codes to Python and JavaScript, verdict by verdict.

``wif bench seals [--count 1000000] [--seed 1]``; Node.js on the PATH.
Prints a Markdown summary; the exit code is 1 when anything was not as it must be: an undeclared error, an authentic seal
over another message than the one that was signed, another word or other content in the other language.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

from bench.seals.inputs import Case, cases
from issuer.seals import listing
from issuer.seals.judge import SealVerdict, judge
from issuer.seals.parts import gather
from issuer.seals.text import Field
from keys import trust
from keys.errors import SealsRefused
from keys.roots import RootSet
from tests.vectors import cases_seals, scene

CHUNK = 2_048


@dataclass
class Summary:
    """What was seen."""

    count: int = 0
    words: Counter = field(default_factory=Counter)
    families: Counter = field(default_factory=Counter)
    failures: list = field(default_factory=list)

    def take(self, case: Case, python: tuple[str, str], javascript: tuple[str, str], message: bytes | None) -> None:
        """Compare the two answers ``word digest``; ``message`` is what Python says was signed."""
        self.count += 1
        self.families[case.family] += 1
        self.words[case.family, python[0]] += 1
        if "error" in (python[0], javascript[0]) or python != javascript:
            self._fail(f"Python said {python}, JavaScript {javascript}", case)
        if python[0] == "authentic" and message != case.message:
            self._fail("authentic over another message", case)

    def _fail(self, what: str, case: Case) -> None:
        self.failures.append(f"{what}: {case.family} {json.dumps(case.text)}")


class Python:
    """The Python side."""

    def __init__(self) -> None:
        data, self.now = cases_seals.TRUST["seals"]
        pinned = RootSet(2, tuple(root.public for root in scene.ROOTS))
        self.trust = trust.accept(data, pinned, None, self.now).trust
        self.listed = listing.read(cases_seals.LIST)

    def answer(self, case: Case) -> tuple[tuple[str, str], bytes | None]:
        """``(word, digest)``, and what a code says was signed."""
        try:
            word, everything, message = self._said(case)
        except Exception as error:  # any at all is a finding of this run
            return ("error", type(error).__name__), None
        text = json.dumps(everything, separators=(",", ":"), ensure_ascii=False)
        return (word, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]), message

    def _said(self, case: Case) -> tuple[str, object, bytes | None]:
        if case.family == "symbols":
            codes = gather(json.loads(case.text))
            found = [judge(one.text, self.listed, self.now) for one in codes]
            says = [
                [one.read, one.count, one.clash, verdict.verdict, *_everything(verdict)]
                for one, verdict in zip(codes, found, strict=True)
            ]
            wholes = [verdict for verdict in found if verdict.verdict == "authentic"]
            word = "authentic" if wholes else found[0].verdict
            return word, says, wholes[0].seal.message if wholes else None
        if case.family != "list":
            found = judge(case.text, self.listed, self.now)
            return found.verdict, _everything(found), found.seal.message if found.seal else None
        try:
            listed = listing.accept(bytes.fromhex(case.text), self.trust, None, self.now)
        except SealsRefused as error:
            return "refused", error.code, None
        rows = [[one.authority, one.identifier, one.public_key.hex(), one.state] for one in listed.certificates]
        return "accepted", [listed.edition, rows], None


def _everything(found: SealVerdict) -> object:
    seal = found.seal
    return [
        found.level,
        found.certificate and found.certificate.identifier,
        seal
        and [
            seal.version,
            seal.authority,
            seal.certificate,
            _seconds(seal.issued),
            _seconds(seal.signed),
            seal.type,
            seal.perimeter,
            seal.country,
            _pairs(seal.fields),
            _pairs(seal.annex),
            seal.message.hex(),
            seal.signature.hex(),
            seal.binary,
        ],
    ]


def _pairs(fields: tuple[Field, ...]) -> list:
    return [[one.identifier, one.value, one.cut] for one in fields]


def _seconds(day: date | None) -> int | None:
    return day and int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


class JavaScript:
    """The JavaScript side: a Node.js process that answers line by line."""

    def __init__(self, node: str = "node") -> None:
        script = Path(__file__).with_name("verdicts.mjs")
        self.process = subprocess.Popen(
            [node, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="ascii"
        )

    def ask(self, lines: str) -> None:
        """Send inputs."""
        self.process.stdin.write(lines)
        self.process.stdin.flush()

    def answer(self) -> tuple[str, str]:
        """The next answer."""
        word, _, digest = self.process.stdout.readline().rstrip("\n").partition(" ")
        return word or "error", digest

    def close(self) -> None:
        """End the process."""
        with self.process:  # closes its pipes, and waits
            self.process.stdin.close()


def run(count: int, seed: int, node: str = "node") -> Summary:
    """Give ``count`` inputs, in whole chunks of 64, to both languages and compare."""
    summary, python, javascript = Summary(), Python(), JavaScript(node)
    source = cases(count - count % 64, seed)
    try:
        while chunk := list(islice(source, CHUNK)):
            writer = threading.Thread(target=javascript.ask, args=("".join(case.line() + "\n" for case in chunk),))
            writer.start()
            ours = [python.answer(case) for case in chunk]
            for case, (answer, message) in zip(chunk, ours, strict=True):
                summary.take(case, answer, javascript.answer(), message)
            writer.join()
    finally:
        javascript.close()
    return summary


def markdown(summary: Summary, seed: int, seconds: float) -> str:
    """The summary in words and a table."""
    words = sorted({word for _, word in summary.words})
    lines = [
        f"{summary.count:,} codes and lists to Python and JavaScript (seed {seed}), in {seconds:.0f} s:"
        f" {len(summary.failures)} findings.",
        "",
        "| family | inputs | " + " | ".join(words) + " |",
        "|---|--:|" + "--:|" * len(words),
    ]
    for family, inputs in summary.families.most_common():
        counts = " | ".join(f"{summary.words[family, word]:,}" for word in words)
        lines.append(f"| {family} | {inputs:,} | {counts} |")
    return "\n".join([*lines, "", *summary.failures[:20]])


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    began = time.monotonic()
    summary = run(arguments.count, arguments.seed)
    print(markdown(summary, arguments.seed, time.monotonic() - began))
    sys.exit(1 if summary.failures else 0)


if __name__ == "__main__":
    main()
