"""What the acts on a list in force share: who signs, on which list, for which row, and the texts of what is wrong with that.

Source: kinds §4; 2020 mechanism 4 to 6 [READ S6].
"""

from collections.abc import Iterable, Sequence
from functools import partial

from ledger.admission.personality import Judged, Role
from ledger.directory import log_state
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import parse_admission_at
from signing.refusal import texts
from whitelist import telling
from whitelist.list_sides import either_side
from whitelist.listing import ListState, PendingAct, list_act


def signed_by_either(statement: Statement, facts: Facts) -> Sequence[Role]:
    """An authority of one of the two sides; of a unilateral list the receiving side's."""
    return (Role("authority of the list", either_side(log_state(facts), facts.state(statement.chain))),)


def is_in_force(judged: Judged, out: Findings) -> None:
    """A gate: the list is in force and not removed as a whole, else LIST_STAGE alone."""
    state: ListState = judged.state
    if state.status != "ACTIVE":
        out.refuse("LIST_STAGE", "kind", state.status, "ACTIVE", "NOT_YET", status=telling.word(state.status))
    elif state.is_removed:
        out.refuse("LIST_STAGE", "kind", "REMOVED", "ACTIVE", "GONE")


def judge_rows_known(judged: Judged, out: Findings, named: Iterable[tuple[str, int]]) -> bool:
    """Whether the list has the rows that are named by path and number; else ROW_UNKNOWN for each that it lacks."""
    rows, is_known = len(judged.state.rows), True
    for path, number in named:
        if number >= rows:
            is_known = False
            own = {"row": str(number), "last": str(rows - 1), "list": judged.statement.chain, "where": path}
            out.refuse("ROW_UNKNOWN", path, number, f"0 … {rows - 1}", "NONE", **own)
    return is_known


def pending_of(statement: Statement, admission: Admission, **own: object) -> PendingAct:
    """An act as it waits for the other side, or is put in force at once."""
    return PendingAct(
        act=statement.hash,
        kind=statement.kind.partition("/")[0],  # type: ignore[arg-type]  # one of those that wait, or a suspension, which never does
        index=admission.index,
        at_s=parse_admission_at(admission.at),
        by=statement.by[0],
        letter_no=statement.body.letter_no,
        **own,  # type: ignore[arg-type]
    )


later_act = partial(list_act, roles=("authority of either side (unilateral: to-authority)",), signers=signed_by_either, gate=is_in_force)
"""What acts on a list in force share."""

TEXTS = texts("""
LIST_STAGE | - | both_authorities | formats §3 [DESIGN]
白名单当前状态不允许此操作。 || 联署前可提交已声明的白名单页；全部提交后由接受地联署；生效后用变更、暂停、恢复、移出。
The list's status does not allow this act. || Announced pages come before the countersignature, after it the list is amended, suspended, resumed or removed.

LIST_STAGE:COMPLETE
名单现在是“{status}”，已提交 {pages} 页，共声明 {announced} 页，不能再提交页。 || 全部提交的，请接受地主管部门联署；内容有误的，另提一份名单。
The list is {status}, with {pages} of {announced} pages: it takes no further one. || If all are there, let the receiving side countersign; if they are wrong, propose another list.

LIST_STAGE:IN_FORCE
名单现在是“{status}”，不能联署。 || 已生效的名单不必再联署；要更改的，由一方提出变更（list.amend），另一方确认。
The list is {status} and takes no countersignature. || A list in force needs none; to change it one side amends it (list.amend) and the other confirms.

LIST_STAGE:NOT_YET
名单现在是“{status}”，还没有生效，没有可以变更、暂停或者移出的内容。 || 先提交全部名单页并由接受地联署；不再需要的，不联署即可。
The list is {status} and not in force: there is nothing to change, suspend or remove. || Submit its pages and have it countersigned first; what nobody wants is simply not countersigned.

LIST_STAGE:GONE
整份名单已经移出，不再接受任何操作。 || 需要的，另提一份名单（list.propose）；年度通报（list.report）仍可提交。
The whole list was removed and takes no further act. || Propose another list if one is wanted; its report for the year (list.report) may still be given.

ROW_UNKNOWN | - | both_authorities | kinds §4 [DESIGN]
名单没有这一行。 || 行号从 0 起数；查询名单各行后改正。
The list has no such row. || Rows count from 0; look them up and correct the number.

ROW_UNKNOWN:NONE
名单 {list} 没有行号 {row}，最后一行的行号是 {last}（从 0 起数）。 || 在“白名单行”查询中核对行号，改正 {where}。
List {list} has no row {row}; its last one is {last}, counted from 0. || Look the row up (GET /v1/listings) and correct {where}.

ROW_UNKNOWN:ROWS
名单 {list} 没有第 {row} 行，已提交的行号为 0 至 {last}。 || 改正 body.item：行号从 0 起。
The list {list} has no row {row}; its rows are 0 to {last}. || Correct body.item, from 0.

ROW_UNKNOWN:PILOT
{list} 是国家试点名单，其各行不计额度，没有期初用量。 || 不必登记；接受人的年经营规模用量在其许可证上登记（quota.open 于 permit/…）。
{list} is a pilot list, whose rows draw no quota. || Nothing to open; what its receivers took is opened on their permits.
""")
