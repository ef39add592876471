"""Readers that an authority has let read, as its own chain tells them: every grant in force, by reader. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.directory import Grant
from ledger.times import parse_at


class GrantedReader(Struct, frozen=True, kw_only=True):
    """Who may read, and what."""

    reader: str
    grants: tuple[Grant, ...]


def granted_now(entries: Sequence[Entry], now_s: int) -> tuple[GrantedReader, ...]:
    """Grants whose time is not over and that nothing has ended; ``entries`` are those of the authority's chain, the oldest first."""
    found = dict[str, list[Grant]]()
    for entry in entries:
        said = entry.statement
        if said.kind == "access.grant/1":
            until_s = None if said.body.until is None else parse_at(said.body.until)
            found.setdefault(said.body.reader, []).append(Grant(said.owner, said.body.regions, said.body.topics, until_s))
        elif said.kind == "access.revoke/1":
            found.pop(said.body.reader, None)
    standing = {reader: tuple(one for one in grants if one.until_s is None or now_s <= one.until_s) for reader, grants in found.items()}
    return tuple(GrantedReader(reader=reader, grants=grants) for reader, grants in standing.items() if grants)
