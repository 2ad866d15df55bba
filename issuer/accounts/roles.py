"""Roles and what they may do. A route asks for one permission; nothing is allowed that does not stand here."""

AGENT, SUPERVISOR, AUDITOR, ADMINISTRATOR = ROLES = ("agent", "supervisor", "auditor", "administrator")

READ, ISSUE, ACT, CONFIRM = "read", "issue", "act", "confirm"
IMPORT, EXPORT, DISCLOSE = "import", "export", "disclose"
AUDIT, TRAIL, PUBLISH, PEOPLE, OWN = "audit", "trail", "publish", "people", "own"

PERMISSIONS: dict[str, frozenset[str]] = {
    AGENT: frozenset({READ, ISSUE, ACT, IMPORT, EXPORT, OWN}),
    SUPERVISOR: frozenset({READ, ISSUE, ACT, CONFIRM, IMPORT, EXPORT, DISCLOSE, TRAIL, PUBLISH, OWN}),
    AUDITOR: frozenset({READ, EXPORT, AUDIT, TRAIL, OWN}),
    ADMINISTRATOR: frozenset({PEOPLE, PUBLISH, AUDIT, TRAIL, OWN}),
}
"""Role → what it may do.

An auditor reads every département and changes nothing. An administrator looks after accounts and
publication and has no need of holders' data. ``disclose`` is the export of one person's data,
``confirm`` the second person's agreement to a revocation. ``trail`` reads the audit trail, a supervisor's of the
départements alone; ``audit`` checks and exports the whole of it.
"""

EVERYWHERE = "*"
"""Stands for all départements."""

SCOPES = ("read", "issue", "act")
"""Scopes of an API token: never more than what its account may do."""


def allows(role: str, permission: str) -> bool:
    """Whether a role may do this; False for an unknown role."""
    return permission in PERMISSIONS.get(role, frozenset())
