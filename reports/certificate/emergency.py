"""On which emergency a manifest moved (应急转移, R-39): the plan and its government, who declared and who joined, its term, what was done afterwards."""

from ledger.directory import party_name
from ledger.times import day_at, format_at
from manifests.acts import CaseReport
from reports.certificate.facts import CertificateFacts
from reports.certificate.form import pair, wide
from reports.paper.grid import row, tonnes
from reports.paper.sheet import Sheet
from reports.paper.tongue import say
from whitelist.checked import emergency_of
from whitelist.emergency import EmergencyState


def emergency_part(sheet: Sheet, facts: CertificateFacts) -> None:
    """Rows of part 4; nothing for a manifest that moved on none."""
    chain = emergency_of(facts.issue)
    if chain is None:
        return
    state = facts.bundle.facts.state(chain)
    if isinstance(state, EmergencyState):
        wide(sheet, "应急转移", "Emergency", f"{state.name}\n{chain}")
        plan = say(f"{state.plan_no}（{state.plan_authority}）", f"{state.plan_no} ({state.plan_authority})")
        wide(sheet, "应急处置方案", "Emergency plan", plan)
        term = say(f"{state.valid_from} 至 {state.valid_to}", f"{state.valid_from} to {state.valid_to}")
        row(sheet, (*pair("应急转移期限", "Term", term), *pair("总量上限", "Ceiling", f"{tonnes(state.ceiling_g, weighed=False)} t")))
        wide(sheet, "启动与加入", "Declared, joined", "\n".join(_sides(facts, state)))
    else:
        wide(sheet, "应急转移", "Emergency", chain)
    wide(sheet, "补办手续", "Regularised", _regularised(facts))


def _sides(facts: CertificateFacts, state: EmergencyState) -> list[str]:
    """Who declared it, and the letters of those who joined."""
    known = facts.bundle.facts
    by, since = party_name(known, state.authority), format_at(state.declared_s)[:10]
    found = [say(f"{by}于 {since} 启动", f"declared by {by} on {since}")]
    for join in state.joins:
        other, letter = (
            party_name(known, join.authority),
            say(f"{join.letter_no}（{join.letter_date}）", f"{join.letter_no} ({join.letter_date})"),
        )
        found.append(say(f"{other}以 {letter} 加入", f"joined by {other}, {letter}"))
    return found


def _regularised(facts: CertificateFacts) -> str:
    """The report by which the authority of the origin regularised it."""
    reports = [entry for entry in facts.custody if isinstance(body := entry.statement.body, CaseReport) and body.about == "regularised"]
    if not reports:
        return say("尚未补办", "not yet")
    entry = reports[0]
    return "　".join(
        filter(
            None, (entry.statement.body.ref, day_at(entry.statement.body.given_at), party_name(facts.bundle.facts, entry.statement.by[0]))
        )
    )
