"""Registers as canonical JSON: keys sorted, tonne strings, UTF-8, one LF at the end; and the notes that every form of them bears."""

import json
from collections.abc import Mapping
from typing import Any

from ledger.kinds.site import PLAN_CLASSES
from ledger.mass import format_mass
from ledger.times import format_at
from reports.paper.tongue import say, speaking
from reports.reconciliation.line import LineRow
from reports.registers.calendar import FOR, SOURCE, terms_of
from reports.registers.model import TITLES, DrawnFrom, FirmLine, FirmRegister, FirmStock, FirmSum, RegisterAsked
from reports.registers.monthly import MonthlyReport, ReportRow

VERSION = 1
_ROW = (
    "number manifest line name code generator receiver carrier origin destination stage declared_g loaded_g accepted_g refused_g difference_g "
    "opinion issued_s departed_s received_s voided_s declined_s emergency"
)
_LINE = "route type method permit_no decision listing issue receipt treated_g stock_g plates waybills alerts leg begun_s ended_s carried_g"


def told(of: object, names: str) -> dict[str, Any]:
    """Fields by name: grams ``…_g`` as tonnes ``…_t``, moments ``…_s`` as times ``…_at``; what is not there is absent (formats §1)."""
    found: dict[str, Any] = {}
    for name in names.split():
        value = getattr(of, name)
        if value is None or value in ("", ()):
            continue
        if name.endswith("_g"):
            found[f"{name[:-2]}_t"] = format_mass(value)
        elif name.endswith("_s"):
            found[f"{name[:-2]}_at"] = format_at(value)
        else:
            found[name] = list(value) if isinstance(value, tuple) else value
    return found


def line_of(line: FirmLine) -> dict[str, Any]:
    """A line as all files tell it."""
    return told(line.row, _ROW) | told(line, _LINE)


def sum_of(one: FirmSum) -> dict[str, Any]:
    """A sum as all files tell it."""
    return told(one, " ".join(FirmSum.__struct_fields__))


def stock_of(one: FirmStock) -> dict[str, Any]:
    """Stock of a code likewise."""
    treated = {method: format_mass(mass_g) for method, mass_g in one.treated_g.items()}
    return told(one, "code opening_g accepted_g sent_g gap_g closing_g") | {"treated_t": treated}


def row_of(row: ReportRow) -> dict[str, Any]:
    """A row of C.1."""
    names = "part first code produced_g own_method own_g province partner permit_no method sent_g stock_opening_g stock_closing_g"
    found = told(row, f"{names} refused_g accepted_g") | told(row.words, " ".join(row.words.__struct_fields__))
    return found | {"lacking": list(row.lacking), "sources": dict(row.sources)}


def to_json(found: FirmRegister | MonthlyReport) -> bytes:
    """The bytes; docs/registers.md explains every field."""
    fields = _head(found.asked, found.log, found.name) | {
        "period": {"name": found.period.month, "start": format_at(found.period.start_s), "end": format_at(found.period.end_s)},
        "calendar": calendar_of(found),
        "parties": dict(found.names),
        "notes": {tongue: _spoken(found, tongue) for tongue in ("zh", "en")},
    }
    if found.asked.register == "carrier":
        del fields["calendar"]  # who carries reports no waste
    if isinstance(found, MonthlyReport):
        fields |= {
            "rows": list(map(row_of, found.rows)),
            "unit": "t",
            "manifests": found.manifests,
            "in_transit_t": format_mass(found.in_transit_g),
        }
    else:
        fields |= {
            "lines": list(map(line_of, found.lines)),
            "total": sum_of(found.total),
            "by_code": list(map(sum_of, found.by_code)),
            "by_partner": list(map(sum_of, found.by_partner)),
            "by_month": list(map(sum_of, found.by_month)),
            "codes": dict(found.codes),
        }
        if found.asked.register == "receiver":
            fields["stock"] = list(map(stock_of, found.stock))
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _head(asked: RegisterAsked, log: DrawnFrom, name: str) -> dict[str, Any]:
    return {
        "liandan_register": VERSION,
        "register": asked.register,
        "party": asked.party,
        "name": name,
        "provisional": not log.is_over,
        "log": {
            "origin": log.origin, "found": log.found, "size": log.size, "root": log.root, "at": log.at,
            "clock": "simulated" if log.is_demo else "real",
        },
    }  # fmt: skip


def calendar_of(found: FirmRegister | MonthlyReport) -> dict[str, Any]:
    """When reports are due (R-92): data, not advice; whether they were filed nobody here knows."""
    terms = [
        {"report": term.report, "of": term.of, "due_on": term.due_on, "for": {"zh": FOR[term.report][0], "en": FOR[term.report][1]}}
        for term in terms_of(found.period, found.report_day)
    ]
    return {"rule": "R-92", "source": SOURCE, "filed": "unknown", "classes": list(found.classes), "terms": terms}


def _spoken(found: FirmRegister | MonthlyReport, tongue: Any) -> list[str]:
    with speaking(tongue):
        return notes(found)


def notes(found: FirmRegister | MonthlyReport) -> list[str]:
    """What the reader has to know, in the language that is being spoken."""
    log = found.log
    texts = [
        say(
            f"账本 {log.origin}，截至第 {log.size} 条，末条入账 {log.at}。",
            f"Log {log.origin}, {log.size} entries, the last admitted {log.at}.",
        )
    ]
    if found.name == found.asked.party:
        texts.append(say("该代码没有在本账本登记。", "Nobody is registered in this log under this code."))
    if log.is_demo:
        texts.append(say("演示数据，单位均为虚构。", "Demonstration: all firms are fictitious."))
    if not log.is_over:
        texts.append(say("期间在账本中尚未完结，数字为暂计。", "The period is not over in the log: figures are provisional."))
    texts += _of_report(found) if isinstance(found, MonthlyReport) else _of_register(found)
    if found.asked.register != "carrier":  # who carries reports no waste
        texts.append(_terms(found))
    return texts


def _terms(found: FirmRegister | MonthlyReport) -> str:
    """The calendar in a sentence: of a year its rule, of a month its days."""
    terms, day = terms_of(found.period, found.report_day), found.report_day
    if len(terms) > len(FOR):
        due = say(
            f"{FOR['month'][0]}次月 {day} 日，{FOR['quarter'][0]}次季首月 {day} 日，{FOR['year'][0]} {terms[-1].due_on}",
            f"{FOR['month'][1]} by day {day} of the next month; {FOR['quarter'][1]} by day {day} of the month after; {FOR['year'][1]} by {terms[-1].due_on}",
        )
    else:
        due = say("；", "; ").join(f"{term.of} {say(*FOR[term.report])} {term.due_on}" for term in terms)
    named = "、".join(PLAN_CLASSES[name] for name in found.classes), ", ".join(found.classes)
    whose = (
        say(f"本单位登记的管理计划类别：{named[0]}；", f"The firm has registered its plans as {named[1]}; ")
        if found.classes
        else say("本单位属于哪一类，账本没有登记；", "Of which class the firm is has not been registered; ")
    )
    return say(
        f"申报期限（R-92，{SOURCE}，截止日含当日）：{due}。{whose}是否已经申报，账本不知道。",
        f"Reports are due (R-92, {SOURCE}, day included): {due}. {whose}whether it has filed is not known here.",
    )


def _of_report(found: MonthlyReport) -> list[str]:
    filled = sorted({place for row in found.rows for places in row.sources.values() for place in places.split("；")})
    lacks = sum(len(row.lacking) for row in found.rows)
    texts = [
        say(
            "各列依 HJ 1259-2022 表 C.1（资料性附录），计量单位一律为吨；国家平台的导入模板在此未知，本表不是该模板。",
            "Columns as in HJ 1259-2022, table C.1 (informative appendix), all masses in tonnes; the platform's template is not known here, this is not it.",
        ),
        say(
            "委托外单位的量：本期起运联单的移出量（装载称重的取称重值，否则取申报量），减去其中被拒收的量；已起运未接受的计入起运月份。退回运输不计。",
            "What went to others: loads that departed in the period, as weighed at loading, else as declared, less what was refused; loads under way count in "
            "the month in which they departed. Returns are left out.",
        ),
        say(
            "同一废物有多个去向或多种方式的，分行填写，首行之外的“/”表示见首行。接收后贮存的废物：上期末＋接受－自行利用处置－转出－缺口＝本期末（同月度对账单 M1）。",
            "A waste with several ways or methods takes several rows; “/” in the later ones: see the first. Stock of received waste: opening + accepted "
            "- treated - sent on - gap = closing (M1 of the monthly statement).",
        ),
    ]
    if lacks:
        texts.append(
            say(
                f"有 {lacks} 格标为“待填”：产生量、自行利用处置、产生单位的贮存量，账本无从知道，由单位按台账填写；本表不推算。",
                f"{lacks} cells say “to be filled”: what was produced, used by the firm itself, or is in a generator's stock the log cannot know. The firm fills "
                "them from its own books; nothing is estimated.",
            )
        )
    if filled:
        texts.append(say("取自单位台账的格：", "Cells from the firm's own books: ") + say("；", "; ").join(filled))
    return texts


def _of_register(found: FirmRegister) -> list[str]:
    texts = [
        say(
            "起运、接受、作废按行为时间（北京时间）归期，移出量取申报量，装载称重另列；已生效的更正按更正后的值。退回运输列入明细，不计入合计，另列一栏。",
            "Departures, receipts and voids belong to the period of their own time (Beijing); what left counts as declared, what was weighed at loading stands "
            "beside it; corrections in force count. Returns are listed, stand in no sum, and have a column of their own.",
        )
    ]
    if found.asked.register == "carrier":
        texts = [
            say(
                "每段运输一行，按起运（接运）时间归期；运输量为该段所载的量（装载称重，否则申报；分装的取分装量）。",
                "A row for each leg, in the period in which it began; its mass is what it carried: weighed at loading, else declared; of a divided load its part.",
            )
        ]
    if found.asked.register == "receiver":
        texts.append(
            say(
                "贮存：期初＋接受－利用处置－转出－缺口＝期末（同月度对账单 M1）；利用处置、转出按所报完成日期，没有的按填报时间。退回运输不入库存。",
                "Stock: opening + accepted - treated - sent on - gap = closing (M1 of the monthly statement); treatment and what was sent on by the day "
                "stated, else by the time of the act. Returns enter no stock.",
            )
        )
    texts.append(
        say(
            "转移证明的编号为国家联单编号，没有的为存证标识；所证的是“接受确认”一栏序位的条目。提示为入账时的提示，此后是否了结见联单。",
            "A certificate is numbered by the national number, else by the ULID; what it confirms is the entry in the column of the receipt. Alerts are those "
            "raised at admission; whether they were settled the manifest tells.",
        )
    )
    return texts


def title_of(asked: RegisterAsked) -> str:
    """What a register is called, in the language that is being spoken."""
    return say(*TITLES[asked.register])


def waste_of(row: LineRow, codes: Mapping[str, str]) -> str:
    """A code and what it is called most often."""
    return f"{row.code} {codes.get(row.code, '')}".rstrip()
