"""One commit for what several threads ask at the same moment.

A commit waits for the disk; while one group is being committed, the records that arrive make the
next group. Each caller still gets its own answer, and only after the commit that holds it.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from issuer.desk import Issued

LARGEST = 64
"""Records of one group."""


class Batches:
    """Groups of records on their way to the desk. ``issue_many(records, author)`` answers in order, after its
    commit.
    """

    def __init__(self, issue_many: Callable[[list[object], str], list]) -> None:
        self._issue_many = issue_many
        self._commit = threading.Lock()
        self._lock = threading.Lock()
        self._waiting: list[tuple[object, str, Future]] = []

    def issue(self, record: object, author: str) -> Issued:
        """The desk's answer to one record. Raises what the desk raises."""
        future: Future = Future()
        with self._lock:
            self._waiting.append((record, author, future))
        with self._commit:
            while not future.done():
                self._commit_group()
        return future.result()

    def _commit_group(self) -> None:
        """Commit the group that has waited longest; records of another author go into another transaction."""
        with self._lock:
            author = self._waiting[0][1]
            group = [item for item in self._waiting if item[1] == author][:LARGEST]
            taken = {id(future) for _, _, future in group}
            self._waiting = [item for item in self._waiting if id(item[2]) not in taken]
        if not self._answer(group, author, alone=len(group) == 1):
            for item in group:
                self._answer([item], author, alone=True)

    def _answer(self, group: list[tuple[object, str, Future]], author: str, alone: bool) -> bool:
        """Commit a group and answer it; False when it failed as a whole, so that one record cannot fail its
        neighbours.
        """
        try:
            answers = self._issue_many([record for record, _, _ in group], author)
        except Exception as error:  # noqa: BLE001 - goes to whoever waits for the answer
            if alone:
                group[0][2].set_exception(error)
            return alone
        for (_, _, future), answer in zip(group, answers, strict=True):
            future.set_result(answer)
        return True
