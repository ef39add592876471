"""A closed month is told: in the work list, by mail once when it comes up, in the feed that webhooks are told of, and who is to act on a dispute."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asyncpg import Pool, Record

from ledger.admission.entry import read_entry
from ledger.admission.kind_table import DataSets
from ledger.publishing.files import LogFiles
from liandan.database import open_pool
from liandan.reminders import store
from liandan.reminders.due import DueSource
from liandan.reminders.looking import Looking
from liandan.reminders.model import Reminder
from liandan.wiring import KINDS
from tests.liandan.months.office import CHONGQING, OPERATOR, SICHUAN, MonthOffice, month_office

CHAIN, BASE = "period/2026-05/51-50", "https://ledger.example.cn"


async def subscribe(pool: Pool[Record], office: MonthOffice, uscc: str) -> None:
    """An office that has agreed to be told by mail, on the day alone."""
    now = datetime.now(UTC)
    reminder = Reminder(
        id=uscc[-12:].lower(), uscc=uscc, keyid=office.keyring.key(uscc).keyid, address=f"{uscc.lower()}@example.cn", language="zh",
        ahead_wd=0, note="", state="active", why="", why_found="", token=uscc, refused=0, looked_on=None, created_at=now, changed_at=now,
    )  # fmt: skip
    async with pool.acquire() as conn:
        await store.insert(conn, reminder)
        await store.change(conn, reminder.id, state="active")


async def told(pool: Pool[Record], office: MonthOffice) -> dict[str, str]:
    """What the day's look has queued: subject and text by reminder; the mails are taken away."""
    files = LogFiles(office.settings.log_path, office.settings.entries_path)
    looking = Looking(pool, KINDS, DueSource(pool, KINDS, DataSets(KINDS, files.read)), BASE, hour=0, mails=True)
    while await looking.look():
        pass
    async with pool.acquire() as conn:
        rows = await conn.fetch("DELETE FROM mail RETURNING reminder, subject, body")
    return {row["reminder"].upper(): f"{row['subject']}\n{row['body']}" for row in rows}


async def work(office: MonthOffice, uscc: str) -> list[dict[str, Any]]:
    """What waits for somebody about months."""
    async with office.client(uscc) as client:
        items = json.loads(await client.get("/v1/work"))["items"]
    return [item for item in items if item["period"]]


async def test_a_closed_month_is_told_and_waited_for(database_url: str, tmp_path: Path) -> None:
    async with month_office(database_url, tmp_path / "server") as office, await open_pool(database_url, min_size=1, max_size=3) as pool:
        for one in (SICHUAN, CHONGQING, OPERATOR):
            await subscribe(pool, office, one.uscc)
        office.at("2026-06-01 08:00")
        await office.live()
        assert await told(pool, office) == {}
        await office.run()
        state = await office.standing("2026-05")
        assert state is not None

        [there, _] = sorted(await work(office, SICHUAN.uscc), key=lambda item: item["period"] != CHAIN)
        assert (there["kind"], there["what"], there["term"], there["due_on"]) == (
            "period.confirm/1",
            "confirmation",
            "period_verdict",
            "2026-06-10",
        )
        assert (there["stage"], there["arose_at"], there["overdue"]) == ("closed", "2026-06-01T08:00:00+08:00", False)
        assert await told(pool, office) == {}, "it has looked today"
        office.at("2026-06-02 08:00")
        await office.live()
        mails = await told(pool, office)
        assert set(mails) == {SICHUAN.uscc[-12:], CHONGQING.uscc[-12:]}
        assert "新的待办 2 项" in mails[SICHUAN.uscc[-12:]]
        assert "核对月度对账单，确认或者提出异议  月份 2026-05/51-50" in mails[SICHUAN.uscc[-12:]]
        office.at("2026-06-03 08:00")
        await office.live()
        assert await told(pool, office) == {}, "once"
        async with office.client(CHONGQING.uscc) as client:
            kinds = [read_entry(b64decode(entry.entry), KINDS).statement.kind for entry in (await client.feed(-1)).entries]
        assert kinds.count("period.close/1") == 2

        items = [{"key": "M12 list/2026-51-50-cy", "note": "合计不符（虚构）"}]
        await office.act(CHONGQING.uscc, "period.dispute/1", CHAIN, {"json": state.newest.json, "reason": "不符（虚构）", "items": items})
        assert [item["period"] for item in await work(office, SICHUAN.uscc)] == ["period/2026-05/50-51"], "nobody confirms what is disputed"
        [item] = await work(office, OPERATOR.uscc)
        assert (item["period"], item["kind"], item["stage"], item["counterparts"]) == (
            CHAIN,
            "period.close/1",
            "disputed",
            [CHONGQING.uscc],
        )
        office.at("2026-06-04 08:00")
        await office.live()
        mails = await told(pool, office)
        assert set(mails) == {OPERATOR.uscc[-12:]}
        assert "处理异议后再次结账" in mails[OPERATOR.uscc[-12:]]

        office.at("2026-06-11 08:00")
        await office.live()
        late = {item["period"]: item["alert"]["code"] for item in await work(office, SICHUAN.uscc)}
        assert late == {"period/2026-05/50-51": "PERIOD_LATE"}
