"""The chart of page 1: by code what was to be explained against how it is explained, two bars each with the figures of their parts."""

from collections.abc import Sequence

from reports.paper.bars import BAR, LIGHT, TAKEN, TEXT, draw_key, draw_parts, figure, fitting
from reports.paper.fonts import REGULAR
from reports.paper.sheet import ACCENT, ALARM, GREY, INK, RULE, Paint, Sheet
from reports.paper.tongue import say
from reports.reconciliation.faces.lists import explained
from reports.reconciliation.judged.wording import as_it_ends, plural
from reports.reconciliation.model import MirrorEquation, MonthlyStatement

WIDTH = 262.0
ROW = 39.0
"""Height of one code: its name, two bars, a line of figures under each."""
AROUND = 22.0
Part = tuple[str, int, str]
"""Word, grams, color."""
ChartedCode = tuple[str, MirrorEquation]
"""What stands above its bars, and the equation."""


def height_of(codes: int) -> float:
    """Height of a chart of so many codes."""
    return AROUND + codes * ROW


def charted(statement: MonthlyStatement, rows: Sequence[MirrorEquation], most: int) -> list[ChartedCode]:
    """At most so many bars, the last one of all codes that have none of their own: their sums are those of the month."""
    moved = [mirror for mirror in rows if explained(mirror)]
    alone = moved if len(moved) <= most else moved[: max(most - 1, 0)]
    found = [(statement.waste(mirror.code), mirror) for mirror in alone]
    if rest := moved[len(alone) :] if most > 0 else []:
        terms = [name for name in MirrorEquation.__struct_fields__ if name != "code"]
        sums = MirrorEquation(code="", **{term: sum(getattr(one, term) for one in rest) for term in terms})
        name = (
            say(f"其余 {len(rest)} 个代码", plural(len(rest), "other code"))
            if alone
            else say(f"全部 {len(rest)} 个代码", f"all {len(rest)} codes")
        )
        found.append((name, sums))
    return found


def draw_chart(sheet: Sheet, statement: MonthlyStatement, codes: Sequence[ChartedCode], x: float, y: float, high: float) -> None:
    """The codes given, in their order, from the upper left corner; all bars have one scale."""
    sheet.box(x, y, WIDTH, high, stroke=RULE)
    sheet.text(x + 8, y + 12, say("移出与去向对照（吨）", "What left and where it is (t)"), Paint(7.5, REGULAR, INK))
    most = max(max(explained(mirror), 1) for _, mirror in codes)
    for place, (name, mirror) in enumerate(codes):
        top = y + AROUND - 4 + place * ROW
        sheet.text(x + 8, top + 8, fitting(name, 6.8, WIDTH - 16), Paint(6.8, REGULAR, INK))
        _bar(sheet, _left(mirror), x + 8, top + 10.5, most)
        _bar(sheet, _right(statement, mirror), x + 8, top + 24, most)


def _left(mirror: MirrorEquation) -> list[Part]:
    return [(say("期初在途", "opening"), mirror.opening_g, LIGHT), (say("移出", "departed"), mirror.departed_g, ACCENT)]


def _right(statement: MonthlyStatement, mirror: MirrorEquation) -> list[Part]:
    closing = say(*as_it_ends(statement, "期末在途", "in transit, closing"))
    taken, refused = (say("接受", "accepted"), mirror.accepted_g, TAKEN), (say("拒收", "refused"), mirror.refused_g, ALARM)
    return [taken, refused, (closing, mirror.closing_g, LIGHT), (say("磅差", "difference"), mirror.difference_g, GREY)]


def _bar(sheet: Sheet, parts: list[Part], x: float, y: float, most: int) -> None:
    """The parts side by side; under them each with its square, its word and its figure, those of nothing left out."""
    told = [part for part in parts if part[1]]
    draw_parts(sheet, [(grams, color) for _, grams, color in told], x, y, (WIDTH - 16) / most)
    draw_key(sheet, [(f"{word} {figure(grams)}", color) for word, grams, color in told], x, y + BAR + 1.2)
    if not told:
        sheet.text(x, y + BAR + 5.4, "0", Paint(TEXT, REGULAR, INK))
