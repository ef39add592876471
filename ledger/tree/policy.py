"""Trust policies: which logs and witnesses a reader knows, and which of the witnesses are enough.

Source: C2SP tlog-policy; formats §5 ``witness_policy`` (the lines as an array, without LF, comments or URLs). Names are opaque bytes: a
byte that is not UTF-8 is kept as a surrogate, so that different bytes stay different names.
"""

import re
from collections.abc import Collection, Sequence

from msgspec import Struct

from ledger.tree.note import COSIGNATURE_V1, ED25519, SUBTREE_V1, parse_vkey
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

MAX_LINES = 512
MAX_BYTES = 256 * 1024
_SPACE = re.compile(rb"[ \t]+")
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_THRESHOLD = re.compile(r"[1-9][0-9]{0,2}")
_NONE = "none"


class Peer(Struct, frozen=True):
    """A log (named like its key) or a witness (named for this policy only)."""

    name: str
    vkey: str
    url: str = ""


class Group(Struct, frozen=True):
    """At least ``threshold`` of the members, which are names of witnesses and of earlier groups."""

    name: str
    threshold: int
    members: tuple[str, ...]


class Policy(Struct, frozen=True, kw_only=True):
    """A parsed policy."""

    logs: tuple[Peer, ...] = ()
    witnesses: tuple[Peer, ...] = ()
    groups: tuple[Group, ...] = ()  # in order of definition: members stand before their groups
    quorum: str = _NONE

    @property
    def log_vkeys(self) -> tuple[str, ...]:
        """Vkeys of the known logs."""
        return tuple(log.vkey for log in self.logs)

    @property
    def witness_vkeys(self) -> tuple[str, ...]:
        """Vkeys of the known witnesses."""
        return tuple(witness.vkey for witness in self.witnesses)

    def is_met_by(self, vkeys: Collection[str]) -> bool:
        """Whether verified cosignatures by these keys make the quorum; keys the policy does not name count for nothing."""
        witnessed = {witness.name for witness in self.witnesses if witness.vkey in vkeys}
        for group in self.groups:
            if sum(member in witnessed for member in group.members) >= group.threshold:
                witnessed.add(group.name)
        return self.quorum == _NONE or self.quorum in witnessed


def parse_policy(raw: bytes) -> Policy:
    """Read a policy file; refuses POLICY_FORM with the line, VKEY_FORM for its keys."""
    if len(raw) > MAX_BYTES or raw.count(b"\n") > MAX_LINES:
        raise refuse(
            "POLICY_FORM",
            found=Phrase(f"{len(raw)} 字节", f"{len(raw)} bytes"),
            expected=Phrase(f"至多 {MAX_BYTES} 字节、{MAX_LINES} 行", f"at most {MAX_BYTES} bytes and {MAX_LINES} lines"),
        )
    if raw and not raw.endswith(b"\n"):
        raise refuse(
            "POLICY_FORM",
            found=Phrase("末尾没有换行", "no line feed at the end"),
            expected=Phrase("每行以换行结束", "every line ended by LF"),
        )
    return _read(raw.split(b"\n")[:-1])


def parse_policy_lines(lines: Sequence[str]) -> Policy:
    """Read ``witness_policy`` of the log: the same lines without LF; comments, empty lines and URLs are refused (formats §5)."""
    if len(lines) > MAX_LINES or sum(map(len, lines)) > MAX_BYTES:
        raise refuse("POLICY_FORM", found=f"{len(lines)} lines", expected=Phrase(f"至多 {MAX_LINES}", f"at most {MAX_LINES}"))
    encoded = [line.encode("utf-8", "surrogatepass") for line in lines]
    for number, line in enumerate(encoded, 1):
        if b"\n" in line or not line.strip(b" \t") or line.lstrip(b" \t").startswith(b"#"):
            raise _wrong(number, ascii(line), "a line of the policy, no comment, no LF")
    policy = _read(encoded)
    if any(peer.url for peer in (*policy.logs, *policy.witnesses)):
        raise refuse("POLICY_FORM", field="url", found=Phrase("网址", "a URL"), expected=Phrase("账本中没有", "none in the log"))
    return policy


def policy_text(log_keys: Sequence[str], lines: Sequence[str]) -> bytes:
    """The policy file of a log: its own keys, then the lines in force as the log holds them."""
    return "".join(f"{line}\n" for line in (*(f"log {vkey}" for vkey in log_keys), *lines)).encode("utf-8", "surrogateescape")


class _Draft(Struct):
    """What the lines read so far define."""

    logs: list[Peer] = []
    witnesses: list[Peer] = []
    groups: list[Group] = []
    quorum: str | None = None
    names: set[str] = set()
    used: set[str] = set()
    keys: set[tuple[str, bytes]] = set()


_USAGE = {
    "log": "log <vkey> [<url>]",
    "witness": "witness <name> <vkey> [<url>]",
    "group": "group <name> all|any|<k> <member>...",
    "quorum": "exactly one line: quorum <name>",
}


def _read(lines: Sequence[bytes]) -> Policy:
    draft = _Draft()
    for number, line in enumerate(lines, 1):
        if _FORBIDDEN.search(line):
            raise _wrong(number, ascii(line), "no control character but tab")
        items = [item.decode("utf-8", "surrogateescape") for item in _SPACE.split(line.strip(b" \t"))]
        if items[0] and not items[0].startswith("#"):
            _read_line(draft, number, items)
    if draft.quorum is None:
        raise refuse(
            "POLICY_FORM", field="quorum", found=Phrase("没有", "missing"), expected=Phrase("恰好一行 quorum", "exactly one quorum line")
        )
    return Policy(logs=tuple(draft.logs), witnesses=tuple(draft.witnesses), groups=tuple(draft.groups), quorum=draft.quorum)


def _read_line(draft: _Draft, number: int, items: list[str]) -> None:
    match items:
        case ["log", vkey, *url] if len(url) <= 1:
            draft.logs.append(Peer(_key(draft, number, "log", vkey, (ED25519, SUBTREE_V1)), vkey, *url))
        case ["witness", name, vkey, *url] if len(url) <= 1:
            _define(draft, number, name)
            _key(draft, number, "witness", vkey, (COSIGNATURE_V1, SUBTREE_V1))
            draft.witnesses.append(Peer(name, vkey, *url))
        case ["group", name, rule, *members] if members:
            for member in members:
                if member not in draft.names or member in draft.used:
                    raise _wrong(number, ascii(member), "members defined on earlier lines, each a member only once")
                draft.used.add(member)
            threshold = {"all": len(members), "any": 1}.get(rule, int(rule) if _THRESHOLD.fullmatch(rule) else 0)
            if not 1 <= threshold <= len(members):
                raise _wrong(number, ascii(rule), f"all, any or a number from 1 to {len(members)}")
            _define(draft, number, name)
            draft.groups.append(Group(name, threshold, tuple(members)))
        case ["quorum", name] if draft.quorum is None:
            if name != _NONE and name not in draft.names:
                raise _wrong(number, ascii(name), "a witness or group of an earlier line, or none")
            draft.quorum = name
        case [word, *rest] if word in _USAGE:
            raise _wrong(number, f"{len(rest)} items", _USAGE[word])
        case _:
            raise _wrong(number, ascii(items[0]), "log, witness, group or quorum")


def _define(draft: _Draft, number: int, name: str) -> None:
    if name == _NONE or name in draft.names:
        raise _wrong(number, ascii(name), "a name that is not taken")
    draft.names.add(name)


def _key(draft: _Draft, number: int, role: str, text: str, types: tuple[int, ...]) -> str:
    """Check a vkey's type and that its public key is new in this role; gives the key's name."""
    vkey = parse_vkey(text)
    if vkey.type not in types:
        raise _wrong(number, f"type {vkey.type:02x}", f"a {role} key of type {' or '.join(f'{t:02x}' for t in types)}")
    if (role, vkey.key) in draft.keys:
        raise _wrong(number, text, f"every {role} key once")
    draft.keys.add((role, vkey.key))
    return vkey.name


def _wrong(number: int, found: str, expected: str) -> Refusal:
    return refuse("POLICY_FORM", field=f"line {number}", found=found, expected=expected)
