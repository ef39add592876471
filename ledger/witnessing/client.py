"""Asking witnesses: the log's side of tlog-witness.

All witnesses are asked at once, each within its own time. Whatever a witness does (silence, garbage, an endless body, a size of 2^63), it
is at worst absent: nothing it says is believed but a valid line of its configured key over exactly our checkpoint, and a note signed by
our own key that contradicts us. A witness that failed rests, so that a dead one does not slow every checkpoint.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from threading import Lock

import httpx
from msgspec import Struct

from ledger.tree.checkpoint import Checkpoint, open_checkpoint, verifier, verify_cosignature
from ledger.tree.merkle import EMPTY_ROOT, verify_consistency
from ledger.tree.note import MAX_BYTES, MAX_LINES, SignatureLine, parse_line
from ledger.tree.policy import Peer, Policy
from ledger.witnessing.answers import Contradiction, ContradictionKind, Cosigned, Failure, FailureKind, Inspected
from ledger.witnessing.wire import SIZE_TYPE, AddCheckpoint, HttpAnswer, Unreadable, encode_request, fetch, log_id, parse_size
from signing.refusal import Reason, Refusal

Prove = Callable[[int], Sequence[bytes]]
"""Old size to the consistency proof from there to our checkpoint; called in a thread, never twice at once, only with 0 < old < size."""

TIMEOUT_S = 1.0
GRACE_S = 0.1
REST_S, REST_MAX_S = 0.5, 60.0
CLOCK_S = 120
_STATUS = {403: FailureKind.FORBIDDEN, 404: FailureKind.UNKNOWN_LOG, 409: FailureKind.SIZE, 422: FailureKind.PROOF}


_Found = dict[str, SignatureLine | Failure]  # by vkey


class _Memory(Struct):
    """What we remember of one address: the size it should know, and whether it is worth asking."""

    size: int = 0
    failures: int = 0
    rests_until: float = float("-inf")

    def rest(self, now: float) -> None:
        """It failed: leave it alone for a while, longer each time."""
        self.failures += 1
        self.rests_until = now + min(REST_S * 2.0 ** min(self.failures - 1, 10), REST_MAX_S)


class _Wrong(Exception):
    """One witness is absent, for one reason."""

    def __init__(self, kind: FailureKind, detail: str) -> None:
        super().__init__(detail)
        self.kind, self.detail = kind, detail


class _Round(Struct):
    """Our side of one checkpoint."""

    ours: Checkpoint
    note: bytes
    proofs: _Proofs
    contradictions: list[Contradiction]


_Tasks = Mapping[asyncio.Task[_Found], Sequence[Peer]]


class Collector:
    """Collects cosignatures for one log; remembers sizes between checkpoints (in memory: a lost size costs one more request)."""

    def __init__(self, http: httpx.AsyncClient, log_keys: Sequence[str], *, clock: Callable[[], float] = time.time) -> None:
        self._http, self._log_keys, self._clock = http, tuple(log_keys), clock
        self._memories: dict[str, _Memory] = {}
        self._proving = Lock()

    def _begin(self, note: bytes, prove: Prove, witnesses: Sequence[Peer]) -> tuple[_Round, dict[str, list[Peer]], list[Failure]]:
        """Our side, the witnesses by address, and those that have none."""
        ours = open_checkpoint(note, self._log_keys).checkpoint
        asked: dict[str, list[Peer]] = {}
        for peer in witnesses:
            asked.setdefault(peer.url, []).append(peer)
        failures = [Failure(peer.name, peer.vkey, FailureKind.NO_ADDRESS) for peer in asked.pop("", ())]
        return _Round(ours, note, _Proofs(prove, ours.size, self._proving), []), asked, failures

    async def collect(
        self, note: bytes, prove: Prove, witnesses: Sequence[Peer], policy: Policy, *,
        timeout_s: float = TIMEOUT_S, grace_s: float = GRACE_S,
    ) -> Cosigned:  # fmt: skip
        """Ask every witness to cosign our signed ``note``; back when all have answered, or ``grace_s`` after the quorum is met.

        A witness with two keys is two peers of one address and is asked once. Never raises on what a witness does.
        """
        round_, asked, failures = self._begin(note, prove, witnesses)
        tasks = {asyncio.create_task(self._ask(url, peers, round_, timeout_s)): peers for url, peers in asked.items()}
        lines: dict[str, SignatureLine] = {}
        try:
            async for found in _in_time(tasks, partial(policy.is_met_by, lines), grace_s):
                lines.update({vkey: line for vkey, line in found.items() if isinstance(line, SignatureLine)})
                failures += [failure for failure in found.values() if isinstance(failure, Failure)]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        contradictions = tuple(round_.contradictions)
        return Cosigned(lines=lines, is_quorum=policy.is_met_by(lines), failures=tuple(failures), contradictions=contradictions)

    async def inspect(self, note: bytes, prove: Prove, witnesses: Sequence[Peer], *, timeout_s: float = TIMEOUT_S) -> Inspected:
        """Compare the newest checkpoint that every witness shows with ours: at start, and now and then (design §5)."""
        round_, asked, failures = self._begin(note, prove, witnesses)
        shown = await asyncio.gather(*(self._inspect(url, peers, round_, timeout_s) for url, peers in asked.items()))
        sizes = {peers[0].name: found for peers, found in zip(asked.values(), shown, strict=True) if isinstance(found, int)}
        failures += [found for found in shown if isinstance(found, Failure)]
        return Inspected(contradictions=tuple(round_.contradictions), failures=tuple(failures), sizes=sizes)

    async def _inspect(self, url: str, peers: Sequence[Peer], round_: _Round, timeout_s: float) -> int | Failure:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._compare_latest(url, peers[0].name, round_)
        except TimeoutError:
            return Failure(peers[0].name, peers[0].vkey, FailureKind.TIMEOUT)
        except _Wrong as wrong:
            return Failure(peers[0].name, peers[0].vkey, wrong.kind, wrong.detail)

    async def _ask(self, url: str, peers: Sequence[Peer], round_: _Round, timeout_s: float) -> _Found:
        """One witness: a line or a failure for each of its keys."""
        memory = self._memories.setdefault(url, _Memory())
        now = asyncio.get_running_loop().time()
        try:
            if memory.rests_until > now:
                raise _Wrong(FailureKind.RESTING, f"{memory.failures} failures, {memory.rests_until - now:.1f} s")
            async with asyncio.timeout(timeout_s):
                answer = await self._converse(url, peers[0].name, memory, round_)
            found = _read_lines(answer.body, peers, round_.ours, self._clock())
            if not any(isinstance(line, SignatureLine) for line in found.values()):
                memory.rest(asyncio.get_running_loop().time())
            else:
                memory.failures, memory.size = 0, round_.ours.size
            return found
        except TimeoutError:
            wrong = _Wrong(FailureKind.TIMEOUT, f"no answer in {timeout_s} s")
        except _Wrong as error:
            wrong = error
        if wrong.kind != FailureKind.RESTING:
            memory.rest(asyncio.get_running_loop().time())
        return _all(peers, wrong.kind, wrong.detail)

    async def _converse(self, url: str, name: str, memory: _Memory, round_: _Round) -> HttpAnswer:
        """The answer 200 to a submission, at most once tried again from the size the witness names; _Wrong."""
        ours = round_.ours
        old = memory.size if memory.size <= ours.size else 0
        answer = await self._submit(url, old, round_)
        if answer.status == 409:
            known = _size_of(answer)
            if known is not None and known <= ours.size and known != old:
                memory.size = known
                answer = await self._submit(url, known, round_)
        if answer.status == 200:
            return answer
        kind = _STATUS.get(answer.status, FailureKind.UNAVAILABLE)
        if answer.status in (409, 422):  # does it show a note of ours that contradicts us? Without one this stays an alarm
            with suppress(_Wrong):
                await self._compare_latest(url, name, round_)
        raise _Wrong(kind, f"HTTP {answer.status}: {answer.body[:120]!a}")

    async def _submit(self, url: str, old: int, round_: _Round) -> HttpAnswer:
        body = encode_request(AddCheckpoint(old, await round_.proofs.start(old), round_.note))
        return await self._fetch(f"{url.rstrip('/')}/add-checkpoint", content=body)

    async def _fetch(self, url: str, content: bytes | None = None) -> HttpAnswer:
        try:
            return await fetch(self._http, url, most=MAX_BYTES, content=content, headers={"Content-Type": "text/plain; charset=utf-8"})
        except Unreadable as error:
            raise _Wrong(FailureKind.UNREACHABLE, str(error)) from error

    async def _compare_latest(self, url: str, name: str, round_: _Round) -> int:
        """Size of the newest checkpoint the witness shows, compared with ours; _Wrong if it shows none that our key signed."""
        answer = await self._fetch(f"{url.rstrip('/')}/{log_id(round_.ours.origin)}/checkpoint")
        if answer.status != 200:
            raise _Wrong(_STATUS.get(answer.status, FailureKind.UNAVAILABLE), f"HTTP {answer.status}")
        try:
            theirs = open_checkpoint(answer.body, self._log_keys).checkpoint
        except Refusal as refusal:
            raise _Wrong(FailureKind.NO_LINE, f"no note of ours: {refusal}") from refusal
        kind = await _contradiction(theirs, round_)
        if kind is not None:
            proof = await round_.proofs.start(theirs.size) if theirs.size < round_.ours.size else ()
            found = Contradiction(name, kind, theirs.size, theirs.root, answer.body, ours=round_.note, proof=proof)
            round_.contradictions.append(found)
        return theirs.size


async def _contradiction(theirs: Checkpoint, round_: _Round) -> ContradictionKind | None:
    """Whether a note of ours is no prefix of our tree; _Wrong when we cannot tell."""
    ours = round_.ours
    if theirs.size > ours.size:
        return ContradictionKind.AHEAD
    if theirs.size in (0, ours.size):
        return None if theirs.root == (ours.root if theirs.size else EMPTY_ROOT) else ContradictionKind.FORK
    proof = await round_.proofs.start(theirs.size)
    wrong = _mismatch(theirs.size, theirs.root, ours, proof)
    if wrong is None:
        return None
    # Our proof must be good before it accuses us: it gives both roots, except that a perfect old tree is taken from theirs.
    is_perfect = theirs.size & (theirs.size - 1) == 0
    if is_perfect and wrong.field == "new root":
        return ContradictionKind.FORK
    if wrong.field == "old root" and _mismatch(theirs.size, bytes.fromhex(str(wrong.found)), ours, proof) is None:
        return ContradictionKind.FORK
    raise _Wrong(FailureKind.OWN_PROOF, f"from {theirs.size} to {ours.size}: {wrong.field} {wrong.found}")


def _mismatch(size: int, root: bytes, ours: Checkpoint, proof: Sequence[bytes]) -> Reason | None:
    """What is wrong with a proof from (size, root) to our checkpoint."""
    try:
        verify_consistency(size, ours.size, root, ours.root, proof)
    except Refusal as refusal:
        return refusal.reasons[0]
    return None


class _Proofs:
    """Our proofs for one checkpoint: each built once, in a thread, one at a time even when the one who asked has gone."""

    def __init__(self, prove: Prove, size: int, proving: Lock) -> None:
        self._prove, self._size, self._proving = prove, size, proving
        self._built: dict[int, tuple[bytes, ...]] = {0: (), size: ()}

    async def start(self, old: int) -> tuple[bytes, ...]:
        """The proof from ``old``; _Wrong when our tiles cannot give it."""
        if old not in self._built:
            try:
                await asyncio.to_thread(self._build, old)
            except (Refusal, OSError) as error:
                raise _Wrong(FailureKind.OWN_PROOF, f"from {old} to {self._size}: {error}") from error
        return self._built[old]

    def _build(self, old: int) -> None:
        with self._proving:
            if old not in self._built:
                self._built[old] = tuple(self._prove(old))


async def _in_time(tasks: _Tasks, is_met: Callable[[], bool], grace_s: float) -> AsyncIterator[_Found]:
    """What the witnesses brought, as they answer; ``grace_s`` after ``is_met`` those that have not are LATE."""
    clock = asyncio.get_running_loop().time
    pending, ends = set(tasks), float("inf")
    while pending:
        if is_met():
            ends = min(ends, clock() + grace_s)
        left = None if ends == float("inf") else max(0.0, ends - clock())
        done, pending = await asyncio.wait(pending, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            fault = task.exception()
            yield task.result() if fault is None else _all(tasks[task], FailureKind.FAULT, repr(fault)[:200])
        if not done:
            for task in pending:
                yield _all(tasks[task], FailureKind.LATE, "")
            return


def _all(peers: Sequence[Peer], kind: FailureKind, detail: str) -> _Found:
    return {peer.vkey: Failure(peer.name, peer.vkey, kind, detail) for peer in peers}


def _size_of(answer: HttpAnswer) -> int | None:
    """The size in an answer 409, None when it is not one."""
    try:
        return parse_size(answer.body) if answer.content_type.partition(";")[0].strip() == SIZE_TYPE else None
    except Refusal:
        return None


def _read_lines(body: bytes, peers: Sequence[Peer], ours: Checkpoint, now: float) -> _Found:
    """For each key of a witness its first line, if it holds over our checkpoint and states a time near ours; the rest is dropped."""
    by_key = {(known.name, known.key_id): peer for peer in peers for known in (verifier(peer.vkey),)}
    found = _all(peers, FailureKind.NO_LINE, "no line of this key")
    for raw in body.split(b"\n")[:MAX_LINES]:
        try:
            line = parse_line(raw)
        except Refusal:
            continue
        peer = by_key.pop((line.name, line.key_id), None)
        if peer is None:
            continue
        try:
            at = verify_cosignature(ours, line, peer.vkey).timestamp
        except Refusal as refusal:
            found[peer.vkey] = Failure(peer.name, peer.vkey, FailureKind.NO_LINE, str(refusal))
            continue
        near = abs(at - now) <= CLOCK_S
        found[peer.vkey] = line if near else Failure(peer.name, peer.vkey, FailureKind.CLOCK, f"it states {at}, it is {int(now)}")
    return found
