"""Signing in with an OpenID Connect provider (ProConnect's profile): code flow with PKCE, state, nonce, exact issuer
and audience.

The account is found by ``sub`` alone, which an administrator bound to it: nobody gets an account by signing in.
Unless the provider vouches for a level that the settings accept, the second factor is still asked here.
"""

import base64
import hmac
import json
import logging
import time
import warnings
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.common.security import generate_token
from authlib.deprecate import AuthlibDeprecationWarning
from authlib.integrations.base_client.errors import OAuthError
from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from issuer.accounts.sessions import FULL, PASSWORD, device_name
from issuer.web.access import PUBLIC, asks, start_session
from issuer.web.context import web_context
from issuer.web.kept import take_stored, taken_up
from issuer.web.settings import OpenIdSettings
from issuer.web.wording import t

with (
    warnings.catch_warnings()
):  # authlib wishes for httpx's successor at its import; that is for us to know, not for who starts the server
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import OAuth2Client

pages = Blueprint("openid", __name__)
_LOG = logging.getLogger("wif.web")
ALGORITHMS = ("RS256", "ES256", "PS256", "EdDSA")
"""Signatures accepted of an identity token: none that a client's secret could make."""
FEWEST_RSA_BITS = 2048
"""Of a provider's RSA keys: joserfc takes any length (NIST SP 800-131A; RFC 7518 §3.3)."""
LEEWAY = 60
"""Seconds by which the provider's clock may differ."""
MALFORMED = (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading an answer of another shape than the standard's ends in."""
TIMEOUT = 10
LONGEST_SUBJECT = 255
"""Characters of a ``sub`` (OpenID Connect Core §2)."""
FRESH = 600
"""Seconds that a person has at the provider."""


class Unvouched(Exception):
    """The provider's answer does not prove who this is. Its text is a word for the journal."""


@dataclass(frozen=True)
class Provider:
    """A provider as it describes itself."""

    authorize: str
    token: str
    keys: Any
    """The key set as JSON: Authlib checks it."""
    end: str | None
    """Where a session there is ended (RP-Initiated Logout 1.0), None without."""


def discover(settings: OpenIdSettings) -> Provider:
    """Read the provider's description and keys. Raises Unvouched, or httpx.HTTPError."""
    with httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client:
        described = (
            client.get(f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration").raise_for_status().json()
        )
        if described.get("issuer") != settings.issuer:
            raise Unvouched("issuer")
        keys = client.get(described["jwks_uri"]).raise_for_status().json()
    end = described.get("end_session_endpoint")
    if not isinstance(end, str) or not end.startswith(("https://", settings.issuer)):
        end = None
    return Provider(described["authorization_endpoint"], described["token_endpoint"], keys, end)


def _client(settings: OpenIdSettings) -> OAuth2Client:
    return OAuth2Client(
        settings.client_id,
        settings.client_secret,
        scope=settings.scopes,
        code_challenge_method="S256",
        timeout=TIMEOUT,
        redirect_uri=_address("openid.back"),
    )


def _address(endpoint: str) -> str:
    """The whole address of a page, as it is registered at the provider."""
    address = web_context().settings.address
    return f"{address}{url_for(endpoint)}" if address else url_for(endpoint, _external=True)


def _level(settings: OpenIdSettings) -> dict[str, str]:
    """What is asked of the provider about the level: required by ``claims`` (OpenID Connect Core §5.5.1.1), or wished
    for by ``acr_values``.
    """
    if settings.level_required:
        acr = {"essential": True, "values": list(settings.levels)}
        return {"claims": json.dumps({"id_token": {"acr": acr}})}
    return {"acr_values": " ".join(settings.levels)} if settings.levels else {}


def check_identity(token: str, provider: Provider, settings: OpenIdSettings, nonce: str, now: int) -> dict:
    """The claims of an identity token that is signed by the provider for us, now and in answer to this request. Raises
    Unvouched.
    """
    try:
        keys = KeySet([key for key in KeySet.import_key_set(provider.keys).keys if not _is_short(key)])
        claims = jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
    except MALFORMED as error:
        raise Unvouched("signature") from error
    audience = claims.get("aud")
    if claims.get("iss") != settings.issuer:
        raise Unvouched("iss")
    if (audience if isinstance(audience, list) else [audience]) != [settings.client_id]:
        raise Unvouched("aud")
    ends, made, begins = (_instant(claims, name) for name in ("exp", "iat", "nbf"))
    if ends + LEEWAY < now or made > now + LEEWAY or begins > now + LEEWAY:
        raise Unvouched("exp")
    if not isinstance(claims.get("nonce"), str) or not hmac.compare_digest(claims["nonce"].encode(), nonce.encode()):
        raise Unvouched("nonce")
    if (
        not isinstance(claims.get("sub"), str)
        or not 1 <= len(claims["sub"]) <= LONGEST_SUBJECT
        or not claims["sub"].isascii()
        or "\0" in claims["sub"]
    ):
        raise Unvouched("sub")
    if claims.get("azp", settings.client_id) != settings.client_id:
        raise Unvouched("azp")
    return claims


def _is_short(key: object) -> bool:
    return isinstance(key, RSAKey) and key.public_key.key_size < FEWEST_RSA_BITS


def _instant(claims: dict[str, Any], name: str) -> int:
    """A NumericDate of whole seconds; ``nbf`` may lack. Raises Unvouched."""
    at = claims.get(name, 0 if name == "nbf" else None)
    if not isinstance(at, int) or isinstance(at, bool):
        raise Unvouched(name)
    return at


@pages.get("/sign-in/openid")
@asks(PUBLIC)
def begin() -> ResponseReturnValue:
    """Send the person to the provider."""
    settings = web_context().settings.openid
    if settings is None:
        abort(404)
    try:
        provider = discover(settings)
    except (httpx.HTTPError, Unvouched, *MALFORMED):
        return _refuse("discovery")
    verifier, nonce = generate_token(64), generate_token(32)
    address, state = _client(settings).create_authorization_url(
        provider.authorize,
        code_verifier=verifier,
        nonce=nonce,
        **_level(settings),
    )
    session["openid"] = {"state": state, "nonce": nonce, "verifier": verifier, "at": int(time.time())}
    return redirect(address)


@pages.get("/sign-in/openid/back")
@asks(PUBLIC)
def back() -> ResponseReturnValue:
    """The person comes back with a code."""
    settings, begun = web_context().settings.openid, session.pop("openid", None)
    if settings is None:
        abort(404)
    if not isinstance(begun, dict) or not hmac.compare_digest(
        begun["state"].encode(), request.args.get("state", "").encode()
    ):
        return _refuse("state")
    if int(time.time()) - begun["at"] > FRESH or "code" not in request.args:
        return _refuse("code")
    try:
        provider = discover(settings)
        with _client(settings) as client:
            answer = client.fetch_token(
                provider.token,
                code=request.args["code"],
                code_verifier=begun["verifier"],
                grant_type="authorization_code",
            )
        claims = check_identity(answer.get("id_token", ""), provider, settings, begun["nonce"], web_context().clock())
    except (httpx.HTTPError, OAuthError, Unvouched, *MALFORMED) as error:
        return _refuse(str(error) if isinstance(error, Unvouched) else "exchange")
    account = web_context().directory.by_subject(claims["sub"])
    if account is None or account.disabled_at is not None:
        return _refuse("account", "openid.unknown")
    whole = claims.get("acr") in settings.levels
    if settings.level_required and not whole:
        return _refuse("level", "openid.level")
    kept = take_stored()
    sealed = base64.urlsafe_b64encode(web_context().sealer.seal(answer["id_token"].encode())).decode("ascii")
    start_session(account, FULL if whole else PASSWORD, device_name(request.user_agent.string), sealed)
    if not whole:
        where = url_for("signin.code" if account.has_factor else "signin.set_up")
        return render_template("signin/onward.html", to=where, kept=kept) if kept else redirect(where)
    web_context().directory.note(account.author, "sign_in", account.id, by="openid")
    if kept and not account.must_change:
        g.account = account
        page = taken_up(kept, account)
        if page is not None:
            return page
    return redirect(url_for("home.page"))


def leave_provider(sealed: str | None) -> ResponseReturnValue | None:
    """The page that leads on to the provider, to end the session there; None for who did not come by one. It is a page
    and no redirection, since the content policy stops a form that is redirected to another site.
    """
    settings = web_context().settings.openid
    token = web_context().sealer.open(base64.urlsafe_b64decode(sealed)) if sealed else None
    if settings is None or token is None:
        return None
    try:
        end = discover(settings).end
    except (httpx.HTTPError, Unvouched, *MALFORMED):
        end = None
    if end is None:
        flash(t("openid.still_open", name=settings.label), "note")
        return redirect(url_for("signin.sign_in"))
    state = generate_token(32)
    session["leaving"] = {"state": state, "at": int(time.time())}
    asked = urlencode(
        {
            "id_token_hint": token.decode("ascii"),
            "state": state,
            "post_logout_redirect_uri": _address("openid.left"),
        }
    )
    onward = f"{end}{'&' if '?' in end else '?'}{asked}"
    g.account = g.half_account = None
    return render_template("signin/leaving.html", onward=onward, name=settings.label)


@pages.get("/sign-out/back")
@asks(PUBLIC)
def left() -> ResponseReturnValue:
    """The person comes back from the provider, whose session is over if this is the answer to what was asked."""
    settings, asked = web_context().settings.openid, session.pop("leaving", None)
    if settings is None:
        abort(404)
    right = (
        isinstance(asked, dict)
        and hmac.compare_digest(asked["state"].encode(), request.args.get("state", "").encode())
        and int(time.time()) - asked["at"] <= FRESH
    )
    flash(t("openid.left" if right else "openid.not_left", name=settings.label), "good" if right else "note")
    return redirect(url_for("signin.sign_in"))


def _refuse(why: str, words: str = "openid.refused") -> ResponseReturnValue:
    _LOG.warning("openid refused", extra={"reason": why})
    current_app.extensions["wif_metrics"].sign_ins.labels("openid_refused").inc()
    g.account = None
    settings = web_context().settings.openid
    flash(t(words, name=settings.label if settings else ""), "bad")
    return redirect(url_for("signin.sign_in"))
