"""What asking the witnesses brings: verified lines, typed failures, and proof that a log has contradicted itself."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from ledger.tree.checkpoint import attach_cosignatures
from ledger.tree.note import SignatureLine


class FailureKind(StrEnum):
    """Why a witness is absent from a checkpoint. An alarm is one that people must look at; it proves nothing by itself: the witness may lie."""

    NO_ADDRESS = "no_address"  # the policy names it and no address is configured
    RESTING = "resting"  # it failed a moment ago and is not asked again yet
    LATE = "late"  # the quorum was met without it
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"  # no connection, a broken or an endless answer
    UNKNOWN_LOG = "unknown_log"  # 404: it does not know this log
    FORBIDDEN = "forbidden"  # 403: it does not accept our signature
    UNAVAILABLE = "unavailable"  # any other status, e.g. 503 of a mirror that is behind
    NO_LINE = "no_line"  # 200 without a valid line of the configured key
    CLOCK = "clock"  # a valid line that states a time far from ours; it would break the audit's time bracket, so it is not attached
    SIZE = "size"  # 409 that cannot be answered: ahead of us, nonsense, or twice. An alarm
    PROOF = "proof"  # 422: our proof does not hold against its memory. An alarm
    OWN_PROOF = "own_proof"  # we could not build the proof it needs. An alarm: our tiles are incomplete
    FAULT = "fault"  # a defect on our side while asking; the others are not touched by it


class Failure(Struct, frozen=True):
    """One key of a witness without a line."""

    witness: str  # name in the policy
    vkey: str
    kind: FailureKind
    detail: str = ""


class ContradictionKind(StrEnum):
    """How a note signed by our key contradicts the tree we have."""

    AHEAD = "ahead"  # it is larger than what we are about to publish: a restored backup, or a publisher that was replaced
    FORK = "fork"  # another root at its size: two histories


class Contradiction(Struct, frozen=True):
    """A note signed by our own key that our tree cannot explain. Freeze, and keep it as evidence.

    AHEAD also happens to a publisher that was paused and replaced: compare with the checkpoint store before alarming people.
    """

    witness: str
    kind: ContradictionKind
    size: int
    root: bytes
    note: bytes  # as the witness gave it: the evidence
    ours: bytes  # the note of ours that it contradicts
    proof: tuple[bytes, ...] = ()
    """Our consistency proof from its size to our note, which does not hold for its root; none where there can be none."""


class Cosigned(Struct, frozen=True, kw_only=True):
    """The outcome for one checkpoint."""

    lines: Mapping[str, SignatureLine]  # verified witness lines by vkey
    is_quorum: bool  # whether these keys meet the policy's quorum
    failures: tuple[Failure, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()

    def attach(self, note: bytes) -> bytes:
        """The log's signed note with these lines, in the order of formats §4."""
        return attach_cosignatures(note, list(self.lines.items()))


class Inspected(Struct, frozen=True, kw_only=True):
    """What the witnesses show as their newest checkpoint of this log, compared with ours."""

    contradictions: tuple[Contradiction, ...] = ()
    failures: tuple[Failure, ...] = ()
    sizes: Mapping[str, int]  # size by witness, of those that showed one signed by us
