"""Mass algebra of a manifest, in integer grams: declared → loaded → received = accepted + refused; accepted = fates + stock.

Every gram that was declared ends in exactly one of four places: accepted, refused, or the difference found by the two scales (which may be
negative). Source: design §6; tolerances law §6.2 [DESIGN]: no text read fixes a percentage, so they are stated here and printed in reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from ledger.findings import Findings
from ledger.mass import read_mass
from ledger.model import Level
from manifests.act import judge_grams
from manifests.model import Fate, LineState
from signing.refusal import texts

TOLERANCE_G = 60_000
"""A difference of at most 0.06 t is never one: weighbridges of 20 kg division, both ways."""
TOLERANCE_PERMILLE: Mapping[str, int] = {"S": 10, "SS": 30, "L": 30, "G": 10}
"""By form (形态): 1 % for solids and gases in bottles, 3 % for liquids and semi-solids, which lose or gain water."""
HIGH_PERMILLE = 50
"""Above 5 % the alert is H."""


class Received(Struct, frozen=True):
    """What the receiver did with one line, in grams."""

    line: int
    accepted_g: int
    refused_g: int

    @property
    def received_g(self) -> int:
        """What came off the vehicle."""
        return self.accepted_g + self.refused_g


def difference_level(form: str, sent_g: int, received_g: int) -> Level | None:
    """``None`` within tolerance, else ``M``, or ``H`` above 5 %. R-62: |diff| > max(0.06 t, 1 % or 3 %)."""
    difference = abs(received_g - sent_g)
    if difference <= TOLERANCE_G or difference * 1000 <= sent_g * TOLERANCE_PERMILLE.get(form, 10):
        return None
    return "H" if difference * 1000 > sent_g * HIGH_PERMILLE else "M"


def judge_weighing(out: Findings, name: str, gross_t: str | None, tare_t: str | None, net_t: str | None) -> None:
    """WEIGHING_SUM unless gross - tare = net; each that stands must be a mass."""
    gross_g = None if gross_t is None else judge_grams(out, f"{name}.gross_t", gross_t)
    tare_g = None if tare_t is None else judge_grams(out, f"{name}.tare_t", tare_t)
    net_g = None if net_t is None else read_mass(net_t)
    if gross_g is None or tare_g is None or net_g is None:
        return
    if gross_g - tare_g != net_g:
        out.refuse("WEIGHING_SUM", name, f"{gross_t} - {tare_t} ≠ {net_t}", "gross - tare = net")


def add_fates(fates: tuple[Fate, ...], more: Iterable[tuple[str, int]]) -> tuple[Fate, ...]:
    """Fates with further grams, one entry per method, sorted by method."""
    by_method = {fate.method: fate.mass_g for fate in fates}
    for method, mass_g in more:
        by_method[method] = by_method.get(method, 0) + mass_g
    return tuple(Fate(method, by_method[method]) for method in sorted(by_method))


def is_disposed(lines: Iterable[LineState]) -> bool:
    """Whether every accepted gram has a fate."""
    return all(line.stock_g == 0 for line in lines)


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


TEXTS = texts("""
WEIGHING_SUM | R-09 | sender | Order 23 Art. 10(3) [READ]; check [DESIGN]
毛重减皮重不等于净重。 || 核对磅单后重新填写。
Gross minus tare is not net. || Check the weighing slip.
""")
