"""The state of publication: lists, keys, and publishing now."""

import logging

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from issuer.accounts.roles import PUBLISH
from issuer.config import FormerRoots
from issuer.registry import list_use
from issuer.registry.models import LIST_SIZE
from issuer.web.access import asks
from issuer.web.context import WebContext, web_context
from issuer.web.failures import fault_text
from issuer.web.publisher import publication_state
from issuer.web.wording import t
from keys.errors import WifError

_LOG = logging.getLogger("wif.web")
pages = Blueprint("publication", __name__)


@pages.get("/publication")
@asks(PUBLISH)
def page() -> ResponseReturnValue:
    """What is published, until when, and which keys sign."""
    context = web_context()
    return render_template(
        "publication.html",
        root_sets=_root_sets(context),
        sealed={key.kid for key in context.home.keystore.list()},
        state=publication_state(context),
        trust=context.trust(),
        use=list_use(context.engine),
        size=LIST_SIZE,
        now=context.clock(),
        lists=context.published_lists(),
    )


def _root_sets(context: WebContext) -> list[FormerRoots]:
    """The pinned set, then the former ones that still sign. The pinned one has no end."""
    config = context.home.config
    return [FormerRoots(config.roots, 0), *(entry for entry in config.former_roots if entry.until > context.clock())]


@pages.post("/publication")
@asks(PUBLISH)
def publish() -> ResponseReturnValue:
    """Publish now."""
    context = web_context()
    try:
        context.home.publish(g.account.author)
    except WifError as error:
        _LOG.error("publication failed", extra={"kind": type(error).__name__, "reason": str(error)})
        flash(t("publication.refused", reason=fault_text(error)), "bad")
    else:
        current_app.extensions["wif_metrics"].acts.labels("publish", "done").inc()
        flash(t("publication.done"), "good")
    return redirect(url_for("publication.page"))
