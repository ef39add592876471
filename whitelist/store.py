"""SQL of the registries: heads of chains by key range, in the order of their names (``fact.key`` is COLLATE "C")."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct

from ledger.admission.facts import chain_key
from ledger.admission.kind_table import Kinds
from ledger.cursor import ALL_ROWS, Position
from ledger.model import Head
from ledger.store import Conn
from whitelist.quota import q1_account, q2_account, q3_account

SCAN_MAX = 20_000
"""Chains that one page looks through at most; a page that stops there is short and still has a cursor."""

CHAINS_AT_A_TIME, LISTS_AT_A_TIME = 500, 20
"""Permits and approvals take some hundred bytes, a list with its rows up to some 200 KB."""


_HEADS = "SELECT key, value FROM fact WHERE key >= $1 AND key < $2 ORDER BY key LIMIT $3"


class RegistryRow(Struct, frozen=True):
    """One row of a registry: a chain with its state, and the number of the row within it."""

    chain: str
    number: int
    head: Head[Any]

    @property
    def state(self) -> Any:
        """State of the chain: of the type that goes with its name."""
        assert self.head.state is not None, "a registry's chain has a state"
        return self.head.state

    @property
    def owner(self) -> str:
        """USCC that the chain is named after: of a permit's receiver, of an approval's generator."""
        return self.chain.split("/")[1]

    @property
    def account(self) -> str:
        """The quota account of the row."""
        if self.chain.startswith("permit/"):
            return q3_account(self.state.root)
        return (q2_account if self.chain.startswith("approval/") else q1_account)(self.chain, self.number)


Select = Callable[[str, Any], Iterable[int]]
"""From a chain's name and state to the numbers of the rows that are wanted of it, ascending."""


async def scan_rows(
    conn: Conn, kinds: Kinds, prefixes: Sequence[str], select: Select, *, after: Position | None, limit: int
) -> tuple[list[RegistryRow], Position | None]:
    """Rows behind ``after`` of the chains with these prefixes (ascending), and the place to go on from, if any.

    A row that was there when the first page was read comes exactly once, whatever is added meanwhile.
    """
    found: list[RegistryRow] = []
    scanned = 0
    for prefix in prefixes:
        start = chain_key(prefix)
        end = start[:-1] + chr(ord(start[-1]) + 1)  # the next text of its length
        batch = LISTS_AT_A_TIME if prefix.startswith("list/") else CHAINS_AT_A_TIME
        if after is not None:
            start = max(start, after.key if after.number < ALL_ROWS else _behind(after.key))
        while start < end:
            rows = await conn.fetch(_HEADS, start, end, batch)
            for key, raw in rows:
                for row in _rows(key, kinds.decode(key, raw), select, after):
                    if len(found) == limit:
                        return found, Position(chain_key(found[-1].chain), found[-1].number)
                    found.append(row)
            if len(rows) < batch:
                break
            scanned += len(rows)
            if scanned >= SCAN_MAX:
                return found, Position(rows[-1][0], ALL_ROWS)
            start = _behind(rows[-1][0])
    return found, None


def _rows(key: str, head: Head[Any], select: Select, after: Position | None) -> Iterable[RegistryRow]:
    chain = key.partition(":")[2]
    for number in select(chain, head.state):
        if after is None or (key, number) > (after.key, after.number):
            yield RegistryRow(chain, number, head)


def _behind(key: str) -> str:
    """The least text behind a key: no chain name holds a control character."""
    return key + "\x01"
