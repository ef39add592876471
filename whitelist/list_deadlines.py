"""What lists wait for (whitelist.terms): a countersignature, the other side's confirmation of a pending act, the report of January (R-44).

Source: 2020 mechanism 1, 4 to 6 [READ S6]; kinds §4; the report's term is ``list_report_d`` from the last day of the list's year (kinds §12).
"""

from collections.abc import Iterator
from datetime import date

from ledger.directory import LogState
from whitelist.list_sides import confirmers, countersigners, sides_of
from whitelist.listing import ListState
from whitelist.terms import Clock, Duty, Present, Term, duty_of, register, start_of

TERMS = register(
    Term("countersign", ("list.countersign",), None, zh="联署白名单", en="countersign the list"),
    Term("list_confirm", ("list.confirm",), None, zh="确认白名单的变更、恢复或者移出", en="confirm what the other side signed"),
    Term("list_report", ("list.report",), "list_report_d", zh="年度通报", en="report of the year", level="M", code="REPORT_LATE"),
)
_BOTH, _THAT = "authority of the list", "authority of the other side"


def clocks(state: ListState) -> Iterator[Clock]:
    """Terms that run on a list, from its state alone. Authorities are named by ``@`` and their province; who of them it is tells :func:`duties`."""
    ends = tuple(dict.fromkeys((f"@{state.from_province}", f"@{state.to_province}", state.proposer)))
    if state.status == "PROPOSED":
        if state.is_complete and state.kind != "unilateral":
            since_s = start_of(date.fromisoformat(state.letter_date))
            yield Clock(term="countersign", kind="list.countersign/1", since_s=since_s, roles=((_THAT, ends),))
        return
    for pending in state.life.pending:
        yield Clock(term="list_confirm", kind="list.confirm/1", since_s=pending.at_s, roles=((_THAT, ends),), case=pending.act)
    year_over = start_of(date(state.year, 12, 31))
    if not state.life.reports or state.kind != "unilateral":  # which side still has to, tells :func:`unreported`
        yield Clock(term="list_report", kind="list.report/1", since_s=year_over, roles=((_BOTH, ends),))


def duties(state: ListState, present: Present, log: LogState) -> tuple[Duty, ...]:
    """What is due on a list now, each with the authorities that do it."""
    return tuple(duty for clock in clocks(state) if (duty := _duty(clock, state, present, log)) is not None)


def _duty(clock: Clock, state: ListState, present: Present, log: LogState) -> Duty | None:
    match clock.term:
        case "countersign":
            who = countersigners(log, state)
        case "list_confirm":
            who = next((confirmers(log, state, one) for one in state.life.pending if one.act == clock.case), ())
        case _:
            who = () if clock.since_s > present.now_s else unreported(log, state)
    return duty_of(clock, TERMS[clock.term], present, lambda _: who) if who else None


def unreported(log: LogState, state: ListState) -> tuple[str, ...]:
    """Authorities of the sides that have not reported on the list's year: one report of a side is enough."""
    told = {report.by for report in state.life.reports}
    sides = (side for side in sides_of(log, state) if side and told.isdisjoint(side))
    return tuple(dict.fromkeys(uscc for side in sides for uscc in side))
