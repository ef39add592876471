"""An accident on the road, waste without a manifest, and a number that two firms use, over real HTTP: who is told, what stands where, until when."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from asyncpg import Pool, Record
from msgspec import Struct

from ledger.admission.entry import read_entry
from ledger.admission.kind_table import DataSets
from ledger.auditing.audit import Options
from ledger.bundle import open_bundle
from ledger.publishing.files import LogFiles
from ledger.times import format_at
from ledger.tree.tiles import TileReader
from liandan.client.transport import RequestRefused
from liandan.demo.calendar import at
from liandan.demo.cast import CAST, CHONGQING, SICHUAN
from liandan.demo.play import PlannedAct
from liandan.demo.trip import ManifestStory
from liandan.installation import audit_own
from liandan.rebuild import rebuild
from liandan.wiring import KINDS
from reports.certificate.facts import facts_of
from reports.certificate.render import render_certificate
from reports.matters import of_acts
from reports.reconciliation.gathered.gathering import Gathering
from reports.rulebook import explain
from tests.ledger.evidence.files import named, pdf
from tests.liandan.serving import settings_of
from tests.reports.test_certificate import text_of
from tests.stories.stage import Stage, stage

ROADSIDE = {"division": "500113", "address": "重庆市巴南区虚构服务区1号"}
CARRIER, RECEIVER, STRANGER = (CAST.firm(name).uscc for name in ("shuan", "jiangjin", "lvyan"))


class Scene(Struct):
    """A stage on which two loads met with an accident, one came without a manifest, and two had one number."""

    stage: Stage
    pool: Pool[Record]
    directory: Path
    url: str
    loads: list[ManifestStory]
    accident: str
    arrival: str
    twins: list[ManifestStory]
    number: str

    async def read(self, uscc: str, path: str, **params: str) -> Any:
        return json.loads(await self.stage.read_as(uscc, path, **params))


def act(kind: str, chain: str, by: str, moment: str, **body: Any) -> PlannedAct:
    expect = body.pop("expect", ())
    return PlannedAct(kind=f"{kind}/1", chain=chain, by=(by,), body=body, at_s=at(moment), post_s=at(moment), expect=expect)


@pytest.fixture(scope="module")
async def scene(shared_database_url: str, shared_pool: Pool[Record], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    directory = tmp_path_factory.mktemp("stage")
    async with stage(shared_database_url, directory) as built:
        loads = [
            built.trip("batteries_out", f"met with an accident {place}", "10-12 08:30", "5.6").do("issue; depart 50m") for place in (1, 2)
        ]
        accident = f"incident/{CARRIER}/{built.world.ulid(at('10-12 11:00'), 'accident')}"
        arrival = f"incident/{RECEIVER}/{built.world.ulid(at('10-12 18:00'), 'arrival')}"
        body = {"incident": "traffic", "happened_at": format_at(at("10-12 10:40")), "place": ROADSIDE, "text": "追尾（虚构）"}
        report = act(
            "incident.report",
            accident,
            CARRIER,
            "10-12 11:00",
            **body,
            manifests=[load.chain for load in loads],
            files=[named(pdf("现场"))],
        )
        strange = act(
            "incident.report", f"incident/{STRANGER}/{built.world.ulid(at('10-12 11:10'), 'lie')}", STRANGER, "10-12 11:10",
            **body, manifests=[loads[0].chain], expect=("NOT_CONCERNED",),
        )  # fmt: skip
        came = act(
            "incident.unmanifested", arrival, RECEIVER, "10-12 18:00", arrived_at=format_at(at("10-12 17:30")),
            place=CAST.firm("jiangjin").place, sender=STRANGER, kept="stored",
            lines=[{"name": "废铅蓄电池", "code": "900-052-31", "form": "S", "mass_t": "2.5"}],
        )  # fmt: skip
        loads[0].do("arrive", at="10-12 16:00")
        closing = {"closed_on": "2026-10-13", "finding": "无泄漏（虚构）"}
        close = act("incident.close", accident, CHONGQING.uscc, "10-13 09:00", **closing)
        again = act("incident.close", accident, CHONGQING.uscc, "10-13 09:30", **closing, expect=("INCIDENT_STATE",))
        loads[1].do("arrive", at="10-13 10:00")
        twins = [built.trip(flow, f"twin {flow}", "10-14 08:30", "1.5") for flow in ("batteries_in", "boards_in")]
        for twin in twins:
            twin.do("issue", set={"number": (number := "20265001900001")}).do("depart 1h; arrive 4h; receive 1h")
        settle = act(
            "number.settle", f"number/{number}", CHONGQING.uscc, "10-15 09:00",
            holder=twins[0].chain, lose=[twins[1].chain], reason="国家系统查明（虚构）",
        )  # fmt: skip
        await built.post([*(one for load in (*loads, *twins) for one in load.acts), report, strange, came, close, again, settle])
        built.audit()
        yield Scene(built, shared_pool, directory, shared_database_url, loads, accident, arrival, twins, number)


async def test_acts_say_so_until_it_is_closed(scene: Scene) -> None:
    alerts = [[(flag.code, flag.ended) for flag in scene.stage.view(load).flags if flag.code == "INCIDENT"] for load in scene.loads]
    assert alerts == [[("INCIDENT", None)], []], "the second load arrived after the close"
    told = await scene.read(RECEIVER, f"/v1/manifests/{scene.loads[0].chain.removeprefix('manifest/')}")
    [note] = told["incidents"]
    assert (note["id"], note["what"], note["what_text"]) == (scene.accident.removeprefix("incident/"), "traffic", "交通事故")
    history = await scene.read(RECEIVER, f"/v1/manifests/{scene.loads[0].chain.removeprefix('manifest/')}/history")
    assert [one["kind"].partition("/")[0] for one in history["entries"]] == [
        "manifest.issue", "manifest.depart", "incident.report", "manifest.arrive", "incident.close",
    ]  # fmt: skip
    assert (history["entries"][2]["index"], history["entries"][4]["index"]) == (note["index"], note["closed"])


async def test_parties_of_the_loads_and_the_authority_are_told_and_nobody_else(scene: Scene) -> None:
    path = f"/v1/incidents/{scene.accident.removeprefix('incident/')}"
    for reader in (CARRIER, RECEIVER, scene.loads[0].generator.uscc, CHONGQING.uscc, SICHUAN.uscc):
        found = await scene.read(reader, path)
        assert (found["incident"]["stage"], len(found["entries"])) == ("closed", 2)
    for reader, wanted in ((RECEIVER, 2), (scene.loads[0].generator.uscc, 2), (STRANGER, 0)):
        feed = (await scene.read(reader, "/v1/feed", limit="256"))["entries"]
        chains = [read_entry(b64decode(one["entry"]), KINDS).statement.chain for one in feed]
        assert chains.count(scene.accident) == wanted
    with pytest.raises(RequestRefused) as refused:
        await scene.read(STRANGER, path)
    assert refused.value.problem.code == "NOT_FOUND"
    assert (await scene.read(STRANGER, "/v1/incidents"))["incidents"][0]["id"] == scene.arrival.removeprefix("incident/"), (
        "who is said to have sent"
    )


async def test_incidents_are_found_by_what_they_are(scene: Scene) -> None:
    async def found(**filters: str) -> list[str]:
        return [one["id"] for one in (await scene.read(CHONGQING.uscc, "/v1/incidents", **filters))["incidents"]]

    accident, arrival = (chain.removeprefix("incident/") for chain in (scene.accident, scene.arrival))
    assert set(await found()) == {accident, arrival}
    for filters, wanted in (
        ({"stage": "open"}, [arrival]), ({"kind": "traffic"}, [accident]), ({"kind": "unmanifested"}, [arrival]), ({"kind": "fire"}, []),
        ({"manifest": scene.loads[1].chain.removeprefix("manifest/")}, [accident]), ({"region": "500113"}, [accident]),
        ({"reporter": RECEIVER}, [arrival]),
    ):  # fmt: skip
        assert await found(**filters) == wanted, filters
    listed = (await scene.read(CHONGQING.uscc, "/v1/incidents", stage="open"))["incidents"][0]
    assert [flag["code"] for flag in listed["flags"]] == ["UNMANIFESTED"]
    assert (await scene.read(CHONGQING.uscc, "/v1/manifests", incident="true"))["manifests"] == [], "the accident is closed"


async def test_the_number_is_of_one_manifest_and_its_twin_is_without(scene: Scene) -> None:
    found = await scene.read(SICHUAN.uscc, "/v1/manifests", number=scene.number)
    assert [one["id"] for one in found["manifests"]] == [scene.twins[0].chain.removeprefix("manifest/")]
    told = await scene.read(SICHUAN.uscc, f"/v1/manifests/{scene.twins[1].chain.removeprefix('manifest/')}")
    assert told["manifest"]["number"] is None
    [flag] = [flag for flag in told["flags"] if flag["code"] == "NO_DUPLICATE"]
    assert flag["ended"] is not None
    history = await scene.read(scene.twins[1].generator.uscc, f"/v1/manifests/{scene.twins[1].chain.removeprefix('manifest/')}/history")
    assert history["entries"][-1]["kind"] == "number.settle/1"


async def test_papers_of_both_go_by_the_settlement(scene: Scene) -> None:
    for twin, number in zip(scene.twins, (scene.number, ""), strict=True):
        raw = await scene.stage.read_as(twin.generator.uscc, f"/v1/manifests/{twin.chain.removeprefix('manifest/')}/bundle")
        bundle = open_bundle(raw, KINDS)
        facts = facts_of(bundle)
        assert facts.number == number
        assert facts.custody[-1].statement.kind == "number.settle/1"
        text = text_of(render_certificate(bundle, raw))
        assert "核定联单编号" in text
        assert (f"{explain('NO_DUPLICATE').rstrip('。')}" in "".join(of_acts(facts.custody))) is False, "it is settled"
        lost = [entry for entry in bundle.entries if entry.statement.kind == "number.settle/1"]
        assert len(lost) == 1


async def test_the_monthly_statement_knows_the_number_as_settled(scene: Scene) -> None:
    files = LogFiles(scene.directory / "log", scene.directory / "entries")
    found = await rebuild(settings_of(scene.url, scene.directory), lambda done, of: None, verify=True)
    gathering, doubled = Gathering(KINDS, DataSets(KINDS, files.read)), dict[str, tuple[str, ...]]()
    for raw in TileReader(found.size, files.read).entries(0, found.size):
        gathering.step(read_entry(raw, KINDS))
        doubled |= dict(gathering.doubles())
    twins = [twin.chain for twin in scene.twins]
    assert doubled == {scene.number: tuple(sorted(twins))}, "it stood there while nobody had settled it"
    assert dict(gathering.doubles()) == {}


async def test_every_row_is_what_the_entries_give(scene: Scene) -> None:
    files = LogFiles(scene.directory / "log", scene.directory / "entries")
    report = await audit_own(scene.pool, files, KINDS, lambda done, of: None, Options(workers=1))
    assert report.findings == []
    found = await rebuild(settings_of(scene.url, scene.directory), lambda done, of: None, verify=True)
    assert {one.table: one.first for one in found.tables if one.differing} == {}
