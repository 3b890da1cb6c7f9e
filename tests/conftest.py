"""Fixtures for every test; see CONTRIBUTING.md."""

from collections.abc import Callable

import hypothesis
import pytest

from server.app import configure_logging
from server.db.migrate import upgrade
from server.settings import Settings

# The same examples every time, and however long a busy machine takes.
hypothesis.settings.register_profile("stairwell", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("stairwell")

pytest_plugins = [
    "tests.support.postgres",
    "tests.support.push_service",
    "tests.support.services",
    "tests.support.server",
    "tests.support.told",
    "tests.support.site",
    "tests.browser.neighbourhood",
]


@pytest.fixture(scope="session")
def fill_template() -> Callable[[str], None]:
    """A database that was migrated, and is otherwise empty."""
    return lambda url: upgrade(Settings(database_url=url))


@pytest.fixture(autouse=True, scope="session")
def plain_logging() -> None:
    """Log as the server does: tracebacks that are plain text, and nothing below an error."""
    configure_logging("error")
