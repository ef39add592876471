"""Signed notes: a text, an empty line, and one line per signature; and the verifier keys (vkeys) they are checked with.

Source: C2SP signed-note. A key is known by (name, key id); lines of unknown keys are ignored, one failing line of a known key rejects the
whole note. Ed25519 is libsodium's strict rule, as for statements (formats §1).
"""

import base64
import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Protocol

from msgspec import Struct

from signing.b64 import canonical
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse
from signing.suite import SUITES, load_key, verify

MAX_BYTES = 64 * 1024
MAX_LINES = 64  # signature lines; the specification asks for at least 16

ED25519 = 0x01
COSIGNATURE_V1 = 0x04
SUBTREE_V1 = 0x06
_SUITES = {ED25519: SUITES["ed25519"], COSIGNATURE_V1: SUITES["ed25519"], SUBTREE_V1: SUITES["ml-dsa-44"]}  # by signature type

_DASH = "— ".encode()
_KEY_NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")
_CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f]")


class Vkey(Struct, frozen=True):
    """A public key for notes: ``name+hex8(id)+b64(type || key)``."""

    name: str
    type: int
    key: bytes

    @property
    def id(self) -> int:
        """SHA-256(name || LF || type || key)[:4] as a big-endian number."""
        return int.from_bytes(sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.key).digest()[:4], "big")

    @property
    def spki(self) -> bytes:
        """The key as DER SubjectPublicKeyInfo, as ``signing`` knows it."""
        return _SUITES[self.type].prefix + self.key

    def holds(self, message: bytes, signature: bytes) -> bool:
        """Whether ``signature`` is one of this key over exactly these bytes."""
        try:
            verify(_SUITES[self.type].name, self.spki, message, signature)
        except Refusal:
            return False
        return True

    def __str__(self) -> str:
        return f"{self.name}+{self.id:08x}+{base64.b64encode(bytes([self.type]) + self.key).decode()}"


class SignatureLine(Struct, frozen=True):
    """One signature line; ``signature`` without the key id."""

    name: str
    key_id: int
    signature: bytes

    def to_bytes(self) -> bytes:
        """The line as it stands in the note, with LF."""
        return b"%b%b %b\n" % (_DASH, self.name.encode(), base64.b64encode(self.key_id.to_bytes(4) + self.signature))


class Note(Struct, frozen=True):
    """An opened note: its text (with the final LF), the lines that verified, the lines of unknown keys."""

    text: bytes
    verified: tuple[SignatureLine, ...]
    unverified: tuple[SignatureLine, ...]


class Verifier(Struct, frozen=True):
    """A known key: what it answers for (name, key id), and ``verify(text, signature)``: whether a line's signature without id holds."""

    name: str
    key_id: int
    verify: Callable[[bytes, bytes], bool]


class SigningKey(Protocol):
    """The part of ``signing.keys.PrivateKey`` that notes need; an HSM may stand behind it."""

    suite: str  # name of the suite (formats §1)
    spki: bytes  # DER SubjectPublicKeyInfo

    def sign(self, message: bytes, /) -> bytes:
        """Raw signature in the suite's form."""


def vkey_of(name: str, type_: int, key: SigningKey) -> Vkey:
    """The vkey of a private key; refuses VKEY_FORM for a name that cannot be a key name."""
    suite = _SUITES[type_]
    assert key.suite == suite.name, f"a note key of type {type_:02x} is {suite.name}, not {key.suite}"
    return parse_vkey(str(Vkey(name, type_, key.spki.removeprefix(suite.prefix))))


def parse_vkey(text: str) -> Vkey:
    """Read a vkey; refuses VKEY_FORM (form, unknown type, key id that does not belong, Ed25519 point of small order or not canonical)."""
    parts = text.split("+", 2)  # base64 may hold a plus
    if len(parts) != 3 or not is_key_name(parts[0]):
        raise refuse("VKEY_FORM", found=ascii(text), expected=Phrase("名称+8 位十六进制+Base64", "name+hex8+base64"))
    name, id_, blob = parts
    raw = canonical(blob)
    if not raw:
        raise refuse("VKEY_FORM", field="key", found=ascii(text), expected=Phrase("规范的 Base64", "canonical base64"))
    if raw[0] not in _SUITES or _SUITES[raw[0]].key_bytes != len(raw) - 1:
        found = f"{raw[0]:02x}, {len(raw) - 1} bytes"
        raise refuse(
            "VKEY_FORM",
            field="type",
            found=found,
            expected=Phrase("01 或 04 配 32 字节，06 配 1312 字节", "01 or 04 with 32, 06 with 1312 bytes"),
        )
    vkey = Vkey(name, raw[0], raw[1:])
    if id_ != f"{vkey.id:08x}":
        raise refuse("VKEY_FORM", field="id", found=ascii(id_), expected=f"{vkey.id:08x}")
    try:
        load_key(_SUITES[vkey.type].name, vkey.spki)
    except Refusal:
        raise refuse(
            "VKEY_FORM", field="key", found=vkey.key.hex(), expected=Phrase("规范编码的大阶点", "a canonical point of large order")
        ) from None
    return vkey


def is_key_name(name: str) -> bool:
    """Whether a key name is well-formed: not empty, no Unicode space, control character or plus."""
    return _KEY_NAME.fullmatch(name) is not None


def sign_line(text: bytes, name: str, key: SigningKey) -> SignatureLine:
    """The line of type 01 for a text under a key name."""
    return SignatureLine(name, vkey_of(name, ED25519, key).id, key.sign(text))


def join_note(text: bytes, lines: Iterable[SignatureLine]) -> bytes:
    """Text and lines as the bytes of a note."""
    return text + b"\n" + b"".join(line.to_bytes() for line in lines)


def open_note(raw: bytes, verifiers: Iterable[Verifier]) -> Note:
    """Parse a note and verify every line of a known key.

    Refuses NOTE_FORM, and NOTE_SIGNATURE when a known key's line fails or stands twice, or when no line is of a known key.
    """
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    text, lines = parse_note(raw)
    verified: dict[tuple[str, int], SignatureLine] = {}
    unverified = []
    for line in lines:
        key = (line.name, line.key_id)
        if key not in known:
            unverified.append(line)
        elif key in verified:
            raise refuse(
                "NOTE_SIGNATURE",
                field=line.name,
                found=Phrase("同一密钥的第二行", "a second line of one key"),
                expected=Phrase("每个密钥一行", "one line per key"),
            )
        elif not known[key].verify(text, line.signature):
            raise refuse(
                "NOTE_SIGNATURE",
                field=line.name,
                found=f"{line.key_id:08x}",
                expected=Phrase("已知密钥的有效签名", "a valid signature of the known key"),
            )
        else:
            verified[key] = line
    if not verified:
        raise refuse(
            "NOTE_SIGNATURE",
            found=Phrase("没有已知密钥的签名行", "no line of a known key"),
            expected=", ".join(sorted(name for name, _ in known)),
        )
    return Note(text, tuple(verified.values()), tuple(unverified))


def parse_note(raw: bytes) -> tuple[bytes, tuple[SignatureLine, ...]]:
    """Text and lines of a note, nothing verified: for proxies and tools, never for trust."""
    if len(raw) > MAX_BYTES:
        raise refuse(
            "NOTE_FORM", found=Phrase(f"{len(raw)} 字节", f"{len(raw)} bytes"), expected=Phrase(f"至多 {MAX_BYTES}", f"at most {MAX_BYTES}")
        )
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        raise refuse("NOTE_FORM", found=Phrase("不是 UTF-8", "not UTF-8"), expected="UTF-8") from None
    if _CONTROL.search(raw):
        raise refuse("NOTE_FORM", found=Phrase("控制字符", "a control character"), expected=Phrase("除换行外没有控制字符", "none but LF"))
    split = raw.rfind(b"\n\n")
    tail = raw[split + 2 :]
    if split < 0 or not tail.endswith(b"\n"):
        raise refuse(
            "NOTE_FORM",
            found=Phrase("空行之后没有签名行", "no signature lines after an empty line"),
            expected=Phrase("正文、空行、签名行", "text, empty line, signature lines"),
        )
    lines = tail[:-1].split(b"\n")
    if len(lines) > MAX_LINES:
        raise refuse(
            "NOTE_FORM",
            found=Phrase(f"{len(lines)} 行签名", f"{len(lines)} signature lines"),
            expected=Phrase(f"至多 {MAX_LINES}", f"at most {MAX_LINES}"),
        )
    return raw[: split + 1], tuple(parse_line(line) for line in lines)


def parse_line(line: bytes) -> SignatureLine:
    """One signature line without its LF; also what a witness answers."""
    name, space, blob = line.removeprefix(_DASH).partition(b" ")
    try:
        text = name.decode("utf-8")
        raw = base64.b64decode(blob, validate=True)
    except ValueError:
        raise refuse("NOTE_FORM", field="line", found=ascii(line[:60]), expected=Phrase("— 名称 Base64", "— name base64")) from None
    if not line.startswith(_DASH) or not space or not is_key_name(text) or len(raw) < 5:
        raise refuse(
            "NOTE_FORM",
            field="line",
            found=ascii(line[:60]),
            expected=Phrase("— 名称 Base64（4 字节标识加签名）", "— name base64(4-byte id, signature)"),
        )
    if base64.b64encode(raw) != blob:
        # Bits that the decoder drops: the form of a tampered signature, and witnesses are expected to answer it as one (403, not 400).
        raise refuse(
            "NOTE_SIGNATURE",
            field=text,
            found=Phrase("不规范的 Base64", "base64 that is not canonical"),
            expected=Phrase("规范的 Base64", "canonical base64"),
        )
    return SignatureLine(text, int.from_bytes(raw[:4], "big"), raw[4:])
