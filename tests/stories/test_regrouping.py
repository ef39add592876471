"""Refused loads and a collector's loads over real HTTP: who refused, who kept, what went on together, and where each generator's grams ended."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from msgspec import Struct

from ledger.auditing.audit import audit
from ledger.mass import format_mass, parse_mass
from liandan.client import RequestRefused
from liandan.demo.calendar import at
from liandan.demo.cast import CAST
from liandan.demo.play import PlannedAct, Played
from liandan.demo.trip import ManifestStory, Step
from liandan.wiring import KINDS
from manifests.model import Stage as Stand
from tests.stories.stage import Stage, stage
from tests.vectors.second_reader import audit as second

REFUSED = {
    "lines.0.opinion": "reject",
    "lines.0.accepted_t": "0",
    "lines.0.reason_code": "contaminated",
    "lines.0.reason": "混入废镍镉电池",
}
PARTLY = {**REFUSED, "lines.0.opinion": "partly", "lines.0.accepted_t": "8.000000", "lines.0.refused_t": "2.000000"}
COLLECTOR, SMELTER = CAST.firm("jiangjin"), CAST.firm("yongchuan")


class Onward(ManifestStory):
    """What a collector sends on within its province: ``lots`` are (load, tonnes)."""

    def __init__(self, built: Stage, name: str, issued: str, lots: list[tuple[str, str]], permit: str) -> None:
        grams = sum(parse_mass(mass_t) for _, mass_t in lots)
        super().__init__(built.world, name, "batteries_out", at(issued), grams)
        self.generator, self.receiver, self.start = COLLECTOR, SMELTER, COLLECTOR
        self.chain = built.world.loads[name] = f"manifest/{COLLECTOR.uscc}/{self.ulid}"
        named = [{"manifest": f"$load:{load}", "line": 0, "mass_t": mass_t} for load, mass_t in lots]
        self.changes: dict[str, Any] = {"receiver": SMELTER.uscc, "permit": permit, "lines.0.lots": named}

    def begin(self, **more: Any) -> Onward:
        """开具."""
        step = Step(set={**self.changes, **more}, drop=("approval", "lines.0.decision_line"))
        self.follow("issue", {"issue": step})
        return self


class Told(Struct, frozen=True):
    """What was played, and the trips by name."""

    stage: Stage
    played: Played
    trips: dict[str, ManifestStory]

    async def read(self, reader: str, name: str, what: str = "") -> Any:
        """A GET about a manifest by a firm of the story."""
        path = f"/v1/manifests/{self.trips[name].chain.removeprefix('manifest/')}{what}"
        return json.loads(await self.stage.read_as(CAST.firm(reader).uscc, path))


def redirected(built: Stage, name: str, returns: str, issued: str, mass_t: str) -> ManifestStory:
    """改送 from the collector's gate to the smelter in Neijiang: Sichuan's waste stays Sichuan's."""
    neijiang = CAST.firm("neijiang")
    trip = ManifestStory(built.world, name, "batteries_out", at(issued), parse_mass(mass_t), returns=returns)
    trip.receiver = neijiang
    how = {"receiver": neijiang.uscc, "permit": built.world.permits["neijiang"], "destination": neijiang.place, "returns.how": "redirect"}
    steps = {"issue": Step(set=how)}
    return trip.follow("issue; depart 1h; arrive 3h; receive 30m; dispose 2d; verify 1d", steps)


def tell(built: Stage) -> Iterator[tuple[str, ManifestStory]]:
    """Three loads to the collector, one refused in part, one wholly, one refused and kept; then what becomes of all of it."""
    to_gate = "issue; depart 1h; arrive 4h; receive 30m"
    yield "a", built.trip("batteries_out", "a", "10-12 08:00", "6").do(to_gate)
    yield "b", built.trip("river", "b", "10-12 08:10", "8").do(to_gate)
    partly = Step(set=PARTLY, reported=True)
    yield "c", built.trip("batteries_out", "c", "10-12 08:20", "10").follow(to_gate, {"receive": partly})
    yield "on", redirected(built, "on", "c", "10-13 09:00", "2")
    refused = {"receive": Step(set=REFUSED, reported=True)}
    yield "d", built.trip("batteries_out", "d", "10-13 08:00", "5").follow(to_gate, refused)
    home = ManifestStory(built.world, "given up", "batteries_out", at("10-13 15:00"), parse_mass("5"), returns="d")
    yield "given up", home.follow("issue; void 1h", {"void": Step(set={"reason": "车辆故障，改日退回"})})
    home = ManifestStory(built.world, "home", "batteries_out", at("10-14 09:00"), parse_mass("5"), returns="d")
    yield "home", home.do("issue; depart 1h; arrive 4h; receive 30m; verify 1d")
    built_home = ManifestStory(built.world, "too much", "batteries_out", at("10-14 16:00"), parse_mass("0.000001"), returns="d")
    yield "too much", built_home.do("issue", refused=("RETURN_LINK",))
    yield "e", built.trip("river", "e", "10-12 09:00", "4").follow(to_gate, refused)
    yield "barred", built.trip("river", "barred", "10-27 08:00", "3").do("issue", refused=("RETURN_OPEN",))
    for number in (1, 2):  # both take the same grams at the same moment: one of them gets them
        racer = ManifestStory(built.world, f"racer {number}", "river", at("10-27 09:00"), parse_mass("4"), returns="e", way="race")
        yield f"racer {number}", racer.do("issue", refused=("RETURN_LINK",))
    permit = f"permit/{SMELTER.uscc}/{built.world.ulid(at('10-13 10:00'), 'smelter')}"
    lots = [("a", "6"), ("b", "8"), ("c", "8")]
    yield "greedy", Onward(built, "greedy", "10-15 08:00", [("a", "6.000001")], permit)
    yield "x", Onward(built, "x", "10-15 09:00", lots, permit)


@pytest.fixture(scope="module")
async def told(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Told]:
    """A running server on which all of it was played."""
    async with stage(shared_database_url, tmp_path_factory.mktemp("regrouping")) as built:
        trips = dict(tell(built))
        greedy, x = trips["greedy"], trips["x"]
        assert isinstance(greedy, Onward)
        assert isinstance(x, Onward)
        step = Step(set=greedy.changes, drop=("approval", "lines.0.decision_line"), refused=("LOT_EXCEEDS",))
        greedy.follow("issue", {"issue": step})
        x.begin().do("depart 1h; arrive 2h").do("receive 20m", net_t="21.9").do("dispose1 2d", t="20").do("dispose2 1d; verify 1d")
        for name, mass_t in (("a", "6"), ("b", "8"), ("c", "8")):
            fate = {"fates": [{"line": 0, "method": "R4", "mass_t": mass_t, "onward": x.chain}]}
            trips[name].follow("dispose", {"dispose": Step(set=fate, at="10-15 18:00")}).do("verify 1d")
        trips["d"].follow("verify", {"verify": Step(at="10-14 11:00")})
        waste = CAST.wastes["batteries"]
        granted = {"no": "CQ5001180FX9", "class": "permit", "valid_from": "2026-01-01", "valid_to": "2028-12-31", **SMELTER.place}
        granted |= {"items": [waste.scope | {"methods": ["R4"]}], "scale_t": "9000"}
        permit = PlannedAct(
            kind="permit.grant/1", chain=x.changes["permit"], by=(CAST.firm("chongqing").uscc,), body=granted, at_s=at("10-13 10:00")
        )
        played = await built.post([permit, *[act for trip in trips.values() for act in trip.acts]])
        won = next(trips[name] for name in ("racer 1", "racer 2") if built.scribe.knows(trips[name].chain))
        departure = won.do("depart 1h").acts[-1]
        freed = built.trip("river", "freed", "10-28 08:00", "3").do("issue")
        trips |= {"won": won, "freed": freed}
        await built.post([departure, *freed.acts, *trips["e"].follow("verify", {"verify": Step(at="10-28 09:00")}).acts[-1:]])
        built.audit()
        yield Told(built, played, trips)


def test_every_answer_is_as_planned(told: Told) -> None:
    assert told.played.refused == {"RETURN_LINK": 2, "RETURN_OPEN": 1, "LOT_EXCEEDS": 1}
    assert told.played.race == (2, 1)


def test_both_auditors_find_the_log_clean(told: Told) -> None:
    raws: list[bytes] = []
    files = told.stage._files
    audit(files.read, KINDS, archived=iter(files.archived_sizes()), watch=lambda entry: raws.append(entry.raw))
    reading = second.Log(lambda name: files.read(f"data/{name}"))
    for raw in raws:
        reading.add(raw)
    assert reading.findings == []
    assert len(raws) > 80


def test_what_was_refused_went_back_or_on_and_its_manifests_are_closed(told: Told) -> None:
    stages = {name: told.stage.view(told.trips[name]).state.stage for name in ("c", "d", "e", "on", "home", "given up", "won", "freed")}
    assert stages == {
        "c": Stand.CLOSED, "d": Stand.CLOSED_REJECTED, "e": Stand.CLOSED_REJECTED, "on": Stand.CLOSED, "home": Stand.CLOSED,
        "given up": Stand.VOIDED, "won": Stand.IN_TRANSIT, "freed": Stand.ISSUED,
    }  # fmt: skip
    assert told.stage.view(told.trips["on"]).state.route == "INTRA"


async def test_the_manifest_that_was_refused_shows_where_it_went(told: Told) -> None:
    found = await told.read("jiangjin", "d")
    assert [(one["how"], one["stage"], one["holds"], one["has_left"]) for one in found["returned_by"]] == [
        ("back", "voided", False, False), ("back", "closed", True, True),
    ]  # fmt: skip
    assert found["lines"][0]["waiting_t"] == "0.000000"
    home = await told.read("jinchuan", "home")
    assert home["returns"] == {"id": found["manifest"]["id"], "how": "back", "lines": [0]}
    listed = json.loads(await told.stage.poster.client.get("/v1/manifests", returns=found["manifest"]["id"]))
    assert len(listed["manifests"]) == 2


async def test_each_generator_sees_where_its_grams_ended(told: Told) -> None:
    """0.1 of 22 t was lost between two scales: each has its part of it, to the gram."""
    sums = {}
    for name, owner, total_t in (("a", "jinchuan", "6"), ("b", "jiangyang", "8"), ("c", "jinchuan", "10")):
        fates = await told.read(owner, name, "/fates")
        [line] = fates["lines"]
        assert line["total_t"] == format_mass(parse_mass(total_t))
        sums[name] = {(end["receiver"], end["how"]): parse_mass(end["mass_t"]) for end in line["ends"]}
        treated = next(end for end in line["ends"] if end["how"] == "treated" and end["receiver"] == SMELTER.uscc)
        assert treated["manifest"] == told.trips["x"].chain.removeprefix("manifest/")
        assert [proof["kind"] for proof in treated["proofs"]] == ["manifest.dispose/1"] * 2, "the documents for it: both disposals"
        assert fates["names"][SMELTER.uscc] == SMELTER.name
    smelter, neijiang = SMELTER.uscc, CAST.firm("neijiang").uscc
    assert sums["a"] == {(smelter, "treated"): 5_972_727, (smelter, "difference"): 27_273}
    assert sums["c"].pop((neijiang, "treated")) == 2_000_000, "and what was redirected"
    assert sum(mass_g for ends in sums.values() for (_, how), mass_g in ends.items() if how == "treated") == 21_900_000
    assert sum(mass_g for ends in sums.values() for (_, how), mass_g in ends.items() if how == "difference") == 100_000


async def test_the_smelter_sees_where_its_load_came_from_and_a_carrier_sees_neither(told: Told) -> None:
    [line] = (await told.read("yongchuan", "x", "/origins"))["lines"]
    assert {(one["generator"], one["mass_t"]) for one in line["origins"]} == {
        (CAST.firm("jinchuan").uscc, "6.000000"), (CAST.firm("jiangyang").uscc, "8.000000"), (CAST.firm("jinchuan").uscc, "8.000000"),
    }  # fmt: skip
    for what in ("/fates", "/origins"):
        with pytest.raises(RequestRefused) as refused:
            await told.read("shuan", "a", what)
        assert refused.value.problem.code == "NOT_FOUND"


@pytest.mark.parametrize(("bound", "most"), [("TRACED_MAX", 1), ("DEPTH_MAX", 0)])
async def test_a_trace_that_would_leave_grams_out_is_refused(told: Told, monkeypatch: pytest.MonkeyPatch, bound: str, most: int) -> None:
    monkeypatch.setattr(f"manifests.service.{bound}", most)
    for reader, name, what in (("jinchuan", "a", "/fates"), ("yongchuan", "x", "/origins")):
        with pytest.raises(RequestRefused) as refused:
            await told.read(reader, name, what)
        assert refused.value.problem.code == "TRACE_LARGE"


@pytest.mark.parametrize(("name", "codes"), [("too much", ["RETURN_LINK"]), ("greedy", ["LOT_EXCEEDS"]), ("home", ["RETURN_LINK"])])
async def test_a_dry_run_says_what_the_issue_would(told: Told, name: str, codes: list[str]) -> None:
    """Of what is home by now nothing is left to return."""
    trip = told.trips[name]
    asked = {"generator": trip.generator.uscc, **told.stage.scribe.fill(trip.acts[0].body)}
    answer = json.loads(await told.stage.poster.client.ask("POST", "/v1/checks", {"transfers": [asked]}))["answers"][0]
    assert [reason["code"] for reason in answer["reasons"] if reason["code"] != "NO_DUPLICATE"] == codes
