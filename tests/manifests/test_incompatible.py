"""R-27: wastes that must not share a vehicle, by the pairs that operator and authorities have adopted; without them nothing is compared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.directory import DataPin, LogState
from ledger.model import Head, chain_key
from manifests import acts
from signing.refusal import Refusal
from tests.manifests.bodies import CARRIER, DESTINATION, OTHER_TRUCK
from tests.manifests.driver import GENERATOR, MANIFEST, Driver, a_line, codes, labels_of
from whitelist.incompatible import parse_incompatible

HEADER = "one,other,why_zh,why_en\n"
TABLE = f"{HEADER}HW34,HW33,遇酸放出氰化氢（虚构）,cyanide gas with acids (fictitious)\n".encode()
SECOND = f"manifest/{GENERATOR}/01K9000000000000000000MAN2"


@pytest.fixture
def log() -> Iterator[Driver]:
    """A log that has adopted the pair of acids and cyanides; loads lie in place with a category changed."""
    log = Driver()
    dataset = log.bench.facts._dataset
    log.bench.facts._dataset = lambda name, digest: parse_incompatible(TABLE) if name == "incompatible" else dataset(name, digest)
    yield log
    log.bench.facts._dataset = dataset


def adopt(log: Driver) -> None:
    head: Head[LogState] = log.value(chain_key("log/main"))
    assert head.state is not None
    pins = {**head.state.data, "incompatible": DataPin("1", "ab" * 32)}
    log.stored[chain_key("log/main")] = log.bench.kinds.encode(replace(head, state=replace(head.state, data=pins)))


def of_category(log: Driver, category: str, chain: str) -> None:
    """The waste of an issued load is another: what a catalogue would say of it is not asked on the road."""
    head = log.value(chain_key(chain))
    lines = tuple(replace(line, category=category) for line in head.state.lines)
    log.stored[chain_key(chain)] = log.bench.kinds.encode(replace(head, state=replace(head.state, lines=lines)))


def two_loads(log: Driver) -> Entry:
    """Acid and then cyanides on one truck and trip; what is said of the second."""
    log.issue(trip_id="T1")
    log.issue(chain=SECOND, trip_id="T1", lines=(a_line(mass_t="2"),))
    of_category(log, "HW34", MANIFEST)
    of_category(log, "HW33", SECOND)
    log.depart()
    return log.depart(chain=SECOND, gate=labels_of("20261104"))


def test_what_shares_a_trip_is_compared(log: Driver) -> None:
    adopt(log)
    assert "H:INCOMPATIBLE" in codes(two_loads(log))


def test_one_alone_or_compatible_ones_are_not_said(log: Driver) -> None:
    adopt(log)
    log.issue()
    of_category(log, "HW34", MANIFEST)
    assert "H:INCOMPATIBLE" not in codes(log.depart())


def test_without_the_table_nothing_is_compared(log: Driver) -> None:
    assert "H:INCOMPATIBLE" not in codes(two_loads(log))


def test_two_lines_of_one_load_count_and_a_change_of_vehicle_says_it_again(log: Driver) -> None:
    adopt(log)
    log.issue(lines=(a_line(),))
    head = log.value(chain_key(MANIFEST))
    line = head.state.lines[0]
    both = (replace(line, category="HW34"), replace(line, category="HW33"))
    log.stored[chain_key(MANIFEST)] = log.bench.kinds.encode(replace(head, state=replace(head.state, lines=both)))
    assert "H:INCOMPATIBLE" in codes(log.depart(loaded=()))
    moved = acts.Transship(vehicle=OTHER_TRUCK, place=DESTINATION, reason="故障")
    assert "H:INCOMPATIBLE" in codes(log.post("manifest.transship/1", (CARRIER,), moved))


@pytest.mark.parametrize(
    "rows",
    ["HW33,HW33,a,b", "HW33,HW99,a,b", "HW33,HW34,,b", "HW33,HW34,a, ", "HW33,HW34,a,b\nHW34,HW33,a,b", "HW33,HW34,a"],
)
def test_what_is_no_table(rows: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_incompatible(f"{HEADER}{rows}\n".encode())
    assert caught.value.codes == ["DATA_FORM"]
