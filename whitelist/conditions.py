"""Conditions (条件) under which a list, a row or a decision lets waste go, and the letter by which an authority speaks.

A row's add to the list's, a decision's to both, and what the reply said binds in any case; the stricter holds. Source: kinds §4; 2020 mechanism
3 [READ S6]: the other side may name conditions.
"""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

from ledger.days import judge_not_after
from ledger.fields import Day, File, Flag, LongText, Province, Text, items, label
from ledger.findings import Findings

NoticeDays = Annotated[int, Meta(ge=0, le=60)]
CompletionDays = Annotated[int, Meta(ge=1, le=366)]


class Conditions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is asked beside quota and term."""

    pre_notice_days: Annotated[NoticeDays | None, label("转移前报告天数", "days of notice before the transfer")] = None
    """R-41."""
    complete_within_days: Annotated[CompletionDays | None, label("完成期限（天）", "days to complete the transfer")] = None
    """From the decision; limits its term (R-32)."""
    use_only: Annotated[Flag | None, label("仅限利用", "use only")] = None
    """Methods of the group use alone."""
    transit: Annotated[tuple[Province, ...], items(0, 8), label("途经省份", "transit provinces")] = ()
    note: Annotated[LongText | None, label("其他条件", "other conditions")] = None


def pre_notice_days(terms: Iterable[Conditions | None]) -> int | None:
    """The longest notice that any of several conditions asks for; ``None`` where none does."""
    return max((found.pre_notice_days for found in terms if found is not None and found.pre_notice_days is not None), default=None)


def complete_within_days(terms: Iterable[Conditions | None]) -> int | None:
    """The shortest time to complete that any of several conditions leaves; ``None`` where none limits it."""
    found = (one.complete_within_days for one in terms if one is not None)
    return min((days for days in found if days is not None), default=None)


def is_use_only(terms: Iterable[Conditions | None]) -> bool:
    """Whether any of several conditions lets waste go for use alone."""
    return any(found is not None and found.use_only for found in terms)


class Letter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """+L: the letter (函) by which an authority says on paper what its statement says here."""

    letter_no: Annotated[Text, label("函号", "letter number")]
    letter_date: Annotated[Day, label("函件日期", "letter date")]
    letter: Annotated[File | None, label("函件", "letter")] = None


def judge_letter(out: Findings, body: Letter, today: str) -> None:
    """A letter is not of a day to come: DATE_ORDER."""
    judge_not_after(out, "body.letter_date", body.letter_date, today)
