"""R-35, R-36: the receiving province's consent to a decision, line by line: a listing that holds for it, within the quota of its row.

Judged once, by the decision [DESIGN]; issues and departures look at days and stops alone. A listing is advance consent; what it does not cover
needs the letter. Source: Order 23 Art. 25 [READ]; Code Art. 536.2 [READ]; 2020 mechanism 3, 4 [READ S6]; kinds §4, §15.
"""

from collections.abc import Iterable

from msgspec import Struct

from ledger.admission.facts import Facts
from ledger.findings import Findings
from ledger.mass import format_mass
from signing.refusal import texts
from whitelist.approval import ApprovalState, DecisionLine
from whitelist.commitment import returned_g
from whitelist.conditions import Conditions, is_use_only
from whitelist.listing import ListRow, ListState, list_at
from whitelist.methods import group_of
from whitelist.quota import q1_account


class GrantedLine(Struct, frozen=True, kw_only=True):
    """A line as a decision would grant it: where it stands in the body, the application's line and its number, grams, its last day."""

    path: str
    number: int
    line: DecisionLine
    grams: int
    ends_on: str


def judge_listings(out: Findings, facts: Facts, state: ApprovalState, grants: Iterable[GrantedLine], today: str) -> dict[str, int]:
    """Change of each Q1 account were every line listed: what is committed, less what ended decisions give back.

    Reasons NO_CONSENT (no listing named), WL_… (it does not hold), WL_QUOTA (R-36).
    """
    commits: dict[str, int] = {}
    changes: dict[str, int] = {}
    for grant in grants:
        row = _judge_listing(out, facts, state, grant, today)
        if row is None or grant.line.listing is None:
            continue
        account = q1_account(grant.line.listing.list, grant.line.listing.row)
        returned = returned_g(facts, account, today)
        before = facts.used_g(account) - returned + commits.get(account, 0)
        commits[account] = commits.get(account, 0) + grant.grams
        changes[account] = commits[account] - returned
        if before + grant.grams > row.quota_g:
            found = f"{format_mass(before)} + {format_mass(grant.grams)} t"
            out.refuse("WL_QUOTA", f"{grant.path}.mass_t", found, f"≤ {format_mass(row.quota_g)} t")
    return changes


def _judge_listing(out: Findings, facts: Facts, state: ApprovalState, grant: GrantedLine, today: str) -> ListRow | None:
    """The row if the log has it."""
    ref, field = grant.line.listing, f"{grant.path}.line"
    if ref is None:
        out.refuse("NO_CONSENT", field, grant.number, "a listing, or the agreeing reply of the receiving province")
        return None
    listed = list_at(facts, ref.list)
    row = None if listed is None else listed.row(ref.row)
    if listed is None or row is None:
        out.refuse("WL_UNKNOWN", field, f"{ref.list} {ref.row}", "a row of a list in the log")
        return None
    if not listed.serves_decisions:
        out.refuse("WL_NOT_IN_FORCE", field, f"{listed.kind} {listed.status}", "countersigned by both authorities; no pilot list")
    if not listed.leads(state.direction):
        out.refuse("WL_DIRECTION", field, " → ".join(state.direction), f"{listed.from_province} → {listed.to_province}")
    # A list of next year is lawful (L5 of the cases): the decision then begins with it, which issues and departures look at.
    last_day = max(today, grant.ends_on)
    if last_day > listed.effective_to:
        out.refuse("WL_TERM", field, last_day, f"≤ {listed.effective_to}")
    _judge_row(out, field, state, grant.line, listed, row)
    return row


def _judge_row(out: Findings, field: str, state: ApprovalState, line: DecisionLine, listed: ListState, row: ListRow) -> None:
    if state.receiver != row.receiver:
        out.refuse("WL_RECEIVER", field, state.receiver, row.receiver)
    if state.root != row.root:
        out.refuse("WL_PERMIT", field, state.permit, row.permit)
    if not row.waste.covers(line.code):
        out.refuse("WL_SCOPE", field, line.code, row.waste)
    use_only = is_use_only((listed.conditions, row.conditions))
    if line.method not in row.methods or (use_only and group_of(line.method) != "use"):
        out.refuse("WL_METHOD", field, line.method, f"{' / '.join(row.methods)}{' (use_only)' if use_only else ''}")


def conditions_of_listing(facts: Facts, line: DecisionLine) -> tuple[Conditions, ...]:
    """What list and row ask of whoever is decided on them."""
    listed = None if line.listing is None else list_at(facts, line.listing.list)
    if listed is None or line.listing is None:
        return ()
    row = listed.row(line.listing.row)
    return tuple(found for found in (listed.conditions, None if row is None else row.conditions) if found is not None)


TEXTS = texts("""
NO_CONSENT | R-35 | destination_authority | Order 23 Art. 25 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 25 [READ]; 固废法 Art. 82.2 [READ S2]
该行不在白名单上，也没有接受地省份的同意复函。 || 先发跨省转移商请函并取得同意复函，或只批准白名单上的行。
The line has neither a listing nor the receiving province's consent. || Consult by letter and wait for the reply, or grant listed lines only.

CONSENT_REFUSED | R-35 | destination_authority | Order 23 Art. 25 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 25 [READ]; 固废法 Art. 82.2 [READ S2]
接受地省份已复函不同意。 || 作出不予批准的决定；情况改变的，由移出人重新申请。
The receiving province has disagreed. || Refuse the application; the generator may apply again.

CONSENT_MASS | R-35 | destination_authority | Order 23 Art. 25 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 25 [READ]; 固废法 Art. 82.2 [READ S2]
批准数量大于接受地省份复函同意的数量。 || 不超过复函载明的该行数量，或再次商请。
The decided mass is above what the receiving province agreed to. || Grant no more than its reply says for the line.
""")
