"""Every comparison of a secret that somebody typed: counted before it is made, by what is guessed at, by address and by
network.
"""

from collections.abc import Sequence

from flask import g, request

from issuer.accounts.throttles import ACCOUNT, ADDRESS, NETWORK, Limit, Reservation, places_of
from issuer.web.context import web_context

PASSWORD, OWN_PASSWORD, CODE = "account", "password", "code"
"""What is guessed at: the password at signing in, under the identifier that is looked up; that of whoever is signed in,
and one-time and recovery codes, under the account's number."""


def guess(
    what: str,
    subject: str | Sequence[str],
    limit: Limit = ACCOUNT,
    around: tuple[str, Limit, Limit] = ("", ADDRESS, NETWORK),
) -> Reservation:
    """Count a try before it is made, for each subject that it may concern. ``around`` names whose addresses are
    counted, with the limits of an address and of a network.
    """
    keyed = web_context().sealer.keyed_hash
    side, by_address, by_network = around
    address, network = places_of(request.remote_addr or "")
    return web_context().throttles.reserve(
        {
            **{keyed(what, one): limit for one in ([subject] if isinstance(subject, str) else subject)},
            keyed(f"{side}address", address): by_address,
            keyed(f"{side}network", network): by_network,
        }
    )


def right(reservation: Reservation) -> None:
    """It was right: it does not count."""
    web_context().throttles.give_back(reservation)


def forget(what: str, subject: str) -> None:
    """Whoever proved everything starts anew."""
    web_context().throttles.clear(web_context().sealer.keyed_hash(what, subject))


def is_own_password(typed: str) -> tuple[bool, int]:
    """Whether this is the password of the account that is signed in; the seconds to wait when it was not compared."""
    context, subject = web_context(), str(g.account.id)
    tried = guess(OWN_PASSWORD, subject)
    if tried.wait:
        return False, tried.wait
    if not context.credentials.password_is(g.account, typed):
        return False, 0
    right(tried)
    forget(OWN_PASSWORD, subject)
    return True, 0
