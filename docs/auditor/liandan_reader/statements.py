"""Envelope, statement and entry (§1, §3, §4): what can be said of one entry before any other is known."""

import re
from types import SimpleNamespace
from typing import Any

from .kinds import CHAINS, KINDS, row_of
from .schema import Schemas
from .signatures import is_uscc
from .strict import Bad, encode, instant, need, pae, sha256, shape, strict_json, unb64

HEX64, STATEMENT = re.compile(r"[0-9a-f]{64}"), "application/vnd.liandan.statement.v1+json"
CODES = ("FIELD_UNKNOWN", "FIELD_MISSING", "FIELD_TYPE")
WIRE = {"kind": str, "chain": str, "seq": int, "prev": str, "by": [str], "for?": str, "at": str, "body": dict}
ACCOUNT = {"account": str, "prev_index?": int, "before_g": int, "after_g": int}
DECISION = {"route?": str, "tags": [list], "alerts": [list], "accounts": [ACCOUNT]}
ENTRY = {"v": int, "statement": dict, "admission": {"index": int, "at": str, "ruleset": str, "facts": [list], "decision": DECISION}}
LISTS = {  # each item as JSON; the group is what the list is sorted by
    "facts": r'\["([^"\\]+)",[0-9]+\]',
    "route": r'\["([A-Z0-9_]+)"\]',
    "tags": r'\["([A-Z0-9_]+)"(?:,-?[0-9]+)?\]',
    "alerts": r'\["[LMH]","([A-Z0-9_]+)"\]',
    "accounts": r'.*"account":"(Q1 list/[^ "]+ [0-9]+|Q2 approval/[^ "]+ [0-9]+|Q3 permit/[^ "]+)".*',
}
_schemas: list[Schemas] = []


def published() -> Schemas:
    """The schemas of docs/formats, found when the first body is read."""
    if not _schemas:
        _schemas.append(Schemas())
    return _schemas[0]


def read_envelope(value: Any, payload_type: str = STATEMENT) -> Any:
    """body, signatures (keyid, bytes) and, in published field order, the frozen form of a strictly parsed DSSE envelope."""
    frozen = shape(value, {"payloadType": str, "payload": str, "signatures": [{"keyid": str, "sig": str}]}, "", ("ENVELOPE_FIELD",) * 3)
    need(frozen["payloadType"] == payload_type, "PAYLOAD_TYPE", "payloadType", frozen["payloadType"], payload_type)
    body = unb64(frozen["payload"], "payload")
    signatures = [(item["keyid"], unb64(item["sig"], f"signatures.{k}.sig")) for k, item in enumerate(frozen["signatures"])]
    need(all(HEX64.fullmatch(keyid) for keyid, _ in signatures), "KEYID_FORM", "signatures", frozen, "64 lower-case hex digits")
    need(len({keyid for keyid, _ in signatures}) == len(signatures), "KEYID_TWICE", "signatures")
    return SimpleNamespace(body=body, signatures=signatures, frozen=frozen)


def read_statement(envelope: Any) -> Any:
    """Parse the signed body and check what needs no other entry."""
    v = strict_json(envelope.body)
    seen = v.pop("seen", None)
    shape(v, WIRE, "", CODES)
    name, chain, by, row = v["kind"], v["chain"], v["by"], row_of(v["chain"])
    match = re.fullmatch(CHAINS.get(row, "(?!)"), chain)
    need(match, "CHAIN_FORM", "chain", chain)
    kind = KINDS.get(name)
    if kind is None or name not in published():
        raise Bad("KIND_UNKNOWN", "kind", name, "a kind with a schema")
    need(row in kind.chain_type.split(), "CHAIN_KIND", "kind", name, f"of {row}")
    need(v["seq"] >= 0, "SEQ_FORM", "seq", v["seq"])
    need(HEX64.fullmatch(v["prev"]), "PREV_FORM", "prev", v["prev"])
    need(1 <= len(by) <= (8 if row in ("log/main", "party") else 4), "BY_COUNT", "by", len(by))
    for party in (*by, v.get("for", by[0]), *(match.groups() if match else ())):
        need(is_uscc(party), "USCC", "by, for or chain", party)
    need(len(set(by)) == len(by), "BY_TWICE", "by", by)
    if seen is not None:
        shape(seen, {"size": int, "root": str}, "seen", ("SEEN_FORM",) * 3)
        seen = (seen["size"], unb64(seen["root"], "seen.root", "SEEN_FORM"))
        need(seen[0] > 0 and len(seen[1]) == 32, "SEEN_FORM", "seen", seen)
    at = instant(v["at"])
    published().body(name, v["body"])
    need(len(envelope.signatures) == len(by), "SIGNATURE_COUNT", "signatures", len(envelope.signatures), len(by))
    digest = sha256(b"liandan/statement/v1\n" + pae(STATEMENT, envelope.body)).hex()
    place = {"row": kind, "act": name[:-2], "type": row, "owner": chain.split("/")[1], "principal": v.get("for")}
    return SimpleNamespace(**v | place | {"at": at, "seen": seen, "hash": digest, "envelope": envelope})


def read_entry(raw: bytes) -> tuple[Any, Any]:
    """Decode one entry (§4), statement and admission; it must re-encode to the same bytes."""
    try:
        v = strict_json(raw, 60_000, "ENTRY_TOO_LARGE")
    except Bad as bad:
        raise Bad("ENTRY_FORM" if bad.code != "ENTRY_TOO_LARGE" else bad.code, bad.args[1], bad.code) from None
    ordered = shape(v, ENTRY, "", ("ENTRY_FORM",) * 3)
    envelope, a, d = read_envelope(v["statement"]), ordered["admission"], ordered["admission"]["decision"]
    ordered["statement"] = envelope.frozen
    need(encode(ordered) == raw, "ENTRY_NOT_CANONICAL")
    need(v["v"] == 1 and a["at"].endswith("+08:00"), "ENTRY_FORM", "admission.at", a["at"], "version 1, +08:00")
    for path, items in {"facts": a["facts"], **d}.items():
        matches = [re.fullmatch(LISTS[path], encode(item).decode()) for item in (items if path != "route" else [[items]])]
        need(all(matches), "ENTRY_FORM", f"admission.{path}", items, LISTS[path])
        names = [match[1].encode() for match in matches if match]
        need(names == sorted(set(names)), "ENTRY_FORM", f"admission.{path}", names, "sorted, unique")
    read = {"at": instant(a["at"], "admission.at", "ENTRY_FORM"), "route": d.get("route", "")}
    read |= {"tags": {tag[0]: tag[-1] for tag in d["tags"]}, "alerts": {code: level for level, code in d["alerts"]}}
    return read_statement(envelope), SimpleNamespace(**a | d | read)
