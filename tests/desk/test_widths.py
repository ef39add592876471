"""What a style sheet may do at which width: a table is a table wherever there is room for one, since its cells end up beside other heads than theirs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import liandan.desk

SHEETS = sorted((Path(liandan.desk.__file__).parent / "static").rglob("*.css"))
PHONE = "(max-width: 640px)"
CELLS = re.compile(r"[.]table\b[^,{]*\b(?:tr|td|th|tbody|thead)\b[^{]*[{][^}]*display: (?:grid|flex|block)")


def outside_phones(text: str) -> str:
    """A sheet without what it says for phones alone, and without comments."""
    text = re.sub(r"/[*].*?[*]/", "", text, flags=re.DOTALL)
    return re.sub(r"@media [^{]*\(max-width: 640px\)[^{]*[{](?:[^{}]*[{][^}]*[}])*\s*[}]", "", text)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_rows_fall_into_pieces_on_phones_alone(sheet: Path) -> None:
    assert CELLS.findall(outside_phones(sheet.read_text(encoding="utf-8"))) == []


def test_this_would_be_seen() -> None:
    broken = f"@media {PHONE} {{ .table tr {{ display: grid; }} }} @media (max-width: 899px) {{ .table.a tr {{ display: grid; }} }}"
    assert len(CELLS.findall(outside_phones(broken))) == 1
