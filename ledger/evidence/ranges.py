"""Parts of a file by ``Range`` (RFC 9110 §14): one range of bytes; several, or what is no range, are answered with the whole."""

import re

from signing.refusal import refuse

_RANGE = re.compile("bytes=([0-9]{0,15})-([0-9]{0,15})")


def part_of(size: int, etag: str, asked: str | None, if_range: str | None) -> tuple[int, int] | None:
    """(start, end) of the part that is asked for, the end excluded; ``None`` for the whole. Refusal EVIDENCE_RANGE beyond the end."""
    found = _RANGE.fullmatch("".join((asked or "").split()).lower())
    if found is None or found.groups() == ("", "") or (if_range is not None and if_range.strip() != etag):
        return None
    first, last = found.groups()
    if first == "":
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), size if last == "" else min(int(last) + 1, size)
        if last != "" and int(last) < start:
            return None
    if start >= size or start >= end:
        raise refuse("EVIDENCE_RANGE", field="Range", found=(asked or "")[:60], expected=f"0-{size - 1}")
    return start, end


def is_same(etag: str, if_none_match: str | None) -> bool:
    """Whether the copy at hand is this one: 304."""
    return if_none_match is not None and any(one.strip().removeprefix("W/") in (etag, "*") for one in if_none_match.split(","))
