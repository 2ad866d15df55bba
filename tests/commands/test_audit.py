"""``wif audit export``: what it gives, and that it does not pass unseen."""

import getpass

from tests.support.console import record


def test_an_export_is_an_entry_of_the_trail(wif):
    wif.issue(record(reference="one"), record(reference="two"))
    first = wif("audit", "export")
    assert first.code == 0
    told = first.rows[-1]
    assert told["act"] == "audit_exported" and told["actor"] == f"cli:{getpass.getuser()}" and told["subject"] is None
    assert told["details"] == {"entries": len(first.rows)} and [row["seq"] for row in first.rows] == list(
        range(1, len(first.rows) + 1)
    )
    second = wif("audit", "export")
    assert second.rows[:-1] == first.rows, "each export holds those before it, byte for byte"
    assert second.rows[-1]["prev"] == first.rows[-1]["hash"]
    assert wif("audit", "verify").rows[0]["whole"] is True
