"""How a text is written down: rule and source, two sentences in Chinese, two in English."""

from __future__ import annotations

from signing.refusal import Lift, Rule


def text(
    code: str, rule: str, source: str, lift: Lift, *, zh: tuple[str, str], en: tuple[str, str], before: tuple[str, str] | None = None
) -> Rule:
    """A rule's standing text; ``zh`` and ``en`` are (what is wrong, what to do); ``before`` as in Rule."""
    return Rule(code=code, rule=rule, source=source, before=before, lift=lift, zh=zh[0], do_zh=zh[1], en=en[0], do_en=en[1])
