"""From rows to the statements that they ask for, judged as the log will judge their form: every finding by sheet, row and column. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from ledger.admission.content import check_content, withheld
from ledger.admission.form import read_body
from ledger.kinds.party import PartyRegister
from ledger.model import Findings
from ledger.registrations.form import name_reasons
from ledger.times import read_day
from ledger.ulid import ulid
from liandan.intake.listing import waste_of
from liandan.intake.model import PlannedStatement, SheetFinding, Spot, TemplateColumn, TemplateRow
from liandan.intake.reading import Tables
from liandan.intake.saying import SheetReading
from liandan.intake.tables import CODES, ITEMS, MATERIAL, MATERIAL_2, METHODS, NAME, NO, PARTIES, PERMITS, SITES, USCC
from liandan.wiring import KINDS
from signing.payload import parse
from signing.possession import KeyRegistration, check_registration
from signing.refusal import Reason, Refusal
from signing.uscc import check_uscc, misspelt
from whitelist.fields import PermitItem, judge_scope

BASIS = "豁免清单年版", "豁免清单序号", "方案文号", "点对点移出人"
_EPOCH = 719_163  # 1970-01-01 as an ordinal.


class Composing:
    """One reading of the tables. ``found`` is the log's, or empty where it is not known: then proofs of possession are not verified."""

    def __init__(self, tables: Tables, found: str, out: SheetReading) -> None:
        """``out`` of the reading: of a cell one thing is told, not what follows from it."""
        self._tables, self._found, self._out = tables, found, out

    @property
    def findings(self) -> list[SheetFinding]:
        """Everything that is wrong."""
        return self._out.findings

    def planned(self) -> list[PlannedStatement]:
        """The statements in the order in which they are submitted: parties, sites, permits."""
        self._once(PARTIES.name, USCC)
        self._once(SITES.name, USCC, "场所编号")
        parties, sites = (self._tables.get(sheet.name, ()) for sheet in (PARTIES, SITES))
        found = [*map(self._party, parties), *map(self._site, sites), *self._permits()]
        for statement in found:
            self._judge(statement)
        self._keys_once(found)
        return found

    def _say(self, spot: Spot, reason: Reason) -> None:
        self._out.refuse(spot, reason)

    # ------------------------------------------------------------------ rows of each sheet

    def _party(self, row: TemplateRow) -> PlannedStatement:
        uscc, keys = row.cells.get(USCC, ""), list[dict[str, Any]]()
        places = {"name": row.at(NAME), "keys": row.at(MATERIAL)}
        for head in (MATERIAL, MATERIAL_2):
            if text := row.cells.get(head, "").strip():
                places[f"keys.{len(keys)}"] = row.at(head)
                keys.append(self._material(text, row.at(head), uscc))
        body = {"name": row.cells.get(NAME, ""), "keys": keys}
        return PlannedStatement(kind="party.register/1", chain=f"party/{uscc}", uscc=uscc, body=body, row=row, places=places)

    def _material(self, text: str, spot: Spot, uscc: str) -> dict[str, Any]:
        """A registration as a firm has handed it in; possession is verified where the log is known."""
        try:
            material = parse(text.encode("utf-8", "replace"))
            key: KeyRegistration = read_body(material, KeyRegistration)
            if self._found and check_uscc(uscc):
                check_registration(key, self._found, uscc)
        except Refusal as refusal:
            for reason in refusal.reasons:
                self._say(spot, replace(reason, field=reason.field.removeprefix("body").lstrip(".")))
            return {}
        return dict(material)

    def _site(self, row: TemplateRow) -> PlannedStatement:
        uscc = row.cells.get(USCC, "")
        body, places = self._filled(row, SITES.columns)
        return PlannedStatement(kind="party.site/1", chain=f"party/{uscc}", uscc=uscc, body=body, row=row, places=places)

    def _permits(self) -> Iterator[PlannedStatement]:
        """Permits with their items: rows of a sheet of their own, or beside the permit, which then has a row for each."""
        items: dict[tuple[str, str], list[TemplateRow]] = {}
        permits: dict[tuple[str, str], TemplateRow] = {}
        for row in self._tables.get(ITEMS.name, ()):
            items.setdefault(_name_of(row), []).append(row)
        for row in self._tables.get(PERMITS.name, ()):
            name, is_item = _name_of(row), any(head in row.cells for head in (CODES, METHODS))
            first = permits.setdefault(name if all(name) else (str(row.spot), ""), row)
            if is_item:
                items.setdefault(name, []).append(row)
            if first is not row and (not is_item or self._fields(first) != self._fields(row)):
                self._say(row.at(NO), Reason("INTAKE_TWICE", "", " ".join(name), str(first.spot)))
        for row in permits.values():
            yield self._permit(row, items.pop(_name_of(row), []))
        for row in (row for rows in items.values() for row in rows):
            if all(_name_of(row)):
                self._say(row.at(NO), Reason("GOLIVE_LOST", "", " ".join(_name_of(row)), f"“{PERMITS.name}”"))

    def _fields(self, row: TemplateRow) -> dict[str, Any]:
        return {column.head: row.cells.get(column.head) for column in PERMITS.columns if column.field}

    def _permit(self, row: TemplateRow, own: Sequence[TemplateRow]) -> PlannedStatement:
        uscc, no = _name_of(row)
        if not (uscc and no):  # which items are its, nobody knows
            self._out.silence(row.spot)
        elif not own:
            self._say(row.spot, Reason("GOLIVE_LOST", "", "", f"“{ITEMS.name}”：{uscc} {no}"))
        body, places = self._filled(row, PERMITS.columns)
        parts = [self._item(item) for item in own]
        body["items"], places["items"] = [part for part, _ in parts], row.spot
        for number, (item, (_, spots)) in enumerate(zip(own, parts, strict=True)):
            places |= {f"items.{number}": item.spot, **{f"items.{number}.{path}": spot for path, spot in spots.items()}}
        self._judge_permit(body, own, row)
        chain = f"permit/{uscc}/{permit_ulid(self._found, uscc, no, body.get('valid_from', ''))}"
        return PlannedStatement(kind="permit.grant/1", chain=chain, uscc=uscc, body=body, row=row, places=places)

    def _item(self, row: TemplateRow) -> tuple[dict[str, Any], dict[str, Spot]]:
        """An item of a permit, and where each field of it stands."""
        body = {**waste_of(row, self._out), "methods": row.cells.get(METHODS, [])}
        return body, {column.field: row.at(column.head) for column in ITEMS.columns if column.field}

    def _filled(self, row: TemplateRow, columns: Sequence[TemplateColumn]) -> tuple[dict[str, Any], dict[str, Spot]]:
        """The body that the cells of a row fill, and where each field of it stands or should stand."""
        body: dict[str, Any] = {}
        places = {column.field: row.at(column.head) for column in columns if column.field}
        for column in columns:
            if not column.field or (value := row.cells.get(column.head)) is None:
                continue
            inner = body
            *way, last = column.field.split(".")
            for part in way:
                inner = inner.setdefault(part, {})
            inner[last] = value
        return body, places

    # ------------------------------------------------------------------ judging

    def _judge(self, statement: PlannedStatement) -> None:
        """The code, the form of the body as at the door of the log, names, personal data; of a cell of which something is told, nothing more."""
        if (uscc := statement.uscc) and not check_uscc(uscc):
            self._say(statement.row.at(USCC), Reason("USCC", "", uscc[:40], misspelt(uscc)))
        try:
            body = read_body(statement.body, KINDS.by_name[statement.kind].body)
            reasons = check_content(body)
            if isinstance(body, PartyRegister):
                reasons += name_reasons(body.name, "body.name")
        except Refusal as refusal:
            reasons = list(refusal.reasons)
        for reason in withheld(reasons):
            self._say(statement.spot_of(reason.field), reason)

    def _judge_permit(self, body: Mapping[str, Any], items: Sequence[TemplateRow], row: TemplateRow) -> None:
        """What the log's rules would say of a permit and can be seen without it: days in order, scopes, methods of who collects, the basis."""
        first, last, sort = body.get("valid_from", ""), body.get("valid_to", ""), body.get("class")
        if read_day(first) is not None and read_day(last) is not None and last < first:
            self._say(row.at("有效期至"), Reason("DATE_ORDER", "", last, f"≥ {first}"))
        if sort is not None and (sort == "exempt_use") != ("basis" in body):
            told = "、".join(BASIS[:3])
            for head in BASIS[1:]:
                self._out.silence(row.at(head))
            self._say(row.at(BASIS[0]), Reason("EXEMPT_BASIS", "", "", told if sort == "exempt_use" else f"不填{told}"))
        for number, item in enumerate(items):
            try:
                scope = read_body(body["items"][number], PermitItem)
            except Refusal:  # told with the whole body
                continue
            judge_scope(out := Findings(), f"items.{number}", scope)
            for reason in out.reasons:
                self._say(item.at("废物代码"), reason)
            if sort == "collection" and scope.methods != ("S",):
                self._say(item.at("利用处置方式"), Reason("METHOD", "", " ".join(scope.methods), "S"))

    def _once(self, sheet: str, *heads: str) -> None:
        """What names a row names one row."""
        known: dict[tuple[str, ...], TemplateRow] = {}
        for row in self._tables.get(sheet, ()):
            name = tuple(row.cells.get(head, "") for head in heads)
            if all(name) and (earlier := known.setdefault(name, row)) is not row:
                self._say(row.at(heads[-1]), Reason("INTAKE_TWICE", "", " ".join(name), str(earlier.spot)))

    def _keys_once(self, planned: Sequence[PlannedStatement]) -> None:
        known: dict[str, Spot] = {}
        for statement in planned:
            for number, key in enumerate(statement.body.get("keys", ())):
                spot = statement.spot_of(f"keys.{number}")
                if key and (earlier := known.setdefault(key["spki"], spot)) is not spot:
                    self._say(spot, Reason("INTAKE_TWICE", "", key["spki"][:40], str(earlier)))


def _name_of(row: TemplateRow) -> tuple[str, str]:
    """Holder and number, by which a permit and its items find each other."""
    return row.cells.get(USCC, ""), row.cells.get(NO, "")


def permit_ulid(found: str, uscc: str, no: str, valid_from: str) -> str:
    """The same name for the same permit in every run, so that what was registered before is found again: a ULID of its first day and its number."""
    day = read_day(valid_from)
    at_ms = 0 if day is None else max(0, day.toordinal() - _EPOCH) * 86_400_000
    tail = int.from_bytes(sha256(f"liandan/golive/v1\n{found}\n{uscc}\n{no}".encode()).digest()[:10], "big")
    return ulid(at_ms, tail)
