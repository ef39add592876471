"""What this package answers over HTTP: wire Structs, and how they are made from states. Masses are tonne strings of six decimals."""

from msgspec import Struct, field

from ledger.answers import ChangedParty, filled
from ledger.mass import format_mass
from ledger.model import Facts, account_key
from ledger.times import year_of_day
from whitelist.approval import ListingRef
from whitelist.balance import row_room
from whitelist.fields import PermitItem
from whitelist.list_answers import ListAnswer, ListingAnswer
from whitelist.listing import Conditions
from whitelist.permit import Basis
from whitelist.quota import q2_account, q3_used_g
from whitelist.registries import RegistryRow


class PermitAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """A permit (经营许可证) as its newest entry ``index`` left it."""

    permit: str
    receiver: str
    no: str
    permit_class: str = field(name="class")  # permit 综合, collection 收集, exempt_use 利用处置环节豁免管理单位.
    root: str  # First permit of its line of renewals: whose account Q3 it draws on.
    authority: str
    status: str
    valid_from: str
    valid_to: str
    division: str
    address: str
    site: str | None
    items: tuple[PermitItem, ...]
    basis: Basis | None  # 豁免依据 of class exempt_use.
    scale_t: str  # 年经营规模, tonnes a year.
    index: int


class ApprovalLineAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """A line of an application or decision with its quota Q2: ``used_t`` is drawn by manifests, those under way included."""

    line: int
    name: str
    code: str
    category: str
    hazards: tuple[str, ...]
    method: str
    applied_t: str
    decided_t: str
    status: str  # ACTIVE, SUSPENDED or REVOKED; empty where nothing was granted.
    valid_to: str  # Its last day; empty before the decision.
    listing: ListingRef | None
    conditions: tuple[Conditions, ...]  # All that bind it: of list and row, reply and decision.
    used_t: str
    left_t: str


class ApprovalAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """An application on its way, or its decision (跨省转移批准)."""

    approval: str
    generator: str
    receiver: str
    permit: str
    root: str  # First permit of its line of renewals; any permit of the line serves.
    stage: str
    origin: str
    destination: str
    applied_to: str
    letter_no: str
    reply_no: str
    no: str
    route: str
    decided_on: str
    valid_to: str
    lines: tuple[ApprovalLineAnswer, ...]
    index: int


class QuotaAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """One quota account. ``used_t`` counts what is committed, less what ended decisions give back (Q1), or reserved and received (Q2, Q3); ``left_t`` below 0 is overdrawn."""

    account: str
    quota: str  # Q1 of a listing, Q2 of a decision line, Q3 of a site's yearly scale: permits of one line of renewals share it.
    chain: str
    number: int | None  # Row of the list or line of the decision; None for a permit.
    holder: str  # Receiver of the listing or permit, generator of the decision.
    year: int | None  # Of Q1 and Q3; a decision may run over the turn of the year.
    limit_t: str
    used_t: str
    left_t: str
    index: int | None  # Newest entry that touched the account.


class Permits(Struct, frozen=True, gc=False, kw_only=True):
    """A page of permits, in order of chain name; ``next`` is the cursor of the next page, None at the end."""

    size: int
    permits: tuple[PermitAnswer, ...]
    next: str | None
    names: dict[str, str] = field(default_factory=dict)  # Of the codes above (whitelist.names).
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


class Lists(Struct, frozen=True, gc=False, kw_only=True):
    """A page of lists, in order of chain name."""

    size: int
    lists: tuple[ListAnswer, ...]
    next: str | None
    names: dict[str, str] = field(default_factory=dict)  # Of the codes above (whitelist.names).
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


class Listings(Struct, frozen=True, gc=False, kw_only=True):
    """A page of listings, in order of list and row."""

    size: int
    listings: tuple[ListingAnswer, ...]
    next: str | None
    names: dict[str, str] = field(default_factory=dict)  # Of the codes above (whitelist.names).
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


class Approvals(Struct, frozen=True, gc=False, kw_only=True):
    """A page of approvals, in order of chain name."""

    size: int
    approvals: tuple[ApprovalAnswer, ...]
    next: str | None
    names: dict[str, str] = field(default_factory=dict)  # Of the codes above (whitelist.names).
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


class Quotas(Struct, frozen=True, gc=False, kw_only=True):
    """A page of quota accounts: decisions, then listings, then permits."""

    size: int
    quotas: tuple[QuotaAnswer, ...]
    next: str | None
    names: dict[str, str] = field(default_factory=dict)  # Of the codes above (whitelist.names).
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


def permit_answer(row: RegistryRow) -> PermitAnswer:
    """A permit for the wire."""
    state = row.state
    own = {"status": state.history.now, "scale_t": format_mass(state.scale_g)}
    return filled(PermitAnswer, state, permit=row.chain, receiver=row.owner, **own, index=row.head.idx)


def approval_answer(row: RegistryRow, facts: Facts) -> ApprovalAnswer:
    """An approval for the wire, with what manifests drew on each line."""
    used_g = [facts.used_g(q2_account(row.chain, number)) for number in range(len(row.state.lines))]
    lines = tuple(
        filled(
            ApprovalLineAnswer,
            line,
            line=number,
            applied_t=format_mass(line.applied_g),
            decided_t=format_mass(line.mass_g),
            used_t=format_mass(used_g[number]),
            left_t=format_mass(line.mass_g - used_g[number]),
        )
        for number, line in enumerate(row.state.lines)
    )
    return filled(ApprovalAnswer, row.state, approval=row.chain, generator=row.owner, lines=lines, index=row.head.idx)


def quota_answer(row: RegistryRow, facts: Facts, today: str) -> QuotaAnswer:
    """Limit and use of one account, as of today; to its year the use of a permit's scale belongs."""
    state, account, holder = row.state, row.account, row.owner
    used_g, of_year = facts.used_g(account), None
    match account[:2]:
        case "Q1":
            holder, of_year = state.rows[row.number].receiver, state.year
            limit_g, used_g = row_room(facts, account, state, row.number, today)
        case "Q2":
            limit_g = state.lines[row.number].mass_g
        case _:
            of_year = year_of_day(today)
            limit_g, used_g = state.scale_g, q3_used_g(facts, state.root, of_year)
    touched = facts.get(account_key(account))
    return QuotaAnswer(
        account=account,
        quota=account[:2],
        chain=row.chain,
        number=None if account.startswith("Q3") else row.number,
        holder=holder,
        year=of_year,
        limit_t=format_mass(limit_g),
        used_t=format_mass(used_g),
        left_t=format_mass(limit_g - used_g),
        index=None if touched is None else touched.idx,
    )
