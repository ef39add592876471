"""A small bar chart: per code what was to be explained (opening and departed) against how it is explained, in tonnes."""

from reports.paper.fonts import BOLD, REGULAR
from reports.paper.sheet import ACCENT, GREY, INK, RULE, Paint, Sheet
from reports.reconciliation.model import MirrorEquation, MonthlyStatement

_CODES = 6
_LEFT = (("期初在途", "#94B8AE"), ("本月移出", ACCENT))
_RIGHT = (("接受", "#3B7EA1"), ("拒收", "#B42318"), ("期末在途", "#94B8AE"))


def draw_chart(sheet: Sheet, statement: MonthlyStatement, x: float, y: float, wide: float, high: float) -> None:
    """The codes with most mass, two bars each; drawn with boxes, so the same figures give the same bytes."""
    sheet.box(x, y, wide, high, stroke=RULE)
    sheet.text(x + 8, y + 12, "移出与去向对照（吨）", Paint(7.5, BOLD, INK))
    codes = sorted(statement.mirror, key=lambda mirror: (-_explained(mirror), mirror.code))[:_CODES]
    most = max((_explained(mirror) for mirror in codes), default=0)
    if not most:
        sheet.text(x + wide / 2, y + high / 2 + 4, "本月无转移", Paint(8, REGULAR, GREY, "center"))
        return
    step = (high - 34) / len(codes)
    thick = min(9.0, step * 0.36)
    for place, mirror in enumerate(codes):
        top = y + 19 + place * step
        sheet.text(x + 8, top + step / 2 + 2.5, mirror.code, Paint(6.5, REGULAR, INK))
        room = wide - 62
        _bar(sheet, x + 54, top + step / 2 - thick, room, thick, most, (mirror.opening_g, mirror.departed_g), [c for _, c in _LEFT])
        parts = (mirror.accepted_g, mirror.refused_g, mirror.closing_g)
        _bar(sheet, x + 54, top + step / 2 + 0.8, room, thick, most, parts, [c for _, c in _RIGHT])
    _legend(sheet, x + 8, y + high - 8)


def _explained(mirror: MirrorEquation) -> int:
    return max(mirror.opening_g + mirror.departed_g, mirror.accepted_g + mirror.refused_g + mirror.closing_g)


def _bar(sheet: Sheet, x: float, y: float, room: float, thick: float, most: int, parts: tuple[int, ...], colors: list[str]) -> None:
    for grams, color in zip(parts, colors, strict=True):
        length = room * grams / most
        if length > 0:
            sheet.box(x, y, length, thick, fill=color, stroke=None)
        x += length


def _legend(sheet: Sheet, x: float, y: float) -> None:
    for name, color in (*_LEFT, *_RIGHT[:2]):
        sheet.box(x, y - 5, 5, 5, fill=color, stroke=None)
        sheet.text(x + 7, y, name if name != "期初在途" else "在途", Paint(6, REGULAR, GREY))
        x += 46
