"""A served log with the demonstration's story, and a browser for each face: ``desk_served``, ``people``, ``readers``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

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


@pytest.fixture(scope="module")
def kept_people() -> Iterator[dict[tuple[str, str, bool], Person]]:
    """Browsers that the tests of a module use one after the other, by person, language and whether the key is in them."""
    found: dict[tuple[str, str, bool], Person] = {}
    yield found
    for person in found.values():
        person.close()


@pytest.fixture
def people(desk_served: Served, browser: Browser, kept_people: dict[tuple[str, str, bool], Person]) -> Iterator[People]:
    """``people("clerk", width=360, lang="en")``: a signed-in browser of one face, its key in it (tests/desk/persons.py). Tests of a module have
    the same browser of a person, each with a session of its own. At the end each is looked at for what went wrong, and left empty."""
    used: list[Person] = []

    def open_(name: str, *, width: int = 1440, lang: str = "zh", holds_key: bool = True) -> Person:
        if (person := kept_people.get((name, lang, holds_key))) is None:
            person = kept_people[name, lang, holds_key] = enter(desk_served, browser, name, width=width, lang=lang, holds_key=holds_key)
        else:
            person.again(width)
        used.append(person)
        return person

    yield open_
    for person in used:
        person.do(lambda page: page.goto("about:blank"))
    said = [(person.name, list(person.complaints), list(person.foreign)) for person in used]
    for person in used:
        person.complaints.clear()
        person.foreign.clear()
    assert [one for one in said if one[1] or one[2]] == []


class Readers:
    """Signed-in browsers without keys, for pages that are only looked at: one for each language, until it is another person's turn."""

    def __init__(self, served: Served, browser: Browser) -> None:
        self._served, self._browser = served, browser
        self._opened: dict[tuple[str, str], Person] = {}
        self._doors: dict[str, Any] = {}

    def of(self, name: str, lang: str = "zh", *, keeps: bool = True) -> Person:
        """The browser of that person, without complaints so far. ``keeps=False``: it fetches all that a page needs, as on a first visit."""
        if any(of != name for of, _ in self._opened):
            self.close()
        if (person := self._opened.get((name, lang))) is None:
            person = self._opened[name, lang] = enter(self._served, self._browser, name, lang=lang, holds_key=False)
            self._doors[lang] = person.do(lambda page: page.context.new_cdp_session(page))
        person.do(lambda _: _keep(self._doors[lang], keeps))
        person.complaints.clear()
        person.foreign.clear()
        return person

    def close(self) -> None:
        """Close those that are open."""
        for person in self._opened.values():
            person.close()
        self._opened.clear()


def _keep(door: Any, keeps: bool) -> None:
    door.send("Network.enable")
    door.send("Network.setCacheDisabled", {"cacheDisabled": not keeps})
    door.send("Network.setBypassServiceWorker", {"bypass": True})


@pytest.fixture(scope="module")
def readers(desk_served: Served, browser: Browser) -> Iterator[Readers]:
    """``readers.of("clerk", "en")``: for tests that open many pages and sign nothing. What goes wrong they ask by ``check()`` themselves."""
    found = Readers(desk_served, browser)
    yield found
    found.close()
