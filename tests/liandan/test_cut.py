"""``liandan log cut`` and ``log status`` over a log that is really frozen: what they say, what comes back, and what stays refused."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from asyncpg import Connection, Pool, Record
from click.testing import CliRunner, Result

from ledger.auditing.audit import Options, audit
from ledger.publishing.checkpoint_store import CheckpointStore, Leadership
from ledger.publishing.files import DEPTH, VKEYS, LogFiles
from ledger.repair import cut as cutting_store
from ledger.times import format_at
from ledger.tree.checkpoint import parse_checkpoint
from ledger.tree.note import parse_note
from ledger.tree.policy import parse_policy
from ledger.tree.tiles import TileReader
from ledger.witnessing.mirror import _digests
from liandan import repair
from liandan.cli import main
from liandan.client import cosign
from liandan.export import archived_in, export, fetch_files, reader_of
from liandan.installation import InstallationStatus, read_status
from liandan.keyring import read_passphrase, write_keyring
from liandan.settings import Settings
from liandan.wiring import KINDS
from signing.envelope import freeze
from signing.files import walk
from signing.keys import write_key
from signing.refusal import Refusal
from tests.ledger.log_server import unguarded
from tests.ledger.test_cut import NOW, OTHERS, PARTY, freeze_log
from tests.liandan.serving import KEYRING, settings_of
from tests.vectors import second_reader
from tests.workbench import AUTHORITY_50, AUTHORITY_51, Workbench, key_of


class Frozen:
    """A frozen log as an installation has it."""

    def __init__(self, settings: Settings, size: int) -> None:
        self.settings, self.size = settings, size

    def env(self) -> dict[str, str]:
        """The same for commands."""
        found = self.settings
        return {
            "LIANDAN_DATA_DIR": str(found.data_dir),
            "LIANDAN_DATABASE_URL": str(found.database_url),
            "LIANDAN_CHECKPOINT_STORE": str(found.checkpoint_store),
        }


@pytest.fixture
async def frozen(pool: Pool[Record], database: Connection[Record], database_url: str, tmp_path: Path) -> Frozen:
    bench = Workbench()
    bench.register(PARTY)
    size = await freeze_log(pool, database, tmp_path, bench)
    LogFiles(tmp_path / "log", tmp_path / "entries").write(VKEYS, "".join(f"{vkey}\n" for vkey in KEYRING.vkeys).encode())
    return Frozen(settings_of(database_url, tmp_path, checkpoint_store=tmp_path / "checkpoints.sqlite"), size)


def evidence(found: InstallationStatus) -> list[str]:
    """What the evidence files say."""
    return [json.loads(Path(path).read_bytes())["why"] for path in found.evidence]


def line_count(path: str) -> int:
    """Lines of a file."""
    return len(Path(path).read_bytes().splitlines())


async def signed(frozen: Frozen) -> bytes:
    """The cut, co-signed by both authorities."""
    made = await repair.prepare(frozen.settings, now_s=NOW + 120, keyring=KEYRING)
    assert made.yet_to_sign == (AUTHORITY_51, AUTHORITY_50)
    return freeze(cosign(made.envelope, *map(key_of, made.yet_to_sign)))


async def test_the_status_says_why_the_log_is_frozen_and_where_the_evidence_lies(frozen: Frozen) -> None:
    found = await read_status(frozen.settings)
    assert (found.published, found.promised, found.publisher) == (frozen.size, frozen.size, "stopped")
    assert found.committed == frozen.size + 1 + len(OTHERS)
    assert "a second decision differs" in found.frozen
    assert evidence(found) == [found.frozen]
    assert (found.guards.are_complete, found.is_good) == (True, False)


async def test_the_status_misses_a_guard_that_was_taken_away(frozen: Frozen, database: Connection[Record]) -> None:
    async with unguarded(database):
        guards = (await read_status(frozen.settings)).guards
    assert guards.event_triggers_missing == ("guard_ledger_alter", "guard_ledger_drop")
    assert guards.triggers_off == ("entry", "link")
    assert not guards.are_complete


async def test_a_cut_brings_back_what_was_untouched_and_names_what_was_not(frozen: Frozen) -> None:
    done = await repair.apply(frozen.settings, await signed(frozen), now_s=NOW + 180, keyring=KEYRING)
    assert (done.size, done.index) == (frozen.size, frozen.size)
    assert [one.codes for one in done.lost] == [("KEY_NOT_VALID",)]
    assert [one.index for one in done.back if one.index is not None] == [frozen.size + 1 + number for number in range(len(OTHERS))]
    files = LogFiles(frozen.settings.log_path, frozen.settings.entries_path)
    assert audit(files.read, KINDS, archived=iter(files.archived_sizes())).findings == []
    found = await read_status(frozen.settings)
    assert (found.frozen, found.published, found.is_good) == ("", frozen.size + 1 + len(OTHERS), True)


async def test_a_cut_that_was_killed_is_repeated(frozen: Frozen, database: Connection[Record]) -> None:
    statement = await signed(frozen)
    checkpoints = CheckpointStore(frozen.settings.checkpoint_path)
    files = LogFiles(frozen.settings.log_path, frozen.settings.entries_path)
    plan = await cutting_store.plan(database, checkpoints, files, KINDS)
    await cutting_store.apply(database, checkpoints, files, plan)  # and then the power went
    checkpoints.close()
    first = await repair.apply(frozen.settings, statement, now_s=NOW + 180, keyring=KEYRING)
    again = await repair.apply(frozen.settings, statement, now_s=NOW + 240, keyring=KEYRING)
    assert [one.index for one in first.back] == [one.index for one in again.back]
    assert (first.index, len(first.lost)) == (frozen.size, 1)


async def test_nothing_is_cut_without_every_signature(frozen: Frozen, database: Connection[Record]) -> None:
    made = await repair.prepare(frozen.settings, now_s=NOW + 120, keyring=KEYRING)
    with pytest.raises(Refusal) as refused:
        await repair.apply(frozen.settings, freeze(cosign(made.envelope, key_of(AUTHORITY_51))), now_s=NOW + 180, keyring=KEYRING)
    assert refused.value.codes == ["SIGNATURE_COUNT"]
    with pytest.raises(Refusal) as forged:
        wrong = cosign(made.envelope, key_of(AUTHORITY_51), key_of(PARTY, 1))
        await repair.apply(frozen.settings, freeze(wrong), now_s=NOW + 180, keyring=KEYRING)
    assert forged.value.codes == ["KEY_OTHER_PARTY"]
    assert await database.fetchval("SELECT count(*) FROM entry") == frozen.size + 1 + len(OTHERS)


@pytest.mark.breaks_the_log("an entry is taken away")
async def test_nothing_is_cut_while_a_server_runs_or_the_tail_is_another(frozen: Frozen, database: Connection[Record]) -> None:
    statement = await signed(frozen)
    leader = Leadership(frozen.settings.checkpoint_path)
    assert leader.acquire()
    with pytest.raises(Refusal) as refused:
        await repair.apply(frozen.settings, statement, now_s=NOW + 180, keyring=KEYRING)
    leader.release()
    assert refused.value.codes == ["CUT_SERVER_RUNS"]
    async with unguarded(database) as dba:
        await dba.execute("DELETE FROM entry WHERE idx = (SELECT max(idx) FROM entry)")
    with pytest.raises(Refusal) as changed:
        await repair.apply(frozen.settings, statement, now_s=NOW + 180, keyring=KEYRING)
    assert changed.value.codes == ["CUT_CHANGED"]


async def test_the_commands_say_it_and_exit_with_a_finding(frozen: Frozen) -> None:
    def call(*arguments: str) -> tuple[int, str]:
        answer = CliRunner(env=frozen.env()).invoke(main, list(arguments))
        return answer.exit_code, answer.output

    code, said = await asyncio.to_thread(call, "log", "status")
    assert code == 1
    assert "已冻结" in said
    assert "mismatch-0000.json" in said
    code, said = await asyncio.to_thread(call, "log", "policy")
    assert (code, parse_policy(said.encode()).log_vkeys) == (0, KEYRING.vkeys)
    assert (await asyncio.to_thread(call, "log", "cut"))[0] == 2


@pytest.mark.breaks_the_log("entries are taken away")
async def test_a_cut_of_nothing_is_refused_and_makes_no_statement(frozen: Frozen, database: Connection[Record], tmp_path: Path) -> None:
    """Case O4: an empty tail was signed, and whoever audited a copy later found its file missing."""
    async with unguarded(database) as dba:
        await dba.execute("DELETE FROM entry WHERE idx >= $1", frozen.size)
    write_keyring(KEYRING, frozen.settings.key_path, frozen.settings.passphrase_path)
    path = tmp_path / "cut.json"
    answer = await asyncio.to_thread(CliRunner(env=frozen.env()).invoke, main, ["log", "cut", "--prepare", str(path)])
    assert (answer.exit_code, "CUT_NOTHING" in answer.stderr, "liandan log refill" in answer.stderr) == (2, True, True), answer.stderr
    assert not path.exists()
    assert not path.with_name("cut.json.tail").exists()


async def test_a_copy_of_a_log_that_was_cut_has_the_tail(frozen: Frozen, tmp_path: Path) -> None:
    """Case O4: neither an export nor a mirror took it along, and every audit of them ended with DATA_DIFFERS."""
    await repair.apply(frozen.settings, await signed(frozen), now_s=NOW + 180, keyring=KEYRING)
    files = LogFiles(frozen.settings.log_path, frozen.settings.entries_path)
    out = tmp_path / "export"
    await export(fetch_files(files), files.archived_sizes(), out, KINDS, lambda _done, _of: None)
    listed = [path.relative_to(out).as_posix() for path in walk(out, depth=DEPTH)]
    assert audit(reader_of(out), KINDS, archived=iter(archived_in(out)), options=Options(listed=listed)).findings == []
    assert second_reader.audit.Audit(str(out)).run()["findings"] == []
    [cut] = list(TileReader(files_size(files), files.read).entries(frozen.size, frozen.size + 1))
    assert [digest for digest in _digests(cut) if (out / "data" / digest).exists()] == _digests(cut) != []


def files_size(files: LogFiles) -> int:
    """Entries that the published checkpoint covers."""
    note = files.read("checkpoint")
    assert note is not None
    return parse_checkpoint(parse_note(note)[0]).size


async def test_a_cut_by_commands_alone(frozen: Frozen, tmp_path: Path) -> None:
    write_keyring(KEYRING, frozen.settings.key_path, frozen.settings.passphrase_path)
    write_key(tmp_path / "51.pem", key_of(AUTHORITY_51), read_passphrase(frozen.settings.passphrase_path))
    write_key(tmp_path / "50.pem", key_of(AUTHORITY_50), read_passphrase(frozen.settings.passphrase_path))
    path, secret = str(tmp_path / "cut.json"), ["--passphrase-file", str(frozen.settings.passphrase_path)]

    async def call(*arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner(env=frozen.env()).invoke, main, list(arguments))

    prepared = json.loads((await call("log", "cut", "--prepare", path, "--now", format_at(NOW + 120), "--json")).stdout)
    assert (prepared["size"], prepared["cut"], prepared["unreadable"]) == (frozen.size, 1 + len(OTHERS), [])
    assert line_count(prepared["tail"]) == 1 + len(OTHERS)
    for key in ("51.pem", "50.pem"):
        assert (await call("statement", "cosign", path, "--key", str(tmp_path / key), *secret, "--yes")).exit_code == 0
    done = await call("log", "cut", "--apply", path, "--now", format_at(NOW + 180))
    assert (done.exit_code, "KEY_NOT_VALID" in done.output) == (1, True), done.output
    assert (await call("log", "status")).exit_code == 0
