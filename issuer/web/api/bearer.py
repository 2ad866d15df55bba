"""Who calls: the bearer token, its scopes, its rate."""

import threading
from collections.abc import Callable

from flask import Response, current_app, g, request

from issuer.accounts.tokens import NEEDED
from issuer.web.access import BEARER, asked
from issuer.web.api.problem import problem
from issuer.web.context import WebContext, web_context

WINDOW = 60
"""Seconds over which calls are counted."""
LEASES = 30
"""In so many handfuls a worker takes a token's calls of one window."""

_held: dict[int, list[int]] = {}
"""Token id → [calls left of the handful, end of the window in UTC seconds]. Each worker process counts its own
handful.
"""
_lock = threading.Lock()


def know_caller() -> Response | None:
    """Before each call: the token's account, or a problem."""
    if asked(current_app, request.endpoint) != BEARER:
        return None
    context = web_context()
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text:
        return problem(401, "Give a bearer token.", code="token_missing", headers={"WWW-Authenticate": "Bearer"})
    token = context.tokens.find(text.strip())
    account = context.directory.get(token.account_id) if token else None
    if token is None or account is None or account.disabled_at is not None:
        return problem(
            401,
            "This token is unknown, expired or revoked. Make a new one on the account's page.",
            code="token_invalid",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    g.account, g.token = account, token
    left, ends = _take(context, token.id)
    g.limit = (context.settings.api_limit, ends - context.clock())
    if left < 0:
        return problem(
            429,
            "Too many calls. Wait, then go on.",
            code="rate",
            headers={"Retry-After": str(max(1, ends - context.clock()))},
        )
    scope: str = vars(current_app.view_functions[request.endpoint or ""])["scope"]
    for needed in scope.split():
        if needed not in token.scopes or not account.may(NEEDED[needed]):
            return problem(
                403,
                f"This call needs the scope {needed}.",
                code="scope",
                headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
            )
    return None


def _take(context: WebContext, token: int) -> tuple[int, int]:
    """Count one call: how many are left of the handful (negative: none), and when the window ends."""
    limit, now = context.settings.api_limit, context.clock()
    with _lock:
        held = _held.get(token)
        if held is None or held[1] <= now or held[0] == 0:
            size = max(1, limit // LEASES)
            taken, ends = context.throttles.lease(context.sealer.keyed_hash("api", str(token)), WINDOW, limit, size)
            held = _held[token] = [taken, ends]
        if held[0] == 0:
            return -1, held[1]
        held[0] -= 1
        return held[0], held[1]


def tell_limit(response: Response) -> Response:
    """After each call: the limit in the headers."""
    limit = g.get("limit")
    if limit:
        response.headers["RateLimit-Policy"] = f'"token";q={limit[0]};w={WINDOW}'
        response.headers["RateLimit-Reset"] = str(max(0, limit[1]))
    return response


def scoped(scope: str) -> Callable:
    """Mark a view of the API with the scopes it needs, apart by spaces."""

    def mark(view: Callable) -> Callable:
        view.asks = BEARER  # type: ignore[attr-defined]  # marks of ours on the function
        view.scope = scope  # type: ignore[attr-defined]
        return view

    return mark
