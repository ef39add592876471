"""R-01 to R-13, places, exemption claims: one passing, one refusing and a boundary each."""

from __future__ import annotations

from typing import Any

import pytest

from tests.whitelist.acts import BATTERY, applied, approved, grant, line, listed, transfer, with_permit
from tests.whitelist.driver import GENERATOR, MANIFEST, OTHER_GENERATOR, Log
from whitelist.number import NumberHolders, number_key
from whitelist.scope import PermitItem
from whitelist.transfer import Answer, Pieces, WasteLine

LOG = listed()


def ask(*lines: WasteLine, log: Log | None = None, **changes: Any) -> Answer:
    return (log or LOG).ask(transfer(*lines, **changes))


def found(answer: Answer) -> list[tuple[str, str]]:
    return [(reason.code, reason.field) for reason in answer.reasons]


def test_the_first_load_of_the_worked_example_passes_every_rule() -> None:
    answer = ask()
    assert (answer.reasons, answer.alerts, answer.tags, answer.route) == ((), (), (), "LISTED")


#


@pytest.mark.parametrize(
    "number", ["2026510100123", "202651010001234", "20269901000123", "2026510100012x", "１" * 14, "19265101000123", ""]
)
def test_r01_a_number_out_of_form_is_refused(number: str) -> None:
    assert found(ask(number=number)) == [("NO_FORMAT", "number")]


def test_r01_no_number_yet_is_no_fault() -> None:
    assert found(ask(number=None)) == []


def test_r02_the_number_belongs_to_the_origin_city() -> None:
    assert found(ask(number="20265001000123")) == [("NO_ORIGIN", "number")]
    assert found(ask(number="20265103000123")) == [("NO_ORIGIN", "number")]


@pytest.mark.parametrize(("digits", "codes"), [("5000", []), ("5001", []), ("5002", []), ("5003", ["NO_ORIGIN"]), ("5101", ["NO_ORIGIN"])])
def test_r02_chongqing_numbers_pass_in_three_forms(digits: str, codes: list[str]) -> None:
    answer = ask(number=f"2026{digits}000123", origin="500115", approval=None)
    assert [reason.code for reason in answer.reasons if reason.code.startswith("NO_O")] == codes


def test_r03_a_number_in_use_is_refused_at_the_same_generator_and_alerted_at_another() -> None:
    log = listed()
    key = number_key("20265101000123")
    log.facts.put(key, NumberHolders(((OTHER_GENERATOR, "manifest/x"),)))
    answer = ask(log=log)
    assert (found(answer), answer.alerts) == ([], (("H", "NO_DUPLICATE"),))
    log.facts.put(key, log.facts.get(key).with_holder(GENERATOR, MANIFEST))
    answer = ask(log=log)
    assert found(answer) == [("NO_DUPLICATE", "number")]
    assert MANIFEST in answer.reasons[0].found
    log.facts.put(key, log.facts.get(key).without(MANIFEST).without("manifest/x"))
    answer = ask(log=log)
    assert (found(answer), answer.alerts) == ([], ())


def test_r04_another_year_in_the_number_is_an_alert() -> None:
    answer = ask(number="20255101000123")
    assert (found(answer), answer.alerts) == ([], (("M", "NO_YEAR"),))


def test_r04_the_year_turns_at_midnight_in_shanghai() -> None:
    log = listed()
    log.at("2026-12-31 23:59")
    assert ("M", "NO_YEAR") not in ask(log=log).alerts
    log.at("2027-01-01 00:00")
    assert ("M", "NO_YEAR") in ask(log=log).alerts


# places


def test_r05_a_wrong_check_character_is_refused() -> None:
    answer = ask(generator="915101120000FX029F")
    assert ("USCC", "generator") in found(answer)
    assert ("USCC", "receiver") in found(ask(receiver="915001160000fx0107"))


def test_r12_only_generator_or_receiver_is_consignor() -> None:
    assert found(ask(consignor="receiver")) == []
    assert found(ask(consignor="carrier")) == [("CONSIGNOR", "consignor")]


@pytest.mark.parametrize(("mode", "codes"), [("rail", []), ("pipeline", []), ("sea", ["SEA"]), ("air", ["MODE"]), ("", ["MODE"])])
def test_r13_the_sea_is_refused(mode: str, codes: list[str]) -> None:
    assert [code for code, _ in found(ask(mode=mode))] == codes


def test_places_that_do_not_exist_are_refused() -> None:
    assert ("DIVISION", "origin") in found(ask(origin="510199"))
    assert ("DIVISION", "destination") in found(ask(destination="5001"))


def test_an_intra_transfer_far_from_home_is_an_alert() -> None:
    at_home = ask(generator="915001050000FX045U", origin="500115", approval=None, number=None)
    assert (at_home.route, at_home.alerts, found(at_home)) == ("INTRA", (), [])
    far = ask(origin="500115", approval=None, number=None)
    assert (far.alerts, found(far)) == ((("M", "ORIGIN_ELSEWHERE"),), [])


def test_missing_data_sets_are_the_operators_matter() -> None:
    log = listed()
    for name in ("hw-catalogue-2021", "hw-catalogue-2025", "divisions"):
        log.without_data(name)
    missing = [("DATA_NOT_ADOPTED", field) for field in ("lines.0.code", "origin", "destination")]
    assert found(ask(log=log)) == missing


def test_a_withdrawn_division_is_an_alert_and_names_its_successor() -> None:
    """500112 渝北区 went into 500157 两江新区: the permit's site is the same place under both codes, a USCC keeps its digits."""
    log = with_permit(division="500112")
    log.at("2026-11-05 08:30")
    for destination in ("500112", "500105", "500157"):
        answer = ask(log=log, origin="500115", destination=destination, approval=None, number=None)
        assert ("PERMIT_SITE", "destination") not in found(answer)
        assert (("M", "DIVISION_RETIRED") in answer.alerts) is (destination != "500157")
    assert ("PERMIT_SITE", "destination") in found(ask(log=log, origin="500115", destination="500109", approval=None, number=None))


def test_a_division_that_had_not_begun_is_refused() -> None:
    assert ("DIVISION", "origin") in found(Log("2025-11-05 09:00").ask(transfer(origin="500157")))
    assert ("DIVISION", "origin") not in found(Log("2025-11-06 09:00").ask(transfer(origin="500157")))


#


@pytest.mark.parametrize(
    ("code", "category", "field"),
    [
        (BATTERY, "HW49", "lines.0.category"),
        (BATTERY, "HW41", "lines.0.category"),
        (BATTERY, "31", "lines.0.category"),
        ("90005231", "HW31", "lines.0.code"),
        ("900-052-3１", "HW31", "lines.0.code"),
        ("HW31-900-052-31", "HW31", "lines.0.code"),
    ],
)
def test_r06_code_and_category_go_together(code: str, category: str, field: str) -> None:
    assert ("CODE_CATEGORY", field) in found(ask(line(code=code, category=category)))


HW48 = grant(items=(PermitItem(category="HW48", scope="ALL", methods=("R4",)),))
WIDE = approved(
    applied(name="鉴别", code="900-000-48", category="HW48", hazards=("T",), listing=None, identification="JB-2026-1"), permit=HW48
)
IDENTIFIED: dict[str, Any] = {"name": "鉴别", "code": "900-000-48", "category": "HW48", "hazards": ("T",)}
UNKNOWN: dict[str, Any] = {"code": "321-998-48", "category": "HW48", "hazards": ("T",)}


def ask_on(day: str, **changes: Any) -> Answer:
    """The check on another day, of a line as it might be on its own: other rules may have more to say."""
    return Log(f"{day} 09:00").ask(transfer(line(**changes)))


def of_waste(answer: Answer) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Reasons and alerts of R-07 and R-08."""
    codes = ("CODE_UNKNOWN", "HAZARD")
    return [one for one in found(answer) if one[0] in codes], [one for one in answer.alerts if one[1] in codes]


@pytest.mark.parametrize(
    ("day", "reasons", "alerts"),
    [
        ("2024-12-31", [], [("M", "CODE_UNKNOWN")]),
        ("2025-01-01", [("CODE_UNKNOWN", "lines.0.code")], []),
        ("2026-11-05", [("CODE_UNKNOWN", "lines.0.code")], []),
    ],
)
def test_r07_a_code_outside_the_edition_of_the_day_is_refused_from_2025_on(day: str, reasons: Any, alerts: Any) -> None:
    assert of_waste(ask_on(day, **UNKNOWN)) == (reasons, alerts)


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("336-100-21", [], [("CODE_UNKNOWN", "lines.0.code")]),  # anodising with chromic acid: HW17 since 2025
        ("900-054-29", [("M", "CODE_UNKNOWN")], []),
        ("900-052-31", [], []),
    ],
)
def test_r07_each_day_has_its_own_edition(code: str, before: Any, after: Any) -> None:
    line_of = {"code": code, "category": f"HW{code[-2:]}", "hazards": ("T",)}
    assert of_waste(ask_on("2024-12-31", **line_of)) == ([], before)
    assert of_waste(ask_on("2025-01-01", **line_of)) == (after, [])


def test_r07_a_log_without_an_edition_that_had_begun_decides_nothing() -> None:
    assert ("DATA_NOT_ADOPTED", "lines.0.code") in found(ask_on("2020-12-31"))


def test_r07_identified_wastes_name_their_report() -> None:
    answer = ask(line(**IDENTIFIED, identification="JB-2026-1"), log=WIDE)
    assert (found(answer), answer.alerts) == ([], ())
    for report in (None, "", "  "):
        answer = ask(line(**IDENTIFIED, identification=report), log=WIDE)
        assert found(answer) == [("IDENT_MISSING", "lines.0.identification")]


@pytest.mark.parametrize("hazards", [("T",), ("T", "C"), ("C", "T"), ("T", "T"), ("T", "C", "T")])
def test_r08_hazards_are_read_as_a_set(hazards: tuple[str, ...]) -> None:
    """L7: ["T","T"] is T."""
    answer = ask(line(hazards=hazards))
    assert (found(answer), answer.alerts) == ([], ())


@pytest.mark.parametrize("hazards", [("I",), ("C",), ("T", "I")])
def test_r08_hazards_of_another_waste_are_refused_from_2025_on(hazards: tuple[str, ...]) -> None:
    assert of_waste(ask_on("2024-12-31", hazards=hazards)) == ([], [("M", "HAZARD")])
    answer = ask(line(hazards=hazards))
    assert (found(answer), answer.alerts) == ([("HAZARD", "lines.0.hazards")], ())
    assert answer.reasons[0].expected == "T，C"


@pytest.mark.parametrize("hazards", [(), ("X",), ("t",), ("T", ""), ("T", "C") * 4 + ("T",)])
@pytest.mark.parametrize("day", ["2024-12-31", "2026-11-05"])
def test_r08_letters_that_no_edition_knows_and_nine_of_them_are_refused_on_every_day(day: str, hazards: tuple[str, ...]) -> None:
    assert of_waste(ask_on(day, hazards=hazards)) == ([("HAZARD", "lines.0.hazards")], [])


def test_an_exemption_becomes_a_tag_and_waives_nothing_else() -> None:
    answer = ask(line(exemption=18))
    assert (found(answer), answer.tags) == ([], (("EXEMPT_TRANSPORT",),))
    assert ("NO_APPROVAL", "approval") in found(ask(line(exemption=18), approval=None))


def test_exemption_items_are_those_of_the_days_edition() -> None:
    """2025 struck item 22, aluminium dross; what follows moved up by one."""
    dross = {"code": "321-024-48", "category": "HW48", "hazards": ("R", "T"), "exemption": 22}
    refused = ("EXEMPTION_ITEM", "lines.0.exemption")
    assert refused not in found(ask_on("2024-12-31", **dross))
    assert refused in found(ask_on("2025-01-01", **dross))


@pytest.mark.parametrize("item", [27, 32, 33, 0, -1])
def test_an_exemption_item_that_does_not_name_the_code_is_refused(item: int) -> None:
    assert found(ask(line(exemption=item))) == [("EXEMPTION_ITEM", "lines.0.exemption")]


def test_use_and_disposal_exemptions_follow_the_method() -> None:
    ash = {"name": "飞灰", "code": "772-002-18", "category": "HW18", "hazards": ("T",), "exemption": 12}
    assert ask(line(**ash, method="C1")).tags == (("EXEMPT_DISPOSAL",), ("EXEMPT_TRANSPORT",))
    assert ask(line(**ash, method="R5")).tags == (("EXEMPT_TRANSPORT",),)


#


@pytest.mark.parametrize("mass", ["0.000001", "5.6", "5"])
def test_r09_any_plain_mass_above_zero_passes(mass: str) -> None:
    assert found(ask(line(mass_t=mass))) == []


@pytest.mark.parametrize("mass", ["0", "0.000000", "-1", "5.6000001", "120只", "1e1", ""])
def test_r09_other_masses_are_refused_and_draw_nothing(mass: str) -> None:
    answer = ask(line(mass_t=mass))
    assert found(answer) == [("QTY", "lines.0.mass_t")]
    assert answer.draws == {}


def test_r09_pieces_stand_beside_tonnes_never_instead() -> None:
    assert found(ask(line(pieces=Pieces(120, "只")))) == []
    assert found(ask(line(pieces=Pieces(0, "只")))) == [("QTY", "lines.0.pieces")]
    assert found(ask(line(pieces=Pieces(1, " ")))) == [("QTY", "lines.0.pieces")]
    assert found(ask(line(unit="只"))) == [("QTY", "lines.0.unit")]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"form": "L", "packing": "drum"}, []),
        ({"form": "L", "packing": "bag"}, ["lines.0.packing"]),
        ({"form": "SS", "packing": "bag"}, []),
        ({"form": "固态"}, ["lines.0.form"]),
        ({"packing": "袋"}, ["lines.0.packing"]),
        ({"packs": 1}, []),
        ({"packs": 0}, ["lines.0.packs"]),
    ],
)
def test_r10_form_and_packing(changes: dict[str, Any], fields: list[str]) -> None:
    assert found(ask(line(**changes))) == [("FORM_PACK", field) for field in fields]


def test_r11_a_transfer_has_1_to_16_lines() -> None:
    small = [line(mass_t="0.1") for _ in range(17)]
    assert found(ask(*small[:16])) == []
    assert found(ask(*small)) == [("LINES", "lines")]
    assert LOG.ask(transfer(lines=())).reasons[0].code == "LINES"


def test_r11_name_method_and_decision_line_must_be_there() -> None:
    assert ("MISSING", "lines.0.name") in found(ask(line(name=" ")))
    assert ("METHOD", "lines.0.method") in found(ask(line(method="")))
    assert found(ask(line(decision_line=None))) == [("MISSING", "lines.0.decision_line")]


def test_all_reasons_come_at_once_for_all_lines_in_order_of_the_rules() -> None:
    answer = ask(line(category="HW49", form="?"), line(mass_t="0", method="D1"), number="1", consignor="broker", mode="sea")
    assert found(answer) == [
        ("NO_FORMAT", "number"),
        ("CODE_CATEGORY", "lines.0.category"),
        ("QTY", "lines.1.mass_t"),
        ("FORM_PACK", "lines.0.form"),
        ("CONSIGNOR", "consignor"),
        ("SEA", "mode"),
        ("PERMIT_METHOD", "lines.1.method"),
        ("APPROVAL_METHOD", "lines.1.method"),
        ("WL_METHOD", "lines.1.method"),
    ]
