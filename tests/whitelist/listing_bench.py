"""Words for tests of lists: a log with a permit and a proposed list, pages and rows of lead wastes."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from tests.whitelist.acts import propose, row, with_permit
from tests.whitelist.driver import LIST, SICHUAN, Log, Refusing
from whitelist.acts.list_propose import ListCountersign
from whitelist.acts.list_rows import ListRows
from whitelist.fields import PermitItem, Scope
from whitelist.listing import rows_hash

DECEMBER = "2025-12-28 09:00"
LEAD = ("304-002-31", "384-004-31", "243-001-31", "900-025-31")
ALL_BUT_LEAD = (PermitItem(category="HW31", scope="EXCEPT", codes=(LEAD[0],), methods=("R4",)),)
WIDE = (PermitItem(category="HW31", scope="ALL", methods=("R4", "R5")),)


def proposed(now: str = DECEMBER, **changes: Any) -> Log:
    """A log with a permit for HW31 and a proposed list."""
    log = with_permit(now, items=WIDE)
    assert post(log, "propose", propose(**changes)) == []
    return log


def post(log: Log, kind: str, body: Any, by: str = SICHUAN, chain: str = LIST) -> list[tuple[str, str]]:
    try:
        log.post(f"list.{kind}/1", chain, body, by)
    except Refusing as refused:
        return [(reason.code, reason.field) for reason in refused.reasons]
    return []


def page(number: int, *rows: Any) -> ListRows:
    return ListRows(page=number, rows=rows)


def lead(*codes: str, **changes: Any) -> Any:
    return row(waste=Scope(category="HW31", scope="INCLUDE", codes=codes), **changes)


def sealed(log: Log, **changes: Any) -> ListCountersign:
    body = ListCountersign(rows_hash=rows_hash(log.state(LIST).rows), letter_no="渝环函〔2025〕800号", letter_date="2025-12-25")
    return replace(body, **changes)
