"""Posting over real HTTP with the product's own client: batches, single acts, and racing acts from as many clients as there are acts.

The founding statement was written here, so its hash and the log's keys are pinned before the server has said a word; every receipt is
verified against them.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from ledger.admission.statement import hash_of
from ledger.problem import Problem
from liandan.client import AsyncLiandan, Receipt, RequestRefused, Trust, Unavailable
from liandan.demo.calendar import FOUNDED
from liandan.demo.cast import SICHUAN
from liandan.demo.founding import ORIGIN, Keyring
from liandan.demo.play import Outcome, Way
from signing.envelope import Envelope

TRIES = 40
PAUSE_S = 0.25
"""Between tries of a batch while the log is busy."""


class HttpPoster:
    """A Poster for the story. ``found`` is the statement hash of ``log.found``."""

    def __init__(self, url: str, trust: Trust, client: AsyncLiandan) -> None:
        self.url, self.found, self.client, self._trust = url, trust.found, client, trust

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
        async with AsyncLiandan(self.url, trust=self._trust) as client:
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
