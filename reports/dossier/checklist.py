"""The 23 points of an inspection of transfers (危险废物转移情况检查重点内容), answered from the log as far as it can answer, else said to be for the site.

Source: the points of the national enforcement guide as law research §1.7 gives them [READ S26]; the wording here is ours. Articles are of Order 23
(危险废物转移管理办法). An answer counts manifests of the firm in the role that the point is about.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from manifests.acts import Arrive, Depart
from reports.dossier.facts import DossierFacts, DossierLoad
from reports.paper.grid import tonnes
from reports.paper.tongue import clauses, say

Source = Literal["log", "part", "site", "none"]
SOURCES = {
    "log": ("账本可答", "from the log"),
    "part": ("账本可答一部分", "partly from the log"),
    "site": ("须现场查看", "only on site"),
    "none": ("不涉及", "not concerned"),
}
"""Where the answer of a point is to be found."""


ENTRIES_MAX = 6
"""Entries that are named with a point."""
FROM_MEMORY = frozenset({3, 16})
"""Points whose article the law research does not show in its own words (§1.2 has Art. 9 on emergencies, and no Art. 12(3)): never told as read."""


class PointEntry(Struct, frozen=True):
    """An entry of a manifest: ``<generator>/<ULID>``, its national number or ULID, the index."""

    id: str
    name: str
    index: int


class PointAnswer(Struct, frozen=True, kw_only=True):
    """A point as it is answered."""

    number: int
    text: str
    article: str
    source: Source
    answer: str
    is_alarming: bool = False
    index: int | None = None
    """The entry by which what is alarming is seen first."""
    entries: tuple["PointEntry", ...] = ()
    """Entries that show what is answered: those that raised the alerts, else the newest of the manifests that were counted; ENTRIES_MAX at most."""
    is_read: bool = True
    """Whether the article was read in the text of the law; else it is told from memory and to be checked before it is cited."""


class _Point(Struct, frozen=True):
    zh: str
    en: str
    article: str
    role: str
    """Whose duty it is: ``generator``, ``carrier``, ``receiver``, ``any``."""
    source: Source
    answer: Callable[[DossierFacts, Sequence[DossierLoad]], tuple[str, Sequence[str]]]
    """Words, and the alerts that it is about."""


def _of(count: int, of: int, zh: str, en: str) -> str:
    if not of:
        return say("没有可计的联单", "none to count")
    return say(f"{of} 份中 {count} 份{zh}", f"{count} of {of} {en}")


def _alerts(loads: Sequence[DossierLoad], codes: Sequence[str], zh: str, en: str) -> str:
    count = sum(load.has(*codes) for load in loads)
    return say(f"{zh} {count} 份", f"{en}: {count}") if count else ""


def _left(loads: Sequence[DossierLoad]) -> list[DossierLoad]:
    return [load for load in loads if load.state.times.departed_s is not None]


def _got(loads: Sequence[DossierLoad]) -> list[DossierLoad]:
    return [load for load in loads if load.receipt is not None and not load.state.is_declined]


def _run(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    codes = ("NO_DEPARTURE",)
    unmanifested = sum(state.what == "UNMANIFESTED" for state in facts.incidents.values())
    backfills = sum(load.state.is_backfill for load in loads)
    return clauses(
        say(f"期间内联单 {len(loads)} 份，其中补录 {backfills} 份", f"{len(loads)} manifests, {backfills} of them back-filled"),
        _alerts(loads, codes, "没有起运记录即接受的", "received without a departure"),
        say(f"无联单到场 {unmanifested} 起", f"{unmanifested} arrivals without a manifest") if unmanifested else "",
    ), codes


def _site(zh: str, en: str) -> Callable[[DossierFacts, Sequence[DossierLoad]], tuple[str, Sequence[str]]]:
    return lambda facts, loads: (say(zh, en), ())


def _scatter(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    if facts.is_alone:
        return say("防扬散、防流失、防渗漏措施须现场查看", "measures only on site"), ()
    leaks = sum(state.what in ("leak", "dumping", "lost") for state in facts.incidents.values())
    return say(
        f"账本记有泄漏、倾倒、遗失事件 {leaks} 起；防扬散、防流失、防渗漏措施须现场查看",
        f"{leaks} leaks, dumpings or losses on the log; measures only on site",
    ), ()


def _contract(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    codes = ("CONTRACT",)
    return clauses(
        _of(sum(load.issue.contract is not None for load in loads), len(loads), "写明书面合同编号", "name a written contract"),
        say("接受人许可证均在开具时由账本核对", "permits of receivers were checked at each issue"),
        _alerts(loads, codes, "没有合同或者合同已到期的", "without a contract, or past its term"),
    ), codes


def _plan(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    codes = ("PLAN_OVER",)
    return clauses(
        _of(sum(load.issue.plan is not None for load in loads), len(loads), "写明管理计划", "name a management plan"),
        "" if facts.is_alone else say(f"计划在账本上备案 {len(facts.plans)} 个年度", f"plans of {len(facts.plans)} years on the log"),
        _alerts(loads, codes, "累计超过计划的", "beyond the plan"),
    ), codes


def _weighed(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    codes = ("LOAD_WEIGHT", "WEIGHING_SUM", "TICKET_OVERDRAWN", "TICKET_REUSED")
    left = _left(loads)
    weighed = sum(any(line.loaded_g is not None for line in load.state.lines) for load in left)
    return clauses(_of(weighed, len(left), "装载时计量称重", "were weighed at loading"), _alerts(loads, codes, "称重有矛盾的", "with weights that disagree"),
                   say("台账本身须现场查看", "the ledger itself only on site")), codes  # fmt: skip


def _stated(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    measures = sum(bool(load.issue.emergency_measures) or all(line.precautions for line in load.issue.lines) for load in loads)
    amended = sum(any(one.ended == "in_force" for one in load.view.corrections) for load in loads)
    return clauses(
        _of(measures, len(loads), "写明突发环境事件防范措施", "state emergency measures"),
        _of(amended, len(loads), "有生效的更正", "were corrected"),
    ), ()


def _verified(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    done = [load for load in loads if load.state.times.disposed_s is not None]
    return _of(
        sum(load.state.times.verified_s is not None for load in done),
        len(done),
        "已由移出人核实利用处置情况",
        "disposed of were verified by the generator",
    ), ()


def _unpapered(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    codes = ("NO_DEPARTURE",)
    return clauses(say(f"承运的联单 {len(loads)} 份", f"{len(loads)} manifests carried"),
                   _alerts(loads, codes, "没有起运记录的", "without a departure"), say("无联单承运的须现场查看", "carriage without a manifest only on site")), codes  # fmt: skip


def _waybills(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    codes = ("NO_WAYBILL", "WAYBILL_USED", "PLATE_FORM")
    begun = [leg for load in loads for leg in load.state.legs if facts.is_alone or leg.carrier == facts.party]
    named = sum(bool(leg.waybill_no and leg.vehicle.licence_no) for leg in begun)
    return clauses(say(f"{len(begun)} 段运输中 {named} 段写明运单号和营运证件号", f"{named} of {len(begun)} legs name waybill and licence"),
                   _alerts(loads, codes, "缺运单、运单重复或者牌号不合格式的", "without a waybill, with one used twice, or a malformed plate")), codes  # fmt: skip


def _tracked(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    arrived = [load for load in loads if load.bodies(Arrive)]
    return _of(
        sum(any(body.track is not None for body in load.bodies(Arrive)) for load in arrived),
        len(arrived),
        "附有运输轨迹",
        "have a track enclosed",
    ), ()


def _delivered(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    codes = ("WRONG_RECEIVER", "PROVINCE_CHANGED")
    text = _alerts(loads, codes, "运抵或者接受地点不是联单所载的", "arrived elsewhere than the manifest says")
    return text or say("没有运抵地点与联单不一致的记录", "none arrived elsewhere than its manifest says"), codes


def _compared(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    codes = ("DISCREPANCY_UNREPORTED", "WEIGHT")
    got = _got(loads)
    return clauses(_of(sum(bool(load.state.discrepancies) for load in got), len(got), "写明五项差异", "state differences"),
                   _alerts(loads, codes, "差异未报告或者重量超差的", "with a difference unreported, or a weight beyond tolerance")), codes  # fmt: skip


def _confirmed(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    codes = ("RECEIPT_OVERDUE",)
    return clauses(_of(len(_got(loads)), len(loads), "已填写处理意见、方式和接受量", "have opinion, method and mass"),
                   _alerts(loads, codes, "五个工作日后才确认的", "confirmed after five working days")), codes  # fmt: skip


def _treated(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    codes = ("METHOD_CHANGED", "PERMIT_SCOPE", "PERMIT_METHOD", "PERMIT_STATUS", "PERMIT_DATE")
    lines = [line for load in _got(loads) for line in load.state.lines]
    treated, stock = tonnes(sum(line.treated_g for line in lines)), tonnes(sum(line.stock_g for line in lines))
    return clauses(say(f"已报利用处置 {treated} 吨，尚存 {stock} 吨", f"{treated} t treated, {stock} t in stock"),
                   _alerts(loads, codes, "方式、许可不符的", "with another method, or against the permit"), say("实际利用处置须现场查看", "treatment itself only on site")), codes  # fmt: skip


def _reported(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    got = _got(loads)
    return _of(
        sum(load.state.disposals > 0 for load in got), len(got), "已向移出人告知利用处置结果", "told the generator what became of it"
    ), ()


def _dangerous(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    lines = [line for load in loads for line in load.issue.lines]
    named = sum(line.dg is not None for line in lines)
    free = sum(line.dg_none is not None for line in lines)
    return say(
        f"{len(lines)} 行中 {named} 行写明类别、项别、编号，{free} 行写明不属于危险货物的理由",
        f"of {len(lines)} lines {named} name class and number, {free} why it is no dangerous good",
    ), ()


def _labelled(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    codes = ("LABEL_USED", "LABEL_COUNT")
    labels = sum(len(body.gate.labels) for load in loads for body in load.bodies(Depart))
    return clauses(say(f"装载时核对标签 {labels} 张", f"{labels} labels were checked at loading"),
                   _alerts(loads, codes, "标签重复或者数量不符的", "with labels used twice or of another number"), say("包装、标签实物须现场查看", "packs and labels themselves only on site")), codes  # fmt: skip


def _loading(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    codes = ("LOAD_UNILATERAL",)
    left = [load for load in _left(loads) if load.bodies(Depart)]
    four = {"carrier", "vehicle", "crew", "labels"}
    whole = sum(all(four <= set(body.gate.checks) for body in load.bodies(Depart)) for load in left)
    return clauses(_of(whole, len(left), "核实承运人、车辆、人员、标签四项", "checked carrier, vehicle, crew and labels"),
                   _alerts(loads, codes, "装载仅由承运人签署的", "loading signed by the carrier alone")), codes  # fmt: skip


def _backfilled(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    codes = ("BACKFILL_LATE", "BACKFILL_DIFFERS", "BACKFILL_PAST")
    return clauses(say(f"补录 {sum(load.state.is_backfill for load in loads)} 份", f"{sum(load.state.is_backfill for load in loads)} back-filled"),
                   _alerts(loads, codes, "逾期或者有矛盾的补录", "late, or with contradictions")), codes  # fmt: skip


def _approved(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    codes = ("APPROVAL_AFTER", "APPROVAL_LAPSED", "BACKFILL_PAST", "QUOTA_OVERDRAWN")
    across = [load for load in loads if load.state.is_between_provinces]
    on = sum(load.state.approval is not None for load in across)
    other = len(across) - on
    return clauses(say(f"跨省 {len(across)} 份：凭账本上的批准决定 {on} 份，应急、试点、账外批准或者改送 {other} 份", f"{len(across)} across provinces: {on} on decisions of the log, {other} otherwise (emergency, pilot, outside)"),
                   _alerts(loads, codes, "批准晚于起运、已失效或者超量的", "decided after departure, lapsed, or beyond the quota")), codes  # fmt: skip


def _anew(facts: DossierFacts, loads: Sequence[DossierLoad]) -> tuple[str, Sequence[str]]:
    codes = ("METHOD_CHANGED", "AMEND_OFF_DECISION", "APPROVAL_LAPSED")
    text = _alerts(loads, codes, "方式、废物与决定不同的", "with another method or waste than decided")
    return text or say("没有废物、方式或者接受人与批准决定不同的记录", "none with another waste, method or receiver than decided"), codes


_POINTS: tuple[_Point, ...] = (
    _Point("运行电子转移联单", "Electronic manifests are run", "第六条", "any", "log", _run),
    _Point(
        "公开转移污染防治信息",
        "Information on pollution prevention is public",
        "第七条",
        "any",
        "site",
        _site("账本没有，须查看单位公开的信息", "not on the log: look at what the firm publishes"),
    ),
    _Point("防扬散、防流失、防渗漏", "Nothing is scattered or leaks", "第九条", "any", "part", _scatter),
    _Point(
        "核实承运人、接受人并签订书面合同",
        "Carrier and receiver are verified, the contract is written",
        "第十条（一）",
        "generator",
        "part",
        _contract,
    ),
    _Point("管理计划写明种类、重量、流向", "The plan states kind, mass and way", "第十条（二）", "generator", "part", _plan),
    _Point("台账与计量称重", "Ledger and weighing", "第十条（三）", "generator", "part", _weighed),
    _Point("如实填写联单和防范措施", "The manifest is true and states measures", "第十条（四）", "generator", "part", _stated),
    _Point("及时核实利用处置情况", "Use or disposal is followed up", "第十条（五）", "generator", "log", _verified),
    _Point(
        "不以副产品等名义转移",
        "No waste leaves as a by-product",
        "第十条",
        "generator",
        "site",
        _site("账本没有，须现场查看", "not on the log, only on site"),
    ),
    _Point("没有联单不承运", "Nothing is carried without a manifest", "第十一条（一）", "carrier", "part", _unpapered),
    _Point(
        "填写承运信息，运单随车", "Carrier's fields are filled, the waybill is on board", "第十一条（二）", "carrier", "part", _waybills
    ),
    _Point("记录运输轨迹", "The track is recorded", "第十一条（三）", "carrier", "log", _tracked),
    _Point("运至联单所载接受人", "It is delivered to the receiver named", "第十一条（四）", "carrier", "log", _delivered),
    _Point(
        "接受前核实种类、重量、包装、标识",
        "The receiver compares kind, mass, packing, labels",
        "第十二条（一）",
        "receiver",
        "part",
        _compared,
    ),
    _Point("填写意见、方式、接受量", "Opinion, method and mass are filled in", "第十二条（二）、第十八条", "receiver", "log", _confirmed),
    _Point("依法利用处置", "It is treated lawfully", "第十二条（三）", "receiver", "part", _treated),
    _Point("告知移出人利用处置结果", "The generator is told the result", "第十二条（四）", "receiver", "log", _reported),
    _Point("确定危险货物类别、项别、编号", "Class, division and number are determined", "第十三条", "generator", "log", _dangerous),
    _Point("包装和标志", "Packing and labels", "第十三条", "generator", "part", _labelled),
    _Point("装载前核实，不相符的不装载", "Loading is checked, what does not fit is not loaded", "第十三条", "generator", "log", _loading),
    _Point("纸质联单十个工作日内补录", "Paper manifests are filled in within ten working days", "第二十条", "any", "log", _backfilled),
    _Point("跨省转移经批准", "Transfers between provinces are approved", "第二十一条至第二十七条", "generator", "log", _approved),
    _Point("变更后重新申请", "Changes are applied for anew", "第二十八条", "generator", "log", _anew),
)


def answers(facts: DossierFacts) -> list[PointAnswer]:
    """All points in their order, in the language that is spoken."""
    return [_answer(facts, number, point) for number, point in enumerate(_POINTS, 1)]


def _answer(facts: DossierFacts, number: int, point: _Point) -> PointAnswer:
    loads = [load for load in facts.loads if load.state.route != "RETURN"] if point.role == "any" else facts.of(point.role)
    text = say(point.zh, point.en)
    if not loads and point.source != "site":
        none = say("期间内没有这一身份的联单", "no manifests in this role in the period")
        return PointAnswer(number=number, text=text, article=point.article, source="none", answer=none, is_read=number not in FROM_MEMORY)
    said, codes = point.answer(facts, loads)
    raised = sorted(
        ((flag.index, load) for load in loads for flag in load.view.flags if flag.code in codes and flag.level in "HM"),
        key=lambda one: one[0],
    )
    flags = [index for index, _ in raised]
    shown = raised or [(load.view.updated_idx, load) for load in sorted(loads, key=lambda load: -load.view.updated_idx)]
    if point.source == "site":
        shown = []
    return PointAnswer(
        number=number,
        text=text,
        article=point.article,
        source=point.source,
        answer=said,
        is_alarming=bool(flags),
        index=flags[0] if flags else None,
        entries=tuple(PointEntry(load.view.chain.removeprefix("manifest/"), load.name, index) for index, load in shown[:ENTRIES_MAX]),
        is_read=number not in FROM_MEMORY,
    )
