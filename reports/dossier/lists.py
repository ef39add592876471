"""The tables of a dossier: permits, what is open, alerts, corrections, refusals, incidents, decisions and listings, every manifest. Each row names its entry."""

from collections.abc import Sequence

from ledger.directory import party_name
from ledger.kinds.refusal_pages import RefusalItem
from ledger.times import DAY_S, day_of, parse_at
from manifests.correction import Correction
from manifests.road.contradicting import CONTRADICTIONS
from manifests.view import Flag
from reports.certificate.form import wide
from reports.dossier.facts import DossierFacts, DossierLoad, ListedRow
from reports.excerpt.used import Used, used_of
from reports.names import name_in
from reports.paper.grid import Column, mass, section, table, tonnes
from reports.paper.sheet import GREY, Paint, Sheet
from reports.paper.tongue import clauses, listed, say
from reports.row_standing import row_standing
from reports.rulebook import explain
from reports.words import level_name, moment, name_of_act, route_name, stage_name, when, word
from whitelist.approval import ApprovalState
from whitelist.incident import IncidentState
from whitelist.names import STAGES, STATES
from whitelist.permit import PermitState
from whitelist.quota import q1_account, q2_account, q3_account

LISTED_MAX = 60
"""Rows of one list of alerts or corrections on paper; the evidence has all."""
SMALL = Paint(6.8, color=GREY)


def _none(sheet: Sheet, text: tuple[str, str]) -> None:
    wide(sheet, "记录", "Records", say(*text))


def permits(sheet: Sheet, facts: DossierFacts) -> None:
    """许可证: what it may receive, how it stands, what the newest entry enclosed says of its yearly scale."""
    section(sheet, "经营许可与管理计划", "Permits and management plans")
    used = used_of(facts.bundle)
    columns: tuple[Column[tuple[str, PermitState]], ...] = (
        Column("许可证编号", "Permit", 2.2, lambda one: one[1].no),
        Column("种类", "Class", 1.7, lambda one: say(*STATES[one[1].permit_class])),
        Column("状态", "State", 0.9, lambda one: say(*STATES[one[1].history.now]), "center", lambda one: one[1].history.now != "ACTIVE"),
        Column("有效期", "Term", 1.6, lambda one: f"{one[1].valid_from}\n{one[1].valid_to}", "center"),
        mass("年经营规模（吨）", "Yearly scale, t", 1.4, lambda one: one[1].scale_g, weighed=False),
        mass("账户累计（吨）", "Account, t", 1.4, lambda one: used.get(q3_account(one[1].root), Used(0, None)).grams, weighed=False),
        Column("序位", "Index", 0.8, lambda one: str(facts.newest(one[0])), "center"),
    )
    if facts.permits:
        table(sheet, columns, list(facts.permits.items()), size=7)
    else:
        _none(sheet, ("账本上没有该单位的经营许可证。", "No permit of the firm on the log."))
    for chain, plan in facts.plans.items():
        filed = clauses(
            *(
                say(
                    f"{site or '全单位'}：备案 {listed(*found.filings)}（{found.filed_on}），{len(found.lines)} 行",
                    f"{site or 'whole unit'}: filed {listed(*found.filings)} ({found.filed_on}), {len(found.lines)} lines",
                )
                for site, found in plan.sites.items()
            )
        )
        year = chain.rpartition("/")[2]
        wide(
            sheet,
            f"{year} 年管理计划",
            f"Plan of {year}",
            say(f"{filed}；序位 {facts.newest(chain)}", f"{filed}; entry {facts.newest(chain)}"),
        )


def open_loads(sheet: Sheet, facts: DossierFacts) -> None:
    """What is not finished, the oldest first."""
    found = sorted((load for load in facts.loads if load.is_open), key=_since_s)
    section(sheet, f"未办结的联单　{len(found)} 份", f"Open manifests: {len(found)}")
    now_s = parse_at(facts.dated)
    columns: tuple[Column[DossierLoad], ...] = (
        Column("联单", "Manifest", 2.0, lambda load: load.name),
        Column("阶段", "Stage", 1.0, lambda load: stage_name(load.state.stage), "center"),
        Column("自何时起", "Since", 1.6, lambda load: when(_since_s(load)), "center"),
        Column("历时（天）", "Days", 0.8, lambda load: str(max(now_s - _since_s(load), 0) // DAY_S), "right"),
        Column("尚存（吨）", "In stock, t", 1.2, lambda load: tonnes(sum(line.stock_g for line in load.state.lines)), "right"),
        Column(
            "逾期与未了结的提示", "Alerts that stand", 3.0, lambda load: listed(*_standing(load)), alarm=lambda load: bool(_standing(load))
        ),
        Column("最新序位", "Newest index", 0.9, lambda load: str(load.view.updated_idx), "center"),
    )
    if found:
        table(sheet, columns, found[:LISTED_MAX], size=7)
        _more(sheet, len(found))
    else:
        _none(sheet, ("没有未办结的联单。", "None is open."))


def _since_s(load: DossierLoad) -> int:
    """Since when it stands at its stage, as far as acts tell."""
    times = load.state.times
    known = (times.disposed_s, times.received_s, times.arrived_s, times.departed_s, times.issued_s)
    return next(at for at in known if at is not None)


def _standing(load: DossierLoad) -> list[str]:
    return list(dict.fromkeys(flag.code for flag in load.view.flags if flag.ended is None and flag.level in "HM"))


def _more(sheet: Sheet, count: int) -> None:
    if count > LISTED_MAX:
        sheet.paragraph(
            say(f"另有 {count - LISTED_MAX} 行，所附证据中齐全。", f"{count - LISTED_MAX} more are in the evidence attached."), SMALL
        )


def alerts(sheet: Sheet, facts: DossierFacts) -> None:
    """矛盾与提示, by code: contradictions first."""
    Row = tuple[tuple[str, str], list[tuple[DossierLoad, Flag]]]
    found: list[Row] = sorted(facts.alerts_by_code(), key=lambda one: one[0][1] not in CONTRADICTIONS)
    section(
        sheet,
        f"矛盾与提示　{sum(len(flags) for _, flags in found)} 条",
        f"Contradictions and alerts: {sum(len(flags) for _, flags in found)}",
    )
    columns: tuple[Column[Row], ...] = (
        Column("级别", "Level", 0.9, lambda one: level_name(one[0][0]), "center", lambda one: one[0][0] == "H"),
        Column("提示", "Alert", 3.6, lambda one: explain(one[0][1]).rstrip("。.") + f"\n{one[0][1]}"),
        Column("矛盾", "Contradicts", 1.05, lambda one: say("是", "yes") if one[0][1] in CONTRADICTIONS else "", "center"),
        Column("条", "Count", 0.65, lambda one: str(len(one[1])), "right"),
        Column("未了结", "Standing", 0.9, lambda one: str(sum(flag.ended is None for _, flag in one[1])), "right"),
        Column("联单（序位）", "Manifests (index)", 4.0, lambda one: listed(*_places(one[1]))),
    )
    if found:
        table(sheet, columns, found, size=6.8)
    else:
        _none(sheet, ("期间内的联单没有任何提示。", "No alert at any of the manifests."))


def _places(flags: Sequence[tuple[DossierLoad, Flag]], most: int = 8) -> list[str]:
    shown = [f"{load.name} ({flag.index})" for load, flag in flags[:most]]
    return shown + ([say(f"另 {len(flags) - most} 条", f"{len(flags) - most} more")] if len(flags) > most else [])


def corrections(sheet: Sheet, facts: DossierFacts) -> None:
    """更正: what was, what is, why, who agreed."""
    found = [(load, one) for load in facts.loads for one in load.view.corrections]
    section(sheet, f"更正　{len(found)} 件", f"Corrections: {len(found)}")
    columns: tuple[Column[tuple[DossierLoad, Correction]], ...] = (
        Column("联单", "Manifest", 1.8, lambda one: one[0].name),
        Column("更正内容", "What", 3.6, lambda one: "\n".join(f"{path}: {was or '—'} → {now or '—'}" for path, was, now in one[1].changes)),
        Column("理由", "Reason", 2.2, lambda one: one[1].reason),
        Column("提出", "By", 1.6, lambda one: name_in(facts.bundle, one[1].by)),
        Column("结果", "Outcome", 0.9, lambda one: _outcome(one[1]), "center"),
        Column(
            "序位",
            "Index",
            0.7,
            lambda one: str(one[1].ended_index if one[1].ended_index is not None else facts.newest(one[1].case)),
            "center",
        ),
    )
    if found:
        table(sheet, columns, found[:LISTED_MAX], size=6.8)
        _more(sheet, len(found))
    else:
        _none(sheet, ("没有提出过更正。", "None was proposed."))


def _outcome(one: Correction) -> str:
    return {"in_force": say("已生效", "in force"), "refused": say("未同意", "refused")}.get(one.ended, say("待同意", "open"))


def refusals(sheet: Sheet, facts: DossierFacts) -> None:
    """What of its statements the log did not take, and what receivers refused of its loads."""
    section(sheet, f"不予入账的声明　{len(facts.refusals)} 件", f"Statements refused: {len(facts.refusals)}")
    columns: tuple[Column[tuple[int, RefusalItem]], ...] = (
        Column("时间", "At", 1.6, lambda one: moment(one[1].at), "center"),
        Column("声明种类", "Kind", 1.8, lambda one: name_of_act(one[1].kind)),
        Column("理由", "Reasons", 4.4, lambda one: "\n".join(f"{code}　{explain(code)}" for code in one[1].codes)),
        Column("声明哈希（前 16 位）", "Statement", 1.7, lambda one: one[1].statement[:16], "center"),
        Column("序位", "Index", 0.7, lambda one: str(one[0]), "center"),
    )
    if facts.refusals:
        table(sheet, columns, list(facts.refusals[:LISTED_MAX]), size=6.8)
        _more(sheet, len(facts.refusals))
    elif facts.has_refusals:
        _none(sheet, ("期间内没有。", "None in the period."))
    else:
        _none(
            sheet,
            (
                "未附：单位自取的案卷不含被拒声明的页（其中有他人的），页数过多时也不附；账本也可能还没有这样的页。",
                "No pages enclosed: the firm's own copy, too many, or none on the log yet.",
            ),
        )


def incidents(sheet: Sheet, facts: DossierFacts) -> None:
    """突发事件 that name it."""
    section(sheet, f"突发事件　{len(facts.incidents)} 起", f"Incidents: {len(facts.incidents)}")
    columns: tuple[Column[tuple[str, IncidentState]], ...] = (
        Column("发生时间", "Happened", 1.6, lambda one: when(one[1].happened_s), "center"),
        Column("事件", "What", 1.4, lambda one: _what(one[1].what)),
        Column("地点", "Place", 1.0, lambda one: one[1].division, "center"),
        Column("报告单位", "Reported by", 2.4, lambda one: name_in(facts.bundle, one[0].split("/")[1])),
        Column("涉及联单", "Manifests", 2.4, lambda one: listed(*(chain.rpartition("/")[2] for chain in one[1].manifests))),
        Column("状态", "State", 1.2, lambda one: one[1].closed_on or say("未了结", "open"), "center", lambda one: not one[1].closed_on),
        Column("序位", "Index", 0.7, lambda one: str(facts.newest(one[0])), "center"),
    )
    if facts.incidents:
        table(sheet, columns, list(facts.incidents.items()), size=7)
    else:
        _none(sheet, ("期间内没有涉及该单位的突发事件。", "None concerns the firm in the period."))


_INCIDENTS = {
    "leak": "泄漏",
    "fire": "火灾",
    "traffic": "交通事故",
    "lost": "遗失",
    "stolen": "被盗",
    "dumping": "倾倒",
    "other": "其他",
    "UNMANIFESTED": "无联单到场",
}


def _what(code: str) -> str:
    return say("无联单到场", "without a manifest") if code == "UNMANIFESTED" else word(code, _INCIDENTS)


def decisions(sheet: Sheet, facts: DossierFacts) -> None:
    """白名单行 and 批准决定 in which it stands, with what is used of them."""
    used = used_of(facts.bundle)
    section(sheet, "白名单行与批准决定", "Listings and decisions")
    listed_columns: tuple[Column[ListedRow], ...] = (
        Column("名单", "List", 2.0, lambda one: one.list.removeprefix("list/")),
        Column("行", "Row", 0.5, lambda one: str(one.number + 1), "center"),
        Column("废物", "Wastes", 1.6, lambda one: say(*one.row.waste.told())),
        Column("有效期", "In force", 1.6, lambda one: f"{one.state.effective_from}\n{one.state.effective_to}", "center"),
        Column("变化", "Since", 1.8, lambda one: row_standing(one.state, one.number)),
        mass("额度（吨）", "Quota, t", 1.2, lambda one: one.row.quota_g, weighed=False),
        Column("已占用（吨）", "Committed, t", 1.3, lambda one: _used(used.get(q1_account(one.list, one.number))), "right"),
        Column("序位", "Index", 0.7, lambda one: str(facts.newest(one.list)), "center"),
    )
    if facts.listed:
        table(sheet, listed_columns, facts.listed, size=7)
        sheet.y += 4
    lines = [(chain, state, number) for chain, state in facts.decisions.items() for number in range(len(state.lines))]
    Line = tuple[str, ApprovalState, int]
    columns: tuple[Column[Line], ...] = (
        Column("批准文号", "Decision", 2.2, lambda one: one[1].no or say(*STAGES[one[1].stage])),
        Column("对方", "Other side", 2.2, lambda one: _other(facts, one)),
        Column("行", "Line", 0.55, lambda one: str(one[2] + 1), "center"),
        Column("废物", "Waste", 1.8, lambda one: f"{one[1].lines[one[2]].name}\n{one[1].lines[one[2]].code}"),
        Column(
            "阶段",
            "Stage",
            0.9,
            lambda one: say(*STAGES[one[1].stage]),
            "center",
            lambda one: one[1].stage in ("suspended", "revoked", "refused"),
        ),
        Column("有效期至", "Valid to", 1.1, lambda one: one[1].lines[one[2]].valid_to or one[1].valid_to, "center"),
        mass("批准（吨）", "Approved, t", 1.2, lambda one: one[1].lines[one[2]].mass_g, weighed=False),
        Column("已用（吨）", "Used, t", 1.3, lambda one: _used(used.get(q2_account(one[0], one[2]))), "right"),
        Column("序位", "Index", 0.7, lambda one: str(facts.newest(one[0])), "center"),
    )
    if lines:
        table(sheet, columns, lines, size=6.8)
        sheet.y += 3
        zh = "已占用、已用为所附最新相关条目入账后的累计（括号内为其序位）；此后的占用不在本件之内。"
        sheet.paragraph(
            say(zh, "Committed and used: after the newest entry attached (in brackets) that moved the account; later use is not told."),
            SMALL,
        )
    elif not facts.listed:
        _none(sheet, ("没有。", "None."))


def _used(found: Used | None) -> str:
    return "" if found is None else f"{tonnes(found.grams, weighed=False)} ({found.index})"


def _other(facts: DossierFacts, line: tuple[str, ApprovalState, int]) -> str:
    generator = line[0].split("/")[1]
    return name_in(facts.bundle, line[1].receiver if generator == facts.party else generator)


def loads(sheet: Sheet, facts: DossierFacts) -> None:
    """Every manifest with the figures of its certificate."""
    rows = [(load, at) for load in facts.loads for at in range(len(load.rows))]
    section(sheet, f"联单　{len(facts.loads)} 份，{len(rows)} 行", f"Manifests: {len(facts.loads)}, {len(rows)} lines")
    Line = tuple[DossierLoad, int]
    columns: tuple[Column[Line], ...] = (
        Column("联单", "Manifest", 2.1, lambda one: one[0].name),
        Column("对方", "Other side", 2.3, lambda one: _partner(facts, one[0])),
        Column("废物代码", "Code", 1.35, lambda one: one[0].rows[one[1]].code, "center"),
        Column(
            "起运 / 接受",
            "Departed, received",
            1.45,
            lambda one: _days(one[0].rows[one[1]].departed_s, one[0].rows[one[1]].received_s),
            "center",
        ),
        mass("移出（吨）", "Declared, t", 1.15, lambda one: one[0].rows[one[1]].declared_g),
        mass("接受（吨）", "Accepted, t", 1.15, lambda one: one[0].rows[one[1]].accepted_g),
        mass("拒收（吨）", "Refused, t", 1.1, lambda one: one[0].rows[one[1]].refused_g, lambda one: bool(one[0].rows[one[1]].refused_g)),
        Column(
            "阶段 / 途径", "Stage, route", 1.5, lambda one: f"{stage_name(one[0].state.stage)}\n{route_name(one[0].state.route)}", size=6.2
        ),
        Column("序位", "Index", 0.9, lambda one: f"{one[0].acts[0].index}–{one[0].view.updated_idx}", "center"),
    )
    if rows:
        table(sheet, columns, rows, size=6.4)
    else:
        _none(sheet, ("期间内没有联单。", "None in the period."))


def _days(departed_s: int | None, received_s: int | None) -> str:
    return "\n".join("—" if at is None else day_of(at) for at in (departed_s, received_s))


def _partner(facts: DossierFacts, load: DossierLoad) -> str:
    state = load.state
    other = state.receiver if facts.party == state.generator else state.generator
    return party_name(facts.bundle.facts, other)
