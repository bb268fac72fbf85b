"""A real nginx with the shipped configuration, before whatever serves the application; and nodes that fail."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from django.conf import settings

from lantoa.lib.page_files import PageFiles
from lantoa.management.nginx import Places, configuration

HOST = "127.0.0.1"
PATIENCE = 20  # seconds for nginx to listen
PHONE = "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 Chrome/120.0 Mobile Zalo/1.0"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Front:
    """nginx at a port of this machine."""

    port: int
    folder: Path

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def ask(self, method, path, body=None, **headers):
        """One request over a connection of its own; header names with _ for -."""
        sent = {"User-Agent": PHONE, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return ask(self.port, method, path, body, sent)


def ask(port, method, path, body=None, headers=None):
    with closing(HTTPConnection(HOST, port, timeout=60)) as wire:
        wire.request(method, path, body, headers or {})
        answer = wire.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


def program():
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        assert not os.environ.get("CI"), "CI must have nginx: what stands in front is never untested there"
        pytest.skip("NO WEB SERVER: install Debian's nginx to test what stands in front")
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def written(folder, app, *, change=lambda text: text, rehearsers=()):
    """The configuration of this installation in that folder, as `lantoa nginx` writes it."""
    folder.mkdir(parents=True, exist_ok=True)
    places = Places(
        folder=folder,
        app=tuple(app),
        certificate=folder / "certificate.pem",
        key=folder / "key.pem",
        logs=folder,
        cache=folder / "cache",
        pid=folder / "pid",
        user=getpass.getuser(),
        rehearsers=rehearsers,
    )
    for name, text in configuration(places).items():
        (folder / name).write_text(change(text), encoding="utf-8")
    return folder / "nginx.conf"


@contextmanager
def front(folder, app, *, change=lambda text: text, rehearsers=()):
    """nginx before the nodes ``app``; told to stop it writes the rest of its log."""
    port = int(settings.PUBLIC_URL.rpartition(":")[2])
    config = written(folder, app, change=change, rehearsers=rehearsers)
    process = subprocess.Popen([program(), "-c", config, "-g", "daemon off;"], stderr=subprocess.PIPE)
    try:
        listening(port, process)
        yield Front(port, folder)
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def listening(port, process):
    end = time.monotonic() + PATIENCE
    while True:
        assert process.poll() is None, process.stderr.read().decode()
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            assert time.monotonic() < end, "nginx does not listen"
        else:
            return


def vouched(pages):
    """Keep these pages, by name, and vouch for them."""
    files = PageFiles(settings.PAGES)
    for name, html in pages.items():
        files.keep(name, html)
    files.vouch(time.time())
    return files


class Dying:
    """A node that reads a request and goes away without a word; `seen` says what it was asked."""

    def __init__(self):
        self.seen = []
        self.socket = socket.create_server((HOST, 0))
        self.place = f"{HOST}:{self.socket.getsockname()[1]}"
        self.thread = Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                wire, _ = self.socket.accept()
            except OSError:
                return
            with wire:
                said = wire.recv(65536)
                if said:
                    self.seen.append(said.split(b"\r\n")[0].decode())

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()


@contextmanager
def together(number):
    """A node that answers with a form only while ``number`` ask at once, and 500 to who waited in vain; its place."""
    meeting = Barrier(number, timeout=4)

    class Node(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            try:
                meeting.wait()
                status = 200
            except BrokenBarrierError:
                status = 500
            self.send_response(status)
            self.send_header("Set-Cookie", "csrftoken=x")
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"form")

        def log_message(self, *_):
            """Say nothing."""

    with ThreadingHTTPServer((HOST, 0), Node) as node:
        thread = Thread(target=node.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"{HOST}:{node.server_port}"
        finally:
            node.shutdown()
            thread.join()
