"""Times of the evidence: claimed ``at`` and the log's own ``admission.at`` (formats §1, §4, §6). No clock is read here."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from signing.refusal import refuse

SHANGHAI = timezone(timedelta(hours=8))
"""Asia/Shanghai has had no other offset since 1991; the evidence fixes ``+08:00``."""

_CLAIMED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][+-](?:[01][0-9]|2[0-3]):[0-5][0-9]")


def parse_at(text: object, field: str = "at") -> int:
    """Unix seconds of a claimed time ``YYYY-MM-DDThh:mm:ss±hh:mm``; Refusal AT_FORM for anything else (no ``Z``, no fraction)."""
    if not isinstance(text, str) or not _CLAIMED.fullmatch(text):
        raise refuse("AT_FORM", field=field, found=text, expected="YYYY-MM-DDThh:mm:ss±hh:mm")
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError):
        raise refuse("AT_FORM", field=field, found=text, expected="a real Gregorian date") from None


def format_at(seconds: int) -> str:
    """Unix seconds as ``admission.at``: Asia/Shanghai, whole seconds."""
    return datetime.fromtimestamp(seconds, SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S+08:00")


def parse_admission_at(text: object) -> int:
    """Unix seconds of an ``admission.at``, which must be in the form that :func:`format_at` writes."""
    seconds = parse_at(text, "admission.at")
    if format_at(seconds) != text:
        raise refuse("ENTRY_FORM", field="admission.at", found=text, expected=format_at(seconds))
    return seconds


def day_of(seconds: int) -> str:
    """The Shanghai day ``YYYY-MM-DD`` of a moment."""
    return datetime.fromtimestamp(seconds, SHANGHAI).strftime("%Y-%m-%d")


def year_of(seconds: int) -> int:
    """The Shanghai year of a moment."""
    return datetime.fromtimestamp(seconds, SHANGHAI).year


def to_datetime(seconds: int) -> datetime:
    """An aware UTC datetime, for the database."""
    return datetime.fromtimestamp(seconds, UTC)
