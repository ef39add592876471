"""What a dry run asks and answers over HTTP. Masses are tonne strings of six decimals."""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import asdict

from ledger.directory import party_name
from ledger.fields import At, Uscc, label
from ledger.mass import format_mass
from ledger.problem import Mark, ProblemError
from whitelist.alternatives import FoundReceiver
from whitelist.anew import ChangedFactAnswer
from whitelist.approval import ListingRef
from whitelist.divisions import Divisions
from whitelist.lifting import Lifting, WayOut
from whitelist.quota import AccountBalance
from whitelist.transfer import Transfer


class AskedTransfer(Transfer, frozen=True, kw_only=True):
    """A transfer as a dry run asks about it: what ``manifest.issue/1`` would state, and who would."""

    generator: Annotated[Uscc, label("移出人", "generator")]


class CheckTerms(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """On which state of the log, and for which time, transfers are judged."""

    as_of: int | None = None  # A log size: judge by the first ``as_of`` entries only.
    as_of_time: At | None = None
    """Instead of a size: judge by the entries that were admitted at or before this moment."""
    at: At | None = None
    """Time of the judgement, like a statement's ``at``; without it the present, or with ``as_of`` the admission of its last entry."""

    alone: bool = False
    """Judge each transfer as if it alone were issued next. Otherwise in their order: one that may go counts as issued for those behind it."""
    alternatives: Annotated[int, Meta(ge=0, le=20)] = 0
    """How many alternatives are wanted for each line: other receivers that may take the waste, the nearest first. 0: none."""


class Checks(CheckTerms, frozen=True, kw_only=True):
    """Body of ``POST /v1/checks``. Transfers are judged in their order, as if they were issued one after the other, or each ``alone``."""

    transfers: tuple[AskedTransfer, ...]  # 1 to 1,000. One out of form is answered with all its defects, and does not touch the others.


class CheckReason(ProblemError, frozen=True, omit_defaults=True, kw_only=True):
    """A reason of the check, with what would lift it."""

    ways: tuple[WayOut, ...] = ()  # Any one of them is enough; none where nobody can lift it.


class CheckAlert(Mark, frozen=True, omit_defaults=True, kw_only=True):
    """An alert that the issue would bear, with what would spare it."""

    ways: tuple[WayOut, ...] = ()


class RemainingAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """What is left on one account before and after this load, tonnes; below 0 it is overdrawn."""

    quota: str
    """``Q2`` decision line 批准行, ``Q1`` listing 白名单行 (which decisions draw, loads do not), ``Q3`` yearly scale 年经营规模, ``plan`` line of the management plan 管理计划行, ``emergency`` ceiling of an emergency 应急转移总量上限."""
    account: str
    limit_t: str
    most_t: str
    """Up to which the account may go: of ``Q3`` more than the scale, of ``plan`` without an end (it only alerts), where this is the limit itself."""
    used_t: str
    this_t: str  # Of this load: what the issue would draw.
    left_t: str  # Before it.
    after_t: str  # After it.


class Alternative(Struct, frozen=True, gc=False, kw_only=True):
    """Another receiver that may take the waste of a line, with room for its mass."""

    sort: str
    """``decision``: a line of another decision of the generator, on which a load can be issued at once; ``permit``: a permit inside the province,
    for which no decision is needed; ``listing``: a row of a list, on which the generator applies and no consultation is needed."""
    receiver: str
    name: str
    permit: str  # The one to name: of a line of renewals that which stands.
    no: str
    division: str
    place: str  # Province, city and county of the facility.
    is_neighbour: bool  # In the origin's division or beside it (毗邻地区).
    distance_km: int | None
    """Between the centres of the divisions, along the great circle (haversine, radius 6371.0088 km); a road is longer."""
    methods: tuple[str, ...]  # The asked one first, where it is among them.
    left_t: str  # What could go there now: the least of quota and yearly scale.
    until: str  # The last day.
    listing: ListingRef | None
    approval: str | None
    decision_line: int | None
    way: WayOut  # What has to be done, in order.


class CheckAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """What ``manifest.issue`` would be told about one transfer, and what is left."""

    admissible: bool
    admissible_alone: bool  # Were it alone issued next: true beside ``admissible`` false where others of the request leave it no room.
    counted: int  # How many transfers before it in the request count as issued: what is used and left is told with them.
    note: str  # What that means, in words, where it would go alone and does not go behind them.
    route: str | None  # None for a transfer that is out of form.
    reasons: tuple[CheckReason, ...]
    tags: tuple[Mark, ...]
    alerts: tuple[CheckAlert, ...]
    draws_t: dict[str, str]  # Tonnes that the issue would add to each account.
    left_t: dict[str, str]  # Tonnes left on each account before it; negative when overdrawn.
    plan_left_t: tuple[
        str | None, ...
    ]  # Per line: tonnes left on its line of the management plan before it; None where that is not on the log.
    listings: tuple[ListingRef | None, ...]  # Per line: the listing its decision line was given on.
    remaining: tuple[RemainingAnswer, ...]  # Every account that bounds this load, before and after it.
    anew: tuple[ChangedFactAnswer, ...]
    """What of the decision that it names has changed, for which it is applied anew (Order 23 Art. 27, 28); the old one goes on meanwhile."""
    alternatives: tuple[tuple[Alternative, ...], ...]  # Per line, where they were asked for.


class CheckAnswers(Struct, frozen=True, gc=False, kw_only=True):
    """Answers in the order of the transfers, by the log at ``size`` entries and the time ``at``."""

    size: int
    at: str
    ruleset: str
    answers: tuple[CheckAnswer, ...]


def remaining_answer(balance: AccountBalance) -> RemainingAnswer:
    """A balance for the wire."""
    masses = {name: format_mass(getattr(balance, name.replace("_t", "_g"))) for name in RemainingAnswer.__struct_fields__[2:]}
    return RemainingAnswer(quota=balance.quota, account=balance.account, **masses)


def with_ways(error: ProblemError, ways: tuple[WayOut, ...]) -> CheckReason:
    """A reason told with what would lift it."""
    return CheckReason(**asdict(error), ways=ways)


def alert_with_ways(alert: Mark, ways: tuple[WayOut, ...]) -> CheckAlert:
    """An alert told with what would spare it."""
    return CheckAlert(**asdict(alert), ways=ways)


_WAYS = {
    "decision": "manifest.issue/1 generator",
    "permit": "manifest.issue/1 generator",
    "listing": "approval.apply/1 generator, approval.decide/1 origin_authority, manifest.issue/1 generator",
}


def alternative_answer(found: FoundReceiver, lifting: Lifting) -> Alternative:
    """An alternative for the wire."""
    divisions: Divisions | None = lifting.facts.data("divisions")
    is_english = lifting.language == "en"
    return Alternative(
        sort=found.sort,
        receiver=found.receiver,
        name=party_name(lifting.facts, found.receiver),
        permit=found.permit,
        no=found.state.no,
        division=found.state.division,
        place=found.state.division if divisions is None else divisions.full_name(found.state.division, english=is_english),
        is_neighbour=found.is_neighbour,
        distance_km=found.km,
        methods=found.methods,
        left_t=format_mass(found.left_g),
        until=found.until,
        listing=found.listing,
        approval=found.approval,
        decision_line=found.line,
        way=lifting.way(_WAYS[found.sort]),
    )
