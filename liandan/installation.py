"""This installation's log without its server: what commands on a stopped log share, how it stands, stopped or not, and its audit.

Audited are the log's database and files, then the projections that the product keeps beside them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

from asyncpg import Connection, Pool, Record
from msgspec import Struct

from ledger import store
from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import Kinds
from ledger.auditing.audit import AuditReport, Options
from ledger.auditing.database_audit import audit_database
from ledger.auditing.report import Finding
from ledger.directory import LOG_MAIN, LogState
from ledger.evidence.store import stream_references
from ledger.parties.audit import NameFold
from ledger.parties.store import stream_names
from ledger.publishing.checkpoint_store import CheckpointStore, Leadership
from ledger.publishing.files import CHECKPOINT, VKEYS, LogFiles
from ledger.searching.store import list_wrong_clocks
from ledger.tree.checkpoint import open_checkpoint
from ledger.tree.policy import parse_policy_lines, policy_text
from liandan.database import Guards, connect, database_url, fetch_guards
from liandan.settings import Settings
from liandan.wiring import KINDS
from manifests import store as manifest_rows
from manifests.feed_audit import FeedFold
from manifests.referring import ReferenceFold
from manifests.view import ViewFold, missing, position, wrong_terms
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse
from whitelist.store import stream_wrong

Progress = Callable[[int, int], None]


@asynccontextmanager
async def open_offline(
    settings: Settings, *, is_patient: bool = False
) -> AsyncIterator[tuple[Connection[Record], CheckpointStore, LogFiles]]:
    """Database with the rights of its own account, checkpoint store, files; ``is_patient`` as of ``connect``."""
    async with database_url(settings) as dsn, connect(dsn, is_patient=is_patient) as connection:
        with closing(CheckpointStore(settings.checkpoint_path)) as checkpoints:
            yield connection, checkpoints, LogFiles(settings.log_path, settings.entries_path)


@contextmanager
def alone(checkpoints: CheckpointStore, code: str) -> Iterator[None]:
    """No publisher runs meanwhile; Refusal ``code`` if one does."""
    with _leading(checkpoints.path) as is_leading:
        if not is_leading:
            raise refuse(code, found=checkpoints.path, expected=Phrase("本账本没有正在运行的服务", "no server of this log running"))
        yield


@contextmanager
def _leading(path: Path) -> Iterator[bool]:
    leadership = Leadership(path)
    try:
        yield leadership.acquire()
    finally:
        leadership.release()


def remembered_log(checkpoints: CheckpointStore) -> LogState:
    """The log as the publisher remembers it: the database is what is in doubt."""
    state = _remembered(checkpoints)
    assert state is not None, "a published log is founded"
    return state


def _remembered(checkpoints: CheckpointStore) -> LogState | None:
    raw = checkpoints.shadow_value(f"chain:{LOG_MAIN}")
    state = None if raw is None else KINDS.decode(f"chain:{LOG_MAIN}", raw).state
    assert state is None or isinstance(state, LogState), "log/main holds the log"
    return state


class WitnessLine(Struct, frozen=True):
    """A witness of the policy in force, and when it cosigned the newest checkpoint."""

    name: str
    address: str
    """As this installation is set; empty when it asks nobody there."""
    cosigned_at: int | None
    """POSIX seconds; None when its line is missing."""


class InstallationStatus(Struct, frozen=True, kw_only=True):
    """What an operator looks at first."""

    origin: str
    found: str
    promised: int
    """Size in the checkpoint store: what was or will be signed."""
    published: int
    committed: int
    publisher: str
    """``running`` when a process of this installation leads, else ``stopped``. Others that run stand by."""
    witnesses: tuple[WitnessLine, ...]
    is_degraded: bool
    """The newest checkpoint lacks the quorum of the policy."""
    frozen: str
    """Why nothing is appended; empty when the log goes on."""
    evidence: tuple[str, ...]
    """Files that say what was found at freezes, now and before."""
    guards: Guards

    @property
    def is_good(self) -> bool:
        """Nobody has to do anything."""
        return not self.frozen and not self.is_behind and not self.is_degraded and self.guards.are_complete

    @property
    def is_behind(self) -> bool:
        """The database holds less than was promised: a restored backup, which no server starts on."""
        return self.committed < self.promised


async def read_status(settings: Settings) -> InstallationStatus:
    """Look; changes nothing. OSError or asyncpg's errors where something cannot be read."""
    async with open_offline(settings) as (connection, checkpoints, files):
        promise, frozen, state = checkpoints.read(), checkpoints.frozen(), _remembered(checkpoints)
        head, guards = await store.fetch_head(connection), await fetch_guards(connection)
        with _leading(settings.checkpoint_path) as is_leading:
            publisher = "stopped" if is_leading else "running"
    published, witnesses, is_degraded = _published(files, settings, state)
    origin, found = ("", "") if state is None else (state.origin, state.found)
    return InstallationStatus(
        origin=origin, found=found, promised=0 if promise is None else promise.size, published=published,
        committed=0 if head is None else head.size, publisher=publisher, witnesses=witnesses, is_degraded=is_degraded,
        frozen=frozen or "", evidence=tuple(str(files.place(f"evidence/{name}")) for name in files.evidence()), guards=guards,
    )  # fmt: skip


def _published(files: LogFiles, settings: Settings, state: LogState | None) -> tuple[int, tuple[WitnessLine, ...], bool]:
    if state is None:
        return 0, (), False
    note = files.read(CHECKPOINT)
    policy = parse_policy_lines(state.witness_policy)
    opened = None if note is None else open_checkpoint(note, _vkeys(files), policy.witness_vkeys)
    at = {} if opened is None else {line.vkey: line.timestamp for line in opened.cosignatures}
    addresses = settings.witness_addresses
    witnesses = tuple(WitnessLine(one.name, addresses.get(one.name, ""), at.get(one.vkey)) for one in policy.witnesses)
    return 0 if opened is None else opened.checkpoint.size, witnesses, not policy.is_met_by(set(at))


def _vkeys(files: LogFiles) -> list[str]:
    return (files.read(VKEYS) or b"").decode("utf-8", "replace").splitlines()


def own_policy(settings: Settings) -> bytes:
    """The tlog-policy of this installation's log; Refusal NOT_FOUND before it is founded."""
    return policy_text(_vkeys(LogFiles(settings.log_path, settings.entries_path)), own_log(settings).witness_policy)


def own_log(settings: Settings) -> LogState:
    """This installation's log as its publisher remembers it; Refusal NOT_FOUND before it is founded."""
    with closing(CheckpointStore(settings.checkpoint_path)) as checkpoints:
        state = _remembered(checkpoints)
    if state is None:
        raise refuse("NOT_FOUND", field="log.found", found=settings.checkpoint_path)
    return state


async def audit_own(pool: Pool[Record], files: LogFiles, kinds: Kinds, progress: Progress, options: Options) -> AuditReport:
    """Audit the database with everything derived in it. Manifest rows, the feed's index and names are compared when the whole log was read: an
    audit that goes on from a kept state has not folded the views before it.
    """
    with closing(_Folds()) as folds:
        report = await audit_database(pool, files, kinds, watch=folds.watch, progress=progress, options=options)
        if report.since == 0:
            async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
                report.add(*await _projections(conn, kinds, folds, report))
    return report


class _Folds:
    """What the projections must hold, made of entries in their order."""

    def __init__(self) -> None:
        self.views, self.names = ViewFold(), NameFold()
        self.files = ReferenceFold()
        self.feed = FeedFold(self.views, self.files)

    def watch(self, entry: Entry) -> None:
        self.feed.watch(entry)
        self.names.watch(entry)

    def close(self) -> None:
        for fold in (self.feed, self.files, self.names, self.views):
            fold.close()


async def _projections(conn: store.Conn, kinds: Kinds, folds: _Folds, report: AuditReport) -> list[Finding]:
    """Every row, in one snapshot. The projection may stand before the audited size or behind it; where it stands must fit its rows."""
    at, head = await store.projected(conn), await store.fetch_head(conn)
    size = 0 if head is None else head.size
    if at > size:
        return [position(at, f"at most {size}, the size of the log")]
    async for entry in _entries(conn, kinds, report.size, at):
        folds.watch(entry)
    ahead = {chain async for entry in _entries(conn, kinds, at, report.size) for chain in folds.feed.about(entry)}
    findings: list[Finding] = []
    chains: set[str] = set()
    async for row in manifest_rows.stream_rows(conn):
        chain = row["chain"]
        chains.add(chain)
        report.derived += 1
        if row["updated_idx"] >= at:
            findings.append(position(at, f"more than {row['updated_idx']}", chain))
        if chain not in ahead:
            findings += folds.views.compare(row)
    known = {found.chain for found in findings}
    findings += [wrong_terms(chain) for chain in await manifest_rows.INDEX.list_wrong(conn) if chain in chains - known]
    wrong = await list_wrong_clocks(conn, "manifest_view", ["manifest"])
    findings += [wrong_terms(chain, "clock", "the clocks of its view") for chain in wrong if chain in chains - known]
    findings += await folds.feed.compare(manifest_rows.stream_readers(conn), at)
    if at >= report.size:  # else files of entries further on were folded too
        findings += await folds.files.compare(stream_references(conn))
    findings += await folds.names.compare(stream_names(conn), at)
    findings += [found async for found in stream_wrong(conn, at)]
    if len(folds.views.views) != len(chains):
        findings += [missing(chain) for chain, _ in folds.views.views.items() if chain not in chains and chain not in ahead]
    return findings


async def _entries(conn: store.Conn, kinds: Kinds, start: int, end: int) -> AsyncIterator[Entry]:
    """Entries that can be read; the audit has named the others."""
    async for row in store.stream_entries(conn, start=start, end=end):
        try:
            yield read_entry(row.entry, kinds)
        except Refusal:
            continue
