"""The client of the GraphQL API v2: one question, one answer, with patience for limits and passing faults.

A question that only reads is asked again after a time-out or a fault. A mutation is sent again only when it was surely
not done (no connection, 429): else :class:`DemarchesError` ("uncertain") says so, and whoever asked finds out by
reading.
"""

import contextlib
import json
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import httpx

from issuer.demarches.errors import WORDS, DemarchesError
from issuer.demarches.settings import DemarchesSettings

CONNECT_SECONDS, READ_SECONDS = 10, 35
"""The API gives up after 30 s of its own."""
LARGEST_ANSWER = 48 << 20
LONGEST_WAIT = 120
"""Seconds that one answer of 429 can make us wait, whatever it says."""
FIRST_WAIT, LONGEST_BACKOFF = 1.0, 30.0


class Client:
    """Asks one address with one token. ``clock`` gives UTC seconds, ``sleep`` waits for so many seconds; ``calls``
    counts what was sent.
    """

    def __init__(
        self,
        settings: DemarchesSettings,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._settings, self._clock, self._sleep = settings, clock, sleep
        self._http = httpx.Client(
            transport=transport,
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=True,
            headers={
                "Authorization": f"Bearer {settings.token}",
                "Accept": "application/json",
                "User-Agent": "work-in-france",
            },
        )
        self._plain = httpx.Client(
            transport=transport, timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS), follow_redirects=False
        )
        self.calls = 0

    def __repr__(self) -> str:
        return "<Client>"

    def close(self) -> None:
        """End its connections."""
        self._http.close()
        self._plain.close()

    def read(self, query: str, variables: dict) -> dict:
        """The ``data`` of a query. Raises DemarchesError."""
        return self._ask(query, variables, safe=True)

    def act(self, mutation: str, name: str, given: dict, safe: bool = False) -> dict:
        """The payload of the mutation ``name``. ``safe`` when doing it twice harms nothing.

        Raises DemarchesError: ``uncertain`` when it may have been done, ``refused`` with the words of Démarches
        simplifiées.
        """
        payload = self._ask(mutation, {"input": given}, safe).get(name)
        if not isinstance(payload, dict):
            raise DemarchesError("form")
        if payload.get("errors"):
            raise DemarchesError(
                "refused",
                "; ".join(_text(error.get("message")) for error in payload["errors"] if isinstance(error, dict)),
            )
        return payload

    def put(self, url: str, headers: dict[str, str], data: bytes) -> None:
        """Send a file to its storage, which gets no token of ours. Raises DemarchesError ("upload_refused" or
        "unreachable").
        """
        if not url.startswith("https://") and not self._settings.address.startswith("http://"):
            raise DemarchesError("form")
        self.calls += 1
        try:
            answer = self._plain.put(url, headers=headers, content=data)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise DemarchesError("unreachable") from None
        if answer.status_code // 100 != 2:
            raise DemarchesError("upload_refused", f"HTTP {answer.status_code}")

    def _ask(self, query: str, variables: dict, safe: bool) -> dict:
        for attempt in range(1, self._settings.attempts + 1):
            last = attempt == self._settings.attempts
            try:
                return self._once(query, variables)
            except _Limited as limited:
                if last:
                    raise DemarchesError("rate_limited") from None
                self._sleep(limited.seconds)
            except _NotSent:
                if last:
                    raise DemarchesError("unreachable") from None
                self._sleep(_backoff(attempt))
            except DemarchesError as error:
                if not safe and error.passes:
                    raise DemarchesError("uncertain", error.code) from None
                if last or not error.passes:
                    raise
                self._sleep(_backoff(attempt))
        raise DemarchesError("unreachable")

    def _once(self, query: str, variables: dict) -> dict:
        self.calls += 1
        try:
            with self._http.stream(
                "POST", self._settings.address, json={"query": query, "variables": variables}
            ) as answer:
                body = bytearray()
                for block in answer.iter_bytes():
                    body += block
                    if len(body) > LARGEST_ANSWER:
                        raise DemarchesError("too_large")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise _NotSent from None
        except httpx.TimeoutException:
            raise DemarchesError("timeout") from None
        except httpx.HTTPError:
            raise DemarchesError("unreachable") from None
        if answer.status_code == 429:
            raise _Limited(self._wait(answer.headers))
        return _data(answer, bytes(body))

    def _wait(self, headers: httpx.Headers) -> float:
        """Seconds until the limit is lifted, by the server's own clock when it tells it: ours may be off by minutes."""
        now = self._clock()
        with contextlib.suppress(KeyError, ValueError, TypeError):
            now = parsedate_to_datetime(headers["Date"]).timestamp()
        try:
            seconds = float(headers.get("RateLimit-Reset", "")) - now
        except ValueError:
            seconds = float(LONGEST_WAIT) / 2
        return max(1.0, min(seconds + 0.5, LONGEST_WAIT))


class _Limited(Exception):
    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class _NotSent(Exception):
    pass


def _backoff(attempt: int) -> float:
    return min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_BACKOFF)


def _text(value: object) -> str:
    return value[:300] if isinstance(value, str) else ""


def _data(answer: httpx.Response, body: bytes) -> dict:
    try:
        table = json.loads(body)
    except ValueError:
        table = None
    errors = table.get("errors") if isinstance(table, dict) else None
    if isinstance(errors, list) and errors:
        raise _error(errors, answer.status_code)
    if answer.status_code in (401, 403, 404):
        raise DemarchesError({401: "unauthorized", 403: "forbidden", 404: "not_found"}[answer.status_code])
    if not isinstance(table, dict):
        raise DemarchesError("internal_server_error" if answer.status_code >= 500 else "not_json")
    if answer.status_code >= 500:
        raise DemarchesError("internal_server_error")
    if not isinstance(table.get("data"), dict):
        raise DemarchesError("form")
    return table["data"]


def _error(errors: list, status: int) -> DemarchesError:
    """The gravest of several errors, by their ``extensions.code``; without a code, by the HTTP status."""
    codes = [
        (error["extensions"].get("code"), error)
        for error in errors
        if isinstance(error, dict)
        and isinstance(error.get("extensions"), dict)
        and error["extensions"].get("code") in WORDS
    ]
    order = (
        "unauthorized",
        "forbidden",
        "not_found",
        "graphql_parse_failed",
        "bad_request",
        "timeout",
        "internal_server_error",
        "invalid_null",
    )
    for wanted in order:
        for code, error in codes:
            if code == wanted:
                return DemarchesError(code, _text(error.get("message")))
    if status in (401, 403):
        return DemarchesError("unauthorized" if status == 401 else "forbidden")
    first = errors[0] if isinstance(errors[0], dict) else {}
    return DemarchesError("bad_request", _text(first.get("message")))
