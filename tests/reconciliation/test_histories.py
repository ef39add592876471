"""Random histories: every figure of a statement against the oracle; the mirror equation; openings that are last month's closings; same bytes."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.tree.checkpoint import Checkpoint
from reports.kinds import all_kinds
from reports.reconcile import begin, finish, to_bytes
from reports.reconciliation.checks import ROLES, StatementScope
from reports.reconciliation.gathered.gathering import Gathering
from reports.reconciliation.kept.keeping import KeptIn, with_gathering
from reports.reconciliation.line import period_of
from reports.reconciliation.model import MonthlyStatement
from reports.reconciliation.month.fold import Fold
from tests.reconciliation.compare import differences
from tests.reconciliation.history import MONTHS, WAYS, History
from tests.reconciliation.oracle import of_party, of_way
from tests.reports.story import CARRIERS, GENERATOR, RECEIVER
from tests.reports.test_keeping import look_at
from tests.workbench import AUTHORITY_50
from whitelist.period import preceding_month

ALL_WAYS = (("50", "50"), ("50", "51"), ("51", "50"), ("51", "51"))
SEEDS = st.integers(0, 2**32)


def of_scope(history: History, month: str, scope: StatementScope, size: int | None = None) -> MonthlyStatement:
    bench = history.story.bench
    fold = begin(month, bench.kinds, bench.dataset)
    for entry in bench.entries[:size]:
        fold.step(entry)
    return finish(fold, scope, "A" * 43 + "=")


@settings(max_examples=3, deadline=None)
@given(SEEDS)
@example(73)  # adjustments of three kinds, as the next ones
@example(132)
def test_every_figure_of_a_direction_is_the_oracles(seed: int) -> None:
    history = History(seed)
    entries = history.story.bench.entries
    for size in (len(entries), history.dice.randrange(15, len(entries))):
        for month in MONTHS:
            for way in WAYS:
                statement = history.statement(month, way, size)
                if statement.has_begun:
                    assert list(differences(statement, entries[:size], [way], of_way(way))) == []


@settings(max_examples=2, deadline=None)
@given(SEEDS)
@example(108)
def test_every_figure_of_a_party_and_an_authority_is_the_oracles(seed: int) -> None:
    history = History(seed)
    entries, month = history.story.bench.entries, history.dice.choice(MONTHS)
    for party in (GENERATOR, RECEIVER, *CARRIERS[:2]):
        statement = of_scope(history, month, StatementScope(party=party))
        if not statement.has_begun:
            return
        assert list(differences(statement, entries, ALL_WAYS, of_party(party), party)) == []
        for part in statement.parts:
            alone = of_scope(history, month, StatementScope(party=party, role=part.role))
            assert (part.mirror, part.total) == (alone.mirror, alone.total)
            found = [one for one in differences(alone, entries, ALL_WAYS, of_party(party, part.role), party) if "stock" not in one]
            assert found == []
        assert {part.role for part in statement.parts} <= set(ROLES)
    authority = of_scope(history, month, StatementScope(authority=AUTHORITY_50, regions=("50",)))
    ways = [way for way in ALL_WAYS if "50" in way]
    found = [one for one in differences(authority, entries, ways, lambda load: True) if "stock" not in one]
    assert found == []
    held = [one for one in differences(authority, entries, [way for way in ways if way[1] == "50"], lambda load: True) if "stock" in one]
    assert held == []
    city = of_scope(history, month, StatementScope(authority=AUTHORITY_50, regions=("5099",)))
    assert city.stocks == (), "nobody of this city has received anything"


@settings(max_examples=3, deadline=None)
@given(SEEDS)
@example(73)
@example(41)  # months disputed and closed again
def test_months_hang_together_like_a_chain(seed: int) -> None:
    """Opening is last month's closing as it was closed; a closed month is the same whenever it is drawn; nothing is told twice or lost."""
    history = History(seed)
    for month, way, size in history.closes:
        closed = history.statement(month, way, size)
        state = history.story.bench.facts.state(f"period/{month}/{way[0]}-{way[1]}")
        [close] = [one for one in state.closes if one.size == size]
        assert sha256(to_bytes(closed, "json")).hexdigest() == close.json
        assert closed.adjusts == close.adjusts
    for month in MONTHS:
        for way in WAYS:
            now = history.statement(month, way)
            if not now.has_begun:
                continue
            lone = {row.code for row in now.without_departure}
            adjusted_lone = {one.code for one in now.adjustments}
            for mirror in now.mirror:
                assert not mirror.unequal_g or mirror.code in lone | adjusted_lone
            newest = [size for one, direction, size in history.closes if (one, direction) == (preceding_month(month), way)]
            assert [base.size for base in now.bases] == newest[-1:]
            if newest:
                closing = {m.code: m.closing_g for m in history.statement(preceding_month(month), way, newest[-1]).mirror if m.closing_g}
                assert {m.code: m.opening_g for m in now.mirror if m.opening_g} == closing


def test_levels_are_the_logs_alerts_on_any_history() -> None:
    """As long as nothing was corrected, lines of a manifest have a level exactly where its receipt raised WEIGHT, and the gravest is that."""
    seen = Counter[str]()
    for seed in (41, 73, 108, 132):
        history = History(seed)
        entries = history.story.bench.entries
        amended = {entry.statement.chain.split("/")[2] for entry in entries if ("AMENDED",) in entry.admission.decision.tags}
        rows = {(row.chain, row.line): row for month in MONTHS for way in WAYS for row in history.statement(month, way).rows}
        for entry in entries:
            lines = [row for (chain, _), row in rows.items() if chain == entry.statement.chain]
            if entry.statement.kind == "manifest.receive/1" and lines and entry.statement.chain.split("/")[2] not in amended:
                raised = {level for level, code in entry.admission.decision.alerts if code == "WEIGHT"}
                assert min((row.level for row in lines if row.level), default="") == min(raised, default="")
                seen.update(raised)
    assert {"H", "M"} <= seen.keys()


@pytest.mark.parametrize("seed", [41, 73])
def test_kept_and_gathered_on_it_is_the_same(tmp_path: Path, seed: int) -> None:
    """Late acts, stocks, plans and beginnings of months live on in what is kept."""
    history = History(seed)
    whole = len(history.story.bench.entries)
    files, kept = history.story.bench.export(), KeptIn(tmp_path / "gathered", bytes(32))
    for size in (*sorted(history.dice.sample(range(14, whole), 4)), whole):

        def work(gathering: Gathering, checkpoint: Checkpoint) -> list[bytes]:
            root = b64encode(checkpoint.root).decode()
            return [to_bytes(finish(Fold(period_of(month), gathering), way, root), "json") for month in MONTHS for way in WAYS]

        found = with_gathering(files.get, partial(look_at, files), all_kinds(), work, kept, size=size)
        assert found == [to_bytes(history.statement(month, way, size), "json") for month in MONTHS for way in WAYS]
