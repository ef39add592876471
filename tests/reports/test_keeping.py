"""What was gathered is kept between statements and cannot lie: the same statement as without it, whoever has touched the file."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.tree.checkpoint import Checkpoint, open_checkpoint
from ledger.tree.tiles import Read
from reports.kinds import all_kinds
from reports.reconcile import check_month, finish
from reports.reconciliation.gathered import pages
from reports.reconciliation.gathered.gathering import Gathering
from reports.reconciliation.gathered.pages import PageList
from reports.reconciliation.kept import keeping, sealing
from reports.reconciliation.kept.keeping import with_gathering
from reports.reconciliation.kept.sealing import GatheringSeal, KeptIn
from reports.reconciliation.model import MonthlyStatement
from reports.reconciliation.month.fold import Fold
from signing.keys import PrivateKey
from signing.refusal import Refusal
from tests.reports.month import any_story, drawn, october
from tests.reports.story import Story

SECRET, OTHER = bytes(32), bytes(range(32))
MAC = sha256().digest_size
WAYS = (("51", "50"), ("50", "51"))
MONTHS = ("2026-01", "2026-08", "2026-09", "2026-10", "2026-11", "2026-12", "2027-03")


def published(story: Story, size: int) -> dict[str, bytes]:
    """The files of a log when it had so many entries."""
    whole = story.bench.entries
    try:
        story.bench.entries = whole[:size]
        return story.bench.export()
    finally:
        story.bench.entries = whole


def look_at(files: Mapping[str, bytes]) -> Checkpoint:
    """The newest checkpoint."""
    return open_checkpoint(files["checkpoint"], files["log.vkey"].decode().splitlines()).checkpoint


def statements(files: Mapping[str, bytes], month: str, kept: KeptIn | None) -> list[MonthlyStatement]:
    """Both ways of a month, from files."""
    read: Read = files.get

    def work(gathering: Gathering, checkpoint: Checkpoint) -> list[MonthlyStatement]:
        fold = Fold(check_month(month), gathering)
        return [finish(fold, way, checkpoint.root.hex()) for way in WAYS]

    return with_gathering(read, lambda: look_at(files), all_kinds(), work, kept)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32))
def test_kept_or_gathered_anew_it_is_the_same_statement(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    """Of any month, at sizes that grow and, as after a cut, shrink again."""
    dice, story = random.Random(seed), any_story(seed)
    kept = KeptIn(tmp_path_factory.mktemp("kept") / "gathered", SECRET)
    whole = len(story.bench.entries)
    sizes = [dice.randint(1, whole) for _ in range(3)]
    for size in (*sorted(sizes), whole, sizes[0]):
        files = published(story, size)
        for month in dice.sample(MONTHS, 2):
            assert statements(files, month, kept) == statements(files, month, None)


# --- who has touched the file -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def october_files() -> dict[str, bytes]:
    """The log of October."""
    return october().bench.export()


@pytest.fixture(scope="module")
def expected(october_files: dict[str, bytes]) -> list[MonthlyStatement]:
    """Both ways of October, from the entries alone."""
    root = look_at(october_files).root.hex()
    return [replace(drawn(october(), direction=way), root=root) for way in WAYS]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that some dozens of entries fill several."""
    monkeypatch.setattr(pages, "PAGE_BYTES", 2_000)


@pytest.fixture
def kept(tmp_path: Path, october_files: dict[str, bytes]) -> KeptIn:
    """October, gathered and kept."""
    kept = KeptIn(tmp_path / "statements" / "gathered", SECRET)
    statements(october_files, "2026-10", kept)
    return kept


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Indexes of the entries that were gathered."""
    seen: list[int] = []
    step = Gathering.step

    def watched(self: Gathering, entry: Entry) -> None:
        seen.append(entry.index)
        step(self, entry)

    monkeypatch.setattr(Gathering, "step", watched)
    return seen


def test_what_was_kept_is_not_gathered_again(
    kept: KeptIn, october_files: dict[str, bytes], expected: list[MonthlyStatement], taken: list[int]
) -> None:
    assert statements(october_files, "2026-10", kept) == expected
    assert statements(october_files, "2026-09", kept) == statements(october_files, "2026-09", None)
    assert taken == list(range(len(october().bench.entries))), "those of the statement without it"
    assert kept.path.parent.stat().st_mode & 0o077 == 0


def test_only_what_is_new_is_gathered(
    tmp_path: Path, october_files: dict[str, bytes], expected: list[MonthlyStatement], taken: list[int]
) -> None:
    whole, kept = len(october().bench.entries), KeptIn(tmp_path / "gathered", SECRET)
    statements(published(october(), whole - 5), "2026-10", kept)
    shutil.copy(kept.path, tmp_path / "earlier")
    taken.clear()
    assert statements(october_files, "2026-10", kept) == expected
    assert taken == list(range(whole - 5, whole))
    shutil.copy(tmp_path / "earlier", kept.path)
    assert statements(october_files, "2026-10", kept) == expected, "an earlier one under its own seal is what it says"
    assert taken == list(range(whole - 5, whole)) * 2


def forge(kept: KeptIn, secret: bytes) -> None:
    """Say another waste code everywhere, and seal it."""
    with closing(sqlite3.connect(kept.path)) as db:
        changed = [
            (content.replace(b"900-052-31", b"900-052-99"), number) for number, content in db.execute("SELECT number, content FROM page")
        ]
        db.executemany("UPDATE page SET content = ? WHERE number = ?", changed)
        [(mark,)] = db.execute("SELECT mark FROM mark")
        seal = msgspec.msgpack.decode(mark[MAC:], type=GatheringSeal)
        by_number = {number: sha256(content).digest() for content, number in changed}
        known = PageList(seal.pages.firsts, seal.pages.numbers, [by_number[number] for number in seal.pages.numbers])
        db.execute("UPDATE mark SET mark = ?", (sealing.sealed(replace(seal, pages=known), KeptIn(kept.path, secret)),))
        db.commit()


def test_a_forger_needs_the_key(kept: KeptIn, october_files: dict[str, bytes], expected: list[MonthlyStatement]) -> None:
    """So that the next test says something: the forgery is a good one."""
    forge(kept, SECRET)
    assert statements(october_files, "2026-10", kept) != expected


def by_sql(script: str) -> Callable[[KeptIn], None]:
    """Somebody with SQLite."""

    def touch(kept: KeptIn) -> None:
        with closing(sqlite3.connect(kept.path)) as db:
            db.executescript(script)

    return touch


def of_an_earlier_moment(kept: KeptIn) -> None:
    """Its pages under the present seal."""
    earlier = KeptIn(kept.path.with_name("earlier"), SECRET)
    statements(published(october(), len(october().bench.entries) - 20), "2026-10", earlier)
    by_sql(f"ATTACH '{earlier.path}' AS other; DELETE FROM page; INSERT INTO page SELECT * FROM other.page;")(kept)


def of_another_log(kept: KeptIn) -> None:
    """The file of another story, sealed by the same key."""
    story = any_story(7)
    kept.path.unlink()
    statements(published(story, 30), "2026-10", kept)


def of_another_program(kept: KeptIn) -> None:
    """Sealed by another version."""
    with closing(sqlite3.connect(kept.path)) as db:
        [(mark,)] = db.execute("SELECT mark FROM mark")
        seal = msgspec.msgpack.decode(mark[MAC:], type=GatheringSeal)
        db.execute("UPDATE mark SET mark = ?", (sealing.sealed(replace(seal, program="0" * 64), kept),))
        db.commit()


def written(content: Callable[[KeptIn], bytes]) -> Callable[[KeptIn], None]:
    """Other bytes in its place."""

    def touch(kept: KeptIn) -> None:
        kept.path.write_bytes(content(kept))

    return touch


def with_a_journal(kept: KeptIn) -> None:
    """A page is changed, and SQLite's journal beside it says what was there before: nothing that it knows."""
    shutil.copy(kept.path, f"{kept.path}-journal")
    by_sql("UPDATE page SET content = X'80'")(kept)


TOUCHES: Mapping[str, Callable[[KeptIn], None]] = {
    "pages and seal forged without the key": lambda kept: forge(kept, OTHER),
    "a code changed in the pages": by_sql("UPDATE page SET content = CAST(replace(content, '900-052-31', '900-052-99') AS BLOB)"),
    "pages exchanged": by_sql(
        "CREATE TEMP TABLE was AS SELECT *, row_number() OVER (ORDER BY number) AS place FROM page;"
        "UPDATE page SET content = (SELECT other.content FROM was, was AS other"
        " WHERE was.number = page.number AND other.place = (SELECT count(*) + 1 FROM was) - was.place)"
    ),
    "pages taken out": by_sql("DELETE FROM page WHERE number > 1"),
    "pages of an earlier moment": of_an_earlier_moment,
    "the seal cut": by_sql("UPDATE mark SET mark = substr(mark, 1, 40)"),
    "a text for a seal": by_sql("UPDATE mark SET mark = 'x'"),
    "the seal's size changed": by_sql("UPDATE mark SET mark = CAST(replace(mark, 'size', 'sizf') AS BLOB)"),
    "another log's": of_another_log,
    "another program's": of_another_program,
    "views for tables": by_sql("DROP TABLE page; CREATE VIEW page AS SELECT 1 AS number, X'80' AS content"),
    "cut": written(lambda kept: kept.path.read_bytes()[:5000]),
    "no database": written(lambda kept: b"not a database" * 1000),
    "empty": written(lambda kept: b""),
    "a journal beside it": with_a_journal,
}


@pytest.mark.parametrize("touch", TOUCHES.values(), ids=TOUCHES.keys())
def test_what_was_touched_changes_no_statement_and_is_made_again(
    kept: KeptIn, october_files: dict[str, bytes], expected: list[MonthlyStatement], taken: list[int], touch: Callable[[KeptIn], None]
) -> None:
    touch(kept)
    taken.clear()
    assert statements(october_files, "2026-10", kept) == expected
    whole = list(range(len(october().bench.entries)))
    assert taken[-len(whole) :] == whole, "nothing of it was believed"
    taken.clear()
    assert statements(october_files, "2026-10", kept)[0].root == expected[0].root
    assert taken == []


def test_a_folder_in_its_place_costs_the_keeping_alone(
    kept: KeptIn, october_files: dict[str, bytes], expected: list[MonthlyStatement]
) -> None:
    kept.path.unlink()
    kept.path.mkdir()
    assert statements(october_files, "2026-10", kept) == expected


def test_a_statement_that_cannot_be_written_is_not_gathered_again(kept: KeptIn, october_files: dict[str, bytes], taken: list[int]) -> None:
    def work(gathering: Gathering, checkpoint: Checkpoint) -> None:
        raise PermissionError("the output directory")

    read: Read = october_files.get
    with pytest.raises(PermissionError, match="the output directory"):
        with_gathering(read, lambda: look_at(october_files), all_kinds(), work, kept)
    assert taken == []


def test_entries_that_are_not_the_logs_give_no_statement(
    kept: KeptIn, october_files: dict[str, bytes], expected: list[MonthlyStatement]
) -> None:
    """Published files that were changed, with their tiles, under the true checkpoint: whether or not an earlier gathering is kept."""
    earlier = KeptIn(kept.path.with_name("earlier"), SECRET)
    statements(published(october(), 20), "2026-10", earlier)
    story = any_story(7)
    foreign = {**published(story, len(story.bench.entries)), "checkpoint": october_files["checkpoint"]}
    for name in list(foreign):
        if name.startswith("tile/"):
            foreign[name.partition(".p/")[0]] = foreign[name]
    for where in (earlier, None):
        with pytest.raises(Refusal) as caught:
            statements(foreign, "2026-10", where)
        assert caught.value.codes == ["TILE_FORM"]
    assert statements(october_files, "2026-10", earlier) == expected
    assert statements(foreign, "2026-10", kept) == expected, "nothing of the files is read where nothing is new"


def test_a_long_way_is_kept_on_the_way(
    tmp_path: Path, october_files: dict[str, bytes], expected: list[MonthlyStatement], taken: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever gives up waiting leaves what was done."""
    monkeypatch.setattr(keeping, "WIDTH", 16)
    monkeypatch.setattr(keeping, "KEEP_EVERY", 32)
    kept, step = KeptIn(tmp_path / "gathered", SECRET), Gathering.step

    def interrupted(self: Gathering, entry: Entry) -> None:
        if entry.index == 40:
            raise KeyboardInterrupt
        step(self, entry)

    monkeypatch.setattr(Gathering, "step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        statements(october_files, "2026-10", kept)
    monkeypatch.setattr(Gathering, "step", step)
    taken.clear()
    assert statements(october_files, "2026-10", kept)[0].size == len(october().bench.entries)
    assert taken == list(range(32, len(october().bench.entries)))


def test_the_secret_is_of_one_key_and_one_purpose() -> None:
    one, other = (PrivateKey.from_seed("ed25519", bytes([number]) * 32) for number in (1, 2))
    assert one.secret("a") == PrivateKey.from_seed("ed25519", bytes([1]) * 32).secret("a")
    assert len({one.secret("a"), one.secret("b"), other.secret("a")}) == 3
    assert {len(PrivateKey.generate(name).secret("a")) for name in ("ed25519", "ecdsa-p256-sha256", "ml-dsa-44")} == {32}
