"""For whoever runs the service: is it alive, is it ready, its counters."""

import hmac
import ipaddress

from flask import Blueprint, Response, abort, current_app, jsonify, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from issuer.registry import check_schema
from issuer.web.access import PUBLIC, asks
from issuer.web.office import office
from issuer.web.publishing import publication_state
from keys.changes import USE_WORDS
from keys.content import STATE_IN_USE
from keys.errors import WifError

pages = Blueprint("service", __name__)


class Measured(Collector):
    """What is measured when it is asked for: the same whichever worker process answers."""

    def __init__(self) -> None:
        self.metrics: list[GaugeMetricFamily] = []

    def collect(self) -> list[GaugeMetricFamily]:
        """The measures."""
        return self.metrics


@pages.get("/healthz")
@asks(PUBLIC)
def alive():
    """The process answers."""
    return jsonify(status="ok")


@pages.get("/readyz")
@asks(PUBLIC)
def ready():
    """Database and trust list can be used; 503 with the name of what cannot."""
    rooms, failing = office(), []
    for name, check in (("database", lambda: check_schema(rooms.engine)), ("trust", rooms.trust)):
        try:
            check()
        except (WifError, OSError):
            failing.append(name)
    return jsonify(status="failing" if failing else "ok", failing=failing), 503 if failing else 200


@pages.get("/metrics")
@asks(PUBLIC)
def metrics():
    """Prometheus counters: with the configured token, or from this machine when there is none."""
    rooms = office()
    wanted = rooms.settings.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if wanted and not hmac.compare_digest(given.encode(), wanted.encode()):
        abort(401)
    forwarded = "X-Forwarded-For" in request.headers and not rooms.settings.proxies
    if not wanted and (forwarded or not ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback):
        abort(403)
    now, state, gauges = rooms.clock(), publication_state(rooms), Measured()
    in_service = [key.not_after for key in rooms.trust().keys if key.state == STATE_IN_USE]
    for name, words, value in (
        (
            "wif_publication_age_seconds",
            "Since the last publication.",
            now - state.published_at if state.published_at else -1,
        ),
        ("wif_publication_waiting", "Acts that wait to be published.", state.waiting),
        ("wif_trust_expires_seconds", "Until the trust list expires.", state.trust_expires - now),
        ("wif_trust_next_update_seconds", "Until a newer trust list is due.", state.trust_next_update - now),
        ("wif_key_ends_seconds", "Until the first key in service ends.", min(in_service, default=now) - now),
    ):
        gauges.metrics.append(GaugeMetricFamily(name, words, value))
    left = GaugeMetricFamily("wif_key_seconds_left", "Until this key, in use, ends.", labels=("kid", "use"))
    begins = GaugeMetricFamily(
        "wif_key_seconds_to_start", "Until this key, in use, begins; negative once it signs.", labels=("kid", "use")
    )
    for key in rooms.trust().keys:
        if key.state == STATE_IN_USE:
            left.add_metric((key.kid.hex(), USE_WORDS[key.use]), key.not_after - now)
            begins.add_metric((key.kid.hex(), USE_WORDS[key.use]), key.not_before - now)
    gauges.metrics += [left, begins]
    registry = CollectorRegistry()
    registry.register(gauges)
    body = current_app.extensions["wif_metrics"].exposition() + generate_latest(registry)
    return Response(body, mimetype="text/plain; version=0.0.4; charset=utf-8")
