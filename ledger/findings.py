"""Findings: the one place where rules put what they find, so that all reasons come out at once and in order."""

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from ledger.model import Alert, Level, Tag
from signing.refusal import Reason


class Admitted(Struct, frozen=True, kw_only=True):
    """A statement may enter. ``accounts`` are changes in grams by account name, merged per account; zero changes are dropped."""

    route: str | None = None
    tags: tuple[Tag, ...] = ()
    alerts: tuple[Alert, ...] = ()
    accounts: Mapping[str, int] = field(default_factory=dict)
    read: frozenset[str] = frozenset()  # Chains read beside those that the kind names: of parties whose roles others signed.


class Refused(Struct, frozen=True):
    """A statement may not enter: all reasons, in order of report."""

    reasons: tuple[Reason, ...]


class Findings:
    """Reasons in order of report; alerts and tags without repetition; and what an admission carries, route and changes of accounts."""

    __slots__ = ("accounts", "alerts", "read", "reasons", "route", "tags")

    def __init__(self, reasons: Iterable[Reason] = ()) -> None:
        self.reasons: list[Reason] = list(reasons)
        self.alerts: dict[str, Level] = {}
        self.tags: set[Tag] = set()
        self.route: str | None = None
        self.accounts: dict[str, int] = {}
        self.read: set[str] = set()

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

    def answer(self) -> Admitted | Refused:
        """Refused if there is any reason, else admitted with what was found."""
        if self.reasons:
            return Refused(tuple(self.reasons))
        tags, alerts = self.sorted_tags(), self.sorted_alerts()
        return Admitted(route=self.route, tags=tags, alerts=alerts, accounts=self.accounts, read=frozenset(self.read))
