"""As of when a page speaks: size and time of what is published, and whether every witness of the policy has cosigned it."""

from functools import lru_cache

from msgspec import Struct

from ledger.directory import LogState
from ledger.log import Log
from ledger.times import parse_admission_at
from ledger.tree.checkpoint import open_checkpoint
from ledger.tree.policy import parse_policy_lines
from signing.refusal import Refusal


class AsOf(Struct, frozen=True, kw_only=True):
    """What the as-of line says."""

    size: int
    """Entries that are published."""
    at_s: int
    """Unix seconds: of a real log when the oldest of the witnesses cosigned it, of a simulated one (or without witnesses) its last entry."""
    witnesses: int
    """Witnesses of the policy in force."""
    cosigned: int
    """Of these, those that have cosigned what is published."""

    @property
    def is_cosigned(self) -> bool:
        """Whether all have; where the policy names none, nobody has."""
        return 0 < self.witnesses == self.cosigned


@lru_cache(8)
def _cosigned(note: bytes, log_keys: tuple[str, ...], lines: tuple[str, ...]) -> tuple[int, int, int]:
    """Witnesses, those that cosigned, the oldest of their times."""
    try:
        witnesses = parse_policy_lines(lines).witness_vkeys
        opened = open_checkpoint(note, log_keys, witnesses)
    except Refusal:  # a policy that this program cannot read is nobody's word
        return 0, 0, 0
    return len(witnesses), len({line.vkey for line in opened.cosignatures}), opened.cosigned_at or 0


async def read_as_of(log: Log, state: LogState | None) -> AsOf:
    """As of now; nothing is published before the founding."""
    published = log.publisher.published
    if published is None or state is None or published.size == 0:
        return AsOf(size=0, at_s=await log.now(), witnesses=0, cosigned=0)
    witnesses, cosigned, at_s = _cosigned(published.slim, log.publisher.log_keys, state.witness_policy)
    if log.simulated or not at_s:
        at_s = parse_admission_at((await log.entry_at(published.size - 1)).admission.at)
    return AsOf(size=published.size, at_s=at_s, witnesses=witnesses, cosigned=cosigned)
