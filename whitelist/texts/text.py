"""How a text is written down: rule and source, two sentences in Chinese, two in English."""

from __future__ import annotations

from signing.refusal import Lift, Rule


def text(code: str, rule: str, source: str, lift: Lift, *, zh: tuple[str, str], en: tuple[str, str]) -> Rule:
    """A rule's standing text; ``zh`` and ``en`` are (what is wrong, what to do)."""
    return Rule(code=code, rule=rule, source=source, lift=lift, zh=zh[0], do_zh=zh[1], en=en[0], do_en=en[1])
