"""Names of the codes in an answer: parties, divisions, provinces, and the words of stages and states, beside the codes that stay as they are.

One table an answer, ``names``, from code to name: a program looks up what it shows, and no field says the same twice.
"""

import re
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from ledger.chain import USCC
from ledger.directory import party_name
from ledger.model import DataMissing, Facts
from ledger.problem import Language
from whitelist.divisions import DIVISION, Divisions, province_name

STAGES: Mapping[str, tuple[str, str]] = {
    "applied": ("已申请", "applied"),
    "noticed": ("待补正", "to be completed"),
    "accepted": ("已受理", "accepted"),
    "consulted": ("已商请", "consulted"),
    "agreed": ("接受地同意", "agreed by the destination"),
    "disagreed": ("接受地不同意", "disagreed by the destination"),
    "approved": ("已批准", "approved"),
    "refused": ("不予批准", "refused"),
    "withdrawn": ("已撤回", "withdrawn"),
    "suspended": ("批准已暂停", "suspended"),
    "revoked": ("批准已撤销", "revoked"),
}
"""Stages of an application and its decision (跨省转移批准)."""
EMERGENCY_STAGES: Mapping[str, tuple[str, str]] = {"open": ("进行中", "open"), "closed": ("已终止", "closed")}
"""Stages of an emergency (应急转移)."""
PERIOD_STAGES: Mapping[str, tuple[str, str]] = {
    "open": ("未结账", "not closed"),
    "passed": ("不单独结账，以后的月份已结账", "not closed by itself: a later month is"),
    "closed": ("已结账，待确认", "closed, to be confirmed"),
    "disputed": ("有异议", "disputed"),
    "confirmed": ("双方已确认", "confirmed by both sides"),
}
"""Stages of a month (月结)."""
STATES: Mapping[str, tuple[str, str]] = {
    "ACTIVE": ("有效", "in force"),
    "SUSPENDED": ("已暂停", "suspended"),
    "REVOKED": ("已吊销", "revoked"),
    "REMOVED": ("已移出", "removed"),
    "ENDED": ("已终止", "ended"),
    "PROPOSED": ("已提出，未生效", "proposed, not in force"),
    "permit": ("综合经营许可证", "comprehensive permit"),
    "collection": ("收集经营许可证", "collection permit"),
    "exempt_use": ("利用处置环节豁免管理单位", "exempt unit of use or disposal"),
    "mutual": ("双方互认", "mutual"),
    "unilateral": ("单方", "unilateral"),
    "pilot": ("试点", "pilot"),
    "party": ("单位", "party"),
    "authority": ("主管部门", "authority"),
    "operator": ("运营单位", "operator"),
}
"""States and kinds of permits, lists and parties."""
_WORDED = {"stage": STAGES, "status": STATES, "class": STATES, "kind": STATES, "role": STATES}
_PARTY = re.compile(rf"(?:^|/)({USCC})(?=/|$)")
_PROVINCE = re.compile("[0-9]{2}")
_PLACES = frozenset({"division", "origin", "destination"})
_LONG = 200
"""Characters: no longer text is a code, or names one."""
_PROVINCES = frozenset({"from_province", "to_province"})


class Codes(Struct, frozen=True, gc=False):
    """What an answer names: parties, divisions, provinces, and words by code."""

    parties: frozenset[str]
    divisions: frozenset[str]
    provinces: frozenset[str]
    words: Mapping[str, tuple[str, str]]


def codes_in(answer: Struct) -> Codes:
    """The codes of an answer, wherever they stand in it."""
    parties, divisions, provinces, words = set[str](), set[str](), set[str](), dict[str, tuple[str, str]]()
    for name, text in _texts(answer):
        if name in _PLACES and DIVISION.fullmatch(text):
            divisions.add(text)
        elif name in _PROVINCES and _PROVINCE.fullmatch(text):
            provinces.add(text)
        elif name in _WORDED and text in _WORDED[name]:
            words[text] = _WORDED[name][text]
        else:
            parties.update(_PARTY.findall(text))
    return Codes(frozenset(parties), frozenset(divisions), frozenset(provinces), words)


def _texts(answer: Struct) -> Iterable[tuple[str, str]]:
    """The texts of an answer with the names of their fields, each pair once: a page repeats most of them row by row."""
    found, waiting = dict[tuple[str, str], None](), [("", msgspec.to_builtins(answer))]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, str):
            found[name, value] = None
        elif isinstance(value, dict):
            waiting += reversed(value.items())
        elif isinstance(value, list | tuple):
            waiting += [(name, inner) for inner in reversed(value)]
    return [pair for pair in found if len(pair[1]) <= _LONG]


def names_of(codes: Codes, facts: Facts, language: Language) -> dict[str, str]:
    """Names by code, those that are known; the parties' chains and ``log/main`` must be loaded."""
    english = language == "en"
    found = {party: name for party in sorted(codes.parties) if (name := party_name(facts, party)) != party}
    found |= {code: province_name(code, english=english) for code in sorted(codes.provinces)}
    try:
        divisions: Divisions | None = facts.data("divisions")
    except DataMissing:  # an answer is better without names of places than not at all
        divisions = None
    if divisions is not None:
        found |= {code: divisions.full_name(code, english=english) for code in sorted(codes.divisions)}
    return found | {code: words[english] for code, words in codes.words.items()}
