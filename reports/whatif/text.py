"""The result as sentences and tables for a terminal, in the language that is being printed; and as canonical JSON, which has no language."""

import json
import unicodedata
from collections.abc import Iterator, Sequence

import msgspec

from reports.paper.tongue import say
from reports.whatif.result import PlaceResult, WhatIf
from reports.whatif.words import CAUSES, CHANGES, HEADS, how_long, party, place, row_name, t, title, word

ROWS_TOLD = 40
"""Rows and places of a table that a terminal is told; the workbook has all."""


def to_json(result: WhatIf) -> bytes:
    """Keys sorted, UTF-8, one LF at the end; docs/whatif.md explains the fields."""
    return (json.dumps(msgspec.to_builtins(result), ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def to_text(result: WhatIf) -> bytes:
    """UTF-8, LF."""
    return ("\n".join(lines(result)) + "\n").encode()


def lines(result: WhatIf) -> list[str]:
    """Line by line."""
    return [*_head(result), "", *sentences(result), *_rows(result), *_places(result)]


def sentences(result: WhatIf) -> list[str]:
    """What it comes to."""
    if result.changes_nothing:
        return [
            say(
                "没有任何决定或联单会不同。",
                "No decision and no manifest would have gone otherwise.",
            ),
            *_heeded(result),
        ]
    return [*_of_decisions(result), *_of_trips(result), *_heeded(result)]


def _head(result: WhatIf) -> Iterator[str]:
    yield title(result)
    if result.is_new:
        yield say(
            f"账本当年没有这份名单，草案 {result.draft} 作为新名单试算。",
            f"The log had no such list; {result.draft} is tried as a new one.",
        )
    else:
        yield say(f"名单 {result.list}，换成草案 {result.draft}", f"{result.list}, replaced by the draft {result.draft}")
    yield say(f"草案各行摘要 {result.draft_hash}", f"rows of the draft {result.draft_hash}")
    if all(result.difference):
        told = say(*result.difference)
        yield say(f"草案相对名单：{told}", f"the draft against the list: {told}")
    if result.head:
        heads = say("、", ", ").join(word(HEADS, name) for name in result.head)
        yield say(f"名单本身的改动：{heads}", f"changes of the list itself: {heads}")
    yield say(
        f"账本 {result.origin}，前 {result.size:,} 条，末条入账 {result.at}，根 {result.root}",
        f"log {result.origin}, the first {result.size:,} entries, the last of {result.at}, root {result.root}",
    )
    if not result.is_over:
        yield say("账本还没有越过这一年：以下只到末条为止。", "The log does not go beyond the year: this is as far as its last entry.")
    if result.clock != "real":
        yield say("演示账本（模拟时钟）。", "A demonstration (simulated clock).")


def _of_decisions(result: WhatIf) -> Iterator[str]:
    found = result.decisions
    if faster := found.get("faster", 0):
        mass = t(result.decided_g["faster"])
        yield say(
            f"{faster} 份商请批准（{mass} 吨）会由名单直批，共省约 {result.saved_wd} 个工作日。",
            f"Approvals by letter that would have been listed: {faster} ({mass} t), some {result.saved_wd} working days saved.",
        )
    if freed := found.get("freed", 0):
        mass = t(result.decided_g["freed"])
        yield say(
            f"{freed} 份因不同意或者未复函而不予批准的申请（{mass} 吨）会由名单直批。",
            f"Applications refused for want of consent that would have been listed: {freed} ({mass} t).",
        )
    if slower := found.get("slower", 0):
        mass = t(sum(line.grams - line.fits_g for one in result.changed if one.tried.outcome == "slower" for line in one.tried.lines))
        yield say(
            f"{slower} 份名单直批会有 {mass} 吨要走商请，约多用 {result.extra_wd} 个工作日。",
            f"Listed decisions that would have needed a letter: {slower}, for {mass} t, some {result.extra_wd} working days more.",
        )
    if faster or slower:
        estimate = say("；", "; ").join((how_long(result.listed, is_listed=True), how_long(result.lettered, is_listed=False)))
        yield say(f"工作日是估算：{estimate}。", f"Days are estimated: {estimate}.")


def _of_trips(result: WhatIf) -> Iterator[str]:
    found = result.all
    yield say(
        f"当年开具 {result.manifests:,} 张联单，其中本方向 {found.trips:,} 张（{t(found.grams)} 吨）。",
        f"{result.manifests:,} manifests were issued in the year, {found.trips:,} of them this way ({t(found.grams)} t).",
    )
    if found.faster:
        yield say(
            f"其中 {found.faster:,} 张（{t(found.faster_g)} 吨）所凭的批准会更早作出。",
            f"{found.faster:,} of them ({t(found.faster_g)} t) went on approvals that would have come sooner.",
        )
    if found.stopped:
        causes = say("，", ", ").join(f"{word(CAUSES, cause)} {tally.stopped:,}" for cause, tally in result.stopped.items())
        yield say(
            f"会被拦下 {found.stopped:,} 张（{t(found.stopped_g)} 吨）：{causes}；其中 {result.in_time:,} 张到开具时商请本可办完。",
            f"{found.stopped:,} would have been stopped ({t(found.stopped_g)} t): {causes}; for {result.in_time:,} of them a letter would have come in time.",
        )
    if found.freed:
        yield say(
            f"因名单停住而始终没有起运的，会放行 {found.freed:,} 张（{t(found.freed_g)} 吨）。",
            f"{found.freed:,} ({t(found.freed_g)} t) that the list held up for good would have gone.",
        )
    if found.noticed or found.relieved:
        yield say(
            f"起运前报告（PRE_NOTICE，只提示、不拦下）：新增提示 {found.noticed:,} 张，不再提示 {found.relieved:,} 张。",
            f"Notice before departure (PRE_NOTICE, an alert that stops nothing): {found.noticed:,} more, {found.relieved:,} no longer.",
        )


def _heeded(result: WhatIf) -> Iterator[str]:
    if result.doubts:
        told = say("、", ", ").join(f"{row + 1} {code}" for row, code in dict.fromkeys(result.doubts))
        yield say(
            f"草案有的行按许可证现在不能列入（行号、代码）：{told}。",
            f"Rows that their permits do not cover as of now (row, code): {told}.",
        )


# --- tables ----------------------------------------------------------------------------------------------------------------------


def _rows(result: WhatIf) -> Iterator[str]:
    told = [row for row in result.rows if row.changes != ("same",) or row.after.full_on or row.after.over_on or row.before.full_on]
    if not told:
        return
    heads = say(
        "行 接受人 废物 改动 额度（前→后，吨） 占用（前→后，吨） 用尽日（前→后） 放不下（吨）",
        "Row|Receiver|Waste|Change|Quota, t|Committed, t|Full on|Beyond, t",
    )
    yield ""
    yield from table(
        heads.split(say(" ", "|")),
        [
            (
                row_name(row),
                party(result, row.receiver),
                say(row.waste, row.waste_en),
                say("、", ", ").join(word(CHANGES, change) for change in row.changes),
                f"{_mass(row.quota_before_g)} → {_mass(row.quota_after_g)}",
                f"{t(row.before.committed_g)} → {t(row.after.committed_g + row.after.freed_g)}",
                f"{row.before.full_on or '-'} → {row.after.full_on or '-'}",
                t(row.after.unmet_g),
            )
            for row in told[:ROWS_TOLD]
        ],
    )
    yield from _more(len(told))


def _mass(grams: int | None) -> str:
    return "-" if grams is None else t(grams)


def _places(result: WhatIf) -> Iterator[str]:
    for found, head in ((result.places, say("移出区县", "From")), (result.codes, say("废物代码", "Code"))):
        told = [one for one in found if _is_changed(one)]
        if not told:
            continue
        heads = say(
            "加快决定 减慢决定 省工作日 多用 联单 拦下 拦下（吨） 放行",
            "Faster|Slower|Days saved|Days more|Trips|Stopped|Stopped, t|Let go",
        )
        yield ""
        yield from table(
            [head, *heads.split(say(" ", "|"))],
            [
                (
                    place(result, one.division) if one.division else one.code,
                    *map(str, (one.faster_decisions, one.slower_decisions, one.saved_wd, one.extra_wd, one.tally.trips, one.tally.stopped)),
                    t(one.tally.stopped_g),
                    str(one.tally.freed),
                )
                for one in told[:ROWS_TOLD]
            ],
        )
        yield from _more(len(told))


def _is_changed(one: PlaceResult) -> bool:
    found = one.tally
    return any((one.faster_decisions, one.slower_decisions, found.stopped, found.freed, found.noticed, found.relieved, found.faster))


def _more(count: int) -> Iterator[str]:
    if count > ROWS_TOLD:
        yield say(f"（共 {count} 行，其余见表格）", f"({count} rows; the workbook has all)")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns side by side; characters that are as wide as two are counted so."""
    widths = [max(map(_width, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        yield "  ".join(text + " " * (wide - _width(text)) for text, wide in zip(row, widths, strict=True)).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
