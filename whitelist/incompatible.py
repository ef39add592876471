"""Wastes that must not share a vehicle (不相容的危险废物, R-27): the optional data set ``incompatible``, pairs of categories with the reason.

No authority has published such a table; operator and authorities adopt one of their own, and where none is adopted nothing is compared
(Code Art. 535). CSV with the columns ``one,other,why_zh,why_en``: two categories, each pair once, in either order.
"""

from collections.abc import Iterable, Mapping
from itertools import combinations

from ledger.fields import is_blank
from ledger.model import Facts
from signing.phrase import Phrase
from signing.refusal import refuse
from whitelist.catalogue import CATEGORIES, read_rows

NAME = "incompatible"
COLUMNS = ("one", "other", "why_zh", "why_en")
Pairs = Mapping[frozenset[str], tuple[str, str]]
"""Why two categories do not go together, in both languages."""


_PAIR = Phrase("两个不同的废物类别，如 HW33 和 HW34", "two different categories, e.g. HW33 and HW34")
_ONCE = Phrase("每一对只写一次", "each pair once")
_WHY = Phrase("中文、英文的理由", "the reason in Chinese and in English")


def parse_incompatible(raw: bytes) -> Pairs:
    """The data set; Refusal DATA_FORM for what is no category, a category beside itself, a pair twice, a reason that is missing."""
    found: dict[frozenset[str], tuple[str, str]] = {}
    for number, row in enumerate(read_rows(raw, COLUMNS)):
        pair = frozenset((row["one"], row["other"]))
        if not pair <= CATEGORIES or len(pair) == 1:
            raise refuse("DATA_FORM", field=f"{NAME}.{number}", found=" ".join((row["one"], row["other"])), expected=_PAIR)
        if pair in found:
            raise refuse("DATA_FORM", field=f"{NAME}.{number}", found=" ".join(sorted(pair)), expected=_ONCE)
        if is_blank(row["why_zh"]) or is_blank(row["why_en"]):
            raise refuse("DATA_FORM", field=f"{NAME}.{number}", found="", expected=_WHY)
        found[pair] = (row["why_zh"], row["why_en"])
    return found


def conflicts(facts: Facts, categories: Iterable[str]) -> list[tuple[str, str, tuple[str, str]]]:
    """Pairs among categories that do not go together, sorted, with why."""
    pairs: Pairs | None = facts.data(NAME)
    if not pairs:
        return []
    return [
        (one, other, pairs[pair]) for one, other in combinations(sorted(set(categories)), 2) if (pair := frozenset((one, other))) in pairs
    ]
