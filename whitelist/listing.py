"""A list (白名单) of one year and direction, and its rows, the listings. State of ``list/<YYYY>-<from>-<to>-<name>``.

A listing is the receiving province's advance consent (Code Art. 536.2): it removes the consultation letter, not the approval and not the
manifest. Three kinds: mutual (双方互认), unilateral (单方公布), pilot (国家试点, serves one route of issues and never a decision).
Source: 2020 mechanism, law §3.2 [READ S6]; kinds §4.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from hashlib import sha256
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from ledger.admission.personality import Kind, Window
from ledger.fields import Flag, LongText, Province, items, label, words
from ledger.mass import format_mass
from ledger.model import Facts
from whitelist.fields import LIST, Scope
from whitelist.list_life import UNTOUCHED, ListChange, ListReport, RowEnd, RowLife, RowStatus, status_of, touching

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
    quota_g: int  # As it was listed; :meth:`ListState.quota_g` tells it of a day.
    conditions: Conditions | None = None


class PendingAct(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """An amendment, resumption or removal that one side has signed and that waits for the other's ``list.confirm``."""

    act: str  # Hash of its statement.
    kind: Literal["list.amend", "list.resume", "list.remove"]
    index: int
    at_s: int
    by: str  # USCC of the authority that signed it.
    letter_no: str
    reason: str = ""
    row: int | None = None  # Of resume and remove; None: all rows.
    effective_from: str = ""  # Of an amendment, as the next three.
    add: tuple[ListRow, ...] = ()
    end: tuple[RowEnd, ...] = ()
    quota: tuple[tuple[int, int], ...] = ()  # Rows and grams.


class ListLife(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """All that befell a list since it is in force."""

    changes: tuple[ListChange, ...] = ()  # Stops, their ends and removals, in order of admission.
    rows: dict[int, RowLife] = {}  # Of the rows that amendments and consents touched, by number.
    pending: tuple[PendingAct, ...] = ()
    reports: tuple[ListReport, ...] = ()


QUIET = ListLife()
"""The life of a list to which nothing has happened."""


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
    lived: ListLife | UnsetType = UNSET
    """Unset, and not stored, where nothing has happened since."""

    @property
    def life(self) -> ListLife:
        """What befell it since it is in force."""
        return self.lived if isinstance(self.lived, ListLife) else QUIET

    def lives(self, **changes: Any) -> "ListState":
        """The list with another life."""
        return replace(self, lived=replace(self.life, **changes))

    @property
    def is_complete(self) -> bool:
        """Whether all announced pages and rows are there."""
        return self.pages == self.pages_announced and len(self.rows) >= self.rows_announced  # amendments add rows

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

    def conditions_of(self, number: int) -> tuple[Conditions, ...]:
        """What list and row ask of whoever moves on the row."""
        row = self.row(number)
        return tuple(found for found in (self.conditions, None if row is None else row.conditions) if found is not None)

    def row_life(self, number: int) -> RowLife:
        """What amendments and consents did to a row."""
        return UNTOUCHED if self.lived is UNSET else self.life.rows.get(number, UNTOUCHED)

    def status_at(self, number: int, at_s: int) -> RowStatus:
        """Whether a row is in force, suspended or removed at a moment, Unix seconds (kinds §1.1)."""
        if self.lived is UNSET:
            return "ACTIVE"  # as nearly always
        return status_of(self.life.changes, number, self.row_life(number).added, at_s)

    def row_changes(self, number: int) -> tuple[ListChange, ...]:
        """The stops of a row and their ends, in order of admission."""
        return tuple(touching(self.life.changes, number, self.row_life(number).added))

    def overtook(self, number: int, at_s: int) -> bool:
        """Whether a row was stopped after the moment of an act that is only entered now: ALERT H OVERTOOK (kinds §1.3)."""
        return self.lived is not UNSET and any(change.at_s > at_s and change.status != "ACTIVE" for change in self.row_changes(number))

    def first_day(self, number: int) -> str:
        """The first day on which loads leave on decisions given on a row: the list's, or that of the amendment by which it came."""
        return max(self.effective_from, self.row_life(number).first_day)

    def last_day(self, number: int) -> str:
        """The last day on which decisions are given on a row; those that were given go on (kinds §15)."""
        return self.row_life(number).last_day or self.effective_to

    def quota_g(self, number: int, day: str) -> int:
        """A row's quota on a day, grams, without what was consented to beyond it."""
        return self.row_life(number).quota_g(self.rows[number].quota_g, day)

    def limit_g(self, number: int, day: str, held: Mapping[str, int]) -> int:
        """What may be committed on a row in all on a day, grams (R-36): its quota, what was consented to beyond it, and of a consent for one
        application as much as that holds of the row; ``held``: grams by application."""
        life = self.row_life(number)
        named_g = sum(min(life.extra_g(chain), held.get(chain, 0)) for chain in life.named)
        return self.quota_g(number, day) + life.extra_g() + named_g

    @property
    def is_removed(self) -> bool:
        """Whether it was removed as a whole, for good."""
        return any(change.row is None and change.status == "REMOVED" for change in self.life.changes)


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
