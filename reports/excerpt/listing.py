"""The list excerpt (白名单摘录): the rows of one list, of all receivers or one, with what decisions have committed of them."""

from collections.abc import Mapping

from ledger.bundle import Bundle
from ledger.labels import words_of
from ledger.times import day_of, parse_at
from reports.certificate.decision import permit_text
from reports.certificate.fields import OF_CONDITIONS, sentence
from reports.certificate.form import NAMED, by_line, pair, wide
from reports.certificate.proof import letter
from reports.colophon import colophon
from reports.excerpt.used import Used, used_of
from reports.issuing import NO_SIGNERS, Signers, issue
from reports.masthead import bound, issued_by, masthead
from reports.matters import as_of, draw_matters, of_acts, of_log
from reports.names import name_in
from reports.paper.grid import Column, mass, row, section, table, total
from reports.paper.sheet import Sheet
from reports.paper.tongue import Tongue, listed, say, speaking
from reports.row_standing import row_standing, stop_of
from reports.words import moment, province, word
from signing.phrase import Phrase
from signing.refusal import refuse
from whitelist.acts.list_propose import ListCountersign
from whitelist.balance import limit_of
from whitelist.listing import EVERYWHERE, ListKind, ListRow, ListState, SuspensionStops
from whitelist.quota import q1_account

LAYOUT = 3
TITLE = ("危险废物跨省转移“白名单”摘录", "Excerpt of a list for hazardous waste transfers")
NOTICE = (
    "本件为账本记录摘录，不是白名单原文；以两地主管部门公布的为准。",
    "This is an excerpt of the log's records; the list as the authorities published it prevails.",
)


def render_list(bundle: Bundle, raw: bytes, signers: Signers = NO_SIGNERS, tongue: Tongue = "zh") -> bytes:
    """The excerpt of an opened bundle about a ``list/`` chain. Refusal EXCERPT_SUBJECT."""
    state = bundle.facts.state(bundle.subject)
    if not isinstance(state, ListState):
        raise refuse(
            "EXCERPT_SUBJECT",
            field="subject",
            found=bundle.subject,
            expected=Phrase("list/<年份>-<移出省>-<接受省>-<名称>", "list/<YYYY>-<from>-<to>-<name>"),
        )
    dated, name = bundle.entries[-1].admission.at, bundle.subject.removeprefix("list/")
    with speaking(tongue):
        sheet = Sheet(bottom=52)
        status, found = _standing(state, dated)
        found += _stops(bundle, state)
        seen = say(f"截至 {moment(dated)}", f"As of {moment(dated)}")
        masthead(sheet, bundle, TITLE, say(f"状态：{status}", f"State: {status}"), seen, mark=issued_by(bundle, signers), notice=NOTICE)
        draw_matters(sheet, (*found, *of_acts(bundle.chain(bundle.subject)), *of_log(bundle)), as_of(bundle))
        _list(sheet, bundle, state, name)
        _rows(sheet, bundle, state)
        colophon(sheet, bundle, is_brief=True)
        pages = bound(sheet, bundle, TITLE, name, NOTICE)
    return issue(pages, bundle, raw, signers, layout=f"list {LAYOUT} {tongue}", dated=dated)


def _standing(state: ListState, dated: str) -> tuple[str, list[str]]:
    """What a list is as of the day that the paper sees, and what has to be known of it: its days may not have come, or be over."""
    day = day_of(parse_at(dated))
    if state.status != "ACTIVE":
        matter = say("尚未生效：不得据此批准或开具", "Not in force: no decision or manifest may rest on it")
        return say("已提出，未生效", "proposed, not in force"), [matter]
    if day < state.effective_from:
        matter = say(
            f"尚未到有效期：自 {state.effective_from} 起方可据此起运",
            f"Its days have not come: nothing departs on it before {state.effective_from}",
        )
        return say("已联署，未到有效期", "countersigned, its days have not come"), [matter]
    if day > state.effective_to:
        matter = say(
            f"有效期已满：{state.effective_to} 之后不得据此起运", f"Its days are over: nothing departs on it after {state.effective_to}"
        )
        return say("有效期已满", "its days are over"), [matter]
    return say("已生效", "in force"), []


def _stops(bundle: Bundle, state: ListState) -> list[str]:
    """What has to be known of rows that are suspended or removed."""
    stopped = [str(number + 1) for number, _ in printed_rows(bundle, state) if stop_of(state, number) is not None]
    if state.status != "ACTIVE" or not stopped:
        return []
    rows = listed(*stopped)
    zh = f"第 {rows} 行已暂停或移出：不得再据以批准；暂停的其他效力见“暂停的效力”，已在途的照常运抵、接受"
    return [
        say(
            zh,
            f"Rows {rows} are suspended or removed: no decision is given on them; what else stops is said below, what is on the road goes on",
        )
    ]


def _list(sheet: Sheet, bundle: Bundle, state: ListState, name: str) -> None:
    section(sheet, "名单", "List")
    source = say("各省", "every province") if state.from_province == EVERYWHERE else province(state.from_province)
    way = f"{source} → {province(state.to_province)}"
    row(sheet, (*pair("名单标识", "Name", name, size=NAMED), *pair("转移方向", "Direction", way)))
    term = say(f"{state.effective_from} 至 {state.effective_to}", f"{state.effective_from} to {state.effective_to}")
    row(sheet, (*pair("名单种类", "Kind", word(state.kind, words_of(ListKind))), *pair("有效期", "In force", term)))
    stops = word(state.suspension_stops, words_of(SuspensionStops))
    row(sheet, (*pair("提出机关", "Proposed by", name_in(bundle, state.proposer)), *pair("暂停的效力", "A suspension stops", stops)))
    bodies = [(entry.statement.by, entry.statement.body) for entry in bundle.chain(bundle.subject)]
    agreed = [(by, body) for by, body in bodies if isinstance(body, ListCountersign)]
    text = "\n".join(
        f"{listed(*(name_in(bundle, uscc) for uscc in by))}　{letter(body.letter_no, body.letter_date)}" for by, body in agreed
    )
    row(sheet, (*pair("提出函", "Letter", letter(state.letter_no, state.letter_date)), *pair("会签函", "Countersigned", text)))
    if state.conditions is not None:
        wide(sheet, "全名单条件", "Conditions of all rows", sentence(state.conditions, *OF_CONDITIONS))


def printed_rows(bundle: Bundle, state: ListState) -> list[tuple[int, ListRow]]:
    """Rows whose permit the bundle holds, so that an excerpt may be of one receiver; all rows where it holds none."""
    rows = list(enumerate(state.rows))
    return [(number, line) for number, line in rows if bundle.facts.head(line.permit) is not None] or rows


def _rows(sheet: Sheet, bundle: Bundle, state: ListState) -> None:
    shown, of = len(printed_rows(bundle, state)), len(state.rows)
    section(sheet, f"名单各行（共 {of} 行，本件列 {shown} 行）", f"Rows ({shown} of {of})")
    used = used_of(bundle)
    rows = [(number, line, used.get(q1_account(bundle.subject, number))) for number, line in printed_rows(bundle, state)]
    day = day_of(parse_at(bundle.entries[-1].admission.at))
    columns = _columns(bundle, {number: limit_of(state, number, day).all_g for number, _, _ in rows})
    table(sheet, columns, rows, size=7)
    if len(rows) > 1:
        row(sheet, total(columns, rows))
    lives = [(number + 1, row_standing(state, number).replace("\n", say("；", "; "))) for number, _, _ in rows]
    if any(text for _, text in lives):
        wide(sheet, "各行变化", "What befell rows", by_line(lives))
    terms = [(number + 1, "" if line.conditions is None else sentence(line.conditions, *OF_CONDITIONS)) for number, line, _ in rows]
    if any(text for _, text in terms):
        wide(sheet, "各行条件", "Conditions, by row", by_line(terms))
    zh = "已占用为本件所附最新相关批准决定入账后的累计（另列其序位）；横线表示未附相关决定，不表示未占用。此后的占用不在本件之内。"
    en = "Committed: after the newest decision attached that moved the row (its index beside it); a dash says that none is attached, not that there is none."
    wide(sheet, "说明", "Note", say(zh, en))


_Row = tuple[int, ListRow, Used | None]


def _columns(bundle: Bundle, limits_g: Mapping[int, int]) -> tuple[Column[_Row], ...]:
    return (
        Column("行", "Row", 0.5, lambda one: str(one[0] + 1), "center"),
        Column(
            "接受人 / 许可证",
            "Receiver, permit",
            2.6,
            lambda one: f"{name_in(bundle, one[1].receiver)}\n{permit_text(bundle, one[1].permit) or one[1].permit}",
        ),
        Column("废物范围", "Wastes", 2.0, lambda one: _scope(one[1])),
        Column("方式", "Methods", 0.8, lambda one: listed(*one[1].methods), "center"),
        Column("占用依据（序位）", "As of index", 0.8, lambda one: "" if one[2] is None else str(one[2].index), "center"),
        mass("年度额度（吨）", "Quota, t", 1.2, lambda one: limits_g[one[0]], weighed=False),
        mass("已占用（吨）", "Committed, t", 1.2, lambda one: None if one[2] is None else one[2].grams, weighed=False),
        mass("剩余（吨）", "Left, t", 1.2, lambda one: None if one[2] is None else one[2].left_g(limits_g[one[0]]), weighed=False),
    )


def _scope(one: ListRow) -> str:
    how = {"ALL": say("全部代码", "all codes"), "INCLUDE": "", "EXCEPT": say("除", "but ")}[one.waste.scope]
    codes = listed(*one.waste.codes)
    return f"{one.waste.category}　{how}{codes}" + (say(" 外", "") if one.waste.scope == "EXCEPT" else "")
