"""Fixtures of the printed attestation's tests: every page is printed once."""

import pytest

from issuer.documents import Printer
from tests.documents import samples

PAGES = ("reference", "demonstration", "bare", "month", "long", "fullest")


@pytest.fixture(scope="session")
def typst():
    """A warm printer with the default engine."""
    return Printer()


@pytest.fixture(scope="session")
def documents():
    """The sample attestations by name."""
    return samples.every_page()


@pytest.fixture(scope="session")
def pages(typst, documents):
    """Their PDFs, printed by Typst."""
    assert set(documents) == set(PAGES)
    return {name: typst.render(document) for name, document in documents.items()}
