"""Drafts and templates of manifests: a body of ``manifest.issue/1`` as far as it is filled in. Pure.

A draft is made from a template, from an earlier manifest, from a line of a decision or from a row of a spreadsheet. Whatever it is made from, what
belongs to one load alone (number, time, mass, packs) is left for whoever fills it in.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Literal

from msgspec import Struct

from whitelist.answers import ApprovalAnswer, ApprovalLineAnswer, PermitAnswer

DRAFTS_MAX, TEMPLATES_MAX, BODY_MAX = 200, 100, 200_000
"""Of one party; bytes of one body."""
OF_ONE_LOAD = frozenset(
    {"number", "provincial_number", "planned_at", "trip_id", "pre_notice", "returns", "paper", "meters", "files", "commit", "type"}
)
"""What the next load has anew; an emergency or a back-fill is no pattern for the next load."""
OF_ONE_LINE = frozenset({"mass_t", "packs", "pieces", "lots"})
SortOfDraft = Literal["draft", "template"]


class KeptDraft(Struct, frozen=True, kw_only=True):
    """One that is kept."""

    id: str
    party: str
    sort: SortOfDraft
    title: str
    body: dict[str, Any]
    planned: str
    """``planned_at`` of the body, by which drafts stand in order; empty where nobody has said."""
    origin: str
    changed_s: int
    changed_by: str
    """Keyid."""


def pattern_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """What the next load of the same route takes over from a manifest."""
    found = {name: deepcopy(value) for name, value in body.items() if name not in OF_ONE_LOAD}
    found["lines"] = [{name: value for name, value in line.items() if name not in OF_ONE_LINE} for line in found.get("lines", [])]
    return found


def from_decision(
    approval: ApprovalAnswer, line: ApprovalLineAnswer, permit: PermitAnswer | None, origin: Mapping[str, Any]
) -> dict[str, Any]:
    """What a line of a decision says of every load on it."""
    body: dict[str, Any] = {
        "receiver": approval.receiver,
        "permit": approval.permit if permit is None else permit.permit,
        "approval": approval.approval,
        "consignor": "generator",
        "mode": "road",
        "lines": [
            {
                "name": line.name,
                "code": line.code,
                "category": line.category,
                "hazards": list(line.hazards),
                "method": line.method,
                "decision_line": line.line,
            }
        ],
    }
    if origin:
        body["origin"] = dict(origin)
    if permit is not None:
        body["destination"] = {"division": permit.division, "address": permit.address} | ({"site": permit.site} if permit.site else {})
    return body


def on_decision(body: Mapping[str, Any], approval: str, number: int, name: str) -> dict[str, Any]:
    """The same load on a line of another decision: every line of the code that the decision line is for."""
    found = deepcopy(dict(body))
    found["approval"] = approval
    for line in found.get("lines", []):
        line["decision_line"] = number
        line["name"] = name
    return found


def asked_of(draft_body: Mapping[str, Any], generator: str) -> dict[str, Any]:
    """A draft as the check asks about it: what only a signed act has is left out."""
    return {name: value for name, value in draft_body.items() if name != "commit"} | {"generator": generator}


def planned_of(body: Mapping[str, Any]) -> str:
    """The planned time of a body; empty where there is none."""
    found = body.get("planned_at", "")
    return found if isinstance(found, str) else ""
