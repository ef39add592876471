"""The dossier as PDF bytes: who the firm is, what it moved, what does not fit, the checklist; then the bundle inside. Same bundle, same bytes."""

from collections.abc import Iterator, Sequence

from ledger.bundle import Bundle
from ledger.directory import PartyState
from ledger.kinds.party import PartyAmend, PartyRegister
from ledger.kinds.site import PLAN_CLASSES, PartySite
from ledger.times import DAY_S, parse_at
from manifests.road.contradicting import CONTRADICTIONS
from reports.certificate.form import NAMED, pair, wide
from reports.colophon import colophon
from reports.dossier.checklist import SOURCES, PointAnswer, answers
from reports.dossier.facts import DossierFacts, DossierLoad, dossier_facts, sums
from reports.dossier.lists import SMALL, alerts, corrections, decisions, incidents, loads, open_loads, permits, refusals
from reports.dossier.model import period_between
from reports.issuing import NO_SIGNERS, Signers, issue, signer_of
from reports.masthead import bound, issued_by, masthead
from reports.matters import as_of, draw_matters, of_log, of_permit
from reports.names import name_in
from reports.paper.grid import Column, row, section, table, tonnes
from reports.paper.sheet import Sheet
from reports.paper.tongue import Tongue, clauses, listed, say, speaking
from reports.rulebook import explain
from reports.words import moment, province, word
from signing.refusal import Refusal

LAYOUT = 1
NAME = "dossier"
TITLE = ("检查案卷", "Inspection dossier")
NOTICE = (
    "本件汇集账本对一家单位的记录，供检查使用；不是检查结论，不替代现场检查。",
    "What the log says of one firm, for an inspection: no finding, and in place of no look on site.",
)


def layout_text(tongue: Tongue, first: str, last: str) -> str:
    """What the file says it is: document, layout, language, and the days that it is about."""
    return f"{NAME} {LAYOUT} {tongue} {first} {last}"


def render_dossier(
    bundle: Bundle, raw: bytes, signers: Signers = NO_SIGNERS, tongue: Tongue = "zh", days: tuple[str, str] = ("", "")
) -> bytes:
    """The dossier of an opened bundle about a ``party/`` chain over ``days`` (both included). Refusal CERT_SUBJECT; ValueError for no days."""
    try:
        period = period_between(*days)
    except Refusal as refusal:
        raise ValueError("days") from refusal
    facts = dossier_facts(bundle, period)
    with speaking(tongue):
        sheet = Sheet(bottom=52)
        name = name_in(bundle, facts.party)
        status = say(f"{name}　{days[0]} 至 {days[1]}", f"{name}, {days[0]} to {days[1]}")
        seen = say(f"截至 {moment(facts.dated)}", f"As of {moment(facts.dated)}")
        masthead(sheet, bundle, TITLE, status, seen, mark=issued_by(bundle, signers), notice=NOTICE)
        draw_matters(sheet, (*_of_firm(facts), *standing_matters(facts), *_whole(bundle, signers), *of_log(bundle)), as_of(bundle))
        _who(sheet, facts)
        permits(sheet, facts)
        _figures(sheet, facts)
        section(sheet, "检查要点（23 项）", "Points of inspection (23)")
        draw_checklist(sheet, answers(facts))
        open_loads(sheet, facts)
        alerts(sheet, facts)
        corrections(sheet, facts)
        refusals(sheet, facts)
        incidents(sheet, facts)
        decisions(sheet, facts)
        loads(sheet, facts)
        _proof(sheet, facts)
        colophon(sheet, bundle, is_brief=True)
        pages = bound(sheet, bundle, TITLE, facts.party, NOTICE)
    return issue(pages, bundle, raw, signers, layout=layout_text(tongue, *days), dated=facts.dated)


def _of_firm(facts: DossierFacts) -> Iterator[str]:
    """What whoever inspects has to know first."""
    party: PartyState | None = facts.bundle.facts.state(facts.bundle.subject)
    if party is not None and party.closed_on:
        successor = name_in(facts.bundle, party.successor) if party.successor else say("无承继单位", "no successor")
        yield say(f"单位已于 {party.closed_on} 注销（{successor}）", f"Closed on {party.closed_on} ({successor})")
    for chain in facts.permits:
        yield from of_permit(facts.bundle, chain)


def standing_matters(facts: DossierFacts) -> Iterator[str]:
    """What of the manifests is not as it should be, or is not at its end."""
    grave = sorted({flag.code for _, flag in facts.flags if flag.level == "H" and flag.ended is None})
    if grave:
        count = len({load.view.chain for load, flag in facts.flags if flag.level == "H" and flag.ended is None})
        first = [explain(code).rstrip("。.") for code in grave[:2]]
        more = [say(f"等 {len(grave)} 种", f"{len(grave)} kinds in all")] if len(grave) > len(first) else []
        told = clauses(*first, *more)
        yield say(f"有未了结的高级提示的联单 {count} 份：{told}", f"Manifests with grave alerts that stand: {count} ({told})")
    against = [(load, flag) for load, flag in facts.flags if flag.code in CONTRADICTIONS and flag.ended is None]
    if against:
        count = len({load.view.chain for load, _ in against})
        yield say(f"有相互矛盾的记录的联单 {count} 份", f"Manifests with records that contradict each other: {count}")
    is_open = [load for load in facts.loads if load.is_open]
    if is_open:
        yield say(f"尚未办结的联单 {len(is_open)} 份", f"Manifests that are open: {len(is_open)}")
    happened = [state for state in facts.incidents.values() if not state.closed_on]
    if happened:
        yield say(f"尚未了结的突发事件 {len(happened)} 起", f"Incidents that are not closed: {len(happened)}")


def _whole(bundle: Bundle, signers: Signers) -> Iterator[str]:
    """Who answers for it that nothing is left out: no evidence does."""
    if signer_of(bundle, signers) is None:
        yield say("本件未签章：所列是否齐全无人担保", "Not signed: nobody answers for it that nothing is left out")


def _who(sheet: Sheet, facts: DossierFacts) -> None:
    bundle, party = facts.bundle, facts.bundle.facts.state(facts.bundle.subject)
    section(sheet, "单位", "The firm")
    row(
        sheet,
        (*pair("单位名称", "Name", name_in(bundle, facts.party), size=NAMED), *pair("统一社会信用代码", "USCC", facts.party, size=NAMED)),
    )
    entries = bundle.chain(bundle.subject)
    names = [(entry.index, entry.statement.body.name) for entry in entries if isinstance(entry.statement.body, PartyRegister | PartyAmend)]
    told = say("；", "; ").join(say(f"{name}（序位 {index}）", f"{name} (entry {index})") for index, name in names if name)
    keys = 0 if party is None else len(party.keys)
    standing = (
        say("在册", "registered")
        if party is None or not party.closed_on
        else say(f"{party.closed_on} 注销", f"closed on {party.closed_on}")
    )
    row(sheet, (*pair("登记地", "Registered in", province(facts.party[2:4])), *pair("状态", "State", standing)))
    wide(sheet, "登记与变更", "Registered and amended", told)
    sites = {body.site: (body, entry.index) for entry in entries if isinstance(body := entry.statement.body, PartySite)}
    for site, index in sites.values():
        about = (
            f"{site.name}　{site.address} ({site.division})",
            word(site.plan_class or "", PLAN_CLASSES),
            say(f"{site.closed_on} 关闭", f"closed on {site.closed_on}") if site.closed_on else "",
            say(f"序位 {index}", f"entry {index}"),
        )
        wide(sheet, f"场所 {site.site}", f"Site {site.site}", clauses(*about))
    roles = [(say("移出人", "generator"), "generator"), (say("承运人", "carrier"), "carrier"), (say("接受人", "receiver"), "receiver")]
    counts = listed(*(f"{name} {len(facts.of(role))}" for name, role in roles))
    row(sheet, (*pair("登记过的密钥", "Keys registered", str(keys)), *pair("期间内联单（按身份）", "Manifests, by role", counts)))
    newest = say(
        f"本单位链至序位 {facts.newest(bundle.subject)}，共 {len(entries)} 条",
        f"chain of {len(entries)} entries, to entry {facts.newest(bundle.subject)}",
    )
    wide(sheet, "依据", "By", newest)


def _figures(sheet: Sheet, facts: DossierFacts) -> None:
    """What it moved in the period, by role: the figures that the certificates of these manifests prove one by one."""
    section(sheet, "期间合计（吨）", "Sums of the period, t")
    roles = (("移出人", "Generator", "generator"), ("承运人", "Carrier", "carrier"), ("接受人", "Receiver", "receiver"))
    found = [(say(zh, en), facts.of(role)) for zh, en, role in roles if facts.of(role)]
    returns = [load for load in facts.loads if load.state.route == "RETURN"]
    found += [(say("退回运输", "Returns"), returns)] if returns else []
    columns: tuple[Column[_Role], ...] = (
        Column("身份", "Role", 1.3, lambda one: one[0]),
        Column("联单", "Manifests", 0.9, lambda one: str(len(one[1])), "right"),
        *(
            _summed(facts, zh, en, term)
            for zh, en, term in (
                ("移出", "Departed", "departed"), ("接受", "Accepted", "accepted"), ("拒收", "Refused", "refused"), ("磅差", "Difference", "difference"),
                ("期末在途", "Under way at its end", "under_way"), ("作废", "Voided", "voided"),
            )
        ),
    )  # fmt: skip
    if found:
        table(sheet, columns, found, size=7.2)
    else:
        wide(sheet, "联单", "Manifests", say("期间内没有联单。", "None in the period."))


_Role = tuple[str, list[DossierLoad]]


def _summed(facts: DossierFacts, zh: str, en: str, term: str) -> Column[_Role]:
    return Column(zh, en, 1.3, lambda one: tonnes(sums(one[1], facts.period)[term]), "right")


def draw_checklist(sheet: Sheet, points: Sequence[PointAnswer]) -> None:
    """The points with what the log answers, and what such an answer is."""
    columns: tuple[Column[PointAnswer], ...] = (
        Column("项", "No.", 0.45, lambda one: str(one.number), "center"),
        Column("要点（《危险废物转移管理办法》）", "Point (Order 23)", 2.9, lambda one: f"{one.text}\n{one.article}"),
        Column("由何处可知", "Where known", 1.05, lambda one: say(*SOURCES[one.source]), "center"),
        Column("账本的答复", "What the log says", 4.6, lambda one: one.answer, alarm=lambda one: one.is_alarming),
        Column("序位", "Index", 0.75, lambda one: "" if one.index is None else str(one.index), "center"),
    )
    table(sheet, columns, points, size=7)
    sheet.y += 2
    text = say(
        "要点依国家执法指南概括；序位为首条相关提示的条目。“账本可答”指所附条目能证明的记录，不是对单位是否合法的认定。",
        "Points as the national guide has them, in our words; the index is that of the first alert concerned. What is from the log is what entries prove to "
        "have been recorded, no finding of whether the firm acted lawfully.",
    )
    sheet.paragraph(text, SMALL)


def _proof(sheet: Sheet, facts: DossierFacts) -> None:
    """What the evidence proves of a dossier, and what it cannot."""
    section(sheet, "证明与限度", "What is proved, and what is not")
    size = facts.bundle.opened.checkpoint.size
    age = (parse_at(facts.dated) - facts.period.end_s) // DAY_S
    limits = clauses(
        say(
            "所附证据证明所列各条目由所列单位签署并在账本中", "the evidence proves that the entries named were signed and stand in the log"
        ),
        say(
            f"不证明没有别的联单：列全由出具单位负责，核实以导出的整本账重编（liandan dossier --export 导出目录，截至 {size} 条，逐字节相同）",
            f"not that there are no others: that nothing is left out is the issuer's word; whoever needs more makes it again from an export (liandan dossier "
            f"--export EXPORT, {size} entries, the same bytes)",
        ),
        say("期限与逾期只依入账时写下的提示，不另按日历推算", "terms are those that admission wrote down, no calendar was asked"),
        say("不含任何个人信息", "no personal data stand in it"),
        ""
        if facts.has_refusals
        else say(
            "未附不予入账的页（单位自取、页数过多，或者账本还没有）",
            "pages of refusals are not enclosed (the firm's own copy, too many, or none on the log)",
        ),
        say("期间在账本中尚未完结", "the period is not over in the log") if age < 0 else "",
    )
    wide(sheet, "说明", "Note", limits)
