"""The tests' database: the embedded server under LANTOA_DATA, or any PostgreSQL by DATABASE_URL."""

from __future__ import annotations

import os
import socket

import pytest
from django.utils import translation
from hypothesis import settings as hypothesis

# Machines are shared and slow at times: no example fails for the time it took.
hypothesis.register_profile("house", deadline=None)
hypothesis.load_profile("house")

PATIENCE = "SET statement_timeout = '120s'"


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the embedded server before the first test asks for a database."""
    from django.conf import settings

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    if not os.environ.get("DATABASE_URL"):
        from lantoa.lib.postgres import start_embedded

        start_embedded(settings.DATA)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """No statement waits for ever: a test that is held up says so by its name, and the others go on."""
    from django.db import connection

    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {connection.ops.quote_name(connection.settings_dict['NAME'])} {PATIENCE}")
        connection.close()  # who connects from now on has it


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside the journeys nothing may open a connection to another machine."""
    if "journey" in request.keywords:
        return
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: object) -> None:
        local = not isinstance(address, tuple) or str(address[0]) in {"127.0.0.1", "::1", "localhost"}
        assert local, f"a test tried to reach {address}"
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", local_only)


@pytest.fixture(autouse=True)
def _plain_static_files(settings) -> None:
    """Pages in tests name their files as they are: nothing has to be collected first."""
    if os.environ.get("LANTOA_TEST_STATIC") != "hashed":
        settings.STORAGES = {
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        }


@pytest.fixture(autouse=True)
def _speak_vietnamese() -> None:
    """A request leaves its language behind in the thread: each test starts in Vietnamese."""
    translation.activate("vi")


@pytest.fixture(autouse=True)
def _export_apart(settings, tmp_path) -> None:
    """Each test publishes its logs into a folder of its own."""
    settings.EXPORT = tmp_path / "export"


@pytest.fixture(autouse=True)
def _pages_apart(settings, tmp_path) -> None:
    """Each test keeps its public pages in a folder of its own."""
    settings.PAGES = tmp_path / "pages"


@pytest.fixture(autouse=True)
def _no_form_of_another_test() -> None:
    """Forms stand ready for some seconds, by their address: the next test begins without them."""
    from lantoa.site import ready

    ready._forms.clear()


@pytest.fixture(autouse=True)
def _ask_as_often_as_needed(settings) -> None:
    """All tests ask from one address."""
    settings.API_PER_MINUTE = 0


@pytest.fixture
def held_against_references(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of decision 0039: whoever locks a row lets nobody refer to it."""
    from django.db.models import QuerySet

    gently = QuerySet.select_for_update
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **how: gently(rows, **{**how, "no_key": False}))
