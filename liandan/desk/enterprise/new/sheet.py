"""本周计划 as a spreadsheet: one row a load, read by the intake's reader, made into drafts by the pattern of the last load on the same line of a decision.

A row says what this load has of its own; everything else is what the decision says, and what the firm signed the last time. What cannot be told
is a finding by its cell; while there is one, nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from liandan.desk.enterprise.draft import from_decision, pattern_of
from liandan.intake.model import Spot, TemplateColumn, TemplateRow, TemplateSheet
from liandan.intake.reading import ReadTables, read_sheets
from liandan.intake.saying import SheetReading
from liandan.ready.model import name_key
from signing.phrase import Phrase
from signing.refusal import Reason
from whitelist.answers import ApprovalAnswer, ApprovalLineAnswer, PermitAnswer

RECEIVER, DECISION, CODE, NAME, MASS, PACKS = "接受单位", "批准文号", "废物代码", "废物名称", "数量（吨）", "包装数量"
PLANNED, CARRIER, NUMBER, TRIP = "计划时间", "承运单位", "国家联单编号", "车次标识"
ROWS_MAX = 100
OFFSET = "+08:00"
PLAN = TemplateSheet("计划", "manifest.issue/1", (
    TemplateColumn(head=PLANNED, sort="moment", needed=False, note="如 2026-11-02 09:40", wide=20, also=("计划转移时间", "时间", "日期", "计划日期")),
    TemplateColumn(head=RECEIVER, sort="name", needed=False, note="与登记名称一致；只有一个批准对得上时可不填", wide=30, also=("接收单位", "接受人", "去向")),
    TemplateColumn(head=DECISION, sort="number", needed=False, note="跨省转移批准的文号；只有一个对得上时可不填", wide=24, also=("文号", "批准决定", "决定文号")),
    TemplateColumn(head=CODE, sort="code", note="八位代码，如 900-052-31", wide=14, also=("危险废物代码", "代码", "危废代码")),
    TemplateColumn(head=NAME, sort="text", needed=False, note="批准决定里的名称", wide=22, also=("危险废物名称", "名称")),
    TemplateColumn(head=MASS, sort="mass", note="吨，至多 6 位小数", wide=14, also=("数量", "重量", "重量（吨）", "计划转移量（吨）", "计划转移量"), spreads=False),
    TemplateColumn(head=PACKS, sort="whole", needed=False, note="件数", wide=12, also=("件数", "包装件数")),
    TemplateColumn(head=CARRIER, sort="name", needed=False, note="与登记名称一致；不填的按上一次", wide=30, also=("承运人", "运输单位")),
    TemplateColumn(head=NUMBER, sort="number", needed=False, note="14 位，可不填", wide=18, also=("联单编号", "转移联单编号")),
    TemplateColumn(head=TRIP, sort="text", needed=False, note="同车几份联单写同一个，可不填", wide=16, also=("车次",)),
))  # fmt: skip
TOLD = (
    "转移计划模板 / Template of planned loads",
    "第一行是列名，不要改；从第二行起一行一车（一种废物）。深色列必填，灰色列可不填。数量一律以吨为单位。",
    "接受人、许可证、危险特性、利用处置方式按批准决定；包装、有害成分、应急措施等按您上一次在同一批准行上开具的联单。",
    "上传以后逐格列出读出的内容和不符之处；有一处不符，整个文件都不保存。没有不符的存为草稿，核对后逐份签署。",
)


class SheetGround(Struct, frozen=True, kw_only=True):
    """What the log knows for the rows. ``patterns``: the newest manifest's body by (approval, line)."""

    own: str
    approvals: Sequence[ApprovalAnswer]
    permits: Mapping[str, PermitAnswer] = {}
    patterns: Mapping[tuple[str, int], Mapping[str, Any]] = {}
    parties: Mapping[str, str] = {}
    """Code by the key of a name, present or former."""
    names: Mapping[str, str] = {}
    origin: Mapping[str, Any] = {}
    """The firm's own site, where it has registered exactly one."""


class SheetDrafts(Struct, frozen=True):
    """Bodies of drafts with the rows that they are of; none while there is a finding."""

    bodies: tuple[tuple[str, dict[str, Any]], ...]


def read_plan(name: str, raw: bytes) -> ReadTables:
    """The rows of a file."""
    return read_sheets((PLAN,), [(name, raw)])


def compose_plan(read: ReadTables, out: SheetReading, ground: SheetGround) -> SheetDrafts:
    """Bodies of ``manifest.issue/1``, one a row."""
    rows = read.tables.get(PLAN.name, [])[:ROWS_MAX]
    bodies = tuple((row.spot.cell, body) for row in rows if (body := _body(row, out, ground)) is not None)
    if read.files and not rows and not out.findings:
        out.refuse(Spot(read.files[0].name), Reason("BOOK_EMPTY", "", "", Phrase("至少一行", "one row at least")))
    return SheetDrafts(() if out.findings else bodies)


def _body(row: TemplateRow, out: SheetReading, ground: SheetGround) -> dict[str, Any] | None:
    """The body of a row's load; everything that is wrong with the row is told at once, what only follows from it is not."""
    found, carrier = _line_of(row, out, ground), _party(row, CARRIER, "carriers", out, ground)
    if found is None or carrier is None or MASS not in row.cells:
        return None
    approval, line = found
    known = ground.patterns.get((approval.approval, line.line))
    body = pattern_of(known) if known is not None else from_decision(approval, line, ground.permits.get(approval.permit), ground.origin)
    cells = row.cells
    first = body["lines"][0]
    first["mass_t"] = cells[MASS]
    if PACKS in cells:
        first["packs"] = cells[PACKS]
    if NUMBER in cells:
        body["number"] = cells[NUMBER]
    if TRIP in cells:
        body["trip_id"] = cells[TRIP]
    if PLANNED in cells:
        day, _, clock = str(cells[PLANNED]).partition(" ")
        body["planned_at"] = f"{day}T{clock or '08:00:00'}{OFFSET}"
    if carrier:
        body["carriers"] = [carrier]
    return body


def _party(row: TemplateRow, head: str, field: str, out: SheetReading, ground: SheetGround) -> str | None:
    """The code of the party that a cell names, "" for an empty cell; ``None``, and told, for a name that nobody has."""
    if head not in row.cells:
        return ""
    found = ground.parties.get(name_key(str(row.cells[head])))
    if found is None:
        out.refuse(row.at(head), Reason("READY_PARTY", field, str(row.cells[head])[:100]))
    return found


def _line_of(row: TemplateRow, out: SheetReading, ground: SheetGround) -> tuple[ApprovalAnswer, ApprovalLineAnswer] | None:
    """The one line of a decision that a row is on."""
    cells, receiver = row.cells, _party(row, RECEIVER, "receiver", out, ground)
    if CODE not in cells:
        return None  # it could not be read, which was told
    fits = [
        (approval, line)
        for approval in ground.approvals
        for line in approval.lines
        if approval.generator == ground.own and line.status == "ACTIVE" and line.code == cells.get(CODE)
        and receiver in (None, "", approval.receiver) and cells.get(DECISION, approval.no) == approval.no
    ]  # fmt: skip
    named = [found for found in fits if found[1].name == cells.get(NAME)] if NAME in cells else []
    chosen = named or fits
    if len(chosen) == 1 or (fits and receiver is None):
        return chosen[0]
    told = "、".join(f"{approval.no} {line.name}" for approval, line in fits)[:150] or Phrase("账本中没有", "none on the log")
    said = str(cells.get(DECISION) or cells.get(NAME) or cells.get(CODE, ""))[:100]
    out.refuse(row.at(DECISION if DECISION in cells else CODE), Reason("READY_APPROVAL", "approval", said, told))
    return None
