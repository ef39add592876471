"""The result as one page that needs nothing beside itself: no script, no request, and a policy that allows neither (W3C CSP 3)."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path

from reports.paper.tongue import say, spoken
from reports.whatif import chart
from reports.whatif.result import PlaceResult, RowResult, WhatIf
from reports.whatif.text import sentences
from reports.whatif.words import ACTS, CAUSES, CHANGES, OUTCOMES, ROUTES, TRIPS, party, place, row_name, t, title, word

ROWS_DRAWN, PLACES_DRAWN, SHOWN, LISTED = 12, 8, 12, 200
"""Rows and districts in charts; rows of a table before it is folded up, and at most: the workbook has all."""
MONTHS = [str(month) for month in range(1, 13)]
Cell = tuple[str, str]
"""Class and text: ``n`` a number, ``d`` a day, empty: a text."""


@cache
def _style() -> tuple[str, str]:
    css = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    return css, b64encode(sha256(css.encode()).digest()).decode()


def to_html(result: WhatIf) -> bytes:
    """The page, in the language that is being printed."""
    css, digest = _style()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{escape(title(result))}</title><style>{css}</style>'
    )
    parts = [_verdict(result), _figures(result), *_charts(result), *_tables(result), _colophon(result)]
    language = "zh-CN" if spoken() == "zh" else "en"
    return (
        f'<!doctype html>\n<html lang="{language}"><head>{head}</head>\n<body>{_masthead(result)}\n<main>{chr(10).join(parts)}</main></body></html>\n'
    ).encode()


def _masthead(result: WhatIf) -> str:
    other = "" if spoken() == "en" else f'<p><small lang="en">Policy trial: {result.year} under another list</small></p>'
    told = (
        say(f"新名单草案 {result.draft}", f"a new list, draft {result.draft}")
        if result.is_new
        else say(f"名单 {result.list}，换成草案 {result.draft}", f"{result.list}, replaced by the draft {result.draft}")
    )
    changed = f"<p>{escape(say(*result.difference))}</p>" if all(result.difference) else ""
    return f"<header><h1>{escape(title(result))}</h1><p>{escape(told)}</p>{changed}{other}</header>"


def _verdict(result: WhatIf) -> str:
    stops = " stops" if result.all.stopped else ""
    items = "".join(f"<li>{escape(text)}</li>" for text in sentences(result))
    return f'<section class="verdict{stops}">{_h2("结论", "What it comes to")}<ul>{items}</ul></section>'


def _h2(zh: str, en: str) -> str:
    return f'<h2>{zh} <small lang="en">{en}</small></h2>' if spoken() == "zh" else f"<h2>{en}</h2>"


def _figures(result: WhatIf) -> str:
    found, full = result.decisions, sum(bool(row.after.full_on) for row in result.rows)
    told = (
        (found.get("faster", 0) + found.get("freed", 0), say("份决定会由名单直批", "decisions would have been listed"), False),
        (result.saved_wd, say("个工作日可省（估算）", "working days saved (estimate)"), False),
        (found.get("slower", 0), say("份名单直批要走商请", "listed decisions would need a letter"), True),
        (result.all.stopped, say("张联单会被拦下", "manifests would have been stopped"), True),
        (result.all.freed, say("张联单会放行", "manifests would have been let go"), False),
        (full, say("行额度用完", "rows used up"), True),
    )
    cells = (
        f'<div class="figure{" stops" if is_bad and count else ""}"><b>{count:,}</b><span>{escape(text)}</span></div>'
        for count, text, is_bad in told
    )
    return f'<section class="figures">{"".join(cells)}</section>'


# --- charts ----------------------------------------------------------------------------------------------------------------------


def _charts(result: WhatIf) -> Iterator[str]:
    drawn = [*_by_month(result), *_by_place(result)]
    if drawn:
        yield f'<section>{_h2("何时何地", "When and where")}<div class="charts">{"".join(drawn)}</div></section>'
    curves = [_curve(result, row) for row in _drawn_rows(result)]
    if curves:
        yield f'<section>{_h2("名单各行的占用", "Use of the rows")}<div class="charts">{"".join(curves)}</div></section>'


def _drawn_rows(result: WhatIf) -> list[RowResult]:
    """Those that are fullest in one world or the other, in the order of the draft."""
    used = [row for row in result.rows if row.before.months or row.after.months]
    fullest = sorted(used, key=lambda row: (-_share(row), row.row))[:ROWS_DRAWN]
    return sorted(fullest, key=lambda row: row.row)


def _share(row: RowResult) -> int:
    """In permille of the quota, the greater of both worlds."""
    before = 1000 * row.before.peak_g // row.quota_before_g if row.quota_before_g else 0
    return max(before, 1000 * row.after.peak_g // row.quota_after_g if row.quota_after_g else 0)


def _figure(head: str, drawn: str, caption: str = "", key: Iterable[tuple[str, str]] = ()) -> str:
    keys = "".join(f"<span>{chart.square(color)}{escape(text)}</span>" for color, text in key)
    squares = f'<div class="key">{keys}</div>' if keys else ""
    told = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f"<figure><h3>{escape(head)}</h3>{told}{drawn}{squares}</figure>"


def _by_month(result: WhatIf) -> Iterator[str]:
    if result.stopped:
        bars = [[(month.stopped.get(cause, 0), chart.COLORS[cause]) for cause in result.stopped] for month in result.months]
        name = say("每月会被拦下的联单（张）", "Manifests stopped, by month")
        key = [(chart.COLORS[cause], f"{word(CAUSES, cause)} {tally.stopped:,}") for cause, tally in result.stopped.items()]
        yield _figure(name, chart.columns(name, MONTHS, bars), key=key)
    if result.saved_wd:
        name = say("每月决定可省的工作日（估算）", "Working days saved, by month of the decision (estimate)")
        yield _figure(name, chart.columns(name, MONTHS, [[(month.saved_wd, chart.ACCENT)] for month in result.months]))


def _by_place(result: WhatIf) -> Iterator[str]:
    for found, name in (
        (result.places, say("移出区县：会被拦下、会更早获批的联单（张）", "Districts of origin: manifests stopped, and approved sooner")),
        (result.codes, say("废物代码：会被拦下、会更早获批的联单（张）", "Codes: manifests stopped, and approved sooner")),
    ):
        told = sorted((one for one in found if one.tally.stopped + one.tally.faster), key=lambda one: -one.tally.stopped - one.tally.faster)
        bars = [
            (
                place(result, one.division) if one.division else one.code,
                [(one.tally.stopped, chart.ALARM), (one.tally.faster, chart.ACCENT)],
                f"{one.tally.stopped:,} / {one.tally.faster:,}",
            )
            for one in told[:PLACES_DRAWN]
        ]
        if bars:
            key = [(chart.ALARM, say("会被拦下", "stopped")), (chart.ACCENT, say("会更早获批", "approved sooner"))]
            yield _figure(name, chart.rows(name, bars), key=key)


def _curve(result: WhatIf, row: RowResult) -> str:
    name = f"{row_name(row)}　{party(result, row.receiver)}"
    caption = f"{say(row.waste, row.waste_en)} {' '.join(row.methods)}"
    if row.after.full_on:
        caption += say(f"；{row.after.full_on} 用完", f"; used up on {row.after.full_on}")
    if row.before.full_on:
        caption += say(f"（当年 {row.before.full_on} 用完）", f" (in the log on {row.before.full_on})")
    curves = [(_by_months(result, row.before.months), chart.BEFORE, True), (_by_months(result, row.after.months), chart.ACCENT, False)]
    limits = [
        (quota, color) for quota, color in ((row.quota_before_g, chart.BEFORE), (row.quota_after_g, chart.ALARM)) if quota is not None
    ]
    key = [
        (chart.BEFORE, say("当年占用、额度（吨）", "as it was, t")),
        (chart.ACCENT, say("草案下占用", "under the draft")),
        (chart.ALARM, say("草案额度", "its quota")),
    ]
    return _figure(name, chart.steps(name, MONTHS, curves, limits, 1_000_000), caption, key)


def _by_months(result: WhatIf, moved: dict[str, int]) -> list[int]:
    """Committed at the end of each month of the year."""
    year, found, now = f"{result.year:04d}-", [], 0
    now = max(((month, much) for month, much in moved.items() if month < year), default=("", 0))[1]
    for month in range(1, 13):
        now = moved.get(f"{year}{month:02d}", now)
        found.append(now)
    return found


# --- tables ----------------------------------------------------------------------------------------------------------------------


def _tables(result: WhatIf) -> Iterator[str]:
    yield _section(("名单各行", "Rows"), _row_heads(), [_row_cells(result, row) for row in result.rows if _is_told(row)])
    yield _section(("移出区县", "Districts of origin"), _place_heads(say("移出区县", "From")), _place_cells(result, result.places))
    yield _section(("废物代码", "Codes"), _place_heads(say("废物代码", "Code")), _place_cells(result, result.codes))
    heads = say(
        "决定文号|日期|移出人|接受人|批准量（吨）|当年|草案下|原因|省（＋）多（－）工作日",
        "Decision|Day|Generator|Receiver|Granted, t|In the log|Under the draft|Why|Days saved (+) or more (−)",
    )
    yield _section(("不同的决定", "Decisions that go otherwise"), heads.split("|"), [
        [
            ("", one.tried.no), ("d", one.tried.day), ("", party(result, one.tried.generator)), ("", party(result, one.tried.receiver)),
            ("n", t(sum(line.grams for line in one.tried.lines))), ("", word(ROUTES, one.tried.route)), ("", word(OUTCOMES, one.tried.outcome)),
            ("", "" if one.tried.cause is None else word(CAUSES, one.tried.cause)), ("n", f"{one.saved_wd:+d}" if one.saved_wd else "0"),
        ]
        for one in result.changed
    ])  # fmt: skip
    heads = say("联单|日期|移出人|接受人|吨|结果|环节|原因", "Manifest|Day|Generator|Receiver|t|Outcome|At|Why")
    yield _section(("不同的联单", "Manifests that go otherwise"), heads.split("|"), [
        [
            ("", trip.number or trip.manifest.rpartition("/")[2]), ("d", trip.day), ("", party(result, trip.generator)), ("", party(result, trip.receiver)),
            ("n", t(sum(grams for _, grams in trip.lines))), ("", word(TRIPS, trip.outcome)), ("", word(ACTS, trip.at)),
            ("", "PRE_NOTICE" if trip.cause is None else word(CAUSES, trip.cause)),
        ]
        for trip in result.trips
    ])  # fmt: skip


def _is_told(row: RowResult) -> bool:
    return row.changes != ("same",) or bool(row.before.months or row.after.months)


def _row_heads() -> list[str]:
    heads = say(
        "行|接受人|废物|方式|改动|当年额度（吨）|草案额度|当年占用|草案下占用|当年用完|草案下用完|放不下（吨）",
        "Row|Receiver|Waste|Methods|Change|Quota, t|Drafted|Committed, t|Under the draft|Used up on|Under the draft|Beyond, t",
    )
    return heads.split("|")


def _row_cells(result: WhatIf, row: RowResult) -> list[Cell]:
    changes = say("、", ", ").join(word(CHANGES, change) for change in row.changes)
    return [
        ("", row_name(row)), ("", party(result, row.receiver)), ("", say(row.waste, row.waste_en)), ("d", " ".join(row.methods)), ("", changes),
        ("n", "-" if row.quota_before_g is None else t(row.quota_before_g)), ("n", "-" if row.quota_after_g is None else t(row.quota_after_g)),
        ("n", t(row.before.committed_g)), ("n", t(row.after.committed_g + row.after.freed_g)), ("d", row.before.full_on or "-"),
        ("d alarm" if row.after.full_on else "d", row.after.full_on or "-"), ("n", t(row.after.unmet_g)),
    ]  # fmt: skip


def _place_heads(first: str) -> list[str]:
    heads = say(
        "联单|更早获批|会被拦下|拦下（吨）|会放行|报告提示 +/−|加快决定|减慢决定|省工作日|多用工作日",
        "Manifests|Approved sooner|Stopped|Stopped, t|Let go|PRE_NOTICE +/−|Faster|Slower|Days saved|Days more",
    )
    return [first, *heads.split("|")]


def _place_cells(result: WhatIf, found: Iterable[PlaceResult]) -> list[list[Cell]]:
    return [
        [
            ("", place(result, one.division) if one.division else one.code), ("n", f"{one.tally.trips:,}"), ("n", f"{one.tally.faster:,}"),
            ("n", f"{one.tally.stopped:,}"), ("n", t(one.tally.stopped_g)), ("n", f"{one.tally.freed:,}"),
            ("n", f"+{one.tally.noticed:,} −{one.tally.relieved:,}"), ("n", f"{one.faster_decisions:,}"), ("n", f"{one.slower_decisions:,}"),
            ("n", f"{one.saved_wd:,}"), ("n", f"{one.extra_wd:,}"),
        ]
        for one in found
    ]  # fmt: skip


def _section(head: tuple[str, str], heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """A table with its title, or nothing."""
    if not rows:
        return ""
    kinds = [kind for kind, _ in rows[0]]
    top = "".join(
        f'<th scope="col"{" class=n" if kind == "n" else ""}>{escape(text)}</th>' for kind, text in zip(kinds, heads, strict=True)
    )
    lines = ("".join(_cell(name, *cell) for name, cell in zip(heads, row, strict=True)) for row in rows[:LISTED])
    body = "</tr><tr>".join(lines)
    table = f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody><tr>{body}</tr></tbody></table></div>'
    more = ""
    if len(rows) > LISTED:
        zh, en = (
            f"共 {len(rows):,} 行，此处为前 {LISTED} 行，其余见同名表格文件。",
            f"{len(rows):,} rows, here the first {LISTED}; the workbook has all.",
        )
        more = f"<p><small>{say(zh, en)}</small></p>"
    if len(rows) > SHOWN:
        count = say(f"{len(rows):,} 行，点开查看", f"{len(rows):,} rows, open to see them")
        return f"<section>{_h2(*head)}<details><summary>{count}</summary>{table}{more}</details></section>"
    return f"<section>{_h2(*head)}{table}{more}</section>"


def _cell(name: str, kind: str, text: str) -> str:
    """A cell that also says its head, for screens on which rows become cards."""
    own = f' class="{kind}"' if kind else ""
    return f'<td{own} data-head="{escape(name)}">{escape(text)}</td>'


def _colophon(result: WhatIf) -> str:
    demo = (
        [] if result.clock == "real" else [(say("性质", "Nature"), say("演示账本，时钟为模拟", "a demonstration, its clock is simulated"))]
    )
    told = (
        (say("账本", "Log"), result.origin),
        (say("创始声明", "Founded by"), result.found),
        (
            say("条目", "Entries"),
            say(f"前 {result.size:,} 条，末条入账 {result.at}", f"the first {result.size:,}, the last of {result.at}"),
        ),
        (say("根哈希", "Root"), result.root),
        (say("草案各行摘要", "Rows of the draft"), result.draft_hash),
        *demo,
    )
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in told)
    note = say(
        "试算按账本自己的规则逐条重算，任何一方用自己的导出件都得到逐字节相同的文件；它不写账本，不改变任何人的权利。计算方法见 docs/whatif.md。",
        "Every entry is judged again by the rules of the log itself; whoever has an export gets the same bytes. It writes nothing and gives nobody a right. How it is computed: docs/whatif.md.",
    )
    return f"<footer><p>{escape(note)}</p><dl>{rows}</dl></footer>"
