"""R-01 to R-13, R-16, R-24, R-25, types, places, sites, exemption claims: one passing, one refusing and a boundary each."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.whitelist.acts import BATTERY, INTRA, applied, approved, grant, line, listed, place, transfer
from tests.whitelist.driver import GENERATOR, MANIFEST, OTHER_GENERATOR, Log
from whitelist.fields import PermitItem
from whitelist.rules.number import HOLDERS_MAX, NumberHolders, number_key
from whitelist.transfer import Answer, DangerousGoods, ExemptionClaim, Pieces, WasteLine

LOG = listed()


def ask(*lines: WasteLine, log: Log | None = None, **changes: Any) -> Answer:
    return (log or LOG).ask(transfer(*lines, **changes))


def found(answer: Answer) -> list[tuple[str, str]]:
    return [(reason.code, reason.field) for reason in answer.reasons]


def test_the_first_load_of_the_worked_example_passes_every_rule() -> None:
    answer = ask()
    assert (answer.reasons, answer.alerts, answer.tags, answer.route) == ((), (), (("PLAN_OFF_LOG",),), "LISTED")


#


@pytest.mark.parametrize(
    "number", ["2026510100123", "202651010001234", "20269901000123", "2026510100012x", "１" * 14, "19265101000123", ""]
)
def test_r01_a_number_out_of_form_is_refused(number: str) -> None:
    assert found(ask(number=number)) == [("NO_FORMAT", "body.number")]


def test_r01_no_number_yet_is_no_fault() -> None:
    assert found(ask(number=None)) == []


def test_r02_the_number_belongs_to_the_origin_city() -> None:
    assert found(ask(number="20265001000123")) == [("NO_ORIGIN", "body.number")]
    assert found(ask(number="20265103000123")) == [("NO_ORIGIN", "body.number")]


@pytest.mark.parametrize(("digits", "codes"), [("5000", []), ("5001", []), ("5002", []), ("5003", ["NO_ORIGIN"]), ("5101", ["NO_ORIGIN"])])
def test_r02_chongqing_numbers_pass_in_three_forms(digits: str, codes: list[str]) -> None:
    answer = ask(**{**INTRA, "number": f"2026{digits}000123"})
    assert [reason.code for reason in answer.reasons] == codes


def test_r03_a_number_is_refused_while_its_own_holder_lives_or_is_closed_and_never_for_a_stranger() -> None:
    log = listed()
    key = number_key("20265101000123")

    def with_register(register: NumberHolders) -> tuple[list[tuple[str, str]], tuple[Any, ...]]:
        log.facts.put(key, register)
        answer = ask(log=log)
        return found(answer), answer.alerts

    strangers = NumberHolders().with_holder(OTHER_GENERATOR, "manifest/x")
    assert with_register(strangers) == ([], (("H", "NO_DUPLICATE"),))
    assert with_register(strangers.ended("manifest/x", "closed")) == ([], (("H", "NO_DUPLICATE"),))
    assert with_register(strangers.ended("manifest/x", "voided")) == ([], (("M", "NO_REUSED"),))
    own = NumberHolders().with_holder(GENERATOR, MANIFEST)
    assert with_register(own) == ([("NO_DUPLICATE", "body.number")], ())
    assert with_register(own.ended(MANIFEST, "closed")) == ([("NO_DUPLICATE", "body.number")], ())
    assert with_register(own.ended(MANIFEST, "voided")) == ([], (("M", "NO_REUSED"),))


def test_r03_the_register_keeps_one_manifest_per_generator_and_voided_ones_make_room() -> None:
    register = NumberHolders().with_holder(GENERATOR, MANIFEST).ended(MANIFEST, "voided").with_holder(GENERATOR, f"{MANIFEST[:-1]}9")
    assert [(holder.manifest[-1], holder.standing) for holder in register.holders] == [("9", "live")]
    full = NumberHolders()
    for serial in range(HOLDERS_MAX):
        full = full.with_holder(f"stranger {serial}", f"manifest {serial}")
    assert full.with_holder(GENERATOR, MANIFEST) == full, "the first 32 stay"
    roomy = full.ended("manifest 7", "voided").with_holder(GENERATOR, MANIFEST)
    assert roomy.of("stranger 7") is None
    assert roomy.of(GENERATOR) is not None
    assert len(roomy.holders) == HOLDERS_MAX


def test_r04_another_year_in_the_number_is_an_alert() -> None:
    answer = ask(number="20255101000123")
    assert (found(answer), answer.alerts) == ([], (("M", "NO_YEAR"),))


def test_r04_the_year_turns_at_midnight_in_shanghai() -> None:
    log = listed()
    log.at("2026-12-31 23:59")
    assert ("M", "NO_YEAR") not in ask(log=log).alerts
    log.at("2027-01-01 00:00")
    assert ("M", "NO_YEAR") in ask(log=log).alerts


#


@pytest.mark.parametrize(
    ("code", "category", "field"),
    [
        (BATTERY, "HW49", "body.lines.0.category"),
        (BATTERY, "HW41", "body.lines.0.category"),
        (BATTERY, "31", "body.lines.0.category"),
        ("90005231", "HW31", "body.lines.0.code"),
        ("900-052-3１", "HW31", "body.lines.0.code"),
        ("HW31-900-052-31", "HW31", "body.lines.0.code"),
    ],
)
def test_r06_code_and_category_go_together(code: str, category: str, field: str) -> None:
    assert ("CODE_CATEGORY", field) in found(ask(line(code=code, category=category)))


WIDE = approved(
    applied(name="鉴别", code="900-000-48", category="HW48", hazards=("T",), listing=None, identification="JB-2026-1"),
    permit=grant(items=(PermitItem(category="HW48", scope="ALL", methods=("R4",)),)),
)
IDENTIFIED = line(name="鉴别", code="900-000-48", category="HW48", hazards=("T",), identification="JB-2026-1")


def test_r07_identified_wastes_name_their_report() -> None:
    answer = ask(IDENTIFIED, log=WIDE)
    assert (found(answer), answer.alerts) == ([], ())
    assert found(ask(replace(IDENTIFIED, identification=None), log=WIDE)) == [("IDENT_MISSING", "body.lines.0.identification")]
    for report in ("", "  ", "\u3164"):
        assert found(ask(replace(IDENTIFIED, identification=report), log=WIDE)) == [("MISSING", "body.lines.0.identification")]


def in_2024(**changes: Any) -> Answer:
    return Log("2024-06-01 09:00").ask(transfer(line(**changes)))


def test_r07_the_edition_of_the_day_knows_the_code() -> None:
    assert ("CODE_UNKNOWN", "body.lines.0.code") in found(ask(line(code="321-998-48", category="HW48")))
    then = in_2024(code="321-998-48", category="HW48")
    assert ("M", "CODE_UNKNOWN") in then.alerts
    assert "CODE_UNKNOWN" not in dict(found(then))
    assert ("M", "CODE_UNKNOWN") not in in_2024().alerts


@pytest.mark.parametrize(
    ("hazards", "refused"), [(("T",), False), (("T", "C"), False), (("C", "T"), False), (("T", "T"), False), (("I",), True), (("C",), True)]
)
def test_r08_hazards_are_a_set_and_those_of_the_edition_of_the_day(hazards: tuple[str, ...], *, refused: bool) -> None:
    """L7 of the cases: ["T","T"] is {T}, and that is lawful for 900-052-31."""
    assert (("HAZARD", "body.lines.0.hazards") in found(ask(line(hazards=hazards)))) == refused
    then = in_2024(hazards=hazards)
    assert (("M", "HAZARD") in then.alerts) == refused
    assert "HAZARD" not in dict(found(then))


@pytest.mark.parametrize(("hazards", "field"), [((), ""), (("T",) * 9, ""), (("X",), ".0"), (("t",), ".0"), (("T", ""), ".1")])
def test_r08_letters_that_no_edition_knows_are_refused(hazards: tuple[str, ...], field: str) -> None:
    assert found(ask(line(hazards=hazards))) == [("HAZARD", f"body.lines.0.hazards{field}")]


# exemptions


def claim(item: int, edition: int = 2025, ref: str | None = None) -> tuple[ExemptionClaim, ...]:
    return (ExemptionClaim(edition=edition, item=item, ref=ref),)  # type: ignore[arg-type]  # other years are for the form


def test_an_exemption_becomes_a_tag_and_waives_nothing_else() -> None:
    answer = ask(line(exemptions=claim(18)))
    assert (found(answer), answer.tags) == ([], (("EXEMPT_TRANSPORT",), ("PLAN_OFF_LOG",)))
    assert ("NO_APPROVAL", "body.approval") in found(ask(line(exemptions=claim(18)), approval=None))


@pytest.mark.parametrize(("item", "edition"), [(28, 2025), (32, 2025), (0, 2025), (18, 2021), (18, 2016)])
def test_an_exemption_item_of_another_code_or_edition_is_refused(item: int, edition: int) -> None:
    field = "body.lines.0.exemptions.0" + (".edition" if edition == 2016 else "")
    assert found(ask(line(exemptions=claim(item, edition)))) == [("EXEMPTION_ITEM", field)]


def test_the_edition_is_that_of_the_day() -> None:
    then = in_2024(exemptions=claim(18, 2021))
    assert "EXEMPTION_ITEM" not in dict(found(then))
    assert ("EXEMPTION_ITEM", "body.lines.0.exemptions.0") in found(in_2024(exemptions=claim(18, 2025)))


ACID = {"name": "废酸", "code": "900-300-34", "category": "HW34"}


@pytest.mark.parametrize(("hazards", "holds"), [(("C",), True), (("C", "C"), True), (("C", "T"), False), (("T",), False)])
def test_only_corrosive_means_corrosive_alone(hazards: tuple[str, ...], *, holds: bool) -> None:
    """L6 of the cases: item 20 on an acid that was declared C and T."""
    answer = ask(line(**ACID, hazards=hazards, exemptions=claim(20)))
    assert (("EXEMPTION_ITEM", "body.lines.0.exemptions.0") not in found(answer)) == holds


@pytest.mark.parametrize(
    ("item", "ref", "holds"),
    [
        (1, "方案1号", False),  # household waste has no manifest
        (24, "方案1号", False),  # events need their emergency too
        (25, None, False),
        (25, "方案1号", True),
        (31, "方案1号", False),  # point to point is a matter of the permit
    ],
)
def test_items_that_name_their_wastes_in_words_need_the_plan(item: int, ref: str | None, *, holds: bool) -> None:
    """L6 of the cases: items 25 and 26 on any code."""
    answer = ask(line(exemptions=claim(item, ref=ref)))
    assert (("EXEMPTION_ITEM", "body.lines.0.exemptions.0") not in found(answer)) == holds


def test_every_link_that_an_item_waives_is_a_tag() -> None:
    ash: dict[str, Any] = {"name": "飞灰", "code": "772-002-18", "category": "HW18", "hazards": ("T",), "exemptions": claim(12)}
    assert {code for (code,) in ask(line(**ash, method="C1")).tags} == {"EXEMPT_DISPOSAL", "EXEMPT_TRANSPORT", "PLAN_OFF_LOG"}


def test_three_claims_at_most() -> None:
    assert found(ask(line(exemptions=claim(18) * 3))) == []
    assert found(ask(line(exemptions=claim(18) * 4))) == [("LIST_LENGTH", "body.lines.0.exemptions")]


#


@pytest.mark.parametrize("mass", ["0.000001", "5.6", "5", "100000", "100000.000000"])
def test_r09_any_plain_mass_above_zero_passes(mass: str) -> None:
    assert "QTY" not in dict(found(ask(line(mass_t=mass))))


@pytest.mark.parametrize("mass", ["0", "0.000000", "-1", "5.6000001", "120只", "1e1", "", "05", "５.6", "100000.000001", "100001"])
def test_r09_other_masses_are_refused_and_draw_nothing(mass: str) -> None:
    answer = ask(line(mass_t=mass))
    assert found(answer) == [("QTY", "body.lines.0.mass_t")]
    assert answer.draws == {}


def test_r09_pieces_stand_beside_tonnes_never_instead() -> None:
    assert found(ask(line(pieces=Pieces(count=120, unit="只")))) == []
    assert found(ask(line(pieces=Pieces(count=1, unit=" ")))) == [("MISSING", "body.lines.0.pieces.unit")]


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"form": "L", "packing": "drum"}, []),
        ({"form": "L", "packing": "bag"}, ["packing"]),
        ({"form": "SS", "packing": "bag"}, []),
        ({"form": "固态"}, ["form"]),
        ({"packing": "袋"}, ["packing"]),
        ({"packs": 1}, []),
        ({"packs": 0}, ["packs"]),
        ({"packing": "none", "packs": 0}, []),
        ({"packing": "none", "packs": 1}, ["packs"]),
    ],
)
def test_r10_form_and_packing(changes: dict[str, Any], fields: list[str]) -> None:
    assert found(ask(line(**changes))) == [("FORM_PACK", f"body.lines.0.{field}") for field in fields]


@pytest.mark.parametrize(
    ("method", "purpose", "codes"),
    [("R4", "use", []), ("R4", "dispose", ["METHOD"]), ("R4", "store", ["METHOD"]), ("R4", "sell", ["METHOD"]), ("R99", None, ["METHOD"])],
)
def test_the_purpose_is_the_group_of_the_method(method: str, purpose: str | None, codes: list[str]) -> None:
    assert [code for code, _ in found(ask(line(method=method, purpose=purpose)))] == codes


def test_r11_a_transfer_has_1_to_16_lines() -> None:
    small = [line(mass_t="0.1") for _ in range(17)]
    assert found(ask(*small[:16])) == []
    assert found(ask(*small)) == [("LINES", "body.lines")]
    assert found(LOG.ask(replace(transfer(), lines=()))) == [("LINES", "body.lines")]


@pytest.mark.parametrize("blank", ["", " ", "\u3164", "\u2800\ufe0f"])
def test_r11_texts_that_show_nothing_are_missing(blank: str) -> None:
    """S6 of the cases: characters that print as nothing."""
    assert found(ask(line(name=blank))) == [("MISSING", "body.lines.0.name")]
    assert found(ask(line(components=blank))) == [("MISSING", "body.lines.0.components")]
    assert found(ask(emergency_measures=blank)) == [("MISSING", "body.emergency_measures")]
    assert found(ask(origin=replace(place("510112"), address=blank))) == [("MISSING", "body.origin.address")]


def test_r11_measures_stand_once_or_in_every_line() -> None:
    assert found(ask(emergency_measures=None)) == [("MISSING", "body.emergency_measures")]
    cared = line(precautions="防酸手套")
    assert found(ask(cared, cared, emergency_measures=None)) == []
    assert found(ask(cared, line(), emergency_measures=None)) == [("MISSING", "body.emergency_measures")]


def test_r11_decision_line_and_permit_must_be_there() -> None:
    assert found(ask(line(decision_line=None))) == [("MISSING", "body.lines.0.decision_line")]
    assert found(ask(permit=None)) == [("MISSING", "body.permit")]


def test_r16_a_contract_covers_the_day() -> None:
    assert ask(contract=None).alerts == (("H", "CONTRACT"),)
    last = transfer().contract
    assert last is not None
    assert ask(contract=replace(last, valid_to="2026-11-05")).alerts == ()
    assert ask(contract=replace(last, valid_to="2026-11-04")).alerts == (("H", "CONTRACT"),)


@pytest.mark.parametrize(
    ("mode", "masses", "alerts"),
    [
        ("road", ("24.5", "24.5"), ()),
        ("road", ("24.5", "24.500001"), (("H", "OVERLOAD"),)),
        ("rail", ("24.5", "24.500001"), ()),
    ],
)
def test_r24_no_truck_carries_more_than_49_tonnes(mode: str, masses: tuple[str, ...], alerts: tuple[Any, ...]) -> None:
    """E8 of the cases: 1,300 t on one road truck."""
    answer = ask(*[line(mass_t=mass) for mass in masses], mode=mode)
    assert (found(answer), answer.alerts) == ([], alerts)


GOODS = DangerousGoods(un_no="2794", dg_class="8")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"dg": GOODS}, []),
        ({"dg": None, "dg_none": "固态、稳定"}, []),
        ({"dg": None}, ["dg"]),
        ({"dg": GOODS, "dg_none": "固态、稳定"}, ["dg_none"]),
        ({"dg": None, "exemptions": claim(18)}, []),
        ({"dg": None, "exemptions": claim(28)}, ["dg"]),
        ({"dg": GOODS, "dg_none": "固态、稳定", "exemptions": claim(18)}, ["dg_none"]),
        ({"dg": replace(GOODS, un_no="UN2794")}, ["dg.un_no"]),
        ({"dg": replace(GOODS, dg_class="8.7")}, ["dg.dg_class"]),
        ({"dg": replace(GOODS, packing_group="IV")}, ["dg.packing_group"]),
    ],
)
def test_r25_dangerous_goods_are_named_unless_transport_is_exempt(changes: dict[str, Any], fields: list[str]) -> None:
    """L7 of the cases: no UN number."""
    answer = ask(line(**changes))
    assert [field for code, field in found(answer) if code == "DG_DATA"] == [f"body.lines.0.{field}" for field in fields]


def test_the_trip_has_a_form() -> None:
    assert found(ask(trip_id="TRIP-1.a_b")) == []
    assert found(ask(trip_id="川A 1")) == [("TRIP_ID", "body.trip_id")]


def test_every_defect_of_form_comes_at_once() -> None:
    answer = ask(line(category="HW49x", form="?"), line(mass_t="0", method="D99"), number="1", consignor="broker", mode="air")
    assert set(found(answer)) == {
        ("NO_FORMAT", "body.number"),
        ("CODE_CATEGORY", "body.lines.0.category"),
        ("QTY", "body.lines.1.mass_t"),
        ("FORM_PACK", "body.lines.0.form"),
        ("CONSIGNOR", "body.consignor"),
        ("MODE", "body.mode"),
        ("METHOD", "body.lines.1.method"),
    }


def test_all_reasons_of_the_rules_come_at_once_in_their_order() -> None:
    answer = ask(line(category="HW49", packs=0), line(method="D1"), mode="pipeline", number="20265001000123")
    assert found(answer) == [
        ("MODE", "body.mode"),
        ("NO_ORIGIN", "body.number"),
        ("CODE_CATEGORY", "body.lines.0.category"),
        ("FORM_PACK", "body.lines.0.packs"),
        ("PERMIT_METHOD", "body.lines.1.method"),
        ("APPROVAL_METHOD", "body.lines.1.method"),
    ]
