"""Words of a trial, in the language that is being printed."""

from collections.abc import Mapping

from ledger.mass import tonnes
from reports.paper.tongue import say
from reports.whatif.result import HowLong, RowResult, WhatIf
from whitelist.divisions import province_name

CAUSES: Mapping[str, tuple[str, str]] = {
    "row_missing": ("名单没有这一行", "no such row"),
    "scope": ("该行不含这种废物", "waste not on the row"),
    "method": ("该行没有这种方式", "method not on the row"),
    "use_only": ("仅限利用", "use only"),
    "suspended": ("该行暂停或移出", "row suspended or removed"),
    "quota": ("额度用完", "quota used up"),
    "complete_within": ("超过完成期限", "time to complete is over"),
    "term": ("不在名单有效期内", "outside the list's days"),
    "not_in_force": ("名单没有生效", "list not in force"),
    "other": ("其他", "other"),
}
OUTCOMES: Mapping[str, tuple[str, str]] = {
    "same": ("不变", "as it was"),
    "faster": ("商请改为名单直批", "listed instead of by letter"),
    "slower": ("名单直批改为商请", "by letter instead of listed"),
    "freed": ("不予批准改为名单直批", "listed instead of refused"),
}
TRIPS: Mapping[str, tuple[str, str]] = {
    "stopped": ("会被拦下", "stopped"),
    "noticed": ("新增报告提示", "PRE_NOTICE raised"),
    "relieved": ("不再有报告提示", "PRE_NOTICE gone"),
    "freed": ("会放行", "let go"),
}
ACTS: Mapping[str, tuple[str, str]] = {
    "issue": ("开具", "issue"),
    "depart": ("起运", "departure"),
    "void": ("作废", "void"),
    "end": ("年末", "end of the year"),
}
CHANGES: Mapping[str, tuple[str, str]] = {
    "same": ("不变", "as it was"),
    "quota": ("额度", "quota"),
    "conditions": ("条件", "conditions"),
    "scope": ("废物或方式", "wastes or methods"),
    "kept": ("不再终止", "not ended"),
    "new": ("新增", "new"),
    "gone": ("草案没有", "not on the draft"),
}
ROUTES: Mapping[str, tuple[str, str]] = {"LISTED": ("名单直批", "listed"), "APPROVED": ("商请", "by letter"), "": ("不予批准", "refused")}
HEADS: Mapping[str, tuple[str, str]] = {
    "kind": ("种类", "kind"),
    "suspension_stops": ("暂停的效力", "what a suspension stops"),
    "effective_from": ("生效日", "effective from"),
    "effective_to": ("失效日", "effective to"),
    "conditions": ("条件", "conditions"),
}


def word(table: Mapping[str, tuple[str, str]], name: str) -> str:
    """One of these tables' words."""
    return say(*table[name])


def way(result: WhatIf) -> str:
    """``四川 → 重庆``; 00 is every other province."""
    _, here, there, _ = result.list.removeprefix("list/").split("-")
    first = say("各省", "all provinces") if here == "00" else _province(here)
    return f"{first} → {_province(there)}"


def _province(code: str) -> str:
    return say(province_name(code), province_name(code, english=True))


def title(result: WhatIf) -> str:
    """What it is about."""
    return say(f"政策试算　{result.year} 年　{way(result)}", f"Policy trial, {result.year}, {way(result)}")


def t(grams: int) -> str:
    """Tonnes with thousands apart."""
    whole, _, rest = tonnes(grams).partition(".") if "." in tonnes(grams) else (tonnes(grams), "", "")
    return f"{int(whole):,}{'.' + rest if rest else ''}"


def how_long(found: HowLong, *, is_listed: bool) -> str:
    """By what days were estimated."""
    route = say("名单直批", "listed decisions") if is_listed else say("商请", "decisions by letter")
    if not found.of:
        return say(
            f"{route} {found.workdays} 个工作日（当年没有可比的决定，按法定期限）",
            f"{route}: {found.workdays} working days (the terms of the law, for the year has none)",
        )
    where = say("（各方向）", " of all directions") if found.anywhere else ""
    return say(
        f"{route} {found.workdays} 个工作日（当年 {found.of} 份决定{where}的中位数）",
        f"{route}: {found.workdays} working days (median of {found.of}{where})",
    )


def row_name(row: RowResult) -> str:
    """``草案第 3 行``; one that is not on it by its number on the list."""
    if row.place is None:
        return say(f"名单第 {row.row + 1} 行", f"row {row.row + 1} of the list")
    return say(f"草案第 {row.place + 1} 行", f"row {row.place + 1} of the draft")


def party(result: WhatIf, uscc: str) -> str:
    """A party's name, else its code."""
    return result.names.get(uscc) or uscc


def place(result: WhatIf, code: str) -> str:
    """A division's name, else its code."""
    return say(*result.divisions.get(code, (code, code)))
