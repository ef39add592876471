"""Playing the story: acts in slots; a scribe who turns them into signed envelopes; and every answer compared with the plan.

The scribe is the parties' own software: it knows ``found``, the head of every chain it has written to, and the keys. It asks the server
for nothing (formats §2). Anything unplanned stops the demonstration.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from typing import Any, Literal, Protocol

from msgspec import Struct, field, to_builtins

from ledger.admission.statement import Draft, hash_of
from ledger.chain import genesis_prev
from ledger.problem import Problem
from ledger.times import format_at
from liandan.client import AsyncLiandan, Receipt, RequestRefused, Trust, Unavailable
from liandan.demo.calendar import FOUNDED, slot_end
from liandan.demo.cast import SICHUAN
from liandan.demo.founding import ORIGIN, Keyring
from liandan.demo.world import World
from signing.envelope import Envelope

TRIES = 40
PAUSE_S = 0.25
"""Between tries of a batch while the log is busy."""
Way = Literal["batch", "single", "race"]
"""How acts travel: many in one request, one by one, or all at once from as many clients."""


class PlannedAct(Struct, frozen=True, kw_only=True):
    """One statement to come. In chain and body, texts that begin with ``$`` name something that :meth:`Scribe.fill` puts there."""

    kind: str
    chain: str
    by: tuple[str, ...]
    principal: str | None = None
    devices: Mapping[str, tuple[str]] = field(default_factory=dict)
    """Which of a signer's keys signs, if not its first: by USCC."""
    body: Any
    at_s: int
    post_s: int | None = None
    """When it reaches the server; ``None``: at the end of its slot."""
    expect: tuple[str, ...] = ()
    """Codes with which it must be refused; empty: it must be admitted. A racing act may be refused with them."""
    way: Way = "batch"
    only_if_admitted: bool = False
    """A later act of a racer: there is nothing to do where its chain never began."""
    title: str = ""
    """What happens, for the summary, where it is worth saying."""

    @property
    def posted_s(self) -> int:
        """The log's time when it is posted."""
        return slot_end(self.at_s) if self.post_s is None else self.post_s


class Slot(Struct, frozen=True):
    """Acts that are posted together, the same way at the same time, in order."""

    now_s: int
    way: Way
    acts: tuple[PlannedAct, ...]


def slots(acts: Iterable[PlannedAct]) -> list[Slot]:
    """Acts in the order of posting; within one moment in the order in which they happened, a chain's acts as they were written."""
    ordered = sorted(acts, key=lambda act: (act.posted_s, act.at_s))
    return [Slot(now_s, way, tuple(group)) for (now_s, way), group in groupby(ordered, key=lambda act: (act.posted_s, act.way))]


class Scribe:
    """Writes and signs statements for all parties of the story, and remembers where their chains end."""

    def __init__(self, keyring: Keyring, found: str, world: World, hashes: dict[str, list[str]] | None = None) -> None:
        """``found`` is the statement hash of ``log.found``: what everybody pins, and the first statement of ``log/main``. Scribes of one
        log share the ``hashes`` of its statements, by chain.
        """
        self.keyring, self.found, self._world = keyring, found, world
        self._hashes: dict[str, list[str]] = {} if hashes is None else hashes
        self._hashes.setdefault("log/main", [found])

    def knows(self, chain: str) -> bool:
        """Whether anything was admitted on a chain."""
        return bool(self._hashes.get(chain))

    def fill(self, value: Any) -> Any:
        """The value with everything named in it: ``party/$shuan``, ``$key:shuan.phone``, ``$trunk:<load>``, ``$newest:list:51-50`` (the hash of the
        newest statement on it); the rest is the world's to say. An object under the name ``$`` is spread out beside the fields around it.
        """
        match value:
            case dict():
                filled = {name: self.fill(inner) for name, inner in value.items()}
                return to_builtins(filled.pop("$", {})) | filled
            case list() | tuple():
                return [self.fill(inner) for inner in value]
            case str() if value.startswith("$"):
                return self._named(*value[1:].split(":", 1))
            case str() if "/$" in value:
                return self._world.chain(value)
        return value

    def _named(self, sort: str, name: str = "") -> Any:
        match sort:
            case "key":
                return self.keyring.registration(self.found, self._world.owner(name))
            case "issuer":
                return to_builtins(self.keyring.issuer_body(self.found, name))
            case "keyid":
                return self.keyring.key(self._world.owner(name)).keyid
            case "newest":
                return self._hashes[self._world.chain(f"${name}")][-1]
            case "trunk":
                hashes = self._hashes[self._world.named("load", name)]
                return {"seq": len(hashes) - 1, "hash": hashes[-1]}
        return self._world.named(sort, name)

    def write(self, act: PlannedAct) -> Envelope:
        """The signed envelope. The chain goes on from it unless it must be refused, or races: then :meth:`keep` decides."""
        hashes = self._hashes.setdefault(act.chain, [])
        at, seq, prev = format_at(act.at_s), len(hashes), hashes[-1] if hashes else genesis_prev(self.found, act.chain)
        body, named = self.fill(act.body), act.principal
        draft = Draft(kind=act.kind, chain=act.chain, seq=seq, prev=prev, by=act.by, principal=named, at=at, body=body)
        envelope = draft.sign([self.keyring.key(".".join((uscc, *act.devices.get(uscc, ())))) for uscc in act.by])
        if act.way != "race" and not act.expect:
            hashes.append(hash_of(envelope))
        return envelope

    def keep(self, act: PlannedAct, envelope: Envelope) -> None:
        """A racing act was admitted: its chain begins."""
        self._hashes[act.chain].append(hash_of(envelope))


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


class Event(Struct, frozen=True):
    """What happened to a list or an emergency, and when."""

    at: str
    title: str


EVENTFUL = ("list/", "emergency/")


class Played(Struct):
    """The story as it went."""

    admitted: int = 0
    turned: list[Turned] = field(default_factory=list)
    """In the order in which they were refused."""
    events: list[Event] = field(default_factory=list)
    """What befell lists and emergencies, in order."""
    race: tuple[int, int] = (0, 0)
    """Racers, and how many of them were admitted."""

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


async def play(story: Iterable[Slot], scribe: Scribe, poster: Poster, progress: Progress = lambda count, now: None) -> Played:
    """Post the whole story in order; raises Unplanned at the first answer that the story does not know."""
    played = Played()
    for slot in story:
        acts = [act for act in slot.acts if not act.only_if_admitted or scribe.knows(act.chain)]
        if acts:
            await _post(slot, acts, scribe, poster, played)
        progress(len(slot.acts), format_at(slot.now_s))
    return played


async def _post(slot: Slot, acts: Sequence[PlannedAct], scribe: Scribe, poster: Poster, played: Played) -> None:
    envelopes = [scribe.write(act) for act in acts]
    outcomes = await poster.post(envelopes, slot.now_s, slot.way)
    for act, envelope, outcome in zip(acts, envelopes, outcomes, strict=True):
        codes, is_admitted = tuple(sorted(set(outcome.codes))), outcome.index is not None
        if not (is_admitted and (not act.expect or act.way == "race")) and not (not is_admitted and codes == act.expect):
            told = f"found {codes or 'admitted'}, planned {act.expect or 'admitted'}"
            raise Unplanned(f"{act.kind} {act.chain} at {format_at(act.at_s)}: {told}")
        if not is_admitted:
            played.turned.append(Turned(act.title, act.kind, codes))
        else:
            played.admitted += 1
            if act.title and act.chain.startswith(EVENTFUL):
                played.events.append(Event(format_at(act.at_s), act.title))
            if slot.way == "race":
                scribe.keep(act, envelope)
    if slot.way == "race":
        played.race = (len(acts), sum(outcome.index is not None for outcome in outcomes))


class HttpPoster:
    """A Poster with the product's own client: batches, single acts, and racing acts from as many clients as there are acts.

    The founding statement was written here, so its hash (``found``) and the log's keys are pinned before the server has said a word; every
    receipt is verified against them.
    """

    def __init__(self, url: str, trust: Trust, client: AsyncLiandan) -> None:
        self.url, self.found, self.client, self.trust = url, trust.found, client, trust

    async def post(self, envelopes: Sequence[Envelope], now_s: int, way: Way) -> list[Outcome]:
        """One outcome per envelope."""
        self.client.set_now(now_s)
        match way:
            case "batch":
                return await self._batch(envelopes)
            case "single":
                return [await _single(self.client, envelope) for envelope in envelopes]
            case "race":
                return list(await asyncio.gather(*(self._racer(envelope, now_s) for envelope in envelopes)))

    async def _batch(self, envelopes: Sequence[Envelope]) -> list[Outcome]:
        """What was admitted before the log became busy is answered again with its first entry, so the whole batch may be repeated."""
        for _ in range(TRIES):
            answers = await self.client.post_batch(envelopes)
            if not any(isinstance(answer, Problem) and answer.code == "BUSY" for answer in answers):
                return [_outcome(answer) for answer in answers]
            await asyncio.sleep(PAUSE_S)
        raise Unavailable("the log stays busy")

    async def _racer(self, envelope: Envelope, now_s: int) -> Outcome:
        """A client of its own, without a token: anybody may post what is signed."""
        async with AsyncLiandan(self.url, trust=self.trust) as client:
            client.set_now(now_s)
            return await _single(client, envelope)


async def _single(client: AsyncLiandan, envelope: Envelope) -> Outcome:
    try:
        return _outcome(await client.post(envelope))
    except RequestRefused as refused:
        return _outcome(refused.problem)


def _outcome(answer: Receipt | Problem) -> Outcome:
    if isinstance(answer, Problem):
        return Outcome(None, tuple(error.code for error in answer.errors))
    return Outcome(answer.index)


@asynccontextmanager
async def found_log(url: str, founding: Envelope, keyring: Keyring) -> AsyncIterator[HttpPoster]:
    """Found the log with its signed founding statement, log in as an authority, and post from then on."""
    trust = Trust(origin=ORIGIN, found=hash_of(founding), log_keys=keyring.server.vkeys)
    async with AsyncLiandan(url, trust=trust) as anybody:
        anybody.set_now(FOUNDED)
        await anybody.post(founding)
    reader = SICHUAN.uscc
    async with AsyncLiandan(url, keyring.key(reader), uscc=reader, trust=trust) as client:
        yield HttpPoster(url, trust, client)
