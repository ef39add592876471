"""Which articles a document cites: those in force on the day of the event (R-73), each with its mark.

《生态环境法典》 came into force on 2026-08-15 and repealed 固废法; which of the two a document names follows the date of the act, not of
printing. Penalties are never cited. Source: law §0, §1; law-addenda §1 (Art. 470, 536, 1242 read in three agreeing copies).
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from reports.paper.tongue import say
from signing.refusal import CODE_IN_FORCE

ORDER_23_IN_FORCE = "2022-01-01"
Topic = Literal["manifest", "approval", "listing"]


class Citation(Struct, frozen=True):
    """A text, what it is called in English, and how far it can be trusted: ``[READ]`` read in the text of the law. Paper prints no mark."""

    zh: str
    en: str
    mark: str

    @property
    def text(self) -> str:
        """In the document's language."""
        return say(self.zh, self.en)


_CODE: dict[Topic, Citation] = {
    "manifest": Citation(
        "《中华人民共和国生态环境法典》第五百三十六条第一款（填写、运行转移联单）",
        "Ecological and Environmental Code, Art. 536(1): manifests",
        "[READ T1–T3]",
    ),
    "approval": Citation(
        "《中华人民共和国生态环境法典》第五百三十六条第二款（跨省转移，商经接受地同意后批准）",
        "Ecological and Environmental Code, Art. 536(2): transfers across provinces",
        "[READ T1–T3]",
    ),
    "listing": Citation(
        "《中华人民共和国生态环境法典》第四百七十条（跨行政区域联防联控，固体废物转移协作）",
        "Ecological and Environmental Code, Art. 470: joint control across regions",
        "[READ T1–T3]",
    ),
}
_LAW_2020: dict[Topic, Citation] = {
    "manifest": Citation(
        "《固体废物污染环境防治法》（2020年修订）第八十二条第一款（填写、运行转移联单）",
        "Solid Waste Law (2020), Art. 82(1): manifests",
        "[READ S2]",
    ),
    "approval": Citation(
        "《固体废物污染环境防治法》（2020年修订）第八十二条第二款（跨省转移，商经接受地同意后批准）",
        "Solid Waste Law (2020), Art. 82(2): transfers across provinces",
        "[READ S2]",
    ),
    "listing": Citation(
        "《固体废物污染环境防治法》（2020年修订）第八条第三款（跨行政区域联防联控）",
        "Solid Waste Law (2020), Art. 8(3): joint control across regions",
        "[READ S2]",
    ),
}
_ORDER_23: dict[Topic, Citation] = {
    "manifest": Citation(
        "《危险废物转移管理办法》（部令第23号）第十条至第十八条",
        "Measures on Hazardous Waste Transfers (Order 23), Art. 10–18",
        "[READ S1]",
    ),
    "approval": Citation(
        "《危险废物转移管理办法》（部令第23号）第二十一条至第二十八条",
        "Measures on Hazardous Waste Transfers (Order 23), Art. 21–28",
        "[READ S1]",
    ),
    "listing": Citation(
        "《危险废物转移管理办法》（部令第23号）第二十一条第二款（按照合作协议简化审批程序）",
        "Measures on Hazardous Waste Transfers (Order 23), Art. 21(2): simplified approval",
        "[READ S1]",
    ),
}


def basis(topic: Topic, day: str) -> tuple[Citation, ...]:
    """What governed ``topic`` on a day ``YYYY-MM-DD``."""
    law = _CODE if day >= CODE_IN_FORCE else _LAW_2020
    return (law[topic], _ORDER_23[topic]) if day >= ORDER_23_IN_FORCE else (law[topic],)


def bases(topic: Topic, days: Iterable[str]) -> tuple[tuple[str, str, tuple[Citation, ...]], ...]:
    """(first day, last day, citations) for each regime that some days fall under, in order."""
    found: dict[tuple[Citation, ...], list[str]] = {}
    for day in sorted(days):
        found.setdefault(basis(topic, day), []).append(day)
    return tuple((under[0], under[-1], citations) for citations, under in found.items())
