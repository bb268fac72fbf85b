"""A server that does not answer is given up, and the server is told as much."""

import psycopg
import pytest
from django.db import OperationalError, connection, connections

from lantoa.lib.patient import base


@pytest.fixture
def impatient():
    """Connections of this test wait for two seconds; the server ends what is slow after one."""
    base.limit(2)
    yield connections.create_connection("default")
    base.limit(0)


@pytest.mark.django_db(transaction=True)
def test_a_slow_statement_is_ended_by_the_server_and_the_connection_stays(impatient):
    with impatient.cursor() as cursor, pytest.raises(OperationalError, match="statement timeout"):
        cursor.execute("SELECT pg_sleep(60)")
    with impatient.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("1s",)
    impatient.close()


@pytest.mark.django_db(transaction=True)
def test_a_server_that_says_nothing_is_given_up_and_the_next_request_finds_it_again(impatient):
    with impatient.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        with pytest.raises(OperationalError, match="no answer from the database in 2 s"):
            cursor.execute("SELECT pg_sleep(60)")
    assert impatient.connection.closed
    impatient.close_if_unusable_or_obsolete()
    with impatient.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    impatient.close()


@pytest.mark.django_db(transaction=True)
def test_commands_and_the_worker_wait_as_long_as_it_takes():
    assert base.Patient.seconds is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT source FROM pg_settings WHERE name = 'statement_timeout'")
        assert cursor.fetchone() == ("database",)  # the tests' own patience; a command asks for none
        assert isinstance(connection.connection, psycopg.Connection)
