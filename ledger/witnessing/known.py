"""The logs a witness knows: their keys, and where their entries can be fetched.

Two files are understood: a policy (C2SP tlog-policy, of which only the ``log`` lines count, so a regulator needs one file only), and
``log.vkey`` of an export, one vkey per line. An origin is a log; it may have an Ed25519 and an ML-DSA-44 key.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from ledger.tree.note import ED25519, SUBTREE_V1, parse_vkey
from ledger.tree.policy import MAX_BYTES, parse_policy
from signing.refusal import refuse

_POLICY_WORDS = frozenset({b"log", b"witness", b"group", b"quorum"})


class KnownLog(Struct, frozen=True):
    """A log by its origin, which is also the name of its keys."""

    origin: str
    vkeys: tuple[str, ...]
    url: str = ""
    """Address before ``/tile/…``, for a mirror; empty when nothing is fetched."""


def parse_known(raw: bytes) -> Mapping[str, KnownLog]:
    """Logs by origin; refuses POLICY_FORM, VKEY_FORM, and WITNESS_LOGS for a file without a log or keys that no log has."""
    words = [line.split(None, 1)[0] for line in raw.split(b"\n") if line.strip() and not line.lstrip().startswith(b"#")]
    if _POLICY_WORDS & set(words):
        complete = raw if b"quorum" in words else raw.rstrip(b"\n") + b"\nquorum none\n"
        pairs = [(log.vkey, log.url) for log in parse_policy(complete).logs]
    else:
        if len(raw) > MAX_BYTES:
            raise refuse("WITNESS_LOGS", found=f"{len(raw)} bytes", expected=f"at most {MAX_BYTES}")
        pairs = [(word.decode("utf-8", "replace"), "") for word in words]
    return known_logs(pairs)


def known_logs(pairs: Iterable[tuple[str, str]]) -> Mapping[str, KnownLog]:
    """Logs by origin from (vkey, address); refuses VKEY_FORM and WITNESS_LOGS."""
    logs: dict[str, KnownLog] = {}
    for vkey, url in pairs:
        parsed = parse_vkey(vkey)
        if parsed.type not in (ED25519, SUBTREE_V1):
            raise refuse("WITNESS_LOGS", field=parsed.name, found=f"a key of type {parsed.type:02x}", expected="a log's key, type 01 or 06")
        before = logs.get(parsed.name, KnownLog(parsed.name, ()))
        if before.url and url and before.url != url:
            raise refuse("WITNESS_LOGS", field=parsed.name, found=f"{before.url} {url}", expected="one address per log")
        vkeys = before.vkeys if vkey in before.vkeys else (*before.vkeys, vkey)
        logs[parsed.name] = KnownLog(parsed.name, vkeys, before.url or url)
    if not logs:
        raise refuse("WITNESS_LOGS", found="no log", expected="at least one log with its key")
    return logs
