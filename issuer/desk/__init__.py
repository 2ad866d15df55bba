"""The desk: issue, suspend, reinstate, revoke, replace and publish, each act whole or not at all."""

from issuer.desk.acts import Done, Grounds
from issuer.desk.desk import Desk
from issuer.desk.errors import ActRefused, NoSigner, PublicationRefused
from issuer.desk.issuing import Issued
from issuer.desk.means import Means
from issuer.desk.publishing import Published

__all__ = ["ActRefused", "Desk", "Done", "Grounds", "Issued", "Means", "NoSigner", "PublicationRefused", "Published"]
