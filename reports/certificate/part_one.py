"""第一部分, filled by the generator: what leaves, from whom, under which papers. Labels: the issue's own body, else law §2, addenda §2."""

from msgspec.structs import replace

from ledger.mass import format_mass
from reports.certificate.facts import CertificateFacts, CertifiedLine
from reports.certificate.fields import OF_ISSUE, OF_LINE, OF_PAPER, Printed, print_field, sentence, stated_fields
from reports.certificate.form import by_line, fields_in_pairs, pair, place_text, wide, wide_field
from reports.paper.fonts import BOLD
from reports.paper.grid import Cell, head, row, section, table, value
from reports.paper.sheet import Sheet
from reports.words import personal
from whitelist.transfer import ExemptionClaim, WasteLine


def part_one(sheet: Sheet, facts: CertificateFacts) -> None:
    """第一部分: what leaves, from whom."""
    issue, state = facts.issue, facts.state
    generator = facts.party(state.generator)
    section(sheet, "第一部分　危险废物移出信息（由移出人填写）", "Part 1 · Generator", keep=120)
    row(sheet, (*pair("单位名称", "Generator", generator.name, face=BOLD), *pair("统一社会信用代码", "USCC", generator.uscc)))
    consignor = print_field(issue, "consignor")
    consigned = f"{consignor.text}：{facts.party(state.consignor).name}"
    row(sheet, (*pair("移出地址", "Origin", place_text(issue.origin)), *pair(consignor.zh, consignor.en, consigned)))
    planned = print_field(issue, "planned_at")
    receiver = facts.party(state.receiver)
    row(sheet, (*pair("拟接受单位", "Receiver named", receiver.name), *pair(planned.zh, planned.en, planned.text)))
    mode = print_field(issue, "mode")
    row(sheet, (*pair(mode.zh, mode.en, mode.text), *pair("废物名录版本", "Catalogue edition", facts.edition and f"{facts.edition} 年版")))
    provincial = print_field(issue, "provincial_number")
    given = [replace(provincial, text=facts.provincial_number)] if facts.provincial_number else []
    fields_in_pairs(sheet, [*given, *stated_fields(issue, *OF_ISSUE)])
    for field in stated_fields(issue, *OF_PAPER):
        wide_field(sheet, field)
    wide(sheet, "突发环境事件\n防范措施", "Emergency measures", issue.emergency_measures or "见各行补充")
    wide(sheet, "拟承运人", "Carriers named", "　→　".join(facts.party(carrier).name for carrier in issue.carriers))
    if facts.personal:
        text = f"经办人、联系方式等个人信息以加盐承诺值入账，本件不予显示：{'、'.join(map(personal, facts.personal))}"
        wide(sheet, "个人信息", "Personal data", text)
    heads = (
        head("序号", "No.", 0.5),
        head("废物名称", "Waste", 2.1),
        head("废物类别/代码", "Code", 1.35),
        head("危险\n特性", "Hazard", 0.75),
        head("形态", "Form", 0.65),
        head("有害成分", "Components", 1.15),
        head("包装方式×数量", "Packing", 1.0),
        head("危险货物\n编号/类别", "UN / class", 0.95),
        head("移出量（吨）", "Declared, t", 1.25),
        head("装载称重（吨）", "Loaded, t", 1.25),
    )
    table(sheet, heads, [_sent(number, line) for number, line in enumerate(facts.lines, 1)])
    if len(facts.lines) > 1:
        loaded = [line.state.loaded_g for line in facts.lines]
        total = "" if None in loaded else format_mass(sum(mass or 0 for mass in loaded))
        declared = format_mass(sum(line.state.declared_g for line in facts.lines))
        row(
            sheet,
            (
                Cell(text="合计", share=8.45, align="right", face=BOLD, size=7.5),
                value(declared, 1.25, face=BOLD, align="right", size=7.5),
                value(total, 1.25, face=BOLD, align="right", size=7.5),
            ),
        )
    wide(sheet, "各行补充", "Further, by line", by_line([(number, _further(line)) for number, line in enumerate(facts.lines, 1)]))


def _further(line: CertifiedLine) -> str:
    """What the generator declared of a line beyond the columns."""
    claims = "；".join(f"{found.zh}：{found.text}" for found in map(_claim, line.issued.exemptions))
    return "；".join(part for part in (sentence(line.issued, *OF_LINE), claims) if part)


def _claim(claim: ExemptionClaim) -> Printed:
    ref = f"，{claim.ref}" if claim.ref else ""
    return Printed("豁免条款", "exemption", f"《危险废物豁免管理清单》（{claim.edition} 年版）第 {claim.item} 项{ref}")


def _goods(issued: WasteLine) -> str:
    if issued.dg is None:
        return "非危险货物" if issued.dg_none else ""
    return f"UN{issued.dg.un_no}\n{issued.dg.dg_class}"


def _sent(number: int, line: CertifiedLine) -> tuple[Cell, ...]:
    issued, state = line.issued, line.state
    return (
        value(str(number), 0.5, align="center", size=7.5),
        value(issued.name, 2.1, size=7.5),
        value(f"{issued.category}\n{issued.code}", 1.35, align="center", size=7.5),
        value("，".join(issued.hazards), 0.75, align="center", size=7.5),
        value(print_field(issued, "form").text, 0.65, align="center", size=7.5),
        value(issued.components or "", 1.15, size=7.5),
        value(f"{print_field(issued, 'packing').text}×{issued.packs}", 1.0, align="center", size=7.5),
        value(_goods(issued), 0.95, align="center", size=7.5),
        value(format_mass(state.declared_g), 1.25, align="right", size=7.5),
        value("" if state.loaded_g is None else format_mass(state.loaded_g), 1.25, align="right", size=7.5),
    )
