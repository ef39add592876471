"""The embedded server: sharing, dying, being started as root from closed directories."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from liandan.postgres import EmbeddedPostgres, binaries, temporary, temporary_directory
from liandan.postgres import account as accounts
from liandan.postgres.embedded import SOCKET_PATH_BYTES
from liandan.postgres.locks import Membership
from liandan.rulebook import RULES
from signing.refusal import Refusal

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def ask(dsn: str, question: str) -> object:
    async def asking() -> object:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    return asyncio.run(asking())


def postmaster(directory: Path) -> int:
    (file,) = (directory / "postgres").glob("pg*/postmaster.pid")
    return int(file.read_text().split()[0])


def is_alive(pid: int) -> bool:
    """A zombie counts as dead: in a container nobody may collect it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def holder(directory: Path) -> subprocess.Popen[str]:
    """Another process that has started the server in ``directory`` and holds it."""
    program = f"""
import sys, time
from pathlib import Path
from liandan.postgres import EmbeddedPostgres
print(EmbeddedPostgres(Path({str(directory)!r}), fast=True).start(), flush=True)
time.sleep(600)
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    assert process.stdout is not None
    assert process.stdout.readline().startswith("postgresql://")
    process.stdout.close()
    return process


@pytest.fixture
def directory() -> Iterator[Path]:
    with temporary_directory() as made:
        yield made


@pytest.fixture(scope="module")
def initialised() -> Iterator[Path]:
    """A data directory with a cluster that was made, used and stopped; initdb takes most of what a test takes."""
    with temporary_directory() as made:
        with EmbeddedPostgres(made, fast=True):
            pass
        yield made


@pytest.fixture
def used(initialised: Path, directory: Path) -> Path:
    """A copy of it."""
    subprocess.run(["cp", "-a", initialised / "postgres", directory], check=True)  # with owners and modes
    return directory


def test_a_server_is_durable_closed_and_checksummed(directory: Path) -> None:
    with EmbeddedPostgres(directory) as server:
        settings = {
            name: ask(server.dsn, f"SHOW {name}")
            for name in (
                "fsync",
                "full_page_writes",
                "synchronous_commit",
                "listen_addresses",
                "data_checksums",
                "server_encoding",
                "lc_collate",
            )
            if name != "lc_collate"
        }
        assert settings == {
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            "listen_addresses": "",
            "data_checksums": "on",
            "server_encoding": "UTF8",
        }
        assert ask(server.dsn, "SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C.UTF-8"
        rules = "SELECT count(*) FROM pg_hba_file_rules WHERE type <> 'local' AND auth_method <> 'reject'"
        assert ask(server.dsn, rules) == 0
        assert stat.S_IMODE(server.socket_dir.stat().st_mode) == 0o700


def test_fast_gives_up_fsync_but_never_synchronous_commit(used: Path) -> None:
    with EmbeddedPostgres(used, fast=True, settings={"work_mem": "7MB"}) as server:
        assert [ask(server.dsn, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "work_mem")] == ["off", "on", "7MB"]


@pytest.mark.parametrize("name", ["fsync", "synchronous_commit", "listen_addresses"])
def test_a_caller_cannot_weaken_a_server_by_its_settings(directory: Path, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        EmbeddedPostgres(directory, settings={name: "off"})


def test_data_outlive_a_restart_and_the_server_ends_with_its_user(used: Path) -> None:
    server = EmbeddedPostgres(used, fast=True)
    ask(server.start(), "CREATE TABLE kept AS SELECT 7 AS n")
    pid = postmaster(used)
    server.stop()
    server.stop()
    assert not is_alive(pid)
    with server:
        assert ask(server.dsn, "SELECT n FROM kept") == 7


def test_the_last_of_several_users_stops_the_server(used: Path) -> None:
    first, second = EmbeddedPostgres(used, fast=True), EmbeddedPostgres(used, fast=True)
    assert first.start() == second.start()
    pid = postmaster(used)
    first.stop()
    assert is_alive(pid)
    assert ask(second.dsn, "SELECT 1") == 1
    second.stop()
    assert not is_alive(pid)


def test_databases_with_any_name_can_be_created(used: Path) -> None:
    with EmbeddedPostgres(used, fast=True) as server:
        dsn = server.create_database('联单 "x" % ?')
        assert ask(dsn, "SELECT current_database()") == '联单 "x" % ?'
        with pytest.raises(Refusal, match="POSTGRES_START"):
            server.create_database('联单 "x" % ?')


def test_a_killed_holder_leaves_a_server_that_the_next_user_takes_over_and_stops(used: Path) -> None:
    process = holder(used)
    pid = postmaster(used)
    process.kill()
    process.wait()
    assert is_alive(pid)
    with EmbeddedPostgres(used, fast=True) as server:
        assert postmaster(used) != 0
        assert ask(server.dsn, "SELECT 1") == 1
    assert not is_alive(pid)


def test_a_killed_server_is_recovered_at_the_next_start(used: Path) -> None:
    server = EmbeddedPostgres(used)
    ask(server.start(), "CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(postmaster(used), signal.SIGKILL)
    with EmbeddedPostgres(used) as next_server:
        assert ask(next_server.dsn, "SELECT n FROM kept") == 7
        server.stop()
        assert ask(next_server.dsn, "SELECT n FROM kept") == 7


def test_a_pid_file_naming_a_stranger_is_seen_through(used: Path) -> None:
    """In a container the number of a dead server soon belongs to somebody else, here to a process of the same account."""
    server = EmbeddedPostgres(used, fast=True)
    server.start()
    (file,) = (used / "postgres").glob("pg*/postmaster.pid")
    lines = file.read_text().splitlines(keepends=True)
    server.stop()
    owner = accounts.server_account(used / "postgres")
    identity = {"user": owner.uid, "group": owner.gid, "extra_groups": []} if owner.is_lent else {}
    stranger = subprocess.Popen(["/bin/sleep", "600"], cwd="/", **identity)
    try:
        file.write_text("".join([f"{stranger.pid}\n", *lines[1:]]))
        os.chown(file, owner.uid, owner.gid)
        with server:
            assert ask(server.dsn, "SELECT 1") == 1
            assert postmaster(used) != stranger.pid
    finally:
        stranger.kill()
        stranger.wait()


def test_an_interrupted_first_start_is_begun_anew(used: Path) -> None:
    with EmbeddedPostgres(used, fast=True):
        pass
    (cluster,) = (used / "postgres").glob("pg*")
    (cluster / "PG_VERSION").unlink()
    cluster.rename(cluster.with_suffix(".new"))
    with EmbeddedPostgres(used, fast=True) as server:
        assert ask(server.dsn, "SELECT 1") == 1


def test_a_cluster_of_another_major_version_is_refused(used: Path) -> None:
    with EmbeddedPostgres(used, fast=True):
        pass
    (cluster,) = (used / "postgres").glob("pg*")
    cluster.rename(cluster.with_name("pg14"))
    with pytest.raises(Refusal) as caught:
        EmbeddedPostgres(used, fast=True).start()
    assert caught.value.codes == ["POSTGRES_MAJOR"]
    assert caught.value.reasons[0].found.endswith("pg14")


def test_a_long_or_spaced_path_still_gets_a_socket(directory: Path) -> None:
    spaced, long = directory / "a b, 'c' \"d\" $HOME", directory / ("x" * 100)
    for path in (spaced, long):
        path.mkdir()
        path.chmod(0o711)
        with EmbeddedPostgres(path, fast=True) as server:
            assert len(os.fsencode(server.socket_dir / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES
            assert ask(server.dsn, "SELECT 1") == 1
    assert server.socket_dir.parent == Path("/tmp")
    assert not server.socket_dir.exists()


def test_a_setting_the_server_does_not_know_is_reported_with_its_words(used: Path) -> None:
    with pytest.raises(Refusal) as caught:
        EmbeddedPostgres(used, settings={"no_such_setting": "1"}).start()
    assert caught.value.codes == ["POSTGRES_START"]
    assert set(caught.value.codes) <= set(RULES)
    with EmbeddedPostgres(used, fast=True) as server:
        assert ask(server.dsn, "SELECT 1") == 1


def test_a_directory_that_cannot_be_made_is_refused_with_the_systems_words(directory: Path) -> None:
    (directory / "in the way").write_text("")
    with pytest.raises(Refusal) as caught:
        EmbeddedPostgres(directory / "in the way" / "data", fast=True).start()
    assert caught.value.codes == ["POSTGRES_PATH"]
    assert "in the way" in caught.value.reasons[0].found
    (directory / "postgres").write_text("")
    with pytest.raises(Refusal, match="POSTGRES_PATH"):
        EmbeddedPostgres(directory, fast=True).start()


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server another account and mounts")


@as_root
def test_a_full_disk_and_a_read_only_one_are_named(directory: Path) -> None:
    small = directory / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=20m,mode=0711", "tmpfs", small], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        with pytest.raises(Refusal) as caught:
            EmbeddedPostgres(small / "data", fast=True).start()
        assert caught.value.codes == ["POSTGRES_START"]
        assert "No space left" in caught.value.reasons[0].found
        subprocess.run(["mount", "-o", "remount,ro", small], check=True)
        with pytest.raises(Refusal) as caught:
            EmbeddedPostgres(small / "data", fast=True).start()
        assert caught.value.codes == ["POSTGRES_PATH"]
        assert "Read-only" in caught.value.reasons[0].found
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_changed_configuration_is_taken_when_nobody_else_uses_the_server(used: Path) -> None:
    process = holder(used)
    pid = postmaster(used)
    with EmbeddedPostgres(used, fast=True, settings={"work_mem": "7MB"}):
        assert postmaster(used) == pid
    process.kill()
    process.wait()
    with EmbeddedPostgres(used, fast=True, settings={"work_mem": "7MB"}) as server:
        assert ask(server.dsn, "SHOW work_mem") == "7MB"


def test_a_configured_directory_without_programs_is_refused(directory: Path) -> None:
    with pytest.raises(Refusal, match="POSTGRES_MISSING"):
        EmbeddedPostgres(directory, bindir=directory).start()


@pytest.mark.skipif(not DEBIAN, reason="no other PostgreSQL is installed on this machine")
def test_a_configured_server_is_used(directory: Path) -> None:
    with EmbeddedPostgres(directory, bindir=DEBIAN[-1], fast=True) as server:
        assert str(ask(server.dsn, "SHOW server_version")).startswith(DEBIAN[-1].parent.name)


def test_a_temporary_server_leaves_nothing() -> None:
    with temporary_directory() as made, EmbeddedPostgres(made, fast=True) as server:
        pid = postmaster(server.data_dir)
    assert not is_alive(pid)
    assert not server.data_dir.exists()


def test_a_temporary_directory_ends_even_if_somebody_forgot_to_stop() -> None:
    with temporary_directory() as directory:
        EmbeddedPostgres(directory, fast=True).start()
        pid = postmaster(directory)
        assert not EmbeddedPostgres(directory).halt()
        assert is_alive(pid)
    assert not is_alive(pid)
    assert not directory.exists()


def test_a_temporary_server_of_a_killed_process_is_collected(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    left, used, owned = (directory / f"liandan-pg-{name}" for name in ("left", "used", "owned"))
    for path in (left, used, owned):
        path.mkdir()
        path.chmod(0o711)
    dead, living = holder(left), holder(used)
    dead.kill()
    dead.wait()
    pid = postmaster(left)
    monkeypatch.setattr("tempfile.tempdir", str(directory))
    try:
        os.utime(left)  # however long the servers took to start
        with temporary_directory():
            assert left.exists(), "a young one may just be coming up"
        old = time.time() - temporary.ABANDONED_AFTER_S - 1
        owner = Membership(owned / temporary.OWNER_LOCK)
        owner.join()
        for path in (left, used, owned):
            os.utime(path, (old, old))
        with temporary_directory():
            assert not left.exists()
            assert used.exists()
            assert owned.exists()
        owner.leave()
        assert not is_alive(pid)
    finally:
        living.kill()
        living.wait()
        assert EmbeddedPostgres(used).halt()


@as_root
def test_root_is_refused_a_closed_data_directory_and_its_mode_stays(directory: Path) -> None:
    closed = directory / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(Refusal, match="POSTGRES_PATH"):
        EmbeddedPostgres(closed / "data").start()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    closed.chmod(0o711)
    with EmbeddedPostgres(closed / "data", fast=True) as server:
        assert ask(server.dsn, "SELECT 1") == 1


@as_root
def test_root_runs_a_wheel_from_a_closed_directory_by_a_copy(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (wheel, *_) = binaries._candidates()
    package = wheel.parent.parent
    closed = directory / "closed"
    closed.mkdir(mode=0o700)
    for source in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(source, closed / source.name, ignore=shutil.ignore_patterns("include"))
    bindir = closed / package.name / "pginstall" / "bin"
    parents = [directory / "blocked", directory / "cache"]
    parents[0].write_text("not a directory")
    parents[1].mkdir(mode=0o755)
    monkeypatch.setattr(binaries, "COPY_PARENTS", tuple(parents))
    account = accounts.server_account(directory / "postgres")
    found = binaries.find_binaries(account, bindir)
    assert found.bindir.is_relative_to(parents[1])
    made = found.bindir.stat().st_ino
    (found.bindir / "postgres").chmod(0o755)
    assert binaries.find_binaries(account, bindir).bindir.stat().st_ino == made, "the copy is kept"
    (found.bindir / "initdb").unlink()
    assert binaries.find_binaries(account, bindir).bindir.stat().st_ino != made, "an incomplete copy is made again"
    with EmbeddedPostgres(directory / "data", bindir=bindir, fast=True) as server:
        assert ask(server.dsn, "SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_a_copy_that_somebody_else_could_have_written_is_not_run(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (wheel, *_) = binaries._candidates()
    monkeypatch.setattr(binaries, "COPY_PARENTS", (directory,))
    account = accounts.server_account(directory / "postgres")
    copied = binaries._reachable_copy(account, wheel)
    assert copied is not None
    home = copied.parents[2]
    home.chmod(0o777)
    assert binaries._reachable_copy(account, wheel) is None
