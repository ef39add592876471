"""A permit (危险废物经营许可证): what a receiver may take, how, how much a year, until when. State of ``permit/<receiver>/<ULID>``.

Three classes of receiver: 综合经营许可证, 收集经营许可证 (stores only), and 利用处置环节豁免管理单位, who needs no permit for the link
that an item of the exemption list waives. Source: 危险废物经营许可证管理办法 Art. 3, 10 [READ S3]; Code Art. 534; kinds §3.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Generic, Literal, TypeVar

from msgspec import Struct, field

from ledger.admission.personality import Kind, Role, Window
from ledger.directory import authorities_of_division, authorities_of_party, log_state
from ledger.fields import Count, Text, Uscc, label, with_code, words
from ledger.model import Admission, Facts, Statement
from ledger.times import parse_admission_at
from whitelist.divisions import same_place
from whitelist.fields import PermitItem

PermitStatus = Literal["ACTIVE", "SUSPENDED", "REVOKED"]
PermitClass = Annotated[
    Literal["permit", "collection", "exempt_use"],
    label("接收资格", "class of receiver"),
    words({"permit": "综合经营许可证", "collection": "收集经营许可证", "exempt_use": "利用处置环节豁免管理单位"}),
]


StatusT = TypeVar("StatusT", bound=str)


class Change(Struct, Generic[StatusT], frozen=True, gc=False):
    """One change: the entry that made it, the Unix seconds of its admission, and what holds from then on."""

    index: int
    at_s: int
    status: StatusT


class History(Struct, Generic[StatusT], frozen=True, gc=False):
    """The changes of one thing, in order of admission; ``ACTIVE`` is what it was before the first (kinds §1.1, §1.3).

    A log learns of things later than they happen: a truck that left at noon is entered at two, and a permit was suspended at one. So every
    change is kept with its index and the time of its admission, and whoever judges asks for the moment of the event.
    """

    changes: tuple[Change[StatusT], ...] = ()

    @property
    def now(self) -> str:
        """The status at this index."""
        return self.changes[-1].status if self.changes else "ACTIVE"

    def at(self, moment_s: int) -> str:
        """The status at a moment (Unix seconds): that of the last change admitted at or before it."""
        for change in reversed(self.changes) if self.changes else ():
            if change.at_s <= moment_s:
                return change.status
        return "ACTIVE"

    def since_s(self, moment_s: int) -> int:
        """Since when the status of a moment holds, Unix seconds; 0 where it never changed."""
        return next((change.at_s for change in reversed(self.changes) if change.at_s <= moment_s), 0)

    def overtook(self, moment_s: int) -> bool:
        """Whether a stop was admitted after the moment of an act that is only entered now: ALERT H OVERTOOK (kinds §1.3)."""
        return bool(self.changes) and any(change.at_s > moment_s and change.status != "ACTIVE" for change in self.changes)

    def after(self, status: StatusT, admission: Admission) -> History[StatusT]:
        """The history with one change more."""
        return History((*self.changes, Change(admission.index, parse_admission_at(admission.at), status)))


class Basis(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """豁免依据 of class exempt_use: the item of the exemption list by which this receiver needs no permit (R-21)."""

    edition: Annotated[Literal[2021, 2025], with_code("EXEMPT_BASIS"), label("豁免清单年版", "edition of the exemption list")]
    item: Annotated[Count, with_code("EXEMPT_BASIS"), label("豁免清单序号", "item")]
    plan_no: Annotated[Text, label("方案文号", "reference of the plan")]
    generator: Annotated[Uscc | None, label("点对点移出人", "generator of point-to-point use")] = None
    """Needed for point-to-point use (点对点定向利用), which is good for this generator alone."""


class Usage(Struct, frozen=True, gc=False):
    """Grams taken outside this ledger in one month, as last reported; once an authority has spoken, only it speaks again."""

    grams: int
    by_authority: bool


class PermitState(Struct, frozen=True, gc=False, kw_only=True):
    """A permit as its chain left it. Days ``YYYY-MM-DD``, both included; ``scale_g`` is 年经营规模 in grams a year."""

    no: str
    permit_class: Literal["permit", "collection", "exempt_use"]
    authority: str  # USCC of the authority that granted it.
    history: History[PermitStatus] = History()
    valid_from: str
    valid_to: str
    division: str  # Division of the facility.
    address: str
    site: str | None = None
    items: tuple[PermitItem, ...]
    scale_g: int
    basis: Basis | None = None
    root: str  # First permit of its line of renewals: whose account Q3 it draws on.
    usage: dict[str, Usage] = field(default_factory=dict)  # By month ``YYYY-MM``.

    def is_valid_on(self, day: str) -> bool:
        """Whether a day lies in its term."""
        return self.valid_from <= day <= self.valid_to

    def stands(self, day: str, at_s: int) -> bool:
        """Whether it is neither suspended nor revoked at a moment, and in its term on the day of it (R-17)."""
        return self.history.at(at_s) == "ACTIVE" and self.is_valid_on(day)

    def items_for(self, code: str) -> tuple[PermitItem, ...]:
        """The items that cover a code."""
        return tuple([item for item in self.items if item.covers(code)])

    def allows(self, code: str, method: str) -> bool:
        """Whether a method is one of :meth:`methods_for`."""
        return any(method in item.methods for item in self.items_for(code) or self.items)

    def methods_for(self, code: str) -> list[str]:
        """Methods permitted for a code, sorted; of the whole permit where no item covers it, so that R-19 is judged beside R-18."""
        return sorted({method for item in self.items_for(code) or self.items for method in item.methods})


class HeldPermit(Struct, frozen=True, gc=False, kw_only=True):
    """One permit of a holder."""

    chain: str
    root: str
    division: str
    permit_class: str
    is_revoked: bool = False


class HeldPermits(Struct, frozen=True, gc=False):
    """Register ``permits:<USCC>``: every permit that a holder ever got, in order of admission."""

    permits: tuple[HeldPermit, ...] = ()

    def of(self, chain: str | None) -> HeldPermit | None:
        """One of them."""
        return next((one for one in self.permits if one.chain == chain), None)

    def newest_of(self, root: str) -> HeldPermit:
        """The last of a line of renewals."""
        return next(one for one in reversed(self.permits) if one.root == root)

    def at(self, facts: Facts, division: str, permit_class: str) -> list[HeldPermit]:
        """Those of a class for facilities in a division (a withdrawn division is its successor)."""
        return [one for one in self.permits if one.permit_class == permit_class and same_place(facts, one.division, division)]

    def having(self, new: HeldPermit) -> HeldPermits:
        """The register with a permit, new or changed."""
        if self.of(new.chain) is None:
            return HeldPermits((*self.permits, new))
        return HeldPermits(tuple(new if one.chain == new.chain else one for one in self.permits))


def permits_key(holder: str) -> str:
    """Key of the register of a holder's permits."""
    return f"permits:{holder}"


def held_permits(facts: Facts, holder: str) -> HeldPermits:
    """The register of a holder; it must be loaded."""
    found: HeldPermits | None = facts.get(permits_key(holder))
    return HeldPermits() if found is None else found


def permit_at(facts: Facts, chain: str) -> PermitState | None:
    """The state of a permit, or ``None`` where the name is no permit's or the log has none."""
    found: PermitState | None = facts.state(chain) if chain.startswith("permit/") else None
    return found


def hand(statement: Statement) -> str:
    """Who holds the first role: whoever signed, or the principal for whom it was signed."""
    return statement.principal or statement.by[0]


def authority_of_holder(statement: Statement, facts: Facts) -> Sequence[Role]:
    """The authority of the region of the chain's owner; of a foreign one that of its facility's division, else any, tag FOREIGN."""
    state: PermitState | None = facts.state(statement.chain)
    division = statement.body.division if state is None else state.division
    log = log_state(facts)
    holders, foreign = authorities_of_party(log, statement.owner)
    if foreign:
        holders = authorities_of_division(log, division) or holders
    return (Role("authority", holders, foreign),)


permit_act = partial(
    Kind, chain_type="permit", roles=("authority of the holder's region",), signers=authority_of_holder, window=Window.DAY, books=None
)
"""What acts on permits share."""
