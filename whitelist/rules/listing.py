"""R-35, R-36, R-40: the receiving province's consent to a decision, line by line: a listing that holds for it, within the quota of its row.

R-35 and R-36 are judged once, by the decision [DESIGN]; issues and departures look at days and stops alone. A listing is advance consent; what it
does not cover needs the letter. Source: Order 23 Art. 25 [READ]; Code Art. 536.2 [READ]; 2020 mechanism 3, 4 [READ S6]; kinds §4, §15.
"""

from collections.abc import Iterable

from msgspec import Struct

from ledger.mass import format_mass
from ledger.model import Facts, Findings
from signing.refusal import texts
from whitelist.approval import ApprovalState, DecisionLine
from whitelist.checked import Checked
from whitelist.fields import group_of
from whitelist.listing import Conditions, ListRow, ListState, is_use_only, list_at
from whitelist.quota import q1_account, returned_g


def listing_is_of_the_day(checked: Checked, out: Findings) -> None:
    """R-40: a listing of year Y serves departures in Y only, within the list's effective days. 2020 mechanism 1, 2 [READ S6]."""
    for path, _, decided in checked.decided_lines():
        listed = None if decided.listing is None else checked.lists.get(decided.listing.list)
        if listed is not None:
            judge_departure_day(out, f"{path}.decision_line", listed, checked.day)


def judge_departure_day(out: Findings, field: str, listed: ListState, day: str) -> None:
    """R-40 for the day of an issue or departure, one reason: APPROVAL_EARLY before the list begins, WL_YEAR after its year, WL_TERM after it."""
    if day < listed.effective_from:
        out.refuse("APPROVAL_EARLY", field, day, f"≥ {listed.effective_from}")
    elif int(day[:4]) != listed.year:
        out.refuse("WL_YEAR", field, day, listed.year)
    elif day > listed.effective_to:
        out.refuse("WL_TERM", field, day, f"≤ {listed.effective_to}")


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
    if state.receiver != row.receiver:
        out.refuse("WL_RECEIVER", field, state.receiver, row.receiver)
    if state.root != row.root:
        out.refuse("WL_PERMIT", field, state.permit, row.permit)
    if not row.waste.covers(grant.line.code):
        out.refuse("WL_SCOPE", field, grant.line.code, row.waste)
    use_only = is_use_only((listed.conditions, row.conditions))
    if grant.line.method not in row.methods or (use_only and group_of(grant.line.method) != "use"):
        out.refuse("WL_METHOD", field, grant.line.method, f"{' / '.join(row.methods)}{' (use_only)' if use_only else ''}")
    return row


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

WL_UNKNOWN | R-35 | sender | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
账本中没有这份白名单或这一行。 || 核对白名单链名和行号（从 0 起）。
The log has no such list or row. || Check the list and the row, counted from 0.

WL_NOT_IN_FORCE | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]; formats §3 [DESIGN]
白名单尚未经两地主管部门共同签署生效。 || 由接受地主管部门联署后使用，或按商请函程序办理。
The list is not countersigned and not in force. || Wait for the countersignature, or go by letter.

WL_DIRECTION | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单的方向与本次转移不符。 || 甲→乙的白名单不能用于乙→甲；使用本方向的白名单，或按商请函程序办理。
The list is for another direction. || Use a list of this direction, or go by letter.

WL_RECEIVER | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单该行的接受单位与接受人不一致。 || 核对白名单行号。
The row is another receiver's. || Check the row.

WL_PERMIT | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单该行的许可证与接受人的许可证不一致。 || 换证后由两地主管部门更新白名单，或按商请函程序办理。
The row is for another permit of the receiver. || Have the list amended, or go by letter.

WL_SCOPE | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单该行不包含这个废物代码。 || 核对白名单行号，或按商请函程序办理。
The row does not cover this code. || Check the row, or go by letter.

WL_METHOD | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单该行不包含这种利用处置方式。 || 使用白名单载明的方式，或按商请函程序办理。
The row does not cover this method. || Use a method of the row, or go by letter.

WL_YEAR | R-40 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单只在本年度有效。 || 使用当年的白名单，或按商请函程序重新办理。
A list serves its own year only. || Use the list of the year, or go by letter.

WL_TERM | R-40 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
当日不在白名单的有效期间内。 || 在白名单有效期间内办理，或按商请函程序办理。
The day lies outside the list's effective days. || Act within them, or go by letter.
""")
