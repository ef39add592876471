"""退回、来源批次与转出: which manifests' grams a load carries on, and by which manifests its own went on.

What a bundle proves of these is what this manifest itself says of them; where every gram ended stands in ``/v1/manifests/{id}/fates``, with the
entries that say so. A manifest that has nothing of this kind prints nothing.
"""

from msgspec import Struct

from reports.certificate.facts import CertificateFacts
from reports.paper.grid import Column, mass, section, table
from reports.paper.sheet import Sheet
from reports.paper.tongue import say

WAYS = {
    "lot": ("来源批次：接受自", "lot, received on"),
    "back": ("退回：原联单", "return of"),
    "redirect": ("改送：原联单", "redirect of"),
    "onward": ("转出：转入联单", "sent on by"),
}


class CarriedOn(Struct, frozen=True):
    """Grams of a line that come from another manifest, or went on to one."""

    line: int
    """From 1, as printed."""
    way: str
    manifest: str
    there: int | None
    """The line there, from 1; what is sent on names none."""
    mass_g: int
    method: str = ""


def carried(facts: CertificateFacts) -> list[CarriedOn]:
    """Line by line what came from other manifests, and what went on."""
    link, found = facts.state.returns, list[CarriedOn]()
    for number, line in enumerate(facts.state.lines):
        if link is not None:
            found.append(CarriedOn(number + 1, link.how, link.manifest, link.lines[number] + 1, line.declared_g))
        found += [CarriedOn(number + 1, "lot", lot.manifest, lot.line + 1, lot.mass_g) for lot in line.lots]
        found += [CarriedOn(number + 1, "onward", sent.manifest, None, sent.mass_g, sent.method) for sent in line.onward]
    return found


def carried_on(sheet: Sheet, facts: CertificateFacts) -> None:
    """The table; nothing where nothing came from another manifest or went on to one."""
    rows = carried(facts)
    if not rows:
        return
    section(sheet, "来源与转出（与其他联单的联系）", "Where grams came from and went on to")
    columns: tuple[Column[CarriedOn], ...] = (
        Column("序号", "No.", 0.5, lambda row: str(row.line), "center"),
        Column("关系", "Relation", 1.9, lambda row: say(*WAYS[row.way])),
        Column("联单", "Manifest", 4.6, lambda row: row.manifest.removeprefix("manifest/")),
        Column("该联单序号", "Its line", 0.9, lambda row: "" if row.there is None else str(row.there), "center"),
        Column("方式", "Method", 0.8, lambda row: row.method, "center"),
        mass("数量（吨）", "Mass, t", 1.3, lambda row: row.mass_g),
    )
    table(sheet, columns, rows, size=7)
