"""The desk: issue, suspend, reinstate, revoke, replace and publish, each act whole or not at all.

Every function takes a :class:`DeskContext` first. ``author`` is everywhere the identifier of an account (``cli:root``,
``agent-17``), never a name: 1 to 64 of ``A-Z a-z 0-9 . _ : -``. Whatever is raised, nothing was changed, but for the
batches that were answered already.
"""

from issuer.desk import acts
from issuer.desk.acts import Done, Grounds
from issuer.desk.archive import print_document, qr_text
from issuer.desk.context import DeskContext
from issuer.desk.errors import ActRefused, NoSigner, PublicationRefused
from issuer.desk.issuing import Confirmed, Issued, foresee, issue, issue_many, looked_over
from issuer.desk.publishing import Published, publish

__all__ = [
    "ActRefused",
    "Confirmed",
    "DeskContext",
    "Done",
    "Grounds",
    "Issued",
    "NoSigner",
    "PublicationRefused",
    "Published",
    "acts",
    "foresee",
    "issue",
    "issue_many",
    "looked_over",
    "print_document",
    "publish",
    "qr_text",
]
