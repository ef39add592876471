"""200 seeded faults of sixteen kinds in books of a real log: all found, none invented, each with both operands (issue 13). Many seeds: ``bench.books``."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest
from msgspec.structs import replace

from bench.books.campaign import campaign
from bench.books.faults import LINE_KINDS
from bench.books.real import RealMonth, book_of, kept_book, manifests_of, months_of
from bench.years.years import Years
from reports.books.model import BookKind
from reports.matching.compared import compare
from tests.sample import sample

KINDS = {*LINE_KINDS, "stock_identity", "stock_carried"}


@cache
def real_months() -> list[RealMonth]:
    """Firms of a small log that went through the real admission, with at least six lines a month."""
    manifests, names = manifests_of(Years([220, 220], seed=1, senders=8))
    return list(months_of(manifests, names, ("2025-01", "2025-02")))


@pytest.mark.parametrize("seed", range(1, sample(90) + 1))
def test_all_faults_are_found_and_none_is_invented(seed: int) -> None:
    found = campaign(real_months(), seed)
    assert found.missed == []
    assert (found.recall, found.precision) == (1.0, 1.0)
    assert set(found.made) == KINDS
    assert found.made.total() >= 200
    assert found.tied.total() <= 8, "hardly anything hides in a tie"


@pytest.mark.parametrize("kind", ["platform", "b5", "enterprise"])
def test_a_book_without_a_fault_has_no_finding(kind: BookKind) -> None:
    for real in (one for one in real_months() if kind != "b5" or one.side == "out"):
        lines = [replace(kept.line, row=row) for row, kept in enumerate(kept_book(real, kind, Random(1)), 3)]
        [compared] = compare(real.holder, real.period, [(book_of(real, kind, len(lines)), lines)], real.manifests, real.names).books
        assert {outcome.kind for outcome in compared.outcomes} == {"matched"}
        assert [code.check for code in compared.sums if code.logged != code.booked] == []
