"""What became of posted statements, alone and as the lines of a batch: admitted, refused, stopped by a refused line that they build on, or busy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.sequencer import Busy
from ledger.admission.statement import hash_of
from ledger.answers import BatchEnd
from ledger.log import TurnedDown
from ledger.problem import ChainHead, Remedy
from ledger.publishing.follower import Published
from signing.envelope import PAYLOAD_STATEMENT, parse_envelope
from signing.payload import parse
from signing.phrase import Word
from signing.refusal import Reason, Refusal

_STOPPED = (
    Reason("PREDECESSOR_MISSING", "seq", "", "", "LINE"),
    Reason("CHAIN_CONFLICT", "seq", "", "", "LINE"),
    Reason("PREV_MISMATCH", "prev", "", "", "LINE"),
)
HEAD_CODES = frozenset(reason.code for reason in _STOPPED)
"""Codes of what does not follow the head of its chain."""


class NotAdmitted(Exception):
    """A posted statement was refused; ``head`` is its chain's head when it does not follow it, ``remedy`` what may be brought in its place, and
    when."""

    def __init__(self, answer: TurnedDown, head: ChainHead | None, remedy: tuple[Remedy, Word] | None = None) -> None:
        self.refusal, self.statement, self.receipt, self.head = answer.refusal, answer.statement, answer.receipt, head
        self.answer, self.remedy = answer, remedy
        self.is_new = answer.is_new
        super().__init__(str(answer.refusal))


class BatchOutcome(Struct, frozen=True, kw_only=True):
    """What became of one line of a batch."""

    index: int | None = None
    statement: str = ""
    is_new: bool = False
    refused: NotAdmitted | None = None
    busy: Busy | None = None
    envelope: bytes = b""
    """Of a refused one."""
    stopped_by: int | None = None
    """Line of the statement that it builds on, or that the first of those builds on, which was refused in this batch."""

    @property
    def is_signed(self) -> bool:
        """Whether its signatures hold, as far as anybody looked."""
        return self.refused is None or bool(self.refused.statement)

    @property
    def is_repeated(self) -> bool:
        """Whether it brings nothing but what was answered before, admitted or refused: whoever has read it can send it."""
        return (self.index is not None and not self.is_new) or (self.refused is not None and self.is_signed and not self.refused.is_new)


class Batch(Struct, frozen=True, kw_only=True):
    """What became of a batch; ``published`` reaches beyond every admitted line, or is None when it did not come in time."""

    lines: tuple[BatchOutcome, ...]
    published: Published | None

    @property
    def end(self) -> BatchEnd:
        """The last line of the answer."""
        new, old = (sum(line.index is not None and line.is_new is is_new for line in self.lines) for is_new in (True, False))
        checkpoint = None if self.published is None else self.published.slim.decode()
        return BatchEnd(checkpoint=checkpoint, admitted=new, resubmitted=old, refused=len(self.lines) - new - old)


def _place(raw: bytes) -> tuple[str, str] | None:
    """Hash and ``prev`` of the statement in an envelope; None where it says none."""
    try:
        envelope = parse_envelope(raw, payload_type=PAYLOAD_STATEMENT)
        return hash_of(envelope), str(parse(envelope.body)["prev"])
    except (Refusal, KeyError):
        return None


def stopped(lines: Sequence[BatchOutcome]) -> Iterator[tuple[int, int]]:
    """Lines that were refused because they build on a refused one, each with the line with which its chain broke off in this batch."""
    broken: dict[str, int] = {}
    for number, line in enumerate(lines):
        if line.refused is None or (place := _place(line.envelope)) is None:
            continue
        name, prev = place
        root = broken.get(prev)
        broken[name] = number if root is None else root
        if root is not None and HEAD_CODES & set(line.refused.refusal.codes):
            yield number, root


def built_on(answer: TurnedDown, root: int, codes: Sequence[str]) -> TurnedDown:
    """The refusal of a stopped line in words that name the line ``root``, which was refused for ``codes``."""
    places: dict[str, Word] = {"line": str(root), "codes": ", ".join(codes)}
    causes = {reason.code: reason.cause for reason in _STOPPED}
    reasons = [replace(one, cause=causes[one.code], places=places) if one.code in causes else one for one in answer.refusal.reasons]
    return replace(answer, refusal=Refusal(reasons))
