"""Stock tools at pinned versions, built once and kept outside the checkout.

``go.mod`` and ``go.sum`` pin every module by its hash. What is built: Tessera's ``fsck``, ``posix-oneshot`` and POSIX ``mirror``,
torchwood's ``litewitness``, the witness network's ``omniwitness`` and ``generate_keys``, and ``evidence``, a page of ours that only calls
their libraries.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GO_WANTED = (1, 25)
MISSING = "Go is missing: install Go ≥ 1.25 and put `go` on the PATH（未找到 Go：请安装 Go 1.25 或更高版本）"
BUILD_S = 900
TOOL_S = 120
TESSERA = "github.com/transparency-dev/tessera/cmd"
WITNESS = "github.com/transparency-dev/witness/cmd"
MERKLE = "github.com/transparency-dev/merkle@v0.0.2"
TOOLS = {
    "evidence": "./evidence",
    "fsck": f"{TESSERA}/fsck",
    "posix-oneshot": f"{TESSERA}/examples/posix-oneshot",
    "mirror": f"{TESSERA}/experimental/mirror/posix",
}
LITEWITNESS = "filippo.io/torchwood/cmd/litewitness"
WITNESS_TOOLS = {"omniwitness": f"{WITNESS}/omniwitness", "generate_keys": f"{WITNESS}/generate_keys"}


class GoMissing(Exception):
    """There is no Go here, or one that is too old; the message says what to install."""


class Toolbox:
    """The built tools."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def path(self, name: str) -> Path:
        """A tool by its name in ``TOOLS`` or ``WITNESS_TOOLS``, or ``litewitness``."""
        return self.directory / name

    def run(self, name: str, *arguments: object, timeout_s: float = TOOL_S) -> subprocess.CompletedProcess[str]:
        """Run a tool to its end; whatever it says is in the answer."""
        command = [str(self.path(name)), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)

    def evidence(self, *arguments: object) -> Any:  # JSON of our own reader
        """What the libraries answer; their refusal is a ``ValueError`` with their words."""
        answer = self.run("evidence", *arguments)
        if answer.returncode:
            raise ValueError(answer.stderr.strip())
        return json.loads(answer.stdout)


def open_toolbox() -> Toolbox:
    """The tools of the pinned versions: from the cache, or built now. Raises GoMissing."""
    go = find_go()
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "liandan-interop"
    kept = home / _fingerprint(go)
    if not kept.exists():
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home, prefix="building-") as building:
            _build(go, Path(building))
            _keep(Path(building) / "bin", kept)
    return Toolbox(kept)


def find_go() -> str:
    """The ``go`` command on the PATH, new enough."""
    go = shutil.which("go")
    if go is None:
        raise GoMissing(MISSING)
    # "go1.26.8", or "devel go1.27-…" of somebody who builds Go himself.
    version = _go(go, HERE, "env", "GOVERSION").split("go")[-1].split(".")
    if (int(version[0]), int(version[1].split("-")[0].split("rc")[0])) < GO_WANTED:
        raise GoMissing(f"{MISSING}; found {'.'.join(version)}")
    return go


def _fingerprint(go: str) -> str:
    sources = sorted(path for path in HERE.rglob("*") if path.suffix in {".go", ".mod", ".sum"})
    parts = [_go(go, HERE, "env", "GOVERSION", "GOOS", "GOARCH").encode(), *(path.read_bytes() for path in sources)]
    return sha256(b"\0".join(parts)).hexdigest()[:16]


def _build(go: str, building: Path) -> None:
    for name, package in TOOLS.items():
        _go(go, HERE, "build", "-o", str(building / "bin" / name), package)
    _go(go, HERE / "litewitness", "build", "-o", str(building / "bin" / "litewitness"), LITEWITNESS)
    module = building / "omniwitness"
    module.mkdir()
    for name in ("go.mod", "go.sum"):
        shutil.copy(HERE / "omniwitness" / name, module)
    _place_merkle(go, module / "merkle")
    for name, package in WITNESS_TOOLS.items():
        _go(go, module, "build", "-o", str(building / "bin" / name), package)


def _place_merkle(go: str, directory: Path) -> None:
    """The released merkle library with one refusing function added; why is told in docs/interop.md."""
    source = Path(json.loads(_go(go, HERE, "mod", "download", "-json", MERKLE))["Dir"])
    for path in source.rglob("*"):
        # Not copytree: the module cache is read-only, a copy that keeps its modes could not be removed again.
        if path.is_file():
            target = directory / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    shutil.copy(HERE / "omniwitness" / "subtree.go", directory / "proof")


def _keep(built: Path, kept: Path) -> None:
    try:
        built.rename(kept)
    except OSError:
        # Another run was faster; the same inputs give the same tools.
        if not kept.exists():
            raise


def _go(go: str, directory: Path, *arguments: str) -> str:
    # The pinned hashes decide what is built, whatever workspace or flags the surroundings set.
    environment = {**os.environ, "GOWORK": "off", "GOFLAGS": "-mod=readonly -buildvcs=false", "CGO_ENABLED": "0"}
    answer = subprocess.run([go, *arguments], cwd=directory, env=environment, capture_output=True, text=True, timeout=BUILD_S, check=False)
    if answer.returncode:
        raise RuntimeError(f"go {' '.join(arguments)}:\n{answer.stderr}")
    return answer.stdout.strip()
