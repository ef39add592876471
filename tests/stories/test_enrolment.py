"""A new firm from its first question to its first acts, with a thief who is quicker, on the log of the demonstration; clean for the auditor."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import msgspec
import pytest

from ledger.directory import party_chain
from ledger.registrations.answers import RegistrationToDecide
from ledger.registrations.form import fingerprint, registration_id
from ledger.times import format_at
from liandan.client import AsyncLiandan
from liandan.client.registration import RegistrationRequest, file_of, make_application, verified
from liandan.demo.calendar import at
from liandan.demo.cast import SICHUAN
from signing.keys import PrivateKey
from signing.possession import register
from signing.uscc import check_character
from tests.stories.stage import Stage, stage

AT_S = at("10-12 09:00")
CONTACT = {"contact.name": "王五", "contact.phone": "19900005678"}
CODE = "91510104" + "0000FX901"
CODE += check_character(CODE)


@pytest.fixture(scope="module")
async def built(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A log with everybody on it but the new firm."""
    async with stage(shared_database_url, tmp_path_factory.mktemp("enrolment")) as found:
        yield found


def client_of(built: Stage, uscc: str, key: PrivateKey | None) -> AsyncLiandan:
    """Somebody at that moment."""
    client = AsyncLiandan(built.poster.url, key, uscc=uscc, trust=built.poster.trust)
    client.set_now(AT_S + 600)
    return client


async def test_a_firm_comes_in_by_the_telephone_and_nobody_in_its_name(built: Stage) -> None:
    own, stolen = PrivateKey.generate("ecdsa-p256-sha256"), PrivateKey.generate("ed25519")
    found = built.poster.found
    thief, firm = (
        make_application([key], found, CODE, "锦江新材料再生厂（虚构）", CONTACT, AT_S + number) for number, key in enumerate((stolen, own))
    )
    async with client_of(built, "", None) as anybody:
        for request in (thief, firm):
            await anybody.ask("POST", "/v1/registrations", file_of(request).request)
    authority = built.scribe.keyring.key(SICHUAN.uscc)
    async with client_of(built, SICHUAN.uscc, authority) as office:
        # The firm reads out what its own machine has printed; the office finds it on one of the two, and looks at the bytes of that one.
        read_out = fingerprint(own.keyid)
        shown = [await _shown(office, request) for request in (thief, firm)]
        [chosen] = [one for one in shown if read_out in [key.fingerprint for key in one.keys]]
        assert [rival.registration for rival in chosen.rivals] == [registration_id(thief.envelope)]
        form = verified(chosen, found)
        receipt = await office.post(office.sign(await office.draft("party.register/1", party_chain(form.uscc), form.body)))
        await office.ask("POST", f"/v1/registrations/{registration_id(thief.envelope)}/refuse", {"reason": "经电话核对，不是本单位申请"})
    states = {}
    async with client_of(built, "", None) as anybody:
        for name, request in (("thief", thief), ("firm", firm)):
            raw = await anybody.ask("GET", f"/v1/registrations/{registration_id(request.envelope)}", headers={"Liandan-Code": request.code})
            states[name] = json.loads(raw)
    assert (states["firm"]["state"], states["firm"]["index"]) == ("confirmed", receipt.index)
    assert (states["thief"]["state"], states["thief"]["decided_by"]) == ("refused", SICHUAN.name)
    async with client_of(built, CODE, own) as registered:
        phone = PrivateKey.generate("ecdsa-p256-sha256")
        until = format_at(AT_S + 90 * 24 * 3600)
        body = {"key": register(phone, found, CODE), "kinds": ["manifest.depart"], "until": until, "device": "phone", "label": "一号车"}
        await registered.post(registered.sign(await registered.draft("key.add/1", party_chain(CODE), body)))
        party = await registered.party(CODE)
        assert [(key.keyid, key.kinds) for key in party.keys] == [(own.keyid, ()), (phone.keyid, ("manifest.depart",))]
    assert stolen.keyid not in [key.keyid for key in party.keys]
    built.audit()


async def _shown(office: AsyncLiandan, request: RegistrationRequest) -> RegistrationToDecide:
    return msgspec.json.decode(await office.get(f"/v1/registrations/{registration_id(request.envelope)}"), type=RegistrationToDecide)
