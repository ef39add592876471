from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import get_args

from ledger.admission.kind_table import Kinds
from tests.whitelist.driver import Log
from whitelist.acts import PERSONALITY
from whitelist.adopted import data_files
from whitelist.fields import Method, group_of

README = Path(data_files()[0].path).with_name("README.md").read_text(encoding="utf-8")


def test_every_data_set_of_the_package_is_named_once() -> None:
    assert [(file.name, file.version) for file in data_files()] == [
        ("hw-catalogue-2021", "2021-2"),
        ("hw-catalogue-2025", "2025-2"),
        ("hw-exemptions-2021", "2021"),
        ("hw-exemptions-2025", "2025"),
        ("divisions", "2026-01"),
        ("workdays-2025", "2025-official"),
        ("workdays-2026", "2026-official"),
        ("workdays-2027", "2027-statutory"),
        ("thresholds", "2026-11"),
    ]


def test_every_data_set_is_read_by_the_parser_of_its_name() -> None:
    parsers = Kinds([PERSONALITY])
    for file in data_files():
        parser = parsers.parse_data(file.name)
        assert parser is not None, file.name
        assert parser(file.path.read_bytes()) == Log().facts.data(file.name)


def test_the_page_of_sources_lists_every_file_with_its_version_and_digest() -> None:
    rows = {row[0]: row for line in README.splitlines() if (row := re.findall(r"`([^`]+)`", line))}
    for file in data_files():
        assert rows[file.path.name][1:3] == [file.name, file.version]
        assert sha256(file.path.read_bytes()).hexdigest() in rows[file.path.name]


def test_methods_fall_into_use_disposal_and_storage() -> None:
    groups = {method: group_of(method) for method in get_args(get_args(Method)[0])}
    assert {method for method, group in groups.items() if group == "use"} == {*(f"R{n}" for n in (*range(1, 10), 15)), "C2", "C3"}
    assert groups["C1"] == "dispose"
    assert groups["S"] == "store"
