"""An application and its decision (跨省转移批准). State of ``approval/<generator>/<ULID>``.

The decision's lines carry the mass, not the codes: the same code may stand in several lines, so a manifest names its line and the name and
code must match it (R-31, addenda §4.1). Carriers and vehicles are not part of a decision; changing them never touches it (R-34,
Order 23 Art. 28). Source: Order 23 Art. 21-28 [READ]; Code Art. 536.2 [READ].
"""

from functools import partial
from typing import Annotated, Literal

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from ledger.admission.personality import Judged, JudgeFn, Kind, Role, Window
from ledger.directory import authorities_of_division, log_state
from ledger.fields import Count, form, label, with_code
from ledger.model import Admission, Facts, Findings, Statement
from signing.phrase import Phrase
from whitelist import telling
from whitelist.fields import LIST
from whitelist.listing import Conditions
from whitelist.permit import History

Stage = Literal[
    "applied", "noticed", "accepted", "consulted", "agreed", "disagreed", "approved", "refused", "withdrawn", "suspended", "revoked"
]
OPEN_STAGES: tuple[Stage, ...] = ("applied", "noticed", "accepted", "consulted", "agreed", "disagreed")
"""An application that waits for its decision."""
GRANTED_STAGES: tuple[Stage, ...] = ("approved", "suspended", "revoked")
"""A decision with lines, whether they stand now or not."""
LineStatus = Literal["ACTIVE", "SUSPENDED", "REVOKED"]


class ListingRef(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A row of a list: ``{"list":"list/2026-51-50-cy","row":7}``; it need not exist yet, next year's list may still come."""

    list: Annotated[
        str,
        form(f"^{LIST.pattern}$", "WL_UNKNOWN", Phrase("list/<年份>-<移出省>-<接受省>-<名称>", "list/<year>-<from>-<to>-<name>")),
        label("名单", "list"),
    ]
    row: Annotated[Count, with_code("WL_UNKNOWN"), label("行号", "row, from 0")]


class Reply(Struct, frozen=True, gc=False, kw_only=True):
    """The other province's answer, which binds whatever the route (kinds §15)."""

    letter_no: str
    letter_date: str
    replied_on: str  # Day of its entry.
    limits_g: dict[int, int]  # Most grams by line, where it named the line.
    conditions: Conditions | None = None


class DecisionLine(Struct, frozen=True, gc=False, kw_only=True):
    """A line of the application, and after the decision what was granted on it. Its number is its place, from 0, in both."""

    name: str
    code: str
    category: str
    hazards: tuple[str, ...]
    method: str
    applied_g: int
    mass_g: int = 0  # Decided mass in grams; 0 where the line was not approved.
    valid_to: str = ""  # Its last day: the decision's or an earlier one; empty before the decision.
    listing: ListingRef | None = None
    """Before the decision the listing applied for; after it the listing it was given on (route LISTED), else ``None``."""
    conditions: tuple[Conditions, ...] = ()  # All that bind what goes on it: of list and row (route LISTED), reply and decision.
    stops: History[LineStatus] | UnsetType = UNSET  # Suspensions, resumptions and the revocation; not there where there never was one.

    @property
    def history(self) -> History[LineStatus]:
        """What became of the line since the decision."""
        return _NEVER if self.stops is UNSET else self.stops

    @property
    def status(self) -> str:
        """``ACTIVE``, ``SUSPENDED`` or ``REVOKED`` at this index; empty where nothing was granted."""
        return self.history.now if self.mass_g else ""

    def after(self, status: LineStatus, admission: Admission) -> "DecisionLine":
        """The line with one change more."""
        return replace(self, stops=self.history.after(status, admission))


_NEVER: History[LineStatus] = History()


class Course(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Days of what happened to an application beside letters and decision (Order 23 Art. 23), by which terms are counted."""

    first_on: str = ""  # Of its first entry, where it was completed after a notice.
    noticed_on: str = ""  # Of the notice (补正告知), which is given once.
    accepted_on: str = ""  # From which it counts as accepted, where somebody said so.
    accepted_said_on: str = ""  # Of the entry of the acceptance, which may be later.
    accepted_no: str = ""  # 受理号.
    withdrawn_on: str = ""


_NOTHING = Course()


class ApprovalState(Struct, frozen=True, gc=False, kw_only=True):
    """An application on its way, or its decision. Days ``YYYY-MM-DD``."""

    stage: Stage
    receiver: str
    permit: str
    root: str  # First permit of the line of renewals: a renewed permit is the same permit.
    origin: str  # Division of the site that the waste leaves.
    destination: str  # Division of the permit's facility.
    applied_on: str  # Day of its entry, after a notice of the newest, and of its acceptance as long as nobody says otherwise.
    applied_to: str  # End of the period applied for (拟开展转移活动的时间期限).
    lines: tuple[DecisionLine, ...]
    signed: dict[str, tuple[str, str]] = {}  # By act (apply, consult, reply): who signed it, and in whose name.
    letter_no: str = ""  # The letter of consultation (跨省转移商请函).
    consulted_on: str = ""  # Day of its entry.
    reply: Reply | None = None
    no: str = ""  # Number of the decision.
    route: str = ""  # ``LISTED`` or ``APPROVED`` once approved.
    decided_on: str = ""  # Day of the decision on paper, or of its entry.
    decided_s: int = 0  # Unix seconds of its entry's admission.
    valid_to: str = ""
    went: Course | UnsetType = UNSET  # Not there where none of it happened.

    @property
    def course(self) -> Course:
        """What happened beside letters and decision."""
        return _NOTHING if self.went is UNSET else self.went

    @property
    def accepted_on(self) -> str:
        """受理之日, from which review and decision count: nobody said so in time, it is the day of the application (Order 23 Art. 23.2)."""
        return self.course.accepted_on or self.applied_on

    @property
    def direction(self) -> tuple[str, str]:
        """Provinces it leads from and to."""
        return self.origin[:2], self.destination[:2]

    @property
    def reply_no(self) -> str:
        """Number of the reply's letter, if there is one."""
        return "" if self.reply is None else self.reply.letter_no

    @property
    def is_granted(self) -> bool:
        """Whether it was approved, however its lines stand now."""
        return self.stage in GRANTED_STAGES

    def line(self, number: int | None) -> DecisionLine | None:
        """A line that was approved, by its number, or ``None``; whether it stands is its history's to say."""
        if not self.is_granted or number is None or not 0 <= number < len(self.lines):
            return None
        found = self.lines[number]
        return found if found.mass_g > 0 else None

    def granted(self) -> list[tuple[int, DecisionLine]]:
        """The lines that were approved, with their numbers."""
        return [(number, line) for number in range(len(self.lines)) if (line := self.line(number)) is not None]

    def with_stops(self, lines: tuple[DecisionLine, ...]) -> "ApprovalState":
        """The decision with other histories of its lines: revoked once all are, suspended while none stands, else approved."""
        standing = {line.status for line in lines if line.mass_g}
        stage: Stage = "approved" if "ACTIVE" in standing else "suspended" if "SUSPENDED" in standing else "revoked"
        return replace(self, stage=stage, lines=lines)


def approval_at(facts: Facts, chain: str) -> ApprovalState | None:
    """The state of an approval, or ``None`` where the name is no approval's or the log has none."""
    found: ApprovalState | None = facts.state(chain) if chain.startswith("approval/") else None
    return found


def at_stage(*allowed: Stage) -> JudgeFn:
    """The gate of acts on an application: it stands at one of these stages, else APPROVAL_STAGE alone."""

    def gate(judged: Judged, out: Findings) -> None:
        state: ApprovalState | None = judged.state
        if state is None or state.stage not in allowed:
            stage = "" if state is None else state.stage
            own = {"stage": telling.word(stage), "allowed": telling.words(allowed)}
            out.refuse("APPROVAL_STAGE", "kind", stage, " / ".join(allowed), "ACT", **own)

    return gate


def signature(statement: Statement) -> tuple[str, str]:
    """Whose hand signed, and in whose name."""
    return statement.by[0], statement.principal or statement.by[0]


def not_by_who_signed(*acts: str) -> JudgeFn:
    """SIGNER_ROLE: nobody consents to or confirms what he proposed, by delegation either (kinds §1.7); ``acts`` are what is consented to.

    What falls on the proposer himself is given: an authority of both sides, or the origin's that enters the letter of a province without one.
    """

    def rule(judged: Judged, out: Findings) -> None:
        hand, name = signature(judged.statement)
        for act in acts:
            before = judged.state.signed.get(act)
            if before is not None and before[1] != name and not {hand, name}.isdisjoint(before):
                field = "by.0" if judged.statement.principal is None else "for"
                own = {"hand": hand, "act": act, "before": " / ".join(dict.fromkeys(before))}
                out.refuse("SIGNER_ROLE", field, hand, f"≠ approval.{act}: {own['before']}", "SAME_HAND", **own)

    return rule


def authority_of_origin(statement: Statement, facts: Facts) -> tuple[Role]:
    """AO: the authority of the origin; where the log has none, any but the destination's, tag FOREIGN."""
    log, state = log_state(facts), facts.state(statement.chain)
    holders = authorities_of_division(log, state.origin)
    if holders:
        return (Role("origin's authority", holders),)
    other = authorities_of_division(log, state.destination)
    strangers = tuple(authority.uscc for authority in log.authorities if authority.uscc not in other)
    return (Role("origin's authority", strangers, foreign=True),)


def authority_of_destination(statement: Statement, facts: Facts) -> tuple[Role]:
    """AD: the authority of the destination; where the log has none, the origin's enters that province's letter, tag FOREIGN (kinds §14)."""
    holders = authorities_of_division(log_state(facts), facts.state(statement.chain).destination)
    if holders:
        return (Role("destination's authority", holders),)
    return (Role("origin's authority", authority_of_origin(statement, facts)[0].holders, foreign=True),)


approval_act = partial(Kind, chain_type="approval", window=Window.DAY, books=None)  # What acts on applications share.
