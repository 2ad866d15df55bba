"""A local Démarches simplifiées: a real web server with parts of its GraphQL schema, its limits and its errors, filled
with invented dossiers.
"""

from issuer.demo.demarches.people import fill
from issuer.demo.demarches.server import Limits, Traffic, create_server
from issuer.demo.demarches.store import Store

__all__ = ["Limits", "Store", "Traffic", "create_server", "fill"]
