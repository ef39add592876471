"""Getting a signed checkpoint cosigned, as the policy in force asks, before anybody may rely on it (design §5).

Default: the policy's quorum; after ``fallback_s`` at least one witness, flagged DEGRADED; with ``fallback_s`` None publication waits for
the quorum however long it takes (fail-closed). A witness can delay a checkpoint, never stop the log by itself: only a note signed by our
own key that contradicts ours does (Contradiction).
"""

import asyncio
import time
from collections.abc import Mapping, Sequence

import structlog
from msgspec import Struct

from ledger.tree.policy import Peer, Policy, parse_policy_lines
from ledger.witnessing.answers import Contradiction, Cosigned
from ledger.witnessing.client import Collector, Prove

log = structlog.get_logger("ledger.publishing.cosigning")

FALLBACK_S = 60.0
RETRY_S = 0.25


class CosignedNote(Struct, frozen=True):
    """A note with its witness lines; ``is_degraded`` when the quorum was not met and the fallback published it."""

    note: bytes
    is_degraded: bool


class Contradicted(Exception):
    """A witness showed a note of our own key that our tree cannot explain."""

    def __init__(self, contradictions: Sequence[Contradiction]) -> None:
        self.contradictions = tuple(contradictions)
        found = contradictions[0]
        super().__init__(f"{found.witness} holds a note of ours for size {found.size} that contradicts our tree ({found.kind})")


class Cosigning:
    """Asks the witnesses of the policy in force. ``addresses`` are their submission prefixes by name in the policy."""

    def __init__(
        self, collector: Collector, addresses: Mapping[str, str], *, timeout_s: float = 1.0, fallback_s: float | None = FALLBACK_S
    ) -> None:
        self._collector, self._addresses = collector, dict(addresses)
        self._timeout_s, self._fallback_s = timeout_s, fallback_s
        self._is_degraded = False  # the last checkpoint lacked the quorum: the next one does not wait for it again, until it is met
        self.waiting = ""
        """Which witnesses are waited for now, and why they do not answer; empty while none is."""
        self._said: tuple[str, list[str]] | None = None
        """What was logged last: the same several times a second would hide everything else."""

    async def cosign(self, note: bytes, prove: Prove, policy_lines: Sequence[str]) -> CosignedNote:
        """Come back with enough lines, however often witnesses must be asked again. Raises Contradicted."""
        policy = parse_policy_lines(tuple(policy_lines))
        peers = self._peers(policy)
        if not peers:
            return CosignedNote(note, is_degraded=False)
        started = time.monotonic()
        while True:
            cosigned = await self._collector.collect(note, prove, peers, policy, timeout_s=self._timeout_s)
            if cosigned.contradictions:
                raise Contradicted(cosigned.contradictions)
            if cosigned.is_quorum:
                self._is_degraded, self._said, self.waiting = False, None, ""
                return CosignedNote(cosigned.attach(note), is_degraded=False)
            may_fall_back = self._is_degraded or (self._fallback_s is not None and time.monotonic() - started >= self._fallback_s)
            if cosigned.lines and may_fall_back:
                self._is_degraded, self.waiting = True, ""
                self._say("degraded", cosigned)
                return CosignedNote(cosigned.attach(note), is_degraded=True)
            self._say("waiting_for_witnesses", cosigned)
            self.waiting = "waiting for witnesses: " + ", ".join(f"{failure.witness} ({failure.kind})" for failure in cosigned.failures)
            await asyncio.sleep(RETRY_S)

    async def inspect(self, note: bytes, prove: Prove, policy_lines: Sequence[str]) -> None:
        """Compare what every witness remembers of this log with our signed ``note``; raises Contradicted."""
        # Who does not answer is passed over: nothing is shown without a witness later, and that one is asked then.
        peers = self._peers(parse_policy_lines(tuple(policy_lines)))
        inspected = await self._collector.inspect(note, prove, peers, timeout_s=self._timeout_s)
        if inspected.contradictions:
            raise Contradicted(inspected.contradictions)
        log.info("witnesses_inspected", sizes=dict(inspected.sizes), silent=[failure.witness for failure in inspected.failures])

    def _say(self, event: str, cosigned: Cosigned) -> None:
        said = (event, [f"{failure.witness}: {failure.kind}" for failure in cosigned.failures])
        if said != self._said:
            log.warning(event, lines=len(cosigned.lines), failures=said[1])
            self._said = said

    def _peers(self, policy: Policy) -> list[Peer]:
        return [Peer(peer.name, peer.vkey, self._addresses.get(peer.name, "")) for peer in policy.witnesses]
