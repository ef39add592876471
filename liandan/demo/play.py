"""Playing the story: write each slot, post it, compare the answers with the plan. Anything unplanned stops the demonstration."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct, field

from ledger.times import format_at
from liandan.demo.plan import PlannedAct, Scribe, Slot, Way
from liandan.demo.story import Story
from signing.envelope import Envelope


class Outcome(Struct, frozen=True):
    """What became of one statement: its index, or the codes of its refusal."""

    index: int | None
    codes: tuple[str, ...] = ()


class Poster(Protocol):
    """Where statements go: a server over HTTP, or in tests a log in memory."""

    async def post(self, envelopes: Sequence[Envelope], now_s: int, way: Way) -> Sequence[Outcome]:
        """One outcome per envelope, in order; the log's clock is ``now_s``."""
        ...


class Unplanned(Exception):
    """The log answered otherwise than the story says: a fault of the demonstration or of the product."""


class Turned(Struct, frozen=True, order=True):
    """A statement that was refused, as it had to be: what happened (``title``), which act, by which codes."""

    title: str
    kind: str
    codes: tuple[str, ...]


class Played(Struct):
    """The story as it went."""

    admitted: int = 0
    turned: list[Turned] = field(default_factory=list)
    """In the order in which they were refused."""
    race: tuple[int, int] = (0, 0)
    """Racers, and how many of them were admitted."""
    skipped: int = 0
    """Acts of racers that lost."""

    @property
    def refused(self) -> Counter[str]:
        """Refusals by code; a statement refused for several reasons counts at each."""
        return Counter(code for one in self.turned for code in one.codes)

    @property
    def refused_issues(self) -> int:
        """Manifests that were not issued."""
        return sum(one.kind == "manifest.issue/1" for one in self.turned)


Progress = Callable[[int, str], None]
"""Statements done with a slot, and the simulated time."""


async def play(story: Story, scribe: Scribe, poster: Poster, progress: Progress = lambda count, now: None) -> Played:
    """Post the whole story in order; raises Unplanned at the first answer that the story does not know."""
    played = Played()
    for slot in story.slots:
        acts = [act for act in slot.acts if not act.only_if_admitted or scribe.knows(act.chain)]
        played.skipped += len(slot.acts) - len(acts)
        if acts:
            await _post(slot, acts, scribe, poster, played)
        progress(len(slot.acts), format_at(slot.now_s))
    return played


async def _post(slot: Slot, acts: Sequence[PlannedAct], scribe: Scribe, poster: Poster, played: Played) -> None:
    envelopes = [scribe.write(act) for act in acts]
    outcomes = await poster.post(envelopes, slot.now_s, slot.way)
    for act, envelope, outcome in zip(acts, envelopes, outcomes, strict=True):
        _judge(act, outcome)
        if outcome.index is None:
            played.turned.append(Turned(act.title, act.kind, tuple(sorted(set(outcome.codes)))))
        else:
            played.admitted += 1
            if slot.way == "race":
                scribe.keep(act, envelope)
    if slot.way == "race":
        played.race = (len(acts), sum(outcome.index is not None for outcome in outcomes))


def _judge(act: PlannedAct, outcome: Outcome) -> None:
    found = tuple(sorted(set(outcome.codes)))
    may_be_admitted = not act.expect or act.way == "race"
    if (outcome.index is not None and may_be_admitted) or (outcome.index is None and found == act.expect):
        return
    raise Unplanned(f"{act.kind} {act.chain} at {format_at(act.at_s)}: found {found or 'admitted'}, planned {act.expect or 'admitted'}")
