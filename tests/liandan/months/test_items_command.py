"""``liandan items``: an authority looks through a month's open items, says something, and settles it; on a server that runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner, Result

from ledger.labels import words_of
from liandan.cli import items as command
from liandan.cli import main
from reports.items.model import Outcome
from reports.items.words import ItemStatus
from tests.liandan.months.office import SICHUAN, month_office
from tests.liandan.months.test_commands import Desk

KEY = "M12 period/2026-05/51-50"


class ItemsDesk(Desk):
    """The commands of items."""

    group = "items"

    async def told(self, *words: object) -> Any:
        """With ``--json``."""
        return await self.json(*words, who=SICHUAN)


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[ItemsDesk]:
    async with month_office(database_url, tmp_path / "server") as office:
        yield ItemsDesk(office, tmp_path)


def test_the_command_has_the_words_of_the_answers() -> None:
    assert set(command.STATUSES) == set(get_args(ItemStatus))
    assert set(command.OUTCOMES) == set(words_of(Outcome))


async def test_an_authority_opens_a_thread_goes_on_in_it_and_settles_it(desk: ItemsDesk) -> None:
    desk.office.at("2026-06-01 08:00")
    await desk.office.live()
    empty: Result = await desk.run("list", "2026-05", who=SICHUAN)
    assert (empty.exit_code, "没有未符项" in empty.output) == (0, True), empty.output
    unknown = await desk.run("show", "2026-05", KEY, who=SICHUAN)
    assert (unknown.exit_code, "NOT_FOUND" in unknown.output) == (2, True), unknown.output
    early = await desk.run("settle", "2026-05", KEY, "--outcome", "agreed", "--yes", who=SICHUAN)
    assert (early.exit_code, "NOT_FOUND" in early.output) == (2, True), early.output
    for text in ("请核对（虚构）", "已核对（虚构）"):
        said = await desk.run("comment", "2026-05", KEY, "--text", text, "--yes", who=SICHUAN)
        assert said.exit_code == 0, said.output
    item = await desk.told("show", "2026-05", KEY)
    assert (item["status"], [remark["text"] for remark in item["threads"][0]["remarks"]]) == ("gone", ["请核对（虚构）", "已核对（虚构）"])
    tried = await desk.run("settle", "2026-05", KEY, "--outcome", "invalid", "--dry-run", "--yes", who=SICHUAN)
    assert (tried.exit_code, "nothing was signed" in tried.output) == (0, True), tried.output
    done = await desk.run("settle", "2026-05", KEY, "--outcome", "invalid", "--text", "口径不同（虚构）", "--yes", who=SICHUAN)
    assert done.exit_code == 0, done.output
    twice = await desk.run("settle", "2026-05", KEY, "--outcome", "invalid", "--yes", who=SICHUAN)
    assert (twice.exit_code, f"liandan items comment 2026-05 '{KEY}'" in twice.output) == (2, True), twice.output
    page = await desk.told("list", "2026-05", "--status", "settled")
    assert [(one["key"], one["threads"][0]["settled"]["outcome_text"]) for one in page["items"]] == [(KEY, "误报")]
    shown = await desk.run("list", "2026-05", who=SICHUAN)
    assert ("已了结" in shown.output, "口径不同" in shown.output) == (True, True), shown.output
    own = {"LIANDAN_DATA_DIR": str(desk.office.settings.data_dir), "LIANDAN_DATABASE_URL": desk.office.settings.database_url}
    audited: Result = await asyncio.to_thread(CliRunner(env=own).invoke, main, ["audit", "--jobs", "1"])
    assert audited.exit_code == 0, audited.output
