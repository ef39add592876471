"""The three quotas. Accounts hold grams USED: Q1 of a listing (committed by decisions), Q2 of a decision line, Q3 of a receiver's site.

**Q1 comes back**: a decision line on the route LISTED commits its whole mass. After its last day, or once it was revoked, nothing more can be issued on it or
depart under it, so from then on it holds what its manifests hold on Q2, no more and no less; the rest serves new decisions (kinds §1.6). Time
changes nothing by itself (formats §6): the next decision on the listing settles those that have ended, and goes on doing so while their loads are received.

**Q3 belongs to a site**: whoever renews a permit has not built a second furnace, so all permits of one line of renewals share the account
``Q3 <root>``, root being the first of them. An account only ever counts on, while the scale (年经营规模) is yearly; the register ``q3:<root>``
says what belongs to which year. Of what the account holds,

* ``reserved_g`` is issued and not yet received: it counts in the present year, whenever it was issued;
* ``base_g`` was accepted before ``year`` began, and so on back: the use of ``year`` is account - base_g;
* ``prior_base_g`` was accepted before the year before: the use of year - 1 is base_g - prior_base_g.

Grams that turn out to belong to an earlier year (a receipt of January for 30 December) move these bases together with the account.
Whoever reads the account writes what :func:`q3_change` answers. Source: kinds §1.6; 危险废物经营许可证管理办法 Art. 12(4) for 120 % [READ S3].
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from ledger.model import Admission, Facts
from ledger.times import year_at

Q1_PREFIX = "Q1 "
Q3_PREFIX = "Q3 "


class SiteYear(Struct, frozen=True, gc=False, kw_only=True):
    """Register ``q3:<root>``: the permits of the line of renewals, oldest first, and how its account divides into years (grams)."""

    permits: tuple[str, ...]
    year: int = 0
    base_g: int = 0
    prior_base_g: int = 0
    reserved_g: int = 0


class AccountBalance(Struct, frozen=True, gc=False, kw_only=True):
    """One account that bounds a load, in grams: its limit, what is used, and what this load draws."""

    quota: str
    """``Q1``, ``Q2``, ``Q3``; ``plan`` for a line of a management plan, ``emergency`` for a ceiling."""
    account: str
    limit_g: int
    most_g: int
    """Up to which acts may fill it: more than the limit, where passing that is an alert first."""
    used_g: int
    this_g: int = 0

    @property
    def left_g(self) -> int:
        """Below the limit before this load; negative where it is overdrawn."""
        return self.limit_g - self.used_g

    @property
    def after_g(self) -> int:
        """The same after it."""
        return self.left_g - self.this_g


def q1_account(list_chain: str, row: int) -> str:
    """Account of a listing."""
    return f"{Q1_PREFIX}{list_chain} {row}"


def q2_account(approval_chain: str, line: int) -> str:
    """Account of a decision line."""
    return f"Q2 {approval_chain} {line}"


def q3_account(root: str) -> str:
    """Account of a site's yearly scale; ``root`` is the first permit of its line of renewals."""
    return f"{Q3_PREFIX}{root}"


def q3_key(root: str) -> str:
    """Key of the register beside the account."""
    return f"q3:{root}"


def opened_key(account: str) -> str:
    """Key of the register ``opened:<account>``: index of the entry that stated its opening balance (``quota.open``), once for each."""
    return f"opened:{account}"


def newest_permit(facts: Facts, root: str) -> str:
    """Chain of the last permit of a line of renewals; the register must be loaded."""
    return site_year(facts, root).permits[-1]


def q3_used_g(facts: Facts, root: str, year: int, of_year: int | None = None) -> int:
    """Grams used at a site in ``of_year``, seen from ``year`` (the present one); what is older than last year nobody knows any more: 0."""
    return site_used_g(site_year(facts, root), facts.used_g(q3_account(root)), year, of_year)


def site_used_g(register: SiteYear, account_g: int, year: int, of_year: int | None = None) -> int:
    """The same of a register and its account as they stood at some entry."""
    now = _rolled(register, account_g, year)
    if of_year in (None, year):
        return account_g - now.base_g
    return now.base_g - now.prior_base_g if of_year == year - 1 else 0


def q3_change(
    facts: Facts, root: str, admission: Admission, *, reserved_g: int = 0, settled_g: Iterable[tuple[int, int]] = ()
) -> dict[str, SiteYear]:
    """For ``evolve`` of every act that reads the account: its register after the act.

    ``reserved_g`` is the change of what is reserved: + an issue and what is loaded beyond it, - all that a receipt, a void or a gap takes
    out again. ``settled_g`` are (year, grams) that belong to a year for good: accepted in it, or reported by ``permit.usage``. The account
    itself moves by the sum of both, which is the row of the admission.
    """
    year = year_at(admission.at)
    before = site_year(facts, root)
    now = _rolled(before, facts.used_g(q3_account(root)), year)
    for of_year, grams in settled_g:
        if of_year < year:
            prior_g = grams if of_year < year - 1 else 0
            now = replace(now, base_g=now.base_g + grams, prior_base_g=now.prior_base_g + prior_g)
    if reserved_g:
        now = replace(now, reserved_g=now.reserved_g + reserved_g)
    return {} if now is before else {q3_key(root): now}


def site_year(facts: Facts, root: str) -> SiteYear:
    """The register as its last act left it; it must be loaded."""
    found: SiteYear | None = facts.get(q3_key(root))
    return SiteYear(permits=(root,)) if found is None else found


def _rolled(register: SiteYear, account_g: int, year: int) -> SiteYear:
    """The register when the first act of a later year finds it: everything but what is reserved belongs to the years before."""
    if register.year >= year:
        return register
    base_g = account_g - register.reserved_g
    prior_base_g = register.base_g if register.year == year - 1 else base_g
    return replace(register, year=year, base_g=base_g, prior_base_g=prior_base_g)


class Commitment(Struct, frozen=True, gc=False, kw_only=True):
    """One line of one decision: ``held_g`` of the listing's quota, good through ``ends_on``, which is empty once the line was revoked."""

    decision: str
    line: int
    held_g: int
    ends_on: str

    def now_g(self, facts: Facts, today: str) -> int:
        """Grams it holds on a day; its Q2 account must be loaded."""
        return self.held_g if today <= self.ends_on else facts.used_g(q2_account(self.decision, self.line))


class Commitments(Struct, frozen=True, gc=False):
    """Register ``q1:<list chain> <row>``: what holds grams of the listing, in order of admission."""

    open: tuple[Commitment, ...] = ()


def q1_key(account: str) -> str:
    """Key of the register beside a Q1 account."""
    return f"q1:{account.removeprefix(Q1_PREFIX)}"


def commitments(facts: Facts, account: str) -> Commitments:
    """The register of an account; it must be loaded."""
    found: Commitments | None = facts.get(q1_key(account))
    return Commitments() if found is None else found


def held_now(facts: Facts, account: str, today: str) -> Counter[str]:
    """Grams of a listing that each decision holds on a day, by the decision's chain; :func:`returning_accounts` must be loaded."""
    held = Counter[str]()
    for one in commitments(facts, account).open:
        held[one.decision] += one.now_g(facts, today)
    return held


def returning_accounts(facts: Facts, account: str, today: str) -> Iterator[str]:
    """Q2 accounts that say what the ended decisions of a listing hold on a day; its register must be loaded."""
    return (q2_account(one.decision, one.line) for one in commitments(facts, account).open if one.ends_on < today)


def returned_g(facts: Facts, account: str, today: str) -> int:
    """Grams that ended decisions give back to a listing on a day; below 0 where a late receipt took more than was left to them."""
    return sum(one.held_g - one.now_g(facts, today) for one in commitments(facts, account).open)


def settle_commitments(facts: Facts, account: str, today: str, added: tuple[Commitment, ...]) -> Commitments:
    """The register after a decision: ended commitments hold what is used, the new ones come.

    One that holds nothing stays: a back-fill of a day before its end may still draw on its decision, and then it holds that.
    """
    kept = (replace(one, held_g=one.now_g(facts, today)) for one in commitments(facts, account).open)
    return Commitments((*kept, *added))
