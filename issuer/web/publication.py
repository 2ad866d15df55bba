"""The state of publication: lists, keys, and publishing now."""

import logging

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for

from issuer.accounts.roles import PUBLISH
from issuer.config import FormerRoots
from issuer.registry import list_use
from issuer.registry.models import LIST_SIZE
from issuer.web.access import asks
from issuer.web.failures import fault_text
from issuer.web.office import office
from issuer.web.publishing import publication_state
from issuer.web.wording import t
from keys.errors import WifError

_LOG = logging.getLogger("wif.web")
pages = Blueprint("publication", __name__)


@pages.get("/publication")
@asks(PUBLISH)
def page():
    """What is published, until when, and which keys sign."""
    rooms = office()
    return render_template(
        "publication.html",
        root_sets=_root_sets(rooms),
        sealed={key.kid for key in rooms.home.keystore.list()},
        state=publication_state(rooms),
        trust=rooms.trust(),
        use=list_use(rooms.engine),
        size=LIST_SIZE,
        now=rooms.clock(),
        lists=rooms.published_lists(),
    )


def _root_sets(rooms) -> list[FormerRoots]:
    """The pinned set, then the former ones that still sign. The pinned one has no end."""
    config = rooms.home.config
    return [FormerRoots(config.roots, 0), *(entry for entry in config.former_roots if entry.until > rooms.clock())]


@pages.post("/publication")
@asks(PUBLISH)
def publish():
    """Publish now."""
    rooms = office()
    try:
        rooms.home.publish(g.account.author)
    except WifError as error:
        _LOG.error("publication failed", extra={"kind": type(error).__name__, "reason": str(error)})
        flash(t("publication.refused", reason=fault_text(error)), "bad")
    else:
        current_app.extensions["wif_metrics"].acts.labels("publish", "done").inc()
        flash(t("publication.done"), "good")
    return redirect(url_for("publication.page"))
