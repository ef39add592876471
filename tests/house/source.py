"""The product's source as data: its packages, modules and syntax trees."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FLOORS = ("signing", "ledger", "whitelist", "manifests", "reports", "liandan")
"""From the ground up: a floor imports only those before it."""


def tracked() -> list[str]:
    """Files as git knows them, new ones included; in an unpacked archive, every file outside .venv and caches."""
    listing = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode == 0:
        names = answer.stdout.split("\0")
    else:
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if not {".venv", ".git", "__pycache__"} & set(path.parts)]
    return sorted({name for name in names if name and (ROOT / name).is_file()})


@cache
def modules() -> Mapping[str, ast.Module]:
    """Syntax tree of every module on the floors, by dotted name; read once, for nobody to change."""
    found: dict[str, ast.Module] = {}
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found[name] = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return found


def imports(tree: ast.Module) -> set[str]:
    """Dotted names a module imports at run time, as deep as the syntax tells (``from a import b`` gives ``a`` and ``a.b``)."""
    found: set[str] = set()
    for node in _running(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import in line {node.lineno}"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _running(tree: ast.AST) -> list[ast.AST]:
    """Every node but those that only a type checker sees."""
    nodes: list[ast.AST] = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        nodes += [node, *_running(node)]
    return nodes


def every(items: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """A check of many things as one test, which lists all offenders: thousands of tests of a millisecond each cost minutes in all. A tuple
    is taken apart into the arguments of the check.
    """

    known = tuple(items)
    assert known, "a check of nothing holds nothing"

    def of(check: Callable[..., None]) -> Callable[[], None]:
        def run() -> None:
            offenders = []
            for item in known:
                try:
                    check(*(item if isinstance(item, tuple) else (item,)))
                except AssertionError as error:
                    offenders.append(f"{item!s:.200}: {error}")
            assert not offenders, "\n".join(offenders)

        # Not functools.wraps: pytest would follow it to the arguments and look for fixtures of their names.
        run.__name__, run.__doc__, run.__module__ = check.__name__, check.__doc__, check.__module__
        return run

    return of
