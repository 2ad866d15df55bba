"""The local Démarches simplifiées as a web server: GraphQL behind a token and a rate limit, direct upload, files whose
addresses live one hour, and a page on which its own instructeurs act. For the demonstration and the tests; it invents
nothing and keeps everything to this machine.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Response, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from issuer.demo.demarches.answering import answer
from issuer.demo.demarches.store import Refused, Store

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HOUR = 3600


@dataclass
class Limits:
    """``calls`` in each window of ``seconds``; ``link_seconds`` is how long the address of a file stays valid."""

    calls: int = 400
    seconds: int = 60
    link_seconds: int = HOUR


@dataclass
class Traffic:
    """What came in, and what goes wrong next: each of ``faults`` answers one request instead of the server (tests
    set them).
    """

    calls: int = 0
    refused: int = 0
    faults: list[Callable[[], Response | None]] = field(default_factory=list)
    delay: float = 0.0
    """Seconds between what is done and its answer."""


def create_server(store: Store, token: str, limits: Limits | None = None, traffic: Traffic | None = None) -> Flask:
    """The server as a WSGI application."""
    app = Flask(__name__, static_folder=None)
    limits, traffic = limits or Limits(), traffic or Traffic()
    secret = hashlib.sha256(token.encode()).digest()
    window = {"from": 0, "calls": 0}

    def signature(kind: str, blob: str, until: int) -> str:
        return hmac.new(secret, f"{kind} {blob} {until}".encode(), hashlib.sha256).hexdigest()[:32]

    def address(kind: str, blob: str) -> str:
        until = store.clock() + limits.link_seconds
        return f"{request.host_url}{kind}/{blob}/{until}/{signature(kind, blob, until)}"

    def allowed(kind: str, blob: str, until: int, given: str) -> bool:
        return hmac.compare_digest(given, signature(kind, blob, until)) and store.clock() <= until

    def limited() -> bool:
        """Counts one call; whether it is one too many."""
        now = store.clock()
        if now >= window["from"] + limits.seconds:
            window.update({"from": now, "calls": 0})
        window["calls"] += 1
        return window["calls"] > limits.calls

    @app.post("/api/v2/graphql")
    def graphql() -> ResponseReturnValue:
        with store.lock:
            traffic.calls += 1
            over = limited()
            fault = traffic.faults.pop(0) if traffic.faults else None
        headers = {
            "RateLimit-Limit": str(limits.calls),
            "RateLimit-Remaining": str(max(0, limits.calls - window["calls"])),
            "RateLimit-Reset": str(window["from"] + limits.seconds),
        }
        if over:
            traffic.refused += 1
            return Response(
                "Retry later\n", 429, {**headers, "Retry-After": str(limits.seconds)}, mimetype="text/plain"
            )
        if fault is not None and (instead := fault()) is not None:
            return instead
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return (
                jsonify(
                    errors=[
                        {
                            "message": "Without a token, it is not possible to read",
                            "extensions": {"code": "unauthorized"},
                        }
                    ]
                ),
                401,
                headers,
            )
        table = answer(
            store,
            request.get_json(silent=True),
            lambda blob: address("files", blob),
            lambda blob: address("upload", blob),
        )
        time.sleep(traffic.delay)
        return jsonify(table), 200, headers

    @app.get("/files/<blob>/<int:until>/<given>")
    def file(blob: str, until: int, given: str) -> ResponseReturnValue:
        kept = store.blobs.get(blob)
        if not allowed("files", blob, until, given) or kept is None or kept["data"] is None:
            return Response("Ce lien a expiré.\n", 403, mimetype="text/plain")
        return Response(
            base64.b64decode(kept["data"]),
            mimetype=kept["contentType"],
            headers={"Content-Disposition": f"inline; filename*=UTF-8''{_quoted(kept['filename'])}"},
        )

    @app.put("/upload/<blob>/<int:until>/<given>")
    def upload(blob: str, until: int, given: str) -> ResponseReturnValue:
        if not allowed("upload", blob, until, given):
            return Response("expired\n", 403, mimetype="text/plain")
        if not store.receive(blob, request.get_data()):
            return Response("checksum\n", 422, mimetype="text/plain")
        return Response(status=204)

    @app.get("/")
    def home() -> ResponseReturnValue:
        return render_template(
            "dossiers.html",
            demarche=store.demarche,
            dossiers=sorted(store.dossiers.values(), key=lambda d: d["number"]),
        )

    @app.get("/procedures/<int:_demarche>/a-suivre/dossiers/<int:number>")
    def dossier(_demarche: int, number: int) -> ResponseReturnValue:
        return redirect(f"/#dossier-{number}")

    @app.get("/commencer/<_name>")
    def filing(_name: str) -> ResponseReturnValue:
        return render_template("filing.html", demarche=store.demarche)

    @app.post("/dossiers/<int:number>/<any(en_instruction, accepte, refuse):state>")
    def act(number: int, state: str) -> ResponseReturnValue:
        dossier = store.dossiers.get(number)
        if dossier is not None:
            group = next(
                group
                for group in store.demarche["groupeInstructeurs"]
                if group["number"] == dossier["groupeInstructeur"]["number"]
            )
            try:
                store.move(
                    dossier, state, group["instructeurs"][0]["id"], "Décidé dans Démarches simplifiées (démonstration)"
                )
            except Refused as refused:
                return Response(f"{refused}\n", 409, mimetype="text/plain")
        return redirect("/")

    @app.get("/dossiers.css")
    def style() -> ResponseReturnValue:
        return Response(
            (Path(__file__).parent / "templates" / "dossiers.css").read_text(encoding="utf-8"), mimetype="text/css"
        )

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.update(
            {
                "Content-Security-Policy": POLICY,
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "no-store",
                "Referrer-Policy": "same-origin",
            }
        )
        return response

    return app


def _quoted(name: str) -> str:
    return quote(name, safe="")
