"""Evidence against evidence: whether checkpoints, proofs and bundles from anywhere lie on one history of their log.

A log that shows different people different histories must give itself away wherever two pieces meet. Every inclusion proof tells hashes of
perfect subtrees, and such a hash is the same in every tree that holds the subtree: so proofs under one checkpoint contradict, or prove,
checkpoints of other sizes. With a whole export (``Tree``) nothing within its size stays open. Source: RFC 6962 §2.1, formats §4.
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from ledger.auditing.report import Finding, difference, of_refusal
from ledger.tree.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.tree.merkle import HashAt, node_hash, range_root, verify_inclusion
from ledger.tree.note import parse_note
from signing.refusal import Refusal

CONTRADICTIONS = frozenset({"HISTORY_FORK", "FOUND_DIFFERS"})


class ProvenEntry(Struct, frozen=True):
    """An entry under a piece's checkpoint: index, leaf hash (None: the proof does not say which entry), inclusion proof."""

    index: int
    leaf: bytes | None
    hashes: tuple[bytes, ...]


class Piece(Struct, frozen=True, kw_only=True):
    """One piece of evidence. ``log_keys`` and ``found`` are what it says itself about its log, if it does."""

    source: str
    note: bytes
    places: tuple[ProvenEntry, ...] = ()
    log_keys: tuple[str, ...] = ()
    found: str = ""


class Tree(Struct, frozen=True):
    """A whole tree of one log, e.g. an export; ``hash_at`` gives only hashes that follow from the root of its checkpoint, or Refusal."""

    origin: str
    size: int
    hash_at: HashAt
    source: str = "export"


class OneLog(Struct, kw_only=True):
    """What the evidence about one log came to."""

    origin: str
    pieces: int = 0
    sizes: list[int] = field(default_factory=list)  # sizes of the checkpoints, each once
    open: list[int] = field(default_factory=list)  # those that nothing here ties to the others: no contradiction, and no proof
    unsigned: list[str] = field(default_factory=list)
    """Sources whose signature could not be checked, because no piece tells the log's keys."""


class GossipReport(Struct, kw_only=True):
    """Result of comparing evidence. Clean means that nothing contradicts; ``open`` sizes say where nothing was proved either."""

    logs: list[OneLog] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)  # files that are no evidence of a known form
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Nothing contradicts, and everything that claims to be evidence is."""
        return not self.findings

    @property
    def contradictions(self) -> int:
        """Findings that show two histories, or two logs, under one name; the others are of evidence that fails by itself."""
        return sum(finding.code in CONTRADICTIONS for finding in self.findings)


def compare(pieces: Iterable[Piece], trees: Sequence[Tree] = (), vkeys: Sequence[str] = (), found: str = "") -> GossipReport:
    """Compare pieces of any number of logs; ``vkeys`` are log keys that the reader trusts beforehand, ``found`` a founding."""
    report = GossipReport()
    by_origin: dict[str, list[tuple[Piece, Checkpoint]]] = {}
    for piece in pieces:
        try:
            checkpoint = parse_checkpoint(parse_note(piece.note)[0])
        except Refusal as refusal:
            report.findings += of_refusal(refusal, piece.source)
            continue
        by_origin.setdefault(checkpoint.origin, []).append((piece, checkpoint))
    for origin, pairs in sorted(by_origin.items()):
        tree = max((tree for tree in trees if tree.origin == origin), key=lambda one: one.size, default=None)
        log = _Log(origin, tree, report.findings)
        log.judge(pairs, [vkey for vkey in vkeys if vkey.startswith(f"{origin}+")], found)
        report.logs.append(log.result)
    return report


class _Log:
    """The evidence about one log, piece after piece."""

    def __init__(self, origin: str, tree: Tree | None, findings: list[Finding]) -> None:
        self.result = OneLog(origin=origin)
        self._tree, self._findings = tree, findings
        self._nodes: dict[tuple[int, int], tuple[bytes, str]] = {}
        self._roots: dict[int, tuple[bytes, str]] = {}

    def judge(self, pieces: Sequence[tuple[Piece, Checkpoint]], vkeys: Sequence[str], found: str) -> None:
        """Signatures, equal sizes, entries and subtrees, then every root from what is known together."""
        self.result.pieces = len(pieces)
        keys = self._keys([piece for piece, _ in pieces], vkeys, found)
        signed = [(piece, checkpoint) for piece, checkpoint in pieces if self._is_signed(piece, keys)]
        for piece, checkpoint in signed:
            known = self._roots.setdefault(checkpoint.size, (checkpoint.root, piece.source))
            if known[0] != checkpoint.root:
                self._fork(f"size {checkpoint.size}", piece.source, checkpoint.root, known)
        for piece, checkpoint in signed:
            for place in piece.places:
                self._place(piece.source, checkpoint, place)
        self._tie()

    def _keys(self, pieces: Sequence[Piece], vkeys: Sequence[str], found: str) -> tuple[str, ...]:
        """The log's keys: those trusted beforehand, else those of the trusted or first founding; two under one name are a finding."""
        told = sorted((piece for piece in pieces if piece.found), key=lambda piece: piece.found != found)
        for piece in told[1:]:
            if piece.found != told[0].found:
                self._findings.append(difference("FOUND_DIFFERS", piece.source, piece.found, f"{told[0].found} ({told[0].source})"))
        own = next((piece.log_keys for piece in (*told, *pieces) if piece.log_keys), ())
        return tuple(vkeys) or own

    def _is_signed(self, piece: Piece, keys: tuple[str, ...]) -> bool:
        if not keys:
            self.result.unsigned.append(piece.source)
            return True
        try:
            open_checkpoint(piece.note, keys)
        except Refusal as refusal:
            self._findings += of_refusal(refusal, piece.source)
            return False
        return True

    def _fork(self, what: str, source: str, found: bytes, known: tuple[bytes, str]) -> None:
        ours, theirs = (f"{b64encode(raw).decode()} ({where})" for raw, where in ((found, source), known))
        self._findings.append(difference("HISTORY_FORK", f"{self.result.origin} {what}", ours, theirs))

    def _place(self, source: str, checkpoint: Checkpoint, place: ProvenEntry) -> None:
        """Take the subtrees that a proof tells; a proof without its entry is checked when another piece, or the export, has the entry."""
        leaf = place.leaf or self._find(0, place.index)
        if leaf is None:
            return
        try:
            verify_inclusion(place.index, checkpoint.size, leaf, place.hashes, checkpoint.root)
        except Refusal as refusal:
            self._findings += of_refusal(refusal, f"{source} entry {place.index}")
            return
        for start, end, value in subtrees(place.index, checkpoint.size, leaf, place.hashes):
            self._node(start, end, value, source)

    def _node(self, start: int, end: int, value: bytes, source: str) -> None:
        level = (end - start).bit_length() - 1
        known = self._nodes.setdefault((level, start >> level), (value, source))
        if known[0] != value:
            self._fork(f"entries {start} to {end - 1}", source, value, known)
        if self._tree is not None and end <= self._tree.size:
            held = self._held(level, start >> level)
            if held is not None and held != value:
                self._fork(f"entries {start} to {end - 1}", source, value, (held, self._tree.source))

    def _find(self, level: int, index: int) -> bytes | None:
        """Hash of a perfect subtree, if the export, a piece, or its two halves tell it."""
        if self._tree is not None and (index + 1) << level <= self._tree.size:
            held = self._held(level, index)
            if held is not None:
                return held
        known = self._nodes.get((level, index))
        if known is not None or level == 0:
            return None if known is None else known[0]
        left = self._find(level - 1, 2 * index)
        right = None if left is None else self._find(level - 1, 2 * index + 1)
        return None if left is None or right is None else node_hash(left, right)

    def _tie(self) -> None:
        """Compute every root that can be; the largest size needs no tie of its own."""
        self.result.sizes = sorted(self._roots)
        for size, known in sorted(self._roots.items()):
            try:
                computed = range_root(0, size, self._needed) if size else known[0]
            except LookupError:
                if size != self.result.sizes[-1]:
                    self.result.open.append(size)
                continue
            if computed != known[0]:
                self._fork(f"size {size}", known[1], known[0], (computed, "computed from other evidence"))

    def _held(self, level: int, index: int) -> bytes | None:
        """What the whole tree says; a part of it that does not follow from its root is a finding about it, and says nothing."""
        assert self._tree is not None, "asked of a tree"
        try:
            return self._tree.hash_at(level, index)
        except Refusal as refusal:
            told = [difference(r.code, f"{self._tree.source} {r.field}", r.found, r.expected) for r in refusal.reasons]
            self._findings += [finding for finding in told if finding not in self._findings]
            return None

    def _needed(self, level: int, index: int) -> bytes:
        found = self._find(level, index)
        if found is None:
            raise LookupError((level, index))
        return found


def subtrees(index: int, size: int, leaf: bytes, hashes: Sequence[bytes]) -> list[tuple[int, int, bytes]]:
    """Perfect subtrees (start, end, hash) that a verified inclusion proof tells: they are the same in every larger tree."""
    path: list[tuple[int, int, int]] = []
    start, end = 0, size
    while end - start > 1:
        split = start + (1 << (end - start - 1).bit_length() - 1)
        path.append((start, split, end))
        start, end = (start, split) if index < split else (split, end)
    found = [(index, index + 1, leaf)]
    node = leaf
    for (first, split, last), sibling in zip(reversed(path), hashes, strict=True):
        is_left = index < split
        found.append((split, last, sibling) if is_left else (first, split, sibling))
        node = node_hash(node, sibling) if is_left else node_hash(sibling, node)
        found.append((first, last, node))
    return [(a, b, value) for a, b, value in found if (b - a) & (b - a - 1) == 0 and a % (b - a) == 0]
