"""Words beside the codes of figures, in the language that is being told: ways, reasons, alerts, classes."""

from collections.abc import Mapping

from ledger.labels import words_of
from manifests.receipt import ReasonCode
from reports.figures.hiding import REST
from reports.kinds import all_kinds
from reports.paper.tongue import say
from reports.words import ENGLISH, ROUTES
from whitelist.acts.decide import ApprovalDecide
from whitelist.divisions import PROVINCES
from whitelist.names import STATES

_ENDS = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")
WHATS: Mapping[str, tuple[str, str]] = {
    "statement": ("不予入账", "statement not admitted"), "decision": ("不予批准", "application not approved"), "receipt": ("拒收", "load refused"),
    "H": ("高级提示", "grave alert"), "M": ("中级提示", "notable alert"), "L": ("低级提示", "slight alert"),
}  # fmt: skip
"""What was refused; levels of alerts."""
FREE: Mapping[str, tuple[str, str]] = {
    "ample": ("充裕（空余一半以上）", "ample (half or more)"), "fair": ("一般（空余两成以上）", "fair (a fifth or more)"), "short": ("紧张（空余不足两成）", "short (below a fifth)"),
}  # fmt: skip
TITLES: Mapping[str, tuple[str, str]] = {
    "quotas": ("名单额度使用", "Use of quotas"), "approvals": ("批准途径与用时", "Approvals by route and days"), "refusals": ("拒绝与原因", "Refusals by reason"),
    "capacity": ("接受单位空余能力", "Free capacity of receivers"), "alerts": ("提示", "Alerts"),
}  # fmt: skip
OTHERS = ("其他（合并）", "others together")
_OUTCOMES = words_of(ApprovalDecide.__annotations__["outcome"])
_REASONS = words_of(ReasonCode)


def place(code: str) -> str:
    """``四川``, as people say it; 00 is every other province."""
    if code == "00":
        return say("各省", "every province")
    zh, en = PROVINCES.get(code, (code, code))
    short = next((zh.removesuffix(end) for end in _ENDS if zh.endswith(end)), zh)
    return say(short, en)


def way(code: str) -> str:
    """``四川→重庆``; of one province that, and within one ``四川省内``."""
    here, _, there = code.partition("-")
    if not there:
        return place(here) if here else ""
    if here == there:
        return say(
            f"{place(here)}省内" if not place(here).endswith(("北京", "天津", "上海", "重庆")) else f"{place(here)}市内",
            f"within {place(here)}",
        )
    return say(f"{place(here)}→{place(there)}", f"{place(here)} → {place(there)}")


def reason(what: str, code: str) -> str:
    """A reason of a refusal, or the code of an alert, in a sentence; a code without words as it is."""
    if code == REST:
        return say(*OTHERS)
    if what in ("decision", "receipt"):
        words = _OUTCOMES if what == "decision" else _REASONS
        return say(words.get(code, code), ENGLISH.get(code, code.replace("_", " ")))
    rule = all_kinds().rules.get(code)
    return code if rule is None else say(rule.zh, rule.en)


def one_of(words: Mapping[str, tuple[str, str]], code: str) -> str:
    """A code of a table of words."""
    return say(*OTHERS) if code == REST else say(*words.get(code, (code, code)))


def route(code: str) -> str:
    """LISTED, APPROVED, or both together."""
    return one_of(ROUTES, code)


def permit_class(code: str) -> str:
    """Class of receiver."""
    return one_of(STATES, code)


def alert(text: str) -> str:
    """``H QUOTA_LEFT`` in words: level and sentence."""
    level, _, code = text.partition(" ")
    return f"{one_of(WHATS, level)}{say('：', ': ')}{reason('alert', code)}" if code else ""
