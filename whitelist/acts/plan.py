"""``plan.file/1`` and ``plan.amend/1``: a generator enters the management plan (管理计划) that it filed with its authority, and what changes on it.

Per site and year, or for the unit as a whole; lines are never renumbered, for manifests name them by number. Source: Order 23 Art. 10(2), 14
[READ]; HJ 1259-2022 5.1, 5.2.3 [READ S4]; kinds §3.
"""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Kind, Reads, Role, Window
from ledger.dates import judge_not_to_come
from ledger.fields import Day, MassAboveZero, SiteId, Text, Uscc, items, label, words
from ledger.kinds.site import site_at, site_key
from ledger.mass import parse_mass
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import day_of
from signing.refusal import texts
from whitelist.fields import Category, Hazards, LineNumber, Method, Name, WasteCode, WasteForm
from whitelist.plan import LINES_MAX, PlanLine, PlanState, SitePlan, plan_used_key
from whitelist.rules.plan import note_over
from whitelist.rules.waste import judge_code

PlannedMass = Annotated[MassAboveZero, label("本年度预计转移量（吨）", "planned mass of the year, t")]
PlannedMethod = Annotated[Method, label("拟利用处置方式", "intended method")]
Receivers = Annotated[tuple[Uscc, ...], items(1, 8, once=True), label("拟接收单位", "intended receivers")]
PlanSite = Annotated[SiteId, label("场所编号", "site")]
FilingNo = Annotated[Text, label("管理计划备案编号", "number of the filed plan")]


class PlannedWaste(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of the plan's table of transfers (HJ 1259-2022 table A.7)."""

    name: Name
    internal_name: Annotated[Text | None, label("单位内部名称", "internal name")] = None
    code: Annotated[WasteCode, label("废物代码", "code")]
    category: Annotated[Category, label("废物类别", "category")]
    hazards: Hazards
    form: WasteForm
    mass_t: PlannedMass
    method: PlannedMethod
    receiver_type: Annotated[
        Literal["permit", "exempt_use", "abroad"],
        label("拟接收单位类型", "type of receiver"),
        words({"permit": "经营许可证持有单位", "exempt_use": "利用处置环节豁免管理单位", "abroad": "境外单位"}),
    ]
    receivers: Receivers | None = None


class PlanFile(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``plan.file/1``."""

    site: PlanSite | None = None
    """Absent: the unit as a whole."""
    filing_no: FilingNo
    filed_on: Annotated[Day, label("备案日期", "filed on")]
    lines: Annotated[tuple[PlannedWaste, ...], items(1, 64), label("转移计划", "lines")]


class PlanChange(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What changes on a line: what is given replaces what was."""

    line: Annotated[LineNumber, label("管理计划行号", "line, from 0")]
    mass_t: PlannedMass | None = None
    method: PlannedMethod | None = None
    receivers: Receivers | None = None


class PlanAmend(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``plan.amend/1``."""

    site: PlanSite | None = None
    reason: Annotated[Text, label("变更理由", "reason")]
    filing_no: FilingNo | None = None
    set: Annotated[tuple[PlanChange, ...], items(1, 64), label("变更的行", "lines that change")] | None = None
    add: Annotated[tuple[PlannedWaste, ...], items(1, 64), label("新增的行", "lines that come")] | None = None


def _of_generator(statement: Statement, facts: Facts) -> Sequence[Role]:
    return (Role("generator", (statement.owner,)),)


def _site(statement: Statement) -> str:
    return statement.body.site or ""


def _filed(judged: Judged) -> SitePlan | None:
    state: PlanState | None = judged.state
    return None if state is None else state.sites.get(_site(judged.statement))


def _line(line: PlannedWaste) -> PlanLine:
    return PlanLine(
        name=line.name,
        internal_name=line.internal_name,
        code=line.code,
        category=line.category,
        hazards=line.hazards,
        form=line.form,
        mass_g=parse_mass(line.mass_t),
        method=line.method,
        receiver_type=line.receiver_type,
        receivers=line.receivers or (),
    )


def site_is_open(judged: Judged, out: Findings) -> None:
    """SITE_UNKNOWN unless the site is one of the generator's."""
    owner, site = judged.statement.owner, judged.statement.body.site
    if site is not None and site_at(judged.facts, owner, site) is None:
        own = {"site": site, "party": owner, "where": "body.site"}
        out.refuse("SITE_UNKNOWN", "body.site", site, f"party/{owner}: party.site", "NONE", **own)


def filed_once(judged: Judged, out: Findings) -> None:
    """PLAN_FILED for a site whose plan of the year is there: it is amended."""
    known = _filed(judged)
    if known is not None:
        out.refuse("PLAN_FILED", "body.site", known.filings[-1], "plan.amend/1", "THERE", known=known.filings[-1], day=known.filed_on)


def filing_has_been(judged: Judged, out: Findings) -> None:
    """DATE_ORDER for a filing of a day to come."""
    filed_on = judged.statement.body.filed_on
    judge_not_to_come(out, "body.filed_on", ("备案日期", "the day of the filing"), filed_on, day_of(judged.moment.at_s))


def codes_are_of_their_category(judged: Judged, out: Findings) -> None:
    """CODE_CATEGORY (R-06) of the lines that come."""
    body = judged.statement.body
    name, lines = ("lines", body.lines) if isinstance(body, PlanFile) else ("add", body.add or ())
    for position, line in enumerate(lines):
        judge_code(out, f"body.{name}.{position}", line.code, line.category)


def something_changes(judged: Judged, out: Findings) -> None:
    """MISSING for an amendment, or a line in it, that changes nothing."""
    body: PlanAmend = judged.statement.body
    what, how = ("要变更的内容", "what is to change"), ("（filing_no、set、add 中至少一项）", " (one of filing_no, set, add at least)")
    if body.filing_no is None and not body.set and not body.add:
        out.refuse("MISSING", "body", "", "", "WHAT", what=what, where="body", how=how)
    how = ("（mass_t、method、receivers 中至少一项）", " (one of mass_t, method, receivers at least)")
    for position, change in enumerate(body.set or ()):
        if change.mass_t is None and change.method is None and change.receivers is None:
            where = f"body.set.{position}"
            out.refuse("MISSING", where, "", "", "WHAT", what=what, where=where, how=how)


def lines_are_there(judged: Judged, out: Findings) -> None:
    """PLAN_FILED where nothing was filed for the site; PLAN_LINE for a line that is none, stands twice, or is one too many."""
    body, known = judged.statement.body, _filed(judged)
    if known is None:
        site = ("本单位", "the unit") if body.site is None else (f"场所 {body.site}", f"site {body.site}")
        out.refuse("PLAN_FILED", "body.site", body.site or "", "plan.file/1", "NOT_THERE", site=site, chain=judged.statement.chain)
        return
    named = Counter(change.line for change in body.set or ())
    count = len(known.lines)
    for position, change in enumerate(body.set or ()):
        where = f"body.set.{position}.line"
        if change.line >= count:
            own = {"line": str(change.line), "count": str(count), "where": where}
            out.refuse("PLAN_LINE", where, change.line, f"0 … {count - 1}", "NO_SUCH", **own)
        elif named[change.line] > 1:
            out.refuse("PLAN_LINE", where, change.line, "", "TWICE", line=str(change.line))
    if (total := count + len(body.add or ())) > LINES_MAX:
        out.refuse("PLAN_LINE", "body.add", total, f"≤ {LINES_MAX}", "FULL", count=str(count), most=str(LINES_MAX))


def less_than_moved_is_said(judged: Judged, out: Findings) -> None:
    """ALERT M PLAN_OVER where a line now has less than was moved out on it (R-15)."""
    if out.reasons:
        return
    plan = _amended(judged.state.sites[_site(judged.statement)], judged.statement.body)
    masses = Counter({change.line: 0 for change in judged.statement.body.set or () if change.mass_t is not None})
    note_over(out, judged.facts, plan, judged.statement.chain, _site(judged.statement), masses)


def _amended(plan: SitePlan, body: PlanAmend) -> SitePlan:
    lines = list(plan.lines)
    for change in body.set or ():
        line = lines[change.line]
        lines[change.line] = replace(
            line,
            mass_g=line.mass_g if change.mass_t is None else parse_mass(change.mass_t),
            method=change.method or line.method,
            receivers=change.receivers or line.receivers,
        )
    filings = plan.filings if body.filing_no in (None, *plan.filings[-1:]) else (*plan.filings, body.filing_no)
    return replace(plan, filings=filings, lines=(*lines, *map(_line, body.add or ())))


def _with(state: PlanState | None, site: str, plan: SitePlan) -> Changes:
    return Changes(state=PlanState({**({} if state is None else state.sites), site: plan}))


def _file(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: PlanFile = statement.body
    plan = SitePlan(filings=(body.filing_no,), filed_on=body.filed_on, lines=tuple(map(_line, body.lines)))
    return _with(facts.state(statement.chain), _site(statement), plan)


def _amend(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    state: PlanState = facts.state(statement.chain)
    return _with(state, _site(statement), _amended(state.sites[_site(statement)], statement.body))


def _reads_site(statement: Statement, facts: Facts) -> Reads:
    site = statement.body.site
    return Reads() if site is None else Reads(registers=(site_key(statement.owner, site),))


def _reads_used(statement: Statement, facts: Facts) -> Reads:
    chain, site = statement.chain, _site(statement)
    return Reads(registers=tuple(plan_used_key(chain, site, change.line) for change in statement.body.set or ()))


plan_act = partial(Kind, chain_type="plan", roles=("generator",), signers=_of_generator, window=Window.DAY, books=None)
"""What acts on plans share."""
FILE = plan_act(
    name="plan.file/1",
    zh="登记管理计划",
    en="filing of a management plan",
    body=PlanFile,
    reads=_reads_site,
    rules=(site_is_open, filed_once, filing_has_been, codes_are_of_their_category),
    evolve=_file,
    opens=True,
    again=True,
    effect=(
        "该场所（不填场所的，本单位）这一年的联单从此按管理计划核对（R-14），移出量逐行累计（R-15）。",
        "Manifests of the site, or of the unit where none is named, are compared with the plan from now on (R-14); what moves out counts by line (R-15).",
    ),
    texts=texts("""
PLAN_FILED | R-14 | sender | kinds §3 [DESIGN]
同一场所一年只登记一份管理计划；变更用 plan.amend。 || 变更的内容用 plan.amend 提交；场所、年度填错的，改正后重新提交。
A site has one plan a year; what changes goes into plan.amend. || Send changes by plan.amend; correct site or year if they are wrong.

PLAN_FILED:THERE
该场所这一年的管理计划已经登记（{known}，{day} 备案）。 || 变更的内容用 plan.amend 提交；是另一场所的，填写 body.site；是另一年度的，改用该年度的链。
The plan of this site and year is there ({known}, filed on {day}). || Send what changes by plan.amend; for another site name it in body.site, for another year use its chain.

PLAN_FILED:NOT_THERE
{chain} 没有登记{site}的管理计划，不能变更。 || 先用 plan.file 登记；场所填错的，改正 body.site（整个单位一份计划的不填）。
In {chain} no plan is filed for {site}, so nothing can be amended. || File it by plan.file first, or correct body.site (absent where the unit has one plan).
"""),
)
AMEND = plan_act(
    name="plan.amend/1",
    zh="变更管理计划",
    en="amendment of a management plan",
    body=PlanAmend,
    reads=_reads_used,
    rules=(something_changes, codes_are_of_their_category, lines_are_there, less_than_moved_is_said),
    evolve=_amend,
    effect=(
        "给出的内容取代原有内容，新增的行接在后面，行号不变；以前的备案编号仍可在联单上出现。",
        "What is given replaces what was, new lines come behind, numbers stay; earlier filing numbers may still stand on manifests.",
    ),
)
