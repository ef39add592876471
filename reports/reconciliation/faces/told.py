"""What the JSON of a statement says of openings, adjustments and the checks that are sums (``checks``): plain values, grams still grams."""

from collections.abc import Callable

from reports.reconciliation.checks import Adjustment
from reports.reconciliation.model import EQUATION, MonthlyStatement
from reports.reconciliation.rules import RULES

ADJUSTED = "adjusted_departed_g adjusted_accepted_g adjusted_refused_g adjusted_difference_g"
_ADJUSTMENT = "month told_in manifest number line code index kind at admitted"
_MOVED = "issued_g departed_g accepted_g refused_g difference_g voided_g declined_g"
_STOCK = "holder code opening_g adjusted_g accepted_g treated_g sent_g gap_g closing_g unequal_g oldest aging_g old_g level"
_SUMS = "role party code lines issued_g departed_g accepted_g refused_g voided_g declined_g"
_PLAN = "plan site line name code planned_g month_g year_g over_g level"
_PERMIT = "permit no holder valid_to days level"
Told = Callable[[object, str], dict[str, object]]
"""Fields of a value by name, as the JSON writes them."""


def told_checks(statement: MonthlyStatement, told: Told) -> dict[str, object]:
    """Members of the statement's JSON."""

    def adjustment(one: Adjustment) -> dict[str, object]:
        moved = " ".join(name for name in _MOVED.split() if getattr(one, name))
        return {"from": one.direction[0], "to": one.direction[1]} | told(one, f"{_ADJUSTMENT} {moved}")

    return {
        "bases": [{"from": base.direction[0], "to": base.direction[1]} | told(base, "month index size json") for base in statement.bases],
        "adjusts": list(statement.adjusts),
        "adjustments": [adjustment(one) for one in statement.adjustments],
        "adjusted_later": [adjustment(one) for one in statement.adjusted_later],
        "parts": [
            (told(part, "role") if part.direction is None else {"from": part.direction[0], "to": part.direction[1]})
            | {"mirror": [told(mirror, f"code {EQUATION} {ADJUSTED}") for mirror in part.mirror]}
            | {"total": told(part.total, f"{EQUATION} {ADJUSTED}")}
            for part in statement.parts
        ],
        "m1_stocks": [told(stock, _STOCK) for stock in statement.stocks],
        "m2_m3_sums": [told(sums, _SUMS) for sums in statement.sums],
        "m6_series": [
            told(series, "series held first last missing") | {"gaps": [list(run) for run in series.gaps], "backward": list(series.backward)}
            for series in statement.series
        ],
        "m8_plans": [told(plan, _PLAN) for plan in statement.plans],
        "m10_permits": [told(permit, _PERMIT) for permit in statement.ending],
        "rules": [{"code": rule.code, "zh": rule.zh, "en": rule.en} for rule in RULES],
    }
