"""Rows of lists by how much of their quota is committed: what is nearly used first. Figures of the services; the level says how a bar looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.directory import LOG_MAIN
from ledger.log import Log
from ledger.mass import parse_mass
from ledger.model import chain_key
from ledger.problem import Language
from ledger.reading import PAGE_MAX, Page, snapshot
from ledger.times import year_of
from whitelist.divisions import province_name
from whitelist.list_answers import ListingAnswer
from whitelist.listing import EVERYWHERE
from whitelist.registries import Wanted
from whitelist.service import list_listings, with_names
from whitelist.thresholds import Thresholds, thresholds_of

SHOWN_MAX = 12
"""Rows that the inbox shows."""
LOOKED_AT_MAX = 2_000
"""Rows of the year's lists among which it looks for these."""
QuotaLevel = Literal["ok", "watch", "near", "full"]
"""Below 80 %; from 80, 95 and 100 % on, or as the adopted thresholds say (R-33, QUOTA_LEFT)."""


class QuotaRow(Struct, frozen=True, kw_only=True):
    """A row of a list with its bar. Masses in grams; ``permille`` of what may be committed today, quota and consents beyond it together."""

    list: str
    row: int
    direction: str
    status: str
    waste: str
    receiver: str
    name: str
    used_g: int
    limit_g: int
    left_g: int
    permille: int
    level: QuotaLevel

    @property
    def slug(self) -> str:
        """Name of the list in addresses."""
        return self.list.removeprefix("list/")


def grams(text: str) -> int:
    """Of tonnes as an answer writes them, with a sign where it is overdrawn."""
    return -parse_mass(text[1:]) if text.startswith("-") else parse_mass(text)


def quota_row(one: ListingAnswer, names: dict[str, str], limits: Thresholds | None, language: Language) -> QuotaRow:
    """A row for the page."""
    used_g, left_g = grams(one.used_t), grams(one.left_t)
    limit_g = used_g + left_g
    return QuotaRow(
        list=one.list,
        row=one.row,
        direction=direction(one.from_province, one.to_province, language),
        status=one.status,
        waste=one.waste.told()[0 if language == "zh" else 1],
        receiver=one.receiver,
        name=names.get(one.receiver, one.receiver),
        used_g=used_g,
        limit_g=limit_g,
        left_g=left_g,
        permille=used_g * 1000 // limit_g if limit_g > 0 else 1000 if used_g else 0,
        level=level_of_row(used_g, limit_g, limits),
    )


def level_of_row(used_g: int, limit_g: int, limits: Thresholds | None) -> QuotaLevel:
    """How a bar looks: by the shares of the adopted thresholds, with whole grams."""
    if limits is None or used_g <= 0:
        return "ok"
    steps: tuple[tuple[QuotaLevel, int], ...] = (
        ("full", limits.quota_alert_permille_3), ("near", limits.quota_alert_permille_2), ("watch", limits.quota_alert_permille_1),
    )  # fmt: skip
    return next((level for level, permille in steps if used_g * 1000 >= limit_g * permille), "ok")


def direction(from_province: str, to_province: str, language: Language) -> str:
    """``四川→重庆`` of two codes; 00 is every other province."""
    is_en = language == "en"
    origin = ("every province" if is_en else "各省") if from_province == EVERYWHERE else side_name([from_province], language)
    return f"{origin}→{side_name([to_province], language)}"


def list_name(chain: str, language: Language) -> str:
    """``四川→重庆 2026（cy）`` of a list's chain or slug."""
    year, origin, destination, name = chain.removeprefix("list/").split("-", 3)
    return f"{direction(origin, destination, language)} {year}" + (f" ({name})" if language == "en" else f"（{name}）")


_ENDINGS = ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")


def side_name(regions: Sequence[str], language: Language) -> str:
    """What people call the side of an office: 四川, Chongqing; several provinces one after the other."""
    if language == "en":
        return ", ".join(province_name(one, english=True) for one in regions)
    names = [province_name(one) for one in regions]
    return "、".join(next((name.removesuffix(end) for end in _ENDINGS if name.endswith(end)), name) for name in names)


async def adopted_limits(log: Log) -> Thresholds | None:
    """The thresholds that the log has adopted."""
    async with snapshot(log) as now:
        await now.workspace.load([chain_key(LOG_MAIN)])
        return thresholds_of(now.workspace.facts) if now.size else None


async def quota_rows(log: Log, regions: Sequence[str], language: Language, claimed_s: int | None) -> tuple[QuotaRow, ...]:
    """Rows in force of this year's lists from or to one of these regions, those first of which most is committed."""
    year, limits = year_of(await log.now(claimed_s)), await adopted_limits(log)
    wanted, cursor, looked = Wanted(year=year, status="ACTIVE"), None, 0
    found = list[ListingAnswer]()
    while True:
        page = await list_listings(log, wanted, Page(cursor, PAGE_MAX))
        looked, cursor = looked + len(page.listings), page.next
        found += [one for one in page.listings if one.to_province in regions or one.from_province in (*regions, EVERYWHERE)]
        found = sorted(found, key=_used_most)[:SHOWN_MAX]
        if cursor is None or looked >= LOOKED_AT_MAX:
            break
    page = await with_names(log, replace(page, listings=tuple(found)), language)
    return tuple(quota_row(one, page.names, limits, language) for one in page.listings)


def _used_most(one: ListingAnswer) -> tuple[float, str, int]:
    used_g = grams(one.used_t)
    limit_g = used_g + grams(one.left_t)
    return -(used_g / limit_g if limit_g > 0 else 1.0 if used_g else 0.0), one.list, one.row
