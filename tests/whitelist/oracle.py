"""An oracle of the check: what `approval.decide`, `manifest.issue` and the acts that lead to them must answer, by the texts alone.

Written from kinds.md, law.md and their addenda by somebody who has not seen the product's rules; it imports nothing of the product.

**What is fed.** `World(data, operator=…, authorities={uscc: [regions]})` with `data = Data.parse(…)` (oracle_data.py: CSV texts, thresholds
object, calendars). Then, in the order of the log, `world.admit(kind=…, chain=…, by=…, principal=…, at=…, admitted_at=…, body=…)`: `kind`
without version, `by` the USCCs in order, `principal` the field `for` or None, times as texts in the form of `at`, `body` as parsed JSON.
Keys, seq, prev, signatures, `rows_hash` and the `keys` of a registration are the adapter's. `judge` answers without changing the world.

**What comes back.** A `Judgement`: `refused` (empty where admitted; then `route`, `alerts` {(level, code)}, `tags`, `accounts` {name:
grams after − before} hold, else they are empty). `layers` shows where codes come from: `frame` (window, signers, closed party, chain)
stops everything; `form` (type, enumeration, pattern, presence, length of a field; `NOT_YET`) comes all at once and stops the rest; `body`
(fields of one body against each other: ISSUE_TYPE, CODE_CATEGORY, DG_DATA of both, TIME_ORDER …) and `state` (needs the world) come
together. Where the product stops at `body` too, `readings` has that set as well: compare `codes in judgement.readings`.
`partial` judgements (void, depart, receive, register, site, party.amend) say only refusal or account changes.

**Readings taken where the text allows two** (lead: please settle)
 1. R-19 goes by the items that cover the code; where none does, by the whole permit.
 2. R-40: before the list's effective_from APPROVAL_EARLY alone, also in the year before; then another year WL_YEAR; then WL_TERM.
 3. `approval` inside a province: APPROVAL_DIRECTION alone, R-31 rests. APPROVAL_STAGE (undecided): beside it only the header rules of R-31.
    An unknown permit: PERMIT_UNKNOWN, not APPROVAL_PERMIT too.
 4. decide: all listings hold → LISTED also beside a disagreeing reply. A line without listing and without reply: NO_CONSENT, beside the
    WL_… of others. valid_to beyond the list without letter: WL_TERM, not APPROVAL_TERM. Status of the permit at admission.at, its days
    by decided_on. `no_reply` before the term has wholly passed (day ≤ due): NO_REPLY_EARLY. Missing halves: DECISION_FORM.
 5. AUTH_LATE of a decision goes by decided_on; LISTED counts from the acceptance, else from the reply; without reply nothing counts.
 6. PROVISIONAL_CALENDAR where counting to the end of the term passes a day of a provisional or missing year, late or not.
 7. `plan` names what was filed of its year for its site, else the tag PLAN_OFF_LOG. Code, method and receivers of the line are compared, and a
    filing number that the plan has or had; a line that is not named is MISSING. Its grams are those that the accounts of a decision would hold.
 8. An exemption item with several rows waives the links of all rows that name the code; a claim that does not hold waives nothing, so
    DG_DATA may follow. A permit of class exempt_use gives the tag of the line's own link.
 9. R-21 at grant: codes of ALL and EXCEPT are those of the edition; "only corrosive" is no matter of the permit.
10. apply: R-20 rests, no account moves. Q1 is settled by LISTED decisions on the row. Only a LISTED decision is bound to its lists.
11. ROW_PERMIT's term: the permit covers all days of the list. CODE_RETIRED: an earlier edition had the code.
12. permit.amend: place, site and retired codes are judged where the amendment names them, dates and basis of what results. The alert of
    permit.usage goes by the year of the month, this one or the last; older ones are not compared. `depart` adds per line.
13. An act on a list: its `rows_hash` is not judged; `act` of a confirmation is the seq of the act on its chain here, its hash in the log.
    An added row is covered by its permit from its first day to the list's last; a row that lists what an ended or removed one did is no
    twin. A quota that is amended is not compared with the scale (ROW_SCALE is of rows).
14. The stage of an application or a list stops everything else, as the order of custody acts does. A decision at stage suspended takes no
    suspension. A late acceptance counts from the application, after a notice from the one that completed it. `use_only` of a reply or of the
    decision itself binds its lines (WL_METHOD), a list's only on route LISTED.
15. Two grounds across provinces: ISSUE_TYPE, inside one APPROVAL_DIRECTION; an emergency goes before, approval and pilot are both judged.
    `emergency` of another type is no ground, but says that one was meant (no NO_APPROVAL). A receiver twice in an emergency: LIST_LENGTH.
16. quota.open: Q1 above what R-36 lets the row hold, Q2 above the line: QUOTA_OVERDRAWN; Q3 by the year of `as_of_on`: PERMIT_SCALE above
    100 %, QUOTA_OVERDRAWN above the limit too. What was opened on Q1 stays on the row for good, what on Q2 counts as drawn.
17. Of a departure the stops of decision, row and emergency, its days, PRE_NOTICE (given so many calendar days before), WL_SUSPENDED beside and
    OVERTOOK are known; it is partial for the rest.

Not covered: delegations, successors, returns (what is refused stays at the gate), lots, PROXIMITY and IMPORT_POLICY (they rest), alerts and tags
of partial kinds, unknown fields, rows_hash, commitments.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from . import oracle_approvals as approvals
from . import oracle_emergencies as emergencies
from . import oracle_list_life as life
from . import oracle_lists as lists
from . import oracle_manifests as manifests
from . import oracle_openings as openings
from . import oracle_permits as permits
from . import oracle_plans as plans
from . import oracle_stops as stops
from .oracle_data import Data, moment_of
from .oracle_issue import apply_issue, judge_issue
from .oracle_state import Findings, State, Statement

Act = Callable[[State, Statement, Findings], None]

_ACTS: dict[str, tuple[Act, Act]] = {
    "party.register": (permits.judge_register, permits.apply_register),
    "party.site": (permits.judge_site, permits.apply_site),
    "party.amend": (permits.judge_party_amend, permits.apply_party_amend),
    "permit.grant": (permits.judge_grant, permits.apply_grant),
    "permit.amend": (permits.judge_amend, permits.apply_amend),
    "permit.suspend": (permits.judge_status, permits.apply_status),
    "permit.resume": (permits.judge_status, permits.apply_status),
    "permit.revoke": (permits.judge_status, permits.apply_status),
    "permit.usage": (permits.judge_usage, permits.apply_usage),
    "plan.file": (plans.judge_file, plans.apply_file),
    "plan.amend": (plans.judge_amend, plans.apply_amend),
    "list.propose": (lists.judge_propose, lists.apply_propose),
    "list.rows": (lists.judge_rows, lists.apply_rows),
    "list.countersign": (lists.judge_countersign, lists.apply_countersign),
    "list.amend": (life.judge_amend, life.apply_amend),
    "list.suspend": (life.judge_stop, life.apply_stop),
    "list.resume": (life.judge_stop, life.apply_stop),
    "list.remove": (life.judge_stop, life.apply_stop),
    "list.confirm": (life.judge_confirm, life.apply_confirm),
    "list.exceed_consent": (life.judge_exceed, life.apply_exceed),
    "list.report": (life.judge_report, life.apply_report),
    "approval.apply": (approvals.judge_apply, approvals.apply_apply),
    "approval.consult": (approvals.judge_consult, approvals.apply_consult),
    "approval.reply": (approvals.judge_reply, approvals.apply_reply),
    "approval.decide": (approvals.judge_decide, approvals.apply_decide),
    "approval.accept": (stops.judge_accept, stops.apply_accept),
    "approval.notice": (stops.judge_accept, stops.apply_notice),
    "approval.withdraw": (stops.judge_withdraw, stops.apply_withdraw),
    "approval.suspend": (stops.judge_stop, stops.apply_stop),
    "approval.resume": (stops.judge_stop, stops.apply_stop),
    "approval.revoke": (stops.judge_stop, stops.apply_stop),
    "emergency.declare": (emergencies.judge_declare, emergencies.apply_declare),
    "emergency.join": (emergencies.judge_join, emergencies.apply_join),
    "emergency.close": (emergencies.judge_close, emergencies.apply_close),
    "quota.open": (openings.judge_open, openings.apply_open),
    "manifest.issue": (judge_issue, apply_issue),
    "manifest.void": (manifests.judge_void, manifests.apply_void),
    "manifest.depart": (manifests.judge_depart, manifests.apply_depart),
    "manifest.receive": (manifests.judge_receive, manifests.apply_receive),
}
PARTIAL = frozenset(["party.register", "party.site", "party.amend", "manifest.void", "manifest.depart", "manifest.receive"])
_CUSTODY = frozenset({"manifest.depart", "manifest.receive"})
_MONTH = frozenset({kind for kind in _ACTS if kind.startswith("list.")} | {"quota.open"})


@dataclass(frozen=True)
class Judgement:
    """The answer to one statement; see the module's docstring."""

    refused: frozenset[str]
    route: str | None = None
    alerts: frozenset[tuple[str, str]] = frozenset()
    tags: frozenset[str] = frozenset()
    accounts: dict[str, int] = field(default_factory=dict)
    layers: dict[str, frozenset[str]] = field(default_factory=dict)
    partial: bool = False

    @property
    def readings(self) -> tuple[frozenset[str], ...]:
        """The sets of codes that are right: `refused`, and where the body contradicts itself also its `body` codes alone."""
        alone = self.layers.get("body", frozenset())
        stopped = self.layers.get("frame") or self.layers.get("form")
        return (self.refused, alone) if alone and not stopped and alone != self.refused else (self.refused,)


class World:
    """What the log knows so far, fed statement by statement."""

    def __init__(self, data: Data, *, operator: str, authorities: dict[str, list[str]], first_page: int = 0) -> None:
        self.state = State(data, operator, authorities)
        self.state.parties |= {operator, *authorities}
        self.first_page = first_page

    def judge(
        self, *, kind: str, chain: str, by: tuple[str, ...], principal: str | None = None, at: str, admitted_at: str, body: dict[str, Any]
    ) -> Judgement:
        """The judgement of a statement; the world stays as it is."""
        return self._judge(_statement(kind, chain, by, principal, at, admitted_at, body))[0]

    def admit(
        self, *, kind: str, chain: str, by: tuple[str, ...], principal: str | None = None, at: str, admitted_at: str, body: dict[str, Any]
    ) -> Judgement:
        """The same, and the world goes on where the statement is not refused."""
        st = _statement(kind, chain, by, principal, at, admitted_at, body)
        judgement, found = self._judge(st)
        if not judgement.refused:
            self.state.heads[chain] = self.state.heads.get(chain, -1) + 1
            _ACTS[kind][1](self.state, st, found)
            for account, moved in found.moves.items():
                self.state.accounts[account] = self.state.accounts.get(account, 0) + moved
        return judgement

    def _judge(self, st: Statement) -> tuple[Judgement, Findings]:
        found = Findings()
        age = st.admitted_at - st.at
        window = timedelta(days=30) if st.kind in _MONTH else timedelta(hours=24)
        if age < -timedelta(minutes=5) or (age > window and st.kind not in _CUSTODY):
            found.frame.add("STATEMENT_STALE")
        if st.principal is not None:
            found.tags.add("ON_BEHALF")
        if st.kind == "list.rows":
            lists.judge_rows(self.state, st, found, self.first_page)
        else:
            _ACTS[st.kind][0](self.state, st, found)
        refused = frozenset(found.frame or found.form or (found.body | found.state))
        layers = {name: frozenset(getattr(found, name)) for name in ("frame", "form", "body", "state")}
        partial = st.kind in PARTIAL
        if refused:
            return Judgement(refused, layers=layers, partial=partial), found
        moves = {account: moved for account, moved in found.moves.items() if moved}
        return Judgement(refused, found.route, frozenset(found.alerts), frozenset(found.tags), moves, layers, partial), found


def _statement(
    kind: str, chain: str, by: tuple[str, ...], principal: str | None, at: str, admitted_at: str, body: dict[str, Any]
) -> Statement:
    claimed, admitted = moment_of(at), moment_of(admitted_at)
    assert isinstance(claimed, datetime)
    assert isinstance(admitted, datetime)
    return Statement(kind, chain, tuple(by), principal, claimed, admitted, body)
