"""``list.countersign/1``: the other side signs the digest of exactly the rows that are there, all of them; the list is in force.

Source: 2020 mechanism 2 [READ S6]: lists are put in force by letters of both sides; formats §3.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Judged, Kind, Role, Window
from ledger.fields import Hash, label
from ledger.findings import Findings
from ledger.model import Admission, Statement
from signing.refusal import texts
from whitelist.acts.list_propose import countersigners
from whitelist.fields import Letter, letter_is_of_no_later_day
from whitelist.listing import ListState, rows_hash


class ListCountersign(Letter, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``list.countersign/1``; ``prev`` pins the terms of the list."""

    rows_hash: Annotated[Hash, label("各行摘要", "digest of the rows")]
    """:func:`whitelist.listing.rows_hash` of all rows."""


def _signed(statement: Statement, facts: Facts) -> Sequence[Role]:
    return (Role("countersigning authority", countersigners(facts, facts.state(statement.chain))),)


def _is_proposed(judged: Judged, out: Findings) -> None:
    """A gate: the list is not in force yet, else LIST_STAGE alone."""
    if judged.state.status != "PROPOSED":
        out.refuse("LIST_STAGE", "kind", judged.state.status, "PROPOSED")


def rows_are_these(judged: Judged, out: Findings) -> None:
    """All announced rows are there, and the digest is theirs."""
    state: ListState = judged.state
    if not state.is_complete:
        found = f"{len(state.rows)} rows on {state.pages} pages"
        out.refuse("LIST_INCOMPLETE", "kind", found, f"{state.rows_announced} rows on {state.pages_announced} pages")
        return
    digest = rows_hash(state.rows)
    if judged.statement.body.rows_hash != digest:
        out.refuse("LIST_DIGEST", "body.rows_hash", judged.statement.body.rows_hash, digest)


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    return Changes(state=replace(facts.state(statement.chain), status="ACTIVE"))


COUNTERSIGN = Kind(
    name="list.countersign/1",
    zh="联署白名单",
    en="list countersignature",
    body=ListCountersign,
    chain_type="list",
    roles=("to-authority (pilot that it proposed: another authority)",),
    signers=_signed,
    window=Window.MONTH,
    gate=_is_proposed,
    rules=(letter_is_of_no_later_day, rows_are_these),
    evolve=_evolve,
    books=None,
    effect=("名单生效。", "The list is in force."),
    texts=texts("""
LIST_INCOMPLETE | - | both_authorities | formats §3 [DESIGN]
白名单尚未全部提交，不能联署。 || 由提出方提交全部白名单页后再联署。
The list is not complete yet. || The proposing side submits all pages first.

LIST_DIGEST | - | both_authorities | formats §3 [DESIGN]
联署的摘要与白名单各行不一致。 || 按账本中的全部白名单行重新计算摘要，确认内容后再签署。
The countersigned digest is not that of the rows. || Compute it over all rows of the log, check them, then sign.
"""),
)
