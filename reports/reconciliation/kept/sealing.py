"""Seals over what was gathered: of which log it is, how far, by which program, and the hashes of its pages (``keeping`` says what they are good for).

Beside the newest one lie seals of moments that can be come back to: those at which months were closed, and the newest, at which one may be closed
yet. Their pages stay as they are while the log goes on.
"""

import fcntl
import hmac
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

import ledger
import manifests
import signing
import whitelist
from ledger.tree.checkpoint import Checkpoint
from ledger.tree.merkle import Edge
from reports.reconciliation.gathered.gathering import GatheredTo, Gathering
from reports.reconciliation.gathered.pages import PagedMap, PageList, Unfit
from whitelist.period import PeriodState, period_chain

PURPOSE = "liandan statements: what was gathered"
"""Of the secret that seals it."""
CLOSES, LATEST = 3, 2
"""Moments that can be come back to: the newest at which a month was closed, and the newest at which one may be closed yet."""
_MAC = sha256().digest_size


class KeptIn(Struct, frozen=True):
    """Where a gathering is kept, and the secret (32 bytes) that seals it."""

    path: Path
    secret: bytes


class GatheringSeal(Struct, frozen=True, kw_only=True):
    """What is sealed."""

    program: str
    origin: str
    to: GatheredTo
    edge: Edge
    pages: PageList


class Ahead(Exception):
    """What was kept has gone further than the size that is asked for; it is kept on, and the statement gathered beside it."""


def sealed(seal: GatheringSeal, kept: KeptIn) -> bytes:
    """The seal as it is written: HMAC-SHA-256 and what it is of."""
    content = msgspec.msgpack.encode(seal)
    return hmac.digest(kept.secret, content, sha256) + content


def read_seal(mark: object, kept: KeptIn, origin: str) -> GatheringSeal:
    """A seal by this installation's secret, of this log and program; else Unfit."""
    if not isinstance(mark, bytes):
        raise Unfit("no seal")
    mac, content = mark[:_MAC], mark[_MAC:]
    if not hmac.compare_digest(mac, hmac.digest(kept.secret, content, sha256)):
        raise Unfit("the seal is broken")
    try:
        seal = msgspec.msgpack.decode(content, type=GatheringSeal)
    except msgspec.DecodeError:  # of another program
        raise Unfit("the seal cannot be read") from None
    if (seal.program, seal.origin) != (program(), origin):
        raise Unfit("of another program or log")
    return seal


def opened(held: PagedMap, kept: KeptIn, checkpoint: Checkpoint, newest: int) -> GatheringSeal | None:
    """The seal to go on from to a checkpoint of a log that has ``newest`` entries; None where nothing was kept.

    Unfit for one that is broken, of another log or program, or ahead of the log; Ahead where all that can be come back to lies behind the checkpoint.
    """
    pinned = _pinned(held, kept, checkpoint.origin)
    held.hold(seal.pages for seal, _ in pinned.values())
    mark: object = held.mark()
    if mark is None:
        return None
    seal = read_seal(mark, kept, checkpoint.origin)
    if seal.edge.size > newest:
        raise Unfit("ahead of the log")
    fitting = [one for one in (seal, *(one for one, _ in pinned.values())) if one.edge.size <= checkpoint.size]
    if not fitting:
        raise Ahead
    return max(fitting, key=lambda one: one.edge.size)


def is_newest(held: PagedMap, kept: KeptIn, seal: GatheringSeal) -> bool:
    """Whether nothing is kept that goes further."""
    mark = held.mark()
    return mark is None or read_seal(mark, kept, seal.origin).edge.size <= seal.edge.size


def pin(held: PagedMap, kept: KeptIn, gathering: Gathering, made: GatheringSeal, mark: bytes) -> None:
    """Keep a moment to come back to, beside those of the newest closes."""
    known = _pinned(held, kept, made.origin) | {made.to.size: (made, mark)}
    closed = _closed_sizes(gathering)
    later = [size for size in known if size > max(closed, default=0)]
    wanted = {*sorted(known.keys() & closed)[-CLOSES:], *sorted(later)[-LATEST:]}
    held.pin({size: known[size][1] for size in wanted}, [known[size][0].pages for size in wanted])


def _closed_sizes(gathering: Gathering) -> set[int]:
    """Sizes at which the last months were closed."""
    chains = [period_chain(month, *way) for month in gathering.to.ended[-CLOSES - 1 :] for way in gathering.ways()]
    states: Iterator[PeriodState | None] = map(gathering.facts.state, chains)
    return {close.size for state in states if state is not None for close in state.closes}


def moments(held: PagedMap, kept: KeptIn, origin: str) -> dict[int, GatheringSeal]:
    """Everything that can be come back to, and how far it went last, by size. Unfit where that cannot be read."""
    mark = held.mark()
    newest = [] if mark is None else [read_seal(mark, kept, origin)]
    return {size: seal for size, (seal, _) in _pinned(held, kept, origin).items()} | {seal.to.size: seal for seal in newest}


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Nobody else uses what is kept at a path meanwhile: a kernel lock beside it, which goes with its process."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path.touch(0o600)
        yield


def forget(path: Path) -> None:
    """Take away what was kept, under its lock."""
    for one in (path, path.with_name(f"{path.name}-journal")):
        one.unlink(missing_ok=True)
    path.touch(0o600)


def _pinned(held: PagedMap, kept: KeptIn, origin: str) -> dict[int, tuple[GatheringSeal, bytes]]:
    """Pinned moments by size, of this log and program, under a whole seal; whatever else lies there is not seen."""
    found = dict[int, tuple[GatheringSeal, bytes]]()
    for mark in held.pins():
        with suppress(Unfit):
            seal = read_seal(mark, kept, origin)
            assert isinstance(mark, bytes), "a seal is bytes"
            found[seal.to.size] = seal, mark
    return found


@cache
def program() -> str:
    """SHA-256 of everything that a gathering is made by: every source and data file below the statements, our own sources, msgspec, Python."""
    found = sha256(f"{sys.version} {msgspec.__version__}".encode())
    for path in sources():
        content = path.read_bytes()
        found.update(f"{'/'.join(path.parts[-3:])} {len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()


def sources() -> Iterator[Path]:
    """Its files, in order."""
    roots = [(Path(str(package.__file__)).parent, "*") for package in (signing, ledger, whitelist, manifests)]
    for root, names in (*roots, (Path(__file__).parents[2], "*.py")):
        yield from (path for path in sorted(root.rglob(names)) if path.suffix != ".pyc" and path.is_file())
