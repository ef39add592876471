"""The outbox of a device (待发箱): what it signs without a network, kept until the log has it or has said why not.

    outbox = Outbox.create(Path("outbox"), trust)       # online, once
    await outbox.fetch(client, ["manifest/…"])          # the heads of the chains that will be worked on
    outbox.sign("manifest.depart/1", chain, body, {consignor: None, carrier: key})   # offline; the consignor's phone has still to sign
    outbox.take(read_text(scanned))                     # and has: its answer, as a text
    for sent in await outbox.submit(client): ...        # online again, one request

A statement is signed when its file is there, and its file is there before anybody is told: a device may die between any two steps. A file is a
text for co-signing (docs/formats/cosign.md) with the bytes and the signatures so far. Files go when the receipt is kept, and never otherwise;
what was refused stays beside the reasons, for it may be evidence. Posting again is harmless, so nothing here has to be exactly once.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.statement import Draft
from ledger.pending.compact import TEXT_MAX, CosignedStatement, cosigning_of, merged, read_text, write_text
from ledger.problem import ChainHead, Problem
from ledger.times import format_at, parse_at
from ledger.unlogged import write_unlogged
from liandan.client.api import AsyncLiandan
from liandan.client.receipt import KEPT_MAX, Heads, Receipt, ReceiptFolder, Trust
from manifests.contested import read_contested
from manifests.remedy import CONTEST, contest_chain
from signing import b64
from signing.envelope import Envelope, Signature, freeze
from signing.files import read_whole
from signing.keys import PrivateKey
from signing.payload import parse
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

SENT_MAX = 1000
"""Statements of one request; the log takes more, a phone rarely has them."""
LATER = frozenset(["BUSY", "LOG_FROZEN", "PARTY_BUDGET", "REQUESTS_TOO_MANY", "FAILURES_TOO_MANY", "TOKEN_UNKNOWN", "INTERNAL"])
"""Codes that say nothing of the statement: it is sent again another time."""
STOPPED = "PREDECESSOR_MISSING"
FACTS = frozenset(f"manifest.{act}/1" for act in ("depart", "hand_over", "transship", "stop", "arrive", "receive", "dispose"))
"""Kinds that count by when they were done, however late they come (formats §6)."""
_TEXT, _PROBLEM = ".cosign", ".problem"


class Queued(Struct, frozen=True, kw_only=True):
    """A statement of the outbox: signed here or taken over, perhaps not by all; ``problem`` is why the log refused it."""

    number: int
    cosigning: CosignedStatement
    kind: str
    chain: str
    seq: int
    prev: str
    by: tuple[str, ...]
    at: str
    problem: Problem | None = None

    @property
    def statement(self) -> str:
        """Its hash."""
        return self.cosigning.statement

    @property
    def lacking(self) -> tuple[str, ...]:
        """Who of ``by`` has still to sign."""
        return tuple(uscc for place, uscc in enumerate(self.by) if place not in self.cosigning.signatures)

    @property
    def envelope(self) -> Envelope:
        """With the signatures so far."""
        return self.cosigning.envelope


class Sent(Struct, frozen=True, kw_only=True):
    """What became of one statement: its receipt, or a problem; ``is_kept`` while it is to be sent again."""

    queued: Queued
    receipt: Receipt | None = None
    problem: Problem | None = None
    is_kept: bool = False


class Outbox:
    """The outbox in a directory, of one device and one log. Several programs of the device may use it."""

    def __init__(self, root: Path, step: Callable[[str], None] = lambda name: None) -> None:
        """Refusal OUTBOX_FORM for a directory that is none. ``step`` is told before and after whatever must not be torn apart: drills die there."""
        self.root, self._step = root, step
        try:
            self.trust = msgspec.json.decode(read_whole(root / "log.json", KEPT_MAX), type=Trust)
        except (OSError, msgspec.DecodeError):
            raise refuse(
                "OUTBOX_FORM", field=str(root), expected=Phrase("outbox open 建立的目录", "a directory made by outbox open")
            ) from None
        self._queue = root / "queue"
        self.receipts = ReceiptFolder(root / "receipts")

    @classmethod
    def create(cls, root: Path, trust: Trust) -> Self:
        """A new one, or the one that is there if it is of this log; Refusal OUTBOX_OTHER."""
        (root / "queue").mkdir(parents=True, exist_ok=True)
        if not (root / "log.json").exists():
            write_durably(root / "log.json", msgspec.json.encode(trust))
        made = cls(root)
        if made.trust != trust:
            raise refuse("OUTBOX_OTHER", field=str(root), found=made.trust.found, expected=trust.found)
        return made

    # ------------------------------------------------------------------ without a network

    def queued(self) -> list[Queued]:
        """Everything that the log does not have yet, in the order of signing."""
        return [self._read(path) for path in sorted(self._queue.glob(f"*{_TEXT}"))]

    def find(self, name: str) -> Queued:
        """The one whose hash begins so; Refusal OUTBOX_UNKNOWN."""
        found = [one for one in self.queued() if one.statement.startswith(name)]
        if not name or len(found) != 1:
            raise refuse("OUTBOX_UNKNOWN", field="statement", found=name, expected=", ".join(one.statement[:12] for one in found[:8]))
        return found[0]

    def next(self, chain: str, *, begins: bool = False) -> tuple[int, str]:
        """``seq`` and ``prev`` of the next statement of a chain: behind what was signed here, else behind what the log said. Refusal OUTBOX_HEAD
        for a chain of which nothing is known, unless it ``begins`` here."""
        heads = self._heads()
        found = heads.next(chain, self.trust.found)
        own = [one for one in self.queued() if one.chain == chain and one.problem is None and one.seq >= found.seq]
        if own:  # what lies before that the log has, or has something else for
            last = max(own, key=lambda one: one.seq)
            return last.seq + 1, last.statement
        if not begins and not heads.knows(chain):
            raise refuse("OUTBOX_HEAD", field="chain", found=chain, expected=Phrase("联网时读取的链头", "a head that was read online"))
        return found.seq, found.prev

    def draft(
        self, kind: str, chain: str, body: object, by: Sequence[str], *, at_s: int, principal: str | None = None, begins: bool = False
    ) -> Draft:
        """The next statement of a chain, as it would be signed; nothing is kept."""
        seq, prev = self.next(chain, begins=begins)
        return Draft(kind=kind, chain=chain, seq=seq, prev=prev, by=tuple(by), at=format_at(at_s), body=body, principal=principal)

    def sign(
        self, kind: str, chain: str, body: object, keys: Mapping[str, PrivateKey | None], *,
        at_s: int, principal: str | None = None, begins: bool = False,
    ) -> Queued:  # fmt: skip
        """The next statement of a chain, signed by the ``keys`` that are here; who has none here signs later (``None``), but is named. ``at_s``:
        when it happened, Unix seconds."""
        with self._locked():
            draft = self.draft(kind, chain, body, tuple(keys), at_s=at_s, principal=principal, begins=begins)
            cosigning = cosigning_of(draft.to_bytes())
            for place, key in enumerate(keys.values()):
                cosigning = cosigning if key is None else _signed(cosigning, place, key)
            return self._keep(cosigning)

    def cosign(self, name: str, uscc: str, key: PrivateKey) -> Queued:
        """Add the signature of one of ``by``, or put another in its place: the bytes stay, and a refused one is sent again (formats §2)."""
        with self._locked():
            one = self.find(name)
            if uscc not in one.by:
                raise refuse("OUTBOX_SIGNER", field="by", found=uscc, expected=", ".join(one.by))
            return self._rewrite(one, _signed(one.cosigning, one.by.index(uscc), key), is_again=True)

    def redo(self, name: str, keys: Mapping[str, PrivateKey | None]) -> Queued:
        """Sign the same again at the present end of its chain, with its own time, where another device was first; the refused one is put aside.
        Refusal OUTBOX_REDO for what was not refused for its place."""
        one = self.find(name)
        if one.problem is None or one.problem.code not in ("CHAIN_CONFLICT", "PREV_MISMATCH", STOPPED) or one.by != tuple(keys):
            raise refuse(
                "OUTBOX_REDO", field="statement", found=one.statement[:12], expected="CHAIN_CONFLICT, PREV_MISMATCH, PREDECESSOR_MISSING"
            )
        fields = parse(one.cosigning.body)
        done = self.sign(one.kind, one.chain, fields["body"], keys, at_s=parse_at(one.at), principal=fields.get("for"))
        self.drop(one.statement)
        return done

    def take(self, brought: CosignedStatement) -> Queued:
        """What another device shows: a statement with its signatures, or the signatures of one that is here. Again is no harm. Refusal
        OUTBOX_TAKEN where another statement has its place here, OUTBOX_UNKNOWN for signatures of nothing that is here."""
        with self._locked():
            known = {one.statement: one for one in self.queued()}
            if (one := known.get(brought.statement)) is not None:
                together = merged([one.cosigning, brought])
                return one if together == one.cosigning else self._rewrite(one, together, is_again=False)
            if not brought.body:
                raise refuse("OUTBOX_UNKNOWN", field="statement", found=brought.statement[:12])
            new = _queued(0, brought)
            for other in known.values():
                if other.problem is None and (other.chain, other.seq) == (new.chain, new.seq):
                    raise refuse("OUTBOX_TAKEN", field="seq", found=new.statement[:12], expected=other.statement[:12])
            return self._keep(brought)

    def ready(self) -> list[Queued]:
        """What can be sent: signed by all, in order, and built on nothing that lacks a signature."""
        waiting, found = set[str](), []
        for one in sorted(self.queued(), key=lambda one: (one.seq, one.number)):
            if one.problem is None:
                if one.lacking or one.prev in waiting:
                    waiting.add(one.statement)
                else:
                    found.append(one)
        return found

    def bundle_path(self, chain: str) -> Path:
        """Where the evidence of a manifest is kept, as it was when there was a network."""
        (folder := self.root / "bundles").mkdir(exist_ok=True)
        return folder / f"{chain.replace('/', '_')}.json"

    def export(self, envelopes: Sequence[Envelope], chain: str) -> bytes:
        """Signed statements as evidence before the log has them, with the bundle of ``chain`` that is kept here; docs/formats/unlogged.md."""
        path = self.bundle_path(chain)
        return write_unlogged(self.trust.origin, self.trust.found, envelopes, read_whole(path, KEPT_MAX) if path.exists() else b"")

    def drop(self, name: str) -> Path:
        """Put a refused one aside, reasons and all; where it lies then. Nothing is ever deleted that the log does not have."""
        with self._locked():
            one = self.find(name)
            (aside := self.root / "aside").mkdir(exist_ok=True)
            path = self._path(one)
            for moved in (path.with_suffix(_PROBLEM), path):
                if moved.exists():
                    moved.replace(aside / moved.name)
            return aside / path.name

    # ------------------------------------------------------------------ with a network

    async def fetch(self, client: AsyncLiandan, chains: Sequence[str]) -> None:
        """Read the heads of chains, so that the device can go on with them offline, or go on for another that is lost."""
        for chain in chains:
            head = await client.resume(chain)
            with self._locked():
                self._learn(chain, head)

    async def submit(self, client: AsyncLiandan) -> list[Sent]:
        """Send all that is ready in one request, and keep what the log says of each. Unavailable when it cannot be reached: nothing is lost, and
        the same is sent another time. ``client`` is one of this log."""
        sent: list[Sent] = []
        ready = self.ready()
        for start in range(0, len(ready), SENT_MAX):
            part = ready[start : start + SENT_MAX]
            self._step("submit.before")
            answers = await client.post_batch([one.envelope for one in part])
            self._step("submit.after")
            for one, answer in zip(part, answers, strict=True):
                sent.append(self._settle(one, answer))
        return sent

    def contest(self, name: str, uscc: str, key: PrivateKey, reason: str, at_s: int) -> Queued:
        """Sign the contest that the answer to a refused act has prepared, to be sent with the rest; Refusal OUTBOX_REMEDY where there is none, or
        where what was prepared is anything else: no server has a device sign what it likes."""
        one = self.find(name)
        remedy = None if one.problem is None else one.problem.remedy
        if remedy is None or uscc not in remedy.by:
            raise refuse(
                "OUTBOX_REMEDY", field="statement", found=one.statement[:12], expected=", ".join(() if remedy is None else remedy.by)
            )
        text = b64.encode(freeze(one.envelope))
        act, said = read_contested(text), remedy.body
        chain = "" if act is None else contest_chain(act)
        if (remedy.kind, remedy.chain, said.get("envelope"), sorted(said)) != (
            CONTEST,
            chain,
            text,
            ["codes", "envelope", "reason", "trunk"],
        ):
            raise refuse("OUTBOX_REMEDY", field="remedy", found=f"{remedy.kind} {remedy.chain}"[:200], expected=f"{CONTEST} {chain}")
        if (known := next((other for other in self.queued() if other.chain == remedy.chain), None)) is not None:
            return known
        return self.sign(remedy.kind, remedy.chain, {**remedy.body, "reason": reason}, {uscc: key}, at_s=at_s, begins=True)

    # ------------------------------------------------------------------ files

    def _settle(self, one: Queued, answer: Receipt | Problem) -> Sent:
        with self._locked():
            if isinstance(answer, Problem):
                if answer.head is not None:
                    self._learn(one.chain, answer.head)
                if self._comes_later(one, answer):
                    return Sent(queued=one, problem=answer, is_kept=True)
                write_durably(self._path(one).with_suffix(_PROBLEM), msgspec.json.encode(answer))
                return Sent(queued=replace(one, problem=answer), problem=answer)
            self.receipts.keep(answer)
            self._step("settle.kept")
            self._learn(one.chain, ChainHead(chain=one.chain, seq=one.seq, hash=one.statement, index=answer.index))
            self._step("settle.learnt")
            self._path(one).with_suffix(_PROBLEM).unlink(missing_ok=True)
            self._path(one).unlink(missing_ok=True)
            return Sent(queued=one, receipt=answer)

    def _comes_later(self, one: Queued, problem: Problem) -> bool:
        """Whether the same may be admitted another time: the log is busy, or what it builds on is on another device. Not where that was refused."""
        if problem.code == "STATEMENT_STALE":  # of what happened, the future alone is refused: the device's clock is fast
            return one.kind in FACTS
        if problem.code != STOPPED or problem.remedy is not None:
            return problem.code in LATER
        return not any(other.statement == one.prev and other.problem is not None for other in self.queued())

    def _learn(self, chain: str, head: ChainHead | None) -> None:
        """What the log has said of a chain, unless more is known already."""
        heads = self._heads()
        known = heads.next(chain, self.trust.found).seq if heads.knows(chain) else 0
        if head is not None and head.seq + 1 > known:
            heads.advance(chain, head.seq, head.hash)

    def _heads(self) -> Heads:
        return Heads(self.root / "heads.json")

    def _keep(self, cosigning: CosignedStatement) -> Queued:
        number = max((one.number for one in self.queued()), default=0) + 1
        one = _queued(number, cosigning)
        self._step("sign.before")
        write_durably(self._path(one), write_text(cosigning).encode())
        self._step("sign.after")
        return one

    def _rewrite(self, one: Queued, cosigning: CosignedStatement, *, is_again: bool) -> Queued:
        write_durably(self._path(one), write_text(cosigning).encode())
        again = {one.statement} if is_again else set()
        for other in sorted(self.queued(), key=lambda other: other.seq) if is_again else ():
            if other.statement in again or (other.prev in again and other.problem is not None and other.problem.code == STOPPED):
                again.add(other.statement)  # what was refused for want of this one alone goes with it
                self._path(other).with_suffix(_PROBLEM).unlink(missing_ok=True)
        return replace(one, cosigning=cosigning, problem=None if is_again else one.problem)

    def _read(self, path: Path) -> Queued:
        try:
            one = _queued(int(path.name[:8]), read_text(read_whole(path, TEXT_MAX).decode("ascii", "replace")))
        except (Refusal, ValueError):  # what it was nobody knows: going on without it would sign its place twice
            raise refuse("OUTBOX_FORM", field=path.name) from None
        problem = path.with_suffix(_PROBLEM)
        return replace(one, problem=msgspec.json.decode(read_whole(problem, KEPT_MAX), type=Problem)) if problem.exists() else one

    def _path(self, one: Queued) -> Path:
        return self._queue / f"{one.number:08d}-{one.statement}{_TEXT}"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One program at a time; a killed one holds nothing."""
        with (self.root / ".lock").open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _signed(cosigning: CosignedStatement, place: int, key: PrivateKey) -> CosignedStatement:
    return cosigning.signed(place, Signature(key.keyid, key.sign(cosigning.envelope.message)))


def _queued(number: int, cosigning: CosignedStatement) -> Queued:
    """A statement as its own bytes tell it; Refusal OUTBOX_FORM for bytes that are none."""
    fields = parse(cosigning.body)
    try:
        told = {name: fields[name] for name in ("kind", "chain", "seq", "prev", "by", "at")}
        return msgspec.convert({"number": number, "cosigning": cosigning, **told}, Queued)
    except (KeyError, msgspec.ValidationError):
        raise refuse("OUTBOX_FORM", field="statement", found=cosigning.statement[:12]) from None


def write_durably(path: Path, content: bytes) -> None:
    """Put a file in its place, whole, before anything goes on: it is there after a crash, or was never there."""
    temporary = path.with_name(f".{path.name[:80]}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
