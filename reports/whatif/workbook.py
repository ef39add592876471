"""The result as an Excel workbook: one sheet per question, all rows of it; masses as numbers, days as days, never a formula."""

import io
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from ledger.times import parse_at
from reports.paper.tongue import say
from reports.tables.columns import Value, tonnes_of
from reports.tables.workbook import SHEET_ROWS, Workbook
from reports.whatif.result import PlaceResult, WhatIf
from reports.whatif.text import sentences
from reports.whatif.words import ACTS, CAUSES, CHANGES, HEADS, OUTCOMES, ROUTES, TRIPS, how_long, party, place, title, word

Head = tuple[str, str, int]
"""Chinese, English, width in characters."""
_T, _PARTY, _USCC, _DAY, _N = 16, 32, 22, 12, 12
_ROWS: tuple[Head, ...] = (
    ("草案行", "Row of the draft", 8), ("名单行", "Row of the list", 8), ("接受人", "Receiver", _PARTY), ("接受人代码", "Receiver (USCC)", _USCC),
    ("废物", "Waste", 40), ("方式", "Methods", 14), ("改动", "Change", 20), ("当年额度（吨）", "Quota, t", _T), ("草案额度（吨）", "Quota drafted, t", _T),
    ("当年占用", "Committed, t", _T), ("草案下占用", "Committed under the draft, t", _T), ("其中由商请改来", "Of it instead of letters, t", _T),
    ("当年用完", "Used up on", _DAY), ("草案下用完", "Used up on, draft", _DAY), ("首份放不下", "First not to fit", _DAY), ("放不下（吨）", "Beyond, t", _T),
)  # fmt: skip
_TALLY: tuple[Head, ...] = (
    ("联单", "Manifests", _N), ("吨", "t", _T), ("更早获批", "Approved sooner", _N), ("更早获批（吨）", "Approved sooner, t", _T), ("会被拦下", "Stopped", _N),
    ("会被拦下（吨）", "Stopped, t", _T), ("会放行", "Let go", _N), ("会放行（吨）", "Let go, t", _T), ("新增报告提示", "PRE_NOTICE raised", _N),
    ("不再有报告提示", "PRE_NOTICE gone", _N), ("加快决定", "Faster decisions", _N), ("减慢决定", "Slower decisions", _N), ("省工作日", "Days saved", _N),
    ("多用工作日", "Days more", _N),
)  # fmt: skip
_PLACE: tuple[Head, ...] = (("移出区县", "District", 30), ("区划代码", "Division", 10))
_CODE: Head = ("废物代码", "Code", 14)
_DECISIONS: tuple[Head, ...] = (
    ("决定文号", "Decision", 28), ("日期", "Day", _DAY), ("移出人", "Generator", _PARTY), ("移出人代码", "Generator (USCC)", _USCC),
    ("接受人", "Receiver", _PARTY), ("接受人代码", "Receiver (USCC)", _USCC), ("移出区县", "District", 30), ("行", "Line", 5), ("废物", "Waste", 24), _CODE,
    ("数量（吨）", "Mass, t", _T), ("当年", "In the log", 12), ("草案下", "Under the draft", 22), ("名单行", "Row of the list", 8),
    ("可直批（吨）", "On the list, t", _T), ("原因", "Why", 18), ("规则代码", "Codes", 24), ("实际工作日", "Working days", _N), ("省（＋）多（－）工作日", "Days saved", _N),
    ("存证标识", "Identity", 50),
)  # fmt: skip
_TRIPS: tuple[Head, ...] = (
    ("国家联单编号", "National number", 18), ("日期", "Day", _DAY), ("移出人", "Generator", _PARTY), ("移出人代码", "Generator (USCC)", _USCC),
    ("接受人", "Receiver", _PARTY), ("接受人代码", "Receiver (USCC)", _USCC), ("移出区县", "District", 30), ("废物代码", "Codes", 24), ("数量（吨）", "Mass, t", _T),
    ("结果", "Outcome", 16), ("环节", "At", 12), ("原因", "Why", 18), ("规则代码", "Rule codes", 28), ("商请本可办完", "Letter in time", 12),
    ("批准", "Approval", 50), ("存证标识", "Identity", 50),
)  # fmt: skip


def to_xlsx(result: WhatIf, *, sheet_rows: int = SHEET_ROWS) -> bytes:
    """The bytes of the workbook: same result, same bytes; its only time is that of the last entry."""
    out = io.BytesIO()
    created = datetime.fromtimestamp(parse_at(result.at), UTC).replace(tzinfo=None)
    book = Workbook(out, title(result), created=created, mark="" if result.is_over else say("未完结", "provisional"), sheet_rows=sheet_rows)
    book.sheet(say("说明", "Summary"), _heads((("项目", "Item", 18), ("内容", "Content", 110))), _cover(result), wrapped=True)
    book.sheet(say("名单各行", "Rows"), _heads(_ROWS), _rows(result))
    book.sheet(say("移出区县", "Districts"), _heads((*_PLACE, *_TALLY)), ((*_named(result, one), *_tally(one)) for one in result.places))
    book.sheet(say("废物代码", "Codes"), _heads((_CODE, *_TALLY)), ((one.code, *_tally(one)) for one in result.codes))
    both = ((*_named(result, one), one.code, *_tally(one)) for one in result.both)
    book.sheet(say("区县与代码", "Districts and codes"), _heads((*_PLACE, _CODE, *_TALLY)), both)
    book.sheet(say("各月", "Months"), _heads(_months(result)), _month_rows(result))
    book.sheet(say("不同的决定", "Decisions"), _heads(_DECISIONS), _decisions(result))
    book.sheet(say("不同的联单", "Manifests"), _heads(_TRIPS), _trips(result))
    book.close()
    return out.getvalue()


def _heads(heads: Iterable[Head]) -> list[tuple[str, int]]:
    return [(say(zh, en), wide) for zh, en, wide in heads]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _cover(result: WhatIf) -> Iterator[tuple[str, str]]:
    yield say("试算", "Trial"), title(result)
    yield (
        say("名单", "List"),
        say(f"{result.list}（账本没有，作为新名单）", f"{result.list} (not on the log: a new one)") if result.is_new else result.list,
    )
    yield say("草案", "Draft"), result.draft
    if all(result.difference):
        yield say("相对名单", "Against the list"), say(*result.difference)
    if result.head:
        yield say("名单本身的改动", "Of the list itself"), say("、", ", ").join(word(HEADS, name) for name in result.head)
    for place_of, text in enumerate(sentences(result)):
        yield say("结论", "Result") if not place_of else "", text
    yield say("工作日估算", "Days"), "；".join((how_long(result.listed, is_listed=True), how_long(result.lettered, is_listed=False)))
    yield say("账本", "Log"), result.origin
    yield say("创始声明", "Founded by"), result.found
    yield say("条目", "Entries"), say(f"前 {result.size:,} 条，末条入账 {result.at}", f"the first {result.size:,}, the last of {result.at}")
    yield say("根哈希", "Root"), result.root
    yield say("草案各行摘要", "Rows of the draft"), result.draft_hash
    demo = say("演示 / DEMO：时钟为模拟", "DEMO: its clock is simulated")
    own = say(
        "由账本计算得出，双方可各自复算，逐字节相同；不写账本", "computed from the log; anybody gets the same bytes; it writes nothing"
    )
    yield say("性质", "Nature"), own if result.clock == "real" else demo


def _rows(result: WhatIf) -> Iterator[tuple[Value, ...]]:
    for row in result.rows:
        yield (
            None if row.place is None else row.place + 1, None if row.quota_before_g is None else row.row + 1, party(result, row.receiver),
            row.receiver, say(row.waste, row.waste_en), " ".join(row.methods), say("、", ", ").join(word(CHANGES, one) for one in row.changes),
            tonnes_of(row.quota_before_g), tonnes_of(row.quota_after_g), tonnes_of(row.before.committed_g),
            tonnes_of(row.after.committed_g + row.after.freed_g), tonnes_of(row.after.freed_g), _day(row.before.full_on), _day(row.after.full_on),
            _day(row.after.over_on), tonnes_of(row.after.unmet_g),
        )  # fmt: skip


def _named(result: WhatIf, one: PlaceResult) -> tuple[Value, ...]:
    return place(result, one.division), one.division


def _tally(one: PlaceResult) -> tuple[Value, ...]:
    found = one.tally
    return (
        found.trips, tonnes_of(found.grams), found.faster, tonnes_of(found.faster_g), found.stopped, tonnes_of(found.stopped_g), found.freed,
        tonnes_of(found.freed_g), found.noticed, found.relieved, one.faster_decisions, one.slower_decisions, one.saved_wd, one.extra_wd,
    )  # fmt: skip


def _months(result: WhatIf) -> tuple[Head, ...]:
    causes = tuple((*CAUSES[cause], 16) for cause in result.stopped)
    return (("月份", "Month", 10), ("会被拦下", "Stopped", _N), *causes, ("会放行", "Let go", _N), ("省工作日", "Days saved", _N))


def _month_rows(result: WhatIf) -> Iterator[tuple[Value, ...]]:
    for month in result.months:
        causes = (month.stopped.get(cause, 0) for cause in result.stopped)
        yield month.month, sum(month.stopped.values()), *causes, month.freed, month.saved_wd


def _decisions(result: WhatIf) -> Iterator[tuple[Value, ...]]:
    for one in result.changed:
        tried = one.tried
        for line in tried.lines:
            yield (
                tried.no, _day(tried.day), party(result, tried.generator), tried.generator, party(result, tried.receiver), tried.receiver,
                place(result, tried.origin), line.line + 1, line.name, line.code, tonnes_of(line.grams), word(ROUTES, tried.route),
                word(OUTCOMES, tried.outcome), None if line.row is None else line.row + 1, tonnes_of(line.fits_g),
                "" if line.cause is None else word(CAUSES, line.cause), " ".join(line.codes), tried.workdays, one.saved_wd, tried.chain,
            )  # fmt: skip


def _trips(result: WhatIf) -> Iterator[tuple[Value, ...]]:
    for trip in result.trips:
        codes = " ".join(dict.fromkeys(code for code, _ in trip.lines))
        yield (
            trip.number, _day(trip.day), party(result, trip.generator), trip.generator, party(result, trip.receiver), trip.receiver,
            place(result, trip.origin), codes, tonnes_of(sum(grams for _, grams in trip.lines)), word(TRIPS, trip.outcome), word(ACTS, trip.at),
            "" if trip.cause is None else word(CAUSES, trip.cause), " ".join(trip.codes), say("是", "yes") if trip.later else "", trip.approval,
            trip.manifest,
        )  # fmt: skip
