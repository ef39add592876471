"""The auditor, loaded from its file as an outsider has it, and the vectors it is held against."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from copy import deepcopy
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

AUDITOR = Path(__file__).resolve().parents[2] / "docs" / "auditor" / "liandan_audit.py"
VECTORS = Path(__file__).parent / "liandan-v1"
READER = ("strict", "sm3", "signatures", "notes", "kinds", "schema", "statements", "parties", "roles", "lists", "custody", "log")


def _load() -> tuple[SimpleNamespace, ModuleType]:
    """The names of the auditor's modules in one space, and the program that checks proofs."""
    sys.path.insert(0, str(AUDITOR.parent))
    try:
        modules = [import_module(name) for name in (*(f"liandan_reader.{name}" for name in READER), "liandan_audit")]
        proofs = import_module("liandan_proof")
    finally:
        sys.path.remove(str(AUDITOR.parent))
    return SimpleNamespace(**{name: value for module in modules for name, value in vars(module).items()}), proofs


audit, proof = _load()
VERIFIERS = {"pure": dict(audit.VERIFIERS)}
audit.use_fast_libraries()
VERIFIERS["fast"] = {suite: lru_cache(16_384)(verifier) for suite, verifier in audit.VERIFIERS.items()}
audit.VERIFIERS.update(VERIFIERS["fast"])
"""Of a hundred forgeries of one log nearly all signatures are those of the log; whether one holds depends on nothing else."""


def read(name: str) -> Any:
    """A vector file."""
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def unb64(text: str) -> bytes:
    """Bytes of a vector."""
    return base64.b64decode(text, validate=True)


def refused(stage: str) -> list[Any]:
    """The inputs of a stage that must be refused, as test parameters."""
    return [pytest.param(case, id=f"{stage}: {case['name']}") for case in read(f"refused/{stage}")]


def code_of(check: Callable[..., Any], *arguments: Any) -> str:
    """The code with which a check refuses."""
    with pytest.raises(audit.Bad) as caught:
        check(*arguments)
    return str(caught.value.code)


def acceptable(case: dict[str, Any]) -> set[str]:
    """The codes that will do for a refused input."""
    return {case["code"], case.get("either", case["code"])}


def parse_envelope(raw: bytes) -> Any:
    """A posted envelope: the format's strict JSON, at most 64 KiB."""
    return audit.read_envelope(audit.strict_json(raw, 64 * 1024, "ENVELOPE_TOO_LARGE"))


def replay(name: str, size: int) -> Any:
    """The auditor's log after the first entries of a vector log."""
    vector = read(name.removesuffix(".json"))
    beside = {sha: (VECTORS / file).read_bytes() for file, sha in vector.get("files", {}).items()}
    log = audit.Log(({sha: unb64(raw) for sha, raw in vector["data"].items()} | beside).get)
    for entry in vector["entries"][:size]:
        log.add(unb64(entry["entry"]))
    assert log.findings == []
    return log


def replayed(name: str, size: int) -> Any:
    """The same to go on from, with the verifiers at hand: some hundred cases begin at the same few sizes."""
    return deepcopy(_kept(name, size))


_kept = cache(replay)
