"""The frozen corpus ``liandan-v1/log/``: every later version audits it clean, with both auditors; from now on existing bodies are frozen.

Where a test here fails after a change of a body, that change is a new kind ``/2``. Where only admissions differ because the ruleset was
changed in place (until release 1.0), ``make corpus`` makes them again; the statements stay the same bytes.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from liandan.wiring import KINDS
from tests.vectors.corpus.__main__ import frozen
from tests.vectors.corpus.admitted import AdmittedLog
from tests.vectors.corpus.story import corpus_log
from tests.vectors.second_reader import VECTORS, audit
from tests.vectors.test_two_auditors import ours

LOG = VECTORS / "log"
ENTRIES = [
    json.loads(raw)
    for raw in audit.Audit(str(LOG)).entries(audit.parse_checkpoint((LOG / "checkpoint").read_text().partition("\n\n")[0] + "\n")[1])
]
PAYLOADS = [b64decode(entry["statement"]["payload"]) for entry in ENTRIES]
STATEMENTS = [json.loads(payload) for payload in PAYLOADS]


@pytest.fixture(scope="module")
def made() -> AdmittedLog:
    return corpus_log()


@pytest.fixture(scope="module")
def second() -> Any:
    """The second reader's log after the last entry."""
    reading = audit.Audit(str(LOG))
    report = reading.run()
    assert report["findings"] == []
    return reading.log


# --- frozen


def test_the_product_audits_the_corpus_clean() -> None:
    report = ours(LOG)
    assert report.findings == []
    assert report.size == len(ENTRIES)


def test_what_was_signed_once_stays() -> None:
    """Whatever becomes of rules and of the log's own records. ``make corpus`` adds to the list, nobody takes from it; one consent went on 30 November
    2026, before the first release: our matrix had asked for it, kinds §8 never did."""
    hashes = [audit.sha256(b"liandan/statement/v1\n" + audit.pae(audit.STATEMENT, payload)).hex() for payload in PAYLOADS]
    assert sorted(hashes) == sorted(frozen())


def test_the_script_writes_the_committed_bytes(made: AdmittedLog, tmp_path: Path) -> None:
    made.export(tmp_path)
    files = {file.relative_to(tmp_path): file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    committed = {file.relative_to(LOG): file.read_bytes() for file in LOG.rglob("*") if file.is_file()}
    assert files.keys() == committed.keys(), "make corpus"
    assert [str(name) for name in files if files[name] != committed[name]] == [], "make corpus: admissions differ"


def test_it_stays_small() -> None:
    assert sum(file.stat().st_size for file in LOG.rglob("*") if file.is_file()) < 1_000_000


# --- whole


def test_it_holds_every_kind() -> None:
    assert {statement["kind"] for statement in STATEMENTS} == set(KINDS.by_name), "a new kind needs a scene in tests/vectors/corpus"


def test_it_comes_to_every_stage(second: Any) -> None:
    """Every stage of the second reader's table, but those that only a later act leads to."""
    for chain_type in ("permit", "list", "approval", "manifest"):
        reached = {stage for chain, stage in second.stages.items() if chain.startswith(f"{chain_type}/")}
        known = {stage for kind in audit.KINDS.values() if kind.chain_type == chain_type for stage in kind.after} - {"="}
        assert known <= reached, chain_type


def test_it_takes_every_route_of_now() -> None:
    routes = {entry["admission"]["decision"].get("route") for entry in ENTRIES} - {None}
    assert routes == {"INTRA", "LISTED", "APPROVED", "OFF_LOG", "RETURN", "PILOT387", "EMERGENCY"}


def _bodies(kind: str) -> list[dict[str, Any]]:
    return [statement["body"] for statement in STATEMENTS if statement["kind"] == kind]


def _words(kind: str, field: str) -> set[str]:
    """Values of an enumeration that the published schema allows now."""
    schema = json.loads((audit.FORMATS / f"{kind.replace('/', '-')}.json").read_text(encoding="utf-8"))
    place = schema["$defs"][schema["$ref"].rpartition("/")[2]]["properties"][field]
    return set(place["enum"]) - set(place.get("x-later", ()))


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("manifest.issue/1", "type"),
        ("permit.grant/1", "class"),
        ("list.propose/1", "kind"),
        ("approval.decide/1", "outcome"),
        ("issuer.key/1", "use"),
    ],
)
def test_it_uses_every_word_of_the_great_enumerations(kind: str, field: str) -> None:
    assert _words(kind, field) - {"normal"} <= {body.get(field) for body in _bodies(kind)}


NOBODY_S = {"place.site", "fates.*.onward", "continues"}
"""A place on the way is nobody's site; what is sent on comes with ``lots``; no other log goes before."""


def _published(part: dict[str, Any], whole: dict[str, Any], path: str = "") -> Iterator[str]:
    """Paths of the fields that a schema allows now."""
    part = whole["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
    if "items" in part:
        yield from _published(part["items"], whole, f"{path}.*")
    for name, inner in part.get("properties", {}).items():
        if inner.get("x-later") is not True:
            yield f"{path}.{name}".removeprefix(".")
            yield from _published(inner, whole, f"{path}.{name}".removeprefix("."))


def _used(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _used(item, f"{path}.*")
    elif isinstance(value, dict):
        for name, item in value.items():
            yield f"{path}.{name}".removeprefix(".")
            yield from _used(item, f"{path}.{name}".removeprefix("."))


@pytest.mark.parametrize("kind", KINDS.by_name)
def test_it_fills_every_field_of_every_body(kind: str) -> None:
    """So that no field can be renamed, narrowed or dropped unseen."""
    schema = json.loads((audit.FORMATS / f"{kind.replace('/', '-')}.json").read_text(encoding="utf-8"))
    missing = set(_published(schema, schema)) - {path for body in _bodies(kind) for path in _used(body)}
    assert {path for path in missing if not path.startswith(tuple(NOBODY_S))} == set()


TAGS = "BACKFILL BY_AUTHORITY CARRIER_CHANGED DECISION_OFF_LOG DECLINED EXEMPT_TRANSPORT EXEMPT_USE FOREIGN LATE LOAD_UNILATERAL NO_ARRIVAL"
TAGS += " NO_DEPARTURE ON_BEHALF PLAN_OFF_LOG RECUT REFUSED_NO_REPLY SELF_STATED TRUNK_MOVED"


def test_it_shows_the_tags() -> None:
    """But those of later issues, and those that a role of this version cannot have (SIGNER_CLOSED)."""
    seen = {tag[0] for entry in ENTRIES for tag in entry["admission"]["decision"]["tags"]}
    assert set(TAGS.split()) <= seen
