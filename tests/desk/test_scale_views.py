"""The scale against the manifest: what is proposed is what admission says of it, and no gram is lost on the way."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.directory import log_state
from ledger.fields import normal
from ledger.mass import format_mass, parse_mass
from ledger.times import parse_at
from liandan.desk.charts import ChartPart, ChartRow, bars
from liandan.desk.scale.arrivals import ComingTruck, claimed_number, named, trucks
from liandan.desk.scale.received import as_json, correctable, days_of, named_received, received_of
from liandan.desk.scale.receiving import Slip, Way, advised, receipts, slip_number, unweighed
from liandan.desk.scale.shown import mass_said, typed_of, weighing
from liandan.desk.scale.stock import by_last_day, stock_of, sums
from liandan.desk.scale.weighing import LoadLine, WeighedLoad, lines_of, tolerance_g, weigh
from liandan.desk.shell.waiting import trucks_in
from manifests.acts import ACTS_BY_KIND, Receive
from manifests.cases.amend_propose import AmendPropose
from manifests.view import ManifestView, concerns, fold
from signing.refusal import Refusal
from tests.manifests.amending import PROPOSE, case
from tests.manifests.driver import GENERATOR, LIMITS, MANIFEST, RECEIVER, Driver, a_line, accepted, codes, labels_of
from whitelist.terms import Present
from whitelist.workdays import workdays_of

OTHER = MANIFEST[:-4] + "MAN7"
SHORT = {"H:WEIGHT", "H:DISCREPANCY_UNREPORTED"}
masses = st.integers(1, 40_000_000)


def views(log: Driver, *chains: str) -> list[ManifestView]:
    found: dict[str, ManifestView] = {}
    for entry in log.entries:
        chain = concerns(entry)
        if chain is not None:
            found[chain] = fold(found.get(chain), entry)
    return [found[chain] for chain in chains or found]


def present(log: Driver, **spans: int) -> Present:
    return Present(log.at_s + spans.get("days", 0) * 86_400, workdays_of(log.bench.facts), LIMITS)


def coming(log: Driver, **spans: int) -> tuple[ComingTruck, ...]:
    return trucks(views(log), present(log, **spans), log_state(log.bench.facts))


def line(sent_g: int, number: int = 0, form: str = "S", manifest: str = "G/M") -> LoadLine:
    return LoadLine(
        manifest=manifest, line=number, name="废铅蓄电池", code="900-052-31", form=form, method="R4", declared_g=sent_g, sent_g=sent_g
    )


def weighed(lines: Sequence[LoadLine], net_g: int, **given: str) -> WeighedLoad:
    return weigh(lines, format_mass(12_800_000 + net_g), "12.800", LIMITS, given)


# --- the verdict -----------------------------------------------------------------------------------------------------------------


@given(st.lists(masses, min_size=1, max_size=16), masses)
def test_the_net_is_divided_to_the_gram_and_whole_kilograms_to_the_kilogram(sent: list[int], net_g: int) -> None:
    for net, unit_g in ((net_g, 1_000 if net_g % 1_000 == 0 else 1), (net_g * 1_000, 1_000)):
        load = weighed([line(grams, number) for number, grams in enumerate(sent)], net)
        assert (load.net_g, load.came_g) == (net, net)
        assert all(abs(one.came_g * sum(sent) - net * one.line.sent_g) < unit_g * sum(sent) for one in load.lines), "in proportion"
        assert all(one.came_g % unit_g == 0 for one in load.lines)


@given(masses, masses, st.sampled_from(["S", "SS", "L", "G"]))
def test_the_verdict_is_that_of_the_log(sent_g: int, net_g: int, form: str) -> None:
    load = weighed([line(sent_g, form=form)], net_g)
    beyond = abs(net_g - sent_g) > tolerance_g(LIMITS, load.lines[0].line)
    assert (load.verdict != "within") == bool(load.level) == beyond
    assert load.verdict == ("within" if not beyond else "less" if net_g < sent_g else "more")


def test_the_picture_of_the_reference() -> None:
    load = weigh([line(5_600_000)], "18.348", " 12.800 ", LIMITS)
    assert (load.net_g, load.difference_g, load.hundredths, load.tolerance_g, load.verdict) == (5_548_000, -52_000, -93, 60_000, "within")


def test_a_line_that_was_weighed_by_itself_keeps_its_weight_and_the_others_share_the_rest() -> None:
    lines = [line(2_000_000, 0), line(1_000_000, 1), line(1_000_000, 2)]
    load = weighed(lines, 4_100_000, **{"G/M 0": "2.1"})
    assert [one.came_g for one in load.lines] == [2_100_000, 1_000_000, 1_000_000]
    assert [one.is_given for one in load.lines] == [True, False, False]
    with pytest.raises(Refusal) as refusal:
        weighed(lines, 4_100_000, **{"G/M 0": "4.2"})
    assert refusal.value.codes == ["WEIGHING_SUM"]


@pytest.mark.parametrize(
    ("gross", "tare", "code"), [("12.8", "18.3", "WEIGHING_SUM"), ("十八", "1", "QTY"), ("1e3", "1", "QTY"), ("", "1", "QTY")]
)
def test_what_no_scale_says_is_told(gross: str, tare: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        weigh([line(1)], gross, tare, LIMITS)
    assert refusal.value.codes == [code]


@pytest.mark.parametrize(
    ("typed", "tonnes"),
    [
        *(("18.35", "18.35"), ("18350", "18.350"), ("1000", "1.000"), ("999", "999"), ("18350.5", "18.3505"), (" 18,35 ", "18.35")),
        *(
            ("18,350", "18.350"),
            ("1,234.5", "1.2345"),
            ("１８．３５", "18.35"),
            ("18。35", "18.35"),
            ("18350000", "18350000"),
            ("abc", "abc"),
            ("", ""),
        ),
    ],
)
def test_a_mass_is_taken_as_people_and_scales_write_it(typed: str, tonnes: str) -> None:
    assert mass_said(typed) == tonnes


@given(st.text(max_size=20))
@example("A´")
def test_whatever_is_typed_is_a_mass_or_told(text: str) -> None:
    said = mass_said(text)
    assert mass_said(said) == said or said.partition(".")[0].isdecimal(), "nothing is read twice, but for what is kilograms"


@pytest.mark.parametrize(
    ("gross", "tare", "trouble"), [("12.8", "18.3", "swapped"), ("x", "1", "unread"), ("18", "-1", "unread"), ("18.3", "12.8", "")]
)
def test_the_two_mistakes_of_every_day_have_words_of_their_own(gross: str, tare: str, trouble: str) -> None:
    [truck] = coming(Driver().to_arrived())
    shown = weighing(truck, typed_of({"truck": truck.key, "gross": gross, "tare": tare}), LIMITS, RECEIVER, 0)
    assert (shown.trouble, shown.refusal) == (trouble, None)


@pytest.mark.parametrize(
    ("came_g", "is_odd"), [(5_600_000, False), (2_800_000, False), (2_799_999, True), (8_400_000, False), (8_400_001, True)]
)
def test_a_figure_that_is_likely_mistyped_is_told(came_g: int, is_odd: bool) -> None:
    assert weighed([line(5_600_000)], came_g).is_odd == is_odd


# --- what is signed --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("came_g", "advice", "alerts"),
    [(5_548_000, "accept", set()), (5_300_000, "accept", SHORT), (6_300_000, "partly", SHORT)],
)
def test_what_is_proposed_is_admitted_as_it_is(came_g: int, advice: Way, alerts: set[str]) -> None:
    log = Driver().to_arrived()
    [truck] = coming(log)
    load = weighed(truck.lines, came_g)
    assert advised(load) == advice
    [proposed] = receipts(truck, load, advice, Slip(no="", weighed_s=log.at_s))
    body = complete(proposed.body, advice)
    entry = log.post("manifest.receive/1", (RECEIVER,), body)
    assert codes(entry) >= alerts
    assert ({"M:WEIGHT", "H:WEIGHT"} & codes(entry) == set()) == (load.verdict == "within"), "the page and the log say the same"
    state = log.state()
    assert (state.lines[0].accepted_g or 0) + (state.lines[0].refused_g or 0) == came_g


def complete(body: dict[str, object], way: Way) -> Receive:
    """As whoever signs fills it in."""
    asked = {} if way == "accept" else {"reason_code": "quantity", "reason": "超出联单数量（虚构）"}
    lines = tuple({**one, **asked} for one in body["lines"])  # type: ignore[attr-defined]  # of a proposal
    return read_body({**body, "lines": lines})


def read_body(body: object) -> Receive:
    found: Receive = msgspec.convert(body, ACTS_BY_KIND["manifest.receive/1"].kind.body)
    return found


def test_rejecting_refuses_what_came_and_without_a_weighing_what_was_sent() -> None:
    log = Driver().to_arrived()
    [truck] = coming(log)
    load = weighed(truck.lines, 5_548_000)
    [proposed] = receipts(truck, load, "reject", Slip(no="", weighed_s=log.at_s))
    assert proposed.body["lines"] == [
        {"line": 0, "opinion": "reject", "accepted_t": "0.000000", "refused_t": "5.548000", "method": truck.lines[0].method}
    ]
    log.post("manifest.receive/1", (RECEIVER,), complete(unweighed(truck.loads[0], log.at_s).body, "reject"))
    assert log.state().lines[0].refused_g == truck.sent_g


def trip() -> Driver:
    """Two manifests on one truck."""
    log = Driver()
    for chain, mass in ((MANIFEST, "5.6"), (OTHER, "2.8")):
        number = None if chain == OTHER else "20265101000001"
        log.issue(chain=chain, trip_id="T-1", number=number, lines=(a_line(mass_t=mass),))
    return log


def test_one_ticket_for_a_trip_of_several_manifests() -> None:
    log = trip()
    for chain in (MANIFEST, OTHER):
        log.wait(minutes=1)
        log.depart(chain=chain, gate=labels_of("20261105" if chain == MANIFEST else "20261104"))
    log.wait(hours=4)
    for chain in (MANIFEST, OTHER):
        log.arrive(chain=chain)
    log.wait(minutes=30)
    [truck] = coming(log)
    assert (len(truck.loads), truck.sent_g, truck.where) == (2, 8_400_000, "gate")
    assert trucks_in(views(log)) == 1, "the badge counts trucks"
    load = weighed(truck.lines, 8_420_000)
    slip = Slip(no=slip_number(truck, log.at_s), weighed_s=log.at_s)
    assert slip.no.startswith("2026")
    found = set[str]()
    for proposed in receipts(truck, load, "accept", slip):
        found |= codes(log.post("manifest.receive/1", (RECEIVER,), complete(proposed.body, "accept"), chain=proposed.chain))
    assert found == set()
    assert sum(line.accepted_g or 0 for chain in (MANIFEST, OTHER) for line in log.state(chain).lines) == 8_420_000


# --- who comes -------------------------------------------------------------------------------------------------------------------


def test_a_truck_is_on_the_road_then_late_then_at_the_gate() -> None:
    log = Driver().to_in_transit()
    [truck] = coming(log)
    assert (truck.where, truck.days_late) == ("road", 0)
    [late] = coming(log, days=30)
    assert late.where == "late"
    assert late.days_late > 20
    log.arrive()
    [here] = coming(log)
    assert (here.where, here.due_on is not None, here.workdays_left) == ("gate", True, 5)
    assert here.loads[0].generator == GENERATOR


def test_what_is_planned_is_expected_from_its_day_on() -> None:
    log = Driver()
    log.issue(planned_at="2026-11-06T09:00:00+08:00")
    assert [(one.where, one.plates) for one in coming(log)] == [] or coming(log)[0].since_s <= log.at_s
    days = (parse_at("2026-11-06T09:00:00+08:00") - log.at_s) // 86_400 + 1
    assert coming(log, days=days)[0].where in ("planned", "late")
    [late] = coming(log, days=30)
    assert (late.where, late.since) == ("late", "planned"), "nobody is said to have left who has not"


@pytest.mark.parametrize("said", ["plate", "dotted", "tail", "number", "ulid", "address", "id"])
def test_a_truck_is_found_by_whatever_is_scanned_or_typed(said: str) -> None:
    log = Driver().to_in_transit()
    found = coming(log)
    truck, load = found[0], found[0].loads[0]
    plate = truck.plates[0]
    texts = {
        "plate": plate,
        "dotted": f"  {plate[:2].lower()}·{plate[2:]}\n",
        "tail": plate[-4:],
        "number": load.number or load.name,
        "ulid": load.id.rpartition("/")[2].lower(),
        "address": f"https://log.example/m/{load.id}?lang=en",
        "id": load.id,
    }
    assert named(found, texts[said]) == (truck,)
    assert named(found, "") == named(found, "xx") == named(found, "不存在的车") == ()


@given(st.text(max_size=60))
def test_whatever_is_scanned_finds_a_truck_or_none(text: str) -> None:
    claimed_number(text)
    assert named((), text) == ()


def test_stock_is_what_has_no_fate() -> None:
    log = Driver().to_arrived()
    log.receive(accepted(0, "5.5"))
    load = stock_of(views(log)[0], present(log), log_state(log.bench.facts))
    assert (load.left_g, load.due_on is not None) == (5_500_000, True)
    assert [(one.code, one.loads, one.left_g) for one in sums([load, load])] == [(load.lines[0].code, 2, 11_000_000)]
    assert lines_of(load.id, log.state())[0].sent_g == parse_mass("5.6")


def received(mass_t: str = "5.5") -> Driver:
    log = Driver().to_arrived()
    log.receive(accepted(0, mass_t))
    return log


def test_stock_says_how_long_it_lies_and_what_has_to_be_gone_first_is_first() -> None:
    log = received()
    old, young = (stock_of(views(log)[0], present(log, days=days), log_state(log.bench.facts)) for days in (3, 0))
    assert (old.days_lying, young.days_lying) == (3, 0)
    later = replace(young, accepted_s=young.accepted_s + 86_400, due_on="2027-12-31", id="G/later")
    assert by_last_day([later, young]) == (young, later)
    [total] = sums([later, young])
    assert total.oldest_s == young.accepted_s


def test_what_was_received_is_found_by_plate_and_number_and_added_up_by_day() -> None:
    log = received()
    load = received_of(views(log)[0])
    assert (load.accepted_g, load.refused_g, load.is_correcting) == (5_500_000, 0, False)
    other = replace(load, id="G/other", trip="manifest/G/other", plates=("川A00000",))
    [day] = days_of([load, other, replace(other, id="G/of the same trip", received_s=other.received_s + 1_900)])
    assert (day.trucks, day.accepted_g) == (2, 16_500_000)
    plate = normal(load.plates[0])
    assert named_received([load], plate) == named_received([load], plate[-4:]) == named_received([load], normal(load.name)) == (load,)
    assert named_received([load], "") == named_received([load], "xx") == ()


def test_a_weight_that_was_typed_wrong_is_put_right_as_the_log_takes_it() -> None:
    """The proposal with what the form adds is admitted, and in force once those have agreed whom the page names."""
    log = received("5.52")
    found = correctable(views(log)[0], log_state(log.bench.facts), RECEIVER)
    assert found.is_open
    assert GENERATOR in found.asked
    assert RECEIVER not in found.asked
    change = {"path": "received.0.accepted_t", "was": as_json(found.load.accepted_g), "now": as_json(5_550_000)}
    body = {**found.proposal["body"], "changes": [change], "reason": "皮重打错"}
    entry = log.post(PROPOSE, (RECEIVER,), msgspec.convert(body, AmendPropose), chain=case())
    assert entry.statement.body.changes[0].now == '"5.550000"'
    assert received_of(views(log)[0]).is_correcting
    assert received_of(views(log)[0]).accepted_g == 5_520_000, "until they agree"


@given(st.lists(st.lists(st.integers(0, 10**12), max_size=5), max_size=8))
def test_bars_keep_within_the_picture_and_touch(rows: list[list[int]]) -> None:
    drawn = bars([ChartRow(head="", parts=tuple(ChartPart(name="a", amount=one, text="") for one in row)) for row in rows])
    assert all(part.x >= 0 and part.width > 0 and part.x + part.width <= drawn.width + 2 * 5 for part in drawn.parts)
    assert len(drawn.parts) == sum(one > 0 for row in rows for one in row)
