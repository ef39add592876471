"""Open items (未符项) of a month, from the log alone: what does not match, both operands, who has to do something about it, and by when.

Pure: whoever has the statement has its items. A key is that of ``item.*`` (kinds §9): check, chain, and of a manifest the line from 0. What a
month says at a later size is no open item where an act since has resolved it. Due days are those of the adopted thresholds; what waits for the
statement itself is due with it, on ``period_day`` of the month after.
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from ledger.times import DAY_S, day_of, parse_at
from reports.reconciliation.judged import gravity
from reports.reconciliation.line import LineRow
from reports.reconciliation.model import MonthlyStatement
from whitelist.thresholds import Thresholds

_ON_THE_ROAD = "in_transit"


class ItemOperand(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One side of what does not match: where it comes from, and how much it says (grams), or what else."""

    source: str
    """``declared``, ``weighed``, ``came``, ``departed``, ``received``, ``limit``, ``taken``, ``planned``, ``counted``, ``stock_sums``, ``stock``,
    ``number``, ``holders``, ``valid_to``, ``day``, ``storage``, ``old_stock``."""
    grams: int | None = None
    told: str = ""
    """What is no mass: a number, a day, a count."""


class StatementItem(Struct, frozen=True, kw_only=True):
    """Something that does not match and waits for somebody."""

    check: str
    """``M1`` … ``M12``."""
    code: str
    """As the log's alerts are called where there is one of its kind."""
    level: str
    """``H`` or ``M``; ``L``; empty of what is not due yet, in a party's statement."""
    chain: str
    line: int | None = None
    """From 1."""
    subject: str
    """What people look it up by: a national number, an account, a code."""
    waste: str = ""
    """Code."""
    left: ItemOperand
    right: ItemOperand
    owner: str
    """USCC of whoever has to do something; empty where nobody is known."""
    role: str
    """As what: ``generator``, ``carrier``, ``receiver``, ``holder`` (of a permit), ``authority``."""
    due_on: str
    """Day, ``YYYY-MM-DD``; empty where no thresholds are adopted."""
    since_s: int | None = None
    """Since when it has been so."""
    thread: str = ""
    """``talked`` where somebody has commented on it; an outcome of ``item.settle``."""

    @property
    def key(self) -> str:
        """As ``item.*`` names it."""
        return f"{self.check} {self.chain}" + ("" if self.line is None else f" {self.line - 1}")

    @property
    def difference_g(self) -> int | None:
        """Left less right; None of what is no mass."""
        return None if self.left.grams is None or self.right.grams is None else self.left.grams - self.right.grams

    @property
    def is_open(self) -> bool:
        """Whether nobody has settled it."""
        return self.thread in ("", "talked")

    def is_late(self, at_s: int) -> bool:
        """Whether its day is over at a moment."""
        return bool(self.due_on) and self.due_on < day_of(at_s)


def open_items(statement: MonthlyStatement) -> tuple[StatementItem, ...]:
    """All of them: those of whose statement it is first, the gravest first, then by their days."""
    if not statement.has_begun:
        return ()
    party = statement.scope.party

    def order(item: StatementItem) -> tuple[object, ...]:
        return (not item.is_open, bool(party) and item.owner != party, gravity.rank(item.level), item.due_on, item.key)

    return tuple(sorted(_Finder(statement).all(), key=order))


def own_items(statement: MonthlyStatement) -> tuple[StatementItem, ...]:
    """What waits for the party whose statement it is."""
    return tuple(item for item in open_items(statement) if item.is_open and item.owner == statement.scope.party)


class _Finder:
    """The items of one statement."""

    def __init__(self, statement: MonthlyStatement) -> None:
        self.statement = statement
        self.terms: Thresholds | None = None if statement.terms is None else statement.terms.limits
        day = "" if self.terms is None else f"{self.terms.period_day:02d}"
        self.with_statement = f"{day_of(statement.period.end_s)[:8]}{day}" if day else ""
        """On which the statement is out and confirmed."""

    def all(self) -> Iterator[StatementItem]:
        yield from self._weights()
        yield from self._under_way()
        yield from self._waiting()
        yield from self._numbers()
        yield from self._plans()
        yield from self._accounts()
        yield from self._permits()
        yield from self._stocks()
        yield from self._without_departure()

    def _line(self, row: LineRow, check: str, code: str, level: str, **more: object) -> StatementItem:
        said = {"chain": row.chain, "line": row.line, "subject": row.number, "waste": row.code, "due_on": self.with_statement} | more
        return self._with_thread(StatementItem(check=check, code=code, level=level, **said))  # type: ignore[arg-type]  # named above

    def _with_thread(self, item: StatementItem) -> StatementItem:
        """A settlement holds for the difference that it names; without one it holds whatever becomes of it."""
        if (settled := self.statement.threads.get(item.key)) is None:
            return item
        is_any = item.difference_g is None
        held = [outcome for outcome, grams in settled if is_any or grams is None or grams == abs(item.difference_g or 0)]
        return replace(item, thread=held[-1] if held else "talked")

    def _weights(self) -> Iterator[StatementItem]:
        for row in gravity.differences(self.statement).flagged:
            sent = ItemOperand(source="declared" if row.loaded_g is None else "weighed", grams=row.sent_g)
            came = ItemOperand(source="came", grams=row.came_g)
            owner = {"owner": row.receiver, "role": "receiver", "since_s": row.received_s}
            yield self._line(row, "M4", "WEIGHT", row.level, left=sent, right=came, **owner)

    def _under_way(self) -> Iterator[StatementItem]:
        for row in self.statement.in_flight:
            late = gravity.is_overdue(self.statement, row)
            if row.received_s is not None or not (late or self.statement.scope.party) or self.terms is None or row.departed_s is None:
                continue  # it has come since, or nobody has to ask for it yet
            owner = (row.carrier, "carrier") if row.stage == _ON_THE_ROAD else (row.receiver, "receiver")
            yield self._line(
                row,
                "M5",
                "TRIP_TIME",
                "M" if late else "",
                left=ItemOperand(source="departed", grams=row.declared_g),
                right=ItemOperand(source="received", grams=0),
                owner=owner[0],
                role=owner[1],
                due_on=day_of(row.departed_s + self.terms.trip_h * 3600),
                since_s=row.departed_s,
            )

    def _waiting(self) -> Iterator[StatementItem]:
        for row in self.statement.waiting:
            late = gravity.is_stale(self.statement, row)
            gone = any(at is not None for at in (row.departed_s, row.received_s, row.voided_s, row.declined_s))
            if gone or not (late or self.statement.scope.party) or self.terms is None:
                continue
            yield self._line(
                row,
                "M5",
                "STALE_ISSUE",
                "L" if late else "",
                left=ItemOperand(source="declared", grams=row.declared_g),
                right=ItemOperand(source="departed", grams=0),
                owner=row.generator,
                role="generator",
                due_on=day_of(row.issued_s + self.terms.stale_issue_d * DAY_S),
                since_s=row.issued_s,
            )

    def _numbers(self) -> Iterator[StatementItem]:
        for found in self.statement.duplicates:
            yield self._other(
                "M6",
                "NO_DUPLICATE",
                "H",
                f"number/{found.number}",
                subject=found.number,
                left=ItemOperand(source="number", told=found.number),
                right=ItemOperand(source="holders", told=str(found.holders)),
                owner=found.owner,
                role="authority",
            )

    def _plans(self) -> Iterator[StatementItem]:
        for plan in self.statement.plans:
            if plan.over_g:
                yield self._other(
                    "M8",
                    "PLAN_OVER",
                    plan.level,
                    plan.plan,
                    line=plan.line,
                    subject=plan.name,
                    waste=plan.code,
                    left=ItemOperand(source="planned", grams=plan.planned_g),
                    right=ItemOperand(source="counted", grams=plan.year_g),
                    owner=plan.plan.split("/")[1],
                    role="generator",
                )

    def _accounts(self) -> Iterator[StatementItem]:
        for account in gravity.accounts(self.statement).flagged:
            level, code = gravity.account_alert(account, self.statement)
            if level in ("H", "M") and account.limit_g is not None:
                chain, _, row = account.account.partition(" ")[2].partition(" ")
                yield self._other(
                    "M9",
                    code,
                    level,
                    chain,
                    line=int(row) + 1 if row.isdecimal() else None,
                    subject=account.label,
                    left=ItemOperand(source="limit", grams=account.limit_g),
                    right=ItemOperand(source="taken", grams=account.taken_g),
                    owner=account.owner,
                    role={"Q1": "authority", "Q2": "generator"}.get(account.layer, "receiver"),
                )

    def _permits(self) -> Iterator[StatementItem]:
        for permit in self.statement.ending:
            yield self._other(
                "M10",
                "PERMIT_EXPIRING",
                permit.level,
                permit.permit,
                subject=permit.no,
                left=ItemOperand(source="valid_to", told=permit.valid_to),
                right=ItemOperand(source="day", told=day_of(min(self.statement.as_of_s, self.statement.period.end_s - 1))),
                owner=permit.holder,
                role="holder",
                due_on=permit.valid_to,
            )

    def _stocks(self) -> Iterator[StatementItem]:
        for stock in self.statement.stocks:
            said = {"waste": stock.code, "subject": self.statement.name(stock.holder), "owner": stock.holder, "role": "receiver"}
            chain = f"party/{stock.holder}/{stock.code}"
            if stock.unequal_g:
                sums = ItemOperand(source="stock_sums", grams=stock.closing_g + stock.unequal_g)
                closing = ItemOperand(source="stock", grams=stock.closing_g)
                yield self._other("M1", "STOCK_UNEQUAL", "H", chain, left=sums, right=closing, **said)
            if stock.level:
                days = "" if self.terms is None else str(self.terms.storage_d)
                old = ItemOperand(source="old_stock", grams=stock.old_g or stock.aging_g)
                since = parse_at(f"{stock.oldest}T00:00:00+08:00") if _is_day(stock.oldest) else None
                due = "" if since is None or self.terms is None else day_of(since + self.terms.storage_d * DAY_S)
                more = {"due_on": due or self.with_statement, "since_s": since}
                yield self._other(
                    "M11", "STORAGE_1Y", stock.level, chain, left=ItemOperand(source="storage", told=days), right=old, **said, **more
                )

    def _without_departure(self) -> Iterator[StatementItem]:
        for row in self.statement.without_departure:
            left, right = ItemOperand(source="departed", grams=0), ItemOperand(source="received", grams=row.declared_g)
            owner = {"owner": row.generator, "role": "generator", "since_s": row.received_s}
            yield self._line(row, "M12", "NO_DEPARTURE", "H", left=left, right=right, **owner)

    def _other(self, check: str, code: str, level: str, chain: str, **more: object) -> StatementItem:
        said = {"due_on": self.with_statement} | more
        return self._with_thread(StatementItem(check=check, code=code, level=level, chain=chain, **said))  # type: ignore[arg-type]  # named above


def _is_day(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-"
