"""One application whole over HTTP: clocks, letters, conditions, what it changes of the decision that it replaces; and audits that come to the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from asyncpg import Pool, Record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.auditing.audit import audit
from ledger.model import chain_key
from ledger.reading import snapshot
from ledger.times import parse_at
from manifests.routes import ROUTER as MANIFESTS
from signing.refusal import Refusal
from tests.manifests.driver import APPROVAL, CARRIER, GENERATOR, PERMIT, RECEIVER, WASTE_NAME
from tests.manifests.test_worked_example import EARLIER_APPROVAL, LIST, Example
from tests.sample import sample
from tests.vectors.second_reader import audit as second
from tests.whitelist.scene import transfer
from tests.whitelist.web import Web, codes_of, serving
from tests.workbench import AUTHORITY_50, AUTHORITY_51
from whitelist.acts.accept import ApprovalAccept, ApprovalNotice
from whitelist.acts.apply import ApplicationLine, ApprovalApply
from whitelist.acts.approval_status import ApprovalChange
from whitelist.acts.consult import ApprovalConsult, ApprovalReply, ConsentedLine
from whitelist.acts.decide import ApprovalDecide, DecidedLine
from whitelist.acts.withdraw import ApprovalWithdraw
from whitelist.approval import ListingRef
from whitelist.clocks import decision_time, times_by_route
from whitelist.fields import Place
from whitelist.listing import Conditions
from whitelist.routes import ROUTER
from whitelist.service import present_of

NEW = f"approval/{GENERATOR}/01K9000000000000000000APR7"
WAITING = f"approval/{GENERATOR}/01K9000000000000000000APR8"
CODE = "900-052-31"


def line(**changes: Any) -> ApplicationLine:
    own = {"name": WASTE_NAME, "code": CODE, "category": "HW31", "hazards": ("T", "C"), "mass_t": "10", "method": "R4"}
    return ApplicationLine(**{**own, **changes})


def an_application(*lines: ApplicationLine, **changes: Any) -> ApprovalApply:
    origin = Place(division="510112", address="成都市龙泉驿区一路1号（虚构）")
    own = {"receiver": RECEIVER, "permit": PERMIT, "origin": origin, "applied_to": "2026-12-31", "lines": lines or (line(),)}
    return ApprovalApply(**{**own, **changes})


def told(bench: Example) -> Example:
    """A life by letter: asked for more, completed to replace the listed decision, accepted, agreed to on conditions, approved, one line stopped;
    and one application that waits for its reply, too long."""
    day, own, other = "2026-11-05", (AUTHORITY_51,), (AUTHORITY_50,)

    def on(next_day: str) -> None:
        bench.at(f"{next_day}T09:00:00+08:00")

    bench.post("approval.apply/1", WAITING, (GENERATOR,), an_application())
    bench.post("approval.consult/1", WAITING, own, ApprovalConsult(letter_no="川环商〔2026〕8号（虚构）", letter_date=day))
    bench.post("approval.apply/1", NEW, (GENERATOR,), an_application())
    on("2026-11-06")
    bench.post("approval.notice/1", NEW, own, ApprovalNotice(deficiencies=("缺少运输路线（虚构）",)))
    on("2026-11-09")
    wanted = (line(mass_t="4000"), line(name="废铅栅（虚构）"))
    bench.post("approval.apply/1", NEW, (GENERATOR,), an_application(*wanted, replaces=APPROVAL))
    on("2026-11-10")
    bench.post("approval.accept/1", NEW, own, ApprovalAccept(no="川环受〔2026〕7号（虚构）"))
    bench.post("approval.consult/1", NEW, own, ApprovalConsult(letter_no="川环商〔2026〕7号（虚构）", letter_date="2026-11-10"))
    on("2026-11-26")
    terms = Conditions(pre_notice_days=2, transit=("50", "51"), note="白天运输（虚构）")
    consent = {"agree": True, "lines": (ConsentedLine(line=0, mass_t="3500"),), "conditions": terms}
    bench.post("approval.reply/1", NEW, other, ApprovalReply(letter_no="渝环复〔2026〕7号（虚构）", letter_date="2026-11-25", **consent))
    on("2026-11-27")
    granted = (DecidedLine(line=0, mass_t="3500"), DecidedLine(line=1, mass_t="10", valid_to="2026-12-20"))
    stricter = Conditions(pre_notice_days=3, complete_within_days=30, transit=("51",))
    terms_of = {"valid_to": "2026-12-27", "lines": granted, "conditions": stricter}
    bench.post("approval.decide/1", NEW, own, ApprovalDecide(approve=True, no="川环准〔2026〕7号（虚构）", **terms_of))
    bench.post("approval.suspend/1", NEW, own, ApprovalChange(reason="核查（虚构）", lines=(1,)))
    return bench


@pytest.fixture(scope="module")
async def web(shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Web]:
    async with serving(shared_pool, tmp_path_factory.mktemp("approvals"), told(Example()), [ROUTER, MANIFESTS]) as web:
        yield web


async def view(web: Web, chain: str = NEW, caller: str = AUTHORITY_51, lang: str = "zh") -> Any:
    answer = await web.get(f"/v1/approvals/{chain.removeprefix('approval/')}?lang={lang}", caller)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_whose_turn_it_was_and_how_late(web: Web) -> None:
    found = await view(web)
    clocks = [(one["name"], one["whose"], one["since"], one["due_on"], one["ended_on"], one["late_workdays"]) for one in found["clocks"]]
    assert clocks == [
        ("notice", "origin", "2026-11-05", "2026-11-12", "2026-11-06", 0),
        ("complete", "generator", "2026-11-06", None, "2026-11-09", 0),
        ("notice", "origin", "2026-11-09", "2026-11-16", "2026-11-10", 0),
        ("review", "origin", "2026-11-10", "2026-11-17", "2026-11-10", 0),
        ("reply", "destination", "2026-11-10", "2026-11-24", "2026-11-26", 2),
        ("decide", "origin", "2026-11-26", "2026-12-03", "2026-11-27", 0),
    ]
    assert (found["late"], found["accepted_on"]) == ({"destination": 2}, "2026-11-10")
    assert [one["parties"] for one in found["clocks"] if one["name"] in ("complete", "reply")] == [[GENERATOR], [AUTHORITY_50]]
    assert found["names"][AUTHORITY_50]
    late = [one for one in found["history"] if one["alerts"]]
    assert [(one["kind"], one["alerts"][0]["code"]) for one in late] == [("approval.reply/1", "AUTH_LATE")]


async def test_letters_conditions_and_what_is_left_stand_beside_it(web: Web) -> None:
    found = await view(web)
    assert [(one["kind"], one["letter_no"], one["agree"], one["lines"]) for one in found["letters"]] == [
        ("approval.consult/1", "川环商〔2026〕7号（虚构）", None, {}),
        ("approval.reply/1", "渝环复〔2026〕7号（虚构）", True, {"0": "3500"}),
    ]
    binding = {"pre_notice_days": 3, "complete_by": "2026-12-27", "use_only": False, "transit": ["51"], "notes": ["白天运输（虚构）"]}
    assert found["conditions"] == [{"line": 0, **binding}, {"line": 1, **binding}], "the strictest of reply and decision"
    lines = [(one["status"], one["decided_t"], one["left_t"], one["valid_to"]) for one in found["approval"]["lines"]]
    assert lines == [("ACTIVE", "3500.000000", "3500.000000", "2026-12-27"), ("SUSPENDED", "10.000000", "10.000000", "2026-12-20")]
    notice = next(one for one in found["history"] if one["kind"] == "approval.notice/1")
    assert notice["deficiencies"] == ["缺少运输路线（虚构）"]
    assert (found["history"][-1]["lines"], found["history"][-1]["reason"]) == ([1], "核查（虚构）")


async def test_an_application_says_what_it_changes_of_the_decision_it_replaces_and_ends_nothing(web: Web) -> None:
    found = (await view(web, lang="en"))["replaces"]
    assert (found["approval"], found["stage"]) == (APPROVAL, "approved")
    assert [(one["fact"], one["line"], one["was"], one["now"], one["article"]) for one in found["changed"]] == [
        ("mass", 0, "3000.000000", "4000.000000", "Order 23 Art. 28(1)"),
        ("kind", 1, f"{WASTE_NAME} {CODE}", f"废铅栅（虚构） {CODE}", "Order 23 Art. 28(1)"),
    ]
    assert (await view(web, APPROVAL))["approval"]["stage"] == "approved"
    assert (await view(web, WAITING))["replaces"] is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"carriers": [CARRIER]}, []),
        ({"receiver": AUTHORITY_50, "permit": PERMIT}, [("receiver", None)]),
        ({"line": {"mass_t": "5000"}}, [("mass", 0)]),
        ({"line": {"method": "D1", "code": "900-044-49", "category": "HW49"}}, [("kind", 0), ("method", 0)]),
        ({"approval": NEW, "line": {"decision_line": 1, "name": "废铅栅（虚构）", "mass_t": "11"}}, [("mass", 0)]),
    ],
)
async def test_a_check_says_what_must_be_applied_for_anew(
    web: Web, changes: dict[str, Any], expected: list[tuple[str, int | None]]
) -> None:
    own = dict(changes)
    asked = transfer(number=None)
    asked["lines"][0] |= own.pop("line", {})
    found = await web.post("/v1/checks", {"transfers": [asked | own], "at": "2026-11-27T12:00:00+08:00"})
    assert found.status_code == 200, found.text
    [answer] = found.json()["answers"]
    assert [(one["fact"], one["line"]) for one in answer["anew"]] == expected
    assert bool(answer["reasons"]) or not expected


async def test_only_whom_it_concerns_may_read_it(web: Web) -> None:
    for caller in (GENERATOR, RECEIVER, AUTHORITY_50):
        assert (await view(web, caller=caller))["approval"]["approval"] == NEW
    path = f"/v1/approvals/{NEW.removeprefix('approval/')}"
    assert codes_of(await web.get(path, CARRIER), 404) == ["NOT_FOUND"]
    for path in (f"/v1/approvals/{GENERATOR}/01K9000000000000000000APR0", "/v1/approvals/x/y"):
        assert (await web.get(path)).status_code in (404, 422)


async def test_a_stopped_decision_is_found_by_its_stage_and_keeps_its_accounts(web: Web) -> None:
    rows = await web.everything("/v1/quotas?quota=Q2", "quotas")
    assert [row["account"] for row in rows if NEW in row["account"]] == [f"Q2 {NEW} 0", f"Q2 {NEW} 1"]
    assert (await web.get("/v1/approvals?stage=suspended")).json()["approvals"] == []
    found = (await web.get("/v1/approvals?stage=consulted")).json()["approvals"]
    assert [one["approval"] for one in found] == [WAITING]


async def test_who_owes_a_reply_finds_it_among_its_work_with_the_days_that_it_is_late(web: Web) -> None:
    items = (await web.get("/v1/work", AUTHORITY_50)).json()["items"]
    [found] = [one for one in items if one["application"] == WAITING]
    assert (found["term"], found["due_on"], found["overdue"], found["workdays_left"] < 0) == ("reply", "2026-11-19", True, True)
    assert found["alert"]["code"] == "AUTH_LATE"
    assert [one for one in items if one["application"] == NEW] == []


async def test_the_days_of_all_decisions_stand_by_route(web: Web) -> None:
    chains = [APPROVAL, EARLIER_APPROVAL, NEW, WAITING]
    async with snapshot(web.log) as now:
        present = await present_of(web.log, now, None)
        await now.workspace.load(map(chain_key, chains))
        found = {chain: now.workspace.facts.state(chain) for chain in chains}
    assert present is not None
    took = [one for chain, state in found.items() if (one := decision_time(chain, state, present)) is not None]
    assert WAITING not in [one.approval for one in took]
    by_route = {one.route: one for one in times_by_route(took)}
    assert list(by_route) == ["LISTED", "APPROVED"]
    assert (by_route["APPROVED"].decisions, by_route["APPROVED"].workdays_max, by_route["APPROVED"].late) == (1, 16, 1)
    assert by_route["LISTED"].decisions == 2


# the audit comes to the same stages


@cache
def _acts() -> dict[str, tuple[str, tuple[str, ...], Any]]:
    origin, listed = (AUTHORITY_51,), an_application(line(listing=ListingRef(list=LIST, row=7)), applied_to="2026-12-31")
    granted = (DecidedLine(line=0, mass_t="10"),)
    return {
        "apply": ("apply", (GENERATOR,), listed),
        "accept": ("accept", origin, ApprovalAccept()),
        "notice": ("notice", origin, ApprovalNotice(deficiencies=("缺（虚构）",))),
        "consult": ("consult", origin, ApprovalConsult(letter_no="商1（虚构）", letter_date="2026-11-05")),
        "reply": ("reply", (AUTHORITY_50,), ApprovalReply(letter_no="复1（虚构）", letter_date="2026-11-05", agree=True)),
        "decide": ("decide", origin, ApprovalDecide(approve=True, no="准1（虚构）", valid_to="2026-12-31", lines=granted)),
        "withdraw": ("withdraw", (GENERATOR,), ApprovalWithdraw(reason="改期（虚构）")),
        **{act: (act, origin, ApprovalChange(reason="核查（虚构）")) for act in ("suspend", "resume", "revoke")},
    }


def agreed(bench: Example) -> None:
    """Both auditors find nothing."""
    assert audit(bench.export().get, bench.kinds, archived=iter([len(bench.entries)])).findings == []
    log = second.Log(lambda digest: bench.data.get(f"data/{digest}"))
    for entry in bench.entries:
        log.add(entry.raw)
    assert log.findings == []


@settings(max_examples=sample(10), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(sorted(_acts())), st.integers(0, 9)), min_size=4, max_size=12))
def test_an_audit_comes_to_the_same_however_an_application_went(tried: list[tuple[str, int]]) -> None:
    bench = Example()
    for act, wait in [("apply", 0), *tried, ("decide", 0), ("suspend", 1), ("revoke", 0)]:
        bench.at_s += int(timedelta(days=wait).total_seconds())
        name, by, body = _acts()[act]
        try:
            bench.post(f"approval.{name}/1", NEW, by, body)
        except Refusal:
            continue
    agreed(bench)


def test_the_story_audits_clean() -> None:
    bench = told(Example())
    assert parse_at("2026-11-27T09:00:00+08:00") <= bench.at_s
    agreed(bench)
