"""A leaflet: a list of pieces to gather, as a tagged PDF of A4 pages. A function of its words alone."""

from collections.abc import Mapping

from issuer.documents.typesetting import TAGGED, typeset


def print_leaflet(words: Mapping[str, object]) -> bytes:
    """The PDF of a leaflet. ``words`` is plain data: ``language``, ``title``, ``document_title``, ``count``, ``pieces``
    (``title``, ``detail``, ``reason``, ``source``), ``elsewhere`` (``title``, ``reason``, ``place``, ``source``),
    ``notes``, ``filing`` (an address or empty), ``answers`` (pairs), ``labels``, ``caution``, ``made``, ``address``.
    The same words give the same bytes. Raises RenderError.
    """
    otherwise = "The leaflet could not be made. Check the issuer's installation (wif test), then print it again."
    return typeset("leaflet", words, 0, TAGGED, otherwise)
