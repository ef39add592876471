"""The kinds of ``period/<YYYY-MM>/<from>-<to>``, one module each; what they share is ``reports.periods.contract`` (kinds §9).

A new kind is one more module here, which nothing lists.
"""

import sys

from ledger.admission.personality import Kind, Personality, values_in
from reports.periods import contract
from signing.refusal import table
from whitelist.period import PERIOD, PeriodState

ACTS = values_in(sys.modules[__name__], Kind)

PERSONALITY = Personality(
    name="periods",
    kinds=ACTS,
    states={"period": PeriodState},
    chains={"period": PERIOD.pattern},
    registers={"closed-month": str},
    rules=table(*contract.TEXTS, *(rule for act in ACTS for rule in act.texts)),
)
