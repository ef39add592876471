"""What this package answers over HTTP: wire Structs, and how they are made from states. Masses are tonne strings of six decimals."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Struct, field

from ledger.fields import At, Uscc, label
from ledger.mass import format_mass
from ledger.model import Head, StateT
from ledger.problem import Mark, ProblemError
from whitelist.approval import ApprovalState, ListingRef
from whitelist.fields import Conditions
from whitelist.listing import ListRow, ListState, rows_hash
from whitelist.permit import Basis, PermitState
from whitelist.scope import PermitItem, Scope
from whitelist.transfer import Transfer


class AskedTransfer(Transfer, frozen=True, kw_only=True):
    """A transfer as a dry run asks about it: what ``manifest.issue/1`` would state, and who would."""

    generator: Annotated[Uscc, label("移出人", "generator")]


class CheckTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On which state of the log, and for which time, transfers are judged."""

    as_of: int | None = None
    """A log size: judge by the first ``as_of`` entries only."""
    at: At | None = None
    """Time of the judgement, like a statement's ``at``; without it the present, or with ``as_of`` the admission of its last entry."""


class Checks(CheckTerms, frozen=True, kw_only=True):
    """Body of ``POST /v1/checks``. Each transfer is judged by itself, as if it alone were issued next."""

    transfers: tuple[AskedTransfer, ...]
    """1 to 1,000. One out of form is answered with all its defects, and does not touch the others."""


class CheckAnswer(Struct, frozen=True, kw_only=True):
    """What ``manifest.issue`` would be told about one transfer, and what is left."""

    admissible: bool
    route: str | None
    """None for a transfer that is out of form."""
    reasons: tuple[ProblemError, ...]
    tags: tuple[Mark, ...]
    alerts: tuple[Mark, ...]
    draws_t: dict[str, str]
    """Tonnes that the issue would add to each account."""
    left_t: dict[str, str]
    """Tonnes left on each account before it; negative when overdrawn."""
    listings: tuple[ListingRef | None, ...]
    """Per line: the listing its decision line was given on."""


class CheckAnswers(Struct, frozen=True, kw_only=True):
    """Answers in the order of the transfers, by the log at ``size`` entries and the time ``at``."""

    size: int
    at: str
    ruleset: str
    answers: tuple[CheckAnswer, ...]


class PermitAnswer(Struct, frozen=True, kw_only=True):
    """A permit (经营许可证) as its newest entry ``index`` left it."""

    permit: str
    receiver: str
    no: str
    permit_class: str = field(name="class")
    """permit 综合, collection 收集, exempt_use 利用处置环节豁免管理单位."""
    root: str
    """First permit of its line of renewals: whose account Q3 it draws on."""
    authority: str
    status: str
    valid_from: str
    valid_to: str
    division: str
    address: str
    site: str | None
    items: tuple[PermitItem, ...]
    basis: Basis | None
    """豁免依据 of class exempt_use."""
    scale_t: str
    """年经营规模, tonnes a year."""
    index: int


class ListAnswer(Struct, frozen=True, kw_only=True):
    """A list (白名单) without its rows; those are listings."""

    list: str
    year: int
    from_province: str
    to_province: str
    kind: str
    status: str
    suspension_stops: str
    letter_no: str
    letter_date: str
    effective_from: str
    effective_to: str
    conditions: Conditions | None
    rows_announced: int
    rows_filed: int
    rows_hash: str | None
    """What the other side countersigns; None until every announced row is filed."""
    index: int


class ListingAnswer(Struct, frozen=True, kw_only=True):
    """A row of a list with its quota Q1: ``used_t`` is committed by decisions."""

    list: str
    row: int
    status: str
    """Of the list: PROPOSED or ACTIVE."""
    from_province: str
    to_province: str
    effective_from: str
    effective_to: str
    receiver: str
    permit: str
    waste: Scope
    methods: tuple[str, ...]
    conditions: Conditions | None
    """Beside those of the list."""
    quota_t: str
    used_t: str
    left_t: str


class ApprovalLineAnswer(Struct, frozen=True, kw_only=True):
    """A line of an application or decision with its quota Q2: ``used_t`` is drawn by manifests, those under way included."""

    line: int
    name: str
    code: str
    category: str
    hazards: tuple[str, ...]
    method: str
    applied_t: str
    decided_t: str
    valid_to: str
    """Its last day; empty before the decision."""
    listing: ListingRef | None
    conditions: tuple[Conditions, ...]
    """All that bind it: of list and row, reply and decision."""
    used_t: str
    left_t: str


class ApprovalAnswer(Struct, frozen=True, kw_only=True):
    """An application on its way, or its decision (跨省转移批准)."""

    approval: str
    generator: str
    receiver: str
    permit: str
    root: str
    """First permit of its line of renewals; any permit of the line serves."""
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


class QuotaAnswer(Struct, frozen=True, kw_only=True):
    """One quota account. ``used_t`` counts what is committed (Q1) or reserved and received (Q2, Q3); ``left_t`` below 0 is overdrawn."""

    account: str
    quota: str
    """Q1 of a listing, Q2 of a decision line, Q3 of a site's yearly scale: permits of one line of renewals share it."""
    chain: str
    number: int | None
    """Row of the list or line of the decision; None for a permit."""
    holder: str
    """Receiver of the listing or permit, generator of the decision."""
    year: int | None
    """Of Q1 and Q3; a decision may run over the turn of the year."""
    limit_t: str
    used_t: str
    left_t: str
    index: int | None
    """Newest entry that touched the account."""


class Permits(Struct, frozen=True, kw_only=True):
    """A page of permits, in order of chain name; ``next`` is the cursor of the next page, None at the end."""

    size: int
    permits: tuple[PermitAnswer, ...]
    next: str | None


class Lists(Struct, frozen=True, kw_only=True):
    """A page of lists, in order of chain name."""

    size: int
    lists: tuple[ListAnswer, ...]
    next: str | None


class Listings(Struct, frozen=True, kw_only=True):
    """A page of listings, in order of list and row."""

    size: int
    listings: tuple[ListingAnswer, ...]
    next: str | None


class Approvals(Struct, frozen=True, kw_only=True):
    """A page of approvals, in order of chain name."""

    size: int
    approvals: tuple[ApprovalAnswer, ...]
    next: str | None


class Quotas(Struct, frozen=True, kw_only=True):
    """A page of quota accounts: decisions, then listings, then permits."""

    size: int
    quotas: tuple[QuotaAnswer, ...]
    next: str | None


def permit_answer(chain: str, head: Head[PermitState]) -> PermitAnswer:
    """A permit for the wire."""
    state = _state(head)
    return PermitAnswer(
        permit=chain,
        receiver=chain.split("/")[1],
        no=state.no,
        permit_class=state.permit_class,
        root=state.root,
        authority=state.authority,
        status=state.history.now,
        valid_from=state.valid_from,
        valid_to=state.valid_to,
        division=state.division,
        address=state.address,
        site=state.site,
        items=state.items,
        basis=state.basis,
        scale_t=format_mass(state.scale_g),
        index=head.idx,
    )


def list_answer(chain: str, head: Head[ListState]) -> ListAnswer:
    """A list for the wire."""
    state = _state(head)
    return ListAnswer(
        list=chain,
        year=state.year,
        from_province=state.from_province,
        to_province=state.to_province,
        kind=state.kind,
        status=state.status,
        suspension_stops=state.suspension_stops,
        letter_no=state.letter_no,
        letter_date=state.letter_date,
        effective_from=state.effective_from,
        effective_to=state.effective_to,
        conditions=state.conditions,
        rows_announced=state.rows_announced,
        rows_filed=len(state.rows),
        rows_hash=rows_hash(state.rows) if state.is_complete else None,
        index=head.idx,
    )


def listing_answer(chain: str, number: int, state: ListState, row: ListRow, used_g: int) -> ListingAnswer:
    """A row for the wire, with what decisions committed on it."""
    return ListingAnswer(
        list=chain,
        row=number,
        status=state.status,
        from_province=state.from_province,
        to_province=state.to_province,
        effective_from=state.effective_from,
        effective_to=state.effective_to,
        receiver=row.receiver,
        permit=row.permit,
        waste=row.waste,
        methods=row.methods,
        conditions=row.conditions,
        quota_t=format_mass(row.quota_g),
        used_t=format_mass(used_g),
        left_t=format_mass(row.quota_g - used_g),
    )


def approval_answer(chain: str, head: Head[ApprovalState], used_g: Mapping[int, int]) -> ApprovalAnswer:
    """An approval for the wire; ``used_g`` is what manifests drew, by line."""
    state = _state(head)
    lines = tuple(
        ApprovalLineAnswer(
            line=number,
            name=line.name,
            code=line.code,
            category=line.category,
            hazards=line.hazards,
            method=line.method,
            applied_t=format_mass(line.applied_g),
            decided_t=format_mass(line.mass_g),
            valid_to=line.valid_to,
            conditions=line.conditions,
            listing=line.listing,
            used_t=format_mass(used_g.get(number, 0)),
            left_t=format_mass(line.mass_g - used_g.get(number, 0)),
        )
        for number, line in enumerate(state.lines)
    )
    return ApprovalAnswer(
        approval=chain,
        generator=chain.split("/")[1],
        receiver=state.receiver,
        permit=state.permit,
        root=state.root,
        stage=state.stage,
        origin=state.origin,
        destination=state.destination,
        applied_to=state.applied_to,
        letter_no=state.letter_no,
        reply_no=state.reply_no,
        no=state.no,
        route=state.route,
        decided_on=state.decided_on,
        valid_to=state.valid_to,
        lines=lines,
        index=head.idx,
    )


def _state(head: Head[StateT]) -> StateT:
    assert head.state is not None, "a registry's chain has a state"
    return head.state
