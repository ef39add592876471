"""Evidence as files: certificates, bundles, proofs, checkpoints and whole exports, whatever their names."""

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field

from ledger.auditing.gossip import GossipReport, Piece, ProvenEntry, Tree, compare
from ledger.auditing.report import Finding, difference
from ledger.bundle import BUNDLE_MAX, open_bundle
from ledger.tree.checkpoint import parse_checkpoint
from ledger.tree.merkle import leaf_hash, node_hash
from ledger.tree.note import parse_note
from ledger.tree.proof import HEADER, parse_proof
from ledger.tree.tiles import HEIGHT, Tile, TileReader
from liandan.export import archived_in, reader_of
from liandan.wiring import KINDS
from reports.attachment import bundles_in, is_pdf
from reports.verify import FILE_MAX
from signing.files import read_whole, walk
from signing.payload import parse
from signing.refusal import Refusal, refuse

DEPTH_MAX = 40
"""Folders in folders that are looked into."""


class EvidenceSet(Struct):
    """What was found in a directory."""

    pieces: list[Piece] = field(default_factory=list)
    trees: list[Tree] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def blame(self, name: str, refusal: Refusal) -> None:
        """A file that is not what it claims to be."""
        self.findings += [difference(r.code, f"{name} {r.field}".rstrip(), r.found, r.expected) for r in refusal.reasons]

    def compare(self, vkeys: tuple[str, ...] = (), found: str = "") -> GossipReport:
        """The verdict; ``vkeys`` and ``found`` are trusted beforehand."""
        report = compare(self.pieces, self.trees, vkeys, found)
        report.ignored = self.ignored
        report.findings[:0] = self.findings
        return report


def gather(directory: Path, against: Path | None = None) -> EvidenceSet:
    """Everything in a directory and below; ``against`` is an export that the evidence is compared with. One file never stops the others."""
    evidence = EvidenceSet()
    there = sorted(walk(directory, depth=DEPTH_MAX))
    exports = [path.parent for path in there if path.name == "checkpoint" and path.is_file() and (path.parent / "tile").is_dir()]
    if against is not None:
        _take_export(evidence, against, against.name)
    for export in exports:
        _take_export(evidence, export, _shown(export.relative_to(directory)))
    inside = set(exports)
    for path in there:
        if path.is_file() and inside.isdisjoint(path.parents):
            _take_file(evidence, path, _shown(path.relative_to(directory)))
    return evidence


def _shown(path: Path) -> str:
    """A name that can be printed, whatever bytes it has on the disk."""
    return path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _take_export(evidence: EvidenceSet, directory: Path, name: str) -> None:
    """Its checkpoints are pieces, whatever its tiles are; its tree serves the others once its own root is its checkpoint's."""
    read = reader_of(directory)
    note = read("checkpoint") or b""
    keys = tuple((read("log.vkey") or b"").decode("utf-8", "replace").splitlines())
    evidence.pieces.append(Piece(source=f"{name}/checkpoint", note=note, log_keys=keys))
    for size in archived_in(directory):
        evidence.pieces.append(Piece(source=f"{name}/checkpoints/{size}", note=read(f"checkpoints/{size}") or b"", log_keys=keys))
    try:
        head = parse_checkpoint(parse_note(note)[0])
    except Refusal:
        return  # said of the piece
    reader = TileReader(head.size, read)
    try:
        if reader.root() != head.root:
            raise refuse("ROOT_DIFFERS", found=reader.root().hex(), expected=head.root.hex())
    except Refusal as refusal:
        evidence.blame(name, refusal)
        return
    evidence.trees.append(Tree(head.origin, head.size, _Rooted(reader).hash_at, name))


class _Rooted:
    """Hashes of a tree whose every full tile is compared with the hash that the tile above has of it; the root has covered the others."""

    def __init__(self, reader: TileReader) -> None:
        self._reader = reader
        self._good: set[tuple[int, int]] = set()

    def hash_at(self, level: int, index: int) -> bytes:
        """The hash of a subtree; Refusal TILE_DIFFERS where its tile does not follow from the root."""
        height, inner = divmod(level, HEIGHT)
        self._check(height, index >> HEIGHT - inner)
        return self._reader.hash_at(level, index)

    def _check(self, height: int, tile: int) -> None:
        top = HEIGHT * (height + 1)
        if (height, tile) in self._good or (tile + 1) << top > self._reader.size:
            return
        self._check(height + 1, tile >> HEIGHT)
        found = node_hash(*(self._reader.hash_at(top - 1, half) for half in (2 * tile, 2 * tile + 1)))
        expected = self._reader.hash_at(top, tile)
        if found != expected:
            raise refuse("TILE_DIFFERS", field=Tile(height, tile).path, found=found.hex(), expected=expected.hex())
        self._good.add((height, tile))


def _take_file(evidence: EvidenceSet, path: Path, name: str) -> None:
    try:
        found = list(_pieces(read_whole(path, FILE_MAX), name))
    except OSError as error:
        evidence.ignored.append(f"{name} ({error.strerror})")
    except Refusal as refusal:
        evidence.blame(name, refusal)
    else:
        evidence.pieces += found
        evidence.ignored += [] if found else [name]


def _pieces(raw: bytes, name: str) -> Iterator[Piece]:
    """What a file is evidence of; nothing for other files. Refusal when it claims to be evidence and is not."""
    if is_pdf(raw):
        yield from (_bundle(attached, name) for attached in bundles_in(raw))
    elif raw.lstrip()[:20].startswith(b'{"liandan_bundle"'):
        yield _bundle(raw, name)
    elif raw.startswith(HEADER):
        proof = parse_proof(raw)
        yield Piece(source=name, note=proof.checkpoint, places=(ProvenEntry(proof.index, None, proof.hashes),))
    elif "\n\n— ".encode() in raw:
        parse_checkpoint(parse_note(raw)[0])
        yield Piece(source=name, note=raw)


def _bundle(raw: bytes, name: str) -> Piece:
    bundle = open_bundle(raw, KINDS)
    fields = parse(raw, limit=BUNDLE_MAX, depth=4)
    items = [(item["index"], leaf_hash(b64decode(item["entry"])), tuple(map(b64decode, item["proof"]))) for item in fields["entries"]]
    places, note = tuple(ProvenEntry(*item) for item in items), b64decode(fields["checkpoint"])
    return Piece(source=name, note=note, places=places, log_keys=bundle.log.log_keys, found=bundle.found)
