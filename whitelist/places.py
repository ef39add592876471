"""Places (场所) that bodies name: a division that is valid on the day of the event, and an open site of the party whose place it is."""

from __future__ import annotations

from ledger.admission.facts import Facts
from ledger.findings import Findings
from ledger.kinds.site import site_at, site_key
from signing.refusal import texts
from whitelist.divisions import judge_division, same_place
from whitelist.fields import Place


def place_registers(place: Place, owner: str) -> tuple[str, ...]:
    """Registers that :func:`judge_place` reads."""
    return () if place.site is None else (site_key(owner, place.site),)


def judge_place(out: Findings, facts: Facts, path: str, place: Place, day: str, owner: str) -> None:
    """Reasons DATA_NOT_ADOPTED, DIVISION, SITE_UNKNOWN and ALERT M DIVISION_RETIRED of a place at ``path`` (``body.origin``).

    ``owner`` is the party whose place it is, ``day`` the day of the event; the registers of :func:`place_registers` must be loaded.
    """
    judge_division(out, f"{path}.division", place.division, facts.data("divisions"), day)
    if place.site is not None:
        judge_site(out, facts, f"{path}.site", place.site, place.division, owner)


def judge_site(out: Findings, facts: Facts, field: str, site: str, division: str, owner: str) -> None:
    """Reason SITE_UNKNOWN unless a site is open, the party's and in that division."""
    found = site_at(facts, owner, site)
    if found is None or not same_place(facts, found.division, division):
        out.refuse("SITE_UNKNOWN", field, site, f"party/{owner}: party.site, {division}")


TEXTS = texts("""
SITE_UNKNOWN | - | sender | kinds §2 party.site [DESIGN]
场所编号不是该单位在该行政区划内登记的、未关闭的场所。 || 核对场所编号；新的场所先由本单位登记（party.site）。
The site is no open site of this party in this division. || Check its id; a new site is registered first (party.site).
""")
