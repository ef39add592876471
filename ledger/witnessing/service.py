"""A running witness: memory, keys, clock and mirrors behind the three addresses of tlog-witness.

One submission: read it and verify the log's signature; judge it against what was cosigned last; let the mirror fetch and check the entries;
judge again, sign, verify the own signature, put the head on disk by compare-and-swap; only then answer. Whoever loses a race gets 409.
"""

import asyncio
import time
from collections.abc import Callable, Mapping

import httpx
import structlog
from msgspec import Struct
from msgspec.structs import replace

from ledger.tree.checkpoint import open_checkpoint
from ledger.witnessing import server
from ledger.witnessing.mirror import Mirror
from ledger.witnessing.server import AddCheckpointRequest, Conflict, Cosigner, KnownLog, OwnSignatureWrong, judge, parse_known
from ledger.witnessing.store import StoreFailed, WitnessStore
from ledger.witnessing.wire import SIZE_TYPE, Unreadable, encode_size, fetch, log_id
from signing.phrase import Phrase, word_in
from signing.refusal import Refusal, refuse

log = structlog.get_logger("ledger.witness")

TEXT = "text/plain; charset=utf-8"
_ANSWERS = {
    "WITNESS_REQUEST": (400, "invalid input"),
    "NOTE_FORM": (400, "invalid input"),
    "CHECKPOINT_FORM": (400, "invalid checkpoint"),
    "NOTE_SIGNATURE": (403, "invalid signature"),
    "WITNESS_LOG_UNKNOWN": (404, "unknown log"),
    "PROOF_WRONG": (422, "bad consistency proof"),
    "MIRROR_BEHIND": (503, "mirror is behind"),
    "MIRROR_MISMATCH": (503, "entries do not match the checkpoint"),
}
"""Status and first words by code; 409 is a size and no refusal. 503 is a mirror's: tlog-witness has no status for "not yet"."""
VKEYS_MAX = 64 * 1024


class WitnessAnswer(Struct, frozen=True):
    """What a submission is answered with."""

    status: int
    body: bytes
    content_type: str = TEXT


class LogStatus(Struct, frozen=True, kw_only=True):
    """How far a witness is with one log. Sizes only; nothing of the entries."""

    origin: str
    id: str
    offered: int  # largest size the log has submitted with a valid signature since the start
    cosigned: int
    cosigned_at: int  # POSIX seconds; 0 before the first
    mirrored: int | None = None  # entries fetched and checked; None without a mirror
    lag: int  # entries offered and not cosigned yet
    fault: str = ""  # why the mirror is not further
    data_missing: int = 0  # adopted data files that could not be fetched yet


class WitnessStatus(Struct, frozen=True, kw_only=True):
    """What ``GET <prefix>/status`` shows."""

    name: str
    vkeys: tuple[str, ...]
    is_mirror: bool
    logs: tuple[LogStatus, ...]


class Witness:
    """One witness for the logs it knows."""

    def __init__(
        self, cosigner: Cosigner, logs: Mapping[str, KnownLog], store: WitnessStore, *,
        mirrors: Mapping[str, Mirror] | None = None, clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._cosigner, self._logs, self._store, self._clock = cosigner, dict(logs), store, clock
        self._mirrors = dict(mirrors or {})
        self._by_id = {log_id(origin): origin for origin in self._logs}
        self._offered: dict[str, int] = {}

    def check_memory(self) -> None:
        """Refuse to start (WITNESS_STORE) with a store that has forgotten what the mirror holds with our cosignature."""
        for origin, mirror in self._mirrors.items():
            note = mirror.files.read("checkpoint")
            if note is None:
                continue
            opened = open_checkpoint(note, self._logs[origin].vkeys, self._cosigner.vkeys)
            known = self._store.head(origin).size
            if opened.cosignatures and opened.checkpoint.size > known:
                raise refuse(
                    "WITNESS_STORE",
                    field=origin,
                    found=f"size {known}",
                    expected=Phrase(f"至少 {opened.checkpoint.size}", f"at least {opened.checkpoint.size}"),
                )

    async def add_checkpoint(self, raw: bytes) -> WitnessAnswer:
        """The answer to ``POST <prefix>/add-checkpoint``; never raises on what comes from outside."""
        try:
            submission = await asyncio.to_thread(self.read, raw)
            mirror = self._mirrors.get(submission.log.origin)
            if mirror is not None:
                await asyncio.to_thread(lambda: judge(submission, self._store.head(submission.log.origin)))
                await mirror.fetch_up_to(submission)
            return await asyncio.to_thread(self.commit, submission, mirror)
        except Conflict as conflict:
            return WitnessAnswer(409, encode_size(conflict.size), SIZE_TYPE)
        except Refusal as refusal:
            return self._refused(refusal)
        except (StoreFailed, OwnSignatureWrong) as error:
            log.critical("witness_failed", error=f"{type(error).__name__}: {error}")
            return WitnessAnswer(500, b"internal error: nothing was cosigned\n")

    def read(self, raw: bytes) -> AddCheckpointRequest:
        """The submission in a body, its log's signature verified; refuses as ``server.read_submission``."""
        submission = server.read_submission(raw, self._logs)
        origin = submission.log.origin
        self._offered[origin] = max(self._offered.get(origin, 0), submission.checkpoint.size)
        return submission

    def commit(self, submission: AddCheckpointRequest, mirror: Mirror | None = None) -> WitnessAnswer:
        """Judge, sign, persist, answer; Conflict, Refusal, StoreFailed, OwnSignatureWrong. The signature leaves only with the answer."""
        origin = submission.log.origin
        head = self._store.head(origin)
        judge(submission, head)
        new, lines = server.cosign(submission, self._cosigner, int(self._clock()))
        if not self._store.swap(origin, head, new):
            raise Conflict(self._store.head(origin).size)
        if mirror is not None:
            mirror.keep_checkpoint(new.size, new.note)
        return WitnessAnswer(200, lines)

    def _refused(self, refusal: Refusal) -> WitnessAnswer:
        reason = refusal.reasons[0]
        status, phrase = _ANSWERS.get(reason.code, (400, "invalid input"))
        if status in (422, 503):
            log.error("not_cosigned", code=reason.code, field=reason.field, found=str(reason.found), expected=str(reason.expected))
        rule = server.RULES.get(reason.code)
        found, expected = word_in(reason.found, "en"), word_in(reason.expected, "en")
        detail = ", ".join(part for part in (reason.field, found and f"found {found}", expected) if part)
        text = f"{phrase}: {detail}\n{'' if rule is None else rule.zh + chr(10)}"
        return WitnessAnswer(status, text.encode("utf-8", "backslashreplace"))

    def latest(self, id_: str) -> bytes | None:
        """The newest cosigned checkpoint of a log by its id, or None. StoreFailed."""
        origin = self._by_id.get(id_)
        return None if origin is None else self._store.head(origin).note or None

    def status(self) -> WitnessStatus:
        """How far this witness is with every log. StoreFailed."""
        logs = tuple(self._log_status(origin) for origin in sorted(self._logs))
        return WitnessStatus(name=self._cosigner.name, vkeys=self._cosigner.vkeys, is_mirror=bool(self._mirrors), logs=logs)

    def _log_status(self, origin: str) -> LogStatus:
        head, mirror = self._store.head(origin), self._mirrors.get(origin)
        offered = max(self._offered.get(origin, 0), head.size)
        lag, at, id_ = offered - head.size, head.at, log_id(origin)
        known = LogStatus(origin=origin, id=id_, offered=offered, cosigned=head.size, cosigned_at=at, lag=lag)
        if mirror is None:
            return known
        return replace(known, mirrored=mirror.size, fault=mirror.fault, data_missing=len(self._store.missing_data(origin)))


async def learn(http: httpx.AsyncClient, store: WitnessStore, url: str, *, first_use: bool) -> Mapping[str, KnownLog]:
    """The log at an address by the keys it was first met with; Refusal WITNESS_PIN, VKEY_FORM, WITNESS_LOGS.

    Only with ``first_use`` are keys pinned that nobody has checked. Afterwards the address must show the same keys for ever.
    """
    pinned = store.pinned_keys(url)
    if not pinned and not first_use:
        raise refuse(
            "WITNESS_PIN",
            field=url,
            found=Phrase("没有密钥", "no keys"),
            expected=Phrase("账本清单中的公钥", "the log's keys in the list of logs"),
        )
    try:
        answer = await fetch(http, f"{url.rstrip('/')}/log.vkey", most=VKEYS_MAX)
        if answer.status != 200:
            raise Unreadable(f"HTTP {answer.status}")
    except Unreadable as error:
        raise refuse(
            "WITNESS_PIN", field=url, found=error, expected=Phrase("/log.vkey 上的账本公钥", "the log's keys at /log.vkey")
        ) from None
    shown = parse_known(answer.body)
    vkeys = tuple(vkey for known in shown.values() for vkey in known.vkeys)
    if store.pin(url, vkeys) != vkeys:
        raise refuse(
            "WITNESS_PIN", field=url, found=" ".join(shown), expected=Phrase("首次使用时固定的公钥", "the keys pinned on first use")
        )
    if not pinned:
        log.warning("trusted_on_first_use", url=url, vkeys=vkeys)
    return {known.origin: KnownLog(known.origin, known.vkeys, url) for known in shown.values()}
