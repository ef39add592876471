"""What a party has registered beside its keys: places of work (``party.site``) and, of a carrier, its crew (``crew.register``), by id."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct

from ledger.kinds.crew import CrewRecord, crew_key
from ledger.kinds.site import Site, site_key
from ledger.log import Log
from ledger.parties.store import list_registers
from ledger.reading import Page, read_cursor, snapshot, write_cursor

RecordT = TypeVar("RecordT")


class IdPlace(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The last id that was given."""

    id: str


class Registered(Struct, Generic[RecordT], frozen=True, kw_only=True):
    """One of them; ``said`` is what the last statement about this id said."""

    id: str
    said: RecordT


class SitePage(Struct, frozen=True, kw_only=True):
    """Sites of a party by id, closed ones too, as of ``size`` entries."""

    size: int
    sites: tuple[Registered[Site], ...]
    next: str | None


class CrewPage(Struct, frozen=True, kw_only=True):
    """Crew of a carrier by id, retired ones too, as of ``size`` entries: role and days; names are commitments of the statements."""

    size: int
    crew: tuple[Registered[CrewRecord], ...]
    next: str | None


async def sites_of(log: Log, uscc: str, page: Page) -> SitePage:
    """A page of a party's sites; Refusal CURSOR_FORM or CURSOR_OTHER."""
    size, found, following = await _registered(log, site_key(uscc, ""), page, Site)
    return SitePage(size=size, sites=found, next=following)


async def crew_of(log: Log, uscc: str, page: Page) -> CrewPage:
    """A page of a carrier's crew; Refusal CURSOR_FORM or CURSOR_OTHER."""
    size, found, following = await _registered(log, crew_key(uscc, ""), page, CrewRecord)
    return CrewPage(size=size, crew=found, next=following)


async def _registered(log: Log, prefix: str, page: Page, record: type[RecordT]) -> tuple[int, tuple[Registered[RecordT], ...], str | None]:
    """Registers whose keys begin so, behind the cursor; one more is read to know whether another page follows."""
    place = read_cursor(page.cursor, IdPlace, prefix)
    async with snapshot(log) as now:
        rows = await list_registers(now.workspace.conn, prefix, "" if place is None else place.id, page.limit + 1)
    found = [Registered(id=name, said=log.kinds.decode(prefix + name, raw)) for name, raw in rows[: page.limit]]
    assert all(isinstance(one.said, record) for one in found), prefix
    following = write_cursor(IdPlace(found[-1].id), prefix) if len(rows) > page.limit else None
    return now.size, tuple(found), following
