"""What part 1 of the form must say beyond the check: emergency measures, carriers, dangerous goods, plan (R-05, R-11, R-25 form).

Wastes, permits, decisions, lists, quotas and the number are judged by ``whitelist.check``; here stands what a transfer does not need.
"""

from __future__ import annotations

import re

from ledger.findings import Findings
from ledger.model import Statement
from manifests.acts import Issue
from manifests.rules.judged import judge_text, judge_time
from signing.uscc import check_uscc

CARRIERS_MAX = 8
MEASURES_MAX = 2000
DANGEROUS_GOODS_MAX = 32
_UN = re.compile(r"[0-9]{4}")
_CLASS = re.compile(r"[1-9](?:\.[1-6])?")
_TRIP = re.compile(r"[0-9A-Za-z._-]{1,64}")


def judge_issue(statement: Statement, out: Findings) -> None:
    """All rules of an issue that read nothing but the statement."""
    body: Issue = statement.body
    judge_text(out, "body.emergency_measures", body.emergency_measures, MEASURES_MAX)
    judge_text(out, "body.origin.address", body.origin.address)
    judge_text(out, "body.destination.address", body.destination.address)
    _carriers(body, out)
    _dangerous_goods(body, out)
    if body.planned_at is not None:
        judge_time(out, "body.planned_at", body.planned_at)
    if body.trip_id is not None and not _TRIP.fullmatch(body.trip_id):
        out.refuse("TRIP_ID", "body.trip_id", body.trip_id, _TRIP.pattern)
    if body.backfill:
        out.tag("BACKFILL")


def _carriers(body: Issue, out: Findings) -> None:
    """R-05: carriers are real USCCs, each named once."""
    if len(body.carriers) > CARRIERS_MAX or len(set(body.carriers)) != len(body.carriers):
        out.refuse("LIST_LENGTH", "body.carriers", len(body.carriers), f"≤ {CARRIERS_MAX}, each once")
    for position, carrier in enumerate(body.carriers[:CARRIERS_MAX]):
        if not check_uscc(carrier):
            out.refuse("USCC", f"body.carriers.{position}", carrier, "GB 32100")


def _dangerous_goods(body: Issue, out: Findings) -> None:
    """R-25, form only: a UN number has four digits, a class 1 to 9 with its division, for a line that exists."""
    if len(body.dangerous_goods) > DANGEROUS_GOODS_MAX:
        out.refuse("LIST_LENGTH", "body.dangerous_goods", len(body.dangerous_goods), f"≤ {DANGEROUS_GOODS_MAX}")
    for position, goods in enumerate(body.dangerous_goods[:DANGEROUS_GOODS_MAX]):
        field = f"body.dangerous_goods.{position}"
        if not 0 <= goods.line < len(body.lines):
            out.refuse("LINE_UNKNOWN", f"{field}.line", goods.line, f"0 … {len(body.lines) - 1}")
        if not _UN.fullmatch(goods.un_no):
            out.refuse("DG_DATA", f"{field}.un_no", goods.un_no, "2794")
        if not _CLASS.fullmatch(goods.dg_class):
            out.refuse("DG_DATA", f"{field}.dg_class", goods.dg_class, "8, 6.1")
