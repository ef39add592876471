"""What stands on every page beside the content: footer with page numbers, and the watermark of demonstration logs."""

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from reports.paper.fonts import BOLD, REGULAR
from reports.paper.sheet import ALARM, GREY, RULE, Paint, Sheet


def footer(sheet: Sheet, notice: str, left: str, number: int, total: int) -> None:
    """Notice in red, what document this is, page n of m."""
    base = sheet.height - 30
    sheet.rule(sheet.margin, base - 12, sheet.room, color=RULE)
    sheet.text(sheet.margin, base, notice, Paint(7, REGULAR, ALARM))
    sheet.text(sheet.margin, base + 10, left, Paint(6.5, REGULAR, GREY))
    sheet.text(sheet.margin + sheet.room, base, f"第 {number} 页 / 共 {total} 页", Paint(7, REGULAR, GREY, "right"))
    sheet.text(sheet.margin + sheet.room, base + 10, f"page {number} of {total}", Paint(6, REGULAR, GREY, "right"))


def watermark(sheet: Sheet) -> None:
    """演示 / DEMO across the page: the log's clock is simulated (formats §6)."""
    width, height = sheet.width, sheet.height

    def draw(canvas: Canvas, _: float) -> None:
        canvas.saveState()
        canvas.setFillColor(HexColor("#F5E9E7"))
        canvas.setFont(BOLD, 46)
        for at in (0.2, 0.5, 0.8):
            canvas.saveState()
            canvas.translate(width / 2, height * at)
            canvas.rotate(30)
            canvas.drawCentredString(0, 0, "演示  DEMO")
            canvas.restoreState()
        canvas.restoreState()

    sheet.mark(draw)
