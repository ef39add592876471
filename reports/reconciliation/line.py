"""One waste line of one manifest in a month, and the month itself. Masses are integer grams, moments Unix seconds."""

from datetime import datetime

from msgspec import Struct

from ledger.times import DAY_S, SHANGHAI

Way = tuple[str, str]
"""Provinces from and to, two digits each; the same twice of what stays in one."""


class Period(Struct, frozen=True):
    """A calendar month of Asia/Shanghai: ``start_s`` included, ``end_s`` not."""

    month: str
    start_s: int
    end_s: int

    def holds(self, at_s: int | None) -> bool:
        """Whether a moment lies in the month."""
        return at_s is not None and self.start_s <= at_s < self.end_s


def period_of(month: str) -> Period:
    """The period of a well-formed ``YYYY-MM``."""
    year, number = int(month[:4]), int(month[5:])
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    start, end = (datetime(y, m, 1, tzinfo=SHANGHAI) for y, m in ((year, number), following))
    return Period(month, int(start.timestamp()), int(end.timestamp()))


class LineRow(Struct, frozen=True, kw_only=True):
    """One waste line of one manifest, as it stands at the log size of the statement."""

    manifest: str
    """ULID."""
    number: str
    line: int
    """From 1, as printed."""
    name: str
    code: str
    generator: str
    receiver: str
    carrier: str
    """USCC of the last carrier, empty before departure."""
    origin: str
    destination: str
    """Divisions (GB/T 2260), six digits."""
    stage: str
    declared_g: int
    loaded_g: int | None
    accepted_g: int | None
    refused_g: int | None
    opinion: str
    level: str
    """``M`` or ``H`` where what came differs from what was sent beyond the tolerance (R-62), else empty."""
    issued_s: int
    departed_s: int | None
    received_s: int | None
    """The receipt's ``at``, never before the departure (claimed times may run back by 5 minutes, formats §6)."""
    voided_s: int | None
    declined_s: int | None
    """When the receiver declined it before departure: like a void, it is outside the equation."""
    emergency: str = ""
    """应急转移: the chain of the emergency on which it moves (R-39)."""
    regularised_s: int | None = None
    """When the authority of the origin reported that its emergency transfer was regularised (补办)."""
    carriers: tuple[str, ...] = ()
    """USCC of everybody who carried it on some leg."""
    type: str = "normal"
    """Of the manifest: a back-fill, a transfer that was under way at go-live …"""
    plan: tuple[str, str, int] | None = None
    """The line of a management plan on which it counts: chain, site, line from 0."""

    @property
    def way(self) -> Way:
        """Provinces from and to."""
        return self.origin[:2], self.destination[:2]

    @property
    def parties(self) -> tuple[str, ...]:
        """Whom it concerns."""
        return (self.generator, self.receiver, *self.carriers)

    @property
    def chain(self) -> str:
        """Of the manifest."""
        return f"manifest/{self.generator}/{self.manifest}"

    @property
    def came_g(self) -> int:
        """Accepted and refused together."""
        return (self.accepted_g or 0) + (self.refused_g or 0)

    @property
    def difference_g(self) -> int | None:
        """Declared − accepted − refused of a received line; ``None`` before the receipt."""
        return None if self.accepted_g is None or self.refused_g is None else self.declared_g - self.came_g

    @property
    def sent_g(self) -> int:
        """Weighed at loading, else declared."""
        return self.declared_g if self.loaded_g is None else self.loaded_g

    def is_under_way_at(self, moment_s: int) -> bool:
        """Departed before a moment and not received before it."""
        return self.departed_s is not None and self.departed_s < moment_s and (self.received_s is None or self.received_s >= moment_s)

    def is_waiting_at(self, moment_s: int) -> bool:
        """Issued before a moment, neither departed nor voided, declined or received before it."""
        gone = [at for at in (self.departed_s, self.voided_s, self.declined_s, self.received_s) if at is not None]
        return self.issued_s < moment_s and all(at >= moment_s for at in gone)

    @property
    def deviation(self) -> int:
        """What came less what was sent, in hundredths of a per cent of what was sent, rounded half away from 0 (R-62)."""
        lacking = self.sent_g - self.came_g
        found = (abs(lacking) * 10_000 + self.sent_g // 2) // max(self.sent_g, 1)
        return -found if lacking > 0 else found

    def age_s(self, moment_s: int) -> int:
        """Seconds since the departure, or since the issue of what has not departed before the moment; claimed times may lie 5 minutes ahead."""
        begun_s = self.departed_s if self.departed_s is not None and self.departed_s < moment_s else self.issued_s
        return max(moment_s - begun_s, 0)

    def age_days(self, moment_s: int) -> int:
        """The same in whole days."""
        return self.age_s(moment_s) // DAY_S

    @property
    def trip_s(self) -> int:
        """From departure to receipt, of what has both."""
        return 0 if self.received_s is None or self.departed_s is None else self.received_s - self.departed_s
