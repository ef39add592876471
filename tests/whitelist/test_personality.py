from __future__ import annotations

import re
import time
from pathlib import Path

import msgspec
import pytest

import whitelist
from ledger.admission.kind_table import Kinds
from ledger.personality import PERSONALITY as LEDGER
from signing.refusal import Rule
from signing.rulebook import RULES as SIGNING
from tests.whitelist.acts import listed, transfer
from tests.whitelist.driver import APPROVAL, LIST, PERMIT, Log
from whitelist.acts import PERSONALITY, RULES
from whitelist.check import check, reads
from whitelist.checked import Asked
from whitelist.permit import HeldPermit, HeldPermits
from whitelist.quota import SiteYear
from whitelist.rules.number import NumberHolders
from whitelist.rules.refused import RefusedLoads

SOURCES = sorted(Path(whitelist.__file__).parent.rglob("*.py"))


def given_codes() -> set[str]:
    """Every code that the package's sources give: literal arguments that look like codes."""
    text = "\n".join(path.read_text() for path in SOURCES if "texts" not in path.parts)
    return set(re.findall(r'"([A-Z]{2,}[A-Z0-9]*(?:_[A-Z0-9]+)*)"', text))


NOT_CODES = {
    "ALL",
    "INCLUDE",
    "EXCEPT",
    "ACTIVE",
    "SUSPENDED",
    "REVOKED",
    "PROPOSED",
    "INTRA",
    "RETURN",
    "LISTED",
    "APPROVED",
    "OFF_LOG",
    "EMERGENCY",
    "PILOT387",
    "CLOSED",
    "LMH",
    "SS",
    "II",
    "III",
    "GB",
    "HW31",
    "PERSONALITY",
    "RULES",
    "ACTS",
}


def test_every_code_the_package_gives_has_a_text_here_or_below_and_no_text_is_idle() -> None:
    causes = {cause for rules in (RULES, LEDGER.rules) for rule in rules.values() for cause in rule.causes}
    given = given_codes() - NOT_CODES - causes
    below = set(LEDGER.rules) | set(SIGNING)
    assert given - set(RULES) - below == set()
    assert set(RULES) - given == set()
    assert set(RULES) & below == set()


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_every_text_is_whole_in_both_languages_and_names_its_source(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z0-9_]+", rule.code)
    for text in (rule.zh, rule.do_zh):
        assert text.endswith("。")
        assert re.search(r"[\u4e00-\u9fff]", text)
    for text in (rule.en, rule.do_en):
        assert text.endswith(".")
        assert not re.search(r"[\u4e00-\u9fff]", text)
    assert re.search(r"\[(READ|RECALL|DESIGN)", rule.marked)


@pytest.mark.parametrize(
    ("chain_type", "name", "good"),
    [
        ("permit", PERMIT, True),
        ("permit", PERMIT + "/x", False),
        ("approval", APPROVAL, True),
        ("list", LIST, True),
        ("list", "list/2026-51-50-CY", False),
        ("list", "list/2026-51-50-" + "a" * 17, False),
        ("list", "list/2026-5-50-cy", False),
    ],
)
def test_chain_names_are_of_their_form(chain_type: str, name: str, good: bool) -> None:
    pattern = Kinds([LEDGER, PERSONALITY]).chain_pattern(chain_type)
    assert pattern is not None
    assert (pattern.fullmatch(name) is not None) is good


@pytest.mark.parametrize("chain", [PERMIT, LIST, APPROVAL])
def test_states_survive_the_database(chain: str) -> None:
    kinds = Kinds([LEDGER, PERSONALITY])
    head = listed().facts.values[f"chain:{chain}"]
    assert kinds.decode(f"chain:{chain}", kinds.encode(head)) == head


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("number:20265101000123", NumberHolders().with_holder("a", "b")),
        ("plan-used:plan/X/2026  0", 5_600_000),
        ("refused:a b", RefusedLoads().moved("manifest/a/1", 5, "2026-11-05")),
        (f"q3:{PERMIT}", SiteYear(permits=(PERMIT,), year=2026, base_g=5, prior_base_g=3, reserved_g=1)),
        ("permits:X", HeldPermits((HeldPermit(chain=PERMIT, root=PERMIT, division="500116", permit_class="permit", is_revoked=True),))),
    ],
)
def test_registers_survive_the_database(key: str, value: object) -> None:
    kinds = Kinds([LEDGER, PERSONALITY])
    assert kinds.decode(key, kinds.encode(value)) == value


@pytest.mark.parametrize("kind", PERSONALITY.kinds, ids=lambda kind: kind.name)
def test_every_body_refuses_unknown_fields_and_has_a_schema(kind: object) -> None:
    body: type[msgspec.Struct] = kind.body  # type: ignore[attr-defined]  # parametrised
    assert body.__struct_config__.forbid_unknown_fields
    assert body.__struct_config__.frozen
    assert "properties" in next(iter(msgspec.json.schema(body)["$defs"].values()))


def test_reads_follow_the_decision_to_its_listing_and_then_settle() -> None:
    log = listed()
    fresh = Log()
    one = transfer()
    first = reads(one, one.generator, fresh.now, fresh.facts)
    assert set(first.chains) == {PERMIT, APPROVAL, f"plan/{one.generator}/2026"}
    second = reads(one, one.generator, log.now, log.facts)
    assert set(second.chains) == {PERMIT, APPROVAL, LIST, f"plan/{one.generator}/2026"}
    assert set(second.accounts) == {f"Q1 {LIST} 0", f"Q2 {APPROVAL} 0", f"Q3 {PERMIT}"}
    assert set(second.registers) == {f"q3:{PERMIT}", "number:20265101000123", f"refused:{one.generator} {one.receiver}"}


def test_the_check_is_deterministic_and_fast() -> None:
    log = listed()
    one = transfer()
    first = log.ask(one)
    asked = Asked(generator=one.generator, transfer=one, at_s=log.now, moment=log.moment)
    best = float("inf")
    for _ in range(5):
        begun = time.perf_counter()
        for _ in range(200):
            assert check(asked, log.facts) == first
        best = min(best, (time.perf_counter() - begun) / 200)
    assert best < 0.001, "seven times the budget of 150 µs, so that a busy machine does not fail it"
