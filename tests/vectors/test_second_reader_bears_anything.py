"""Whatever bytes a hostile operator serves, the second auditor reports findings: it never ends in a traceback."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.mutation import damaged
from tests.sample import sample
from tests.vectors.second_reader import audit, read, unb64
from tests.vectors.test_acts import data

LOG = read("acts")
RAWS = [unb64(item["entry"]) for item in LOG["entries"]]
NOTES = [item["note"].encode() for item in LOG["checkpoints"]]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths to every value inside a JSON document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, item in inner for place in _places(item, (*path, name)))]


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with(copy[path[0]], path[1:], new)
    return copy


def _file(digest: str) -> bytes | None:
    """A data file as an export has it: ``None`` for one that nobody adopted."""
    return data(digest) if digest in {*LOG["files"].values(), *LOG["data"]} else None


def _read(raws: list[bytes], note: bytes) -> None:
    log = audit.Log(_file)
    for raw in raws:
        log.add(raw)
    log.attempt("checkpoint", log.checkpoint, note)
    json.dumps(log.findings)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_damaged_entries_and_notes_are_findings(chance: st.DataObject) -> None:
    at = chance.draw(st.integers(0, len(RAWS) - 1))
    raws = [*RAWS[:at], chance.draw(damaged(RAWS[at]) | st.binary(max_size=80)), *RAWS[at + 1 : at + 4]]
    _read(raws, chance.draw(st.sampled_from(NOTES).flatmap(damaged) | st.binary(max_size=80)))


@settings(max_examples=sample(80), deadline=None)
@given(st.data())
def test_any_json_in_any_place_is_a_finding(chance: st.DataObject) -> None:
    """In the admission, the envelope, or the signed body, whose signature then fails: all checks run to their end."""
    at = chance.draw(st.integers(0, len(RAWS) - 1))
    entry = json.loads(RAWS[at])
    if chance.draw(st.booleans()):
        body = json.loads(b64decode(entry["statement"]["payload"]))
        body = _with(body, chance.draw(st.sampled_from(_places(body)[1:])), chance.draw(VALUES))
        entry["statement"]["payload"] = b64encode(audit.encode(body)).decode()
    else:
        entry = _with(entry, chance.draw(st.sampled_from(_places(entry)[1:])), chance.draw(VALUES))
    try:
        raw = audit.encode(entry)
    except UnicodeEncodeError:  # a lone surrogate has no bytes
        return
    _read([*RAWS[:at], raw, *RAWS[at + 1 : at + 4]], NOTES[-1])
