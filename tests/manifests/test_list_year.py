"""A list's year over HTTP (R-44): what was received, disposed of and kept on its rows, and the report filled in with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from asyncpg import Pool, Record
from litestar import Router

from ledger.admission.form import read_body
from manifests import acts
from manifests.listed.routes import ROUTER as LIST_YEARS
from manifests.routes import get_manifests
from tests.manifests.driver import CARRIER, DESTINATION, GENERATOR, MANIFEST, RECEIVER, a_departure, a_line, accepted, an_issue
from tests.manifests.test_worked_example import LIST, ROW, SECOND, Example
from tests.whitelist.test_list_status import LETTER
from tests.whitelist.web import Web, codes_of, serving
from tests.workbench import AUTHORITY_50, AUTHORITY_51
from whitelist.acts.list_report import ListReportBody

ROUTER = Router("", route_handlers=[LIST_YEARS, get_manifests])
YEAR = f"/v1/{LIST.replace('list/', 'lists/')}/report"


def lived() -> Example:
    """The worked example's load, used in part before the year was over and in part after; one that leaves in December and comes in January."""
    bench = Example()
    bench.issue()
    bench.depart()
    bench.deliver()
    for at, mass_t in (("2026-12-20T10:00:00+08:00", "5.5"), ("2027-01-02T09:00:00+08:00", "0.048")):
        if at.startswith("2027"):
            bench.at("2026-12-30T09:00:00+08:00")
            bench.post("manifest.issue/1", SECOND, (GENERATOR,), an_issue(lines=(a_line(mass_t="2.0"),)))
            bench.post("manifest.depart/1", SECOND, (GENERATOR, CARRIER), a_departure())
        bench.at(at)
        bench.post(
            "manifest.dispose/1", MANIFEST, (RECEIVER,), acts.Dispose(fates=(acts.DisposedLine(line=0, method="R4", mass_t=mass_t),))
        )
    bench.post("manifest.arrive/1", SECOND, (CARRIER,), acts.Arrive(place=DESTINATION))
    bench.post("manifest.receive/1", SECOND, (RECEIVER,), bench.receipt(accepted(0, "2.0")))
    return bench


@pytest.fixture(scope="module")
def bench() -> Example:
    return lived()


@pytest.fixture(scope="module")
async def web(shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory, bench: Example) -> AsyncIterator[Web]:
    async with serving(shared_pool, tmp_path_factory.mktemp("year"), bench, [ROUTER]) as found:
        yield found


async def year(web: Web, caller: str = AUTHORITY_51) -> dict[str, Any]:
    answer = await web.get(YEAR, caller)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_the_year_is_what_was_received_in_it_and_what_became_of_that_by_its_end(web: Web) -> None:
    found = await year(web)
    assert (found["list"], found["year"], found["until"], found["is_over"]) == (LIST, 2026, "2026-12-31", True)
    row = found["rows"][ROW]
    assert (row["loads"], row["received_t"], row["disposed_t"]) == (2, "2895.548000", "5.500000")
    assert (row["stock_t"], row["lost_t"], row["under_way_t"], row["other_year_t"]) == ("2890.048000", "0.000000", "0.000000", "2.000000")
    assert {one["received_t"] for one in found["rows"] if one["row"] != ROW} == {"0.000000"}
    assert found["total"]["received_t"] == "2895.548000"
    assert set(found["missing"]) == {AUTHORITY_50, AUTHORITY_51}
    assert found["names"][RECEIVER]


async def test_the_report_that_is_filled_in_is_one_that_the_log_takes(web: Web, bench: Example) -> None:
    [body] = (await year(web))["bodies"]
    assert body == {"rows": [{"row": ROW, "received_t": "2895.548000", "disposed_t": "5.500000", "stock_t": "2890.048000"}]}
    whole = read_body(msgspec.json.decode(msgspec.json.encode({**body, **LETTER, "environment": "达标（虚构）"})), ListReportBody)
    bench.post("list.report/1", LIST, (AUTHORITY_50,), whole)
    await web.admit([bench.entries[-1]])
    await web.catch_up()
    assert (await year(web))["missing"] == [AUTHORITY_51]


async def test_a_receiver_sees_its_own_rows_and_others_none(web: Web) -> None:
    assert {one["receiver"] for one in (await year(web, RECEIVER))["rows"]} == {RECEIVER}
    stranger = await year(web, GENERATOR)
    assert (stranger["rows"], stranger["bodies"], stranger["total"]["received_t"]) == ([], [], "0.000000")


async def test_a_list_that_is_not_there_has_no_year(web: Web) -> None:
    assert codes_of(await web.get("/v1/lists/2026-51-50-none/report"), 404) == ["NOT_FOUND"]
    assert (await web.get("/v1/lists/2026-51-50-NONE/report")).status_code in (400, 404)


@pytest.mark.parametrize(
    ("query", "count"), [(LIST, 3), (f"{LIST} {ROW}", 3), (f"{LIST} 0", 0), ("list/2026-51-50-none", 0), (f"{LIST}&stage=in_transit", 0)]
)
async def test_what_goes_on_a_list_or_one_of_its_rows_is_found(web: Web, query: str, count: int) -> None:
    answer = await web.get(f"/v1/manifests?list={query}")
    assert len(answer.json()["manifests"]) == count
