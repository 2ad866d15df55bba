"""Serves a built verifier on loopback for the browser tests, writes down every request and misbehaves on demand.

Usage: python server.py PORT SITE PUBLIC RECORD CONTROL. RECORD is a file of JSON lines (one a request); CONTROL a file
holding one word that says how the lists are answered: usual, captive, redirect, error, slow.
"""

import json
import sys
import time
from pathlib import Path

from waitress import serve

from verifier_pwa.server import create_app

PORTAL = b"<!doctype html><title>Wi-Fi</title><p>Please accept the terms of this network."


class Recorder:
    """A WSGI layer that records each request, body included, and plays the faulty network for the lists."""

    def __init__(self, application, record: Path, control: Path):
        self.application, self.record, self.control = application, record, control

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
        return self.application(environ, start_response)


def main(port: str, site: str, public: str, record: str, control: str) -> None:
    application = Recorder(create_app(site, public, demonstration=True), Path(record), Path(control))
    serve(application, host="127.0.0.1", port=int(port), threads=8, _quiet=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
