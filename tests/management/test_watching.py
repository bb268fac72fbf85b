"""What Prometheus reads, and what the worker finds out for it."""

from __future__ import annotations

import http.client
import ssl
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import call_command
from django.db import connection

from lantoa.exams.actions import start_attempt, submit_attempt
from lantoa.lib import clock
from lantoa.lib.watch import measures
from lantoa.lib.watch.exposition import text
from lantoa.lib.watch.meters import Meters
from lantoa.management import exporter, measuring
from lantoa.management.commands.worker import beat
from lantoa.standings import pulse
from lantoa.standings.models import Pulse
from tests.factories.contest import a_bank, a_contest, a_contestant

LOCAL = ("127.0.0.1", 0)


@pytest.fixture
def told(tmp_path, monkeypatch, settings):
    """What would be read now, by series."""
    settings.METERS = tmp_path / "meters"
    monkeypatch.setattr(measures, "MINE", Meters())
    measures.claim(settings.METERS, "worker")

    def read():
        lines = text(settings.METERS, settings.DATA).splitlines()
        return {series: float(value) for series, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}

    return read


@pytest.fixture
def served():
    """The exporter at a port of its own: `served(path)` asks it."""
    server = exporter.Exporter(LOCAL)
    server.begin()

    def ask(path):
        asking = http.client.HTTPConnection(*server.server_address, timeout=10)
        asking.request("GET", path)
        answer = asking.getresponse()
        return answer, answer.read().decode()

    yield ask
    server.shutdown()
    server.server_close()


# --- the exporter ---------------------------------------------------------------------------------------------------


def test_the_numbers_are_served_at_one_address_and_nothing_else_is(served, told):
    measures.EVENTS.add("something", "info")
    answer, words = served("/metrics")
    assert answer.status == 200
    assert answer.getheader("Content-Type").startswith("text/plain; version=0.0.4")
    assert answer.getheader("Server") == "lantoa"
    assert 'lantoa_events_total{event="something",level="info"} 1' in words
    assert served("/")[0].status == 404


def test_nothing_of_it_is_at_the_public_door(client, db):
    assert client.get("/metrics", follow=True).status_code == 404


def test_a_port_that_is_taken_is_said_and_hinders_nothing(settings):
    taken = exporter.Exporter(LOCAL)
    settings.METRICS = f"127.0.0.1:{taken.server_address[1]}"
    said = []
    exporter.start(said.append)
    taken.server_close()
    assert said == [f"no metrics at {settings.METRICS}: Address already in use"]


def test_a_place_to_listen_is_a_host_and_a_port_or_off():
    assert exporter.listening("10.0.0.5:9464") == ("10.0.0.5", 9464)
    assert exporter.listening("[::1]:9464") == ("::1", 9464)
    assert exporter.listening("off") is None
    for words in ("", "9464", "host:", "host:port"):
        with pytest.raises(ValueError, match="HOST:PORT"):
            exporter.listening(words)


def test_the_command_prints_them_once(told, capsys):
    call_command("metrics", once=True)
    assert 'lantoa_processes{role="worker"} 1' in capsys.readouterr().out


def test_the_age_of_a_backup_is_that_of_its_file(settings, tmp_path):
    assert exporter.backup_written() is None
    settings.BACKUP_STAMP = str(tmp_path / "backup.info")
    assert exporter.backup_written() == 0
    (tmp_path / "backup.info").write_text("")
    assert exporter.backup_written() == (tmp_path / "backup.info").stat().st_mtime


def test_a_certificate_tells_its_end_even_when_nobody_would_trust_it(tmp_path):
    key, end = ec.generate_private_key(ec.SECP256R1()), datetime(2020, 5, 4, 3, 2, 1, tzinfo=UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, end - timedelta(days=90), end)
    signed = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "both.pem").write_bytes(signed + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    server = exporter.Exporter(LOCAL)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.handle_request)
    thread.start()
    assert exporter.expiry(*server.server_address) == end.timestamp()
    thread.join()
    server.server_close()


# --- what the worker finds ------------------------------------------------------------------------------------------


@pytest.fixture
def entry(db):
    """Somebody who takes part in a contest that is open now."""
    now = clock.now()
    contest = a_contest(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=1))
    a_bank(contest)
    return a_contestant(contest)


def test_the_worker_tells_what_waits_and_after_its_round_that_nothing_does(told, entry):
    start_attempt(contestant=entry)
    submit_attempt(contestant=entry, number=1, answers=[0] * 20)
    start_attempt(contestant=entry)
    measuring.show(pulse.state())
    before = told()
    assert before["lantoa_attempts_open"] == 1
    assert before["lantoa_changes_waiting"] == 1
    assert before["lantoa_entries_waiting"] == 1
    assert before["lantoa_entries_waiting_seconds"] > 0
    at = beat()
    measuring.Measuring().measure(at)
    after = told()
    assert after["lantoa_attempts_open"] == 1
    assert [after[name] for name in ("lantoa_changes_waiting", "lantoa_attempts_overdue_seconds")] == [0, 0]
    assert after["lantoa_head_timestamp_seconds"] == pytest.approx(at.timestamp(), abs=5)
    assert after["lantoa_head_overdue_seconds"] == 0
    assert 60 <= after["lantoa_figures_age_seconds"] < 180
    assert {f'lantoa_step_seconds_count{{step="{name}"}}' for name in ("close", "fold", "log")} <= after.keys()


def test_a_head_that_is_owed_grows_older_until_it_is_signed(told, entry):
    start_attempt(contestant=entry)
    submit_attempt(contestant=entry, number=1, answers=[0] * 20)
    beat()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE lantoa_log SET size = size + 7")
    measuring.show(pulse.state())
    assert told()["lantoa_head_overdue_seconds"] > 0


@pytest.mark.django_db
def test_postgresql_tells_connections_limits_and_standbys(told):
    measuring.postgres.measure()
    seen = told()
    assert seen["lantoa_postgres_connections_limit"] >= 20
    assert seen['lantoa_postgres_connections{state="active"}'] >= 0
    assert seen['lantoa_postgres_standbys{mode="sync"}'] == 0
    assert seen["lantoa_postgres_synchronous_wanted"] == 0
    assert seen["lantoa_postgres_replication_lag_seconds"] == 0


@pytest.mark.django_db
def test_a_worker_lives_while_it_finishes_rounds_and_a_machine_that_is_gone_is_forgotten():
    assert not pulse.state().worker_lives
    now = clock.now()
    pulse.beat("một", at=now - timedelta(days=2))
    assert not pulse.state().worker_lives
    pulse.beat("hai", at=now)
    pulse.beat("hai", at=now)
    assert pulse.state().worker_lives
    assert [row.worker for row in Pulse.objects.all()] == ["hai"]


@pytest.mark.django_db
def test_it_measures_each_ten_seconds_and_writes_a_beat_each_thirty_also_when_the_clock_was_set_back():
    watched = measuring.Measuring()
    now = clock.now()
    beats = []
    for seconds in (0, 9, 10, 20, 30, 39, 40, -3600):
        at = now + timedelta(seconds=seconds)
        if watched.due(at):
            watched.measure(at)
            beats.append((seconds, Pulse.objects.get().at - now))
    assert beats == [
        *((seconds, timedelta()) for seconds in (0, 10, 20)),
        *((seconds, timedelta(seconds=30)) for seconds in (30, 40)),
        (-3600, timedelta(hours=-1)),
    ]
