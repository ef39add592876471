"""What acts wrote of a manifest beside its state, kept for corrections: register ``recorded:<manifest>/<act>``, written once by the act.

A correction says what stood in a field and what shall stand there (kinds §7), also of fields that no rule ever reads: insurance, notes, hazards.
The state is rewritten with every act and does not carry them; these registers are written once and read by corrections alone, so an act that
nobody corrects pays one small row. Registers are functions of earlier entries (kinds §1.5), so every auditor has them too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ledger.fields import CHECKS, DivisionCode, ShortText
from ledger.mass import format_mass, read_mass
from ledger.model import Facts
from ledger.times import format_at, parse_at
from manifests.case import cases_of
from manifests.model import Leg, ManifestState
from manifests.receipt import ReceivedLine
from signing.payload import parse
from signing.refusal import Refusal
from whitelist.transfer import Transfer


class Recorded(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What one act wrote: part 1 of the form, the words of a leg, or the lines of the receipt in their order."""

    issue: Transfer | None = None
    via: tuple[DivisionCode, ...] = ()
    crew: tuple[dict[str, str], ...] = ()
    seals: tuple[ShortText, ...] = ()
    received: tuple[ReceivedLine, ...] = ()


_IN_STATE = ("loaded.", "fates.", "times.")
is_at = CHECKS["at"]
PARTS = ("legs", "loaded", "received", "fates", "times")
"""Parts of a record that are no fields of the issue."""


def issue_key(trunk: str) -> str:
    """Where the issue is kept."""
    return f"recorded:{trunk}/issue"


def receipt_key(trunk: str) -> str:
    """Where the lines of the receipt are kept."""
    return f"recorded:{trunk}/receipt"


def leg_key(trunk: str, number: int) -> str:
    """Where the words of a leg are kept, if its act had any."""
    return f"recorded:{trunk}/leg{number}"


def leg_recorded(trunk: str, number: int, body: Any) -> Mapping[str, Recorded]:
    """The register of the leg that an act begins: only what the state does not carry, so nothing for most."""
    via, seals = getattr(body, "via", ()), getattr(body, "seals", ())
    if not (via or seals or body.crew):
        return {}
    return {leg_key(trunk, number): Recorded(via=via, crew=msgspec.to_builtins(body.crew), seals=seals)}


def recorded_keys(trunk: str, state: ManifestState) -> tuple[str, ...]:
    """Every register of a manifest."""
    receipt = () if state.times.received_s is None else (receipt_key(trunk),)
    return (issue_key(trunk), *(leg_key(trunk, number) for number in range(len(state.legs))), *receipt)


def record_of(facts: Facts, trunk: str) -> dict[str, Any]:
    """What stands on a manifest, as JSON values under the paths of kinds §8: what acts wrote, with every correction in force.

    Masses as texts, absent fields absent. Registers of :func:`recorded_keys`, the trunk and its cases must be loaded.
    """
    state: ManifestState = facts.state(trunk)
    cases = cases_of(facts, trunk)
    kept: Recorded = facts.get(issue_key(trunk))
    found: dict[str, Any] = _json(kept.issue)
    for name in ("number", "provincial_number"):
        if (known := getattr(state, name) or getattr(cases, name)) is not None:
            found[name] = known
        else:
            found.pop(name, None)  # lost since (manifests.numbers)
    found["legs"] = [_leg(leg, facts.get(leg_key(trunk, number))) for number, leg in enumerate(state.legs)]
    weighed = [state.lines[number] for number in state.loaded_order or range(len(state.lines))]
    found["loaded"] = [{"mass_t": format_mass(line.loaded_g)} for line in weighed if line.loaded_g is not None]
    found["fates"] = [
        {"mass_t": format_mass(fate.mass_g), "method": fate.method}
        | {name: value for name in ("done_on", "onward") if (value := getattr(fate, name)) is not None}
        for fate in state.fates
    ]
    times = {name: getattr(state.times, f"{name}_s") for name in ("departed", "arrived", "accepted")}
    found["times"] = {f"{name}_at": format_at(at_s) for name, at_s in times.items() if at_s is not None}
    receipt: Recorded | None = facts.get(receipt_key(trunk)) if state.times.received_s is not None else None
    found["received"] = [] if receipt is None else _json(receipt.received)
    for path, text in cases.overlay.items():
        if not path.startswith(_IN_STATE):  # there the state itself is the newest word
            put(found, path, read_value(text))
    return found


def _json(value: object) -> Any:
    """A value as JSON has it, with lists that can be written to."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _leg(leg: Leg, kept: Recorded | None) -> dict[str, Any]:
    words = {} if kept is None else _json(kept)
    waybill = {"waybill_no": leg.waybill_no} if leg.waybill_no else {}
    return {**words, "vehicle": _json(leg.vehicle), **waybill}


def at(record: Any, path: str) -> Any:
    """The value at a path, ``None`` where there is none."""
    for name in path.split("."):
        if isinstance(record, list):
            record = record[int(name)] if int(name) < len(record) else None
        else:
            record = None if record is None else record.get(name)
    return record


def put(record: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a path whose numbers exist; ``None`` takes it out, and the object that is then empty."""
    *way, last = path.split(".")
    inner: Any = record
    for name in way:
        inner = inner[int(name)] if isinstance(inner, list) else inner.setdefault(name, {})
    if value is None:
        inner.pop(last, None)
        if not inner and len(way) and not way[-1].isdecimal():
            put(record, ".".join(way), None)
    else:
        inner[last] = value


def read_value(text: str) -> Any:
    """The value of a field that travels as a text of JSON; ``None`` for the empty text. Refusal for what is no JSON of ours."""
    if not text:
        return None
    found = parse(b'{"value":' + text.encode() + b"}")
    if list(found) != ["value"]:
        raise Refusal([])
    return found["value"]


def write_value(value: Any) -> str:
    """The compact JSON of a value, the empty text for none: how ``was`` and ``now`` are written."""
    return "" if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def is_same(path: str, one: Any, other: Any) -> bool:
    """Whether two values of a field are one: masses by their grams, hazards as a set, times as moments (kinds §5, §7)."""
    if one is None or other is None:
        return one is other
    if path.endswith("_t") and isinstance(one, str) and isinstance(other, str):
        return read_mass(one) == read_mass(other) is not None or one == other
    if path.startswith("times.") and isinstance(one, str) and isinstance(other, str):
        return is_at(one) and is_at(other) and parse_at(one) == parse_at(other)
    if path.endswith(".hazards") and isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    return type(one) is type(other) and bool(one == other)


def issue_recorded(trunk: str, issue: Transfer) -> Mapping[str, Recorded]:
    """The register of an issue, without files and commitments, which are never corrected."""
    bare = replace(issue, files=(), commit={}) if issue.files or getattr(issue, "commit", None) else issue
    return {issue_key(trunk): Recorded(issue=bare)}
