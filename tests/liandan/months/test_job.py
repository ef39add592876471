"""The job: closes what is over, in order, once; says what it waits for; takes up what a killed run left."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from liandan.client import AsyncLiandan
from liandan.client.transport import RequestRefused, Unavailable
from liandan.database import open_pool
from liandan.months.shelf import ENVELOPE, CloseShelf
from liandan.months.watch import MonthsWatch, is_month_due
from liandan.wiring import KINDS
from reports.periods.planning import MonthDue
from signing.envelope import freeze
from tests.liandan.months.office import CHONGQING, OPERATOR, SICHUAN, MonthOffice, month_office

THERE, BACK = ("51", "50"), ("50", "51")


@pytest.fixture(scope="module")
async def office(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MonthOffice]:
    """One log for the module; its months go on from test to test."""
    async with month_office(shared_database_url, tmp_path_factory.mktemp("months") / "server") as found:
        yield found


async def test_the_job_closes_every_month_that_is_over_and_none_twice(office: MonthOffice) -> None:
    office.at("2026-06-01 00:10")
    report = await office.run()
    assert report.closed == ()
    assert [one.en.partition(":")[2][:35] for one in report.waiting] == [" waits for the first entry behind t"] * 2 + [
        " it is closed from 2026-07-01 on"
    ]
    office.at("2026-08-01 00:10")
    await office.live()
    report = await office.run()
    assert [one.chain for one in report.closed] == [
        f"period/2026-{month}/{way}" for month in ("05", "06", "07") for way in ("50-51", "51-50")
    ]
    assert [one.index for one in report.closed] == [2, 3, 4, 5, 6, 7]
    assert [one.size for one in report.closed] == [2, 2, 4, 4, 6, 6], "each month is drawn behind the closes of the one before"
    folder = Path(report.closed[-1].folder)
    names = sorted(os.listdir(folder))
    stem = "reconciliation-2026-07-51-50"
    assert names == [ENVELOPE, f"{stem}.en.pdf", f"{stem}.en.xlsx", f"{stem}.json", f"{stem}.pdf", f"{stem}.xlsx"]
    state = await office.standing("2026-07")
    assert state is not None
    hashes = [sha256((folder / f"{stem}.{suffix}").read_bytes()).hexdigest() for suffix in ("json", "xlsx", "pdf")]
    assert [state.newest.json, state.newest.xlsx, state.newest.pdf] == hashes
    assert json.loads((folder / f"{stem}.json").read_text())["log"]["size"] == 6
    async with office.client(CHONGQING.uscc) as client:
        for suffix in ("json", "pdf"):
            served = await client.get(f"/v1/reconciliations/2026-07.{suffix}", **{"from": "51", "to": "50", "size": "6"})
            assert served == (folder / f"{stem}.{suffix}").read_bytes(), "as it was closed, over HTTP"
        with pytest.raises(RequestRefused, match="NOT_FOUND"):
            await client.get("/v1/reconciliations/2026-07", **{"from": "51", "to": "50", "size": "5"})
    assert ((await office.run()).closed, await office.heads("2026-07")) == ((), [1, 1])
    assert "四川" in report.waiting[0].zh or "重庆" in report.waiting[0].zh


async def test_a_close_that_was_signed_is_posted_again_as_it_is(office: MonthOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    month = await office.next_month()

    async def lost(self: AsyncLiandan, envelope: object) -> None:
        raise Unavailable("the network is gone")

    with monkeypatch.context() as patch:
        patch.setattr(AsyncLiandan, "post", lost)
        with pytest.raises(Unavailable):
            await office.run()
    due = MonthDue(month, BACK)
    shelf = CloseShelf(office.settings.data_dir)
    [(folder, raw)] = list(shelf.signed(due))
    (folder.parent / ".9.new").mkdir()
    (folder.parent / "1").mkdir()
    report = await office.run()
    assert [(one.chain, one.is_new) for one in report.closed] == [(f"period/{month}/50-51", False), (f"period/{month}/51-50", True)]
    assert (folder / ENVELOPE).read_bytes() == raw
    assert await office.heads(month) == [1, 1]
    again = await office.run()
    assert again.closed == ()


async def test_what_was_signed_and_does_not_fit_any_more_is_drawn_anew(office: MonthOffice) -> None:
    month = await office.next_month()
    shelf = CloseShelf(office.settings.data_dir)
    folder = shelf.put(MonthDue(month, BACK), 1, {"x": b"y"})
    shelf.keep_envelope(folder, b"no envelope")
    report = await office.run()
    assert [one.is_new for one in report.closed] == [True, True]
    assert not folder.exists()


async def test_what_lies_signed_by_another_key_stops_no_month(office: MonthOffice) -> None:
    """The operator's key was changed since it was signed, or somebody else put it there: what the log refuses is not posted for ever."""
    month = await office.next_month()
    shelf, due = CloseShelf(office.settings.data_dir), MonthDue(month, BACK)
    async with office.client(SICHUAN.uscc) as client:
        _, size, root, *_ = (await client.get("/checkpoint")).decode().split("\n")
        draft = await client.draft("period.close/1", due.chain, {"size": int(size), "root": root, "json": "ab" * 32})
        shelf.keep_envelope(shelf.put(due, int(size), {"x": b"y"}), freeze(client.sign(draft)))
    assert [one.is_new for one in (await office.run()).closed] == [True, True]
    assert await office.heads(month) == [1, 1]


async def test_two_runs_at_once_close_a_month_once(office: MonthOffice) -> None:
    await office.next_month()
    with CloseShelf(office.settings.data_dir).alone():
        assert (await office.run()).is_busy
    there = office.job
    there.shelf = CloseShelf(office.settings.data_dir / "elsewhere")
    first = await there.run(now_s=office.now_s)
    assert [len(first.closed), (await office.run()).closed] == [2, ()]


async def test_a_disputed_month_is_closed_again_when_the_operator_says_so_and_not_by_itself(office: MonthOffice) -> None:
    month = await office.next_month()
    await office.run()
    chain = f"period/{month}/51-50"
    state = await office.standing(month)
    assert state is not None
    await office.act(SICHUAN.uscc, "period.confirm/1", chain, {"json": state.newest.json})
    items = [{"key": "M12 list/2026-51-50-cy", "note": "合计不符（虚构）"}]
    body = {"json": state.newest.json, "reason": "合计不符（虚构）", "items": items}
    await office.act(CHONGQING.uscc, "period.dispute/1", chain, body)
    report = await office.run()
    assert report.closed == ()
    assert any("有异议" in one.zh and f"liandan month close {month}" in one.zh for one in report.waiting)
    report = await office.run(again=[MonthDue(month, THERE)])
    assert [one.chain for one in report.closed] == [chain]
    assert await office.heads(month) == [1, 4]
    assert (await office.run()).closed == ()
    assert OPERATOR.uscc == (await office.standing(month)).newest.by  # type: ignore[union-attr]  # it was closed above


async def test_the_worker_looks_and_lets_the_job_do_it(office: MonthOffice, shared_database_url: str) -> None:
    await office.live()
    await office.run()
    async with await open_pool(shared_database_url, min_size=1, max_size=2) as pool:
        watch = MonthsWatch(office.settings, pool, KINDS, office.url, clocks=("simulated",))
        assert not await watch.look(), "nothing is due"
        month = await office.next_month()
        assert await watch.look()
        assert await office.heads(month) == [1, 1]
        assert not await watch.look()
        async with pool.acquire() as conn:
            await office.next_month()
            assert await is_month_due(conn, KINDS, ("simulated",))
            assert not await is_month_due(conn, KINDS), "a simulated log goes on as its clients say"
        off = replace(office.settings, close_months="off")
        assert not await MonthsWatch(off, pool, KINDS, office.url, clocks=("simulated",)).look()
