"""What the package tells the log: every kind, code and text complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import manifests
from ledger.admission.personality import Window
from ledger.rulebook import RULES as LEDGER
from manifests.acts import PERSONALITY, RULES
from manifests.deadlines import TERMS
from manifests.machine import MOVES, Act
from signing.refusal import Rule
from signing.rulebook import RULES as SIGNING
from tests.manifests.driver import GENERATOR
from whitelist.acts import RULES as WHITELIST

ULID = "01K9000000000000000000MAN1"
GIVES = re.compile(r'(?:refuse|alert|tag|Reason)\(\s*(?:[^"()]*?)?(?:"[LMH]"(?: if [^,]*else "[LMH]")?,\s*)?"([A-Z0-9_]{3,})"')

FINDS = re.compile(r'Finding\(\s*code="([A-Z0-9_]+)"')


def given() -> set[str]:
    """Codes that stand in calls of the package's own code."""
    folder = Path(manifests.__file__).parent
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= {*GIVES.findall(text), *FINDS.findall(text)}
    return found | {term.code for term in TERMS.values() if term.code} - LEDGER.keys()  # said of the present (manifests.present)


def test_every_code_given_has_a_text() -> None:
    known = RULES.keys() | WHITELIST.keys() | LEDGER.keys() | SIGNING.keys()
    assert given() - known == set()
    assert len(given()) > 40


def test_every_text_is_of_a_code_that_is_given() -> None:
    assert RULES.keys() - given() == set()


def test_no_code_is_defined_on_two_floors() -> None:
    assert RULES.keys() & (WHITELIST.keys() | LEDGER.keys() | SIGNING.keys()) == set()


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_a_text_is_complete_in_both_languages(rule: Rule) -> None:
    assert all(text.endswith("。") and re.search(r"[一-鿿]", text) for text in (rule.zh, rule.do_zh))
    assert all(text.endswith(".") and text.isascii() for text in (rule.en, rule.do_en))
    assert re.search(r"\[(READ( [A-Z][0-9]+[a-z]?(, [A-Z][0-9]+)*)?|RECALL|DESIGN)\]", rule.marked)
    assert not rule.rule or re.fullmatch(r"R-[0-9]{2}", rule.rule)


def test_every_act_of_the_machine_is_a_kind() -> None:
    names = {kind.name for kind in PERSONALITY.kinds}
    assert {name for name in names if name.startswith("manifest.")} == {f"manifest.{act}/1" for act in Act}
    assert {kind.chain_type for kind in PERSONALITY.kinds if not kind.name.startswith("manifest.")} == {"case", "incident", "number"}
    assert {act for _, act in MOVES} == set(Act)


def test_bodies_refuse_unknown_fields() -> None:
    assert all(kind.body.__struct_config__.forbid_unknown_fields for kind in PERSONALITY.kinds)


def test_facts_have_the_custody_window_and_decisions_the_day() -> None:
    custody = {kind.name for kind in PERSONALITY.kinds if kind.window is Window.CUSTODY}
    assert custody == {
        f"manifest.{act}/1" for act in (Act.DEPART, Act.HAND_OVER, Act.TRANSSHIP, Act.STOP, Act.ARRIVE, Act.RECEIVE, Act.DISPOSE)
    }
    assert all(kind.window in (Window.CUSTODY, Window.DAY) for kind in PERSONALITY.kinds)


def test_only_issue_and_case_open_a_chain_and_only_issue_is_routed() -> None:
    opening = {kind.name for kind in PERSONALITY.kinds if kind.opens}
    assert opening >= {"manifest.issue/1", "case.number/1", "case.amend_propose/1"}
    beside = {"incident.report/1", "incident.unmanifested/1", "number.settle/1"}
    assert {name for name in opening if not name.startswith("case.")} == {"manifest.issue/1"} | beside
    assert [kind.name for kind in PERSONALITY.kinds if kind.routed] == ["manifest.issue/1"]


@pytest.mark.parametrize(
    ("chain", "fits"),
    [
        (f"manifest/{GENERATOR}/{ULID}", True),
        (f"manifest/{GENERATOR}/{ULID}/x", False),
        (f"manifest/{GENERATOR}/{ULID.lower()}", False),
        (f"manifest/{GENERATOR}/8{ULID[1:]}", False),
        (f"case/{GENERATOR}/{ULID}/{ULID}", True),
        (f"case/{GENERATOR}/{ULID}", False),
    ],
)
def test_chain_names_follow_their_grammar(chain: str, fits: bool) -> None:
    pattern = PERSONALITY.chains[chain.partition("/")[0]]
    assert (re.fullmatch(pattern, chain) is not None) == fits
