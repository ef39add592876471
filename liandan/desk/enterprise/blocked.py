"""Why something cannot go, as a clerk reads it: the reason, found against allowed, the article and how far it was checked, who lifts it, how long that takes.

Everything comes from the check and from admission; how many working days an act of an authority may take, from the thresholds that are adopted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from ledger.problem import ProblemError
from signing.citation import OURS, source_in_chinese
from signing.refusal import Rule
from whitelist.check_answers import CheckReason
from whitelist.lifting import WayOut
from whitelist.thresholds import Thresholds

_PATH = re.compile(r"（body\.[\w.*]+）| \(body\.[\w.*]+\)")
_ZEROS = re.compile(r"(?<![0-9.])([0-9]+\.[0-9]{3})000(?![0-9])")
_UNIT, _HAN = re.compile(r"(?<=[0-9]) t\b"), re.compile("[\u4e00-\u9fff]")
Trust = Literal["read", "recall", "ours"]


class LiftingStep(Struct, frozen=True, kw_only=True):
    """One act of a way out: what, by whom, within how many working days; 0 where no rule sets a term."""

    text: str
    by: tuple[str, ...]
    is_yours: bool
    workdays: int


class Blocked(Struct, frozen=True, kw_only=True):
    """One reason."""

    code: str
    label: str
    message: str
    what_to_do: str
    found: str
    expected: str
    source: str
    trust: Trust
    """``read``: the text of the law was read; ``recall``: it is to be confirmed; ``ours``: a rule of this log."""
    lifted_by: str
    ways: tuple[tuple[LiftingStep, ...], ...] = ()

    @property
    def workdays(self) -> int:
        """The shortest way out that needs an authority, in working days; 0 where none is bounded."""
        return min((sum(step.workdays for step in way) for way in self.ways), default=0)


def trust_of(rule: Rule | None, source: str) -> Trust:
    """How far a source was checked, by the marks of the rule book."""
    if not source or source in (OURS, source_in_chinese(OURS)):
        return "ours"
    marked = "" if rule is None else rule.marked
    return "read" if "[READ" in marked else "recall"


def blocked(errors: Iterable[ProblemError], rules: Mapping[str, Rule], limits: Thresholds | None, own: str) -> tuple[Blocked, ...]:
    """The reasons in their order; mere consequences of another are left out where that stands beside them."""
    found = list(errors)
    codes = {one.code for one in found}
    return tuple(_blocked(one, rules.get(one.code), limits, own) for one in found if not one.follows or one.follows not in codes)


def _blocked(error: ProblemError, rule: Rule | None, limits: Thresholds | None, own: str) -> Blocked:
    ways = error.ways if isinstance(error, CheckReason) else ()
    return Blocked(
        code=error.code,
        label=error.label,
        message=plainly(error.message),
        what_to_do=plainly(error.what_to_do),
        found=in_tonnes(error.found, error.message),
        expected=in_tonnes(error.expected, error.message),
        source=error.source,
        trust=trust_of(rule, error.source),
        lifted_by=error.lifted_by,
        ways=tuple(_way(way, limits, own) for way in ways),
    )


def plainly(text: str) -> str:
    """Without the paths that programs go by: their fields are named beside."""
    return _PATH.sub("", text)


def in_tonnes(text: str, beside: str) -> str:
    """Masses as lists show them, three decimals where the others say nothing; the unit as the text beside is written."""
    short = _ZEROS.sub(r"\1", text)
    return _UNIT.sub(" 吨", short) if _HAN.search(beside) else short


def _way(way: WayOut, limits: Thresholds | None, own: str) -> tuple[LiftingStep, ...]:
    return tuple(
        LiftingStep(
            text=step.text,
            by=tuple(signer.name for signer in step.by),
            is_yours=any(signer.party == own for signer in step.by),
            workdays=workdays_of(step.kind, limits),
        )
        for step in way
    )


def workdays_of(kind: str, limits: Thresholds | None) -> int:
    """Within how many working days an act follows an application by law: a decision after review, reply and its own term (Order 23 Art. 24–26)."""
    if limits is None or kind != "approval.decide/1":
        return 0
    return limits.review_wd + limits.reply_wd + limits.decide_wd
