"""Acts that the log of acts must refuse by the rules of the issue (kinds §5): waste, number, exemptions, permit, decision, type.

The log has adopted the catalogue of 2021 and no exemption list: its edition judges 2026 too, and no item of any list holds (case L6).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bodies
from acting import CONSULTED, PERMIT, REFUSED, ULID
from refused import Case
from refused_acts import OTHER, Posting, index_of
from story import CARRIER, GENERATOR, RECEIVER, clock, signers
from writer import Log

CHAIN, SECOND = f"manifest/{GENERATOR}/{ULID}81", f"manifest/{GENERATOR}/{ULID}82"
ABROAD = {"division": "520115", "address": "虚构路9号"}
NEAR = {"division": "500107", "address": "虚构路9号"}
AD, OWNERS = signers("chongqing"), signers("generator")
FILE = {"sha256": "0" * 64, "size": 1, "media_type": "application/pdf", "name": "纸质联单（虚构）"}
PAPER = {"reason": "平台故障（虚构）", "departed_at": clock("06:00:00"), "completed_at": clock("08:00:00"), "scan": FILE}
METERS = {"out_no": "A", "in_no": "B", "period_from": "2026-11-01", "period_to": "2026-11-30"}
DECISION = {"no": "黔环1号", "authority": "黔省生态环境厅（虚构）", "decided_on": "2026-11-02", "valid_to": "2026-11-10"}
WITHOUT = object()
"""The field is left out."""


def issue(chain: str = CHAIN, by: Any = OWNERS, lines: Any = None, **more: Any) -> Any:
    """A good issue of 5.6 t with what ``more`` changes."""
    parties = {"approval": CONSULTED, "carriers": [CARRIER]}
    body = {**bodies.issue(RECEIVER, PERMIT, lines or [line()], **parties), **more}
    return "manifest.issue", chain, {name: value for name, value in body.items() if value is not WITHOUT}, by


def line(mass_t: str = "5.600000", **more: Any) -> dict[str, Any]:
    """A good line with what ``more`` changes."""
    found = {**bodies.line(mass_t, decision_line=0), **more}
    return {name: value for name, value in found.items() if value is not WITHOUT}


def permit(kind: str, **body: Any) -> Any:
    """What becomes of the receiver's permit before."""
    return f"permit.{kind}", PERMIT, {"reason": "变更（虚构）", **body}, AD


def issues(log: Log) -> Iterator[Case]:
    """Issues, each against one rule."""
    post = Posting(log, "issue", index_of(log, "manifest.issue"), clock("10:00:00"))
    yield from _wastes(post)
    yield from _parts(post)
    yield from _permits(post)
    yield from _decisions(post)


def _wastes(post: Posting) -> Iterator[Case]:
    def waste(name: str, code: str, /, **more: Any) -> Case:
        return post(name, code, issue(lines=[line(**more)]), rules=code != "CODE_CATEGORY")

    def claim(edition: int, item: int, **more: Any) -> list[dict[str, Any]]:
        return [{"edition": edition, "item": item, **more}]

    yield waste("a code of another category", "CODE_CATEGORY", category="HW49")
    yield waste("a code of no edition", "CODE_UNKNOWN", code="900-999-31")
    yield waste("an identified waste without its report", "IDENT_MISSING", code="900-000-31")
    yield waste("a hazard that the code has not", "HAZARD", hazards=["T", "In"])
    yield waste("a liquid in a bag", "FORM_PACK", form="L", packing="bag")
    yield waste("a box and no pack", "FORM_PACK", packs=0)
    yield waste("packs of no packing", "FORM_PACK", packing="none")
    yield waste("disposed of for use", "METHOD", purpose="dispose")
    yield waste("no class of dangerous goods", "DG_DATA", dg=WITHOUT)
    yield waste("a class and the reason for none", "DG_DATA", dg_none="无（虚构）")
    yield waste("L6: an exemption of a list that nobody adopted", "EXEMPTION_ITEM", exemptions=claim(2021, 18))
    yield waste("L6: an exemption of the next edition", "EXEMPTION_ITEM", exemptions=claim(2025, 18))
    yield waste("L6: only corrosive, and toxic too", "EXEMPTION_ITEM", exemptions=claim(2021, 20))
    yield waste("L6: an item in words on any code", "EXEMPTION_ITEM", exemptions=claim(2021, 26, ref="方案1号"))
    yield waste("L6: an exempt transport without a class of dangerous goods", "DG_DATA", dg=WITHOUT, exemptions=claim(2021, 18))


def _parts(post: Posting) -> Iterator[Case]:
    def part(name: str, code: str, /, *before: Any, **more: Any) -> Case:
        return post(name, code, *before, issue(**more), rules=True)

    yield part("a number of another place", "NO_ORIGIN", number="20265001000001")
    yield post("a number for the second time", "NO_DUPLICATE", issue(number="20265101000009"), issue(SECOND, number="20265101000009"))
    yield part("from no division", "DIVISION", origin={**bodies.SITE, "division": "510199"})
    yield part("from a site that nobody opened", "SITE_UNKNOWN", origin={**bodies.SITE, "site": "west"})
    yield part("L1: from another province without a site", "SITE_UNKNOWN", origin=NEAR, approval=WITHOUT)
    yield part("to another division than the permit's", "PERMIT_SITE", destination=NEAR)
    yield part("no plan", "MISSING", plan=WITHOUT)
    yield part("no measures", "MISSING", emergency_measures=WITHOUT)
    yield part("pipeline by road", "MODE", type="pipeline", meters=METERS)
    yield part("a pipeline of no type", "MODE", mode="pipeline")
    yield part("a pipeline without meters", "MISSING", type="pipeline", mode="pipeline")
    yield part("meters on the road", "ISSUE_TYPE", meters=METERS)
    yield part("paper of what is no back-fill", "ISSUE_TYPE", paper=PAPER)
    yield part("a back-fill without its paper", "MISSING", type="backfill_ordinary")
    yield part("paper completed before it left", "TIME_ORDER", type="backfill_ordinary", paper={**PAPER, "completed_at": clock("05:00:00")})
    yield part("paper completed in the future", "TIME_ORDER", type="backfill_ordinary", paper={**PAPER, "completed_at": clock("11:00:00")})
    yield part("from outside, from a province of this log", "ISSUE_TYPE", type="in_transfer", approval=WITHOUT, decision=DECISION)
    yield part("two grounds", "ISSUE_TYPE", decision=DECISION)
    yield part("for after the permit's last day", "PERMIT_DATE", planned_at="2029-01-01T08:00:00+08:00")
    yield post("by the carrier", "SIGNER_ROLE", issue(by=signers("carrier")))
    yield post("with a second signer", "SIGNER_EXTRA", issue(by=signers("generator", "carrier")))
    yield post("on a chain that has begun", "CHAIN_NOT_OPEN", issue(), issue())
    closed = ("party.amend", f"party/{GENERATOR}", {"closed_on": "2026-11-02", "reason": "注销（虚构）"}, signers("sichuan"))
    yield post("by a closed party", "PARTY_CLOSED", closed, issue())


def _permits(post: Posting) -> Iterator[Case]:
    def under(name: str, code: str, /, *before: Any, **more: Any) -> Case:
        return post(name, code, *before, issue(**more), rules=True)

    item = {**bodies.WASTE, "methods": ["R4"]}
    stopped = {"reason": "核查（虚构）"}, signers("sichuan")
    for kind in ("suspend", "revoke"):
        yield post(f"a decision after approval.{kind}", "APPROVAL_STATUS", (f"approval.{kind}", CONSULTED, *stopped), issue(), rules=True)
    yield under("a permit that is not there", "PERMIT_UNKNOWN", permit=OTHER)
    yield under("a permit of somebody else", "PERMIT_HOLDER", receiver=CARRIER)
    yield under("a permit that is suspended", "PERMIT_STATUS", permit("suspend"))
    yield under("a permit that was revoked", "PERMIT_STATUS", permit("revoke"))
    yield under("a permit that ran out", "PERMIT_DATE", permit("amend", valid_to="2026-11-01"))
    yield under("a permit that has not begun", "PERMIT_DATE", permit("amend", valid_from="2026-11-03"))
    yield under("a code that it no longer covers", "PERMIT_SCOPE", permit("amend", items=[{**item, "codes": ["384-004-31"]}]))
    yield under("a method that it no longer allows", "PERMIT_METHOD", permit("amend", items=[{**item, "methods": ["C3"]}]))
    yield under("more than 1.2 times its year", "PERMIT_SCALE", permit("amend", scale_t="4.666666"))


def _decisions(post: Posting) -> Iterator[Case]:
    def by(name: str, code: str, /, *before: Any, **more: Any) -> Case:
        return post(name, code, *before, issue(**more), rules=True)

    second = ("permit.grant", OTHER, bodies.permit(items=[{**bodies.WASTE, "methods": ["R4"]}]), AD)
    yield by("no decision", "NO_APPROVAL", approval=WITHOUT)
    yield by("a decision that is not there", "APPROVAL_UNKNOWN", approval=CONSULTED[:-2] + "99")
    yield by("an application that was refused", "APPROVAL_STAGE", approval=REFUSED)
    yield by("a decision inside one province", "APPROVAL_DIRECTION", origin=NEAR)
    yield by("a decision of another direction", "APPROVAL_DIRECTION", origin=ABROAD)
    yield by("another receiver than decided", "APPROVAL_RECEIVER", receiver=CARRIER)
    yield by("another permit than decided", "APPROVAL_PERMIT", second, permit=OTHER)
    yield by("a line that was not decided", "APPROVAL_LINE", lines=[line(decision_line=1)])
    yield by("no line of the decision", "MISSING", lines=[line(decision_line=WITHOUT)])
    yield by("another name than decided", "APPROVAL_NAME", lines=[line(name="废蓄电池")])
    yield by("another code than decided", "APPROVAL_CODE", lines=[line(code="384-004-31")])
    yield by("another method than decided", "APPROVAL_METHOD", lines=[line(method="C3")])
    yield by("for after the decision's last day", "APPROVAL_EXPIRED", planned_at="2027-01-01T00:00:00+08:00")
    yield by("a gram more than decided", "APPROVAL_QUOTA", lines=[line("150.000001")])
    yield by("a gram more in two lines", "APPROVAL_QUOTA", lines=[line("100"), line("50.000001")])
    yield by("a gram more in two manifests", "APPROVAL_QUOTA", issue(SECOND, lines=[line("100")]), lines=[line("50.000001")])
    others = issue(f"manifest/{CARRIER}/{ULID}83", signers("carrier"))
    yield post("a decision of another generator", "APPROVAL_GENERATOR", others, rules=True)
