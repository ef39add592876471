"""Dry runs over HTTP, on a real log: the same judgement as the act, now and as of then, for whom it concerns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from asyncpg import Pool, Record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.log import LoggedEntry, TurnedDown
from ledger.mass import format_mass
from ledger.problem import problem_errors
from liandan.wiring import RULES
from signing.envelope import freeze
from tests.manifests.driver import (
    APPROVAL,
    CARRIER,
    GENERATOR,
    NUMBER,
    PERMIT,
    RECEIVER,
    a_line,
    signing_key,
)
from tests.manifests.test_worked_example import LIST, Q1, Q2, Q3, Example
from tests.sample import sample
from tests.whitelist.scene import transfer
from tests.whitelist.web import Web, codes_of, serving
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, uscc
from whitelist.routes import ROUTER

MORNING = "2026-11-05T08:30:00+08:00"
REGISTRIES = ("permits", "lists", "listings", "approvals", "plans", "quotas")


@pytest.fixture
def bench() -> Example:
    return Example()


@pytest.fixture(scope="module")
def shown() -> Example:
    return Example()


@pytest.fixture
async def web(pool: Pool[Record], tmp_path: Path, bench: Example) -> AsyncIterator[Web]:
    async with serving(pool, tmp_path, bench, [ROUTER]) as web:
        yield web


@pytest.fixture(scope="module")
async def still(shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory, shown: Example) -> AsyncIterator[Web]:
    """One log for all tests that only read."""
    async with serving(shared_pool, tmp_path_factory.mktemp("still"), shown, [ROUTER]) as web:
        yield web


async def ask(web: Web, *transfers: dict[str, Any], caller: str = GENERATOR, **options: Any) -> dict[str, Any]:
    response = await web.post("/v1/checks", {"transfers": list(transfers), **options}, caller)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def an_entry(**changes: Any) -> dict[str, Any]:
    """A line of the form as JSON."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(a_line(**changes)))
    return found


def codes(answer: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in answer["reasons"]]


async def test_the_first_load_may_go_and_the_answer_says_what_is_left(still: Web, shown: Example) -> None:
    answer = await ask(still, transfer(), at=MORNING)
    assert (answer["size"], answer["at"]) == (len(shown.entries), MORNING)
    [load] = answer["answers"]
    assert (load["admissible"], load["route"], load["reasons"]) == (True, "LISTED", [])
    assert load["draws_t"] == {Q2: "5.600000", Q3: "5.600000"}
    assert load["left_t"] == {Q1: "18789.600000", Q2: "110.000000", Q3: "57110.000000"}
    assert load["listings"] == [{"list": LIST, "row": 7}]
    left = {one["quota"]: (one["account"], one["used_t"], one["this_t"], one["left_t"], one["after_t"]) for one in load["remaining"]}
    assert left == {
        "Q2": (Q2, "2890.000000", "5.600000", "110.000000", "104.400000"),
        "Q1": (Q1, "41210.400000", "0.000000", "18789.600000", "18789.600000"),
        "Q3": (Q3, "2890.000000", "5.600000", "57110.000000", "57104.400000"),
    }
    assert {one["quota"]: one["most_t"] for one in load["remaining"]}["Q3"] == "72000.000000", "120 % of the scale"


async def test_who_cannot_sign_is_told_before_he_tries(web: Web, bench: Example) -> None:
    """A yes is a yes: a firm that has no key here, or is closed, may ask and may not issue."""
    stranger = uscc("510112", 77)
    [answer] = (await ask(web, transfer(generator=stranger), caller=AUTHORITY_51, at=MORNING))["answers"]
    assert codes(answer)[0] == "PARTY_UNKNOWN"
    [[step]] = answer["reasons"][0]["ways"]
    assert (step["kind"], [one["party"] for one in step["by"]]) == ("party.register/1", [AUTHORITY_51])
    closing = bench.draft("party.amend/1", f"party/{GENERATOR}", (AUTHORITY_51,), {"closed_on": "2026-11-05", "reason": "注销"}, at=MORNING)
    [told] = await web.log.append([freeze(closing.sign([signing_key(AUTHORITY_51)]))], now_s=bench.at_s)
    assert isinstance(told, LoggedEntry), getattr(told, "refusal", None)
    [answer] = (await ask(web, transfer(), at=MORNING))["answers"]
    assert codes(answer) == ["PARTY_CLOSED"]
    issue = bench.draft(
        "manifest.issue/1",
        f"manifest/{GENERATOR}/01{next(SERIALS):024d}",
        (GENERATOR,),
        {n: v for n, v in transfer().items() if n != "generator"},
        at=MORNING,
    )
    [refused] = await web.log.append([freeze(issue.sign([signing_key(GENERATOR)]))], now_s=bench.at_s)
    assert isinstance(refused, TurnedDown)
    assert refused.refusal.codes == ["PARTY_CLOSED"]


async def test_a_load_that_may_not_go_gets_every_reason_with_law_and_remedy_in_the_readers_language(still: Web) -> None:
    asked = transfer(lines=[an_entry(mass_t="110.000001", method="D10", packs=0)])
    chinese = (await ask(still, asked, at=MORNING))["answers"][0]
    assert not chinese["admissible"]
    assert {"FORM_PACK", "PERMIT_METHOD", "APPROVAL_QUOTA"} <= set(codes(chinese))
    reason = next(reason for reason in chinese["reasons"] if reason["code"] == "FORM_PACK")
    assert reason["message"] == "废铅蓄电池 900-052-31的包装是箱（box），包装数量却是 0。"
    assert (reason["field"], reason["found"], reason["rule"], reason["lift"]) == ("body.lines.0.packs", "box 0", "R-10", "generator")
    assert reason["source"] == "《危险废物转移管理办法》第18条"
    assert reason["label"] == "第 1 行“包装数量”"
    response = await still.post("/v1/checks", {"transfers": [asked], "at": MORNING}, GENERATOR, **{"accept-language": "en"})
    english = response.json()["answers"][0]
    assert codes(english) == codes(chinese)
    assert english["reasons"][0]["message"] == "废铅蓄电池 900-052-31 is packed as box in 0 packs."


async def test_reasons_cite_the_law_of_the_day_that_is_asked_about(still: Web) -> None:
    """固废法 until 2026-08-14, the Code from 2026-08-15 on (R-73)."""

    async def source(language: str, **options: Any) -> str:
        body = {"transfers": [transfer(approval=None)], **options}
        response = await still.post("/v1/checks", body, GENERATOR, **{"accept-language": language})
        [answer] = response.json()["answers"]
        return str(next(reason["source"] for reason in answer["reasons"] if reason["code"] == "NO_APPROVAL"))

    assert "《生态环境法典》第536条第2款" in await source("zh", at=MORNING)
    assert "Code Art. 536.2" in await source("en", at=MORNING)
    assert "《固体废物污染环境防治法》第82条第2款" in await source("zh", as_of=12)
    assert "生态环境法典" not in await source("zh", as_of=12)
    assert "固废法 Art. 82.2" in await source("en", as_of=12)


async def test_each_transfer_is_answered_in_its_place_as_if_it_alone_were_next(still: Web) -> None:
    whole = transfer(lines=[an_entry(mass_t="110")])
    answer = await ask(still, whole, transfer(mode="sea"), whole, at=MORNING, alone=True)
    assert [found["admissible"] for found in answer["answers"]] == [True, False, True]
    assert [(found["admissible_alone"], found["counted"], found["note"]) for found in answer["answers"]] == [
        (True, 0, ""),
        (False, 0, ""),
        (True, 0, ""),
    ]


async def test_loads_that_fit_one_by_one_and_not_together_are_told_in_their_order(still: Web) -> None:
    """110 t are left on the decision: what may go counts for those behind it, what may not does not."""
    asked = [transfer(number=None, lines=[an_entry(mass_t=mass)]) for mass in ("60", "60", "40", "10", "0.000001", "111")]
    answers = (await ask(still, *asked, at=MORNING))["answers"]
    assert [found["admissible"] for found in answers] == [True, False, True, True, False, False]
    assert [found["admissible_alone"] for found in answers] == [True, True, True, True, True, False]
    assert [found["counted"] for found in answers] == [0, 1, 1, 2, 3, 3]
    assert [found["left_t"][Q2] for found in answers] == ["110.000000", "50.000000", "50.000000", "10.000000", "0.000000", "0.000000"]
    assert [codes(found) for found in answers if not found["admissible"]] == [["APPROVAL_QUOTA"]] * 3
    assert "前面已有 1 笔可以开具，都算作已开具" in answers[1]["note"]
    assert answers[5]["note"] == "", "it would not go alone either"


async def test_a_number_that_an_earlier_load_of_the_request_takes_is_taken(still: Web) -> None:
    first, again = (await ask(still, transfer(), transfer(), at=MORNING))["answers"]
    assert (codes(first), codes(again), again["admissible_alone"]) == ([], ["NO_DUPLICATE"], True)


async def test_what_is_said_of_a_thousand_loads_is_what_the_log_says_when_they_come(web: Web, bench: Example) -> None:
    masses = ["30", "50", "40", "10", "25", "20", "0.5", "4.5", "0.000001"]
    asked = [transfer(number=None, lines=[an_entry(mass_t=mass)]) for mass in masses]
    told = [found["admissible"] for found in (await ask(web, *asked, at=MORNING))["answers"]]
    came = []
    for question in asked:
        body = {name: value for name, value in question.items() if name != "generator"}
        draft = bench.draft("manifest.issue/1", f"manifest/{GENERATOR}/01{next(SERIALS):024d}", (GENERATOR,), body, at=MORNING)
        [answer] = await web.log.append([freeze(draft.sign([signing_key(GENERATOR)]))], now_s=bench.at_s)
        came.append(isinstance(answer, LoggedEntry))
    assert told == came
    assert set(told) == {True, False}


async def test_a_dry_run_writes_nothing(web: Web) -> None:
    async def everything() -> list[Any]:
        async with web.log.pool.acquire() as conn:
            tables = ("fact", "entry", "link", "log_head", "refusal", "projection_position", "manifest_view")
            return [await conn.fetch(f"SELECT * FROM {table} ORDER BY 1") for table in tables]

    before = await everything()
    await ask(web, transfer(), transfer(number="bad", approval=None), at=MORNING)
    await ask(web, transfer(), as_of=12)
    assert await everything() == before


LINES = st.fixed_dictionaries(
    {},
    optional={
        "code": st.sampled_from(["900-052-31", "900-000-31", "336-051-17", "x"]),
        "category": st.sampled_from(["HW31", "HW17", "HW99"]),
        "hazards": st.sampled_from([["T", "C"], ["T"], ["T", "T"], ["C"], ["Q"], []]),
        "mass_t": st.sampled_from(["5.6", "0.000001", "60", "200", "80000", "0", "-1", "1e3"]),
        "form": st.sampled_from(["S", "L", "X"]),
        "packing": st.sampled_from(["box", "bag", "none"]),
        "packs": st.integers(0, 2),
        "method": st.sampled_from(["R4", "D10", "R99"]),
        "decision_line": st.sampled_from([0, 1, -1]),
        "name": st.sampled_from(["废铅蓄电池", "废电池", " "]),
        "dg_none": st.just("未列入危险货物品名表"),
        "exemptions": st.sampled_from([[{"edition": 2025, "item": item}] for item in (1, 18, 99)]),
    },
).map(lambda changes: an_entry() | changes)
PLACE = st.sampled_from(["510112", "500116", "500103", "999999", ""]).map(lambda division: {"division": division, "address": "示范路1号"})
ASKED = st.fixed_dictionaries(
    {"lines": st.lists(LINES, min_size=0, max_size=3)},
    optional={
        "type": st.sampled_from(["normal", "in_transfer", "pipeline", "emergency", "x"]),
        "origin": PLACE,
        "destination": PLACE,
        "receiver": st.sampled_from([RECEIVER, CARRIER]),
        "consignor": st.sampled_from(["generator", "receiver", "broker"]),
        "mode": st.sampled_from(["road", "sea", "sledge", "pipeline"]),
        "permit": st.sampled_from([PERMIT, PERMIT.replace("PERM", "PERN"), "permit/x"]),
        "approval": st.sampled_from([APPROVAL, APPROVAL.replace("APPR", "APR9"), "nothing", None]),
        "number": st.sampled_from([NUMBER, "20255101000123", "123", None]),
        "plan": st.none(),
        "contract": st.none(),
        "planned_at": st.sampled_from(["2026-11-06T08:00:00+08:00", "2099-01-01T00:00:00+08:00", "morning"]),
        "surprise": st.just(1),
    },
)

SERIALS = count()


@settings(
    max_examples=sample(60),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(asked=ASKED)
async def test_the_dry_run_says_exactly_what_the_issue_is_told(web: Web, bench: Example, asked: dict[str, Any]) -> None:
    """Goal: one judgement, two doors. Method: ask, then post the signed issue at the same second, and compare word for word."""
    question = transfer(**asked)
    [answer] = (await ask(web, question, at=MORNING))["answers"]
    body = {name: value for name, value in question.items() if name != "generator"}
    chain = f"manifest/{GENERATOR}/01{next(SERIALS):024d}"
    draft = bench.draft("manifest.issue/1", chain, (GENERATOR,), body, at=MORNING)
    [told] = await web.log.append([freeze(draft.sign([signing_key(GENERATOR)]))], now_s=bench.at_s)
    if isinstance(told, TurnedDown):
        said = problem_errors(told.refusal.reasons, RULES, "zh", MORNING[:10])
        names = ("code", "field", "found", "expected", "near", "follows")
        told, asked_for = (
            [[getattr(r, name) for name in names] for r in said],
            [[r.get(name, "") for name in names] for r in answer["reasons"]],
        )
        for row in told + asked_for:
            row[3] = "" if row[0] == "FIELD_UNKNOWN" else row[3]  # a signed statement has commitments, too
        assert told == asked_for
        assert not answer["admissible"]
        return
    assert isinstance(told, LoggedEntry)
    decision = told.entry.admission.decision
    assert answer["admissible"], answer["reasons"]
    assert decision.route == answer["route"]
    assert [tag[0] for tag in decision.tags] == [tag["code"] for tag in answer["tags"]]
    assert list(decision.alerts) == [(alert["level"], alert["code"]) for alert in answer["alerts"]]
    drawn = {row.account: format_mass(row.after_g - row.before_g) for row in decision.accounts}
    assert drawn == answer["draws_t"]


async def test_a_planned_day_is_judged_by_its_own_date(still: Web) -> None:
    [then] = (await ask(still, transfer(number=None), at="2027-01-04T08:30:00+08:00"))["answers"]
    assert codes(then) == ["APPROVAL_EXPIRED", "WL_YEAR"]
    [still] = (await ask(still, transfer(number=None), at="2026-12-31T23:59:59+08:00"))["answers"]
    assert still["admissible"]


@pytest.mark.parametrize("at", ["2026-01-01T00:00:00+08:00", "2028-01-01T00:00:00+08:00", "9998-12-31T23:59:59-12:00"])
async def test_a_time_before_the_last_entry_or_far_ahead_is_refused(still: Web, at: str) -> None:
    response = await still.post("/v1/checks", {"transfers": [transfer()], "at": at}, GENERATOR)
    assert codes_of(response, 422) == ["AS_OF_TIME"]


async def test_a_simulated_log_takes_its_present_from_the_request(still: Web) -> None:
    response = await still.post("/v1/checks", {"transfers": [transfer()]}, GENERATOR, **{"liandan-now": MORNING})
    assert response.json()["at"] == MORNING
    response = await still.post("/v1/checks", {"transfers": [transfer()]}, GENERATOR, **{"liandan-now": "today"})
    assert codes_of(response, 400) == ["AT_FORM"]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (b"{", "NOT_JSON", ""),
        (b"[]", "NOT_OBJECT", ""),
        (b'{"transfers":[],"transfers":[]}', "DUPLICATE_KEY", "body.transfers"),
        (b'{"transfers":[{}],"as_of":1.0}', "NOT_INTEGER", "body.as_of"),
        (b"{}", "FIELD_MISSING", "body.transfers"),
        (b'{"transfers":[{}],"asof":1}', "FIELD_UNKNOWN", "body.asof"),
        (b'{"transfers":{}}', "FIELD_TYPE", "body.transfers"),
        ({"transfers": [transfer()], "at": "morning"}, "AT_FORM", "body.at"),
    ],
)
async def test_a_malformed_question_is_refused_like_a_malformed_statement(still: Web, body: Any, code: str, field: str) -> None:
    response = await still.post("/v1/checks", body, GENERATOR)
    assert codes_of(response, 400) == [code]
    assert response.json()["errors"][0].get("field", "") == field


async def test_a_transfer_out_of_form_is_answered_with_all_its_defects_and_touches_no_other(still: Web) -> None:
    """S8 of the cases: all at once, one style of paths, and a misspelt field is not passed over."""
    bad = transfer(receiver=7, mode="sledge") | {"aproval": "x"}
    wrong, right, none = (await ask(still, bad, transfer(), 5, at=MORNING))["answers"]  # type: ignore[arg-type]  # 5 is no transfer
    found = [(reason["code"], reason["field"]) for reason in wrong["reasons"]]
    assert found == [("FIELD_UNKNOWN", "body.aproval"), ("FIELD_TYPE", "body.receiver"), ("MODE", "body.mode")]
    assert (wrong["admissible"], wrong["route"], wrong["draws_t"]) == (False, None, {})
    assert right["admissible"]
    assert codes(none) == ["FIELD_TYPE"]


async def test_one_to_a_thousand_transfers_are_taken(still: Web) -> None:
    assert len((await ask(still, *[transfer()] * 1000, at=MORNING))["answers"]) == 1000
    for number in (0, 1001):
        response = await still.post("/v1/checks", {"transfers": [transfer()] * number}, GENERATOR)
        assert codes_of(response, 422) == ["CHECK_COUNT"]


async def test_a_party_asks_only_about_transfers_of_its_own(still: Web) -> None:
    for caller in (GENERATOR, RECEIVER, AUTHORITY_50, AUTHORITY_51, OPERATOR):
        await ask(still, transfer(), caller=caller, at=MORNING)
    response = await still.post("/v1/checks", {"transfers": [transfer(), transfer(receiver=CARRIER)]}, CARRIER)
    assert codes_of(response, 403) == ["CHECK_FORBIDDEN"]
    assert response.json()["errors"][0]["field"] == "body.transfers.0"


async def test_a_refusal_names_firms_authorities_and_what_is_left(still: Web) -> None:
    [answer] = (await ask(still, transfer(receiver=CARRIER, lines=[an_entry(mass_t="111")]), at=MORNING))["answers"]
    said = {reason["code"]: reason for reason in answer["reasons"]}
    assert f"接受人是重庆江津再生铅有限公司（虚构）（{RECEIVER}）" in said["APPROVAL_RECEIVER"]["message"]
    assert f"permit/{RECEIVER}/" in said["APPROVAL_RECEIVER"]["what_to_do"], "what is typed keeps its codes"
    assert said["PERMIT_HOLDER"]["follows"] == "APPROVAL_RECEIVER"
    assert "还剩 110 吨" in said["APPROVAL_QUOTA"]["message"]
    assert "多出 1 吨" in said["APPROVAL_QUOTA"]["message"]
    assert "甲省生态环境厅（虚构）" in said["APPROVAL_QUOTA"]["what_to_do"]
