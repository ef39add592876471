"""``approval.decide/1`` (批准决定): yes or no, on which route, for how much and until when, line by line.

LISTED: every granted line stands on a listing in force that covers it, within its quota Q1, which the decision commits; no letter needed.
APPROVED: otherwise, with the other province's agreeing reply. One decision has one route. A listing whose quota is used up does not bar
the way by letter (2020 mechanism 4: "应提前函告对方并征得同意，方可继续审批"). A decision taken on paper names its day (``decided_on``), by which
permit and terms are judged. Source: Order 23 Art. 26, 27 [READ]; 2020 mechanism 3, 4 [READ S6]; kinds §4, §15; one route per decision [DESIGN].
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Reads
from ledger.dates import judge_after, judge_not_to_come
from ledger.fields import Commitments as PersonalData
from ledger.fields import Day, Files, MassAboveZero, Text, items, label, words
from ledger.mass import format_mass, parse_mass, tonnes
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import day_at, day_of, days_after, parse_admission_at, twelve_months_after
from signing.refusal import texts
from whitelist import telling
from whitelist.approval import OPEN_STAGES, ApprovalState, approval_act, at_stage, authority_of_origin, not_by_who_signed
from whitelist.checked import APPROVED, LISTED
from whitelist.fields import LineNumber, group_of
from whitelist.listing import Conditions, complete_within_days, is_use_only
from whitelist.permit import PermitState
from whitelist.quota import Commitment, Commitments, commitments, q1_account, q1_key, q2_account, settle_commitments
from whitelist.rules.listing import Deciding, GrantedLine, conditions_of_listing, judge_listings
from whitelist.rules.permit import judge_receiver
from whitelist.thresholds import thresholds_of
from whitelist.workdays import is_late, judge_term


class DecidedLine(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is granted on a line of the application; lines not named are not granted."""

    line: Annotated[LineNumber, label("申请行号", "line, from 0")]
    mass_t: Annotated[MassAboveZero, label("批准数量（吨）", "granted, t")]
    valid_to: Annotated[Day | None, label("该行有效期至", "valid to")] = None  # At most the decision's, which it is where nothing is said.


class ApprovalDecide(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``approval.decide/1``: ``valid_to`` and ``lines`` stand with ``approve``, ``outcome`` and ``reason`` with a refusal."""

    approve: Annotated[bool, label("是否批准", "approves")]
    no: Annotated[Text, label("决定文号", "number of the decision")]
    decided_on: Annotated[Day | None, label("决定日期", "decided on")] = None
    """Day of the paper decision; that of its entry where nothing is said."""
    valid_to: Annotated[Day | None, label("有效期至", "valid to")] = None
    lines: Annotated[tuple[DecidedLine, ...], items(1, 64), label("批准各行", "granted lines")] = ()
    conditions: Annotated[Conditions | None, label("条件", "conditions")] = None
    outcome: Annotated[
        Literal["not_qualified", "disagreed", "no_reply", "incomplete", "other"] | None,
        label("不予批准的情形", "outcome"),
        words(
            {"not_qualified": "不符合条件", "disagreed": "接受地不同意", "no_reply": "逾期未复函", "incomplete": "未补正", "other": "其他"}
        ),
    ] = None
    reason: Annotated[Text | None, label("不予批准的理由", "reason")] = None
    files: Files = ()
    commit: PersonalData = field(default_factory=dict)


def _reads(statement: Statement, facts: Facts) -> Reads:
    state: ApprovalState | None = facts.state(statement.chain)
    if state is None:
        return Reads()
    refs = [line.listing for line in state.lines if line.listing is not None]
    chains = dict.fromkeys((state.permit, *(ref.list for ref in refs)))
    accounts = list(dict.fromkeys(q1_account(ref.list, ref.row) for ref in refs))
    registers = tuple(map(q1_key, accounts))
    if not facts.missing(registers):
        # The Q2 accounts that say what an ended commitment still holds.
        accounts += [q2_account(one.decision, one.line) for account in tuple(accounts) for one in commitments(facts, account).open]
    return Reads(chains=tuple(chains), accounts=tuple(accounts), registers=registers)


def _is_whole(body: ApprovalDecide) -> bool:
    """Whether a decision says what its kind of answer needs, and nothing else."""
    granted, refused = (body.valid_to, body.lines), (body.outcome, body.reason)
    if body.approve:
        return all(granted) and not any(refused)
    return all(refused) and not any((*granted, body.conditions is not None))


def _decided_on(body: ApprovalDecide, judged: Judged) -> str:
    return body.decided_on or day_of(judged.moment.at_s)


def decision_has_its_form(judged: Judged, out: Findings) -> None:
    """Lines and term with an approval, outcome and reason with a refusal; a day that is neither to come nor before the reply's letter."""
    body: ApprovalDecide = judged.statement.body
    state: ApprovalState = judged.state
    if not _is_whole(body):
        if body.approve:
            out.refuse("DECISION_FORM", "body.approve", body.approve, "valid_to, lines", "APPROVAL")
        else:
            out.refuse("DECISION_FORM", "body.approve", body.approve, "outcome, reason", "REFUSAL")
    if body.outcome == "no_reply" and not body.approve and state.stage != "consulted":
        out.refuse("DECISION_FORM", "body.outcome", f"no_reply, {state.stage}", "consulted", "NO_REPLY", stage=telling.word(state.stage))
    decided_on, today = _decided_on(body, judged), day_of(judged.moment.at_s)
    judge_not_to_come(out, "body.decided_on", _DECIDED_ON, decided_on, today)
    if state.reply is not None:
        judge_after(out, "body.decided_on", _DECIDED_ON, decided_on, state.reply.letter_date)


_DECIDED_ON = ("决定日期", "the day of the decision")


def refusal_waited_for_the_reply(judged: Judged, out: Findings) -> None:
    """逾期未复函: tag REFUSED_NO_REPLY; ALERT M NO_REPLY_EARLY within the term that 行政许可法 Art. 42.2 leaves [READ, addenda §4]."""
    body, limits = judged.statement.body, thresholds_of(judged.facts)
    if body.approve or body.outcome != "no_reply" or judged.state.stage != "consulted":
        return
    out.tag("REFUSED_NO_REPLY")
    if limits is not None and not is_late(judged.facts, out, judged.state.consulted_on, limits.no_reply_wd, _decided_on(body, judged)):
        out.alert("M", "NO_REPLY_EARLY")


def grant_is_lawful(judged: Judged, out: Findings) -> None:
    """An approval grants what application, reply, permit (on the day of the decision), R-32 and the route allow, or less.

    Use only (仅限利用) means the methods of the group use: WL_METHOD.
    """
    body: ApprovalDecide = judged.statement.body
    state: ApprovalState = judged.state
    if not body.approve or not _is_whole(body):
        return
    grants = _grants(out, body, state)
    lines = [(f"{grant.path}.line", f"{grant.path}.line", grant.line.code, grant.line.method) for grant in grants]
    permit = judge_receiver(judged, out, "body.lines", (state.permit, state.receiver), _decided_on(body, judged), lines)
    for grant in grants if is_use_only(_bound(body, state)) else ():
        if group_of(grant.line.method) != "use":
            out.refuse(
                "WL_METHOD",
                f"{grant.path}.line",
                grant.line.method,
                "use_only",
                "USE_ONLY",
                asked=telling.method(grant.line.method),
                line=telling.nth(grant.number),
            )
    _judge_route(judged, out, grants)
    if permit is not None:
        _judge_terms(judged, out, grants, permit)


def _grants(out: Findings, body: ApprovalDecide, state: ApprovalState) -> list[GrantedLine]:
    """Granted lines; reasons APPROVAL_LINE, APPROVAL_MASS, CONSENT_MASS."""
    grants: dict[int, GrantedLine] = {}
    limits_g = {} if state.reply is None else state.reply.limits_g
    for position, line in enumerate(body.lines):
        path, grams = f"body.lines.{position}", parse_mass(line.mass_t)
        if line.line >= len(state.lines) or line.line in grants:
            last = str(len(state.lines) - 1)
            out.refuse("APPROVAL_LINE", f"{path}.line", line.line, f"0 … {last}", "APPLIED", line=str(line.line), last=last)
            continue
        applied = state.lines[line.line]
        if grams > applied.applied_g:
            own = {
                "line": telling.nth(line.line),
                "waste": f"{applied.name} {applied.code}",
                "this": tonnes(grams),
                "limit": tonnes(applied.applied_g),
            }
            out.refuse(
                "APPROVAL_MASS", f"{path}.mass_t", line.mass_t, f"≤ {format_mass(applied.applied_g)} t", "APPLIED", where=path, **own
            )
        if grams > limits_g.get(line.line, grams):
            own = {
                "line": telling.nth(line.line),
                "this": tonnes(grams),
                "limit": tonnes(limits_g[line.line]),
                "letter": state.reply_no,
                "where": path,
            }
            out.refuse("CONSENT_MASS", f"{path}.mass_t", line.mass_t, f"≤ {format_mass(limits_g[line.line])} t", "LIMIT", **own)
        ends_on = line.valid_to or body.valid_to or ""
        grants[line.line] = GrantedLine(path=path, number=line.line, line=applied, grams=grams, ends_on=ends_on)
    return list(grants.values())


def _bound(body: ApprovalDecide, state: ApprovalState) -> tuple[Conditions, ...]:
    """Conditions of the decision itself and of the reply, which binds on every route."""
    replied = None if state.reply is None else state.reply.conditions
    return tuple(found for found in (body.conditions, replied) if found is not None)


def _judge_route(judged: Judged, out: Findings, grants: list[GrantedLine]) -> None:
    """Find the route: by the lists, else by the reply; what the lists lack is said only if there is no reply to go by."""
    state: ApprovalState = judged.state
    listed = Findings()
    commits = judge_listings(listed, judged.facts, Deciding(judged.statement.chain, state, judged.moment.at_s), grants)
    if not listed.reasons:
        out.route, out.accounts = LISTED, commits
    elif state.stage == "agreed":
        out.route = APPROVED
    elif state.stage == "disagreed":
        assert state.reply is not None, "a disagreement came by letter"
        own = {"letter": state.reply.letter_no, "day": state.reply.letter_date}
        out.refuse("CONSENT_REFUSED", "body.approve", state.reply.letter_no, "", "LETTER", **own)
    else:
        out.reasons += listed.reasons


def latest_valid_to(decided_on: str, applied_to: str, permit_to: str, terms: Sequence[Conditions]) -> str:
    """R-32: 12 months, within the period applied for, the receiver's permit and the time to complete. Order 23 Art. 27.2 [READ]."""
    return _until(decided_on, terms, twelve_months_after(decided_on), applied_to, permit_to)


def _until(decided_on: str, terms: Sequence[Conditions], *days: str) -> str:
    """The earliest of some days, and of the day by which conditions want the transfer completed."""
    within = complete_within_days(terms)
    if within is not None:
        days = (*days, days_after(decided_on, within))
    return min(days)


def _judge_terms(judged: Judged, out: Findings, grants: list[GrantedLine], permit: PermitState) -> None:
    """R-32 for the decision, and for each line, which ends no later than it and, on a listing, in the time that this leaves."""
    body, state = judged.statement.body, judged.state
    decided_on, bound = _decided_on(body, judged), _bound(body, state)
    latest = latest_valid_to(decided_on, state.applied_to, permit.valid_to, bound)
    if not decided_on <= body.valid_to <= latest:
        own = {"day": body.valid_to, "first": decided_on, "last": latest, "where": "body.valid_to"}
        bounds = {"applied": state.applied_to, "permit": permit.valid_to, "year": twelve_months_after(decided_on)}
        out.refuse("APPROVAL_TERM", "body.valid_to", body.valid_to, f"{decided_on} … {latest}", "DECISION", **own, **bounds)
    for grant in grants:
        asked = conditions_of_listing(judged.facts, grant.line) if out.route == LISTED else ()
        first, last = min(decided_on, body.valid_to), _until(decided_on, asked, body.valid_to)
        if not first <= grant.ends_on <= last:
            own = {"day": grant.ends_on, "first": first, "last": last, "where": f"{grant.path}.valid_to", "line": telling.nth(grant.number)}
            out.refuse("APPROVAL_TERM", f"{grant.path}.valid_to", grant.ends_on, f"{first} … {last}", "LINE", **own)


def decided_in_time(judged: Judged, out: Findings) -> None:
    """R-42: on listings from acceptance, else from the reply, whatever the answer; without a reply, or before an application is completed, nothing
    counts yet."""
    limits, state = thresholds_of(judged.facts), judged.state
    if limits is None or state.stage == "noticed":
        return
    decided_on = _decided_on(judged.statement.body, judged)
    if out.route == LISTED:
        judge_term(judged.facts, out, state.accepted_on, limits.listed_wd, decided_on)
    elif state.reply is not None:
        judge_term(judged.facts, out, state.reply.replied_on, limits.decide_wd, decided_on)


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """Listings stay on the lines only where the route is LISTED, and their conditions with them."""
    body: ApprovalDecide = statement.body
    state: ApprovalState = facts.state(statement.chain)
    today = day_at(admission.at)
    decided = replace(state, no=body.no, decided_on=body.decided_on or today, decided_s=parse_admission_at(admission.at))
    if not body.approve:
        return Changes(state=replace(decided, stage="refused"))
    is_listed = admission.decision.route == LISTED
    lines = list(state.lines)
    for granted in body.lines:
        line = lines[granted.line]
        asked = conditions_of_listing(facts, line) if is_listed else ()
        ends_on, terms = granted.valid_to or body.valid_to or "", (*asked, *_bound(body, state))
        lines[granted.line] = replace(line, mass_g=parse_mass(granted.mass_t), valid_to=ends_on, conditions=terms)
    kept = tuple(line if is_listed and line.mass_g else replace(line, listing=None) for line in lines)
    decided = replace(decided, stage="approved", route=admission.decision.route or "", valid_to=body.valid_to or "", lines=kept)
    return Changes(state=decided, registers=_held(statement.chain, decided, today, facts))


def _held(chain: str, decided: ApprovalState, today: str, facts: Facts) -> dict[str, Commitments]:
    """Registers of the listings that the decision was given on."""
    added: dict[str, list[Commitment]] = {}
    for number, line in enumerate(decided.lines):
        if line.listing is not None:
            one = Commitment(decision=chain, line=number, held_g=line.mass_g, ends_on=line.valid_to)
            added.setdefault(q1_account(line.listing.list, line.listing.row), []).append(one)
    return {q1_key(account): settle_commitments(facts, account, today, tuple(lines)) for account, lines in added.items()}


DECIDE = approval_act(
    name="approval.decide/1",
    zh="批准决定",
    en="decision",
    body=ApprovalDecide,
    roles=("origin's authority",),
    signers=authority_of_origin,
    reads=_reads,
    reads_doc="The receiver's permit, the lists named by the application's lines, the Q1 accounts of their rows, "
    "and the Q2 accounts of decisions given on these.",
    gate=at_stage(*OPEN_STAGES),
    rules=(decision_has_its_form, refusal_waited_for_the_reply, grant_is_lawful, decided_in_time, not_by_who_signed("apply", "reply")),
    evolve=_evolve,
    books="decided",
    effect=(
        "批准或者不予批准；经白名单的占用该行年度额度，其余凭同意复函。",
        "Approves or refuses; on listings it commits their yearly quota, else it goes by the agreeing reply.",
    ),
    texts=texts("""
APPROVAL_TERM | R-32 | origin_authority | Order 23 Art. 27.2 [READ]
有效期不得超过 12 个月、申请期限、接受人许可证有效期和所附完成期限中最早的一天，也不早于决定之日；行的有效期不晚于决定的。 || 改为提示的日期或更早。
The term goes beyond 12 months, the period applied for, the permit, or the time to complete, or ends before it begins; a line ends no later than the decision. || State the day shown or an earlier one.

APPROVAL_TERM:DECISION
有效期填写至{day}，应在{first}至{last}之间：决定之日起 12 个月为{year}，申请期限到{applied}，接受人许可证到{permit}，所附完成期限另计，取最早的一天。 || 把 {where} 改为 {last} 或更早（不早于 {first}）。
The term ends on {day}; it lies between {first} and {last}: twelve months end on {year}, the period applied for on {applied}, the permit on {permit}, a time to complete perhaps before; the earliest counts. || Put {last} or an earlier day, not before {first}, into {where}.

APPROVAL_TERM:LINE
第 {line}的有效期填写至{day}，应在{first}至{last}之间（不晚于决定的有效期和名单所附的完成期限）。 || 把 {where} 改为 {last} 或更早，或者不填（与决定相同）。
Line {line} ends on {day}; it lies between {first} and {last}, the term of the decision and the list's time to complete. || Put {last} or an earlier day into {where}, or leave it out.

APPROVAL_MASS | R-33 | origin_authority | Order 23 Art. 27 [READ]
批准数量大于申请数量。 || 不超过该行的申请数量。
The decided mass is above the mass applied for. || Grant no more than the line applied for.

APPROVAL_MASS:APPLIED
第 {line}（{waste}）批准 {this} 吨，申请只有 {limit} 吨。 || 把 {where}.mass_t 改为不超过 {limit} 吨；需要更多的，由移出人另行申请。
Line {line} ({waste}) grants {this} t; {limit} t were applied for. || Put at most {limit} t into {where}.mass_t; for more the generator applies again.

DECISION_FORM | R-31 | sender | Order 23 Art. 26, 27 [READ]
决定的内容自相矛盾，或以未复函为由但并未商请、或已有复函。 || 批准时写明行、数量和有效期；不予批准时写明情形和理由；逾期未复函只能在商请之后、复函之前。
The decision contradicts itself, or gives want of a reply as its reason without an open letter. || Lines and term with an approval, outcome and reason with a refusal; no_reply only after the letter and before the reply.

DECISION_FORM:APPROVAL
批准的决定应填写有效期和批准各行，不填不予批准的情形和理由。 || 填写 body.valid_to 和 body.lines，删除 body.outcome 和 body.reason；不予批准的，把 body.approve 改为 false。
An approval names its term and its lines, and no outcome or reason. || Give body.valid_to and body.lines, leave body.outcome and body.reason out; to refuse put false into body.approve.

DECISION_FORM:REFUSAL
不予批准的决定应填写情形和理由，不填有效期、批准各行和条件。 || 填写 body.outcome 和 body.reason，删除 body.valid_to、body.lines 和 body.conditions；批准的，把 body.approve 改为 true。
A refusal names outcome and reason, and no term, lines or conditions. || Give body.outcome and body.reason, leave body.valid_to, body.lines and body.conditions out; to approve put true into body.approve.

DECISION_FORM:NO_REPLY
以逾期未复函为由，但申请现在是“{stage}”：还没有商请，或者已有复函。 || 没有商请的，先发商请函；已有复函的，按复函作出决定，outcome 改为 disagreed 或其他情形。
no_reply is given as the reason, but the application is {stage}: there is no open letter. || Consult by letter first, or decide by the reply, with outcome disagreed or another.

REFUSED_NO_REPLY | - | destination_authority | 行政许可法 Art. 42.2 [READ T2]
接受地省份逾期未复函，不予批准。 || 接受地复函后，移出人可以重新申请。
Refused because the receiving province did not reply. || Once it replies, the generator may apply again.

NO_REPLY_EARLY | R-42 | origin_authority | 行政许可法 Art. 42.2 [READ T2]
未满期限即以未复函为由不予批准。 || 请说明理由；期限届满前收到复函的，移出人可以重新申请。
Refused for want of a reply before the term was over. || Let the authority explain; the generator may apply again once there is a reply.

WL_QUOTA | R-36 | destination_authority | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
超出白名单该行的年度剩余数量。 || 减少批准数量；仍需超出的，提前函告接受地主管部门并取得同意复函后再批准。
It exceeds what is left of the listing's yearly quota. || Grant less; for more, consult by letter and wait for consent before deciding.

WL_QUOTA:LEFT
白名单 {list} 第 {row}（{receiver}）年度额度 {quota} 吨，已占用 {used} 吨，还剩 {left} 吨；本次批准 {this} 吨放不下。 || 把批准数量减到 {left} 吨以内；仍需超出的，先函告{authority}，取得同意复函后再批准。
Row {row} of list {list} ({receiver}) has a yearly quota of {quota} t; {used} t are committed, {left} t are left; these {this} t do not fit. || Grant at most {left} t; for more, write to {authority} and decide once it has agreed.
"""),
    routed=True,
)
