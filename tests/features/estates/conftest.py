"""Addresses are said in three languages here, whether or not the catalogues are compiled."""

import pytest

from server import i18n
from tests.features.estates.words import Phrases


@pytest.fixture(autouse=True, scope="package")
def three_languages():
    """Give `say` the address phrases."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(i18n, "catalogue", Phrases)
        yield
