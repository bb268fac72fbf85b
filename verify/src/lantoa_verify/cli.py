"""The command ``lantoa-verify``. Exit status: 0 it holds, 1 it does not hold, 2 it cannot be told."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lantoa_verify import witnessing
from lantoa_verify.audit import audit
from lantoa_verify.codes import short_code
from lantoa_verify.entries import BadEntry, open_entry, parse_line
from lantoa_verify.export import CHECKPOINT, POLICY, WITNESSED, BadExport, Source, needed, read_lines, source_of
from lantoa_verify.merkle import BadProof, leaf_hash
from lantoa_verify.notes import BadNote, Checkpoint, Head, Proof, Verifier, open_checkpoint, split_note
from lantoa_verify.policy import BadPolicy, Policy, parse_policy
from lantoa_verify.receipts import open_receipt
from lantoa_verify.tiles import WIDTH
from lantoa_verify.witness import Fork

HOLDS, WRONG, UNKNOWN = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit status."""
    given = _parser().parse_args(arguments)
    try:
        status: int = given.run(given)
    except (BadProof, BadNote, BadEntry, BadPolicy, Fork) as error:
        print(f"This does NOT hold: {error}", file=sys.stderr)
        return WRONG
    except (BadExport, OSError, OverflowError, RecursionError, ValueError) as error:
        print(f"Cannot be told: {error}", file=sys.stderr)
        return UNKNOWN
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lantoa-verify", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    one = _command(commands, "export", _export, "check a whole log: entries, heads, figures, bulletins, papers")
    one.add_argument("place", help="web address or folder of the export")
    one.add_argument("--head", action="append", default=[], type=Path, help="a signed head that you have kept (file)")
    one.add_argument("--root", action="append", default=[], help="a printed root, SIZE:HEX")
    one.add_argument("--no-papers", action="store_true", help="do not draw and mark all papers again")
    one.add_argument("--json", action="store_true")

    one = _command(commands, "receipt", _receipt, "check a receipt, and find its entry")
    one.add_argument("file", type=Path)
    one.add_argument("--export", help="web address or folder: look the entry up there")
    one.add_argument("--json", action="store_true")

    one = _command(commands, "proof", _proof, "check that an entry stands in the log (.tlog-proof)")
    one.add_argument("file", type=Path)
    one.add_argument("--line", help="the entry's line")
    one.add_argument("--receipt", type=Path, help="or the receipt that holds it")
    one.add_argument("--json", action="store_true")

    one = _command(commands, "policy", _policy, "say what a policy asks for, and whether a head satisfies it")
    one.add_argument("--checkpoint", type=Path)
    one.add_argument("--json", action="store_true")

    witnessing.add_command(_command(commands, "witness", _witness, "sign heads that continue the last one signed"))
    return parser


def _command(commands: Any, name: str, run: Any, what: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=what, description=what)
    parser.add_argument("--key", action="append", default=[], help="a public key (name+id+base64)")
    parser.add_argument(
        "--policy", type=Path, help="a policy: the log's keys, its witnesses, how many must have signed"
    )
    parser.set_defaults(run=run)
    return parser


def _trusted(given: argparse.Namespace) -> Policy | None:
    """Return whom the user trusts; None when nobody was named."""
    policy = parse_policy(given.policy.read_text(encoding="utf-8")) if given.policy else None
    keys = [Verifier.parse(key) for key in given.key]
    if keys and policy is None:
        policy = Policy(quorum="none")
    if policy is not None:
        policy.logs += keys
    return policy


def _say(given: argparse.Namespace, data: dict[str, Any], text: str) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=1) if given.json else text)


# --- export ----------------------------------------------------------------------------------------------------------


def _export(given: argparse.Namespace) -> int:
    source = source_of(given.place)
    policy, head, witnessed = _opened(source, _trusted(given))
    kept = [witnessed.checkpoint] + [_kept(path.read_text(encoding="utf-8"), head, policy) for path in given.head]
    kept += [_printed(root, head) for root in given.root]
    report = audit(source, head, policy.verifiers, kept=kept, papers=not given.no_papers)
    if not given.key and not given.policy:
        report.notice(-1, "the keys come from the export itself: name the ones that you know with --policy or --key")
    report.witnesses = sorted(verifier.name for verifier in witnessed.witnesses)
    if not given.head and not given.root:
        report.notice(-1, "no head that others kept was given (--head, --root): a rewritten history could not be told")
    print(json.dumps(report.data(), ensure_ascii=False, indent=1) if given.json else report.text())
    return HOLDS if report.good else WRONG


def _opened(source: Source, policy: Policy | None) -> tuple[Policy, Head, Head]:
    """Open the newest head, and the newest that enough witnesses have signed, by the keys that are trusted.

    Without any the export's own policy is taken. Raises BadPolicy when too few witnesses have signed any head.
    """
    policy = policy or parse_policy(needed(source, POLICY).decode())
    note = needed(source, CHECKPOINT).decode()
    origin = Checkpoint.parse(split_note(note)[0]).origin
    head = open_checkpoint(note, origin, policy.verifiers)
    if policy.satisfied(head.witnesses):
        return policy, head, head
    return policy, head, policy.open((source.read(WITNESSED) or note.encode()).decode(), origin)


def _kept(note: str, head: Head, policy: Policy) -> Checkpoint:
    return open_checkpoint(note, head.checkpoint.origin, policy.verifiers).checkpoint


def _printed(root: str, head: Head) -> Checkpoint:
    size, _, digest = root.partition(":")
    return Checkpoint(head.checkpoint.origin, int(size), bytes.fromhex(digest))


# --- receipt, proof, policy ------------------------------------------------------------------------------------------


def _receipt(given: argparse.Namespace) -> int:
    note = given.file.read_text(encoding="utf-8")
    keys = [Verifier.parse(key) for key in given.key]
    origin = note.split("\n")[1] if note.count("\n") > 1 else ""
    receipt = open_receipt(note, origin, keys)
    place = _find(source_of(given.export), receipt.leaf, _trusted_log(given)) if given.export else None
    due = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(receipt.due / 1000))
    text = f"The receipt is genuine.\ncode   {short_code(receipt.leaf)}\nline   {receipt.line.decode()}\ndue    {due}"
    if given.export:
        text += f"\nentry  {place}" if place is not None else "\nThe promised entry is NOT in the log."
    data = {"good": place is not None or not given.export, "origin": origin, "line": receipt.line.decode()}
    _say(given, {**data, "due": receipt.due, "code": short_code(receipt.leaf), "entry": place}, text)
    if given.export and place is None:
        return WRONG if time.time() * 1000 > receipt.due else UNKNOWN
    return HOLDS


def _trusted_log(given: argparse.Namespace) -> Policy | None:
    return parse_policy(given.policy.read_text(encoding="utf-8")) if given.policy else None


def _find(source: Source, leaf: bytes, policy: Policy | None) -> int | None:
    """Return the index of an entry, in the log below the newest signed head."""
    _, head, _ = _opened(source, policy)
    for number, lines in enumerate(read_lines(source, head.size)):
        for place, line in enumerate(lines):
            if leaf_hash(line) == leaf:
                return number * WIDTH + place
    return None


def _proof(given: argparse.Namespace) -> int:
    policy = _trusted(given)
    if policy is None:
        raise ValueError("name the log's key with --policy or --key")
    proof = Proof.parse(given.file.read_text(encoding="utf-8"))
    line = given.line.encode() if given.line else given.receipt.read_text(encoding="utf-8").split("\n")[3].encode()
    origin = Checkpoint.parse(split_note(proof.note)[0]).origin
    head = proof.check(line, origin, policy.verifiers)
    if not policy.satisfied(head.witnesses):
        raise BadPolicy(f"the policy asks for {policy.needs}")
    body = open_entry(parse_line(line), proof.extra) if proof.extra else None
    shown = (
        {name: value.hex() if isinstance(value, bytes) else value for name, value in body._asdict().items()}
        if body
        else {}
    )
    data = {"good": True, "origin": origin, "entry": proof.index, "size": head.size, "opened": shown}
    opened = "".join(f"\n  {name:9}{value}" for name, value in shown.items())
    _say(given, data, f"Entry {proof.index} of {head.size} in {origin}.{opened}")
    return HOLDS


def _policy(given: argparse.Namespace) -> int:
    if given.policy is None:
        raise ValueError("name the policy with --policy")
    policy = parse_policy(given.policy.read_text(encoding="utf-8"))
    data: dict[str, Any] = {"logs": [str(one) for one in policy.logs], "needs": policy.needs}
    data["witnesses"] = {name: str(one) for name, one in policy.witnesses.items()}
    text = f"{len(policy.logs)} logs, {len(policy.witnesses)} witnesses; {policy.needs}"
    if given.checkpoint:
        note = given.checkpoint.read_text(encoding="utf-8")
        head = policy.open(note, Checkpoint.parse(split_note(note)[0]).origin)
        data |= {"good": True, "size": head.size, "signed": [one.name for one in head.witnesses]}
        text += f"\nThe head of {head.size} entries satisfies it."
    _say(given, data, text)
    return HOLDS


def _witness(given: argparse.Namespace) -> int:
    logs = [Verifier.parse(key) for key in given.key]
    if given.policy:
        logs += parse_policy(given.policy.read_text(encoding="utf-8")).logs
    return witnessing.run(given, logs)


if __name__ == "__main__":
    sys.exit(main())
