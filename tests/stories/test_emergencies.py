"""An emergency over real HTTP: who carries what where, the same for both provinces; every load held and released at one stroke, signed by the
authority with its own key; who is told, what waits for whom, what the audits find. All firms are fictitious."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest
from asyncpg import Pool, Record
from jsonschema import Draft202012Validator
from msgspec import Struct
from openpyxl import load_workbook

from ledger.admission.entry import read_entry
from ledger.auditing.audit import Options
from ledger.bundle import open_bundle
from ledger.publishing.files import LogFiles
from ledger.times import format_at
from liandan.client import AsyncLiandan, Receipt
from liandan.client.transport import RequestRefused
from liandan.demo.calendar import at
from liandan.demo.cast import CAST, CHONGQING, SICHUAN
from liandan.demo.play import PlannedAct
from liandan.demo.trip import ManifestStory
from liandan.installation import audit_own
from liandan.rebuild import rebuild
from liandan.wiring import KINDS
from reports.certificate.render import render_certificate
from signing.envelope import PAYLOAD_STATEMENT, seal
from tests.liandan.serving import settings_of
from tests.reports.test_certificate import text_of
from tests.reports.test_statement_files import SCHEMA
from tests.stories.stage import Stage, stage

EMERGENCY = f"emergency/{SICHUAN.uscc}/01M4S00000000000000000EMR1"
PATH = f"/v1/emergencies/{EMERGENCY.removeprefix('emergency/')}"
GENERATOR, CARRIER, RECEIVER, STRANGER = (CAST.firm(name).uscc for name in ("jinchuan", "shuan", "jiangjin", "lvyan"))
ROADSIDE = {"division": "500113", "address": "重庆市巴南区虚构服务区1号"}


class Event(Struct):
    """A stage on which three loads move on an emergency, two of them on the road, and an accident names one of these."""

    stage: Stage
    pool: Pool[Record]
    directory: Any
    url: str
    loads: list[ManifestStory]
    accident: str

    async def read(self, uscc: str, path: str, **params: str) -> Any:
        return json.loads(await self.stage.read_as(uscc, path, **params))

    async def draft(self, uscc: str, path: str, moment: str, **asked: Any) -> Any:
        async with self.client(uscc, moment) as client:
            return json.loads(await client.ask("POST", path, asked))

    def client(self, uscc: str, moment: str) -> AsyncLiandan:
        key, poster = self.stage.scribe.keyring.key(uscc), self.stage.poster
        found = AsyncLiandan(poster.url, trust=poster.trust, key=key, uscc=uscc)
        found.set_now(at(moment))
        return found

    async def sign(self, uscc: str, drafts: Any, moment: str) -> list[Any]:
        """The drafts, each signed as it came, posted as one batch."""
        key = self.stage.scribe.keyring.key(uscc)
        envelopes = [seal(PAYLOAD_STATEMENT, b64decode(one["payload"]), [key]) for one in drafts["drafts"]]
        async with self.client(uscc, moment) as client:
            answers = await client.post_batch(envelopes)
        await self.settled()
        return answers

    async def settled(self) -> None:
        """Views follow the log: wait until they have."""
        size = (await self.read(SICHUAN.uscc, PATH))["size"]
        for _ in range(600):
            if (await self.read(SICHUAN.uscc, f"{PATH}/loads"))["size"] >= size:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"the views have not come to {size}")


def act(kind: str, chain: str, by: str, moment: str, **body: Any) -> PlannedAct:
    return PlannedAct(kind=f"{kind}/1", chain=chain, by=(by,), body=body, at_s=at(moment), post_s=at(moment))


def urgent(built: Stage, name: str, issued: str, mass_t: str) -> ManifestStory:
    """A load on the emergency."""
    own = {"type": "emergency", "emergency": EMERGENCY}
    return built.trip("batteries_out", name, issued, mass_t).do("issue", set=own, drop=("approval", "plan", "lines.0.decision_line"))


@pytest.fixture(scope="module")
async def event(shared_database_url: str, shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Event]:
    directory = tmp_path_factory.mktemp("stage")
    async with stage(shared_database_url, directory) as built:
        place = {"division": "510112", "address": "沪蓉高速龙泉驿段 K12（虚构）"}
        receivers = [{"receiver": RECEIVER, "permit": built.world.permits["jiangjin"]}]
        wastes = [{"category": "HW31", "scope": "ALL"}]
        declare = act(
            "emergency.declare", EMERGENCY, SICHUAN.uscc, "10-12 08:00", name="G42 泄漏（虚构）", happened_at=format_at(at("10-12 06:00")),
            place=place, plan_no="龙府应〔2026〕3号（虚构）", plan_authority="成都市龙泉驿区人民政府", generators=[GENERATOR], wastes=wastes,
            receivers=receivers, ceiling_t="30", valid_from="2026-10-12", valid_to="2026-10-20",
        )  # fmt: skip
        loads = [urgent(built, f"urgent {number}", f"10-12 08:{10 + number}", f"{5 + number}") for number in range(3)]
        for load in loads[:2]:
            load.do("depart 1h")
        stop = {"place": {"division": "510104", "address": "成都市锦江区虚构路1号"}, "reason": "检查车厢（虚构）"}
        halt = act("manifest.stop", loads[1].chain, CARRIER, "10-12 10:00", **stop)
        accident = f"incident/{CARRIER}/{built.world.ulid(at('10-12 11:00'), 'urgent accident')}"
        told = {"incident": "traffic", "happened_at": format_at(at("10-12 10:40")), "place": ROADSIDE, "text": "追尾（虚构）"}
        report = act("incident.report", accident, CARRIER, "10-12 11:00", **told, manifests=[loads[0].chain])
        await built.post([declare, *(one for load in loads for one in load.acts), halt, report])
        found = Event(built, shared_pool, directory, shared_database_url, loads, accident)
        await found.settled()
        yield found


async def test_both_provinces_read_who_carries_what_where_in_the_same_bytes(event: Event) -> None:
    async def bytes_of(uscc: str) -> bytes:
        async with event.client(uscc, "10-12 11:10") as client:
            return await client.get(f"{PATH}/loads")

    here, there = await bytes_of(SICHUAN.uscc), await bytes_of(CHONGQING.uscc)
    assert here == there
    found = json.loads(here)
    assert [(load["stage"], load["mass_t"], load["division"]) for load in found["loads"]] == [
        ("issued", "7.000000", "510112"), ("in_transit", "6.000000", "510104"), ("in_transit", "5.000000", "510112"),
    ]  # fmt: skip
    assert (found["open_t"], found["stages"], found["is_whole"]) == ("18.000000", {"in_transit": 2, "issued": 1}, True)
    assert [(place["division"], place["mass_t"], place["loads"]) for place in found["places"]] == [
        ("510112", "12.000000", 2), ("510104", "6.000000", 1),
    ]  # fmt: skip
    stopped = {truck["manifests"][0]: truck["stopped"] for truck in found["vehicles"]}
    assert [stopped[load.chain.removeprefix("manifest/")] is not None for load in event.loads[:2]] == [False, True]
    assert {truck["carrier"] for truck in found["vehicles"]} == {CARRIER}
    assert found["names"][RECEIVER] == CAST.firm("jiangjin").name
    mine = await event.read(RECEIVER, f"{PATH}/loads")
    assert len(mine["loads"]) == 3, "a firm sees those that it takes part in"


async def test_an_incident_shows_its_own_loads(event: Event) -> None:
    found = await event.read(CHONGQING.uscc, f"/v1/incidents/{event.accident.removeprefix('incident/')}/loads")
    assert [load["id"] for load in found["loads"]] == [event.loads[0].chain.removeprefix("manifest/")]


async def test_the_firms_that_it_names_read_it_and_nobody_else(event: Event) -> None:
    for reader in (GENERATOR, RECEIVER, CHONGQING.uscc):
        found = (await event.read(reader, PATH))["emergency"]
        assert (found["stage"], found["used_t"], found["left_t"], found["waits_for"]) == ("open", "18.000000", "12.000000", ["500116"])
    for reader in (CARRIER, STRANGER):
        with pytest.raises(RequestRefused) as refused:
            await event.read(reader, PATH)
        assert refused.value.problem.code == "NOT_FOUND"
    for reader, wanted in ((RECEIVER, 1), (STRANGER, 0)):
        feed = (await event.read(reader, "/v1/feed", limit="256"))["entries"]
        assert [read_entry(b64decode(one["entry"]), KINDS).statement.chain for one in feed].count(EMERGENCY) == wanted
    for filters, count in (
        ({"authority": SICHUAN.uscc}, 1), ({"authority": CHONGQING.uscc}, 0), ({"party": GENERATOR}, 1), ({"party": STRANGER}, 0),
        ({"code": "900-052-31"}, 1), ({"code": "900-249-08"}, 0), ({"stage": "closed"}, 0), ({"region": "500116"}, 1), ({"region": "52"}, 0),
    ):  # fmt: skip
        assert len((await event.read(CHONGQING.uscc, "/v1/emergencies", **filters))["emergencies"]) == count, filters


async def test_what_is_owed_waits_for_whoever_owes_it(event: Event) -> None:
    async def work(uscc: str, moment: str) -> list[tuple[str, str, bool]]:
        async with event.client(uscc, moment) as client:
            items = json.loads(await client.get("/v1/work", limit=200))["items"]
        return [(item["kind"], item["due_on"], item["overdue"]) for item in items if item["emergency"]]

    assert ("emergency.join/1", "2026-10-17", False) in await work(CHONGQING.uscc, "10-12 12:00")
    assert ("emergency.close/1", "2026-10-20", True) in await work(SICHUAN.uscc, "10-21 12:00")
    owed = [one for one in await work(SICHUAN.uscc, "10-12 12:00") if one[0] == "case.report/1"]
    assert owed == [("case.report/1", "2026-11-09", False)] * 2, "twenty working days after each departure"


async def test_every_load_is_held_and_released_at_one_stroke_by_the_authoritys_own_key(event: Event) -> None:
    asked = {"act": "hold", "reason": "事故现场核查（虚构）", "basis": "龙府应〔2026〕3号（虚构）"}
    prepared = await event.draft(CHONGQING.uscc, f"{PATH}/drafts", "10-12 12:00", **asked)
    assert (len(prepared["drafts"]), prepared["blocked"], prepared["passed_over"]) == (3, [], [])
    first = prepared["drafts"][0]
    assert (first["statement"]["kind"], first["statement"]["by"], first["statement"]["body"]["reason"]) == (
        "case.hold/1", [CHONGQING.uscc], asked["reason"],
    )  # fmt: skip
    receipts = await event.sign(CHONGQING.uscc, prepared, "10-12 12:05")
    assert all(isinstance(one, Receipt) for one in receipts)
    assert [one.statement for one in receipts] == [one["hash"] for one in prepared["drafts"]], "the very bytes that were prepared"
    held = await event.read(SICHUAN.uscc, f"{PATH}/loads")
    async with event.client(SICHUAN.uscc, "10-12 12:10") as client:
        held = json.loads(await client.get(f"{PATH}/loads"))
    assert [[hold["by"] for hold in load["holds"]] for load in held["loads"]] == [[CHONGQING.uscc]] * 3
    other = await event.draft(SICHUAN.uscc, f"{PATH}/drafts", "10-12 12:20", act="release", reason="无碍（虚构）")
    assert (other["drafts"], len(other["passed_over"])) == ([], 3), "who holds releases"
    firm = await event.draft(GENERATOR, f"{PATH}/drafts", "10-12 12:20", act="hold", reason="不放心（虚构）")
    assert (firm["drafts"], {error["code"] for one in firm["blocked"] for error in one["blockers"]}) == ([], {"SIGNER_ROLE"})
    named = event.loads[0].chain
    one = await event.draft(CHONGQING.uscc, f"{PATH}/drafts", "10-12 13:00", act="release", reason="已查清（虚构）", manifests=[named])
    assert [draft["manifest"] for draft in one["drafts"]] == [named.removeprefix("manifest/")]
    rest = await event.draft(CHONGQING.uscc, f"{PATH}/drafts", "10-12 13:00", act="release", reason="已查清（虚构）")
    assert len(rest["drafts"]) == 3
    assert all(isinstance(one, Receipt) for one in await event.sign(CHONGQING.uscc, rest, "10-12 13:05"))
    async with event.client(SICHUAN.uscc, "10-12 13:10") as client:
        free = json.loads(await client.get(f"{PATH}/loads"))
    assert [load["holds"] for load in free["loads"]] == [[]] * 3


async def test_a_request_out_of_form_is_told_all_that_is_wrong(event: Event) -> None:
    with pytest.raises(RequestRefused) as refused:
        await event.draft(CHONGQING.uscc, f"{PATH}/drafts", "10-12 12:00", act="seize", manifests=["x"], more=1)
    codes = {(error.code, error.field) for error in refused.value.problem.errors}
    assert codes >= {("FIELD_TYPE", "body.act"), ("FIELD_MISSING", "body.reason"), ("FIELD_UNKNOWN", "body.more")}
    with pytest.raises(RequestRefused) as nobody:
        await event.draft(STRANGER, f"{PATH}/drafts", "10-12 12:00", act="hold", reason="x")
    assert nobody.value.problem.code == "NOT_FOUND"


async def test_the_certificate_says_on_which_emergency_it_moved(event: Event) -> None:
    load = event.loads[0].do("arrive", at="10-13 09:00").do("receive 1h")
    load.acts[:] = load.acts[-2:]
    await event.stage.post(load.acts)
    await event.settled()
    raw = await event.stage.read_as(CHONGQING.uscc, f"/v1/manifests/{load.chain.removeprefix('manifest/')}/bundle")
    bundle = open_bundle(raw, KINDS)
    assert EMERGENCY in {entry.statement.chain for entry in bundle.entries}
    text = text_of(render_certificate(bundle, raw))
    for told in ("应急转移", "G42 泄漏（虚构）", "龙府应〔2026〕3号（虚构）", "成都市龙泉驿区人民政府", "尚未补办", "启动"):
        assert told in text, told


async def test_the_months_statement_says_what_moved_on_it(event: Event) -> None:
    async def statement(uscc: str, suffix: str) -> bytes:
        return await event.stage.read_as(uscc, f"/v1/reconciliations/2026-10.{suffix}", **{"from": "51", "to": "50"})

    here, there = await statement(SICHUAN.uscc, "json"), await statement(CHONGQING.uscc, "json")
    assert here == there
    found = json.loads(here)
    Draft202012Validator(SCHEMA).validate(found)
    assert found["emergencies"] == [
        {
            "emergency": EMERGENCY, "name": "G42 泄漏（虚构）", "plan_no": "龙府应〔2026〕3号（虚构）", "manifests": 3, "declared_t": "18.000000",
            "accepted_t": "5.000000", "unregularised": 2, "ceiling_t": "30.000000", "counted_t": "18.000000",
        }
    ]  # fmt: skip
    assert [line["declared_t"] for line in found["lines"] if line.get("emergency") == EMERGENCY] == ["5.000000", "6.000000", "7.000000"]
    assert "应急转移“G42泄漏（虚构）”3份联单18吨，2份尚未补办，上限30吨，已计入18吨" in "".join(
        text_of(await statement(SICHUAN.uscc, "pdf")).split()
    )
    names = load_workbook(BytesIO(await statement(CHONGQING.uscc, "xlsx")), read_only=True).sheetnames
    assert any("应急转移" in name for name in names)


async def test_the_audits_find_the_log_and_its_projections_clean_also_after_a_rebuild(event: Event) -> None:
    event.stage.audit()
    files = LogFiles(event.directory / "log", event.directory / "entries")
    assert (await audit_own(event.pool, files, KINDS, lambda done, of: None, Options(workers=1))).findings == []
    found = await rebuild(settings_of(event.url, event.directory), lambda done, of: None, verify=True)
    assert {one.table: one.first for one in found.tables if one.differing} == {}
