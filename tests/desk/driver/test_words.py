"""The page's own module has no text of its own: it asks for words that there are, and there are none that nobody asks for."""

from __future__ import annotations

import re

from liandan.desk.driver.places import FILE, module, places
from liandan.desk.driver.routes import SAID
from tests.desk.driver.modules import STATIC

REASONS = {"unknown", "stranger", "taken", "head", "key", "gone", "damaged", "incomplete", "none"}
"""Asked for by the code of what went wrong (drive.js)."""


def test_the_counties_are_those_of_the_table() -> None:
    assert FILE.read_text(encoding="utf-8") == module()
    cities = dict(places())
    assert ("511011", "东兴区") in cities["内江市"]
    assert ("500116", "江津区") in cities["重庆市"]
    assert not {"500105", "500112"} & {code for code, _ in cities["重庆市"]}, "withdrawn in 2026"


def test_every_word_of_the_module_is_asked_for_and_there() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in sorted((STATIC / "driver").glob("*.js")))
    asked = {*re.findall(r"\bwords\.(\w+)", sources), *REASONS}
    assert asked - set(SAID) == set()
    assert set(SAID) - asked == set()
    assert all(f'"{code}"' in sources for code in REASONS)
