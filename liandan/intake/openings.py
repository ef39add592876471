"""From rows to opening balances: ``quota.open``, one for each account that was used before the log was (kinds §9)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from ledger.times import day_of
from liandan.intake.ground import LogGround, same_number
from liandan.intake.listing import judged_body
from liandan.intake.model import PlannedStatement, Spot, TemplateRow
from liandan.intake.reading import Tables
from liandan.intake.saying import SheetReading
from liandan.intake.tables import OPENINGS
from signing.phrase import Phrase
from signing.refusal import Reason
from signing.uscc import check_uscc, misspelt
from whitelist.acts.quota_open import QuotaOpen
from whitelist.fields import APPROVAL, LIST, PERMIT

_HEADS = {column.field: column.head for column in OPENINGS.columns}
_CHAINS = {"permit": PERMIT, "approval": APPROVAL, "list": LIST}
_CHAIN = re.compile("(permit|approval|list)/.*")


def compose_openings(tables: Tables, out: SheetReading, at_s: int, ground: LogGround | None = None) -> list[PlannedStatement]:
    """Statements in the order of the rows; each account once."""
    known: dict[tuple[str, int | None], Spot] = {}
    found = []
    for row in tables.get(OPENINGS.name, ()):
        planned = _opening(row, out, at_s, ground)
        if planned is None:
            continue
        account = planned.chain, planned.body.get("item")
        if (earlier := known.setdefault(account, row.spot)) is not row.spot:
            out.refuse(
                row.at(_HEADS["no"]),
                Reason("INTAKE_TWICE", "", f"{account[0]} {account[1] if account[1] is not None else ''}"[:120], str(earlier)),
            )
        found.append(planned)
    return found


def _opening(row: TemplateRow, out: SheetReading, at_s: int, ground: LogGround | None) -> PlannedStatement | None:
    cells = {field: row.cells[head] for field, head in _HEADS.items() if head in row.cells}
    holder, day = cells.get("holder", ""), cells.get("as_of_on", "")
    if holder and not check_uscc(holder):
        out.refuse(row.at(_HEADS["holder"]), Reason("USCC", "", holder[:40], misspelt(holder)))
    if day and day > day_of(at_s):
        out.refuse(row.at(_HEADS["as_of_on"]), Reason("INTAKE_LATER", "", day, f"≤ {day_of(at_s)}"))
    if out.is_bad(row.spot):
        return None
    chain = _chain(row, cells, out, ground)
    body: dict[str, Any] = {name: cells[name] for name in ("used_t", "as_of_on", "source") if name in cells}
    if "item" in cells:
        body["item"] = cells["item"] - 1
    told = _rows_told(cells["account"], chain, ground)
    if (cells["account"] == "permit") != ("item" not in cells) or body.get("item", 0) < 0 or not _has_row(chain, body.get("item"), ground):
        out.refuse(row.at(_HEADS["item"]), Reason("INTAKE_ACCOUNT", "", str(cells.get("item", "")), "", "ROW", {"known": told}))
    places = {field: row.at(head) for field, head in _HEADS.items()}
    opened = judged_body(body, QuotaOpen, row, places, out)
    if opened is None or not chain:
        return None
    body = msgspec.json.decode(msgspec.json.encode(opened))
    return PlannedStatement(kind="quota.open/1", chain=chain, uscc=holder, body=body, row=row, places=places)


def _chain(row: TemplateRow, cells: dict[str, Any], out: SheetReading, ground: LogGround | None) -> str:
    """The chain of the account: itself, or the one that the number names."""
    account, no, holder = cells["account"], str(cells["no"]), cells.get("holder", "")
    spot = row.at(_HEADS["no"])
    if _CHAIN.fullmatch(no):
        if _CHAINS[account].fullmatch(no) is None or (
            ground is not None and account == "list" and no not in {one.list for one in ground.lists}
        ):
            out.refuse(spot, Reason("INTAKE_ACCOUNT", "", no[:120], f"{account}/…", "NONE", {"no": no[:60]}))
            return ""
        return no
    if ground is None:
        out.refuse(spot, Reason("INTAKE_ACCOUNT", "", no[:60], f"{account}/…", "OFFLINE", {"no": no[:60]}))
        return ""
    found = list(_named(account, no, holder, ground))
    if len(found) == 1:
        return found[0]
    places = {"no": no[:60], "known": "、".join(found)[:200]}
    out.refuse(spot, Reason("INTAKE_ACCOUNT", "", no[:60], "", "SEVERAL" if found else "NONE", places))
    return ""


def _named(account: str, no: str, holder: str, ground: LogGround) -> Iterator[str]:
    if account == "permit":
        holders = [holder] if holder else sorted({permit.receiver for permit in ground.permits})
        yield from (permit.permit for one in holders for permit in ground.permits_of(one, no))
    elif account == "approval":
        yield from (one.approval for one in ground.approvals if same_number(one.no, no) and holder in ("", one.generator))


def _rows_of(chain: str, ground: LogGround | None) -> int | None:
    """How many rows or lines a chain has, where that is known."""
    for one in () if ground is None else ground.approvals:
        if one.approval == chain:
            return len(one.lines)
    for list_ in () if ground is None else ground.lists:
        if list_.list == chain:
            return list_.rows_filed
    return None


def _has_row(chain: str, item: int | None, ground: LogGround | None) -> bool:
    count = _rows_of(chain, ground)
    return count is None or item is None or item < count


def _rows_told(account: str, chain: str, ground: LogGround | None) -> Phrase:
    if account == "permit":
        return Phrase("许可证只有一个额度，不填行号", "a permit has one account and no row")
    count = _rows_of(chain, ground)
    return Phrase("应从 1 数起", "counted from 1") if count is None else Phrase(f"应为 1 至 {count}", f"1 to {count}")


def holders_of(tables: Tables, heads: Sequence[str]) -> list[str]:
    """Codes of firms that stand under any of some heads, well formed ones alone."""
    found = {row.cells.get(head, "") for rows in tables.values() for row in rows for head in heads}
    return sorted(code for code in found if isinstance(code, str) and check_uscc(code))
