"""带缺口办结: what is missing is named, line by line and to the gram, and both sides' authorities close the manifest (kinds §7).

What was accepted stays where it is, on the quotas too; what no receipt settled comes back. Vehicles are free, the number is closed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Judged, Reads, Role
from ledger.fields import Count, LongText, MassAboveZero, items, label, words
from ledger.mass import format_mass, parse_mass, tonnes
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import parse_admission_at
from manifests import lots, planned, returns, settlement, telling, vehicles
from manifests.act import Entered, FiledBody, drawn
from manifests.case import Trunk, cases_key, cases_of, closed_with, in_force, manifest_of, not_finished
from manifests.case_act import Effect, Opened, case_act
from manifests.matters import Gap, GapLine
from manifests.model import ManifestState, trunk_of
from manifests.returned import Returned, free_g, has_left, kept_g
from manifests.sides import both_sides
from signing.refusal import texts
from whitelist.rules.number import NumberHolders, number_key
from whitelist.rules.refused import RefusedLoads, refused_key
from whitelist.telling import nth

GapCause = Annotated[
    Literal["never_departed", "lost", "stolen", "leaked", "destroyed", "evaporated", "weighing", "unknown"],
    label("缺口原因", "cause"),
    words(
        {
            "never_departed": "未起运", "lost": "遗失", "stolen": "被盗", "leaked": "泄漏", "destroyed": "损毁", "evaporated": "挥发",
            "weighing": "计量误差", "unknown": "不明",
        }
    ),
]  # fmt: skip


class MissingLine(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Tonnes of a line that nobody can account for."""

    line: Annotated[Count, label("行号", "line")]
    mass_t: Annotated[MassAboveZero, label("缺口量", "missing mass, t")]
    cause: GapCause


class CaseCloseWithGap(FiledBody, frozen=True, kw_only=True):
    """带缺口办结 (``case.close_with_gap/1``)."""

    trunk: Annotated[Trunk, label("所据联单行为", "act of the trunk")]
    gaps: Annotated[tuple[MissingLine, ...], items(1, 64), label("缺口", "gaps")]
    finding: Annotated[LongText, label("调查结论", "finding")]


def reads(statement: Statement, facts: Facts) -> Reads:
    """The accounts on which the manifest holds grams, its number, its trucks, and what refused loads and returns count."""
    trunk = trunk_of(statement.chain)
    if not facts.holds(f"chain:{trunk}") or not facts.holds(cases_key(trunk)) or (known := facts.state(trunk)) is None:
        return Reads()
    state: ManifestState = in_force(known, cases_of(facts, trunk))
    number = () if state.number is None else (number_key(state.number),)
    trucks = vehicles.truck_keys(leg.vehicle for leg in state.open_legs)
    refused = (refused_key(state.generator, state.receiver),) if _is_received(state) else ()
    own = (*number, *trucks, *refused, *returns.keys_of(state, departs=False), *lots.keys_of(state), *planned.keys_of(state))
    return Reads(accounts=tuple(state.drawn), registers=(*own, *settlement.site_keys(state)))


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """The destination's authority and the origin's."""
    return both_sides(statement, facts, facts.state(trunk_of(statement.chain)))


def _is_received(state: ManifestState) -> bool:
    return state.times.received_s is not None


def unaccounted_g(state: ManifestState, returned: Returned) -> Sequence[int]:
    """Grams by line that stand nowhere: before the receipt all that was sent, after it the stock, and what was refused and no return took."""
    if not _is_received(state):
        return [line.sent_g for line in state.lines]
    return [line.stock_g + free for line, free in zip(state.lines, free_g(state, returned), strict=True)]


def gaps_add_up(judged: Judged, out: Findings) -> None:
    """LINE_UNKNOWN; GAP_SUM unless the gaps of every line are, to the gram, what is unaccounted of it."""
    state, body = manifest_of(judged), judged.statement.body
    count, stated = len(state.lines), Counter[int]()
    for position, gap in enumerate(body.gaps):
        if gap.line >= count:
            own = {"line": str(gap.line), "count": str(count), "lines": telling.lines(count), "where": f"body.gaps.{position}.line"}
            out.refuse("LINE_UNKNOWN", f"body.gaps.{position}.line", gap.line, f"0 … {count - 1}", "NONE", **own)
        stated[gap.line] += parse_mass(gap.mass_t)
    missing = unaccounted_g(state, cases_of(judged.facts, trunk_of(judged.statement.chain)).returned)
    for line, mass_g in enumerate(missing):
        if stated[line] != mass_g:
            places = {"line": nth(line), "stated": tonnes(stated[line]), "missing": tonnes(mass_g)}
            out.refuse("GAP_SUM", "body.gaps", f"{format_mass(stated[line])} t", f"{format_mass(mass_g)} t", "LINE", **places)


def returns_have_left(judged: Judged, out: Findings) -> None:
    """TRUNK_STAGE while a return of this manifest has taken refused grams and not left with them: they would be no gap, and after its void
    stand nowhere, with a receiver who keeps them and no more owes anything."""
    trunk = trunk_of(judged.statement.chain)
    waiting_g = sum(line.taken_g - line.gone_g for line in cases_of(judged.facts, trunk).returned)
    if waiting_g:
        out.refuse("TRUNK_STAGE", "body.trunk", f"{format_mass(waiting_g)} t", "0", "RETURNING", mass=tonnes(waiting_g), manifest=trunk)


def gap_is_told(judged: Judged, out: Findings) -> None:
    """ALERT H CLOSED_GAP; where all rules held, what no receipt settled comes back."""
    out.alert("H", "CLOSED_GAP")
    state = manifest_of(judged)
    if not out.reasons and not _is_received(state):
        out.accounts = settlement.settle(state, [0] * len(state.lines))


def _gap(statement: Statement, admission: Admission) -> Gap:
    lines = tuple(GapLine(gap.line, parse_mass(gap.mass_t), gap.cause) for gap in statement.body.gaps)
    return Gap(case=statement.chain, at_s=parse_admission_at(admission.at), lines=lines)


def apply(opened: Opened) -> Effect:
    """The manifest has ended: number, trucks, site, and the loads that its receiver keeps for it."""
    before, facts, gap = opened.trunk, opened.facts, _gap(opened.statement, opened.admission)
    after, trunk = closed_with(before, gap), opened.case.trunk
    # As an act of the trunk would be entered: the registers of trucks and site go by its chain.
    entered = Entered(replace(opened.statement, chain=trunk), opened.admission, before, after, facts)
    registers: dict[str, Any] = {**vehicles.trips(entered), **planned.moved(facts, before, after)}
    if not _is_received(before):
        registers |= settlement.site_settled(entered)
        if not has_left(before):
            registers |= {**returns.given_back(facts, before), **lots.given_back(facts, trunk, before)}
    else:
        key = refused_key(before.generator, before.receiver)
        kept: RefusedLoads = facts.get(key) or RefusedLoads()
        registers[key] = kept.moved(trunk, -sum(kept_g(before, opened.cases.returned)))
    if before.number is not None:
        key = number_key(before.number)
        registers[key] = (facts.get(key) or NumberHolders()).ended(trunk, "closed")
    return Effect(cases=replace(opened.cases, gap=gap), case=opened.case, registers=registers)


def _follow(state: ManifestState, statement: Statement, admission: Admission) -> ManifestState:
    return replace(closed_with(state, _gap(statement, admission)), drawn=drawn(state.drawn, admission))


CASE_CLOSE_WITH_GAP = case_act(
    "case.close_with_gap/1",
    matter="gap",
    zh="带缺口办结",
    en="close with gap",
    body=CaseCloseWithGap,
    roles=("destination's authority", "origin's authority"),
    signers=signers,
    reads=reads,
    reads_doc="The manifest's trunk, with the accounts on which it holds grams.",
    rules=(not_finished, returns_have_left, gaps_add_up, gap_is_told),
    apply=apply,
    follow=_follow,
    opens=True,
    books="released",
    effect=(
        "联单为缺口办结：已接受的数量仍计入额度，其余退回；车辆解除占用，国家联单编号办结。",
        "The manifest is closed with a gap: what was accepted stays on the quotas, the rest comes back; vehicles are free, its number is closed.",
    ),
    texts=texts("""
GAP_SUM | - | sender | kinds §7 [DESIGN]
缺口量之和不等于去向不明的数量。 || 逐项核对：接受之前为移出量，接受之后为尚未利用处置的接受量加尚未退回的拒收量。
The gaps are not what is unaccounted for. || Line by line: before the receipt what was sent; after it what was accepted and has no fate, and what was refused and has not been taken back.

GAP_SUM:LINE
第 {line}去向不明的是 {missing} 吨，填写的缺口合计 {stated} 吨，两者必须一克不差。 || 改正 body.gaps 中这一项的数量；有一部分查明去向的，先由有关单位入账（接受、利用处置、退回）再办结。
Line {line}: {missing} t are unaccounted for, the gaps stated come to {stated} t; they must be the same to the gram. || Correct the masses of this line in body.gaps; if a part has been found, let it be entered first (receipt, disposal, return).

CLOSED_GAP | - | both_authorities | kinds §7 [DESIGN]
联单带缺口办结：有废物去向不明。 || 两地主管部门继续追查；查明后另行记录。
The manifest is closed with a gap: waste is unaccounted for. || Both authorities go on looking; what is found is recorded on its own.
"""),
)
