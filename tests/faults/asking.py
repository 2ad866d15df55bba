"""A program of another service that issues through the API and asks again until it is answered, and suspends each
fourth: ``python -m tests.faults.asking ADDRESS TOKEN``. Each line of standard input asks for one; each answer is a JSON
line.
"""

import json
import sys
import time

import httpx

from tests.support.records import record


def asked(client, path, body, key):
    """The answer of the service, however often it must be asked."""
    while True:
        try:
            answer = client.post(path, json=body, headers={"Idempotency-Key": key})
            if answer.status_code in (200, 201, 409):
                return answer.json()
            if 400 <= answer.status_code < 500 and answer.status_code != 429:
                sys.exit(f"{path}: {answer.status_code} {answer.text}")
            print(json.dumps({"again": answer.status_code}), flush=True)
        except (httpx.HTTPError, ValueError) as error:
            print(json.dumps({"again": type(error).__name__}), flush=True)
        time.sleep(0.2)


def main(address, token):
    headers = {"Authorization": f"Bearer {token}", "X-Forwarded-Proto": "https"}
    with httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=8) as client:
        for place, _line in enumerate(sys.stdin):
            person = {**record(reference=f"M-{place}"), "accept_warnings": True}  # the same one over and over
            issued = asked(client, "/attestations", person, f"i-{place}")
            done = {"reference": f"M-{place}", "number": issued["number"]}
            if place % 4 == 0:
                grounds = {"reason": "inquiry", "legal_basis": "CRPA L121-1"}
                asked(client, f"/attestations/{issued['number']}/suspend", grounds, f"s-{place}")
                done["suspended"] = True
            print(json.dumps(done), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
