"""The job on real manifests: what is told to whom, once, whoever runs it, whenever it dies, however long nobody ran it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from asyncpg import Pool, Record
from msgspec import Struct
from msgspec.structs import replace

from ledger.model import RowDamaged
from ledger.times import DAY_S, format_at
from liandan.database import open_pool
from liandan.demo.calendar import HOUR
from liandan.demo.cast import SICHUAN
from liandan.demo.play import PlannedAct
from liandan.demo.trip import ManifestStory
from liandan.reminders import job, looking, store
from liandan.reminders.job import Job
from liandan.settings import Settings
from liandan.webhooks.process import WorkOrder, work
from liandan.wiring import KINDS
from tests.liandan.pending.desk import Signer, pair_at, signer_at
from tests.liandan.reminders.conftest import mail_settings
from tests.liandan.reminders.mailbox import Mailbox, accept, accept_and_die, hang, mailbox, page_of, text_of
from tests.liandan.serving import settings_of
from tests.liandan.webhooks.desk import FAST
from tests.liandan.webhooks.receiver import receiving
from tests.stories.stage import Stage, stage

BASE = "https://ledger.example.cn"


class Scene(Struct):
    """A stage whose server sends nothing by itself, a mail server, and who looks when the test says so."""

    stage: Stage
    box: Mailbox
    pool: Pool[Record]
    settings: Settings
    client: httpx.AsyncClient

    def job(self) -> Job:
        """Whoever sends."""
        return Job(self.settings, self.pool, KINDS, BASE)

    async def run(self, job: Job | None = None) -> None:
        """Look, and send what there is."""
        one = job or self.job()
        while await one.looking.look():
            pass
        assert one.sending is not None
        while await one.sending.send_one():
            pass

    async def signer(self, uscc: str) -> Signer:
        """Somebody with a token."""
        return await signer_at(self.stage, self.client, uscc)

    def trip(self, issued: str) -> ManifestStory:
        """A manifest that its generator issues, for the same day."""
        return self.stage.trip("batteries_out", f"told {issued}", issued, "1.2").do("issue")

    def number(self, trip: ManifestStory) -> str:
        """Its national number."""
        return str(trip.acts[0].body["number"])

    def clear(self) -> None:
        """Empty the mailbox."""
        for kept in (self.box.got, self.box.to, self.box.raw):
            kept.clear()

    async def subscribe(self, uscc: str, address: str, *, confirmed_by_hand: bool = False, **more: Any) -> str:
        """A reminder that its reader has confirmed, by his page or, where no mail is to be sent, in the table; its id."""
        signer = await self.signer(uscc)
        made = await self.client.post("/v1/reminders", json={"address": address, **more}, headers=signer.token)
        assert made.status_code == 201, made.text
        if confirmed_by_hand:
            async with self.pool.acquire() as conn:
                await conn.execute("DELETE FROM mail WHERE kind = 'confirm'")
                await conn.execute("UPDATE reminder SET state = 'active' WHERE id = $1", made.json()["id"])
        else:
            await self.run()
            await self.client.post(page_of(self.box.got[-1]).replace("/reminder?", "/reminder/confirm?"))
            self.box.got.pop(), self.box.to.pop(), self.box.raw.pop()
        return str(made.json()["id"])

    async def read(self, uscc: str, name: str) -> dict[str, Any]:
        """A reminder as its owner sees it."""
        answer = await self.client.get(f"/v1/reminders/{name}", headers=(await self.signer(uscc)).token)
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture(scope="module")
async def built(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """One log for the module; its present goes on from test to test."""
    directory = tmp_path_factory.mktemp("stage")
    async with mailbox() as box:
        changes = FAST | {"webhooks": "off"} | mail_settings(box.port)
        async with (
            stage(shared_database_url, directory, **changes) as found,
            await open_pool(shared_database_url, min_size=1, max_size=6) as pool,
            httpx.AsyncClient(base_url=found.poster.url, timeout=60) as client,
        ):
            yield Scene(found, box, pool, settings_of(shared_database_url, directory, **changes), client)


@pytest.fixture
async def scene(built: Scene, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """It with an empty mailbox; whoever was subscribed is not afterwards."""
    built.clear()
    built.box.data, built.box.rcpt = accept, "250 OK"
    monkeypatch.setattr(job, "RETRY_S", 0.0)
    monkeypatch.setattr(job, "AGAIN_S", 0.0)
    monkeypatch.setattr(looking, "TELL_S", 0.0)
    yield built
    async with built.pool.acquire() as conn:
        for table in ("reminder", "webhook", "mail_budget"):
            await conn.execute(f"DELETE FROM {table}")


async def test_a_day_is_told_once_and_days_without_anybody_in_one_mail(scene: Scene) -> None:
    trip = scene.trip("10-12 08:00")
    await scene.stage.play([trip])
    name = await scene.subscribe(trip.generator.uscc, "diaodu@example.cn")
    await scene.subscribe(trip.receiver.uscc, "shouhuo@example.cn", language="en")
    scene.clear()
    for _ in range(3):
        await scene.run()
    assert scene.box.got == [], "it was told when it was confirmed; the receiver owes nothing"
    later = scene.trip("10-17 09:00")
    await scene.stage.play([later])
    await asyncio.gather(*(scene.run() for _ in range(3)))
    [mail] = scene.box.got
    assert mail["To"] == "diaodu@example.cn"
    assert mail["Subject"].startswith("【联单】已逾期 1 项、今日到期 1 项｜成都锦川")
    text = text_of(mail)
    late, now, english = text.index("已逾期（1）"), text.index("今日到期（1）"), text.index("as of 2026-10-17: 1 overdue, 1 due today.")
    assert text.index(f"2026-10-12（逾期 5 天）  按计划起运  联单 {scene.number(trip)}") in range(late, now)
    assert text.index(f"2026-10-17  按计划起运  联单 {scene.number(later)}") in range(now, english)
    assert f"{BASE}/v1/manifests/{trip.chain.removeprefix('manifest/')}/actions" in text
    for secret in ("川A", "900-", "1.2", trip.receiver.name):
        assert secret not in text, "no truck, no waste, no mass, no firm beside its own"
    mails = (await scene.read(trip.generator.uscc, name))["mails"]
    assert [(one["kind"], one.get("day", ""), one["state"]) for one in mails] == [
        ("digest", "2026-10-17", "sent"), ("digest", "2026-10-12", "sent"), ("confirm", "", "sent"),
    ]  # fmt: skip
    async with scene.pool.acquire() as conn:
        kept = await conn.fetch("SELECT subject || body AS text FROM mail WHERE state = 'sent'")
    assert {row["text"] for row in kept} == {""}, "what was sent is kept by nobody"


async def test_working_days_ahead_are_the_partys_own(scene: Scene) -> None:
    trip = scene.trip("10-18 08:00").do("depart 1h").do("arrive 5h")
    await scene.stage.play([trip])
    await scene.subscribe(trip.receiver.uscc, "far@example.cn", confirmed_by_hand=True, ahead_wd=10, language="en")
    await scene.subscribe(trip.receiver.uscc, "near@example.cn", confirmed_by_hand=True, ahead_wd=0)
    await scene.run()
    assert scene.box.to == ["far@example.cn"]
    assert "within 10 working days" in scene.box.got[0]["Subject"]
    text = text_of(scene.box.got[0])
    assert text.index(f"confirm the receipt, manifest {scene.number(trip)}") < text.index("\n--\n“"), "Chinese stands second, in short"


async def test_a_signature_that_is_waited_for_and_what_an_authority_owes_are_told_too(scene: Scene) -> None:
    pair = await pair_at(scene.stage)
    departure = await pair.departure("10-18 09:30")
    await pair.consignor.bring(departure.first, departure.now)
    at_s, trunk = departure.act.at_s + HOUR, scene.stage.scribe._hashes[departure.trip.chain][0]
    chain = f"{departure.trip.chain.replace('manifest', 'case', 1)}/{scene.stage.world.ulid(at_s, 'a hold that is told')}"
    body = {"trunk": {"seq": 0, "hash": trunk}, "reason": "现场检查（虚构）", "until": format_at(at_s + 5 * DAY_S)}
    await scene.stage.post([PlannedAct(kind="case.hold/1", chain=chain, by=(SICHUAN.uscc,), body=body, at_s=at_s, post_s=at_s + 60)])
    await scene.subscribe(pair.carrier.uscc, "chedui@example.cn", confirmed_by_hand=True, ahead_wd=20)
    await scene.subscribe(SICHUAN.uscc, "office@example.cn", confirmed_by_hand=True, ahead_wd=20)
    await scene.run()
    texts = {mail["To"]: text_of(mail) for mail in scene.box.got}
    assert "  签署：起运（装载核实）  联单 " in texts["chedui@example.cn"]
    assert f"{BASE}/v1/pending/{departure.name}" in texts["chedui@example.cn"]
    assert "解除暂扣  联单 " in texts["office@example.cn"]
    assert f"{BASE}/v1/manifests/{departure.trip.chain[9:]}/actions" in texts["office@example.cn"]
    await pair.client.aclose()


async def test_a_mail_that_nobody_knows_to_have_arrived_comes_again_under_its_name(scene: Scene) -> None:
    trip = scene.trip("10-19 08:00")
    await scene.stage.play([trip])
    scene.box.data = accept_and_die
    await scene.subscribe(trip.generator.uscc, "diaodu@example.cn", confirmed_by_hand=True)
    one = scene.job()
    await one.looking.look()
    assert one.sending is not None
    await one.sending.send_one()
    assert len(scene.box.got) == 1
    scene.box.data, scene.box.asked = hang, asyncio.Event()
    sending = asyncio.create_task(one.sending.send_one())
    await scene.box.asked.wait()
    sending.cancel()  # its process is killed while it sends
    await asyncio.gather(sending, return_exceptions=True)
    scene.box.data = accept
    await scene.run()
    assert len(scene.box.got) == 1, "it may still be on its way: whoever held it is not known to be dead"
    async with scene.pool.acquire() as conn:
        await conn.execute("UPDATE mail SET next_at = now() WHERE state = 'pending'")
    await scene.run()
    assert len({mail["Message-ID"] for mail in scene.box.got}) == 1
    assert len(scene.box.got) == 2
    async with scene.pool.acquire() as conn:
        assert await conn.fetchval("SELECT attempts FROM mail WHERE kind = 'digest'") == 3


async def test_whoever_dies_before_it_is_noted_has_told_nothing_twice(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    trip = scene.trip("10-20 08:00")
    await scene.stage.play([trip])
    await scene.subscribe(trip.generator.uscc, "diaodu@example.cn", confirmed_by_hand=True)
    queue = store.queue

    async def dies(conn: Any, mail: Any) -> None:
        await queue(conn, mail)
        raise ConnectionError("killed")

    monkeypatch.setattr(store, "queue", dies)
    with pytest.raises(ConnectionError):
        await scene.job().looking.look()
    monkeypatch.setattr(store, "queue", queue)
    await scene.run()
    assert len(scene.box.got) == 1


async def test_a_mail_server_that_is_away_for_days_brings_one_mail(scene: Scene) -> None:
    trip = scene.trip("10-21 08:00")
    await scene.stage.play([trip])
    name = await scene.subscribe(trip.generator.uscc, "diaodu@example.cn", confirmed_by_hand=True)
    away = Job(replace(scene.settings, smtp_port=1), scene.pool, KINDS, BASE)
    for day in ("10-22 08:00", "10-23 08:00"):
        await away.looking.look()
        assert away.sending is not None
        assert await away.sending.send_one()
        await scene.stage.play([scene.trip(day)])
    await scene.run()
    [mail] = scene.box.got
    assert "：截至 2026-10-23，" in text_of(mail)
    mails = (await scene.read(trip.generator.uscc, name))["mails"]
    assert [(one["day"], one["state"], one.get("said", {}).get("code")) for one in mails] == [
        ("2026-10-23", "sent", None), ("2026-10-22", "dead", "MAIL_REPLACED"), ("2026-10-21", "dead", "MAIL_REPLACED"),
    ]  # fmt: skip


async def test_before_the_hour_nothing_is_sent_and_a_paused_one_waits(scene: Scene) -> None:
    trip = scene.trip("10-24 08:00")
    await scene.stage.play([trip])
    name = await scene.subscribe(trip.generator.uscc, "diaodu@example.cn", confirmed_by_hand=True)
    await scene.run(Job(replace(scene.settings, reminder_hour=23), scene.pool, KINDS, BASE))
    assert scene.box.got == []
    token = (await scene.signer(trip.generator.uscc)).token
    for state, many in (("paused", 0), ("active", 1)):
        answer = await scene.client.patch(f"/v1/reminders/{name}", json={"state": state}, headers=token)
        assert answer.json()["state"] == state
        await scene.run()
        assert len(scene.box.got) == many


async def test_a_key_that_has_ended_tells_nobody(scene: Scene) -> None:
    trip = scene.trip("10-25 08:00")
    await scene.stage.play([trip])
    name = await scene.subscribe(trip.generator.uscc, "diaodu@example.cn", confirmed_by_hand=True)
    async with scene.pool.acquire() as conn:
        await conn.execute("UPDATE reminder SET keyid = repeat('0', 64)")
    await scene.run()
    found = await scene.read(trip.generator.uscc, name)
    assert (scene.box.got, found["state"], found["why"]["code"]) == ([], "disabled", "MAIL_KEY")


async def test_webhooks_are_told_once_by_whichever_of_two_workers_leads(scene: Scene) -> None:
    trip = scene.trip("10-26 08:00")
    await scene.stage.play([trip])
    signer = await scene.signer(trip.generator.uscc)
    order = WorkOrder(settings=scene.settings, dsn="", base_url=BASE)
    workers = [asyncio.create_task(work(order, scene.pool)) for _ in range(2)]
    async with receiving() as wants, receiving() as takes_all:
        for url, kinds in ((wants.url, ["due"]), (takes_all.url, [])):
            await scene.client.post("/v1/webhooks", json={"url": url, "kinds": kinds}, headers=signer.token)
        await wants.until(1, of=lambda got: got.event["data"].get("number") == scene.number(trip))
        mine = next(event for event in wants.events if event["data"]["number"] == scene.number(trip))
        assert (mine["type"], mine["subject"], mine["data"]["due_on"]) == ("due.approaching/1", f"due/{trip.chain}", "2026-10-26")
        assert mine["data"].keys() == {
            "phase", "term", "kind", "chain", "on", "number", "case", "file", "since", "due_on", "workdays_left", "provisional", "article",
            "code", "level", "links",
        }  # fmt: skip
        assert mine["data"]["links"]["actions"].startswith(f"{BASE}/v1/manifests/")
        assert "川A" not in str(mine)
        await scene.stage.play([scene.trip("10-27 08:00")])
        await wants.until(1, of=lambda got: got.event["type"] == "due.overdue/1" and got.event["data"]["number"] == scene.number(trip))
        for task in workers:
            task.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        told = [event["id"] for event in wants.events]
        assert len(told) == len(set(told)), "each once, in two looks and by two workers"
        assert not [event for event in takes_all.events if event["type"].startswith("due.")], "who has not asked by name is not told"


async def test_where_nothing_fits_nothing_is_lost_and_nobody_runs_in_circles(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    trip = scene.trip("10-28 08:00")
    await scene.stage.play([trip])
    signer = await scene.signer(trip.generator.uscc)
    await scene.client.post("/v1/webhooks", json={"url": "http://127.0.0.1:1/", "kinds": ["due"]}, headers=signer.token)
    queued = "SELECT count(*) FROM webhook_delivery WHERE kind LIKE 'due.%'"
    one = scene.job()
    async with scene.pool.acquire() as conn:
        await conn.execute("UPDATE webhook SET state = 'active', confirmed = true")
        monkeypatch.setattr(looking, "QUEUED_MAX", 1)
        assert not await one.looking.look()
        assert await conn.fetchval(queued) == 0
        monkeypatch.setattr(looking, "QUEUED_MAX", 1000)
        for again in (one, scene.job()):
            while await again.looking.look():
                pass
            many = await conn.fetchval(queued)
            assert many >= 2
    async with scene.pool.acquire() as conn:
        assert await conn.fetchval("SELECT count(*) FROM due_told") == many, "whoever comes next tells none of it again"


async def test_what_one_partys_rows_break_keeps_nothing_from_others(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    trip = scene.trip("10-29 08:00")
    await scene.stage.play([trip])
    for address in ("broken@example.cn", "whole@example.cn"):
        await scene.subscribe(trip.generator.uscc, address, confirmed_by_hand=True, language="en" if address.startswith("b") else "zh")
    for kinds in (["due"], ["due.overdue"]):
        body = {"url": "http://127.0.0.1:1/", "kinds": kinds}
        await scene.client.post("/v1/webhooks", json=body, headers=(await scene.signer(trip.generator.uscc)).token)
    whole, told = looking.work_of, looking.alerts_for

    async def work_of(*args: Any) -> Any:
        if args[-1] == "en":
            raise RowDamaged("manifest_view:x")
        return await whole(*args)

    async def alerts_for(*args: Any) -> Any:
        monkeypatch.setattr(looking, "alerts_for", told)  # the first webhook's look alone
        raise RowDamaged("manifest_view:x")

    monkeypatch.setattr(looking, "work_of", work_of)
    monkeypatch.setattr(looking, "alerts_for", alerts_for)
    monkeypatch.setattr(looking, "TELL_S", 3600.0)
    async with scene.pool.acquire() as conn:
        await conn.execute("UPDATE webhook SET state = 'active', confirmed = true")
        await scene.run()
        hooks = await conn.fetchval("SELECT count(DISTINCT webhook) FROM due_told")
    assert (scene.box.to, hooks) == (["whole@example.cn"], 1)
