"""Which rows an entry brings about: lines of manifests that are no longer what they were, and grams that moved. Pure; one entry after the other."""

from collections import defaultdict
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from ledger.admission.entry import Entry
from ledger.admission.kind_table import Kinds
from ledger.model import Facts
from ledger.times import parse_at
from reports.parquet.tables import FACTS
from reports.reconciliation.gathered.filing import FiledManifest
from reports.reconciliation.gathered.gathering import Direction, Gathering, column_of, touched_by
from reports.reconciliation.line import LineRow
from whitelist.approval import ApprovalState
from whitelist.listing import ListState
from whitelist.period import PeriodState, direction_of, month_of

PostedRow = tuple[str, dict[str, Any]]
"""Name of the table, and the row."""
_facts = attrgetter(*FACTS)


def posted(gathering: Gathering, entry: Entry, kinds: Kinds) -> Iterator[PostedRow]:
    """Let the gathering take the next entry; the rows that it brings about, in order. Exhaust it before the next one."""
    trunks = touched_by(entry.statement)
    before = {trunk: filed_of(gathering, trunk) for trunk in trunks}
    gathering.step(entry)
    place = {"entry": entry.index, "at_s": parse_at(entry.admission.at)}
    after = {trunk: filed_of(gathering, trunk) for trunk in trunks}
    if entry.statement.chain_type == "period":
        yield from _closed(gathering.facts, entry, place)
    for trunk in trunks:
        yield from (("lines", {**place, **row}) for row in _changed(_placed(*before[trunk]), _placed(*after[trunk])))
    touched = next((filed.direction for filed, _ in after.values() if filed.direction is not None), None)
    held: defaultdict[str, tuple[int, Direction | None]] = defaultdict(lambda: (0, touched))
    for trunk in trunks:
        filed, earlier = after[trunk][0].held, before[trunk][0].held
        for account in earlier.keys() | filed.keys():
            grams = filed.get(account, 0) - earlier.get(account, 0)
            if grams or account not in earlier:  # a reservation of nothing, too, says which way draws on the account
                held[account] = held[account][0] + grams, after[trunk][0].direction
    booked = {row.account: row.after_g - row.before_g for row in entry.admission.decision.accounts}
    book = column_of(kinds.of(entry.statement.kind, entry.admission.ruleset)) if booked else ""
    for account in sorted(booked.keys() | held.keys()):
        held_g, way = held[account]
        move = {"book": book if account in booked else "", "grams": booked.get(account, 0), "held_g": held_g}
        yield "moves", {**place, **_account(gathering.facts, account, way), **move}


def _closed(facts: Facts, entry: Entry, place: dict[str, Any]) -> Iterator[PostedRow]:
    chain = entry.statement.chain
    state: PeriodState = facts.state(chain)
    if state.newest.index == entry.index:
        here, there = direction_of(chain)
        yield "closes", {**place, "month": month_of(chain), "from_province": here, "to_province": there, "size": state.newest.size}


def filed_of(gathering: Gathering, trunk: str) -> tuple[FiledManifest, tuple[LineRow, ...]]:
    """What is known of a manifest, and its lines."""
    filed = gathering.filed(trunk)
    return filed, gathering.lines_of(filed)


def _placed(filed: FiledManifest, lines: tuple[LineRow, ...]) -> dict[int, dict[str, Any]]:
    """What the table says of each line, by its place in the manifest."""
    here, there = filed.direction or ("", "")
    return {row.line: {"from_province": here, "to_province": there, **dict(zip(FACTS, _facts(row), strict=True))} for row in lines}


def _changed(before: dict[int, dict[str, Any]], after: dict[int, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """By line: what was is booked out, what is now in."""
    for line in sorted(before.keys() | after.keys()):
        old, new = before.get(line), after.get(line)
        if old != new:
            yield from ({"sign": sign, **row} for sign, row in ((-1, old), (1, new)) if row is not None)


def _account(facts: Facts, account: str, touched: Direction | None) -> dict[str, Any]:
    layer, _, subject = account.partition(" ")
    way = _direction_of(facts, subject) or touched or ("", "")
    return {"account": account, "layer": layer, "from_province": way[0], "to_province": way[1]}


def _direction_of(facts: Facts, subject: str) -> Direction | None:
    """Of a row's or a decision line's account; a site's scale has as many as draw on it."""
    state = facts.state(subject.partition(" ")[0])
    if isinstance(state, ListState):
        return state.from_province, state.to_province
    return state.direction if isinstance(state, ApprovalState) else None
