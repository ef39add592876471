"""Adopted data: files known by their SHA-256, parsed once, handed to rules by name (formats §5)."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from ledger.admission.kind_table import Kinds


class DataMissing(Exception):
    """An adopted file is not here: the operator must put it into the log's ``data/`` directory. Nothing can be decided without it."""


class DataSets:
    """Parsed data sets by (name, SHA-256). ``read`` maps ``data/<sha256>`` to bytes or None."""

    def __init__(self, kinds: Kinds, read: Callable[[str], bytes | None]) -> None:
        self._kinds, self._read = kinds, read
        self._parsed: dict[tuple[str, str], Any] = {}

    def __call__(self, name: str, digest: str) -> Any:
        """The parsed content, or None for a name that no personality knows. Raises DataMissing."""
        if (name, digest) not in self._parsed:
            self._parsed[name, digest] = self._parse(name, digest)
        return self._parsed[name, digest]

    def _parse(self, name: str, digest: str) -> Any:
        parser = self._kinds.parse_data(name)
        if parser is None:
            return None
        raw = self._read(f"data/{digest}")
        if raw is None or sha256(raw).hexdigest() != digest:
            raise DataMissing(f"{name} ({digest}) is {'missing' if raw is None else 'changed'} in data/")
        return parser(raw)
