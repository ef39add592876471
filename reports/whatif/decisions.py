"""Decisions in both worlds: which by letter would have been listed, and which on the list would have needed a letter, line by line.

Every entry is judged as if all before it had happened as in the log, under the rows of the draft: what was decided on a row counts on its quota
whether it still fits or not (what does not fit goes by letter and consent, R-36), and what the log decided on the list comes first; a decision by
letter becomes a listed one only in what all these leave. So a greater quota never stops what a smaller one let go.
Rules: R-32, R-35, R-36, R-37, as ``whitelist.rules.listing`` has them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.admission.personality import Kind
from ledger.mass import parse_mass, read_mass
from ledger.model import Account, Facts, Findings, account_key
from ledger.times import day_of, days_after, parse_admission_at
from reports.whatif.compare import DraftedList
from reports.whatif.model import CAUSES, Cause, Outcome, RowUse, TriedDecision, TriedLine
from reports.whatif.other import OtherFacts, Rows
from signing.refusal import Reason
from whitelist.acts.decide import ApprovalDecide, latest_valid_to
from whitelist.approval import ApprovalState, DecisionLine, ListingRef
from whitelist.checked import LISTED
from whitelist.fields import group_of
from whitelist.listing import Conditions, complete_within_days, list_at
from whitelist.permit import permit_at
from whitelist.quota import Commitment, Commitments, q1_account, q1_key, settle_commitments
from whitelist.rules.listing import Deciding, GrantedLine, conditions_of_listing, judge_listings, limit_of_row
from whitelist.transfer import Transfer
from whitelist.workdays import workdays_of

WAITED_IN_VAIN = ("disagreed", "no_reply")
"""Refusals that a listing would have spared: the other province said no, or nothing."""
_CAUSES: dict[str, Cause] = {
    "WL_QUOTA": "quota", "WL_SUSPENDED": "suspended", "WL_SCOPE": "scope", "WL_METHOD": "method", "WL_TERM": "term", "WL_YEAR": "term",
    "WL_UNKNOWN": "row_missing", "NO_CONSENT": "row_missing", "WL_RECEIVER": "row_missing", "WL_PERMIT": "row_missing",
    "WL_DIRECTION": "row_missing", "WL_NOT_IN_FORCE": "not_in_force",
}  # fmt: skip


class _Tried(Struct, frozen=True):
    """A decision as one world would judge it."""

    state: ApprovalState  # Its lines on the rows that this world has for them.
    grants: list[GrantedLine]
    reasons: dict[int, list[Reason]]  # By line.
    changes: dict[str, int]  # Of Q1 accounts.

    @property
    def is_listed(self) -> bool:
        return not any(self.reasons.values())


class Masses(Struct, frozen=True):
    """What a decision grants: by line, grams and last day."""

    chain: str
    decided_on: str
    at_s: int  # Unix seconds of its admission.
    by_line: Mapping[int, tuple[int, str]]
    at_most: str  # The last day that R-32 leaves, conditions of lists aside.

    @property
    def today(self) -> str:
        """The day of its admission."""
        return day_of(self.at_s)


class Decisions:
    """Follows the decisions on the drafted list, and those by letter that it might have spared."""

    def __init__(self, draft: DraftedList, facts: Facts, other: OtherFacts, ahead: Counter[int]) -> None:
        """``ahead``: grams that the log will still decide on each row of the draft by listing; they come first."""
        self._draft, self._facts, self._other = draft, facts, other
        self._ahead, self._extra = ahead, Counter[int]()
        self._rows = Rows.drafted(draft)
        self._there: dict[str, dict[int, _Stands]] = {}  # By decision and line: what stands otherwise there.
        self.took: list[tuple[str, str, tuple[str, str], int]] = []
        """Of every decision that approved: route, day, direction, working days."""
        self.tried: dict[str, TriedDecision] = {}
        self.used = {pair.number: RowUse() for pair in draft.pairs}
        self.was_used = {pair.number: RowUse() for pair in draft.pairs}
        for pair in draft.pairs:  # What the log has on them was decided on its own rows.
            account = q1_account(draft.chain, pair.number)
            other.put(account_key(account), Account(0, 0))
            other.put(q1_key(account), Commitments())

    @property
    def chain(self) -> str:
        """The drafted list."""
        return self._draft.chain

    def stands(self, approval: str | None) -> bool:
        """Whether a decision stands on the drafted list, in one world or the other."""
        return approval in self._there

    def row_for(self, transfer: Transfer) -> ListingRef | None:
        """The row of a drafted pilot list on which a transfer would move; the one that it names where none would take it."""
        permit = None if transfer.permit is None else permit_at(self._facts, transfer.permit)
        line, root = transfer.lines[0], "" if permit is None else permit.root
        return self._rows.place(transfer.pilot, transfer.receiver, root, line.code, line.method) or transfer.pilot

    def before(self, entry: Entry, kind: Kind) -> None:
        """Judge an act on an application in both worlds, before the log takes it."""
        statement = entry.statement
        if isinstance(statement.body, ApprovalDecide):
            self._decide(entry, statement.body)
        elif (lines := self._there.get(statement.chain)) is not None:
            # What fits no longer counts on its row all the same, and is given back like the rest.
            state: ApprovalState = self._facts.state(statement.chain)
            whole, placed = OtherFacts(self._other), list(state.lines)
            for number, there in lines.items():
                placed[number] = replace(placed[number], listing=there.listing)
            whole.put_state(statement.chain, self._facts, replace(state, lines=tuple(placed)))
            for key, value in kind.evolve(statement, entry.admission, whole).registers.items():
                if key.startswith(f"q1:{self._draft.chain} "):
                    self._other.put(key, value)

    def after(self, entry: Entry) -> None:
        """Follow the log's own state, and its accounts."""
        chain = entry.statement.chain
        if (lines := self._there.get(chain)) is not None:
            state: ApprovalState = self._facts.state(chain)
            mixed = (lines[number].over(line) if number in lines else line for number, line in enumerate(state.lines))
            self._other.put_state(chain, self._facts, replace(state, lines=tuple(mixed)))
        day, prefix = day_of(parse_admission_at(entry.admission.at)), f"Q1 {self._draft.chain} "
        for row in entry.admission.decision.accounts:
            if row.account.startswith(prefix):
                number = int(row.account.removeprefix(prefix))
                _note(self.was_used[number], row.after_g, _quota_g(self._facts, self._draft.chain, number, day), day)
                if not isinstance(entry.statement.body, ApprovalDecide):
                    self._other.add_g(row.account, row.after_g - row.before_g)

    # --- one decision ------------------------------------------------------------------------------------------------------------

    def _decide(self, entry: Entry, body: ApprovalDecide) -> None:
        chain, route = entry.statement.chain, entry.admission.decision.route or ""
        state: ApprovalState = self._facts.state(chain)
        masses = self._masses(body, state, chain, parse_admission_at(entry.admission.at))
        if masses is None:
            return
        # As days on a list against days by letter are counted everywhere (whitelist.clocks): from the first application.
        first, last = date.fromisoformat(state.course.first_on or state.applied_on), date.fromisoformat(masses.decided_on)
        workdays = workdays_of(self._facts).between(first, last).workdays
        if body.approve:
            self.took.append((route, masses.decided_on, state.direction, workdays))
        there = self._try(self._other, self._rows, state, masses)
        if not any(
            ref is not None and ref.list == self._draft.chain for ref in (line.listing for line in (*there.state.lines, *state.lines))
        ):
            return  # on other lists, or on none there and here
        outcome: Outcome = "same"
        if route == LISTED:
            lines = tuple(self._line(there, grant) for grant in there.grants)
            outcome = "same" if all(line.cause is None for line in lines) else "slower"
            self._commit(chain, there, lines, masses)
        else:
            is_spared = self._is_spared(there, state, masses)
            outcome = "same" if not is_spared else "faster" if body.approve else "freed"
            lines = tuple(_tried_line(self._draft, grant, grant.grams if is_spared else 0) for grant in there.grants)
        if route == LISTED or outcome == "faster":
            self._stand(chain, state, there, lines, is_listed=route == LISTED)
        self.tried[chain] = TriedDecision(
            chain=chain, no=body.no, day=masses.decided_on, route=route, outcome=outcome, origin=state.origin, destination=state.destination,
            generator=entry.statement.owner, receiver=state.receiver, lines=lines,
            workdays=workdays,
        )  # fmt: skip

    def _masses(self, body: ApprovalDecide, state: ApprovalState, chain: str, at_s: int) -> Masses | None:
        """What it grants; of a refusal for want of consent what was applied for, until the last day that R-32 leaves."""
        decided_on, permit = body.decided_on or day_of(at_s), permit_at(self._facts, state.permit)
        bound = [found for found in (body.conditions, None if state.reply is None else state.reply.conditions) if found is not None]
        at_most = latest_valid_to(decided_on, state.applied_to, state.applied_to if permit is None else permit.valid_to, bound)
        if body.approve:
            granted = {line.line: (parse_mass(line.mass_t), line.valid_to or body.valid_to or "") for line in body.lines}
            return Masses(chain, decided_on, at_s, granted, at_most)
        if body.outcome not in WAITED_IN_VAIN:
            return None
        return Masses(chain, decided_on, at_s, {number: (line.applied_g, at_most) for number, line in enumerate(state.lines)}, at_most)

    def _try(self, facts: Facts, rows: Rows, state: ApprovalState, masses: Masses) -> _Tried:
        """The decision on the rows of a world, each line good as long as list and conditions let it."""
        lines, grants = list(state.lines), list[GrantedLine]()
        for number, (grams, stated) in sorted(masses.by_line.items()):
            line, ends_on = lines[number], stated
            place = rows.place(line.listing, state.receiver, state.root, line.code, line.method)
            if is_capped(conditions_of_listing(self._facts, line), masses.decided_on, ends_on):
                ends_on = max(ends_on, masses.at_most)  # It ended so early for the list's sake alone.
            lines[number] = line = replace(line, listing=place)
            last = _last_day(facts, line, masses.decided_on, ends_on)
            grants.append(GrantedLine(path=f"lines.{number}", number=number, line=line, grams=grams, ends_on=last))
        out = Findings()
        changes = judge_listings(out, facts, Deciding(masses.chain, replace(state, lines=tuple(lines)), masses.at_s), grants)
        reasons: dict[int, list[Reason]] = {grant.number: [] for grant in grants}
        for reason in out.reasons:
            reasons[int(reason.field.split(".")[1])].append(reason)
        for grant in grants:
            if not reasons[grant.number] and grant.ends_on < masses.decided_on:
                reasons[grant.number].append(Reason("APPROVAL_TERM"))
        return _Tried(replace(state, lines=tuple(lines)), grants, reasons, changes)

    def _line(self, there: _Tried, grant: GrantedLine) -> TriedLine:
        reasons, fits_g = there.reasons[grant.number], 0
        cause = _cause(self._other, grant, reasons) if reasons else None
        if cause is None:
            fits_g = grant.grams
        elif [reason.code for reason in reasons] == ["WL_QUOTA"]:  # What is left would go on the list, the rest by letter.
            left = str(reasons[0].places["left"])
            fits_g = 0 if left.startswith("-") else min(read_mass(left) or 0, grant.grams)
        return _tried_line(self._draft, grant, fits_g, cause, tuple(reason.code for reason in reasons))

    def _is_spared(self, there: _Tried, state: ApprovalState, masses: Masses) -> bool:
        """Whether the draft would have spared the letter, where the list in force could not."""
        here = self._try(self._facts, Rows.of(self._draft.chain, list_at(self._facts, self._draft.chain)), state, masses)
        if here.is_listed or not there.is_listed:
            return False
        room, asked = OtherFacts(self._other), Counter[int]()
        for grant in there.grants:
            if (row := _row_of(self._draft, grant)) is not None:
                asked[row] += grant.grams
        for row in asked:
            room.add_g(q1_account(self._draft.chain, row), self._ahead[row] + self._extra[row])
        if not self._try(room, self._rows, state, masses).is_listed:
            return False
        self._extra.update(asked)
        for row, grams in asked.items():
            use = self.used[row]
            use.freed_g += grams
            _note(use, use.committed_g, _quota_g(self._other, self._draft.chain, row, masses.today), masses.today)
        return True

    def _commit(self, chain: str, there: _Tried, lines: tuple[TriedLine, ...], masses: Masses) -> None:
        """It counts on its rows, whether it fits or not."""
        added: dict[int, list[Commitment]] = {}
        for grant in there.grants:
            if (row := _row_of(self._draft, grant)) is not None:
                ends_on = masses.by_line[grant.number][1]
                added.setdefault(row, []).append(Commitment(decision=chain, line=grant.number, held_g=grant.grams, ends_on=ends_on))
                self._ahead[row] -= grant.grams
        for row, new in added.items():
            account = q1_account(self._draft.chain, row)
            register = settle_commitments(self._other, account, masses.today, tuple(new))
            self._other.add_g(account, there.changes.get(account, 0))
            self._other.put(q1_key(account), register)
            use = self.used[row]
            over_g = sum(line.grams - line.fits_g for line in lines if line.row == row and line.cause == "quota")
            use.unmet_g += over_g
            if over_g and not use.over_on:
                use.over_on = masses.today
            _note(use, self._other.used_g(account), _quota_g(self._other, self._draft.chain, row, masses.today), masses.today)

    def _stand(self, chain: str, state: ApprovalState, there: _Tried, lines: tuple[TriedLine, ...], *, is_listed: bool) -> None:
        """What its lines are there from now on."""
        self._there[chain] = {
            grant.number: _Stands(
                listing=grant.line.listing if is_listed else None,
                mass_g=line.fits_g if is_listed else None,
                valid_to=grant.ends_on if is_listed else None,
                terms=conditions_of_listing(self._other, grant.line),
                skips=len(conditions_of_listing(self._facts, state.lines[grant.number])) if is_listed else 0,
            )
            for grant, line in zip(there.grants, lines, strict=True)
        }


class _Stands(Struct, frozen=True, kw_only=True):
    """What is otherwise of a decided line; ``None``: as in the log. One that would only have come sooner keeps the ground that it has, so nothing
    stops its trips that did not. ``skips``: conditions of the log's own listing, which stand in front."""

    listing: ListingRef | None  # None: on no list.
    mass_g: int | None
    valid_to: str | None
    terms: tuple[Conditions, ...]
    skips: int

    def over(self, line: DecisionLine) -> DecisionLine:
        """The line with it."""
        return replace(
            line,
            listing=self.listing,
            mass_g=line.mass_g if self.mass_g is None else self.mass_g,
            valid_to=line.valid_to if self.valid_to is None else self.valid_to,
            conditions=(*self.terms, *line.conditions[self.skips :]),
        )


def _row_of(draft: DraftedList, grant: GrantedLine) -> int | None:
    ref = grant.line.listing
    return None if ref is None or ref.list != draft.chain else ref.row


def _tried_line(draft: DraftedList, grant: GrantedLine, fits_g: int, cause: Cause | None = None, codes: tuple[str, ...] = ()) -> TriedLine:
    return TriedLine(
        line=grant.number, name=grant.line.name, code=grant.line.code, grams=grant.grams, row=_row_of(draft, grant), fits_g=fits_g,
        cause=cause, codes=codes,
    )  # fmt: skip


def _cause(facts: Facts, grant: GrantedLine, reasons: list[Reason]) -> Cause:
    """Why a line is not listed: the gravest of what the rules say."""
    if [reason.code for reason in reasons] == ["APPROVAL_TERM"]:
        return "complete_within"
    found = {_CAUSES.get(reason.code, "other") for reason in reasons}
    if "method" in found and _is_use_only(facts, grant):
        found.add("use_only")
    return next(cause for cause in CAUSES if cause in found and (cause != "method" or "use_only" not in found))


def _is_use_only(facts: Facts, grant: GrantedLine) -> bool:
    """Whether the row has the method, and use only (仅限利用) bars it."""
    ref = grant.line.listing
    listed = None if ref is None else list_at(facts, ref.list)
    row = None if listed is None or ref is None else listed.row(ref.row)
    return row is not None and grant.line.method in row.methods and group_of(grant.line.method) != "use"


def _last_day(facts: Facts, line: DecisionLine, decided_on: str, ends_on: str) -> str:
    """The last day of a line as a listing lets it be: no later than the list's, and within its time to complete (R-32)."""
    listed = None if line.listing is None else list_at(facts, line.listing.list)
    within = complete_within_days(conditions_of_listing(facts, line))
    days = [ends_on] if listed is None else [ends_on, listed.effective_to]
    return min(days if within is None else [*days, days_after(decided_on, within)])


def _quota_g(facts: Facts, chain: str, row: int, day: str) -> int:
    """What may be committed on a row on a day: its quota, and what was consented to beyond it."""
    listed = list_at(facts, chain)
    return 0 if listed is None or listed.row(row) is None else limit_of_row(facts, ListingRef(list=chain, row=row), day, {})


def is_capped(terms: Sequence[Conditions], decided_on: str, ends_on: str) -> bool:
    """Whether a line ends on the very day by which a list wants the transfer completed."""
    within = complete_within_days(terms)
    return within is not None and ends_on == days_after(decided_on, within)


def _note(use: RowUse, committed_g: int, quota_g: int, day: str) -> None:
    """A row after a decision."""
    used_g = committed_g + use.freed_g
    use.committed_g, use.months[day[:7]] = committed_g, used_g
    use.peak_g = max(use.peak_g, used_g)
    if used_g >= quota_g and not use.full_on:
        use.full_on = day
