"""The approval excerpt (批准决定摘录): one decision with its lines, what is used and left of them, its conditions and letters."""

from ledger.bundle import Bundle
from ledger.times import day_of, parse_at
from reports.certificate.decision import Listing, listing_of, permit_text
from reports.certificate.form import NAMED, by_line, pair, wide
from reports.certificate.proof import conditions_text, letter, listing_text
from reports.colophon import colophon
from reports.excerpt.used import Used, used_of
from reports.issuing import NO_SIGNERS, Signers, issue
from reports.legal import basis
from reports.masthead import bound, issued_by, masthead
from reports.matters import as_of, draw_matters, of_acts, of_decision, of_log, of_permit
from reports.names import name_in
from reports.paper.grid import Column, mass, row, section, table, total
from reports.paper.sheet import Sheet
from reports.paper.tongue import Tongue, say, speaking
from reports.words import moment, province, route_name
from signing.refusal import refuse
from whitelist.approval import ApprovalState, DecisionLine
from whitelist.names import STAGES
from whitelist.quota import q2_account

LAYOUT = 3
TITLE = ("危险废物跨省转移批准决定摘录", "Excerpt of a decision on a hazardous waste transfer")
NOTICE = (
    "本件为账本记录摘录，不是批准决定书；以主管部门的决定为准。",
    "This is an excerpt of the log's records, not the decision; the authority's decision prevails.",
)


def render_approval(bundle: Bundle, raw: bytes, signers: Signers = NO_SIGNERS, tongue: Tongue = "zh") -> bytes:
    """The excerpt of an opened bundle about an ``approval/`` chain. Refusal EXCERPT_SUBJECT; EXCERPT_STATE while nothing is decided."""
    state = bundle.facts.state(bundle.subject)
    if not isinstance(state, ApprovalState):
        raise refuse("EXCERPT_SUBJECT", field="subject", found=bundle.subject, expected="approval/<USCC>/<ULID>")
    if not state.is_granted and state.stage != "refused":
        raise refuse("EXCERPT_STATE", found=state.stage, expected="approval.decide")
    dated = bundle.entries[-1].admission.at
    with speaking(tongue):
        sheet = Sheet(bottom=52)
        stage = say(STAGES[state.stage][0], state.stage)
        masthead(
            sheet, bundle, TITLE, say(f"状态：{stage}", f"State: {stage}"), _seen(dated), mark=issued_by(bundle, signers), notice=NOTICE
        )
        refused = [say("不予批准：本决定不准许任何转移", "Refused: this decision allows no transfer")] if state.stage == "refused" else []
        matters = (
            *refused,
            *_expired(state, dated),
            *of_decision(bundle, bundle.subject),
            *of_permit(bundle, state.permit),
            *of_acts(bundle.chain(bundle.subject)),
            *of_log(bundle),
        )
        draw_matters(sheet, matters, as_of(bundle))
        _decision(sheet, bundle, state)
        _lines(sheet, bundle, state)
        colophon(sheet, bundle, is_brief=True)
        pages = bound(sheet, bundle, TITLE, state.no, NOTICE)
    return issue(pages, bundle, raw, signers, layout=f"approval {LAYOUT} {tongue}", dated=dated)


def _expired(state: ApprovalState, dated: str) -> list[str]:
    """That a decision's last day has passed by what the paper sees."""
    if not state.is_granted or not state.valid_to or day_of(parse_at(dated)) <= state.valid_to:
        return []
    return [say(f"有效期已满：{state.valid_to} 之后不得据此起运", f"Expired: nothing departs on it after {state.valid_to}")]


def _seen(dated: str) -> str:
    return say(f"截至 {moment(dated)}", f"As of {moment(dated)}")


def _decision(sheet: Sheet, bundle: Bundle, state: ApprovalState) -> None:
    section(sheet, "批准决定", "Decision")
    generator = bundle.subject.split("/")[1]
    row(
        sheet,
        (*pair("批准决定文号", "Decision no.", state.no, size=NAMED), *pair("审批路径", "Route", state.route and route_name(state.route))),
    )
    row(sheet, (*pair("决定日期", "Decided on", state.decided_on), *pair("有效期至", "Valid to", state.valid_to)))
    parties = [f"{name_in(bundle, uscc)}\n{uscc}" for uscc in (generator, state.receiver)]
    row(sheet, (*pair("移出人", "Generator", parties[0]), *pair("接受人", "Receiver", parties[1])))
    way = f"{province(state.origin)} → {province(state.destination)}"
    row(sheet, (*pair("转移方向", "Direction", way), *pair("接受人许可证", "Permit", permit_text(bundle, state.permit))))
    term = say(f"申请日 {state.applied_on}，申请期限至 {state.applied_to}", f"on {state.applied_on}, for a term to {state.applied_to}")
    wide(sheet, "申请", "Applied", term)
    if state.letter_no or state.reply is not None:
        asked = letter(state.letter_no, state.consulted_on) if state.letter_no else "—"
        given = "—" if state.reply is None else letter(state.reply.letter_no, state.reply.letter_date)
        row(sheet, (*pair("商请函", "Letter", asked), *pair("复函", "Reply", given)))
    cited = "\n".join(citation.text for citation in basis("approval", state.decided_on))
    wide(
        sheet, "批准依据", "Basis of the decision", f"{say(f'决定日 {state.decided_on} 施行：', f'In force {state.decided_on}:')}\n{cited}"
    )


def _lines(sheet: Sheet, bundle: Bundle, state: ApprovalState) -> None:
    section(sheet, "批准的分行", "Lines of the decision")
    used = used_of(bundle)
    lines = [(number, line, used.get(q2_account(bundle.subject, number), Used(0, None))) for number, line in enumerate(state.lines)]
    table(sheet, _COLUMNS, lines)
    if len(lines) > 1:
        row(sheet, total(_COLUMNS, lines))
    conditions = by_line([(number + 1, conditions_text(line)) for number, line, _ in lines])
    if conditions:
        wide(sheet, "批准条件", "Conditions", conditions)
    rows = {(line.listing.list, line.listing.row) for line in state.lines if line.listing is not None and state.route == "LISTED"}
    for found in (listing_of(bundle, name, number) for name, number in sorted(rows)):
        if isinstance(found, Listing):
            wide(sheet, "白名单行", "Listing", listing_text(found))
    zh = "已用为所附最新相关条目入账后的累计（序位另列，横线为所附条目未动用），开具时预占、接受时按实际结算；此后的占用不在本件之内。"
    en = "Used: after the newest entry attached that moved the line (its index beside it; a dash where no entry attached did), reserved at issue and settled at receipt; later use is not told."
    wide(sheet, "说明", "Note", say(zh, en))


_Line = tuple[int, DecisionLine, Used]
_COLUMNS: tuple[Column[_Line], ...] = (
    Column("行", "Line", 0.5, lambda line: str(line[0] + 1), "center"),
    Column("废物名称", "Waste", 2.2, lambda line: line[1].name),
    Column("废物类别/代码", "Code", 1.4, lambda line: f"{line[1].category}\n{line[1].code}", "center"),
    Column("危险特性", "Hazard", 0.9, lambda line: say("，", ", ").join(line[1].hazards), "center"),
    Column("方式", "Method", 0.85, lambda line: line[1].method, "center"),
    Column("有效期至", "Valid to", 1.2, lambda line: line[1].valid_to, "center"),
    Column("已用依据（序位）", "As of index", 1.0, lambda line: "" if line[2].index is None else str(line[2].index), "center"),
    mass("批准（吨）", "Approved, t", 1.2, lambda line: line[1].mass_g, weighed=False),
    mass("已用（吨）", "Used, t", 1.2, lambda line: line[2].grams, weighed=False),
    mass(
        "剩余（吨）",
        "Left, t",
        1.2,
        lambda line: line[2].left_g(line[1].mass_g),
        lambda line: line[2].left_g(line[1].mass_g) < 0,
        weighed=False,
    ),
)
