"""Playing lives over HTTP: every answer, every state, alert and gram is compared with what the life's file says, step by step."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

from ledger.admission.entry import read_entry
from ledger.mass import format_mass
from ledger.problem import Problem
from liandan.client import AsyncLiandan, Receipt, RequestRefused
from liandan.demo.cast import SICHUAN
from liandan.demo.play import HttpPoster, slots
from liandan.wiring import KINDS
from manifests.model import FINISHED
from tests.stories.life import LifeStep, Look, Planned, Telling

UNTOLD = "PLAN_OFF_LOG"
"""The tag of every issue whose plan is on paper, as most plans are."""


class Stagehand:
    """Plays lives at once on one server: what differs from their files is written down (``faults``), and a life ends at its first fault."""

    def __init__(self, poster: HttpPoster, tellings: Sequence[Telling]) -> None:
        self.poster, self.tellings = poster, tellings
        self.faults: dict[str, list[str]] = {telling.name: [] for telling in tellings}
        self.stages: dict[str, str] = {}
        """Of every manifest, by chain."""
        self._size = 0
        self._readers: dict[str, AsyncLiandan] = {SICHUAN.uscc: poster.client}
        self._stack = AsyncExitStack()

    async def tell(self) -> None:
        """Everything, in the order of time; of each life at most one step in a request."""
        async with self._stack:
            for slot in slots(act for telling in self.tellings for act in telling.founding):
                by_telling = [(telling, act) for act in slot.acts for telling in self.tellings if act in telling.founding]
                answers = await self._post([telling.scribe.write(act) for telling, act in by_telling], slot.now_s)
                for (telling, act), answer in zip(by_telling, answers, strict=True):
                    if isinstance(answer, Problem):
                        self.faults[telling.name].append(f"founding: {act.kind}: {_codes(answer)}")
            for moment_s, together in _rounds(self.tellings):
                await self._round(moment_s, [(telling, planned) for telling, planned in together if not self.faults[telling.name]])

    async def _post(self, envelopes: Sequence[Any], now_s: int) -> list[Receipt | Problem]:
        self.poster.client.set_now(now_s)
        answers = await self.poster.client.post_batch(envelopes)
        self._size = max([self._size, *(answer.index + 1 for answer in answers if isinstance(answer, Receipt))])
        return answers

    async def _round(self, moment_s: int, together: Sequence[tuple[Telling, Planned]]) -> None:
        acting = [(telling, planned) for telling, planned in together if planned.act is not None]
        if acting:
            answers = await self._post([telling.write(planned) for telling, planned in acting], moment_s)
            for (telling, planned), answer in zip(acting, answers, strict=True):
                self._note(telling, planned.step, "answer", _answered(telling, answer), _expected(planned.step))
        for telling, planned in together:
            if planned.step.load and planned.act is not None and not planned.step.refused:
                await self._stand(telling, planned.step, moment_s)
            for look in planned.step.sees:
                await self._look(telling, planned.step, look, moment_s)

    async def _stand(self, telling: Telling, step: LifeStep, moment_s: int) -> None:
        """The stage of the load, as somebody who may read it sees it."""
        chain = telling.trips[step.load].chain
        found = await self._read(
            telling, telling.trips[step.load].receiver.key, f"/v1/manifests/{chain.removeprefix('manifest/')}", moment_s
        )
        stage = found["manifest"]["stage"] if isinstance(found, dict) else found
        self._note(telling, step, "stage", stage, step.stage or self.stages.get(chain, ""))
        self.stages[chain] = stage

    async def _look(self, telling: Telling, step: LifeStep, look: Look, moment_s: int) -> None:
        found = await self._read(telling, look.who, telling.path(look.get), moment_s)
        is_refused = isinstance(found, str)
        self._note(
            telling,
            step,
            f"{look.who}: {look.get} {look.at}",
            found if is_refused else _at(found, telling.path(look.at)),
            look.code or look.be,
        )

    async def _read(self, telling: Telling, who: str, path: str, moment_s: int) -> Any:
        """What a GET says to somebody, or the code with which it is refused."""
        uscc = telling.cast.firm(who).uscc
        if uscc not in self._readers:
            key = telling.scribe.keyring.key(uscc)
            self._readers[uscc] = await self._stack.enter_async_context(
                AsyncLiandan(self.poster.url, trust=self.poster.trust, key=key, uscc=uscc)
            )
        self._readers[uscc].set_now(moment_s)
        path, _, query = path.partition("?")
        asked: dict[str, str | int | None] = {name: value for name, _, value in (pair.partition("=") for pair in query.split("&") if pair)}
        try:
            return json.loads(await self._readers[uscc].get(path, **asked, min_size=self._size))
        except RequestRefused as refused:
            return refused.problem.code

    def _note(self, telling: Telling, step: LifeStep, what: str, found: Any, told: Any) -> None:
        if found != told:
            self.faults[telling.name].append(f"{step.zh}（{step.kind}）: {what}: found {found}, told {told}")

    def not_at_an_end(self, telling: Telling) -> dict[str, str]:
        """Loads of a life that were issued and are not finished."""
        stages = {name: self.stages.get(trip.chain, "") for name, trip in telling.trips.items()}
        return {name: stage for name, stage in stages.items() if stage and stage not in FINISHED and not telling.life.loads[name].left}


def _rounds(tellings: Iterable[Telling]) -> Iterator[tuple[int, list[tuple[Telling, Planned]]]]:
    """Steps that are posted together: of one moment, and of each life the next one."""
    waiting = {telling.name: (telling, list(telling.planned)) for telling in tellings}
    while any(steps for _, steps in waiting.values()):
        now_s = min(steps[0].moment_s for _, steps in waiting.values() if steps)
        yield now_s, [(telling, steps.pop(0)) for telling, steps in waiting.values() if steps and steps[0].moment_s == now_s]


def _codes(problem: Problem) -> list[str]:
    return sorted({error.code for error in problem.errors})


def _answered(telling: Telling, answer: Receipt | Problem) -> dict[str, Any]:
    """What the log says to a statement, in the words of a life's file."""
    if isinstance(answer, Problem):
        return {"refused": _codes(answer)}
    decision = read_entry(answer.entry, KINDS).admission.decision
    names = {telling.account(name): name for name in _accounts(telling)}
    moved = {names.get(row.account, row.account): row.after_g - row.before_g for row in decision.accounts}
    return {
        "refused": [],
        "alerts": sorted(f"{level} {code}" for level, code in decision.alerts),
        "tags": sorted({tag[0] for tag in decision.tags} - {UNTOLD}),
        "quota": {name: f"{'-' if grams < 0 else '+'}{_short(abs(grams))}" for name, grams in moved.items() if grams},
    }


def _expected(step: LifeStep) -> dict[str, Any]:
    if step.refused:
        return {"refused": sorted(step.refused)}
    return {"refused": [], "alerts": sorted(step.alerts), "tags": sorted(step.tags), "quota": step.quota}


def _accounts(telling: Telling) -> Iterator[str]:
    yield from (f"Q1 {way} {row}" for way, rows in telling.cast.lists.items() for row in range(len(rows)))
    yield from (f"Q2 {flow}" for flow in telling.cast.flows)
    yield from (f"Q3 {permit}" for permit in telling.world.permits)


def _short(grams: int) -> str:
    """``5.6`` for 5.600000."""
    text = format_mass(grams)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _at(found: Any, path: str) -> Any:
    """What stands at a dotted path; of ``*`` a list of what stands behind it in each."""
    for number, name in enumerate(parts := path.split(".") if path else []):
        if found is None:
            return None
        if name == "*":
            return [_at(one, ".".join(parts[number + 1 :])) for one in found]
        if name == "#":
            return len(found)
        found = found[int(name)] if isinstance(found, list) else found.get(name)
    return found
