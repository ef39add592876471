"""Everything public says what it does."""

from __future__ import annotations

import ast

from tests.house.source import every, modules

MODULES = modules()
Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def undocumented(tree: ast.Module | ast.ClassDef) -> list[str]:
    """Public functions and classes without a docstring; what a base class documents (an override) counts as documented."""
    found: list[str] = []
    for node in tree.body:
        if isinstance(node, Documented) and not node.name.startswith("_"):
            overrides = any(isinstance(mark, ast.Name) and mark.id in {"override", "overload"} for mark in node.decorator_list)
            if not ast.get_docstring(node) and not overrides:
                found.append(f"{node.name} (line {node.lineno})")
            if isinstance(node, ast.ClassDef):
                found += [f"{node.name}.{inner}" for inner in undocumented(node)]
    return found


@every(name for name, tree in MODULES.items() if tree.body)
def test_everything_public_has_a_docstring(name: str) -> None:
    assert ast.get_docstring(MODULES[name]), "a module says what it promises"
    assert undocumented(MODULES[name]) == []
