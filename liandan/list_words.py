"""How the conditions of a list are told to people, on the command line and at the desk."""

from __future__ import annotations

from ledger.problem import Language
from whitelist.divisions import province_name
from whitelist.listing import Conditions


def conditions_words(terms: Conditions | None, language: Language = "zh") -> str:
    """What is asked beside quota and term, as far as it is said."""
    if terms is None:
        return ""
    is_zh = language == "zh"
    told = []
    if terms.pre_notice_days is not None:
        told.append(f"转移前 {terms.pre_notice_days} 天报告" if is_zh else f"notice {terms.pre_notice_days} days before")
    if terms.complete_within_days is not None:
        told.append(f"{terms.complete_within_days} 天内完成" if is_zh else f"completed within {terms.complete_within_days} days")
    told += [("仅限利用" if is_zh else "for use alone")] if terms.use_only else []
    if terms.transit:
        ways = ("、" if is_zh else ", ").join(province_name(one, english=not is_zh) for one in terms.transit)
        told.append(f"途经 {ways}" if is_zh else f"by way of {ways}")
    return ("，" if is_zh else ", ").join([*told, *filter(None, (terms.note,))])
