"""The parts behind the form: decision and quotas, the timeline of signatures, what was flagged, the checkpoint and how to check it."""

from base64 import b64encode
from collections.abc import Iterable

from ledger.mass import format_mass
from ledger.times import format_at
from reports.certificate.decision import Approved, Quota
from reports.certificate.facts import CertificateFacts
from reports.certificate.fields import OF_CONDITIONS, OF_PAPER_DECISION, sentence, stated_fields
from reports.certificate.form import KEY, VAL, by_line, pair, wide, wide_field
from reports.certificate.timeline import Signed
from reports.kinds import all_kinds
from reports.paper.fonts import BOLD
from reports.paper.grid import Cell, head, label, row, section, table, value
from reports.paper.sheet import ALARM, GREY, Paint, Sheet
from reports.texts import explain
from reports.words import COLUMNS, LEVELS, ROUTES, SUITES, moment, name_of_act
from whitelist.approval import DecisionLine

_LAYERS = {"Q1": "Q1 白名单行年度额度", "Q2": "Q2 批准决定分行数量", "Q3": "Q3 许可证年经营规模"}


def part_four(sheet: Sheet, facts: CertificateFacts) -> None:
    """第四部分: the decision, the articles in force at the time, the quotas before and after."""
    section(sheet, "第四部分　审批依据与额度", "Decision, legal basis, quotas", keep=80)
    route = ROUTES.get(facts.state.route, facts.state.route)
    decision = facts.approved
    if decision is None:
        row(
            sheet,
            (
                *pair("审批路径", "Route", route),
                *pair("批准决定", "Decision", "省内转移，无跨省批准决定" if facts.state.route == "INTRA" else ""),
            ),
        )
        for field in stated_fields(facts.issue, *OF_PAPER_DECISION):
            wide_field(sheet, field)
    else:
        _decision(sheet, decision, route)
    for first, last, citations in facts.citations:
        span = first if first == last else f"{first} 至 {last}"
        text = "\n".join(f"{citation.zh} {citation.mark}" for citation in citations)
        wide(sheet, "转移行为依据", f"In force {span}", f"行为日 {span} 施行：\n{text}")
    if facts.quotas:
        _quotas(sheet, facts.quotas)


def _decision(sheet: Sheet, decision: Approved, route: str) -> None:
    row(sheet, (*pair("审批路径", "Route", f"{route}（{decision.route}）"), *pair("批准决定文号", "Decision no.", decision.no, face=BOLD)))
    row(sheet, (*pair("决定日期", "Decided on", decision.decided_on), *pair("有效期至", "Valid to", decision.valid_to)))
    wide(
        sheet,
        "所用决定行",
        "Lines of the decision",
        "\n".join(_decided(number, line, decision.valid_to) for number, line in decision.lines),
    )
    conditions = by_line([(number + 1, _conditions(line)) for number, line in decision.lines])
    if conditions:
        wide(sheet, "批准条件", "Conditions", conditions)
    for listing in decision.listings:
        text = (
            f"{_list_line(listing.chain, listing.row)}　年度额度 {format_mass(listing.quota_g)} 吨　有效 {listing.effective}\n"
            f"移出地提出：{listing.proposed_by}　接受地会签：{listing.agreed_by or '—'}"
        )
        wide(sheet, "白名单行", "Listing", text)
    if decision.letters:
        wide(sheet, "商请函与复函", "Letter, reply", "　".join(decision.letters))
    text = "\n".join(f"{citation.zh} {citation.mark}" for citation in decision.citations)
    wide(sheet, "批准依据", f"In force {decision.decided_on}", f"决定日 {decision.decided_on} 施行：\n{text}")


def _decided(number: int, line: DecisionLine, valid_to: str) -> str:
    term = f"　有效期至 {line.valid_to}" if line.valid_to not in ("", valid_to) else ""
    return f"第 {number + 1} 行　{line.name}　{line.code}　批准 {format_mass(line.mass_g)} 吨{term}"


def _conditions(line: DecisionLine) -> str:
    """What binds what goes on a decision line: of list and row, of the reply, of the decision; said once where several say it."""
    return "；".join(dict.fromkeys(sentence(found, *OF_CONDITIONS) for found in line.conditions))


def _quotas(sheet: Sheet, quotas: Iterable[Quota]) -> None:
    heads = (
        head("额度层次", "Layer", 2.2),
        head("账户", "Account", 2.5),
        head("事项", "Event", 1.0),
        head("上限（吨）", "Limit, t", 1.3),
        head("此前累计（吨）", "Before, t", 1.3),
        head("此后累计（吨）", "After, t", 1.3),
        head("变动（吨）", "Change, t", 1.25),
    )
    rows = [
        (
            value(_LAYERS.get(quota.layer, quota.layer), 2.2, size=7),
            value(_account(quota), 2.5, size=6.8),
            value(_event(quota.kind), 1.0, align="center", size=7),
            value("" if quota.limit_g is None else format_mass(quota.limit_g), 1.3, align="right", size=7),
            value(format_mass(quota.before_g), 1.3, align="right", size=7),
            value(format_mass(quota.after_g), 1.3, align="right", size=7),
            value(
                f"{'+' if quota.after_g > quota.before_g else ''}{format_mass(quota.after_g - quota.before_g)}", 1.25, align="right", size=7
            ),
        )
        for quota in quotas
    ]
    sheet.y += 4
    table(sheet, heads, rows)
    sheet.y += 1
    sheet.paragraph("Q3 账户自入账起连续累计，上限为每年经营规模；年度占用以账本按年计算为准。", Paint(6.5, color=GREY))


def _event(kind: str) -> str:
    """The column in which the act is booked; a forged entry may move accounts by an act that has none."""
    known = all_kinds().by_name[kind]
    return name_of_act(kind) if known.books is None else COLUMNS[known.books][0]


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


def timeline(sheet: Sheet, facts: CertificateFacts) -> None:
    """第五部分: every signature."""
    section(sheet, "第五部分　签署与入账时间线", "Timeline of signatures, in the order of the log", keep=80)
    heads = (
        head("序位", "Index", 0.75),
        head("行为", "Act", 1.5),
        head("签署单位", "Signed by", 2.7),
        head("行为时间 / 入账时间", "Done at / admitted at", 1.75),
        head("声明哈希（前 16 位）", "Statement hash", 1.75),
        head("签名算法 密钥", "Suite, key id", 1.5),
        head("标记", "Flags", 1.35),
    )
    table(sheet, heads, [_signed(act) for act in sorted((*facts.grounds, *facts.custody), key=lambda act: act.index)])


def _signed(act: Signed) -> tuple[Cell, ...]:
    on_behalf = f"\n（受 {act.principal} 委托）" if act.principal else ""
    keys = "\n".join(f"{SUITES.get(suite, suite)} {keyid}" for suite, _, keyid in (key.partition(" ") for key in act.keys))
    flags = "\n".join((*(str(tag[0]) for tag in act.tags), *(f"{level} {code}" for level, code in act.alerts)))
    return (
        value(str(act.index), 0.75, align="center", size=6.8),
        value(name_of_act(act.kind), 1.5, size=6.8),
        value("\n".join(name for _, name in act.signers) + on_behalf, 2.7, size=6.8),
        value(f"{moment(act.at)}\n{moment(act.admitted_at)}", 1.75, align="center", size=6.8),
        value(act.hash[:16], 1.75, align="center", size=6.8),
        value(keys, 1.5, size=6.8),
        Cell(text=flags or "—", share=1.35, size=5.8, color=ALARM if act.alerts else "#1A1A1A"),
    )


def marks(sheet: Sheet, facts: CertificateFacts) -> None:
    """第六部分: alerts and tags in words."""
    alerts = {(level, code): act for act in facts.custody for level, code in act.alerts}
    tags = {str(tag[0]): act for act in facts.custody for tag in act.tags}
    section(sheet, "第六部分　提示与标记", "Alerts and tags", keep=40)
    if not alerts and not tags:
        row(sheet, (value("本联单各项行为入账时无提示、无标记。", 1.0),))
        return
    rows = [
        (
            Cell(text=f"{LEVELS[level]}级提示", share=0.9, size=7.2, color=ALARM if level == "H" else "#1A1A1A", align="center"),
            value(code, 2.0, size=6.8),
            value(f"{name_of_act(act.kind)}（{act.index}）", 1.6, size=7.2),
            value(explain(code), 4.6, size=7.2),
        )
        for (level, code), act in sorted(alerts.items())
    ]
    rows += [
        (
            value("标记", 0.9, size=7.2, align="center"),
            value(code, 2.0, size=6.8),
            value(f"{name_of_act(act.kind)}（{act.index}）", 1.6, size=7.2),
            value(explain(code), 4.6, size=7.2),
        )
        for code, act in sorted(tags.items())
    ]
    table(sheet, (head("类别", "Level", 0.9), head("代码", "Code", 2.0), head("所在行为", "At", 1.6), head("含义", "Meaning", 4.6)), rows)


def _witnesses(facts: CertificateFacts) -> str:
    """Who cosigned the checkpoint and when, by the witness's own clock."""
    if not facts.witnesses:
        return "无见证方联署。"
    lines = [f"{name}　{moment(format_at(at_s))}" for name, at_s in facts.witnesses]
    if not facts.is_quorum:
        lines.append("联署未达到账本见证策略要求的数量。")
    if facts.is_demo:
        lines.append("联署时间是见证方的真实时间；账本为模拟时钟，两者不可比较。")
    return "\n".join(lines)


def checkpoint(sheet: Sheet, facts: CertificateFacts) -> None:
    """第七部分: the tree head, and how anybody checks this paper."""
    section(sheet, "第七部分　检查点与核验方法", "Checkpoint, and how to verify", keep=110)
    root = b64encode(facts.root).decode()
    row(sheet, (*pair("账本名称", "Origin", facts.origin), *pair("检查点规模", "Tree size", str(facts.size))))
    wide(sheet, "检查点根哈希", "Root hash", root)
    wide(sheet, "创始声明哈希", "log.found", facts.found)
    wide(sheet, "接受确认叶哈希", f"Leaf at {facts.leaf_index}", facts.leaf.hex())
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
