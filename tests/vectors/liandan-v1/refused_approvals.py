"""Acts that the log of acts must refuse by the rules of approvals: application, consultation, reply, decision (kinds §4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bodies
from acting import CONSULTED, LIST, PERMIT, REFUSED, TAKING, ULID
from acts_approvals import COMPLETED
from acts_cases import NEW_PERMIT
from refused import Case
from refused_acts import OTHER, Posting, index_of
from story import CARRIER, CHONGQING, GENERATOR, RECEIVER, SICHUAN, clock, signers
from writer import Log

OWNERS = signers("generator")
MINE = f"approval/{GENERATOR}/{ULID}71"
SLAG = {"code": "384-004-31", "name": "铅蓄电池生产废渣", "hazards": ["T"]}
LISTING = {"listing": {"list": LIST, "row": 0}}
AO, AD = signers("sichuan"), signers("chongqing")


def _apply(chain: str = MINE, by: Any = OWNERS, receiver: str = RECEIVER, permit: str = PERMIT, **more: Any) -> Any:
    """``more`` are fields of the body where it has them, else of its line."""
    body = bodies.apply(receiver, permit)
    for name, value in more.items():
        (body if name in (*body, "applied_from") else body["lines"][0])[name] = value
    return "approval.apply", chain, body, by


def _reply(chain: str = CONSULTED, by: Any = AD, agree: bool = True, **more: Any) -> Any:
    return "approval.reply", chain, {**bodies.letter("渝环复4号", "2026-11-02"), "agree": agree, **more}, by


def _consult(chain: str = CONSULTED, by: Any = AO, **more: Any) -> Any:
    return "approval.consult", chain, bodies.letter("川环商3号", "2026-11-02", **more), by


def _decide(chain: str = CONSULTED, by: Any = AO, **more: Any) -> Any:
    return "approval.decide", chain, bodies.decide("川环准〔2026〕5号（虚构）", **more), by


def _refuse(chain: str = CONSULTED, **more: Any) -> Any:
    body = {"approve": False, "no": "川环不准〔2026〕6号（虚构）", "outcome": "other", "reason": "其他（虚构）", **more}
    return "approval.decide", chain, body, AO


def _line(mass_t: str = "150", line: int = 0, **more: Any) -> dict[str, Any]:
    return {"line": line, "mass_t": mass_t, **more}


def _permit(kind: str, **body: Any) -> Any:
    return f"permit.{kind}", PERMIT, {"reason": "变更（虚构）", **body}, AD


WIDER = _permit("amend", items=[{"category": "HW31", "scope": "ALL", "methods": ["R4", "C3"]}])


def approvals(log: Log) -> Iterator[Case]:
    """Applications, consultations and decisions, each against one rule."""
    yield from _applications(Posting(log, "apply", index_of(log, "approval.apply"), clock("09:20:00")))
    yield from _letters(log)
    yield from _one_hand(Posting(log, "one hand", index_of(log, "approval.consult"), clock("09:21:00")))
    yield from _decisions(Posting(log, "decide", index_of(log, "approval.decide"), clock("09:23:00")))
    yield from _listed(Posting(log, "decide", index_of(log, "approval.decide", 2), clock("09:27:00")))
    yield from _lives(Posting(log, "application", index_of(log, "approval.accept"), clock("16:54:00")))
    yield from _stops(Posting(log, "stop", index_of(log, "approval.suspend"), clock("16:54:00")))


def _applications(post: Posting) -> Iterator[Case]:
    yield post("within one province", "SAME_PROVINCE", _apply(origin={"division": "500107", "address": "虚构路9号"}), rules=True)
    yield post("from no division", "DIVISION", _apply(origin={"division": "510199", "address": "虚构路9号"}), rules=True)
    yield post("from a site that nobody opened", "SITE_UNKNOWN", _apply(origin={**bodies.SITE, "site": "west"}), rules=True)
    yield post("by the receiver", "SIGNER_ROLE", _apply(by=signers("receiver")))
    yield post("ends before it begins", "DATE_ORDER", _apply(applied_from="2027-01-01"), rules=True)
    yield post("a second time", "APPROVAL_STAGE", _apply(), _apply())
    yield post("a permit that is not there", "PERMIT_UNKNOWN", _apply(permit=OTHER), rules=True)
    yield post("a permit of somebody else", "PERMIT_HOLDER", _apply(receiver=CARRIER), rules=True)
    yield post("a permit that is suspended", "PERMIT_STATUS", _permit("suspend"), _apply(), rules=True)
    yield post("a permit that ran out", "PERMIT_DATE", _permit("amend", valid_to="2026-11-01"), _apply(), rules=True)
    yield post("a code that the permit does not cover", "PERMIT_SCOPE", _apply(**SLAG), rules=True)
    yield post("a method that the permit does not allow", "PERMIT_METHOD", _apply(method="C3"), rules=True)
    yield post("a code of another category", "CODE_CATEGORY", _apply(category="HW49"), rules=True)
    yield post("a code of no edition", "CODE_UNKNOWN", _apply(code="900-999-31"), rules=True)
    yield post("an identified waste without its report", "IDENT_MISSING", _apply(code="900-000-31"), rules=True)
    yield post("a hazard that the code has not", "HAZARD", _apply(hazards=["In"]), rules=True)


def _letters(log: Log) -> Iterator[Case]:
    applied = Posting(log, "consult", index_of(log, "approval.consult"), clock("09:21:00"))
    asked = Posting(log, "reply", index_of(log, "approval.reply"), clock("09:22:00"))
    yield applied("by the other side", "SIGNER_ROLE", _consult(by=AD))
    yield applied("a letter of tomorrow", "DATE_ORDER", _consult(letter_date="2026-11-03"), rules=True)
    yield applied("a reply to nothing", "APPROVAL_STAGE", _reply())
    yield applied("twice", "APPROVAL_STAGE", _consult(), _consult())
    yield applied("of what nobody applied for", "CHAIN_NOT_OPEN", _consult(MINE))
    yield asked("by the side that asks", "SIGNER_ROLE", _reply(by=AO))
    yield asked("a letter of tomorrow", "DATE_ORDER", _reply(letter_date="2026-11-03"), rules=True)
    yield asked("a no without a reason", "MISSING", _reply(agree=False), rules=True)
    yield asked("a line that was not applied for", "APPROVAL_LINE", _reply(lines=[_line(line=1)]), rules=True)
    yield asked("twice", "APPROVAL_STAGE", _reply(), _reply())
    yield asked("granted before the reply", "NO_CONSENT", _decide(), rules=True)
    yield asked("granted against the reply", "CONSENT_REFUSED", _reply(agree=False, reason="无处置能力（虚构）"), _decide(), rules=True)
    yield asked("granted beyond the reply", "CONSENT_MASS", _reply(lines=[_line("149.999999")]), _decide(), rules=True)


def _one_hand(post: Posting) -> Iterator[Case]:
    """Nobody consents to or confirms what he proposed, by delegation either (kinds §1.7)."""

    def lends(principal: str, delegate: str, *kinds: str) -> Any:
        body = {"delegate": delegate, "kinds": [f"approval.{kind}" for kind in kinds]}
        return "delegation.grant", f"party/{principal}", body, {SICHUAN: AO, CHONGQING: AD, GENERATOR: OWNERS}[principal]

    def lent(act: Any, by: Any, principal: str) -> Any:
        return (*act[:3], by, {"principal": principal})

    asked, answered, carrier = _consult(), _reply(), signers("carrier")
    to_ad, to_ao = lends(SICHUAN, CHONGQING, "consult", "decide"), lends(CHONGQING, SICHUAN, "reply")
    yield post("the destination asks itself", "SIGNER_ROLE", to_ad, lent(_consult(), AD, SICHUAN), _reply())
    yield post("the origin answers itself", "SIGNER_ROLE", to_ao, asked, lent(_reply(), AO, CHONGQING))
    both = (lends(SICHUAN, CARRIER, "consult"), lends(CHONGQING, CARRIER, "reply"))
    stranger = lent(_consult(), carrier, SICHUAN)
    yield post("a third party asks and answers", "SIGNER_ROLE", *both, stranger, lent(_reply(), carrier, CHONGQING))
    yield post("the destination, asked by itself, answers through another", "SIGNER_ROLE", to_ad, both[1],
               lent(_consult(), AD, SICHUAN), lent(_reply(), carrier, CHONGQING))  # fmt: skip
    yield post("the destination answers and decides", "SIGNER_ROLE", to_ad, asked, answered, lent(_decide(), AD, SICHUAN))
    yield post("the generator answers", "SIGNER_ROLE", lends(CHONGQING, GENERATOR, "reply"), asked, lent(_reply(), OWNERS, CHONGQING))
    decides = lends(SICHUAN, GENERATOR, "decide")
    yield post("the generator decides", "SIGNER_ROLE", decides, asked, answered, lent(_decide(), OWNERS, SICHUAN))
    applies = (lends(GENERATOR, SICHUAN, "apply"), lent(_apply(), AO, GENERATOR))
    yield post("the origin decides what it applied for", "SIGNER_ROLE", *applies, _consult(MINE), _reply(MINE), _decide(MINE))


def _decisions(post: Posting) -> Iterator[Case]:
    yield post("by the other side", "SIGNER_ROLE", _decide(by=AD))
    yield post("by the generator", "SIGNER_ROLE", _decide(by=signers("generator")))
    yield post("a line that was not applied for", "APPROVAL_LINE", _decide(lines=[_line(line=1)]), rules=True)
    yield post("a line twice", "APPROVAL_LINE", _decide(lines=[_line("1"), _line("2")]), rules=True)
    yield post("more than was applied for", "APPROVAL_MASS", _decide(lines=[_line("200.000001")]), rules=True)
    yield post("for longer than was applied for", "APPROVAL_TERM", _decide(valid_to="2027-01-01"), rules=True)
    yield post("over before it was given", "APPROVAL_TERM", _decide(valid_to="2026-11-01"), rules=True)
    yield post("for longer than it may take", "APPROVAL_TERM", _decide(conditions={"complete_within_days": 30}), rules=True)
    yield post("a yes with a reason", "DECISION_FORM", _decide(outcome="other", reason="x"), rules=True)
    yield post("a no without a reason", "DECISION_FORM", ("approval.decide", CONSULTED, {"approve": False, "no": "6号"}, AO), rules=True)
    yield post("no reply, where there is one", "DECISION_FORM", _refuse(outcome="no_reply"))
    yield post("of tomorrow", "DATE_ORDER", _decide(decided_on="2026-11-03"), rules=True)
    yield post("of before the reply", "DATE_ORDER", _decide(decided_on="2026-11-01"), rules=True)
    yield post("a permit that is suspended", "PERMIT_STATUS", _permit("suspend"), _decide(), rules=True)
    yield post("a code that the permit no longer covers", "PERMIT_SCOPE", _narrower("384-004-31", "R4"), _decide(), rules=True)
    yield post("a method that it no longer allows", "PERMIT_METHOD", _narrower(bodies.CODE, "C3"), _decide(), rules=True)
    yield post("twice", "APPROVAL_STAGE", _decide(), _decide())
    yield post("a no after a yes", "APPROVAL_STAGE", _decide(), _refuse())


def _first(kind: str, by: Any = AO, **body: Any) -> Any:
    """An act on the application that was completed after a notice."""
    return f"approval.{kind}", COMPLETED, body, by


def _lives(post: Posting) -> Iterator[Case]:
    asked, accepted, taken_back = (
        {"deficiencies": ["没有路线（虚构）"]},
        _first("accept"),
        _first("withdraw", OWNERS, reason="改由省内处置（虚构）"),
    )
    yield post("accepted by the other side", "SIGNER_ROLE", _first("accept", AD))
    yield post("accepted by the generator", "SIGNER_ROLE", _first("accept", OWNERS))
    yield post("accepted twice", "APPROVAL_STAGE", accepted, accepted)
    yield post("a second notice", "APPROVAL_STAGE", _first("notice", **asked))
    yield post("a notice after the acceptance", "APPROVAL_STAGE", accepted, _first("notice", **asked))
    yield post("again without a notice", "APPROVAL_STAGE", _apply(COMPLETED, permit=NEW_PERMIT))
    yield post("taken back by the origin", "SIGNER_ROLE", _first("withdraw", reason="改期（虚构）"))
    yield post("taken back twice", "APPROVAL_STAGE", taken_back, taken_back)
    yield post("decided after it was taken back", "APPROVAL_STAGE", taken_back, _decide(COMPLETED))
    yield post("a decision that is taken back", "APPROVAL_STAGE", ("approval.withdraw", CONSULTED, {"reason": "改期（虚构）"}, OWNERS))
    told = {"deficiencies": ["协议没有盖章（虚构）"]}
    noticed = (_apply(permit=NEW_PERMIT), ("approval.notice", MINE, told, AO))
    yield post("accepted before it is completed", "APPROVAL_STAGE", *noticed, ("approval.accept", MINE, {}, AO))
    yield post("consulted before it is completed", "APPROVAL_STAGE", *noticed, _consult(MINE))


def _stops(post: Posting) -> Iterator[Case]:
    def change(kind: str, *lines: int, chain: str = CONSULTED, by: Any = AO) -> Any:
        return f"approval.{kind}", chain, {"reason": "核查（虚构）", **({"lines": list(lines)} if lines else {})}, by

    yield post("by the other side", "SIGNER_ROLE", change("suspend", by=AD))
    yield post("by the generator", "SIGNER_ROLE", change("revoke", by=OWNERS))
    yield post("a line that was not granted", "APPROVAL_LINE", change("suspend", 1))
    yield post("a line twice", "APPROVAL_LINE", change("revoke", 0, 0))
    yield post("suspended twice", "APPROVAL_STAGE", change("suspend"), change("suspend"))
    yield post("resumed where nothing is suspended", "APPROVAL_STAGE", change("resume"))
    yield post("a line that stands is resumed", "APPROVAL_LINE", change("resume", 0))
    yield post("resumed after it was revoked", "APPROVAL_STAGE", change("revoke"), change("resume"))
    yield post("an application that was refused", "APPROVAL_STAGE", change("revoke", chain=REFUSED))
    yield post("an application that was taken back", "APPROVAL_STAGE", change("suspend", chain=COMPLETED))


def _narrower(code: str, method: str) -> Any:
    return _permit("amend", items=[{**bodies.WASTE, "codes": [code], "methods": [method]}])


def _listed(post: Posting) -> Iterator[Case]:
    """Applications on a listing that is not theirs, and their decisions; nobody was asked by letter."""

    def decided(name: str, code: str, /, *before: Any, lines: Any = (), valid_to: str = "2026-12-31", **more: Any) -> Case:
        granted = _decide(MINE, lines=list(lines) or [_line()], valid_to=valid_to)
        return post(f"listed: {name}", code, *before, _apply(**{**LISTING, **more}), granted, rules=True)

    other = "list/2026-51-50-b"
    announced = (
        ("list.propose", other, bodies.propose(), AO),
        ("list.rows", other, {"page": 0, "rows": [bodies.row(RECEIVER, PERMIT)]}, AO),
    )
    granted = ("permit.grant", f"permit/{TAKING}/{ULID}72", bodies.permit(items=[{**bodies.WASTE, "methods": ["R4"]}]), AD)
    second = ("permit.grant", OTHER, bodies.permit(items=[{**bodies.WASTE, "methods": ["R4"]}]), AD)
    yield decided("more than the row has", "WL_QUOTA", lines=[_line("3000.000001")], mass_t="3001")
    yield decided("a row that is not there", "WL_UNKNOWN", listing={"list": LIST, "row": 1})
    yield decided("a list that is not there", "WL_UNKNOWN", listing={"list": other, "row": 0})
    yield decided("a list that was only announced", "WL_NOT_IN_FORCE", *announced, listing={"list": other, "row": 0})
    yield decided("a code of no row", "WL_SCOPE", WIDER, **SLAG)
    yield decided("a method of no row", "WL_METHOD", WIDER, method="C3")
    yield decided("another permit of the receiver", "WL_PERMIT", second, permit=OTHER)
    yield decided("another receiver", "WL_RECEIVER", granted, receiver=TAKING, permit=granted[1])
    yield decided("beyond the list's last day", "WL_TERM", applied_to="2027-06-30", valid_to="2027-03-01")
    yield post("neither listed nor asked for", "NO_CONSENT", _apply(), _decide(MINE), rules=True)
