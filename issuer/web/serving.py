"""The application as a server process runs it: keys opened beforehand, the publisher, the worker of requests and the postman beside it."""

import time

from flask import Flask

from issuer.demarches import worker
from issuer.demarches.bureau import open_bureau
from issuer.web import create_app, mailing, publishing
from issuer.web.settings import from_table
from keys.content import STATE_IN_USE, USE_RECEIPT
from keys.errors import KeystoreError


def served_app(home) -> Flask:
    """The application of a home with its publisher and its worker started, and its postman when ``[mail]`` says so. Call it in each worker process, after the fork.

    Raises ConfigError or KeystoreError, before anything is served, when the keys in service cannot be opened.
    """
    open_keys(home)
    app = create_app(home)
    office = app.extensions["wif"]
    rounds = [
        publishing.publisher(office, office.settings.publish_delay),
        worker.worker(open_bureau(home, time.sleep, time.time, office.desk)),
    ]
    mail = mailing.settings_of(home)
    if mail is not None:
        rounds.append(mailing.postman(mailing.means(home, office.sealer, mail, office.settings)))
    for each in rounds:
        each.start()
    return app


def check_settings(home) -> None:
    """Read the tables ``[web]``, ``[mail]`` and ``[demarches]`` and the mappings once, before any worker process does. Raises ConfigError.

    No connection to the database stays open: workers are forked from this process, and two of them may not share one.
    """
    from_table(home.config.extra.get("web", {})).breached(home.path)
    mailing.settings_of(home)
    try:
        bureau = open_bureau(home, time.sleep, time.time)
        for number in bureau.settings.numbers if bureau.settings else ():
            bureau.mapping(number)
    finally:
        home.engine.dispose()


def open_keys(home) -> None:
    """Open the keys in service that this home holds, so that the first signature does not wait for argon2id."""
    held = {sealed.kid for sealed in home.keystore.list()}
    usable = [
        key for key in home.trust().keys if key.kid in held and key.state == STATE_IN_USE and key.use != USE_RECEIPT
    ]
    if not usable:
        raise KeystoreError(
            'This home holds no key in service. Bring the sealed keys into its keys folder, or make new ones with "wif keys new".'
        )
    for key in usable:
        home.signer(key.kid)
