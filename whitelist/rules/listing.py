"""R-35, R-36, R-40: the receiving province's consent to a decision, line by line: a listing that holds for it, within the quota of its row.

R-35 and R-36 are judged once, by the decision [DESIGN]; issues and departures look at days and stops alone. A listing is advance consent; what it
does not cover needs the letter. Source: Order 23 Art. 25 [READ]; Code Art. 536.2 [READ]; 2020 mechanism 3, 4 [READ S6]; kinds §4, §15.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from ledger.directory import party_name
from ledger.mass import format_mass, tonnes
from ledger.model import Facts, Findings
from ledger.times import day_of
from signing.phrase import Word
from signing.refusal import texts
from whitelist import telling
from whitelist.approval import ApprovalState, DecisionLine, ListingRef
from whitelist.checked import Checked
from whitelist.fields import group_of
from whitelist.listing import Conditions, ListRow, ListState, is_use_only, list_at
from whitelist.quota import held_now, q1_account, returned_g


def listing_is_of_the_day(checked: Checked, out: Findings) -> None:
    """R-40: a listing of year Y serves departures in Y only, within the list's effective days. 2020 mechanism 1, 2 [READ S6]."""
    for path, _, decided in checked.decided_lines():
        listed = None if decided.listing is None else checked.lists.get(decided.listing.list)
        if listed is not None and decided.listing is not None:
            judge_departure_day(out, f"{path}.decision_line", decided.listing, listed, checked.day)


def judge_departure_day(out: Findings, field: str, ref: ListingRef, listed: ListState, day: str) -> None:
    """R-40 for the day of an issue or departure, one reason: APPROVAL_EARLY before the row begins, WL_YEAR after its list's year, WL_TERM after it."""
    own, first = {"list": ref.list, "day": day, "until": listed.effective_to}, listed.first_day(ref.row)
    if day < first:
        out.refuse("APPROVAL_EARLY", field, day, f"≥ {first}", "LIST", first=first, **own)
    elif int(day[:4]) != listed.year:
        out.refuse("WL_YEAR", field, day, listed.year, "DEPARTURE", year=str(listed.year), **own)
    elif day > listed.effective_to:
        out.refuse("WL_TERM", field, day, f"≤ {listed.effective_to}", "DEPARTURE", **own)


def listing_is_not_stopped(checked: Checked, out: Findings) -> None:
    """R-37: nothing is issued on a row that is suspended or removed at the moment of the event, unless its list stops decisions alone."""
    for path, _, decided in checked.decided_lines():
        listed = None if decided.listing is None else checked.lists.get(decided.listing.list)
        if listed is not None and decided.listing is not None:
            judge_stop(out, checked.facts, f"{path}.decision_line", decided.listing, listed, checked.event_s, "ISSUE")


def judge_stop(
    out: Findings,
    facts: Facts,
    field: str,
    ref: ListingRef,
    listed: ListState,
    at_s: int,
    act: Literal["DECIDE", "ISSUE", "DEPART", "PILOT"],
) -> None:
    """WL_SUSPENDED of a row that is stopped at a moment (Unix seconds): refused where the list's stops cover the act, else ALERT H."""
    status = listed.status_at(ref.row, at_s)
    if status == "ACTIVE":
        return
    changes = [change for change in listed.row_changes(ref.row) if change.at_s <= at_s and change.status == status]
    stop = changes[0] if status == "REMOVED" else changes[-1]
    own: dict[str, Word] = {
        "list": ref.list,
        "row": telling.nth(ref.row),
        "status": telling.word(status),
        "since": telling.minute(stop.at_s),
    }
    own |= {"by": party_name(facts, stop.by), "reason": stop.reason}
    if act in COVERED[listed.suspension_stops]:
        found = f"{ref.list} {ref.row}: {status}"
        if act in ("DECIDE", "PILOT"):
            out.refuse("WL_SUSPENDED", field, found, "ACTIVE", "DECIDE" if act == "DECIDE" else "PILOT", **own)
        else:
            out.refuse("WL_SUSPENDED", field, found, "ACTIVE", "ISSUE" if act == "ISSUE" else "DEPART", **own)
    else:
        out.alert("H", "WL_SUSPENDED", "GOES_ON", **own)


COVERED = {"decide": ("DECIDE", "PILOT"), "issue": ("DECIDE", "PILOT", "ISSUE"), "depart": ("DECIDE", "PILOT", "ISSUE", "DEPART")}
"""What a stop of a row stops, by the condition of its list (``suspension_stops``)."""


class GrantedLine(Struct, frozen=True, gc=False, kw_only=True):
    """A line as a decision would grant it: where it stands in the body, the application's line and its number, grams, its last day."""

    path: str
    number: int
    line: DecisionLine
    grams: int
    ends_on: str


class Deciding(Struct, frozen=True, gc=False):
    """A decision as lists see it: its chain, its application, and the moment (Unix seconds) at which it would be admitted."""

    chain: str
    state: ApprovalState
    at_s: int


def judge_listings(out: Findings, facts: Facts, asked: Deciding, grants: Iterable[GrantedLine]) -> dict[str, int]:
    """Change of each Q1 account were every line listed: what is committed, less what ended decisions give back.

    Reasons NO_CONSENT (no listing named), WL_… (it does not hold), WL_QUOTA (R-36).
    """
    state, today = asked.state, day_of(asked.at_s)
    commits: dict[str, int] = {}
    changes: dict[str, int] = {}
    for grant in grants:
        row = _judge_listing(out, facts, asked, grant, today)
        if row is None or grant.line.listing is None:
            continue
        account = q1_account(grant.line.listing.list, grant.line.listing.row)
        returned = returned_g(facts, account, today)
        before = facts.used_g(account) - returned + commits.get(account, 0)
        commits[account] = commits.get(account, 0) + grant.grams
        changes[account] = commits[account] - returned
        limit_g = limit_of_row(facts, grant.line.listing, today, {asked.chain: commits[account]})
        if before + grant.grams > limit_g:
            found = f"{format_mass(before)} + {format_mass(grant.grams)} t"
            masses = {
                "quota": tonnes(limit_g),
                "used": tonnes(before),
                "left": tonnes(limit_g - before),
                "this": tonnes(grant.grams),
            }
            own = {"list": grant.line.listing.list, "row": telling.nth(grant.line.listing.row), "receiver": row.receiver}
            authority = telling.authority(facts, state.destination)
            expected = f"≤ {format_mass(limit_g)} t"
            out.refuse("WL_QUOTA", f"{grant.path}.mass_t", found, expected, "LEFT", authority=authority, **masses, **own)
    return changes


def limit_of_row(facts: Facts, ref: ListingRef, day: str, more_g: Mapping[str, int]) -> int:
    """R-36: what may be committed on a row in all: its quota of the day and what was consented to beyond it.

    A consent for one application counts as far as that application fills it (kinds §15), with what it is to get, ``more_g``. So it gives room to
    nobody else, and the order of decisions does not matter.
    """
    listed = list_at(facts, ref.list)
    assert listed is not None, "the row is there"
    if not listed.row_life(ref.row).named:
        return listed.limit_g(ref.row, day, more_g)
    return listed.limit_g(ref.row, day, held_now(facts, q1_account(ref.list, ref.row), day) + Counter(more_g))


def _judge_listing(out: Findings, facts: Facts, asked: Deciding, grant: GrantedLine, today: str) -> ListRow | None:
    """The row if the log has it."""
    ref, field = grant.line.listing, f"{grant.path}.line"
    state = asked.state
    if ref is None:
        lacking = {"line": telling.nth(grant.number), "waste": f"{grant.line.name} {grant.line.code}", "stage": telling.word(state.stage)}
        out.refuse("NO_CONSENT", field, grant.number, "", "NONE", authority=telling.authority(facts, state.destination), **lacking)
        return None
    listed = list_at(facts, ref.list)
    row = None if listed is None else listed.row(ref.row)
    if listed is None or row is None:
        rows = 0 if listed is None else len(listed.rows)
        out.refuse("WL_UNKNOWN", field, f"{ref.list} {ref.row}", f"{rows}", "NONE", list=ref.list, row=str(ref.row), rows=str(rows))
        return None
    own: dict[str, Word] = {"list": ref.list, "row": telling.nth(ref.row), "authority": telling.authority(facts, state.destination)}
    if not listed.serves_decisions:
        if listed.kind == "pilot":
            out.refuse("WL_NOT_IN_FORCE", field, f"{listed.kind} {listed.status}", "mutual / unilateral, ACTIVE", "PILOT", **own)
        else:
            out.refuse("WL_NOT_IN_FORCE", field, f"{listed.kind} {listed.status}", "ACTIVE", "PROPOSED", **own)
    if not listed.leads(state.direction):
        ways = {"asked": telling.way(*state.direction), "listed": telling.way(listed.from_province, listed.to_province)}
        expected = f"{listed.from_province} → {listed.to_province}"
        out.refuse("WL_DIRECTION", field, " → ".join(state.direction), expected, "OTHER", **ways, **own)
    # A list of next year is lawful (L5 of the cases): the decision then begins with it, which issues and departures look at.
    last_day = max(today, grant.ends_on)
    if last_day > listed.effective_to:
        out.refuse("WL_TERM", field, last_day, f"≤ {listed.effective_to}", "DECISION", day=last_day, until=listed.effective_to, **own)
    elif today > listed.last_day(ref.row):
        ended = listed.last_day(ref.row)
        out.refuse("WL_TERM", field, today, f"≤ {ended}", "ENDED", until=ended, reason=listed.row_life(ref.row).end_reason, **own)
    if listed.status == "ACTIVE":
        judge_stop(out, facts, field, ref, listed, asked.at_s, "DECIDE")
    if state.receiver != row.receiver:
        out.refuse("WL_RECEIVER", field, state.receiver, row.receiver, "OTHER", asked=state.receiver, listed=row.receiver, **own)
    if state.root != row.root:
        out.refuse("WL_PERMIT", field, state.permit, row.permit, "OTHER", asked=state.permit, listed=row.permit, **own)
    if not row.waste.covers(grant.line.code):
        waste = f"{grant.line.name} {grant.line.code}"
        out.refuse("WL_SCOPE", field, grant.line.code, row.waste, "OTHER", waste=waste, scope=row.waste.told(), **own)
    use_only = is_use_only((listed.conditions, row.conditions))
    if grant.line.method not in row.methods or (use_only and group_of(grant.line.method) != "use"):
        may = [method for method in row.methods if not use_only or group_of(method) == "use"]
        ways = {"asked": telling.method(grant.line.method), "allowed": telling.methods(may)}
        out.refuse("WL_METHOD", field, grant.line.method, " / ".join(may) or "-", "OTHER", **ways, **own)
    return row


def conditions_of_listing(facts: Facts, line: DecisionLine) -> tuple[Conditions, ...]:
    """What list and row ask of whoever is decided on them."""
    listed = None if line.listing is None else list_at(facts, line.listing.list)
    return () if listed is None or line.listing is None else listed.conditions_of(line.listing.row)


TEXTS = texts("""
NO_CONSENT | R-35 | destination_authority | Order 23 Art. 25 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 25 [READ]; 固废法 Art. 82.2 [READ S2]
该行不在白名单上，也没有接受地省份的同意复函。 || 先发跨省转移商请函并取得同意复函，或只批准白名单上的行。
The line has neither a listing nor the receiving province's consent. || Consult by letter and wait for the reply, or grant listed lines only.

NO_CONSENT:NONE
申请第 {line}（{waste}）没有填写白名单行，申请现在是“{stage}”，也没有{authority}的同意复函。 || 先发跨省转移商请函，收到{authority}的同意复函后再决定；或者本次只批准有白名单的行，从 body.lines 去掉这一行。
Line {line} of the application ({waste}) names no listing, and the application is {stage}: there is no agreeing reply of {authority}. || Consult by letter and decide once {authority} has agreed; or grant listed lines only and leave this one out of body.lines.

CONSENT_REFUSED | R-35 | destination_authority | Order 23 Art. 25 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 25 [READ]; 固废法 Art. 82.2 [READ S2]
接受地省份已复函不同意。 || 作出不予批准的决定；情况改变的，由移出人重新申请。
The receiving province has disagreed. || Refuse the application; the generator may apply again.

CONSENT_REFUSED:LETTER
接受地省份已复函（{letter}，{day}）不同意。 || 作出不予批准的决定（approve 填 false，outcome 填 disagreed）；情况改变的，由移出人重新申请。
The receiving province has disagreed by letter ({letter}, {day}). || Decide to refuse (approve false, outcome disagreed); if things change, the generator applies again.

CONSENT_MASS | R-35 | destination_authority | Order 23 Art. 25 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 25 [READ]; 固废法 Art. 82.2 [READ S2]
批准数量大于接受地省份复函同意的数量。 || 不超过复函载明的该行数量，或再次商请。
The decided mass is above what the receiving province agreed to. || Grant no more than its reply says for the line.

CONSENT_MASS:LIMIT
第 {line}批准 {this} 吨，接受地省份的复函（{letter}）只同意 {limit} 吨。 || 把 {where}.mass_t 改为不超过 {limit} 吨；确需更多的，由移出人重新申请、再次商请。
Line {line} grants {this} t; the reply of the receiving province ({letter}) agrees to {limit} t. || Put at most {limit} t into {where}.mass_t; for more the generator applies again and the province is consulted anew.

WL_UNKNOWN | R-35 | sender | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
账本中没有这份白名单或这一行。 || 核对白名单链名和行号（从 0 起）。
The log has no such list or row. || Check the list and the row, counted from 0.

WL_UNKNOWN:NONE
账本中没有白名单 {list} 的第 {row} 行（从 0 起数；该名单在账本中有 {rows} 行）。 || 查询白名单行，核对申请中的名单链名和行号；名单没有入账的，由移出地、接受地主管部门先提出并联署，或者按商请函程序办理。
The log has no row {row} of list {list} (counted from 0; it holds {rows} rows). || Look the row up (GET /v1/listings) and check list and row of the application; a list that is not on the log is proposed and countersigned first, or go by letter.

WL_UNKNOWN:PILOT
账本中没有试点名单 {list} 的第 {row} 行（从 0 起数；该名单在账本中有 {rows} 行）。 || 查询白名单行（GET /v1/listings），改正 body.pilot；不是试点的，删除 body.pilot 并填写 approval。
The log has no row {row} of pilot list {list} (counted from 0; it holds {rows} rows). || Look it up (GET /v1/listings) and correct body.pilot; if this is no pilot, leave it out and name an approval.

WL_NOT_IN_FORCE | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]; formats §3 [DESIGN]
白名单尚未经两地主管部门共同签署生效。 || 由接受地主管部门联署后使用，或按商请函程序办理。
The list is not countersigned and not in force. || Wait for the countersignature, or go by letter.

WL_NOT_IN_FORCE:PROPOSED
白名单 {list} 已提出，但还没有联署生效。 || 请{authority}联署（list.countersign）后再决定，或者按商请函程序办理。
List {list} is proposed and not countersigned yet. || Ask {authority} to countersign it (list.countersign) and decide then, or go by letter.

WL_NOT_IN_FORCE:PILOT
白名单 {list} 是国家试点名单，不能作为批准决定的依据。 || 改用双方互认或者单方公布的白名单，或者按商请函程序办理。
List {list} is a national pilot list, on which no decision is given. || Use a mutual or unilateral list, or go by letter.

WL_NOT_IN_FORCE:NO_PILOT
名单 {list} 是{kind}名单，不是国家试点名单，不能直接据以转移。 || 删除 body.pilot，按该名单申请批准，批准后填写 approval。
List {list} is {kind}, no national pilot list: nothing moves on it without a decision. || Leave body.pilot out, apply for a decision on that list, and name it as approval.

WL_NOT_IN_FORCE:PILOT_PROPOSED
试点名单 {list} 已提出，但还没有联署生效。 || 等待联署（list.countersign）后再开具，或者申请批准。
Pilot list {list} is proposed and not countersigned yet. || Wait for the countersignature (list.countersign), or apply for a decision.

WL_DIRECTION | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单的方向与本次转移不符。 || 甲→乙的白名单不能用于乙→甲；使用本方向的白名单，或按商请函程序办理。
The list is for another direction. || Use a list of this direction, or go by letter.

WL_DIRECTION:OTHER
白名单 {list} 用于{listed}，这次转移是{asked}。 || 使用{asked}方向的白名单；没有的，按商请函程序办理。
List {list} is for {listed}; this transfer leads {asked}. || Use a list for {asked}; if there is none, go by letter.

WL_DIRECTION:PILOT
试点名单 {list} 用于{listed}，这次转移是{asked}。 || 使用{asked}方向的试点名单；没有的，删除 body.pilot，申请批准后填写 approval。
Pilot list {list} is for {listed}; this transfer leads {asked}. || Use a pilot list for {asked}; if there is none, leave body.pilot out and apply for a decision.

WL_DIRECTION:MUTUAL | sender
名单 {list} 的移出省填写为 00（各省），双方互认的名单必须是两个确定的省份。 || 链名中写明移出省，例如 list/2026-51-50-名称；对各省开放的，kind 改为 unilateral 或 pilot。
List {list} leads from 00, every province; a mutual list is between two. || Name the sending province in the chain, e.g. list/2026-51-50-<name>; or make it unilateral or pilot.

WL_RECEIVER | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单该行的接受单位与接受人不一致。 || 核对白名单行号。
The row is another receiver's. || Check the row.

WL_RECEIVER:OTHER
白名单 {list} 第 {row}是给{listed}的，申请的接受人是{asked}。 || 在白名单行中查找{asked}的行，由移出人按正确的行重新申请；没有的，按商请函程序办理。
Row {row} of list {list} is {listed}'s; the application is for {asked}. || Look for a row of {asked} (GET /v1/listings) and have the generator apply with it; if there is none, go by letter.

WL_RECEIVER:PILOT
试点名单 {list} 第 {row}是给{listed}的，这次的接受人是{asked}。 || 改正 body.pilot 的行号；试点名单没有{asked}的，申请批准后填写 approval。
Row {row} of pilot list {list} is {listed}'s; the receiver is {asked}. || Correct the row in body.pilot; if the list has none of {asked}, apply for a decision.

WL_PERMIT | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单该行的许可证与接受人的许可证不一致。 || 换证后由两地主管部门更新白名单，或按商请函程序办理。
The row is for another permit of the receiver. || Have the list amended, or go by letter.

WL_PERMIT:OTHER
白名单 {list} 第 {row}依据的许可证是 {listed}（或它的续证），申请填写的是 {asked}。 || 由移出人改填 {listed} 或它的续证重新申请；接受人换领了另一份许可证的，由两地主管部门更新白名单，或者按商请函程序办理。
Row {row} of list {list} stands on permit {listed} (or its renewal); the application names {asked}. || Have the generator apply with {listed} or its renewal; if the receiver has another permit now, both authorities amend the list, or go by letter.

WL_PERMIT:PILOT
试点名单 {list} 第 {row}依据的许可证是 {listed}（或它的续证），填写的是 {asked}。 || 把 body.permit 改为 {listed} 或它的续证；接受人换领了另一份许可证的，由名单双方变更名单（list.amend）。
Row {row} of pilot list {list} stands on permit {listed} (or its renewal); {asked} is named. || Put {listed} or its renewal into body.permit; if the receiver has another permit now, both sides amend the list (list.amend).

WL_SCOPE | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单该行不包含这个废物代码。 || 核对白名单行号，或按商请函程序办理。
The row does not cover this code. || Check the row, or go by letter.

WL_SCOPE:OTHER
白名单 {list} 第 {row}只含 {scope}，不含 {waste}。 || 查找包含该代码的行，由移出人按正确的行重新申请；没有的，按商请函程序办理。
Row {row} of list {list} covers {scope}, not {waste}. || Look for a row that covers it and have the generator apply with that; if there is none, go by letter.

WL_SCOPE:PILOT
{waste} 不能凭国家试点名单转移：试点只有废铅蓄电池（900-052-31）。 || 从这份联单去掉这一项，另行申请批准；全部都不是的，删除 body.pilot 并填写 approval。
{waste} does not move on a national pilot list, which is for lead batteries (900-052-31) alone. || Take the line out and apply for a decision on it; if none is of them, leave body.pilot out and name an approval.

WL_SCOPE:PILOT_ROW
试点名单 {list} 第 {row}只含 {scope}，不含 {waste}。 || 改正 body.pilot 的行号，或者申请批准后填写 approval。
Row {row} of pilot list {list} covers {scope}, not {waste}. || Correct the row in body.pilot, or apply for a decision.

WL_METHOD | R-35 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单该行不包含这种利用处置方式。 || 使用白名单载明的方式，或按商请函程序办理。
The row does not cover this method. || Use a method of the row, or go by letter.

WL_METHOD:OTHER
白名单 {list} 第 {row}核准的利用处置方式是 {allowed}，申请的是 {asked}。 || 由移出人按 {allowed} 重新申请；确要采用 {asked} 的，按商请函程序办理。
Row {row} of list {list} allows {allowed}; the application asks for {asked}. || Have the generator apply with {allowed}; for {asked} go by letter.

WL_METHOD:PILOT
试点名单 {list} 第 {row}核准的利用处置方式是 {allowed}，填写的是 {asked}。 || 改为 {allowed}；确要采用 {asked} 的，申请批准后填写 approval。
Row {row} of pilot list {list} allows {allowed}; {asked} is named. || Put {allowed}, or apply for a decision on {asked}.

WL_METHOD:USE_ONLY
决定或者复函限定仅限利用（use_only），而第 {line}的方式 {asked} 不是利用。 || 从 body.lines 去掉这一行，或者由移出人按利用方式（R、C2、C3）重新申请；不应限定的，删除 conditions.use_only。
The decision, or the reply, allows use alone (use_only), and method {asked} of line {line} is none. || Leave the line out of body.lines, or have the generator apply with a method of use (R, C2, C3); or leave conditions.use_only out.

WL_YEAR | R-40 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单只在本年度有效。 || 使用当年的白名单，或按商请函程序重新办理。
A list serves its own year only. || Use the list of the year, or go by letter.

WL_YEAR:DEPARTURE | origin_authority
批准所依据的白名单 {list} 只用于 {year} 年起运，转移之日是{day}。 || 起运必须在 {year} 年内；已经跨年的，作废未起运的联单，按新年度的白名单重新申请批准。日期填错的，改正后重新提交。
The list {list} on which the approval stands serves departures of {year} alone; the day of the transfer is {day}. || It has to depart in {year}; after the turn of the year void what has not departed and apply again on the new list. If a day is wrong, correct it and send again.

WL_YEAR:PROPOSAL | sender
{what} {day} 不在名单的年度 {year} 之内。 || 把 {where} 改为 {year} 年内的日期；年度填错的，改用另一条链名。
{what}, {day}, is not of the list's year {year}. || Put a day of {year} into {where}; or use another chain if the year is wrong.

WL_TERM | R-40 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
当日不在白名单的有效期间内。 || 在白名单有效期间内办理，或按商请函程序办理。
The day lies outside the list's effective days. || Act within them, or go by letter.

WL_TERM:DEPARTURE | origin_authority
批准所依据的白名单 {list} 到{until}为止，转移之日是{day}，已过期。 || 作废未起运的联单，按现行白名单或者商请函程序重新申请批准。日期填错的，改正后重新提交。
The list {list} on which the approval stands ended on {until}; the day of the transfer is {day}. || Void what has not departed and apply again, on the list in force or by letter. If a day is wrong, correct it and send again.

WL_TERM:DECISION
白名单 {list} 到{until}为止，而第 {row}上的批准要用到{day}。 || 把批准的有效期改到{until}或之前；需要更长的，按商请函程序办理。
List {list} ends on {until}; what is granted on its row {row} is to last to {day}. || Let the grant end on {until} or before; for longer go by letter.

WL_TERM:ENDED
白名单 {list} 第 {row}已由双方变更终止（理由：{reason}），最后可据以批准的一天是{until}。 || 查找现行的行，由移出人按该行重新申请；没有的，按商请函程序办理。已经作出的批准继续有效。
Row {row} of list {list} was ended by an amendment of both sides ({reason}); decisions were given on it until {until}. || Look for a row in force and have the generator apply with that; if there is none, go by letter. Decisions that were given stay in force.

WL_TERM:PILOT_ENDED
试点名单 {list} 第 {row}已由双方变更终止（理由：{reason}），最后一天是{until}。 || 使用现行的行，或者申请批准后填写 approval。
Row {row} of pilot list {list} was ended by an amendment of both sides ({reason}); its last day was {until}. || Use a row in force, or apply for a decision.

WL_SUSPENDED | R-37 | both_authorities | 省际“白名单”合作协议，如 2020 川渝 [READ S6]
白名单该行已暂停或者移出。 || 与名单双方主管部门联系；恢复后再办理，或者按商请函程序办理。已在途的车次照常运抵、接受。
The row of the list is suspended or removed. || Speak to the authorities of the list; go on once it is resumed, or go by letter. Loads on the road arrive and are received.

WL_SUSPENDED:DECIDE
白名单 {list} 第 {row}现在“{status}”（{since}起，{by}，理由：{reason}），不能据以批准。 || 由{by}与对方主管部门恢复（list.resume、list.confirm）后再决定，或者按商请函程序办理。
Row {row} of list {list} is {status} since {since} ({by}: {reason}): no decision is given on it. || Let {by} and the other side resume it (list.resume, list.confirm) and decide then, or go by letter.

WL_SUSPENDED:ISSUE
批准所依据的白名单 {list} 第 {row}在当时“{status}”（{since}起，{by}，理由：{reason}），按该名单的条件不得开具联单。 || 等待恢复后再开具，或者按商请函程序重新申请批准；已经起运的不受影响，照常运抵、接受。
Row {row} of list {list}, on which the approval stands, is {status} since {since} ({by}: {reason}); by the list's condition nothing is issued. || Wait until it is resumed, or apply again by letter; what has departed goes on and is received.

WL_SUSPENDED:PILOT
试点名单 {list} 第 {row}在当时“{status}”（{since}起，{by}，理由：{reason}），不能据以转移。 || 等待恢复（list.resume、list.confirm）后再开具，或者申请批准后填写 approval；已经起运的照常运抵、接受。
Row {row} of pilot list {list} is {status} since {since} ({by}: {reason}): nothing is issued on it. || Wait until it is resumed (list.resume, list.confirm), or apply for a decision; what has departed goes on and is received.

WL_SUSPENDED:DEPART
批准所依据的白名单 {list} 第 {row}在起运时“{status}”（{since}起，{by}，理由：{reason}），按该名单的条件不得起运。 || 不要起运：等待恢复后再起运，或者作废联单。暂停之前已经起运的，按实际起运时间照实补记，照常运抵、接受。
Row {row} of list {list}, on which the approval stands, was {status} at the departure, since {since} ({by}: {reason}); by the list's condition nothing departs. || Do not depart: wait until it is resumed, or void the manifest. What departed before the stop is entered with its true time, and goes on.

WL_SUSPENDED:GOES_ON
批准所依据的白名单 {list} 第 {row}现在“{status}”（{since}起，{by}，理由：{reason}）；按该名单的条件只停批准、开具，不停本行为。 || 不影响入账，主管部门会看到。
Row {row} of list {list}, on which the approval stands, is {status} since {since} ({by}: {reason}); by the list's condition that does not stop this act. || It is entered all the same, and the authorities see it.
""")
