"""A busy office: the demo's parties with lists and decisions, and in October what keeps two provinces waiting for each other. All fictitious.

Of both provinces: an application that waits for acceptance, one that waits for the other side's reply, an amendment that waits for a confirmation,
one load on the road, one issued. Names of firms and words of people carry what a page must not obey (``HOSTILE``).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from asyncpg import Pool, Record

from ledger.admission.kind_table import DataSets
from ledger.caller import Caller
from ledger.log import Log
from ledger.publishing.files import LogFiles
from ledger.store import projected
from ledger.times import format_at
from liandan.demo.calendar import at
from liandan.demo.cast import CAST, CHONGQING, SICHUAN
from liandan.demo.play import PlannedAct
from liandan.wiring import KINDS
from tests.stories.stage import Stage, stage

HOSTILE = "<img src=x onerror=alert(1)>\"'</script>{{7*7}}（虚构）"
NOW = at("10-13 09:00")
OUT = "list/2026-51-50-cy"


class OfficeStage:
    """The stage, and the log to read it by."""

    def __init__(self, built: Stage, log: Log, waiting: str, consulted: str) -> None:
        self.stage, self.log, self.waiting, self.consulted = built, log, waiting, consulted

    @property
    def world(self) -> Any:
        """Names of the story."""
        return self.stage.world


def caller(uscc: str) -> Caller:
    """An office with a key for everything."""
    return Caller(uscc, "authority", "0" * 64)


def act(kind: str, chain: str, by: str, moment: str, **body: Any) -> PlannedAct:
    """An act of one hand."""
    return PlannedAct(kind=f"{kind}/1", chain=chain, by=(by,), body=body, at_s=at(moment), post_s=at(moment))


def application(built: Stage, name: str, moment: str, *, listed: bool) -> PlannedAct:
    """An application of the demo's generator to its receiver, on its row or on none."""
    flow = CAST.flows["batteries_out"]
    generator, waste = CAST.firm(flow.generator), CAST.waste_of(flow)
    line = waste.named | {"mass_t": "20", "method": waste.method}
    if listed:
        line["listing"] = {"list": OUT, "row": 0}
    chain = f"approval/{generator.uscc}/{built.world.ulid(at(moment), name)}"
    return act(
        "approval.apply", chain, generator.uscc, moment, receiver=CAST.firm(flow.receiver).uscc, permit=built.world.permit_of(flow),
        origin=generator.place, applied_to="2026-12-31", lines=[line], contract={"no": HOSTILE},
    )  # fmt: skip


@asynccontextmanager
async def office_stage(database_url: str, directory: Path, pool: Pool[Record]) -> AsyncIterator[OfficeStage]:
    """Everything up to the morning of 13 October."""
    async with stage(database_url, directory) as built:
        waiting = application(built, "waits", "10-12 08:00", listed=True)
        consulted = application(built, "consulted", "10-12 08:05", listed=False)
        letter = {"letter_no": f"川环函〔2026〕7号{HOSTILE}", "letter_date": "2026-10-12"}
        loads = [built.trip("batteries_out", f"office {number}", f"10-12 09:{10 + number}", "8").do("issue") for number in range(2)]
        loads[0].do("depart 1h")
        await built.post(
            [
                waiting,
                consulted,
                act("approval.consult", consulted.chain, SICHUAN.uscc, "10-12 08:30", **letter),
                act(
                    "list.amend",
                    OUT,
                    SICHUAN.uscc,
                    "10-12 08:40",
                    **letter,
                    effective_from="2026-11-01",
                    quota=[{"row": 1, "quota_t": "640"}],
                ),
                act("list.suspend", OUT, CHONGQING.uscc, "10-12 08:50", **letter, row=4, reason=HOSTILE),
                *(one for load in loads for one in load.acts),
            ]
        )
        happened = {"incident": "leak", "happened_at": format_at(at("10-12 10:30")), "place": CAST.firm("jinchuan").place, "text": HOSTILE}
        carrier = CAST.firm("shuan").uscc
        incident = f"incident/{carrier}/{built.world.ulid(at('10-12 11:00'), 'office incident')}"
        await built.post([act("incident.report", incident, carrier, "10-12 11:00", **happened, manifests=[loads[0].chain])])
        files = LogFiles(directory / "log", directory / "entries")
        publisher: Any = SimpleNamespace(files=files, archive=None)
        log = Log(pool, KINDS, DataSets(KINDS, files.read), publisher, built.scribe.keyring.server.operator, simulated=True)
        await _settled(pool)
        yield OfficeStage(built, log, waiting.chain, consulted.chain)


async def _settled(pool: Pool[Record]) -> None:
    """Views follow the log: wait until they have."""
    for _ in range(600):
        async with pool.acquire() as conn:
            behind = await conn.fetchval("SELECT max(idx) + 1 FROM entry") - await projected(conn)
        if not behind:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the views do not follow")


__all__ = ["CHONGQING", "SICHUAN", "OfficeStage", "act", "application", "caller", "office_stage"]
