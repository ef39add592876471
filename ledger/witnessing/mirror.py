"""The mirror of one log: every entry is fetched and checked before a checkpoint that covers it is cosigned.

Entries come as bundles from the log's address; leaf hashes, tiles and the root are computed here. A long way is gone in steps of STEP
entries, each proved against the signed root by a consistency proof from the log's hash tiles, so progress is always verified, survives a
restart and names the step where the log's bytes stop matching. The directory is laid out like an export: ``liandan audit DIR/<id>``.
"""

import asyncio
import re
import time
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock

import httpx
import structlog

from ledger.publishing.files import DATA_MAX, LogFiles
from ledger.tree.checkpoint import Checkpoint, parse_checkpoint
from ledger.tree.merkle import Edge, consistency_proof, leaf_hash, range_root, verify_consistency
from ledger.tree.note import join_note, parse_note
from ledger.tree.tiles import MAX_ENTRY, WIDTH, Tile, TileReader, new_bundles, new_tiles, parse_bundle, tile_at, tiles_needed
from ledger.witnessing.server import AddCheckpointRequest, KnownLog
from ledger.witnessing.store import WitnessStore
from ledger.witnessing.wire import Unreadable, fetch, log_id
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse

log = structlog.get_logger("ledger.mirror")

STEP = 2048  # entries verified and written at once: eight bundles, 134 MB at the very most
AT_ONCE = 4
WAIT_S = 1.0  # how long a submission waits for its entries; then 503, and the fetching goes on
FETCH_S = 30.0
ARCHIVE_EVERY_S = 600
BUNDLE_MAX = WIDTH * (2 + MAX_ENTRY)
_PAYLOAD = re.compile(rb'"payload":"([A-Za-z0-9+/]+={0,2})"')
_DIGEST = re.compile(rb'"(?:sha256|tail)"\s*:\s*"([0-9a-f]{64})"')

Authorize = Callable[[bool], Awaitable[Mapping[str, str]]]
"""Request headers that let us read bundles; True asks for new ones because the last were turned down."""


async def no_token(_fresh: bool) -> Mapping[str, str]:
    """For logs whose bundles everybody may read."""
    return {}


class Mirror:
    """The checked copy of one log. One task fetches; any number of submissions wait for it."""

    def __init__(
        self, known: KnownLog, directory: Path, store: WitnessStore, http: httpx.AsyncClient, *,
        authorize: Authorize = no_token, wait_s: float = WAIT_S,
    ) -> None:  # fmt: skip
        self.files = LogFiles(directory / log_id(known.origin))
        self.files.write("log.vkey", "".join(f"{vkey}\n" for vkey in known.vkeys).encode())
        self._log, self._store, self._http, self._authorize, self._wait_s = known, store, http, authorize, wait_s
        self._edge = self._checked_edge()
        self._showing = Lock()
        shown = self.files.read("checkpoint")
        self._shown = 0 if shown is None else parse_checkpoint(parse_note(shown)[0]).size
        self._partials = {path.relative_to(self.files.root).as_posix() for path in self.files.root.glob("tile/**/*.p/*")}
        self._drop_partials(_partials(self._shown) | _partials(self.size))
        self._task: asyncio.Task[None] | None = None
        self._data_task: asyncio.Task[None] | None = None
        self._archived_at = float("-inf")
        self.fault = ""

    @property
    def size(self) -> int:
        """Entries fetched, checked and on disk."""
        return self._edge.size

    def _checked_edge(self) -> Edge:
        """Where to go on; from the beginning when the directory does not hold what the store says (deleted, damaged)."""
        edge = self._store.edge(self._log.origin)
        try:
            if TileReader(edge.size, self.files.read).root() == edge.root():
                return edge
        except Refusal:
            pass
        log.warning("mirror_starts_again", origin=self._log.origin, size=edge.size)
        return Edge()

    async def fetch_up_to(self, submission: AddCheckpointRequest) -> None:
        """Return when every entry of the submitted tree is here and gives its root; refuses MIRROR_BEHIND, MIRROR_MISMATCH."""
        wanted = submission.checkpoint
        ends = asyncio.get_running_loop().time() + self._wait_s
        while wanted.size > self.size:
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._follow(submission), name=f"mirror {self._log.origin}")
                # A fault that nobody waited for has been reported; asyncio must not report it again.
                self._task.add_done_callback(lambda task: task.cancelled() or task.exception())
            await asyncio.wait({self._task}, timeout=max(0.0, ends - asyncio.get_running_loop().time()))
            if not self._task.done():
                raise refuse("MIRROR_BEHIND", field=self._log.origin, found=self.size, expected=wanted.size)
            self._task.result()
        try:
            root = await asyncio.to_thread(lambda: range_root(0, wanted.size, TileReader(self.size, self.files.read).hash_at))
        except (Refusal, OSError) as error:
            raise self._start_again(str(error)) from error
        if root != wanted.root:
            self._report("MIRROR_MISMATCH", f"size {wanted.size}")
            raise refuse("MIRROR_MISMATCH", field=f"root at {wanted.size}", found=wanted.root.hex(), expected=root.hex())

    async def _follow(self, submission: AddCheckpointRequest) -> None:
        """Fetch, check and keep everything up to the submitted size; Refusal as ``fetch_up_to``. ``fault`` tells what is wrong."""
        target = submission.checkpoint
        try:
            while self.size < target.size:
                stop = min(target.size, (self.size // STEP + 1) * STEP)
                entries = await self._entries(stop, target.size)
                grown = self._edge.append_many(map(leaf_hash, entries))
                await self._check(grown, target)
                await asyncio.to_thread(self._keep, entries, grown)
            await asyncio.to_thread(self._show, target.size, join_note(target.text, submission.lines))
        except Refusal as refusal:
            if refusal.codes != ["MIRROR_MISMATCH"]:
                raise self._start_again(str(refusal)) from refusal
            self._report("MIRROR_MISMATCH", f"{refusal.reasons[0].field}: {refusal.reasons[0].found}")
            raise
        except (Unreadable, OSError) as error:
            self._report("MIRROR_BEHIND", f"{type(error).__name__}: {error}")
            raise refuse(
                "MIRROR_BEHIND",
                field=self._log.origin,
                found=error,
                expected=Phrase(f"第 {self.size} 至 {target.size} 条", f"entries {self.size} to {target.size}"),
            ) from None
        self.fault = ""
        if self._store.missing_data(self._log.origin) and (self._data_task is None or self._data_task.done()):
            self._data_task = asyncio.create_task(self._fetch_data(), name=f"mirror data {self._log.origin}")

    def _start_again(self, why: str) -> Refusal:
        """Our own files are damaged: everything is fetched again; MIRROR_BEHIND until then."""
        self._edge = Edge()
        self._report("MIRROR_BEHIND", f"own files damaged, starting again: {why}")
        return refuse("MIRROR_BEHIND", field=self._log.origin, found=why, expected=Phrase("未损坏的文件", "undamaged files"))

    def _report(self, code: str, detail: str) -> None:
        self.fault = f"{code} {detail}"[:200]
        log.error("mirror_fault", origin=self._log.origin, size=self.size, code=code, detail=detail)

    async def _entries(self, stop: int, size: int) -> list[bytes]:
        """Entries ``[self.size, stop)`` of the tree of ``size``, as the log serves them."""
        tiles = [tile_at(None, index, size) for index in range(self.size // WIDTH, -(-stop // WIDTH))]
        entries: list[bytes] = []
        for at in range(0, len(tiles), AT_ONCE):
            for tile, raw in zip(tiles[at:], await asyncio.gather(*map(self._tile, tiles[at : at + AT_ONCE])), strict=False):
                first = tile.index * WIDTH
                try:
                    bundle = parse_bundle(raw[1], raw[0].width)
                except Refusal as refusal:
                    raise refuse(
                        "MIRROR_MISMATCH", field=tile.path, found=refusal, expected=Phrase("条目包", "a bundle of entries")
                    ) from None
                entries += bundle[max(self.size - first, 0) : min(stop - first, tile.width)]
        return entries

    async def _check(self, grown: Edge, target: Checkpoint) -> None:
        """The entries so far give the signed root, or a tree that the signed one extends; refuses MIRROR_MISMATCH."""
        where = f"entries {self.size} to {grown.size}"
        if grown.size == target.size:
            if grown.root() != target.root:
                raise refuse("MIRROR_MISMATCH", field=where, found=grown.root().hex(), expected=target.root.hex())
            return
        tiles = tiles_needed(target.size, lambda hash_at: consistency_proof(grown.size, target.size, hash_at))
        held = {tile.path: raw for tile, raw in await asyncio.gather(*map(self._tile, tiles))}
        try:
            proof = consistency_proof(grown.size, target.size, TileReader(target.size, held.get).hash_at)
            verify_consistency(grown.size, target.size, grown.root(), target.root, proof)
        except Refusal as refusal:
            raise refuse(
                "MIRROR_MISMATCH",
                field=where,
                found=refusal,
                expected=Phrase(f"{target.size} 条的树的一部分", f"a part of the tree of size {target.size}"),
            ) from None

    async def _tile(self, tile: Tile) -> tuple[Tile, bytes]:
        """A tile from the log, or the full one in its place; Unreadable."""
        for candidate in dict.fromkeys((tile, tile.full)):
            status, body = await self._get(candidate.path, BUNDLE_MAX)
            if status == 200:
                return candidate, body
            if status != 404:
                raise Unreadable(f"HTTP {status} for {candidate.path}")
        raise Unreadable(f"HTTP 404 for {tile.path}")

    async def _get(self, path: str, most: int) -> tuple[int, bytes]:
        url = f"{self._log.url.rstrip('/')}/{path}"
        try:
            async with asyncio.timeout(FETCH_S):
                answer = await fetch(self._http, url, most=most, headers=await self._authorize(False))
                if answer.status == 401:
                    answer = await fetch(self._http, url, most=most, headers=await self._authorize(True))
        except TimeoutError:
            raise Unreadable(f"no answer in {FETCH_S:.0f} s for {path}") from None
        return answer.status, answer.body

    def _keep(self, entries: Sequence[bytes], grown: Edge) -> None:
        """Write tiles and bundles of the new size, then move the edge: a crash between leaves files that are written again."""
        start, leaves = self.size, [leaf_hash(entry) for entry in entries]
        for tile, content in (*new_tiles(start, leaves, self.files.read), *new_bundles(start, entries, self.files.read)):
            self.files.write(tile.path, content)
            if tile.width < WIDTH:
                self._partials.add(tile.path)
        wanted = {digest for entry in entries for digest in _digests(entry)}
        self._store.keep_edge(self._log.origin, grown, wanted)
        self._edge = grown

    def _show(self, size: int, note: bytes) -> None:
        """Make the directory an export of this size: the checkpoint, and no partial tile of another size."""
        with self._showing:
            self.files.replace_checkpoint(note)
            self._shown = size
            self._drop_partials(_partials(size))

    def _drop_partials(self, needed: set[str]) -> None:
        for name in self._partials - needed:
            path = self.files.place(name)
            path.unlink(missing_ok=True)
            if path.parent.is_dir() and not any(path.parent.iterdir()):
                path.parent.rmdir()
        self._partials &= needed

    def keep_checkpoint(self, size: int, note: bytes) -> None:
        """Show the cosigned checkpoint, if it is still the newest here, and archive one every ten minutes."""
        try:
            with self._showing:
                if size != self.size or size < self._shown:
                    return
                self.files.replace_checkpoint(note)
                self._shown = size
                if size and time.monotonic() - self._archived_at >= ARCHIVE_EVERY_S:
                    self.files.archive(size, note)
                    self._archived_at = time.monotonic()
        except OSError as error:
            self._report("MIRROR_BEHIND", f"{type(error).__name__}: {error}")

    async def _fetch_data(self) -> None:
        """Adopted data files, which an audit of the mirror needs. They speak for themselves and hold up no cosignature."""
        for digest in self._store.missing_data(self._log.origin):
            try:
                status, body = await self._get(f"data/{digest}", DATA_MAX)
                if status == 200 and sha256(body).hexdigest() == digest:
                    await asyncio.to_thread(self.files.put_data, [body])
                    self._store.has_data(self._log.origin, digest)
            except (Unreadable, OSError) as error:
                log.warning("mirror_data", origin=self._log.origin, digest=digest, error=str(error)[:200])

    async def close(self) -> None:
        """Stop fetching."""
        tasks = [task for task in (self._task, self._data_task) if task is not None and not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _partials(size: int) -> set[str]:
    """Paths of the tiles and the bundle that are not full in a tree of this size."""
    rows = [(None, size), *((level, size >> 8 * level) for level in range(8))]
    return {Tile(level, row // WIDTH, row % WIDTH).path for level, row in rows if row % WIDTH}


def _digests(entry: bytes) -> list[str]:
    """Data files that a statement on ``log/main`` names; of any other entry, or one that is not ours, none."""
    match = _PAYLOAD.search(entry)
    if match is None or len(match[1]) % 4:
        return []
    body = b64decode(match[1])
    return [digest.decode() for digest in _DIGEST.findall(body)] if b'"log/main"' in body else []
