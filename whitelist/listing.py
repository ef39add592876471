"""A list (白名单) of one year and direction, and its rows, the listings. State of ``list/<YYYY>-<from>-<to>-<name>``.

A listing is the receiving province's advance consent (Code Art. 536.2): it removes the consultation letter, not the approval and not the
manifest. Three kinds: mutual (双方互认), unilateral (单方公布), pilot (国家试点, serves one route of issues and never a decision).
Source: 2020 mechanism, law §3.2 [READ S6]; kinds §4.
"""

from collections.abc import Iterable
from functools import partial
from hashlib import sha256
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ledger.admission.personality import Kind, Window
from ledger.fields import Flag, LongText, Province, items, label, words
from ledger.mass import format_mass
from ledger.model import Facts
from whitelist.fields import LIST, Scope

ListKind = Annotated[
    Literal["mutual", "unilateral", "pilot"],
    label("名单种类", "kind of list"),
    words({"mutual": "双方互认", "unilateral": "单方公布", "pilot": "国家试点"}),
]
SuspensionStops = Annotated[
    Literal["decide", "issue", "depart"],
    label("暂停的效力", "what a suspension stops"),
    words({"decide": "停批准", "issue": "并停开具", "depart": "并停起运"}),
]
EVERYWHERE = "00"  # ``<from>`` of lists that are open to every other province.


class Conditions(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is asked beside quota and term."""

    # A row's add to the list's, a decision's to both, and what the reply said binds in any case; the stricter holds. Source: kinds §4; 2020
    # mechanism 3 [READ S6]: the other side may name conditions.
    pre_notice_days: Annotated[Annotated[int, Meta(ge=0, le=60)] | None, label("转移前报告天数", "days of notice before the transfer")] = (
        None
    )
    """R-41."""
    complete_within_days: Annotated[Annotated[int, Meta(ge=1, le=366)] | None, label("完成期限（天）", "days to complete the transfer")] = (
        None
    )
    """From the decision; limits its term (R-32)."""
    use_only: Annotated[Flag | None, label("仅限利用", "use only")] = None  # Methods of the group use alone.
    transit: Annotated[tuple[Province, ...], items(0, 8), label("途经省份", "transit provinces")] = ()
    note: Annotated[LongText | None, label("其他条件", "other conditions")] = None


def pre_notice_days(terms: Iterable[Conditions | None]) -> int | None:
    """The longest notice that any of several conditions asks for; ``None`` where none does."""
    return max((found.pre_notice_days for found in terms if found is not None and found.pre_notice_days is not None), default=None)


def complete_within_days(terms: Iterable[Conditions | None]) -> int | None:
    """The shortest time to complete that any of several conditions leaves; ``None`` where none limits it."""
    found = (one.complete_within_days for one in terms if one is not None)
    return min((days for days in found if days is not None), default=None)


def is_use_only(terms: Iterable[Conditions | None]) -> bool:
    """Whether any of several conditions lets waste go for use alone."""
    return any(found is not None and found.use_only for found in terms)


class ListRow(Struct, frozen=True, gc=False, kw_only=True):
    """One listing: who may take what, by which methods, up to how much in the year."""

    receiver: str
    permit: str
    root: str  # First permit of the line of renewals: a renewed permit is the same permit.
    waste: Scope
    methods: tuple[str, ...]
    quota_g: int
    conditions: Conditions | None = None


class ListState(Struct, frozen=True, gc=False, kw_only=True):
    """A list as its chain left it. In force once it is countersigned, or complete where nobody countersigns."""

    year: int
    from_province: str
    to_province: str
    kind: Literal["mutual", "unilateral", "pilot"]
    suspension_stops: Literal["decide", "issue", "depart"]
    proposer: str  # USCC of the authority that proposed it; the pages are its own too.
    letter_no: str
    letter_date: str
    effective_from: str
    effective_to: str
    rows_announced: int
    pages_announced: int
    conditions: Conditions | None = None
    pages: int = 0
    rows: tuple[ListRow, ...] = ()
    status: Literal["PROPOSED", "ACTIVE"] = "PROPOSED"

    @property
    def is_complete(self) -> bool:
        """Whether all announced pages and rows are there."""
        return self.pages == self.pages_announced and len(self.rows) == self.rows_announced

    @property
    def serves_decisions(self) -> bool:
        """Whether a decision may be given on it: in force, and no pilot list."""
        return self.status == "ACTIVE" and self.kind != "pilot"

    def leads(self, direction: tuple[str, str]) -> bool:
        """Whether it is for transfers from one province to another."""
        return direction[1] == self.to_province and self.from_province in (EVERYWHERE, direction[0])

    def row(self, number: int) -> ListRow | None:
        """A row by its number, counted from 0 across pages."""
        return self.rows[number] if 0 <= number < len(self.rows) else None


def list_at(facts: Facts, chain: str) -> ListState | None:
    """The state of a list, or ``None`` where the name is no list's or the log has none."""
    state = facts.state(chain) if LIST.fullmatch(chain) else None
    return state if isinstance(state, ListState) else None


def rows_hash(rows: Iterable[ListRow]) -> str:
    """Digest of what is countersigned, hex SHA-256 over ``liandan/list-rows/v1`` LF and one line per row.

    A line is twelve cells with TAB between them and LF behind: receiver, permit, category, scope, codes, methods, quota_t,
    pre_notice_days, complete_within_days, use_only (1), transit, note. Codes, methods and transit are joined with commas in the order of
    the row, the quota has six decimals, what is absent is empty. Anyone can compute it from the spreadsheet of the letter.
    """
    digest = sha256(b"liandan/list-rows/v1\n")
    for row in rows:
        terms = row.conditions or Conditions()
        cells = (
            row.receiver,
            row.permit,
            row.waste.category,
            row.waste.scope,
            ",".join(row.waste.codes),
            ",".join(row.methods),
            format_mass(row.quota_g),
            "" if terms.pre_notice_days is None else str(terms.pre_notice_days),
            "" if terms.complete_within_days is None else str(terms.complete_within_days),
            "1" if terms.use_only else "",
            ",".join(terms.transit),
            terms.note or "",
        )
        digest.update(("\t".join(cells) + "\n").encode())
    return digest.hexdigest()


list_act = partial(Kind, chain_type="list", window=Window.MONTH, books=None)  # What acts on lists share.
