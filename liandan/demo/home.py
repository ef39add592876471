"""The directory of a demonstration: results, and the data directory of its server. Only what a demonstration made is ever removed.

``DIR/.liandan-demo`` marks such a directory and names the data directory, normally ``DIR/data``. Where root runs the demonstration below a
directory that the database's account cannot enter, the data lies in /var/tmp instead, so that no mode of a foreign directory changes.
"""

import shutil
import tempfile
import time
from pathlib import Path

from liandan.postgres import EmbeddedPostgres
from liandan.postgres.account import server_account
from signing.refusal import Refusal, refuse

MARK = ".liandan-demo"
LEAVING_S = 30
"""The server of a run that was just killed needs a moment to stop in order."""


def prepare(out: Path) -> Path:
    """Make ``out`` ready for a new run and return its data directory; Refusal DEMO_DIRECTORY for a directory that is not ours to clear."""
    out.mkdir(parents=True, exist_ok=True)
    mark = out / MARK
    if not mark.exists() and any(out.iterdir()):
        raise refuse("DEMO_DIRECTORY", field="out", found=out, expected=f"an empty directory, or {MARK}")
    if mark.exists():
        _clear(out, Path(mark.read_text(encoding="utf-8").strip() or out / "data"))
    data = _data_directory(out)
    mark.write_text(f"{data}\n", encoding="utf-8")
    return data


def _clear(out: Path, data: Path) -> None:
    """Stop what an interrupted run left behind, then remove its files; the mark goes last."""
    deadline = time.monotonic() + LEAVING_S
    while (data / "postgres").exists() and not _is_halted(data):
        if time.monotonic() < deadline:
            time.sleep(0.5)
            continue
        raise refuse("DEMO_DIRECTORY", field="out", found=data, expected="a demonstration that has ended")
    shutil.rmtree(data, ignore_errors=True)
    for found in sorted(out.iterdir()):
        if found.name == MARK:
            continue
        shutil.rmtree(found) if found.is_dir() and not found.is_symlink() else found.unlink()
    (out / MARK).unlink()


def _is_halted(data: Path) -> bool:
    try:
        return EmbeddedPostgres(data).halt()
    except Refusal:  # its programs or its account are gone, so nothing can run there
        return True


def _data_directory(out: Path) -> Path:
    data = out.absolute() / "data"
    if server_account(data / "postgres").reaches(data.parent):
        return data
    found = Path(tempfile.mkdtemp(prefix="liandan-demo-", dir="/var/tmp"))
    found.chmod(0o711)  # the server's account must pass; what lies inside is closed by its own mode
    return found
