"""Several machines count an address together, and the open data outlive their cache."""

import shutil
import socket
import subprocess

import pytest
from django.core.cache import caches
from django.urls import reverse
from redis import Redis
from redis.exceptions import ConnectionError as NotThere

from lantoa.api.limit import Limit, SharedLimit

pytestmark = pytest.mark.skipif(not shutil.which("redis-server"), reason="NOT TRIED: needs redis-server")
NOON = 1_800_000_000.0


@pytest.fixture
def cache_server(settings, tmp_path):
    """A real server; killed by the test or at its end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    with Redis.from_url(url) as wire:
        while not answers(wire):
            assert server.poll() is None
    settings.CACHE_URL = url
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url},
    }
    yield server
    server.kill()
    server.wait()
    caches["default"].close()


def answers(wire):
    try:
        return wire.ping()
    except NotThere:
        return False


def test_two_machines_count_one_address_together(cache_server, tmp_path):
    first, second = (SharedLimit(Limit(tmp_path / name)) for name in ("one", "two"))
    assert [first.count("203.0.113.7", NOON), second.count("203.0.113.7", NOON)] == [1, 2]
    assert second.count("203.0.113.8", NOON) == 1
    assert first.count("203.0.113.7", NOON + 60) == 1


def test_a_killed_cache_is_no_failure_and_each_machine_counts_for_itself(cache_server, tmp_path):
    limit = SharedLimit(Limit(tmp_path / "one"))
    assert limit.count("203.0.113.7", NOON) == 1
    cache_server.kill()
    cache_server.wait()
    assert [limit.count("203.0.113.7", NOON) for _ in range(3)] == [2, 3, 4]


def test_a_cache_that_was_emptied_gives_nobody_his_requests_back(cache_server, tmp_path):
    first, second = (SharedLimit(Limit(tmp_path / name)) for name in ("one", "two"))
    assert [first.count("203.0.113.7", NOON) for _ in range(3)] == [1, 2, 3]
    caches["default"].clear()
    assert [first.count("203.0.113.7", NOON), second.count("203.0.113.7", NOON)] == [4, 2]


@pytest.mark.django_db
def test_the_open_data_answer_and_refuse_with_the_cache_and_without(cache_server, client, settings):
    settings.API_PER_MINUTE = 2
    address = reverse("api-contests")
    assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]
    cache_server.kill()
    cache_server.wait()
    assert client.get(address).status_code == 429, "what was asked here before counts on"
    assert client.get(address, REMOTE_ADDR="203.0.113.9").status_code == 200
