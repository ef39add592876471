"""``python -m tests.problem_examples`` writes ``liandan/pages/examples.json``: for each code one real refusal and, where a field alone was wrong,
the value that would have been right.

Nothing is made up: the refused inputs of ``tests/vectors/liandan-v1/refused`` are judged as the log does, and compared with the good acts of the
same kind. ``tests/liandan/test_pages.py`` compares the file with this.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ledger.admission.admit import admit, apply
from ledger.admission.form import read_body
from ledger.admission.statement import read_statement
from ledger.model import Moment
from ledger.times import parse_at
from liandan.wiring import KINDS
from signing.envelope import PAYLOAD_STATEMENT, parse_envelope
from signing.payload import parse
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal
from tests.vectors.second_reader import read, unb64
from tests.vectors.test_acts import RULESET, good_bodies, replayed, submitted

PAGE = Path(__file__).parents[1] / "liandan/pages/examples.json"
SHOWN_MAX = 120
"""Characters of a value on a page; a longer one teaches nothing by its tail."""
OPERATORS = ("log.", "issuer.", "witness.", "ruleset.", "data.")
"""How kinds begin that the operator alone signs."""
UNREADABLE = ("spki", "pop", "hash", "sig")
"""Fields whose values say nothing to a reader's eye."""


def _act(case: dict[str, Any]) -> None:
    facts, moment_s = replayed(case["size"]), parse_at(case["now"])
    for number, raw in enumerate([*case["before"], case["raw"]]):
        entry = admit(submitted(unb64(raw)), facts, Moment(case["size"] + number, moment_s, RULESET), lambda size: None)
        apply(entry, KINDS.by_name[entry.statement.kind], facts)


def _statement(case: dict[str, Any]) -> None:
    read_statement(parse_envelope(unb64(case["raw"]), payload_type=PAYLOAD_STATEMENT), KINDS)


STAGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "body": lambda case: read_body(json.loads(unb64(case["raw"])), KINDS.by_name[case["kind"]].body),
    "act": _act,
    "statement": _statement,
    "envelope": lambda case: parse_envelope(unb64(case["raw"]), payload_type=PAYLOAD_STATEMENT),
    "payload": lambda case: parse(unb64(case["raw"])),
}


def _reasons(stage: str, case: dict[str, Any]) -> tuple[Reason, ...]:
    try:
        STAGES[stage](case)
    except Refusal as refusal:
        return refusal.reasons
    return ()


def _body(stage: str, case: dict[str, Any]) -> tuple[str, Any]:
    """(kind, body) of a refused input; empty where it has none."""
    if stage == "body":
        return case["kind"], json.loads(unb64(case["raw"]))
    if stage != "act":
        return "", None
    fields = json.loads(unb64(json.loads(unb64(case["raw"]))["payload"]))
    return fields["kind"], fields["body"]


def _at(body: Any, path: str) -> Any:
    """The value at a dotted path; ``None`` where there is none."""
    for part in path.split("."):
        if isinstance(body, list) and part.isdigit() and int(part) < len(body):
            body = body[int(part)]
        elif isinstance(body, dict) and part in body:
            body = body[part]
        else:
            return None
    return body


def _shown(value: Any) -> str:
    text = str(value) if isinstance(value, str | Phrase) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_MAX else f"{text[: SHOWN_MAX - 1]}…"


def _examples() -> Iterator[tuple[str, dict[str, str]]]:
    good: dict[str, list[Any]] = {}
    for kind, body in good_bodies():
        good.setdefault(kind, []).append(body)
    for stage in STAGES:
        for case in read(f"refused/{stage}"):
            kind, body = _body(stage, case)
            for reason in _reasons(stage, case):
                found = {"kind": kind, "field": reason.field, "found": _shown(reason.found), "expected": _shown(reason.expected)}
                path = reason.field.removeprefix("body.")
                wrong = _at(body, path)
                rights = [right for other in good.get(kind, ()) if (right := _at(other, path)) is not None and right != wrong]
                if wrong is not None and rights and path.rpartition(".")[2] not in UNREADABLE and not isinstance(rights[0], dict | list):
                    found |= {"wrong": _shown(wrong), "right": _shown(rights[0])}
                yield reason.code, {name: value for name, value in found.items() if value}


def examples() -> dict[str, dict[str, str]]:
    """By code the example that says most: one with a right value, else one that says what was found and expected; among several that of an
    act which more people do than the operator.
    """
    best: dict[str, dict[str, str]] = {}
    for code, example in _examples():
        if code not in best or _worth(example) > _worth(best[code]):
            best[code] = example
    return dict(sorted(best.items()))


def _worth(example: dict[str, str]) -> int:
    """What one of everybody's says in two words weighs more than one of the operator's that has a kind and a field besides."""
    return len(example) - 2 * example.get("kind", "").startswith(OPERATORS)


def text() -> str:
    """The file."""
    return json.dumps(examples(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
