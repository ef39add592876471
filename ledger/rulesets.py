"""Rulesets that this code can run. A ruleset fixes behaviour by version; old ones stay for ever, a bug fix is a new one (formats §5)."""

from __future__ import annotations

from msgspec import Struct


class Ruleset(Struct, frozen=True):
    """A version of the rules and the Unicode version it names."""

    version: str
    unicode: str


RULESETS = {"liandan-2026.1": Ruleset("liandan-2026.1", "14.0.0")}
CURRENT = "liandan-2026.1"
