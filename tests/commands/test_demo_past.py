"""The demonstration's past requests: written once, seen by the public figures, in a trail that stays whole."""

from issuer.applicants import statistics as room
from issuer.attestation.places import local_day
from issuer.demo import make_past
from issuer.demo.past import COUNT
from issuer.home import Home
from issuer.registry.request_tallies import tallies


def test_past_requests_are_written_once_and_counted(wif):
    home = Home(wif.home, lambda: "unused")
    assert (make_past(home, "demonstration"), make_past(home, "demonstration")) == (COUNT, 0)
    periods = room.periods(local_day(None, home.clock()))
    found = room.statistics([group for group, _, _ in periods], *tallies(home.engine, periods))
    home.engine.dispose()
    assert COUNT * 0.9 < found.total.received <= COUNT and found.total.accepted > found.total.others > 0
    assert wif("audit", "verify").rows[0]["whole"] is True
