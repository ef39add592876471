"""What becomes of parties in the log of acts."""

from __future__ import annotations

import bodies
import bytes_v1 as v1
from acting import TAKING, TAKING_KEY, post
from story import CARRIER, GENERATOR, RECEIVER, clock, signers
from writer import Log

PHONE_KEY, SEAL_KEY = v1.key("phone of the generator"), v1.key("seal of documents")


def taking_carrier(log: Log) -> None:
    """A second carrier, registered by its authority."""
    body = {"name": "重庆嘉陵危货运输有限公司（虚构）", "keys": [v1.registration(TAKING_KEY, log.found, TAKING)]}
    post(log, "party.register", f"party/{TAKING}", signers("chongqing"), "08:06", body)


def sites_and_readers(log: Log) -> None:
    """A site, a key for a phone, a reader that comes and goes, a new name."""
    party = f"party/{GENERATOR}"
    site = {"site": "east-1", "name": "东厂区（虚构）", "division": "510112", "address": "成都市龙泉驿区虚构路1号", "plan_class": "key"}
    post(log, "party.site", party, signers("generator"), "16:06", site)
    phone = {"key": v1.registration(PHONE_KEY, log.found, GENERATOR), "kinds": ["manifest.issue", "manifest.depart"]}
    phone |= {"until": clock("23:59:59"), "device": "phone", "label": "装车手机（虚构）"}
    post(log, "key.add", party, signers("generator"), "16:06", phone)
    access = {"reader": CARRIER, "regions": ["5101", "510112"], "topics": ["manifest", "permit"], "reason": "执法协作（虚构）"}
    sichuan = f"party/{signers('sichuan')[0][0]}"
    post(log, "access.grant", sichuan, signers("sichuan"), "16:07", access, [f"party/{CARRIER}"])
    post(log, "access.revoke", sichuan, signers("sichuan"), "16:07", {"reader": CARRIER, "reason": "协作结束（虚构）"})
    renamed = {"name": "重庆嘉陵运输有限公司（虚构）", "reason": "工商变更（虚构）"}
    post(log, "party.amend", f"party/{TAKING}", signers("chongqing"), "16:08", renamed)


def crews(log: Log) -> None:
    """Two people of the carrier; one leaves."""
    party, who = f"party/{CARRIER}", {"commit": {"driver.name": "5e" * 32}}
    driver = {"crew": "D01", "role": "driver", "valid_to": "2027-06-30", **who}
    post(log, "crew.register", party, signers("carrier"), "16:45", driver)
    post(log, "crew.register", party, signers("carrier"), "16:46", {"crew": "E02", "role": "escort", **who})
    post(log, "crew.retire", party, signers("carrier"), "16:47", {"crew": "E02", "reason": "离职（虚构）"})


def plans(log: Log) -> None:
    """The plan of the year, and what changes on it."""
    chain = f"plan/{GENERATOR}/2026"
    line = {"name": "废铅蓄电池", "code": bodies.CODE, "category": "HW31", "hazards": ["T", "C"], "form": "S", "mass_t": "3000.000000"}
    line |= {"method": "R4", "receiver_type": "permit", "receivers": [RECEIVER]}
    filed = {"filing_no": "GL-510112-2026-001", "filed_on": "2026-03-02", "lines": [line]}
    post(log, "plan.file", chain, signers("generator"), "16:51", filed)
    more = {**line, "name": "废铅膏", "code": "384-004-31", "mass_t": "12"}
    changed = {"reason": "增产（虚构）", "filing_no": "GL-510112-2026-002", "set": [{"line": 0, "mass_t": "3500"}], "add": [more]}
    post(log, "plan.amend", chain, signers("generator"), "16:52", changed)


def issuers(log: Log) -> None:
    """A key for documents, and its end."""
    operator = signers("operator")
    key = {"use": "pdf", **v1.registration(SEAL_KEY, log.found, operator[0][0]), "valid_from": "2026-11-01", "valid_to": "2028-10-31"}
    post(log, "issuer.key", "log/issuers", operator, "16:09", key)
    retired = {"keyid": SEAL_KEY.keyid, "reason": "更换（虚构）", "since_at": clock("16:09:00")}
    post(log, "issuer.retire", "log/issuers", operator, "16:09", retired)


def delegations(log: Log) -> None:
    """Given and taken back."""
    party = f"party/{GENERATOR}"
    body = {"delegate": CARRIER, "kinds": ["manifest.issue"], "until": clock("23:59:59"), "document": "授权书（虚构）1号"}
    post(log, "delegation.grant", party, signers("generator"), "16:02", body, [f"party/{CARRIER}"])
    post(log, "delegation.revoke", party, signers("generator"), "16:03", {"delegate": CARRIER, "reason": "合同终止（虚构）"})
