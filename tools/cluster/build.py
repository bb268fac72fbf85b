"""Builds it from the files that are shipped in deploy/: three data machines, two of the application, one in front."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tools.cluster.machines import STATE, Machine, make_bridge, remove_all, run
from tools.cluster.needs import ROOT, binaries, prepare

DEPLOY = ROOT / "deploy"
DATA = [Machine(f"data{n}", 10 + n) for n in (1, 2, 3)]
APPS = [Machine(f"app{n}", 20 + n) for n in (1, 2)]
FRONT = Machine("front", 31)
EVERY = [*DATA, *APPS, FRONT]
SITE = f"http://{FRONT.address}"
ETCD = ",".join(f"{one.address}:2379" for one in DATA)
LONG = 120.0  # seconds until a part must have come up
KEYS = ("SECRET", "SEALING", "INDEX", "HEAD", "RECEIPT", "BULLETIN")
# Small, for one machine that is six: the shipped file is for machines of their own.
SMALL = """
postgresql:
  parameters: {shared_buffers: 128MB, effective_cache_size: 512MB, work_mem: 8MB, maintenance_work_mem: 64MB,
    max_wal_size: 1GB, wal_keep_size: 128MB, unix_socket_directories: '%(folder)s',
    archive_command: 'pgbackrest --config=%(folder)s/pgbackrest.conf --stanza=lantoa archive-push %%p'}
"""
BACKUPS = STATE / "backups"  # a storage that all data machines reach


@dataclass
class Cluster:
    """What was made up for this one: programs, passwords, keys."""

    patroni: str
    synchronous: bool = True
    extra: dict[str, str] = field(default_factory=dict)  # settings of a trial
    passwords: dict[str, str] = field(default_factory=lambda: {name: secrets.token_hex(12) for name in ROLES})
    keys: dict[str, str] = field(default_factory=lambda: {f"LANTOA_{key}_KEY": secrets.token_hex(32) for key in KEYS})

    def database(self, role: str = "lantoa") -> str:
        """Where the database is for one of the roles: all three machines, whichever takes writing."""
        return f"postgresql://{role}:{self.passwords[role]}@{','.join(f'{one.address}:5432' for one in DATA)}/lantoa"

    def environ(self, machine: Machine, role: str = "lantoa") -> dict[str, str]:
        """The settings of the application on one machine."""
        hosts = " ".join([SITE.removeprefix("http://"), *(one.address for one in APPS)])
        return {
            "DATABASE_URL": self.database(role),
            "CACHE_URL": f"redis://{FRONT.address}:6379/0",
            "LANTOA_DATA": str(machine.folder),
            "LANTOA_FILES": str(STATE / "files"),
            "LANTOA_VISITS_LOG": str(machine.folder / "visits.log"),
            "LANTOA_URL": SITE,
            "LANTOA_HOSTS": hosts,
            "LANTOA_BEHIND_PROXY": "1",
            "LANTOA_DEMO": "1",
            **self.keys,
            **self.extra,
        }

    def keep(self) -> None:
        """For those who look at the cluster from another process."""
        path = STATE / "cluster.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(self.__dict__))

    @staticmethod
    def kept() -> Cluster:
        """The one that runs here."""
        return Cluster(**json.loads((STATE / "cluster.json").read_text()))


ROLES = ("postgres", "replicator", "rewind", "lantoa", "lantoa_site", "lantoa_reports")


def lantoa(*arguments: str) -> list[str]:
    """The product's own command, of this checkout."""
    return [sys.executable, "-m", "lantoa.management.main", *arguments]


def read_environ(path: Path) -> dict[str, str]:
    """An environment file as systemd reads it: NAME=value lines."""
    lines = (line.strip() for line in path.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def node_environ(machine: Machine, cluster: Cluster) -> dict[str, str]:
    """The shipped example of node.env, with this machine's name, address, folders and passwords."""
    example = read_environ(DEPLOY / "patroni" / "node.env")
    own = {
        name: value
        if name in {"PATRONI_ETCD3_HOSTS", "ETCD_INITIAL_CLUSTER"}
        else value.replace(DATA[0].address, machine.address).replace("data1", machine.name)
        for name, value in example.items()
    }
    return own | {
        "PATRONI_POSTGRESQL_DATA_DIR": str(machine.folder / "postgresql"),
        "PATRONI_POSTGRESQL_BIN_DIR": str(binaries()),
        "PATRONI_POSTGRESQL_PGPASS": str(machine.folder / "pgpass"),
        "ETCD_DATA_DIR": str(machine.folder / "etcd"),
        "PATRONI_SUPERUSER_PASSWORD": cluster.passwords["postgres"],
        "PATRONI_REPLICATION_PASSWORD": cluster.passwords["replicator"],
        "PATRONI_REWIND_PASSWORD": cluster.passwords["rewind"],
    }


def start_etcd(machine: Machine, cluster: Cluster) -> None:
    """One of the three that agree on who is primary."""
    shipped = read_environ(DEPLOY / "etcd" / "etcd.env")
    own = {name: value for name, value in node_environ(machine, cluster).items() if name.startswith("ETCD_")}
    machine.start("etcd", ["etcd"], environ=shipped | own, user="postgres")


def start_patroni(machine: Machine, cluster: Cluster) -> None:
    """PostgreSQL under its keeper; whatever a killed one left of its lock is Patroni's own business."""
    own = {name: value for name, value in node_environ(machine, cluster).items() if name.startswith("PATRONI_")}
    machine.start("patroni", [cluster.patroni, str(machine.folder / "patroni")], environ=own, user="postgres")


def start_data(machine: Machine, cluster: Cluster) -> None:
    """All of a data machine: also after its power went."""
    start_etcd(machine, cluster)
    start_patroni(machine, cluster)


def _lay_out(machine: Machine, cluster: Cluster) -> None:
    """The shipped configuration, and beside it what is small here."""
    folder = machine.folder / "patroni"
    folder.mkdir()
    text = (DEPLOY / "patroni" / "patroni.yml").read_text()
    if not cluster.synchronous:  # the control: what was answered may be lost
        text = text.replace("synchronous_mode: true", "synchronous_mode: false")
        text = text.replace("synchronous_mode_strict: true", "synchronous_mode_strict: false")
    (folder / "10-shipped.yml").write_text(text)
    (folder / "90-small.yml").write_text(SMALL % {"folder": machine.folder})
    _lay_out_backups(machine)
    run("chown", "-R", "postgres:postgres", str(machine.folder))


def _lay_out_backups(machine: Machine) -> None:
    """The shipped settings of the backups, with the places and a password of this cluster."""
    BACKUPS.mkdir(exist_ok=True)
    run("chown", "postgres:postgres", str(BACKUPS))
    text = (DEPLOY / "pgbackrest" / "pgbackrest.conf").read_text()
    own = {
        "/var/lib/pgbackrest": str(BACKUPS),
        "/var/lib/postgresql/lantoa": str(machine.folder / "postgresql"),
        "change-me": "only-here",
        "log-path=/var/log/pgbackrest": f"log-level-file=off\nlock-path={machine.folder}",
    }
    for shipped, here in own.items():
        text = text.replace(shipped, here)
    (machine.folder / "pgbackrest.conf").write_text(f"{text}pg1-socket-path={machine.folder}\n")


def role_of(machine: Machine) -> str:
    """What Patroni says of its server: primary, sync_standby, replica; empty when it does not say."""
    try:
        with urlopen(f"http://{machine.address}:8008/patroni", timeout=1) as answer:
            told = json.load(answer)
    except HTTPError as error:
        told = json.load(error)
    except (URLError, OSError, ValueError):
        return ""
    if told.get("state") not in {"running", "streaming"}:
        return ""
    role = str(told.get("role", ""))
    return "sync_standby" if told.get("sync_standby") else {"master": "primary"}.get(role, role)


def primary() -> Machine | None:
    """Who takes writing, if exactly one says so."""
    found = [one for one in DATA if role_of(one) == "primary"]
    return found[0] if len(found) == 1 else None


def whole(*, synchronous: bool) -> bool:
    """A primary and two standbys, one of them synchronous where that is asked for."""
    roles = sorted(role_of(one) for one in DATA)
    return roles == (["primary", "replica", "sync_standby"] if synchronous else ["primary", "replica", "replica"])


def wait_until(true: Callable[[], object], what: str, seconds: float = LONG) -> None:
    """Look again and again; ends with what was waited for."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s\n{last_words()}")
        time.sleep(0.3)


def last_words() -> str:
    """The end of every log, since all is removed when something failed."""
    logs = sorted(STATE.glob("*/*.log"))
    return "\n".join(f"--- {path}\n{path.read_text(errors='replace')[-400:]}" for path in logs)


def build(*, people: int, synchronous: bool = True, extra: dict[str, str] | None = None) -> Cluster:
    """Everything, from nothing."""
    patroni = prepare()
    remove_all()
    STATE.mkdir(parents=True, mode=0o755)
    cluster = Cluster(str(patroni), synchronous, extra or {})
    make_bridge()
    for machine in EVERY:
        machine.make()
    cluster.keep()
    _build_data(cluster)
    _fill(cluster, people)
    start_cache()
    for machine in APPS:
        start_app(machine, cluster)
    start_worker(FRONT, cluster)
    for machine in APPS:
        wait_until(lambda at=machine: answers(at), f"the application on {machine.name}")
    start_front(cluster)
    wait_until(lambda: answers(FRONT, port=80), "the site through its front")
    return cluster


def _build_data(cluster: Cluster) -> None:
    for machine in DATA:
        _lay_out(machine, cluster)
        start_etcd(machine, cluster)
    for machine in DATA:
        start_patroni(machine, cluster)
    wait_until(lambda: whole(synchronous=cluster.synchronous), "one primary and two standbys")
    first = primary()
    assert first is not None
    owner, site, reports = (cluster.passwords[role] for role in ROLES[3:])
    where = f"postgresql://postgres:{cluster.passwords['postgres']}@{first.address}/postgres"
    sets = ["-v", f"owner={owner}", "-v", f"site={site}", "-v", f"reports={reports}"]
    run("psql", "-q", where, *sets, "-f", str(DEPLOY / "postgresql" / "roles.sql"))
    pgbackrest(first, "stanza-create")


def pgbackrest(machine: Machine, *arguments: str) -> str:
    """pgBackRest on a data machine, as its own user."""
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]
    inside = ["ip", "netns", "exec", machine.space, *user, "pgbackrest", f"--config={machine.folder}/pgbackrest.conf"]
    return run(*inside, "--stanza=lantoa", *arguments, cwd="/")


def _fill(cluster: Cluster, people: int) -> None:
    """Tables, and the demonstration contest with its sign-ins for those who try it; without people only tables."""
    environ = os.environ | cluster.environ(FRONT)
    run(*lantoa("migrate", "--verbosity=0"), env=environ)
    if not people:
        return
    run(*lantoa("demo", f"--people={people}"), env=environ)
    for machine in APPS:
        shutil.copy(FRONT.folder / "demo-accounts.json", machine.folder)


def start_cache() -> None:
    """Counts and copies only: no disk, an end to its memory, and the oldest goes first."""
    keeps = ["--save", "", "--appendonly", "no", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"]
    where = ["--bind", FRONT.address, "--protected-mode", "no", "--port", "6379"]
    FRONT.start("redis", ["redis-server", *where, *keeps])


def start_app(machine: Machine, cluster: Cluster) -> None:
    """Site, reports and workers, each a role of its own in the database."""
    start_site(machine, cluster)
    reports = cluster.environ(machine, "lantoa_reports") | {"LANTOA_PATIENCE": "60", "LANTOA_READING": "60"}
    machine.start("reports", _serve(machine, 8001, 1), environ=reports)
    start_worker(machine, cluster)


def start_site(machine: Machine, cluster: Cluster) -> None:
    """The processes that serve pages."""
    machine.start("site", _serve(machine, 8000, 2), environ=cluster.environ(machine, "lantoa_site"))


def _serve(machine: Machine, port: int, processes: int) -> list[str]:
    where = ["--host", machine.address, "--port", str(port), "--workers", str(processes)]
    return lantoa("serve", "--site", *where)


def start_worker(machine: Machine, cluster: Cluster) -> None:
    """What nobody waits for, and the public pages as files: both on each machine that serves them."""
    for name in ("worker", "pages"):
        machine.start(name, lantoa(name), environ=cluster.environ(machine))


def start_front(cluster: Cluster) -> None:
    """The web server that everybody meets, with the configuration that `lantoa nginx` writes for it."""
    folder = FRONT.folder / "nginx"
    places = {"--app": [f"{one.address}:8000" for one in APPS], "--reports": [f"{one.address}:8001" for one in APPS]}
    places |= {"--logs": [str(FRONT.folder)], "--cache": [str(FRONT.folder / "cache")], "--pid": [f"{folder}.pid"]}
    given = [word for option, values in places.items() for word in (option, *values)]
    run(*lantoa("nginx", str(folder), *given), env=os.environ | cluster.environ(FRONT))
    FRONT.start("nginx", ["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder), "-g", "daemon off;"])


def answers(machine: Machine, port: int = 8000) -> bool:
    """Whether a page comes."""
    try:
        with urlopen(f"http://{machine.address}:{port}/robots.txt", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
