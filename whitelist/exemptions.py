"""The exemption list (危险废物豁免管理清单): which link of a waste's way is not managed as hazardous waste, and on which condition.

An exemption waives one link (transport, use, disposal …) and nothing else: never the manifest, never the approval between provinces.
The generator names the item and attests its condition; the log records the waived link as a tag. Data sets ``hw-exemptions-<YYYY>``: CSV.
Numbers shift between editions (2025 struck item 22, so what follows moved up): an item says nothing without its edition.
Source: 名录 2021, annex list, 32 items in 57 rows [READ S5]; 名录 2025, annex list, 31 items in 56 rows [READ H4].
"""

from collections.abc import Mapping

from msgspec import Struct

from ledger.model import Facts
from signing.phrase import Phrase
from signing.refusal import refuse
from whitelist.catalogue import CATEGORIES, CODE, edition_on, read_rows

PREFIX = "hw-exemptions-"  # Name of the data set, before the year of its edition.
COLUMNS = ("edition", "seq", "codes", "waste", "exempt_stage", "condition", "exempt_content", "pdf_page")
COUNTS: Mapping[str, tuple[int, int]] = {"2021": (32, 57), "2025": (31, 56)}  # Items and rows per edition.
LINKS: Mapping[str, tuple[str, ...]] = {
    "全部环节": ("EXEMPT_COLLECTION", "EXEMPT_TRANSPORT", "EXEMPT_USE", "EXEMPT_DISPOSAL"),
    "收集": ("EXEMPT_COLLECTION",),
    "运输": ("EXEMPT_TRANSPORT",),
    "利用": ("EXEMPT_USE",),
    "处置": ("EXEMPT_DISPOSAL",),
    "利用、处置": ("EXEMPT_USE", "EXEMPT_DISPOSAL"),
}
"""Tags by the words of the column 豁免环节."""
LINK_OF_GROUP: Mapping[str, str] = {"use": "EXEMPT_USE", "dispose": "EXEMPT_DISPOSAL"}
"""The link that a method's group is (fields.group_of); storing is a link that no item waives."""

HOUSEHOLD, EVENT, REMNANT, POINT_TO_POINT = "生活垃圾中的危险废物", "突发环境事件产生的危险废物", "历史遗留危险废物", "-"
"""What the column ``codes`` says of the four items that name their wastes in words: 2021 items 1, 25, 26, 32; 2025 items 1, 24, 25, 31."""
_ONLY_CORROSIVE = "仅具有腐蚀性危险特性的"
"""How the wastes of items 20 and 21 (废酸, 废碱) begin: no other hazard may be declared beside C."""


class Exemption(Struct, frozen=True, gc=False, kw_only=True):
    """One item. ``codes`` and ``categories`` are both empty where the list names its wastes in words; these then stand in ``words``."""

    codes: frozenset[str]
    categories: frozenset[str]
    words: str
    links: frozenset[str]  # Tags of the links that it waives, over all its rows.
    only_corrosive: bool  # Whether it holds for wastes whose one hazard is C (仅具有腐蚀性危险特性).

    def names(self, code: str) -> bool:
        """Whether the item can hold for a waste code; items that name wastes in words are the generator's to attest."""
        return bool(self.words) or code in self.codes or f"HW{code[-2:]}" in self.categories


class Exemptions(Struct, frozen=True, gc=False):
    """One edition, by item number."""

    edition: str
    items: dict[int, Exemption]


def exemptions_on(facts: Facts, day: str) -> Exemptions | None:
    """The edition in force on a day (``YYYY-MM-DD``); ``None`` where none was adopted that had begun."""
    found: Exemptions | None = edition_on(facts, PREFIX, day)
    return found


def parse_exemptions(raw: bytes) -> Exemptions:
    """A data set ``hw-exemptions-<YYYY>``; Refusal DATA_FORM where the file contradicts itself or the official counts."""
    rows = list(read_rows(raw, COLUMNS))
    grouped: dict[int, list[dict[str, str]]] = {}
    for position, row in enumerate(rows):
        if not row["seq"].isdecimal() or row["exempt_stage"] not in LINKS:
            raise refuse(
                "DATA_FORM",
                field=f"hw-exemptions.{position}",
                found=f"{row['seq']} {row['exempt_stage']}",
                expected=Phrase("序号、环节", "item, link"),
            )
        grouped.setdefault(int(row["seq"]), []).append(row)
    editions = sorted({row["edition"] for row in rows})
    counted = (len(grouped), len(rows))
    if len(editions) != 1 or counted != COUNTS.get(editions[0]) or sorted(grouped) != list(range(1, len(grouped) + 1)):
        raise refuse("DATA_FORM", field="hw-exemptions", found=f"{editions} {counted}", expected=dict(COUNTS))
    return Exemptions(editions[0], {item: _exemption(item, grouped[item]) for item in sorted(grouped)})


def _exemption(item: int, rows: list[dict[str, str]]) -> Exemption:
    cells = {cell for row in rows for cell in row["codes"].split(";")}
    codes = frozenset(cell for cell in cells if CODE.fullmatch(cell))
    categories = frozenset(cell for cell in cells if cell in CATEGORIES)
    words = cells - codes - categories
    if bool(codes or categories) == bool(words) or not words <= {HOUSEHOLD, EVENT, REMNANT, POINT_TO_POINT} or len(words) > 1:
        raise refuse(
            "DATA_FORM",
            field=f"hw-exemptions item {item}",
            found=sorted(cells),
            expected=Phrase("代码、类别或文字，不能并用", "codes, categories or words, not both"),
        )
    return Exemption(
        codes=codes,
        categories=categories,
        words="".join(words),
        links=frozenset(tag for row in rows for tag in LINKS[row["exempt_stage"]]),
        only_corrosive=all(row["waste"].startswith(_ONLY_CORROSIVE) for row in rows),
    )
