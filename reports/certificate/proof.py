"""The parts behind the form: decision and quotas, the timeline of signatures, what was flagged, the checkpoint and how to check it."""

from base64 import b64encode

from ledger.admission.entry import Entry
from ledger.directory import KeyRecord
from ledger.mass import format_mass
from ledger.tree.merkle import leaf_hash
from reports.certificate.decision import Approved, Quota
from reports.certificate.facts import CertificateFacts
from reports.certificate.fields import OF_CONDITIONS, OF_PAPER_DECISION, sentence, stated_fields
from reports.certificate.form import KEY, VAL, by_line, pair, wide, wide_fields
from reports.kinds import all_kinds
from reports.legal import Citation
from reports.paper.fonts import BOLD
from reports.paper.grid import Cell, Column, label, mass, row, section, table, value
from reports.paper.sheet import GREY, Paint, Sheet
from reports.rulebook import explain
from reports.words import COLUMNS, LEVELS, ROUTES, SUITES, moment, name_of_act, when
from whitelist.approval import DecisionLine

_LAYERS = {"Q1": "Q1 白名单行年度额度", "Q2": "Q2 批准决定分行数量", "Q3": "Q3 许可证年经营规模"}


def part_four(sheet: Sheet, facts: CertificateFacts) -> None:
    """第四部分: the decision, the articles in force at the time, the quotas before and after."""
    section(sheet, "第四部分　审批依据与额度", "Decision, legal basis, quotas", keep=80)
    route = ROUTES.get(facts.state.route, facts.state.route)
    if facts.approved is None:
        none = "省内转移，无跨省批准决定" if facts.state.route == "INTRA" else ""
        row(sheet, (*pair("审批路径", "Route", route), *pair("批准决定", "Decision", none)))
        wide_fields(sheet, stated_fields(facts.issue, *OF_PAPER_DECISION))
    else:
        _decision(sheet, facts.approved, route)
    for first, last, citations in facts.citations:
        span = first if first == last else f"{first} 至 {last}"
        wide(sheet, "转移行为依据", f"In force {span}", f"行为日 {span} 施行：\n{_cited(citations)}")
    if facts.quotas:
        sheet.y += 4
        table(sheet, _MOVED, facts.quotas, size=7)
        sheet.y += 1
        sheet.paragraph("Q3 账户自入账起连续累计，上限为每年经营规模；年度占用以账本按年计算为准。", Paint(6.5, color=GREY))


def _decision(sheet: Sheet, decision: Approved, route: str) -> None:
    state, lines = decision.state, decision.lines
    row(sheet, (*pair("审批路径", "Route", f"{route}（{state.route}）"), *pair("批准决定文号", "Decision no.", state.no, face=BOLD)))
    row(sheet, (*pair("决定日期", "Decided on", state.decided_on), *pair("有效期至", "Valid to", state.valid_to)))
    wide(sheet, "所用决定行", "Lines of the decision", "\n".join(_decided(number, line, state.valid_to) for number, line in lines))
    conditions = by_line([(number + 1, _conditions(line)) for number, line in lines])
    if conditions:
        wide(sheet, "批准条件", "Conditions", conditions)
    for listing in decision.listings:
        listed, agreed = listing.state, "—" if listing.agreed is None else f"{listing.agreed.letter_no}（{listing.agreed.letter_date}）"
        text = (
            f"{_list_line(listing.chain, listing.row)}　年度额度 {format_mass(listing.quota_g)} 吨　"
            f"有效 {listed.effective_from} 至 {listed.effective_to}\n移出地提出：{listed.letter_no}（{listed.letter_date}）　接受地会签：{agreed}"
        )
        wide(sheet, "白名单行", "Listing", text)
    letters = "　".join(no for no in (state.letter_no, state.reply_no) if no)
    if letters:
        wide(sheet, "商请函与复函", "Letter, reply", letters)
    wide(sheet, "批准依据", f"In force {state.decided_on}", f"决定日 {state.decided_on} 施行：\n{_cited(decision.citations)}")


def _cited(citations: tuple[Citation, ...]) -> str:
    return "\n".join(f"{citation.zh} {citation.mark}" for citation in citations)


def _decided(number: int, line: DecisionLine, valid_to: str) -> str:
    term = f"　有效期至 {line.valid_to}" if line.valid_to not in ("", valid_to) else ""
    return f"第 {number + 1} 行　{line.name}　{line.code}　批准 {format_mass(line.mass_g)} 吨{term}"


def _conditions(line: DecisionLine) -> str:
    """What binds what goes on a decision line: of list and row, of the reply, of the decision; said once where several say it."""
    return "；".join(dict.fromkeys(sentence(found, *OF_CONDITIONS) for found in line.conditions))


def _event(quota: Quota) -> str:
    """The column in which the act is booked; a forged entry may move accounts by an act that has none."""
    known = all_kinds().by_name[quota.kind]
    return name_of_act(quota.kind) if known.books is None else COLUMNS[known.books][0]


def _account(quota: Quota) -> str:
    """The account in words; decision and permit are named above, so their chains are not repeated."""
    chain, _, number = quota.subject.partition(" ")
    if not number.isdecimal() and quota.layer != "Q3":
        return quota.subject
    if quota.layer == "Q2":
        return f"本批准决定第 {int(number) + 1} 行"
    return "接受人经营许可证" if quota.layer == "Q3" else _list_line(chain, int(number))


def _list_line(chain: str, row_number: int) -> str:
    """A line of a list as people count: statements count from 0, paper from 1."""
    return f"白名单 {chain.removeprefix('list/')} 第 {row_number + 1} 行"


def _change(quota: Quota) -> str:
    return f"{'+' if quota.after_g > quota.before_g else ''}{format_mass(quota.after_g - quota.before_g)}"


_MOVED: tuple[Column[Quota], ...] = (
    Column("额度层次", "Layer", 2.2, lambda quota: _LAYERS.get(quota.layer, quota.layer)),
    Column("账户", "Account", 2.5, _account, size=6.8),
    Column("事项", "Event", 1.0, _event, "center"),
    mass("上限（吨）", "Limit, t", 1.3, lambda quota: quota.limit_g),
    mass("此前累计（吨）", "Before, t", 1.3, lambda quota: quota.before_g),
    mass("此后累计（吨）", "After, t", 1.3, lambda quota: quota.after_g),
    Column("变动（吨）", "Change, t", 1.25, _change, "right"),
)


def timeline(sheet: Sheet, facts: CertificateFacts) -> None:
    """第五部分: every signature, under the acts of the permit, the list and the decision as under those on the trunk and in cases."""
    section(sheet, "第五部分　签署与入账时间线", "Timeline of signatures, in the order of the log", keep=80)
    columns: tuple[Column[Entry], ...] = (
        Column("序位", "Index", 0.75, lambda act: str(act.index), "center"),
        Column("行为", "Act", 1.5, lambda act: name_of_act(act.statement.kind)),
        Column("签署单位", "Signed by", 2.7, lambda act: _signers(act, facts)),
        Column("行为时间 / 入账时间", "Done at / admitted at", 1.75, _times, "center"),
        Column("声明哈希（前 16 位）", "Statement hash", 1.75, lambda act: act.statement.hash[:16], "center"),
        Column("签名算法 密钥", "Suite, key id", 1.5, lambda act: "\n".join(_key(keyid, facts) for keyid in act.statement.keyids)),
        Column("标记", "Flags", 1.35, _flags, alarm=lambda act: bool(act.admission.decision.alerts), size=5.8),
    )
    grounds = [entry for entry in facts.bundle.entries if entry.statement.chain_type in ("permit", "list", "approval")]
    table(sheet, columns, sorted((*grounds, *facts.custody), key=lambda act: act.index), size=6.8)


def _signers(act: Entry, facts: CertificateFacts) -> str:
    on_behalf = f"\n（受 {act.statement.principal} 委托）" if act.statement.principal else ""
    return "\n".join(map(facts.name, act.statement.by)) + on_behalf


def _times(act: Entry) -> str:
    return f"{moment(act.statement.at)}\n{moment(act.admission.at)}"


def _key(keyid: str, facts: CertificateFacts) -> str:
    """Suite and the first 8 digits of the key id."""
    record: KeyRecord | None = facts.bundle.facts.get(f"key:{keyid}")
    return f"{SUITES.get(record.suite, record.suite) if record else '?'} {keyid[:8]}"


def _flags(act: Entry) -> str:
    decision = act.admission.decision
    return "\n".join((*(str(tag[0]) for tag in decision.tags), *(f"{level} {code}" for level, code in decision.alerts)))


_FLAGGED: tuple[Column[tuple[str, str, Entry]], ...] = (
    Column("类别", "Level", 0.9, lambda mark: f"{LEVELS[mark[0]]}级提示" if mark[0] else "标记", "center", lambda mark: mark[0] == "H"),
    Column("代码", "Code", 2.0, lambda mark: mark[1], size=6.8),
    Column("所在行为", "At", 1.6, lambda mark: f"{name_of_act(mark[2].statement.kind)}（{mark[2].index}）"),
    Column("含义", "Meaning", 4.6, lambda mark: explain(mark[1])),
)
"""Of (level of an alert, empty for a tag; code; the last act that bears it)."""


def marks(sheet: Sheet, facts: CertificateFacts) -> None:
    """第六部分: alerts and tags in words."""
    decided = [(act, act.admission.decision) for act in facts.custody]
    alerts = {(level, code): act for act, decision in decided for level, code in decision.alerts}
    tags = {("", str(tag[0])): act for act, decision in decided for tag in decision.tags}
    section(sheet, "第六部分　提示与标记", "Alerts and tags", keep=40)
    if alerts or tags:
        table(sheet, _FLAGGED, [(*mark, act) for mark, act in (*sorted(alerts.items()), *sorted(tags.items()))], size=7.2)
    else:
        row(sheet, (value("本联单各项行为入账时无提示、无标记。", 1.0),))


def _witnesses(facts: CertificateFacts) -> str:
    """Who cosigned the checkpoint and when, by the witness's own clock."""
    cosignatures = facts.bundle.opened.cosignatures
    if not cosignatures:
        return "无见证方联署。"
    lines = [f"{line.vkey.partition('+')[0]}　{when(line.timestamp)}" for line in cosignatures]
    if not facts.bundle.is_quorum:
        lines.append("联署未达到账本见证策略要求的数量。")
    if facts.is_demo:
        lines.append("联署时间是见证方的真实时间；账本为模拟时钟，两者不可比较。")
    return "\n".join(lines)


def checkpoint(sheet: Sheet, facts: CertificateFacts) -> None:
    """第七部分: the tree head, and how anybody checks this paper."""
    section(sheet, "第七部分　检查点与核验方法", "Checkpoint, and how to verify", keep=110)
    head = facts.bundle.opened.checkpoint
    row(sheet, (*pair("账本名称", "Origin", head.origin), *pair("检查点规模", "Tree size", str(head.size))))
    wide(sheet, "检查点根哈希", "Root hash", b64encode(head.root).decode())
    wide(sheet, "创始声明哈希", "log.found", facts.bundle.found)
    wide(sheet, "接受确认叶哈希", f"Leaf at {facts.receipt.index}", leaf_hash(facts.receipt.raw).hex())
    wide(sheet, "见证方与联署时间", "Witnesses", _witnesses(facts))
    how = (
        "1. 本文件内嵌附件 liandan-bundle.json，含上列全部声明原文、签名、入账记录、包含证明与见证方联署。\n"
        "2. 离线执行：liandan verify 本文件.pdf（不需要网络和数据库）；程序核验检查点签名、每条声明的包含证明与签名、链接关系，"
        "并依附件重新排版，逐页比对印刷内容。\n"
        "3. 请将上列创始声明哈希与贵单位事先留存的数值比对，以确认账本身份。\n"
        "4. 本件证明：何单位、何时、以何密钥签署了何内容，以及各项内容入账的先后与未被更改；不证明重量等陈述本身真实，"
        "也不证明检查点之后没有新的行为。"
    )
    row(sheet, (label("核验方法", "How to verify", KEY), Cell(text=how, share=KEY + 2 * VAL, size=7.2)))
