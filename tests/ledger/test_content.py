"""Content checks: which characters are assigned, and that the short ways round a check never let through what it would find."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.admission import content
from ledger.admission.content import check_content, first_unassigned
from ledger.admission.personal import personal_in
from ledger.labels import fields_of
from liandan.wiring import KINDS
from manifests.tickets import Ticket


@pytest.mark.skipif(  # compared with the interpreter's table where it is of the version that the format names: 3.11
    unicodedata.unidata_version != "14.0.0", reason="the interpreter's table is of another Unicode version"
)
def test_every_code_point_is_judged_as_unicode_14_has_it() -> None:
    for number in range(0x110000):
        character = chr(number)
        assert (first_unassigned(character) is None) == (unicodedata.category(character) != "Cn"), hex(number)


def test_the_first_foreign_character_of_a_text_is_named() -> None:
    assert first_unassigned("") is None
    assert first_unassigned("铅蓄电池 5.6 t") is None
    assert first_unassigned("铅\u0378\U000e0fff池") == "\u0378"


@given(st.text("0123456789x .,，-+86测@°一三八", max_size=40), st.sampled_from(["text", "paper", "identifier"]))
def test_a_short_way_lets_nothing_pass(text: str, sort: content.Sort) -> None:
    assert content._passes(text, sort) == (not content._judged(text, sort))
    if sort != "identifier" and (found := personal_in(text, is_paper=sort == "paper")):
        assert found in {reason.found for reason in content._judged(text, sort)}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("铅蓄电池", []),
        ("电话13800138000", ["PERSONAL_DATA"]),
        ("call +86 138-0013-8000 now", ["PERSONAL_DATA"]),
        ("证11010519491231002X", ["PERSONAL_DATA"]),
        ("地点30.123, 104.456", ["PERSONAL_DATA"]),
        ("é池", []),
        ("e\u0301池", ["NOT_NFC"]),
        ("池\u0378", ["UNASSIGNED_CHARACTER"]),
        ("e\u0301\u0378 13800138000 池", ["NOT_NFC", "UNASSIGNED_CHARACTER", "PERSONAL_DATA"]),
    ],
)
def test_what_is_wrong_with_a_text_is_said_at_its_place(text: str, codes: list[str]) -> None:
    reasons = check_content({"lines": [{"name": "铅"}, {"name": text}]})
    assert [reason.code for reason in reasons] == codes
    assert {reason.field for reason in reasons} <= {"body.lines.1.name"}


def test_what_is_never_looked_through_are_masses_times_and_days_by_their_pattern() -> None:
    """Which texts nobody reads hangs on names of fields: this compares them with what the fields of all kinds declare."""
    fields = [field for kind in KINDS.by_name.values() for field in fields_of(kind.body)]
    measures = {"QTY", "AT_FORM", "DATE_FORM"}
    by_form = {(field.path.rpartition(".")[2], not measures.isdisjoint(field.codes)) for field in fields}
    assert by_form == {(name, content._sort(name) == "measure") for name, _ in by_form}


@pytest.mark.parametrize("mass", ["15000.000000", "13812.345678", "150000.00000"])
def test_a_mass_is_no_telephone_number(mass: str) -> None:
    assert personal_in(mass) == "mobile number", "as a text it would be one"
    assert check_content({"items": [], "scale_t": mass}) == []
    assert check_content(Ticket(gross_t=mass, tare_t="0", net_t=mass)) == []
    assert [reason.field for reason in check_content({"scale_t": mass, "note": f"电话 {mass}"})] == ["body.note"]


@pytest.mark.parametrize("text", ["电话 13912345678", "11010519491231002X", "铅\u0378池", "cafe\u0301 铅"])
def test_what_is_refused_is_kept_nowhere(text: str) -> None:
    """A statement that holds a phone number never enters; its text must not outlive the refusal in memory either."""
    assert check_content({"note": "铅蓄电池（虚构）"}) == []
    assert "铅蓄电池（虚构）" in content._PASSED["text"]
    before = set(content._PASSED["text"])
    assert check_content({"note": text})
    assert before == content._PASSED["text"]
