"""Signed notes, checkpoints and the tree under them (C2SP signed-note, tlog-checkpoint, tlog-cosignature; RFC 6962)."""

import re
from types import SimpleNamespace
from typing import Any

from .signatures import SPKI, verify
from .strict import Bad, need, sha256, unb64


def parse_vkey(text: str) -> tuple[tuple[str, bytes], Any]:
    """A verifier key: the (name, key id) under which its lines stand, and the key."""
    name, hex_id, coded = [*text.split("+", 2), "", ""][:3]
    raw = unb64(coded, "vkey", "VKEY_FORM")
    key_id = sha256(name.encode() + b"\n" + raw)[:4]
    sound = re.fullmatch(r"[^\s\x00-\x1f]+", name) and len(raw) == {1: 33, 4: 33, 6: 1313}.get(raw[0] if raw else 0)
    need(sound and key_id.hex() == hex_id, "VKEY_FORM", "vkey", text)
    return (name, key_id), SimpleNamespace(text=text, name=name, type=raw[0], public=raw[1:])


def split_note(raw: bytes) -> tuple[str, list[tuple[tuple[str, bytes], bytes]]]:
    """Text (with its last LF) and signature lines as ((name, key id), signature)."""
    need(len(raw) <= 65_536 and not re.search(rb"[\x00-\x09\x0b-\x1f]", raw), "NOTE_FORM")
    head, middle, tail = raw.decode(errors="replace").rpartition("\n\n")
    form = r"(\u2014 [^\s+]+ [A-Za-z0-9+/=]+\n)+"
    need(middle and re.fullmatch(form, tail) and f"{head}{middle}{tail}".encode() == raw, "NOTE_FORM", "", tail, "UTF-8, signature lines")
    blobs = [(line.split(" ")[1], unb64(line.split(" ")[2], "signature", "NOTE_FORM")) for line in tail[:-1].split("\n")]
    need(all(len(blob) > 4 for _, blob in blobs), "NOTE_FORM", "signature", tail, "more than a key id")
    return head + "\n", [((name, blob[:4]), blob[4:]) for name, blob in blobs]


def open_note(raw: bytes, vkeys: list[str]) -> tuple[str, dict[str, int], int]:
    """Text, timestamps of the verified lines by vkey, number of lines by unknown keys. A bad line of a known key makes all invalid (§4)."""
    (text, lines), known, stamps = split_note(raw), dict(map(parse_vkey, vkeys)), dict[str, int]()
    for key, signature in [(known[line], signature) for line, signature in lines if line in known]:
        need(key.text not in stamps, "NOTE_SIGNATURE", "signature", key.name, "one line per key")
        stamps[key.text] = 0 if key.type == 1 else int.from_bytes(signature[:8], "big")
        timed = key.type == 4 or key.name != vkeys[0].partition("+")[0]  # by a witness: the log's own lines state no time
        need(stamps[key.text] < 2**63 and timed == (stamps[key.text] > 0), "NOTE_SIGNATURE", "signature", f"{key.name} {stamps[key.text]}")
        message, blob = (text, signature) if key.type == 1 else (f"cosignature/v1\ntime {stamps[key.text]}\n{text}", signature[8:])
        try:
            _ = key.type == 6 or verify("ed25519", SPKI["ed25519"][0] + key.public, message.encode(), blob)
        except Bad as bad:
            raise Bad("NOTE_SIGNATURE", "signature", f"{key.name}: {bad.code}") from None
    logs = [key for key in known.values() if key.type == 1]
    need(logs and all(key.text in stamps for key in logs), "NOTE_SIGNATURE", "signature", list(stamps), vkeys)
    order = sorted(stamps, key=lambda vkey: (vkey != logs[0].text, not vkey.startswith(logs[0].name + "+"), vkey))
    need(list(stamps) == order, "NOTE_FORM", "signature", list(stamps), "log lines, then witnesses sorted by vkey")
    return text, stamps, len(lines) - len(stamps)


def parse_checkpoint(text: str) -> tuple[str, int, bytes]:  # origin, size, root; extension lines are refused
    match = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n", text)
    need(match, "CHECKPOINT_FORM", found=text)
    return match[1], int(match[2]), unb64(match[3], "root", "CHECKPOINT_FORM")


class Tree:
    """Leaf hashes and the roots over any run of them."""

    def __init__(self) -> None:
        self.leaves = bytearray()
        self._full = dict[tuple[int, int], bytes]()

    @property
    def size(self) -> int:
        return len(self.leaves) // 32

    def append(self, entry: bytes) -> None:
        self.leaves += sha256(b"\x00" + entry)

    def mth(self, start: int, end: int) -> bytes:
        """RFC 6962 §2.1 over leaves start to end; full runs of 256, 512, ... are remembered."""
        count = end - start
        if count < 2 or (start, end) in self._full:
            return self._full.get((start, end)) or (bytes(self.leaves[32 * start : 32 * end]) if count else sha256(b""))
        k = 1 << (count - 1).bit_length() - 1
        value = sha256(b"\x01" + self.mth(start, start + k) + self.mth(start + k, end))
        if count >= 256 and count == 2 * k:
            self._full[start, end] = value
        return value

    def root(self, size: int) -> bytes:
        """Root of the first ``size`` entries; nothing where there are fewer."""
        return self.mth(0, size) if size <= self.size else b""
