"""The closed lists of verdicts and levels (``docs/format.md`` §5)."""

VERDICTS = (
    "foreign",
    "unsupported",
    "malformed",
    "unknown_key",
    "bad_signature",
    "invalid_claims",
    "untrusted_key",
    "revoked",
    "replaced",
    "suspended",
    "clock_wrong",
    "not_yet_valid",
    "expired",
    "status_unknown",
    "valid",
)
"""The fifteen verdicts, in the order of the steps that give them."""

LEVELS = ("green", "amber", "red", "grey")
"""What a verdict means at a glance; never shown by colour alone."""
