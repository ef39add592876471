"""``docs/rules.md``: every rule that an act is judged by, and every rule of the law that is not checked, or not wholly, said aloud.

The first table is read from the code: which codes a kind's functions give, by walking from its rules through everything they call. The second is
``law_rules.csv``: the numbers R-01 … R-93 copied from the list of rules of the research of 2026-11-22 ("Numbered, testable rules", whose section
stands in the column ``listed``) with its corrections; R-28, R-29, R-45 to R-49 and R-76 to R-79 were never given. ``python -m liandan.reference``
writes the page, a test compares.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct, convert

from ledger.admission import admit
from ledger.labels import fields_of
from liandan.given_codes import Given, codes_given
from liandan.wiring import KINDS, RULES
from manifests import deadlines
from manifests.deadlines import TERMS
from reports.rulebook import RULES as REPORTED
from signing.citation import cited, source_in_chinese
from signing.refusal import LIFTS_EN, LIFTS_ZH, Rule

WORKED_OUT = {
    "SEA": (Given(refused=True), ("manifest.issue/1",)),
    "EXEMPT_COLLECTION": (Given(tagged=True), ("manifest.issue/1",)),
    "EXEMPT_TRANSPORT": (Given(tagged=True), ("manifest.issue/1",)),
    "EXEMPT_USE": (Given(tagged=True), ("manifest.issue/1",)),
    "EXEMPT_DISPOSAL": (Given(tagged=True), ("manifest.issue/1",)),
    "PROVISIONAL_CALENDAR": (
        Given(tagged=True),
        ("approval.consult/1", "approval.reply/1", "approval.decide/1", "manifest.issue/1", "manifest.receive/1"),
    ),
    "LATE": (Given(tagged=True), ("",)),
    "RECUT": (Given(tagged=True), ("",)),
    "RULESET_UNKNOWN": (Given(refused=True), ("log.found/1", "ruleset.adopt/1")),
    "DATA_MISSING": (Given(refused=True), ("log.found/1", "ruleset.adopt/1", "data.adopt/1")),
}
"""Codes that no rule's function names: a value of a field, the links of an exemption, the flag of a calendar, how late an act came, what the table
of kinds and the sequencer know of rulesets and files."""
OF_THE_PRESENT = {
    rule.code: (
        Given(levels=frozenset(levels)),
        tuple(f"{kind}/1" for term in TERMS.values() if term.code == rule.code for kind in term.kinds),
    )
    for rule, levels in zip(deadlines.TEXTS, ("L", "L", "M", "MH", "L", "L"), strict=True)
}
"""Codes that no entry carries: said as long as the act is missing that would end it (manifests.present)."""
LAW = Path(__file__).with_name("law_rules.csv")
STATES = {"checked": "核对 checked", "construction": "由构造保证 by construction", "partly": "部分核对 partly", "not": "不核对 not checked"}
_HEAD = """# 规则　Rules

本页由程序生成（`python -m liandan.reference`），不手工修改。Written by the code, never edited by hand.

每一项行为入账前按下列规则判断，全部理由一次给出。**退回**的不入账，改正后重新提交；**提示**照样入账，供主管部门查看（L 低、M 中、H 高）；**标记**只作说明。
代码的页面在运行中的服务的 `/problems/代码`，写明各种情形下怎么办。Every act is judged by these rules before it enters, and all reasons come at once. What is
*refused* does not enter; an *alert* enters all the same and is looked at by the authorities (L, M, H); a *tag* explains. `/problems/<code>` of a running server says
what to do in each case.

法律依据是规则所依据的条款；“本账本规则”是账本自己的约定，不是法律。允差、期限、比例是账本采用的阈值（[thresholds](formats/thresholds.json)）。The basis is the article that the rule
rests on; a *rule of this log* is no law. Tolerances, terms and shares are thresholds that the log has adopted.
"""
_SECOND = """## 哪些法律规则不核对　What of the law is not checked

下表逐条列出法规中的规则：账本核对到哪里，哪些不核对、为什么。没有核对的，责任仍在当事人和主管部门。All rules of the law by number: how far the log checks them, and
why not further. What is not checked remains a duty of the parties and the authorities.
"""


class LawRule(Struct, frozen=True, kw_only=True):
    """A numbered rule of the law: where the number was given, its basis, what it asks, how far it is checked, by which codes, and why not further."""

    rule: str
    listed: str
    basis: str
    zh: str
    en: str
    state: str
    by: str
    why_zh: str
    why_en: str

    @property
    def codes(self) -> list[str]:
        """Codes that bear its number, and those that check it beside."""
        return [*sorted(code for code, rule in RULES.items() if rule.rule == self.rule), *self.by.split()]


@cache
def law() -> tuple[LawRule, ...]:
    """All of them, by number."""
    with LAW.open(encoding="utf-8", newline="") as file:
        return tuple(convert(row, LawRule) for row in csv.DictReader(file))


@cache
def given() -> Mapping[str, Mapping[str, Given]]:
    """By code, by kind: how the acts give it; ``""`` stands for every kind."""
    found: defaultdict[str, dict[str, Given]] = defaultdict(dict)
    common = codes_given([admit.judge], RULES)
    for code, how in common.items():
        found[code][""] = how
    for code, (how, kinds) in (WORKED_OUT | OF_THE_PRESENT).items():
        found[code].update(dict.fromkeys(kinds, how))
    for kind in KINDS.by_name.values():
        form = {code: Given(refused=True) for field in fields_of(kind.body) for code in field.codes}
        roots = (*(() if kind.gate is None else (kind.gate,)), *kind.rules, *kind.asks)
        for code, how in (form | dict(codes_given(roots, RULES))).items():
            if "" not in found[code]:
                found[code][kind.name] = how
    return found


def page() -> str:
    """The page."""
    acts = given()
    shown = sorted((rule for code, rule in RULES.items() if acts.get(code) or (code in REPORTED and rule.rule)), key=_order)
    head = (
        "| 规则 | 代码 code | 查出什么 what it finds | 依据 basis | 结果 result | 行为 acts | 由谁解决 who lifts it |",
        "|---|---|---|---|---|---|---|",
    )
    law_head = ("| 规则 | 要求 what it asks | 依据 basis | 核对 checked | 代码 codes | 说明 why |", "|---|---|---|---|---|---|")
    counts = {state: sum(one.state == state for one in law()) for state in STATES}
    told = "；".join(f"{words} {counts[state]}" for state, words in STATES.items())
    lines = [
        _HEAD,
        "## 规则表　The rules",
        "",
        *head,
        *(_row(rule, acts.get(rule.code, {})) for rule in shown),
        "",
        _SECOND,
        f"共 {len(law())} 条：{told}。",
        "",
        *law_head,
        *map(_law_row, law()),
    ]
    return "\n".join(lines) + "\n"


def _order(rule: Rule) -> tuple[bool, str, str]:
    return not rule.rule, rule.rule, rule.code


def _row(rule: Rule, acts: Mapping[str, Given]) -> str:
    basis = f"{source_in_chinese(rule.source)}<br>{rule.source}"
    if rule.before is not None:
        since, source = rule.before
        basis += f"<br>{since} 以前 before: {source_in_chinese(source)}"
    levels = "".join(sorted({level for how in acts.values() for level in how.levels}, key="LMH".index))
    by_result = {
        "退回 refused": [name for name, how in acts.items() if how.refused],
        f"提示 alert {'/'.join(levels)}": [name for name, how in acts.items() if how.levels],
        "标记 tag": [name for name, how in acts.items() if how.tagged],
    }
    # What one act is refused for may only be said of another: then each result has its acts.
    results = [said if len(names) == len(acts) else f"{said}: {_few(names)}" for said, names in by_result.items() if names]
    where = "全部行为 every act" if "" in acts else _acts(acts)
    return _cells(
        rule.rule, f"`{rule.code}`", f"{rule.zh}<br>{rule.en}", basis, "<br>".join(results) or "报表 statement", where, _lifts(rule)
    )


def _few(names: Iterable[str]) -> str:
    return ", ".join(f"`{name.partition('/')[0]}`" for name in sorted(names))


def _acts(names: Iterable[str]) -> str:
    found = sorted(names)
    if not found:
        return "对账单、转移证明 statements and certificates"
    words = [f"{KINDS.by_name[name].zh} `{name.partition('/')[0]}`" for name in found]
    return "<br>".join(words) if len(words) <= 12 else "<br>".join([*words[:12], f"… 共 {len(words)} 种 kinds"])


def _lifts(rule: Rule) -> str:
    found = dict.fromkeys((rule.lift, *(text.lift for text in rule.causes.values())))
    return "<br>".join(f"{LIFTS_ZH[lift]} {LIFTS_EN[lift]}" for lift in found)


def _law_row(one: LawRule) -> str:
    basis = f"{source_in_chinese(cited(one.basis))}<br>{cited(one.basis)}"
    codes = " ".join(f"`{code}`" for code in dict.fromkeys(one.codes))
    why = f"{one.why_zh}<br>{one.why_en}" if one.why_zh else ""
    return _cells(one.rule, f"{one.zh}<br>{one.en}", basis, STATES[one.state], codes, why)


def _cells(*cells: str) -> str:
    return f"| {' | '.join(_whole(cells))} |"


def _whole(cells: Sequence[str]) -> list[str]:
    return [cell.replace("|", "\\|").replace("\n", " ") for cell in cells]
