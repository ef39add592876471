"""``period.confirm/1`` (确认月度对账单): an authority has recomputed the statement from its own copy of the log and got the same bytes (kinds §9)."""

from __future__ import annotations

from reports.periods.contract import PeriodVerdictBody, spoken, verdict_act


class PeriodConfirm(PeriodVerdictBody, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``period.confirm/1``."""


CONFIRM = verdict_act(
    name="period.confirm/1",
    zh="确认月度对账单",
    en="confirmation of a month",
    body=PeriodConfirm,
    evolve=spoken,
    effect=(
        "该主管部门确认最新一次结账；两地都确认后该月对账完成。",
        "The authority agrees with the newest close; once both sides have, the month is reconciled.",
    ),
)
