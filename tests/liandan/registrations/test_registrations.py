"""From the first question of a firm to its first signature, over real HTTP: asked, looked at, confirmed, refused, withdrawn, lapsed."""

from __future__ import annotations

import asyncio
import sqlite3
from base64 import b64decode
from contextlib import closing

import asyncpg
import msgspec
import pytest

from ledger.registrations.form import CONTACT as FIELDS
from ledger.registrations.form import check_contact, fingerprint, read_application
from ledger.registrations.model import TOLD_S, WAITS_S
from ledger.times import format_at, parse_at
from ledger.vault.disclosure import Disclosure
from ledger.vault.keys import KeyStore
from signing.envelope import freeze
from signing.possession import register
from tests.liandan.registrations.conftest import Desk
from tests.liandan.registrations.desk import AUTHORITY_51, CONTACT, KNOWN, KNOWN_NAME
from tests.liandan.serving import NOW
from tests.liandan.test_reading import login, token_of
from tests.workbench import key_of, uscc


async def test_a_firm_asks_and_becomes_a_party(desk: Desk) -> None:
    firm = desk.applicant()
    before = (await desk.client.get("/v1/log")).json()["committed"]
    asked = await firm.ask()
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting"), asked.text
    assert asked.json()["keys"] == [{"keyid": firm.keys[0].keyid, "fingerprint": fingerprint(firm.keys[0].keyid)}]
    assert (await desk.client.get("/v1/log")).json()["committed"] == before, "nothing of it is in the log"
    waiting = await desk.sichuan.listed()
    assert firm.id in [one["registration"] for one in waiting]
    for office, count in ((desk.sichuan, len(waiting)), (desk.firm, 0), (desk.operator, 0)):
        work = await desk.client.get("/v1/work", headers=office.token)
        assert work.json()["registrations"] == count, work.text
    shown = await desk.sichuan.look(firm.id)
    # The authority's client trusts none of it: signatures, possession, contact are verified from the bytes.
    _, form = read_application(msgspec.json.encode(shown["envelope"]))
    check_contact(form, [Disclosure(one["field"], b64decode(one["salt"]), one["value"]) for one in shown["contact"]])
    assert {one["field"]: one["value"] for one in shown["contact"]} == CONTACT
    assert [key["fingerprint"] for key in shown["keys"]] == [fingerprint(firm.keys[0].keyid)] == [fingerprint(form.keyids[0])]
    signed = desk.sichuan.statement(desk.bench, shown)
    answer = await desk.client.post("/v1/statements", content=freeze(signed))
    assert answer.status_code == 201, answer.text
    told = await firm.state()
    assert (told["state"], told["index"]) == ("confirmed", answer.json()["index"])
    assert firm.id not in [one["registration"] for one in await desk.sichuan.listed()]
    token = await desk.client.post("/v1/tokens", content=freeze(login(desk.client, firm.keys[0])))
    assert token.status_code == 201, "its key is its login from now on"
    assert (await firm.ask()).json()["state"] == "confirmed", "sent again it says what has become of it"


async def test_a_lost_answer_is_asked_for_again(desk: Desk) -> None:
    firm = desk.applicant()
    answers = [await firm.ask() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 200, 200]
    assert answers[0].json() == answers[2].json()


async def test_the_same_sent_at_once_is_one(desk: Desk) -> None:
    firm = desk.applicant()
    answers = await asyncio.gather(*(firm.ask() for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [202]
    assert {answer.json()["registration"] for answer in answers} == {firm.id}


async def test_whose_it_is_not_sees_nothing_of_it(desk: Desk) -> None:
    firm = await desk.applicant().taken()
    for office, code in (
        (desk.chongqing, "REGISTRATION_UNKNOWN"),
        (desk.firm, "REGISTRATION_DECIDER"),
        (desk.operator, "REGISTRATION_DECIDER"),
    ):
        for method, path, body in (("GET", "", None), ("POST", "/refuse", {"reason": "不受理"})):
            answer = await office.ask(method, f"/{firm.id}{path}", json=body)
            assert answer.json()["code"] == code, answer.text
            assert firm.name not in answer.text
    assert firm.id not in [one["registration"] for one in await desk.chongqing.listed()]
    assert (await desk.firm.ask("GET")).json()["code"] == "REGISTRATION_DECIDER"
    assert (await desk.client.get("/v1/registrations")).json()["code"] == "TOKEN_MISSING"
    assert (await desk.client.get(f"/v1/registrations/{firm.id}")).json()["code"] == "TOKEN_MISSING"
    for method in ("GET", "DELETE"):
        wrong = await desk.client.request(method, f"/v1/registrations/{firm.id}", headers={"Liandan-Code": "A" * 32})
        absent = await desk.client.request(method, f"/v1/registrations/{'0' * 64}", headers={"Liandan-Code": firm.request.code})
        assert (wrong.status_code, absent.status_code) == (404, 404)
        assert wrong.json()["code"] == absent.json()["code"] == "REGISTRATION_UNKNOWN"
    own = await firm.state()
    assert not {"contact", "envelope", "party", "rivals", "near"} & own.keys()
    assert (await desk.sichuan.look(firm.id))["contact"]


async def test_whom_the_authority_lets_register_decides_too(desk: Desk) -> None:
    firm = await desk.applicant().taken()
    assert firm.id in [one["registration"] for one in await desk.bureau.listed()]
    shown = await desk.bureau.look(firm.id)
    signed = desk.bureau.statement(desk.bench, shown, principal=AUTHORITY_51)
    assert (await desk.client.post("/v1/statements", content=freeze(signed))).status_code == 201
    assert (await firm.state())["state"] == "confirmed"


async def test_a_key_for_other_kinds_decides_nothing(desk: Desk) -> None:
    narrow = key_of(AUTHORITY_51, 5)
    body = {"key": register(narrow, desk.bench.found, AUTHORITY_51), "kinds": ["permit.grant"]}
    desk.bench.post("key.add/1", f"party/{AUTHORITY_51}", (AUTHORITY_51,), body)
    assert (await desk.client.post("/v1/statements", content=freeze(desk.bench.entries[-1].envelope))).status_code == 201
    answer = await desk.client.post("/v1/tokens", content=freeze(login(desk.client, narrow)))
    token = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert (await desk.client.get("/v1/registrations", headers=token)).json()["code"] == "KEY_SCOPE"


async def test_refused_with_a_reason_that_the_firm_reads(desk: Desk) -> None:
    firm = await desk.applicant().taken()
    for body, code in (
        ({"reason": "请打 13800138000"}, "PERSONAL_DATA"),
        ({"why": "x"}, "REGISTRATION_FIELD"),
        ({"reason": " "}, "REGISTRATION_FIELD"),
    ):
        answer = await desk.sichuan.ask("POST", f"/{firm.id}/refuse", json=body)
        assert (answer.json()["code"], "13800138000" in answer.text) == (code, False)
    for _ in range(2):
        answer = await desk.sichuan.ask("POST", f"/{firm.id}/refuse", json={"reason": "名称与营业执照不符"})
        assert answer.status_code == 200, answer.text
    told = await firm.state()
    assert (told["state"], told["reason"], told["decided_by"]) == ("refused", "名称与营业执照不符", "甲省生态环境厅（虚构）")
    other = await desk.sichuan.ask("POST", f"/{firm.id}/refuse", json={"reason": "另有原因"})
    assert (other.status_code, other.json()["code"]) == (409, "REGISTRATION_OVER")
    withdrawn = await desk.client.delete(f"/v1/registrations/{firm.id}", headers={"Liandan-Code": firm.request.code})
    assert (withdrawn.status_code, withdrawn.json()["code"]) == (409, "REGISTRATION_OVER")


async def test_withdrawn_and_never_signed(desk: Desk) -> None:
    firm = await desk.applicant().taken()
    code = {"Liandan-Code": firm.request.code.lower()}
    assert [(await desk.client.delete(f"/v1/registrations/{firm.id}", headers=code)).status_code for _ in range(2)] == [204, 204]
    assert (await firm.state())["state"] == "withdrawn"
    assert firm.id not in [one["registration"] for one in await desk.sichuan.listed()]
    assert (await firm.ask()).json()["state"] == "withdrawn", "sent again it does not begin anew"
    assert (await desk.client.delete(f"/v1/registrations/{firm.id}")).json()["code"] == "TOKEN_MISSING"


async def test_who_asks_is_told_nothing_that_is_not_public(desk: Desk) -> None:
    """Whether a firm is registered, or another asks in its name, is for the authority alone to see."""
    known, stranger = await desk.applicant(KNOWN, name=KNOWN_NAME).taken(), await desk.applicant().taken()
    rival = await desk.applicant(stranger.uscc, name="冒名者（虚构）").taken()
    plain, of_known = await stranger.state(), await known.state()
    assert plain.keys() == of_known.keys() == (await rival.state()).keys()
    shown = await desk.sichuan.look(known.id)
    assert (shown["party"]["uscc"], shown["party"]["name"]) == (KNOWN, KNOWN_NAME)
    listed = {one["registration"]: one for one in await desk.sichuan.listed()}
    assert listed[known.id]["party"]["name"] == KNOWN_NAME
    assert "party" not in listed[stranger.id]
    assert [one["registration"] for one in listed[stranger.id]["rivals"]] == [rival.id]
    assert [one["keys"][0]["fingerprint"] for one in listed[rival.id]["rivals"]] == [fingerprint(stranger.keys[0].keyid)]


@pytest.mark.parametrize("name", ["川北宏远再生资源有限责任公司（虚构）", KNOWN_NAME, "川北弘远再生资源有限公司（虚构）"])
async def test_similar_names_are_shown_to_the_authority(desk: Desk, name: str) -> None:
    firm = await desk.applicant(name=name).taken()
    assert KNOWN in [one["uscc"] for one in (await desk.sichuan.look(firm.id))["near"]]
    other = await desk.applicant(name="渝南固废处置中心（虚构）").taken()
    assert KNOWN not in [one["uscc"] for one in (await desk.sichuan.look(other.id)).get("near", [])]


async def test_a_foreign_firm_is_any_authoritys(desk: Desk) -> None:
    firm = await desk.applicant(uscc("440100", 7001)).taken()
    for office in (desk.sichuan, desk.chongqing):
        assert firm.id in [one["registration"] for one in await office.listed()]
        assert (await office.look(firm.id))["registration"] == firm.id


async def test_a_key_registered_by_another_way_ends_it(desk: Desk) -> None:
    """A firm that is registered already and has lost its keys: the authority adds the key as recovery, from the same application."""
    firm = await desk.applicant(KNOWN, name=KNOWN_NAME).taken()
    body = {"key": register(firm.keys[0], desk.bench.found, KNOWN)}
    desk.bench.post("key.add/1", f"party/{KNOWN}", (AUTHORITY_51,), body)
    assert (await desk.client.post("/v1/statements", content=freeze(desk.bench.entries[-1].envelope))).status_code == 201
    assert (await firm.state())["state"] == "confirmed"
    taken = desk.applicant(keys=firm.keys)
    answer = await taken.ask()
    assert answer.json()["code"] == "KEY_REGISTERED", "a key is one party's for ever"


async def test_it_lapses_and_is_forgotten(desk: Desk, shared_database_url: str) -> None:
    firm = await desk.applicant().taken()
    late = format_at(parse_at(NOW) + WAITS_S + 60)
    code = {"Liandan-Code": firm.request.code, "Liandan-Now": late}
    assert (await desk.client.get(f"/v1/registrations/{firm.id}", headers=code)).json()["state"] == "lapsed"
    answer = await desk.client.get("/v1/registrations?limit=200", headers={**desk.sichuan.token, "Liandan-Now": late})
    assert firm.id not in [one["registration"] for one in answer.json()["registrations"]]
    over = await desk.applicant().taken()
    connection = await asyncpg.connect(shared_database_url)
    await connection.execute("UPDATE registration SET ends_s = taken_s - 60 WHERE id = $1", bytes.fromhex(firm.id))
    await connection.execute(
        "UPDATE registration SET ends_s = taken_s - $2, state = 'refused', noted_at = now() - interval '2 days' WHERE id = $1",
        *(bytes.fromhex(over.id), TOLD_S),
    )
    await _until(connection, "SELECT state = 'lapsed' FROM registration WHERE id = $1", firm.id)
    await _until(connection, "SELECT count(*) = 0 FROM registration WHERE id = $1", over.id)
    assert (await firm.state())["state"] == "lapsed"
    await _until(connection, "SELECT count(*) = 0 FROM registration_contact WHERE id = $1", firm.id)
    await connection.close()


async def _until(connection: asyncpg.Connection, question: str, name: str) -> None:
    """The server's sweep has come so far."""
    async with asyncio.timeout(30):
        while True:
            if await connection.fetchval(question, bytes.fromhex(name)):
                return
            await asyncio.sleep(0.05)


async def test_the_contact_is_erased_after_the_end(desk: Desk, shared_database_url: str) -> None:
    """What a copy of the database made before holds can be opened by nobody afterwards."""
    firm = await desk.applicant().taken()
    connection = await asyncpg.connect(shared_database_url)
    rows = await connection.fetch("SELECT field, nonce, ciphertext FROM registration_contact WHERE id = $1", bytes.fromhex(firm.id))
    assert {row["field"] for row in rows} == {"contact.name", "contact.phone"} <= FIELDS.keys()
    everything = str([tuple(row) for row in await connection.fetch("SELECT * FROM registration")])
    assert "19900001234" not in everything
    assert "张三" not in everything
    assert (await desk.client.delete(f"/v1/registrations/{firm.id}", headers={"Liandan-Code": firm.request.code})).status_code == 204
    assert "contact" not in await desk.sichuan.look(firm.id), "shown to nobody from now on"
    assert await connection.fetchval("SELECT octet_length(envelope) FROM registration WHERE id = $1", bytes.fromhex(firm.id)) == 0
    await _until(connection, "SELECT count(*) = 0 FROM registration_contact WHERE id = $1", firm.id)
    await connection.close()
    with closing(sqlite3.connect(desk.vault)) as keys:
        [[left]] = keys.execute("SELECT count(*) FROM key WHERE statement = ?", (firm.id,))
        [[erased]] = keys.execute("SELECT count(*) FROM erased WHERE statement = ?", (firm.id,))
    assert (left, erased) == (0, 2), "the keys are destroyed, and with them what old backups hold"
    vault = KeyStore(desk.vault)
    assert vault.fetch([(firm.id, row["field"]) for row in rows]) == {}
    vault.close()


async def test_an_authority_reads_it_with_its_own_token(desk: Desk) -> None:
    firm = await desk.applicant().taken()
    token = await token_of(desk.client, AUTHORITY_51, scope=("read",))
    assert (await desk.client.get(f"/v1/registrations/{firm.id}", headers=token)).status_code == 200
    answer = await desk.client.post(f"/v1/registrations/{firm.id}/refuse", headers=token, json={"reason": "x"})
    assert answer.json()["code"] == "TOKEN_SCOPE"
