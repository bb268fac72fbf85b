"""How heavy and how fast the pages are, in a real browser, against the budgets of the design.

Run by hand: `.venv/bin/python benchmarks/page_weight.py [--lighthouse]`. Serves a demonstration of its own. Bytes are
what Chromium counted on the wire, headers in them: the landing with an empty cache, every other page after it. Largest
Contentful Paint and layout shift with an empty cache on Slow 4G (150 ms, 1.6 Mbit/s) with the CPU slowed down four
times, at 360×740; the median of the runs.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.installation import demonstrating, folder, free_port  # noqa: E402
from benchmarks.visiting import HOME, SHARE, Site, chromium  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.visiting import Cookies
    from playwright.sync_api import Browser, BrowserContext, CDPSession

RESULTS = ROOT / "benchmarks" / "results"
PHONE = {"width": 360, "height": 740}
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
FIRST, FURTHER, LESSON, SCRIPT = 75_000, 20_000, 30_000, 25_000  # bytes
SLOWEST, SHIFT = 1500, 0.02  # ms; share of the screen
TRIES = 3
SCORES = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
WATCH = """
window.vitals = { lcp: 0, cls: 0 };
new PerformanceObserver(list => { for (const e of list.getEntries()) vitals.lcp = e.startTime; })
  .observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) vitals.cls += e.value; })
  .observe({ type: "layout-shift", buffered: true });
"""


@dataclass
class Weight:
    """One page, measured."""

    name: str
    path: str
    bytes: int  # the landing: everything; another page: what it adds to the landing
    script: int
    lcp: float
    cls: float
    budget: int

    def faults(self) -> list[str]:
        """Which budgets it does not keep."""
        kept = {
            "bytes": self.bytes <= self.budget,
            "script": self.script <= SCRIPT,
            "LCP": self.lcp <= SLOWEST,
            "CLS": self.cls <= SHIFT,
        }
        return [name for name, fine in kept.items() if not fine]


def main() -> None:
    """Measure, print, keep."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=3, help="how often each page is painted")
    arguments.add_argument(
        "--lighthouse",
        nargs="?",
        const="lighthouse",
        metavar="PROGRAM",
        help="also ask Lighthouse, where it is installed",
    )
    asked = arguments.parse_args()
    data = folder("weight")
    with demonstrating(data, free_port(), 3000) as url, sync_playwright() as playwright:
        site = Site(url, data / "demo-accounts.json")
        browser = chromium(playwright)
        weights = [weigh(site, browser, asked.runs, *page) for page in pages(site)]
        browser.close()
        scores = ask_lighthouse(site, asked.lighthouse) if asked.lighthouse else {}
    print(table(weights))
    for name, found in scores.items():
        print(f"Lighthouse, {name}: {found}")
    kept = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "pages": [asdict(w) for w in weights],
        "scores": scores,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "weight.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")


def pages(site: Site) -> Iterator[tuple[str, str, Cookies, int]]:
    """Name, address, who looks, budget in bytes; the contestant's state goes on from page to page."""
    nobody: Cookies = {}
    yield "landing, first visit", HOME, nobody, FIRST
    yield from (
        (name, path, nobody, FURTHER)
        for name, path in (
            ("unit", f"{HOME}don-vi/11413/"),
            ("register", f"{HOME}dang-ky/"),
            ("sign in", "/dang-nhap/"),
            ("standings", f"{HOME}xep-hang/"),
            ("unit standings", f"{HOME}xep-hang/don-vi/"),
            ("statistics", f"{HOME}thong-ke/"),
            ("bulletins", f"{HOME}ban-tin/"),
            ("bulletin", f"{HOME}ban-tin/1/"),
            ("bulletin, today", f"{HOME}ban-tin/1/?hom-nay"),
            ("book", f"{HOME}so/"),
            ("open data", "/api/"),
            ("wall", f"{HOME}lan-toa/"),
            ("rules", f"{HOME}the-le/"),
            ("help", f"{HOME}tro-giup/"),
            ("check", "/kiem-tra/"),
        )
    )
    me = site.sign_in("learned")
    yield "topics", f"{HOME}hoc/", me, FURTHER
    yield "lesson", f"{HOME}hoc/1.3/", me, LESSON
    for number in range(1, 7):
        yield f"lesson card {number}", f"{HOME}hoc/1.3/{number}/", me, LESSON
    yield "exam, before", f"{HOME}thi/", me, FURTHER
    where = site.start_exam(me)
    yield "exam paper", f"{HOME}thi/", me, FURTHER
    yield "result", site.submit_exam(where, me), me, FURTHER
    yield "share", f"{HOME}chia-se/", me, FURTHER
    site.post(f"{HOME}chia-se/", SHARE, me)
    site.post(f"{HOME}giay-chung-nhan/", {}, me)
    yield "certificate", f"{HOME}giay-chung-nhan/", me, FURTHER
    yield "profile", f"{HOME}ho-so/", me, FURTHER


def weigh(site: Site, browser: Browser, runs: int, name: str, path: str, cookies: Cookies, budget: int) -> Weight:  # noqa: PLR0917
    """Bytes once; painting ``runs`` times."""
    first = path == HOME
    context = site.context(browser, cookies, viewport=PHONE)
    if not first:
        load(context, HOME)
    sent = load(context, path)
    context.close()
    cold = site.context(browser, cookies, viewport=PHONE)
    script = load(cold, path)["Script"]
    cold.close()
    painted = [paint(site, browser, path, cookies) for _ in range(runs)]
    lcp, cls = (statistics.median(found[key] for found in painted) for key in ("lcp", "cls"))
    weight = Weight(name, path, sum(sent.values()), script, round(lcp), round(cls, 4), budget)
    print(f"{name}: {weight.bytes} bytes, LCP {weight.lcp} ms", file=sys.stderr)
    return weight


def load(context: BrowserContext, path: str) -> dict[str, int]:
    """Open a page to the end; the bytes that came over the wire, by kind of file."""
    page = context.new_page()
    wire = context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    sent: dict[str, int] = {"Script": 0}
    wire.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))

    def count(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"], "Other")
        sent[kind] = sent.get(kind, 0) + int(event["encodedDataLength"])

    wire.on("Network.loadingFinished", count)
    wire.send("Network.enable")
    answer = page.goto(path, wait_until="networkidle")
    if answer is None or not answer.ok:
        raise SystemExit(f"{path}: {answer and answer.status}")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")  # what is loaded when it comes into sight
    page.wait_for_load_state("networkidle")
    page.close()
    return sent


def paint(site: Site, browser: Browser, path: str, cookies: Cookies) -> dict[str, float]:
    """Open a page on the slow network with an empty cache; what the browser saw."""
    context = site.context(browser, cookies, viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)
    context.add_init_script(WATCH)
    page = context.new_page()
    slow_down(context.new_cdp_session(page))
    page.goto(path, wait_until="networkidle")
    page.wait_for_timeout(500)
    found: dict[str, float] = page.evaluate("window.vitals")
    context.close()
    return found


def slow_down(wire: CDPSession) -> None:
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW_4G)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})


def ask_lighthouse(site: Site, program: str) -> dict[str, Any]:
    """Scores of the public pages, and of the topics; empty where Lighthouse is not installed."""
    found, browser = shutil.which(program), shutil.which("chromium")
    if found is None or browser is None:
        print(f"Lighthouse is not here ({program}): npm install lighthouse@12 in a folder outside the project,")
        print("then --lighthouse FOLDER/node_modules/.bin/lighthouse")
        return {}
    session = site.sign_in("learned")["sessionid"]
    asked = {
        "landing": (HOME, ""),
        "register": (f"{HOME}dang-ky/", ""),
        "standings": (f"{HOME}xep-hang/", ""),
        "statistics": (f"{HOME}thong-ke/", ""),
        "topics": (f"{HOME}hoc/", session),
        "lesson card": (f"{HOME}hoc/1.3/1/", session),
        "exam": (f"{HOME}thi/", session),
    }
    return {name: _lighthouse(found, browser, site.url + path, cookie) for name, (path, cookie) in asked.items()}


def _lighthouse(program: str, browser: str, address: str, session: str) -> dict[str, int] | str:
    flags = "--headless=new --no-sandbox --disable-gpu --disable-quic --disable-background-networking"
    command = [program, address, "--output=json", "--quiet", f"--chrome-flags={flags}", f"--chrome-path={browser}"]
    command += [f"--only-categories={','.join(SCORES)}"]
    command += [f'--extra-headers={{"Cookie": "sessionid={session}"}}'] if session else []
    for _ in range(TRIES):  # its trace of a load is sometimes lost
        done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
        if done.returncode == 0:
            break
    else:
        return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}"
    said = json.loads(done.stdout)
    lost = [
        audit["id"]
        for audit in said["audits"].values()
        if audit["score"] is not None and audit["score"] < 1 and audit["scoreDisplayMode"] == "binary"
    ]
    scores = {name: round(100 * found["score"]) for name, found in said["categories"].items()}
    return {**scores, **({"failed": lost} if lost else {})}  # type: ignore[dict-item]


def table(weights: list[Weight]) -> str:
    """Markdown; what is over its budget is named."""
    lines = [
        "| page | bytes | budget | script | LCP ms | CLS | over |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for w in weights:
        over = ", ".join(w.faults())
        lines.append(f"| {w.name} | {w.bytes:,} | {w.budget:,} | {w.script:,} | {w.lcp:.0f} | {w.cls:.3f} | {over} |")
    lines.append(f"| budget | | | {SCRIPT:,} | {SLOWEST} | {SHIFT} | |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
