"""The exemption list (危险废物豁免管理清单): which link of a waste's way is not managed as hazardous waste, and on which condition.

An exemption waives one link (transport, use, disposal …) and nothing else: never the manifest, never the approval between provinces.
The generator names the item and attests its condition; the log records the waived link as a tag. Data set ``hw-exemptions``: CSV.
Source: 名录 2021, annex list, 32 items [READ S5]; the 2025 list (31 items) is not to be had as a table.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from signing.refusal import refuse
from whitelist.catalogue import CATEGORIES, CODE, read_rows

COLUMNS = ("edition", "seq", "codes", "waste", "exempt_stage", "condition", "exempt_content", "pdf_page")
COUNTS: Mapping[str, tuple[int, int]] = {"2021": (32, 57)}
"""Items and rows per edition."""
LINKS: Mapping[str, tuple[str, ...]] = {
    "全部环节": ("EXEMPT_COLLECTION", "EXEMPT_TRANSPORT", "EXEMPT_USE", "EXEMPT_DISPOSAL"),
    "收集": ("EXEMPT_COLLECTION",),
    "运输": ("EXEMPT_TRANSPORT",),
    "利用": ("EXEMPT_USE",),
    "处置": ("EXEMPT_DISPOSAL",),
    "利用、处置": ("EXEMPT_USE", "EXEMPT_DISPOSAL"),
}
"""Tags by the words of the column 豁免环节."""


class Clause(Struct, frozen=True, kw_only=True):
    """One row: a link of an item, its condition and what is exempt."""

    waste: str
    stage: str
    condition: str
    content: str


class Exemption(Struct, frozen=True, kw_only=True):
    """One item. ``codes`` and ``categories`` are both empty where the list names wastes in words (items 1, 25, 26, 32)."""

    item: int
    codes: frozenset[str]
    categories: frozenset[str]
    clauses: tuple[Clause, ...]

    def names(self, code: str) -> bool:
        """Whether the item can hold for a waste code; items that name wastes in words are the generator's to attest."""
        if not self.codes and not self.categories:
            return True
        return code in self.codes or f"HW{code[-2:]}" in self.categories

    @property
    def links(self) -> frozenset[str]:
        """Tags of the links that the item waives."""
        return frozenset(tag for clause in self.clauses for tag in LINKS[clause.stage])


class Exemptions(Struct, frozen=True):
    """One edition, by item number."""

    edition: str
    items: dict[int, Exemption]


def parse_exemptions(raw: bytes) -> Exemptions:
    """The data set ``hw-exemptions``; Refusal DATA_FORM where the file contradicts itself or the official counts."""
    rows = list(read_rows(raw, COLUMNS))
    grouped: dict[int, list[dict[str, str]]] = {}
    for position, row in enumerate(rows):
        if not row["seq"].isdecimal() or row["exempt_stage"] not in LINKS:
            raise refuse("DATA_FORM", field=f"hw-exemptions.{position}", found=f"{row['seq']} {row['exempt_stage']}", expected="item, link")
        grouped.setdefault(int(row["seq"]), []).append(row)
    editions = sorted({row["edition"] for row in rows})
    counted = (len(grouped), len(rows))
    if len(editions) != 1 or counted != COUNTS.get(editions[0]) or sorted(grouped) != list(range(1, len(grouped) + 1)):
        raise refuse("DATA_FORM", field="hw-exemptions", found=f"{editions} {counted}", expected=dict(COUNTS))
    return Exemptions(editions[0], {item: _exemption(item, grouped[item]) for item in sorted(grouped)})


def _exemption(item: int, rows: list[dict[str, str]]) -> Exemption:
    words = {word for row in rows for word in row["codes"].split(";")}
    codes = frozenset(word for word in words if CODE.fullmatch(word))
    categories = frozenset(word for word in words if word in CATEGORIES)
    if (codes or categories) and codes | categories != words:
        raise refuse("DATA_FORM", field=f"hw-exemptions item {item}", found=sorted(words), expected="codes, categories or words, not both")
    return Exemption(
        item=item,
        codes=codes,
        categories=categories,
        clauses=tuple(_clause(row) for row in rows),
    )


def _clause(row: dict[str, str]) -> Clause:
    return Clause(waste=row["waste"], stage=row["exempt_stage"], condition=row["condition"], content=row["exempt_content"])
