"""Migrations under load: never a queue behind a lock, and no migration that needs a long one (R14)."""

from threading import Event, Thread

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, connections, migrations, models
from django.db.migrations.loader import MigrationLoader
from psycopg.errors import LockNotAvailable

from lantoa.management.commands import migrate
from tests.management.migration_rules import RELEASED, faults_of

# --- waiting --------------------------------------------------------------------------------------------------------


@pytest.fixture
def the_table_of_migrations_in_use():
    """Somebody holds what every migrating needs, until told to let go."""
    held, let_go = Event(), Event()

    def hold():
        other = connections.create_connection("default")
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
            held.set()
            let_go.wait(30)
        other.rollback()
        other.close()

    holder = Thread(target=hold)
    holder.start()
    held.wait(30)
    yield let_go
    let_go.set()
    holder.join()


@pytest.mark.django_db(transaction=True)
def test_a_migration_waits_for_a_table_as_long_as_it_is_told_and_not_longer(the_table_of_migrations_in_use):
    with pytest.raises(OperationalError) as refused:
        call_command("migrate", verbosity=0, lock_timeout=0.1, tries=1)
    assert isinstance(refused.value.__cause__, LockNotAvailable)


@pytest.mark.django_db(transaction=True)
def test_it_tries_again_and_succeeds_when_the_table_is_free(the_table_of_migrations_in_use, monkeypatch, capsys):
    monkeypatch.setattr(migrate.time, "sleep", lambda _seconds: the_table_of_migrations_in_use.set())
    call_command("migrate", verbosity=0, lock_timeout=0.1, tries=500)
    assert "a table is in use" in capsys.readouterr().err
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


@pytest.mark.django_db(transaction=True)
def test_an_index_that_a_killed_migration_left_half_built_is_cleared():
    with connection.cursor() as cursor:
        cursor.execute('CREATE TABLE "Half built" AS SELECT 1 AS n UNION ALL SELECT 1')
        with pytest.raises(IntegrityError):
            cursor.execute('CREATE UNIQUE INDEX CONCURRENTLY "Left behind" ON "Half built" (n)')
        call_command("migrate", verbosity=0)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname = 'Left behind'")
        assert cursor.fetchone() == (0,)
        cursor.execute('DROP TABLE "Half built"')


# --- rules ----------------------------------------------------------------------------------------------------------


def test_no_migration_since_the_release_needs_a_long_lock_or_breaks_the_version_that_still_runs():
    loader = MigrationLoader(connection=None)
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app == "lantoa" and int(name[:4]) > RELEASED:
            state = loader.project_state((app, name), at_end=False)
            assert not faults_of(migration, state), name


def a_migration(*operations, atomic=True, **more):
    made = type("Migration", (migrations.Migration,), {"operations": list(operations), "atomic": atomic, **more})
    return made("9999_next", "lantoa")


INDEX = models.Index(fields=["name"], name="thing_name")
CHECK = models.CheckConstraint(condition=models.Q(name__gt=""), name="thing_named")
SLOW = {
    "an index on a table in use": [migrations.AddIndex("thing", INDEX)],
    "a check of all rows": [migrations.AddConstraint("thing", CHECK)],
    "a unique constraint": [migrations.AddConstraint("thing", models.UniqueConstraint(fields=["name"], name="once"))],
    "a column with an index": [migrations.AddField("thing", "code", models.TextField(null=True, db_index=True))],
    "a reference": [migrations.AddField("thing", "of", models.ForeignKey("lantoa.Thing", models.CASCADE, null=True))],
    "another type": [migrations.AlterField("thing", "size", models.BigIntegerField())],
    "no more nothing": [migrations.AlterField("thing", "note", models.TextField())],
    "a column away": [migrations.RemoveField("thing", "note")],
    "another name": [migrations.RenameField("thing", "note", "remark")],
    "anything by hand": [migrations.RunSQL("UPDATE lantoa_thing SET size = 1")],
}
QUICK = {
    "a column that may be empty": [migrations.AddField("thing", "code", models.TextField(null=True))],
    "a column with a default": [migrations.AddField("thing", "code", models.IntegerField(default=0))],
    "a new table with all it wants": [
        migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
        migrations.AddIndex("other", models.Index(fields=["name"], name="other_name")),
    ],
    "a check of new rows": [AddConstraintNotValid("thing", CHECK)],
    "words": [migrations.AlterField("thing", "name", models.TextField(verbose_name="tên"))],
}


@pytest.fixture
def before():
    """A state with one table in use."""
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.TextField()),
        ("size", models.IntegerField()),
    ]
    loader = MigrationLoader(connection=None)
    state = loader.project_state(loader.graph.leaf_nodes("lantoa")[0])
    migrations.CreateModel("Thing", [*fields, ("note", models.TextField(null=True))]).state_forwards("lantoa", state)
    return state


@pytest.mark.parametrize("operations", SLOW.values(), ids=SLOW)
def test_what_would_hold_up_the_site_is_found(operations, before):
    assert faults_of(a_migration(*operations), before)


@pytest.mark.parametrize("operations", QUICK.values(), ids=QUICK)
def test_what_takes_a_moment_is_let_through(operations, before):
    assert not faults_of(a_migration(*operations), before)


def test_an_index_is_built_beside_the_running_site_outside_a_transaction(before):
    assert faults_of(a_migration(AddIndexConcurrently("thing", INDEX)), before)
    assert not faults_of(a_migration(AddIndexConcurrently("thing", INDEX), atomic=False), before)


def test_what_is_written_by_hand_says_why_it_is_safe(before):
    by_hand = migrations.RunSQL("UPDATE lantoa_thing SET size = 1")
    assert not faults_of(a_migration(by_hand, safe_under_load="Ten rows."), before)
