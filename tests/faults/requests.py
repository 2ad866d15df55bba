"""Programs that issue by the API over a line that is cut, and ask again under the same key until they are answered."""

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException

from tests.faults.cutting import Cutting
from tests.faults.witness import Torn, Witness
from tests.support.agency import Agency
from tests.support.records import RECORD

MOST = 40
"""Times that one request is sent at most."""


def send_all(agency: Agency, count: int, clients: int = 8, seed: int = 1) -> Counter:
    """Send ``count`` requests, half under an Idempotency-Key, half with a reference; then look. Raises Torn."""
    proxy, counts, lock = Cutting(agency.port, seed=seed), Counter(), threading.Lock()
    token = agency.token("agent", "issue")
    answers: dict[int, str] = {}

    def one(place: int) -> None:
        keyed = place % 2 == 0
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Connection": "close",
            **({"Idempotency-Key": f"cut-{seed}-{place}"} if keyed else {}),
        }
        body = {
            **RECORD,
            "accept_warnings": True,
            "job": f"Poste {place}",
            **({} if keyed else {"reference": f"CUT-{seed}-{place}"}),
        }
        for attempt in range(1, MOST + 1):
            connection = HTTPConnection("127.0.0.1", proxy.port, timeout=30)
            try:
                connection.request("POST", "/api/v1/attestations", json.dumps(body), headers)
                answer = connection.getresponse()
                status, said = answer.status, json.loads(answer.read())
            except (
                HTTPException,
                OSError,
                ValueError,
            ):  # http.client takes cut headers for whole ones: then there is no body
                with lock:
                    counts["cut"] += 1
                continue
            finally:
                connection.close()
            if status not in (200, 201):
                raise Torn(f"{status}: {said}")
            with lock:
                answers[place] = said["number"]
                counts["retried"] += attempt > 1
                counts["answered again"] += status == 200
            return
        raise Torn("never answered")

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(one, range(count)))
    proxy.stop()
    witness = Witness(agency.database or str(agency.path / "wif.sqlite3"), agency.path / "public")
    witness.check()
    if len(set(answers.values())) != count:
        raise Torn(f"{len(set(answers.values()))} numbers for {count} requests")
    counts.update(
        requests=count,
        attestations=len(witness.issued),
        cut_asking=proxy.cut_asking,
        cut_waiting=proxy.cut_waiting,
        cut_answering=proxy.cut_answering,
    )
    if counts["attestations"] != count:
        raise Torn(f"{counts['attestations']} attestations for {count} requests")
    return counts
