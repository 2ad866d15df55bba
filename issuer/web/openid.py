"""Signing in with an OpenID Connect provider (ProConnect's profile): code flow with PKCE, state, nonce, exact issuer and audience.

The account is found by ``sub`` alone, which an administrator bound to it: nobody gets an account by signing in.
Unless the provider vouches for a level that the settings accept, the second factor is still asked here.
"""

import hmac
import logging
import time
import warnings
from dataclasses import dataclass

import httpx
from authlib.common.security import generate_token
from authlib.deprecate import AuthlibDeprecationWarning
from authlib.integrations.base_client.errors import OAuthError
from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from issuer.accounts.sessions import FULL, PASSWORD, device_name
from issuer.web.access import PUBLIC, asks, start_session
from issuer.web.kept import take_stored, taken_up
from issuer.web.office import office
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
LEEWAY = 60
"""Seconds by which the provider's clock may differ."""
TIMEOUT = 10
FRESH = 600
"""Seconds that a person has at the provider."""


class Unvouched(Exception):
    """The provider's answer does not prove who this is. Its text is a word for the journal."""


@dataclass(frozen=True)
class Provider:
    """A provider as it describes itself."""

    authorize: str
    token: str
    keys: dict


def discover(settings: OpenIdSettings) -> Provider:
    """Read the provider's description and keys. Raises Unvouched, or httpx.HTTPError."""
    with httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client:
        described = (
            client.get(f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration").raise_for_status().json()
        )
        if described.get("issuer") != settings.issuer:
            raise Unvouched("issuer")
        keys = client.get(described["jwks_uri"]).raise_for_status().json()
    return Provider(described["authorization_endpoint"], described["token_endpoint"], keys)


def _client(settings: OpenIdSettings) -> OAuth2Client:
    return OAuth2Client(
        settings.client_id,
        settings.client_secret,
        scope=settings.scopes,
        code_challenge_method="S256",
        timeout=TIMEOUT,
        redirect_uri=f"{office().settings.address}{url_for('openid.back')}"
        if office().settings.address
        else url_for("openid.back", _external=True),
    )


def check_identity(token: str, provider: Provider, settings: OpenIdSettings, nonce: str, now: int) -> dict:
    """The claims of an identity token that is signed by the provider for us, now and in answer to this request. Raises Unvouched."""
    try:
        claims = jwt.decode(token, KeySet.import_key_set(provider.keys), algorithms=list(ALGORITHMS)).claims
    except (JoseError, ValueError, KeyError) as error:
        raise Unvouched("signature") from error
    audience = claims.get("aud")
    if claims.get("iss") != settings.issuer:
        raise Unvouched("iss")
    if (audience if isinstance(audience, list) else [audience]) != [settings.client_id]:
        raise Unvouched("aud")
    if not isinstance(claims.get("exp"), int) or claims["exp"] + LEEWAY < now or claims.get("iat", now) > now + LEEWAY:
        raise Unvouched("exp")
    if not isinstance(claims.get("nonce"), str) or not hmac.compare_digest(claims["nonce"].encode(), nonce.encode()):
        raise Unvouched("nonce")
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise Unvouched("sub")
    return claims


@pages.get("/sign-in/openid")
@asks(PUBLIC)
def begin():
    """Send the person to the provider."""
    settings = office().settings.openid
    if settings is None:
        abort(404)
    try:
        provider = discover(settings)
    except (httpx.HTTPError, Unvouched, KeyError, ValueError):
        return _refuse("discovery")
    verifier, nonce = generate_token(64), generate_token(32)
    address, state = _client(settings).create_authorization_url(
        provider.authorize,
        code_verifier=verifier,
        nonce=nonce,
        **({"acr_values": " ".join(settings.levels)} if settings.levels else {}),
    )
    session["openid"] = {"state": state, "nonce": nonce, "verifier": verifier, "at": int(time.time())}
    return redirect(address)


@pages.get("/sign-in/openid/back")
@asks(PUBLIC)
def back():
    """The person comes back with a code."""
    settings, begun = office().settings.openid, session.pop("openid", None)
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
        claims = check_identity(answer.get("id_token", ""), provider, settings, begun["nonce"], office().clock())
    except (httpx.HTTPError, OAuthError, Unvouched, KeyError, ValueError) as error:
        return _refuse(str(error) if isinstance(error, Unvouched) else "exchange")
    account = office().directory.by_subject(claims["sub"])
    if account is None or account.disabled_at is not None:
        return _refuse("account", "openid.unknown")
    whole = bool(settings.levels) and claims.get("acr") in settings.levels
    kept = take_stored()
    start_session(account, FULL if whole else PASSWORD, device_name(request.user_agent.string))
    if not whole:
        where = url_for("signin.code" if account.has_factor else "signin.set_up")
        return render_template("signin/onward.html", to=where, kept=kept) if kept else redirect(where)
    office().directory.note(account.author, "sign_in", account.id, by="openid")
    if kept and not account.must_change:
        g.account = account
        page = taken_up(kept, account)
        if page is not None:
            return page
    return redirect(url_for("home.page"))


def _refuse(why: str, words: str = "openid.refused"):
    _LOG.warning("openid refused", extra={"reason": why})
    current_app.extensions["wif_metrics"].sign_ins.labels("openid_refused").inc()
    g.account = None
    flash(t(words), "bad")
    return redirect(url_for("signin.sign_in"))
