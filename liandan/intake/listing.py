"""From rows to a list: ``list.propose`` and the pages of ``list.rows``, judged by the log's own rules as far as the log is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.content import check_content, withheld
from ledger.admission.form import read_body
from liandan.intake.ground import LogGround, same_name
from liandan.intake.model import CodesRead, PlannedStatement, Spot, TemplateRow
from liandan.intake.saying import SheetReading
from liandan.intake.tables import CATEGORY, CODES, LIST_TERMS, LISTING, METHODS, NO, PERMIT, QUOTA, RECEIVER, RECEIVER_NAME, SCOPE
from signing.payload import BODY_LIMIT
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal
from signing.uscc import check_uscc, misspelt
from whitelist.acts.list_rows import Row
from whitelist.adopted import shipped_codes
from whitelist.listing import ListRow, rows_hash

T = TypeVar("T")
PAGE_BYTES = BODY_LIMIT - 2048
"""Of the rows of a page; the rest is for what stands around them in a statement."""
_TERMS = ("letter_no", "letter_date", "effective_from", "effective_to", "kind", "suspension_stops")
_IN_NAME = ("year", "from", "to", "name")


class ListDraft(Struct, frozen=True, kw_only=True):
    """A list as a file has it. ``chain`` and the proposal are empty where the file says nothing of the list itself."""

    chain: str = ""
    rows: tuple[Row, ...] = ()
    spots: tuple[TemplateRow, ...] = ()
    statements: tuple[PlannedStatement, ...] = ()
    digest: str = ""  # ``rows_hash`` of the rows: what the other side countersigns.

    @property
    def names(self) -> dict[str, str]:
        """Names of receivers by code, as the file has them."""
        return {
            row.receiver: str(spot.cells[RECEIVER_NAME])
            for row, spot in zip(self.rows, self.spots, strict=True)
            if RECEIVER_NAME in spot.cells
        }


def compose_list(
    tables: Mapping[str, Sequence[TemplateRow]], out: SheetReading, ground: LogGround | None = None, given: Mapping[str, str] | None = None
) -> ListDraft:
    """The list of the tables. ``given`` are terms by their field (``letter_no``) that stand in no file; they win over the file."""
    found = [(row, body) for row in tables.get(LISTING.name, ()) if (body := _row(row, out, ground)) is not None]
    terms_row = next(iter(tables.get(LIST_TERMS.name, ())), None)
    rows = tuple(body for _, body in found)
    spots = tuple(row for row, _ in found)
    digest = rows_hash(_listed(rows)) if rows else ""
    chain, proposal = _terms(terms_row, len(rows), out, given or {})
    draft = ListDraft(chain=chain, rows=rows, spots=spots, digest=digest)
    return replace(draft, statements=tuple(_statements(draft, proposal, terms_row))) if rows else draft


def _listed(rows: Sequence[Row]) -> Iterator[ListRow]:
    return (row.listed(row.permit) for row in rows)


# ---------------------------------------------------------------------- a row


def _row(row: TemplateRow, out: SheetReading, ground: LogGround | None) -> Row | None:
    """A row of the list, or None where something is wrong with it."""
    receiver = row.cells.get(RECEIVER, "")
    if receiver and not check_uscc(receiver):
        out.refuse(row.at(RECEIVER), Reason("USCC", "", receiver[:40], misspelt(receiver)))
    elif receiver and ground is not None:
        _compare_name(row, receiver, out, ground)
    body: dict[str, Any] = {"receiver": receiver, "permit": _permit(row, receiver, out, ground), "waste": waste_of(row, out)}
    body |= {"methods": row.cells.get(METHODS, []), "quota_t": row.cells.get(QUOTA, "")}
    if conditions := conditions_of(row):
        body["conditions"] = conditions
    return judged_body(body, Row, row, _places(row), out)


def judged_body(body: dict[str, Any], form: type[T], row: TemplateRow, places: Mapping[str, Spot], out: SheetReading) -> T | None:
    """A body by the form of its act, each reason at its cell; None where anything is wrong with its row. Of what could not be read already, nothing
    more is said."""
    was_bad, found = out.is_bad(row.spot), None
    try:
        found = read_body(body, form)
        reasons = check_content(found)
    except Refusal as refusal:
        reasons = list(refusal.reasons)
    for reason in withheld(reasons):
        spot = _place(places, reason.field, row)
        if not was_bad or (spot.column and spot.column in row.cells):
            out.refuse(spot, reason)
    return None if reasons else found


def _compare_name(row: TemplateRow, receiver: str, out: SheetReading, ground: LogGround) -> None:
    name, known = row.cells.get(RECEIVER_NAME), ground.names.get(receiver)
    if name and known and not same_name(name, known):
        out.refuse(row.at(RECEIVER_NAME), Reason("INTAKE_NAME", "", name[:60], known[:120]))


def _permit(row: TemplateRow, receiver: str, out: SheetReading, ground: LogGround | None) -> str:
    chain, no = row.cells.get(PERMIT, ""), row.cells.get(NO, "")
    if chain:
        return str(chain)
    if not no:
        if not out.is_told(row.at(NO)):
            out.refuse(row.at(NO), Reason("INTAKE_EMPTY", "", "", f"{NO} / {PERMIT}"))
    elif ground is None:
        out.refuse(row.at(NO), Reason("INTAKE_PERMIT", "", no[:60], "", "OFFLINE", {"no": no[:60]}))
    elif receiver:
        found = ground.permits_of(receiver, no)
        if len(found) == 1:
            return found[0].permit
        known = "、".join(
            f"{permit.no}（{permit.permit}）" if found else permit.no for permit in found or ground.permits if permit.receiver == receiver
        )
        places = {"receiver": ground.names.get(receiver, receiver), "no": no[:60], "known": known[:200] or Phrase("没有", "none")}
        out.refuse(row.at(NO), Reason("INTAKE_PERMIT", "", no[:60], "", "SEVERAL" if found else "NONE", places))
    return ""


def waste_of(row: TemplateRow, out: SheetReading) -> dict[str, Any]:
    """A scope of a row's category, codes and scope; a category that is not written follows from the codes, which is shown."""
    category, read, scope = row.cells.get(CATEGORY, ""), row.cells.get(CODES), row.cells.get(SCOPE, "")
    codes = read.codes if isinstance(read, CodesRead) else ()
    said = read.scope if isinstance(read, CodesRead) else ""
    if scope and said and scope != said:
        out.refuse(row.at(SCOPE), Reason("INTAKE_CODE", "", f"{scope} / {said}", "", "SCOPE"))
    scope = scope or said or ("INCLUDE" if codes else "")
    if not scope and not out.is_told(row.at(CODES)):
        out.refuse(row.at(CODES), Reason("INTAKE_EMPTY", "", "", Phrase("八位代码，或者“全部代码”", "codes, or 全部代码")))
    endings = sorted({code[-2:] for code in codes})
    if len(endings) > 1:
        out.refuse(row.at(CODES), Reason("INTAKE_CODE", "", "、".join(codes)[:100], "", "MIXED"))
    elif not category and not out.is_told(row.at(CATEGORY)):
        if endings:
            category = f"HW{endings[0]}"
            out.repair(row.at(CATEGORY), "", category, Phrase("由代码得出类别", "the category of the codes"))
        elif not out.is_told(row.at(CODES)):
            out.refuse(row.at(CATEGORY), Reason("INTAKE_EMPTY", "", "", "HW01 … HW50"))
    if unknown := [code for code in codes if code not in shipped_codes()]:
        told = "、".join(unknown)[:100]
        out.note(
            row.at(CODES), Phrase(f"名录（2021、2025 年版）中没有 {told}，请核对", f"no catalogue of 2021 or 2025 has {told}: compare")
        )
    waste: dict[str, Any] = {"category": category, "scope": scope}
    if codes:
        waste["codes"] = list(codes)
        if endings and category and len(endings) == 1 and endings[0] != category[2:] and not out.is_told(row.at(CODES)):
            out.refuse(row.at(CODES), Reason("CODE_CATEGORY", "", "、".join(codes)[:100], f"…-{category[2:]}"))
    if (scope == "ALL") == bool(codes) and scope and not out.is_told(row.at(CODES)):
        out.refuse(row.at(CODES), Reason("SCOPE_FORM", "", "、".join(codes)[:100], "0" if codes else "≥ 1"))
    return waste


def conditions_of(row: TemplateRow) -> dict[str, Any]:
    """The conditions that a row states."""
    found: dict[str, Any] = {}
    for column in LISTING.columns:
        if column.field.startswith("conditions.") and row.cells.get(column.head) is not None:
            found[column.field.partition(".")[2]] = row.cells[column.head]
    return found


def _places(row: TemplateRow) -> dict[str, Spot]:
    found = {column.field: row.at(column.head) for column in LISTING.columns if column.field}
    return found | {"waste": row.at(CODES), "waste.category": row.at(CATEGORY), "waste.codes": row.at(CODES), "waste.scope": row.at(SCOPE)}


def _place(places: Mapping[str, Spot], path: str, row: TemplateRow) -> Spot:
    parts = path.removeprefix("body.").split(".")
    for end in range(len(parts), 0, -1):
        if (found := places.get(".".join(parts[:end]))) is not None:
            return found
    return row.spot


# ---------------------------------------------------------------------- the list itself


def _terms(row: TemplateRow | None, rows: int, out: SheetReading, given: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """The list's chain and the body of its proposal without its pages; both empty where nothing is said of the list."""
    cells = {column.field: row.cells[column.head] for column in LIST_TERMS.columns if row is not None and column.head in row.cells}
    cells |= {name: value for name, value in given.items() if value}
    if not cells:
        if rows:
            said = Phrase(
                "没有“名单”表，也没有给出函号等：只得出各行，没有提出名单的声明", "nothing is said of the list itself: rows alone"
            )
            out.note(Spot(""), said)
        return "", {}
    spot = Spot("", LIST_TERMS.name) if row is None else row.spot
    if "suspension_stops" not in cells:
        cells["suspension_stops"] = "issue"  # kinds §0
        out.note(spot, Phrase("没有写暂停的效力，按“并停开具”", "nothing is said of what a suspension stops: 并停开具, issues too"))
    lacking = False
    for column in LIST_TERMS.columns:
        if column.field in (*_IN_NAME, *_TERMS) and column.field not in cells:
            lacking = True
            place = spot if row is None else row.at(column.head)
            out.refuse(Spot(place.file, place.sheet, place.row, column.head, place.letter), Reason("INTAKE_EMPTY", "", "", column.note))
    if lacking:
        return "", {}
    chain = f"list/{cells['year']}-{cells['from']}-{cells['to']}-{cells['name']}"
    body = {name: cells[name] for name in _TERMS} | {"rows": rows}
    conditions = {name.partition(".")[2]: value for name, value in cells.items() if name.startswith("conditions.")}
    return chain, body | ({"conditions": conditions} if conditions else {})


def _statements(draft: ListDraft, proposal: Mapping[str, Any], terms_row: TemplateRow | None) -> Iterator[PlannedStatement]:
    pages = list(_pages(draft))
    first = terms_row or draft.spots[0]
    if proposal:
        places = {} if terms_row is None else {column.field: terms_row.at(column.head) for column in LIST_TERMS.columns}
        body = {**proposal, "pages": len(pages)}
        yield PlannedStatement(kind="list.propose/1", chain=draft.chain, uscc="", body=body, row=first, places=places)
    for page, numbers in enumerate(pages):
        rows = [msgspec.json.decode(msgspec.json.encode(draft.rows[number])) for number in numbers]
        places = {}
        for position, number in enumerate(numbers):
            places[f"rows.{position}"] = draft.spots[number].spot
            places |= {f"rows.{position}.{path}": spot for path, spot in _places(draft.spots[number]).items()}
        yield PlannedStatement(
            kind="list.rows/1", chain=draft.chain, uscc="", body={"page": page, "rows": rows}, row=draft.spots[numbers[0]], places=places
        )


def _pages(draft: ListDraft) -> Iterator[list[int]]:
    """Numbers of the rows of each page: as many as a body holds."""
    page, size = list[int](), 0
    for number, row in enumerate(draft.rows):
        length = len(msgspec.json.encode(row)) + 1
        if page and size + length > PAGE_BYTES:
            yield page
            page, size = [], 0
        page.append(number)
        size += length
    if page:
        yield page
