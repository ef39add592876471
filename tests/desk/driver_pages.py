"""Pages of the driver on the demonstration's log."""

from __future__ import annotations

import json
from urllib.request import Request, urlopen

from tests.desk.persons import Person, token_of


def _trip(person: Person, stage: str) -> str:
    address = f"{person.url}/v1/manifests?carrier={person.uscc}&stage={stage}&limit=1"
    asked = Request(address, headers={"Authorization": f"Bearer {token_of(person.url, person.key)}"})  # our own server
    with urlopen(asked) as answer:
        found = json.loads(answer.read())["manifests"]
    return f"/drive/m/{found[0]['id']}" if found else "/drive/"


def issued(person: Person) -> str:
    """A trip that waits."""
    return _trip(person, "issued")


def moving(person: Person) -> str:
    """A trip on the road."""
    return _trip(person, "in_transit")


def closed(person: Person) -> str:
    """A trip that is over."""
    return _trip(person, "closed")


PAGES = (("driver", "/drive/"), ("dispatcher", issued), ("dispatcher", moving), ("driver", closed))
