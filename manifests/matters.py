"""What cases leave behind on a manifest, as nouns: holds, gaps, contests (kinds §7). They stand in the register beside the trunk, and in the view of readers.

Moments are Unix seconds, masses grams. None of them writes the trunk's own acts.
"""

from __future__ import annotations

from msgspec import Struct

DAY_S = 86_400


class Hold(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """暂扣: an authority stops a load; a stop of kinds §1.3 until it is released, until ``until_s``, or for ``hold_d`` days."""

    case: str
    """Chain of the case."""
    by: str
    """USCC of the authority that holds, and alone releases."""
    since_s: int
    """Admission of the hold."""
    until_s: int | None = None
    """Its last moment, excluded; ``None`` where the hold names none and no adopted data tells the term (a view, a bundle)."""
    released_s: int | None = None
    """Admission of its release."""
    reason: str = ""

    def end_s(self, hold_d: int = 0) -> int:
        """When it ends or ended, excluded; ``hold_d`` is asked for only in a view (``until_s`` above)."""
        end_s = self.since_s + hold_d * DAY_S if self.until_s is None else self.until_s
        return end_s if self.released_s is None else min(end_s, self.released_s)


class GapLine(Struct, frozen=True, gc=False):
    """Grams of a line that nobody can account for, and why."""

    line: int
    mass_g: int
    cause: str


class Gap(Struct, frozen=True, gc=False, kw_only=True):
    """带缺口办结: the authorities of both sides closed the manifest with what is missing."""

    case: str
    at_s: int
    """Admission of the close."""
    lines: tuple[GapLine, ...]


class IncidentNote(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """突发事件 that names the manifest: its chain, what and where it was, the entry that reported it."""

    chain: str
    what: str
    happened_s: int
    division: str
    index: int
    closed: int | None = None
    """The entry that closed it."""


class Contest(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """争议: a signed act that the trunk could not take, kept as evidence until an authority of either side settles it."""

    case: str
    hands: tuple[str, ...]
    """Who opened it, and for whom."""
    kind: str
    seq: int
    hash: str
    """Of the contested statement."""
    since_s: int
    released_s: int | None = None


class EmergencyLink(Struct, frozen=True, gc=False, kw_only=True):
    """The emergency (应急转移) that a manifest stands on, and the grams of its issue, which count against the ceiling."""

    chain: str
    issued_g: int
