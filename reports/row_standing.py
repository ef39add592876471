"""How a row of a list stands on a paper: what suspensions, amendments and consents have made of it since it was countersigned."""

from collections.abc import Iterator

from ledger.times import day_of
from reports.paper.grid import tonnes
from reports.paper.tongue import say
from whitelist.list_life import ListChange
from whitelist.listing import ListState


def row_standing(state: ListState, number: int) -> str:
    """Its status, last day, later quotas and what was consented to beyond them, as far as the state knows, a line each; empty where nothing has
    happened to it. Source: R-36, R-37; kinds §4, §15.
    """
    return "\n".join(_said(state, number))


def stop_of(state: ListState, number: int) -> ListChange | None:
    """The suspension or removal that stands, by the newest word; what is removed stays removed."""
    newest: ListChange | None = None
    for change in state.row_changes(number):
        newest = change
        if change.status == "REMOVED":
            break
    return None if newest is None or newest.status == "ACTIVE" else newest


def _said(state: ListState, number: int) -> Iterator[str]:
    life = state.row_life(number)
    if life.first_day:
        yield say(f"自 {life.first_day} 起增加", f"added from {life.first_day}")
    if (stop := stop_of(state, number)) is not None:
        zh, en = ("已移出", "removed") if stop.status == "REMOVED" else ("已暂停", "suspended")
        yield say(f"{day_of(stop.at_s)} 起{zh}", f"{en} since {day_of(stop.at_s)}")
    if life.last_day:
        yield say(f"{life.last_day} 之后不再据以批准", f"no decision after {life.last_day}")
    for quota in life.quotas:
        mass = tonnes(quota.quota_g, weighed=False)
        yield say(f"自 {quota.from_day} 起额度 {mass} 吨", f"quota {mass} t from {quota.from_day}")
    for extra in life.extras:
        mass = tonnes(extra.grams, weighed=False)
        yield say(f"复函同意超出 {mass} 吨（{extra.letter_no}）", f"{mass} t beyond it consented to ({extra.letter_no})")
