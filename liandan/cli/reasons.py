"""How the reasons of a refusal are told on the terminal: with everything that a clerk needs to mend it."""

from msgspec.structs import replace

from ledger.problem import ProblemError
from liandan.cli.streams import warn
from liandan.wiring import RULES
from signing.phrase import Language, word_in
from signing.refusal import Reason, Refusal


def tell(refusal: Refusal) -> None:
    """Every reason with what to do, on stderr."""
    for reason in refusal.reasons:
        standing = RULES.get(reason.code)
        if standing is None:
            warn(f"{reason.code} 被拒绝 / refused {_where(reason, 'zh')}")
            continue
        rule = standing.told(reason.cause, reason.places, refusal.names)
        where = f" [{told}]" if (told := _where(reason, "en")) != _where(reason, "zh") else ""
        warn(f"{reason.code} {rule.zh} {_where(reason, 'zh')}", f"  → {rule.do_zh}", f"  {rule.en}{where} {rule.do_en}")


def tell_typed(refusal: Refusal) -> None:
    """What is wrong with something that was typed just now and will be typed again: no more than that, in both languages."""
    for reason in refusal.reasons:
        standing = RULES.get(reason.code)
        zh, en = (reason.code, reason.code) if standing is None else (standing.zh, standing.en)
        warn(f"  ✗ {zh} {_where(replace(reason, field=''), 'zh')}", f"    {en} {_where(replace(reason, field=''), 'en')}")


def tell_error(error: ProblemError) -> None:
    """One reason of the server on stderr: what is wrong where, what is wanted, what to do, by which article, who can lift it."""
    basis = " ".join(part for part in (error.rule, error.source) if part)
    warn(f"{error.code} {error.message} {_where(error, 'zh')}", f"  → {error.what_to_do}")
    if not error.follows:
        warn(f"  依据 {basis}　由谁解决 {error.lifted_by}")


def _where(reason: Reason | ProblemError, language: Language) -> str:
    """Where, what was found, what was expected and what may have been meant."""
    found, expected = word_in(reason.found, language), word_in(reason.expected, language)
    wanted, near = ("（应为 {}）", "您是不是想写 {}？") if language == "zh" else (" (expected {})", "did you mean {}?")
    label = reason.label if isinstance(reason, ProblemError) else ""
    told = " ".join(part for part in (label, reason.field, found) if part) + (wanted.format(expected) if expected else "")
    return f"{told} {near.format(reason.near)}" if reason.near else told
