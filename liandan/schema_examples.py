"""One whole example of everything that is published as a schema, taken from the frozen corpus: nothing is written twice.

``tests/vectors/liandan-v1/`` holds small logs that a writer of its own has made; the first statement of a kind there is the example of its
kind. Read when schemas are generated, in a checkout; what is served carries the examples inside.
"""

import json
from base64 import b64decode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from ledger.registrations.form import NEEDED, code_digest
from ledger.times import format_at, parse_at

VECTORS = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "liandan-v1"
LOGS = ("acts", "log", "log-closed")
"""In this order: the log of acts has bodies that the rules admit, the other two hold kinds of the log itself."""
_SHOWN = "manifest.issue/1"


@cache
def read_log(name: str) -> Any:  # JSON
    """A small log of the corpus, as its file has it."""
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def _entries() -> Iterator[dict[str, Any]]:
    for name in LOGS:
        for item in read_log(name)["entries"]:
            yield decoded(item["entry"])


def decoded(text: str) -> dict[str, Any]:
    """The JSON object behind base64."""
    found: dict[str, Any] = json.loads(b64decode(text))
    return found


def statement_in(entry: dict[str, Any]) -> dict[str, Any]:
    """The decoded statement of an entry."""
    return decoded(entry["statement"]["payload"])


@cache
def statements() -> dict[str, dict[str, Any]]:
    """First statement of each kind, by kind."""
    found: dict[str, dict[str, Any]] = {}
    for entry in _entries():
        statement = statement_in(entry)
        found.setdefault(statement["kind"], statement)
    return found


def body(kind: str) -> dict[str, Any] | None:
    """The example of a kind's body; ``None`` for a kind that the corpus does not hold yet."""
    found = statements().get(kind)
    return None if found is None else found["body"]


@cache
def fixed() -> dict[str, Any]:
    """Examples of what is no body, by the name of its schema."""
    entry = next(one for one in _entries() if statement_in(one)["kind"] == _SHOWN)
    refused = statements()["log.refusals/1"]["body"]["items"][0]
    party = statements()["party.register/1"]
    signer, at = entry["statement"]["signatures"][0]["keyid"], entry["admission"]["at"]
    return {
        "envelope": entry["statement"],
        "statement": statement_in(entry),
        "admission": entry["admission"],
        "entry": entry,
        "refusal": {name: refused[name] for name in ("statement", "codes", "size", "at")},
        "login": {
            "origin": read_log(LOGS[0])["origin"],
            "audience": "https://liandan.example",
            "nonce": statements()["log.found/1"]["body"]["nonce"],
            "keyid": signer,
            "not_after": format_at(parse_at(at) + 3600),
            "scope": ["read", "post"],
        },
        "registration": {
            "found": read_log(LOGS[0])["found"],
            "uscc": party["chain"].rpartition("/")[2],
            "at": party["at"],
            "code_sha256": code_digest("MFRG GZDF MZTW Q2LK NNWG 23TP OBYX E43U"),
            "body": party["body"],
            "commit": {field: sha256(field.encode()).hexdigest() for field in NEEDED},
        },
        "thresholds": json.loads((VECTORS / "data" / "thresholds.json").read_text(encoding="utf-8")),
    }
