"""Whom an act on a list is for (whitelist.list_readers): the receivers of its rows, read from the list's own statements."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from ledger.model import Statement
from tests.whitelist.acts import propose
from tests.whitelist.driver import APPROVAL, GENERATOR, LIST, seconds
from tests.whitelist.listing_bench import LEAD, lead
from tests.whitelist.test_list_amend import ended
from tests.whitelist.test_list_status import LETTER, act, suspend
from tests.workbench import uscc
from whitelist.acts.list_amend import ListAmend, RowQuota
from whitelist.acts.list_confirm import ListConfirm
from whitelist.acts.list_exceed_consent import ListExceedConsent
from whitelist.acts.list_propose import ListCountersign
from whitelist.acts.list_report import ListReportBody, ReportedRow
from whitelist.acts.list_rows import ListRows
from whitelist.acts.quota_open import QuotaOpen
from whitelist.list_readers import RowsSoFar

ONE, TWO, THREE, NEW = (uscc("500116", number) for number in range(801, 805))


class Chain:
    """A list, statement by statement."""

    def __init__(self, kind: str = "mutual") -> None:
        self.rows, self.seq, self.newest = RowsSoFar(), 0, ""
        assert self.say(propose(kind=kind, rows=4, pages=2)) == ()
        assert self.say(ListRows(page=0, rows=(lead(LEAD[0], receiver=ONE), lead(LEAD[1], receiver=TWO)))) == (ONE, TWO)

    def say(self, body: Any) -> tuple[str, ...]:
        """One more statement; whom it is for."""
        self.newest = sha256(str(self.seq).encode()).hexdigest()
        statement = Statement(
            kind="list.any/1", chain=LIST, seq=self.seq, prev="00" * 32, by=(), principal=None, at="", at_s=seconds("2026-02-02 09:00"),
            body=body, hash=self.newest,
        )  # fmt: skip
        self.seq += 1
        self.rows = self.rows.after(statement)
        assert self.rows.after(statement) == self.rows, "a statement that was read changes nothing"
        return self.rows.told

    def last_page(self) -> tuple[str, ...]:
        """The second of the two pages, with a row of the first receiver's again."""
        return self.say(ListRows(page=1, rows=(lead(LEAD[2], receiver=THREE), lead(LEAD[3], receiver=ONE))))


def confirmed(chain: Chain) -> ListConfirm:
    return ListConfirm(act=chain.newest, **LETTER)


def in_force() -> Chain:
    chain = Chain()
    assert chain.last_page() == (THREE, ONE)
    assert chain.say(ListCountersign(rows_hash="00" * 32, **LETTER)) == (ONE, TWO, THREE)
    return chain


def test_a_list_without_another_hand_is_told_with_its_last_page() -> None:
    assert Chain("unilateral").last_page() == (ONE, TWO, THREE)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (suspend(1), (TWO,)),
        (suspend(3), (ONE,)),
        (act(2), (THREE,)),
        (act(), (ONE, TWO, THREE)),
        (ListAmend(effective_from="2026-06-01", end=(ended(2),), quota=(RowQuota(row=1, quota_t="5"),), **LETTER), (THREE, TWO)),
        (
            ListReportBody(rows=(ReportedRow(row=1, received_t="1"), ReportedRow(row=3, received_t="1")), environment="达标", **LETTER),
            (TWO, ONE),
        ),
        (QuotaOpen(item=2, used_t="1", as_of_on="2026-01-01", source="台账（虚构）"), (THREE,)),
        (ListExceedConsent(row=1, extra_t="5", asked_no="1", asked_date="2025-12-19", **LETTER), (TWO,)),
        (ListExceedConsent(row=1, extra_t="5", asked_no="1", asked_date="2025-12-19", approval=APPROVAL, **LETTER), (TWO, GENERATOR)),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, tuple) else "",
)
def test_an_act_is_for_the_receivers_of_its_rows(body: Any, told: tuple[str, ...]) -> None:
    assert in_force().say(body) == told


@pytest.mark.parametrize("what", [lambda: act(2), lambda: ListAmend(effective_from="2026-06-01", end=(ended(2),), **LETTER)])
def test_a_confirmation_is_for_those_for_whom_the_act_was(what: Callable[[], Any]) -> None:
    chain = in_force()
    assert chain.say(what()) == (THREE,)
    confirm = confirmed(chain)
    assert chain.say(suspend(0)) == (ONE,)
    assert chain.say(confirm) == (THREE,)


def test_who_is_added_hears_of_it_and_of_what_comes_after() -> None:
    """The number of an added row hangs on confirmations that need not come: whoever was to be added hears of acts on all such rows."""
    chain = in_force()
    assert chain.say(ListAmend(effective_from="2026-06-01", add=(lead(LEAD[0], receiver=NEW),), **LETTER)) == (NEW,)
    assert chain.say(confirmed(chain)) == (NEW,)
    assert chain.say(suspend(4)) == (NEW,)
    assert chain.say(suspend(0)) == (ONE,)
    assert chain.say(act()) == (ONE, TWO, THREE, NEW)
