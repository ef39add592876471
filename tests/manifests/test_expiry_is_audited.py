"""A decision that expires gives its rest back to the listing, and an audit that has nothing but the export comes to the same grams."""

from __future__ import annotations

from ledger.auditing.audit import audit
from tests.manifests.driver import APPROVAL, GENERATOR, ORIGIN, PERMIT, RECEIVER, WASTE_NAME, a_line, an_issue
from tests.manifests.test_worked_example import LIST, Q1, ROW, Example
from tests.workbench import AUTHORITY_51
from whitelist.acts.apply import ApplicationLine, ApprovalApply
from whitelist.acts.decide import ApprovalDecide, DecidedLine
from whitelist.approval import ListingRef


def decide(example: Example, chain: str, mass_t: str, valid_to: str) -> None:
    line = ApplicationLine(
        name=WASTE_NAME,
        code="900-052-31",
        category="HW31",
        hazards=("T", "C"),
        mass_t=mass_t,
        method="R4",
        listing=ListingRef(list=LIST, row=ROW),
    )
    body = ApprovalApply(receiver=RECEIVER, permit=PERMIT, origin=ORIGIN, applied_to="2026-12-31", lines=(line,))
    example.post("approval.apply/1", chain, (GENERATOR,), body)
    granted = (DecidedLine(line=0, mass_t=mass_t),)
    decision = ApprovalDecide(approve=True, no="川环危转〔2026〕98号（虚构）", valid_to=valid_to, lines=granted)
    example.post("approval.decide/1", chain, (AUTHORITY_51,), decision)


def test_an_audit_recomputes_what_came_back() -> None:
    example = Example()
    short, long = (APPROVAL[:-1] + letter for letter in "XY")
    decide(example, short, "18789.6", "2026-11-10")
    assert example.used_g(Q1) == 60_000_000_000, "the listing is full"
    body = an_issue(approval=short, lines=(a_line(mass_t="9.6"),))
    example.post("manifest.issue/1", f"manifest/{GENERATOR}/01K9000000000000000000MAN7", (GENERATOR,), body)
    example.at("2026-11-11T00:00:00+08:00")
    decide(example, long, "18780", "2026-12-31")
    assert example.used_g(Q1) == 60_000_000_000, "9.6 t stay with the expired decision"
    assert example.entries[-1].admission.decision.accounts == (), "given back and committed anew: as a whole the account did not change"
    report = audit(example.export().get, example.kinds, archived=iter([len(example.entries)]))
    assert report.findings == []
    assert report.size == len(example.entries)
