"""Every page of the desk that is looked at: by whom, and where. Pictures, axe, widths, policy and budgets go through this list.

A room lists its pages in a module of its own, ``tests/desk/<room>_pages.py``, as ``PAGES = ((person, address), …)``; an address may be a function of the person, for pages whose
address is only known on the log.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.desk.persons import Person

Address = str | Callable[[Person], str]
Page = tuple[str, Address]


def pages() -> Iterator[Page]:
    """All of them, in the order of rooms' names."""
    for path in sorted(Path(__file__).parent.glob("*_pages.py")):
        if path.name.startswith("test_"):
            continue
        yield from importlib.import_module(f"tests.desk.{path.stem}").PAGES


def address_of(page: Page, person: Person) -> str:
    """Where it is on this log."""
    return page[1] if isinstance(page[1], str) else page[1](person)


def name_of(page: Page) -> str:
    """What a picture or a test of it is called."""
    said = page[1] if isinstance(page[1], str) else page[1].__name__
    return f"{page[0]}-{said.strip('/').replace('/', '-').replace('?', '-').replace('=', '-') or 'home'}"
