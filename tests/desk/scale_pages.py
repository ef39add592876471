"""Pages of the scale, the month, the public and of notices."""

from __future__ import annotations

from tests.desk.persons import Person


def weighing(person: Person) -> str:
    """A truck on the scale, its weights in the address."""
    person.open("/scale/")
    key = person.do(lambda page: page.locator(".truck-to").first.get_attribute("href"))
    return f"{key}&gross=40.9&tare=12.95"


def refusing(person: Person) -> str:
    """The same, to be accepted in part."""
    return f"{weighing(person)}&way=partly"


def correcting(person: Person) -> str:
    """A weight that was typed wrong."""
    person.open("/scale/received")
    return str(person.do(lambda page: page.locator("a[href^='/scale/correct/']").first.get_attribute("href")))


def road_code(person: Person) -> str:
    """Where a road link is made."""
    person.open("/scale/")
    manifest = person.do(lambda page: page.locator("a.truck-to").first.get_attribute("href")).partition("truck=")[2]
    return f"/m/{manifest.replace('%2F', '/')}/road-link"


PAGES = (
    ("scale", "/scale/"),
    ("scale", weighing),
    ("scale", refusing),
    ("scale", "/scale/due"),
    ("scale", "/scale/stock"),
    ("scale", "/scale/received"),
    ("scale", correcting),
    ("scale", road_code),
    ("scale", "/desk/notices"),
    ("scale", "/desk/months?whole=1"),
    ("chongqing", "/province/months?whole=1"),
    ("chongqing", "/province/months?way=51-50&whole=1"),
    ("scale", "/public?whole=1"),
    ("scale", "/road-link"),
)
