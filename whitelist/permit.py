"""A permit (危险废物经营许可证): what a receiver may take, how, how much a year, until when. State of ``permit/<receiver>/<ULID>``.

Three classes of receiver: 综合经营许可证, 收集经营许可证 (stores only), and 利用处置环节豁免管理单位, who needs no permit for the link
that an item of the exemption list waives. Source: 危险废物经营许可证管理办法 Art. 3, 10 [READ S3]; Code Art. 534; kinds §3.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct, field

from ledger.admission.facts import Facts
from ledger.fields import Count, Text, Uscc, label, with_code, words
from whitelist.chains import PERMIT
from whitelist.divisions import same_place
from whitelist.scope import PermitItem
from whitelist.status import History

PermitStatus = Literal["ACTIVE", "SUSPENDED", "REVOKED"]
PermitClass = Annotated[
    Literal["permit", "collection", "exempt_use"],
    label("接收资格", "class of receiver"),
    words({"permit": "综合经营许可证", "collection": "收集经营许可证", "exempt_use": "利用处置环节豁免管理单位"}),
]


class Basis(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """豁免依据 of class exempt_use: the item of the exemption list by which this receiver needs no permit (R-21)."""

    edition: Annotated[Literal[2021, 2025], with_code("EXEMPT_BASIS"), label("豁免清单年版", "edition of the exemption list")]
    item: Annotated[Count, with_code("EXEMPT_BASIS"), label("豁免清单序号", "item")]
    plan_no: Annotated[Text, label("方案文号", "reference of the plan")]
    generator: Annotated[Uscc | None, label("点对点移出人", "generator of point-to-point use")] = None
    """Needed for point-to-point use (点对点定向利用), which is good for this generator alone."""


class Usage(Struct, frozen=True):
    """Grams taken outside this ledger in one month, as last reported; once an authority has spoken, only it speaks again."""

    grams: int
    by_authority: bool


class PermitState(Struct, frozen=True, kw_only=True):
    """A permit as its chain left it. Days ``YYYY-MM-DD``, both included; ``scale_g`` is 年经营规模 in grams a year."""

    no: str
    permit_class: Literal["permit", "collection", "exempt_use"]
    authority: str
    """USCC of the authority that granted it."""
    history: History[PermitStatus] = History()
    valid_from: str
    valid_to: str
    division: str
    """Division of the facility."""
    address: str
    site: str | None = None
    items: tuple[PermitItem, ...]
    scale_g: int
    basis: Basis | None = None
    root: str
    """First permit of its line of renewals: whose account Q3 it draws on."""
    usage: dict[str, Usage] = field(default_factory=dict)
    """By month ``YYYY-MM``."""

    def is_valid_on(self, day: str) -> bool:
        """Whether a day lies in its term."""
        return self.valid_from <= day <= self.valid_to

    def items_for(self, code: str) -> tuple[PermitItem, ...]:
        """The items that cover a code."""
        return tuple(item for item in self.items if item.covers(code))

    def methods_for(self, code: str) -> list[str]:
        """Methods permitted for a code, sorted; of the whole permit where no item covers it, so that R-19 is judged beside R-18."""
        return sorted({method for item in self.items_for(code) or self.items for method in item.methods})


class HeldPermit(Struct, frozen=True, kw_only=True):
    """One permit of a holder."""

    chain: str
    root: str
    division: str
    permit_class: str
    is_revoked: bool = False


class HeldPermits(Struct, frozen=True):
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
    state = facts.state(chain) if PERMIT.fullmatch(chain) else None
    return state if isinstance(state, PermitState) else None
