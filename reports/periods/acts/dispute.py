"""``period.dispute/1`` (对月度对账单提出异议): an authority names the lines of a close that it does not agree with (kinds §9).

The operator may then close the month again, as long as the following one is not closed; whatever is corrected later adjusts a later month.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from ledger.admission.personality import Changes
from ledger.fields import Text, label
from ledger.fields import items as listed
from ledger.model import Admission, Facts, Statement
from reports.items.model import ItemKey
from reports.periods.contract import PeriodVerdictBody, spoken, verdict_act

ITEMS_MAX = 100


class DisputedItem(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """One line of the statement that is disputed."""

    key: ItemKey
    note: Annotated[Text, label("说明", "note")]


class PeriodDispute(PeriodVerdictBody, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``period.dispute/1``."""

    reason: Annotated[Text, label("理由", "reason")]
    items: Annotated[tuple[DisputedItem, ...], listed(1, ITEMS_MAX), label("有异议的未符项", "disputed items")]


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: PeriodDispute = statement.body
    return spoken(statement, admission, facts, disputes=True, reason=body.reason, items=len(body.items))


DISPUTE = verdict_act(
    name="period.dispute/1",
    zh="对月度对账单提出异议",
    en="dispute of a month",
    body=PeriodDispute,
    evolve=_evolve,
    effect=(
        "最新一次结账有异议；处理后运营单位可以再次结账，下个月结账后则由以后月份调整。",
        "The newest close is disputed; the operator may close the month again once that is seen to, and once the following month is closed a later one adjusts it.",
    ),
)
