"""``docs/rules.md``: no rule of the law is left out, and what the code gives stands in the table (that the file is as written: test_pages)."""

from __future__ import annotations

import re

from ledger.kinds import KINDS as OWN
from liandan.given_codes import Given, codes_given
from liandan.rule_page import STATES, given, law, page
from liandan.wiring import KINDS, RULES
from manifests.acts import RULES as MANIFESTS
from manifests.tracing import TEXTS as OF_READS
from whitelist.acts import RULES as WHITELIST
from whitelist.balance import TEXTS as OF_PRESENT
from whitelist.dry_run import TEXTS as OF_REQUESTS
from whitelist.period_deadlines import TEXTS as OF_DAYS
from whitelist.seeking import TEXTS as OF_SEARCHES

NUMBERS = [*range(1, 28), *range(30, 45), *range(50, 60), *range(60, 76), *range(80, 94)]
"""R-01 … R-93 as they were given; those between were never given."""


def test_every_number_of_the_law_stands_once_and_says_how_far_it_is_checked() -> None:
    assert [one.rule for one in law()] == [f"R-{number:02d}" for number in NUMBERS]
    for one in law():
        assert one.state in STATES
        assert one.basis
        assert not [code for code in one.codes if code not in RULES], one.rule
        if one.state == "checked":
            assert one.codes, f"{one.rule} is checked by nothing"
        else:
            assert re.search(r"[\u4e00-\u9fff]", one.why_zh), f"{one.rule} does not say why"
            assert one.why_en, f"{one.rule} does not say why"


def test_every_number_that_a_code_bears_is_one_of_the_law() -> None:
    assert {rule.rule for rule in RULES.values() if rule.rule} <= {one.rule for one in law()}


def test_every_code_of_the_acts_stands_on_the_page() -> None:
    text, of_requests = page(), {rule.code for rule in (*OF_REQUESTS, *OF_SEARCHES, *OF_READS, *OF_PRESENT, *OF_DAYS)}
    own = {rule.code for kind in OWN for rule in kind.texts}
    assert [code for code in {*WHITELIST, *MANIFESTS, *own} - of_requests if f"| `{code}` |" not in text] == []
    assert [kind.name for kind in KINDS.by_name.values() if not any(kind.name in acts for acts in given().values())] == []


def test_how_a_code_is_given_is_read_from_what_an_act_calls() -> None:
    acts = given()
    assert acts["PERMIT_STATUS"]["manifest.depart/1"] == Given(refused=True)
    assert acts["PERMIT_STATUS"]["manifest.receive/1"] == Given(levels=frozenset("H")), "a receipt is a fact: said, not refused"
    assert acts["APPROVAL_EXPIRED"].keys() == {"manifest.issue/1", "manifest.depart/1"}
    assert acts["WEIGHT"] == {"manifest.receive/1": Given(levels=frozenset("MH"))}
    assert acts["SIGNER_ROLE"].keys() == {""}, "every act"
    assert acts["PLAN_OFF_LOG"] == {"manifest.issue/1": Given(tagged=True)}


def test_a_rule_that_gives_nothing_has_no_codes() -> None:
    assert codes_given([lambda judged, out: None], RULES) == {}
