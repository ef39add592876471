"""``list.confirm/1`` (确认): the other side puts an amendment, a resumption or a removal in force.

It names the statement that it confirms by its hash, so nothing can change underneath. Source: 2020 mechanism 4, 5 [READ S6]; kinds §1.7: nobody
confirms what he proposed; kinds §4.
"""

from typing import Annotated

from ledger.admission.personality import Changes, Judged
from ledger.directory import log_state, party_name
from ledger.fields import Hash, label
from ledger.model import Admission, Facts, Findings, Statement
from signing.refusal import texts
from whitelist.acts.list_propose import ROWS_MAX
from whitelist.acts.list_rows import are_twins
from whitelist.fields import Letter, letter_is_of_no_later_day
from whitelist.list_later import later_act
from whitelist.list_pending import put_in_force, standing_rows
from whitelist.list_sides import confirmers
from whitelist.listing import ListState, PendingAct


class ListConfirm(Letter, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``list.confirm/1``."""

    act: Annotated[Hash, label("所确认的声明", "statement that is confirmed")]


def act_waits_for_this_side(judged: Judged, out: Findings) -> None:
    """LIST_ACT: nothing of that hash waits (it is in force, was replaced, or never was), or it is the signer's own side that proposed it."""
    state: ListState = judged.state
    act = judged.statement.body.act
    pending = next((one for one in state.life.pending if one.act == act), None)
    if pending is None:
        out.refuse(
            "LIST_ACT", "body.act", act, " / ".join(one.act for one in state.life.pending), "NONE", count=str(len(state.life.pending))
        )
    elif judged.statement.by[0] not in confirmers(log_state(judged.facts), state, pending):
        own = {"by": party_name(judged.facts, pending.by)}
        out.refuse("LIST_ACT", "body.act", judged.statement.by[0], f"≠ {pending.by}", "OWN", **own)
    elif not _still_fits(state, pending):
        out.refuse("LIST_ACT", "body.act", act, "", "OVERTAKEN", by=party_name(judged.facts, pending.by))


def _still_fits(state: ListState, pending: PendingAct) -> bool:
    """Whether what an amendment adds repeats no row that the other side's amendment has brought since, nor makes the list too long."""
    standing = standing_rows(state, {end.row for end in pending.end})
    is_twin = any(are_twins(row, other) for row in pending.add for _, other in standing)
    return not is_twin and len(state.rows) + len(pending.add) <= ROWS_MAX


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    state: ListState = facts.state(statement.chain)
    pending = next(one for one in state.life.pending if one.act == statement.body.act)
    return Changes(state=put_in_force(state, pending, admission, statement.by[0]))


CONFIRM = later_act(
    name="list.confirm/1",
    zh="确认白名单变更",
    en="list confirmation",
    body=ListConfirm,
    roles=("authority of the other side",),
    rules=(letter_is_of_no_later_day, act_waits_for_this_side),
    evolve=_evolve,
    effect=(
        "所确认的变更、恢复或者移出生效；变更自其生效日与确认日中较晚的一天起生效。",
        "Puts the amendment, resumption or removal in force; an amendment from the later of its own day and the day of the confirmation.",
    ),
    texts=texts("""
LIST_ACT | - | both_authorities | kinds §4 [DESIGN]; §1.7
没有等待确认的这份声明，或者是本方自己提出的。 || 核对声明的摘要；由对方主管部门确认。
No such act waits for a confirmation, or it is the signer's own. || Check the hash of the statement; the other side confirms it.

LIST_ACT:NONE
没有等待确认的这份声明：已经生效、已被同一方较新的变更取代，或者摘要填写有误；现在等待确认的有 {count} 份。 || 查询名单（GET /v1/lists），填写其中等待确认的那份声明的摘要；已经生效的不必再确认。
Nothing of this hash waits: it is in force, was replaced by a newer one of its side, or the hash is wrong; {count} acts wait now. || Look at the list (GET /v1/lists, field pending) and name what waits; what is in force needs no confirmation.

LIST_ACT:OVERTAKEN
{by}提出变更之后，另一份变更已经生效，所增加的行与现有的行重复，或者名单超过最多行数。 || 请{by}按名单现在的内容另提一份变更，取代这一份。
Another amendment is in force since {by} signed this one: what it adds repeats a row of the list, or makes it too long. || Let {by} sign another amendment, by the list as it stands now, which takes the place of this one.

LIST_ACT:OWN
这份声明是{by}提出的，本方不能自行确认。 || 请另一方主管部门确认（list.confirm）；要改的，由{by}另提一份，取代这一份。
{by} proposed this act; its own side does not confirm it. || Let the other side confirm it (list.confirm); to change it {by} signs a newer one, which takes its place.
"""),
)
