"""The data sets that ship with this package, for founding a log and for ``data.adopt``: name, version and file.

Rules never read these files: they read what the log adopted, by SHA-256, through ``facts.data(name)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from whitelist.catalogue import parse_catalogue
from whitelist.divisions import parse_divisions
from whitelist.exemptions import parse_exemptions
from whitelist.workdays import parse_workdays

_FOLDER = Path(__file__).with_name("data")

PARSERS: Mapping[str, Callable[[bytes], Any]] = {
    "hw-catalogue": parse_catalogue,
    "hw-exemptions": parse_exemptions,
    "divisions": parse_divisions,
    "workdays-": parse_workdays,
}
"""By name; a name ending in ``-`` serves all names that begin so."""


class DataFile(Struct, frozen=True):
    """A data set to adopt; its SHA-256 is that of the file's bytes."""

    name: str
    version: str
    path: Path


def data_files() -> list[DataFile]:
    """All data sets, in the order in which ``log.found`` names them."""
    return [
        DataFile("hw-catalogue", "2021", _FOLDER / "hw-catalogue.csv"),
        DataFile("hw-exemptions", "2021", _FOLDER / "hw-exemptions.csv"),
        DataFile("divisions", "2024-11", _FOLDER / "divisions-50-51.csv"),
        DataFile("workdays-2025", "2025-official", _FOLDER / "workdays-2025.json"),
        DataFile("workdays-2026", "2026-official", _FOLDER / "workdays-2026.json"),
        DataFile("workdays-2027", "2027-provisional", _FOLDER / "workdays-2027.json"),
    ]
