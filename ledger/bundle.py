"""A self-verifying bundle: entries about one subject, each with its inclusion proof, under one signed checkpoint; one JSON file.

``{"liandan_bundle":1,"origin":…,"subject":<chain>,"checkpoint":<b64 note>,"entries":[{"index":n,"entry":<b64>,"proof":[<b64>…]}…]}``,
entries by index. The note travels in base64 because strict JSON (formats §1) has no line feeds.

An opened bundle proves, with no network and no database: a log with the keys of the included ``log.found`` signed the checkpoint; every
entry is canonical and stands in that tree at its index; every included chain runs from its first statement on without a gap; every
statement was signed by the parties it names, with keys registered and valid at its index as far as the included ``party/`` chains tell.
It does not prove: that this is the log you mean (pin ``found``), that a chain has not gone on after the last included entry, that a
key was not revoked by an entry left out at the end, or that the log's decisions were right: for these, audit an export.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from msgspec import Struct

from ledger.admission.admit import apply, expected_prev, verify_signatures
from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import Kinds
from ledger.auditing.replay import ReplayFacts
from ledger.directory import LOG_MAIN, KeyRecord, LogState, log_state
from ledger.kinds.founding import LogFound, founding_keys
from ledger.model import Statement
from ledger.tree.checkpoint import OpenedCheckpoint, open_checkpoint
from ledger.tree.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from ledger.tree.policy import parse_policy_lines
from signing import b64
from signing.payload import parse
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal, refuse

VERSION = 1
BUNDLE_MAX = 16 * 1024 * 1024  # Bytes: some 3,000 entries.
_FIELDS = ["liandan_bundle", "origin", "subject", "checkpoint", "entries"]
_ENTRY_FIELDS = ["index", "entry", "proof"]


class Bundle(Struct, frozen=True, kw_only=True):
    """An opened bundle: everything in it has been verified as the module says."""

    subject: str  # The chain it is about.
    found: str  # Statement hash of ``log.found``: compare it with the one you pinned.
    is_pinned: bool  # Whether ``found`` was compared with a pinned value.
    note: bytes  # The checkpoint as it is signed.
    opened: OpenedCheckpoint
    entries: tuple[Entry, ...]
    facts: ReplayFacts  # States of the included chains after the last included entry, accounts as the entries left them.

    @property
    def is_quorum(self) -> bool:
        """Whether the verified cosignatures meet the witness policy that the included ``log/main`` has in force."""
        return parse_policy_lines(self.log.witness_policy).is_met_by({line.vkey for line in self.opened.cosignatures})

    @property
    def log(self) -> LogState:
        """The log as its included entries founded it."""
        return log_state(self.facts)

    def chain(self, name: str) -> tuple[Entry, ...]:
        """The included entries of a chain, in order."""
        return tuple(entry for entry in self.entries if entry.statement.chain == name)


def make_bundle(note: bytes, subject: str, entries: Iterable[Entry], inclusion: Callable[[int], Sequence[bytes]]) -> bytes:
    """The file for entries that lie under ``note``; ``inclusion`` gives the proof of an index in its tree. Same input, same bytes.

    Refusal BUNDLE_TOO_LARGE for one that nobody could open.
    """
    entries = list(entries)
    by_index = {entry.index: b64.encode(entry.raw) for entry in entries}
    items = [{"index": index, "entry": by_index[index], "proof": list(map(b64.encode, inclusion(index)))} for index in sorted(by_index)]
    origin = note.split(b"\n", 1)[0].decode()
    fields = {"liandan_bundle": VERSION, "origin": origin, "subject": subject, "checkpoint": b64.encode(note), "entries": items}
    raw = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    if len(raw) > BUNDLE_MAX:
        [(longest, count)] = Counter(entry.statement.chain for entry in entries).most_common(1)
        raise refuse(
            "BUNDLE_TOO_LARGE",
            field=longest,
            found=Phrase(f"{len(raw)} 字节，该链 {count} 条", f"{len(raw)} bytes, {count} entries of this chain"),
            expected=f"≤ {BUNDLE_MAX}",
        )
    return raw


def open_bundle(raw: bytes, kinds: Kinds, pinned_found: str | None = None) -> Bundle:
    """Read and verify a bundle; raises nothing but Refusal, with the first thing that does not hold."""
    fields = parse(raw, limit=BUNDLE_MAX, depth=4)
    version = fields.get("liandan_bundle")
    if list(fields) != _FIELDS or version is True or version != VERSION or not isinstance(fields["entries"], list):
        raise refuse("BUNDLE_FORM", found=", ".join(fields)[:120], expected=", ".join(_FIELDS))
    note = _bytes(fields["checkpoint"], "checkpoint")
    items = [_item(position, item, kinds) for position, item in enumerate(fields["entries"])]
    first = items[0][0].statement if items else None
    if first is None or not isinstance(first.body, LogFound) or items[0][0].index != 0 or first.chain != LOG_MAIN:
        raise refuse("BUNDLE_FORM", field="entries.0", expected=Phrase("序位 0 上的 log.found", "log.found at index 0"))
    if pinned_found is not None and first.hash != pinned_found:
        raise refuse("FOUND_DIFFERS", field="entries.0", found=first.hash, expected=pinned_found)
    opened = open_checkpoint(note, first.body.log_keys)
    if fields["origin"] != first.body.origin or opened.checkpoint.origin != first.body.origin:
        raise refuse("BUNDLE_FORM", field="origin", found=fields["origin"], expected=first.body.origin)
    _check_inclusion(items, opened)
    entries = tuple(entry for entry, _ in items)
    facts = _replay(entries, kinds)
    # Again, now with the witnesses that the included log/main knows: a failing line of theirs is refused too.
    log = log_state(facts)
    opened = open_checkpoint(note, log.log_keys, parse_policy_lines(log.witness_policy).witness_vkeys)
    if facts.head(str(fields["subject"])) is None:
        raise refuse("BUNDLE_FORM", field="subject", found=fields["subject"], expected=Phrase("证据包中的链", "a chain of the bundle"))
    return Bundle(
        subject=str(fields["subject"]),
        found=first.hash,
        is_pinned=pinned_found is not None,
        note=note,
        opened=opened,
        entries=entries,
        facts=facts,
    )


def _item(position: int, item: object, kinds: Kinds) -> tuple[Entry, tuple[bytes, ...]]:
    where = f"entries.{position}"
    if not isinstance(item, dict) or list(item) != _ENTRY_FIELDS or type(item["index"]) is not int or not isinstance(item["proof"], list):
        raise refuse("BUNDLE_FORM", field=where, expected=", ".join(_ENTRY_FIELDS))
    proof = tuple(_bytes(hash_, f"{where}.proof.{at}") for at, hash_ in enumerate(item["proof"]))
    if any(len(hash_) != HASH_BYTES for hash_ in proof):
        raise refuse("BUNDLE_FORM", field=f"{where}.proof", expected=Phrase(f"{HASH_BYTES} 字节的哈希", f"hashes of {HASH_BYTES} bytes"))
    try:
        entry = read_entry(_bytes(item["entry"], f"{where}.entry"), kinds)
    except Refusal as refusal:
        raise Refusal(Reason(r.code, f"{where}.{r.field}".rstrip("."), r.found, r.expected) for r in refusal.reasons) from None
    if entry.index != item["index"]:
        raise refuse("BUNDLE_FORM", field=f"{where}.index", found=item["index"], expected=entry.index)
    return entry, proof


def _bytes(text: object, field: str) -> bytes:
    with suppress(Refusal):
        return b64.decode(text if isinstance(text, str) else "not a text")
    raise refuse("BUNDLE_FORM", field=field, found=str(text)[:40], expected=Phrase("规范的 Base64", "canonical base64"))


def _check_inclusion(items: Sequence[tuple[Entry, tuple[bytes, ...]]], opened: OpenedCheckpoint) -> None:
    last = -1
    for position, (entry, proof) in enumerate(items):
        if entry.index <= last:
            raise refuse(
                "BUNDLE_FORM", field=f"entries.{position}.index", found=entry.index, expected=Phrase(f"大于 {last}", f"above {last}")
            )
        last = entry.index
        try:
            verify_inclusion(entry.index, opened.checkpoint.size, leaf_hash(entry.raw), proof, opened.checkpoint.root)
        except Refusal as refusal:
            raise Refusal(Reason(r.code, f"entries.{position}.proof", r.found, r.expected) for r in refusal.reasons) from None


def _replay(entries: Sequence[Entry], kinds: Kinds) -> ReplayFacts:
    """Links, keys and signatures entry by entry; what the entries mean is believed, for their admission is part of the tree."""
    facts = ReplayFacts(lambda name, digest: None)
    for position, entry in enumerate(entries):
        kind = kinds.of(entry.statement.kind, entry.admission.ruleset)
        _check_link(entry.statement, kind.opens, facts, position)
        _check_signatures(entry, facts, position)
        try:
            apply(entry, kind, facts)
        except (LookupError, ValueError, TypeError, AttributeError, AssertionError) as error:
            # evolve believes admissions. A log that admitted nonsense can only be somebody's forgery; it must not become a crash.
            raise refuse("BUNDLE_MEANING", field=f"entries.{position}", found=f"{entry.statement.kind}: {error}") from None
    return facts


def _check_link(statement: Statement, opens: bool, facts: ReplayFacts, position: int) -> None:
    if position and isinstance(statement.body, LogFound):
        raise refuse(
            "CHAIN_NOT_OPEN", field=f"entries.{position}", found=statement.kind, expected=Phrase("账本只成立一次", "a log is founded once")
        )
    head = facts.head(statement.chain)
    wanted = 0 if head is None else head.seq + 1
    if statement.seq != wanted or (head is None and not opens):
        raise refuse("PREDECESSOR_MISSING", field=f"entries.{position}", found=f"{statement.chain} {statement.seq}", expected=wanted)
    if statement.prev != (prev := expected_prev(statement, head, facts.state(LOG_MAIN))):
        raise refuse("PREV_MISMATCH", field=f"entries.{position}", found=statement.prev, expected=prev)


def _check_signatures(entry: Entry, facts: ReplayFacts, position: int) -> None:
    """Each signature by a key of that party, valid at this index."""
    statement: Any = entry.statement
    founding = founding_keys(statement) if entry.index == 0 else {}

    def lookup(keyid: str) -> KeyRecord | None:
        record: KeyRecord | None = founding.get(keyid) or facts.get(f"key:{keyid}")
        return record

    reasons: list[Reason] = []
    try:
        verify_signatures(entry.envelope, statement.by, lookup)
    except Refusal as refusal:
        reasons += refusal.reasons
    for uscc, keyid in zip(statement.by, statement.keyids, strict=True):
        record = lookup(keyid)
        if record is not None and record.uscc != uscc:
            reasons.append(Reason("KEY_OTHER_PARTY", keyid, record.uscc, uscc))
        elif record is not None and not record.is_valid_at(entry.index):
            reasons.append(
                Reason(
                    "KEY_NOT_VALID",
                    keyid,
                    Phrase(f"已在第 {record.revoked} 条撤销", f"revoked at {record.revoked}"),
                    Phrase(f"在第 {entry.index} 条有效", f"valid at {entry.index}"),
                )
            )
    if reasons:
        raise Refusal(Reason(r.code, f"entries.{position}.{r.field}", r.found, r.expected) for r in reasons)
