"""Pages of the firm's clerk. Where an address is only known on the log, it is made by what the page itself offers."""

from __future__ import annotations

import httpx

from tests.desk.persons import Person, token_of

MOVING = "/v1/manifests?stage=in_transit"
CLOSED = "/v1/manifests?stage=closed"


def client(person: Person) -> httpx.Client:
    """Whoever has this person's key, without a browser."""
    headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
    return httpx.Client(base_url=person.url, cookies={"liandan": token_of(person.url, person.key)}, headers=headers, timeout=60)


def found(person: Person, path: str) -> str:
    """``<generator>/<ULID>`` of the first manifest of a search."""
    headers = {"Authorization": f"Bearer {token_of(person.url, person.key)}"}
    return str(httpx.get(f"{person.url}{path}", headers=headers, timeout=60).json()["manifests"][0]["id"])


def draft_like_last(person: Person) -> str:
    """A draft made from the newest manifest that is over."""
    with client(person) as asked:
        answer = asked.post("/desk/new", data={"source": f"manifest:{found(person, CLOSED)}"})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def manifest_moving(person: Person) -> str:
    return f"/m/{found(person, MOVING)}"


def manifest_closed(person: Person) -> str:
    return f"/m/{found(person, CLOSED)}"


def paper_closed(person: Person) -> str:
    return f"/m/{found(person, CLOSED)}/paper"


def act_apply(person: Person) -> str:
    return f"/act/approval.apply?chain=approval/{person.uscc}/%3CULID%3E"


PAGES = (
    ("clerk", "/desk"),
    ("clerk", "/desk/new"),
    ("clerk", draft_like_last),
    ("clerk", "/desk/sign"),
    ("clerk", "/desk/manifests"),
    ("clerk", "/desk/manifests?stage=voided"),
    ("clerk", "/desk/decisions"),
    ("jiangyang", manifest_moving),
    ("clerk", manifest_closed),
    ("clerk", paper_closed),
    ("clerk", act_apply),
    ("scale", "/desk/decisions"),
    ("sichuan", manifest_moving),
)
