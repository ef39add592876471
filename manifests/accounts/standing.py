"""Which quotas are nearly used now (``QUOTA_LEFT`` ‡), of the whole log: what the work of authorities, receivers and generators shows. Pure."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from ledger.caller import Caller
from ledger.directory import LogState, log_state
from ledger.model import Facts, Level
from ledger.times import day_of, year_of
from whitelist.approval import ApprovalState
from whitelist.balance import AccountState, QuotaBalance, level_of, limit_of, line_balance, row_balance, site_balance
from whitelist.listing import ListState
from whitelist.quota import newest_permit
from whitelist.thresholds import Thresholds

_RANK = {"H": 0, "M": 1, "L": 2}


class StandingQuota(Struct, frozen=True, gc=False, kw_only=True):
    """An account that is nearly or wholly used, or beyond."""

    account: str
    chain: str
    number: int
    holder: str
    level: Level
    code: str
    balance: QuotaBalance
    parties: tuple[str, ...]
    """Firms whose matter it is."""
    places: tuple[str, ...]
    """Divisions or provinces whose authorities it concerns."""

    @property
    def gravity(self) -> tuple[int, int, str]:
        """The gravest first, of one level what is used most."""
        return _RANK[self.level], -self.balance.permille, self.account

    def concerns(self, party: str, state: LogState) -> bool:
        """Whether a party can do something about it: a firm about its own, an authority about those of its regions."""
        founder = state.founder(party)
        regions = () if founder is None else founder.regions
        return party in self.parties or any(place.startswith(region) for place in self.places for region in regions)


class QuotasStanding(Struct, frozen=True):
    """What was found at a log of ``size`` entries, the gravest first."""

    size: int
    day: str
    quotas: tuple[StandingQuota, ...] = ()


def alerted(facts: Facts, accounts: Iterable[str], limits: Thresholds, now_s: int) -> Iterator[StandingQuota]:
    """Of the accounts those that raise an alert at a moment; everything that they read must be loaded."""
    today, year = day_of(now_s), year_of(now_s)
    for account in accounts:
        _, chain, *rest = account.split(" ")
        number = int(rest[0]) if rest else 0
        if account.startswith("Q3"):
            chain = newest_permit(facts, chain)
        state: AccountState | None = facts.state(chain)
        balance = None if state is None else _balance(facts, account, state, number, (today, year))
        found = None if balance is None else level_of(account, balance, limits)
        if state is not None and balance is not None and found is not None:
            parties, places = _about(chain, state, number)
            yield StandingQuota(
                account=account, chain=chain, number=number, holder=parties[0], level=found[0], code=found[1], balance=balance,
                parties=parties, places=places,
            )  # fmt: skip


def _balance(facts: Facts, account: str, state: AccountState, number: int, when: tuple[str, int]) -> QuotaBalance | None:
    """Of what can still be drawn on; what has ended is nobody's work."""
    today, year = when
    if isinstance(state, ListState):
        is_open = state.serves_decisions and number < len(state.rows) and today <= state.last_day(number) and not state.is_removed
        return row_balance(facts, account, state, number, today) if is_open else None
    limit = limit_of(state, number, today)
    if isinstance(state, ApprovalState):
        line = state.line(number)
        is_over = line is None or today > line.valid_to or line.status == "REVOKED"
        return None if is_over else line_balance(facts, account, limit, 0)
    return site_balance(facts, account, limit, year, year) if state.is_valid_on(today) and state.history.now != "REVOKED" else None


def _about(chain: str, state: AccountState, number: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Firms, the holder first, and places."""
    owner = chain.split("/")[1]
    if isinstance(state, ListState):
        return (state.rows[number].receiver,), (state.from_province, state.to_province)
    if isinstance(state, ApprovalState):
        return (owner, state.receiver), (state.origin, state.destination)
    return (owner,), (state.division, owner[2:8])


def seen_by(standing: QuotasStanding, caller: Caller, facts: Facts) -> list[StandingQuota]:
    """Those that a reader is told of: its own and those of its regions; the operator all."""
    state = log_state(facts)
    everything = caller.role == "operator"
    return [one for one in standing.quotas if everything or any(one.concerns(party, state) for party in caller.parties)]
