"""An export of a log of any length, admitted without a database, in memory that does not grow with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path

from msgspec import Struct

from bench.load import ORIGIN, START, Load
from ledger.admission.admit import RootAt, Submission, admit, apply
from ledger.admission.entry import Entry
from ledger.admission.kind_table import DataSets
from ledger.admission.personality import CURRENT, RULESETS, DayBelow
from ledger.admission.statement import read_statement
from ledger.auditing.disk_map import DiskFacts, DiskMap
from ledger.model import Moment
from ledger.publishing.files import VKEYS
from ledger.tree.checkpoint import Checkpoint, log_vkeys, sign_checkpoint
from ledger.tree.merkle import Edge, leaf_hash
from ledger.tree.tiles import WIDTH, Tile, new_bundles, new_tiles
from liandan.wiring import KINDS
from signing.envelope import PAYLOAD_STATEMENT, parse_envelope
from signing.refusal import Refusal
from whitelist.adopted import data_files

UNDER_WAY = 1024
"""Manifests whose lives run side by side, so that neighbouring entries belong to different chains, as in a real log."""
PUBLISHED = 16 * 1024
"""Entries from one archived checkpoint to the next."""


class Posted(Struct, frozen=True):
    """A statement as it is posted, and when the log takes it, Unix seconds; with the codes for which it is refused, sorted, where it is.

    ``of`` is whatever story it belongs to.
    """

    now_s: int
    raw: bytes
    refused: tuple[str, ...] = ()
    of: str = ""


def write_export(manifests: int, directory: Path, when: Callable[[int], int] = lambda first: START, load: Load | None = None) -> int:
    """An export of whole lives; the number of entries. ``when``: Unix seconds at which the manifests from the number on live that begins a group
    of UNDER_WAY. ``load``: another one than the usual."""
    load = load or Load()
    return write_posted(directory, load, (Posted(load.now_s, raw) for raw in chain(load.setup(), _lives(load, manifests, when))))


def write_posted(
    directory: Path,
    load: Load,
    posted: Iterable[Posted],
    took: Callable[[Entry], None] = lambda entry: None,
    root_at: RootAt = lambda size: None,
    day_below: DayBelow = lambda size: "",
) -> int:
    """An export with archived checkpoints, as ``liandan export`` would leave it, of what is posted; the number of entries.

    ``took`` sees every entry before the next statement is asked for; ``root_at`` gives the roots that statements claim,
    ``day_below`` the days on which they were reached.
    """
    data = adopted()
    for path, content in (*data.items(), (VKEYS, "".join(f"{vkey}\n" for vkey in log_vkeys(ORIGIN, [load.log_key])).encode())):
        _write(directory / path, content)
    writer = _Writer(load, directory)
    with closing(DiskMap(None, KINDS.encode, KINDS.decode)) as disk:
        facts = DiskFacts(DataSets(KINDS, data.get), disk)
        entries = admitted(facts, posted, took, root_at, day_below)
        while raws := list(islice(entries, PUBLISHED)):
            writer.append(raws)
    writer.finish()
    return writer.edge.size


def adopted() -> dict[str, bytes]:
    """Ruleset and data sets that the bench's logs adopt, by their path in an export."""
    files = (RULESETS[CURRENT].file, *(file.path.read_bytes() for file in data_files()))
    return {f"data/{sha256(raw).hexdigest()}": raw for raw in files}


def _lives(load: Load, manifests: int, when: Callable[[int], int]) -> Iterator[bytes]:
    """Statements of many manifests under way at once."""
    for first in range(0, manifests, UNDER_WAY):
        load.now_s = when(first)
        numbers = range(first, min(first + UNDER_WAY, manifests))
        yield from chain.from_iterable(zip(*map(load.manifest, numbers), strict=True))


def admitted(
    facts: DiskFacts,
    posted: Iterable[Posted],
    took: Callable[[Entry], None] = lambda entry: None,
    root_at: RootAt = lambda size: None,
    day_below: DayBelow = lambda size: "",
) -> Iterator[bytes]:
    """The entries of what is posted, one after the other; what must be refused is refused. The rest as :func:`write_posted`."""
    index = 0
    for one in posted:
        envelope = parse_envelope(one.raw, payload_type=PAYLOAD_STATEMENT)
        statement, kind = read_statement(envelope, KINDS)
        submission = Submission(envelope=envelope, statement=statement, kind=kind)
        try:
            entry = admit(submission, facts, Moment(index, one.now_s, CURRENT), root_at, day_below=day_below)
        except Refusal as refusal:
            if tuple(sorted(refusal.codes)) != one.refused:
                raise
            continue
        assert not one.refused, f"{kind.name} was admitted: expected {one.refused}"
        apply(entry, kind, facts)
        took(entry)
        index += 1
        yield entry.raw


class _Writer:
    """Tiles, bundles and checkpoints on their way to the disk; what is not full yet waits in memory, so that no old partial stays."""

    def __init__(self, load: Load, directory: Path) -> None:
        self._load, self._directory = load, directory
        self._partial: dict[str, bytes] = {}
        self._note = b""
        self.edge = Edge()

    def append(self, raws: list[bytes]) -> None:
        """The next entries, and a checkpoint over all so far."""
        leaves, size = [leaf_hash(raw) for raw in raws], self.edge.size
        made: list[tuple[Tile, bytes]] = [*new_tiles(size, leaves, self._partial.get), *new_bundles(size, raws, self._partial.get)]
        full = {tile.full.path for tile, _ in made}
        self._partial = {path: content for path, content in self._partial.items() if path.partition(".p/")[0] not in full}
        for tile, content in made:
            if tile.width == WIDTH:
                _write(self._directory / tile.path, content)
            else:
                self._partial[tile.path] = content
        self.edge = self.edge.append_many(leaves)
        self._note = sign_checkpoint(Checkpoint(ORIGIN, self.edge.size, self.edge.root()), self._load.log_key)
        _write(self._directory / f"checkpoints/{self.edge.size}", self._note)

    def finish(self) -> None:
        """The right edge and the newest checkpoint."""
        for path, content in self._partial.items():
            _write(self._directory / path, content)
        _write(self._directory / "checkpoint", self._note)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
