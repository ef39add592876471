"""What an inspector asks of the log, on a real one: a plate, a number, a firm, a site, a label; contradictions name both of their entries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from asyncpg import Pool, Record
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.caller import Caller
from ledger.reading import Page
from manifests import acts, store
from manifests.road.answers import RoadAnswer
from manifests.road.asked import ASKED_MAX, EVERYTHING, read_asked
from manifests.road.service import look_up
from manifests.road.telling import together
from manifests.suggesting.near import near_plates
from manifests.suggesting.service import suggest, suggest_near
from signing.refusal import Refusal
from tests.manifests.driver import (
    CARRIER,
    GENERATOR,
    MANIFEST,
    NUMBER,
    ORIGIN,
    RECEIVER,
    SECOND_CARRIER,
    STRANGER,
    TRUCK,
    a_gate,
    an_issue,
    labels,
)
from tests.manifests.test_worked_example import SECOND, Example
from tests.whitelist.web import Web, serving
from tests.workbench import AUTHORITY_51

PLATE = "川A·F1234"
READER = Caller(AUTHORITY_51, "authority", "0" * 64)
FIRST_PAGE = Page(None, 20)
LABEL = labels(1)[0]


class Roadside(Example):
    """One load under way, and another with the same truck and one of the same labels."""

    def __init__(self) -> None:
        super().__init__()
        self.issue()
        self.depart()
        self.at("2026-11-05T11:00:00+08:00")
        self.post("manifest.issue/1", SECOND, (GENERATOR,), an_issue())
        gate = replace(a_gate(1), labels=(LABEL, *labels(14, day="20261104")[:13]))
        again = acts.Depart(vehicle=TRUCK, waybill_no="W2", gate=gate, loaded=(acts.LoadedLine(line=0, mass_t="5.600000"),), place=ORIGIN)
        self.at("2026-11-05T11:20:00+08:00")
        self.post("manifest.depart/1", SECOND, (GENERATOR, SECOND_CARRIER), again)


@pytest.fixture(scope="module")
def bench() -> Roadside:
    return Roadside()


@pytest.fixture(scope="module")
async def web(shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory, bench: Roadside) -> AsyncIterator[Web]:
    async with serving(shared_pool, tmp_path_factory.mktemp("road"), bench, []) as web:
        yield web


async def asked(web: Web, text: str, caller: Caller = READER, page: Page = FIRST_PAGE) -> RoadAnswer:
    return await look_up(web.log, caller, read_asked(text), page, "zh")


@pytest.mark.parametrize("text", [PLATE, "川a f1234", " 川Ａ－Ｆ１２３４ "])
async def test_a_plate_shows_what_moves_and_that_it_is_in_two_loads(web: Web, bench: Roadside, text: str) -> None:
    answer = await asked(web, text)
    assert [load.manifest.id for load in answer.moving] == [SECOND.removeprefix("manifest/"), MANIFEST.removeprefix("manifest/")]
    assert answer.moving[1].legs[0].mass_t == "5.600000"
    against = {alert.code: one for one in answer.contradictions for alert in one.alerts}
    assert set(against) == {"VEHICLE_OVERLAP", "LABEL_USED"}
    again, first = (
        bench.entries[-1].index,
        next(one.index for one in bench.entries if one.statement.chain == MANIFEST and one.statement.seq == 1),
    )
    for code, about in {"VEHICLE_OVERLAP": PLATE, "LABEL_USED": LABEL}.items():
        found = against[code]
        assert found.second is not None
        assert (found.about, found.first.index, found.second.index) == (about, again, first)
        assert found.second.text == "起运"
    assert (answer.last.trips, answer.last.transships, answer.last.is_whole) == (2, 0, True)


async def test_a_number_an_identity_and_a_label_show_their_manifests(web: Web) -> None:
    for text in (NUMBER, MANIFEST, MANIFEST.rpartition("/")[2], f"https://log.example/m/{MANIFEST.removeprefix('manifest/')}"):
        assert [item.id for item in (await asked(web, text)).manifests] == [MANIFEST.removeprefix("manifest/")], text
    both = await asked(web, LABEL.lower())
    assert {item.id for item in both.manifests} == {MANIFEST.removeprefix("manifest/"), SECOND.removeprefix("manifest/")}
    assert (both.subject.code, both.subject.day) == ("900-052-31", "2026-11-05")


async def test_a_firm_is_answered_in_all_its_roles_and_page_by_page(web: Web) -> None:
    for firm in (GENERATOR, RECEIVER, CARRIER):
        assert (await asked(web, firm)).subject.party == firm
    seen, cursor = list[str](), None
    for _ in range(3):
        answer = await asked(web, GENERATOR, page=Page(cursor, 1))
        seen += [item.id.rpartition("/")[2] for item in answer.manifests]
        cursor = answer.next
    assert (len(seen), len(set(seen)), cursor) == (3, 3, None)


async def test_a_party_sees_its_own_loads_and_not_what_they_contradict(web: Web) -> None:
    second = await asked(web, PLATE, Caller(SECOND_CARRIER, "party", "0" * 64))
    assert [load.manifest.id for load in second.moving] == [SECOND.removeprefix("manifest/")]
    assert all(one.second is None and one.second_is_hidden for one in second.contradictions)
    for text in (PLATE, NUMBER, LABEL, MANIFEST, f"{GENERATOR}/S1"):
        with pytest.raises(Refusal) as refusal:
            await asked(web, text, Caller(STRANGER, "party", "0" * 64))
        assert refusal.value.codes == ["NOT_FOUND"], text


async def test_what_two_alerts_say_of_the_same_entries_stands_once(web: Web) -> None:
    answer = await asked(web, PLATE)
    twice = together([*answer.contradictions, *answer.contradictions])
    assert [one.first for one in twice] == [one.first for one in answer.contradictions]
    assert [len(one.alerts) for one in twice] == [2, 2]


async def test_nothing_in_particular_shows_everything_that_moves_or_contradicts_itself(web: Web) -> None:
    answer = await look_up(web.log, READER, EVERYTHING, FIRST_PAGE, "zh")
    assert (len(answer.moving), len(answer.contradictions), answer.manifests) == (2, 2, ())
    nobody = await look_up(web.log, Caller(STRANGER, "party", "0" * 64), EVERYTHING, FIRST_PAGE, "zh")
    assert (nobody.moving, nobody.late, nobody.contradictions) == ((), (), ())


async def test_plates_are_found_by_how_they_begin(web: Web) -> None:
    async with web.log.pool.acquire() as conn:
        assert await store.list_beginning(conn, "plate", "川A", None, limit=5) == ["川AF1234"]
        assert await store.list_beginning(conn, "number", "2026", None, limit=5) == [NUMBER]
        assert await store.list_beginning(conn, "plate", "川E", None, limit=5) == []
        assert await store.list_beginning(conn, "plate", "川A", [f"party:{SECOND_CARRIER}"], limit=5) == ["川AF1234"]
        assert await store.list_beginning(conn, "number", "2026", [f"party:{SECOND_CARRIER}"], limit=5) == []


async def test_what_is_typed_becomes_firms_plates_and_numbers(web: Web) -> None:
    for text, sorts in {"川A·F1": {"plate"}, "20265101": {"number"}, "w": {"waybill_no"}, "5101002026": {"waybill_no"}}.items():
        found = await suggest(web.log, READER, text)
        assert {term.sort for term in found.terms} == sorts, text
    [plate] = (await suggest(web.log, READER, "川a f1")).terms
    assert (plate.shown, plate.value) == (PLATE, "川AF1234")
    assert [firm.uscc for firm in (await suggest(web.log, READER, "锦川 蓄能")).firms] == [GENERATOR]
    assert [firm.uscc for firm in (await suggest(web.log, READER, GENERATOR)).firms] == [GENERATOR]
    assert (await suggest(web.log, READER, " · ")).terms == ()
    stranger = await suggest(web.log, Caller(STRANGER, "party", "0" * 64), "川A")
    assert stranger.terms == ()


@pytest.mark.parametrize("typed", ["川AF1243", "川AF123", "川AF12034", "川A·F1235", "渝AF1234", "AF1234", "F1234", "川AFI234"])
async def test_a_plate_that_was_mistyped_or_half_seen_is_found(web: Web, typed: str) -> None:
    assert [term.shown for term in (await suggest_near(web.log, READER, typed)).terms] == [PLATE]
    assert (await suggest_near(web.log, Caller(STRANGER, "party", "0" * 64), typed)).is_empty


def test_near_plates_are_few_and_never_the_plate_itself() -> None:
    for typed in ("川AF1234", "示范货8号", "F1234", "AF1234", "川AD12345"):
        near = near_plates(typed)
        assert typed not in near
        assert len(near) == len(set(near)) < 1_000
    assert "示范货9号" in near_plates("示范货8号")
    assert near_plates("重庆市江津区示范工业园1号那边的仓库") == near_plates("锦川蓄能") == []


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    with suppress(Refusal):
        found = read_asked(text)
        assert found.value
        assert "\n" not in found.text


def test_what_is_longer_than_any_code_is_refused() -> None:
    with pytest.raises(Refusal):
        read_asked("川" * (ASKED_MAX + 1))
