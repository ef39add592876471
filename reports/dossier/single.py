"""The inspection dossier of one manifest as PDF bytes: what it is, every act with its entry, the 23 points as far as it answers them, what does not
fit; then its bundle inside. Same bundle, same bytes. For whoever may read the manifest: it says nothing that its bundle does not hold."""

from ledger.admission.entry import Entry
from ledger.bundle import Bundle
from reports.certificate.form import NAMED, pair, wide
from reports.colophon import colophon
from reports.dossier.checklist import answers
from reports.dossier.facts import DossierFacts, DossierLoad, load_facts
from reports.dossier.lists import alerts, corrections, decisions, loads
from reports.dossier.render import draw_checklist, standing_matters
from reports.issuing import NO_SIGNERS, Signers, issue
from reports.masthead import bound, issued_by, masthead
from reports.matters import as_of, draw_matters, of_log
from reports.names import name_in
from reports.paper.grid import Column, row, section, table
from reports.paper.sheet import Sheet
from reports.paper.tongue import Tongue, clauses, listed, say, speaking
from reports.words import moment, name_of_act, stage_name, when

LAYOUT = 1
NAME = "inspection"
TITLE = ("联单检查案卷", "Inspection dossier of a manifest")
NOTICE = (
    "本件汇集账本对一份联单的记录，供检查使用；不是检查结论，不替代现场检查。",
    "What the log says of one manifest, for an inspection: no finding, and in place of no look on site.",
)


def render_inspection(bundle: Bundle, raw: bytes, signers: Signers = NO_SIGNERS, tongue: Tongue = "zh") -> bytes:
    """The dossier of an opened bundle about a ``manifest/`` chain. Refusal CERT_SUBJECT."""
    facts = load_facts(bundle)
    [load] = facts.loads
    with speaking(tongue):
        sheet = Sheet(bottom=52)
        status = say(f"状态：{stage_name(load.state.stage)}", f"State: {stage_name(load.state.stage)}")
        seen = say(f"截至 {moment(facts.dated)}", f"As of {moment(facts.dated)}")
        masthead(sheet, bundle, TITLE, status, seen, mark=issued_by(bundle, signers), notice=NOTICE)
        draw_matters(sheet, (*standing_matters(facts), *of_log(bundle)), as_of(bundle))
        _what(sheet, bundle, load)
        _acts(sheet, bundle, load)
        section(sheet, "检查要点（23 项）", "Points of inspection (23)")
        draw_checklist(sheet, answers(facts))
        alerts(sheet, facts)
        corrections(sheet, facts)
        decisions(sheet, facts)
        loads(sheet, facts)
        _proof(sheet, facts)
        colophon(sheet, bundle, is_brief=True)
        pages = bound(sheet, bundle, TITLE, load.name, NOTICE)
    return issue(pages, bundle, raw, signers, layout=f"{NAME} {LAYOUT} {tongue}", dated=facts.dated)


def _what(sheet: Sheet, bundle: Bundle, load: DossierLoad) -> None:
    """Who sends what to whom, on which vehicles."""
    state = load.state
    section(sheet, "联单", "The manifest")
    row(
        sheet,
        (*pair("编号", "Number", load.name, size=NAMED), *pair("开具", "Issued", when(load.view.issued_s), size=NAMED)),
    )
    for zh, en, parties in (
        ("移出人", "Generator", (state.generator,)), ("接受人", "Receiver", (state.receiver,)), ("承运人", "Carriers", tuple(load.view.carriers)),
    ):  # fmt: skip
        wide(sheet, zh, en, listed(*(f"{name_in(bundle, party)} {party}" for party in parties)))
    plates = dict.fromkeys(plate for leg in state.legs for plate in (leg.vehicle.plate, leg.vehicle.trailer) if plate)
    wide(sheet, "车辆", "Vehicles", listed(*plates) or "—")
    wide(sheet, "运单号", "Waybills", listed(*dict.fromkeys(leg.waybill_no for leg in state.legs if leg.waybill_no)) or "—")


def _acts(sheet: Sheet, bundle: Bundle, load: DossierLoad) -> None:
    """Every act on trunk and cases, as it was entered."""
    section(sheet, f"全部行为　{len(load.acts)} 件", f"Acts: {len(load.acts)}")
    columns: tuple[Column[Entry], ...] = (
        Column("行为", "Act", 2.2, lambda act: name_of_act(act.statement.kind)),
        Column("时间", "At", 1.6, lambda act: when(act.statement.at_s), "center"),
        Column("签署", "Signed by", 3.4, lambda act: "\n".join(name_in(bundle, party) for party in act.statement.by)),
        Column("声明哈希（前 16 位）", "Statement", 1.7, lambda act: act.statement.hash[:16], "center"),
        Column("序位", "Index", 0.7, lambda act: str(act.index), "center"),
    )
    table(sheet, columns, load.acts, size=7)


def _proof(sheet: Sheet, facts: DossierFacts) -> None:
    """What the evidence proves, and what it cannot."""
    section(sheet, "证明与限度", "What is proved, and what is not")
    size = facts.bundle.opened.checkpoint.size
    limits = clauses(
        say(
            "所附证据证明所列各条目由所列单位签署并在账本中", "the evidence proves that the entries named were signed and stand in the log"
        ),
        say(
            f"截至检查点 {size}，不排除其后或未附的行为；所涉单位的许可证、计划、事件和其他联单不在本件之内",
            f"as of checkpoint {size}, later acts or some that are not enclosed are not ruled out; permits, plans, incidents and other manifests of these firms "
            "are not told",
        ),
        say("期限与逾期只依入账时写下的提示，不另按日历推算", "terms are those that admission wrote down, no calendar was asked"),
        say("不含任何个人信息", "no personal data stand in it"),
    )
    wide(sheet, "说明", "Note", limits)
