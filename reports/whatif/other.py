"""The other world: the facts of the log, but for the list that the draft stands for and what was decided on it.

Whatever it does not say otherwise is read through to the facts of the log at that very entry; so the house's rules judge both worlds alike.
"""

from collections.abc import Iterable
from typing import Any

from ledger.model import Account, Facts, Head, Values, account_key, chain_key
from reports.whatif.compare import DraftedList
from whitelist.approval import ListingRef
from whitelist.listing import ListRow, ListState


class _Beneath(Values):
    """What is not said here is said below."""

    def __init__(self, below: Facts) -> None:
        super().__init__()
        self._below = below.values

    def __missing__(self, key: str) -> Any:
        return self._below[key]


class OtherFacts(Facts):
    """Facts that lie over others; nothing that is put here reaches those below."""

    def __init__(self, below: Facts) -> None:
        super().__init__(below.pinned_data, _Beneath(below))

    def holds(self, key: str) -> bool:  # noqa: ARG002  # as below
        """Always: what is not here is asked for below."""
        return True

    def missing(self, keys: Iterable[str]) -> list[str]:  # noqa: ARG002  # the signature is that of all facts
        """None."""
        return []

    def says(self, chain: str) -> bool:
        """Whether a chain stands otherwise here than below."""
        return chain_key(chain) in self.values

    def put_state(self, chain: str, below: Facts, state: object) -> None:
        """A chain with another state; its head is the one below."""
        head = below.head(chain)
        self.put(chain_key(chain), Head(0, "", 0, state) if head is None else Head(head.seq, head.hash, head.idx, state))

    def add_g(self, account: str, grams: int) -> None:
        """Move an account."""
        self.put(account_key(account), Account(0, self.used_g(account) + grams))


class Rows:
    """Finds the row of a list that would take a line of a decision: the one it named where that still covers it, else the first that does."""

    def __init__(self, chain: str, rows: Iterable[tuple[int, ListRow | None]]) -> None:
        self.chain = chain
        self._by_root: dict[str, list[tuple[int, ListRow]]] = {}
        for number, row in rows:
            if row is not None:
                self._by_root.setdefault(row.root, []).append((number, row))

    @classmethod
    def drafted(cls, draft: DraftedList) -> "Rows":
        """Those of the draft."""
        return cls(draft.chain, ((pair.number, pair.after) for pair in draft.pairs))

    @classmethod
    def of(cls, chain: str, listed: ListState | None) -> "Rows":
        """Those of a list."""
        return cls(chain, enumerate(listed.rows if listed is not None else ()))

    def place(self, named: ListingRef | None, receiver: str, root: str, code: str, method: str) -> ListingRef | None:
        """The row for a line; one that was named on another list stays, for the draft says nothing of it."""
        if named is not None and named.list != self.chain:
            return named
        fit = [n for n, row in self._by_root.get(root, ()) if row.receiver == receiver and row.waste.covers(code) and method in row.methods]
        if not fit:
            return None
        return named if named is not None and named.row in fit else ListingRef(list=self.chain, row=fit[0])
