"""更正: what was signed and what stands in its place, who proposed it, who agreed. The parts above print what is in force."""

from collections.abc import Iterator

from msgspec import Struct

from manifests.correction import Correction
from manifests.correction_answers import label_of
from manifests.recorded import read_value
from manifests.view import concerns, fold
from reports.certificate.facts import CertificateFacts
from reports.paper.grid import Column, section, table
from reports.paper.sheet import GREY, Paint, Sheet
from reports.paper.tongue import listed, named, say


class PrintedCorrection(Struct, frozen=True):
    """One field of a correction."""

    correction: Correction
    path: str
    was: str
    now: str


def of_corrections(facts: CertificateFacts) -> Iterator[str]:
    """Masses that are no longer what was signed, for page 1: whoever compares with an older copy has to know."""
    for row in _printed(facts):
        if row.correction.ended == "in_force" and row.path.endswith("_t"):
            zh, en = label_of(row.path)
            was, now = _text(row.was), _text(row.now)
            yield say(f"数量已更正：{zh}，原为 {was}，现为 {now}", f"Corrected: {en}, was {was}, is {now}")


def _printed(facts: CertificateFacts) -> list[PrintedCorrection]:
    view = None
    for entry in facts.custody:
        view = view if concerns(entry) is None else fold(view, entry)
    return [PrintedCorrection(one, *change) for one in (() if view is None else view.corrections) for change in one.changes]


def corrections(sheet: Sheet, facts: CertificateFacts) -> None:
    """The table; nothing where nobody ever proposed one."""
    rows = _printed(facts)
    if not rows:
        return
    # Both tongues of a heading stand on one line, so it stays short; what more there is to say goes under the table.
    section(sheet, "更正（原值与更正后的值并列）", "Corrections · earlier and corrected values")
    columns: tuple[Column[PrintedCorrection], ...] = (
        Column("字段", "Field", 2.2, lambda row: say(*label_of(row.path))),
        Column("原值", "Was", 1.6, lambda row: _text(row.was)),
        Column("更正为", "Corrected to", 1.6, lambda row: _text(row.now)),
        Column(
            "提出单位与理由",
            "Proposed by, reason",
            2.6,
            lambda row: named(facts.name(row.correction.by), facts.name(row.correction.by), row.correction.reason),
        ),
        Column("同意", "Consents", 2.2, lambda row: listed(*(facts.name(one.party or one.by) for one in row.correction.consents))),
        Column("结果", "Outcome", 1.1, _outcome, "center", lambda row: row.correction.ended != "in_force"),
    )
    table(sheet, columns, rows, size=6.8)
    sheet.y += 1
    zh = "以上各部分印的是现行的值；计量、磅单等没有更正的，仍是当时签署的内容。"
    en = "The parts above print the values in force; what was not corrected, a weighing ticket say, stands as it was signed."
    sheet.paragraph(say(zh, en), Paint(6.5, color=GREY))


def _text(text: str) -> str:
    value = read_value(text)
    if value is None:
        return say("（未填）", "(absent)")
    return listed(*map(str, value)) if isinstance(value, list) else str(value)


def _outcome(row: PrintedCorrection) -> str:
    index = row.correction.ended_index
    match row.correction.ended:
        case "in_force":
            return say(f"已生效（{index}）", f"in force ({index})")
        case "refused":
            return say(f"未同意（{index}）", f"refused ({index})")
    return say("待同意", "waiting")
