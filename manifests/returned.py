"""How much of what was refused is on its way, line by line: the count that the log keeps beside the refused manifest, and readers make anew."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from manifests.model import FINISHED, ManifestState, Stage


class ReturnedLine(Struct, frozen=True, gc=False, kw_only=True):
    """Refused grams of a line on the manifests that return or redirect them: on those that stand, and on those of them that departed."""

    line: int
    taken_g: int = 0
    gone_g: int = 0


Returned = tuple[ReturnedLine, ...]
"""By line, in their order; lines of which no return holds anything are left out."""


def moved(returned: Returned, state: ManifestState, *, taken: int = 0, gone: int = 0) -> Returned:
    """The count after a return took its declared grams (``taken`` 1), gave them back (-1), or left the gate with them (``gone`` 1)."""
    assert state.returns is not None, "only returns move it"
    lines = {line.line: line for line in returned}
    for there, line in zip(state.returns.lines, state.lines, strict=True):
        known, grams = lines.get(there) or ReturnedLine(line=there), line.declared_g
        lines[there] = replace(known, taken_g=known.taken_g + taken * grams, gone_g=known.gone_g + gone * grams)
    return tuple(lines[number] for number in sorted(lines) if lines[number].taken_g)


def tally(returning: Iterable[ManifestState]) -> Returned:
    """The same count from the returns themselves."""
    returned: Returned = ()
    for state in returning:
        if stands(state):
            returned = moved(returned, state, taken=1, gone=int(has_left(state)))
    return returned


def stands(state: ManifestState) -> bool:
    """Whether a return holds its grams: neither voided nor declined, nor closed with a gap before it left."""
    never_left = state.stage is Stage.CLOSED_GAP and not has_left(state)
    return state.stage is not Stage.VOIDED and not state.is_declined and not never_left


def has_left(state: ManifestState) -> bool:
    """Whether it has left the gate that refused them: it departed, or came without a recorded departure."""
    return state.times.departed_s is not None or (state.times.received_s is not None and not state.is_declined)


def free_g(state: ManifestState, returned: Returned) -> Sequence[int]:
    """Grams by line that were refused and that no return has taken; none once the manifest has ended, for then every gram is accounted for."""
    taken = {line.line: line.taken_g for line in returned}
    is_open = state.stage not in FINISHED
    return [(line.refused_g or 0) - taken.get(number, 0) if is_open else 0 for number, line in enumerate(state.lines)]


def kept_g(state: ManifestState, returned: Returned) -> Sequence[int]:
    """Grams by line that were refused and have not departed on a return."""
    gone = {line.line: line.gone_g for line in returned}
    return [(line.refused_g or 0) - gone.get(number, 0) for number, line in enumerate(state.lines)]
