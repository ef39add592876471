"""From the rows of tables to the lines of a book: what is wrong with each beside its cells, everything at once. A book is taken whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from ledger.admission.personal import personal_in
from ledger.lookalikes import tidied
from liandan.books.fields import FieldRow, heads_of
from liandan.books.mapping import BookMapping
from liandan.intake.model import Spot, TemplateRow
from liandan.intake.saying import SheetReading
from liandan.intake.spelling import folded
from reports.books.model import BookKind, BookLine, LineSide, StockTerm, hash_of_lines
from signing.phrase import Phrase
from signing.refusal import Reason
from signing.uscc import check_uscc, misspelt

SIDES: Mapping[str, tuple[LineSide, StockTerm]] = {
    "b1": ("made", ""), "b2": ("stock", "entered"), "b3": ("stock", "left"), "b4": ("used", ""), "b5": ("out", ""), "tickets": ("weighing", ""),
}  # fmt: skip
_SIDE_WORDS = {
    "移出": "out",
    "转出": "out",
    "出": "out",
    "出厂": "out",
    "out": "out",
    "接受": "in",
    "接收": "in",
    "转入": "in",
    "入": "in",
    "进厂": "in",
    "in": "in",
}
_TEXTS = ("waste", "partner_name", "method", "plate", "number", "permit_no", "batch", "manifest_no")


class Holding(Struct, frozen=True, kw_only=True):
    """Whose book it should be, and of which month. ``names``: how the holder is and was called; empty where nobody was asked."""

    holder: str
    month: str
    names: tuple[str, ...] = ()


def compose_lines(
    kind: BookKind, rows: Sequence[TemplateRow], holding: Holding, out: SheetReading, mapping: BookMapping | None = None
) -> list[BookLine]:
    """The lines of the rows of one table."""
    composing = _Composing(kind, holding, out, mapping)
    found = [line for row in rows for line in composing.lines(row)]
    composing.tell_twins(found)
    return found


class _Composing:
    """Of one table."""

    def __init__(self, kind: BookKind, holding: Holding, out: SheetReading, mapping: BookMapping | None) -> None:
        self._kind, self._holding, self._out, self._mapping = kind, holding, out, mapping
        self._names = {tidied(folded(name)) for name in holding.names}
        self._spots: dict[tuple[str, int], Spot] = {}

    def lines(self, row: TemplateRow) -> Iterator[BookLine]:
        """What a row says; what is wrong with it is told and yields nothing."""
        read = FieldRow(row, heads_of(self._kind, self._mapping))
        before = len(self._out.findings)
        self._spots[row.spot.sheet, row.spot.row] = row.spot
        self._drop_persons(read)
        made = list(self._of_month(read) if self._kind == "c1" else self._of_movement(read))
        if not made and not self._is_told(read):
            self._out.refuse(row.spot, Reason("INTAKE_EMPTY", "", "", Phrase("至少一个数量", "one quantity at least")))
        if len(self._out.findings) == before and not self._out.is_bad(row.spot):
            yield from made

    def _is_told(self, read: FieldRow) -> bool:
        """Whether it was said already why a row has no quantity."""
        return self._out.is_bad(read.row.spot) or self._out.is_told(read.at("mass"))

    # ------------------------------------------------------------------ rows of a kind

    def _of_movement(self, read: FieldRow) -> Iterator[BookLine]:
        day, clock = self._moment(read)
        mass = read.grams("mass")
        mass = read.grams("weighed") if mass is None else mass
        gross, tare = read.grams("gross"), read.grams("tare")
        self._compare_weights(read, gross, tare, mass)
        for side, partner, partner_name in self._sides(read):
            if mass is None:
                if not self._is_told(read):
                    self._refuse(read, "mass", "INTAKE_EMPTY", "", Phrase("数量", "a mass"))
                return
            yield BookLine(
                **self._own(read), side=side, term=SIDES.get(self._kind, ("out", ""))[1], day=day, time=clock,
                mass_g=(accepted if side == "in" and (accepted := read.grams("accepted")) is not None else mass),
                gross_g=gross, tare_g=tare, partner=partner, partner_name=partner_name, permit_no=read.text("permit_no"),
                plate=read.text("plate") or None, method=self._word("method", read.text("method")) or None,
            )  # fmt: skip

    def _of_month(self, read: FieldRow) -> Iterator[BookLine]:
        """A row of C.1: produced, used here, given away, in store at both ends of the month."""
        own = self._own(read)
        told: tuple[tuple[str, LineSide, StockTerm], ...] = (
            ("made", "made", ""), ("used", "used", ""), ("mass", "out", ""), ("opening", "stock", "opening"), ("closing", "stock", "closing"),
        )  # fmt: skip
        weighed = read.grams("weighed")
        for field, side, term in told:
            mass = read.grams(field)
            if mass is None and weighed is not None and field == "mass" and not any(read.has(one) for one, _, _ in told):
                mass = weighed
            if mass is None:
                continue
            is_out = side == "out"
            yield BookLine(
                **own, side=side, term=term, mass_g=mass, partner_name=read.text("partner_name") if is_out else "",
                permit_no=read.text("permit_no") if is_out else "",
                method=(read.text("method") if is_out else read.text("used_method") if side == "used" else "") or None,
            )  # fmt: skip

    def _own(self, read: FieldRow) -> dict[str, Any]:
        return {
            "holder": self._holding.holder, "book": "", "sheet": read.row.spot.sheet, "row": read.row.spot.row,
            "manifest_no": read.text("manifest_no") or None, "number": read.text("number") or None, "batch": read.text("batch") or None,
            "waste": read.text("waste") or read.text("internal_name"), "code": read.text("code"), "raw": dict(read.row.raw),
        }  # fmt: skip

    # ------------------------------------------------------------------ parts of a row

    def _moment(self, read: FieldRow) -> tuple[str | None, str]:
        """Day and time; a day of another month is no part of this book."""
        fields = ("received_at", "departed_at", "day") if self._side_told(read) == "in" else ("departed_at", "day", "received_at")
        field = next((one for one in fields if read.has(one)), "")
        if not field:
            missing = next((one for one in fields if one in read.heads), "")
            if not self._out.is_told(read.at(missing)):
                self._refuse(read, missing, "INTAKE_EMPTY", "", Phrase("日期", "a day"))
            return None, ""
        day, _, clock = read.text(field).partition(" ")
        if day[:7] != self._holding.month:
            self._refuse(read, field, "BOOK_MONTH", day, self._holding.month)
        return day, read.text("time") or clock

    def _side_told(self, read: FieldRow) -> str:
        if self._mapping is None or self._mapping.kind == "tickets":
            return ""
        if self._mapping.kind == "platform":
            return "in" if self._is_holder(read, "receiver") and not self._is_holder(read, "generator") else "out"
        word = self._word("side", read.text("side")) if read.has("side") else self._mapping.side
        return _SIDE_WORDS.get(word, "")

    def _sides(self, read: FieldRow) -> list[tuple[LineSide, str, str]]:
        """(side, other side's code, its name); of an export of manifests the holder is one of the two, or of its own loads both."""
        for field in ("generator", "receiver", "carrier", "partner"):
            if (code := read.text(field)) and not check_uscc(code):
                self._refuse(read, field, "USCC", code[:40], misspelt(code))
        if self._kind == "platform":
            found: list[tuple[LineSide, str, str]] = []
            if self._is_holder(read, "generator"):
                found.append(("out", read.text("receiver"), read.text("receiver_name")))
            if self._is_holder(read, "receiver"):
                found.append(("in", read.text("generator"), read.text("generator_name")))
            if not found and not self._out.is_bad(read.row.spot):
                told = "、".join(filter(None, (read.text(name) for name in ("generator", "generator_name", "receiver", "receiver_name"))))
                self._refuse(
                    read, "generator" if "generator" in read.heads else "generator_name", "BOOK_HOLDER", told[:120], self._called()
                )
            return found
        partner, name = read.text("partner"), read.text("partner_name")
        if self._kind == "enterprise":
            side = self._side_told(read)
            if not side:
                self._refuse(read, "side", "INTAKE_WORD", read.text("side")[:40], "移出 / 接受")
                return []
            other, own = ("receiver", "generator") if side == "out" else ("generator", "receiver")
            if (read.text(own) or read.text(f"{own}_name")) and not self._is_holder(read, own):
                self._refuse(
                    read, own if read.has(own) else f"{own}_name", "BOOK_HOLDER", read.text(own) or read.text(f"{own}_name"), self._called()
                )
            return [("out" if side == "out" else "in", partner or read.text(other), name or read.text(f"{other}_name"))]
        return [(SIDES[self._kind][0], partner or read.text("receiver"), name or read.text("receiver_name"))]

    def _is_holder(self, read: FieldRow, role: str) -> bool:
        if code := read.text(role):
            return code == self._holding.holder
        name = read.text(f"{role}_name")
        return bool(name) and tidied(folded(name)) in self._names

    def _called(self) -> str:
        return "、".join((self._holding.holder, *self._holding.names[:2]))

    def _word(self, field: str, value: str) -> str:
        return value if self._mapping is None else self._mapping.word(field, value)

    def _compare_weights(self, read: FieldRow, gross: int | None, tare: int | None, net: int | None) -> None:
        """Gross less tare is net, and no load weighs less than nothing."""
        if gross is None or tare is None:
            return
        if gross < tare or (net is not None and gross - tare != net):
            found = " / ".join(read.text(field) or "-" for field in ("gross", "tare", "mass"))
            self._refuse(read, "gross", "BOOK_WEIGHTS", found, Phrase("毛重 − 皮重 = 净重", "gross − tare = net"))

    def _drop_persons(self, read: FieldRow) -> None:
        """A text that holds a telephone or identity number is not kept, whatever its column is called."""
        for field in _TEXTS:
            text = read.text(field)
            if text and not check_uscc(text) and personal_in(text, is_paper=field in ("number", "permit_no", "batch", "manifest_no")):
                self._refuse(
                    read, field, "BOOK_PERSON", "", Phrase("没有电话、证件号的文本", "a text with no telephone or identity number")
                )
        for head, text in list(read.row.raw.items()):
            if personal_in(text, is_paper=True) and not check_uscc(text.strip()):
                read.drop_raw(head)

    def _refuse(self, read: FieldRow, field: str, code: str, found: str, expected: str | Phrase) -> None:
        self._out.refuse(read.at(field), Reason(code, "", found, expected))

    # ------------------------------------------------------------------ the book as a whole

    def tell_twins(self, lines: Sequence[BookLine]) -> None:
        """The same line twice: of one number or batch it is one movement, without any it may be two, which is told."""
        known: dict[str, BookLine] = {}
        for line in lines:
            first = known.setdefault(hash_of_lines([line]), line)
            if first is line:
                continue
            spot, other = self._spots[line.sheet, line.row], self._spots[first.sheet, first.row]
            if line.manifest_no or line.number or line.batch:
                self._out.refuse(spot, Reason("INTAKE_TWICE", "", (line.manifest_no or line.number or line.batch or "")[:60], str(other)))
            elif line.day is not None:
                self._out.note(spot, Phrase(f"与第 {first.row} 行完全相同，按两笔计", f"the same as row {first.row}, counted as two"))
