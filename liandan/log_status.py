"""How the log of this installation stands: read from its files, its checkpoint store and its database, whether a server runs or not."""

import contextlib

from msgspec import Struct

from ledger import store
from ledger.directory import LogState
from ledger.publishing.checkpoint_store import CheckpointStore, Leadership
from ledger.publishing.files import VKEYS, LogFiles
from ledger.tree.checkpoint import open_checkpoint
from ledger.tree.policy import parse_policy_lines, policy_text
from liandan.database import connect
from liandan.guards import Guards, fetch_guards
from liandan.server import database_url
from liandan.settings import Settings
from liandan.wiring import KINDS
from signing.refusal import refuse


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
    files = LogFiles(settings.log_path)
    with contextlib.closing(CheckpointStore(settings.checkpoint_path)) as checkpoints:
        promise, frozen, raw = checkpoints.read(), checkpoints.frozen(), checkpoints.shadow_value("chain:log/main")
    main = None if raw is None else KINDS.decode("chain:log/main", raw)
    state = None if main is None else main.state
    async with database_url(settings) as dsn:
        with contextlib.closing(_Leads(settings)) as leads:
            is_running = leads.elsewhere
        connection = await connect(dsn)
        try:
            head, guards = await store.fetch_head(connection), await fetch_guards(connection)
        finally:
            await connection.close()
    note = files.read("checkpoint")
    published, witnesses, is_degraded = _published(note, files, settings, state)
    return InstallationStatus(
        origin="" if state is None else state.origin,
        found="" if state is None else state.found,
        promised=0 if promise is None else promise.size,
        published=published,
        committed=0 if head is None else head.size,
        publisher="running" if is_running else "stopped",
        witnesses=witnesses,
        is_degraded=is_degraded,
        frozen=frozen or "",
        evidence=tuple(str(files.root / "evidence" / name) for name in files.evidence()),
        guards=guards,
    )


class _Leads:
    """Whether another process holds the publisher's lock."""

    def __init__(self, settings: Settings) -> None:
        self._leadership = Leadership(settings.checkpoint_path)
        self.elsewhere = not self._leadership.acquire()

    def close(self) -> None:
        self._leadership.release()


def _published(
    note: bytes | None, files: LogFiles, settings: Settings, state: LogState | None
) -> tuple[int, tuple[WitnessLine, ...], bool]:
    if state is None:
        return 0, (), False
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
    files = LogFiles(settings.log_path)
    with contextlib.closing(CheckpointStore(settings.checkpoint_path)) as checkpoints:
        raw = checkpoints.shadow_value("chain:log/main")
    if raw is None:
        raise refuse("NOT_FOUND", field="log.found", found=settings.checkpoint_path)
    state = KINDS.decode("chain:log/main", raw).state
    assert isinstance(state, LogState), "log/main holds the log"
    return policy_text(_vkeys(files), state.witness_policy)
