"""Attachments of a manifest: whether each is in the store, who owes it until when, and the alert about the present where it is late.

A pure function of the view, of what is in the store, the calendars and the as-of time (formats §7): no entry carries ``ATTACHMENT_MISSING``,
and bringing the file ends it. Which acts were late is not asked: an act of now is due like any other, in ``attachment_wd`` working days.
"""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from ledger.problem import Language, Mark, mark
from ledger.times import day_of, parse_admission_at
from manifests.view import ManifestView
from signing.refusal import Rule
from whitelist.thresholds import Thresholds
from whitelist.workdays import Workdays

MISSING = "ATTACHMENT_MISSING"


class AttachmentAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """A file that an act or a case names: its address is ``/v1/evidence/<sha256>``. ``due_on`` is a day, included; ``None`` once it is ``here``
    or another was handed in for it."""

    sha256: str
    size: int
    media_type: str
    name: str
    index: int
    """The first entry about the manifest that names it."""
    here: bool
    """In the store, brought by who signed an entry that names it."""
    size_here: int | None
    """Bytes of it; where they are others than ``size``, the statement was wrong about them."""
    owed_by: tuple[str, ...]
    """Who signed that entry."""
    handed_in: int | None
    """The report (``case.report`` about attachment) with which they handed in another; ``None``: none."""
    due_on: str | None
    overdue: bool
    provisional: bool
    """The due day was counted with a calendar whose official notice is not in yet."""
    alert: Mark | None
    """``ATTACHMENT_MISSING``, as of now."""


def digests_and_signers(view: ManifestView) -> list[tuple[str, str]]:
    """What to ask the store for: each file with everybody by whom it may have been brought."""
    return [(file.sha256, uscc) for file in view.files for uscc in file.signers]


def attachments(
    view: ManifestView,
    here: Mapping[str, int],
    now_s: int,
    workdays: Workdays,
    limits: Thresholds,
    rules: Mapping[str, Rule],
    language: Language,
) -> tuple[AttachmentAnswer, ...]:
    """Every attachment in the order of the entries; ``here`` are those that the store has, brought by who signed, and their bytes."""
    named, today, found = {record.index: record for record in view.records}, day_of(now_s), list[AttachmentAnswer]()
    for file in view.files:
        record = named[file.index]
        is_here = file.sha256 in here
        count = workdays.due(date.fromisoformat(day_of(parse_admission_at(record.admitted_at))), limits.attachment_wd)
        is_owed = not is_here and file.handed_in is None
        is_late = is_owed and count.day.isoformat() < today
        found.append(
            AttachmentAnswer(
                sha256=file.sha256, size=file.size, media_type=file.media_type, name=file.name, index=file.index, here=is_here, size_here=here.get(file.sha256),
                owed_by=record.by, handed_in=file.handed_in, due_on=count.day.isoformat() if is_owed else None, overdue=is_late,
                provisional=is_owed and bool(count.flags), alert=mark(MISSING, rules, language, "L") if is_late else None,
            )
        )  # fmt: skip
    return tuple(found)
