"""``python -m bench.last_tonnes``: hundreds of clients at once for the last tonnes of a decision line, dozens of decisions for those of a listing.

Several server processes share one database. While everybody posts, loads are voided and their grams come back, a decision is suspended and
resumed, a listing is suspended, resumed, amended and exceeded with consent. In the end whoever was refused asks once more, one by one, and what
was admitted fills line and listing exactly: no gram more at any entry of the log, none left that somebody wants. Refused is only with the codes
that say so, and the audit finds nothing. p50 and p99 are those of the posts of the crowd, from the socket.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
from msgspec import Struct

from bench.campaign import NOW, findings, quiet, server
from bench.figures import quantile
from bench.load import FROM, TO, Lane, Load, key_of, ulid
from bench.wire import Wire
from ledger.admission.entry import read_entry
from ledger.admission.statement import Draft, hash_of
from ledger.chain import genesis_prev
from ledger.mass import format_mass, parse_mass
from ledger.publishing.files import LogFiles
from ledger.times import format_at
from liandan.database import migrate, open_pool
from liandan.postgres import EmbeddedPostgres, temporary_directory
from liandan.process import tune
from liandan.wiring import KINDS
from signing.envelope import PAYLOAD_STATEMENT, freeze, parse_envelope
from whitelist.acts.list_rows import ListRows
from whitelist.listing import rows_hash
from whitelist.quota import q1_account, q2_account

WON = (200, 201, 202)
AGAIN = 503
STOPPED = {"APPROVAL_STATUS", "WL_SUSPENDED"}
"""What is said while a decision or a listing is suspended."""
OF_LINE, OF_ROW = {"APPROVAL_QUOTA", *STOPPED}, {"WL_QUOTA", *STOPPED}
LOAD_G, GRANT_G = parse_mass("1.6"), parse_mass("7")
"""What each load and each decision of the crowds asks for; the limits are no multiples of them."""
_HEADERS = f"Liandan-Now: {NOW}\r\nContent-Type: application/json\r\nPrefer: respond-async\r\n"
_LETTER = {"letter_no": "甲环函〔2026〕9号", "letter_date": "2026-10-08"}


class Shape(Struct, frozen=True):
    """How large a crowd is."""

    processes: int = 3
    loads: int = 500
    decisions: int = 50
    times: int = 1
    line_t: str = "100"
    row_t: str = "100"
    more_t: str = "30"
    """By how much the listing's quota rises, and again by how much it may be exceeded."""


class Outcome(Struct):
    """What a campaign came to."""

    waits: list[float] = []
    """Seconds of each post of the crowds."""
    codes: Counter[str] = msgspec.field(default_factory=Counter)
    """Reasons of those refused."""
    loads: int = 0
    """Loads and decisions that were admitted in the end."""
    decisions: int = 0


class Crowd:
    """Posts over a connection of each own, spread over the processes."""

    def __init__(self, urls: Sequence[str], outcome: Outcome) -> None:
        self._urls, self._outcome = urls, outcome

    @asynccontextmanager
    async def wire(self, number: int = 0) -> AsyncIterator[Wire]:
        """A connection to the process whose turn it is."""
        async with Wire(self._urls[number % len(self._urls)], _HEADERS) as wire:
            yield wire

    async def post_all(self, raws: Iterable[bytes]) -> None:
        """One after the other; all must be admitted."""
        async with self.wire() as wire:
            for raw in raws:
                assert await self.post(wire, raw, set())

    async def post(self, wire: Wire, raw: bytes, allowed: set[str]) -> bool:
        """Whether it is admitted; a refusal must have one of the codes."""
        while True:
            begun = time.perf_counter()
            status, answer = await wire.post("/v1/statements", raw)
            self._outcome.waits.append(time.perf_counter() - begun)
            if status in WON:
                return True
            if status != AGAIN:
                codes = {reason["code"] for reason in msgspec.json.decode(answer).get("errors", ())}
                assert codes, (status, answer[:600])
                assert codes <= allowed, (status, answer[:600])
                self._outcome.codes.update(codes)
                return False
            await asyncio.sleep(0.02)


class Round:
    """One crowd for a decision line and one for a listing, on chains of their own."""

    def __init__(self, load: Load, shape: Shape, number: int, crowd: Crowd, found: str) -> None:
        self._load, self._shape, self._number, self._crowd, self._found = load, shape, number, crowd, found
        self._lane: Lane = load.lanes[0]
        self.list = f"list/2026-51-50-last{number}"
        self.approval = f"approval/{self._lane.generator}/{ulid(2**70 + number * 10_000)}"

    def setup(self) -> list[bytes]:
        """A list in force with one row, a decision by letter on one line, and applications for the listing."""
        load, shape, lane = self._load, self._shape, self._lane
        begins = {"effective_from": "2026-01-01", "effective_to": "2026-12-31"}
        row = {"receiver": lane.receiver, "permit": lane.permit, "waste": {"category": "HW31", "scope": "INCLUDE", "codes": ["900-052-31"]}}
        page = {"page": 0, "rows": [{**row, "methods": ["R4"], "quota_t": shape.row_t}]}
        digest = rows_hash(one.listed(lane.permit) for one in msgspec.convert(page, ListRows).rows)
        told = {**_LETTER, **begins, "kind": "mutual", "suspension_stops": "issue", "rows": 1, "pages": 1}
        raws = [
            load.post("list.propose/1", self.list, (FROM,), told),
            load.post("list.rows/1", self.list, (FROM,), page),
            load.post("list.countersign/1", self.list, (TO,), {**_LETTER, "rows_hash": digest}),
            load.post("approval.apply/1", self.approval, (lane.generator,), self._application()),
            load.post("approval.consult/1", self.approval, (FROM,), _LETTER),
            load.post("approval.reply/1", self.approval, (TO,), {**_LETTER, "agree": True}),
            load.post("approval.decide/1", self.approval, (FROM,), self._decision(shape.line_t)),
        ]
        listed = self._application({"listing": {"list": self.list, "row": 0}})
        raws += [load.post("approval.apply/1", chain, (lane.generator,), listed) for chain in self._applications()]
        return raws

    def _applications(self) -> list[str]:
        return [f"approval/{self._lane.generator}/{ulid(2**70 + self._number * 10_000 + 1 + n)}" for n in range(self._shape.decisions)]

    def _application(self, more: dict[str, Any] | None = None) -> dict[str, Any]:
        waste = {"name": "废铅蓄电池", "code": "900-052-31", "category": "HW31", "hazards": ["T", "C"], "method": "R4"}
        return {
            "receiver": self._lane.receiver,
            "permit": self._lane.permit,
            "origin": {"division": "510112", "address": "虚构路1号"},
            "applied_to": "2026-12-31",
            "lines": [{**waste, "mass_t": "1000", **(more or {})}],
        }

    def _decision(self, mass_t: str) -> dict[str, Any]:
        lines = [{"line": 0, "mass_t": mass_t}]
        return {"approve": True, "no": "甲环固转〔2026〕9号", "valid_to": "2026-12-31", "lines": lines}

    async def run(self) -> tuple[int, int]:
        """Both crowds at once and the offices in between; how many loads and decisions there are in the end."""
        loads, decisions = await asyncio.gather(self._loads(), self._decisions())
        return loads, decisions

    # --- a decision line -------------------------------------------------------------------------------------------------------------

    async def _loads(self) -> int:
        shape = self._shape
        issues = [self._issue(number) for number in range(shape.loads)]
        kept, _ = await asyncio.gather(asyncio.gather(*map(self._load_of, range(shape.loads), issues)), self._suspend_and_resume())
        for n, raw in enumerate(issues):  # whoever was refused asks once more, and nobody gives back
            if kept[n] is False:
                kept[n] = await self._post(n, raw, {"APPROVAL_QUOTA"})
        limit = parse_mass(shape.line_t)
        live = sum(found is True for found in kept)
        assert live == min(limit // LOAD_G, sum(found is not None for found in kept)), (
            f"{live} loads of {format_mass(LOAD_G)} t in {shape.line_t} t"
        )
        return live

    async def _load_of(self, number: int, raw: bytes) -> bool | None:
        """Whether the load is there; ``None`` for one that was voided, as every third is."""
        if not await self._post(number, raw, OF_LINE):
            return False
        if number % 3:
            return True
        issue = parse_envelope(raw, payload_type=PAYLOAD_STATEMENT)
        chain = msgspec.json.decode(issue.body)["chain"]
        generator = self._lane.generator
        draft = Draft(
            kind="manifest.void/1", chain=chain, seq=1, prev=hash_of(issue), by=(generator,), at=format_at(self._load.now_s),
            body={"reason": "计划取消（虚构）"},
        )  # fmt: skip
        assert await self._post(number, freeze(draft.sign([key_of(generator)])), set())
        return None

    async def _post(self, number: int, raw: bytes, allowed: set[str]) -> bool:
        async with self._crowd.wire(number) as wire:
            return await self._crowd.post(wire, raw, allowed)

    def _issue(self, number: int) -> bytes:
        """A load that asks for its grams of the line; signed anew from one of the load's own."""
        lane, load = self._lane, self._load
        chain = f"manifest/{lane.generator}/{ulid(2**66 + self._number * 10_000 + number)}"
        body = load.issue_of(lane) | {"approval": self.approval}
        body["lines"] = [{**body["lines"][0], "mass_t": format_mass(LOAD_G)}]
        prev = genesis_prev(self._found, chain)
        draft = Draft(kind="manifest.issue/1", chain=chain, seq=0, prev=prev, by=(lane.generator,), at=format_at(load.now_s), body=body)
        return freeze(draft.sign([key_of(lane.generator)]))

    async def _suspend_and_resume(self) -> None:
        for kind in ("approval.suspend/1", "approval.resume/1") * 2:
            await self._office(kind, self.approval, FROM, {"reason": "核查（虚构）"})

    async def _office(self, kind: str, chain: str, by: str, body: dict[str, Any]) -> str:
        """An act of an authority, which must be admitted; its hash."""
        raw = self._load.post(kind, chain, (by,), body)
        assert await self._post(0, raw, set())
        return hash_of(parse_envelope(raw, payload_type=PAYLOAD_STATEMENT))

    # --- a listing -------------------------------------------------------------------------------------------------------------------

    async def _decisions(self) -> int:
        shape, chains = self._shape, self._applications()
        raws = {chain: self._load.post("approval.decide/1", chain, (FROM,), self._decision(format_mass(GRANT_G))) for chain in chains}
        crowd = (self._post(n, raws[chain], OF_ROW) for n, chain in enumerate(chains))
        given, _ = await asyncio.gather(asyncio.gather(*crowd), self._amend())
        revoked = await self._revoke_one(next(chain for chain, won in zip(chains, given, strict=True) if won))
        for n, chain in enumerate(chains):
            if not given[n]:
                given[n] = await self._post(n, raws[chain], {"WL_QUOTA"})
        limit = parse_mass(shape.row_t) + 2 * parse_mass(shape.more_t)
        count = sum(given) - revoked
        assert count == min(limit // GRANT_G, len(chains) - revoked), (
            f"{count} decisions of {format_mass(GRANT_G)} t in {format_mass(limit)} t"
        )
        return count

    async def _revoke_one(self, chain: str) -> int:
        """A decision nothing has moved on gives its grams back."""
        await self._office("approval.revoke/1", chain, FROM, {"reason": "申请人不再转移（虚构）"})
        return 1

    async def _amend(self) -> None:
        """The listing stops and goes on, gets more, and may be exceeded: always by both sides."""
        shape = self._shape
        await self._office("list.suspend/1", self.list, TO, {**_LETTER, "row": 0, "reason": "设施检修（虚构）"})
        act = await self._office("list.resume/1", self.list, TO, {**_LETTER, "row": 0, "reason": "检修完毕（虚构）"})
        await self._office("list.confirm/1", self.list, FROM, {**_LETTER, "act": act})
        more = format_mass(parse_mass(shape.row_t) + parse_mass(shape.more_t))
        amended = {**_LETTER, "effective_from": "2026-10-08", "quota": [{"row": 0, "quota_t": more}]}
        act = await self._office("list.amend/1", self.list, FROM, amended)
        await self._office("list.confirm/1", self.list, TO, {**_LETTER, "act": act})
        asked = {"asked_no": "甲环函〔2026〕10号", "asked_date": "2026-10-08"}
        await self._office("list.exceed_consent/1", self.list, TO, {**_LETTER, **asked, "row": 0, "extra_t": shape.more_t})


async def compete(dsn: str, directory: Path, shape: Shape) -> Outcome:
    """Run it and judge it; AssertionError says what is wrong."""
    load, outcome = Load(), Outcome()
    load.lanes = load.lanes[:1]
    async with AsyncExitStack() as stack:
        processes = [stack.enter_context(server(dsn, directory, {"pool_min": 1, "pool_max": 4})) for _ in range(shape.processes)]
        for process in processes:
            await asyncio.to_thread(process.wait_ready)
        crowd = Crowd([process.url for process in processes], Outcome())
        await crowd.post_all(load.setup())
        pool = await open_pool(dsn, min_size=1, max_size=2)
        stack.push_async_callback(pool.close)
        found = (await pool.fetchval("SELECT hash FROM link WHERE chain = 'log/main' AND seq = 0")).hex()
        rounds = [Round(load, shape, number, Crowd([p.url for p in processes], outcome), found) for number in range(shape.times)]
        for one in rounds:
            await crowd.post_all(one.setup())
            loads, decisions = await one.run()
            outcome.loads, outcome.decisions = outcome.loads + loads, outcome.decisions + decisions
        await _judge(pool, directory, processes[0].url, rounds, shape)
    return outcome


async def _judge(pool: asyncpg.Pool, directory: Path, url: str, rounds: Sequence[Round], shape: Shape) -> None:
    """No entry of the log ever stood above its limit, every index is there, and nothing is for the audit to find."""
    size = await pool.fetchval("SELECT size FROM log_head")
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client, asyncio.timeout(120):
        while int((await client.get("/checkpoint")).text.split("\n")[1]) < size:  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.1)
    limits = {q2_account(one.approval, 0): parse_mass(shape.line_t) for one in rounds}
    limits |= {q1_account(one.list, 0): parse_mass(shape.row_t) + 2 * parse_mass(shape.more_t) for one in rounds}
    most: Counter[str] = Counter()
    for row in await pool.fetch("SELECT entry FROM entry ORDER BY idx"):
        for account in read_entry(row["entry"], KINDS).admission.decision.accounts:
            most[account.account] = max(most[account.account], account.after_g)
    assert limits.keys() <= most.keys()
    assert all(most[name] <= limit for name, limit in limits.items()), {name: (most[name], limit) for name, limit in limits.items()}
    found = await findings(pool, LogFiles(directory / "log", directory / "entries"))
    assert found == [], found[:3]


def main() -> None:
    """Run it and print what it came to."""
    parser = argparse.ArgumentParser(prog="python -m bench.last_tonnes", description=__doc__)
    for name, value in (("processes", 3), ("loads", 500), ("decisions", 50), ("times", 50)):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    quiet()
    tune()  # a crowd that collects measures itself
    shape = Shape(options.processes, options.loads, options.decisions, options.times)
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="liandan-last-") as directory,
        temporary_directory() as made,
        EmbeddedPostgres(made) as postgres,
    ):
        outcome = asyncio.run(_migrated(postgres.dsn, Path(directory), shape))
    waits = [1000 * quantile(outcome.waits, q) for q in (0.5, 0.99)]
    told = ", ".join(f"{code} {count:,}" for code, count in sorted(outcome.codes.items()))
    print(
        f"{shape.times} times {shape.loads} loads and {shape.decisions} decisions at once over {shape.processes} processes: {outcome.loads:,} loads and"
        f" {outcome.decisions:,} decisions fit, exactly what there was; p50 {waits[0]:,.0f} ms, p99 {waits[1]:,.0f} ms (must 500);"
        f" refused: {told}; audit clean; {time.monotonic() - begun:,.0f} s"
    )


async def _migrated(dsn: str, directory: Path, shape: Shape) -> Outcome:
    await migrate(dsn)
    return await compete(dsn, directory, shape)


if __name__ == "__main__":
    main()
