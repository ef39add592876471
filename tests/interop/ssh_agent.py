"""A key holder that speaks the ssh-agent protocol for one Ed25519 key: litewitness signs with nothing else.

Source: RFC 9987 (SSH agent protocol) §3.5, §3.6; RFC 8709 for the two encodings. Requests beyond these two are answered with failure.
"""

from __future__ import annotations

import socketserver
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from signing.keys import PrivateKey

FAILURE, LIST, LISTED, SIGN, SIGNED = 5, 11, 12, 13, 14
KIND = b"ssh-ed25519"


def key_blob(key: PrivateKey) -> bytes:
    """The public key as SSH writes it."""
    public = load_der_public_key(key.spki)
    assert isinstance(public, Ed25519PublicKey), "an Ed25519 key"
    return _string(KIND) + _string(public.public_bytes_raw())


def fingerprint(key: PrivateKey) -> str:
    """``SHA256:…`` as SSH tools print it."""
    return "SHA256:" + b64encode(sha256(key_blob(key)).digest()).decode().rstrip("=")


@contextmanager
def agent(path: Path, key: PrivateKey) -> Iterator[None]:
    """An agent at a socket path, for as long as the block lasts."""

    class Conversation(socketserver.StreamRequestHandler):
        """One client's requests, each behind its length."""

        def handle(self) -> None:
            while len(head := self.rfile.read(4)) == 4:
                answer = _answer(self.rfile.read(int.from_bytes(head, "big")), key)
                self.wfile.write(_string(answer))

    class Agent(socketserver.ThreadingUnixStreamServer):
        """Threads end with their connections, connections with the clients."""

        daemon_threads = True

    with Agent(str(path), Conversation) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
    path.unlink()


def _answer(request: bytes, key: PrivateKey) -> bytes:
    blob = key_blob(key)
    if request[:1] == bytes([LIST]):
        return bytes([LISTED]) + (1).to_bytes(4, "big") + _string(blob) + _string(b"interop")
    if request[:1] == bytes([SIGN]):
        asked, rest = _take(request[1:])
        message, _ = _take(rest)
        if asked == blob:
            return bytes([SIGNED]) + _string(_string(KIND) + _string(key.sign(message)))
    return bytes([FAILURE])


def _string(raw: bytes) -> bytes:
    return len(raw).to_bytes(4, "big") + raw


def _take(raw: bytes) -> tuple[bytes, bytes]:
    end = 4 + int.from_bytes(raw[:4], "big")
    return raw[4:end], raw[end:]
