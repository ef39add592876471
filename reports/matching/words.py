"""What matching found, in words: how lines found each other, what agrees, what does not and why, with both operands. Chinese first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.mass import format_mass
from reports.matching.model import Cause, How, MatchOutcome, OutcomeKind, SideLine, Term, mass_of
from reports.matching.stock import StockCheck
from signing.phrase import Phrase

EACH_MAX = 6
"""Lines of a tie whose masses are named one by one."""
OUTCOMES: Mapping[OutcomeKind, tuple[str, str]] = {
    "matched": ("相符", "agrees"),
    "differs": ("有差异", "differs"),
    "only_logged": ("仅账本有", "only in the log"),
    "only_booked": ("仅台账有", "only in the book"),
    "ambiguous": ("无法唯一对应", "cannot be told apart"),
    "twice": ("重复登记", "written twice"),
}
TERMS: Mapping[Term, tuple[str, str]] = {
    "number": ("联单编号", "manifest number"),
    "partner": ("对方单位", "other party"),
    "code": ("废物代码", "waste code"),
    "day": ("日期", "day"),
    "time": ("时间", "time"),
    "mass": ("数量", "mass"),
    "plate": ("车牌", "plate"),
    "month": ("所属月份", "month"),
}
CAUSES: Mapping[Cause, tuple[str, str]] = {
    "unit_kg": ("疑为吨与千克混用", "looks like kilograms for tonnes"),
    "unit_jin": ("疑为市斤", "looks like jin (500 g)"),
    "swapped": ("疑为相邻两位数字颠倒", "looks like two digits swapped"),
    "rounded": ("疑为四舍五入或者截尾", "looks rounded"),
    "tolerance": ("差值较小", "a small difference"),
    "cut": ("疑为编号不全", "looks cut off"),
    "near": ("疑为编号录错", "looks mistyped"),
    "other_month": ("不在本月", "of another month"),
}
HOWS: Mapping[How, tuple[str, str]] = {
    "number": ("按联单编号对应", "found by the manifest's number"),
    "exact": ("按对方单位、日期、代码、数量对应", "found by party, day, code and mass"),
    "sum": ("按合计对应", "found as a sum"),
    "likeness": ("按相似程度对应", "found by likeness"),
}
STOCK_CHECKS: Mapping[StockCheck, tuple[str, str]] = {
    "identity": (
        "上月底剩余 + 产生（接受）− 自行利用处置 − 委外 ≠ 本月底剩余",
        "opening + made (received) − used − sent out is not the closing",
    ),
    "carried": ("本月期初与上月月报期末不同", "the opening is not last month's closing"),
    "made": ("产生台账合计与月报产生量不同", "the sum of B.1 is not what C.1 says was made"),
    "used": ("自行利用处置台账合计与月报不同", "the sum of B.4 is not what C.1 says was used"),
    "out": ("委外台账合计与月报委外量不同", "the sum of B.5 is not what C.1 says was sent out"),
    "flows": (
        "产生与出库之和不等于入库、自行利用处置与委外之和",
        "what was made or left the stock is not what went into it, was used or sent out",
    ),
    "moved": ("入库减出库与月报贮存增减不同", "B.2 less B.3 is not what the stock of C.1 has grown by"),
}


def explained(outcome: MatchOutcome) -> Phrase:
    """One sentence: ``按联单编号对应，可信度 850‰；相符：…；不符：数量 账本 5.6 吨、台账 5.5 吨（差值较小）``."""
    zh, en = list[str](), list[str]()
    if outcome.how:
        how = HOWS[outcome.how]
        zh.append(f"{how[0]}，可信度 {outcome.confidence / 10:g}%")
        en.append(f"{how[1]}, confidence {outcome.confidence / 10:g}%")
    if outcome.agreed:
        zh.append(f"相符：{'、'.join(TERMS[term][0] for term in outcome.agreed)}")
        en.append(f"agree: {', '.join(TERMS[term][1] for term in outcome.agreed)}")
    for one in outcome.differed:
        term, cause = TERMS[one.term], CAUSES.get(one.cause, ("", ""))
        unit = ("吨", " t") if one.term == "mass" else ("", "")
        zh.append(
            f"{term[0]}：账本 {one.logged or '—'}{unit[0]}，台账 {one.booked or '—'}{unit[0]}" + (f"（{cause[0]}）" if cause[0] else "")
        )
        en.append(
            f"{term[1]}: log {one.logged or '-'}{unit[1]}, book {one.booked or '-'}{unit[1]}" + (f" ({cause[1]})" if cause[1] else "")
        )
    counts, masses = (len(outcome.logged), len(outcome.booked)), (format_mass(outcome.logged_g), format_mass(outcome.booked_g))
    match outcome.kind:
        case "only_logged":
            zh, en = [f"账本有 {masses[0]} 吨，台账没有对应的行"], [f"the log has {masses[0]} t, and the book no line for it"]
        case "only_booked":
            zh, en = [f"台账有 {masses[1]} 吨，账本没有对应的联单"], [f"the book has {masses[1]} t, and the log no manifest for it"]
        case "twice":
            zh, en = [f"与台账 {outcome.again} 行重复"], [f"says the same as line {outcome.again} of the book"]
        case "ambiguous":
            zh = [
                f"账本 {counts[0]} 行（{_each(outcome.logged)} 吨）与台账 {counts[1]} 行（{_each(outcome.booked)} 吨）有不止一种说得通的对应，不作猜测"
            ]
            en = [
                f"{counts[0]} lines of the log ({_each(outcome.logged)} t) and {counts[1]} of the book ({_each(outcome.booked)} t) "
                "may go together in more than one way; none is guessed"
            ]
            if outcome.again:
                zh.append(f"台账也可能与 {outcome.again} 行重复登记")
                en.append(f"the book may also have written line {outcome.again} twice")
    if max(counts) > 1 and outcome.how:
        zh.append(f"账本 {counts[0]} 行 {masses[0]} 吨，台账 {counts[1]} 行 {masses[1]} 吨")
        en.append(f"{counts[0]} lines of the log, {masses[0]} t; {counts[1]} of the book, {masses[1]} t")
    return Phrase("；".join(zh), "; ".join(en))


def _each(lines: Sequence[SideLine]) -> str:
    """The masses of some lines, each, or in sum where they are many."""
    return ", ".join(format_mass(line.mass_g) for line in lines) if len(lines) <= EACH_MAX else f"Σ {format_mass(mass_of(lines))}"
