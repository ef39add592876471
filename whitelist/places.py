"""Places (场所) that bodies name: a division that is valid on the day of the event, and an open site of the party whose place it is."""

from ledger.admission.facts import Facts
from ledger.findings import Findings
from ledger.kinds.site import site_at, site_key
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
