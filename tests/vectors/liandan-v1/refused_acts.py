"""Acts that the log of acts must refuse by the rules of the kinds: of parties, permits, lists and adopted data.

Approvals stand in ``refused_approvals``, manifests in ``refused_issues`` and ``refused_trips``.

``raw`` is an envelope posted at ``now`` to the log of acts after its first ``size`` entries and after the envelopes of ``before``, which
are good and are admitted at ``now`` too. ``auditor: false`` marks what only a reader with the rules can see in an entry.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import bodies
import bytes_v1 as v1
from acting import FILES, FOUNDERS, LIST, PERMIT, TAKING
from acts_parties import PHONE_KEY, SEAL_KEY
from refused import Case, case
from refused_log import _prefix
from story import CARRIER, GENERATOR, KEYS, OPERATOR, OWNERS, RECEIVER, SICHUAN, clock, signers
from writer import Act, Log, Signer, body_bytes

OWN, SICHUANS, RECEIVERS = f"party/{GENERATOR}", f"party/{SICHUAN}", f"party/{RECEIVER}"
NEW, ABROAD = v1.key("refused newcomer"), v1.uscc("91440101" + "0000FX440")
HOME = {"site": "a", "name": "分厂（虚构）", "division": "510112", "address": "虚构路9号"}
CLOSED = {"closed_on": "2026-11-02", "reason": "注销（虚构）"}
TERM = {"valid_from": "2026-11-01", "valid_to": "2028-10-31"}
ACCESS = {"reader": CARRIER, "topics": ["manifest"], "reason": "检查（虚构）", "regions": ["51"]}
OTHER = PERMIT[:-2] + "99"
MINE, RECEIVING = signers("generator"), signers("receiver")


class Sheet:
    """Acts on a log of ``size`` entries, signed in order."""

    def __init__(self, log: Log, size: int, now: str) -> None:
        self.log, self.size, self.now, self.heads = log, size, now, _prefix(log, size)

    def sign(self, kind: str, chain: str, body: Any, by: tuple[Signer, ...], **more: Any) -> bytes:
        """The envelope of the next act of a chain."""
        act = Act(f"{kind}/1", chain, body, by, more.pop("at", self.now), **more)
        head, digest = self.heads.get(chain, (-1, v1.genesis_prev(self.log.found, chain)))
        raw = body_bytes(act, head + 1, digest)
        self.heads[chain] = (head + 1, v1.statement_hash(raw))
        return v1.compact(v1.envelope(raw, [key for _, key in by]))


class Posting:
    """Writes cases: what is good first, then what must be refused."""

    def __init__(self, log: Log, stage: str, size: int, now: str) -> None:
        self.log, self.stage, self.size, self.now = log, stage, size, now

    def __call__(self, name: str, code: str, *acts: tuple[Any, ...], rules: bool = False, **more: Any) -> Case:
        """``acts`` are (kind, chain, body, signers[, fields]); ``rules``: an auditor without rules sees nothing."""
        sheet = Sheet(self.log, self.size, self.now)
        raws = [sheet.sign(*act[:4], **(act[4] if len(act) > 4 else {})) for act in acts]
        context = {"log": "acts.json", "size": self.size, "now": self.now, "before": [v1.b64(raw) for raw in raws[:-1]]}
        return case(f"{self.stage}: {name}", code, raws[-1], **context, **({"auditor": False} if rules else {}), **more)


def index_of(log: Log, kind: str, nth: int = 0) -> int:
    """Entries before the nth act of a kind."""
    payloads = (base64.b64decode(json.loads(raw)["statement"]["payload"]) for raw in log.entries)
    return [number for number, raw in enumerate(payloads) if json.loads(raw)["kind"] == f"{kind}/1"][nth]


def act(log: Log) -> Iterator[Case]:
    """Parties, permits, lists, data."""
    last = index_of(log, "permit.revoke")
    yield from _parties(Posting(log, "party", last, clock("16:10:00")))
    yield from _permits(Posting(log, "permit", last, clock("16:10:00")))
    yield from _crews(Posting(log, "crew", index_of(log, "plan.file"), clock("16:50:00")))
    yield from _plans(Posting(log, "plan", index_of(log, "plan.amend") + 1, clock("16:53:00")))
    yield from _lists(log)
    yield from _data(Posting(log, "data", last, clock("16:10:00")))


def _data(post: Posting) -> Iterator[Case]:
    def adopt(name: str, file: str) -> Any:
        return "data.adopt", "log/main", {"name": name, "version": "2", "sha256": FILES[f"data/{file}"]}, signers(*FOUNDERS)

    yield post("a catalogue under the name of another year", "DATA_FORM", adopt("hw-catalogue-2025", "hw-catalogue-2021.csv"), rules=True)
    yield post("a calendar for thresholds", "DATA_FORM", adopt("thresholds", "workdays-2026.json"), rules=True)


def _site(by: Any = MINE, chain: str = OWN, body: Any = HOME, **more: Any) -> Any:
    return "party.site", chain, body, by, more


def _amend(chain: str = OWN, by: str = "sichuan", **body: Any) -> Any:
    return "party.amend", chain, {"reason": "变更（虚构）", **body}, signers(by)


def _key(log: Log, by: str = "generator", **more: Any) -> Any:
    return "key.add", OWN, {"key": v1.registration(NEW, log.found, GENERATOR), **more}, signers(by)


def _crews(post: Posting) -> Iterator[Case]:
    def register(by: str = "carrier", **more: Any) -> Any:
        body = {"crew": "D03", "role": "driver", "commit": {"driver.name": "5e" * 32}} | more
        return "crew.register", f"party/{CARRIER}", body, signers(by)

    def retire(crew: str) -> Any:
        return "crew.retire", f"party/{CARRIER}", {"crew": crew, "reason": "离职（虚构）"}, signers("carrier")

    yield post("a crew of another party", "SIGNER_ROLE", register("generator"))
    yield post("nobody behind an id", "MISSING", register(commit={}))
    yield post("a qualification that is over", "DATE_ORDER", register(valid_to="2026-10-31"), rules=True)
    yield post("an id that nobody has", "CREW_UNKNOWN", retire("D09"))
    yield post("a person who has left", "CREW_UNKNOWN", retire("E02"))


def _plans(post: Posting) -> Iterator[Case]:
    line = {"name": "废铅蓄电池", "code": bodies.CODE, "category": "HW31", "hazards": ["T"], "form": "S", "mass_t": "1", "method": "R4"}
    line |= {"receiver_type": "permit"}

    def file(year: int = 2027, by: Any = MINE, **more: Any) -> Any:
        return "plan.file", f"plan/{GENERATOR}/{year}", {"filing_no": "GL-3", "filed_on": "2026-11-02", "lines": [line], **more}, by

    def amend(**more: Any) -> Any:
        return "plan.amend", f"plan/{GENERATOR}/2026", {"reason": "变更（虚构）", **more}, MINE

    yield post("a plan of somebody else's", "SIGNER_ROLE", file(by=signers("sichuan")))
    yield post("a plan of a year of five digits", "CHAIN_FORM", ("plan.file", f"plan/{GENERATOR}/20260", file()[2], MINE))
    yield post("a plan twice", "PLAN_FILED", file(2026))
    yield post("a plan of no site", "SITE_UNKNOWN", file(site="nowhere"))
    yield post("a plan that is filed tomorrow", "DATE_ORDER", file(filed_on="2026-11-03"), rules=True)
    yield post("a plan without lines", "LIST_LENGTH", file(lines=[]))
    yield post("a plan with a code of another category", "CODE_CATEGORY", file(lines=[{**line, "category": "HW49"}]))
    yield post("an amendment first", "CHAIN_NOT_OPEN", ("plan.amend", f"plan/{GENERATOR}/2027", {"reason": "无", "filing_no": "1"}, MINE))
    yield post("an amendment of nothing", "MISSING", amend())
    yield post("an amendment of another site", "PLAN_FILED", amend(site="east-1", filing_no="GL-3"))
    yield post("a line that is not there", "PLAN_LINE", amend(set=[{"line": 2, "mass_t": "1"}]))
    yield post("a line twice", "PLAN_LINE", amend(set=[{"line": 0, "mass_t": "1"}, {"line": 0, "method": "R9"}]))


def _issuer(log: Log, key: v1.Key = NEW, owner: str = OPERATOR, by: str = "operator", **more: Any) -> Any:
    return "issuer.key", "log/issuers", {"use": "pdf", **v1.registration(key, log.found, owner), **TERM, **more}, signers(by)


def _delegate(to: str, *kinds: str) -> Any:
    return "delegation.grant", OWN, {"delegate": OWNERS[to], "kinds": list(kinds)}, signers("generator")


def _parties(post: Posting) -> Iterator[Case]:
    log, phone, away = post.log, (GENERATOR, PHONE_KEY), HOME | {"division": "500116"}
    for_owner = {"principal": GENERATOR}
    yield post("a scoped key signs another kind", "KEY_SCOPE", _site((phone,)))
    yield post("a scoped key signs for another what it may not", "KEY_SCOPE", _delegate("carrier", "party.site"), _site((phone,)))
    yield post("a scope that names keys", "KEY_SCOPE", _key(log, kinds=["manifest.issue", "key.add"]))
    yield post("a scope that names access", "KEY_SCOPE", _key(log, kinds=["access.grant"]))
    yield post("a recovery with a scope", "KEY_SCOPE", _key(log, "sichuan", kinds=["manifest.issue"]))
    yield post("a recovery with an end", "KEY_SCOPE", _key(log, "sichuan", until=clock("23:00:00")))
    yield post("a key that is over already", "STATEMENT_STALE", _key(log, until=clock("16:00:00")))
    yield post(
        "one hand for two roles", "SIGNER_ROLE", _delegate("chongqing", "party.site"), _site(signers("chongqing"), OWN, away, **for_owner)
    )
    yield post(
        "a delegate without that kind", "DELEGATION_MISSING", _delegate("carrier", "manifest.void"), _site(signers("carrier"), **for_owner)
    )
    grant = ("access.grant", SICHUANS, ACCESS, signers("carrier"), {"principal": SICHUAN})
    yield post("a delegate for readers", "DELEGATION_MISSING", grant)
    yield post("a site in another province", "SIGNER_MISSING", _site(body=away))
    yield post("a site with another authority", "SIGNER_ROLE", _site(signers("generator", "sichuan"), body=away))
    yield post("a site of the carrier", "SIGNER_ROLE", _site(signers("carrier")))
    yield post("a site closed in the future", "DATE_ORDER", _site(body=HOME | {"closed_on": "2026-12-01"}), rules=True)
    yield post("nothing amended", "MISSING", _amend())
    yield post("a successor of the living", "PARTY_STATE", _amend(successor=RECEIVER))
    yield post("reopened without having closed", "PARTY_STATE", _amend(reopen=True))
    yield post("closed twice", "PARTY_STATE", _amend(**CLOSED), _amend(**CLOSED))
    yield post("its own successor", "PARTY_STATE", _amend(**CLOSED, successor=GENERATOR))
    circle = _amend(RECEIVERS, "chongqing", **CLOSED, successor=GENERATOR)
    yield post("successors in a circle", "PARTY_STATE", _amend(**CLOSED, successor=RECEIVER), circle)
    yield post("a successor that nobody knows", "PARTY_UNKNOWN", _amend(**CLOSED, successor=ABROAD))
    yield post("closed in the future", "DATE_ORDER", _amend(closed_on="2026-12-01"), rules=True)
    yield post("an authority amended", "CHAIN_OWNER", _amend(SICHUANS, name="改名（虚构）"))
    yield post("amended by another region", "SIGNER_ROLE", _amend(by="chongqing", name="改名（虚构）"))
    applied = ("approval.apply", f"approval/{GENERATOR}/01KB2Z8Q6V0000000000000077", bodies.apply(RECEIVER, PERMIT), signers("generator"))
    yield post("a closed party applies", "PARTY_CLOSED", _amend(**CLOSED), applied)
    yield post(
        "a successor applies for the closed", "PARTY_CLOSED", _amend(**CLOSED, successor=RECEIVER), (*applied[:3], signers("receiver"))
    )
    yield post(
        "a successor grants for the closed",
        "SIGNER_ROLE",
        _amend(**CLOSED, successor=RECEIVER),
        (*_delegate("carrier", "manifest.void")[:3], signers("receiver")),
    )
    yield post("an authority signs for the living", "SIGNER_ROLE", _site(signers("sichuan")))
    yield post(
        "an authority signs where there is a successor", "SIGNER_ROLE", _amend(**CLOSED, successor=RECEIVER), _site(signers("sichuan"))
    )
    yield post("another authority signs for the closed", "SIGNER_ROLE", _amend(**CLOSED), _site(signers("chongqing")))
    yield post(
        "access to another region", "ACCESS_REGION", ("access.grant", SICHUANS, ACCESS | {"regions": ["51", "5001"]}, signers("sichuan"))
    )
    yield post("access by a firm", "ACCESS_ROLE", ("access.grant", OWN, ACCESS, signers("generator")))
    yield post("access for nobody", "PARTY_UNKNOWN", ("access.grant", SICHUANS, ACCESS | {"reader": ABROAD}, signers("sichuan")))
    ended = ("access.revoke", SICHUANS, {"reader": TAKING, "reason": "结束（虚构）"}, signers("sichuan"))
    yield post("access that nobody had", "ACCESS_UNKNOWN", ended)
    yield post("an issuer's key that is a party's", "KEY_REGISTERED", _issuer(log, KEYS["generator"]))
    yield post("an issuer's key again", "KEY_REGISTERED", _issuer(log, SEAL_KEY))
    yield post("an issuer's key in another's name", "POSSESSION_WRONG", _issuer(log, owner=SICHUAN))
    yield post("an issuer's key by an authority", "SIGNER_ROLE", _issuer(log, owner=SICHUAN, by="sichuan"))
    yield post("a certificate of another key", "ISSUER_CERT", _issuer(log, cert=v1.b64(v1.certificate(v1.key("other")))))
    yield post("a certificate that is none", "ISSUER_CERT", _issuer(log, cert="MAA="))
    yield post("an issuer's key that ends before it begins", "DATE_ORDER", _issuer(log, valid_to="2026-10-31"), rules=True)
    retired = ("issuer.retire", "log/issuers", {"keyid": SEAL_KEY.keyid, "reason": "更换（虚构）"}, signers("operator"))
    yield post("an issuer's key retired twice", "KEY_UNKNOWN", retired)
    taken = ("key.add", OWN, {"key": v1.registration(SEAL_KEY, log.found, GENERATOR)}, signers("generator"))
    yield post("a party's key that was an issuer's", "KEY_REGISTERED", taken)


def _permits(post: Posting) -> Iterator[Case]:
    authority = signers("chongqing")

    def grant(**more: Any) -> Any:
        return "permit.grant", OTHER, bodies.permit(**more), authority

    def later(kind: str, body: Any = None, by: Any = authority) -> Any:
        return f"permit.{kind}", PERMIT, body or {"reason": "例行（虚构）"}, by

    def usage(by: Any = RECEIVING, **more: Any) -> Any:
        return later("usage", {"month": "2026-09", "received_t": "9", "source": "月报（虚构）", **more}, by)

    item, elsewhere = {**bodies.WASTE, "methods": ["R4"]}, {"division": "510112", "address": "虚构路1号"}
    yield post("resumed without a suspension", "PERMIT_TRANSITION", later("resume"))
    yield post("suspended twice", "PERMIT_TRANSITION", later("suspend"), later("suspend"))
    yield post("amended after its end", "PERMIT_TRANSITION", later("revoke"), later("amend", {"reason": "x", "scale_t": "1"}))
    yield post("moved to another province", "PERMIT_TRANSITION", later("amend", {"reason": "x", **elsewhere}))
    yield post("an amendment of nothing", "MISSING", later("amend"), rules=True)
    yield post("granted by another region", "SIGNER_ROLE", (*grant()[:3], signers("sichuan")))
    yield post("renews what is not there", "RENEWS", grant(renews=PERMIT[:-2] + "98"))
    yield post("renews another site", "RENEWS", grant(renews=PERMIT, division="500107"))
    yield post("renews another class", "RENEWS", grant(renews=PERMIT, items=[item | {"methods": ["S"]}], **{"class": "collection"}))
    yield post("renews what was revoked", "RENEWS", later("revoke"), grant(renews=PERMIT))
    third = ("permit.grant", PERMIT[:-2] + "97", bodies.permit(renews=PERMIT), authority)
    yield post("renews what is renewed", "RENEWS", grant(renews=PERMIT), third)
    yield post("collects and uses", "METHOD", grant(**{"class": "collection"}), rules=True)
    yield post("ends before it begins", "DATE_ORDER", grant(valid_to="2025-12-31"), rules=True)
    yield post("codes for a whole category", "SCOPE_FORM", grant(items=[item | {"scope": "ALL"}]), rules=True)
    yield post("no codes to include", "SCOPE_FORM", grant(items=[{"category": "HW31", "scope": "INCLUDE", "methods": ["R4"]}]), rules=True)
    yield post("a code of another category", "SCOPE_FORM", grant(items=[item | {"category": "HW49"}]), either="CODE_CATEGORY", rules=True)
    yield post("a site that nobody opened", "SITE_UNKNOWN", grant(site="west"), rules=True)
    exempt = {"class": "exempt_use"}
    yield post("an exempt receiver without a basis", "MISSING", grant(**exempt), either="EXEMPT_BASIS", rules=True)
    basis = {"edition": 2025, "item": 18, "plan_no": "方案（虚构）"}
    yield post("a basis that waives transport", "EXEMPT_BASIS", grant(**exempt, basis=basis), rules=True)
    yield post("usage of a month that is not over", "USAGE_MONTH", usage(month="2026-11"), rules=True)
    yield post("usage taken back by the receiver", "USAGE_MONTH", usage(month="2026-10", received_t="1"), rules=True)
    yield post("usage after the authority spoke", "USAGE_MONTH", usage(authority), usage(received_t="10"), rules=True)
    yield post("usage by the generator", "SIGNER_ROLE", usage(signers("generator")))


def _lists(log: Log) -> Iterator[Case]:
    announced, proposed = Posting(log, "list", index_of(log, "list.propose"), clock("09:10:00")), index_of(log, "list.rows")
    begun, whole = (
        Posting(log, "list", proposed, clock("09:11:00")),
        Posting(log, "list", index_of(log, "list.countersign"), clock("09:12:00")),
    )
    sichuan, chongqing = signers("sichuan"), signers("chongqing")
    other, row = "list/2026-51-50-b", bodies.row(RECEIVER, PERMIT)

    def propose(chain: str = LIST, by: Any = sichuan, **more: Any) -> Any:
        return "list.propose", chain, bodies.propose(**more), by

    def rows(*items: Any, page: int = 0, chain: str = LIST, by: Any = sichuan) -> Any:
        return "list.rows", chain, {"page": page, "rows": list(items)}, by

    def signed(digest: str, by: Any = chongqing) -> Any:
        return "list.countersign", LIST, {"rows_hash": digest, **bodies.letter("2")}, by

    yield announced("within one province", "SAME_PROVINCE", propose("list/2026-51-51-b"))
    yield announced("proposed by the other side", "SIGNER_ROLE", propose(by=chongqing))
    yield announced("of every other province, mutual", "SIGNER_ROLE", propose("list/2026-00-50-b"), either="WL_DIRECTION")
    yield announced("days of another year", "WL_YEAR", propose(effective_to="2027-01-31"), rules=True)
    yield announced("ends before it begins", "DATE_ORDER", propose(effective_to="2026-11-01"), rules=True)
    yield announced("a letter of tomorrow", "DATE_ORDER", propose(letter_date="2026-11-03"), rules=True)
    yield announced("rows before the terms", "CHAIN_NOT_OPEN", rows(row))
    yield begun("announced again", "CHAIN_NOT_OPEN", propose())
    yield begun("a page out of order", "LIST_PAGE", rows(row, page=1))
    yield begun("more rows than announced", "LIST_SIZE", rows(row, row | {"methods": ["C3"]}))
    yield begun("countersigned before its pages", "LIST_INCOMPLETE", signed("0" * 64), either="LIST_STAGE")
    yield begun("a permit that is not there", "PERMIT_UNKNOWN", rows(row | {"permit": OTHER}), rules=True)
    yield begun("a permit of somebody else", "PERMIT_HOLDER", rows(row | {"receiver": CARRIER}), rules=True)
    yield begun(
        "a code that its permit does not cover", "ROW_PERMIT", rows(row | {"waste": {"category": "HW31", "scope": "ALL"}}), rules=True
    )
    yield begun("a method that its permit does not allow", "ROW_PERMIT", rows(row | {"methods": ["C3"]}), rules=True)
    suspended = ("permit.suspend", PERMIT, {"reason": "核查（虚构）"}, chongqing)
    yield begun("a permit that is suspended", "ROW_PERMIT", suspended, rows(row), rules=True)
    two = propose(other, rows=2)
    yield begun("the same row twice on a page", "ROW_TWICE", two, rows(row, row | {"quota_t": "1"}, chain=other), rules=True)
    pages = propose(other, rows=2, pages=2)
    yield begun("a second page that repeats a row", "ROW_TWICE", pages, rows(row, chain=other), rows(row, page=1, chain=other), rules=True)
    yield whole("a page too many", "LIST_STAGE", rows(row, page=1))
    yield whole("another digest", "LIST_DIGEST", signed("0" * 64))
    yield whole("countersigned by the same side", "SIGNER_ROLE", signed("0" * 64, sichuan))
    alone = propose(other, chongqing, kind="unilateral")
    yield whole("a unilateral list by the other side", "SIGNER_ROLE", propose(other, kind="unilateral"))
    confirmed = ("list.countersign", other, {"rows_hash": "0" * 64, **bodies.letter("2")}, sichuan)
    unasked = (alone, rows(row, chain=other, by=chongqing), confirmed)
    yield whole("a unilateral list countersigned", "LIST_STAGE", *unasked, either="SIGNER_ROLE")
    lent = (*signed("0" * 64)[:3], sichuan, {"principal": OWNERS["chongqing"]})
    yield whole("the proposer countersigns for the other side", "DELEGATION_MISSING", lent)
    yield whole("a delegate proposes", "DELEGATION_MISSING", (*propose(other)[:3], signers("carrier"), {"principal": SICHUAN}))
