"""Mass algebra of a manifest, in integer grams: declared → loaded → received = accepted + refused; accepted = fates + stock.

Every gram that was declared ends in exactly one of four places: accepted, refused, or the difference found by the two scales (which may be
negative). Tolerances are thresholds; of two limits the larger holds (kinds §12).
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from ledger.model import Facts, Level
from manifests.model import Fate, LineState
from whitelist.thresholds import NAME as THRESHOLDS
from whitelist.thresholds import Thresholds


class Received(Struct, frozen=True, gc=False):
    """What the receiver did with one line, in grams."""

    line: int
    accepted_g: int
    refused_g: int

    @property
    def received_g(self) -> int:
        """What came off the vehicle."""
        return self.accepted_g + self.refused_g


def limits_of(facts: Facts) -> Thresholds:
    """Tolerances and terms in force. A log without them opens no manifest (``DATA_NOT_ADOPTED``), so an act on one finds them."""
    found: Thresholds | None = facts.data(THRESHOLDS)
    assert found is not None, "an issue asks for thresholds, and no data set is ever withdrawn"
    return found


def difference_level(limits: Thresholds, floor_g: int, permille: int, expected_g: int, found_g: int) -> Level | None:
    """``None`` within the larger of the two tolerances, else ``M``, or ``H`` above ``weight_high_permille`` of what was expected."""
    difference = abs(found_g - expected_g)
    if difference <= floor_g or difference * 1000 <= expected_g * permille:
        return None
    return "H" if difference * 1000 > expected_g * limits.weight_high_permille else "M"


def weight_level(limits: Thresholds, form: str, sent_g: int, found_g: int) -> Level | None:
    """R-62, the one baseline of log and statement: what came (accepted + refused) against what was sent (kinds §6).

    ``LOAD_WEIGHT`` compares what was loaded with what was declared within the same tolerances.
    """
    return difference_level(limits, limits.weight_floor_g, limits.weight_permille(form), sent_g, found_g)


def add_fates(fates: tuple[Fate, ...], more: Iterable[tuple[str, int]]) -> tuple[Fate, ...]:
    """Fates with further grams, one entry per method, sorted by method."""
    by_method = {fate.method: fate.mass_g for fate in fates}
    for method, mass_g in more:
        by_method[method] = by_method.get(method, 0) + mass_g
    return tuple(Fate(method, by_method[method]) for method in sorted(by_method))


def balance(lines: Iterable[LineState]) -> Mapping[str, int]:
    """Where the grams are: declared = under way + accepted + refused + difference; accepted = disposed + stock."""
    totals = dict.fromkeys(("declared", "under_way", "accepted", "refused", "difference", "disposed", "stock"), 0)
    for line in lines:
        totals["declared"] += line.declared_g
        if line.accepted_g is None or line.refused_g is None:
            totals["under_way"] += line.declared_g
            continue
        totals["accepted"] += line.accepted_g
        totals["refused"] += line.refused_g
        totals["difference"] += line.declared_g - line.accepted_g - line.refused_g
        totals["disposed"] += line.disposed_g
        totals["stock"] += line.stock_g
    return totals
