"""What a reader looks for among manifests, and the terms under which it is found.

A manifest stands in one table under every term that it can be looked for by, newest issue first (``manifest_term``). A search names groups of
terms: a manifest is found that has one of each group. It walks the group that holds least and looks at the others beside, so that a page costs
what it returns where one filter is narrow, and never more than SCAN_MAX manifests: a page that stops there is short and has a ``next``.
"""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from ledger.caller import Caller
from ledger.searching.terms import ANY, Groups
from manifests.model import FINISHED, Stage, standing

FILTERS = (
    "plan",
    "emergency",
    "number",
    "approval",
    "provincial_number",
    "waybill_no",
    "returns",
    "plate",
    "batch",
    "ticket",
    "trip_id",
    "alert",
    "tag",
    "site",
    "generator",
    "carrier",
    "receiver",
    "stage",
    "code",
)
"""Fields of a search that are a term each, those first of which a term is likely to hold least."""


OPEN_STAGES = [f"stage:{stage.value}" for stage in Stage if stage is not Stage.NONE and stage not in FINISHED]


class Search(Struct, frozen=True, gc=False, kw_only=True):
    """What to look for; what is ``None`` or empty does not narrow. Times compare with the admission of the issue, ``until`` excluded."""

    visible_to: str | None = None
    """USCC of a party of the manifest: generator, receiver or a carrier."""
    stands_for: tuple[str, ...] = ()
    """Closed parties that it succeeds."""
    granted: tuple[str, ...] = ()
    """Beside those of ``visible_to``: manifests that touch one of these regions."""
    region: tuple[str, ...] = ()
    """Provinces of an authority: manifests that leave from or lead to one of them."""
    generator: str | None = None
    receiver: str | None = None
    carrier: str | None = None
    number: str | None = None
    stage: str | None = None
    code: str | None = None
    plate: str | None = None
    """Of a vehicle or its trailer, in normal form (ledger.fields.normal)."""
    waybill_no: str | None = None
    """Of a leg, in normal form."""
    provincial_number: str | None = None
    trip_id: str | None = None
    batch: str | None = None
    """Of labels that it loaded: unit, code and day (manifests.labels)."""
    ticket: str | None = None
    """Number of a weighing ticket, in normal form."""
    site: str | None = None
    """Where it comes from or goes to, ``<USCC>/<site>``."""
    party: str | None = None
    """Who takes part, in whatever role: unlike ``visible_to`` nothing but a filter."""
    alert: str | None = None
    """Code of an alert that nothing has settled."""
    alerts: tuple[str, ...] = ()
    """Such codes, of which it has one."""
    tag: str | None = None
    """Of one of its acts: LATE, ON_BEHALF, AMENDED …"""
    returns: str | None = None
    """Of what carries back or on the refused grams of this manifest, ``<generator>/<ULID>``."""
    plan: str | None = None
    """Of what counts on the management plan of a generator and year, ``<generator>/<YYYY>``."""
    emergency: str | None = None
    """Of what moves on an emergency, ``<authority>/<ULID>``."""
    approval: str | None = None
    """Of what goes on a decision, ``approval/<generator>/<ULID>``."""
    list: str | None = None
    """Of what goes on decisions that were given on a list, or behind a blank on one of its rows; ``approvals`` are these decisions, which its
    registers name."""
    approvals: tuple[str, ...] = ()
    held: bool = False
    """With a hold that nobody has released; one that has ended by itself is left out of the page that was found."""
    incident: bool = False
    """Named by an incident that is open."""
    is_open: bool = False
    """Not finished."""
    contested: bool = False
    """With a contest that nobody has settled."""
    overdue: bool = False
    """Open, and with an act that somebody should have done before today; what a return or redirect has settled is left out of the page that was
    found. Attachments are no acts."""
    from_province: str | None = None
    to_province: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    updated_since: int | None = None
    """Only what has an entry at this index or behind it; listed in the order of the newest entry then, oldest first."""

    def groups(self) -> Groups:
        """Terms of which a manifest has one of each group; the group of every manifest where nothing narrows."""
        way = (self.from_province, self.to_province)
        found: Groups = []
        if self.visible_to is not None:
            # With a stage, a party's few open loads are not looked for among all that it ever had. Each stage of them is no term of its
            # own: a load goes from one to the next with every act, and would be put under others of each party every time.
            own = (f"party:{party} {self._among}".rstrip() for party in (self.visible_to, *self.stands_for))
            found.append([*own, *(f"region:{region}" for region in self.granted)])
        found += [[f"party:{self.party} {self._among}".rstrip()]] if self.party is not None else []
        found += [[f"{name}:{value}"] for name in FILTERS if (value := getattr(self, name)) is not None]
        found += [[f"approval:{one}" for one in self.approvals or ("",)]] if self.list is not None else []
        found += [[name] for name in ("held", "contested", "incident") if getattr(self, name)]
        found += [[f"alert:{code}" for code in self.alerts]] if self.alerts else []
        if (
            (self.overdue or self.is_open)
            and None is self.party is self.stage
            and (self.visible_to is None or (self.is_open and self.granted))
        ):
            found.append(OPEN_STAGES)
        if self.region:
            found.append([f"{end}:{province}" for end in ("from", "to") for province in self.region])
        if None not in way:
            found.append([f"way:{way[0]}-{way[1]}"])
        else:
            found += [[f"{end}:{province}"] for end, province in zip(("from", "to"), way, strict=True) if province is not None]
        return found or [[ANY]]

    @property
    def _among(self) -> str:
        """Of a party's loads those among which the stage lies."""
        return "open" if self.overdue or self.is_open else "" if self.stage is None else standing(self.stage)


def scoped(search: Search, caller: Caller) -> Search:
    """The same, of what a reader may see: its own manifests and those of closed parties that it succeeds, and those of regions that an authority lets it read about."""
    if caller.reads_all:
        return search
    granted = tuple(region for grant in caller.grants if "manifest" in grant.topics for region in grant.regions)
    return replace(search, visible_to=caller.uscc, stands_for=caller.stands_for, granted=granted)


class Cursor(Struct, frozen=True, gc=False):
    """Where a page ended: the place of its last manifest in the order of listing."""

    issued_s: int
    chain: str

    def __post_init__(self) -> None:
        """A cursor comes back from outside: only what the database can compare with is one."""
        if not (self.chain.isprintable() and 0 <= self.issued_s < 2**36):
            raise ValueError("not a place")


class Changed(Struct, frozen=True, gc=False):
    """Where a page of changes ended: the index of the newest entry about its last manifest."""

    idx: int

    def __post_init__(self) -> None:
        """From outside, as above."""
        if not 0 <= self.idx < 2**53:
            raise ValueError("not a place")
