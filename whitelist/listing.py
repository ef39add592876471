"""A list (白名单) of one year and direction, and its rows, the listings. State of ``list/<YYYY>-<from>-<to>-<name>``.

A listing is the receiving province's advance consent (Code Art. 536.2): it removes the consultation letter, not the approval and not the
manifest. Source: 2020 mechanism, law §3.2 [READ S6].
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Literal

from msgspec import Struct

from ledger.admission.facts import Facts
from ledger.mass import format_mass
from whitelist.chains import LIST
from whitelist.scope import Scope

ListKind = Literal["mutual", "unilateral", "pilot"]
SuspensionStops = Literal["issue", "decide"]


class ListRow(Struct, frozen=True, kw_only=True):
    """One listing: who may take what, by which methods, up to how much in the year."""

    receiver: str
    permit: str
    waste: Scope
    methods: tuple[str, ...]
    quota_g: int


class ListState(Struct, frozen=True, kw_only=True):
    """A list as its chain left it. In force from the countersignature on (``ACTIVE``), within its effective days."""

    year: int
    from_province: str
    to_province: str
    kind: ListKind
    suspension_stops: SuspensionStops
    letter_no: str
    letter_date: str
    effective_from: str
    effective_to: str
    rows_announced: int
    pages_announced: int
    pages: int = 0
    rows: tuple[ListRow, ...] = ()
    status: Literal["PROPOSED", "ACTIVE"] = "PROPOSED"

    @property
    def is_complete(self) -> bool:
        """Whether all announced pages and rows are there."""
        return self.pages == self.pages_announced and len(self.rows) == self.rows_announced

    def row(self, number: int) -> ListRow | None:
        """A row by its number, counted from 0 across pages."""
        return self.rows[number] if 0 <= number < len(self.rows) else None


def list_at(facts: Facts, chain: str) -> ListState | None:
    """The state of a list, or ``None`` where the name is no list's or the log has none."""
    state = facts.state(chain) if LIST.fullmatch(chain) else None
    return state if isinstance(state, ListState) else None


def rows_hash(rows: Iterable[ListRow]) -> str:
    """Digest of what is countersigned, hex SHA-256 over ``liandan/list-rows/v1`` LF and one line per row.

    A line is ``receiver TAB permit TAB category TAB scope TAB codes TAB methods TAB quota_t`` LF; codes and methods are joined with
    commas in the order of the row, the quota has six decimals. Anyone can compute it from the spreadsheet of the letter.
    """
    digest = sha256(b"liandan/list-rows/v1\n")
    for row in rows:
        cells = (
            row.receiver,
            row.permit,
            row.waste.category,
            row.waste.scope,
            ",".join(row.waste.codes),
            ",".join(row.methods),
            format_mass(row.quota_g),
        )
        digest.update(("\t".join(cells) + "\n").encode())
    return digest.hexdigest()
