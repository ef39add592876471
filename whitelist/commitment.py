"""What decisions hold of a listing's quota Q1, and what comes back to it when they are over.

A decision line on the route LISTED commits its whole mass. After its last day nothing more can be issued on it or depart under it, so from
then on it holds what its manifests hold on Q2, no more and no less; the rest serves new decisions (kinds §1.6). Time changes nothing by itself
(formats §6): the next decision on the listing settles those that have ended, and goes on doing so while their loads are received.
"""

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from whitelist.quota import Q1_PREFIX, q2_account


class Commitment(Struct, frozen=True, kw_only=True):
    """One line of one decision: ``held_g`` of the listing's quota, good through ``ends_on``."""

    decision: str
    line: int
    held_g: int
    ends_on: str

    def now_g(self, facts: Facts, today: str) -> int:
        """Grams it holds on a day; its Q2 account must be loaded."""
        return self.held_g if today <= self.ends_on else facts.used_g(q2_account(self.decision, self.line))


class Commitments(Struct, frozen=True):
    """Register ``q1:<list chain> <row>``: what holds grams of the listing, in order of admission."""

    open: tuple[Commitment, ...] = ()

    @property
    def accounts(self) -> tuple[str, ...]:
        """The Q2 accounts that say what an ended commitment still holds."""
        return tuple(q2_account(one.decision, one.line) for one in self.open)


def q1_key(account: str) -> str:
    """Key of the register beside a Q1 account."""
    return f"q1:{account.removeprefix(Q1_PREFIX)}"


def commitments(facts: Facts, account: str) -> Commitments:
    """The register of an account; it must be loaded."""
    found: Commitments | None = facts.get(q1_key(account))
    return Commitments() if found is None else found


def returned_g(facts: Facts, account: str, today: str) -> int:
    """Grams that ended decisions give back to a listing on a day; below 0 where a late receipt took more than was left to them."""
    return sum(one.held_g - one.now_g(facts, today) for one in commitments(facts, account).open)


def settle_commitments(facts: Facts, account: str, today: str, added: tuple[Commitment, ...]) -> Commitments:
    """The register after a decision: ended commitments hold what is used, the new ones come.

    One that holds nothing stays: a back-fill of a day before its end may still draw on its decision, and then it holds that.
    """
    kept = (replace(one, held_g=one.now_g(facts, today)) for one in commitments(facts, account).open)
    return Commitments((*kept, *added))
