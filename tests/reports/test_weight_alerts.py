"""E5 over whole loads: the alert in the log ⇔ the level in the monthly statement, line by line, however the load travelled.

``test_weight_level`` has the case itself and the tolerances of a day; here are loads of several lines and legs, with masses at the gram on
either side of every threshold, against a third reckoning that is written from kinds §12 alone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from ledger.mass import format_mass
from manifests import acts
from manifests.model import Leg, Vehicle
from reports.reconcile import to_bytes
from reports.reconciliation.line import LineRow
from tests.reports.month import drawn
from tests.reports.story import CARRIERS, DESTINATION, PORT, Story, trunk, waste
from whitelist.adopted import data_files
from whitelist.thresholds import parse_thresholds
from whitelist.transfer import WasteLine

LIMITS = parse_thresholds(next(file.path for file in data_files() if file.name == "thresholds").read_bytes())
FORMS = ("S", "SS", "L", "G")
RANK = ("", "M", "H")
Opinion = Literal["accept", "partly", "reject", "reject all"]
Step = Literal["hand over", "change truck", "split", "arrive one"]
STEPS: tuple[Step, ...] = get_args(Step)


class Load(Struct, frozen=True):
    """One line as it is declared, loaded (``None``: not weighed) and received, in grams; it has the form of its place."""

    declared_g: int
    loaded_g: int | None
    received_g: int
    opinion: Opinion

    @property
    def sent_g(self) -> int:
        return self.declared_g if self.loaded_g is None else self.loaded_g

    @property
    def came_g(self) -> int:
        """Whoever rejects without weighing refuses what was sent."""
        return self.sent_g if self.opinion == "reject all" else self.received_g

    def level(self, form: str) -> str:
        """kinds §12: of two limits the larger tolerance holds, per line; above ``weight_high_permille`` it is H."""
        difference = abs(self.came_g - self.sent_g)
        permille = {
            "S": LIMITS.weight_permille_S,
            "SS": LIMITS.weight_permille_SS,
            "L": LIMITS.weight_permille_L,
            "G": LIMITS.weight_permille_G,
        }
        if difference <= max(Fraction(LIMITS.weight_floor_g), Fraction(self.sent_g * permille[form], 1000)):
            return ""
        return "H" if difference > Fraction(self.sent_g * LIMITS.weight_high_permille, 1000) else "M"

    def receipt(self, line: int) -> acts.ReceivedLine:
        if self.opinion == "accept":
            return acts.ReceivedLine(line=line, opinion="accept", accepted_t=format_mass(self.received_g))
        why = {"reason_code": "other", "reason": "混入杂物"}
        if self.opinion == "reject all":
            return acts.ReceivedLine(line=line, opinion="reject", accepted_t="0", **why)  # type: ignore[arg-type]  # of the literals
        kept_g = self.received_g // 3 if self.opinion == "partly" else 0
        refused_t = format_mass(self.received_g - kept_g)
        opinion = "partly" if self.opinion == "partly" else "reject"
        return acts.ReceivedLine(line=line, opinion=opinion, accepted_t=format_mass(kept_g), refused_t=refused_t, **why)  # type: ignore[arg-type]


def edges(sent_g: int) -> list[int]:
    """Grams on either side of every threshold, for what was sent."""
    limits = {LIMITS.weight_floor_g, *(sent_g * permille // 1000 for permille in (LIMITS.weight_high_permille, 10, 30))}
    near = {grams + step for grams in limits for step in (-1, 0, 1)}
    return sorted({0, *near, *(-grams for grams in near)})


def story_of(count: int) -> Story:
    """A decision of a line for each form in turn."""
    return Story(tuple(a_waste(number, "1") for number in range(count)))


def a_waste(number: int, mass_t: str) -> WasteLine:
    form = FORMS[number % 4]
    return waste(mass_t, number, form=form, packing="tank" if form in ("L", "G") else "box")


def tell(
    story: Story, serial: int, loads: Sequence[Load], steps: Sequence[Step] = (), *, departs: bool = True, arrives: bool = True
) -> None:
    """A manifest from issue to receipt."""
    story.wait(minutes=1)
    story.issue(serial, [a_waste(number, format_mass(load.declared_g)) for number, load in enumerate(loads)])
    story.wait(minutes=30)
    if departs:
        weighed = all(load.loaded_g is not None for load in loads)
        loaded = tuple(acts.LoadedLine(line=number, mass_t=format_mass(load.sent_g)) for number, load in enumerate(loads))
        story.depart(serial, loaded=loaded if weighed else ())
        _travel(story, serial, steps)
        if arrives:
            for carrier in _under_way(story, serial):
                leg = next(number for number, leg in enumerate(_legs(story, serial)) if leg.ended_s is None)
                story.bench.post("manifest.arrive/1", trunk(serial), (carrier,), acts.Arrive(place=DESTINATION, leg=leg))
    story.wait(hours=3)
    story.receive(serial, [load.receipt(number) for number, load in enumerate(loads)])


def _legs(story: Story, serial: int) -> tuple[Leg, ...]:
    found: tuple[Leg, ...] = story.bench.facts.state(trunk(serial)).legs
    return found


def _under_way(story: Story, serial: int) -> list[str]:
    return [leg.carrier for leg in _legs(story, serial) if leg.ended_s is None]


def _travel(story: Story, serial: int, steps: Sequence[Step]) -> None:
    """What happens on the way; what is not open at that point does not happen."""
    for place, step in enumerate(steps):
        story.wait(minutes=50)
        legs = _legs(story, serial)
        leg, carrier = next((number, leg.carrier) for number, leg in enumerate(legs) if leg.ended_s is None)
        is_split = len(_under_way(story, serial)) > 1
        vehicle = Vehicle(kind="truck", plate=f"川E·G{serial % 100:02d}{place:02d}", licence_no="510500000001")
        if step == "hand over":
            taking = CARRIERS[(CARRIERS.index(carrier) + 1) % 3]
            body: object = acts.HandOver(vehicle=vehicle, waybill_no=f"H{serial}{place}", place=PORT, leg=leg)
            story.bench.post("manifest.hand_over/1", trunk(serial), (carrier, taking), body)
        elif step == "arrive one" and is_split:
            story.bench.post("manifest.arrive/1", trunk(serial), (carrier,), acts.Arrive(place=DESTINATION, leg=leg))
        elif step == "change truck" or (step == "split" and not is_split):
            part = (acts.MovedLine(line=0, mass_t="0.5"),) if step == "split" else ()
            moved = acts.Transship(vehicle=vehicle, waybill_no=f"T{serial}{place}", place=PORT, reason="换装", leg=leg, part=part)
            story.bench.post("manifest.transship/1", trunk(serial), (carrier,), moved)


def alerted(story: Story, serial: int) -> str:
    """Level of the log's alert WEIGHT on the receipt: the gravest of its lines."""
    (entry,) = [
        entry for entry in story.bench.entries if (entry.statement.chain, entry.statement.kind) == (trunk(serial), "manifest.receive/1")
    ]
    return next((level for level, code in entry.admission.decision.alerts if code == "WEIGHT"), "")


def check(story: Story, told: Sequence[Sequence[Load]]) -> None:
    """Log, statement and the reckoning of this page say the same of every line."""
    statement = drawn(story)
    rows: dict[str, list[LineRow]] = {}
    for row in statement.received:
        rows.setdefault(row.manifest, []).append(row)
    for serial, loads in enumerate(told, 1):
        found = sorted(rows[trunk(serial).rpartition("/")[2]], key=lambda row: row.line)
        expected = [load.level(FORMS[number % 4]) for number, load in enumerate(loads)]
        assert [row.level for row in found] == expected
        assert alerted(story, serial) == max(expected, key=RANK.index)
        listed = {row.line for row in statement.differing if row.manifest == found[0].manifest}
        assert {row.line for row in found if row.level} <= listed, "a line beyond the tolerance is listed in M4"
        unequal = {number for number, load in enumerate(loads, 1) if load.came_g != load.sent_g}
        assert unequal <= listed, "and so is every other difference, with 允差内 beside it"


MASSES = st.sampled_from((1_000_000, 2_000_000, 6_000_000, 11_999_999, 20_000_001)) | st.integers(1_000_000, 21_000_000)


@st.composite
def a_load(draw: st.DrawFn, *, is_weighed: bool) -> Load:
    """Masses near the thresholds of loading and of receipt, or anywhere."""
    declared_g = draw(MASSES)
    loaded_g = max(1, declared_g + draw(st.sampled_from(edges(declared_g)))) if is_weighed else None
    sent_g = declared_g if loaded_g is None else loaded_g
    more = draw(st.sampled_from(edges(sent_g)) | st.integers(-sent_g + 3, sent_g))
    opinion: Opinion = draw(st.sampled_from(("accept", "accept", "partly", "reject", "reject all")))
    return Load(declared_g, loaded_g, max(3, sent_g + more), opinion)


@st.composite
def a_manifest(draw: st.DrawFn) -> tuple[list[Load], list[Step], bool, bool]:
    departs = draw(st.sampled_from((True, True, True, False)))
    weighed = departs and draw(st.booleans())
    loads = draw(st.lists(a_load(is_weighed=weighed), min_size=1, max_size=4))
    steps = draw(st.lists(st.sampled_from(STEPS), max_size=4)) if departs else []
    if not departs:
        loads[0] = Load(loads[0].declared_g, None, loads[0].received_g, "accept")  # every line rejected would decline the manifest
    return loads, steps, departs, draw(st.booleans())


@settings(max_examples=30)
@given(st.lists(a_manifest(), min_size=1, max_size=3))
def test_the_log_alerts_exactly_what_the_statement_lists(told: list[tuple[list[Load], list[Step], bool, bool]]) -> None:
    story = story_of(4)
    for serial, (loads, steps, departs, arrives) in enumerate(told, 1):
        tell(story, serial, loads, steps, departs=departs, arrives=arrives)
    check(story, [loads for loads, *_ in told])


def test_every_threshold_is_the_same_gram_in_log_and_statement() -> None:
    """Each form, each threshold, a gram below, at and above it, more and less, against the declared and the loaded mass."""
    story, told = story_of(4), []
    for serial, (weighed, step) in enumerate([(weighed, step) for weighed in (False, True) for step in range(len(edges(6_000_001)))], 1):
        loads = []
        for declared_g in (6_000_001, 2_000_000, 20_000_000, 11_999_999):
            sent_g = declared_g + 600_000 if weighed else declared_g
            loads.append(Load(declared_g, sent_g if weighed else None, sent_g + edges(sent_g)[step % len(edges(sent_g))], "accept"))
        tell(story, serial, loads)
        told.append(loads)
    check(story, told)
    levels = Counter(load.level(FORMS[number]) for loads in told for number, load in enumerate(loads))
    assert levels.keys() == set(RANK)
    printed = Counter(line["level"] for line in json.loads(to_bytes(drawn(story), "json"))["m4_differences"] if "level" in line)
    assert printed == {level: count for level, count in levels.items() if level}, "as anybody reads it who has the file alone"
