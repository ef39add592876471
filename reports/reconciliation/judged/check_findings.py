"""What of the checks beside the equation is out of order: stocks (M1, M11), plans (M8), permits (M10); and what was adjusted of earlier months."""

from collections.abc import Iterator, Sequence

from ledger.mass import format_mass
from reports.paper.tongue import listed, say
from reports.reconciliation.checks import Adjustment
from reports.reconciliation.judged.finding import MonthFinding, figure_of
from reports.reconciliation.judged.wording import plural
from reports.reconciliation.model import MonthlyStatement


def check_findings(statement: MonthlyStatement) -> Iterator[MonthFinding]:
    """In the order of their numbers."""
    yield from _stocks(statement)
    yield from _plans(statement)
    yield from _permits(statement)
    yield from _storage(statement)
    if statement.adjustments:
        yield _adjusted(statement, statement.adjustments)


def _stocks(statement: MonthlyStatement) -> Iterator[MonthFinding]:
    unequal = sorted(
        (stock for stock in statement.stocks if stock.unequal_g), key=lambda stock: (-abs(stock.unequal_g), stock.holder, stock.code)
    )
    if unequal:
        worst = unequal[0]
        name, off = f"{statement.name(worst.holder)}　{statement.waste(worst.code)}", format_mass(worst.unequal_g)
        yield MonthFinding(
            code="STOCK_UNEQUAL",
            level="H",
            table="m1_stocks",
            count=len(unequal),
            mass_g=sum(stock.unequal_g for stock in unequal),
            text=say(f"{len(unequal)} 笔贮存结存不平", f"{plural(len(unequal), 'stock')} that do not add up"),
            worst=say(f"{name}：差额 {off} 吨", f"{name}: {off} t unexplained"),
        )


def _plans(statement: MonthlyStatement) -> Iterator[MonthFinding]:
    over = sorted((plan for plan in statement.plans if plan.over_g), key=lambda plan: (-plan.over_g, plan.plan, plan.line))
    if over:
        worst, most = over[0], figure_of(over[0].over_g)
        name = f"{statement.name(worst.plan.split('/')[1])}　{worst.code} {worst.name}"
        yield MonthFinding(
            code="PLAN_OVER",
            level="M",
            table="m8_plans",
            count=len(over),
            mass_g=sum(plan.over_g for plan in over),
            text=say(f"{len(over)} 行管理计划超出，最多 {most} 吨", f"{plural(len(over), 'line')} of plans exceeded, by {most} t at most"),
            worst=say(f"{name}：本年计划 {figure_of(worst.planned_g)} 吨", f"{name}: {figure_of(worst.planned_g)} t planned for the year"),
        )


def _permits(statement: MonthlyStatement) -> Iterator[MonthFinding]:
    for level in ("H", "M", "L"):
        found = [permit for permit in statement.ending if permit.level == level]
        if found:
            first = found[0]
            count = plural(len(found), "permit")
            text = {
                "H": say(f"{len(found)} 份许可证已到期未续", f"{count} over and not renewed"),
                "M": say(f"{len(found)} 份许可证 30 天内到期", f"{count} that will be over within 30 days"),
                "L": say(f"{len(found)} 份许可证即将到期", f"{count} that will be over soon"),
            }[level]
            name = statement.name(first.holder)
            worst = say(f"{name}　{first.no}：有效期至 {first.valid_to}", f"{name}, {first.no}: valid to {first.valid_to}")
            yield MonthFinding(code="PERMIT_EXPIRING", level=level, table="m10_permits", count=len(found), text=text, worst=worst)


def _storage(statement: MonthlyStatement) -> Iterator[MonthFinding]:
    for level in ("H", "M"):
        found = sorted(
            (stock for stock in statement.stocks if stock.level == level), key=lambda stock: (stock.oldest, stock.holder, stock.code)
        )
        if found:
            worst, masses = found[0], [stock.old_g if level == "H" else stock.aging_g for stock in found]
            text = say(f"{len(found)} 笔贮存超过期限", f"{plural(len(found), 'stock')} stored longer than they may be")
            soon = say(f"{len(found)} 笔贮存临近期限", f"{plural(len(found), 'stock')} near the end of the term of storage")
            name = f"{statement.name(worst.holder)}　{statement.waste(worst.code)}"
            since = worst.oldest or say("三年以前", "more than three years ago")
            yield MonthFinding(
                code="STORAGE_1Y",
                level=level,
                table="m1_stocks",
                count=len(found),
                mass_g=sum(masses),
                text=text if level == "H" else soon,
                worst=say(f"{name}：最早 {since} 接受", f"{name}: the oldest of {since}"),
            )


def _adjusted(statement: MonthlyStatement, adjustments: Sequence[Adjustment]) -> MonthFinding:
    months = listed(*sorted({one.month for one in adjustments}))
    worst = max(adjustments, key=lambda one: (abs(one.net_g), -one.index))
    return MonthFinding(
        code="ADJUSTED",
        level="L",
        table="adjustments",
        count=len(adjustments),
        mass_g=sum(one.net_g for one in adjustments),
        text=say(
            f"{len(adjustments)} 笔对往月的调整（{months}）", f"{plural(len(adjustments), 'adjustment')} of earlier months ({months})"
        ),
        worst=say(
            f"{worst.number or '无编号'}-{worst.line}　{statement.waste(worst.code)}：在途 {format_mass(worst.net_g)} 吨",
            f"{worst.number or 'no number'}-{worst.line}, {statement.waste(worst.code)}: {format_mass(worst.net_g)} t in transit",
        ),
    )
