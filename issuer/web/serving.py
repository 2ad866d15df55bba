"""The application as a server process runs it: keys opened beforehand, the publisher, the worker of requests and the
postman beside it.
"""

import time

from flask import Flask

from issuer.demarches import worker
from issuer.demarches.context import open_demarches
from issuer.home import Home
from issuer.web import create_app, mailing, publisher
from issuer.web.settings import from_table
from keys.errors import KeystoreError
from keys.trust_content import STATE_IN_USE, USE_RECEIPT


def served_app(home: Home) -> Flask:
    """The application of a home with its publisher and its worker started, and its postman when ``[mail]`` says so.
    Call it in each worker process, after the fork.

    Raises ConfigError or KeystoreError, before anything is served, when the keys in service cannot be opened.
    """
    open_keys(home)
    home.keep_private()
    app = create_app(home)
    context = app.extensions["wif"]
    loops = [
        publisher.publisher(context, context.settings.publish_delay),
        worker.worker(open_demarches(home, time.sleep, time.time, context.desk)),
    ]
    mail = mailing.settings_of(home)
    if mail is not None:
        loops.append(mailing.postman(mailing.mailing_context(home, context.sealer, mail, context.settings)))
    for each in loops:
        each.start()
    return app


def check_settings(home: Home) -> None:
    """Read the tables ``[web]``, ``[mail]`` and ``[demarches]`` and the mappings once, before any worker process does.
    Raises ConfigError.

    No connection to the database stays open: workers are forked from this process, and two of them may not share one.
    """
    from_table(home.config.extra.get("web", {})).breached(home.path)
    mailing.settings_of(home)
    try:
        context = open_demarches(home, time.sleep, time.time)
        for number in context.settings.numbers if context.settings else ():
            context.mapping(number)
    finally:
        home.close()


def open_keys(home: Home) -> None:
    """Open the keys in service that this home holds, so that the first signature does not wait for argon2id."""
    held = {sealed.kid for sealed in home.keystore.list()}
    usable = [
        key for key in home.trust().keys if key.kid in held and key.state == STATE_IN_USE and key.use != USE_RECEIPT
    ]
    if not usable:
        raise KeystoreError(
            'This home holds no key in service. Bring the sealed keys into its keys folder, or make new ones with "wif'
            ' keys new".'
        )
    for key in usable:
        home.signer(key.kid)
