"""The contest's book as a browser checks it: the modules of the check page against the published vectors."""

import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import expect

from tests.verify import making

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "src/lantoa/site/static/js"
DATA = ROOT / "tests/verify/data"
VECTORS = json.loads((DATA / "log_vectors.json").read_text())
PROBES = json.loads((DATA / "merkle_probes.json").read_text())["probes"]

LOAD = """async (host) => {
  window.merkle = await import(`${host}/book/merkle.js`);
  window.notes = await import(`${host}/book/notes.js`);
  window.entries = await import(`${host}/book/entries.js`);
}"""
INCLUSION = """async (probes) => {
  const { fromBase64 } = notes;
  const found = [];
  for (const p of probes) {
    let right = false;
    try {
      const root = await merkle.rootOfInclusion(p.leafIdx, p.treeSize, fromBase64(p.leafHash ?? ""), (p.proof ?? []).map(fromBase64));
      right = merkle.same(root, fromBase64(p.root ?? ""));
    } catch {}
    if (right === p.wantErr) found.push(p.probe);
  }
  return found;
}"""
CONSISTENCY = """async (probes) => {
  const { fromBase64 } = notes;
  const found = [];
  for (const p of probes) {
    let right = false;
    try {
      const [a, b] = [fromBase64(p.root1 ?? ""), fromBase64(p.root2 ?? "")];
      right = await merkle.isConsistent(p.size1, p.size2, a, b, (p.proof ?? []).map(fromBase64));
    } catch {}
    if (right === p.wantErr) found.push(p.probe);
  }
  return found;
}"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def host():
    """The modules on an address of their own: a page without a server has no cryptography."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=MODULES))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def book(browser, host):
    page = browser.new_page()
    page.goto(f"{host}/vendor/noble-ed25519.txt")
    page.evaluate(LOAD, host)
    yield page
    page.close()


def probes(kind):
    return [probe for probe in PROBES if probe["probe"].startswith(f"{kind}/")]


@pytest.mark.parametrize(("kind", "script"), [("inclusion", INCLUSION), ("consistency", CONSISTENCY)])
def test_every_probe_is_taken_or_refused_as_it_should_be(book, kind, script):
    assert len(probes(kind)) == 98
    assert book.evaluate(script, probes(kind)) == []


def test_trees_of_any_size_have_the_published_roots_and_their_parts_are_consistent(book):
    wrong = book.evaluate(
        """async (roots) => {
          const wrong = [];
          const leaves = [];
          const level = [[]];
          const tiles = async (size, path) => {
            const [, l, rest] = /^tile\\/([0-9]+)\\/(.+)$/.exec(path);
            const number = Number(rest.replace(/\\.p\\/[0-9]+$/, "").replace(/[x/]/g, ""));
            const width = Number(/\\.p\\/([0-9]+)$/.exec(path)?.[1] ?? 256);
            const hashes = level[l].slice(number * 256, number * 256 + width);
            const whole = new Uint8Array(32 * width);
            hashes.forEach((hash, i) => whole.set(hash, 32 * i));
            return whole;
          };
          const most = 3000;
          for (let i = 0; i < most; i += 1) level[0].push(await merkle.leafHash(new TextEncoder().encode(String(i))));
          level.push([]);
          for (let n = 0; n + 256 <= most; n += 256) {
            let row = level[0].slice(n, n + 256);
            while (row.length > 1) {
              const above = [];
              for (let i = 0; i < row.length; i += 2) above.push(await merkle.nodeHash(row[i], row[i + 1]));
              row = above;
            }
            level[1].push(row[0]);
          }
          const at = (size) => merkle.reader(size, (path) => tiles(size, path));
          for (const [size, root] of Object.entries(roots)) {
            if (Number(size) > most) continue;
            if (notes.toHex(await merkle.rootOf(Number(size), at(Number(size)))) !== root) wrong.push(size);
          }
          const sizes = [1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 1000, 2047, 2999, 3000];
          for (const first of sizes) for (const second of sizes.filter((n) => n > first)) {
            const path = await merkle.consistencyPath(first, second, at(second));
            const [a, b] = [await merkle.rootOf(first, at(first)), await merkle.rootOf(second, at(second))];
            if (!(await merkle.isConsistent(first, second, a, b, path))) wrong.push([first, second]);
            if (await merkle.isConsistent(first, second, b, a, path)) wrong.push(["swapped", first, second]);
          }
          return wrong;
        }""",
        VECTORS["merkle"]["decimal_leaves"]["roots"],
    )
    assert wrong == []


def test_a_tile_has_the_name_of_the_format(book):
    names = book.evaluate("[[0, 0, 256], [0, 273, 112], [1, 1234067, 256]].map((of) => merkle.tilePath(...of))")
    assert names == ["tile/0/000", "tile/0/273.p/112", "tile/1/x001/x234/067"]


def test_heads_proofs_and_receipts_of_the_vectors_open(book):
    found = book.evaluate(
        """async ({ log, entries: all }) => {
          const keys = await Promise.all([log.vkey, log.witness_vkey].map(notes.readKey));
          const proof = notes.readProof(log.proof_of_entry_2);
          const { text, signers } = await notes.openNote(proof.checkpoint, keys);
          const head = notes.readCheckpoint(text);
          const line = log.lines[proof.index];
          const leaf = await merkle.leafHash(new TextEncoder().encode(line));
          const root = await merkle.rootOfInclusion(proof.index, head.size, leaf, proof.path);
          const receiptKey = [await notes.readKey(log.receipt_vkey)];
          const codes = [];
          for (const entry of all) {
            const receipt = await entries.readReceipt((await notes.openNote(entry.receipt, receiptKey)).text);
            codes.push(receipt.code === entry.code && notes.toHex(receipt.leaf) === entry.leaf);
          }
          return {
            inside: merkle.same(root, head.root),
            witnesses: signers.filter(notes.byWitness).map((one) => one.name),
            opens: await entries.opens(proof.opening, entries.readLine(line).commitment),
            result: entries.readResult(proof.opening),
            codes,
          };
        }""",
        VECTORS,
    )
    assert found["inside"]
    assert found["opens"]
    assert found["witnesses"] == ["bao.example.vn/w"]
    assert found["codes"] == [True] * len(VECTORS["entries"])
    assert {name: found["result"][name] for name in ("attempt", "right", "of", "ms")} == {
        "attempt": 1,
        "right": 18,
        "of": 20,
        "ms": 412345,
    }


def test_every_changed_letter_of_a_note_is_refused(book):
    wrong = book.evaluate(
        """async ({ log }) => {
          const keys = await Promise.all([log.vkey, log.witness_vkey].map(notes.readKey));
          const taken = [];
          for (let i = 0; i < log.checkpoint.length; i += 1) {
            const letter = log.checkpoint[i] === "A" ? "B" : "A";
            const changed = log.checkpoint.slice(0, i) + letter + log.checkpoint.slice(i + 1);
            try {
              const { signers } = await notes.openNote(changed, keys);
              if (signers.length === 2) taken.push(i);
            } catch {}
          }
          return taken;
        }""",
        VECTORS,
    )
    assert wrong == []


def test_lines_with_another_spelling_are_refused(book):
    refused = book.evaluate(
        "(lines) => lines.filter((line) => { try { entries.readLine(line); return true; } catch { return false; } })",
        VECTORS["refused_lines"],
    )
    assert refused == []


# --- the page's own check, on a made-up book ---------------------------------------------------------------------------

HOME = "kiem-tra.html"


class Book(SimpleHTTPRequestHandler):
    """The page, the site's modules, and the files of a log that the test may change while it is served."""

    files: dict

    def do_GET(self):
        name = self.path.partition("?")[0].removeprefix("/")
        content = self.files.get(name.removeprefix("log/thu/"))
        if content is None and name.startswith("js/"):
            content = (MODULES / name.removeprefix("js/")).read_bytes()
        self.send_response(200 if content is not None else 404)
        kinds = {"html": "text/html; charset=utf-8", "js": "text/javascript"}
        self.send_header("Content-Type", kinds.get(name.rpartition(".")[2], "text/plain; charset=utf-8"))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *args):
        pass


@pytest.fixture
def files():
    """What is served; a test puts a log into it."""
    section = render_to_string("site/book/own_check.html", {"base": "/log/thu/checkpoint"})
    page = f'<!doctype html><html lang="vi"><body>{section}<script type="module" src="/js/book/check.js"></script>'
    return {HOME: page.encode()}


@pytest.fixture
def phone(browser, files):
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (Book,), {"files": files}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page(base_url=f"http://127.0.0.1:{server.server_port}")
    yield page
    page.close()
    server.shutdown()
    server.server_close()


def looks(phone, *sentences):
    """Open the page; what it says of the book."""
    phone.goto(HOME)
    for sentence in sentences:
        expect(phone.locator("[data-book]")).to_contain_text(sentence)


def hands_in(phone, text):
    receipt = {"name": "bien-nhan.tlog-proof", "mimeType": "text/plain", "buffer": text.encode()}
    phone.get_by_label("Tệp biên nhận của bạn").set_input_files(receipt)
    return phone.locator("[data-receipt]")


def grown(contest, size):
    """The book as it was when it had ``size`` lines: its newest head then."""
    notes = [note for note in contest.notes if int(note.split("\n")[1]) <= size]
    return making.log_files(contest.lines[:size], contest.openings[:size], [*notes, sealed(contest, size)])


def sealed(contest, size):
    return making.LOG.sign(contest.checkpoint(size).text)


def sitting(contest):
    return next(i for i, line in enumerate(contest.lines) if line.startswith(b"first "))


def test_a_device_remembers_the_book_and_sees_that_it_goes_on(phone, files):
    contest = making.Contest(size=700)
    files.update(grown(contest, 300))
    looks(phone, "chữ ký đúng của cuộc thi: 300 dòng", "Máy này ghi nhớ bản niêm phong")
    files.update(grown(contest, 650))
    looks(phone, "650 dòng", "nối tiếp đúng bản 300 dòng")
    looks(phone, "nối tiếp đúng bản 650 dòng")


def test_a_book_that_was_written_anew_and_signed_again_is_found_out_by_the_device(phone, files):
    files.update(grown(making.Contest(size=700), 300))
    looks(phone, "Máy này ghi nhớ")
    for other, size in ((making.Contest(size=700, seed=2), 650), (making.Contest(size=700), 200)):
        files.update(grown(other, size))
        looks(phone, "không nối tiếp bản 300 dòng")


def test_a_head_that_the_contest_did_not_sign_is_told(phone, files):
    contest = making.Contest(size=300)
    files.update(contest.files)
    files["checkpoint"] = files["checkpoint"].replace(b"\n3", b"\n4", 1)
    looks(phone, "không có chữ ký đúng")
    files.pop("checkpoint")
    looks(phone, "Chưa tải được sổ")


def test_a_receipt_is_worked_out_on_the_device(phone, files):
    contest = making.Contest(size=600)
    files.update(contest.files)
    looks(phone, "chữ ký đúng")
    index = sitting(contest)
    found = hands_in(phone, making.proof_of(contest, index))
    expect(found).to_contain_text(f"Dòng số {index} nằm trong sổ.")
    expect(found).to_contain_text(f"/{making.ASKED} câu")


@pytest.mark.parametrize("changed", ["index", "path", "opening", "line"])
def test_a_receipt_or_a_line_that_was_changed_is_refused(phone, files, changed):
    contest = making.Contest(size=600)
    files.update(contest.files)
    looks(phone, "chữ ký đúng")
    index = sitting(contest)
    rows = making.proof_of(contest, index).split("\n")
    if changed == "index":
        rows[2] = f"index {index + 1}"
    elif changed == "path":
        rows[3] = rows[4]
    elif changed == "opening":
        rows[1] = making.proof_of(contest, sitting_after(contest, index)).split("\n")[1]
    else:
        name = f"tile/entries/{index // 256:03}"
        files[name] = files[name].replace(contest.lines[index], contest.lines[index].replace(b"first", b"again"))
    expect(hands_in(phone, "\n".join(rows))).to_contain_text("Tệp này không đúng")


def sitting_after(contest, index):
    return next(i for i, line in enumerate(contest.lines) if i > index and line.startswith(b"first "))
