"""What the check answers beside its reasons: what an issue would draw, and what is left."""

from __future__ import annotations

from tests.whitelist.acts import (
    INTRA,
    line,
    listed,
)
from tests.whitelist.driver import (
    APPROVAL,
    LIST,
    PERMIT,
)
from tests.whitelist.test_check_permission import T, ask, use
from whitelist.quota import q1_account, q2_account, q3_account


def test_an_answer_says_what_it_draws_and_what_is_left() -> None:
    log = listed()
    use(log, q2_account(APPROVAL, 0), 2_890 * T)
    use(log, q3_account(PERMIT), 61_000 * T)
    answer = ask(log, line(), line(mass_t="0.4"))
    assert answer.draws == {q2_account(APPROVAL, 0): 6 * T, q3_account(PERMIT): 6 * T}
    assert answer.left_g == {q2_account(APPROVAL, 0): 110 * T, q1_account(LIST, 0): 57_000 * T, q3_account(PERMIT): -1_000 * T}


def test_inside_a_province_only_the_scale_is_drawn() -> None:
    answer = ask(listed(), **INTRA)
    assert (answer.route, answer.draws, answer.listings) == ("INTRA", {q3_account(PERMIT): 5_600_000}, (None,))
