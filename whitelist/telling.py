"""How rules name what is so in a case: places, authorities, stages, wastes, moments; each in both languages, for the texts of causes.

Nothing here is asked before somebody is refused or alerted. Days and times are those of Beijing.
"""

from collections.abc import Iterable
from typing import get_args

from ledger.directory import LOG_MAIN, LogState, authorities_of_division
from ledger.model import DataMissing, Facts
from ledger.times import format_at
from signing.phrase import Language, Word, word_in
from whitelist.divisions import Divisions, province_name
from whitelist.names import STAGES, STATES


def place(facts: Facts, division: str) -> Word:
    """``四川省成都市龙泉驿区（510112）``."""
    try:
        divisions: Divisions | None = facts.data("divisions")
    except DataMissing:  # a refusal is better without the name than not at all
        divisions = None
    if divisions is None:
        return division
    return f"{divisions.full_name(division)}（{division}）", f"{divisions.full_name(division, english=True)} ({division})"


def province(code: str) -> Word:
    """Name of the province of a division or of two digits."""
    return province_name(code), province_name(code, english=True)


def way(one: str, other: str) -> Word:
    """``四川省→重庆市``, from two divisions or provinces."""
    return f"{province_name(one)}→{province_name(other)}", f"{province_name(one, english=True)} → {province_name(other, english=True)}"


def authority(facts: Facts, division: str) -> Word:
    """The authority that acts for a division, by name; the province's authority where the log has none."""
    log: LogState | None = facts.state(LOG_MAIN)
    if log is not None and (found := authorities_of_division(log, division)):
        return next(known.name for known in log.authorities if known.uscc == found[0])
    return f"{province_name(division)}生态环境主管部门", f"the authority of {province_name(division, english=True)}"


def word(code: str) -> Word:
    """A stage of an application, a status of a permit or list, in words."""
    return STAGES.get(code) or STATES.get(code) or code


def words(codes: Iterable[str]) -> Word:
    """Several of them, any of which would do."""
    found = [known if isinstance(known := word(code), tuple) else (known, known) for code in codes]
    return "、".join(zh for zh, _ in found), " / ".join(en for _, en in found)


def nth(number: int) -> Word:
    """A line or row as papers count it, from 1, with the number under which it is sent: ``1 行（行号 0）``."""
    return f"{number + 1} 行（行号 {number}）", f"{number + 1} (number {number})"


def around(zh: str, en: str, **places: Word) -> Word:
    """A part of a sentence in both languages with its places filled, for what stands in a place of a text only in some cases."""
    filled = [{name: word_in(said, language) for name, said in places.items()} for language in get_args(Language)]
    return zh.format(**filled[0]), en.format(**filled[1])


def minute(seconds: int) -> str:
    """``2026-11-05 09:40`` in Beijing."""
    return format_at(seconds)[:16].replace("T", " ")
