"""What a style sheet may do at which width: where rows fall into pieces, the heads are out of sight, or cells stand under other heads than theirs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import liandan.desk

SHEETS = sorted((Path(liandan.desk.__file__).parent / "static").rglob("*.css"))
CELLS = re.compile(r"[.]table\b[^,{]*\b(?:tr|td|th|tbody|thead)\b[^{]*[{][^}]*display: (?:grid|flex|block)")


MEDIA = re.compile(r"@media ([^{]*)[{]((?:[^{}]*[{][^}]*[}])*)\s*[}]")


def with_heads(text: str) -> str:
    """A sheet without comments, and without what it says for phones, where every table hides its heads, and for widths at which a table of its own does."""
    text = re.sub(r"/[*].*?[*]/", "", text, flags=re.DOTALL)
    return MEDIA.sub(lambda found: "" if "(max-width: 640px)" in found[1] or "thead { position: absolute" in found[2] else found[0], text)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_rows_fall_into_pieces_without_heads_alone(sheet: Path) -> None:
    assert CELLS.findall(with_heads(sheet.read_text(encoding="utf-8"))) == []


def test_this_would_be_seen() -> None:
    broken = "@media (max-width: 640px) { .table tr { display: grid; } } @media (max-width: 899px) { .table.a tr { display: grid; } }"
    assert len(CELLS.findall(with_heads(broken))) == 1
