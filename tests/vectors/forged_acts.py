"""A hostile operator's changes of what was done: bodies out of form, acts out of order, grams, registers and accounts that do not add up."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.vectors.forger import Forgery, acts, bodies, body_with, setting, story
from tests.vectors.forgeries import TAKING, act_with, appended, row


def body_field(path: str, value: Any) -> Callable[[Any], Any]:
    """Sets a field deep in the body."""
    return lambda act: replace(act, body=setting(path, value)(json.loads(json.dumps(act.body))))


def _row(account: str) -> dict[str, Any]:
    return {"account": account, "before_g": 0, "after_g": 1}


def _without_row(admission: Any, position: int) -> Any:
    del admission["decision"]["accounts"][position]
    return admission


def _one_gram_more(admission: Any) -> Any:
    """Linked in good order to the last touch by the void."""
    touched = {"prev_index": admission["index"] - 5, "before_g": 5_600_000, "after_g": 5_600_001}
    admission["decision"]["accounts"] = [{"account": f"Q3 {acts.PERMIT}", **touched}]
    return admission


def _reply_at_once(act: Any) -> Any:
    answer = {"letter_no": "1", "letter_date": "2026-11-02", "agree": True}
    return replace(act, kind="approval.reply/1", body=answer, by=story.signers("chongqing"))


def _applied_again(act: Any) -> Any:
    return replace(act, kind="approval.apply/1", body=bodies.apply(story.RECEIVER, acts.PERMIT), by=story.signers("generator"))


def _verified_early(act: Any) -> Any:
    return replace(act, kind="manifest.verify/1", body={}, by=story.signers("generator"))


def _disposed_on_the_way(act: Any) -> Any:
    fates = [{"line": 0, "method": "R4", "mass_t": "1.000000"}]
    return replace(act, kind="manifest.dispose/1", body={"fates": fates}, by=story.signers("receiver"))


def _arrived_again(act: Any) -> Any:
    return replace(act, kind="manifest.arrive/1", body={"place": bodies.PLANT}, by=(TAKING,))


def _line_twice(act: Any) -> Any:
    return replace(act, body=act.body | {"lines": act.body["lines"] * 2})


def _row_twice(act: Any) -> Any:
    return replace(act, body=act.body | {"rows": act.body["rows"] * 2})


def _case(log: Any, number: str, manifest: str, last: str, seq: int) -> None:
    """A number for a manifest, its act ``seq`` known, at the end of the log."""
    hashes = [log.hashes[index] for index, entry in enumerate(log.entries) if _chain_of(entry) == manifest]
    chain = manifest.replace("manifest/", "case/") + f"/{acts.ULID}{last}"
    body = {"number": number, "trunk": {"seq": seq, "hash": hashes[seq]}}
    appended("case.number", chain, body, story.signer("generator"), facts=[manifest], tags=[["TRUNK_MOVED"]][seq:])(log)


def _chain_of(entry: bytes) -> str:
    return str(json.loads(b64decode(json.loads(entry)["statement"]["payload"]))["chain"])


def _number_again(log: Any) -> None:
    _case(log, "20265101000009", acts.MANIFEST, "42", 0)


def _number_of_another(log: Any) -> None:
    _case(log, "20265101000001", acts.VOIDED, "43", 0)


def _case_behind(log: Any) -> None:
    _case(log, "20265101000009", acts.VOIDED, "43", 1)


FORGED_ACTS = [
    Forgery("an unknown field in a permit", "permit.suspend", act=body_with(more=1)),
    Forgery("a field missing in a manifest", "manifest.issue", act=body_with(receiver=None)),
    Forgery("a number where a text belongs", "manifest.void", act=body_with(reason=7)),
    Forgery("a word that no enumeration has", "list.propose", act=body_with(kind="plain")),
    Forgery("a code of another category", "manifest.issue", act=body_field("lines.0.category", "HW49")),
    Forgery("a manifest of the sea", "manifest.issue", act=body_with(mode="sea")),
    Forgery("a commitment under a person's name", "manifest.depart", act=body_with(commit={"Driver": "0" * 64})),
    Forgery("a field whose rules come later", "manifest.depart", act=body_with(licence=f"licence/{story.CARRIER}/{acts.ULID}92")),
    Forgery("an emergency manifest that names no emergency", "manifest.issue", act=body_with(type="emergency")),
    Forgery("a permit resumed that is not suspended", "permit.suspend", act=act_with(kind="permit.resume/1")),
    Forgery("a permit suspended twice", "permit.resume", act=act_with(kind="permit.suspend/1")),
    Forgery("another page of a list", "list.rows", act=body_with(page=1)),
    Forgery("more rows than announced", "list.rows", act=_row_twice),
    Forgery("another digest countersigned", "list.countersign", act=body_with(rows_hash="0" * 64)),
    Forgery("a reply that nobody asked for", "approval.consult", act=_reply_at_once),
    Forgery("applied again while it is open", "approval.consult", act=_applied_again),
    Forgery("decided twice", "approval.decide", 1, act=act_with(chain=acts.CONSULTED), admission=setting("facts.0.0", acts.PERMIT)),
    Forgery("voided under way", grow=appended("manifest.void", acts.MANIFEST, {"reason": "x"}, story.signer("generator"))),
    Forgery("verified before everything has a fate", "manifest.dispose", act=_verified_early),
    Forgery("disposed of on the way", "manifest.arrive", act=_disposed_on_the_way),
    Forgery("arrived twice", "manifest.receive", act=_arrived_again),
    Forgery("a leg that is not there", "manifest.arrive", act=body_with(leg=7)),
    Forgery("a fate beyond what was accepted", "manifest.dispose", act=body_field("fates.0.mass_t", "5.570001")),
    Forgery("a fate of another line", "manifest.dispose", act=body_field("fates.0.line", 1)),
    Forgery("accepted and refused at once", "manifest.receive", act=body_field("lines.0.refused_t", "1.000000")),
    Forgery("rejected and accepted", "manifest.receive", act=body_field("lines.0.opinion", "reject")),
    Forgery("a line received twice", "manifest.receive", act=_line_twice),
    Forgery("a line that is not in the manifest", "manifest.receive", act=body_field("lines.0.line", 1)),
    Forgery("loaded lines that are not all", "manifest.depart", act=body_field("loaded.0.line", 1)),
    Forgery("a label of another form", "manifest.depart", act=body_field("gate.labels.0", "1")),
    Forgery("a number given twice", grow=_number_again),
    Forgery("the same number on a second manifest", grow=_number_of_another),
    Forgery("TRUNK_MOVED where it stood still", "case.number", admission=setting("decision.tags", [["TRUNK_MOVED"]])),
    Forgery("a case that was behind and does not say so", grow=_case_behind),
    Forgery("RECUT without a cut", "permit.suspend", admission=setting("decision.tags", [["RECUT"]])),
    Forgery("what was cut comes again unmarked", "manifest.verify", 1, admission=setting("decision.tags", [])),
    Forgery("FOREIGN at home", "permit.suspend", admission=setting("decision.tags", [["FOREIGN"]])),
    Forgery("an account moved by an amendment", "permit.amend", admission=setting("decision.accounts", [_row(f"Q3 {acts.PERMIT}")])),
    Forgery("an account moved by an arrival", "manifest.arrive", admission=_one_gram_more),
    Forgery("an account moved by a letter", "approval.consult", admission=setting("decision.accounts", [_row(f"Q1 {acts.LIST} 0")])),
    Forgery("another row committed", "approval.decide", 2, admission=row(0, account=f"Q1 {acts.LIST} 1")),
    Forgery("more drawn than declared", "manifest.issue", admission=row(0, after_g=5_600_001)),
    Forgery("nothing drawn from the decision", "manifest.issue", admission=lambda a: _without_row(a, 0)),
    Forgery("less settled than accepted", "manifest.receive", admission=row(1, after_g=5_569_999)),
    Forgery("a void that keeps the quota", "manifest.void", admission=setting("decision.accounts", [])),
]
