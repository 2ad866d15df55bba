"""The issuer: it signs work-permit attestations, keeps them and publishes their state."""


def __getattr__(name: str) -> object:
    """``issuer.create_app``, loaded only when it is asked for: the command line starts without Flask."""
    if name == "create_app":
        from issuer.web import create_app

        return create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
