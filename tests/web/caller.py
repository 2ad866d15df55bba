"""``python -m tests.web.caller before|after NUMBER TOKEN KEY``: one suspension by the API in a process that dies
before or after its commit.

The home is ``WIF_HOME``, its database ``WIF_DATABASE_URL``. Nobody hears the answer.
"""

import os
import signal
import sys
from pathlib import Path

from sqlalchemy import event

from issuer.home import Home
from issuer.web import create_app

BODY = '{"reason": "inquiry", "legal_basis": "Vérification"}'.encode()
"""The same bytes each time: another request under the key would be refused."""


def main() -> None:
    """Ask, and die."""
    moment, number, token, key = sys.argv[1:]
    home = Home(Path(os.environ["WIF_HOME"]), lambda: "", os.environ.get("WIF_DATABASE_URL"))
    app = create_app(home)
    kept = []
    die = lambda: os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(home.engine, "after_cursor_execute")
    def seen(_connection, _cursor, statement, *_more) -> None:
        kept.append(statement.startswith("INSERT INTO api_answer"))

    if moment == "before":
        event.listen(home.engine, "commit", lambda connection: any(kept) and die())
    else:
        from issuer.web.api import attestations

        attestations._count = lambda *_: die()
    app.test_client().post(
        f"/api/v1/attestations/{number}/suspend",
        data=BODY,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
    )


if __name__ == "__main__":
    main()
