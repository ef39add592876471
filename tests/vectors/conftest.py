"""Fixtures of the second reader's tests."""

from __future__ import annotations

import importlib
import json
import shutil
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from ledger.auditing import reading
from tests.vectors import second_reader


@pytest.fixture(params=["pure", "fast"])
def verifiers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both sets of verifiers must accept the same signatures."""
    for suite, verifier in second_reader.VERIFIERS[request.param].items():
        monkeypatch.setitem(second_reader.audit.VERIFIERS, suite, verifier)
    return str(request.param)


@pytest.fixture(scope="module")
def parsed_once() -> Iterator[None]:
    """Nearly all entries of some hundred forgeries are the same bytes, and what either auditor parses of them depends on nothing else. The
    second writes into what it has parsed, so each log has copies.
    """
    log = importlib.import_module("liandan_reader.log")
    parsed = lru_cache(4096)(log.read_entry)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "read_entry", lru_cache(4096)(reading.read_entry))
        patch.setattr(log, "read_entry", lambda raw: tuple(SimpleNamespace(**vars(part)) for part in parsed(raw)))
        yield


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A copy of the mini export, to be tampered with."""
    shutil.copytree(second_reader.VECTORS / "export", tmp_path / "export")
    return tmp_path / "export"


@pytest.fixture
def every_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every kind of the second reader's table is there, with any body where its schema is still to come."""
    audit = second_reader.audit
    (tmp_path / "formats").mkdir()
    for name in audit.KINDS:
        own = audit.FORMATS / f"{name.replace('/', '-')}.json"
        text = own.read_text(encoding="utf-8") if own.exists() else "{}"
        if not own.exists() or (name == "key.add/1" and "until" not in text) or (name[:4] in ("mani", "perm") and "files" not in text):
            text = json.dumps({"type": "object"})
        (tmp_path / "formats" / own.name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(importlib.import_module("liandan_reader.statements"), "_schemas", [audit.Schemas(tmp_path / "formats")])
