"""The contest's book as a browser checks it: the modules of the check page against the published vectors."""

import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

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
