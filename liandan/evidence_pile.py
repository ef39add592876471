"""A pile of evidence as files: certificates, bundles, proofs, checkpoints and whole exports, whatever their names."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field

from ledger.auditing.gossip import GossipReport, Piece, Place, Tree, compare
from ledger.auditing.report import difference
from ledger.bundle import BUNDLE_MAX, open_bundle
from ledger.checkpoint import parse_checkpoint
from ledger.merkle import leaf_hash
from ledger.note import parse_note
from ledger.proof import HEADER, parse_proof
from ledger.replay import Finding
from ledger.tiles import TileReader
from liandan.export import archived_in, reader_of
from liandan.wiring import KINDS
from reports.certificate.render import ATTACHMENT
from reports.document import Document
from reports.verify import FILE_MAX
from signing.payload import parse
from signing.refusal import Refusal, refuse


class Pile(Struct):
    """What was found in a directory."""

    pieces: list[Piece] = field(default_factory=list)
    trees: list[Tree] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def compared(self, vkeys: tuple[str, ...] = ()) -> GossipReport:
        """The verdict."""
        report = compare(self.pieces, self.trees, vkeys)
        report.ignored = self.ignored
        report.findings[:0] = self.findings
        return report


def gather(directory: Path, against: Path | None = None) -> Pile:
    """Everything in a directory and below; ``against`` is an export that the evidence is compared with. OSError where none can be read."""
    pile = Pile()
    for export in (*(() if against is None else (against,)), *_exports(directory)):
        _take_export(pile, export)
    for path in sorted(directory.rglob("*")):
        inside = any(parent in _exports(directory) for parent in path.parents)
        if path.is_file() and not inside:
            _take_file(pile, path, path.relative_to(directory).as_posix())
    return pile


def _exports(directory: Path) -> list[Path]:
    return sorted(path.parent for path in directory.rglob("checkpoint") if (path.parent / "tile").is_dir())


def _take_export(pile: Pile, directory: Path) -> None:
    """Its checkpoints are pieces; its tree serves the others once its own root is its checkpoint's."""
    read = reader_of(directory)
    note = read("checkpoint") or b""
    keys = tuple((read("log.vkey") or b"").decode("utf-8", "replace").splitlines())
    try:
        head = parse_checkpoint(parse_note(note)[0])
        reader = TileReader(head.size, read)
        if reader.root() != head.root:
            raise refuse("ROOT_DIFFERS", found=reader.root().hex(), expected=head.root.hex())
    except Refusal as refusal:
        pile.findings += [difference(r.code, str(directory), r.found, r.expected) for r in refusal.reasons]
        return
    pile.trees.append(Tree(head.origin, head.size, reader.hash_at))
    pile.pieces.append(Piece(source=f"{directory.name}/checkpoint", note=note, log_keys=keys))
    for size in archived_in(directory):
        raw = read(f"checkpoints/{size}") or b""
        pile.pieces.append(Piece(source=f"{directory.name}/checkpoints/{size}", note=raw, log_keys=keys))


def _take_file(pile: Pile, path: Path, name: str) -> None:
    if path.stat().st_size > FILE_MAX:
        pile.ignored.append(name)
        return
    try:
        found = list(_pieces(path.read_bytes(), name))
    except Refusal as refusal:
        pile.findings += [difference(r.code, f"{name} {r.field}".rstrip(), r.found, r.expected) for r in refusal.reasons]
        return
    pile.pieces += found
    if not found:
        pile.ignored.append(name)


def _pieces(raw: bytes, name: str) -> Iterator[Piece]:
    """What a file is evidence of; nothing for other files. Refusal when it claims to be evidence and is not."""
    if b"%PDF-" in raw[:1024]:
        attached = Document(raw).attachment(ATTACHMENT)
        if attached is not None:
            yield _bundle(attached, name)
    elif raw.lstrip()[:20].startswith(b'{"liandan_bundle"'):
        yield _bundle(raw, name)
    elif raw.startswith(HEADER):
        proof = parse_proof(raw)
        yield Piece(source=name, note=proof.checkpoint, places=(Place(proof.index, None, proof.hashes),))
    elif "\n\n— ".encode() in raw:
        parse_checkpoint(parse_note(raw)[0])
        yield Piece(source=name, note=raw)


def _bundle(raw: bytes, name: str) -> Piece:
    bundle = open_bundle(raw, KINDS)
    fields = parse(raw, limit=BUNDLE_MAX, depth=4)
    places = tuple(
        Place(item["index"], leaf_hash(b64decode(item["entry"])), tuple(b64decode(one) for one in item["proof"]))
        for item in fields["entries"]
    )
    note = b64decode(fields["checkpoint"])
    return Piece(source=name, note=note, places=places, log_keys=bundle.log.log_keys, found=bundle.found)
