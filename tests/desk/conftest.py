"""A served log with the demonstration's story, and a browser for each face: ``desk_served``, ``people``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from tests.browser.conftest import Browser, browser
from tests.desk.persons import Person, enter
from tests.desk.played import Served, served

__all__ = ["browser"]

People = Callable[..., Person]


@pytest.fixture(scope="session")
async def desk_served() -> AsyncIterator[Served]:
    """The server of this worker's run, witnesses included; acts of tests stay on its log."""
    async with served() as found:
        yield found


@pytest.fixture
def people(desk_served: Served, browser: Browser) -> Iterator[People]:
    """``people("clerk", width=360, lang="en")``: a signed-in browser of one face, its key in it (tests/desk/persons.py). At the end each is
    looked at for what went wrong, and closed."""
    opened: list[Person] = []

    def open_(name: str, *, width: int = 1440, lang: str = "zh", holds_key: bool = True) -> Person:
        opened.append(enter(desk_served, browser, name, width=width, lang=lang, holds_key=holds_key))
        return opened[-1]

    yield open_
    for person in opened:
        person.close()
    for person in opened:
        person.check()
