"""What is left of a row whose quota was amended and of which more was consented to: the decisions that hold it, day by day (kinds §1.6, §15)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ledger.admission.personality import Reads
from ledger.mass import format_mass
from tests.whitelist.acts import listed
from tests.whitelist.driver import APPROVAL, GENERATOR, LIST, Log, ulid
from whitelist.answers import quota_answer
from whitelist.balance import QuotaBalance, balance_accounts, limit_of, row_balance, row_room
from whitelist.list_life import ExtraConsent, QuotaChange, RowLife
from whitelist.listing import ListState
from whitelist.quota import q1_account, q2_account
from whitelist.registries import RegistryRow

T = 1_000_000
OTHER = f"approval/{GENERATOR}/{ulid(9)}"
ROW = q1_account(LIST, 0)


def balance(log: Log, life: RowLife, day: str = "2026-11-05") -> QuotaBalance:
    state: ListState = log.state(LIST).lives(rows={0: life})
    for account in balance_accounts(log.facts, ROW):
        log.facts.values.setdefault(f"account:{account}", None)
    found = row_balance(log.facts, ROW, state, 0, day)
    limit_g, used_g = row_room(log.facts, ROW, state, 0, day)
    assert limit_g - used_g == found.left_g, "of fewer accounts the same"
    row = RegistryRow(LIST, 0, replace(log.facts.head(LIST), state=state))
    quota = quota_answer(row, log.facts, day)
    assert (quota.limit_t, quota.used_t, quota.left_t) == tuple(map(format_mass, (limit_g, used_g, found.left_g))), "as /v1/quotas tells it"
    return found


def extra(tonnes: int, approval: str = "") -> ExtraConsent:
    return ExtraConsent(grams=tonnes * T, approval=approval, index=9, by=GENERATOR, letter_no="1")


def figures(found: QuotaBalance) -> tuple[int, ...]:
    grams = (found.limit.quota_g, found.limit.extra_g, found.kept_g, found.committed_g, found.used_g, found.returned_g, found.left_g)
    return tuple(one // T for one in grams)


@pytest.mark.parametrize(
    ("life", "day", "expected"),
    [
        (RowLife(), "2026-11-05", (60000, 0, 0, 2900, 100, 0, 57000)),
        (RowLife(quotas=(QuotaChange("2026-06-01", 2000 * T, 5),)), "2026-05-31", (60000, 0, 0, 2900, 100, 0, 57000)),
        (RowLife(quotas=(QuotaChange("2026-06-01", 2000 * T, 5),)), "2026-06-01", (2000, 0, 0, 2900, 100, 0, -1000)),
        (RowLife(extras=(extra(500),)), "2026-11-05", (60000, 500, 0, 2900, 100, 0, 57500)),
        (RowLife(extras=(extra(500, OTHER),)), "2026-11-05", (60000, 500, 500, 2900, 100, 0, 57000)),
        (RowLife(extras=(extra(5000, APPROVAL),)), "2026-11-05", (60000, 5000, 2000, 2900, 100, 0, 60000)),
        (RowLife(extras=(extra(1000, APPROVAL), extra(500))), "2026-11-05", (60000, 1500, 0, 2900, 100, 0, 58500)),
        (RowLife(), "2027-01-01", (60000, 0, 0, 0, 100, 2900, 59900)),
    ],
    ids=["as listed", "before the amendment", "amended below use", "more for anybody", "more for another", "more than it took",
         "more than there was for it", "after its last day"],
)  # fmt: skip
def test_a_row_by_what_befell_it(life: RowLife, day: str, expected: tuple[int, ...]) -> None:
    """3,000 t are held by one decision, 100 t of which its manifests moved."""
    log = listed()
    log.load(Reads(accounts=(q2_account(APPROVAL, 0),)))
    log.book({q2_account(APPROVAL, 0): 100 * T})
    assert figures(balance(log, life, day)) == expected


def test_of_a_scale_and_a_line_there_is_nothing_beyond() -> None:
    log = listed()
    assert limit_of(log.state(APPROVAL), 0, "2026-11-05").all_g == 3000 * T
