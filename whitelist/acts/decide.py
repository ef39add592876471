"""``approval.decide/1``: yes or no, on which route, for how much and until when.

LISTED: every decided line stands on a listing in force that covers it, within its quota Q1, which the decision commits; no letter needed.
APPROVED: otherwise, with the other province's agreeing reply. One decision has one route. A listing whose quota is used up does not bar
the way by letter (2020 mechanism 4: "应提前函告对方并征得同意，方可继续审批").
Source: Order 23 Art. 26, 27 [READ]; 2020 mechanism 3, 4 [READ S6]; R-32, R-35, R-36; one route per decision [DESIGN].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Judged, Kind, Reads, Role, Window
from ledger.days import judge_day, twelve_months_after
from ledger.findings import Findings
from ledger.mass import format_mass, parse_mass
from ledger.model import Admission, Statement
from ledger.times import day_of
from signing.refusal import texts
from whitelist.approval import OPEN_STAGES, ApprovalState, DecisionLine, at_stage
from whitelist.checked import APPROVED, LISTED
from whitelist.commitment import Commitment, Commitments, commitments, q1_key, returned_g, settled
from whitelist.listing import list_at
from whitelist.permit import PermitState, permit_at
from whitelist.quota import q1_account
from whitelist.rules.listing import judge_list, judge_list_day, judge_row
from whitelist.rules.permit import judge_permit_holder, judge_permit_method, judge_permit_scope, judge_permit_standing
from whitelist.rules.quantity import judge_mass
from whitelist.signers import authority_of_province


class DecidedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is granted on a line of the application; lines not named are not granted."""

    line: int
    mass_t: str


class ApprovalDecide(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``approval.decide/1``. ``valid_to`` and ``lines`` stand with ``approve``, ``reason`` with a refusal; ``no`` always."""

    approve: bool
    no: str
    valid_to: str | None = None
    lines: tuple[DecidedLine, ...] = ()
    reason: str | None = None


def _reads(statement: Statement, facts: Facts) -> Reads:
    state: ApprovalState | None = facts.state(statement.chain)
    if state is None:
        return Reads()
    refs = [line.listing for line in state.lines if line.listing is not None]
    chains = dict.fromkeys((state.permit, *(ref.list for ref in refs)))
    accounts = list(dict.fromkeys(q1_account(ref.list, ref.row) for ref in refs))
    registers = tuple(map(q1_key, accounts))
    if not facts.missing(registers):
        accounts += [used for account in tuple(accounts) for used in commitments(facts, account).accounts]
    return Reads(chains=tuple(chains), accounts=tuple(accounts), registers=registers)


def _signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    state: ApprovalState = facts.state(statement.chain)
    return authority_of_province(facts, state.direction[0])


def _judge_form(judged: Judged, out: Findings) -> None:
    """Lines and term stand with an approval, a reason with a refusal, a number with both."""
    body: ApprovalDecide = judged.statement.body
    if not body.no.strip():
        out.refuse("MISSING", "body.no", "", "决定文号 / number of the decision")
    if not body.approve:
        _judge_refusal(out, body)
    elif body.reason is not None:
        out.refuse("DECISION_FORM", "body.reason", body.reason, "only with a refusal")


def _judge_approval(judged: Judged, out: Findings) -> None:
    """An approval states what the application, the permit, R-32 and the route allow, or less."""
    body: ApprovalDecide = judged.statement.body
    if body.approve:
        granted = _judge_lines(out, body, judged.state)
        _judge_permit(judged, out)
        _judge_route(judged, out, granted)


def _judge_refusal(out: Findings, body: ApprovalDecide) -> None:
    if not (body.reason or "").strip():
        out.refuse("MISSING", "body.reason", "", "不予批准的理由 / reason of the refusal")
    if body.lines or body.valid_to is not None:
        out.refuse("DECISION_FORM", "body.lines", len(body.lines), "no lines and no valid_to with a refusal")


def _judge_lines(out: Findings, body: ApprovalDecide, state: ApprovalState) -> list[tuple[int, int]]:
    """Granted (line, grams) in order; reasons LINES, APPROVAL_LINE, QTY, APPROVAL_MASS."""
    if not body.lines:
        out.refuse("LINES", "body.lines", 0, f"1 to {len(state.lines)}")
    granted: list[tuple[int, int]] = []
    last = -1
    for position, line in enumerate(body.lines):
        path = f"body.lines.{position}"
        if not last < line.line < len(state.lines):
            out.refuse("APPROVAL_LINE", f"{path}.line", line.line, f"{last + 1} … {len(state.lines) - 1}, ascending")
            continue
        last = line.line
        grams = judge_mass(out, f"{path}.mass_t", line.mass_t)
        applied_g = state.lines[line.line].applied_g
        if grams > applied_g:
            out.refuse("APPROVAL_MASS", f"{path}.mass_t", line.mass_t, f"≤ {format_mass(applied_g)} t")
        granted.append((line.line, grams))
    return granted


def latest_valid_to(today: str, applied_to: str, permit_to: str) -> str:
    """R-32: 12 months, but not beyond the period applied for nor the receiver's permit. Order 23 Art. 27.2 [READ]."""
    return min(twelve_months_after(today), applied_to, permit_to)


def _judge_permit(judged: Judged, out: Findings) -> None:
    """The receiver may still take the granted lines, and the term keeps to R-32."""
    body, state, today = judged.statement.body, judged.state, day_of(judged.moment.at_s)
    permit = judge_permit_holder(out, "body.lines", state.permit, state.receiver, permit_at(judged.facts, state.permit))
    if permit is None:
        return
    judge_permit_standing(out, "body.lines", permit, today, judged.moment.at_s)
    for position, line in enumerate(body.lines):
        if 0 <= line.line < len(state.lines):
            applied = state.lines[line.line]
            judge_permit_scope(out, f"body.lines.{position}.line", permit, applied.code)
            judge_permit_method(out, f"body.lines.{position}.line", permit, applied.code, applied.method)
    _judge_term(out, body, state, permit, today)


def _judge_term(out: Findings, body: ApprovalDecide, state: ApprovalState, permit: PermitState, today: str) -> None:
    latest = latest_valid_to(today, state.applied_to, permit.valid_to)
    if body.valid_to is None:
        out.refuse("MISSING", "body.valid_to", "", latest)
    elif judge_day(out, "body.valid_to", body.valid_to) and not today <= body.valid_to <= latest:
        out.refuse("APPROVAL_TERM", "body.valid_to", body.valid_to, f"{today} … {latest}")


def _judge_route(judged: Judged, out: Findings, granted: list[tuple[int, int]]) -> None:
    """Find the route: by the lists, else by the reply; what the lists lack is said only if there is no reply to go by."""
    state: ApprovalState = judged.state
    if state.stage == "disagreed":
        out.refuse("CONSENT_REFUSED", "body.approve", state.reply_no, "an agreeing reply")
        return
    listed = Findings()
    commits = _commit(listed, state, granted, judged.facts, day_of(judged.moment.at_s))
    if not listed.reasons:
        out.route, out.accounts = LISTED, commits
        return
    out.route = APPROVED
    if state.stage != "agreed":
        out.reasons += listed.reasons


def _commit(out: Findings, state: ApprovalState, granted: list[tuple[int, int]], facts: Facts, today: str) -> dict[str, int]:
    """Change of each Q1 account: what is committed, less what expired decisions give back.

    Reasons NO_CONSENT (no listing named), WL_… (it does not hold), WL_QUOTA (R-36).
    """
    commits: dict[str, int] = {}
    changes: dict[str, int] = {}
    for position, number, grams, line in _granted_lines(state, granted):
        path = f"body.lines.{position}"
        if line.listing is None:
            out.refuse("NO_CONSENT", f"{path}.line", number, "a listing, or the agreeing reply of the receiving province")
            continue
        listed = list_at(facts, line.listing.list)
        row = judge_list(out, f"{path}.line", line.listing, listed, state.direction)
        if row is None or listed is None:
            continue
        judge_list_day(out, f"{path}.line", listed, today)
        judge_row(out, f"{path}.line", row, receiver=state.receiver, permit=state.permit, code=line.code, method=line.method)
        account = q1_account(line.listing.list, line.listing.row)
        returned = returned_g(facts, account, today)
        before = facts.used_g(account) - returned + commits.get(account, 0)
        commits[account] = commits.get(account, 0) + grams
        changes[account] = commits[account] - returned
        if before + grams > row.quota_g:
            found = f"{format_mass(before)} + {format_mass(grams)} t"
            out.refuse("WL_QUOTA", f"{path}.mass_t", found, f"≤ {format_mass(row.quota_g)} t")
    return changes


def _granted_lines(state: ApprovalState, granted: list[tuple[int, int]]) -> Iterator[tuple[int, int, int, DecisionLine]]:
    for position, (number, grams) in enumerate(granted):
        yield position, number, grams, state.lines[number]


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """Listings stay on the lines only where the route is LISTED."""
    body: ApprovalDecide = statement.body
    state: ApprovalState = facts.state(statement.chain)
    decided_on = admission.at[:10]
    if not body.approve:
        return Changes(state=replace(state, stage="refused", no=body.no, decided_on=decided_on))
    route = admission.decision.route or ""
    granted = {line.line: parse_mass(line.mass_t) for line in body.lines}
    lines = tuple(
        replace(line, mass_g=granted.get(number, 0), listing=line.listing if route == LISTED and number in granted else None)
        for number, line in enumerate(state.lines)
    )
    valid_to = body.valid_to or ""
    decided = replace(state, stage="approved", no=body.no, route=route, decided_on=decided_on, valid_to=valid_to, lines=lines)
    return Changes(state=decided, registers=_held(statement.chain, decided, decided_on, facts))


def _held(chain: str, decided: ApprovalState, today: str, facts: Facts) -> dict[str, Commitments]:
    """Registers of the listings that the decision was given on."""
    added: dict[str, list[Commitment]] = {}
    for number, line in enumerate(decided.lines):
        if line.listing is not None and line.mass_g > 0:
            one = Commitment(approval=chain, line=number, held_g=line.mass_g, valid_to=decided.valid_to)
            added.setdefault(q1_account(line.listing.list, line.listing.row), []).append(one)
    return {q1_key(account): settled(facts, account, today, tuple(lines)) for account, lines in added.items()}


DECIDE = Kind(
    name="approval.decide/1",
    zh="批准决定",
    en="decision",
    body=ApprovalDecide,
    chain_type="approval",
    roles=("origin's authority",),
    signers=_signers,
    window=Window.DAY,
    reads=_reads,
    reads_doc="The receiver's permit, the lists named by the application's lines, the Q1 accounts of their rows, "
    "and the Q2 accounts of decisions given on these.",
    gate=at_stage(*OPEN_STAGES),
    rules=(_judge_form, _judge_approval),
    evolve=_evolve,
    books="decided",
    effect=(
        "批准或者不予批准；经白名单的（LISTED）占用该行年度额度，其余凭同意复函（APPROVED）。",
        "Approves or refuses; on listings (LISTED) it commits their quota, else it goes by the agreeing reply (APPROVED).",
    ),
    texts=texts("""
APPROVAL_TERM | R-32 | sender | Order 23 Art. 27.2 [READ]
有效期不得超过 12 个月、申请期限和接受人许可证有效期三者中最早的一天。 || 改为提示的日期或更早。
The term goes beyond 12 months, the period applied for, or the receiver's permit. || State the day shown or an earlier one.

APPROVAL_MASS | R-33 | sender | Order 23 Art. 27 [READ]
批准数量大于申请数量。 || 不超过该行的申请数量。
The decided mass is above the mass applied for. || Grant no more than the line applied for.

NO_CONSENT | R-35 | destination_authority | Order 23 Art. 25 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 25 [READ]; 固废法 Art. 82.2 [READ S2]
该行不在白名单上，也没有接受地省份的同意复函。 || 先发跨省转移商请函并取得同意复函，或只批准白名单上的行。
The line has neither a listing nor the receiving province's consent. || Consult by letter and wait for the reply, or grant listed lines only.

CONSENT_REFUSED | R-35 | destination_authority | Order 23 Art. 25 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 25 [READ]; 固废法 Art. 82.2 [READ S2]
接受地省份已复函不同意。 || 作出不予批准的决定；情况改变的，由移出人重新申请。
The receiving province has disagreed. || Refuse the application; the generator may apply again.

DECISION_FORM | R-31 | sender | Order 23 Art. 26, 27 [READ]
决定的内容自相矛盾。 || 批准时写明行、数量和有效期；不予批准时只写理由。
The decision contradicts itself. || Lines and term with an approval; only a reason with a refusal.

WL_QUOTA | R-36 | destination_authority | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
超出白名单该行的年度剩余数量。 || 减少批准数量；仍需超出的，提前函告接受地主管部门并取得同意复函后再批准。
It exceeds what is left of the listing's yearly quota. || Grant less; for more, consult by letter and wait for consent before deciding.
"""),
    routed=True,
)
