"""Receipts: what a 201 proves, checked before it is believed, with no kinds and no server; and what a client keeps between runs."""

import os
from pathlib import Path
from typing import Self

import msgspec
from msgspec import Struct

from ledger.admission.entry import ENTRY_DEPTH, ENTRY_MAX
from ledger.admission.statement import hash_of
from ledger.chain import genesis_prev
from ledger.problem import ChainHead, Problem
from ledger.tree.checkpoint import Checkpoint, open_checkpoint
from ledger.tree.merkle import leaf_hash, verify_inclusion
from ledger.tree.proof import Proof
from liandan.client.transport import Dishonest
from signing import b64
from signing.envelope import Envelope, envelope_of
from signing.files import PIPE_S, read_if_there, read_whole
from signing.payload import parse
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

VKEYS_MAX, KEPT_MAX = 64 * 1024, 64 * 1024 * 1024  # bytes


class Trust(Struct, frozen=True, kw_only=True):
    """What a client pins: the log's name, its founding statement, its keys. Take them from another source than the server."""

    origin: str
    found: str
    """Statement hash of ``log.found``, hex."""
    log_keys: tuple[str, ...]

    @classmethod
    def from_files(cls, vkeys: Path, found: str) -> Self:
        """From a ``log.vkey`` file and the founding hash."""
        try:
            keys = tuple(read_whole(vkeys, VKEYS_MAX, wait_s=PIPE_S).decode().split("\n"))[:-1]
        except UnicodeDecodeError:
            keys = ()
        if not keys:
            raise refuse(
                "VKEY_FORM",
                field=str(vkeys),
                found=Phrase("没有签名行", "no line"),
                expected=Phrase("<名称>+<哈希>+<Base64：01 加 32 字节>", "<name>+<hash>+<base64 of 01 and 32 bytes>"),
            )
        return cls(origin=keys[0].partition("+")[0], found=found, log_keys=keys)


class Claimed(Struct, frozen=True, kw_only=True):
    """What an answer claims: the part of ``Posted``, or of a batch line with the batch's checkpoint, that can be proved."""

    index: int
    entry: str
    inclusion: tuple[str, ...]
    checkpoint: str
    is_new: bool


class Receipt(Struct, frozen=True, kw_only=True):
    """An admitted statement with its verified proof: evidence against the operator, for ever."""

    statement: str
    index: int
    entry: bytes
    is_new: bool
    proof: Proof
    checkpoint: Checkpoint

    @property
    def note(self) -> bytes:
        """The signed checkpoint, verbatim."""
        return self.proof.checkpoint


def check_receipt(envelope: Envelope, answer: Claimed, trust: Trust) -> Receipt:
    """The receipt in an answer, if the entry is this act, stands where it says, and the pinned log keys signed the root. Raises Dishonest.
    A resubmission may be answered with another signature of the same act (formats §2).
    """
    try:
        entry = b64.decode(answer.entry, field="entry")
        hashes = tuple(b64.decode(text, field="inclusion") for text in answer.inclusion)
        fields = parse(entry, limit=ENTRY_MAX, depth=ENTRY_DEPTH)
        found = envelope_of(fields["statement"])
        note = answer.checkpoint.encode()
        checkpoint = open_checkpoint(note, trust.log_keys).checkpoint
        verify_inclusion(answer.index, checkpoint.size, leaf_hash(entry), hashes, checkpoint.root)
        index = fields["admission"]["index"]
    except (Refusal, KeyError, TypeError) as error:
        raise Dishonest(f"the receipt does not hold: {error}") from error
    if (found.payload_type, found.body) != (envelope.payload_type, envelope.body):
        raise Dishonest(f"entry {answer.index} is not the statement that was posted")
    if index != answer.index or checkpoint.origin != trust.origin:
        raise Dishonest(f"entry says index {index} and log {checkpoint.origin}, the answer {answer.index} and {trust.origin}")
    proof = Proof(index=index, hashes=hashes, checkpoint=note)
    return Receipt(statement=hash_of(envelope), index=index, entry=entry, is_new=answer.is_new, proof=proof, checkpoint=checkpoint)


class ReceiptFolder:
    """The user's own evidence, one pair of files per statement, readable by any tlog-proof tool. ``<statement hash>.entry`` are the entry
    bytes, ``<statement hash>.tlog-proof`` their proof; ``<statement hash>.<codes>.refusal`` is a signed refusal; ``checkpoint`` is the
    newest verified one. Files are never overwritten by other content, except ``checkpoint``.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def keep(self, receipt: Receipt) -> None:
        """Keep an admitted statement's entry and its first proof."""
        self._write(f"{receipt.statement}.entry", receipt.entry)
        if not (self.root / f"{receipt.statement}.tlog-proof").exists():
            self._write(f"{receipt.statement}.tlog-proof", receipt.proof.to_bytes())

    def keep_refusal(self, problem: Problem) -> None:
        """Keep a signed refusal, if the log gave one."""
        if problem.receipt and problem.statement:
            codes = "+".join(sorted({error.code for error in problem.errors}))[:80]
            self._write(f"{problem.statement}.{codes}.refusal", b64.decode(problem.receipt, field="receipt"))

    def keep_checkpoint(self, note: bytes) -> None:
        """Remember the newest verified checkpoint, so that the next start goes on from it."""
        self._write("checkpoint", note)

    def checkpoint(self) -> bytes | None:
        """The newest checkpoint of an earlier run."""
        path = self.root / "checkpoint"
        return read_if_there(path, KEPT_MAX)

    def _write(self, name: str, content: bytes) -> None:
        temporary = self.root / f".{name[:200]}.tmp"
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.root / name)


class Next(Struct, frozen=True):
    """Where the next statement of a chain goes."""

    seq: int
    prev: str


class Heads:
    """Heads of chains: ``seq`` and ``prev`` of the next statement, computed without the server (formats §2). In memory, optionally kept in
    one JSON file between runs.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._heads: dict[str, tuple[int, str]] = {}
        if path is not None and path.exists():
            self._heads = msgspec.json.decode(read_whole(path, KEPT_MAX), type=dict[str, tuple[int, str]])

    def knows(self, chain: str) -> bool:
        """Whether a statement of the chain was signed or learnt here."""
        return chain in self._heads

    def next(self, chain: str, found: str) -> Next:
        """Place of the next statement; of the first one on a chain that is not known here."""
        head = self._heads.get(chain)
        return Next(0, genesis_prev(found, chain)) if head is None else Next(head[0] + 1, head[1])

    def advance(self, chain: str, seq: int, statement: str) -> None:
        """A statement was signed: the next one follows it, whether it has been posted yet or not."""
        self._heads[chain] = (seq, statement)
        self._save()

    def learn(self, chain: str, head: ChainHead | None) -> None:
        """Take over what the log says; None for a chain without entries."""
        if head is not None:
            return self.advance(chain, head.seq, head.hash)
        self._heads.pop(chain, None)
        self._save()

    def _save(self) -> None:
        if self._path is not None:
            temporary = self._path.with_name(f".{self._path.name}.tmp")
            temporary.write_bytes(msgspec.json.encode(self._heads))
            temporary.replace(self._path)
