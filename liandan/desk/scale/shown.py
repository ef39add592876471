"""One truck as the page shows it: which one was asked for, what the scale says, what can be signed of it. Pure; ``reading`` brings what it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal
from unicodedata import normalize
from urllib.parse import urlencode

from msgspec import Struct

from ledger.labels import words_of
from ledger.mass import parse_mass, read_mass
from ledger.problem import Language
from liandan.desk.scale.arrivals import ComingTruck, named
from liandan.desk.scale.receiving import KIND, WAYS, ProposedReceipt, Slip, Way, advised, receipts, slip_number, unweighed
from liandan.desk.scale.weighing import WeighedLoad, weigh
from liandan.desk.shell.formats import tonnes
from manifests.receipt import Difference, Opinion, ReasonCode
from signing.refusal import Refusal
from whitelist.thresholds import Thresholds

LINE = "line "
"""What the names of inputs for single lines begin with."""
Choice = tuple[str, str]


class Typed(Struct, frozen=True, kw_only=True):
    """What was typed: which truck, what the scale said, which way."""

    truck: str = ""
    said: str = ""
    """What was scanned or typed to find one."""
    gross: str = ""
    tare: str = ""
    no: str = ""
    given: Mapping[str, str] = {}
    """Tonnes of lines that were weighed by themselves, by their keys."""
    way: Way | None = None

    @property
    def query(self) -> str:
        """The weights as the address of the page has them, without the way."""
        return self._query(self.gross, self.tare)

    @property
    def swapped(self) -> str:
        """The same with gross and tare in each other's place."""
        return self._query(self.tare, self.gross)

    def _query(self, gross: str, tare: str) -> str:
        told = {"truck": self.truck, "gross": gross, "tare": tare, "no": self.no}
        told |= {f"{LINE}{key}": text for key, text in self.given.items()}
        return urlencode({name: text for name, text in told.items() if text})


_KILOGRAMS = re.compile(r"([1-9][0-9]{0,2})([0-9]{3})(\.[0-9]+)?")


def mass_said(text: str) -> str:
    """A mass as people type it, in tonnes: full-width digits, a comma for the point, blanks. From 1,000 on it is kilograms, as many scales show
    them: no truck weighs that many tonnes. What is no figure stays as it is, and is told."""
    told = normalize("NFKC", normalize("NFKC", text).replace(" ", "")).replace("。", ".")  # an accent that stands alone holds a blank
    told = told.replace(",", "") if "." in told else told.replace(",", ".", 1)
    found = _KILOGRAMS.fullmatch(told)
    return told if found is None else f"{found[1]}.{found[2]}{(found[3] or '').removeprefix('.')}"


def typed_of(asked: Mapping[str, str]) -> Typed:
    """What an address says; what is too long for any of it is nothing."""
    short = {name: text.strip() for name, text in asked.items() if len(text) <= 200}
    return Typed(
        truck=short.get("truck", ""),
        said=asked.get("q", "").strip()[:1500],
        gross=mass_said(short.get("gross", "")),
        tare=mass_said(short.get("tare", "")),
        no=short.get("no", "")[:60],
        given={name.removeprefix(LINE): mass_said(text) for name, text in short.items() if name.startswith(LINE) and text},
        way=next((way for way in WAYS if way == short.get("way")), None),
    )


class FoundTruck(Struct, frozen=True, kw_only=True):
    """Which truck was asked for: one, several that fit, or none."""

    truck: ComingTruck | None = None
    several: tuple[ComingTruck, ...] = ()


def find(trucks: Sequence[ComingTruck], typed: Typed) -> FoundTruck:
    """By its key, or by what was scanned."""
    if typed.truck:
        return FoundTruck(truck=next((one for one in trucks if one.key == typed.truck), None))
    found = named(trucks, typed.said)
    return FoundTruck(truck=found[0]) if len(found) == 1 else FoundTruck(several=found)


class FormLine(Struct, frozen=True, kw_only=True):
    """A line in the form of a receipt, with what stands in it before anybody writes."""

    number: int
    name: str
    sent_g: int
    came_t: str
    """What came of it, accepted or refused; empty where nobody weighed."""
    opinion: str
    accepted_t: str
    refused_t: str
    reason_code: str
    differences: tuple[str, ...]


class ShownReceipt(Struct, frozen=True, kw_only=True):
    """A receipt that can be signed: the proposal for the signing module, and its lines for the form."""

    receipt: ProposedReceipt
    proposal: dict[str, Any]
    lines: tuple[FormLine, ...]

    @property
    def at(self) -> str:
        """Its part of the names of inputs."""
        return self.receipt.load.id.rpartition("/")[2][-8:]


Trouble = Literal["", "unread", "swapped"]


class ShownWeighing(Struct, frozen=True, kw_only=True):
    """What the scale says, and what can be signed. Without a weighing only the whole truck can be refused."""

    weighed: WeighedLoad | None = None
    refusal: Refusal | None = None
    """What is wrong with the weights, where no words of the page say it."""
    trouble: Trouble = ""
    """The two mistakes of every day: a text that is no mass, and gross and tare in each other's place."""
    advised: Way = "accept"
    way: Way = "accept"
    receipts: tuple[ShownReceipt, ...] = ()
    drawn_g: int = 0

    @property
    def percent(self) -> str:
        """The difference in per cent, two decimals, a true minus."""
        if self.weighed is None:
            return ""
        whole, rest = divmod(abs(self.weighed.hundredths), 100)
        return f"{chr(0x2212) if self.weighed.hundredths < 0 else ''}{whole}.{rest:02d}"


def weighing(truck: ComingTruck, typed: Typed, limits: Thresholds, by: str, now_s: int, drawn_g: int = 0) -> ShownWeighing:
    """The truck on the scale; nothing while gross or tare is missing. ``drawn_g``: what of the ticket other manifests have (``manifests.tickets``)."""
    if not (typed.gross and typed.tare):
        ready = [_shown(unweighed(load, now_s), by, "reject") for load in truck.loads] if typed.way == "reject" else []
        return ShownWeighing(way=typed.way or "accept", receipts=tuple(ready))
    try:
        load = weigh(truck.lines, typed.gross, typed.tare, limits, typed.given, drawn_g)
    except Refusal as refusal:
        trouble = _trouble(typed)
        return ShownWeighing(trouble=trouble, refusal=None if trouble else refusal)
    best = advised(load)
    way = typed.way or "accept"
    slip = Slip(no=typed.no or slip_number(truck, now_s), weighed_s=now_s)
    return ShownWeighing(
        weighed=load,
        advised=best,
        way=way,
        receipts=tuple(_shown(one, by, way) for one in receipts(truck, load, way, slip)),
        drawn_g=drawn_g,
    )


def _trouble(typed: Typed) -> Trouble:
    gross_g, tare_g = read_mass(typed.gross), read_mass(typed.tare)
    if gross_g is None or tare_g is None or any(read_mass(text) is None for text in typed.given.values()):
        return "unread"
    return "swapped" if tare_g > gross_g else ""


def _shown(receipt: ProposedReceipt, by: str, way: Way) -> ShownReceipt:
    """Where the form has boxes for the differences, they are the form's to say."""
    left = () if way == "accept" else ("differences",)
    lines = [{name: value for name, value in line.items() if name not in left} for line in receipt.body["lines"]]
    proposal = {"kind": KIND, "chain": receipt.chain, "by": [by], "body": {**receipt.body, "lines": lines}}
    return ShownReceipt(receipt=receipt, proposal=proposal, lines=tuple(_lines(receipt)))


def _lines(receipt: ProposedReceipt) -> Iterator[FormLine]:
    sent = {line.line: line for line in receipt.load.lines}
    came = {line.line.line: line.came_g for line in receipt.lines}
    for one in receipt.body["lines"]:
        line, differences = sent[one["line"]], tuple(one.get("differences", ()))
        yield FormLine(
            number=line.line,
            name=line.name,
            sent_g=line.sent_g,
            came_t="" if line.line not in came else tonnes(came[line.line]),
            opinion=one["opinion"],
            accepted_t=tonnes(parse_mass(one["accepted_t"])),
            refused_t=tonnes(parse_mass(one["refused_t"])) if "refused_t" in one else "",
            reason_code="quantity" if differences else "",
            differences=differences,
        )


def choices(language: Language) -> dict[str, list[Choice]]:
    """What may be chosen in the form of a receipt, in words: those of the kind itself."""
    told = {"opinion": words_of(Opinion), "reason_code": words_of(ReasonCode), "differences": words_of(Difference)}
    return {
        name: [(code, zh if language == "zh" else code.replace("_", " ")) for code, zh in words.items()] for name, words in told.items()
    }
