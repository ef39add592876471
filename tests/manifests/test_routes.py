"""Manifests over HTTP, on a real log: search, state, open acts, entries with their bytes, and who sees what."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from asyncpg import Pool, Record

from ledger.admission.entry import read_entry
from ledger.chain import genesis_prev
from ledger.mass import parse_mass
from ledger.reading import Position, write_cursor
from manifests import acts
from manifests.machine import MOVES
from manifests.routes import ROUTER
from manifests.search import Cursor, Search
from signing.citation import cited, source_in_chinese
from tests.manifests.driver import (
    CARRIER,
    GENERATOR,
    MANIFEST,
    NUMBER,
    ORIGIN,
    PERMIT,
    RECEIVER,
    SECOND_CARRIER,
    STRANGER,
    WASTE_NAME,
    an_issue,
)
from tests.manifests.test_worked_example import EARLIER, LIST, Q2, Q3, ROW, SECOND, Example
from tests.whitelist.web import Web, codes_of, serving
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR
from whitelist.acts.apply import ApplicationLine, ApprovalApply
from whitelist.acts.decide import ApprovalDecide, DecidedLine
from whitelist.approval import ListingRef

READERS = (GENERATOR, RECEIVER, CARRIER, AUTHORITY_50, AUTHORITY_51, OPERATOR)
OTHER_NUMBER = "20265101000777"


def path_of(chain: str) -> str:
    """Address of a manifest."""
    return f"/v1/manifests/{chain.removeprefix('manifest/')}"


ONE = path_of(MANIFEST)


def two_manifests() -> Example:
    """The earlier life, received; and the first load of the morning, under way."""
    bench = Example()
    bench.issue()
    bench.depart()
    return bench


@pytest.fixture
def bench() -> Example:
    return two_manifests()


@pytest.fixture(scope="module")
def shown() -> Example:
    return two_manifests()


@pytest.fixture
async def web(pool: Pool[Record], tmp_path: Path, bench: Example) -> AsyncIterator[Web]:
    async with serving(pool, tmp_path, bench, [ROUTER]) as web:
        yield web


@pytest.fixture(scope="module")
async def still(shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory, shown: Example) -> AsyncIterator[Web]:
    """One log for all tests that only read."""
    async with serving(shared_pool, tmp_path_factory.mktemp("still"), shown, [ROUTER]) as web:
        yield web


async def grow(web: Web, bench: Example, since: int) -> None:
    """Bring what the workbench posted meanwhile into the log and its projections."""
    await web.admit(bench.entries[since:])
    await web.catch_up()


async def ids(web: Web, query: str = "", caller: str = AUTHORITY_51) -> list[str]:
    rows = await web.everything(f"/v1/manifests{query}", "manifests", caller)
    return [f"manifest/{row['id']}" for row in rows]


async def test_a_manifest_is_answered_as_it_stands(still: Web, shown: Example) -> None:
    answer = (await still.get(ONE, GENERATOR)).json()
    item = answer["manifest"]
    assert (item["number"], item["stage"], item["stage_text"]) == (NUMBER, "in_transit", "运输中")
    assert (item["declared_t"], item["route"], item["carriers"]) == ("5.600000", "LISTED", [CARRIER])
    assert (answer["size"], item["index"]) == (len(shown.entries), len(shown.entries) - 1)
    [line], [leg] = answer["lines"], answer["legs"]
    assert (line["loaded_t"], line["accepted_t"], line["stock_t"]) == ("5.600000", None, "0.000000")
    assert (leg["vehicle"]["plate"], leg["begun_at"], leg["ended_at"]) == ("川A·F1234", "2026-11-05T09:40:00+08:00", None)
    assert answer["held_t"] == {Q2: "5.600000", Q3: "5.600000"}
    assert answer["times"]["departed"] == "2026-11-05T09:40:00+08:00"
    assert answer["head"] == shown.entries[-1].statement.hash


async def test_the_state_over_http_follows_every_act(web: Web, bench: Example) -> None:
    since = len(bench.entries)
    bench.deliver()
    await grow(web, bench, since)
    answer = (await web.get(ONE)).json()
    assert (answer["manifest"]["stage"], answer["lines"][0]["accepted_t"]) == ("accepted", "5.548000")
    assert {account: parse_mass(mass_t) for account, mass_t in answer["held_t"].items()} == bench.manifest().drawn


async def test_names_of_stages_come_in_the_readers_language(still: Web) -> None:
    answer = (await still.get(ONE, GENERATOR, **{"accept-language": "en-GB"})).json()
    assert answer["manifest"]["stage_text"] == "in transit"


async def test_codes_come_with_their_names_in_the_readers_language(still: Web) -> None:
    for path in (ONE, "/v1/manifests", f"{ONE}/actions"):
        names = (await still.get(path, GENERATOR)).json()["names"]
        assert names[GENERATOR] == "成都锦川蓄能回收有限公司（虚构）", path
    names = (await still.get(ONE, GENERATOR)).json()["names"]
    assert (names[CARRIER] != CARRIER, names["510112"]) == (True, "四川省成都市龙泉驿区")
    english = (await still.get("/v1/manifests?lang=en", GENERATOR)).json()["names"]
    assert english["510112"] == "Sichuan 成都市龙泉驿区"


async def test_who_must_do_what_next_and_by_when(web: Web, bench: Example) -> None:
    answer = (await web.get(f"{ONE}/actions", CARRIER)).json()
    [arrive] = answer["actions"]
    assert (arrive["kind"], arrive["text"]) == ("manifest.arrive/1", "运抵")
    assert arrive["signers"] == [{"role": "carrier", "role_text": "承运人", "parties": [CARRIER]}]
    since = len(bench.entries)
    bench.at("2026-11-05T13:55:00+08:00")
    bench.post("manifest.arrive/1", MANIFEST, (CARRIER,), acts.Arrive(place=bench.manifest().destination))
    await grow(web, bench, since)
    [receive] = (await web.get(f"{ONE}/actions", RECEIVER)).json()["actions"]
    assert (receive["kind"], receive["due_on"], receive["overdue"]) == ("manifest.receive/1", "2026-11-12", False)
    late = (await web.get(f"{ONE}/actions", RECEIVER, **{"liandan-now": "2026-11-13T00:00:00+08:00"})).json()
    assert (late["at"], late["actions"][0]["overdue"]) == ("2026-11-13T00:00:00+08:00", True)


async def test_a_manifest_without_a_number_asks_for_one(still: Web) -> None:
    answer = (await still.get(f"{path_of(EARLIER)}/actions", GENERATOR)).json()
    assert [duty["kind"] for duty in answer["actions"]] == ["manifest.dispose/1", "case.number/1"]
    assert answer["actions"][1]["text"] == "补登国家联单编号"
    assert answer["actions"][1]["signers"][0]["role_text"] == "移出人或者移出地主管部门"


async def test_the_history_holds_the_bytes_that_prove_it(still: Web, shown: Example) -> None:
    answer = (await still.get(f"{ONE}/history", RECEIVER)).json()
    records = answer["entries"]
    assert [record["kind"] for record in records] == ["manifest.issue/1", "manifest.depart/1"]
    prev = genesis_prev(shown.found, MANIFEST)
    for record in records:
        raw = b64decode(record["entry"], validate=True)
        assert raw == shown.entries[record["index"]].raw
        assert record["leaf"] == sha256(b"\x00" + raw).hexdigest()
        entry = read_entry(raw, shown.kinds)
        assert (entry.statement.prev, entry.statement.hash) == (prev, record["hash"])
        assert record["admitted_at"] == entry.admission.at
        assert [row["account"] for row in record["accounts"]] == [row.account for row in entry.admission.decision.accounts]
        prev = record["hash"]


async def test_the_machine_is_open_to_everybody_and_is_the_table(still: Web) -> None:
    answer = (await still.get("/v1/manifests/machine", None)).json()
    told = {(row["stage"], row["act"]): (row["to"], row["signers"], row["source"]) for row in answer["moves"]}
    assert told == {
        (stage.value, act.value): (
            [to.value for to in found.to],
            [role.value for role in found.roles],
            source_in_chinese(cited(found.source)),
        )
        for (stage, act), found in MOVES.items()
    }
    assert answer["stages"]["in_transit"] == "运输中"
    assert "closed" in answer["ends"]


# ------------------------------------------------------------------------------------------------------------------ search


async def test_filters_narrow_the_search(still: Web) -> None:
    both = [MANIFEST, EARLIER]
    wanted = {
        "": both,
        f"?number={NUMBER}": [MANIFEST],
        f"?generator={GENERATOR}": both,
        f"?generator={CARRIER}": [],
        f"?receiver={RECEIVER}": both,
        f"?carrier={CARRIER}": both,
        f"?carrier={SECOND_CARRIER}": [],
        "?stage=in_transit": [MANIFEST],
        "?stage=accepted": [EARLIER],
        "?code=900-052-31": both,
        "?code=900-249-08": [],
        "?from=51&to=50": both,
        "?from=50": [],
        "?issued_from=2026-11-05": [MANIFEST],
        "?issued_to=2026-11-04": [EARLIER],
        "?issued_from=2026-11-05&issued_to=2026-11-05": [MANIFEST],
        "?issued_from=2026-11-06": [],
    }
    assert {query: await ids(still, query) for query in wanted} == wanted


async def test_every_answer_names_the_size_that_the_projection_has_reached(web: Web, bench: Example) -> None:
    since = len(bench.entries)
    bench.deliver()
    await web.admit(bench.entries[since:])
    for path in ("/v1/manifests", ONE, f"{ONE}/actions", f"{ONE}/history", f"/v1/manifests/{NUMBER}"):
        assert (await web.get(path)).json()["size"] == since, path
    assert (await web.get(ONE)).json()["manifest"]["stage"] == "in_transit"
    await web.catch_up()
    assert (await web.get(ONE)).json()["size"] == len(bench.entries)


async def test_pages_are_complete_and_repeat_nothing_while_manifests_are_issued(web: Web, bench: Example) -> None:
    def issue(serial: int) -> str:
        chain = f"manifest/{GENERATOR}/01{serial:024d}"
        bench.post("manifest.issue/1", chain, (GENERATOR,), an_issue())
        return chain

    since = len(bench.entries)
    before = {MANIFEST, EARLIER, *(issue(serial) for serial in range(7))}
    await grow(web, bench, since)
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await web.get(f"/v1/manifests?limit=2{cursor}")).json()
        seen += [f"manifest/{row['id']}" for row in page["manifests"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
        since = len(bench.entries)
        issue(100 + len(seen))
        await grow(web, bench, since)
    assert len(seen) == len(set(seen))
    assert set(seen) == before, "newer ones come before the first page, and are met by the next search"
    assert before < set(await ids(web))


# ------------------------------------------------------------------------------------------------------------------ numbers


@pytest.mark.parametrize("name", [NUMBER, MANIFEST.rpartition("/")[2]])
async def test_a_national_number_or_a_ulid_leads_to_its_manifest(still: Web, name: str) -> None:
    for reader in READERS:
        response = await still.get(f"/v1/manifests/{name}", reader)
        assert (response.status_code, response.headers["location"]) == (303, ONE)


async def test_a_disputed_number_gives_the_choice_and_a_voided_manifest_is_no_dispute(web: Web, bench: Example) -> None:
    """Two generators under one number: both are admitted, ALERT H NO_DUPLICATE, until the authority settles it (formats §3)."""
    since = len(bench.entries)
    body = an_issue(number=OTHER_NUMBER)
    bench.post("manifest.issue/1", SECOND, (GENERATOR,), body)
    bench.post("manifest.void/1", SECOND, (GENERATOR,), acts.Void(reason="填写有误，作废重开"))
    third = SECOND.replace("MAN2", "MAN3")
    bench.post("manifest.issue/1", third, (GENERATOR,), body)
    await grow(web, bench, since)
    response = await web.get(f"/v1/manifests/{OTHER_NUMBER}")
    assert (response.status_code, response.headers["location"]) == (303, path_of(third))
    assert await ids(web, f"?number={OTHER_NUMBER}") == [third, SECOND]
    since = len(bench.entries)
    foreign = f"manifest/{SECOND_CARRIER}/01K9000000000000000000MAN4"
    theirs = an_issue(number=OTHER_NUMBER, approval=decided_for(bench, SECOND_CARRIER))
    bench.post("manifest.issue/1", foreign, (SECOND_CARRIER,), theirs)
    await grow(web, bench, since)
    response = await web.get(f"/v1/manifests/{OTHER_NUMBER}")
    assert response.status_code == 300
    assert [f"manifest/{row['id']}" for row in response.json()["manifests"]] == [foreign, third]
    flags = (await web.get(path_of(foreign))).json()["flags"]
    assert [(flag["level"], flag["code"]) for flag in flags] == [("H", "NO_DUPLICATE")]
    assert flags[0]["message"] == "联单编号已被另一份未作废的联单使用。"
    own = await web.get(f"/v1/manifests/{OTHER_NUMBER}", GENERATOR)
    assert (own.status_code, own.headers["location"]) == (303, path_of(third)), "a party sees its own side of a dispute"


def decided_for(bench: Example, generator: str) -> str:
    """A decision for another generator, on the same listing; its chain."""
    chain = f"approval/{generator}/01K9000000000000000000APR4"
    listing = ListingRef(list=LIST, row=ROW)
    line = ApplicationLine(
        name=WASTE_NAME, code="900-052-31", category="HW31", hazards=("T", "C"), mass_t="20", method="R4", listing=listing
    )
    applied = ApprovalApply(receiver=RECEIVER, permit=PERMIT, origin=ORIGIN, applied_to="2026-12-31", lines=(line,))
    bench.post("approval.apply/1", chain, (generator,), applied)
    granted = ApprovalDecide(
        approve=True, no="川环危转〔2026〕99号（虚构）", valid_to="2026-12-31", lines=(DecidedLine(line=0, mass_t="20"),)
    )
    bench.post("approval.decide/1", chain, (AUTHORITY_51,), granted)
    return chain


@pytest.mark.parametrize("number", ["20265101999999", "2026510100012", "machines", "%00", "202651010001230", "01K9000000000000000000MAN9"])
async def test_a_name_that_no_manifest_has_is_not_found(still: Web, number: str) -> None:
    assert codes_of(await still.get(f"/v1/manifests/{number}"), 404) == ["NOT_FOUND"]


# ------------------------------------------------------------------------------------------------------------------ scoping


async def test_everybody_concerned_reads_a_manifest(still: Web) -> None:
    for reader in READERS:
        for path in (ONE, f"{ONE}/actions", f"{ONE}/history"):
            assert (await still.get(path, reader)).status_code == 200, (reader, path)
        assert MANIFEST in await ids(still, caller=reader)


async def test_a_stranger_cannot_tell_a_manifest_from_none(still: Web) -> None:
    nowhere = path_of(MANIFEST.replace("MAN1", "MAN9"))
    for path, other in ((ONE, nowhere), (f"{ONE}/actions", f"{nowhere}/actions"), (f"{ONE}/history", f"{nowhere}/history")):
        hidden, absent = await still.get(path, STRANGER), await still.get(other, STRANGER)
        assert codes_of(hidden, 404) == codes_of(absent, 404) == ["NOT_FOUND"]
        assert hidden.text.replace("MAN1", "MAN9") == absent.text
    assert codes_of(await still.get(f"/v1/manifests/{NUMBER}", STRANGER), 404) == ["NOT_FOUND"]
    assert await ids(still, caller=STRANGER) == []
    assert await ids(still, f"?number={NUMBER}&generator={GENERATOR}", STRANGER) == []


@pytest.mark.parametrize("name", ["x/y", f"{GENERATOR}/x", f"{GENERATOR}/%00", f"{GENERATOR}/{'0' * 27}", f"%00/{'0' * 26}"])
async def test_what_cannot_be_a_manifest_is_not_found(still: Web, name: str) -> None:
    for path in (f"/v1/manifests/{name}", f"/v1/manifests/{name}/actions", f"/v1/manifests/{name}/history"):
        assert codes_of(await still.get(path), 404) == ["NOT_FOUND"]


async def test_who_is_not_logged_in_reads_no_manifest(still: Web) -> None:
    for path in ("/v1/manifests", ONE, f"{ONE}/actions", f"{ONE}/history", f"/v1/manifests/{NUMBER}"):
        assert codes_of(await still.get(path, None), 401) == ["TOKEN_MISSING"]


MALFORMED = (
    "number=20265101000001%0A",
    "stage=issued%0A",
    "generator=%0A",
    "limit=0",
    "limit=201",
    "stage=none",
    "number=1",
    "code=1",
    "carrier=x",
    "issued_from=2026-02-30",
    "issued_to=x",
    "who=me",
)


async def test_a_malformed_search_is_refused_and_never_widens_the_answer(still: Web) -> None:
    for query in (*MALFORMED, "issued_from=9999-12-31", "issued_to=0001-01-01"):
        assert codes_of(await still.get(f"/v1/manifests?{query}"), 400) == ["QUERY_FORM"], query
    assert codes_of(await still.get(f"{ONE}?x=1"), 400) == ["QUERY_FORM"]


async def test_a_cursor_of_somebody_elses_making_is_refused(still: Web) -> None:
    for cursor in ("x", "kqFhAA", write_cursor(Position("chain:a", 0), Search()), write_cursor(Cursor(0, "a"), Search())[:-2]):
        assert codes_of(await still.get(f"/v1/manifests?cursor={cursor}"), 400) == ["CURSOR_FORM"], cursor
    for impossible in ((-1, "a"), (2**36, "a"), (0, "a\x00")):
        with pytest.raises(ValueError, match="not a place"):
            Cursor(*impossible)
    page: Any = (await still.get(f"/v1/manifests?cursor={write_cursor(Cursor(2**36 - 1, 'a'), Search())}")).json()
    assert len(page["manifests"]) == 2


async def test_a_cursor_of_another_search_is_refused_in_words(still: Web) -> None:
    """With other filters its place would leave out what stands before it: nobody would see that rows are missing."""
    first = (await still.get("/v1/manifests?limit=1&stage=in_transit&limit=1".replace("&limit=1", "", 1))).json()
    whole = (await still.get("/v1/manifests?limit=1")).json()
    assert (first["next"], whole["next"] is None) == (None, False)
    for filters in ("stage=in_transit", f"receiver={RECEIVER}", "updated_since=0"):
        answer = await still.get(f"/v1/manifests?{filters}&cursor={whole['next']}")
        assert codes_of(answer, 400) in (["CURSOR_OTHER"], ["CURSOR_FORM"]), filters
        assert "筛选" in answer.json()["title"] or "无效" in answer.json()["title"]


async def test_the_interface_is_described(still: Web) -> None:
    paths = (await still.client.get("/schema/openapi.json")).json()["paths"]
    one = "/v1/manifests/{generator}/{ulid}"
    for path in ("/v1/manifests", "/v1/manifests/machine", "/v1/manifests/{name}", one, f"{one}/actions", f"{one}/history"):
        assert paths[path]["get"]["description"], path
    assert {"300", "303", "404"} <= paths["/v1/manifests/{name}"]["get"]["responses"].keys()
    named = [parameter["name"] for parameter in paths["/v1/manifests"]["get"]["parameters"] if "name" in parameter]
    assert {"from", "to", "issued_from", "stage", "cursor"} <= set(named)
