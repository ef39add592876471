"""Lists in force over HTTP: how each row stands, since when and by whom; what waits for whose confirmation; what fits (kinds §4)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from asyncpg import Pool, Record

from ledger.auditing.audit import audit
from tests.manifests.driver import APPROVAL, GENERATOR
from tests.manifests.test_worked_example import LIST, Example
from tests.whitelist.test_list_status import LETTER
from tests.whitelist.web import Web, serving
from tests.workbench import AUTHORITY_50, AUTHORITY_51
from whitelist.acts.list_amend import EndedRow, ListAmend, RowQuota
from whitelist.acts.list_confirm import ListConfirm
from whitelist.acts.list_exceed_consent import ListExceedConsent
from whitelist.acts.list_status import ListStatus, ListSuspend
from whitelist.routes import ROUTER


def lived() -> Example:
    """The example's list after a spring: a row suspended, one resumed, one removed; amended; more consented to; something waits."""
    bench = Example()

    def act(kind: str, by: str, body: Any) -> str:
        return bench.post(f"list.{kind}/1", LIST, (by,), body).statement.hash

    def both(kind: str, by: str, body: Any) -> None:
        digest = act(kind, by, body)
        act("confirm", AUTHORITY_50 if by == AUTHORITY_51 else AUTHORITY_51, ListConfirm(act=digest, **LETTER))

    act("suspend", AUTHORITY_50, ListSuspend(row=0, reason="超标排放（虚构）", **LETTER))
    act("suspend", AUTHORITY_50, ListSuspend(row=1, reason="检修（虚构）", **LETTER))
    both("resume", AUTHORITY_50, ListStatus(row=1, reason="检修完毕（虚构）", **LETTER))
    both("remove", AUTHORITY_51, ListStatus(row=2, reason="停产（虚构）", **LETTER))
    amended = ListAmend(
        effective_from="2026-01-01",
        end=(EndedRow(row=3, on="2026-03-31", reason="换证（虚构）"),),
        quota=(RowQuota(row=4, quota_t="2.5"),),
        **LETTER,
    )
    both("amend", AUTHORITY_51, amended)
    more = ListExceedConsent(row=4, extra_t="0.5", asked_no="川环函〔2026〕40号", asked_date="2025-12-19", **LETTER)
    act("exceed_consent", AUTHORITY_50, more)
    named = ListExceedConsent(row=4, extra_t="9", approval=APPROVAL, asked_no="川环函〔2026〕41号", asked_date="2025-12-19", **LETTER)
    act("exceed_consent", AUTHORITY_50, named)
    act("amend", AUTHORITY_51, ListAmend(effective_from="2026-12-01", quota=(RowQuota(row=4, quota_t="3"),), **LETTER))
    return bench


@pytest.fixture(scope="module")
async def web(shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Web]:
    async with serving(shared_pool, tmp_path_factory.mktemp("lists"), lived(), [ROUTER]) as web:
        yield web


async def rows(web: Web, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await web.everything(f"/v1/listings?list={LIST}{query}", "listings", GENERATOR, 3)
    return found


async def test_a_row_says_how_it_stands_since_when_and_by_whose_word(web: Web) -> None:
    found = await rows(web)
    assert [one["status"] for one in found[:5]] == ["SUSPENDED", "ACTIVE", "REMOVED", "ENDED", "ACTIVE"]
    [stop] = found[0]["changes"]
    assert (stop["status"], stop["by"], stop["reason"], stop["confirmed_by"], stop["row"]) == (
        "SUSPENDED",
        AUTHORITY_50,
        "超标排放（虚构）",
        "",
        0,
    )
    assert [(one["status"], one["confirmed_by"]) for one in found[1]["changes"]] == [("SUSPENDED", ""), ("ACTIVE", AUTHORITY_51)]
    assert [(one["status"], one["by"], one["confirmed_by"]) for one in found[2]["changes"]] == [("REMOVED", AUTHORITY_51, AUTHORITY_50)]
    assert (found[3]["end_reason"], found[3]["last_day"] >= "2026-03-31", found[3]["changes"]) == ("换证（虚构）", True, [])
    assert {one["suspension_stops"] for one in found} == {"issue"}


async def test_a_quota_is_shown_with_all_that_moved_its_limit(web: Web) -> None:
    one = (await rows(web))[4]
    assert (one["quota_t"], one["extra_t"], one["used_t"], one["left_t"]) == ("2.500000", "0.500000", "0.000000", "3.000000")
    assert [(quota["quota_t"], quota["index"] > 0) for quota in one["quotas"]] == [("1.000000", False), ("2.500000", True)]
    assert [(extra["extra_t"], extra["approval"]) for extra in one["extras"]] == [("0.500000", ""), ("9.000000", APPROVAL)]
    quotas = await web.everything("/v1/quotas?quota=Q1", "quotas", AUTHORITY_51, 5)
    assert [(two["limit_t"], two["left_t"]) for two in quotas if two["number"] == 4] == [("3.000000", "3.000000")]


async def test_a_list_says_what_waits_and_who_confirms_it(web: Web) -> None:
    [one] = (await web.get("/v1/lists?pending=true", GENERATOR)).json()["lists"]
    [waiting] = one["pending"]
    assert (waiting["kind"], waiting["by"], waiting["confirmed_by"]) == ("list.amend/1", AUTHORITY_51, [AUTHORITY_50])
    assert (waiting["effective_from"], waiting["quotas_t"], waiting["ends"], waiting["adds"]) == ("2026-12-01", {"4": "3.000000"}, [], 0)
    assert len(waiting["act"]) == 64
    assert one["rows_standing"] == {"ACTIVE": one["rows_filed"] - 3, "ENDED": 1, "REMOVED": 1, "SUSPENDED": 1}
    assert (one["status"], len(one["changes"]), one["rows_hash"] is not None) == ("ACTIVE", 4, True)


@pytest.mark.parametrize(("status", "numbers"), [("SUSPENDED", [0]), ("REMOVED", [2]), ("ENDED", [3]), ("PROPOSED", [])])
async def test_rows_are_found_by_how_they_stand(web: Web, status: str, numbers: list[int]) -> None:
    assert [one["row"] for one in await rows(web, f"&status={status}")] == numbers


async def test_a_filter_of_no_status_is_refused(web: Web) -> None:
    for path in ("listings?status=STOPPED", "lists?status=SUSPENDED", "lists?pending=no"):
        assert (await web.get(f"/v1/{path}")).status_code == 400


def test_the_log_replays_to_the_same_lists() -> None:
    bench = lived()
    report = audit(bench.export().get, bench.kinds, archived=iter([len(bench.entries)]))
    assert report.findings == []
