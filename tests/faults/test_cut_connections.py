"""Requests to the API over a line that is cut, asked again under the same key: exactly one attestation each.

``WIF_CUT_REQUESTS`` (default 240) is how many are sent; ``wif bench faults`` sends ten thousand.
"""

import os

from tests.faults.requests import send_all
from tests.support.agency import Agency

REQUESTS = int(os.environ.get("WIF_CUT_REQUESTS", "240"))


def test_exactly_one_attestation_each(tmp_path):
    agency = Agency(tmp_path, web="api_limit = 1000000")
    agency.start()
    try:
        counts = send_all(agency, REQUESTS)
    finally:
        agency.stop()
    assert counts["attestations"] == REQUESTS and counts["retried"] > REQUESTS // 5
    assert min(counts["cut_asking"], counts["cut_waiting"], counts["cut_answering"]) > 0, "cut at every stage"
    assert counts["answered again"] > 0, "some were issued before their answer was cut off"
