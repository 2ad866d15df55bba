"""Serves a built verifier on loopback for the browser tests, writes down every request and misbehaves on demand.

Usage: python server.py PORT SITE PUBLIC RECORD CONTROL [COUNTERSIGN]. RECORD is a file of JSON lines (one a request);
CONTROL a file holding one word that says how the lists are answered: usual, captive, redirect, error, slow. COUNTERSIGN
is the port of a `wif serve countersign`, to which /countersign is forwarded as a web server does.
"""

import http.client
import json
import sys
import time
from pathlib import Path

from waitress import serve

from verifier_pwa.server import create_app

PORTAL = b"<!doctype html><title>Wi-Fi</title><p>Please accept the terms of this network."


class Recorder:
    """A WSGI layer that records each request, body included, and plays the faulty network for the lists."""

    def __init__(self, application, record: Path, control: Path, countersign: int | None = None):
        self.application, self.record, self.control, self.countersign = application, record, control, countersign

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read()
        address = environ["PATH_INFO"] + ("?" + environ["QUERY_STRING"] if environ["QUERY_STRING"] else "")
        names = sorted(name for name in environ if name.startswith("HTTP_"))
        line = {"method": environ["REQUEST_METHOD"], "address": address, "body": len(body), "headers": names}
        with self.record.open("a") as record:
            record.write(json.dumps(line) + "\n")
        if address.partition("?")[0].endswith(".cose"):
            word = self.control.read_text().strip()
            if word == "captive":
                start_response("200 OK", [("Content-Type", "text/html")])
                return [PORTAL]
            if word == "redirect":
                start_response("302 Found", [("Location", "/login-to-this-network")])
                return [b""]
            if word == "error":
                start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
                return [b"later"]
            if word == "slow":
                time.sleep(60)
        if address == "/countersign" and self.countersign:
            return self.forwarded(environ, body, start_response)
        return self.application(environ, start_response)

    def forwarded(self, environ, body, start_response):
        """The answer of the countersigning service: 502 where there is none, a portal's page in a captive network."""
        if self.control.read_text().strip() == "captive":
            start_response("200 OK", [("Content-Type", "text/html")])
            return [PORTAL]
        named = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        service = http.client.HTTPConnection("127.0.0.1", self.countersign, timeout=60)
        try:
            service.request("POST", "/countersign", body, {**named, "Content-Type": environ.get("CONTENT_TYPE", "")})
            answer = service.getresponse()
            data = answer.read()
        except OSError:
            start_response("502 Bad Gateway", [("Content-Type", "text/html")])
            return [b"<h1>Bad gateway"]
        finally:
            service.close()
        start_response(
            f"{answer.status} {answer.reason}", [("Content-Type", answer.headers.get("Content-Type", "text/plain"))]
        )
        return [data]


def main(port: str, site: str, public: str, record: str, control: str, countersign: str = "") -> None:
    application = Recorder(
        create_app(site, public, demonstration=True), Path(record), Path(control), int(countersign or 0)
    )
    serve(application, host="127.0.0.1", port=int(port), threads=8, _quiet=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
