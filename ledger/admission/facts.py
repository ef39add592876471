"""Facts: everything a decision may know, as one overlay over named values.

Keys are strings: ``chain:<name>`` holds a Head, ``account:<name>`` an Account, any other ``<register>:<key>`` a value of the type that a
personality registered for it. The sequencer fills the overlay from the database in one query per batch; the auditor fills the same
overlay by replaying entries. Rules cannot tell the difference, which is what makes a decision recomputable.
"""

from collections.abc import Callable, Iterable
from typing import Any

from ledger.model import Account, Head


class Unread(LookupError):
    """A rule asked for a key that its kind did not declare in ``reads``: a programming error, never a user's."""


def chain_key(chain: str) -> str:
    """Key of a chain's head."""
    return f"chain:{chain}"


def account_key(account: str) -> str:
    """Key of a quota account."""
    return f"account:{account}"


class Facts:
    """An overlay of loaded values (``None`` = known to be absent) and the adopted data sets."""

    def __init__(self, dataset: Callable[[str, str], Any]) -> None:
        """``dataset(name, sha256)`` returns the parsed data file; it must be pure and cached."""
        self.values: dict[str, Any] = {}
        self.changed: set[str] = set()
        self._dataset = dataset
        self._log: Any = None
        self._data: dict[str, Any] = {}  # Data sets that were asked for, as ``_log``, the state of ``log/main``, pins them.

    def missing(self, keys: Iterable[str]) -> list[str]:
        """Those of ``keys`` that are not loaded yet."""
        values = self.values
        absent = [key for key in keys if key not in values]
        return list(dict.fromkeys(absent)) if len(absent) > 1 else absent

    def put(self, key: str, value: Any) -> None:
        """Change a value; it is written back at the end of the batch."""
        self.values[key] = value
        self.changed.add(key)

    def get(self, key: str) -> Any:
        """A loaded value or ``None`` if the log has none; raises Unread if nobody loaded it."""
        try:
            return self.values[key]
        except KeyError:
            raise Unread(key) from None

    def head(self, chain: str) -> Head[Any] | None:
        """Head of a chain, or ``None`` for a chain without entries."""
        head: Head[Any] | None = self.get(chain_key(chain))
        return head

    def state(self, chain: str) -> Any:
        """The personality's state of a chain, or ``None``."""
        head: Head[Any] | None = self.get("chain:" + chain)
        return None if head is None else head.state

    def used_g(self, account: str) -> int:
        """Grams used on an account; 0 before its first touch."""
        found: Account | None = self.get(account_key(account))
        return 0 if found is None else found.used_g

    def pinned_data(self, name: str, sha256: str) -> Any:
        """A data file that a statement pins by itself, parsed as the data set ``name``."""
        return self._dataset(name, sha256)

    def data(self, name: str) -> Any:
        """The parsed data set ``name`` in force at this index, or ``None`` if none was adopted."""
        log = self.state("log/main")
        if log is not self._log:
            self._log, self._data = log, {}
        found = self._data.get(name)
        if found is None and log is not None and name in log.data:
            found = self._data[name] = self._dataset(name, log.data[name].sha256)
        return found
