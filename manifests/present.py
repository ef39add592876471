"""Alerts about the present (formats §6): what is about to be due, overdue or open now; a pure function of (log, adopted data, as-of time).

No entry carries them, and nothing keeps them: whoever tells somebody remembers the pair of :attr:`PresentAlert.key` and the party that was
told. The key says which day was counted, so another calendar that moves it, a higher level, a new case are told anew, and nothing twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.directory import LogState
from ledger.model import Level
from manifests.deadlines import TERMS as OF_MANIFESTS
from manifests.deadlines import clocks, duties, duty_on
from manifests.model import Stage
from manifests.view import ManifestView
from whitelist.registry_deadlines import TERMS as OF_APPLICATIONS
from whitelist.terms import Duty, Present

_MARKED = replace(OF_APPLICATIONS["incident"], code="INCIDENT", level="M")
ALL_TERMS = {**OF_MANIFESTS, **OF_APPLICATIONS, "incident": _MARKED}
"""Of manifests and registries; the alert of an incident is that of the acts it marks."""
SOON_WD = 2
"""Working days before the last day from which it is told that a term is about to end."""
Phase = Literal["approaching", "overdue", "open"]
"""``open``: nobody set a day, and it is not settled."""


class PresentAlert(Struct, frozen=True, gc=False, kw_only=True):
    """What stands out now about one term of one chain."""

    phase: Phase
    chain: str
    duty: Duty
    """What would end it, who does it, until when."""
    code: str = ""
    """The alert of kinds §11 that it is; empty where none is raised: before the term is over, and for terms without one."""
    level: Level | Literal[""] = ""

    @property
    def key(self) -> str:
        """The same for the same alert at every moment, different for every other; not longer than 400 characters."""
        duty = self.duty
        return " ".join((self.phase, duty.term, self.level, self.chain, duty.case or duty.file or duty.manifest, duty.due_on or ""))


def present_alerts(
    view: ManifestView, present: Present, log: LogState, returning: Sequence[ManifestView] = (), here: Collection[str] = ()
) -> tuple[PresentAlert, ...]:
    """Those of one manifest; arguments as of :func:`manifests.deadlines.duties`."""
    found = (*duties(view, present, log, returning, here), *_stale(view, present, log))
    return tuple(alerts_of(view.chain, found, present))


def alerts_of(chain: str, found: Iterable[Duty], present: Present) -> Iterator[PresentAlert]:
    """What is told now of the duties of a chain, a manifest or an application (``whitelist.registry_deadlines.duties``)."""
    for duty in found:
        phase = _phase(duty, present)
        if phase is not None:
            code, level = _alert(duty, phase, present)
            yield PresentAlert(phase=phase, chain=chain, duty=duty, code=code, level=level)


def _phase(duty: Duty, present: Present) -> Phase | None:
    if duty.due_on is None:
        return "open" if ALL_TERMS[duty.term].code else None
    if duty.overdue:
        return "overdue"
    if duty.term == "regularise":  # it is open until somebody has done it, and says so from the first day on
        return "open"
    if duty.term == "storage" and _age(duty, present) >= present.limits.storage_warn_d:
        return "approaching"
    return "approaching" if duty.workdays_left is not None and duty.workdays_left <= SOON_WD else None


def _alert(duty: Duty, phase: Phase, present: Present) -> tuple[str, Level | Literal[""]]:
    """Code and level (kinds §11)."""
    term = ALL_TERMS[duty.term]
    if phase == "approaching":
        return ("STORAGE_1Y", "M") if duty.term == "storage" else ("", "")
    if duty.term == "receipt":
        days = present.workdays.between(date.fromisoformat(duty.since), present.today).workdays
        return term.code, "H" if days >= present.limits.receipt_high_wd else "M"
    return term.code, term.level


def _age(duty: Duty, present: Present) -> int:
    return (present.today - date.fromisoformat(duty.since)).days


def _stale(view: ManifestView, present: Present, log: LogState) -> Iterator[Duty]:
    """STALE_ISSUE where the departure was planned for a day: that day is due by itself, and may lie far off."""
    if view.state.stage is Stage.ISSUED:
        depart = clocks(view, log)[0]
        stale = duty_on(replace(depart, term="stale_issue", since_s=view.state.times.issued_s), view.state, present, log)
        if depart.term == "depart" and stale.overdue:
            yield stale
