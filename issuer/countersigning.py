"""The countersigning service: when was the hash of a receipt shown here (``docs/format.md`` §9)? A process of its own.

``POST /countersign`` takes 1 to 256 entries of 34 bytes, one after the other, as application/octet-stream, from a page
of the verifier's own origin: the hash of a receipt, 32 bytes, and the number of the status list that its paper was
judged by, two bytes, big-endian, 0 for none. Its answer is one CBOR array of countersignatures in their order, each as
a receipt's symbol carries it, naming that one list: a symbol has no room for all. The service learns an address, a
moment and a number that hundreds of thousands of papers share; it keeps nothing but a counter in memory, and opens no
key but one of use 4.
"""

import hashlib
import sys
import threading
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    HTTPException,
    ServiceUnavailable,
    TooManyRequests,
    UnsupportedMediaType,
)

from issuer.attestation import receipt, status
from issuer.attestation.statement import HASH, SHORT_HASH, Listed
from issuer.errors import ConfigError
from issuer.home.home import Home
from keys import cbor
from keys.errors import StatusRefused
from keys.signer import Signer
from keys.trust import TrustList
from keys.trust_content import AT_MOST_AHEAD, TrustedKey

PATH = "/countersign"
ENTRY = HASH + 2
"""Bytes of one entry: a hash, and the number of a status list."""
MOST_HASHES = 256
"""Hashes of one request."""
A_MINUTE = 12_000
"""Hashes countersigned in one minute, whoever asks: offices share an address, so that addresses are not counted."""


def key_in_force(home: Home, now: int) -> TrustedKey | None:
    """The key of use 4 that signs at UTC second ``now`` and is sealed here: of several, the one that began last."""
    sealed = {key.kid for key in home.keystore.list()}
    usable = [key for key in home.trust().countersigners if key.signs_at(now) and key.kid in sealed]
    return max(usable, key=lambda key: key.not_before, default=None)


def published(public: Path, trust: TrustList, now: int) -> list[Listed]:
    """The status lists that are in that folder now. Raises ServiceUnavailable where there is none, or where one was
    issued in the future: then a clock is wrong, and nothing may be dated by it.
    """
    found = []
    for status_list in trust.status_lists:
        try:
            data = (public / status_list.path).read_bytes()
            listed = status.accept(data, status_list.number, trust, None, sys.maxsize >> 11)
        except (OSError, StatusRefused):
            continue
        if listed.issued_at > now + AT_MOST_AHEAD:
            raise ServiceUnavailable("The clock of this service is behind its own lists: nothing is dated.")
        if now < status.life(listed, trust)[1]:
            found.append(Listed(status_list.number, listed.issued_at, hashlib.sha256(data).digest()[:SHORT_HASH]))
    if not found or now >= trust.expires or trust.issued > now + AT_MOST_AHEAD:
        raise ServiceUnavailable("This service has no lists in force: nothing is dated.")
    return found


class Allowance:
    """How many hashes may still be countersigned in this minute."""

    def __init__(self, most: int) -> None:
        self._most, self._minute, self._used, self._lock = most, 0, 0, threading.Lock()

    def take(self, count: int, now: int) -> None:
        """Take ``count``, or raise TooManyRequests with the seconds to wait."""
        with self._lock:
            if now // 60 != self._minute:
                self._minute, self._used = now // 60, 0
            if self._used + count > self._most:
                raise TooManyRequests("Too many receipts in this minute.", retry_after=60 - now % 60)
            self._used += count


def create_app(home: Home) -> Flask:
    """The service of a home. Raises ConfigError when no key of use 4 in force is sealed there, KeystoreError when it
    does not open.
    """
    key = key_in_force(home, home.clock())
    if key is None:
        raise ConfigError(
            'No key for countersignatures is in force here. Make one with "wif keys new --use countersign".'
        )
    home.signer(key.kid)
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_HASHES * ENTRY
    allowance = Allowance(A_MINUTE)

    @app.post(PATH)
    def countersign() -> Response:
        now, trust = home.clock(), home.trust()
        _own_site(trust)
        if request.mimetype != "application/octet-stream":
            raise UnsupportedMediaType("Send application/octet-stream.")
        data = request.get_data(cache=False)
        if not data or len(data) % ENTRY:
            raise BadRequest(f"Send 1 to {MOST_HASHES} entries of {ENTRY} bytes, one after the other.")
        lists, signer = published(home.public, trust, now), _signer(home, now)
        allowance.take(len(data) // ENTRY, now)
        entries = (data[at : at + ENTRY] for at in range(0, len(data), ENTRY))
        rows = [
            receipt.countersign(entry[:HASH], now, [_named(lists, entry[HASH:])], signer).to_row() for entry in entries
        ]
        return Response(cbor.encode(rows), mimetype="application/cbor")

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        answer = Response(f"{error.description}\n", error.code, mimetype="text/plain")
        for name, value in error.get_headers():
            if name in ("Retry-After", "Allow"):
                answer.headers[name] = value
        return answer

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        """Said in the journal by its kind alone: what was asked for stays out of it."""
        app.logger.error("countersigning failed: %s", type(error).__name__)
        return Response("Nothing is dated now.\n", 503, mimetype="text/plain")

    @app.after_request
    def headers(answer: Response) -> Response:
        answer.headers.update({"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
        return answer

    return app


def _named(lists: list[Listed], number: bytes) -> Listed:
    """The list of that number (two bytes), or, where it is not published here, another one, which dates no check."""
    wanted = int.from_bytes(number, "big")
    return next((one for one in lists if one.number == wanted), lists[0])


def _own_site(trust: TrustList) -> None:
    """Raise Forbidden unless a page of one of our origins asks, by what its browser says of it (Fetch Metadata)."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "same-origin") or origin not in trust.origins:
        raise Forbidden("Only a page of the verifier may ask.")


def _signer(home: Home, now: int) -> Signer:
    key = key_in_force(home, now)
    if key is None:
        raise ServiceUnavailable("No key for countersignatures is in force.")
    return home.signer(key.kid)
