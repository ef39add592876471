"""Whether a month is fine (结论), in one sentence that says what is not.

The same sentence stands on page 1, in the JSON and on the first sheet. Levels H and M are to be dealt with; L is told, and spoils no month.
"""

from collections import Counter
from collections.abc import Sequence

from reports.paper.tongue import TONGUES, clauses, listed, say, speaking
from reports.reconciliation.judged.finding import MonthFinding
from reports.reconciliation.judged.findings import findings
from reports.reconciliation.judged.item_words import what_text
from reports.reconciliation.judged.open_items import own_items
from reports.reconciliation.judged.wording import plural, table_number
from reports.reconciliation.model import MonthlyStatement
from reports.words import when


def is_fine(statement: MonthlyStatement, found: Sequence[MonthFinding]) -> bool:
    """Whether there was a month and nothing of it is to be dealt with."""
    return statement.has_begun and all(finding.level == "L" for finding in found)


def sentence(statement: MonthlyStatement, found: Sequence[MonthFinding]) -> str:
    """Whether the month is fine and what is not, the gravest first, in one sentence; ``found`` are its findings in this language."""
    if not statement.has_begun:
        return say("该月在账本中尚未开始，无可核对。", "The month has not begun in the log; there is nothing to reconcile.")
    duties = _duties(statement) if statement.scope.party else ""
    bad, told = ([_where(finding) for finding in found if (finding.level == "L") == is_told] for is_told in (False, True))
    if bad:
        zh, en = f"本月有 {len(bad)} 类事项须处理", f"{plural(len(bad), 'matter')} to deal with in this month"
        if statement.scope.party:
            zh, en = f"本月与贵单位有关的有 {len(bad)} 类事项须处理", f"{plural(len(bad), 'matter')} that concern you in this month"
        order = say("，重者在前", ", the gravest first") if len(bad) > 1 else ""
        said = say(zh, en) + order + say("：", ": ") + clauses(*bad)
    elif not statement.rows and not told:
        where = ("", "") if statement.scope.direction is None else ("该方向", " in this direction")
        zh, en = (
            f"本月{where[0]}没有转移，也没有在途和未起运的联单",
            f"no transfers of this month{where[1]}, none in transit and none waiting",
        )
        said = say(zh, en)
    elif statement.terms is None:
        said = say(
            "本月没有须处理的事项，镜像等式逐个代码相等，没有编号重复和额度超用；账本未采用阈值，重量差异和在途时间没有分级",
            "nothing to deal with in this month, the mirror equation holds for every code, no number is used twice and no quota is overdrawn; "
            "weights and times under way are not graded, for no thresholds are adopted",
        )
    else:
        said = say(
            "本月没有须处理的事项，镜像等式逐个代码相等，重量差异均在允差内，没有超时在途、编号重复和额度超用",
            "nothing to deal with in this month, the mirror equation holds for every code, weights are within tolerance, "
            "no load is overdue, no number is used twice and no quota is overdrawn",
        )
    if told:
        said += say("；另请留意：", "; also note: ") + clauses(*told)
    if statement.is_provisional:
        seen = when(statement.as_of_s)
        return say(f"未完结，截至 {seen}，{duties}{said}。", f"Provisional, as of {seen}: {duties}{said}.")
    said = duties + said
    return say(f"{said}。", f"{said[:1].upper()}{said[1:]}.")


def _duties(statement: MonthlyStatement) -> str:
    """What a party has to do and by when, before what is out of order with whomever: ``贵单位须办 2 件，最早期限 2026-11-10：重量超差 2 件。``"""
    own = own_items(statement)
    if not own:
        return say("贵单位没有须办的事项；", "You have nothing to do; ")
    counts = Counter(map(what_text, own))
    what = listed(*(say(f"{word} {count} 件", f"{word} ({count})") for word, count in counts.items()))
    first = min((item.due_on for item in own if item.due_on), default="")
    over = sum(item.is_late(statement.drawn_s) for item in own)
    due = say(f"，最早期限 {first}", f", the first by {first}") if first else ""
    late = say(f"，{over} 件已过期限", f", {over} of them overdue") if over else ""
    return say(f"贵单位须办 {len(own)} 件{due}{late}：{what}；", f"You have {plural(len(own), 'thing')} to do{due}{late}: {what}; ")


def both_sentences(statement: MonthlyStatement) -> dict[str, str]:
    """The sentence by language."""
    found = {}
    for tongue in TONGUES:
        with speaking(tongue):
            found[str(tongue)] = sentence(statement, findings(statement))
    return found


def provisional_mark(statement: MonthlyStatement) -> str:
    """What stands on every page of a month that is not over; empty otherwise."""
    if not statement.is_provisional:
        return ""
    seen = when(statement.drawn_s)
    zh, en = f"未完结：账本末条入账 {seen}，本月尚未结束", f"PROVISIONAL: the log's last entry is of {seen}, the month is not over"
    return say(f"{zh} / PROVISIONAL", f"{en} / 未完结")


def _where(finding: MonthFinding) -> str:
    number = table_number(finding.table)
    return finding.text + (say(f"（{number}）", f" ({number})") if number else "")
