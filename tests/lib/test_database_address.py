"""DATABASE_URL is read as PostgreSQL's own client reads it; the embedded server has room for what it reads."""

import os
from pathlib import Path

import pytest
from django.db import connection

from lantoa.lib.postgres import LEAST, PAGE, settings_for, shared_pages

ONE = "postgresql://lantoa:m%40t@db.example.vn:5433/thi?sslmode=verify-full"
THREE = "postgresql://lantoa:x@10.0.0.1:5432,10.0.0.2:5433,10.0.0.3:5432/thi"


def test_one_machine_with_a_password_and_options():
    found = settings_for(ONE, Path())
    assert (found["HOST"], found["PORT"], found["PASSWORD"]) == ("db.example.vn", "5433", "m@t")
    assert found["OPTIONS"]["sslmode"] == "verify-full"
    assert "target_session_attrs" not in found["OPTIONS"]


def test_of_several_machines_the_one_that_writes_is_taken_unless_the_address_says_otherwise():
    found = settings_for(THREE, Path())
    assert (found["HOST"], found["PORT"]) == ("10.0.0.1,10.0.0.2,10.0.0.3", "5432,5433,5432")
    assert found["OPTIONS"]["target_session_attrs"] == "read-write"
    other = settings_for(f"{THREE}?target_session_attrs=prefer-standby", Path())
    assert other["OPTIONS"]["target_session_attrs"] == "prefer-standby"


def test_a_socket_folder_may_be_the_machine():
    found = settings_for("postgresql://postgres@/lantoa?host=/run/postgresql", Path())
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("/run/postgresql", "", "lantoa")


@pytest.mark.parametrize("wrong", ["mysql://x/y", "postgresql://x/y?no_such_option=1"])
def test_anything_else_is_refused_when_it_is_read(wrong):
    with pytest.raises(ValueError, match="DATABASE_URL"):
        settings_for(wrong, Path())


@pytest.mark.parametrize(("gigabytes", "megabytes"), [(0.5, 128), (1, 128), (4, 512), (24, 3072), (512, 4096)])
def test_the_embedded_server_keeps_an_eighth_of_the_memory_within_bounds(gigabytes, megabytes):
    assert shared_pages(int(gigabytes * 2**30)) * PAGE == megabytes * 2**20


@pytest.mark.django_db
def test_the_embedded_server_was_told_so():
    if os.environ.get("DATABASE_URL"):
        pytest.skip("another PostgreSQL is asked: its settings are its operator's")
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_file_settings WHERE name = 'shared_buffers' AND sourcefile ~ 'auto'")
        assert int(cursor.fetchone()[0]) >= LEAST
