"""Receipts of admitted statements (回执): ``<statement hash>.entry`` beside ``<statement hash>.tlog-proof``, and saved checkpoints.

Proved offline, for each pair: the entry is canonical, its hash is the leaf that the proof leads to the root, a pinned key signed the
checkpoint, the witnesses that the reader's policy asks for cosigned it, and the parties named in ``by`` signed the statement. Proved among
all of them together: no two checkpoints of one size, no two entries at one place of the log or of a chain, ``prev`` of what is at hand.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from ledger.admission.admit import keys_brought
from ledger.admission.entry import ENTRY_MAX, Entry, read_entry
from ledger.chain import founding_prev, genesis_prev
from ledger.directory import KeyRecord
from ledger.kinds.founding import LogFound
from ledger.tree.checkpoint import OpenedCheckpoint
from ledger.tree.merkle import leaf_hash, verify_inclusion
from ledger.tree.note import MAX_BYTES as NOTE_MAX
from ledger.tree.proof import MAX_BYTES as PROOF_MAX
from ledger.tree.proof import Proof, parse_proof
from reports.anchor import Anchor
from reports.files import printable, read_file
from reports.kinds import all_kinds
from reports.remark import Form, VerifyReport, remarks
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal, refuse
from signing.suite import verify

ENTRY, PROOF, CHECKPOINT = ".entry", ".tlog-proof", "checkpoint"
_HASH = re.compile("[0-9a-f]{64}")


class _ProofFile(Struct, kw_only=True):
    """One pair or checkpoint while it is examined."""

    name: str
    form: Form
    entry: Entry | None = None
    opened: OpenedCheckpoint | None = None
    is_proved: bool = False
    is_anchored: bool = False
    """Whether its chain is at hand back to a first statement that names the pinned ``found``."""
    signatures: int = 0
    findings: list[Reason] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)


def is_receipt(path: Path) -> bool:
    """Whether a file is, by its name, one of these."""
    return path.suffix in {ENTRY, PROOF} or path.name == CHECKPOINT


def verify_receipts(paths: Iterable[Path], anchor: Anchor, progress: Callable[[int, int], None] | None = None) -> list[VerifyReport]:
    """Verify pairs (named by either file) and checkpoints, all as receipts of one log. OSError where a file cannot be read."""
    named = set(paths)
    stems = sorted({path.with_suffix("") for path in named if path.suffix in {ENTRY, PROOF}})
    notes = sorted(path for path in named if path.name == CHECKPOINT)
    exhibits = []
    for done, stem in enumerate(stems, 1):
        exhibits.append(_pair(stem, anchor))
        if progress is not None:
            progress(done, len(stems))
    exhibits += [_checkpoint(path, anchor) for path in notes]
    proved = (exhibit.entry for exhibit in exhibits if exhibit.is_proved and exhibit.entry is not None)
    brought = {keyid: key for entry in proved for keyid, key in keys_brought(entry.statement).items()}
    _compare(exhibits, anchor)
    for exhibit in exhibits:
        _signatures(exhibit, anchor, brought)
    return [_report(exhibit, anchor) for exhibit in exhibits]


def _pair(stem: Path, anchor: Anchor) -> _ProofFile:
    exhibit = _ProofFile(name=printable(stem.name) + ENTRY, form="entry")
    raw = _part(stem.with_name(stem.name + ENTRY), ENTRY_MAX, exhibit)
    text = _part(stem.with_name(stem.name + PROOF), PROOF_MAX, exhibit)
    proof: Proof | None = None
    if raw is not None:
        with _noting(exhibit, "entry"):
            exhibit.entry = read_entry(raw, all_kinds())
    if text is not None:
        with _noting(exhibit, "tlog-proof"):
            proof = parse_proof(text)
            exhibit.opened = anchor.open(proof.checkpoint)
    entry, opened = exhibit.entry, exhibit.opened
    if entry is not None and _HASH.fullmatch(stem.name) and entry.statement.hash != stem.name:
        exhibit.findings.append(Reason("RECEIPT_NAME", "entry", entry.statement.hash, stem.name))
    if entry is not None and proof is not None and entry.index != proof.index:
        exhibit.findings.append(Reason("PROOF_WRONG", "tlog-proof.index", str(proof.index), str(entry.index)))
    if raw is not None and proof is not None and opened is not None:
        with _noting(exhibit, "tlog-proof"):
            verify_inclusion(proof.index, opened.checkpoint.size, leaf_hash(raw), proof.hashes, opened.checkpoint.root)
            exhibit.is_proved = not exhibit.findings
    return exhibit


def _checkpoint(path: Path, anchor: Anchor) -> _ProofFile:
    exhibit = _ProofFile(name=path.name, form="checkpoint")
    note = _part(path, NOTE_MAX, exhibit)
    if note is not None:
        with _noting(exhibit, ""):
            exhibit.opened = anchor.open(note)
            exhibit.is_proved = True
    return exhibit


def _part(path: Path, limit: int, exhibit: _ProofFile) -> bytes | None:
    """The file's bytes; a finding where it is missing or larger than any of its form."""
    where = path.suffix.removeprefix(".")
    if not path.exists():
        exhibit.findings.append(Reason("RECEIPT_INCOMPLETE", where, "", printable(path.name)))
        return None
    with _noting(exhibit, where):
        return read_file(path, limit)
    return None


@contextmanager
def _noting(exhibit: _ProofFile, where: str) -> Iterator[None]:
    """Turns a refusal inside into findings of the exhibit, each with the file it is about in front of its field."""
    try:
        yield
    except Refusal as refusal:
        for reason in refusal.reasons:
            name = ".".join(part for part in (where, reason.field) if part)
            exhibit.findings.append(Reason(reason.code, name, reason.found, reason.expected))


def _compare(exhibits: Sequence[_ProofFile], anchor: Anchor) -> None:
    """What the receipts prove against each other: forks, and the links of chains."""
    roots: dict[tuple[str, int], tuple[bytes, str]] = {}
    leaves: dict[int, tuple[str, str]] = {}
    places: dict[tuple[str, int], _ProofFile] = {}
    for exhibit in exhibits:
        if exhibit.opened is not None:
            head = exhibit.opened.checkpoint
            root, other = roots.setdefault((head.origin, head.size), (head.root, exhibit.name))
            if root != head.root:
                found = f"{b64encode(head.root).decode()} ({head.size})"
                exhibit.findings.append(Reason("HISTORY_FORK", "root", found, f"{b64encode(root).decode()} ({other})"))
        if exhibit.entry is None or not exhibit.is_proved:
            continue
        digest, other = leaves.setdefault(exhibit.entry.index, (leaf_hash(exhibit.entry.raw).hex(), exhibit.name))
        if digest != leaf_hash(exhibit.entry.raw).hex():
            exhibit.findings.append(Reason("HISTORY_FORK", f"index {exhibit.entry.index}", exhibit.entry.statement.hash, other))
        places.setdefault((exhibit.entry.statement.chain, exhibit.entry.statement.seq), exhibit)
    for _, exhibit in sorted(places.items()):
        _link(exhibit, places, anchor)


def _link(exhibit: _ProofFile, places: dict[tuple[str, int], _ProofFile], anchor: Anchor) -> None:
    """``prev`` of a statement whose predecessor, or whose log, is known."""
    assert exhibit.entry is not None, "only entries have places"
    statement = exhibit.entry.statement
    found = anchor.found or ("" if anchor.bundle is None else anchor.bundle.found)
    before = places.get((statement.chain, statement.seq - 1))
    code, wanted = "PREV_MISMATCH", ""
    if isinstance(statement.body, LogFound):
        wanted = founding_prev(statement.body.origin)
        if found and statement.hash != found:
            exhibit.findings.append(Reason("FOUND_DIFFERS", "entry", statement.hash, found))
    elif statement.seq == 0 and found:
        code, wanted = "FOUND_DIFFERS", genesis_prev(found, statement.chain)
    elif before is not None and before.entry is not None:
        wanted = before.entry.statement.hash
    if wanted and statement.prev != wanted:
        exhibit.findings.append(Reason(code, "entry.prev", statement.prev, wanted))
    elif found:
        exhibit.is_anchored = statement.seq == 0 or (before is not None and before.is_anchored)


def _signatures(exhibit: _ProofFile, anchor: Anchor, brought: dict[str, KeyRecord]) -> None:
    """The parties' own signatures, as far as their public keys are at hand."""
    if exhibit.entry is None:
        return
    entry = exhibit.entry
    for position, (uscc, signature) in enumerate(zip(entry.statement.by, entry.envelope.signatures, strict=True)):
        with _noting(exhibit, f"entry.signatures.{position}"):
            record = anchor.key(signature.keyid)
            if record is not None and not record.is_valid_at(entry.index):
                raise refuse(
                    "KEY_NOT_VALID",
                    field="keyid",
                    found=signature.keyid,
                    expected=Phrase(f"在第 {entry.index} 条有效", f"valid at {entry.index}"),
                )
            record = record or brought.get(signature.keyid) or anchor.registered_key(signature.keyid, uscc)
            if record is None:
                exhibit.notes.append(Reason("NOTE_SIGNER", f"entry.signatures.{position}", signature.keyid, uscc))
                continue
            if record.uscc != uscc:
                raise refuse("KEY_OTHER_PARTY", field="keyid", found=record.uscc, expected=uscc)
            verify(record.suite, record.spki, entry.envelope.message, signature.sig)
            exhibit.signatures += 1


def _notes(exhibit: _ProofFile, opened: OpenedCheckpoint, anchor: Anchor) -> list[Reason]:
    """What even a good receipt leaves open."""
    notes = list(exhibit.notes)
    if not anchor.is_pinned:
        notes.insert(0, Reason("NOTE_NOT_PINNED", "", "" if anchor.bundle is None else anchor.bundle.found))
    elif anchor.found and anchor.bundle is None and exhibit.entry is not None and not exhibit.is_anchored:
        notes.insert(0, Reason("NOTE_FOUND", "", exhibit.entry.statement.chain))
    cosigners = {line.vkey for line in opened.cosignatures}
    if not anchor.knows_witnesses and opened.note.unverified:
        notes.append(Reason("NOTE_WITNESS_UNKNOWN", "", ", ".join(line.name for line in opened.note.unverified)[:120]))
    elif not cosigners:
        notes.append(Reason("NOTE_NO_WITNESS"))
    if anchor.knows_witnesses and not anchor.witnesses.is_met_by(cosigners):
        notes.append(Reason("NOTE_QUORUM", "", ", ".join(sorted(cosigners))[:120] or "-", anchor.witnesses.quorum))
    if anchor.bundle is not None and anchor.bundle.log.clock != "real":
        notes.append(Reason("NOTE_DEMO"))
    return notes


def _report(exhibit: _ProofFile, anchor: Anchor) -> VerifyReport:
    entry, opened = exhibit.entry, exhibit.opened
    report = VerifyReport(
        file=exhibit.name,
        form=exhibit.form,
        found=anchor.found or ("" if anchor.bundle is None else anchor.bundle.found),
        entries=int(exhibit.is_proved and entry is not None),
        signatures=exhibit.signatures,
        is_pinned=anchor.is_pinned,
        findings=remarks(exhibit.findings),
    )
    if entry is not None:
        report = replace(report, subject=entry.statement.chain, kind=entry.statement.kind, index=entry.index)
    if opened is not None:
        head, witnesses = opened.checkpoint, tuple(line.vkey for line in opened.cosignatures)
        root, notes = b64encode(head.root).decode(), remarks(_notes(exhibit, opened, anchor))
        report = replace(report, origin=head.origin, size=head.size, root=root, witnesses=witnesses, notes=notes)
    return report
