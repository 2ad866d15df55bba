"""For monitoring: whether the service is alive and ready, and its counters."""

import hmac
import ipaddress

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from issuer.registry import check_schema
from issuer.web.access import PUBLIC, asks
from issuer.web.context import web_context
from issuer.web.publisher import publication_state
from keys.changes import USE_WORDS
from keys.errors import WifError
from keys.trust_content import STATE_IN_USE

pages = Blueprint("service", __name__)
ASKING = frozenset(
    {"host", "user-agent", "accept", "accept-encoding", "accept-language", "cache-control", "connection"}
    | {"x-prometheus-scrape-timeout-seconds"}
)
"""Headers of a program on this machine that asks for the counters. Any other may be a proxy's: each has its own."""


class Measured(Collector):
    """What is measured when it is asked for: the same whichever worker process answers."""

    def __init__(self) -> None:
        self.metrics: list[GaugeMetricFamily] = []

    def collect(self) -> list[GaugeMetricFamily]:
        """The measures."""
        return self.metrics


@pages.get("/healthz")
@asks(PUBLIC)
def alive() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@pages.get("/readyz")
@asks(PUBLIC)
def ready() -> ResponseReturnValue:
    """Database and trust list can be used; 503 with the name of what cannot."""
    context, failing = web_context(), []
    for name, check in (("database", lambda: check_schema(context.engine)), ("trust", context.trust)):
        try:
            check()
        except (WifError, OSError):
            failing.append(name)
    return jsonify(status="failing" if failing else "ok", failing=failing), 503 if failing else 200


def _is_local() -> bool:
    """Whether a program of this machine asks, and no proxy for somebody else: nothing but a loopback address and the
    headers of such a program, at a service that no proxy stands in front of.
    """
    settings = web_context().settings
    alone = not settings.secure and not settings.proxies
    plain = all(key.lower() in ASKING for key, _ in request.headers)
    return alone and plain and ipaddress.ip_address(request.remote_addr or "::").is_loopback


@pages.get("/metrics")
@asks(PUBLIC)
def metrics() -> ResponseReturnValue:
    """Prometheus counters: with the configured token, or from this machine when there is none."""
    context = web_context()
    wanted = context.settings.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if wanted and not hmac.compare_digest(given.encode(), wanted.encode()):
        abort(401)
    if not wanted and not _is_local():
        abort(403)
    now, state, gauges = context.clock(), publication_state(context), Measured()
    in_service = [key.not_after for key in context.trust().keys if key.state == STATE_IN_USE]
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
    for key in context.trust().keys:
        if key.state == STATE_IN_USE:
            left.add_metric((key.kid.hex(), USE_WORDS[key.use]), key.not_after - now)
            begins.add_metric((key.kid.hex(), USE_WORDS[key.use]), key.not_before - now)
    gauges.metrics += [left, begins]
    registry = CollectorRegistry()
    registry.register(gauges)
    body = current_app.extensions["wif_metrics"].exposition() + generate_latest(registry)
    return Response(body, content_type="text/plain; version=0.0.4; charset=utf-8")
