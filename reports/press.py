"""Printing on request (出具): the issuer's keys at hand, and documents kept by what they are made of, so that each is drawn once.

A document is a pure function of its evidence, the keys, the layout and the libraries that draw it: their hash is its name in the cache.
A file there holds its own SHA-256 in front, so that a damaged one is made again. Several processes may use one directory.
"""

import asyncio
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex
from typing import ParamSpec

import pikepdf
import reportlab
import segno

from ledger.admission.kind_table import Kinds
from ledger.bundle import Bundle, open_bundle
from reports.documents import layout_of, render
from reports.issuing import NO_SIGNERS, Signers, is_behind, require_signers
from reports.paper.tongue import Tongue

CACHE_BYTES = 256 * 1024 * 1024
"""Some 2,000 certificates."""
KEPT_SHARE = 0.8
"""How much is left after clearing, so that not every document clears."""
_DIGEST = sha256().digest_size
_SOFTWARE = f"{version('liandan')} {reportlab.__version__} {pikepdf.__libqpdf_version__} {segno.__version__} {zlib.ZLIB_RUNTIME_VERSION}"
"""What bytes of pages depend on beside the layout; words change without one."""
Render = Callable[[Bundle, bytes, Signers], bytes]
Look = Callable[[], Signers | None]
"""Asks for the keys at hand by now; ``None`` when nothing has changed."""
P = ParamSpec("P")


class Cache:
    """Documents by key in one directory (0700, files 0600), the longest unused removed first. Blocks on disk."""

    def __init__(self, directory: Path, limit: int = CACHE_BYTES) -> None:
        """At most ``limit`` bytes: beyond it, what was used last stays."""
        self._directory, self._limit = directory, limit
        self._size: int | None = None
        """Bytes there, as far as this process knows; ``None`` until it has looked."""

    def get(self, key: str) -> bytes | None:
        """The document, if it is there and whole."""
        path = self._directory / key
        try:
            raw = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return raw[_DIGEST:] if sha256(raw[_DIGEST:]).digest() == raw[:_DIGEST] else None

    def put(self, key: str, content: bytes) -> None:
        """Keep a document; a full or closed disk only costs the keeping."""
        with suppress(OSError):
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = self._directory / f".{key}.{token_hex(8)}"
            try:
                with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(sha256(content).digest() + content)
                fresh.replace(self._directory / key)
            finally:
                fresh.unlink(missing_ok=True)
            self._size = None if self._size is None else self._size + len(content)
            if self._size is None or self._size > self._limit:
                self._clear()

    def _clear(self) -> None:
        found = []
        for path in self._directory.iterdir():
            with suppress(FileNotFoundError):  # another process clears too
                found.append(((told := path.stat()).st_mtime_ns, told.st_size, path))
        self._size = sum(size for _, size, _ in found)
        if self._size <= self._limit:
            return
        for _, size, path in sorted(found):
            if self._size <= self._limit * KEPT_SHARE:
                return
            path.unlink(missing_ok=True)
            self._size -= size


class Press:
    """What the server prints documents with. Blocks: callers run it on a thread."""

    def __init__(self, kinds: Kinds, signers: Signers = NO_SIGNERS, cache: Cache | None = None, look: Look = lambda: None) -> None:
        """Without a ``cache`` everything is drawn anew. ``look`` is asked when the log tells a newer key than is among ``signers``."""
        self._kinds, self._signers, self._cache, self._look = kinds, signers, cache, look
        self._turn = asyncio.Lock()

    async def turn(self, work: Callable[P, bytes], *arguments: P.args, **options: P.kwargs) -> bytes:
        """One of the others on a thread, one at a time: more at once would only take the loop's own turns. Whoever asked for the same
        document meanwhile finds it kept.
        """
        async with self._turn:
            return await asyncio.to_thread(work, *arguments, **options)

    def certificate(self, raw: bytes, tongue: Tongue = "zh") -> bytes:
        """The certificate of a bundle. Refusal CERT_STATE, CERT_SUBJECT, ISSUER_KEY."""
        return self.document("certificate", raw, tongue)

    def document(self, name: str, raw: bytes, tongue: Tongue = "zh") -> bytes:
        """The document of a bundle by its name (``reports.documents``). Its refusals; ISSUER_KEY where the log signs and this server cannot."""
        return self.print(raw, layout_of(name, tongue), lambda bundle, raw, signers: render(name, bundle, raw, signers, tongue))

    def print(self, raw: bytes, layout: str, render: Render) -> bytes:
        """A document of a bundle, kept; ``layout`` names what ``render`` draws."""
        found = None if self._cache is None else self._cache.get(self._key(raw, layout))
        if found is None:
            found = self.draw(raw, render)
            if self._cache is not None:
                self._cache.put(self._key(raw, layout), found)
        return found

    def _key(self, raw: bytes, layout: str) -> str:
        return sha256("\n".join((layout, _SOFTWARE, *sorted(self._signers), sha256(raw).hexdigest())).encode()).hexdigest()

    def draw(self, raw: bytes, render: Render) -> bytes:
        """The same anew; the bundle is opened as any verifier would before it is printed."""
        bundle = open_bundle(raw, self._kinds)
        if is_behind(bundle, self._signers) and (found := self._look()) is not None:
            self._signers = found
        require_signers(bundle, self._signers)
        return render(bundle, raw, self._signers)
