"""The journal: one JSON line a request on standard error, without personal data, addresses of people or query
strings.
"""

import json
import logging
import os
import sys
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which the worker processes of one server count into one folder (set by ``wif serve``)."""
_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class JsonLines(logging.Formatter):
    """A record as one JSON line. Exceptions are named by the pages that catch them, never printed: they could hold a
    name.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its final newline."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _STANDARD},
        }
        return json.dumps(line, ensure_ascii=True, default=str)


class Metrics:
    """Counters of one application, in the form of Prometheus."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "wif_requests_total", "Requests answered.", ("route", "method", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "wif_request_seconds",
            "Time to answer.",
            ("route",),
            registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
        )
        self.acts = Counter("wif_acts_total", "Acts done here.", ("act", "outcome"), registry=self.registry)
        self.sign_ins = Counter("wif_sign_ins_total", "Sign-ins.", ("outcome",), registry=self.registry)

    def exposition(self) -> bytes:
        """The counters as Prometheus reads them: those of every worker process together, where the server made them
        share.
        """
        if SHARED not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)
        return generate_latest(together)


def install(app: Flask) -> None:
    """Write a line and count each request. The route's pattern is written, never the address that was asked for."""
    log = logging.getLogger("wif.web")
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False
    app.logger.disabled = True
    metrics = app.extensions["wif_metrics"] = Metrics()

    @app.before_request
    def _start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        took = time.perf_counter() - g.get("started", time.perf_counter())
        route = request.url_rule.rule if request.url_rule else "-"
        metrics.requests.labels(route, request.method, response.status_code).inc()
        metrics.seconds.labels(route).observe(took)
        if request.endpoint != "static":
            account = g.get("account")
            log.info(
                "request",
                extra={
                    "method": request.method,
                    "route": route,
                    "status": response.status_code,
                    "ms": round(took * 1000, 1),
                    "by": account.author if account else None,
                },
            )
        return response
