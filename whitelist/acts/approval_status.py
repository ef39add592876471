"""``approval.suspend/1``, ``approval.resume/1``, ``approval.revoke/1``: a decision stops and goes on, whole or line by line; revoked is final.

A suspension or revocation is a stop: from its admission on nothing is issued on the line and nothing departs under it; what left before goes on
(kinds §1.3). A suspended line keeps its grams of the listing's yearly quota, a revoked one holds only what its manifests hold (kinds §1.6).
Source: Order 23 Art. 28(3) [READ]: who no longer meets the conditions applies anew; 行政许可法 Art. 69, 70 [RECALL]; kinds §4.
"""

from collections.abc import Mapping
from functools import partial
from typing import Annotated

from msgspec import Struct, field
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Reads
from ledger.fields import Commitments as PersonalData
from ledger.fields import File, Text, items, label
from ledger.model import Admission, Facts, Findings, Statement
from whitelist import telling
from whitelist.approval import ApprovalState, LineStatus, approval_act, at_stage, authority_of_origin
from whitelist.fields import LineNumber
from whitelist.quota import Commitments, commitments, q1_account, q1_key

_AFTER: Mapping[str, LineStatus] = {"approval.suspend/1": "SUSPENDED", "approval.resume/1": "ACTIVE", "approval.revoke/1": "REVOKED"}
_BEFORE: Mapping[str, tuple[LineStatus, ...]] = {
    "approval.suspend/1": ("ACTIVE",),
    "approval.resume/1": ("SUSPENDED",),
    "approval.revoke/1": ("ACTIVE", "SUSPENDED"),
}


class ApprovalChange(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``approval.suspend/1``, ``approval.resume/1`` and ``approval.revoke/1``."""

    reason: Annotated[Text, label("理由", "reason")]
    lines: Annotated[tuple[LineNumber, ...], items(1, 64), label("批准行号", "lines of the decision, from 0")] = ()
    """Absent: all to which the act can be done."""
    file: Annotated[File | None, label("附件", "attachment")] = None
    commit: PersonalData = field(default_factory=dict)


def _concerned(statement: Statement, state: ApprovalState) -> list[int]:
    """Numbers of the lines that change."""
    if statement.body.lines:
        return list(statement.body.lines)
    return [number for number, line in state.granted() if line.status in _BEFORE[statement.kind]]


def lines_allow_it(judged: Judged, out: Findings) -> None:
    """Each line that is named was granted, stands once, and has the status that this act needs: APPROVAL_LINE; no line at all: APPROVAL_STAGE."""
    state: ApprovalState = judged.state
    allowed = _BEFORE[judged.statement.kind]
    if not _concerned(judged.statement, state):
        own = {"stage": telling.word(state.stage), "allowed": telling.words(allowed)}
        out.refuse("APPROVAL_STAGE", "kind", state.stage, " / ".join(allowed), "NO_LINE", **own)
    known: set[int] = set()
    for position, number in enumerate(judged.statement.body.lines):
        at, line = f"body.lines.{position}", state.line(number)
        if line is None or number in known:
            granted = " / ".join(str(found) for found, _ in state.granted())
            out.refuse("APPROVAL_LINE", at, number, granted, "GRANTED", no=state.no, line=telling.nth(number), granted=granted)
        elif line.status not in allowed:
            own = {"no": state.no, "line": telling.nth(number), "status": telling.word(line.status), "allowed": telling.words(allowed)}
            out.refuse("APPROVAL_LINE", at, line.status, " / ".join(allowed), "STATUS", **own)
        known.add(number)


def _listings(statement: Statement, facts: Facts) -> dict[str, list[int]]:
    """Accounts of the listings on which the lines were given that are revoked, each with its lines."""
    state: ApprovalState | None = facts.state(statement.chain)
    found: dict[str, list[int]] = {}
    for number in [] if state is None else _concerned(statement, state):
        line = state.line(number) if state is not None else None
        if line is not None and line.listing is not None:
            found.setdefault(q1_account(line.listing.list, line.listing.row), []).append(number)
    return found


def _reads_listings(statement: Statement, facts: Facts) -> Reads:
    return Reads(registers=tuple(map(q1_key, _listings(statement, facts))))


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    before: ApprovalState = facts.state(statement.chain)
    lines, status = list(before.lines), _AFTER[statement.kind]
    for number in _concerned(statement, before):
        lines[number] = lines[number].after(status, admission)
    return Changes(state=before.with_stops(tuple(lines)))


def _evolve_revoke(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """And what the lines hold of their listings ends with them; the next decision on the listing settles it (kinds §1.6)."""
    ended: dict[str, Commitments] = {}
    for account, numbers in _listings(statement, facts).items():
        held = commitments(facts, account).open
        ours = (one.decision == statement.chain and one.line in numbers for one in held)
        marked = tuple(replace(one, ends_on="") if ends else one for one, ends in zip(held, ours, strict=True))
        ended[q1_key(account)] = Commitments(marked)
    return replace(_evolve(statement, admission, facts), registers=ended)


_change = partial(
    approval_act, body=ApprovalChange, roles=("origin's authority",), signers=authority_of_origin, rules=(lines_allow_it,), evolve=_evolve
)
SUSPEND = _change(
    name="approval.suspend/1",
    zh="暂停批准",
    en="suspension of a decision",
    gate=at_stage("approved"),
    effect=(
        "所列各行（未列的为全部）暂停：自入账起不得凭它开具和起运；已起运的继续，额度不退。",
        "The lines named, or all, are suspended: from the admission on nothing is issued on them and nothing departs; loads under way go on.",
    ),
)
RESUME = _change(
    name="approval.resume/1",
    zh="恢复批准",
    en="resumption of a decision",
    gate=at_stage("approved", "suspended"),
    effect=("所列各行（未列的为全部暂停的行）恢复有效。", "The lines named, or all that are suspended, stand again."),
)
REVOKE = _change(
    name="approval.revoke/1",
    zh="撤销批准",
    en="revocation of a decision",
    reads=_reads_listings,
    reads_doc="The registers of the listings on which the revoked lines were given.",
    gate=at_stage("approved", "suspended"),
    evolve=_evolve_revoke,
    effect=(
        "所列各行（未列的为全部）终止，不可恢复；全部撤销的，批准终止。经白名单的，该行不再占用额度，只计其联单已用的数量。",
        "The lines named, or all, end for ever, and with the last of them the decision; of a listing they hold only what their manifests hold.",
    ),
)
