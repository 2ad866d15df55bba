"""What goes wrong when an attestation is printed."""

from keys.errors import WifError


class RenderError(WifError):
    """A document that cannot be printed: a field out of form, a missing engine, an engine that fails or takes too long.

    ``str(error)`` is one or two plain sentences that name the remedy, and never holds a printed field.
    """
