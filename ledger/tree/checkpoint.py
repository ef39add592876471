"""Checkpoints: the tree head that a log signs and witnesses cosign.

Source: C2SP tlog-checkpoint; formats §4 for ours: origin = key name, no extension line, the log's Ed25519 line, its ML-DSA-44 line
(timestamp 0), then witness lines sorted by vkey text, one line per key.
"""

import base64
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial

from msgspec import Struct

from ledger.tree import cosignature
from ledger.tree import note as notes
from ledger.tree.merkle import HASH_BYTES, MAX_SIZE
from ledger.tree.note import COSIGNATURE_V1, ED25519, SUBTREE_V1, SignatureLine, SigningKey, Vkey, parse_note, parse_vkey, vkey_of
from signing.b64 import canonical
from signing.phrase import Phrase
from signing.refusal import refuse

_NUMBER = re.compile(rb"0|[1-9][0-9]{0,18}")
SUBTREE_SIGNATURE = 8 + 2420
MAX_ORIGIN = 255  # bytes: what a type 06 message can hold


class Checkpoint(Struct, frozen=True):
    """A tree head: which log, how many entries, the root over them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()  # opaque further lines; ours never has any (formats §4)

    @property
    def text(self) -> bytes:
        """The note text, with its final LF."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(line + "\n" for line in lines).encode()


class Cosignature(Struct, frozen=True):
    """A verified witness line: whose, and the POSIX seconds it states."""

    vkey: str
    timestamp: int


class OpenedCheckpoint(Struct, frozen=True):
    """A checkpoint whose lines of known keys all verified."""

    checkpoint: Checkpoint
    note: notes.Note
    log_vkeys: tuple[str, ...]  # the log's keys that signed, in the order of their lines
    cosignatures: tuple[Cosignature, ...]  # known witnesses, in the order of their lines

    @property
    def cosigned_at(self) -> int | None:
        """Smallest time among the witness lines, None without any (formats §4, archived checkpoints)."""
        return min((line.timestamp for line in self.cosignatures), default=None)


@lru_cache(maxsize=256)
def verifier(vkey: str) -> notes.Verifier:
    """The verifier of a vkey of type 01, 04 or 06; refuses VKEY_FORM. Type 06 refuses CHECKPOINT_FORM on other texts."""
    parsed = parse_vkey(vkey)
    verify = {ED25519: Vkey.holds, COSIGNATURE_V1: cosignature.verify_v1, SUBTREE_V1: _verify_head}[parsed.type]
    return notes.Verifier(parsed.name, parsed.id, partial(verify, parsed))


def _verify_head(vkey: Vkey, text: bytes, signature: bytes) -> bool:
    return cosignature.verify_subtree(vkey, _whole(parse_checkpoint(text, extensions=True)), signature)


def parse_checkpoint(text: bytes, *, extensions: bool = False) -> Checkpoint:
    """Read a checkpoint's note text; refuses CHECKPOINT_FORM, and extension lines unless they are asked for."""
    lines = text.split(b"\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise refuse(
            "CHECKPOINT_FORM",
            found=f"{len(lines)} lines",
            expected=Phrase("名称、条目数、树根三行，均不为空，以换行结束", "origin, size and root, each line not empty and ended by LF"),
        )
    if len(lines) > 3 and not extensions:
        raise refuse("CHECKPOINT_FORM", field="extension", found=ascii(lines[3][:60]), expected=Phrase("没有扩展行", "no extension line"))
    try:
        origin, *more = (line.decode("utf-8") for line in (lines[0], *lines[3:]))
    except UnicodeDecodeError:
        raise refuse(
            "CHECKPOINT_FORM",
            found=Phrase("不是 UTF-8", "not UTF-8"),
            expected=Phrase("名称、条目数、树根的 Base64", "origin, size, base64 of the root"),
        ) from None
    if len(lines[0]) > MAX_ORIGIN:
        raise refuse(
            "CHECKPOINT_FORM",
            field="origin",
            found=Phrase(f"{len(lines[0])} 字节", f"{len(lines[0])} bytes"),
            expected=Phrase(f"至多 {MAX_ORIGIN}", f"at most {MAX_ORIGIN}"),
        )
    if not _NUMBER.fullmatch(lines[1]) or int(lines[1]) > MAX_SIZE:
        raise refuse(
            "CHECKPOINT_FORM",
            field="size",
            found=ascii(lines[1][:60]),
            expected=Phrase("小于 2^63 的十进制数", "a decimal number below 2^63"),
        )
    root = canonical(lines[2])
    if root is None or len(root) != HASH_BYTES:
        raise refuse(
            "CHECKPOINT_FORM",
            field="root",
            found=ascii(lines[2][:60]),
            expected=Phrase("32 字节的规范 Base64", "canonical base64 of 32 bytes"),
        )
    return Checkpoint(origin, int(lines[1]), root, tuple(more))


def log_vkeys(origin: str, keys: Iterable[SigningKey]) -> tuple[str, ...]:
    """The log's vkeys, Ed25519 first: ``log_keys`` of log.found and the lines of ``log.vkey``."""
    ordered = sorted(keys, key=lambda key: key.suite != "ed25519")
    return tuple(str(vkey_of(origin, ED25519 if key.suite == "ed25519" else SUBTREE_V1, key)) for key in ordered)


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey, ml_dsa_key: SigningKey | None = None) -> bytes:
    """The log's own note: its Ed25519 line, and the ML-DSA-44 line if it has that key. The key name is the origin.

    Refuses CHECKPOINT_FORM (extension line, origin too long), VKEY_FORM (origin that cannot be a key name).
    """
    parse_checkpoint(checkpoint.text)
    lines = [notes.sign_line(checkpoint.text, checkpoint.origin, key)]
    if ml_dsa_key is not None:
        lines.append(_subtree_line(checkpoint, checkpoint.origin, ml_dsa_key, 0))
    raw = notes.join_note(checkpoint.text, lines)
    parse_note(raw)
    return raw


def cosign_checkpoint(checkpoint: Checkpoint, name: str, key: SigningKey, timestamp: int) -> SignatureLine:
    """A witness's line: type 04 with an Ed25519 key, type 06 with an ML-DSA-44 key; ``timestamp`` in seconds, not 0."""
    assert timestamp > 0, "a witness states the time"
    if key.suite == "ml-dsa-44":
        return _subtree_line(checkpoint, name, key, timestamp)
    vkey = vkey_of(name, COSIGNATURE_V1, key)
    return SignatureLine(vkey.name, vkey.id, cosignature.cosign_v1(key, checkpoint.text, timestamp))


def verify_cosignature(checkpoint: Checkpoint, line: SignatureLine, vkey: str) -> Cosignature:
    """Check one line that a witness returned, before it is attached; refuses NOTE_SIGNATURE."""
    known = verifier(vkey)
    if (line.name, line.key_id) != (known.name, known.key_id) or not known.verify(checkpoint.text, line.signature):
        raise refuse(
            "NOTE_SIGNATURE",
            field=line.name,
            found=f"{line.key_id:08x}",
            expected=Phrase("所配置见证的联署", "a cosignature by the configured witness"),
        )
    return _cosignature(vkey, line)


def attach_cosignatures(raw: bytes, lines: Sequence[tuple[str, SignatureLine]]) -> bytes:
    """A signed checkpoint with witness lines, given as (vkey, line) and put in the order of the vkeys' text (formats §4)."""
    text, own = parse_note(raw)
    return notes.join_note(text, (*own, *(line for _, line in sorted(lines, key=lambda pair: pair[0]))))


def without_subtree_lines(raw: bytes) -> bytes:
    """A note without signature lines of type 06, told by their length: 4 bytes of key id aside, 8 of time and 2,420 of signature."""
    text, lines = parse_note(raw)
    return notes.join_note(text, [line for line in lines if len(line.signature) != SUBTREE_SIGNATURE])


def open_checkpoint(raw: bytes, log_keys: Iterable[str], witnesses: Iterable[str] = (), *, extensions: bool = False) -> OpenedCheckpoint:
    """Open a checkpoint with the vkeys of logs and of witnesses.

    A log key named like the origin must have signed; if it has Ed25519 keys, one of these. Log lines of type 06 state no time, witness
    lines do. Refuses NOTE_FORM, NOTE_SIGNATURE, CHECKPOINT_FORM, VKEY_FORM.
    """
    logs, cosigners = tuple(log_keys), tuple(witnesses)
    by_key = {(known.name, known.key_id): vkey for vkey in (*logs, *cosigners) for known in (verifier(vkey),)}
    checkpoint = parse_checkpoint(parse_note(raw)[0], extensions=extensions)
    note = notes.open_note(raw, [verifier(vkey) for vkey in by_key.values()])
    signed = [(by_key[line.name, line.key_id], line) for line in note.verified]
    own = [(vkey, line) for vkey, line in signed if vkey in logs and line.name == checkpoint.origin]
    _check_own_lines(checkpoint.origin, logs, own)
    cosignatures = tuple(_cosignature(vkey, line) for vkey, line in signed if vkey in cosigners)
    return OpenedCheckpoint(checkpoint, note, tuple(vkey for vkey, _ in own), cosignatures)


def _check_own_lines(origin: str, logs: Sequence[str], own: Sequence[tuple[str, SignatureLine]]) -> None:
    keys = [parsed for parsed in map(parse_vkey, logs) if parsed.name == origin]
    required = ED25519 if any(key.type == ED25519 for key in keys) else SUBTREE_V1
    if required not in [parse_vkey(vkey).type for vkey, _ in own]:
        expected = f"a line of type {required:02x} by a known key of it"
        raise refuse("NOTE_SIGNATURE", field=origin, found=Phrase("没有账本的签名行", "no line of the log"), expected=expected)
    for vkey, line in own:
        if parse_vkey(vkey).type == SUBTREE_V1 and cosignature.timestamp_of(line.signature):
            raise refuse(
                "NOTE_SIGNATURE",
                field=origin,
                found=Phrase("写有时间的账本签名行", "a log line that states a time"),
                expected=Phrase("时间戳 0", "timestamp 0"),
            )


def _cosignature(vkey: str, line: SignatureLine) -> Cosignature:
    timestamp = cosignature.timestamp_of(line.signature)
    if parse_vkey(vkey).type == ED25519 or timestamp == 0:
        raise refuse(
            "NOTE_SIGNATURE",
            field=line.name,
            found=Phrase("没有时间的签名行", "a line without a time"),
            expected=Phrase("写明时间的联署", "a cosignature that states its time"),
        )
    return Cosignature(vkey, timestamp)


def _subtree_line(checkpoint: Checkpoint, name: str, key: SigningKey, timestamp: int) -> SignatureLine:
    vkey = vkey_of(name, SUBTREE_V1, key)
    return SignatureLine(name, vkey.id, cosignature.cosign_subtree(key, name, timestamp, _whole(checkpoint)))


def _whole(checkpoint: Checkpoint) -> cosignature.Subtree:
    return cosignature.Subtree(checkpoint.origin, 0, checkpoint.size, checkpoint.root)
