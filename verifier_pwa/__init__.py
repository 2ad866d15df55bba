"""The verifier: its sources, the builder of its site, and its web server."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """``verifier_pwa.create_app``, loaded only when it is asked for: a site is built without Flask."""
    if name == "create_app":
        from .server import create_app

        return create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
