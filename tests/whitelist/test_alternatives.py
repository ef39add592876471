"""Where else a waste could go, over HTTP on a real log: who is named, in which order, and that it is true."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asyncpg import Pool, Record
from msgspec.structs import replace

from tests.manifests.driver import GENERATOR, ORIGIN, RECEIVER, WASTE_NAME
from tests.manifests.test_worked_example import LEAD, PERMIT, Example
from tests.whitelist.scene import transfer
from tests.whitelist.test_dry_run import an_entry, ask, codes
from tests.whitelist.web import Web, codes_of, serving
from tests.workbench import AUTHORITY_50, AUTHORITY_51, uscc
from whitelist.acts.apply import ApplicationLine, ApprovalApply
from whitelist.acts.consult import ApprovalConsult, ApprovalReply
from whitelist.acts.decide import ApprovalDecide, DecidedLine
from whitelist.acts.list_propose import ListCountersign, ListPropose
from whitelist.acts.list_rows import ListRows, Row
from whitelist.acts.permit import PermitGrant
from whitelist.alternatives import FoundReceiver, nearest
from whitelist.check_answers import AskedTransfer
from whitelist.dry_run import read_checks
from whitelist.fields import PermitItem, Scope
from whitelist.listing import rows_hash
from whitelist.routes import ROUTER

MORNING = "2026-11-05T09:30:00+08:00"
JINTANG, ZIGONG, DAZU, YONGCHUAN = (uscc(code, 501) for code in ("510121", "510304", "500111", "500118"))
CHAIN_OF = {party: f"permit/{party}/01K90000000000000000000A{number:02}" for number, party in enumerate((JINTANG, ZIGONG, DAZU, YONGCHUAN))}
LISTED = "list/2026-51-50-b"
DECIDED = f"approval/{GENERATOR}/01K9000000000000000000DEC2"


def grant(bench: Example, party: str, division: str, scale_t: str = "10000", methods: tuple[str, ...] = ("R4", "R5")) -> None:
    bench.register(party, f"{division}再生有限公司（虚构）")
    authority = AUTHORITY_51 if division.startswith("51") else AUTHORITY_50
    item = PermitItem(category="HW31", scope="ALL", methods=methods)  # type: ignore[arg-type]  # methods
    body = PermitGrant(
        no=f"危证{division}",
        permit_class="permit",
        valid_from="2026-01-01",
        valid_to="2027-12-31",
        division=division,
        address="示范路9号（虚构）",
        items=(item,),
        scale_t=scale_t,
    )
    bench.post("permit.grant/1", CHAIN_OF[party], (authority,), body)


def more(bench: Example) -> Example:
    """Two more permits in the province, two beyond it, one of which is listed with three rows, and a decision for the other."""
    grant(bench, JINTANG, "510121", methods=("R5",))
    grant(bench, ZIGONG, "510304")
    grant(bench, DAZU, "500111")
    grant(bench, YONGCHUAN, "500118")
    rows = tuple(
        Row(receiver=DAZU, permit=CHAIN_OF[DAZU], waste=waste, methods=("R4", "R5"), quota_t=quota)
        for waste, quota in ((Scope(category="HW31", scope="INCLUDE", codes=("384-004-31",)), "500"), (LEAD, "40"))
    )
    terms = ListPropose(
        letter_no="函〔2026〕9号（虚构）",
        letter_date="2026-01-20",
        effective_from="2026-01-01",
        effective_to="2026-12-31",
        kind="mutual",
        suspension_stops="issue",
        rows=len(rows),
        pages=1,
    )
    bench.post("list.propose/1", LISTED, (AUTHORITY_51,), terms)
    bench.post("list.rows/1", LISTED, (AUTHORITY_51,), ListRows(page=0, rows=rows))
    digest = rows_hash([row.listed(CHAIN_OF[DAZU]) for row in rows])
    bench.post(
        "list.countersign/1", LISTED, (AUTHORITY_50,), ListCountersign(rows_hash=digest, letter_no="复函（虚构）", letter_date="2026-01-28")
    )
    letters = {"letter_no": "同意（虚构）", "letter_date": "2026-01-28", "asked_no": "请（虚构）", "asked_date": "2026-01-27"}
    bench.post("list.exceed_consent/1", LISTED, (AUTHORITY_50,), {"row": 1, "extra_t": "2", **letters})
    line = ApplicationLine(name=WASTE_NAME, code="900-052-31", category="HW31", hazards=("T", "C"), mass_t="30", method="R4")
    body = ApprovalApply(receiver=YONGCHUAN, permit=CHAIN_OF[YONGCHUAN], origin=ORIGIN, applied_to="2026-12-31", lines=(line,))
    bench.post("approval.apply/1", DECIDED, (GENERATOR,), body)
    bench.post("approval.consult/1", DECIDED, (AUTHORITY_51,), ApprovalConsult(letter_no="商请（虚构）", letter_date="2026-01-28"))
    bench.post("approval.reply/1", DECIDED, (AUTHORITY_50,), ApprovalReply(letter_no="复（虚构）", letter_date="2026-01-28", agree=True))
    decision = ApprovalDecide(approve=True, no="批2（虚构）", valid_to="2026-11-30", lines=(DecidedLine(line=0, mass_t="30"),))
    bench.post("approval.decide/1", DECIDED, (AUTHORITY_51,), decision)
    return bench


@pytest.fixture(scope="module")
def shown() -> Example:
    return more(Example())


@pytest.fixture(scope="module")
async def still(shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory, shown: Example) -> AsyncIterator[Web]:
    async with serving(shared_pool, tmp_path_factory.mktemp("alternatives"), shown, [ROUTER]) as web:
        await web.catch_up()
        yield web


async def others(web: Web, *lines: dict[str, Any], limit: int = 20, caller: str = GENERATOR, **options: Any) -> list[Any]:
    """What is said of one transfer beside the answer itself."""
    asked = transfer(lines=[*lines] or [an_entry(mass_t="200")], **options.pop("changes", {}))
    [answer] = (await ask(web, asked, caller=caller, alternatives=limit, **(options or {"at": MORNING})))["answers"]
    found: list[Any] = answer["alternatives"]
    return found


async def test_nobody_who_did_not_ask_is_told(still: Web) -> None:
    [answer] = (await ask(still, transfer(), at=MORNING))["answers"]
    assert answer["alternatives"] == []


async def test_neighbours_come_first_then_the_nearest(still: Web) -> None:
    [found] = await others(still, an_entry(mass_t="5"))
    assert [(one["sort"], one["division"], one["is_neighbour"]) for one in found] == [
        ("permit", "510121", True),
        ("permit", "510304", False),
        ("listing", "500111", False),
        ("decision", "500118", False),
        ("decision", "500116", False),
    ]
    assert [one["distance_km"] for one in found] == sorted(one["distance_km"] for one in found)
    assert found[0]["place"] == "四川省成都市金堂县"
    assert found[0]["methods"] == ["R5"]
    assert found[1]["methods"] == ["R4", "R5"], "the asked method first"


def test_a_neighbour_goes_before_who_is_nearer_and_is_none(shown: Example) -> None:
    """仁寿 lies beside 龙泉驿, 成华 does not, though its centre is nearer; of two at one place more room goes first."""
    [asked] = read_checks(json.dumps({"transfers": [transfer(lines=[an_entry(mass_t="5")])]}).encode()).transfers
    assert isinstance(asked, AskedTransfer)
    state = shown.facts.state(CHAIN_OF[ZIGONG])

    def one(division: str, left_t: int) -> FoundReceiver:
        chain = f"permit/{uscc(division, 700 + left_t)}/01K9000000000000000000PERM"
        there = replace(state, division=division, root=chain)
        return FoundReceiver(sort="permit", permit=chain, state=there, methods=("R4",), left_g=left_t * 10**6, until="2026-12-31")

    found = nearest(asked, 0, [one("510108", 9), one("511421", 6), one("511421", 8), one("511421", 4)], shown.facts, 20)
    assert [(it.state.division, it.is_neighbour, it.left_g // 10**6) for it in found] == [
        ("511421", True, 8),
        ("511421", True, 6),
        ("510108", False, 9),
    ]
    assert found[0].km is not None
    assert found[2].km is not None
    assert found[2].km < found[0].km


async def test_each_says_what_is_left_until_when_and_what_to_do(still: Web) -> None:
    [found] = await others(still, an_entry(mass_t="5"))
    by_sort = {one["sort"]: one for one in found if one["division"] not in ("510121", "500116")}
    listing, decision, permit = by_sort["listing"], by_sort["decision"], by_sort["permit"]
    assert (listing["left_t"], listing["until"], listing["listing"]) == ("42.000000", "2026-12-31", {"list": LISTED, "row": 1}), (
        "with what was consented to beyond the quota"
    )
    assert [(step["kind"], step["by"][0]["name"]) for step in listing["way"]] == [
        ("approval.apply/1", "成都锦川蓄能回收有限公司（虚构）"),
        ("approval.decide/1", "甲省生态环境厅（虚构）"),
        ("manifest.issue/1", "成都锦川蓄能回收有限公司（虚构）"),
    ]
    assert (decision["approval"], decision["decision_line"], decision["left_t"], decision["until"]) == (
        DECIDED,
        0,
        "30.000000",
        "2026-11-30",
    )
    assert (permit["left_t"], permit["until"], [step["kind"] for step in permit["way"]]) == (
        "10000.000000",
        "2027-12-31",
        ["manifest.issue/1"],
    )


async def test_only_those_with_room_for_the_mass_are_named(still: Web) -> None:
    [found] = await others(still, an_entry(mass_t="35"))
    assert [one["sort"] for one in found] == ["permit", "permit", "listing", "decision"], "30 t are left on that for 500118"
    [found] = await others(still, an_entry(mass_t="10001"))
    assert [(one["sort"], one["division"]) for one in found] == [("decision", "500116")], "a scale of 10,000 t"


async def test_each_line_has_its_own(still: Web) -> None:
    first, second = await others(still, an_entry(mass_t="35"), an_entry(code="336-051-17", category="HW17", hazards=["T"], mass_t="1"))
    assert [one["sort"] for one in first] == ["permit", "permit", "listing", "decision"]
    assert second == []


async def test_no_more_than_asked_for(still: Web) -> None:
    [found] = await others(still, an_entry(mass_t="5"), limit=1)
    assert [one["division"] for one in found] == ["510121"]


async def test_what_may_be_issued_at_once_may_be_issued(still: Web) -> None:
    """The dry run of each alternative, made as it says, has nothing against it."""
    [found] = await others(still, an_entry(mass_t="5"))
    for one in found:
        if one["sort"] == "listing":
            continue
        parts = {"approval": one["approval"]}
        lines = [an_entry(mass_t="5", method=one["methods"][0], decision_line=one["decision_line"])]
        lines = [{name: value for name, value in line.items() if value is not None} for line in lines]
        place = {"division": one["division"], "address": "示范路9号"}
        asked = transfer(receiver=one["receiver"], permit=one["permit"], destination=place, lines=lines, **parts)
        [answer] = (await ask(still, asked, at=MORNING))["answers"]
        assert answer["admissible"], (one["sort"], codes(answer))


async def test_decisions_of_the_generator_are_told_to_no_receiver(still: Web) -> None:

    [found] = await others(still, an_entry(mass_t="5"), caller=RECEIVER)
    assert [one["sort"] for one in found] == ["permit", "permit", "listing"]
    [found] = await others(still, an_entry(mass_t="5"), caller=AUTHORITY_51)
    assert "decision" in [one["sort"] for one in found]


async def test_a_past_has_the_alternatives_of_then(still: Web, shown: Example) -> None:
    kinds = [entry.statement.kind for entry in shown.entries]
    [now] = await others(still, an_entry(mass_t="5"), as_of=len(kinds))
    assert [one["sort"] for one in now] == ["permit", "permit", "listing", "decision", "decision"]
    decided = len(kinds) - 1 - kinds[::-1].index("approval.decide/1")
    [then] = await others(still, an_entry(mass_t="5"), as_of=decided)
    assert [one["sort"] for one in then] == ["permit", "permit", "listing", "decision"]


async def test_who_is_stopped_is_not_named(pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory) -> None:
    bench = more(Example())
    bench.post("permit.suspend/1", CHAIN_OF[JINTANG], (AUTHORITY_51,), {"reason": "检查"})
    bench.post("party.amend/1", f"party/{ZIGONG}", (AUTHORITY_51,), {"closed_on": "2026-11-05", "reason": "注销"})
    bench.post("list.suspend/1", LISTED, (AUTHORITY_50,), {"letter_no": "停（虚构）", "letter_date": "2026-01-28", "reason": "检查"})
    async with serving(pool, tmp_path_factory.mktemp("stopped"), bench, [ROUTER]) as web:
        await web.catch_up()
        [found] = await others(web, an_entry(mass_t="5"))
    assert [(one["sort"], one["division"]) for one in found] == [("decision", "500118"), ("decision", "500116")]


async def test_the_asked_receiver_is_no_alternative_to_itself(still: Web) -> None:
    place = {"division": "510304", "address": "示范路9号"}
    changes = {"receiver": ZIGONG, "permit": CHAIN_OF[ZIGONG], "destination": place, "approval": None}
    [found] = await others(still, an_entry(mass_t="5"), changes=changes)
    assert ZIGONG not in [one["receiver"] for one in found]
    assert PERMIT in [one["permit"] for one in found], "the listing that no decision was asked on"


@pytest.mark.parametrize("number", [-1, 21])
async def test_as_many_as_fit_a_page(still: Web, number: int) -> None:
    response = await still.post("/v1/checks", {"transfers": [transfer()], "alternatives": number}, GENERATOR)
    assert response.status_code == 400


async def test_too_many_wastes_are_asked_in_parts(still: Web) -> None:
    asked = [transfer(lines=[an_entry(code=f"900-{number:03}-31")]) for number in range(17)]
    response = await still.post("/v1/checks", {"transfers": asked, "alternatives": 1}, GENERATOR)
    assert codes_of(response, 422) == ["CHECK_ALTERNATIVES"]
