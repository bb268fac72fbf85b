"""Whose signatures make a head good: policies in the format of C2SP tlog-policy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from lantoa_verify.notes import COSIGNATURE, ED25519, Head, Verifier, open_checkpoint

_NONE = "none"


class BadPolicy(ValueError):
    """A policy that cannot be read, or a head that does not satisfy one."""


@dataclass(frozen=True, slots=True)
class Group:
    """So many of these must have signed."""

    threshold: int
    members: tuple[str, ...]


@dataclass(slots=True)
class Policy:
    """Keys of logs, witnesses by the names that the policy gives them, and the quorum."""

    logs: list[Verifier] = field(default_factory=list)
    witnesses: dict[str, Verifier] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = ""

    @property
    def verifiers(self) -> list[Verifier]:
        """All keys."""
        return [*self.logs, *self.witnesses.values()]

    @property
    def needs(self) -> str:
        """The quorum in words."""
        if self.quorum == _NONE:
            return "no witness is asked for"
        group = self.groups.get(self.quorum)
        return f"{group.threshold} of {len(group.members)}: {', '.join(group.members)}" if group else self.quorum

    def satisfied(self, signed: Collection[Verifier]) -> bool:
        """Tell whether these witnesses are enough."""
        return self.quorum == _NONE or self._witnessed(self.quorum, signed)

    def _witnessed(self, name: str, signed: Collection[Verifier]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return self.witnesses[name] in signed
        return sum(self._witnessed(member, signed) for member in group.members) >= group.threshold

    def open(self, note: str, origin: str) -> Head:
        """Open a head and check that enough witnesses have signed it; raises BadNote or BadPolicy."""
        head = open_checkpoint(note, origin, self.verifiers)
        if not self.satisfied(head.witnesses):
            raise BadPolicy(f"the policy asks for {self.needs}; {len(head.witnesses)} have signed")
        return head


def parse_policy(text: str) -> Policy:
    """Read a policy; raises BadPolicy, or BadNote for a key."""
    policy = Policy()
    for number, words in _lines(text):
        try:
            _READ[words[0]](policy, *words[1:])
        except (KeyError, TypeError) as error:
            raise BadPolicy(f"line {number}: cannot be read") from error
    if not policy.quorum:
        raise BadPolicy("a policy has one quorum line")
    return policy


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if any(char < " " and char != "\t" for char in line):
            raise BadPolicy(f"line {number}: control character")
        words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if words and not words[0].startswith("#"):
            yield number, words


def _log(policy: Policy, vkey: str, _url: str = "") -> None:
    verifier = Verifier.parse(vkey)
    if verifier.kind != ED25519 or any(one.public == verifier.public for one in policy.logs):
        raise BadPolicy(f"not a log's key, or twice the same: {vkey}")
    policy.logs.append(verifier)


def _witness(policy: Policy, name: str, vkey: str, _url: str = "") -> None:
    verifier = Verifier.parse(vkey)
    if verifier.kind != COSIGNATURE or any(one.public == verifier.public for one in policy.witnesses.values()):
        raise BadPolicy(f"not a witness's key, or twice the same: {vkey}")
    _define(policy, name)
    policy.witnesses[name] = verifier


def _group(policy: Policy, name: str, threshold: str, *members: str) -> None:
    taken = [member for group in policy.groups.values() for member in group.members]
    if not members or len({*members, *taken}) < len(members) + len(taken):
        raise BadPolicy(f"group {name}: no members, or one of them twice")
    for member in members:
        _known(policy, member)
    words = {"any": 1, "all": len(members)}
    least = words.get(threshold) or (int(threshold) if threshold.isascii() and threshold.isdigit() else 0)
    if not 1 <= least <= len(members):
        raise BadPolicy(f"group {name}: 1 to {len(members)} of its members")
    _define(policy, name)
    policy.groups[name] = Group(least, members)


def _quorum(policy: Policy, name: str) -> None:
    if policy.quorum:
        raise BadPolicy("a policy has one quorum line")
    if name != _NONE:
        _known(policy, name)
    policy.quorum = name


def _define(policy: Policy, name: str) -> None:
    if name == _NONE or name in policy.witnesses or name in policy.groups:
        raise BadPolicy(f"{name} is defined already")


def _known(policy: Policy, name: str) -> None:
    if name not in policy.witnesses and name not in policy.groups:
        raise BadPolicy(f"{name} is not defined yet")


_READ: dict[str, Callable[..., None]] = {"log": _log, "witness": _witness, "group": _group, "quorum": _quorum}


def write_policy(log: Verifier, witnesses: dict[str, Verifier], threshold: int) -> str:
    """Return the policy of a log that asks for ``threshold`` of its witnesses; 0 asks for none."""
    lines = [f"log {log}", *(f"witness {name} {verifier}" for name, verifier in witnesses.items())]
    if threshold:
        lines += [f"group witnesses {threshold} {' '.join(witnesses)}", "quorum witnesses"]
    else:
        lines.append("quorum none")
    return "".join(f"{line}\n" for line in lines)
