"""The parts behind the form: decision and quotas, the timeline of signatures, what was flagged."""

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.directory import KeyRecord
from reports.certificate.decision import Approved, Listing, Quota
from reports.certificate.emergency import emergency_part
from reports.certificate.facts import CertificateFacts
from reports.certificate.fields import OF_CONDITIONS, OF_PAPER_DECISION, sentence, stated_fields
from reports.certificate.form import NAMED, by_line, pair, wide, wide_fields
from reports.kinds import all_kinds
from reports.legal import Citation
from reports.paper.grid import Column, mass, row, section, table, tonnes, value
from reports.paper.sheet import GREY, Paint, Sheet
from reports.paper.tongue import clauses, listed, say
from reports.row_standing import row_standing
from reports.rulebook import explain
from reports.words import COLUMNS, level_name, moment, name_of_act, route_name
from signing.possession import SUITE_WORDS
from whitelist.approval import DecisionLine

_LAYERS = {
    "Q1": ("白名单行年度额度", "Yearly quota of the listing"),
    "Q2": ("批准决定分行数量", "Mass of the decision line"),
    "Q3": ("许可证年经营规模", "Yearly scale of the permit"),
}


def part_four(sheet: Sheet, facts: CertificateFacts) -> None:
    """第四部分: the decision, the articles in force at the time, the quotas before and after."""
    section(sheet, "第四部分　审批依据与额度", "Part 4 · Decision, legal basis, quotas")
    route = route_name(facts.state.route)
    if facts.approved is None:
        none = say("省内转移，无跨省批准决定", "within one province: none") if facts.state.route == "INTRA" else ""
        row(sheet, (*pair("审批路径", "Route", route), *pair("批准决定", "Decision", none)))
        wide_fields(sheet, stated_fields(facts.issue, *OF_PAPER_DECISION))
        emergency_part(sheet, facts)
    else:
        _decision(sheet, facts.approved, route)
    for first, last, citations in facts.citations:
        span = first if first == last else say(f"{first} 至 {last}", f"{first} to {last}")
        wide(sheet, "转移行为依据", "Basis of the transfer", f"{say(f'行为日 {span} 施行：', f'In force {span}:')}\n{_cited(citations)}")
    if facts.quotas:
        sheet.y += 4
        table(sheet, _MOVED, facts.quotas, size=7)
        sheet.y += 1
        zh = "许可证账户自入账起连续累计，上限为每年经营规模；年度占用以账本按年计算为准。"
        en = "The permit's account counts on from year to year; its limit is yearly, and the use of a year is what the log counts."
        sheet.paragraph(say(zh, en), Paint(6.5, color=GREY))


def _decision(sheet: Sheet, decision: Approved, route: str) -> None:
    state, lines = decision.state, decision.lines
    row(sheet, (*pair("审批路径", "Route", route), *pair("批准决定文号", "Decision no.", state.no, size=NAMED)))
    row(sheet, (*pair("决定日期", "Decided on", state.decided_on), *pair("有效期至", "Valid to", state.valid_to)))
    wide(sheet, "所用决定行", "Lines of the decision", "\n".join(_decided(number, line, state.valid_to) for number, line in lines))
    conditions = by_line([(number + 1, conditions_text(line)) for number, line in lines])
    if conditions:
        wide(sheet, "批准条件", "Conditions", conditions)
    for listing in decision.listings:
        wide(sheet, "白名单行", "Listing", listing_text(listing))
    letters = "　".join(no for no in (state.letter_no, state.reply_no) if no)
    if letters:
        wide(sheet, "商请函与复函", "Letter, reply", letters)
    day = state.decided_on
    wide(sheet, "批准依据", "Basis of the decision", f"{say(f'决定日 {day} 施行：', f'In force {day}:')}\n{_cited(decision.citations)}")


def listing_text(listing: Listing) -> str:
    """A row of a list with the letters of both sides."""
    given, agreed = listing.state, "—" if listing.agreed is None else letter(listing.agreed.letter_no, listing.agreed.letter_date)
    listed_g, proposed = given.rows[listing.row].quota_g, letter(given.letter_no, given.letter_date)
    quota, since = tonnes(listed_g, weighed=False), row_standing(given, listing.row)
    term = given.effective_from, given.effective_to
    text = f"{list_line(listing.chain, listing.row)}　" + say(
        f"年度额度 {quota} 吨　有效 {term[0]} 至 {term[1]}\n移出地提出：{proposed}　接受地会签：{agreed}",
        f"quota of the year {quota} t, {term[0]} to {term[1]}\nProposed by the origin: {proposed}; agreed by the destination: {agreed}",
    )
    return f"{text}\n{since}" if since else text


def letter(no: str, day: str) -> str:
    """A letter and its day."""
    return say(f"{no}（{day}）", f"{no} ({day})")


def _cited(citations: tuple[Citation, ...]) -> str:
    return "\n".join(citation.text for citation in citations)


def _decided(number: int, line: DecisionLine, valid_to: str) -> str:
    term = say(f"　有效期至 {line.valid_to}", f", valid to {line.valid_to}") if line.valid_to not in ("", valid_to) else ""
    mass_t = tonnes(line.mass_g, weighed=False)
    return say(
        f"第 {number + 1} 行　{line.name}　{line.code}　批准 {mass_t} 吨{term}",
        f"Line {number + 1}　{line.name}　{line.code}　{mass_t} t approved{term}",
    )


def conditions_text(line: DecisionLine) -> str:
    """What binds what goes on a decision line: of list and row, of the reply, of the decision; said once where several say it."""
    return clauses(*dict.fromkeys(sentence(found, *OF_CONDITIONS) for found in line.conditions))


def _event(quota: Quota) -> str:
    """The column in which the act is booked; a forged entry may move accounts by an act that has none."""
    known = all_kinds().by_name[quota.kind]
    return name_of_act(quota.kind) if known.books is None else say(*COLUMNS[known.books])


def _account(quota: Quota) -> str:
    """The account in words; decision and permit are named above, so their chains are not repeated."""
    chain, _, number = quota.subject.partition(" ")
    if not number.isdecimal() and quota.layer != "Q3":
        return quota.subject
    if quota.layer == "Q2":
        return say(f"本批准决定第 {int(number) + 1} 行", f"this decision, line {int(number) + 1}")
    return say("接受人经营许可证", "the receiver's permit") if quota.layer == "Q3" else list_line(chain, int(number))


def list_line(chain: str, row_number: int) -> str:
    """A line of a list as people count: statements count from 0, paper from 1."""
    name = chain.removeprefix("list/")
    return say(f"白名单 {name} 第 {row_number + 1} 行", f"list {name}, row {row_number + 1}")


def _change(quota: Quota) -> str:
    return f"{'+' if quota.after_g > quota.before_g else ''}{tonnes(quota.after_g - quota.before_g, weighed=False)}"


_MOVED: tuple[Column[Quota], ...] = (
    Column("额度层次", "Layer", 2.2, lambda quota: say(*_LAYERS.get(quota.layer, (quota.layer, quota.layer)))),
    Column("账户", "Account", 2.5, _account, size=6.8),
    Column("事项", "Event", 1.0, _event, "center"),
    mass("上限（吨）", "Limit, t", 1.3, lambda quota: quota.limit_g, weighed=False),
    mass("此前累计（吨）", "Before, t", 1.3, lambda quota: quota.before_g, weighed=False),
    mass("此后累计（吨）", "After, t", 1.3, lambda quota: quota.after_g, weighed=False),
    Column("变动（吨）", "Change, t", 1.25, _change, "right"),
)


def timeline(sheet: Sheet, facts: CertificateFacts) -> None:
    """第五部分: every signature, under the acts of the permit, the list and the decision as under those on the trunk and in cases."""
    section(sheet, "第五部分　签署与入账时间线", "Part 5 · Timeline of signatures, in the order of the log")
    found = marks_of(facts)
    columns: tuple[Column[Entry], ...] = (
        Column("序位", "Index", 0.75, lambda act: str(act.index), "center"),
        Column("行为", "Act", 1.75, lambda act: name_of_act(act.statement.kind)),
        Column("签署单位", "Signed by", 2.7, lambda act: _signers(act, facts)),
        Column("行为时间 / 入账时间", "Done at / admitted at", 1.75, _times, "center"),
        Column("声明哈希（前 16 位）", "Statement hash", 1.8, lambda act: act.statement.hash[:16], "center"),
        Column("签名算法\n密钥", "Suite, key id", 1.5, lambda act: "\n".join(_key(keyid, facts) for keyid in act.statement.keyids)),
        Column("提示", "Alerts", 0.8, lambda act: _numbers(act, found), "center", lambda act: bool(act.admission.decision.alerts)),
    )
    grounds = [entry for entry in facts.bundle.entries if entry.statement.chain_type in ("permit", "list", "approval")]
    table(sheet, columns, sorted((*grounds, *facts.custody), key=lambda act: act.index), size=6.8)


def _signers(act: Entry, facts: CertificateFacts) -> str:
    principal = facts.name(act.statement.principal) if act.statement.principal else ""
    on_behalf = say(f"\n代{principal}", f"\non behalf of {principal}") if principal else ""
    return "\n".join(map(facts.name, act.statement.by)) + on_behalf


def _times(act: Entry) -> str:
    return f"{moment(act.statement.at)}\n{moment(act.admission.at)}"


def _key(keyid: str, facts: CertificateFacts) -> str:
    """Suite and the first 8 digits of the key id."""
    record: KeyRecord | None = facts.bundle.facts.get(f"key:{keyid}")
    return f"{SUITE_WORDS.get(record.suite, record.suite) if record else '?'} {keyid[:8]}"


class FlaggedCode(Struct, frozen=True):
    """An alert or a tag of some acts, by its number on this paper."""

    number: int
    level: str
    """``H``, ``M``, ``L``; empty for a tag."""
    code: str
    acts: tuple[Entry, ...]


def marks_of(facts: CertificateFacts) -> tuple[FlaggedCode, ...]:
    """All of the trunk and its cases: alerts by level and code, then tags."""
    acts: dict[tuple[bool, str, str], list[Entry]] = {}
    for act in facts.custody:
        decision = act.admission.decision
        for level, code in (*decision.alerts, *(("", str(tag[0])) for tag in decision.tags)):
            under = acts.setdefault((not level, level, code), [])
            under += [] if under[-1:] == [act] else [act]
    return tuple(FlaggedCode(number, level, code, tuple(acts[_, level, code])) for number, (_, level, code) in enumerate(sorted(acts), 1))


def _numbers(act: Entry, found: tuple[FlaggedCode, ...]) -> str:
    return listed(*(str(mark.number) for mark in found if act in mark.acts))


_FLAGGED: tuple[Column[FlaggedCode], ...] = (
    Column("序号", "No.", 0.5, lambda mark: str(mark.number), "center"),
    Column("类别", "Level", 0.95, lambda mark: level_name(mark.level), "center", lambda mark: mark.level == "H"),
    Column("含义", "Meaning", 4.4, lambda mark: explain(mark.code)),
    Column("所在行为（序位）", "At, index", 1.7, lambda mark: listed(*dict.fromkeys(map(_place, mark.acts)))),
    Column("查询代码", "Code to ask for", 1.9, lambda mark: mark.code, size=6.2),
)


def _place(act: Entry) -> str:
    name = name_of_act(act.statement.kind)
    return say(f"{name}（{act.index}）", f"{name} ({act.index})")


def marks(sheet: Sheet, facts: CertificateFacts) -> None:
    """第六部分: alerts and tags in words."""
    section(sheet, "第六部分　提示与标记", "Part 6 · Alerts and tags")
    found = marks_of(facts)
    if found:
        table(sheet, _FLAGGED, found, size=7.2)
    else:
        row(sheet, (value(say("本联单各项行为入账时无提示、无标记。", "No act about this manifest raised an alert or a tag."), 1.0),))
