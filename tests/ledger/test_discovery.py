"""Acts are found, not listed: every value of a package's modules, once, and nothing that is only imported there."""

from __future__ import annotations

import pytest

from ledger import kinds
from ledger.admission.personality import Kind, values_in
from ledger.model import Findings
from manifests import acts as manifest_acts
from manifests import cases as manifest_cases
from manifests.act import ManifestAct
from manifests.machine import MOVES
from whitelist import acts as whitelist_acts


@pytest.mark.parametrize("package", [kinds, whitelist_acts], ids=["ledger", "whitelist"])
def test_every_kind_of_a_package_is_found_once(package: object) -> None:
    found = values_in(package, Kind)  # type: ignore[arg-type]  # a package
    assert len({kind.name for kind in found}) == len(found) > 10


def test_the_acts_of_a_manifest_come_in_the_order_of_life() -> None:
    names = [known.kind.name for known in manifest_acts.ACTS]
    found = (*values_in(manifest_acts, ManifestAct), *values_in(manifest_cases, ManifestAct))
    assert len(names) == len(found) == len(set(names))
    assert names[: len({done for _, done in MOVES})] == list(dict.fromkeys(f"manifest.{done}/1" for _, done in MOVES))


def test_values_of_another_type_are_none() -> None:
    assert values_in(kinds, Findings) == ()
