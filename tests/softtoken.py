"""A PKCS#11 token in software (Debian's softhsm2) for tests: one for each process, as the module reads its settings once."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest
from msgspec import Struct

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "20261130"
wants_token = pytest.mark.skipif(
    not MODULE.exists() or shutil.which("softhsm2-util") is None,
    reason="softhsm2 is missing: apt-get install softhsm2（未安装 softhsm2，令牌的测试不运行）",
)


class SoftToken(Struct, frozen=True):
    """A token of this process, with the file of its PIN."""

    label: str
    pin_file: Path

    def uri(self, key: str) -> str:
        """Of a key in it."""
        return f"pkcs11:token={self.label};object={key}?module-path={MODULE}"


@cache
def soft_token() -> SoftToken:
    """Initialized anew; gone with the process."""
    folder = Path(tempfile.mkdtemp(prefix="liandan-token-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "tokens").mkdir()
    (folder / "pin").write_text(f"{PIN}\n", encoding="utf-8")
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n", encoding="utf-8")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "office", "--pin", PIN, "--so-pin", PIN], check=True, capture_output=True
    )
    return SoftToken("office", folder / "pin")
