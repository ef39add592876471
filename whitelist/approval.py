"""An application and its decision (跨省转移批准). State of ``approval/<generator>/<ULID>``.

The decision's lines carry the mass, not the codes: the same code may stand in several lines, so a manifest names its line and the name and
code must match it (R-31, addenda §4.1). Carriers and vehicles are not part of a decision; changing them never touches it (R-34,
Order 23 Art. 28). Source: Order 23 Art. 21-28 [READ]; Code Art. 536.2 [READ].
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from ledger.admission.facts import Facts
from ledger.admission.personality import Judged, JudgeFn
from ledger.findings import Findings
from whitelist.chains import APPROVAL

Stage = Literal["applied", "consulted", "agreed", "disagreed", "approved", "refused"]
OPEN_STAGES: tuple[Stage, ...] = ("applied", "consulted", "agreed", "disagreed")


class ListingRef(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of a list: ``{"list":"list/2026-51-50-cy","row":7}``."""

    list: str
    row: int


class DecisionLine(Struct, frozen=True, kw_only=True):
    """A line of the application, and after the decision what was granted on it. Its number is its place, from 0, in both."""

    name: str
    code: str
    category: str
    hazards: tuple[str, ...]
    method: str
    applied_g: int
    mass_g: int = 0
    """Decided mass in grams; 0 where the line was not approved."""
    listing: ListingRef | None = None
    """Before the decision the listing applied for; after it the listing it was given on (route LISTED), else ``None``."""


class ApprovalState(Struct, frozen=True, kw_only=True):
    """An application on its way, or its decision. Days ``YYYY-MM-DD``."""

    stage: Stage
    receiver: str
    permit: str
    origin: str
    """Division of the site that the waste leaves."""
    destination: str
    """Division of the permit's facility."""
    applied_to: str
    """End of the period applied for (拟开展转移活动的时间期限)."""
    lines: tuple[DecisionLine, ...]
    letter_no: str = ""
    """The letter of consultation (跨省转移商请函)."""
    reply_no: str = ""
    no: str = ""
    """Number of the decision."""
    route: str = ""
    """``LISTED`` or ``APPROVED`` once approved."""
    decided_on: str = ""
    valid_to: str = ""

    @property
    def direction(self) -> tuple[str, str]:
        """Provinces it leads from and to."""
        return self.origin[:2], self.destination[:2]

    def line(self, number: int | None) -> DecisionLine | None:
        """An approved line by its number, or ``None``."""
        if self.stage != "approved" or number is None or not 0 <= number < len(self.lines):
            return None
        return self.lines[number] if self.lines[number].mass_g > 0 else None


def approval_at(facts: Facts, chain: str) -> ApprovalState | None:
    """The state of an approval, or ``None`` where the name is no approval's or the log has none."""
    state = facts.state(chain) if APPROVAL.fullmatch(chain) else None
    return state if isinstance(state, ApprovalState) else None


def at_stage(*allowed: Stage) -> JudgeFn:
    """The gate of acts on an application: it stands at one of these stages, else APPROVAL_STAGE alone."""

    def gate(judged: Judged, out: Findings) -> None:
        state: ApprovalState | None = judged.state
        if state is None or state.stage not in allowed:
            out.refuse("APPROVAL_STAGE", "kind", "" if state is None else state.stage, " / ".join(allowed))

    return gate
