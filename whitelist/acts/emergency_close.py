"""``emergency.close/1``: the declaring authority closes an emergency. A stop of kinds §1.3: nothing is issued on it or departs under it any more;
what is on the road arrives and is received. Source: R-39; kinds §1.3, §9.
"""

from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged
from ledger.dates import judge_after, judge_not_to_come
from ledger.fields import Day, Files, LongText, label
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import day_of
from whitelist.acts.emergency_declare import declarer, emergency_act
from whitelist.acts.emergency_join import is_open
from whitelist.emergency import EmergencyState


class EmergencyClose(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``emergency.close/1``."""

    closed_on: Annotated[Day, label("终止日期", "closed on")]
    summary: Annotated[LongText, label("处置情况总结", "summary")]
    files: Files = ()


def day_is_in_order(judged: Judged, out: Findings) -> None:
    """DATE_ORDER: not after today, not before the day of the event."""
    day, what = judged.statement.body.closed_on, ("终止日期", "the day of the close")
    judge_not_to_come(out, "body.closed_on", what, day, day_of(judged.moment.at_s))
    judge_after(out, "body.closed_on", what, day, day_of(judged.state.happened_s))


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    before: EmergencyState = facts.state(statement.chain)
    closed_on = statement.body.closed_on
    return Changes(state=replace(before, closed_on=closed_on, history=before.history.after("CLOSED", admission)))


CLOSE = emergency_act(
    name="emergency.close/1",
    zh="终止应急转移",
    en="close of an emergency",
    body=EmergencyClose,
    roles=("the declaring authority",),
    signers=declarer,
    gate=is_open,
    rules=(day_is_in_order,),
    evolve=_evolve,
    effect=(
        "不能再凭此开具、起运；已在途的照常运抵、接受，尚未补办手续的仍应补办。",
        "Nothing more is issued on it or departs under it; what is on the road arrives and is received, and is still to be regularised.",
    ),
)
