from __future__ import annotations

import pytest

from signing.refusal import Refusal
from tests.whitelist.driver import Log
from whitelist.adopted import data_files
from whitelist.divisions import Divisions, parse_divisions
from whitelist.exemptions import Exemptions, parse_exemptions
from whitelist.methods import METHODS, group_of

FILES = {file.name: file.path.read_bytes() for file in data_files()}
DIVISIONS: Divisions = Log().facts.data("divisions")
EXEMPTIONS: Exemptions = Log().facts.data("hw-exemptions")


def test_every_data_set_of_the_package_is_named_once() -> None:
    assert list(FILES) == ["hw-catalogue", "hw-exemptions", "divisions", "workdays-2025", "workdays-2026", "workdays-2027"]


def test_exemptions_have_32_items_and_battery_transport_is_item_18() -> None:
    assert list(EXEMPTIONS.items) == list(range(1, 33))
    item = EXEMPTIONS.items[18]
    assert (item.codes, item.links) == ({"900-052-31"}, {"EXEMPT_TRANSPORT"})
    assert item.names("900-052-31")
    assert not item.names("900-045-49")


def test_items_name_codes_categories_or_words() -> None:
    assert EXEMPTIONS.items[20].names("900-300-34")
    assert not EXEMPTIONS.items[20].names("900-350-35")
    assert EXEMPTIONS.items[25].names("900-042-49")
    assert EXEMPTIONS.items[12].links == {"EXEMPT_TRANSPORT", "EXEMPT_DISPOSAL"}
    assert len(EXEMPTIONS.items[24].links) == 4


@pytest.mark.parametrize(
    ("old", "new"), [("运输,运输工具", "航空,运输工具"), ("2021,32,", "2021,33,"), ("2021,1,", "2021,x,"), ("252-002-11;", "HW99;")]
)
def test_an_exemption_table_out_of_form_is_refused(old: str, new: str) -> None:
    raw = FILES["hw-exemptions"]
    assert old.encode() in raw
    with pytest.raises(Refusal) as refused:
        parse_exemptions(raw.replace(old.encode(), new.encode()))
    assert refused.value.codes == ["DATA_FORM"]


def test_divisions_are_the_246_of_two_provinces() -> None:
    assert len(DIVISIONS.by_code) == 246
    assert DIVISIONS.listed == {"50", "51"}
    assert DIVISIONS.name_of("510112") == "四川省成都市龙泉驿区"
    assert DIVISIONS.name_of("500116") == "重庆市江津区"
    assert DIVISIONS.name_of("340100") == "340100"


@pytest.mark.parametrize(
    ("code", "known"),
    [("510112", True), ("510199", False), ("340102", True), ("990101", False), ("51011", False), ("51011２", False), ("", False)],
)
def test_listed_provinces_are_judged_by_the_table_others_by_form(code: str, known: bool) -> None:
    assert DIVISIONS.knows(code) is known


@pytest.mark.parametrize(
    ("old", "new"), [(b"510112,", b"5101120,"), (b"510112,", b"510113,"), (b"510000,province", b"510001,province"), (b"county", b"town")]
)
def test_a_division_table_out_of_form_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        parse_divisions(FILES["divisions"].replace(old, new))
    assert refused.value.codes == ["DATA_FORM"]


def test_methods_fall_into_use_disposal_and_storage() -> None:
    groups = {method: group_of(method) for method in METHODS}
    assert {method for method, group in groups.items() if group == "use"} == {*(f"R{n}" for n in (*range(1, 10), 15)), "C2", "C3"}
    assert groups["C1"] == "disposal"
    assert groups["S"] == "storage"
