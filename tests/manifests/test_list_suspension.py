"""What a suspension would do, told before it is signed: the very things that the log then refuses or lets go."""

from __future__ import annotations

from typing import Any

import pytest
from asyncpg import Pool, Record
from litestar import Router

from manifests import acts
from manifests.listed.routes import ROUTER as LIST_YEARS
from signing.refusal import Refusal
from tests.manifests.driver import (
    APPROVAL,
    CARRIER,
    DESTINATION,
    GENERATOR,
    MANIFEST,
    ORIGIN,
    PERMIT,
    RECEIVER,
    TRUCK,
    WASTE_NAME,
    a_departure,
    a_line,
    an_issue,
    codes,
)
from tests.manifests.test_worked_example import EARLIER_APPROVAL, LIST, ROW, SECOND, Example
from tests.whitelist.web import Web, codes_of, serving
from tests.workbench import AUTHORITY_50, AUTHORITY_51
from whitelist.acts.apply import ApplicationLine, ApprovalApply
from whitelist.acts.list_status import ListSuspend
from whitelist.approval import ListingRef

ROUTER = Router("", route_handlers=[LIST_YEARS])
WAITING = f"approval/{GENERATOR}/01K9000000000000000000APR9"
THIRD = f"manifest/{GENERATOR}/01K9000000000000000000MAN3"
PATH = f"/v1/{LIST.replace('list/', 'lists/')}/suspension"
SUSPEND = ListSuspend(row=ROW, reason="在线监测设施停运（虚构）", letter_no="渝环函〔2026〕78号（虚构）", letter_date="2026-11-05")


def busy() -> Example:
    """One load on the road, one issued, an application that waits, two decisions."""
    bench = Example()
    bench.issue()
    bench.post("manifest.issue/1", SECOND, (GENERATOR,), an_issue(lines=(a_line(mass_t="2.0"),)))
    line = ApplicationLine(
        name=WASTE_NAME,
        code="900-052-31",
        category="HW31",
        hazards=("T", "C"),
        mass_t="5",
        method="R4",
        listing=ListingRef(list=LIST, row=ROW),
    )
    body = ApprovalApply(receiver=RECEIVER, permit=PERMIT, origin=ORIGIN, applied_to="2026-12-31", lines=(line,))
    bench.post("approval.apply/1", WAITING, (GENERATOR,), body)
    bench.depart()
    return bench


async def told(pool: Pool[Record], directory: Any, bench: Example, row: int | None = ROW) -> Any:
    async with serving(pool, directory, bench, [ROUTER]) as web:
        return (await effect(web, row)).json()


async def effect(web: Web, row: int | None = ROW, caller: str = AUTHORITY_50) -> Any:
    return await web.get(PATH if row is None else f"{PATH}?row={row}", caller)


async def test_what_is_told_before_is_what_the_log_does_after(pool: Pool[Record], tmp_path: Any) -> None:
    bench = busy()
    found = await told(pool, tmp_path, bench)
    assert (found["rows"], found["stops_issue"], found["stops_departure"], found["is_whole"]) == ([ROW], True, False, True)
    assert {one["approval"] for one in found["decisions"]} == {EARLIER_APPROVAL, APPROVAL}
    left = {one["approval"]: one["left_t"] for one in found["decisions"]}
    assert left[APPROVAL] == "102.400000", "3,000 less 2,890, 5.6 and 2 t"
    assert found["generators"] == [GENERATOR]
    assert [one["approval"] for one in found["applications"]] == [WAITING]
    [truck] = found["on_road"]
    assert (truck["id"], truck["plates"], truck["mass_t"]) == (MANIFEST.removeprefix("manifest/"), [TRUCK.plate], "5.600000")
    assert [one["id"] for one in found["issued"]] == [SECOND.removeprefix("manifest/")]
    assert found["names"][GENERATOR]

    bench.post("list.suspend/1", LIST, (AUTHORITY_50,), SUSPEND)
    with pytest.raises(Refusal) as refusal:
        bench.post("manifest.issue/1", THIRD, (GENERATOR,), an_issue())
    assert "WL_SUSPENDED" in refusal.value.codes, "no generator issues on it any more"
    bench.at("2026-11-05T13:55:00+08:00")
    bench.post("manifest.arrive/1", MANIFEST, (CARRIER,), acts.Arrive(place=DESTINATION))
    entry = bench.post("manifest.depart/1", SECOND, (GENERATOR, CARRIER), a_departure())
    assert "H:WL_SUSPENDED" in codes(entry), "what is issued leaves, and everybody is told"


async def test_of_a_row_that_has_stopped_nothing_is_left_to_stop(pool: Pool[Record], tmp_path: Any) -> None:
    bench = busy()
    bench.post("list.suspend/1", LIST, (AUTHORITY_50,), SUSPEND)
    found = await told(pool, tmp_path, bench)
    assert (found["rows"], found["decisions"], found["on_road"], found["applications"]) == ([], [], [], [])
    whole = await told(pool, tmp_path / "all", bench, None)
    assert whole["rows"] == list(range(ROW)), "the others are in force, and nothing rests on them"
    assert (whole["decisions"], whole["issued"]) == ([], [])


async def test_it_is_told_to_offices_alone_and_of_rows_that_there_are(pool: Pool[Record], tmp_path: Any) -> None:
    async with serving(pool, tmp_path, busy(), [ROUTER]) as web:
        for answer in (await effect(web, caller=GENERATOR), await effect(web, row=ROW + 1)):
            assert codes_of(answer, 404) == ["NOT_FOUND"]
        assert (await effect(web, caller=AUTHORITY_51)).json()["decisions"] == (await effect(web)).json()["decisions"]
