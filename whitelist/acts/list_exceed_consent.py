"""``list.exceed_consent/1`` (超额同意): the receiving side agrees to more than the quota of a row, for everybody or for one application.

"应提前函告对方并征得同意，方可继续审批": the origin's authority asks by letter, the answer is this act. Source: 2020 mechanism 4 [READ S6]; R-36;
kinds §4, §15.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Role
from ledger.dates import judge_after
from ledger.directory import authorities_of_division, log_state
from ledger.fields import Count, Day, MassAboveZero, Text, label
from ledger.mass import parse_mass
from ledger.model import Admission, Facts, Findings, Statement
from whitelist.fields import ApprovalRef, Letter, letter_is_of_no_later_day
from whitelist.list_later import judge_rows_known, later_act
from whitelist.list_life import ExtraConsent
from whitelist.listing import ListState


class ListExceedConsent(Letter, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``list.exceed_consent/1``; ``letter_no`` and ``letter_date`` are those of the answer."""

    row: Annotated[Count, label("行号", "row, from 0")]
    extra_t: Annotated[MassAboveZero, label("超额数量（吨）", "beyond the quota, t")]
    approval: Annotated[ApprovalRef | None, label("仅限该申请", "for this application alone")] = None
    asked_no: Annotated[Text, label("来函号", "letter that asked")]
    asked_date: Annotated[Day, label("来函日期", "its date")]


def _signed(statement: Statement, facts: Facts) -> Sequence[Role]:
    province = statement.chain.split("-")[2]
    return (Role("destination's authority", authorities_of_division(log_state(facts), province)),)


def answer_follows_the_letter(judged: Judged, out: Findings) -> None:
    """DATE_ORDER: the answer is of no earlier day than the letter that asked."""
    body: ListExceedConsent = judged.statement.body
    judge_after(out, "body.letter_date", ("复函日期", "the date of the answer"), body.letter_date, body.asked_date)


def row_is_known(judged: Judged, out: Findings) -> None:
    """ROW_UNKNOWN."""
    judge_rows_known(judged, out, (("body.row", judged.statement.body.row),))


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    state: ListState = facts.state(statement.chain)
    body: ListExceedConsent = statement.body
    new = ExtraConsent(
        grams=parse_mass(body.extra_t),
        approval=body.approval or "",
        index=admission.index,
        by=statement.by[0],
        letter_no=body.letter_no,
    )
    known = state.row_life(body.row)
    return Changes(state=state.lives(rows={**state.life.rows, body.row: replace(known, extras=(*known.extras, new))}))


EXCEED_CONSENT = later_act(
    name="list.exceed_consent/1",
    zh="同意超出白名单额度",
    en="consent beyond a quota",
    body=ListExceedConsent,
    roles=("to-authority",),
    signers=_signed,
    rules=(letter_is_of_no_later_day, answer_follows_the_letter, row_is_known),
    evolve=_evolve,
    effect=(
        "该行的额度增加同意的数量；写明申请的，只用于该申请：它占用的量先计入同意的数量。",
        "Adds to the quota of the row; where an application is named, for that one alone: what it commits fills its own extra first.",
    ),
)
