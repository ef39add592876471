"""Findings: the one place where rules put what they find, so that all reasons come out at once and in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ledger.admission.personality import Admitted, Refused
from ledger.model import Alert, Level, Tag
from signing.refusal import Reason


class Findings:
    """Reasons in order of report; alerts and tags without repetition."""

    __slots__ = ("alerts", "reasons", "tags")

    def __init__(self, reasons: Iterable[Reason] = ()) -> None:
        self.reasons: list[Reason] = list(reasons)
        self.alerts: dict[str, Level] = {}
        self.tags: set[Tag] = set()

    def refuse(self, code: str, field: str, found: object = "", expected: object = "") -> None:
        """A reason not to admit; ``found`` is cut so that no body is echoed whole."""
        self.reasons.append(Reason(code, field, str(found)[:120], str(expected)[:200]))

    def alert(self, level: Level, code: str) -> None:
        """A fact worth an official's look; of two levels of one code the graver stays."""
        known = self.alerts.get(code)
        if known is None or "LMH".index(level) > "LMH".index(known):
            self.alerts[code] = level

    def tag(self, code: str) -> None:
        """A property of the admission."""
        self.tags.add((code,))

    def sorted_alerts(self) -> tuple[Alert, ...]:
        """Alerts by code."""
        return tuple((self.alerts[code], code) for code in sorted(self.alerts))

    def sorted_tags(self) -> tuple[Tag, ...]:
        """Tags by code."""
        return tuple(sorted(self.tags))

    def answer(self, *, route: str | None = None, accounts: Mapping[str, int] | None = None) -> Admitted | Refused:
        """What a kind's ``decide`` returns: refused if there is any reason."""
        if self.reasons:
            return Refused(tuple(self.reasons))
        return Admitted(route=route, tags=self.sorted_tags(), alerts=self.sorted_alerts(), accounts=accounts or {})
