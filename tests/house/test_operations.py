"""docs/operations.md says what the code does."""

from __future__ import annotations

import ast
import re

import msgspec
import pytest

from liandan.rulebook import RULES
from liandan.settings import Settings
from tests.house.source import ROOT, modules

PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"(?m)^\| `LIANDAN_([A-Z_]+)` \| ([^|]+) \|", PAGE))


def defaults() -> dict[str, str]:
    """Default of every field as the page writes it; a field that is computed from others stands as ``-``."""
    found = {}
    for field in msgspec.structs.fields(Settings):
        plain = field.default is not msgspec.NODEFAULT and field.default is not None
        found[field.name.upper()] = str(field.default) if plain else "-"
    return found


def test_the_table_lists_every_setting_and_no_other() -> None:
    assert sorted(ROWS) == sorted(defaults())


@pytest.mark.parametrize("name", sorted(defaults()))
def test_the_table_gives_the_default_of_the_code(name: str) -> None:
    expected = defaults()[name]
    if expected != "-":
        assert ROWS[name].strip().replace(",", "").strip("`") == expected


def test_every_setting_says_in_the_code_what_it_is() -> None:
    (struct,) = (node for node in modules()["liandan.settings"].body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    for field, after in zip(struct.body, struct.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign):
            assert isinstance(after, ast.Expr), ast.unparse(field)
            assert isinstance(after.value, ast.Constant), ast.unparse(field)


def test_refusals_of_the_shell_are_in_the_page() -> None:
    assert sorted(code for code in RULES if code.startswith(("SETTING_", "POSTGRES_", "DATABASE_", "SCHEMA_")) and code not in PAGE) == []
