"""One thing of a month that is out of order (须核对的事项), in the language that is being printed, and the words that findings share."""

from collections.abc import Sequence

from msgspec import Struct

from reports.paper.grid import tonnes
from reports.paper.tongue import say
from reports.reconciliation.judged.wording import line_name
from reports.reconciliation.line import LineRow
from reports.reconciliation.model import MonthlyStatement


class MonthFinding(Struct, frozen=True, kw_only=True):
    """Something out of order, in the language that is being printed."""

    code: str
    """As the log's alerts are called where there is one of its kind."""
    level: str
    """``H``, ``M`` or ``L``."""
    table: str
    """Where it is listed, by the name of the table in the JSON."""
    count: int
    mass_g: int | None = None
    text: str
    """With the count: ``2 行重量超差``."""
    worst: str
    """The gravest case."""


def declared_of(rows: Sequence[LineRow]) -> int:
    """Grams declared."""
    return sum(row.declared_g for row in rows)


def figure_of(grams: int) -> str:
    """Tonnes, with as many decimals as say something."""
    return tonnes(grams, weighed=False)


def case_of(statement: MonthlyStatement, row: LineRow, said: str) -> str:
    """A line with its parties and what is the matter."""
    way = f"{statement.name(row.generator)} → {statement.name(row.receiver)}"
    return say(
        f"{line_name(row)}　{statement.waste(row.code)}　{way}：{said}", f"{line_name(row)}, {statement.waste(row.code)}, {way}: {said}"
    )
