"""第一部分, filled by the generator: what leaves, from whom, under which papers. Labels: the issue's own body, else law §2, addenda §2."""

from msgspec.structs import replace

from reports.certificate.facts import CertificateFacts, CertifiedLine
from reports.certificate.fields import OF_ISSUE, OF_LINE, OF_PAPER, Printed, print_field, sentence, stated_fields
from reports.certificate.form import NAMED, by_line, fields_in_pairs, packs_text, pair, place_text, wide, wide_fields
from reports.paper.grid import Column, mass, row, section, table, total
from reports.paper.sheet import Sheet
from reports.paper.tongue import clauses, listed, named, say
from reports.words import personal
from whitelist.transfer import ExemptionClaim, WasteLine


def part_one(sheet: Sheet, facts: CertificateFacts) -> None:
    """第一部分: what leaves, from whom."""
    issue, state, lines = facts.issue, facts.state, facts.lines
    section(sheet, "第一部分　危险废物移出信息（由移出人填写）", "Part 1 · Generator: what leaves")
    row(
        sheet,
        (
            *pair("单位名称", "Generator", facts.name(state.generator), size=NAMED),
            *pair("统一社会信用代码", "Credit code", state.generator),
        ),
    )
    consignor, provincial = print_field(issue, "consignor"), print_field(issue, "provincial_number")
    fields = [
        Printed("移出地址", "Origin", place_text(issue.origin)),
        replace(consignor, text=named(consignor.text, consignor.text.capitalize(), facts.name(state.consignor))),
        Printed("拟接受单位", "Receiver named", facts.name(state.receiver)),
        print_field(issue, "planned_at"),
        print_field(issue, "mode"),
        Printed("废物名录版本", "Catalogue edition", facts.edition and say(f"{facts.edition} 年版", facts.edition)),
        *([replace(provincial, text=facts.provincial_number)] if facts.provincial_number else []),
        *stated_fields(issue, *OF_ISSUE),
    ]
    fields_in_pairs(sheet, fields)
    wide_fields(sheet, stated_fields(issue, *OF_PAPER))
    wide(sheet, "突发环境事件\n防范措施", "Emergency measures", issue.emergency_measures or say("见各行补充", "see the lines"))
    wide(sheet, "拟承运人", "Carriers named", "　→　".join(map(facts.name, issue.carriers)))
    if facts.personal:
        withheld = listed(*map(personal, facts.personal))
        text = say(
            f"经办人、联系方式等个人信息只以加盐摘要入账，本件不予显示：{withheld}",
            f"Names and phones are in the log as salted digests only and are not shown: {withheld}",
        )
        wide(sheet, "个人信息", "Personal data", text)
    table(sheet, _SENT, lines)
    if len(lines) > 1:
        row(sheet, total(_SENT, lines))
    wide(sheet, "各行补充", "Further, by line", by_line([(line.number, _further(line)) for line in lines]))


def _further(line: CertifiedLine) -> str:
    """What the generator declared of a line beyond the columns."""
    return clauses(sentence(line.issued, *OF_LINE), *map(exemption_text, line.issued.exemptions))


def exemption_text(claim: ExemptionClaim) -> str:
    """An item of the exemption list that the generator claims."""
    ref = say(f"，{claim.ref}", f", {claim.ref}") if claim.ref else ""
    return say(
        f"豁免条款：《危险废物豁免管理清单》（{claim.edition} 年版）第 {claim.item} 项{ref}",
        f"Exemption: list of exemptions ({claim.edition}), item {claim.item}{ref}",
    )


def goods(issued: WasteLine) -> str:
    """UN number and class, each called what it is."""
    if issued.dg is None:
        return say("非危险货物", "not dangerous goods") if issued.dg_none else ""
    return f"UN {issued.dg.un_no}\n{say(f'第 {issued.dg.dg_class} 类', f'class {issued.dg.dg_class}')}"


_SENT: tuple[Column[CertifiedLine], ...] = (
    Column("序号", "No.", 0.5, lambda line: str(line.number), "center"),
    Column("废物名称", "Waste", 2.1, lambda line: line.issued.name),
    Column("废物类别/代码", "Code", 1.35, lambda line: f"{line.issued.category}\n{line.issued.code}", "center"),
    Column("危险\n特性", "Hazard", 0.75, lambda line: say("，", ", ").join(line.issued.hazards), "center"),
    Column("形态", "Form", 0.65, lambda line: print_field(line.issued, "form").text, "center"),
    Column("有害成分", "Components", 1.15, lambda line: line.issued.components or ""),
    Column("包装方式\n×数量", "Packing", 1.0, lambda line: packs_text(line.issued), "center"),
    Column("危险货物\n编号/类别", "UN / class", 0.95, lambda line: goods(line.issued), "center"),
    mass("移出量（吨）", "Declared, t", 1.25, lambda line: line.state.declared_g, weighed=False),
    mass("装载称重（吨）", "Loaded, t", 1.25, lambda line: line.state.loaded_g),
)
