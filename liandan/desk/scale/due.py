"""待确认: what a firm has to confirm, by the day until which it has to be (R-60). Pure; the days are counted by the log's own terms."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from manifests.work.answers import WorkItem


class DueDay(Struct, frozen=True, kw_only=True):
    """Everything that is due on one day; ``None`` where nobody sets one."""

    day: str | None
    is_today: bool
    overdue: bool
    workdays_left: int | None
    items: tuple[WorkItem, ...]


class DueSummary(Struct, frozen=True, kw_only=True):
    """How much is to be confirmed, and the first day."""

    count: int
    day: str
    is_today: bool
    overdue: bool


def due_days(items: Sequence[WorkItem], today: str) -> tuple[DueDay, ...]:
    """By day, in the order in which they are due."""
    found = dict[str | None, list[WorkItem]]()
    for item in items:
        found.setdefault(item.due_on, []).append(item)
    return tuple(
        DueDay(
            day=day,
            is_today=day == today,
            overdue=any(one.overdue for one in own),
            workdays_left=own[0].workdays_left,
            items=tuple(own),
        )
        for day, own in sorted(found.items(), key=lambda pair: pair[0] or "9999")
    )


def summary(days: Sequence[DueDay]) -> DueSummary | None:
    """What the page of today says of it; None where nothing is due on a day."""
    dated = [one for one in days if one.day is not None]
    if not dated:
        return None
    first = dated[0]
    return DueSummary(count=sum(len(one.items) for one in days), day=first.day or "", is_today=first.is_today, overdue=first.overdue)
