"""How rules name what is so in a case: places, authorities, stages, wastes, moments; each in both languages, for the texts of causes.

Nothing here is asked before somebody is refused or alerted. Days and times are those of Beijing.
"""

from collections.abc import Iterable, Mapping
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


# fmt: off
METHODS: Mapping[str, tuple[str, str]] = {
    "R1": ("作为燃料或以其他方式产生能量", "use as a fuel"), "R2": ("溶剂回收、再生", "reclamation of solvents"),
    "R3": ("再循环、再利用不是用作溶剂的有机物", "recycling of organic substances"), "R4": ("再循环、再利用金属和金属化合物", "recycling of metals"),
    "R5": ("再循环、再利用其他无机物", "recycling of inorganic substances"), "R6": ("再生酸或碱", "regeneration of acids or bases"),
    "R7": ("回收污染减除剂的组分", "recovery from pollution abatement"), "R8": ("回收催化剂组分", "recovery from catalysts"),
    "R9": ("废油再提炼或其他再利用", "re-refining of oil"), "R15": ("其他利用", "other recovery"), "D1": ("填埋", "landfill"),
    "D9": ("物理化学处理", "physico-chemical treatment"), "D10": ("焚烧", "incineration"), "D16": ("其他处置", "other disposal"),
    "C1": ("水泥窑共处置", "co-processing in cement kilns"), "C2": ("生产建筑材料", "production of building materials"),
    "C3": ("清洗包装容器", "cleaning of containers"), "Y10": ("医疗废物焚烧", "incineration of medical waste"),
    "Y11": ("医疗废物高温蒸汽处理", "steam treatment of medical waste"), "Y12": ("医疗废物化学消毒", "chemical disinfection of medical waste"),
    "Y13": ("医疗废物微波消毒", "microwave disinfection of medical waste"), "Y16": ("医疗废物其他处置", "other treatment of medical waste"),
    "G21": ("铬渣干法解毒", "dry detoxication of chromium slag"), "G22": ("铬渣湿法解毒", "wet detoxication of chromium slag"),
    "G23": ("铬渣烧结炼铁", "sintering of chromium slag"), "G24": ("铬渣生产水泥", "cement from chromium slag"),
    "G29": ("铬渣其他处置", "other treatment of chromium slag"), "S": ("收集、贮存", "collection and storage"),
}
"""Methods of use and disposal in words, shortened (reference of 2026-11-22 §5.6: 利用处置方式代码 [READ S25a, b])."""
# fmt: on


def method(code: str) -> Word:
    """``R4（再循环、再利用金属和金属化合物）``."""
    zh, en = METHODS[code]
    return f"{code}（{zh}）", f"{code} ({en})"


def methods(codes: Iterable[str]) -> Word:
    """Several of them; of none a dash."""
    found = [method(code) for code in codes]
    return "、".join(word_in(one, "zh") for one in found) or "-", " / ".join(word_in(one, "en") for one in found) or "-"


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
