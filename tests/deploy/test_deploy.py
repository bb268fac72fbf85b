"""The shipped files for several machines hold together: units, environments, roles, Patroni."""

import shutil
import subprocess
from pathlib import Path

import pytest
from django.db import connection, connections

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
OURS = [path for path in UNITS if "User=lantoa\n" in path.read_text()]
NEEDS_SYSTEMD = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="without systemd there is no judge")
EXPOSED = 20  # tenths; systemd-analyze's own scale goes to 100


@pytest.fixture
def units(tmp_path):
    """The units as they are, with programs that exist here."""
    for path in UNITS:
        text = path.read_text()
        for program in ("/opt/lantoa/.venv/bin/lantoa", "/opt/patroni/bin/patroni"):
            text = text.replace(program, "/bin/true")
        (tmp_path / path.name).write_text(text)
    return tmp_path


@NEEDS_SYSTEMD
def test_systemd_finds_no_fault_in_a_unit(units):
    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, units.glob("*.service"))], capture_output=True, text=True, check=False
    )
    told = [line for line in done.stderr.splitlines() if str(units) in line]
    assert not told


@NEEDS_SYSTEMD
@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_what_serves_the_public_is_shut_in(units, path):
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSED}", str(units / path.name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-300:]


def names(path):
    lines = (line.strip() for line in path.read_text().splitlines())
    return [line.partition("=")[0] for line in lines if line and not line.startswith("#")]


def test_every_variable_of_an_environment_file_is_a_promise_of_the_interfaces():
    known = (ROOT / "docs" / "interfaces.md").read_text()
    for path in (DEPLOY / "systemd").glob("*.env"):
        for name in names(path):
            assert f"`{name}`" in known or name == "WORKERS", f"{path.name}: {name}"


def test_each_service_has_its_own_role_in_the_database_and_only_the_keys_it_signs_with():
    roles = (DEPLOY / "postgresql" / "roles.sql").read_text()
    signs = {"site": {"RECEIPT", "BULLETIN"}, "reports": {"RECEIPT", "BULLETIN"}, "worker": {"HEAD", "BULLETIN"}}
    for service, keys in signs.items():
        path = DEPLOY / "systemd" / f"{service}.env"
        role = path.read_text().split("postgresql://")[1].split(":")[0]
        assert f"ALTER ROLE {role} PASSWORD" in roles
        held = {name.removeprefix("LANTOA_").removesuffix("_KEY") for name in names(path) if name.endswith("_KEY")}
        assert held == keys | {"SECRET", "SEALING", "INDEX"}


def test_nothing_is_answered_before_two_machines_have_it():
    text = (DEPLOY / "patroni" / "patroni.yml").read_text()
    for line in ("synchronous_mode: true", "synchronous_mode_strict: true", 'synchronous_commit: "on"', "ttl: 20"):
        assert line in text


@pytest.mark.django_db(transaction=True)
def test_who_folds_totals_sees_the_running_transactions_of_every_role():
    """Without the grants of roles.sql a running transaction of another role has no start, and totals pass it by."""
    roles = (DEPLOY / "postgresql" / "roles.sql").read_text()
    assert "GRANT pg_monitor TO lantoa;" in roles  # it contains pg_read_all_stats
    assert "GRANT pg_read_all_stats TO lantoa_site, lantoa_reports;" in roles
    other = connections.create_connection("default")
    other.set_autocommit(False)
    with other.cursor() as cursor, connection.cursor() as own:
        cursor.execute("SELECT now()")
        for granted, seen in (("", 0), ("GRANT pg_monitor TO folding_role", 1)):
            own.execute(f"DROP ROLE IF EXISTS folding_role; CREATE ROLE folding_role; {granted}; SET ROLE folding_role")
            own.execute(
                "SELECT count(xact_start) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state = 'idle in transaction'"
            )
            assert own.fetchone() == (seen,)
            own.execute("RESET ROLE")
        own.execute("DROP ROLE folding_role")
    other.rollback()
    other.close()
