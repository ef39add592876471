"""Finding the acts of a package: whoever writes a new act adds one module, and nothing that lists it."""

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def values_in(package: ModuleType, form: type[T]) -> tuple[T, ...]:
    """Every value of a type that the modules of a package export by a name in capitals, by module and in the order of writing.

    A value that several modules name (one uses another's) counts once, for the first of them.
    """
    found: dict[int, T] = {}
    for module in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        for name, value in vars(importlib.import_module(f"{package.__name__}.{module}")).items():
            if isinstance(value, form) and name.isupper():
                found.setdefault(id(value), value)
    return tuple(found.values())
