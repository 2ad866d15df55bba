"""The JSON API for other services: bearer tokens with scopes, idempotency keys, problem+json, a description in OpenAPI
3.1.
"""

from flask import Blueprint

from issuer.web.api import attestations, bearer, changes, description

pages = Blueprint("api", __name__, url_prefix="/api/v1")
pages.before_request(bearer.know_caller)
pages.after_request(bearer.tell_limit)
for room in (attestations, changes, description):
    room.add_routes(pages)

__all__ = ["pages"]
