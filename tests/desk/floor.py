"""The oldest browser that the desk is made for, Chromium 109 (the last for Windows 7, which office fleets still run): the desk's browser tests in it.

``python -m tests.desk.floor [arguments of pytest]`` fetches it with npm, once, and runs the pages, the signing modules and the driver's page in
it; a path of the tests among the arguments runs that instead. 58 MB, and minutes: for a release, not for every change.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.browser.package import Package
from tests.house.source import ROOT

PACKAGE = Package(
    name="@sparticuz/chromium",
    version="109.0.6",
    integrity="9hTE03DXnrWTiGNpfjLfmGhIfmiVAerSPinDb+x5bBdM4KF4PMM1NZ0A+V7WKazoA+CasSX/osHK8K0MuO6uqg==",
    parts=("LICENSE", "bin/chromium.br"),
    kept_as="chromium-floor",
)
TESTS = ("tests/desk/test_pages.py", "tests/desk/island", "tests/desk/driver")
_UNPACK = """const [packed, plain] = process.argv.slice(1);
require("fs").writeFileSync(plain, require("zlib").brotliDecompressSync(require("fs").readFileSync(packed)), { mode: 0o755 });"""


def program() -> Path:
    """The browser, unpacked beside its package; node comes with npm and knows brotli."""
    plain = PACKAGE.folder / "chromium"
    if not plain.exists():
        fresh = plain.with_name(f".chromium.{os.getpid()}")
        subprocess.run(["node", "-e", _UNPACK, str(PACKAGE.folder / "bin/chromium.br"), str(fresh)], check=True)
        fresh.replace(plain)
    return plain


def main(asked: list[str]) -> int:
    """Fetch it and run; the answer is pytest's, 2 where there is no browser."""
    if said := PACKAGE.fetch():
        print(said, file=sys.stderr)  # noqa: T201  # whoever started it waits
    if not PACKAGE.is_there:
        return 2
    tests = [] if any(one.startswith("tests/") for one in asked) else list(TESTS)
    command = [sys.executable, "-m", "pytest", *tests, *asked]
    return subprocess.run(command, check=False, env=os.environ | {"LIANDAN_CHROMIUM": str(program())}, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
