"""What stands beside a manifest, prepared like its acts: incidents that name it, and its number where others have it too (kinds §9)."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.labels import words_of
from ledger.times import day_of, format_at
from manifests.acts import IncidentClose, IncidentReport, NumberSettle
from manifests.incidents.acts.report import IncidentKind
from manifests.possible.preparing import WORDS, ManifestGround, PreparedAct
from whitelist.fields import Place
from whitelist.incident import IncidentState
from whitelist.rules.number import NumberHolders, number_key
from whitelist.telling import minute

LOSERS_MAX = 8
"""Manifests that lose a number by one settlement."""


def acts_beside(ground: ManifestGround, party: str) -> Iterator[PreparedAct]:
    """A report of what happened, the end of what is open, and whose the number is."""
    for chain in ground.cases.incidents:
        state: IncidentState = ground.facts.state(chain)
        when, words = minute(state.happened_s), words_of(IncidentKind)
        about = (f"{when} {words.get(state.what, state.what)}", f"{state.what} of {when}")
        body = IncidentClose(closed_on=day_of(ground.now_s), finding=WORDS)
        yield PreparedAct(kind="incident.close/1", chain=chain, body=body, asked=("closed_on", "finding"), about=about)
    if (settled := _settlement(ground)) is not None:
        yield settled
    place = Place(division=ground.state.last_division or ground.state.origin.division, address=WORDS)
    report = IncidentReport(incident="other", happened_at=format_at(ground.now_s), place=place, text=WORDS, manifests=(ground.trunk,))
    asked = ("incident", "happened_at", "place.division", "place.address", "text")
    yield PreparedAct(kind="incident.report/1", chain=f"incident/{party}/{ground.new}", is_new=True, body=report, asked=asked)


def _settlement(ground: ManifestGround) -> PreparedAct | None:
    """This manifest keeps its number, the others lose it: the other way round it is signed as well."""
    number = ground.state.number
    known: NumberHolders = (None if number is None else ground.facts.get(number_key(number))) or NumberHolders()
    others = [one.manifest for one in known.holders if one.manifest != ground.trunk]
    if not others or len(others) == len(known.holders):
        return None
    body = NumberSettle(holder=ground.trunk, lose=tuple(others[:LOSERS_MAX]), reason=WORDS)
    about = (f"编号 {number} 归本联单，另有 {len(others)} 份也用它", f"number {number} is of this manifest; {len(others)} more have it")
    return PreparedAct(kind="number.settle/1", chain=f"number/{number}", body=body, asked=("reason",), about=about)
