"""Whom an act on a list is for: the receivers of the rows that it speaks of, which its body names by number alone.

Read from the statements of the list's own chain, in their order, and from nothing else, so that whoever reads the log comes to the same. Lists are
open to every registered party (whitelist.registries), so nobody is told what he may not read. Source: 2020 mechanism 4 to 6 [READ S6]; kinds §4.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from ledger.model import Statement
from whitelist.acts.list_amend import ListAmend
from whitelist.acts.list_confirm import ListConfirm
from whitelist.acts.list_exceed_consent import ListExceedConsent
from whitelist.acts.list_propose import ListCountersign, ListPropose
from whitelist.acts.list_report import ListReportBody
from whitelist.acts.list_rows import ListRows
from whitelist.acts.list_status import ListStatus
from whitelist.acts.quota_open import QuotaOpen


class RowsSoFar(Struct, frozen=True, gc=False, kw_only=True):
    """Receivers (USCCs) on a list after one of its statements, and whom that statement is for."""

    following: int = 0  # Place on the chain of the next statement.
    pages: int = 0  # Announced.
    is_mutual: bool = False  # In force when it is countersigned; another list may be with its last page.
    listed: tuple[str, ...] = ()  # By number of the row, as the pages gave them.
    added: tuple[str, ...] = ()
    """Of all rows that amendments would add. Which number such a row gets depends on when it is confirmed, and whether anybody has to confirm on
    the authorities of the log: an act on one of these rows is for all of these receivers."""
    acts: dict[str, tuple[str, ...]] = {}  # Whom an act that the other side may confirm is for, by the hash of its statement.
    told: tuple[str, ...] = ()  # Whom the newest statement is for.

    def of(self, rows: Iterable[int | None]) -> tuple[str, ...]:
        """Receivers of rows by their numbers, each once; ``None`` is every row."""
        found: list[str] = []
        for row in rows:
            if row is None:
                found += (*self.listed, *self.added)
            else:
                found += (self.listed[row],) if row < len(self.listed) else self.added
        return tuple(dict.fromkeys(found))

    def after(self, statement: Statement) -> RowsSoFar:
        """The same after the next statement on the chain; one that was read already changes nothing."""
        if statement.seq < self.following:
            return self
        told, changes = self._read(statement)
        return replace(self, following=statement.seq + 1, told=tuple(dict.fromkeys(told)), **changes)

    def _read(self, statement: Statement) -> tuple[tuple[str, ...], dict[str, object]]:
        """Whom a statement is for, and what it changes."""
        match statement.body:
            case ListPropose(pages=pages, kind=kind):
                return (), {"pages": pages, "is_mutual": kind == "mutual"}
            case ListRows(page=page, rows=rows):
                here = tuple(row.receiver for row in rows)
                listed = (*self.listed, *here)
                return (listed if page + 1 == self.pages and not self.is_mutual else here), {"listed": listed}
            case ListCountersign():
                return self.listed, {}
            case ListAmend(add=add, end=end, quota=quota):
                here = tuple(row.receiver for row in add)
                told = (*here, *self.of([*(one.row for one in end), *(one.row for one in quota)]))
                return told, {"added": tuple(dict.fromkeys((*self.added, *here))), "acts": {**self.acts, statement.hash: told}}
            case ListStatus(row=row):
                told = self.of((row,))
                return told, {"acts": {**self.acts, statement.hash: told}}
            case ListConfirm(act=act):
                return self.acts.get(act, ()), {}
            case ListExceedConsent(row=row, approval=approval):  # who applied is told too, where it is for its application alone
                return (*self.of((row,)), *(() if approval is None else (approval.split("/")[1],))), {}
            case QuotaOpen(item=row):
                return self.of((row,)), {}
            case ListReportBody(rows=reported):
                return self.of(one.row for one in reported), {}
        return (), {}
