"""``liandan log refill``: brings a restored database forward to what was promised, with the server stopped (design §5)."""

import asyncio
from pathlib import Path

from msgspec import Struct

from ledger.publishing.checkpoint_store import CheckpointStore, Promise
from ledger.publishing.files import CHECKPOINT, LogFiles
from ledger.repair import refill as parts
from ledger.repair.refill import PART, Progress, Restored
from ledger.tree.checkpoint import open_checkpoint
from ledger.tree.tiles import Read
from liandan.database import check_schema
from liandan.export import reader_of
from liandan.offline import alone, open_offline, remembered_log
from liandan.settings import Settings
from liandan.wiring import KINDS
from signing.refusal import Refusal, refuse


class Refilled(Struct, frozen=True, kw_only=True):
    """What a refill did."""

    size: int
    """Promised entries, all of which are in the database now."""
    added: int
    replaced: tuple[int, ...]
    """Indices of entries that were not as published."""
    links: int
    """Places put back or removed."""
    above: int
    """Entries above the promised size, which are left as they are."""


async def refill(settings: Settings, source: Path | None, progress: Progress, *, part: int = PART) -> Refilled:
    """Check the source, then put back what the database lacks; ``source`` None takes the published files of this installation.

    ``progress`` counts every entry twice: checked, written.

    Raises Refusal: REFILL_SERVER_RUNS, REFILL_PROMISE, REFILL_AHEAD, REFILL_SOURCE, SCHEMA_REVISION.
    """
    async with open_offline(settings) as (connection, checkpoints, files):
        with alone(checkpoints, "REFILL_SERVER_RUNS"):
            await check_schema(connection)
            promise = _promised(checkpoints)
            read = files.read if source is None else reader_of(source)
            if source is None:
                _finish_staged(files, promise)
            _check_note(checkpoints, promise, read)
            edges = await asyncio.to_thread(
                parts.check_source, promise.size, promise.root, read, lambda done, of: progress(done, 2 * of), part=part
            )
            done, at = Restored(), 0
            pieces = parts.checked_parts(edges, read, part=part)
            while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
                raws, edge = piece
                done += await parts.restore(connection, KINDS, raws, at)
                at = edge.size
                progress(promise.size + at, 2 * promise.size)
            _, at_s = checkpoints.shadow_size()
            removed, above = await parts.conclude(connection, KINDS, edges[-1], checkpoints.shadow(), at_s)
    return Refilled(size=promise.size, added=done.added, replaced=done.replaced, links=done.links + removed, above=above)


def _promised(checkpoints: CheckpointStore) -> Promise:
    """The newest promise, with the publisher's memory of just that size."""
    promise = checkpoints.read()
    if promise is None or promise.size == 0 or checkpoints.shadow_size()[0] != promise.size:
        size = 0 if promise is None else promise.size
        raise refuse("REFILL_PROMISE", field=str(checkpoints.path), found=f"{checkpoints.shadow_size()[0]} / {size}", expected="> 0")
    return promise


def _finish_staged(files: LogFiles, promise: Promise) -> None:
    """A publisher that died between promise and publication has left its files staged (ledger/publishing/publisher.py, ``after_swap``)."""
    bundle = files.read_staged(promise.size, promise.digest)
    if bundle is not None:
        files.unpack(bundle)


def _check_note(checkpoints: CheckpointStore, promise: Promise, read: Read) -> None:
    """A source that shows a checkpoint shows one of this log, and none beyond the promise: then the store was restored as well."""
    note = read(CHECKPOINT)
    if note is None:
        return
    try:
        shown = open_checkpoint(note, remembered_log(checkpoints).log_keys).checkpoint
    except Refusal as refusal:
        raise refuse("REFILL_SOURCE", field=CHECKPOINT, found=", ".join(refusal.codes), expected="a checkpoint of this log") from refusal
    if shown.size > promise.size:
        raise refuse("REFILL_AHEAD", field=CHECKPOINT, found=f"size {shown.size}", expected=f"at most {promise.size}")
