from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.refusal import Refusal
from tests.whitelist.driver import Log
from whitelist.adopted import data_files
from whitelist.thresholds import Thresholds, parse_thresholds, thresholds_of

RAW = next(file.path.read_bytes() for file in data_files() if file.name == "thresholds")
FIRST: dict[str, int] = json.loads(RAW)
FIELDS = Thresholds.__struct_fields__
each_field = pytest.mark.parametrize("name", FIELDS)

# The table of kinds §12, as printed: fields and their first values, in order.
TABLE = """
weight_floor_g weight_permille_S weight_permille_SS weight_permille_L weight_permille_G weight_high_permille: 60000 10 30 30 10 50
weighing_floor_g weighing_permille ticket_permille meter_permille lots_permille truck_max_t: 20000 5 10 20 10 49
scale_alert_permille scale_limit_permille: 1000 1200
quota_alert_permille_1 quota_alert_permille_2 quota_alert_permille_3 overdraft_permille: 800 950 1000 20
receipt_wd receipt_high_wd backfill_wd return_wd return_block_wd attachment_wd number_wd: 5 10 10 2 10 5 5
notice_wd review_wd reply_wd decide_wd listed_wd no_reply_wd regularise_wd: 5 5 10 5 5 45 20
vehicle_busy_h trip_h stale_issue_d follow_up_d storage_d storage_warn_d permit_warn_d: 72 72 30 90 365 305 60
amend_d amend_escalate_wd hold_d emergency_d join_d report_day period_day list_report_d: 30 10 30 90 5 15 10 31
"""


def parse(**changes: Any) -> Thresholds:
    """The first values with some changed; ``None`` leaves a field out."""
    values = {name: value for name, value in {**FIRST, **changes}.items() if value is not None}
    return parse_thresholds(json.dumps(values).encode())


def refused(raw: bytes) -> str:
    """Field of the one reason, DATA_FORM, for which a file is refused."""
    with pytest.raises(Refusal) as caught:
        parse_thresholds(raw)
    assert caught.value.codes == ["DATA_FORM"]
    return caught.value.reasons[0].field


def test_the_first_values_are_those_of_the_table_in_its_order() -> None:
    rows = [line.split(": ") for line in TABLE.strip().splitlines()]
    names = [name for row in rows for name in row[0].split()]
    values = [int(value) for row in rows for value in row[1].split()]
    assert list(FIRST.items()) == list(zip(names, values, strict=True))
    assert tuple(names) == FIELDS
    assert msgspec.to_builtins(parse_thresholds(RAW)) == FIRST


def test_they_are_read_from_the_log() -> None:
    log = Log()
    assert thresholds_of(log.facts) == parse_thresholds(RAW)
    log.without_data("thresholds")
    assert thresholds_of(log.facts) is None


@pytest.mark.parametrize(("form", "permille"), [("S", 10), ("SS", 30), ("L", 31), ("G", 11)])
def test_the_tolerance_of_a_form(form: str, permille: int) -> None:
    assert parse(weight_permille_L=31, weight_permille_G=11).weight_permille(form) == permille


@each_field
def test_every_field_is_required(name: str) -> None:
    values = {key: value for key, value in FIRST.items() if key != name}
    assert refused(json.dumps(values).encode()) == "thresholds"


@each_field
@pytest.mark.parametrize("value", ["5.0", '"5"', "true", "-1", "1000000001", "5e0", "null", "[5]"])
def test_every_field_is_an_integer_within_its_bounds(name: str, value: str) -> None:
    line = f'"{name}": {FIRST[name]}'
    assert line in RAW.decode()
    assert refused(RAW.decode().replace(line, f'"{name}": {value}', 1).encode()) in ("thresholds", f"thresholds.{name}")


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"\xff", b"{", RAW.replace(b"{", b'{"weight": 1,', 1), RAW.replace(b"{", b'{"trip_h": 72,', 1), b"\xef\xbb\xbf" + RAW],
)
def test_another_form_unknown_and_double_fields_are_refused(raw: bytes) -> None:
    assert refused(raw) == "thresholds"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("receipt_wd", 0),  # a term has a day at least
        ("receipt_high_wd", 4),  # H before M
        ("return_block_wd", 1),
        ("scale_limit_permille", 999),
        ("quota_alert_permille_2", 799),
        ("quota_alert_permille_3", 949),
        ("storage_d", 304),
        ("report_day", 29),  # not every month has one
        ("period_day", 0),
        ("truck_max_t", 0),
        ("storage_d", 36_501),
    ],
)
def test_values_that_no_rule_could_use_are_refused(name: str, value: int) -> None:
    assert refused(json.dumps({**FIRST, name: value}).encode()) == f"thresholds.{name}"


@given(st.sampled_from(FIELDS), st.integers(0, 10**9))
def test_what_is_taken_is_taken_as_written(name: str, value: int) -> None:
    raw = json.dumps({**FIRST, name: value}).encode()
    try:
        found = parse_thresholds(raw)
    except Refusal:
        assert refused(raw).startswith("thresholds.")
    else:
        assert msgspec.to_builtins(found) == {**FIRST, name: value}
