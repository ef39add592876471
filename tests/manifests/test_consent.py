"""The consent matrix (kinds §8): one table for rules and for docs/amendments.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.labels import fields_of
from manifests.acts import Issue
from manifests.amendment import FateFields, LegFields, LoadedFields
from manifests.consent import MATRIX, NEVER, AmendmentClass, row_of
from manifests.consent_page import page
from manifests.receipt import ReceivedLine

PAGE = Path(__file__).parents[2] / "docs" / "amendments.md"


def test_the_page_is_made_from_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.name)
def test_a_path_names_a_scalar_or_a_list_of_words_of_a_body(row: AmendmentClass) -> None:
    known = {field.path for field in fields_of(Issue)}
    for part, body in (("received", ReceivedLine), ("legs", LegFields), ("loaded", LoadedFields), ("fates", FateFields)):
        known |= {f"{part}.*.{field.path}" for field in fields_of(body)}
    for path in row.paths:
        assert path in known or path.startswith("times.")
        assert not any(other.startswith(f"{path}.") for other in known) or path == "legs.*.crew"


def test_every_field_of_an_issue_is_in_a_class_or_never_corrected() -> None:
    """A field that is added has to be thought of."""
    leaves = {field.path for field in fields_of(Issue)}
    leaves -= {path for path in leaves if any(other.startswith((f"{path}.", f"{path}.*.")) for other in leaves)}
    known = {path for path in leaves if any(path == one or path.startswith(f"{one}.") for one in ("commit", *NEVER))}
    assert {path for path in leaves - known if row_of(path.replace("*", "0")) is None} == set()


def test_a_path_belongs_to_one_class() -> None:
    paths = [path for row in MATRIX for path in row.paths]
    assert len(set(paths)) == len(paths)
    assert not set(paths) & set(NEVER)
