"""The command `lantoa-verify` as an outsider runs it: what it says, and its exit status."""

import json
import threading
import urllib.error
import urllib.request
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lantoa_verify import codes, entries
from lantoa_verify.cli import main
from lantoa_verify.notes import COSIGNATURE, Signer, Verifier, open_checkpoint, open_note
from lantoa_verify.policy import write_policy
from lantoa_verify.receipts import key_name, sign_receipt
from lantoa_verify.witness import Memory, Witness, write_request
from lantoa_verify.witnessing import serve
from tests.verify.making import LOG, ORIGIN, Contest, log_files, proof_of

RECEIPTS = Signer(key_name(ORIGIN), bytes(32))
KEY = ["--key", str(LOG.verifier)]


@pytest.fixture
def folder(contest, tmp_path):
    return written(contest.files, tmp_path / "export")


def written(files, folder):
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@pytest.fixture
def run(capsys):
    def command(*words):
        status = main([str(word) for word in words])
        said = capsys.readouterr()
        return status, said.out + said.err

    return command


def test_an_export_in_a_folder_holds(run, folder, contest):
    status, said = run("export", folder, *KEY, "--root", f"100:{contest.checkpoint(100).root.hex()}")
    assert status == 0
    assert said.endswith("Everything holds.\n")
    assert f"{len(contest.lines)}, root {contest.edge.root().hex()}" in said
    assert "note" not in said


def test_without_a_key_and_a_kept_head_the_command_says_what_that_leaves_open(run, folder):
    status, said = run("export", folder, "--no-papers")
    assert status == 0
    assert "the keys come from the export itself" in said
    assert "no head that others kept" in said


def test_an_export_as_data(run, folder, contest):
    status, said = run("export", folder, *KEY, "--json")
    data = json.loads(said)
    assert (status, data["good"], data["size"]) == (0, True, len(contest.lines))
    assert data["papers"] == sum(line.startswith((b"first", b"again")) for line in contest.lines)


def test_a_changed_export_fails_and_names_the_entry(run, folder, contest):
    place = next(place for place, line in enumerate(contest.lines) if line.startswith(b"first"))
    path = folder / "openings" / "000"
    path.write_bytes(path.read_bytes().replace(contest.openings[place], contest.openings[place][:-1] + b"x"))
    status, said = run("export", folder, *KEY)
    assert status == 1
    assert f"WRONG      entry {place}: the opening does not match its commitment" in said
    assert "does NOT hold" in said


def test_a_head_that_somebody_kept_unmasks_another_history(run, folder, contest, tmp_path):
    kept = tmp_path / "kept"
    kept.write_text(LOG.sign(Contest(8, size=100, drawn=False, reveal=False).checkpoint(100).text))
    status, said = run("export", folder, *KEY, "--head", kept)
    assert status == 1
    assert "not the history that others were shown (head of 100)" in said


def test_an_export_signed_by_another_key_does_not_hold(run, folder):
    status, said = run("export", folder, "--key", Signer(ORIGIN, b"x" * 32).verifier)
    assert status == 1
    assert "no known key has signed this" in said


def test_what_is_not_there_cannot_be_told(run, tmp_path):
    assert run("export", tmp_path)[0] == 2
    assert run("export", "ftp://a")[0] == 2


@pytest.fixture
def site(folder):
    """The folder on the web, on this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *words):
            super().__init__(*words, directory=str(folder))

        def log_message(self, *_):
            pass

    yield from serving(ThreadingHTTPServer(("127.0.0.1", 0), Quiet))


def serving(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_export_on_the_web_holds(run, site):
    assert run("export", site, *KEY, "--no-papers")[0] == 0


# --- receipts and proofs ---------------------------------------------------------------------------------------------


def a_receipt(contest, tmp_path, line=None):
    place = next(place for place, line in enumerate(contest.lines) if line.startswith(b"first"))
    path = tmp_path / "receipt"
    path.write_text(sign_receipt(ORIGIN, line or contest.lines[place], RECEIPTS))
    return place, path


def test_a_receipt_is_checked_and_its_entry_found(run, contest, folder, tmp_path):
    place, path = a_receipt(contest, tmp_path)
    status, said = run("receipt", path, "--key", RECEIPTS.verifier, "--export", folder)
    assert status == 0
    assert f"entry  {place}" in said
    assert codes.short_code(entries.leaf_hash(contest.lines[place])) in said


def test_a_promise_that_was_not_kept_is_told(run, contest, folder, tmp_path):
    _, path = a_receipt(contest, tmp_path, entries.personal_line("first", 1_760_142_000_000, bytes(32)))
    status, said = run("receipt", path, "--key", RECEIPTS.verifier, "--export", folder)
    assert status == 1
    assert "NOT in the log" in said


def test_a_forged_receipt_does_not_hold(run, contest, tmp_path):
    _, path = a_receipt(contest, tmp_path)
    assert run("receipt", path, "--key", Signer(key_name(ORIGIN), b"x" * 32).verifier)[0] == 1


def test_a_proof_shows_the_place_and_what_was_opened(run, contest, tmp_path):
    place, receipt = a_receipt(contest, tmp_path)
    path = tmp_path / "one.tlog-proof"
    path.write_text(proof_of(contest, place))
    status, said = run("proof", path, *KEY, "--receipt", receipt)
    assert status == 0
    assert f"Entry {place} of {len(contest.lines)}" in said
    assert "right" in said
    assert run("proof", path, *KEY, "--line", contest.lines[place].decode(), "--json")[0] == 0
    assert run("proof", path, *KEY, "--line", contest.lines[0].decode())[0] == 1
    assert run("proof", path, "--line", contest.lines[place].decode())[0] == 2


# --- witnesses and policies ------------------------------------------------------------------------------------------


@pytest.fixture
def watching(tmp_path, run):
    """A witness that has just been made: its words for the command, and its public key."""
    words = ["--name", "bao.example.vn/w", "--secret", tmp_path / "secret", "--state", tmp_path / "state.json"]
    status, said = run("witness", "--new", *words)
    assert status == 0
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    return words, Verifier.parse(said.strip())


def test_a_witness_on_a_pc_signs_the_newest_head_and_refuses_another_history(run, contest, folder, watching, tmp_path):
    words, key = watching
    status, signed = run("witness", folder, *words, *KEY)
    assert status == 0
    assert list(open_note(signed, [key]).signed) == [key]
    note = contest.files["checkpoint"].decode() + signed.splitlines(keepends=True)[-1]
    assert list(open_checkpoint(note, ORIGIN, [LOG.verifier, key]).witnesses) == [key]
    assert run("witness", folder, *words, *KEY)[0] == 0  # nothing new: signed again
    other = Contest(8, size=300, drawn=False, reveal=False)
    status, said = run("witness", written(other.files, tmp_path / "other"), *words, *KEY)
    assert status == 1
    assert "not the history that was signed" in said
    status, said = run("witness", written(Contest(7, size=90, drawn=False).files, tmp_path / "short"), *words, *KEY)
    assert status == 1
    assert "after one of" in said


def test_a_witness_follows_a_growing_log(run, folder, watching):
    words, _ = watching
    contest = Contest(9, size=200, drawn=False, reveal=False)
    for _ in range(3):
        written(contest.files, folder)
        assert run("witness", folder, *words, *KEY)[0] == 0
        for _ in range(150):
            contest.at += 1
            contest._something(0.05)
        contest.publish_log()


def test_a_witness_answers_a_log_as_the_protocol_says(contest, tmp_path):
    signer = Signer("bao.example.vn/w", b"w" * 32, COSIGNATURE)
    witness = Witness(signer, (LOG.verifier,), Memory(tmp_path / "state.json"))
    note = contest.files["checkpoint"].decode()
    for url in serving(serve(witness, "127.0.0.1", 0)):
        assert posted(url, write_request(0, [], note))[0] == 200
        status, body = posted(url, write_request(0, [], note))
        assert (status, body) == (409, f"{len(contest.lines)}\n")
        other = LOG.sign(Contest(8, size=300, drawn=False).checkpoint(301).text)
        assert posted(url, write_request(len(contest.lines), [bytes(32)], other))[0] == 422
        assert posted(url, "old x\n")[0] == 400


def posted(url, body):
    request = urllib.request.Request(f"{url}/add-checkpoint", body.encode())
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_policy_is_said_in_words_and_asked_of_a_head(run, contest, folder, tmp_path):
    signers = {name: Signer(f"{name}.vn/w", name.encode() * 32, COSIGNATURE) for name in "ab"}
    policy, note = tmp_path / "policy", tmp_path / "head"
    policy.write_text(write_policy(LOG.verifier, {name: one.verifier for name, one in signers.items()}, 2))
    assert "2 of 2: a, b" in run("policy", "--policy", policy)[1]
    checkpoint = contest.checkpoint(len(contest.lines))
    for names, status in (("a", 1), ("ab", 0)):
        signed = LOG.sign(checkpoint.text) + "".join(signers[name].line(checkpoint.text, 1) for name in names)
        note.write_text(signed)
        assert run("policy", "--policy", policy, "--checkpoint", note)[0] == status
        written({**log_files(contest.lines, contest.openings, contest.signed), "checkpoint": signed.encode()}, folder)
        assert run("export", folder, "--policy", policy, "--no-papers")[0] == status
