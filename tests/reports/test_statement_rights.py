"""Who may have whose statement, by the regions of offices; what waits for firms; what is remembered by its tag. Without a log that runs."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from msgspec.structs import replace

from ledger.admission.sequencer import Busy
from ledger.caller import Caller
from ledger.directory import Authority, LogState
from ledger.log import Log
from ledger.model import Head
from reports import statement_service
from reports.drawing import Drawer, StatementAsked
from reports.statement_service import EACH_MAX, PARTIES_MAX, check_asked, known_tag, statement_of
from signing.refusal import Refusal
from tests.reports.story import CARRIERS, GENERATOR, RECEIVER
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, uscc
from whitelist.period import PeriodClose, PeriodState

CITY, DISTRICT, ELSEWHERE = uscc("510100", 61), uscc("510112", 62), uscc("510700", 63)
OFFICES = tuple(
    Authority(code, f"主管部门{number}", regions)
    for number, (code, regions) in enumerate(
        [(AUTHORITY_51, ("51",)), (AUTHORITY_50, ("50",)), (CITY, ("5101",)), (DISTRICT, ("510112",)), (ELSEWHERE, ("5107",))]
    )
)
ASKED = StatementAsked("2026-10", None, "json")
WAY = replace(ASKED, direction=("51", "50"))


class Published:
    """A log of which only its authorities and its newest checkpoint matter."""

    def __init__(self) -> None:
        self.publisher = self
        self.published = self
        self.size = 7

    async def chain_head(self, chain: str) -> Any:
        """A month of one direction that was closed twice."""
        closes = tuple(PeriodClose(index=size, at_s=0, by=OPERATOR, size=size, root="", json="") for size in (40, 60))
        return Head(1, "", 61, PeriodState(closes=closes)) if chain == "period/2026-10/51-50" else None

    async def state(self) -> LogState:
        return LogState(found="", origin="", operator=OPERATOR, operator_name="", authorities=OFFICES, ruleset="")


async def given(by: str, asked: StatementAsked = ASKED, role: Any = "authority", **whose: Any) -> str | list[str]:
    """Whose statement is drawn, or the codes of the refusal."""
    try:
        found = await check_asked(cast("Log", Published()), Caller(by, role, "0" * 64), replace(asked, **whose))
    except Refusal as refusal:
        return refusal.codes
    return found.party or found.authority or "-".join(found.direction or ())


async def test_an_office_has_what_lies_in_its_regions() -> None:
    assert await given(AUTHORITY_51) == AUTHORITY_51
    assert await given(AUTHORITY_51, WAY) == await given(AUTHORITY_50, WAY) == "51-50"
    assert await given(AUTHORITY_51, replace(ASKED, direction=("50", "53"))) == ["REPORT_SCOPE"]
    assert await given(CITY, WAY) == ["REPORT_SCOPE"], "a part of a province has its part"
    assert await given(CITY) == CITY
    for inner, outer in ((CITY, AUTHORITY_51), (DISTRICT, CITY)):
        assert await given(outer, authority=inner) == inner
        assert await given(inner, authority=outer) == ["REPORT_SCOPE"]
    for other in (ELSEWHERE, AUTHORITY_50, OPERATOR, GENERATOR):
        assert await given(CITY, authority=other) == ["REPORT_SCOPE"]
    assert await given(CITY, party=GENERATOR) == GENERATOR
    assert await given(CITY, party=RECEIVER) == await given(AUTHORITY_51, party=RECEIVER) == ["REPORT_SCOPE"]
    assert await given(uscc("530000", 64)) == ["REPORT_SCOPE"], "no office of this log"


async def test_a_firm_has_its_own_and_that_of_whom_it_succeeds() -> None:
    assert await given(GENERATOR, role="party") == GENERATOR
    for asked in (replace(ASKED, party=CARRIERS[0]), replace(ASKED, authority=CITY), WAY):
        assert await given(GENERATOR, asked, "party") == ["REPORT_SCOPE"]
    heir = Caller(GENERATOR, "party", "0" * 64, stands_for=(CARRIERS[0],))
    assert (await check_asked(cast("Log", Published()), heir, replace(ASKED, party=CARRIERS[0]))).party == CARRIERS[0]


async def test_the_operator_names_what_it_wants() -> None:
    assert await given(OPERATOR, role="operator", party=CARRIERS[0]) == CARRIERS[0]
    assert await given(OPERATOR, role="operator") == ["DIRECTION_FORM"]
    assert await given(OPERATOR, WAY, "operator", party=CARRIERS[0]) == ["SCOPE_UNKNOWN"]
    assert await given(OPERATOR, role="operator", party=CARRIERS[0][:-1] + "A") == ["USCC"]
    for month in ("2026-13", "2026-1", "1991-12", "9999-12", "２０２６-10"):
        assert await given(OPERATOR, replace(WAY, month=month), "operator") == ["MONTH_FORM"], month


async def test_a_month_is_drawn_at_the_sizes_at_which_it_was_closed() -> None:
    assert await given(AUTHORITY_50, WAY, size=40) == await given(OPERATOR, WAY, "operator", size=60) == "51-50"
    assert await given(AUTHORITY_50, WAY, size=50) == ["NOT_FOUND"], "nobody has a whole log gathered anew"
    assert await given(AUTHORITY_50, replace(WAY, direction=("50", "51")), size=40) == ["NOT_FOUND"]
    assert await given(GENERATOR, role="party", size=40) == ["NOT_FOUND"]
    assert await given(CITY, WAY, size=40) == ["REPORT_SCOPE"]


class Waits:
    """A drawer whose statements are ready when they are let go."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.drawn = 0

    async def statement(self, asked: StatementAsked, size: int) -> tuple[str, bytes]:
        await self.go.wait()
        self.drawn += 1
        return "x.json", f"{asked.party} {size}".encode()


async def test_firms_leave_room_for_offices() -> None:
    """So many firms, so many files of one: the next is told to come again; an office waits its turn."""
    log, drawer = cast("Log", Published()), Waits()

    def ask(firm: int, suffix: str = "json", *, for_firm: bool = True) -> asyncio.Task[Any]:
        asked = replace(ASKED, party=uscc("510112", firm), suffix=suffix)
        return asyncio.create_task(statement_of(log, cast("Drawer", drawer), asked, for_firm=for_firm))

    one = [ask(900, suffix) for suffix in ("json", "pdf", "xlsx")]
    others = [ask(firm) for firm in range(901, 901 + PARTIES_MAX - EACH_MAX)]
    await asyncio.sleep(0)
    for more in (ask(900), ask(950)):
        with pytest.raises(Busy):
            await more
    office = ask(950, for_firm=False)
    await asyncio.sleep(0)
    drawer.go.set()
    await asyncio.gather(*one, *others, office)
    assert await ask(950), "who has left leaves a place"


async def test_what_was_answered_is_known_until_something_is_published() -> None:
    log, drawer = Published(), Waits()
    drawer.go.set()
    asked = [cast("Log", log), cast("Drawer", drawer), ASKED]
    assert known_tag(*asked) is None  # type: ignore[arg-type]  # as they stand
    (_, tag) = await statement_of(*asked, for_firm=False)  # type: ignore[arg-type]
    assert known_tag(*asked) == tag  # type: ignore[arg-type]
    log.size += 1
    assert known_tag(*asked) is None  # type: ignore[arg-type]
    for number in range(statement_service.TAGS_MAX + 3):
        await statement_of(*asked[:2], replace(ASKED, party=str(number)), for_firm=False)  # type: ignore[arg-type]
    assert len(statement_service._TAGS[cast("Drawer", drawer)]) == statement_service.TAGS_MAX
