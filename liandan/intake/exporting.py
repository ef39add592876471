"""A list as the workbook that the intake reads: what is exported and brought again is the same rows, with no finding and no repair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import xlsxwriter

from ledger.mass import tonnes
from liandan.intake.difference import ComparedRow
from liandan.intake.model import CodesRead, TemplateColumn
from liandan.intake.tables import (
    CODES,
    KINDS_OF_LIST,
    LIST_TERMS,
    LISTING,
    LISTS,
    METHODS,
    NO,
    PERMIT,
    QUOTA,
    RECEIVER,
    RECEIVER_NAME,
    SCOPES,
    STOPS,
)
from liandan.intake.template import TOLD, fill_template
from whitelist.divisions import province_name
from whitelist.listing import EVERYWHERE, Conditions, ListRow, ListState

Filled = Mapping[str, Any]
"""What stands in the cells of a row, by head."""


def write_list(
    out: BinaryIO, chain: str, state: ListState, rows: Sequence[ComparedRow], names: Mapping[str, str], numbers: Mapping[str, str]
) -> None:
    """The list with rows as they are in force; ``names`` of firms by code, ``numbers`` of permits by chain, as far as they are known."""
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
    )
    pages = fill_template(book, LISTS, TOLD["list"])
    text = book.add_format({"num_format": "@"})
    terms = _terms(chain, state)
    for number, column in enumerate(LIST_TERMS.columns):
        if (value := terms.get(column.head)) is not None:
            pages[LIST_TERMS.name].write_string(number, 1, str(value), text)
    shown = [column for column in LISTING.columns if column.in_template]
    for line, one in enumerate(rows, 1):
        filled = _filled(one.row, names, numbers)
        for number, column in enumerate(shown):
            if (value := filled.get(column.head)) is not None:
                pages[LISTING.name].write_string(line, number, str(value), text)
    book.close()


def _terms(chain: str, state: ListState) -> Filled:
    year, origin, destination, name = chain.removeprefix("list/").split("-")
    words = {value: word for word, value in (*KINDS_OF_LIST.items(), *STOPS.items())}
    return {
        "年度": year, "移出省": EVERYWHERE if origin == EVERYWHERE else province_name(origin), "接受省": province_name(destination), "名单简称": name,
        "名单种类": words[state.kind], "生效日": state.effective_from, "失效日": state.effective_to, "暂停的效力": words[state.suspension_stops],
        "函号": state.letter_no, "函件日期": state.letter_date, **_conditions(state.conditions, LIST_TERMS.columns),
    }  # fmt: skip


def _filled(row: ListRow, names: Mapping[str, str], numbers: Mapping[str, str]) -> Filled:
    scope, codes = row.waste.scope, row.waste.codes
    words = {value: word for word, value in SCOPES.items()}
    return {
        RECEIVER_NAME: names.get(row.receiver), RECEIVER: row.receiver, NO: numbers.get(row.permit), PERMIT: row.permit, "废物类别": row.waste.category,
        "范围": words[scope], CODES: str(CodesRead("ALL")) if scope == "ALL" else "、".join(codes), METHODS: "、".join(row.methods),
        QUOTA: tonnes(row.quota_g), **_conditions(row.conditions, LISTING.columns),
    }  # fmt: skip


def _conditions(terms: Conditions | None, columns: Sequence[TemplateColumn]) -> Filled:
    if terms is None:
        return {}
    values = {
        "pre_notice_days": terms.pre_notice_days,
        "complete_within_days": terms.complete_within_days,
        "use_only": "是" if terms.use_only else None,
        "transit": "、".join(map(province_name, terms.transit)) or None,
        "note": terms.note,
    }
    return {column.head: values[column.field.removeprefix("conditions.")] for column in columns if column.field.startswith("conditions.")}
