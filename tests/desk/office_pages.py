"""Pages of an office on the demonstration's log."""

from __future__ import annotations

import json
from urllib.request import Request, urlopen

from tests.desk.persons import Person, token_of

OUT = "2026-51-50-cy"


def _ask(person: Person, path: str) -> dict[str, list[dict[str, str]]]:
    asked = Request(f"{person.url}{path}", headers={"Authorization": f"Bearer {token_of(person.url, person.key)}"})  # our own server
    with urlopen(asked) as answer:
        return dict(json.loads(answer.read()))


def granted(person: Person) -> str:
    """A decision."""
    return (
        f"/province/approvals/{_ask(person, '/v1/approvals?stage=approved&limit=1')['approvals'][0]['approval'].removeprefix('approval/')}"
    )


def refused(person: Person) -> str:
    """A refusal."""
    return (
        f"/province/approvals/{_ask(person, '/v1/approvals?stage=refused&limit=1')['approvals'][0]['approval'].removeprefix('approval/')}"
    )


def emergency(person: Person) -> str:
    """An emergency with its loads."""
    return f"/province/emergencies/{_ask(person, '/v1/emergencies?limit=1')['emergencies'][0]['id']}"


SEEN = (
    "/province", "/province/lists", f"/province/lists/{OUT}", f"/province/lists/{OUT}/0", f"/province/lists/{OUT}/0/suspend", f"/province/lists/{OUT}/suspend",
    f"/province/lists/{OUT}/amend", "/province/approvals", "/province/approvals?group=granted", granted, refused, "/province/emergencies", emergency,
    "/province/intake", "/province/whatif", "/province/audit", "/act/emergency.declare",
)  # fmt: skip
PAGES = (*(("sichuan", address) for address in SEEN), ("chongqing", "/province"), ("operator", "/province/audit"))
