"""Recurring faults of such systems elsewhere (faults.toml): every test that is named exists, and what no other test held."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from manifests import acts
from reports.tables import columns
from reports.tables.columns import Table
from tests.manifests.driver import CARRIER, GENERATOR, RECEIVER, Driver, a_departure, a_line, accepted, an_issue, partly
from tests.stories.life import LIVES
from tests.stories.page import read_faults

TESTS = Path(__file__).parents[1]


def test_every_test_that_is_named_for_a_fault_exists() -> None:
    missing = []
    for number, known in read_faults().items():
        for name in known.tests:
            life, file, test = name.removeprefix("life:"), *name.partition("::")[::2]
            if name.startswith("life:"):
                there = (LIVES / f"{life}.toml").is_file()
            else:
                there = (TESTS / file).is_file() and (
                    not test or bool(re.search(rf"\b{test}\b", (TESTS / file).read_text(encoding="utf-8")))
                )
            missing += [] if there else [f"{number}: {name}"]
    assert missing == []
    assert list(read_faults()) == [str(number) for number in range(13, 48)]


WRONG = ("-1", "-0", "+1", "1e3", "NaN", "Infinity", "1,5", "0x1", " 1", "1 ", "1.0000001", "１", "01", ".5", "1.", "", "1000000000")


@pytest.mark.parametrize("mass", WRONG)
def test_what_is_no_mass_is_refused_wherever_a_mass_stands(mass: str) -> None:
    """Fault 19: a wheel of a mouse over a field made negative weights."""
    log = Driver().to_in_transit()
    other = log.refused("manifest.issue/1", (GENERATOR,), an_issue(lines=(a_line(mass_t=mass),)), chain=f"{GENERATOR_CHAIN}2")
    loaded = a_departure(loaded=(acts.LoadedLine(line=0, mass_t=mass),))
    bodies: list[tuple[str, tuple[str, ...], Any]] = [
        ("receive", (RECEIVER,), log.a_receipt(accepted(0, mass))),
        ("receive", (RECEIVER,), log.a_receipt(partly(0, "1", mass))),
        ("receive", (RECEIVER,), log.a_receipt(weighing=acts.Weighing(method="scale", tickets=(acts.Ticket(gross_t="9", tare_t="1", net_t=mass),)))),
        ("transship", (CARRIER,), acts.Transship(vehicle=loaded.vehicle, reason="换装", place=loaded.place, part=(acts.MovedLine(line=0, mass_t=mass),))),
    ]  # fmt: skip
    found = [log.refused(f"manifest.{act}/1", by, body) for act, by, body in bodies]
    fresh = Driver()
    fresh.issue()
    found += [other, fresh.refused("manifest.depart/1", (GENERATOR, CARRIER), loaded)]
    log.receive()
    found.append(log.refused("manifest.dispose/1", (RECEIVER,), acts.Dispose(fates=(acts.DisposedLine(line=0, method="R4", mass_t=mass),))))
    assert all(codes and set(codes) <= {"QTY", "FIELD_TYPE"} for codes in found), found


GENERATOR_CHAIN = f"manifest/{GENERATOR}/01K9000000000000000000MAN"


def test_every_column_of_masses_says_tonnes() -> None:
    """Fault 20: a register in kilograms was exported as tonnes."""
    tables = [table for table in vars(columns).values() if isinstance(table, Table)]
    masses = [column for table in tables for column in table.columns if column.form == "mass"]
    assert [column for column in masses if "吨" not in column.zh or not re.search(r"\bt\b|tonnes", column.en)] == []
    assert len(masses) > 8
