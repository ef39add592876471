"""R-14, R-15: what a manifest moves out stands in the plan that the site filed for the year, and within its mass.

A plan that is not on this log is not compared: tag PLAN_OFF_LOG. Of a return R-14 rests: its waste left by the plan once. Source: Order 23
Art. 10(2), 14 [READ]; kinds §5.
"""

from collections import Counter
from collections.abc import Iterable

from ledger.mass import tonnes
from ledger.model import Facts, Findings
from signing.phrase import Word
from signing.refusal import texts
from whitelist import telling
from whitelist.checked import Checked
from whitelist.plan import SitePlan, used_g
from whitelist.transfer import PlanRef, WasteLine


def lines_are_of_the_plan(checked: Checked, out: Findings) -> None:
    """R-14: tag PLAN_OFF_LOG, or MISSING and PLAN_LINE by the lines of the plan."""
    named = checked.transfer.plan
    if named is None:
        return
    if checked.plan is None:
        out.tag("PLAN_OFF_LOG")
    elif checked.transfer.returns is None:
        judge_plan(out, checked.plan, named, checked.transfer.receiver, checked.lines)


def planned_mass_holds(checked: Checked, out: Findings) -> None:
    """R-15: ALERT M PLAN_OVER where a line of the plan is moved out beyond its mass. What goes home moves nothing out."""
    if checked.plan is None or checked.transfer.goes_back:
        return
    masses = Counter[int]()
    for (_, line), grams in zip(checked.lines, checked.masses, strict=True):
        if line.plan_line is not None:
            masses[line.plan_line] += grams
    named = checked.transfer.plan
    assert checked.plan_chain is not None
    assert named is not None, "a plan is found by what names it"
    note_over(out, checked.facts, checked.plan, checked.plan_chain, named.site, masses)


def judge_plan(out: Findings, plan: SitePlan, named: PlanRef, receiver: str, lines: Iterable[tuple[str, WasteLine]]) -> None:
    """PLAN_LINE for another filing, no such line, or a line of another code, method or receiver; MISSING without a line."""
    if named.filing_no not in plan.filings:
        own: dict[str, Word] = {"asked": named.filing_no, "right": plan.filings[-1]}
        out.refuse("PLAN_LINE", "body.plan.filing_no", named.filing_no, plan.filings[-1], "FILING", **own)
    for path, line in lines:
        where = f"{path}.plan_line"
        planned = plan.line(line.plan_line)
        if line.plan_line is None:
            what, how = ("管理计划行号", "the line of the plan"), ("（从 0 起数）", ", counted from 0")
            out.refuse("MISSING", where, "", "0 …", "WHAT", what=what, where=where, how=how)
        elif planned is None:
            own = {"line": str(line.plan_line), "count": str(len(plan.lines)), "lines": _lines(plan), "where": where}
            out.refuse("PLAN_LINE", where, line.plan_line, f"0 … {len(plan.lines) - 1}", "NONE", **own)
        else:
            own = {"line": str(line.plan_line), "waste": planned.name, "where": where}
            if line.code != planned.code:
                codes = {"asked": line.code, "right": planned.code, "lines": _lines(plan)}
                out.refuse("PLAN_LINE", f"{path}.code", line.code, planned.code, "CODE", **own, **codes)
            elif line.method != planned.method:
                methods = {"asked": telling.method(line.method), "right": telling.method(planned.method)}
                out.refuse("PLAN_LINE", f"{path}.method", line.method, planned.method, "TREATMENT", **own, **methods)
            if planned.receivers and receiver not in planned.receivers:
                right = " ".join(planned.receivers)
                out.refuse("PLAN_LINE", "body.receiver", receiver, right, "RECEIVER", **own, asked=receiver, right=right)


def note_over(out: Findings, facts: Facts, plan: SitePlan, chain: str, site: str | None, masses: Counter[int]) -> None:
    """PLAN_OVER by line; ``masses`` are grams that come to what was moved out before."""
    for number, grams in sorted(masses.items()):
        planned, used = plan.line(number), used_g(facts, chain, site or "", number)
        if planned is not None and used + grams > planned.mass_g:
            own = {"line": str(number), "waste": f"{planned.name} {planned.code}", "planned": tonnes(planned.mass_g)}
            total = {"total": tonnes(used + grams), "used": tonnes(used), "this": tonnes(grams), "year": chain.rpartition("/")[2]}
            out.alert("M", "PLAN_OVER", "LINE", **own, **total)


def _lines(plan: SitePlan) -> Word:
    """What may be named as ``plan_line``; of many the first eight."""
    rows = [f"{number} = {line.name} {line.code} {line.method}" for number, line in enumerate(plan.lines[:8])]
    more = ["…"] if len(plan.lines) > 8 else []
    return "；".join([*rows, *more]), "; ".join([*rows, *more])


RULES = (lines_are_of_the_plan, planned_mass_holds)
TEXTS = texts("""
PLAN_OFF_LOG | R-14 | nobody | Order 23 Art. 14 [READ]; flag [DESIGN]
管理计划未在本账本登记，未作比对。 || 保存管理计划备案材料备查；用 plan.file 登记后，联单按它核对。
The management plan is not on this log and was not compared. || Keep the filed plan at hand; once it is entered (plan.file), manifests are compared with it.

PLAN_LINE | R-14 | generator | Order 23 Art. 10(2), 14 [READ]; comparison [DESIGN]
联单的废物与本年度备案的管理计划不符。 || 核对管理计划的行号、代码、方式和接受人；计划有变的，先变更备案并提交 plan.amend，再开具联单。
The waste of the manifest is not that of the plan filed for the year. || Check number, code, method and receiver of the plan's line; if the plan has changed, file the change and send plan.amend, then issue the manifest.

PLAN_LINE:FILING
管理计划备案编号填写的是“{asked}”，本账本登记的是“{right}”。 || 编号填错的，改正 body.plan.filing_no；重新备案的，先提交 plan.amend 登记新编号。
The plan is named as filed under "{asked}"; on this log it is "{right}". || Correct body.plan.filing_no; if it was filed anew, enter the new number by plan.amend first.

PLAN_LINE:NONE
管理计划没有第 {line} 行：它有 {count} 行，从 0 数起（{lines}）。 || 改正 {where}；计划中没有这种废物的，先变更备案并以 plan.amend 增加一行。
The plan has no line {line}: there are {count}, counted from 0 ({lines}). || Correct {where}; if the plan does not have this waste, file the change and add a line by plan.amend.

PLAN_LINE:CODE
管理计划第 {line} 行是{waste}（{right}），本项填写的是 {asked}。 || 改正 {where}（{lines}）；计划中没有这种废物的，先变更备案并以 plan.amend 增加一行。
Line {line} of the plan is {waste} ({right}); this one is {asked}. || Correct {where} ({lines}); if the plan does not have this waste, file the change and add a line by plan.amend.

PLAN_LINE:TREATMENT
管理计划第 {line} 行（{waste}）的利用处置方式是{right}，本项填写的是{asked}。 || 方式填错的，改正联单；去向确有变化的，先变更备案并提交 plan.amend。
Line {line} of the plan ({waste}) goes to {right}; this one says {asked}. || Correct the method; if it has really changed, file the change and send plan.amend.

PLAN_LINE:RECEIVER
管理计划第 {line} 行（{waste}）的接受人是 {right}，不含{asked}。 || 接受人填错的，改正 body.receiver；去向确有变化的，先变更备案并提交 plan.amend。
Line {line} of the plan ({waste}) names as receivers {right}, not {asked}. || Correct body.receiver; if the waste really goes elsewhere, file the change and send plan.amend.

PLAN_LINE:NO_SUCH
管理计划没有第 {line} 行：它有 {count} 行，从 0 数起。 || 改正 {where}；新的废物写入 body.add。
The plan has no line {line}: there are {count}, counted from 0. || Correct {where}; new wastes go into body.add.

PLAN_LINE:TWICE
管理计划第 {line} 行在同一份变更中出现两次。 || 合并为一项。
Line {line} of the plan stands twice in one amendment. || Merge the two.

PLAN_LINE:FULL
管理计划已有 {count} 行，加上新增的超过 {most} 行。 || 不再需要的行可以调整数量继续使用；按场所分开备案的，分场所登记。
The plan has {count} lines; with those that come it would have more than {most}. || Use lines that are there, or file by site.

PLAN_OVER | R-15 | nobody | HJ 1259-2022 5.2.3, 5.5.5 [READ S4]; alert [DESIGN]
累计移出量超过管理计划。 || 不影响入账，主管部门会看到。及时变更管理计划的备案，并提交 plan.amend。
More has been moved out than the management plan has. || It is entered all the same, and the authorities see it. File the change of the plan in time and send plan.amend.

PLAN_OVER:LINE
管理计划第 {line} 行（{waste}）{year} 年预计转移 {planned} 吨，已移出 {used} 吨，加上本次 {this} 吨共 {total} 吨。 || 不影响入账，主管部门会看到。及时变更管理计划的备案，并提交 plan.amend。
Line {line} of the plan ({waste}) has {planned} t for {year}; {used} t were moved out, with these {this} t it is {total} t. || It is entered all the same, and the authorities see it. File the change of the plan in time and send plan.amend.
""")
