"""What every act on a manifest shares: its value, the trunk's gate, its signers, the rules of time, and how it advances the state.

An act is one module of ``manifests.acts`` that exports one value made by :func:`trunk_act`. The gate asks the machine whether the act is
open; signers come from the machine's roles; then all rules of the act run, and what they refuse comes back together (formats §3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from ledger import fields
from ledger.admission.facts import Facts
from ledger.admission.personality import Books, Changes, EvolveFn, Judged, JudgeFn, Kind, Reads, ReadsFn, Role, SignersFn, Window
from ledger.findings import Findings
from ledger.mass import GRAMS_PER_TONNE, read_mass
from ledger.model import Admission, Statement
from ledger.times import format_at, parse_at
from manifests import machine, settlement
from manifests.commitments import commitments_have_form
from manifests.model import FINISHED, Act, Capacity, Leg, ManifestState, Stage
from signing.refusal import Refusal, Rule, texts
from whitelist.number import NumberHolders, number_key

TEXT_MAX = 200
"""Characters of an address, a reason, a name: generous for people, small beside the 24 KiB of a body."""
LEGS_MAX = 16
"""Legs of one trip, hand-overs and transshipments together; a longer trip is another manifest."""
LINE_MAX_G = 100_000 * GRAMS_PER_TONNE
"""No vehicle carries more; a receipt is bound by no quota, and no account may leave 2^53."""
ACTS_MAX = 96
"""Acts of one trunk after which no further disposal is taken, so that state and history stay readable in one page."""
TOLERANCE_S = 5 * 60
"""Between two clocks (formats §6)."""
BACKFILL_AFTER_S = 15 * 24 * 3600
"""1,296,000 s."""


class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every act has: commitments to personal data, by field name."""

    commit: dict[str, str] = field(default_factory=dict)
    """{field: 64 hex digits}; names, phones, positions never stand in clear."""


Follow = Callable[[ManifestState | None, Statement, Admission], ManifestState]
"""The manifest after an entry, from the entry alone: what readers fold, without what only other chains know."""
Advance = Callable[[ManifestState, Statement], ManifestState]
"""What an act itself changes; it does not judge, it believes the admission."""
Registers = Callable[[Statement, ManifestState, ManifestState, Facts], Mapping[str, Any]]
"""Registers to write, by full key, from the manifest before and after the act."""


class ManifestAct(Struct, frozen=True, kw_only=True):
    """One act about a manifest: what the log is taught, and what readers fold from its entries."""

    kind: Kind
    follow: Follow


def no_registers(statement: Statement, before: ManifestState, after: ManifestState, facts: Facts) -> Mapping[str, Any]:
    """For acts that leave nothing beside the trunk."""
    return {}


def trunk_act(
    act: Act,
    *,
    zh: str,
    en: str,
    body: type,
    rules: tuple[JudgeFn, ...],
    advance: Advance,
    effect: tuple[str, str],
    books: Books | None,
    settle: JudgeFn | None = None,
    signers: SignersFn | None = None,
    window: Window = Window.CUSTODY,
    reads: ReadsFn | None = None,
    reads_doc: str = "Nothing beside the manifest.",
    registers: Registers = no_registers,
    texts: tuple[Rule, ...] = (),
) -> ManifestAct:
    """A later act of the trunk, from what is its own; gate, roles and state are the machine's and the same for all.

    ``settle`` runs after all rules, and only where none refused: it says what moves on the accounts, and is there exactly when ``books``
    names the column of the monthly statement in which that is booked.
    """
    assert (settle is None) == (books is None), f"{act}: what moves an account is booked, and nothing else is"
    return ManifestAct(
        kind=Kind(
            name=f"manifest.{act}/1",
            zh=zh,
            en=en,
            body=body,
            chain_type="manifest",
            roles=tuple(role.value for role in machine.roles_of(act)),
            signers=signers or _signers_of(act),
            window=window,
            reads=_reading(reads),
            reads_doc=reads_doc,
            gate=is_open,
            rules=(commitments_are_wellformed, *rules, *(() if settle is None else (_if_admitted(settle),))),
            evolve=_evolving(advance, registers),
            books=books,
            effect=effect,
            texts=texts,
        ),
        follow=_following(advance),
    )


# --- the gate ------------------------------------------------------------------------------------------------------------------------


@cache
def act_of(kind: str) -> Act:
    """The act of a kind of the trunk."""
    return Act(kind.partition("/")[0].partition(".")[2])


def is_open(judged: Judged, out: Findings) -> None:
    """ACT_NOT_OPEN unless the machine knows the move, or its two better-known faces: VOID_LATE (R-59) and NO_MANIFEST (R-51)."""
    act = act_of(judged.statement.kind)
    stage = Stage.NONE if judged.state is None else judged.state.stage
    if machine.move(stage, act) is not None:
        return
    if act is Act.VOID and stage not in (Stage.NONE, *FINISHED):
        out.refuse("VOID_LATE", "kind", stage, Stage.ISSUED)
    elif act is Act.DEPART and stage in (Stage.NONE, Stage.VOIDED):
        out.refuse("NO_MANIFEST", "kind", stage, Stage.ISSUED)
    else:
        open_acts = " / ".join(known for known, _ in machine.moves_from(stage)) or "-"
        out.refuse("ACT_NOT_OPEN", "kind", f"{act} @ {stage}", open_acts)


# --- signers (R-66) ------------------------------------------------------------------------------------------------------------------


def _signers_of(act: Act) -> SignersFn:
    def signers(statement: Statement, facts: Facts) -> list[Role]:
        state: ManifestState = facts.state(statement.chain)
        return [Role(role.value, holders(role, statement, state)) for role in machine.roles_of(act)]

    return signers


def holders(role: Capacity, statement: Statement, state: ManifestState) -> tuple[str, ...]:
    """Parties that may hold a role. Carriers sign with their organisation's key; the taking carrier is whoever takes the load."""
    match role:
        case Capacity.GENERATOR:
            return (state.generator,)
        case Capacity.CONSIGNOR:
            return (state.consignor,)
        case Capacity.CARRIER:
            return () if state.carrier is None else (state.carrier,)
        case Capacity.TAKING_CARRIER:
            return statement.by[1:2]
        case Capacity.RECEIVER:
            return (state.receiver,)


def note_new_carrier(judged: Judged, carrier: str, out: Findings) -> None:
    """R-34: another carrier than named never touches the decision, but it is said."""
    state: ManifestState = judged.state
    if state.carriers and carrier not in state.carriers:
        out.tag("CARRIER_CHANGED")


# --- rules of many acts --------------------------------------------------------------------------------------------------------------


def commitments_are_wellformed(judged: Judged, out: Findings) -> None:
    """Personal data stands in commitments only, and these have form (formats §7)."""
    commitments_have_form(judged.statement.body.commit, out)


def time_does_not_run_back(judged: Judged, out: Findings) -> None:
    """``at`` is at most 5 minutes before the latest ``at`` of the trunk, so that many small steps cannot add up (R-56, formats §6)."""
    latest_s = judged.state.times.latest_s
    if judged.statement.at_s < latest_s - TOLERANCE_S:
        out.refuse("TIME_ORDER", "at", judged.statement.at, f"≥ {format_at(latest_s - TOLERANCE_S)}")


def old_acts_need_backfill(judged: Judged, out: Findings) -> None:
    """An act older than 15 days enters only on a manifest issued as a backfill (补录), tag BACKFILL."""
    if judged.moment.at_s - judged.statement.at_s <= BACKFILL_AFTER_S:
        return
    if judged.state.is_backfill:
        out.tag("BACKFILL")
    else:
        out.refuse("BACKFILL_REQUIRED", "at", judged.statement.at, f"≥ {format_at(judged.moment.at_s - BACKFILL_AFTER_S)}")


TIMES: tuple[JudgeFn, ...] = (time_does_not_run_back, old_acts_need_backfill)
"""Rules of every custody act: 交付 ≤ 起运 ≤ 交接 ≤ 到达 ≤ 接受 ≤ 确认, and how old a fact may be."""


def is_blank(text: str | None) -> bool:
    """Whether a text says nothing."""
    return fields.is_blank(text)


def judge_text(out: Findings, name: str, text: str, limit: int = TEXT_MAX) -> None:
    """MISSING for a blank text, TEXT_LONG beyond ``limit`` characters (R-11)."""
    if is_blank(text):
        out.refuse("MISSING", name)
    elif len(text) > limit:
        out.refuse("TEXT_LONG", name, len(text), f"≤ {limit}")


def judge_time(out: Findings, name: str, text: str) -> int | None:
    """Unix seconds, or ``None`` after the reason AT_FORM."""
    try:
        return parse_at(text, name)
    except Refusal as refusal:
        out.reasons.extend(refusal.reasons)
        return None


def judge_grams(out: Findings, name: str, text: str, *, positive: bool = False) -> int | None:
    """Grams of a tonne string, or ``None`` after the reason QTY (R-09)."""
    grams = read_mass(text)
    if grams is None or grams > LINE_MAX_G or (positive and grams == 0):
        out.refuse("QTY", name, text, f"{'> 0' if positive else '≥ 0'} t, ≤ {LINE_MAX_G // GRAMS_PER_TONNE} t, e.g. 5.600000")
        return None
    return grams


def _if_admitted(settle: JudgeFn) -> JudgeFn:
    """What settles accounts counts on rules that have held."""

    def judge(judged: Judged, out: Findings) -> None:
        if not out.reasons:
            settle(judged, out)

    return judge


# --- reads and state -----------------------------------------------------------------------------------------------------------------


def given_number_key(trunk: str) -> str:
    """Key of the register that holds the number a case gave to a manifest."""
    return f"manifest-number:{trunk}"


def _reading(own: ReadsFn | None) -> ReadsFn:
    """The number a case gave, and what the act itself reads."""

    def reads(statement: Statement, facts: Facts) -> Reads:
        given = given_number_key(statement.chain)
        if own is None:
            return Reads(registers=(given,))
        found = own(statement, facts)
        return replace(found, registers=tuple(dict.fromkeys((given, *found.registers))))

    return reads


def number_registers(statement: Statement, facts: Facts) -> list[str]:
    """The register of the manifest's number, once it is known which (the second round of reads, if a case gave it)."""
    state: ManifestState | None = facts.state(statement.chain)
    if state is None:
        return []
    given = given_number_key(statement.chain)
    number = state.number or (None if facts.missing([given]) else facts.get(given))
    return [] if number is None else [number_key(number)]


def reads_number(statement: Statement, facts: Facts) -> Reads:
    """For acts that end the manifest: who holds its number."""
    return Reads(registers=tuple(number_registers(statement, facts)))


def is_live(state: ManifestState) -> bool:
    """Whether the manifest still holds its national number: issued, neither voided nor closed."""
    return state.stage not in FINISHED


def advanced(advance: Advance, state: ManifestState, statement: Statement, admission: Admission) -> ManifestState:
    """The manifest after a later act: what the act changes, what it drew, its hash, the latest time."""
    found = replace(advance(state, statement), drawn=drawn(state.drawn, admission), acts=(*state.acts, statement.hash))
    return replace(found, times=replace(found.times, latest_s=max(found.times.latest_s, statement.at_s)))


def _following(advance: Advance) -> Follow:
    def follow(state: ManifestState | None, statement: Statement, admission: Admission) -> ManifestState:
        assert state is not None, f"{statement.kind} does not open a manifest"
        return advanced(advance, state, statement, admission)

    return follow


def _evolving(advance: Advance, registers: Registers) -> EvolveFn:
    """The manifest after the act, and its registers; a finished one lets its number go."""

    def evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
        before: ManifestState = facts.state(statement.chain)
        after = advanced(advance, before, statement, admission)
        after = replace(after, number=after.number or facts.get(given_number_key(statement.chain)))
        written: dict[str, Any] = dict(registers(statement, before, after, facts))
        written |= settlement.years_after(before, after, admission, facts)
        if after.number is not None and after.stage in FINISHED:
            key = number_key(after.number)
            written[key] = (facts.get(key) or NumberHolders()).ended(statement.chain, "voided" if after.stage is Stage.VOIDED else "closed")
        return Changes(state=after, registers=written)

    return evolve


def at_stage(state: ManifestState, stage: Stage, **times: int) -> ManifestState:
    """The manifest at another stage, with the times that the act sets."""
    return replace(state, stage=stage, times=replace(state.times, **times))


def ended(legs: tuple[Leg, ...], at_s: int) -> tuple[Leg, ...]:
    """Legs of which none lasts any longer."""
    return tuple(leg if leg.ended_s is not None else replace(leg, ended_s=at_s) for leg in legs)


def drawn(held: Mapping[str, int], admission: Admission) -> dict[str, int]:
    """What the manifest holds after the account rows of an entry; accounts it has released stay, with 0."""
    found = dict(held)
    for row in admission.decision.accounts:
        found[row.account] = found.get(row.account, 0) + row.after_g - row.before_g
    return found


TEXTS = texts("""
ACT_NOT_OPEN | - | sender | design §6 [DESIGN]
联单在当前状态下不能进行该行为。 || 查看联单当前状态和待办事项，按流程顺序办理；已拒收、作废、办结的联单不再接受新的行为。
The manifest's stage does not allow this act. || Look up the manifest's stage and what is to be done next; voided, rejected and closed manifests take no further acts.

VOID_LATE | R-59 | nobody | design §6 [DESIGN]; platforms' 作废 with reason [READ T5, T6]
联单已经起运，不能再作废。 || 由接受人据实填写接受意见（包括拒收）；作废只限起运之前。
The load has departed: the manifest can no longer be voided. || Let the receiver record what happened, a rejection included; voiding ends with the departure.

NO_MANIFEST | R-51 | generator | Order 23 Art. 11(1)(2) [READ]; waybill: MOT 2019 No. 29 Art. 24 [READ S21]
没有有效的转移联单或危险货物运单，不得起运。 || 先由移出人开具联单，并填写危险货物运单号；没有转移联单的，承运人应当拒绝运输。
Nothing may depart without an issued manifest and a dangerous-goods waybill. || Let the generator issue a manifest first and give the waybill's number; without a manifest the carrier must refuse.

CARRIER_CHANGED | R-34 | nobody | Order 23 Art. 28 [READ]
承运人与开具时填写的不同；批准决定不受影响。 || 确认更换后的承运人具备相应资质。
Another carrier than named at issue; the decision is not touched. || Make sure that the new carrier is qualified.

LINES_ONCE | R-11 | sender | Order 23 Art. 12(2), 18 [READ]
应当对联单的每一项废物逐项填写，且每项只填一次。 || 按联单的序号（从 0 开始）补全缺项、删除重复项。
Every waste line must be answered exactly once. || Add the missing lines and remove repeated ones; lines count from 0.

LINE_UNKNOWN | R-11 | sender | formats §3 [DESIGN]
联单中没有这一项废物。 || 核对序号，序号从 0 开始。
The manifest has no such waste line. || Check the number; lines count from 0.

BACKFILL_REQUIRED | - | generator | formats §6 [DESIGN]
该行为发生在 15 天以前，而联单不是补录联单。 || 超过 15 天的行为只能记入开具时标明补录（backfill）的联单；请与主管部门联系。
The act is older than 15 days and the manifest is not a backfill. || Acts older than 15 days enter only on a manifest issued as a backfill; speak to the authority.

TRUNK_FULL | - | nobody | design §6 [DESIGN]
联单的行为已达上限。 || 运输环节过多的，请另开联单；利用处置结果请合并填报。
The manifest has as many acts of this kind as it may hold. || Issue another manifest for a longer trip; report several fates in one act.

VIEW_DIFFERS | - | operator | design §5 [DESIGN]
数据库中的联单视图与条目重算的不符。 || 以条目为准；重建联单视图，并查明是谁改动了数据库。
A manifest's row in the database is not what the entries give. || Rely on the entries; rebuild the views, and find out who changed the database.
""")
