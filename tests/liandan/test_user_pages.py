"""Programs of the pages per user (docs/users) do what the pages say; that links, commands and codes exist is held by tests/house."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Any

import pytest

from tests.house.source import ROOT

USERS = ("enterprise", "carrier", "receiver", "authority", "regulator", "operator")


def example(kind: str) -> Any:
    """Body of the published example of a kind."""
    page = (ROOT / "docs/formats/acts.md").read_text(encoding="utf-8")
    found = re.search(rf"(?s)\n## {re.escape(kind)} .*?```json\n(.*?)```", page)
    assert found is not None, kind
    return json.loads(found[1])["body"]


def rows_hash_of_the_page(rows: list[dict[str, Any]]) -> str:
    """What the program of authority.md computes."""
    page = (ROOT / "docs/users/authority.md").read_text(encoding="utf-8")
    [program] = [one for one in re.findall(r"(?s)```python\n(.*?)```", page) if "def rows_hash" in one]
    names: dict[str, Any] = {}
    exec(program, names)  # the page's own program, under test
    return str(names["rows_hash"](rows))


def test_an_authority_computes_the_digest_that_it_countersigns() -> None:
    rows = example("list.rows/1")["rows"]
    assert rows_hash_of_the_page(rows) == example("list.countersign/1")["rows_hash"]
    terms = {"pre_notice_days": 0, "complete_within_days": 90, "use_only": True, "transit": ["52", "42"], "note": "备注（虚构）"}
    waste = {"category": "HW31", "scope": "ALL"}
    row = {"receiver": "R", "permit": "P", "waste": waste, "methods": ["R4", "R5"], "quota_t": "60000", "conditions": terms}
    line = "R\tP\tHW31\tALL\t\tR4,R5\t60000.000000\t0\t90\t1\t52,42\t备注（虚构）\n"
    assert rows_hash_of_the_page([row]) == sha256(f"liandan/list-rows/v1\n{line}".encode()).hexdigest()


@pytest.mark.parametrize("user", USERS)
def test_a_page_has_its_parts_and_every_act_an_example(user: str) -> None:
    text = (ROOT / f"docs/users/{user}.md").read_text(encoding="utf-8")
    for part in ("## 第一天", "怎么办", "接着读 / read on", "**In English.**"):
        assert part in text, part
    for kind in re.findall(r"`([a-z_.]+/1)`\]\(\.\./formats/acts\.md#", text):
        assert isinstance(example(kind), dict), kind
