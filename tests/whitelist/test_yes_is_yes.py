"""A dry run that says yes is a yes, and its no is the no of the log: over every field of a body, those too that no numbered rule looks at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from asyncpg import Pool, Record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.log import LoggedEntry, TurnedDown
from signing.envelope import freeze
from tests.manifests.driver import CARRIER, GENERATOR, signing_key
from tests.manifests.test_worked_example import Example
from tests.sample import sample
from tests.whitelist.scene import transfer
from tests.whitelist.test_dry_run import MORNING, an_entry, ask, codes
from tests.whitelist.web import Web, serving
from tests.workbench import OPERATOR, uscc
from whitelist.routes import ROUTER
from whitelist.transfer import Transfer, WasteLine

SERIALS = count()
LONG, LONGER = "长" * 300, "长" * 2001
FILE = {"sha256": "ab" * 32, "size": 10, "media_type": "image/png", "name": "图.png"}
PAPER = {"reason": "断网", "departed_at": "2026-11-04T08:00:00+08:00", "completed_at": "2026-11-04T18:00:00+08:00", "scan": FILE}
EARLIER = f"manifest/{GENERATOR}/01K9000000000000000000MAN0"
FIELDS: dict[str, list[Any]] = {
    "type": ["normal", "backfill_ordinary", "in_transfer", "pipeline", "emergency"],
    "decision": [{"no": "外", "authority": "外省", "decided_on": "2026-01-01", "valid_to": "2026-12-31"}],
    "pilot": [{"list": "list/2026-51-50-x", "row": 0}],
    "emergency": [f"emergency/{OPERATOR}/01K9000000000000000000EMER"],
    "returns": [{"manifest": EARLIER, "how": how, "lines": [0]} for how in ("back", "redirect")],
    "provincial_number": ["省-1", "", LONG],
    "origin": [{"division": "510112", "address": "路1号", "site": "S1"}, {"division": "510112", "address": LONG}],
    "consignor": ["generator", "receiver"],
    "carriers": [[], [CARRIER], [CARRIER, CARRIER], [uscc("510100", 40 + n) for n in range(9)], [uscc("510100", 41)], ["x"]],
    "mode": ["road", "rail", "water", "other", "pipeline"],
    "planned_at": ["2026-11-06T08:00:00+08:00", "2027-06-01T08:00:00+08:00", "2026-11-06"],
    "trip_id": ["T-1", "车 1", "x" * 65],
    "pre_notice": [{"given_at": MORNING}, {"given_at": MORNING, "ref": ""}, {}],
    "plan": [{"filing_no": "GL-1"}, {"filing_no": "GL-1", "site": "S9"}, {}, None],
    "contract": [{"no": "1", "valid_to": "2026-11-04"}, {"no": "1", "valid_to": "2026-13-01"}, None],
    "insurance_no": ["保1", " ", LONG],
    "emergency_measures": ["围堵", "", LONGER, None, "联系人 13800138000"],
    "paper": [PAPER],
    "meters": [{"out_no": "1", "in_no": "2", "period_from": "2026-11-01", "period_to": "2026-11-04"}],
    "files": [[FILE], [FILE, FILE], [{**FILE, "size": 0}], [{**FILE, "sha256": "x"}]],
    "number": [None, "20265101000123", "20255101000123", "123"],
}
IN_LINES: dict[str, list[Any]] = {
    "internal_name": ["废电池A", "", LONG],
    "components": ["铅", " ", LONG, "张三 51010119900101123X"],
    "packs": [1, 0, -1, 10**9, 2**60],
    "pieces": [{"count": 12, "unit": "只"}, {"count": -1, "unit": "只"}, {"count": 1}],
    "purpose": ["use", "dispose", "store", "burn"],
    "plan_line": [0, 7, -1],
    "source_stage": ["拆解", "", LONG],
    "precautions": ["防倾倒", "", LONGER],
    "note": ["无", "a\u0000b", "e\u0301", "\u200b"],
    "dg": [
        {"un_no": "2794", "dg_class": "8", "packing_group": "III"},
        {"un_no": "279", "dg_class": "8"},
        {"un_no": "2794", "dg_class": "0"},
    ],
    "dg_none": ["不属于", " "],
    "identification": ["报告1", ""],
    "exemptions": [[{"edition": 2025, "item": 20}], [{"edition": 2021, "item": 1}], [{"edition": 2030, "item": 1}]],
    "lots": [[{"manifest": EARLIER, "line": 0, "mass_t": "1"}], [], [{"manifest": "x", "line": 0, "mass_t": "1"}]],
    "mass_t": ["0.001", "0.0000001", "1e3"],
}


@pytest.fixture
def bench() -> Example:
    return Example()


@pytest.fixture
async def web(pool: Pool[Record], tmp_path: Path, bench: Example) -> AsyncIterator[Web]:
    async with serving(pool, tmp_path, bench, [ROUTER]) as web:
        yield web


def test_every_field_is_bent() -> None:
    """Those that are not here are bent in test_dry_run.py: what the numbered rules look at."""
    bent = {"receiver", "permit", "approval", "destination", "lines"}
    assert {*FIELDS} | bent == {*Transfer.__struct_fields__}
    assert {*IN_LINES} | {"name", "code", "category", "hazards", "form", "packing", "method", "decision_line"} == {
        *WasteLine.__struct_fields__
    }


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """The first load of the morning, of one gram or so, bent in up to three places."""
    line, changes = an_entry(mass_t="0.001"), dict[str, Any](number=None)
    for name in draw(st.lists(st.sampled_from([*FIELDS, *IN_LINES]), max_size=3, unique=True)):
        if name in FIELDS:
            changes[name] = draw(st.sampled_from(FIELDS[name]))
        else:
            line[name] = draw(st.sampled_from(IN_LINES[name]))
    if changes.get("type") == "backfill_ordinary" and draw(st.booleans()):
        changes["paper"] = PAPER
    if "dg" in line and "dg_none" in line and draw(st.booleans()):
        del line["dg"]
    return transfer(lines=[line] * draw(st.sampled_from([1, 1, 1, 2, 16, 17])), **changes)


async def test_what_nobody_could_send_is_told_before_it_is_signed(web: Web, bench: Example) -> None:
    """Every text is as long as it may be, and together they are too long for a body, or for the door; to the byte."""
    line = an_entry(mass_t="0.001", precautions="防" * 2000)
    for lines, found in ((3, []), (5, ["BODY_TOO_LARGE"]), (9, ["ENVELOPE_TOO_LARGE"])):
        assert await both(web, bench, transfer(number=None, lines=[line] * lines)) == found
    low, high = 0, 2000  # the longest text with which it still is a body
    while low < high:
        middle = (low + high + 1) // 2
        asked = transfer(number=None, lines=[*[line] * 3, an_entry(mass_t="0.001", precautions="f" * middle, note="f" * 150)])
        low, high = (middle, high) if not await both(web, bench, asked) else (low, middle - 1)
    assert low >= 0


async def both(web: Web, bench: Example, asked: dict[str, Any]) -> list[str]:
    """Codes of the dry run and of the post, which are the same."""
    [answer] = (await ask(web, asked, at=MORNING))["answers"]
    body = {name: value for name, value in asked.items() if name != "generator"}
    draft = bench.draft("manifest.issue/1", f"manifest/{GENERATOR}/01{next(SERIALS):024d}", (GENERATOR,), body, at=MORNING)
    [told] = await web.log.append([freeze(draft.sign([signing_key(GENERATOR)]))], now_s=bench.at_s)
    assert codes(answer) == (told.refusal.codes if isinstance(told, TurnedDown) else [])
    return codes(answer)


@settings(
    max_examples=sample(150),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(asked=bodies())
async def test_yes_is_yes_and_no_is_the_same_no(web: Web, bench: Example, asked: dict[str, Any]) -> None:
    """Ask, then post the signed issue at the same second; both ways must agree in what is refused, where, and for what."""
    [answer] = (await ask(web, asked, at=MORNING))["answers"]
    body = {name: value for name, value in asked.items() if name != "generator"}
    draft = bench.draft("manifest.issue/1", f"manifest/{GENERATOR}/01{next(SERIALS):024d}", (GENERATOR,), body, at=MORNING)
    [told] = await web.log.append([freeze(draft.sign([signing_key(GENERATOR)]))], now_s=bench.at_s)
    if isinstance(told, TurnedDown):
        assert not answer["admissible"], [reason.code for reason in told.refusal.reasons]
        assert sorted(codes(answer)) == sorted(reason.code for reason in told.refusal.reasons)
        assert sorted(reason.get("field", "") for reason in answer["reasons"]) == sorted(reason.field for reason in told.refusal.reasons)
    else:
        assert isinstance(told, LoggedEntry)
        decision = told.entry.admission.decision
        assert answer["admissible"], answer["reasons"]
        assert list(decision.alerts) == [(alert["level"], alert["code"]) for alert in answer["alerts"]]
        assert [tag[0] for tag in decision.tags] == [tag["code"] for tag in answer["tags"]]
