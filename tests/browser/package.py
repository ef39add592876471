"""Packages of npm for the tests alone: pinned by version and checksum, fetched once, kept outside the checkout."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from base64 import b64encode
from hashlib import sha512
from pathlib import Path

from msgspec import Struct

PATIENCE_S = 180


class Package(Struct, frozen=True):
    """One package: its parts are what is kept of it."""

    name: str
    version: str
    integrity: str
    """SHA-512 of the package's file in Base64, as npm writes it (Subresource Integrity)."""
    parts: tuple[str, ...]
    kept_as: str
    """Name of its folder below the cache, and in what is said."""

    @property
    def folder(self) -> Path:
        """Where this version is kept."""
        kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return kept / f"liandan-{self.kept_as}" / self.version

    @property
    def is_there(self) -> bool:
        """Whether every part is kept."""
        return all((self.folder / part).is_file() for part in self.parts)

    def fetch(self) -> str:
        """Fetch it unless it is there: what came of it, in words; empty when there was nothing to do."""
        if self.is_there:
            return ""
        if shutil.which("npm") is None:
            return f"{self.kept_as}: npm is missing, its tests do not run（未找到 npm，{self.kept_as} 的测试不运行）"
        with tempfile.TemporaryDirectory() as place:
            command = ["npm", "pack", f"{self.name}@{self.version}", "--pack-destination", place, "--silent"]
            try:
                subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_S, cwd=place)
                [file] = Path(place).glob("*.tgz")
            except (OSError, subprocess.SubprocessError, ValueError) as error:
                told = f"npm could not fetch {self.name} {self.version} ({type(error).__name__}), its tests do not run"
                return f"{self.kept_as}: {told}（未能取得，{self.kept_as} 的测试不运行）"
            raw = file.read_bytes()
        if b64encode(sha512(raw).digest()).decode() != self.integrity:
            told = f"{self.name} {self.version} is not the file that is pinned, its tests do not run"
            return f"{self.kept_as}: {told}（校验和不符，{self.kept_as} 的测试不运行）"
        with tarfile.open(fileobj=io.BytesIO(raw)) as package:
            for part in self.parts:
                content = package.extractfile(f"package/{part}")
                assert content is not None, part
                (path := self.folder / part).parent.mkdir(parents=True, exist_ok=True)
                (fresh := path.with_name(f".{path.name}.{os.getpid()}")).write_bytes(content.read())
                fresh.replace(path)
        return f"{self.kept_as} {self.version} → {self.folder}"
