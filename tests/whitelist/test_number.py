"""R-03: who holds a national number, against the law as a list of its own: one manifest a generator, 32 at most, voided ones make room."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.model import Findings
from tests.whitelist.acts import listed
from tests.whitelist.driver import GENERATOR, OTHER_GENERATOR
from whitelist.rules.number import HOLDERS_MAX, NumberHolder, NumberHolders, judge_number

Held = list[list[str]]
"""[generator, manifest, standing], in order of the generators' first admission."""
FULL = [[f"G{number}", f"M{number}", "voided" if number in (3, 7) else "live"] for number in range(HOLDERS_MAX - 1)]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.sampled_from(["G1", "G3", "G50", "G51", "G52", "G53"])),
        st.tuples(st.sampled_from(["voided", "closed", "live"]), st.sampled_from(["M1", "M3", "M5", "N0", "N1", "N2"])),
    ),
    max_size=12,
)


def take(held: Held, generator: str, manifest: str) -> None:
    """The law of R-03 and of the limit."""
    own = [row for row in held if row[0] == generator]
    if own:
        own[0][1:] = [manifest, "live"]
        return
    if len(held) == HOLDERS_MAX:
        voided = [row for row in held if row[2] == "voided"]
        if not voided:
            return
        held.remove(voided[0])
    held.append([generator, manifest, "live"])


def register(held: Held) -> NumberHolders:
    return NumberHolders(tuple(NumberHolder(*row) for row in held))  # type: ignore[arg-type]  # standings as texts


@given(STEPS, st.booleans())
def test_a_register_holds_what_the_law_says(steps: list[tuple[str, str]], is_full: bool) -> None:
    held = [[*row] for row in FULL] if is_full else []
    found = register(held)
    for number, (act, name) in enumerate(steps):
        if act == "take":
            take(held, name, f"N{number}")
            found = found.with_holder(name, f"N{number}")
        else:
            for row in held:
                row[2] = act if row[1] == name else row[2]
            found = found.ended(name, act)  # type: ignore[arg-type]  # standings as texts
    assert found == register(held)
    assert [found.of(f"G{number}") for number in range(60)] == [
        next((one for one in register(held).holders if one.generator == f"G{number}"), None) for number in range(60)
    ]


def test_a_register_full_of_living_manifests_takes_no_other() -> None:
    full = register([[f"G{number}", f"M{number}", "live"] for number in range(HOLDERS_MAX)])
    assert full.with_holder("G99", "M99") == full
    voided = full.ended("M5", "voided").with_holder("G99", "M99")
    assert [one.generator for one in voided.holders] == [*(f"G{number}" for number in range(HOLDERS_MAX) if number != 5), "G99"]


@pytest.mark.parametrize(
    ("generator", "standing", "said"),
    [
        (GENERATOR, "live", (["NO_DUPLICATE"], {})),
        (GENERATOR, "closed", (["NO_DUPLICATE"], {})),
        (GENERATOR, "voided", ([], {"NO_REUSED": "M"})),
        (OTHER_GENERATOR, "live", ([], {"NO_DUPLICATE": "H"})),
        (OTHER_GENERATOR, "closed", ([], {"NO_DUPLICATE": "H"})),
        (OTHER_GENERATOR, "voided", ([], {"NO_REUSED": "M"})),
    ],
)
@pytest.mark.parametrize("own", ["mine", "other"])
def test_a_number_is_judged_by_all_its_holders_but_the_manifest_itself(generator: str, standing: Any, said: Any, own: str) -> None:
    """A manifest may be given the number that it holds; who stands behind it in the register is looked at all the same."""
    out = Findings()
    holders = NumberHolders((NumberHolder("G0", "mine", "live"), NumberHolder(generator, own, standing)))
    judge_number(out, listed().facts, "20265101000123", "510112", 2026, GENERATOR, holders, but="mine")
    assert ([one.code for one in out.reasons], out.alerts) == (([], {}) if own == "mine" else said)
