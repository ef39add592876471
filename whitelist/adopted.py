"""The data sets that ship with this package, for founding a log and for ``data.adopt``: name, version and file.

Rules never read these files: they read what the log adopted, by SHA-256, through ``facts.data(name)``.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from signing.refusal import texts
from whitelist.catalogue import PREFIX, Waste, parse_catalogue
from whitelist.divisions import parse_divisions
from whitelist.exemptions import parse_exemptions
from whitelist.incompatible import parse_incompatible
from whitelist.thresholds import parse_thresholds
from whitelist.workdays import parse_workdays

_FOLDER = Path(__file__).with_name("data")

PARSERS: Mapping[str, Callable[[bytes], Any]] = {
    "hw-catalogue-": parse_catalogue,
    "hw-exemptions-": parse_exemptions,
    "divisions": parse_divisions,
    "workdays-": parse_workdays,
    "thresholds": parse_thresholds,
    "incompatible": parse_incompatible,
}
"""By name; a name ending in ``-`` serves all names that begin so. ``incompatible`` is optional and none is shipped: nobody has published one."""


class DataFile(Struct, frozen=True, gc=False):
    """A data set to adopt; its SHA-256 is that of the file's bytes."""

    name: str
    version: str
    path: Path

    def read(self) -> bytes:
        """The file as it is shipped."""
        return self.path.read_bytes()


def data_files() -> list[DataFile]:
    """All data sets, in the order in which ``log.found`` names them."""
    return [
        DataFile("hw-catalogue-2021", "2021-2", _FOLDER / "hw-catalogue-2021.csv"),
        DataFile("hw-catalogue-2025", "2025-2", _FOLDER / "hw-catalogue-2025.csv"),
        DataFile("hw-exemptions-2021", "2021", _FOLDER / "hw-exemptions-2021.csv"),
        DataFile("hw-exemptions-2025", "2025", _FOLDER / "hw-exemptions-2025.csv"),
        DataFile("divisions", "2026-01", _FOLDER / "divisions.csv"),
        DataFile("workdays-2025", "2025-official", _FOLDER / "workdays-2025.json"),
        DataFile("workdays-2026", "2026-official", _FOLDER / "workdays-2026.json"),
        DataFile("workdays-2027", "2027-statutory", _FOLDER / "workdays-2027.json"),
        DataFile("thresholds", "2026-11", _FOLDER / "thresholds.json"),
    ]


@cache
def shipped_codes() -> frozenset[str]:
    """The waste codes of every edition that ships: for reading what people write, never for rules."""
    files = [file for file in data_files() if file.name.startswith(PREFIX)]
    return frozenset(code for file in files for code in parse_catalogue(file.path.read_bytes()).wastes)


@cache
def shipped_wastes() -> Mapping[str, Waste]:
    """What the newest edition that ships says of each code: for what people write, never for rules."""
    newest = max((file for file in data_files() if file.name.startswith(PREFIX)), key=lambda file: file.name)
    return parse_catalogue(newest.path.read_bytes()).wastes


TEXTS = texts("""
DATA_FORM | R-75 | operator | formats §5 [DESIGN]
基础数据文件不符合格式或自检未通过。 || 核对文件来源和版本，重新提供；不要使用来历不明的名录表。
A data file is malformed or fails its self-check. || Check its source and edition; do not use tables of unknown origin.
""")
