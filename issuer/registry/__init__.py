"""The registry: attestations with their exact tokens, acts, status lists and the audit chain, in SQLite or
PostgreSQL.
"""

from issuer.registry import account_tables, notice_tables, request_tables
from issuer.registry.chain import AuditError, Check, Head
from issuer.registry.criteria import Search
from issuer.registry.database import open_registry, reading, write
from issuer.registry.faults import RegistryError
from issuer.registry.queries import (
    Archived,
    HistoryEvent,
    RegisteredAttestation,
    archived,
    by_number,
    by_reference,
    counts,
    history,
    list_use,
)
from issuer.registry.schema import check_schema, migrate
from issuer.registry.search import Found, Page, find_page

__all__ = [
    "Archived",
    "AuditError",
    "Check",
    "Found",
    "Head",
    "HistoryEvent",
    "Page",
    "RegisteredAttestation",
    "RegistryError",
    "Search",
    "account_tables",
    "archived",
    "by_number",
    "by_reference",
    "check_schema",
    "counts",
    "find_page",
    "history",
    "list_use",
    "migrate",
    "notice_tables",
    "open_registry",
    "reading",
    "request_tables",
    "write",
]
