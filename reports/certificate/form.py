"""The rows of the form (危险废物转移联单), shared by its parts: a label, a value, a field under its own label."""

from collections.abc import Sequence

from ledger.mass import format_mass, parse_mass
from manifests.acts import Ticket
from reports.certificate.fields import Printed, print_field
from reports.paper.grid import Cell, label, row, value
from reports.paper.sheet import Sheet
from reports.paper.tongue import named, say
from reports.words import moment
from whitelist.fields import Place
from whitelist.transfer import WasteLine

KEY, VAL = 1.05, 2.6
NAMED = 9.2
"""Size of a value that is looked for first: who, and under which number."""


def pair(zh: str, en: str, text: str, *, share: float = VAL, size: float = 8.0) -> tuple[Cell, Cell]:
    """A label and its value."""
    return label(zh, en, KEY), value(text, share, size=size)


def wide(sheet: Sheet, zh: str, en: str, text: str) -> None:
    """One label and a value across the page."""
    row(sheet, across(zh, en, text))


def across(zh: str, en: str, text: str) -> tuple[Cell, Cell]:
    """The same, not drawn yet."""
    return pair(zh, en, text, share=KEY + 2 * VAL)


def wide_fields(sheet: Sheet, fields: Sequence[Printed]) -> None:
    """Fields across the page, each under its own label."""
    for field in fields:
        wide(sheet, field.zh, field.en, field.text)


def fields_in_pairs(sheet: Sheet, fields: Sequence[Printed]) -> None:
    """Short fields two a row; the last one alone across the page where their number is odd."""
    for left, right in zip(fields[::2], fields[1::2], strict=False):
        row(sheet, (*pair(left.zh, left.en, left.text), *pair(right.zh, right.en, right.text)))
    wide_fields(sheet, fields[len(fields) // 2 * 2 :])


def place_text(place: Place) -> str:
    """Address, division and, where the party has several, the site."""
    site = say(f"，场所 {place.site}", f", site {place.site}") if place.site else ""
    return f"{place.address} ({place.division}{site})"


def packs_text(line: WasteLine) -> str:
    """``箱×14``; what no pack holds, by pipeline, is not counted."""
    packing = print_field(line, "packing").text
    return f"{packing}×{line.packs}" if line.packs else packing


def scale_text(gross_t: str | None, tare_t: str | None, net_t: str) -> str:
    """What a scale showed: ``毛 18.348000 皮 12.800000 净 5.548000 吨``."""
    masses = ((say("毛", "gross"), gross_t), (say("皮", "tare"), tare_t), (say("净", "net"), net_t))
    return " ".join(f"{name} {format_mass(parse_mass(mass))}" for name, mass in masses if mass is not None) + say(" 吨", " t")


def ticket_text(ticket: Ticket) -> str:
    """A weighing ticket (磅单) in one line: number, scale, time and masses."""
    when = "" if ticket.at is None else moment(ticket.at)
    parts = (ticket.no, ticket.scale, when, scale_text(ticket.gross_t, ticket.tare_t, ticket.net_t))
    return "　".join(part for part in parts if part)


def by_line(texts: Sequence[tuple[int, str]]) -> str:
    """One text per line by its number, those of the same text together: 第 1、2、4 行：…; lines of which there is nothing to say are left out."""
    numbers: dict[str, list[str]] = {}
    for number, text in texts:
        numbers.setdefault(text, []).append(str(number))
    if len(numbers) == 1 < len(texts):
        return named("各行", "All lines", texts[0][1]) if texts[0][1] else ""
    return "\n".join(named(f"第 {'、'.join(found)} 行", f"Line {', '.join(found)}", text) for text, found in numbers.items() if text)
