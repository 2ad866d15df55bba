"""The fuzz run: the same inputs to Python and JavaScript, verdict by verdict.

``wif bench fuzz [--count 1000000] [--seed 1]``; Node.js on the PATH.
Prints a Markdown summary; the exit code is 1 when anything was not as it must be: an undeclared error, more
than 50 ms of CPU time, a valid verdict on an altered input, another verdict or other claims in the other language.
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
from itertools import islice
from pathlib import Path

from bench.fuzz.mutations import Case, cases
from issuer.attestation import status, verify
from keys import trust
from keys.errors import StatusRefused, TrustRefused
from keys.roots import RootSet
from tests.vectors import scene

SLOWEST = 50_000
"""Microseconds of CPU time that no input may take."""
SLOW = 20_000
"""From here on an input is judged again, and the least counts: what stays slow is the input's fault."""
CHUNK = 2_000
SIGNED = ("structure", "bytes", "right")


@dataclass
class Summary:
    """What was seen. ``limit`` is the CPU time in microseconds that no input may take (None: not judged)."""

    limit: int | None = SLOWEST
    count: int = 0
    families: Counter = field(default_factory=Counter)
    verdicts: Counter = field(default_factory=Counter)
    slowest: dict = field(default_factory=lambda: {"Python": 0, "JavaScript": 0})
    spent: dict = field(default_factory=lambda: {"Python": 0, "JavaScript": 0})
    failures: list = field(default_factory=list)

    def take(self, case: Case, python: list[str], javascript: list[str]) -> None:
        """Compare the two answers ``verdict level digest microseconds`` to one input."""
        self.count += 1
        self.families[case.family] += 1
        self.verdicts[case.family, python[0]] += 1
        for language, answer in (("Python", python), ("JavaScript", javascript)):
            spent = int(answer[3])
            self.spent[language] += spent
            self.slowest[language] = max(self.slowest[language], spent)
            if answer[0] == "error":
                self._fail(f"{language} raised {answer[1]}", case)
            if self.limit is not None and spent > self.limit:
                self._fail(f"{language} took {spent} µs", case)
            if (answer[0] == "valid") != case.right:
                self._fail(f"{language} said {answer[0]}", case)
        if python[:3] != javascript[:3]:
            self._fail(f"Python said {python[:3]}, JavaScript {javascript[:3]}", case)

    def _fail(self, what: str, case: Case) -> None:
        self.failures.append(f"{what}: {case.family} {json.dumps(case.text)}")


class Python:
    """The Python side."""

    def __init__(self) -> None:
        data, at = scene.TRUST["main"]
        self.pinned = RootSet(2, tuple(root.public for root in scene.ROOTS))
        self.trust, self.now = trust.accept(data, self.pinned, None, at).trust, at
        self.status = {
            number: status.accept(data, number, self.trust, None, at)
            for number, data, at in (scene.STATUSES["one"], scene.STATUSES["two"])
        }

    def judge(self, case: Case) -> list[str]:
        """``[verdict, level, digest, microseconds]``."""
        said, spent = self._judge(case)
        for _ in range(2):
            if spent > SLOW:
                spent = min(spent, self._judge(case)[1])
        return [*said, str(spent)]

    def _judge(self, case: Case) -> tuple[list[str], int]:
        before = time.process_time_ns()
        try:
            verdict, level, everything = self._said(case)
        except Exception as error:  # any at all is a finding of this run
            return ["error", type(error).__name__, "-"], (time.process_time_ns() - before) // 1000
        spent = (time.process_time_ns() - before) // 1000
        text = json.dumps(everything, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return [verdict, level, hashlib.sha256(text.encode()).hexdigest()[:16]], spent

    def _said(self, case: Case) -> tuple[str, str, list]:
        try:
            if case.family == "trust list":
                accepted = trust.accept(bytes.fromhex(case.text), self.pinned, None, self.now).trust
                return (
                    "accepted",
                    "-",
                    [accepted.version, [key.kid.hex() for key in accepted.keys], list(accepted.origins)],
                )
            if case.family == "status list":
                listed = status.accept(bytes.fromhex(case.text), 1, self.trust, None, self.now)
                return (
                    "accepted",
                    "-",
                    [
                        listed.uri,
                        listed.issued_at,
                        listed.expires,
                        listed.ttl,
                        hashlib.sha256(listed.values).hexdigest(),
                    ],
                )
        except (TrustRefused, StatusRefused) as refusal:
            return "refused", refusal.code, []
        result = verify(case.text, self.trust, self.status, self.now)
        return (
            result.verdict,
            result.level,
            [
                result.verdict,
                result.level,
                result.claims,
                result.key,
                result.status_age_s,
                result.more,
                result.authority,
            ],
        )


class JavaScript:
    """The JavaScript side: a Node.js process that answers line by line."""

    LIBRARY = Path(__file__).parents[2] / "verifier_pwa/node_modules/@noble/ed25519"
    """What it needs besides Node.js."""

    def __init__(self, node: str = "node") -> None:
        script = Path(__file__).with_name("verdicts.mjs")
        self.process = subprocess.Popen(
            [node, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="ascii"
        )

    def ask(self, chunk: list[Case]) -> threading.Thread:
        """Send inputs without waiting; a thread writes them, so that neither side waits for the other."""
        lines = "".join(case.line() + "\n" for case in chunk)
        writer = threading.Thread(target=self._write, args=(lines,))
        writer.start()
        return writer

    def _write(self, lines: str) -> None:
        self.process.stdin.write(lines)
        self.process.stdin.flush()

    def answers(self, count: int) -> list[list[str]]:
        """The answers to the last ``count`` inputs sent."""
        return [self.process.stdout.readline().split() for _ in range(count)]

    def close(self) -> None:
        """End the process."""
        with self.process:  # closes its pipes, and waits
            self.process.stdin.close()


def run(count: int, seed: int, node: str = "node", limit: int | None = SLOWEST) -> Summary:
    """Give ``count`` inputs to both languages and compare."""
    summary, python, javascript = Summary(limit), Python(), JavaScript(node)
    source = cases(count, seed)
    try:
        while chunk := list(islice(source, CHUNK)):
            writer = javascript.ask(chunk)
            ours = [python.judge(case) for case in chunk]
            theirs = javascript.answers(len(chunk))
            writer.join()
            for case, one, other in zip(chunk, ours, theirs, strict=True):
                summary.take(case, one, other if len(other) == 4 else ["error", "silence", "-", "0"])
    finally:
        javascript.close()
    return summary


def markdown(summary: Summary, seed: int) -> str:
    """The summary in words and tables."""
    signed = sum(summary.families[family] for family in SIGNED)
    verdicts = sorted({verdict for _, verdict in summary.verdicts})
    lines = [
        (
            f"Fuzz run of {summary.count:,} inputs shared by Python and JavaScript (seed {seed}), {signed:,} of them"
            " signed with a trusted key:"
        ),
        (
            f"{len(summary.failures)} findings (undeclared error, over 50 ms of CPU time, an altered input valid,"
            " another verdict or other claims)."
        ),
        "",
        "| family | inputs | " + " | ".join(verdicts) + " |",
        "|---|--:|" + "--:|" * len(verdicts),
    ]
    for family, inputs in summary.families.most_common():
        lines.append(
            f"| {family} | {inputs:,} | "
            + " | ".join(f"{summary.verdicts[family, verdict]:,}" for verdict in verdicts)
            + " |"
        )
    lines += ["", "| language | mean CPU time | slowest input |", "|---|--:|--:|"]
    for language, spent in summary.spent.items():
        lines.append(
            f"| {language} | {spent / max(summary.count, 1):.0f} µs | {summary.slowest[language] / 1000:.1f} ms |"
        )
    return "\n".join([*lines, "", *summary.failures[:20]])


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    summary = run(arguments.count, arguments.seed)
    print(markdown(summary, arguments.seed))
    sys.exit(1 if summary.failures else 0)


if __name__ == "__main__":
    main()
