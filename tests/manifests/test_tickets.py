"""Case E1 and kinds §1.5: figures of one act that contradict each other, and what several loads draw on one ticket."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.mass import format_mass
from ledger.model import Facts
from ledger.times import format_at
from manifests import acts
from manifests.tickets import TicketUse, Weighed, tickets_drawn
from tests.manifests.driver import (
    GENERATOR,
    OTHER_TRUCK,
    RECEIVER,
    Driver,
    a_departure,
    a_line,
    accepted,
    codes,
    labels_of,
    partly,
    reported,
)

CASES = Path(__file__).parents[1] / "cases"
SECOND = f"manifest/{GENERATOR}/01K9000000000000000000MAN2"
RECEIVE = "manifest.receive/1"


def ticket(net_t: str, *, gross_t: str | None = None, tare_t: str = "10", no: str | None = None) -> acts.Ticket:
    """A ticket that adds up, unless told otherwise."""
    gross = gross_t or format_mass(round(float(net_t) * 1_000_000) + round(float(tare_t) * 1_000_000))
    return acts.Ticket(no=no, gross_t=gross, tare_t=tare_t, net_t=net_t)


def weighed(*tickets: acts.Ticket) -> acts.Weighing:
    return acts.Weighing(method="weighbridge", tickets=tickets)


def arrived(mass_t: str = "20", **changes: object) -> Driver:
    return Driver().to_arrived(lines=(a_line(mass_t=mass_t),), **changes)


def test_a_weighbridge_of_12_tonnes_is_no_receipt_of_20() -> None:
    """Case E1: net 12 t, accepted 20 t, and nobody said a word."""
    figures = json.loads((CASES / "01-receive-net-12-accepted-20.json").read_bytes())
    slip = acts.Ticket(**figures["weighing"])
    entry = arrived().receive(accepted(0, figures["lines"][0]["accepted_t"]), weighing=weighed(slip))
    assert codes(entry) == {"H:WEIGHING_SUM"}


def test_no_scale_shows_a_gross_below_its_tare() -> None:
    figures = json.loads((CASES / "01b-receive-gross-below-tare.json").read_bytes())["weighing"]
    log = arrived()
    slip = acts.Ticket(gross_t=figures["gross_t"], tare_t=figures["tare_t"], net_t="5")
    assert log.refused(RECEIVE, (RECEIVER,), log.a_receipt(accepted(0, "20"), weighing=weighed(slip))) == ["WEIGHING_SUM"]


@pytest.mark.parametrize(
    ("accepted_t", "expected"),
    [
        ("20", set()),
        ("20.1", set()),  # 5 per mille
        ("19.9", set()),
        ("20.100001", {"M:WEIGHING_SUM"}),
        ("21", {"M:WEIGHT", "M:WEIGHING_SUM"}),
        ("21.000001", {"H:WEIGHT", "H:WEIGHING_SUM"}),
    ],
)
def test_lines_are_the_net_of_their_tickets_within_tolerance(accepted_t: str, expected: set[str]) -> None:
    log = arrived()
    entry = log.receive(accepted(0, accepted_t), weighing=weighed(ticket("20")), **reported(format_at(log.at_s)))
    assert codes(entry) == expected


def test_the_smallest_tolerance_is_that_of_the_scale() -> None:
    assert codes(arrived("1").receive(accepted(0, "1.02"), weighing=weighed(ticket("1")))) == set()
    assert codes(arrived("1").receive(accepted(0, "1.020001"), weighing=weighed(ticket("1")))) == {"M:WEIGHING_SUM"}


def test_what_was_refused_was_weighed_too() -> None:
    assert codes(arrived().receive(partly(0, "15", "5"), weighing=weighed(ticket("20")))) == set()


def test_nets_of_several_tickets_add_up() -> None:
    assert codes(arrived().receive(accepted(0, "20"), weighing=weighed(ticket("12"), ticket("8")))) == set()
    assert codes(arrived().receive(accepted(0, "20"), weighing=weighed(ticket("12"), ticket("12")))) == {"H:WEIGHING_SUM"}


def test_a_net_below_gross_less_tare_is_a_deduction_and_said() -> None:
    assert codes(arrived().receive(accepted(0, "20"), weighing=weighed(ticket("20", gross_t="30.5")))) == {"M:WEIGHING_SUM"}


def test_a_net_above_gross_less_tare_cannot_be() -> None:
    log = arrived()
    body = log.a_receipt(accepted(0, "20"), weighing=weighed(ticket("20", gross_t="29.999999")))
    assert log.refused(RECEIVE, (RECEIVER,), body) == ["WEIGHING_SUM"]


def test_the_loading_is_judged_alike() -> None:
    log = Driver()
    log.issue(lines=(a_line(mass_t="20"),))
    loaded = (acts.LoadedLine(line=0, mass_t="20"),)
    assert log.refused(
        "manifest.depart/1", (GENERATOR, log.state().carriers[0]), a_departure(loaded=loaded, tickets=(ticket("5", gross_t="4"),))
    ) == ["WEIGHING_SUM"]
    assert codes(log.depart(loaded=loaded, tickets=(ticket("12"),))) == {"H:WEIGHING_SUM"}


@pytest.mark.parametrize(
    ("gross_t", "tare_t", "is_possible"),
    [
        ("1", None, False),  # 20 t in a truck that weighs 1 t with them
        ("19.999999", None, False),
        ("20", None, True),
        (None, "30", True),
        ("30", "10.000001", False),
        ("30", "10", True),
    ],
)
def test_a_loaded_line_weighs_no_more_than_its_gross(gross_t: str | None, tare_t: str | None, is_possible: bool) -> None:
    """Case E1, also where only one of the two figures was written down."""
    log = Driver()
    log.issue(lines=(a_line(mass_t="20"),))
    loaded = (acts.LoadedLine(line=0, mass_t="20", gross_t=gross_t, tare_t=tare_t),)
    if is_possible:
        assert codes(log.depart(loaded=loaded)) == set()
    else:
        by = (GENERATOR, log.state().carriers[0])
        assert log.reasons("manifest.depart/1", by, a_departure(loaded=loaded)) == [("WEIGHING_SUM", "body.loaded.0")]


def test_tickets_of_a_departure_that_names_no_lines_are_compared_with_nothing() -> None:
    log = Driver()
    log.issue(lines=(a_line(mass_t="20"),))
    assert codes(log.depart(tickets=(ticket("12"),))) == set()


# --- one ticket, several loads ---------------------------------------------------------------------------------------------------------


def two_received(first_t: str, second_t: str, *, trip_id: str | None, second_no: str = "P-1", net_t: str = "30") -> list[set[str]]:
    """What is said of two receipts that name one ticket (or two)."""
    log = Driver()
    found: list[set[str]] = []
    for chain, truck, waybill, mass_t in ((SECOND[:-1] + "1", None, "W1", first_t), (SECOND, OTHER_TRUCK, "W2", second_t)):
        log.issue(chain=chain, lines=(a_line(mass_t=mass_t),), trip_id=trip_id)
        changes = {} if truck is None else {"vehicle": truck, "gate": labels_of("20261104")}
        log.depart(chain=chain, waybill_no=waybill, **changes)
        log.wait(minutes=5)
    for chain, mass_t, no in ((SECOND[:-1] + "1", first_t, "P-1"), (SECOND, second_t, second_no)):
        log.arrive(chain=chain)
        found.append(codes(log.receive(accepted(0, mass_t), chain=chain, weighing=weighed(ticket(net_t, no=no)))))
    return found


def test_the_manifests_of_one_trip_share_a_ticket() -> None:
    assert two_received("10", "20", trip_id="T7") == [set(), set()]


def test_together_they_take_no_more_than_its_net() -> None:
    assert two_received("10", "20.3", trip_id="T7") == [set(), set()], "1 % of tolerance"
    assert two_received("10", "20.300001", trip_id="T7") == [set(), {"H:TICKET_OVERDRAWN"}]


def test_a_ticket_of_another_trip_is_used_twice() -> None:
    first, second = two_received("30", "30", trip_id=None)
    assert first == set()
    assert second == {"M:TICKET_REUSED", "H:TICKET_OVERDRAWN"}


def test_every_spelling_of_a_ticket_is_that_ticket() -> None:
    assert two_received("30", "30", trip_id=None, second_no="ｐ 1")[1] == {"M:TICKET_REUSED", "H:TICKET_OVERDRAWN"}
    assert two_received("30", "30", trip_id=None, second_no="P-2")[1] == set()


def test_a_ticket_without_number_is_of_its_act_alone() -> None:
    log = arrived("10", trip_id="T7")
    assert codes(log.receive(accepted(0, "10"), weighing=weighed(ticket("30")))) == {"H:WEIGHING_SUM"}


NUMBERED = st.tuples(st.sampled_from([None, "a", "b"]), st.integers(0, 50))


@given(st.lists(st.tuples(st.lists(NUMBERED, min_size=1, max_size=4), st.integers(0, 120)), max_size=6))
def test_grams_fill_tickets_in_their_order(loads: list[tuple[list[tuple[str | None, int]], int]]) -> None:
    """Against a model that pours one gram after the other."""
    nets: dict[str, int] = {}
    poured: dict[str, int] = {}
    facts = Facts(lambda name: None)
    for slips, grams in loads:
        tickets = tuple(acts.Ticket(no=no, gross_t=format_mass(net), tare_t="0", net_t=format_mass(net)) for no, net in slips)
        keys = {f"ticket:R {no.upper()}" for no, _ in slips if no is not None}
        for key in keys:
            facts.values.setdefault(key, None)
        uses = tickets_drawn(Weighed("R", tickets, grams, "T7"), facts)
        own: dict[int, int] = {}
        for no, net in slips:
            if no is not None:
                nets.setdefault(no, net)
        for _ in range(grams):
            for place, (no, net) in enumerate(slips):
                room = net - own.get(place, 0) if no is None else nets[no] - poured.get(no, 0)
                if room > 0 or place == len(slips) - 1:
                    own[place] = own.get(place, 0) + 1
                    if no is not None:
                        poured[no] = poured.get(no, 0) + 1
                    break
        for key, use in uses.items():
            facts.values[key] = use
    for no, net in nets.items():
        use: TicketUse = facts.values[f"ticket:R {no.upper()}"]
        assert (use.net_g, use.drawn_g) == (net, poured.get(no, 0))
