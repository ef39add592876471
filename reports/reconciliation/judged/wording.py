"""Words and figures that page, workbook and verdict of a statement share, in the language that is being printed."""

from collections.abc import Sequence

from ledger.times import DAY_S
from reports.paper.tongue import say
from reports.reconciliation.judged.gravity import permille
from reports.reconciliation.line import LineRow
from reports.reconciliation.model import AccountMonth, MirrorPart, MonthlyStatement
from reports.words import level_name, province, when


def as_it_ends(statement: MonthlyStatement, zh: str, en: str) -> tuple[str, str]:
    """Words for the end of the month (``期末``, ``closing``), which of a month that is not over are those of its last entry."""
    if not statement.is_provisional:
        return zh, en
    day = when(statement.as_of_s)[5:10]
    return zh.replace("期末", f"截至{day}"), en.replace("closing", f"as of {day}").replace("Closing", f"As of {day}")


def plural(count: int, what: str) -> str:
    """``1 row``, ``2 rows``."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def line_name(row: LineRow) -> str:
    """A line as people look it up: its number, or that it has none, and its place."""
    return f"{row.number or say('无编号', 'no number')}-{row.line}"


def percent(hundredths: int) -> str:
    """Hundredths of a per cent with their sign: ``-7.14%``."""
    sign = "-" if hundredths < 0 else "+" if hundredths else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}%"


def off_by(hundredths: int) -> str:
    """A deviation in words, so that nobody has to know which way its sign goes: ``短少 2.68%``."""
    share = percent(abs(hundredths)).lstrip("+")
    return say(f"短少 {share}", f"{share} less") if hundredths < 0 else say(f"多出 {share}", f"{share} more")


def days(seconds: int) -> str:
    """A span in whole days, in hours below two."""
    hours = seconds // 3600
    if hours < 48:  # two days
        return say(f"{hours} 小时", plural(hours, "hour"))
    return say(f"{seconds // DAY_S} 天", plural(seconds // DAY_S, "day"))


def share_of(account: AccountMonth) -> str:
    """What is taken of an account's limit: ``95.2%``; nothing where there is no limit."""
    return f"{permille(account) // 10}.{permille(account) % 10}%" if account.limit_g else ""


def oldest(statement: MonthlyStatement, rows: Sequence[LineRow]) -> str:
    """How long the oldest of what is open has been so; nothing where nothing is."""
    age_s = max((row.age_s(statement.as_of_s) for row in rows), default=None)
    return "" if age_s is None else say(f"最久 {days(age_s)}", f"the oldest for {days(age_s)}")


def finding_level(level: str) -> str:
    """What its level is called: the lowest is a note."""
    return say("留意", "note") if level == "L" else level_name(level)


def part_name(part: MirrorPart) -> str:
    """A direction by its provinces, or what a party was: ``作为接受人``."""
    if part.direction is not None:
        source, target = map(province, part.direction)
        return f"{source} → {target}" if source != target else say(f"{source}内", f"within {source}")
    zh, en = {"generator": ("移出人", "generator"), "carrier": ("承运人", "carrier"), "receiver": ("接受人", "receiver")}[part.role]
    return say(f"作为{zh}", f"as {en}")


def table_word(table: str) -> str:
    """Its number, or what it is called in a word."""
    return table_number(table) or (say("调整", "adjusted") if table == "adjustments" else say("明细", "lines"))


def table_number(table: str) -> str:
    """The number of a table by its name in the JSON: ``M4`` of ``m4_differences``, ``M12`` of the equation, ``M12b`` of what makes it fail; none of
    all lines."""
    if table == "m12_without_departure":
        return "M12b"
    return "M12" if table == "mirror" else table.partition("_")[0].upper() if table[:1] == "m" else ""
