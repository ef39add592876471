"""AsyncLiandan: one party's way to a log."""

import time
from collections.abc import Mapping, Sequence
from hashlib import sha256
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import msgspec

from ledger.admission.statement import Draft, hash_of
from ledger.answers import BatchEnd, BatchLine, FeedPage, LogAnswer, PartyAnswer, RefusalPage
from ledger.evidence.model import EvidenceTaken
from ledger.model import Seen
from ledger.pending.answers import PendingAnswer, PendingPage
from ledger.problem import ChainHead, Problem
from ledger.times import format_at
from ledger.tree.checkpoint import Checkpoint, open_checkpoint
from ledger.tree.merkle import consistency_proof, verify_consistency
from ledger.tree.tiles import TileReader, tiles_needed
from liandan.client.receipt import Claimed, Heads, Receipt, ReceiptFolder, Trust, check_receipt
from liandan.client.transport import Dishonest, RequestRefused, Transport, Unavailable
from signing import b64
from signing.envelope import PAYLOAD_STATEMENT, Envelope, Signature, freeze, parse_envelope
from signing.keys import PrivateKey
from signing.payload import parse
from signing.refusal import Refusal
from whitelist.check_answers import CheckAnswers

T = TypeVar("T")
PUBLICATION_S = 30
"""How long the log is asked to wait for publication in one request."""
WAITING = {"Prefer": f"wait={PUBLICATION_S}"}
READS = frozenset(
    (
        "approvals", "chains", "feed", "listings", "lists", "manifests", "movements", "no-record.pdf", "open-items",
        "parties", "periods", "permits", "quota-alerts", "quotas", "reconciliations", "refusals", "work",
    )
)  # fmt: skip
"""First segments behind ``/v1/`` of what is read with ``min_size``."""
CONSISTENCY_EVERY_S = 60.0
"""How often it is proved that the log only grew since the checkpoint last proved; also when the client is closed."""


class AsyncLiandan:
    """Draft, sign, post, verify, keep. One instance per party and log; safe for concurrent use on different chains."""

    def __init__(
        self, base_url: str, key: PrivateKey | None = None, *, uscc: str = "", trust: Trust | None = None, pinned_found: str = "",
        folder: ReceiptFolder | None = None, heads: Heads | None = None, patience_s: float = 60.0, states_seen: bool = True,
        http: httpx.AsyncClient | None = None,
    ) -> None:  # fmt: skip
        """``key`` signs and logs in for the party ``uscc``. Without ``trust`` the server's first answer is pinned (trust on first use);
        ``pinned_found`` is the hash of ``log.found`` that it must have, where its keys are not known beforehand.
        ``states_seen`` puts the newest verified checkpoint into each draft: whoever shows another history later is convicted by it.
        """
        self._transport = Transport(base_url, key, patience_s=patience_s, http=http)
        self._key, self.uscc, self.trust, self._folder = key, uscc, trust, folder
        self._pinned_found = pinned_found
        self.heads = heads or Heads()
        self._states_seen = states_seen
        self.checkpoint: Checkpoint | None = None
        """The newest checkpoint that the pinned keys signed."""
        self._wrote = 0
        """Size of the log that holds everything this client has posted: what it reads reflects at least that (``min_size``)."""
        self._proved: Checkpoint | None = None
        self._proved_at = float("-inf")

    async def __aenter__(self) -> Self:
        try:
            await self.connect()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if error is None:
                await self.check_growth()
        finally:
            await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def connect(self) -> None:
        """Learn or check what the log is, go on from the folder's checkpoint, and log in if there is a key."""
        if self.trust is None:
            found = await self.log()
            if self._pinned_found not in ("", found.found):
                raise Dishonest(f"账本是 {found.found}，所记的是 {self._pinned_found}：不是同一本 / another log than pinned")
            if found.found is None:
                return
            self.trust = Trust(origin=found.origin, found=found.found, log_keys=found.log_keys)
        if self._folder is not None:
            self.keep_in(self._folder)
        await self._transport.login(self.trust.origin)
        self.uscc = self.uscc or self._transport.uscc

    def keep_in(self, folder: ReceiptFolder) -> None:
        """Keep receipts there from now on, and go on from the checkpoint that it holds; for a client that knows its log."""
        assert self.trust is not None, "connect first, or give trust"
        self._folder, note = folder, folder.checkpoint()
        if note is not None:
            self.checkpoint = self._proved = open_checkpoint(note, self.trust.log_keys).checkpoint

    @property
    def address(self) -> str:
        """Of the server."""
        return self._transport.base_url

    async def log(self) -> LogAnswer:
        """What the log says it is."""
        return await self._transport.read(LogAnswer, "/v1/log")

    async def found(self, envelope: Envelope) -> str:
        """Post ``log.found`` to a log that does not exist yet; its statement hash. Whoever trusts the log pins it."""
        await self._transport.send("POST", "/v1/statements", content=freeze(envelope), headers=WAITING)
        return hash_of(envelope)

    def set_now(self, now_s: int | None) -> None:
        """The present of a simulated log, Unix seconds; every request carries it, and drafts claim it."""
        self._transport.now_s = now_s

    async def check_growth(self) -> None:
        """Prove from hash tiles that the newest checkpoint extends the one proved before; Dishonest when it does not."""
        new, old = self.checkpoint, self._proved
        if new is None:
            return
        if old is not None and old != new:
            await self._prove(*sorted((old, new), key=lambda checkpoint: checkpoint.size))
        self._proved, self._proved_at = new, time.monotonic()

    async def _prove(self, old: Checkpoint, new: Checkpoint) -> None:
        if old.size == new.size:
            if old.root != new.root:
                raise Dishonest(f"two roots for size {old.size}: {b64.encode(old.root)} and {b64.encode(new.root)}")
            return
        tiles = tiles_needed(new.size, lambda hash_at: consistency_proof(old.size, new.size, hash_at))
        files = {tile.path: await self._transport.get(f"/{tile.path}") for tile in tiles}
        try:
            proof = consistency_proof(old.size, new.size, TileReader(new.size, files.get).hash_at)
            verify_consistency(old.size, new.size, old.root, new.root, proof)
        except Refusal as refusal:
            raise Dishonest(f"size {new.size} does not extend size {old.size}: {refusal}") from refusal

    async def draft(
        self, kind: str, chain: str, body: object, *, by: Sequence[str] = (), principal: str | None = None, at_s: int | None = None
    ) -> Draft:
        """The next statement of a chain, as :meth:`draft_offline` says; a chain that is not known here is asked for once."""
        if not self.heads.knows(chain):
            await self.resume(chain)
        return self.draft_offline(kind, chain, body, by=by, principal=principal, at_s=at_s)

    def draft_offline(
        self, kind: str, chain: str, body: object, *, by: Sequence[str] = (), principal: str | None = None, at_s: int | None = None
    ) -> Draft:
        """The next statement of a chain, without a network: a chain that is not known here begins here. ``by`` defaults to this client's
        party alone; ``at_s`` (Unix seconds) to now.
        """
        assert self.trust is not None, "connect first, or give trust"
        place = self.heads.next(chain, self.trust.found)
        now_s = self._transport.now_s if self._transport.now_s is not None else int(time.time())
        seen = None
        if self._states_seen and self.checkpoint is not None and self.checkpoint.size > 0:
            seen = Seen(self.checkpoint.size, b64.encode(self.checkpoint.root))
        signers, at = tuple(by) or (self.uscc,), format_at(now_s if at_s is None else at_s)
        return Draft(kind=kind, chain=chain, seq=place.seq, prev=place.prev, by=signers, at=at, body=body, principal=principal, seen=seen)

    def sign(self, draft: Draft, *others: PrivateKey) -> Envelope:
        """Sign with this client's key, then with ``others`` in the order of ``by``. The chain goes on from here, also offline."""
        assert self._key is not None, "this client has no key"
        envelope = draft.sign([self._key, *others])
        self.heads.advance(draft.chain, draft.seq, hash_of(envelope))
        return envelope

    def signature(self, envelope: Envelope) -> Signature:
        """This client's signature alone, over what others sign too."""
        assert self._key is not None, "this client has no key"
        return Signature(self._key.keyid, self._key.sign(envelope.message))

    async def resume(self, chain: str) -> ChainHead | None:
        """Ask the log for the head of a chain and go on from it."""
        try:
            head: ChainHead | None = await self._read(ChainHead, f"/v1/chains/{chain}")
        except RequestRefused as refused:
            if refused.codes != ["NOT_FOUND"]:
                raise
            head = None
        self.heads.learn(chain, head)
        return head

    async def post(self, envelope: Envelope) -> Receipt:
        """Post one envelope until it is published; the verified receipt, kept in the folder. Refused, Unavailable, Dishonest. Posting the
        same envelope again is answered with the first entry, so a lost answer costs nothing.
        """
        ends = time.monotonic() + PUBLICATION_S * 2
        while True:
            try:
                answer = await self._transport.send("POST", "/v1/statements", content=freeze(envelope), headers=WAITING)
            except RequestRefused as refused:
                self._turned_down(envelope, refused.problem)
                raise
            if answer.status_code != 202:
                receipt = await self._believe(envelope, msgspec.json.decode(answer.content, type=Claimed))
                await self._after_posting()
                return receipt
            if time.monotonic() > ends:
                raise Unavailable(
                    "已写入，尚未发布，还没有回执：稍后原样重发 / committed, not published in time: post it again later for the receipt"
                )

    async def post_batch(self, envelopes: Sequence[Envelope], *, atomic: bool = False) -> list[Receipt | Problem]:
        """Post a whole offline chain in one request; one receipt or problem per envelope, in order. Unavailable when not published."""
        raw = b"\n".join(map(freeze, envelopes)) + b"\n"
        params = {"atomic": "true"} if atomic else {}
        answer = await self._transport.send("POST", "/v1/statements/batch", content=raw, params=params, headers=WAITING)
        *texts, last = answer.content.rstrip(b"\n").split(b"\n")
        lines = [msgspec.json.decode(text, type=BatchLine) for text in texts]
        end = msgspec.json.decode(last, type=BatchEnd)
        if len(lines) != len(envelopes):
            raise Dishonest(f"{len(lines)} answers to {len(envelopes)} envelopes")
        found = [await self._line(envelope, line, end) for envelope, line in zip(envelopes, lines, strict=True)]
        await self._after_posting()
        return found

    async def _line(self, envelope: Envelope, line: BatchLine, end: BatchEnd) -> Receipt | Problem:
        if line.problem is not None:
            self._turned_down(envelope, line.problem)
            return line.problem
        if line.index is None or end.checkpoint is None:
            return await self.post(envelope)
        claim = Claimed(index=line.index, entry=line.entry, inclusion=line.inclusion, checkpoint=end.checkpoint, is_new=line.status == 201)
        return await self._believe(envelope, claim)

    async def _believe(self, envelope: Envelope, claim: Claimed) -> Receipt:
        assert self.trust is not None, "connect first, or give trust"
        receipt = check_receipt(envelope, claim, self.trust)
        self._wrote = max(self._wrote, receipt.index + 1)
        if self._folder is not None:
            self._folder.keep(receipt)
        if self.checkpoint is None or receipt.checkpoint.size >= self.checkpoint.size:
            if self.checkpoint is not None and receipt.checkpoint.size == self.checkpoint.size:
                await self._prove(self.checkpoint, receipt.checkpoint)
            self.checkpoint = receipt.checkpoint
            if self._folder is not None:
                self._folder.keep_checkpoint(receipt.note)
        return receipt

    async def _after_posting(self) -> None:
        if time.monotonic() - self._proved_at >= CONSISTENCY_EVERY_S:
            await self.check_growth()

    def _turned_down(self, envelope: Envelope, problem: Problem) -> None:
        """Keep the signed refusal, and take the chain back to where the log has it."""
        if self._folder is not None:
            self._folder.keep_refusal(problem)
        try:
            fields = parse(envelope.body)
            chain, seq, prev = str(fields["chain"]), int(fields["seq"]), str(fields["prev"])
        except (Refusal, KeyError, ValueError):
            return
        if problem.head is not None:
            self.heads.learn(chain, problem.head)
        elif seq == 0:
            self.heads.learn(chain, None)
        else:
            self.heads.advance(chain, seq - 1, prev)

    async def offer(self, envelope: Envelope) -> PendingAnswer:
        """Bring a statement that lacks signatures to those named in it, or add this client's to one that is there; nothing is in the log until
        the last has signed. Then its receipt is verified and kept like that of a post. Refused, Unavailable, Dishonest.
        """
        try:
            raw = (await self._transport.send("POST", "/v1/pending", content=freeze(envelope), headers=WAITING)).content
        except RequestRefused as refused:
            if self._folder is not None:
                self._folder.keep_refusal(refused.problem)
            raise
        answer = msgspec.json.decode(raw, type=PendingAnswer)
        if (told := answer.receipt) is not None:
            claim = Claimed(index=told.index, entry=told.entry, inclusion=told.inclusion, checkpoint=told.checkpoint, is_new=told.is_new)
            await self._believe(envelope, claim)
        return answer

    async def pending(self, *, unsigned: bool | None = None, cursor: str | None = None) -> PendingPage:
        """Statements that wait for signatures, of those that name this party; ``unsigned``: that it has still to sign, or has signed."""
        asked = {"unsigned": None if unsigned is None else str(unsigned).lower(), "cursor": cursor}
        return await self._transport.read(PendingPage, "/v1/pending", **{name: value for name, value in asked.items() if value is not None})

    async def fetch_pending(self, statement: str) -> Envelope:
        """One of them, with the signatures so far: look at ``body``, then :func:`cosign` and :meth:`offer` it. Dishonest where the bytes are not
        those of that hash; LookupError once it is an entry, or has no signature left."""
        answer = await self._transport.read(PendingAnswer, f"/v1/pending/{statement}")
        if answer.envelope is None:
            raise LookupError(f"{statement} is {answer.state}")
        envelope = parse_envelope(msgspec.json.encode(answer.envelope), payload_type=PAYLOAD_STATEMENT)
        if hash_of(envelope) != statement:
            raise Dishonest(f"the bytes of {hash_of(envelope)} were shown for {statement}")
        return envelope

    async def feed(self, after: int = -1, limit: int = 256, *, min_size: int | None = None) -> FeedPage:
        """Published entries behind an index, of a log of ``min_size`` entries at least; without it, of what this client has posted."""
        return await self._read(FeedPage, "/v1/feed", after=after, limit=limit, **({} if min_size is None else {"min_size": min_size}))

    async def refusals(self, before: int | None = None, limit: int = 100) -> RefusalPage:
        """Refused statements with their receipts, newest first."""
        return await self._read(RefusalPage, "/v1/refusals", before=before, limit=limit)

    async def check(
        self,
        transfers: Sequence[object],
        *,
        as_of: int | None = None,
        as_of_time: str | None = None,
        at: str | None = None,
        alone: bool | None = None,
        alternatives: int | None = None,
    ) -> CheckAnswers:
        """Ask whether transfers (试算) could be issued one after the other, or each ``alone``, now or as of a size or time, and who else could take each
        line, so many at most; nothing is written. Refused for a malformed question."""
        question = {
            "transfers": list(transfers),
            "as_of": as_of,
            "as_of_time": as_of_time,
            "at": at,
            "alone": alone,
            "alternatives": alternatives,
        }
        raw = msgspec.json.encode({name: value for name, value in question.items() if value is not None})
        params, headers = self._mine(), {"Content-Type": "application/json"}
        answer = await self._transport.send("POST", "/v1/checks", content=raw, params=params, headers=headers)
        return msgspec.json.decode(answer.content, type=CheckAnswers)

    async def party(self, uscc: str) -> PartyAnswer:
        """A party with its keys."""
        return await self._read(PartyAnswer, f"/v1/parties/{uscc}")

    async def get(self, path: str, **params: str | int | None) -> bytes:
        """Any other resource of the server, e.g. ``/checkpoint``, a tile or ``/v1/manifests``, which reflects what was posted here."""
        is_read = path.startswith("/v1/") and path.split("/")[2] in READS and path != "/v1/manifests/machine"
        return await self._transport.get(path, **({**self._mine(), **params} if is_read else params))

    async def _read(self, form: type[T], path: str, **params: Any) -> T:
        """An answer that reflects what this client has posted."""
        return await self._transport.read(form, path, **{**self._mine(), **params})

    def _mine(self) -> dict[str, int]:
        return {"min_size": self._wrote} if self._wrote else {}

    async def put_file(self, content: bytes, media_type: str) -> EvidenceTaken:
        """Bring an attachment to the evidence store, before or after the statement that names it; again is no harm. Refused, Unavailable."""
        digest = sha256(content).digest()
        headers = {"Content-Type": media_type, "Content-Digest": f"sha-256=:{b64.encode(digest)}:"}
        answer = await self._transport.send("POST", "/v1/evidence", content=content, headers=headers)
        return msgspec.json.decode(answer.content, type=EvidenceTaken)

    async def get_file(self, digest: str) -> bytes:
        """An attachment by its SHA-256 (hex), whose bytes have that hash; Refused (EVIDENCE_UNKNOWN, EVIDENCE_ABSENT), Dishonest."""
        content = await self._transport.get(f"/v1/evidence/{digest}", **self._mine())
        if sha256(content).hexdigest() != digest:
            raise Dishonest(f"other bytes were given for the file {digest}")
        return content

    async def send_file(self, path: str, content: bytes) -> bytes:
        """A file as the body of a request that stores nothing, ``POST /v1/intake?as=list``; content of the answer."""
        return (await self._transport.send("POST", path, content=content, headers={"Content-Type": "application/octet-stream"})).content

    async def ask(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> bytes:
        """Any other request with a JSON body, e.g. ``POST /v1/webhooks``; content of the answer."""
        content = None if body is None else msgspec.json.encode(body)
        given = {"Content-Type": "application/json", **(headers or {})}
        return (await self._transport.send(method, path, content=content, headers=given)).content

    async def logout(self) -> None:
        """Revoke the token before its time."""
        await self._transport.logout()


def cosign(envelope: Envelope, *keys: PrivateKey) -> Envelope:
    """The same bytes with further signatures, in the order of ``by``. Look at ``envelope.body`` first: this is what is signed."""
    added = tuple(Signature(key.keyid, key.sign(envelope.message)) for key in keys)
    return Envelope(envelope.payload_type, envelope.body, (*envelope.signatures, *added))
