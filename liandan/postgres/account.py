"""Which operating-system account runs the server, and running a command as it.

PostgreSQL refuses to run as root. So root lends it an existing unprivileged account; everybody else runs it as himself.
"""

import os
import pwd
import stat
import subprocess
from pathlib import Path

from msgspec import Struct

from signing.phrase import Phrase
from signing.refusal import refuse

CLEAN = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": "/"}
PREFERRED = ("liandan", "postgres", "nobody")
"""Accounts that root lends the server, first one found. ``nobody`` comes last because other daemons may share it."""


class SystemAccount(Struct, frozen=True):
    """The account under which PostgreSQL runs."""

    uid: int
    gid: int
    is_lent: bool
    """We are root and this is somebody else: commands change to it, files are handed to it."""

    def run(self, *command: str | Path, cwd: str | Path = "/", timeout_s: float = 330, **env: str) -> subprocess.CompletedProcess[str]:
        """Run to the end with a clean environment; the exit code is data. The caller's own directory may be closed to the account."""
        identity: dict[str, object] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_lent else {}
        try:
            return subprocess.run(  # type: ignore[call-overload,no-any-return] # noqa: S603 -- keywords vary; the commands are our own
                [str(part) for part in command], cwd=cwd, env={**CLEAN, **env}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, errors="replace", umask=0o077, timeout=timeout_s, check=False, **identity,
            )  # fmt: skip
        except OSError as error:  # not executable for the account, or the kernel does not let us change to it
            return subprocess.CompletedProcess([str(part) for part in command], 126, stdout=str(error))

    def reaches(self, directory: Path) -> bool:
        """Whether the account can step into an existing directory; asked of the kernel, so access lists count too."""
        return self.run("/bin/sh", "-c", 'cd -- "$1"', "sh", directory, timeout_s=20).returncode == 0

    def own_directory(self, path: Path) -> None:
        """Make ``path`` a directory of mode 0700 that belongs to the account; its parents stay as they are."""
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ({0, self.uid} if self.is_lent else {self.uid}):
            raise refuse(
                "POSTGRES_PATH", field="data_dir", found=path, expected=Phrase(f"uid {self.uid} 的目录", f"a directory of uid {self.uid}")
            )
        if found.st_uid != self.uid:
            os.chown(path, self.uid, self.gid)
        path.chmod(0o700)


def server_account(owned: Path) -> SystemAccount:
    """The account for a cluster: its owner if ``owned`` exists already, ourselves if we are not root, else one of PREFERRED."""
    if os.geteuid() != 0:
        return SystemAccount(os.geteuid(), os.getegid(), False)
    if owned.exists() and owned.stat().st_uid != 0:
        return _lent(owned.stat().st_uid, owned.stat().st_gid)
    for name in PREFERRED:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return _lent(found.pw_uid, found.pw_gid)
    raise refuse("POSTGRES_ACCOUNT", found="root", expected=" / ".join(PREFERRED))


def _lent(uid: int, gid: int) -> SystemAccount:
    account = SystemAccount(uid, gid, True)
    probe = account.run("/bin/sh", "-c", "exit 0", timeout_s=20)
    if probe.returncode != 0:  # a container without CAP_SETUID, or a user namespace that maps root alone
        raise refuse("POSTGRES_ACCOUNT", found=f"uid {uid}: {probe.stdout.strip()}", expected="setuid")
    return account
