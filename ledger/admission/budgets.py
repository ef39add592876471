"""How much one party may post in a minute, and how long its own chain may become: the posting budget, which is the operator's word (formats §4).

Only validly signed statements spend it, in the name of who signed first, and only new ones: whoever has read a statement could send it again
for ever. It is no rule of the log, so no auditor repeats it, and what is over it gets no receipt and is kept nowhere: it may be sent again.
Authorities and the operator, who run the log, have no budget.
"""

from collections import deque
from collections.abc import Iterable, Mapping

from msgspec import Struct

from ledger.model import Statement
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal, refuse

WINDOW_S = 60.0
KNOWN_MAX = 20_000
"""Parties and keys remembered; beyond it those are forgotten that posted first."""
ALWAYS = frozenset({"key.revoke/1"})
"""What a full chain still takes: a stolen key must end."""


class PostingLimits(Struct, frozen=True, kw_only=True):
    """Statements a minute of one party and of one of its keys, ``raised`` for some parties, and each of their keys, by their codes; entries of
    a party's own chain."""

    party: int = 1_000_000
    key: int = 1_000_000
    raised: Mapping[str, int] = {}
    chain: int = 1_000_000


class OverBudget(Refusal):
    """PARTY_BUDGET: it may be sent again, unchanged, in so many seconds."""

    def __init__(self, reason: Reason, retry_after_s: int) -> None:
        """``retry_after_s`` is when the oldest of what was spent is a minute old."""
        super().__init__([reason])
        self.retry_after_s = retry_after_s


class Budgets:
    """What has been posted in the last minute, by party and by key; in memory of one process."""

    def __init__(self, limits: PostingLimits) -> None:
        """Nothing is spent yet."""
        self.limits = limits
        self._events: dict[str, deque[float]] = {}

    def spend(self, uscc: str, keyid: str, now: float) -> OverBudget | None:
        """Spend one statement of a party, its first signer, and of the key; what to answer where that is over a budget, and then nothing is
        spent. ``now`` is monotonic, seconds."""
        events, horizon = self._events, now - WINDOW_S
        raised = self.limits.raised.get(uscc)
        if (party := events.get(uscc)) is None:
            party = self._begin(uscc)
        if (key := events.get(keyid)) is None:
            key = self._begin(keyid)
            events[uscc] = party  # where the place for the key was made by forgetting its own party
        while party and party[0] < horizon:
            party.popleft()
        while key and key[0] < horizon:
            key.popleft()
        if len(party) >= (most := raised or self.limits.party):
            return _over("by.0", party, most, horizon)
        if len(key) >= (most := raised or self.limits.key):
            return _over("keyid", key, most, horizon)
        party.append(now)
        key.append(now)
        return None

    def give_back(self, names: Iterable[str]) -> None:
        """What was spent last by a party and a key did not deserve it."""
        for name in names:
            if self._events.get(name):
                self._events[name].pop()

    def _begin(self, name: str) -> deque[float]:
        if len(self._events) >= KNOWN_MAX:
            self._events.pop(next(iter(self._events)))
        self._events[name] = begun = deque[float]()
        return begun

    def largest(self, now: float) -> int:
        """Statements of the last minute of whoever posted most."""
        horizon = now - WINDOW_S
        return max((sum(at >= horizon for at in events) for events in self._events.values() if events and events[-1] >= horizon), default=0)


def _over(field: str, events: deque[float], most: int, horizon: float) -> OverBudget:
    """What is said of a party (``by.0``) or a key that has spent ``most`` since the horizon."""
    again_s = max(1, int(events[0] - horizon) + 1)
    found = Phrase(f"一分钟内已提交 {len(events)} 条", f"{len(events)} in the last minute")
    expected = Phrase(f"每分钟最多 {most} 条，{again_s} 秒后可再提交", f"at most {most} a minute; again in {again_s} s")
    return OverBudget(Reason("PARTY_BUDGET", field, found, expected), again_s)


def check_length(statement: Statement, limits: PostingLimits) -> Refusal | None:
    """PARTY_CHAIN_FULL for one more act about a party itself: evidence of its manifests holds that chain whole, and must fit into a paper."""
    if statement.chain_type != "party" or statement.seq < limits.chain or statement.kind in ALWAYS:
        return None
    return refuse("PARTY_CHAIN_FULL", field="seq", found=statement.seq, expected=f"< {limits.chain}")
