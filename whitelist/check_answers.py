"""What a dry run asks and answers over HTTP. Masses are tonne strings of six decimals."""

from typing import Annotated

from msgspec import Struct
from msgspec.structs import asdict

from ledger.fields import At, Uscc, label
from ledger.mass import format_mass
from ledger.problem import Mark, ProblemError
from whitelist.anew import ChangedFactAnswer
from whitelist.approval import ListingRef
from whitelist.lifting import WayOut
from whitelist.quota import AccountBalance
from whitelist.transfer import Transfer


class AskedTransfer(Transfer, frozen=True, kw_only=True):
    """A transfer as a dry run asks about it: what ``manifest.issue/1`` would state, and who would."""

    generator: Annotated[Uscc, label("移出人", "generator")]


class CheckTerms(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """On which state of the log, and for which time, transfers are judged."""

    as_of: int | None = None  # A log size: judge by the first ``as_of`` entries only.
    at: At | None = None
    """Time of the judgement, like a statement's ``at``; without it the present, or with ``as_of`` the admission of its last entry."""


class Checks(CheckTerms, frozen=True, kw_only=True):
    """Body of ``POST /v1/checks``. Each transfer is judged by itself, as if it alone were issued next."""

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
    """``Q2`` decision line 批准行, ``Q1`` listing 白名单行 (which decisions draw, loads do not), ``Q3`` yearly scale 年经营规模, ``plan`` line of the management plan 管理计划行."""
    account: str
    limit_t: str
    most_t: str
    """Up to which the account may go: of ``Q3`` more than the scale, of ``plan`` without an end (it only alerts), where this is the limit itself."""
    used_t: str
    this_t: str  # Of this load: what the issue would draw.
    left_t: str  # Before it.
    after_t: str  # After it.


class CheckAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """What ``manifest.issue`` would be told about one transfer, and what is left."""

    admissible: bool
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
