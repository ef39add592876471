from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import get_args

import pytest

from ledger.admission.kind_table import Kinds
from ledger.auditing.audit import audit
from signing.refusal import Refusal
from tests.whitelist.driver import Log
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, Workbench
from whitelist.acts import PERSONALITY
from whitelist.adopted import data_files
from whitelist.fields import Method, group_of

FILES = {file.name: file.path.read_bytes() for file in data_files()}
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


@pytest.mark.parametrize(
    ("name", "content", "field"),
    [
        ("thresholds", b"{}", "body.sha256"),
        ("divisions", "code,name\n500000,重庆市\n".encode(), "body.sha256"),
        ("workdays-2026", FILES["workdays-2027"], "body.name"),
        ("hw-catalogue-2026", FILES["hw-catalogue-2025"], "body.name"),
        ("hw-catalogue-2021", FILES["hw-catalogue-2025"], "body.name"),
        ("hw-exemptions-2021", FILES["hw-exemptions-2025"], "body.name"),
    ],
)
def test_what_no_rule_could_read_is_not_adopted(name: str, content: bytes, field: str) -> None:
    """Else every later issue, departure and receipt would be refused for it, or judged by another year's table."""
    bench = Workbench([PERSONALITY])
    with pytest.raises(Refusal) as caught:
        _adopt(bench, name, content)
    assert [(reason.code, reason.field) for reason in caught.value.reasons] == [("DATA_FORM", field)]
    for year in ("2021", "2025"):
        _adopt(bench, f"hw-catalogue-{year}", FILES[f"hw-catalogue-{year}"])
        _adopt(bench, f"hw-exemptions-{year}", FILES[f"hw-exemptions-{year}"])
    _adopt(bench, "workdays-2027", FILES["workdays-2027"])


@pytest.mark.parametrize(
    ("name", "content", "field"),
    [
        ("thresholds", b"{}", "body.data.1.sha256"),
        ("workdays-2026", FILES["workdays-2027"], "body.data.1.name"),
        ("hw-catalogue-2026", FILES["hw-catalogue-2025"], "body.data.1.name"),
    ],
)
def test_no_log_begins_with_what_no_rule_could_read(name: str, content: bytes, field: str) -> None:
    with pytest.raises(Refusal) as caught:
        Workbench([PERSONALITY], {"divisions": ("1", FILES["divisions"]), name: ("1", content)})
    assert [(reason.code, reason.field) for reason in caught.value.reasons] == [("DATA_FORM", field)]


@pytest.mark.parametrize("name", ["divisions", "thresholds"])
def test_an_audit_names_a_file_that_is_not_there_and_goes_on(name: str) -> None:
    """Founded with it, or adopted later: no reason to believe nothing that follows."""
    bench = Workbench([PERSONALITY], {"divisions": ("1", FILES["divisions"])})
    _adopt(bench, "thresholds", FILES["thresholds"])
    lost = f"data/{sha256(FILES[name]).hexdigest()}"
    files = {path: content for path, content in {**bench.export(), **bench.data}.items() if path != lost}
    assert [(finding.code, finding.field) for finding in audit(files.get, bench.kinds).findings] == [("DATA_DIFFERS", lost)]


def _adopt(bench: Workbench, name: str, content: bytes) -> None:
    digest = sha256(content).hexdigest()
    bench.data[f"data/{digest}"] = content
    body = {"name": name, "version": "2", "sha256": digest}
    bench.post("data.adopt/1", "log/main", (OPERATOR, AUTHORITY_51, AUTHORITY_50), body)
