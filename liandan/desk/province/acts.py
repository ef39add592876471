"""What an office signs on lists and applications, prepared: each act filled in with what the log knows, as the commands of the terminal do.

Pure: from answers to acts. Whether one is open, and whose it is, the kinds say (``offering``).
"""

from __future__ import annotations

from typing import Any

import msgspec

from liandan.desk.province.offering import DeskAct
from manifests.listed.answers import PreparedReport
from whitelist.answers import ApprovalAnswer
from whitelist.list_answers import ListAnswer, PendingListAct

_TEXT = "—"
DECISIONS = {"grant": ("批准", "Approve"), "refuse": ("不予批准", "Refuse")}
REPLIES = {"agree": ("复函同意", "Reply: agreed"), "disagree": ("复函不同意", "Reply: not agreed")}


def letter(day: str) -> dict[str, Any]:
    """What stands in for a letter while an act is judged."""
    return {"letter_no": _TEXT, "letter_date": day}


def application_acts(found: ApprovalAnswer, day: str, latest: str = "") -> list[DeskAct]:
    """Everything that an authority of either side may do about an application or a decision, on a day; ``latest``: until when it can be granted."""
    chain = found.approval

    def act(key: str, kind: str, **more: Any) -> DeskAct:
        return DeskAct(key=key, kind=f"approval.{kind}/1", chain=chain, **more)

    granted = [{"line": line.line, "mass_t": line.applied_t} for line in found.lines]
    standing = [line.line for line in found.lines if line.status == "ACTIVE"]
    stopped = [line.line for line in found.lines if line.status == "SUSPENDED"]
    return [
        act("accept", "accept"),
        act(
            "grant", "decide", title=DECISIONS["grant"], hidden=frozenset({"approve"}), sample={"no": _TEXT},
            known={"approve": True, "valid_to": min(found.applied_to, latest or found.applied_to), "lines": granted},
        ),
        act(
            "refuse", "decide", title=DECISIONS["refuse"], hidden=frozenset({"approve"}), asked=frozenset({"outcome", "reason"}),
            known={"approve": False}, sample={"no": _TEXT, "outcome": _outcome(found), "reason": _TEXT},
        ),
        act("consult", "consult", sample=letter(day)),
        act("agree", "reply", title=REPLIES["agree"], hidden=frozenset({"agree", "reason"}), known={"agree": True}, sample=letter(day)),
        act(
            "disagree", "reply", title=REPLIES["disagree"], hidden=frozenset({"agree"}), asked=frozenset({"reason"}), known={"agree": False},
            sample={**letter(day), "reason": _TEXT},
        ),
        act("notice", "notice", sample={"deficiencies": (_TEXT,)}),
        *([act("suspend", "suspend", sample={"reason": _TEXT})] if standing else []),
        *([act("resume", "resume", sample={"reason": _TEXT})] if stopped else []),
        *([act("revoke", "revoke", sample={"reason": _TEXT})] if standing or stopped else []),
    ]  # fmt: skip


def _outcome(found: ApprovalAnswer) -> str:
    """A refusal that is in order at its stage: a kind judges the form by it."""
    return {"disagreed": "disagreed", "noticed": "incomplete"}.get(found.stage, "not_qualified")


def list_acts(found: ListAnswer, day: str, report: PreparedReport | None = None) -> list[DeskAct]:
    """What an authority may do about a list as a whole; rows have their own (:func:`row_acts`)."""
    chain = found.list

    def act(key: str, kind: str, **more: Any) -> DeskAct:
        return DeskAct(key=key, kind=f"list.{kind}/1", chain=chain, **more)

    acts = [
        act("resume", "resume", sample={**letter(day), "reason": _TEXT}),
        act("remove", "remove", sample={**letter(day), "reason": _TEXT}),
    ]
    if found.status == "PROPOSED" and found.rows_hash is not None:
        acts = [
            act("countersign", "countersign", known={"rows_hash": found.rows_hash}, hidden=frozenset({"rows_hash"}), sample=letter(day))
        ]
    if report is not None:
        rows = msgspec.to_builtins(report.rows)
        acts.append(act("report", "report", known={"rows": rows}, sample={**letter(day), "environment": _TEXT}))
    return acts


def confirmations(found: ListAnswer, day: str) -> list[tuple[PendingListAct, DeskAct]]:
    """The confirmation of each act that waits for the other side."""
    return [
        (
            one,
            DeskAct(
                key=f"confirm-{one.act[:16]}", kind="list.confirm/1", chain=found.list, known={"act": one.act}, hidden=frozenset({"act"}),
                sample=letter(day),
            ),
        )
        for one in found.pending
    ]  # fmt: skip


def row_acts(chain: str, row: int | None, day: str) -> list[DeskAct]:
    """What befalls a row, or every row, of a list in force."""
    known = {} if row is None else {"row": row}
    whole = {**letter(day), "reason": _TEXT}
    shared = {"chain": chain, "known": known, "hidden": frozenset({"row"})}
    found = [DeskAct(key=kind, kind=f"list.{kind}/1", sample=whole, **shared) for kind in ("suspend", "resume", "remove")]  # type: ignore[arg-type]
    if row is not None:
        sample = {**letter(day), "extra_t": "1", "asked_no": _TEXT, "asked_date": day}
        found.append(DeskAct(key="exceed", kind="list.exceed_consent/1", sample=sample, **shared))  # type: ignore[arg-type]
    return found


def amendment(chain: str, body: dict[str, Any], day: str) -> DeskAct:
    """A change of a list in force, as it was worked out or typed; why a row ends is the signer's to say."""
    sample = letter(day) if "effective_from" in body else {"effective_from": day, **letter(day)}
    if "end" in body:
        sample["end"] = [{**one, "reason": _TEXT} for one in body["end"]]
    hidden = frozenset({"rows_hash", *(("add", "quota", "end.*.row") if body else ())})
    return DeskAct(key="amend", kind="list.amend/1", chain=chain, known=body, sample=sample, hidden=hidden)


def emergency_acts(chain: str, day: str) -> list[DeskAct]:
    """What an authority does about an emergency that is declared."""
    return [
        DeskAct(key="join", kind="emergency.join/1", chain=chain, sample=letter(day)),
        DeskAct(key="close", kind="emergency.close/1", chain=chain, known={"closed_on": day}, sample={"summary": _TEXT}),
    ]


def incident_acts(chain: str, day: str) -> list[DeskAct]:
    """What the authority of the place does about an incident."""
    return [DeskAct(key="close", kind="incident.close/1", chain=chain, known={"closed_on": day}, sample={"finding": _TEXT})]
