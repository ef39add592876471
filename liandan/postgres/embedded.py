"""One embedded PostgreSQL cluster in a data directory: start or attach, stop when the last user leaves.

Layout below the data directory: ``postgres/pg<major>`` the cluster, ``postgres/run`` its socket, ``postgres/server.log``, two lock files.
"""

import hashlib
import os
import re
import shutil
import sys
import time
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from liandan.postgres.account import SystemAccount, server_account
from liandan.postgres.binaries import Binaries, find_binaries
from liandan.postgres.locks import Membership, exclusive
from signing.phrase import Phrase
from signing.refusal import refuse

ROLE = "liandan"
DATABASE = "liandan"
PORT = 5432
"""Only a part of the socket's name: the server listens on no network address."""
START_TIMEOUT_S = 300
"""Recovery after a crash may take minutes; giving up early would report a healthy server as broken."""
SOCKET_PATH_BYTES = 103
"""sun_path is 108 bytes on Linux and 104 on macOS, one of them the closing zero."""
LOG_BYTES = 16 << 20
INITDB = f"-U {ROLE} -E UTF8 --locale-provider=libc --locale=C.UTF-8 -k --auth-local=trust --auth-host=reject --no-instructions"
NONE: Mapping[str, str] = {}
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "on"}


class EmbeddedPostgres:
    """A cluster in ``data_dir``; also a context manager. Blocking: call it from a thread where a loop runs. ``settings`` are server
    settings beside ours. ``fast`` gives up durability for tests and must never hold anything of value. Raises Refusal (POSTGRES_MISSING,
    POSTGRES_ACCOUNT, POSTGRES_PATH, POSTGRES_MAJOR, POSTGRES_START).
    """

    def __init__(self, data_dir: Path, *, bindir: Path | None = None, settings: Mapping[str, str] = NONE, fast: bool = False) -> None:
        self.data_dir = Path(os.path.abspath(data_dir))
        self._home = self.data_dir / "postgres"
        self._configured = bindir
        self._settings = dict(settings)
        self._durability = FAST if fast else DURABLE
        if forbidden := sorted(self._settings.keys() & (DURABLE.keys() | {"listen_addresses", "unix_socket_directories", "port"})):
            raise ValueError(f"not for callers to set: {', '.join(forbidden)}")
        self._users = Membership(self._home / "users.lock")

    @property
    def dsn(self) -> str:
        """Address of the product's own database, for asyncpg."""
        return self.dsn_of(DATABASE)

    @property
    def socket_dir(self) -> Path:
        """Directory of the socket: beside the cluster, or in /tmp if that path is too long or has a comma (clients split there)."""
        beside = self._home / "run"
        if len(os.fsencode(beside / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_BYTES and "," not in str(beside):
            return beside
        return Path("/tmp") / f"liandan-{hashlib.sha256(os.fsencode(self._home)).hexdigest()[:16]}"  # noqa: S108 -- mode and owner are checked

    def dsn_of(self, database: str) -> str:
        """Address of another database of this cluster."""
        return f"postgresql://{ROLE}@/{quote(database, safe='')}?host={quote(str(self.socket_dir), safe='')}&port={PORT}"

    def start(self) -> str:
        """Create the cluster if there is none, start it if it is not running, and count as its user; returns ``dsn``."""
        self._prepare()
        with exclusive(self._home / "control.lock"):
            self._users.join()
            try:
                self._ensure_cluster()
                self._ensure_running()
                if DATABASE not in self._psql("SELECT datname FROM pg_database").splitlines():
                    self.create_database(DATABASE)
            except BaseException:
                self._users.leave()
                raise
        return self.dsn

    def stop(self) -> None:
        """Stop counting as a user; the last one stops the server (open transactions are rolled back)."""
        if not self._users.is_member:
            return
        with exclusive(self._home / "control.lock"):
            if self._users.is_only_member():
                self._shut_down()
            self._users.leave()

    def halt(self, *, even_if_used: bool = False) -> bool:
        """Stop a server whose users have all died, or any; False if somebody uses it and may go on."""
        self._prepare()
        with exclusive(self._home / "control.lock"):
            if not (even_if_used or self._users.is_only_member()):
                return False
            self._shut_down()
        return True

    def create_database(self, name: str, *, template: str = "template1") -> str:
        """Create a database (an error if it exists) and return its address."""
        self._psql(f"CREATE DATABASE {_quoted(name)} TEMPLATE {_quoted(template)}")
        return self.dsn_of(name)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _prepare(self) -> None:
        """Directories and account. Directories that exist keep their mode: their owner decides who may pass."""
        try:
            if not self.data_dir.exists():
                self.data_dir.mkdir(parents=True, mode=0o700)
                if os.geteuid() == 0:
                    self.data_dir.chmod(0o711)
            if not self._account.reaches(self.data_dir):
                raise refuse("POSTGRES_PATH", field="data_dir", found=self.data_dir, expected=f"uid {self._account.uid}")
            self._account.own_directory(self._home)
            self._account.own_directory(self.socket_dir)
        except OSError as error:  # a read-only or full file system, a file in the way, somebody else's directory
            raise refuse(
                "POSTGRES_PATH", field="data_dir", found=error, expected=Phrase("可以写入的目录", "a directory that can be written")
            ) from error

    @property
    def _cluster(self) -> Path:
        return self._home / f"pg{self._programs.major}"

    @cached_property
    def _account(self) -> SystemAccount:
        return server_account(self._home)

    @cached_property
    def _programs(self) -> Binaries:
        return find_binaries(self._account, self._configured)

    def _program(self, name: str, *arguments: str | Path, timeout_s: float = 330) -> tuple[int, str]:
        done = self._account.run(self._programs.bindir / name, *arguments, timeout_s=timeout_s)
        return done.returncode, done.stdout

    def _ensure_cluster(self) -> None:
        """initdb beside, then rename: a start that is interrupted leaves no half cluster."""
        if (self._cluster / "PG_VERSION").exists():
            return
        if others := sorted(path.name for path in self._home.glob("pg*") if re.fullmatch(r"pg\d+", path.name)):
            expected = f"PostgreSQL {self._programs.major}"
            raise refuse("POSTGRES_MAJOR", field="data_dir", found=f"{self._home}/{others[-1]}", expected=expected)
        fresh = self._cluster.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        options = [*INITDB.split(), *(["--no-sync"] if self._durability is FAST else [])]
        code, output = self._program("initdb", "-D", fresh, *options, timeout_s=START_TIMEOUT_S)
        if code != 0:
            raise refuse("POSTGRES_START", field="data_dir", found=_told(output), expected="initdb")
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("\ninclude_if_exists = 'liandan.conf'\n")
        fresh.rename(self._cluster)

    def _ensure_running(self) -> None:
        """Attach to the server that answers, or start one with our configuration."""
        conf, wanted = self._cluster / "liandan.conf", self._configuration()
        if self._is_answering_or_leaving():
            if conf.read_text(encoding="utf-8") == wanted or not self._users.is_only_member():
                return
            self._shut_down()
        conf.write_text(wanted, encoding="utf-8")
        if self._account.is_lent:
            os.chown(conf, self._account.uid, self._account.gid)
        log = self._home / "server.log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        # pg_ctl builds a shell command from its arguments: paths go by environment and working directory, where nothing expands them.
        arguments = ("start", "-l", log.name, "-w", "-t", str(START_TIMEOUT_S), "-s")
        done = self._account.run(self._programs.bindir / "pg_ctl", *arguments, cwd=self._home, PGDATA=str(self._cluster))
        if done.returncode != 0:
            written = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
            raise refuse("POSTGRES_START", field="data_dir", found=_told(written) or done.stdout.strip(), expected=log)

    def _is_answering_or_leaving(self) -> bool:
        """Wait until a server of this cluster answers, or no process of it is left; then its pid and lock files are stale and go. Such a
        file proves nothing: after ``kill -9`` or a new boot its number may belong to anybody, or to a zombie that nobody collects.
        """
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._is_answering():
            if not self._has_processes():
                if sys.platform == "linux":  # elsewhere PostgreSQL itself judges these files
                    socket = self.socket_dir / f".s.PGSQL.{PORT}"
                    for stale in (self._cluster / "postmaster.pid", socket, socket.with_name(f"{socket.name}.lock")):
                        stale.unlink(missing_ok=True)
                return False
            if time.monotonic() > deadline:
                raise refuse(
                    "POSTGRES_START",
                    field="data_dir",
                    found=self._cluster,
                    expected=Phrase(f"{START_TIMEOUT_S} 秒内的答复", f"an answer within {START_TIMEOUT_S} s"),
                )
            time.sleep(0.1)
        return True

    def _is_answering(self) -> bool:
        if not (self.socket_dir / f".s.PGSQL.{PORT}").exists():
            return False
        return self._program("pg_isready", "-q", "-h", self.socket_dir, "-p", str(PORT), "-d", "postgres", "-t", "5")[0] == 0

    def _has_processes(self) -> bool:
        """Whether a server process lives in the cluster's directory: postmaster and backends have it as their working directory."""
        if sys.platform != "linux":
            return False
        wanted = os.path.realpath(self._cluster)
        for process in Path("/proc").glob("[0-9]*/cwd"):
            try:
                if os.readlink(process) == wanted:
                    return True
            except OSError:  # gone, or another account's: ours are readable to us
                continue
        return False

    def _configuration(self) -> str:
        values = {
            # The value is a list: a directory with a space or a comma must be quoted inside it.
            "listen_addresses": "", "unix_socket_directories": '"' + str(self.socket_dir).replace('"', '""') + '"',
            "unix_socket_permissions": "0700", "port": str(PORT), "timezone": "UTC", "log_timezone": "UTC",
            "log_min_messages": "warning", "jit": "off", **self._durability, **self._settings,
        }  # fmt: skip
        return "".join(f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in values.items())

    def _shut_down(self) -> None:
        for cluster in self._home.glob("pg*"):
            if (cluster / "postmaster.pid").exists():
                self._program("pg_ctl", "stop", "-D", cluster, "-m", "fast", "-w", "-t", str(START_TIMEOUT_S), "-s")
        if self.socket_dir.parent != self._home:
            shutil.rmtree(self.socket_dir, ignore_errors=True)

    def _psql(self, statement: str) -> str:
        """Run one statement in the maintenance database; rows as bare text."""
        options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(self.socket_dir), "-p", str(PORT), "-U", ROLE]
        code, output = self._program("psql", *options, "-d", "postgres", "-c", statement)
        if code != 0:
            raise refuse("POSTGRES_START", field="database", found=output.strip(), expected=statement)
        return output


def _told(output: str) -> str:
    """The line that says why a program gave up: a full disk before its consequences, else the last grave one, else the last one."""
    lines = [line.strip() for line in output.splitlines()[-40:] if line.strip()]
    for grave in ("No space left", "FATAL|PANIC|could not|error:", ""):
        if found := [line for line in lines if re.search(grave, line)]:
            return re.sub("^.*?(?=(?:FATAL|PANIC|ERROR): )", "", found[-1])  # without the time: a reason is short
    return ""


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
