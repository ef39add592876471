"""What a text may become: firms, sites, plates and numbers."""

from msgspec import Struct

from manifests.vehicles import is_plate

SORTS = ("plate", "number", "waybill_no", "provincial_number", "ticket")
"""Terms that are completed, in the order in which they are shown."""


class SuggestedFirm(Struct, frozen=True, gc=False, kw_only=True):
    """A party whose name, or one that it had, has the part."""

    uscc: str
    name: str
    closed_on: str


class SuggestedSite(Struct, frozen=True, gc=False, kw_only=True):
    """A site whose name or address has the part; ``value`` is ``<USCC>/<site>``."""

    value: str
    name: str
    address: str
    closed_on: str


class SuggestedTerm(Struct, frozen=True, gc=False, kw_only=True):
    """A plate or number that stands on manifests; ``value`` is its normal form, ``shown`` how it is written."""

    sort: str
    value: str
    shown: str


class Suggestions(Struct, frozen=True, gc=False, kw_only=True):
    """What a text may become, as of ``size`` entries; ``more`` where each sort has more than it shows."""

    size: int
    text: str
    firms: tuple[SuggestedFirm, ...]
    terms: tuple[SuggestedTerm, ...]
    more: bool
    sites: tuple[SuggestedSite, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing comes near."""
        return not (self.firms or self.terms or self.sites)


def may_begin(sort: str, part: str) -> bool:
    """Whether a term of a sort can begin so: a national number has digits alone, and no plate of a truck begins with one."""
    return part.isdecimal() if sort == "number" else True


def shown(sort: str, value: str) -> str:
    """A plate with its dot again, as it stands on the truck; everything else as it is."""
    return f"{value[:2]}·{value[2:]}" if sort == "plate" and is_plate(value) else value
