"""The facts of a replay that need no more memory for a long log than for a short one."""

from collections.abc import Callable, Iterable
from typing import Any

from ledger.admission.facts import Facts
from ledger.auditing.disk_map import DiskMap


class DiskFacts(Facts):
    """Facts of a complete replay, most of them in a file: what no entry has set does not exist."""

    def __init__(self, dataset: Callable[[str, str], Any], disk: DiskMap) -> None:
        super().__init__(dataset)
        self.disk = disk
        # Asked a dozen times an entry: no call between.
        self.get = disk.get  # type: ignore[method-assign, assignment]  # a name is a key

    def missing(self, keys: Iterable[str]) -> list[str]:  # noqa: ARG002  # the signature is that of all facts
        """None: whatever is asked for is either here or in no entry."""
        return []

    def put(self, key: str, value: Any) -> None:
        """Change a value."""
        self.disk.put(key, value)
