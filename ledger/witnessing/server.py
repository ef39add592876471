"""The rules of a witness, without its memory and its clock: read a submission, judge it against what was cosigned last, cosign.

Source: C2SP tlog-witness. What is signed is a re-encoding of what was parsed, never the bytes that came; a checkpoint with an extension
line is not cosigned; the own signature is verified before anybody sees it.

The logs a witness knows come from one of two files: a policy (C2SP tlog-policy, of which only the ``log`` lines count, so a regulator needs
one file only), or ``log.vkey`` of an export, one vkey per line. An origin is a log; it may have an Ed25519 and an ML-DSA-44 key.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from ledger.tree import note as notes
from ledger.tree.checkpoint import Checkpoint, cosign_checkpoint, parse_checkpoint, verifier, verify_cosignature
from ledger.tree.merkle import EMPTY_ROOT, verify_consistency
from ledger.tree.note import COSIGNATURE_V1, ED25519, SUBTREE_V1, SignatureLine, SigningKey, open_note, parse_note, parse_vkey, vkey_of
from ledger.tree.policy import MAX_BYTES, parse_policy
from ledger.witnessing.wire import parse_request
from signing.refusal import Refusal, refuse

_POLICY_WORDS = frozenset({b"log", b"witness", b"group", b"quorum"})


class KnownLog(Struct, frozen=True):
    """A log by its origin, which is also the name of its keys."""

    origin: str
    vkeys: tuple[str, ...]
    url: str = ""  # address before ``/tile/…``, where a mirror fetches entries; empty when nothing is fetched


def parse_known(raw: bytes) -> Mapping[str, KnownLog]:
    """Logs by origin; refuses POLICY_FORM, VKEY_FORM, and WITNESS_LOGS for a file without a log or keys that no log has."""
    words = [line.split(None, 1)[0] for line in raw.split(b"\n") if line.strip() and not line.lstrip().startswith(b"#")]
    if _POLICY_WORDS & set(words):
        complete = raw if b"quorum" in words else raw.rstrip(b"\n") + b"\nquorum none\n"
        pairs = [(log.vkey, log.url) for log in parse_policy(complete).logs]
    else:
        if len(raw) > MAX_BYTES:
            raise refuse("WITNESS_LOGS", found=f"{len(raw)} bytes", expected=f"at most {MAX_BYTES}")
        pairs = [(word.decode("utf-8", "replace"), "") for word in words]
    return known_logs(pairs)


def known_logs(pairs: Iterable[tuple[str, str]]) -> Mapping[str, KnownLog]:
    """Logs by origin from (vkey, address); refuses VKEY_FORM and WITNESS_LOGS."""
    logs: dict[str, KnownLog] = {}
    for vkey, url in pairs:
        parsed = parse_vkey(vkey)
        if parsed.type not in (ED25519, SUBTREE_V1):
            raise refuse("WITNESS_LOGS", field=parsed.name, found=f"a key of type {parsed.type:02x}", expected="a log's key, type 01 or 06")
        before = logs.get(parsed.name, KnownLog(parsed.name, ()))
        if before.url and url and before.url != url:
            raise refuse("WITNESS_LOGS", field=parsed.name, found=f"{before.url} {url}", expected="one address per log")
        vkeys = before.vkeys if vkey in before.vkeys else (*before.vkeys, vkey)
        logs[parsed.name] = KnownLog(parsed.name, vkeys, before.url or url)
    if not logs:
        raise refuse("WITNESS_LOGS", found="no log", expected="at least one log with its key")
    return logs


class TreeHead(Struct, frozen=True):
    """The newest tree head that a witness cosigned for a log."""

    size: int
    root: bytes
    note: bytes = b""  # the checkpoint with the log's lines and ours
    at: int = 0  # POSIX seconds of the cosignature


NOTHING = TreeHead(0, EMPTY_ROOT)  # what a witness knows of a log before the first submission


class AddCheckpointRequest(Struct, frozen=True):
    """A request whose checkpoint is signed by a known log."""

    log: KnownLog
    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    lines: tuple[SignatureLine, ...]  # the log's own lines, verified; all others are dropped


class Conflict(Exception):
    """The old size is not the one that was cosigned last."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the latest cosigned size is {size}")
        self.size = size


class OwnSignatureWrong(Exception):
    """Our own key gave a signature that does not hold: a broken device. Nothing may leave this witness."""


class Cosigner(Struct, frozen=True):
    """The witness's name and its keys: one Ed25519 (type 04), one ML-DSA-44 (type 06), or both."""

    name: str
    keys: tuple[SigningKey, ...]

    @property
    def vkeys(self) -> tuple[str, ...]:
        """What a policy names this witness by, in the order of the keys."""
        return tuple(str(vkey_of(self.name, COSIGNATURE_V1 if key.suite == "ed25519" else SUBTREE_V1, key)) for key in self.keys)


def make_cosigner(name: str, *keys: SigningKey) -> Cosigner:
    """A cosigner; refuses WITNESS_KEYS (no key, another suite, two of one suite) and VKEY_FORM (a name that cannot be one)."""
    suites = [key.suite for key in keys]
    if not suites or len(set(suites)) != len(suites) or not set(suites) <= {"ed25519", "ml-dsa-44"} or len(name.encode()) > 255:
        found = f"{name[:40]}: {', '.join(suites) or 'no key'}"
        raise refuse("WITNESS_KEYS", found=found, expected="at most one key of ed25519 and one of ml-dsa-44, a name of at most 255 bytes")
    cosigner = Cosigner(name, tuple(sorted(keys, key=lambda key: key.suite != "ed25519")))
    assert cosigner.vkeys
    return cosigner


def read_submission(raw: bytes, logs: Mapping[str, KnownLog]) -> AddCheckpointRequest:
    """A request of a known log; WITNESS_REQUEST, NOTE_FORM, CHECKPOINT_FORM (400), WITNESS_LOG_UNKNOWN (404), NOTE_SIGNATURE (403)."""
    request = parse_request(raw)
    if len(request.note) > notes.MAX_BYTES:
        raise refuse("NOTE_FORM", found=f"{len(request.note)} bytes", expected=f"at most {notes.MAX_BYTES}")
    origin = request.note.split(b"\n", 1)[0].decode("utf-8", "replace")
    log = logs.get(origin)
    if log is None:
        raise refuse("WITNESS_LOG_UNKNOWN", field="origin", found=ascii(origin), expected="a log that this witness knows")
    checkpoint = parse_checkpoint(parse_note(request.note)[0])
    note = open_note(request.note, [verifier(vkey) for vkey in log.vkeys])
    if checkpoint.origin != origin or checkpoint.text != note.text:
        raise refuse("CHECKPOINT_FORM", found="another text when it is written again", expected="one reading only")
    if request.old > checkpoint.size:
        raise refuse("WITNESS_REQUEST", field="old", found=request.old, expected=f"at most the checkpoint's size {checkpoint.size}")
    return AddCheckpointRequest(log, request.old, request.proof, checkpoint, note.verified)


def judge(submission: AddCheckpointRequest, latest: TreeHead) -> None:
    """Return if the checkpoint may be cosigned after ``latest``; Conflict (409), or refuses PROOF_WRONG (422)."""
    checkpoint = submission.checkpoint
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise refuse("PROOF_WRONG", field="root", found=checkpoint.root.hex(), expected=EMPTY_ROOT.hex())
    if submission.old != latest.size:
        raise Conflict(latest.size)
    if submission.old:
        verify_consistency(submission.old, checkpoint.size, latest.root, checkpoint.root, submission.proof)
    elif submission.proof:
        raise refuse("PROOF_WRONG", field="length", found=len(submission.proof), expected="no proof from size 0")


def cosign(submission: AddCheckpointRequest, cosigner: Cosigner, at: int) -> tuple[TreeHead, bytes]:
    """The new head and the lines to answer with; OwnSignatureWrong. The caller keeps both back until the head is on disk."""
    checkpoint = Checkpoint(submission.checkpoint.origin, submission.checkpoint.size, submission.checkpoint.root)
    lines = [cosign_checkpoint(checkpoint, cosigner.name, key, at) for key in cosigner.keys]
    try:
        for line, vkey in zip(lines, cosigner.vkeys, strict=True):
            verify_cosignature(checkpoint, line, vkey)
    except Refusal as refusal:
        raise OwnSignatureWrong(str(refusal)) from refusal
    note = notes.join_note(checkpoint.text, (*submission.lines, *lines))
    return TreeHead(checkpoint.size, checkpoint.root, note, at), b"".join(line.to_bytes() for line in lines)
