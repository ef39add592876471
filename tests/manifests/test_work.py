"""What waits for a party, over real HTTP: the pages say what a fold of every manifest and application says, at random logs and moments."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from msgspec import Struct
from msgspec.structs import replace

from ledger.auditing.audit import audit
from ledger.directory import LogState, PartyState
from ledger.mass import parse_mass
from ledger.publishing.files import LogFiles
from ledger.times import format_at, parse_at
from liandan.client import AsyncLiandan, Receipt, RequestRefused
from liandan.database import connect
from liandan.demo.cast import CHONGQING, OPERATOR, SICHUAN
from liandan.demo.founding import Keyring, founding
from liandan.demo.play import HttpPoster, PlannedAct, found_log
from liandan.demo.trip import ManifestStory
from liandan.server import serving
from liandan.wiring import KINDS
from manifests import store
from manifests.deadlines import FILE, duties, late_since
from manifests.model import FINISHED
from manifests.search import Search
from manifests.view import ManifestView, concerns, fold
from manifests.work.answers import WORDS
from manifests.work.order import NO_DAY, WorkPlace, terms_for
from tests.liandan.serving import settings_of
from tests.manifests.driver import LIMITS, Driver
from tests.manifests.test_present import calendar
from tests.sample import LONG
from tests.stories.life import Telling, read_lives
from tests.stories.telling import Stagehand
from whitelist import registry_deadlines
from whitelist.approval import ApprovalState
from whitelist.incident import IncidentState
from whitelist.terms import Present

SEED = 41
CUT = {
    "mistyped_receipt": 6, "held_on_the_road": 3, "contested_departure": 4, "shortage_told_late": 4, "refused_and_redirected": 6,
    "partly_accepted": 5, "number_late_and_wrong": 1, "paper_in_time": 1, "fly_ash_to_the_kiln": 6, "filled_on_behalf": 7,
    "applied_anew": 3, "track_on_arrival": 3, "stolen_phone": 3,
}  # fmt: skip
"""Lives, and after how many steps each is left: nearly every term runs on one of them."""
MOMENTS = (
    "2026-11-03T09:00:00+08:00",
    "2027-02-20T00:00:00+08:00",
    *(("2026-12-05T23:59:59+08:00", "2028-01-03T12:00:00+08:00") if LONG else ()),
)


class World(Struct, frozen=True):
    """A log in the middle of its lives, and who looks at it."""

    poster: Any
    keyring: Keyring
    stack: AsyncExitStack
    size: int
    views: dict[str, ManifestView]
    registered: dict[str, ApprovalState | IncidentState]
    """Applications and incidents."""
    log: LogState
    parties: tuple[str, ...]
    readers: dict[str, AsyncLiandan]
    people: dict[str, PartyState]
    busy: tuple[str, ...]
    """For whom much waits."""

    async def read(self, uscc: str, path: str, now: str, **asked: Any) -> Any:
        """A GET of somebody at a moment."""
        if uscc not in self.readers:
            reader = AsyncLiandan(self.poster.url, trust=self.poster.trust, key=self.keyring.key(uscc), uscc=uscc)
            self.readers[uscc] = await self.stack.enter_async_context(reader)
        self.readers[uscc].set_now(parse_at(now))
        return json.loads(await self.readers[uscc].get(path, **asked, min_size=self.size))

    async def work(self, uscc: str, now: str, limit: int = 200, **asked: Any) -> list[dict[str, Any]]:
        """Every page of somebody's work."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}
        while True:
            page = await self.read(uscc, "/v1/work", now, limit=limit, **asked, **cursor)
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = {"cursor": page["next"]}

    def present(self, now: str) -> Present:
        """The moment."""
        return Present(parse_at(now), calendar(Driver()), LIMITS)


@pytest.fixture(scope="module")
async def world(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One server and one log, whose lives stop in the middle."""
    keyring, settings = Keyring(SEED), settings_of(shared_database_url, tmp_path_factory.mktemp("work"))
    statement = founding(keyring)
    lives = {name: replace(life, steps=life.steps[: CUT[name]]) for name, life in read_lives().items() if name in CUT}
    async with serving(settings, keyring=keyring.server) as url, found_log(url, statement, keyring) as poster:
        hashes: dict[str, list[str]] = {}
        stagehand = Stagehand(poster, [Telling(name, life, keyring, poster.found, hashes) for name, life in lives.items()])
        await stagehand.tell()
        assert not any(stagehand.faults.values()), stagehand.faults
        phone = next(one for one in stagehand.tellings if one.name == "stolen_phone")
        await _go_on(poster, phone)
        await _collide(poster, phone)
        views: dict[str, ManifestView] = {}

        def watch(entry: Any) -> None:
            if (chain := concerns(entry)) is not None:
                views[chain] = fold(views.get(chain), entry)

        files = LogFiles(settings.log_path, settings.entries_path)
        report = audit(files.read, KINDS, archived=iter(files.archived_sizes()), watch=watch)
        async with connect(shared_database_url) as conn:
            rows = await conn.fetch(
                "SELECT key, value FROM fact WHERE key ~ '^chain:(approval|incident|list|party)/' OR key = 'chain:log/main'"
            )
        heads = {row["key"].removeprefix("chain:"): KINDS.decode(row["key"], row["value"]) for row in rows}
        log = heads.pop("log/main").state
        parties = sorted({party for view in views.values() for party in view.parties})
        registered = {chain: head.state for chain, head in heads.items() if chain.startswith(("approval/", "incident/", "list/"))}
        people = {chain: head.state for chain, head in heads.items() if chain.startswith("party/")}
        some = random.Random(SEED).sample(parties, 10)
        async with AsyncExitStack() as stack:
            busy = tuple(phone.cast.firm(name).uscc for name in ("jinchuan", "shuan", "jiangjin"))
            everybody = (*dict.fromkeys((*some, *busy)), SICHUAN.uscc, CHONGQING.uscc)
            yield World(poster, keyring, stack, report.size, views, registered, log, everybody, {}, people, busy)


async def _go_on(poster: HttpPoster, telling: Telling) -> None:
    """More loads of the same firms, so that several terms have several rows for one party, and pages end between them."""
    acts: list[PlannedAct] = []
    for number, stages in enumerate(("issue", "issue; depart 30m; arrive 1h", "issue; depart 30m; arrive 1h; receive 1h") * 3):
        issued_s = parse_at(f"2026-10-30T0{number}:00:00+08:00")
        acts += ManifestStory(telling.world, f"more {number}", "batteries_out", issued_s, parse_mass("1.2")).do(stages).acts
    for act in sorted(acts, key=lambda act: act.at_s):
        poster.client.set_now(act.at_s)
        [answer] = await poster.client.post_batch([telling.scribe.write(act)])
        assert isinstance(answer, Receipt), answer


async def _collide(poster: HttpPoster, telling: Telling) -> None:
    """An accident of the load whose phone was stolen."""
    carrier, at_s = telling.cast.firm("shuan").uscc, parse_at("2026-10-31T10:00:00+08:00")
    body = {
        "incident": "traffic", "happened_at": format_at(at_s), "place": {"division": "500113", "address": "虚构服务区1号"}, "text": "追尾（虚构）",
        "manifests": [telling.trips["a"].chain],
    }  # fmt: skip
    chain = f"incident/{carrier}/{telling.world.ulid(at_s, 'collision')}"
    poster.client.set_now(at_s)
    [answer] = await poster.client.post_batch(
        [telling.scribe.write(PlannedAct(kind="incident.report/1", chain=chain, by=(carrier,), body=body, at_s=at_s))]
    )
    assert isinstance(answer, Receipt), answer


def folded(world: World, party: str, now: str) -> set[tuple[str, str, str, str | None, bool]]:
    """What waits for a party, by looking at everything."""
    present, found = world.present(now), set[tuple[str, str, str, str | None, bool]]()
    for chain, view in world.views.items():
        returning = [one for one in world.views.values() if one.state.returns is not None and one.state.returns.manifest == chain]
        for duty in duties(view, present, world.log, returning):
            if party in duty.parties and duty.term != "return_leaves":
                found.add((chain, duty.term, duty.case or duty.file, duty.due_on, duty.overdue))
    for chain, state in world.registered.items():
        for duty in registry_deadlines.duties(chain, state, present, world.log):
            if party in duty.parties:
                found.add((chain, duty.term, duty.case, duty.due_on, duty.overdue))
    return found


def chain_of(one: dict[str, Any]) -> str:
    return one["application"] or one["list"] or (f"incident/{one['incident']}" if one["incident"] else f"manifest/{one['manifest']}")


def listed(items: list[dict[str, Any]]) -> list[tuple[str, str, str, str | None, bool]]:
    return [(chain_of(one), one["term"], one["case"] or one["file"] or one["act"], one["due_on"], one["overdue"]) for one in items]


def test_the_lives_leave_something_to_do_of_nearly_every_term(world: World) -> None:
    everybody = (*{party for view in world.views.values() for party in view.parties}, SICHUAN.uscc, CHONGQING.uscc)
    found = {term for now in MOMENTS for party in everybody for _, term, *_ in folded(world, party, now)}
    assert found >= {
        "depart", "backfill", "trip", "receipt", "storage", "follow_up", "return", "discrepancy", "number", "consent", "stand_in", "hold",
        "contest", "attachment", "review", "incident",
    }  # fmt: skip


@pytest.mark.parametrize("now", MOMENTS)
async def test_the_pages_are_the_fold_of_everything_in_the_order_of_due_days(world: World, now: str) -> None:
    chance = random.Random(now)
    for party in world.parties:
        limit = chance.choice((1, 2, 3)) if party in world.busy else chance.choice((1, 2, 3, 200))
        items = await world.work(party, now, limit=limit)
        found = listed(items)
        assert len(set(found)) == len(found)
        assert set(found) == folded(world, party, now), party
        days = [one["due_on"] or "9999" for one in items]
        assert days == sorted(days)


async def test_what_is_overdue_and_each_kind_of_work_are_parts_of_the_whole(world: World) -> None:
    now = MOMENTS[1]
    for party in world.parties[-3:]:
        whole = folded(world, party, now)
        late = await world.work(party, now, overdue="true")
        assert set(listed(late)) == {one for one in whole if one[4]}
        parts = {what: await world.work(party, now, what=what) for what in WORDS}
        assert set().union(*(listed(part) for part in parts.values())) == whole
        assert all(one["what"] == what for what, part in parts.items() for one in part)
        assert all(one["alert"]["message"] for one in late if one["term"] != "depart"), "what is late says why that matters"


@pytest.mark.parametrize("now", MOMENTS)
async def test_the_search_for_what_is_overdue_is_the_fold_too(world: World, now: str) -> None:
    present = world.present(now)
    late: dict[str, ManifestView] = {}
    for chain, view in world.views.items():
        returning = [one for one in world.views.values() if one.state.returns is not None and one.state.returns.manifest == chain]
        if (
            any(duty.overdue and duty.kind != FILE for duty in duties(view, present, world.log, returning))
            and view.state.stage not in FINISHED
        ):
            late[chain] = view
    for party in world.parties:
        mine = {chain for chain, view in late.items() if party in (*view.parties, SICHUAN.uscc, CHONGQING.uscc)}
        found = await world.read(party, "/v1/manifests", now, overdue="true", limit=200)
        assert {f"manifest/{one['id']}" for one in found["manifests"]} == mine
        issued = [one["issued_at"] for one in found["manifests"]]
        assert issued == sorted(issued, reverse=True)
        changed = await world.read(party, "/v1/manifests", now, overdue="true", updated_since=0, limit=200)
        assert {f"manifest/{one['id']}" for one in changed["manifests"]} == mine


async def test_what_is_late_longest_is_among_what_is_late(world: World, shared_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted, late = Search(overdue=True), late_since(world.present(MOMENTS[1]))
    async with connect(shared_database_url) as conn:
        whole = (await store.search_views(conn, wanted, limit=200, late=late)).views
        assert len(whole) > 3
        assert await store.search_late(conn, wanted, late, limit=200) == whole
        monkeypatch.setattr(store, "STEP_MAX", 2)
        few = await store.search_late(conn, wanted, late, limit=2)
        assert len(few) == 2
        assert all(one in whole for one in few)
        assert await store.search_late(conn, wanted, late, limit=200) == whole, "what was looked at first does not fill the page"


# --- who may ask, and what is refused -----------------------------------------------------------------------------------------------------


async def test_authorities_and_the_operator_see_anybodys_work_and_others_nobodys(world: World) -> None:
    now = MOMENTS[0]
    party = next(party for party in world.parties if folded(world, party, now))
    stranger = next(one for one in world.parties[:-2] if one != party)
    own = await world.work(party, now)
    for office in (SICHUAN.uscc, OPERATOR.uscc):
        assert await world.work(office, now, **{"as": party}) == own
    with pytest.raises(RequestRefused) as refused:
        await world.work(stranger, now, **{"as": party})
    assert refused.value.problem.code == "DELEGATION_MISSING"


async def test_a_delegate_sees_what_he_may_sign_and_for_whom(world: World) -> None:
    """filled_on_behalf: the collector issues and departs for a garage, and may not void."""
    granted = [
        (chain.split("/")[1], one)
        for chain, state in world.people.items()
        for one in state.delegations
        if one.delegate != chain.split("/")[1]
    ]
    [(principal, delegation)] = granted
    seen, whole = await world.work(delegation.delegate, MOMENTS[0], **{"as": principal}), await world.work(principal, MOMENTS[0])
    mine = [one for one in whole if one["kind"].partition("/")[0] in delegation.kinds and principal in one["signers"][0]["parties"]]
    assert [{**one, "on_behalf": ""} for one in seen] == mine
    assert {one["on_behalf"] for one in seen} == {principal}
    assert delegation.until_s is not None
    with pytest.raises(RequestRefused) as refused:
        await world.work(delegation.delegate, format_at(delegation.until_s + 1), **{"as": principal})
    assert refused.value.problem.code == "DELEGATION_MISSING"


async def test_a_phone_sees_what_its_key_may_sign(world: World) -> None:
    """stolen_phone: the carrier's phone signs what happens on the road."""
    [carrier] = [chain.split("/")[1] for chain, state in world.people.items() if len(state.keys) > 1]
    phone = AsyncLiandan(world.poster.url, trust=world.poster.trust, key=world.keyring.key(f"{carrier}.phone"), uscc=carrier)
    async with phone as client:
        client.set_now(parse_at(MOMENTS[0]))
        seen = json.loads(await client.get("/v1/work"))["items"]
    whole = await world.work(carrier, MOMENTS[0])
    assert {one["kind"] for one in seen} == {"manifest.arrive/1", "manifest.depart/1"}
    assert seen == [one for one in whole if one["kind"] in ("manifest.arrive/1", "manifest.depart/1")]
    assert terms_for(None, ("manifest.arrive",)) == ("backfill", "trip")
    assert terms_for("confirmation", ("case.report", "manifest.receive")) == ("receipt",)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"as": "9151"}, "QUERY_FORM"), ({"what": "acts"}, "QUERY_FORM"), ({"overdue": "yes"}, "QUERY_FORM"), ({"limit": "0"}, "QUERY_FORM"),
        ({"cursor": "x"}, "CURSOR_FORM"), ({"who": "me"}, "QUERY_FORM"), ({"limit": "201"}, "QUERY_FORM"),
    ],
)  # fmt: skip
async def test_bad_questions_have_their_codes(world: World, asked: dict[str, str], code: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        await world.read(world.parties[0], "/v1/work", MOMENTS[0], **asked)
    assert refused.value.problem.code == code


async def test_a_cursor_is_of_its_question_and_of_no_made_up_place(world: World) -> None:
    page = await world.read(SICHUAN.uscc, "/v1/work", MOMENTS[1], limit=1)
    assert page["next"] is not None
    with pytest.raises(RequestRefused) as refused:
        await world.read(SICHUAN.uscc, "/v1/work", MOMENTS[1], limit=1, cursor=page["next"], what="act")
    assert refused.value.problem.code == "CURSOR_OTHER"
    for due, rank, at_s in ((1, 0, 0), (NO_DAY + 1, 0, 0), (NO_DAY, -1, 0), (NO_DAY, 0, -1), (NO_DAY, 10_000, 0)):
        with pytest.raises(ValueError, match="not a place"):
            WorkPlace(due, rank, at_s, "", "")


async def test_an_item_says_what_it_is_about(world: World) -> None:
    chain = next(chain for chain, view in world.views.items() if view.state.stage == "arrived")
    view = world.views[chain]
    waiting = await world.work(view.state.receiver, MOMENTS[0])
    [item] = [one for one in waiting if (one["term"], f"manifest/{one['manifest']}") == ("receipt", chain)]
    assert (item["manifest"], item["number"], item["counterparts"]) == (
        chain.removeprefix("manifest/"),
        view.state.number,
        [view.state.generator],
    )
    assert (item["wastes"], item["what_text"], item["article"]) == (["废铅蓄电池"], "确认", "《危险废物转移管理办法》第18条第1款")
    assert item["alert"] is None or item["alert"]["code"] == "RECEIPT_OVERDUE"
    english = await world.read(view.state.receiver, "/v1/work", MOMENTS[0], lang="en")
    assert english["names"][view.state.generator]
    assert "confirm the receipt" in {one["term_text"] for one in english["items"]}


async def test_an_incident_waits_for_the_authority_of_the_place(world: World) -> None:
    [chain] = [chain for chain in world.registered if chain.startswith("incident/")]
    [item] = [one for one in await world.work(CHONGQING.uscc, MOMENTS[0]) if one["incident"]]
    assert (f"incident/{item['incident']}", item["kind"], item["due_on"], item["stage"]) == (chain, "incident.close/1", None, "traffic")
    assert (item["alert"]["code"], item["alert"]["level"]) == ("INCIDENT", "M")
    assert not [one for one in await world.work(SICHUAN.uscc, MOMENTS[0]) if one["incident"]]


async def test_nobody_reads_work_without_a_token(world: World) -> None:
    async with httpx.AsyncClient(base_url=world.poster.url) as client:
        assert (await client.get("/v1/work")).status_code == 401
