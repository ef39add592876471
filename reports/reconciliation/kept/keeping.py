"""Keeping what was gathered between two statements, where it cannot lie: a statement then costs its month and what came since the last one.

Kept is one SQLite file of pages, and a seal over the list of their hashes: HMAC-SHA-256 by a secret that only this installation's operator key
gives (``PrivateKey.secret``). The seal says of which log it is, how far, by which program, and the edge of the tree over the entries seen. So

* whoever can write files or the database and does not hold the key can take the file away or break it, and it is made again; he cannot change
  what a statement says, nor mix pages of two moments;
* an older file under its own seal is what it says it is: the entries since are read from the published tiles, and the tree that grows from the kept
  edge must have the root of the signed checkpoint, which it cannot have over any other history;
* another program (any source file below the statements, msgspec, Python) or another log finds it unfit.

The moments at which months were closed are pinned (``sealing``): the statement of a closed month is drawn again from there and costs what came
between, not the log.

What is trusted is the operator's key and the program, as for the seal of every receipt. ``liandan reconcile --from`` an export needs neither: it
audits and gathers anew, and gives the same bytes.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

from msgspec import Struct

from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import DataSets, Kinds
from ledger.tree.checkpoint import Checkpoint
from ledger.tree.merkle import Edge, leaf_hash
from ledger.tree.tiles import WIDTH, Read, TileReader
from reports.reconciliation.gathered.gathering import Gathering, decoder
from reports.reconciliation.gathered.pages import PagedMap, Unfit
from reports.reconciliation.kept.sealing import (
    PURPOSE,
    Ahead,
    GatheringSeal,
    KeptIn,
    alone,
    forget,
    is_newest,
    opened,
    pin,
    program,
    sealed,
)
from reports.reconciliation.kept.sizes import checkpoint_at
from signing.refusal import Refusal, refuse

KEEP_EVERY = 256 * WIDTH
"""Entries between two keepings of a long way: whoever waited in vain leaves the work of some seconds at most undone."""
_STUMBLES = (Refusal, LookupError, ValueError, TypeError, AttributeError, AssertionError)
"""What an entry may bring about that was never admitted."""
_OF_DISK = frozenset({
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_TRUNCATE,
})  # fmt: skip
"""What SQLite says of a disk that takes nothing more: what lies there is as good as before."""
T = TypeVar("T")
Step = Callable[[Gathering, Entry], None]
"""Lets a gathering take an entry."""
__all__ = ["PURPOSE", "Ahead", "KeptIn", "with_gathering"]


class _OfWork(Exception):
    """What went wrong was not the keeping."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class _Way(Struct):
    """A gathering on its way to a checkpoint."""

    gathering: Gathering
    edge: Edge = Edge()


def with_gathering(
    read: Read,
    look: Callable[[], Checkpoint],
    kinds: Kinds,
    work: Callable[[Gathering, Checkpoint], T],
    kept: KeptIn | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
    told: Callable[[str], None] = lambda what: None,
    size: int = 0,
    step: Step | None = None,
) -> T:
    """``work`` on everything below the checkpoint that ``look`` gives, from the published files through ``read``; kept for the next time.
    On the first ``size`` entries alone where that is not 0: what was kept serves unless it has gone further.

    ``step`` lets the gathering take an entry in the place of its own, for who looks on; it begins with entry 0 again where what was kept is unfit.
    ``work`` is called again where what was kept turns out unfit under it; ``told`` why something is gathered again, or not kept. Nobody else
    uses the same file meanwhile (a kernel lock beside it).
    Refusal TILE_FORM where the entries do not give the checkpoint's root, SIZE_BEYOND where there are not so many.
    """
    if kept is not None:
        try:
            with alone(kept.path):
                newest = look()  # within the lock: what is kept there never is ahead of it
                checkpoint = checkpoint_at(read, newest, size)
                try:
                    return _on(read, checkpoint, kinds, work, kept, progress, goes_on=True, newest=newest.size, step=step)
                except (Unfit, sqlite3.DatabaseError) as error:
                    if getattr(error, "sqlite_errorcode", None) in _OF_DISK:
                        raise
                    told(f"gathered again: {error}")
                forget(kept.path)
                return _on(read, checkpoint, kinds, work, kept, progress, goes_on=False, newest=newest.size, step=step)
        except _OfWork as error:
            raise error.error from error
        except Ahead:
            pass  # from the first entry, without the lock: nobody else need wait
        except (OSError, sqlite3.DatabaseError) as error:  # a full or closed disk costs the keeping, not the statement
            told(f"not kept: {type(error).__name__}: {error}")
    newest = look()
    return _on(read, checkpoint_at(read, newest, size), kinds, work, None, progress, goes_on=False, newest=newest.size, step=step)


def _on(
    read: Read,
    checkpoint: Checkpoint,
    kinds: Kinds,
    work: Callable[[Gathering, Checkpoint], T],
    kept: KeptIn | None,
    progress: Callable[[int, int], None],
    *,
    goes_on: bool,
    newest: int,
    step: Step | None,
) -> T:
    with closing(PagedMap(None if kept is None else kept.path, kinds.encode, decoder(kinds))) as held:
        seal = opened(held, kept, checkpoint, newest) if goes_on and kept is not None else None
        is_earlier = kept is not None and seal is not None and not is_newest(held, kept, seal)  # from there nothing is kept
        if seal is not None:
            held.use(seal.pages)
        gathering = Gathering(kinds, DataSets(kinds, read), held, None if seal is None else seal.to)
        way = _Way(gathering) if seal is None else _Way(gathering, seal.edge)

        def keep() -> None:
            if kept is None or is_earlier:
                return
            held.settle()
            made = GatheringSeal(program=program(), origin=checkpoint.origin, to=gathering.to, edge=way.edge, pages=held.pages)
            mark = sealed(made, kept)
            if made.to.size == checkpoint.size:
                pin(held, kept, gathering, made, mark)
            held.keep(mark)

        if way.edge.size < checkpoint.size:
            _go(way, TileReader(newest, read), checkpoint, kinds, keep, progress, step)
        if way.edge.root() != checkpoint.root:
            if seal is not None:
                raise Unfit("another history")
            raise refuse("TILE_FORM", field="checkpoint", found=way.edge.root().hex(), expected=checkpoint.root.hex())
        if seal is None or seal.to != gathering.to:
            keep()
        try:
            return work(gathering, checkpoint)
        except OSError as error:
            raise error if kept is None else _OfWork(error) from error


def _go(
    way: _Way,
    tree: TileReader,
    to: Checkpoint,
    kinds: Kinds,
    keep: Callable[[], None],
    progress: Callable[[int, int], None],
    step: Step | None,
) -> None:
    """Take all entries up to a checkpoint, from a tree that may be larger."""
    first, take = way.edge.size, step or Gathering.step
    while (start := way.edge.size) < to.size:
        raws = list(tree.entries(start, min(start - start % WIDTH + WIDTH, to.size)))
        way.edge = way.edge.append_many(map(leaf_hash, raws))
        try:
            for raw in raws:
                take(way.gathering, read_entry(raw, kinds))
        except _STUMBLES:
            way.edge = way.edge.append_many(leaf_hash(raw) for raw in tree.entries(way.edge.size, to.size))
            if way.edge.root() == to.root:
                raise
            return  # over entries that are not the log's: their root will tell
        progress(way.edge.size, to.size)
        if (way.edge.size - first) // KEEP_EVERY > (start - first) // KEEP_EVERY:
            keep()
