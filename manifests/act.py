"""What every act on a manifest shares: its value, the trunk's gate, its signers, the rules of time, and how it advances the state.

An act is one module of ``manifests.acts`` that exports one value made by :func:`trunk_act`. The gate asks the machine whether the act is
open; signers come from the machine's roles; then all rules of the act run, and what they refuse comes back together (formats §3).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Annotated, Any

from msgspec import Struct, field
from msgspec.structs import replace

from ledger.admission.personality import Books, Changes, Judged, JudgeFn, Kind, Reads, Role, SignersFn, Window
from ledger.fields import Commitments, Count, Files, label
from ledger.kinds.cut import old_admission_s
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import format_at
from manifests import emergency, holding, incident, machine, planned, telling
from manifests.case import cases_key, cases_of, numbered
from manifests.machine import Act
from manifests.model import FINISHED, Capacity, Leg, ManifestState, Stage
from manifests.opening import gate_of
from signing.phrase import Word
from signing.refusal import texts
from whitelist.fields import Place
from whitelist.rules.number import NumberHolders, Standing, number_key
from whitelist.telling import minute
from whitelist.transfer import BodyPart

LEGS_MAX, STOPS_MAX, DISPOSALS_MAX = 16, 16, 64
"""Acts of one trunk, each kind counted for itself, so a carrier never fills the receiver's (kinds §6, TRUNK_FULL)."""
TOLERANCE_S = 5 * 60
"""Between two clocks (formats §6)."""
LONG_S = 15 * 24 * 3600
"""1,296,000 s: an older custody act is a back-fill, or late beyond what anybody checked (formats §6)."""
Follow = Callable[[ManifestState | None, Statement, Admission], ManifestState]
"""The manifest after an entry, from the entry alone: what readers fold, without what only other chains know."""
Ends = Callable[[Statement, str, str], bool]
"""Whether a statement settles an alert: its code, and the chain of the entry that raised it."""
Advance = Callable[[ManifestState, Statement], ManifestState]
"""What an act itself changes; it does not judge, it believes the admission."""
ReadsOfState = Callable[[Statement, ManifestState, Facts], Reads]
"""Accounts and registers that an act reads of a manifest that is there."""
Listed = Callable[[ManifestState, Facts], tuple[str, ...]]  # Chains that an act reads beside, which the admission lists.
Named = Callable[[Statement], tuple[str, ...]]
"""Registers that the body alone names, so that a batch in which the manifest only begins asks for them with all others."""
Registers = Callable[["Entered"], Mapping[str, Any]]
"""Registers to write, by full key."""


LegNumber = Annotated[Count, label("运输段号", "leg, from 0")]


class Body(BodyPart, frozen=True, kw_only=True):
    """What every act has: commitments to personal data."""

    commit: Commitments = field(default_factory=dict)


class FiledBody(Body, frozen=True, kw_only=True):
    """An act that may come with attachments."""

    files: Files = ()


class Entered(Struct, frozen=True, gc=False):
    """An admitted act, with the manifest before and after it."""

    statement: Statement
    admission: Admission
    before: ManifestState
    after: ManifestState
    facts: Facts


class ManifestAct(Struct, frozen=True, kw_only=True):
    """One act about a manifest: what the log is taught, and what readers fold from its entries."""

    kind: Kind
    follow: Follow
    ends: Ends | None = None
    """Which earlier alerts it settles, where it settles any."""


def trunk_act(
    act: Act,
    *,
    rules: tuple[JudgeFn, ...],
    advance: Advance,
    books: Books | None,
    settle: JudgeFn | None = None,
    signers: SignersFn | None = None,
    window: Window = Window.CUSTODY,
    reads: ReadsOfState = lambda statement, state, facts: Reads(),
    listed: Listed | None = None,
    named: Named = lambda statement: (),
    reads_doc: str = "Nothing beside the manifest.",
    registers: Registers = lambda entered: {},
    **said: Any,
) -> ManifestAct:
    """A later act of the trunk, from what is its own; gate, roles and state are the machine's and the same for all.

    ``said`` goes into its kind as it stands: zh, en, body, effect, and texts where its rules have some of their own.
    ``settle`` runs after all rules, and only where none refused: it says what moves on the accounts, and is there exactly when ``books``
    names the column of the monthly statement in which that is booked.
    """
    assert (settle is None) == (books is None), f"{act}: what moves an account is booked, and nothing else is"
    return ManifestAct(
        kind=Kind(
            name=act.kind,
            chain_type="manifest",
            roles=tuple(role.value for role in machine.roles_of(act)),
            signers=signers or _signers_of(machine.roles_of(act)),
            window=window,
            reads=partial(_reads, reads, listed, named, settle is not None),
            listed=_nothing if listed is None else lambda statement, facts: listed(facts.state(statement.chain), facts),
            reads_doc=reads_doc,
            gate=gate_of(act),
            rules=(
                *holding.rules_for(act),
                incident.incident_is_said,
                *rules,
                *(() if settle is None else (partial(_if_admitted, settle),)),
            ),
            evolve=partial(_evolve, advance, registers, settle is not None),
            books=books,
            barred_when_closed=act is Act.DEPART,
            **said,
        ),
        follow=partial(advanced, advance),
    )


def _nothing(statement: Statement, facts: Facts) -> tuple[str, ...]:  # what most acts list
    return ()


def _signers_of(roles: Sequence[Capacity]) -> SignersFn:
    """The roles of an act; of one whom the manifest itself names, as most acts are signed by, without a look at anything else."""
    if len(roles) == 1 and roles[0] in (Capacity.GENERATOR, Capacity.RECEIVER):
        name, held = roles[0].value, attrgetter(roles[0].value)
        return lambda statement, facts: (Role(name, (held(facts.state(statement.chain)),)),)
    return lambda statement, facts: [Role(role.value, holders(role, statement, facts.state(statement.chain))) for role in roles]


def holders(role: Capacity, statement: Statement, state: ManifestState) -> tuple[str, ...]:
    """Parties that may hold a role. Carriers sign with their organisation's key; the taking carrier is whoever takes the load."""
    if role is Capacity.CARRIER:
        # Of a leg that is not under way LEG_UNKNOWN says enough: whoever carries or carried may have signed.
        return carriers_of(state, named_legs(statement, state) or range(len(state.legs)))
    return statement.by[1:2] if role is Capacity.TAKING_CARRIER else state.holder_of(role)


def named_legs(statement: Statement, state: ManifestState) -> tuple[int, ...]:
    """Numbers of the legs that an act is about: the one it names, else all that are open; none where it names one that is not open."""
    named: int | None = getattr(statement.body, "leg", None)
    return tuple(number for number in state.under_way if named in (None, number))


def carriers_of(state: ManifestState, legs: Iterable[int]) -> tuple[str, ...]:
    """Who may sign for legs: the one who carries all of them. Two open legs of two carriers are named one by one."""
    carrying = {state.legs[number].carrier for number in legs}
    return tuple(carrying) if len(carrying) == 1 else ()


def leg_is_open(judged: Judged, out: Findings) -> None:
    """LEG_UNKNOWN unless ``leg`` is one that is under way."""
    named, state = judged.statement.body.leg, judged.state
    if named is not None and not named_legs(judged.statement, state):
        under_way = "; ".join(f"{number} = {state.legs[number].carrier} {state.legs[number].vehicle.plate}" for number in state.under_way)
        expected = " / ".join(map(str, state.under_way))
        out.refuse("LEG_UNKNOWN", "body.leg", named, expected, "NOT_OPEN", leg=str(named), open=under_way or "-")


def line_is_known(judged: Judged, out: Findings, name: str, line: int) -> bool:
    """LINE_UNKNOWN for a line that the manifest does not have."""
    count = len(judged.state.lines)
    if line < count:
        return True
    own = {"line": str(line), "count": str(count), "lines": telling.lines(count), "where": f"{name}.line"}
    out.refuse("LINE_UNKNOWN", f"{name}.line", line, f"0 … {count - 1}", "NONE", **own)
    return False


def judge_lines_once(judged: Judged, out: Findings, name: str, numbers: Sequence[int]) -> bool:
    """LINES_ONCE unless every line of the manifest is there exactly once."""
    count = len(judged.state.lines)
    if sorted(numbers) == list(range(count)):
        return True
    missing = [number for number in range(count) if number not in numbers]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    strange = sorted({number for number in numbers if number >= count})
    faults = [
        (f"{zh} {', '.join(map(str, wrong))}", f"{en} {', '.join(map(str, wrong))}")
        for zh, en, wrong in (("缺", "missing", missing), ("重复", "twice", twice), ("多出", "unknown", strange))
        if wrong
    ]
    own: dict[str, Word] = {"faults": telling.several(faults), "lines": telling.lines(count), "where": name}
    out.refuse("LINES_ONCE", name, ", ".join(map(str, numbers[:20])), f"0 … {count - 1}", "FAULTS", **own)
    return False


def time_does_not_run_back(judged: Judged, out: Findings) -> None:
    """``at`` is at most 5 minutes before the latest ``at`` of the trunk, so that many small steps cannot add up (R-56, formats §6)."""
    latest_s = judged.state.times.latest_s
    if judged.statement.at_s < latest_s - TOLERANCE_S:
        own = {"at": minute(judged.statement.at_s), "latest": minute(latest_s)}
        out.refuse("TIME_ORDER", "at", judged.statement.at, f"≥ {format_at(latest_s - TOLERANCE_S)}", "TRUNK", **own)


def lateness_is_said(judged: Judged, out: Findings) -> None:
    """ALERT H LATE_LONG: a fact of more than 15 days ago that is no back-fill (formats §6)."""
    if not judged.state.is_backfill and is_long_ago(judged):
        out.alert("H", "LATE_LONG")


def is_long_ago(judged: Judged) -> bool:
    """Whether the act is admitted more than 15 days after it took place; of one that was cut and comes again its old admission counts."""
    if judged.moment.at_s - judged.statement.at_s <= LONG_S:
        return False  # nor at any earlier admission
    old_s = old_admission_s(judged.statement, judged.facts, judged.moment)
    return old_s is None or old_s - judged.statement.at_s > LONG_S


TIMES: tuple[JudgeFn, ...] = (time_does_not_run_back, lateness_is_said)
"""Rules of custody acts: 交付 ≤ 起运 ≤ 交接 ≤ 到达 ≤ 接受 ≤ 确认, and how old a fact may be."""


def _if_admitted(settle: JudgeFn, judged: Judged, out: Findings) -> None:
    """What settles accounts counts on rules that have held."""
    if not out.reasons:
        settle(judged, out)


def _reads(own: ReadsOfState, listed: Listed | None, named: Named, counts: bool, statement: Statement, facts: Facts) -> Reads:
    """What cases have done to the manifest, and what the act itself reads; where no manifest is (yet), what its body names. What ``counts`` on
    the accounts counts on the plan too."""
    cases, state = cases_key(statement.chain), facts.state(statement.chain)
    if state is None:
        return Reads(registers=(cases, *named(statement)))
    found = own(statement, state, facts)
    chains = () if listed is None else listed(state, facts)
    counting = (*planned.keys_of(state), *emergency.keys_of(state)) if counts else ()
    return Reads(chains=chains, accounts=found.accounts, registers=(cases, *counting, *found.registers))


def number_keys(statement: Statement, state: ManifestState, facts: Facts) -> tuple[str, ...]:
    """The register of the manifest's number, once it is known which (the second round of reads, if a case gave it)."""
    cases = cases_key(statement.chain)
    number = state.number or (cases_of(facts, statement.chain).number if facts.holds(cases) else None)
    return () if number is None else (number_key(number),)


def advanced(advance: Advance, state: ManifestState | None, statement: Statement, admission: Admission) -> ManifestState:
    """The manifest after a later act: what the act changes, what it drew, its hash, the latest time."""
    assert state is not None, f"{statement.kind} does not open a manifest"
    found, acts = advance(state, statement), (*state.acts, statement.hash)
    times = found.times if statement.at_s <= found.times.latest_s else replace(found.times, latest_s=statement.at_s)
    place: Place | None = getattr(statement.body, "place", None)
    where = found.last_division if place is None else place.division
    if not admission.decision.accounts:
        return replace(found, acts=acts, times=times, last_division=where)
    return replace(found, drawn=drawn(state.drawn, admission), acts=acts, times=times, last_division=where)


def _evolve(advance: Advance, registers: Registers, counts: bool, statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The manifest after the act, and its registers; what cases have filled in joins it; a finished one ends its number."""
    before: ManifestState = facts.state(statement.chain)
    cases = cases_of(facts, statement.chain)
    after = numbered(advanced(advance, before, statement, admission), cases)
    written = registers(Entered(statement, admission, before, after, facts))
    if counts and after.plan is not None:
        written = {**written, **planned.moved(facts, before, after)}
    if counts and after.emergency is not None:
        written = {**written, **emergency.moved(facts, before, after)}
    if after.number is not None and after.stage in FINISHED:
        key = number_key(after.number)
        written = {**written, key: (facts.get(key) or NumberHolders()).ended(statement.chain, standing_of(after))}
    return Changes(state=after, registers=written)


def standing_of(state: ManifestState) -> Standing:
    """What the manifest's number is worth (formats §3)."""
    if state.stage not in FINISHED:
        return "live"
    return "voided" if state.stage is Stage.VOIDED else "closed"


def at_stage(state: ManifestState, stage: Stage, **times: int) -> ManifestState:
    """The manifest at another stage, with the times that the act sets."""
    return replace(state, stage=stage, times=replace(state.times, **times))


def ended(legs: tuple[Leg, ...], numbers: Iterable[int], at_s: int) -> tuple[Leg, ...]:
    """The legs after some of them came to their end."""
    over = set(numbers)
    return tuple(replace(leg, ended_s=at_s) if number in over else leg for number, leg in enumerate(legs))


def drawn(held: dict[str, int], admission: Admission) -> dict[str, int]:
    """What the manifest holds after the account rows of an entry; accounts it has released stay, with 0."""
    found = dict(held)
    for row in admission.decision.accounts:
        found[row.account] = found.get(row.account, 0) + row.after_g - row.before_g
    return found


TEXTS = texts("""
LINES_ONCE | R-11 | sender | Order 23 Art. 12(2), 18 [READ]
应当对联单的每一项废物逐项填写，且每项只填一次。 || 按联单的序号（从 0 开始）补全缺项、删除重复项。
Every waste line must be answered exactly once. || Add the missing lines and remove repeated ones; lines count from 0.

LINES_ONCE:FAULTS
每一项废物应当填写且只填写一次（行号 {lines}）：{faults}。 || 改正 {where}：补上缺的行号，去掉重复和多出的。
Every waste line is answered exactly once (numbers {lines}): {faults}. || Correct {where}: add what is missing, take out what stands twice or is unknown.

LINES_ONCE:TWICE
分装的行号重复：{faults}。 || 改正 {where}：每一行只填一次。
Lines of the part stand twice: {faults}. || Correct {where}: each line once.

LINE_UNKNOWN | R-11 | sender | formats §3 [DESIGN]
联单中没有这一项废物。 || 核对序号，序号从 0 开始。
The manifest has no such waste line. || Check the number; lines count from 0.

LINE_UNKNOWN:NONE
联单只有 {count} 项废物（行号 {lines}），没有第 {line} 行。 || 改正 {where}，行号从 0 起数。
The manifest has {count} lines ({lines}) and no line {line}. || Correct {where}; lines count from 0.

LEG_UNKNOWN | R-11 | sender | design §6 [DESIGN]
没有这一在途的运输段。 || 核对运输段号，从 0 开始；省略 leg 即指全部在途的运输段。
No such leg is under way. || Check the number; legs count from 0, and without leg all that are under way are meant.

LEG_UNKNOWN:NOT_OPEN
第 {leg} 段不在途；在途的运输段：{open}。 || 把 body.leg 改为在途的段号，或者不填（指全部在途的段）。
Leg {leg} is not under way; under way are: {open}. || Put one of these into body.leg, or leave it out, which means all of them.

LATE_LONG | - | sender | formats §6 [DESIGN]
该行为入账晚于十五日。 || 不影响入账，主管部门会看到。说明迟报原因，附当时的记录，以备主管部门核查。
The act is admitted more than 15 days after it took place. || It is entered all the same, and the authorities see it. Explain the delay and keep the records of that time for the authorities.
""")
