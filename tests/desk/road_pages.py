"""Pages of the inspector and of searches."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote

import httpx

from manifests.road.contradicting import CONTRADICTIONS
from tests.desk.persons import Person, token_of
from tests.manifests.driver import NUMBER


@cache
def _asked(url: str, token: str, path: str) -> Any:
    return httpx.get(f"{url}{path}", headers={"Authorization": f"Bearer {token}"}).json()


def ask(person: Person, path: str) -> Any:
    """What ``/v1`` answers this person."""
    return _asked(person.url, _token(person.url, person), path)


_TOKENS: dict[str, str] = {}
"""By address and key: each person logs in once."""


def _token(url: str, person: Person) -> str:
    place = f"{url} {person.key.keyid}"
    if place not in _TOKENS:
        _TOKENS[place] = token_of(url, person.key)
    return _TOKENS[place]


def contradicted(person: Person) -> Any:
    """A numbered manifest of the log on which two entries do not fit each other, and where another one is met if there is one."""
    for code in CONTRADICTIONS:
        if found := [one for one in ask(person, f"/v1/manifests?alert={code}&limit=50")["manifests"] if one.get("number")]:
            return found[0]
    raise LookupError("the story has contradictions")


def plate_of(person: Person) -> str:
    """A plate with such a load."""
    legs = ask(person, f"/v1/manifests/{contradicted(person)['id']}")["legs"]
    return str(legs[-1]["vehicle"]["plate"])


def road_plate(person: Person) -> str:
    """The page of a plate."""
    return f"/road?q={quote(plate_of(person))}"


def road_firm(person: Person) -> str:
    """The page of a receiver."""
    return f"/road?q={contradicted(person)['receiver']}"


def road_manifest(person: Person) -> str:
    """The page of one manifest."""
    return f"/road?q={quote(contradicted(person)['id'])}"


def road_proof(person: Person) -> str:
    """What proves its newest entry."""
    one = contradicted(person)
    return f"/road/proof/{one['id']}/{one['index']}"


def road_checklist(person: Person) -> str:
    """The 23 points of its generator."""
    return f"/road/checklist/{contradicted(person)['generator']}"


def search_typed(person: Person) -> str:
    """A text that is none of anything yet."""
    return f"/desk/search?q={quote(plate_of(person)[:2])}"


PAGES = (
    ("inspector", "/road"), ("inspector", road_plate), ("inspector", road_firm), ("inspector", road_manifest), ("inspector", road_proof),
    ("inspector", road_checklist), ("inspector", f"/road?q={NUMBER}"), ("inspector", "/desk/search"), ("inspector", search_typed),
    ("clerk", "/desk/search?only=open"),
)  # fmt: skip
