"""A draft of a list (名单草案): the rows that somebody would put on it, and what the proposal would say. Not signed, not on the log.

As JSON: ``{"list":"list/2027-51-50-cy","propose":{body of list.propose/1},"rows":[rows of list.rows/1]}``; ``propose`` may be absent, then all
that it would say is as on the list that was in force. An office's spreadsheet is read elsewhere, into the same.
"""

from typing import Annotated, Any

from msgspec import Struct

from ledger.admission.form import read_body
from ledger.admission.personality import Judged
from ledger.fields import form, items, label
from ledger.model import Facts, Findings, Moment, Statement
from signing.payload import parse
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal, refuse
from whitelist.acts.list_propose import ROWS_MAX, ListPropose
from whitelist.acts.list_rows import ROWS, ListRows, Row, no_row_comes_twice, rows_lie_within_their_permits
from whitelist.fields import LIST, judge_scope
from whitelist.listing import ListState

DRAFT_MAX = 16 * 1024 * 1024
"""Bytes of a draft."""
DEPTH = 8
NAME = Phrase("list/<年份>-<移出省>-<接受省>-<名称>", "list/<year>-<from>-<to>-<name>")
"""What a list is called."""


class DraftList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A draft as a file holds it."""

    list: Annotated[str, form(f"^{LIST.pattern}$", "DRAFT_FORM", NAME), label("名单", "list")]
    propose: Annotated[ListPropose | None, label("提出名单", "proposal")] = None
    rows: Annotated[tuple[Row, ...], items(1, ROWS_MAX, "LIST_SIZE"), label("各行", "rows")]

    @property
    def name(self) -> tuple[int, str, str, str]:
        """Year, provinces from and to, and the name, as the chain says them."""
        year, from_province, to_province, name = self.list.removeprefix("list/").split("-")
        return int(year), from_province, to_province, name


def read_draft(raw: bytes) -> DraftList:
    """A draft from JSON; Refusal DRAFT_FORM, with the codes of its fields, SCOPE_FORM or ROW_TWICE."""
    if len(raw) > DRAFT_MAX:
        raise refuse("DRAFT_FORM", field="draft", found=Phrase(f"{len(raw)} 字节", f"{len(raw)} bytes"), expected=f"≤ {DRAFT_MAX}")
    draft: DraftList = read_body(parse(raw, limit=DRAFT_MAX, depth=DEPTH), DraftList)
    return checked(draft)


def checked(draft: DraftList) -> DraftList:
    """The draft, if its scopes are well formed and no tonne stands twice on it; else Refusal SCOPE_FORM or ROW_TWICE."""
    out = Findings()
    for number, row in enumerate(draft.rows):
        judge_scope(out, f"rows.{number}.waste", row.waste)
    no_row_comes_twice(_as_a_page(draft, None, Moment(0, 0, ""), _blank(draft)), out)
    if out.reasons:
        raise Refusal(out.reasons)
    return draft


def doubts(draft: DraftList, facts: Facts, moment: Moment, as_listed: ListState) -> list[Reason]:
    """What the log would refuse today of its rows against their permits; the replay goes on all the same, for permits change too.

    ``as_listed`` says the days of the list."""
    out = Findings()
    rows_lie_within_their_permits(_as_a_page(draft, facts, moment, as_listed), out)
    return out.reasons


def _as_a_page(draft: DraftList, facts: Any, moment: Moment, state: ListState) -> Judged:
    """The draft as the one page of a list that is empty yet, for the rules of ``list.rows``."""
    body = ListRows(page=0, rows=draft.rows)
    statement = Statement(kind=ROWS.name, chain=draft.list, seq=1, prev="", by=(), at="", at_s=moment.at_s, body=body, hash="")
    return Judged(statement, facts, moment, state, ROWS)


def _blank(draft: DraftList) -> ListState:
    year, from_province, to_province, _ = draft.name
    return ListState(
        year=year, from_province=from_province, to_province=to_province, kind="mutual", suspension_stops="issue", proposer="", letter_no="",
        letter_date="", effective_from=f"{year}-01-01", effective_to=f"{year}-12-31", rows_announced=len(draft.rows), pages_announced=1,
    )  # fmt: skip
