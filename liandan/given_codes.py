"""Which codes functions give, read from their source: ``out.refuse("CODE", …)``, ``out.alert("M", "CODE")``, ``out.tag("CODE")``, ``Reason("CODE", …)``.

From a rule everything of the house that it names is looked at too, functions in modules, tuples of rules, methods of classes. What a function
judges on the side, in Findings of its own, is no refusal: it becomes what the function makes of it (a receipt whose permit had lapsed is alerted).
"""

import ast
import inspect
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import cache, partial
from textwrap import dedent
from types import FunctionType, ModuleType
from typing import Any

from msgspec import Struct

_FLOORS = ("signing.", "ledger.", "whitelist.", "manifests.")
_GRAVE = ("L", "M", "H")


class Given(Struct, frozen=True):
    """How a code is given: as a reason to refuse, as an alert of some levels, as a tag."""

    refused: bool = False
    levels: frozenset[str] = frozenset()
    tagged: bool = False

    def __or__(self, other: "Given") -> "Given":
        """Both."""
        return Given(self.refused or other.refused, self.levels | other.levels, self.tagged or other.tagged)


def codes_given(roots: Iterable[Callable[..., Any]], known: Container[str]) -> Mapping[str, Given]:
    """By code, what the functions give and all that they call."""
    found: dict[str, Given] = {}
    seen: set[FunctionType] = set()
    waiting = [function for root in roots for function in _functions(root)]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        own, called, aside = _look(function)
        for code, how in own:
            if code in known:
                found[code] = found.get(code, Given()) | how
        if levels := _levels_of_aside(function):
            for code, how in codes_given(aside, known).items():
                if how.refused:
                    found[code] = found.get(code, Given()) | Given(levels=levels)
        waiting += called
        waiting += [held for cell in function.__closure__ or () for held in _functions(cell.cell_contents)]
    return found


def _functions(thing: object) -> Iterator[FunctionType]:
    """The functions of the house behind a value: itself, what a partial or a closure holds, the members of a tuple, the methods of a class."""
    if isinstance(thing, partial):
        for part in (thing.func, *thing.args, *thing.keywords.values()):
            yield from _functions(part)
    elif isinstance(thing, FunctionType):
        inner = inspect.unwrap(thing)
        if inner.__module__.startswith(_FLOORS):
            yield inner
    elif isinstance(thing, tuple):
        for part in thing:
            yield from _functions(part)
    elif isinstance(thing, type) and thing.__module__.startswith(_FLOORS) and not issubclass(thing, Struct):
        for part in vars(thing).values():
            yield from _functions(part)


@cache
def _tree(function: FunctionType) -> ast.AST:
    return ast.parse(dedent(inspect.getsource(function)))


def _sides(tree: ast.AST) -> set[str]:
    """Names of Findings that a function makes for itself and does not add to its own."""
    made = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple | ast.Call)
        for target, value in _assigned(node)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "Findings"
    }
    added = {node.value.value.id for node in ast.walk(tree) if isinstance(node, ast.AugAssign) and _is_reasons(node.value)}  # type: ignore[attr-defined]
    return made - added


def _assigned(node: ast.Assign) -> Iterator[tuple[ast.Name, ast.expr]]:
    target, value = node.targets[0], node.value
    pairs = (
        zip(target.elts, value.elts, strict=False) if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) else [(target, value)]
    )
    yield from ((one, other) for one, other in pairs if isinstance(one, ast.Name))


def _is_reasons(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "reasons" and isinstance(node.value, ast.Name)


def _look(function: FunctionType) -> tuple[list[tuple[str, Given]], list[FunctionType], list[FunctionType]]:
    """Codes that a function gives itself, the functions it names, and those that judge into Findings of its own."""
    tree, own, called, aside = _tree(function), list[tuple[str, Given]](), list[FunctionType](), list[FunctionType]()
    sides = _sides(tree)
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and sides & {part.id for part in node.args if isinstance(part, ast.Name)}:
            aside += _functions(_resolved(node.func, function))
            skipped.add(node.func)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            own += _given_by(node, tree)
        if isinstance(node, ast.Name | ast.Attribute) and node not in skipped:
            called += _functions(_resolved(node, function))
    return own, called, aside


def _given_by(node: ast.Call, tree: ast.AST) -> Iterator[tuple[str, Given]]:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    arguments = [part.value if isinstance(part, ast.Constant) else None for part in node.args]
    if name in ("refuse", "Reason") and arguments and isinstance(arguments[0], str):
        yield arguments[0], Given(refused=True)
    elif name == "tag" and arguments and isinstance(arguments[0], str):
        yield arguments[0], Given(tagged=True)
    elif name == "alert" and len(arguments) > 1:
        level = arguments[0]
        levels = frozenset([level] if isinstance(level, str) else _worked_out(node.args[0]))
        codes = (
            [arguments[1]] if isinstance(arguments[1], str) else [part.value for part in ast.walk(tree) if isinstance(part, ast.Constant)]
        )
        yield from ((code, Given(levels=levels)) for code in codes if isinstance(code, str))


def _worked_out(level: ast.expr) -> list[str]:
    """Levels of an alert that is given by a sum: those that its expression names, else M and H (manifests.mass)."""
    return [part.value for part in ast.walk(level) if isinstance(part, ast.Constant) and part.value in _GRAVE] or ["M", "H"]


def _levels_of_aside(function: FunctionType) -> frozenset[str]:
    """Levels at which a function alerts what it has judged aside: those of alerts whose code is no text."""
    calls = [node for node in ast.walk(_tree(function)) if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "alert"]
    named = [node.args[0] for node in calls if len(node.args) > 1 and not isinstance(node.args[1], ast.Constant)]
    return frozenset(level.value for level in named if isinstance(level, ast.Constant) and isinstance(level.value, str))


def _resolved(node: ast.expr, function: FunctionType) -> object:
    """What a name stands for in a function, as far as modules tell."""
    if isinstance(node, ast.Name):
        return function.__globals__.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(outer := _resolved(node.value, function), ModuleType):
        return getattr(outer, node.attr, None)
    return None
