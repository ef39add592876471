"""The body of ``manifest.issue/1`` from the rows of one manifest: what the export says, else the log's registry, the catalogue, the mapping file.

Nothing is made up: a field that nobody gives is a reason by its cell, and the rows are left for a hand. What ran on the platform ran outside this log
as a paper manifest does, so it is entered as a back-fill (补录, Order 23 Art. 20.2) with the export itself as what stands for the paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ledger.fields import File
from ledger.mass import format_mass
from liandan.books.fields import FieldRow
from liandan.books.mapping import BookMapping
from liandan.intake.faults import UnfitCell
from liandan.intake.model import Spot
from liandan.intake.saying import SheetReading
from liandan.intake.wastes import read_methods
from liandan.ready.model import FieldSource, ReadyGround
from signing.phrase import Phrase
from signing.refusal import Reason
from whitelist.adopted import shipped_wastes
from whitelist.answers import ApprovalAnswer, ApprovalLineAnswer, PermitAnswer
from whitelist.fields import Scope

REASON = "先在国家危险废物信息管理系统运行，在本账本补录"
FORMS = {"固态": "S", "固体": "S", "半固态": "SS", "半固体": "SS", "液态": "L", "液体": "L", "气态": "G", "气体": "G"}
PACKINGS = {
    "袋": "bag",
    "袋装": "bag",
    "桶": "drum",
    "桶装": "drum",
    "罐": "tank",
    "槽罐": "tank",
    "箱": "box",
    "箱装": "box",
    "其他": "other",
    "无": "none",
}
HAZARDS = {"毒性": "T", "腐蚀性": "C", "易燃性": "I", "反应性": "R", "感染性": "In"}
OFFSET = "+08:00"
_DECIDED = ("name", "hazards", "method")


class Filling:
    """One body, field by field, each with where it came from."""

    def __init__(
        self, rows: Sequence[FieldRow], generator: str, mapping: BookMapping, ground: ReadyGround, scan: File, out: SheetReading
    ) -> None:
        self._rows, self._first, self._generator = rows, rows[0], generator
        self._mapping, self._ground, self._scan, self._out = mapping, ground, scan, out
        self.body: dict[str, Any] = {}
        self.sources: dict[str, FieldSource] = {}
        self._of_decision: tuple[str, ...] = ()
        """What a decision that cannot be told would have said: it is not lacking for itself."""

    def fill(self) -> None:
        """Everything; what is lacking is told."""
        first = self._first
        receiver = self._ground.party(first.text("receiver"), first.text("receiver_name"))
        if not receiver:
            self._lack("receiver", "receiver_name", "READY_PARTY", first.text("receiver_name"))
            return
        self._set("receiver", receiver, "export" if first.text("receiver") else "registry")
        departed = self._at("departed_at") or self._at("day", "departed_at")
        day = self._bare_day()  # without its clock, too: a permit that is there is not called lacking
        permit = self._permit(receiver, day)
        approval = self._approval(receiver, day)
        self._places(permit)
        self._set("number", first.text("manifest_no"), "export")
        self._carrier()
        for name, value in self._mapping.issue.items():
            if name not in self.body and name != "paper":
                self._set(name, value, "mapping")
        if "consignor" not in self.body:
            self._set("consignor", "generator", "default")
        self.body["lines"] = [self._line(number, row, approval) for number, row in enumerate(self._rows)]
        self._way_of_entry(departed)

    def _way_of_entry(self, departed: str) -> None:
        """Over: a back-fill. Not departed yet: an ordinary issue. Under way: neither, until it is over."""
        received = self._at("received_at")
        if departed and received:
            given = dict(self._mapping.issue.get("paper", {}))
            paper = {"reason": REASON, "departed_at": departed, "completed_at": received, "scan": msgspec.to_builtins(self._scan)} | given
            self._set(
                "type", self._mapping.issue.get("type", "backfill_ordinary"), "mapping" if "type" in self._mapping.issue else "default"
            )
            self._set("paper", paper, "export")
            self.sources["paper.reason"] = "mapping" if "reason" in given else "default"
        elif departed:
            self._lack("paper.completed_at", "received_at", "READY_UNDERWAY", departed)
        elif not self._bare_day():  # of a day without its clock that was told before
            self._lack("paper.departed_at", "departed_at", "READY_FIELD", "")

    # ------------------------------------------------------------------ parts

    def _set(self, name: str, value: Any, source: FieldSource) -> None:
        self.body[name] = value
        self.sources[name] = source

    def _lack(self, name: str, field: str, code: str, found: str = "", expected: str | Phrase = "", row: FieldRow | None = None) -> None:
        """A field that nobody gives."""
        at = (row or self._first).at(field)
        self._out.refuse(Spot(at.file, at.sheet, at.row, at.column or name, at.letter), Reason(code, name, found[:100], expected))

    def _at(self, field: str, meaning: str = "") -> str:
        """A moment of the export with its zone; of a bare day the time that the mapping says."""
        day, _, clock = self._first.text(field).partition(" ")
        if not day:
            return ""
        told = self._mapping.clock.get(meaning or field, "")
        if not clock and not told:
            self._lack(
                f"paper.{meaning or field}",
                field,
                "READY_CLOCK",
                day,
                Phrase("带时间，或在对照文件 [clock] 里写明", "a time, or [clock] in the mapping"),
            )
            return ""
        return f"{day}T{clock or told + ':00'}{OFFSET}"

    def _bare_day(self) -> str:
        """The day of departure as the export says it, or nothing."""
        return (self._first.text("departed_at") or self._first.text("day")).partition(" ")[0]

    def _permit(self, receiver: str, day: str) -> PermitAnswer | None:
        codes = [row.text("code") for row in self._rows]
        no = self._first.text("permit_no")
        known = [one for one in self._ground.permits if one.receiver == receiver]
        fits = [
            one for one in known
            if one.valid_from <= day <= one.valid_to and (not no or one.no == no) and all(_permits(one, code) for code in codes)
        ]  # fmt: skip
        if len(fits) != 1:
            told = "、".join(one.no for one in (fits or known))[:150]
            self._lack("permit", "permit_no", "READY_PERMIT", no, told or Phrase("账本中没有", "none on the log"))
            return None
        self._set("permit", fits[0].permit, "registry")
        return fits[0]

    def _approval(self, receiver: str, day: str) -> ApprovalAnswer | None:
        """The decision (跨省转移批准) under which it ran, where it crossed provinces: by its number, else the only one that fits."""
        codes, no = {row.text("code") for row in self._rows}, self._first.text("decision_no")
        fits = [
            one for one in self._ground.approvals
            if one.generator == self._generator and one.receiver == receiver and one.no and one.decided_on <= day <= one.valid_to
            and (not no or one.no == no) and codes <= {line.code for line in one.lines if line.decided_t}
        ]  # fmt: skip
        if len(fits) == 1:
            self._set("approval", fits[0].approval, "registry")
            return fits[0]
        permit = next((one for one in self._ground.permits if one.permit == self.body.get("permit")), None)
        origin = str(self._place(self._generator, "origin").get("division", self._generator[2:8]))
        if fits or no or (permit is not None and permit.division[:2] != origin[:2]):
            self._of_decision = _DECIDED
            self._lack("approval", "decision_no", "READY_APPROVAL", no, "、".join(one.no for one in fits)[:150])
        return None

    def _places(self, permit: PermitAnswer | None) -> None:
        origin = self._place(self._generator, "origin")
        if origin:
            self._set("origin", origin, "mapping" if "origin" in self._mapping.issue else "registry")
        else:
            self._lack("origin", "generator", "READY_FIELD", "", Phrase("对照文件 [issue.origin]", "[issue.origin] of the mapping"))
        if permit is not None:
            place = {"division": permit.division, "address": permit.address} | ({"site": permit.site} if permit.site else {})
            self._set("destination", place, "registry")

    def _place(self, uscc: str, name: str) -> dict[str, Any]:
        if name in self._mapping.issue:
            return dict(self._mapping.issue[name])
        known = self._ground.places.get(uscc)
        return {} if known is None else dict(msgspec.to_builtins(known))

    def _carrier(self) -> None:
        row = self._first
        if not (row.has("carrier") or row.has("carrier_name")):
            return
        carrier = self._ground.party(row.text("carrier"), row.text("carrier_name"))
        if not carrier:
            self._lack("carriers", "carrier_name", "READY_PARTY", row.text("carrier_name"))
            return
        self._set("carriers", [carrier], "export" if row.text("carrier") else "registry")

    # ------------------------------------------------------------------ lines

    def _line(self, number: int, row: FieldRow, approval: ApprovalAnswer | None) -> dict[str, Any]:
        code = row.text("code")
        given = {**self._mapping.wastes.get("*", {}), **self._mapping.wastes.get(code, {})}
        decided = self._decided(number, row, code, approval)
        line: dict[str, Any] = {}

        def put(name: str, value: Any, source: FieldSource) -> None:
            line[name] = value
            self.sources[f"lines.{number}.{name}"] = source

        put("code", code, "export")
        put("category", f"HW{code[-2:]}", "catalogue")
        mass = row.grams("mass")
        mass = row.grams("weighed") if mass is None else mass
        if mass is None:
            self._lack(f"lines.{number}.mass_t", "mass", "READY_FIELD", row=row)
        else:
            put("mass_t", format_mass(mass), "export")
        if decided is not None:
            put("decision_line", decided.line, "registry")
            put("name", decided.name, "registry")
            if (called := row.text("waste")) and called != decided.name:
                put("internal_name", called, "export")
        elif row.text("waste"):
            put("name", row.text("waste"), "export")
        if row.text("internal_name"):
            put("internal_name", row.text("internal_name"), "export")
        self._coded(put, row, decided)
        for name, value in given.items():
            if name not in line:
                put(name, value, "mapping")
        for name in ("name", "hazards", "components", "form", "packing", "packs", "method"):
            if name not in line and name not in self._of_decision:
                self._lack(
                    f"lines.{number}.{name}",
                    "waste" if name == "name" else name,
                    "READY_FIELD",
                    "",
                    Phrase(f'对照文件 [wastes."{code}"]', f'[wastes."{code}"] of the mapping'),
                    row,
                )
        return line

    def _coded(self, put: Any, row: FieldRow, decided: ApprovalLineAnswer | None) -> None:
        """What the form has words of its own for."""
        if found := self._hazards(row, decided):
            put("hazards", found[0], found[1])
        for name, words in (("form", FORMS), ("packing", PACKINGS)):
            if text := self._mapping.word(name, row.text(name)):
                put(name, words.get(text, text), "export")
        if row.text("components"):
            put("components", row.text("components"), "export")
        if row.has("packs"):
            put("packs", int(row.text("packs")), "export")
        if decided is not None:
            put("method", decided.method, "registry")
        elif text := self._mapping.word("method", row.text("method")):
            try:
                methods = read_methods(text, [])
            except UnfitCell as unfit:
                self._out.refuse(row.at("method"), unfit.reason)
                return
            put("method", methods[0] if len(methods) == 1 else "", "export")

    def _hazards(self, row: FieldRow, decided: ApprovalLineAnswer | None) -> tuple[list[str], FieldSource] | None:
        if decided is not None:
            return list(decided.hazards), "registry"
        if text := row.text("hazards"):
            for mark in ("、", "，", ",", "/", "；", ";", " "):
                text = text.replace(mark, "|")
            return [HAZARDS.get(one, one) for one in text.split("|") if one], "export"
        known = shipped_wastes().get(row.text("code"))
        return (list(known.hazards), "catalogue") if known is not None and known.mode == "single" else None

    def _decided(self, number: int, row: FieldRow, code: str, approval: ApprovalAnswer | None) -> ApprovalLineAnswer | None:
        """The line of the decision: of its code, and where several are, of its name."""
        if approval is None:
            return None
        lines = [line for line in approval.lines if line.code == code and line.decided_t]
        named = [line for line in lines if line.name == row.text("waste")]
        if len(named or lines) != 1:
            told = "、".join(line.name for line in lines)[:150]
            self._of_decision = _DECIDED
            self._lack(f"lines.{number}.decision_line", "waste", "READY_APPROVAL", row.text("waste"), told, row)
            return None
        return (named or lines)[0]


def _permits(permit: PermitAnswer, code: str) -> bool:
    return any(Scope(category=item.category, scope=item.scope, codes=item.codes).covers(code) for item in permit.items)
