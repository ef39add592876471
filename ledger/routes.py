"""The log over HTTP: statements in, entries, proofs, checkpoints and tiles out (design §8).

Signed input is read as raw bytes and never decoded by the framework: what is signed is exactly what came. The shell puts ``service``,
``limits``, ``problem_of`` and the caller of each request in place; nothing here knows tokens or statuses of refusals.
"""

import re
from collections.abc import AsyncIterator, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from typing import Annotated, Any, cast

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation
from litestar.response import Stream
from msgspec import Struct

from ledger import store
from ledger.admission.intake import Room
from ledger.admission.sequencer import Busy
from ledger.answers import BatchLine, FeedPage, LogAnswer, PartyAnswer, PartyPage, Posted, RefusalPage, RefusalWithReceipt, Waiting, filled
from ledger.batch import Batch, BatchOutcome, NotAdmitted
from ledger.caller import Caller
from ledger.describing import (
    BATCH_ANSWERS,
    NDJSON,
    POST_ANSWERS,
    READ_REFUSALS,
    SIZE_HEADER,
    TAKES_STATEMENT,
    TAKES_STATEMENTS,
    Cursor,
    InUscc,
    in_path,
    in_query,
)
from ledger.directory import LogState
from ledger.log import Log
from ledger.problem import ChainHead, Language, Problem
from ledger.query import refuse_unknown_query
from ledger.reading import PAGE_MAX, Page, wait_until_read
from ledger.service import Service
from ledger.times import format_at, parse_at
from signing import b64
from signing.phrase import Phrase
from signing.refusal import refuse

WAIT_S, WAIT_MAX_S, BATCH_WAIT_S = 2.0, 30.0, 30.0
ATOMIC_LINES_MAX = 256
FEED_MAX, REFUSALS_MAX = 1000, 500
ROOM_AFTER_S = 5
_WAIT = re.compile(r"(?:^|[,\s])wait=([0-9]{1,4})(?:[,;\s]|$)")
_ENCODE = msgspec.json.Encoder().encode

TheLog = SkipValidation[NamedDependency[Log]]
TheCaller = SkipValidation[NamedDependency[Caller]]
Lang = SkipValidation[NamedDependency[Language]]  # What the shell provides with each request.
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="每页至多 / at most so many on a page")]
MinSize = Annotated[
    int | None,
    QueryParameter(
        ge=0,
        le=2**53,
        description="至少反映前 N 条：回执的序位加一 / reflect so many entries at least: the index of your receipt, plus one",
    ),
]

PartOfName = Annotated[str | None, in_query("^.{1,60}$", "名称的一部分 / part of the name", "再生铅", "name")]
Since = Annotated[
    int,
    QueryParameter(
        name="updated_since",
        ge=0,
        le=2**53,
        description="有序位 N 及以后条目的 / what has entries from index N on: give the size of your last answer",
        schema_extra={"examples": [812]},
    ),
]
Atomic = Annotated[bool, QueryParameter(description="全部入账或全部不入，至多 256 行 / all or nothing, at most 256 lines")]
After = Annotated[int, QueryParameter(ge=-1, le=2**53, description="此序位之后；首页为 -1 / entries behind this index, -1 at first")]
InChain = Annotated[
    str, in_path("^/?[a-z]+(/[0-9A-Za-z._-]{1,64}){1,3}$", "链名 / name of a chain (formats §3)", "party/91510100MA00XX0A0X")
]
ProblemOf = Callable[[Request[Any, Any, Any], Exception], Problem]


class Limits(Struct, frozen=True, kw_only=True):
    """What one request may bring."""

    statement_bytes: int
    batch_bytes: int
    batch_lines: int


async def read_by(log: Log, request: Request[Any, Any, Any], min_size: int | None) -> Caller:
    """Who reads, once what is read reflects ``min_size``: what the shell provides as ``caller``. Refusal as :func:`caller_of`, MIN_SIZE,
    NOT_YET_READ. Waits like a post, for the 2 s of the default or those of ``Prefer: wait=N``."""
    caller = caller_of(request, "read")
    await wait_until_read(log, min_size, wait_s(request.headers, WAIT_S))
    published = log.publisher.published
    request.scope["liandan_size"] = 0 if published is None else published.size  # type: ignore[typeddict-unknown-key]  # ASGI allows own keys
    return caller


async def say_size(response: Response[Any]) -> Response[Any]:
    """``Liandan-Size``: the number of entries that an answer reflects, where the answer says it. Asynchronous, as above, for speed alone."""
    size = getattr(response.content, "size", None)
    if isinstance(size, int) and not isinstance(response.content, bytes):
        response.headers[SIZE_HEADER] = str(size)
    return response


def claimed_now(headers: Mapping[str, str]) -> int | None:
    """``Liandan-Now``, the present of a simulated log; a real one ignores it (formats §6)."""
    claimed = headers.get("liandan-now")
    return None if claimed is None else parse_at(claimed, "Liandan-Now")


def caller_of(request: Request[Any, Any, Any], scope: str | None) -> Caller:
    """Who asks, with a token of that scope (of any scope for None); Refusal TOKEN_MISSING or TOKEN_SCOPE."""
    caller: Caller | None = request.scope.get("user")
    if caller is None:
        raise refuse("TOKEN_MISSING", field="Authorization", expected=Phrase("Bearer <令牌>", "Bearer <token>"))
    return _covering(caller, scope)


def _covering(caller: Caller, scope: str | None) -> Caller:
    if scope is not None and scope not in caller.scope:
        raise refuse("TOKEN_SCOPE", field="Authorization", found=" ".join(caller.scope), expected=scope)
    return caller


POST_PATH = "/v1/statements"
SIGNED = "liandan_signed"
"""Key of a scope whose statement's signatures hold: NEW, or AGAIN for one that was decided before."""
NEW, AGAIN = "new", "again"
HEAD_ONLY = "liandan_head"
"""Key of the scope of a HEAD request, which the access layer lets the routes answer as a GET: the body is nobody's."""
ASKED_BY_POST = ("liandan-now", "prefer")  # Headers that it reads.


@post(POST_PATH, opt=TAKES_STATEMENT, responses=POST_ANSWERS)
async def post_statement(request: Request[Any, Any, Any]) -> Response[Posted]:
    """Admit one signed statement; answered after publication with entry, inclusion hashes and checkpoint, or with 202."""
    # Most are answered by liandan.short_way instead, for speed alone; what is done is admit_posted there and here.
    _may_post(request.scope)
    service: Service = request.app.state.service
    status, body = await admit_posted(service, cast("dict[str, Any]", request.scope), request.headers, await request.body())
    return Response(body, status_code=status, media_type="application/json")  # type: ignore[arg-type]  # encoded already


async def admit_posted(service: Service, scope: MutableMapping[str, Any], headers: Mapping[str, str], raw: bytes) -> tuple[int, bytes]:
    """Status and body of the answer to one posted statement; raises what its problem is made of. ``scope`` holds the caller, if there is
    one, ``headers`` those of ASKED_BY_POST. Whether the statement was new is noted in the scope: one sent again is a request like any
    other, also while 202 is all it can be answered."""
    _may_post(scope)
    answer = await service.post(raw, now_s=claimed_now(headers), wait_s=wait_s(headers, WAIT_S))
    if answer.is_new:
        scope[SIGNED] = NEW
    return 202 if isinstance(answer, Waiting) else 201 if answer.is_new else 200, _ENCODE(answer)


@post("/v1/statements/batch", status_code=200, media_type=NDJSON, opt=TAKES_STATEMENTS, responses=BATCH_ANSWERS)
async def post_batch(request: Request[Any, Any, Any], atomic: Atomic = False) -> Stream:
    """Admit a whole offline chain in one request: NDJSON in, one line of answer per line, then one line with the checkpoint."""
    _may_post(request.scope)
    limits: Limits = request.app.state.limits
    most = min(ATOMIC_LINES_MAX, limits.batch_lines) if atomic else limits.batch_lines
    service: Service = request.app.state.service
    async with _held_lines(request, most) as raws:
        batch = await service.post_batch(
            raws, now_s=claimed_now(request.headers), wait_s=wait_s(request.headers, BATCH_WAIT_S), atomic=atomic
        )
    if callable(note := request.scope.get("note_lines")):  # although the batch is answered with 200
        note(sum(not line.is_signed for line in batch.lines), sum(line.is_repeated for line in batch.lines))
    return Stream(_batch_lines(request, service, batch), media_type=NDJSON)


@asynccontextmanager
async def _held_lines(request: Request[Any, Any, Any], most: int) -> AsyncIterator[list[bytes]]:
    """The envelopes of a batch, held while there is room for them; too many are noticed while they come, before any is looked at."""
    room: Room = request.app.state.room
    raws: list[bytes] = []
    begun, held, count = bytearray(), 0, 0
    try:
        async for chunk in request.stream():
            if not room.take(len(chunk)):
                raise Busy(f"other batches hold {room.held - held} bytes", ROOM_AFTER_S)
            held, count = held + len(chunk), count + chunk.count(b"\n")
            begun += chunk
            if count > most:
                break
            if b"\n" in chunk:
                *whole, rest = begun.split(b"\n")
                raws += [bytes(line) for line in whole if line.strip()]
                begun = rest
        raws += [bytes(begun)] if begun.strip() else []
        if len(raws) > most or count > most:
            raise refuse(
                "TOO_MANY_LINES", found=Phrase(f"超过 {most} 行", f"more than {most}"), expected=Phrase(f"1 至 {most} 行", f"1 to {most}")
            )
        if not raws:
            raise refuse("BATCH_EMPTY", found="0 lines", expected=Phrase(f"1 至 {most} 行", f"1 to {most}"))
        yield raws
    finally:
        room.give(held)


async def _batch_lines(request: Request[Any, Any, Any], service: Service, batch: Batch) -> AsyncIterator[bytes]:
    printed = 0
    async for number, raw, hashes in service.receipts(batch):
        for skipped in range(printed, number):
            yield _ENCODE(_refused(skipped, batch.lines[skipped], request)) + b"\n"
        line, proof = batch.lines[number], tuple(map(b64.encode, hashes))
        status = 201 if line.is_new else 200
        answer = BatchLine(line=number, status=status, statement=line.statement, index=line.index, entry=b64.encode(raw), inclusion=proof)
        yield _ENCODE(answer) + b"\n"
        printed = number + 1
    for skipped in range(printed, len(batch.lines)):
        yield _ENCODE(_refused(skipped, batch.lines[skipped], request)) + b"\n"
    yield _ENCODE(batch.end) + b"\n"


def _refused(number: int, line: BatchOutcome, request: Request[Any, Any, Any]) -> BatchLine:
    """A line that brings no receipt: refused, not taken because the log is busy, or admitted and not yet published."""
    error: NotAdmitted | Busy | None = line.refused or line.busy
    if error is None:
        return BatchLine(line=number, status=202, statement=line.statement)
    problem_of: ProblemOf = request.app.state.problem_of
    problem = problem_of(request, error)
    return BatchLine(line=number, status=problem.status, statement=line.statement, problem=problem, stopped_by=line.stopped_by)


def _may_post(scope: Mapping[str, Any]) -> None:
    """Without a token anybody may post within the failure budget of the address; a token that is shown must cover posting."""
    if (caller := scope.get("user")) is not None:
        _covering(caller, "post")


def wait_s(headers: Mapping[str, str], default_s: float) -> float:
    """Seconds that a request may wait: ``Prefer: wait=N`` up to WAIT_MAX_S, none with ``respond-async``, else the default (RFC 7240)."""
    prefer = headers.get("prefer", "")
    if "respond-async" in prefer:
        return 0.0
    found = _WAIT.search(prefer)
    return default_s if found is None else min(float(found[1]), WAIT_MAX_S)


# ---------------------------------------------------------------------- reading


@get("/v1/feed", responses=READ_REFUSALS)
async def get_feed(
    request: Request[Any, Any, Any],
    caller: TheCaller,
    after: After = -1,
    limit: Annotated[int, QueryParameter(ge=1, le=FEED_MAX, description="每页至多 / at most so many on a page")] = 256,
) -> FeedPage:
    """Published entries behind index ``after``: all for authorities; for parties those they take part in, those about manifests that name
    them (generator, receiver, carriers) from the entry on that does, acts on lists that speak of rows of theirs, and those that an authority
    lets them read (``access.grant``)."""
    service: Service = request.app.state.service
    return await service.feed(caller, after, limit)


@get("/v1/refusals", responses=READ_REFUSALS)
async def list_refusals(
    request: Request[Any, Any, Any],
    caller: TheCaller,
    before: Annotated[int | None, QueryParameter(ge=0, le=2**53, description="上一页答复的 next / `next` of the page before")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=REFUSALS_MAX, description="每页至多 / at most so many on a page")] = 100,
) -> RefusalPage:
    """Refused statements with their receipts, newest first: all for authorities, their own for parties."""
    service: Service = request.app.state.service
    async with service.log.pool.acquire() as conn:
        rows = await store.list_refusals(conn, signer=None if caller.reads_all else caller.uscc, before_id=before, limit=limit)
    return RefusalPage(
        refusals=tuple(filled(RefusalWithReceipt, item, id=row_id, receipt=b64.encode(raw)) for row_id, item, raw in rows),
        next=rows[-1][0] if len(rows) == limit else None,
    )


@get("/v1/parties", responses=READ_REFUSALS)
async def get_parties(
    request: Request[Any, Any, Any],
    caller: TheCaller,
    name: PartOfName = None,
    updated_since: Since = 0,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PartyPage:
    """Parties, authorities and the operator by a part of the name, in any widths and with or without blanks. Open to every registered party."""
    service: Service = request.app.state.service
    return await service.parties(name, updated_since, Page(cursor, limit))


@get("/v1/parties/{uscc:str}", responses=READ_REFUSALS)
async def get_party(request: Request[Any, Any, Any], caller: TheCaller, uscc: InUscc) -> PartyAnswer:
    """A party with all keys ever registered for it, and for itself and authorities with its sites and crew."""
    service: Service = request.app.state.service
    is_whole = caller.reads_all or uscc in caller.parties
    party = await service.party(uscc, is_whole=is_whole) if _is_known(service, f"party/{uscc}") else None
    if party is None:
        raise refuse("NOT_FOUND", field="uscc", found=uscc)
    return party


@get("/v1/log")
async def get_log(request: Request[Any, Any, Any]) -> LogAnswer:
    """What this log is and how far it has come."""
    service: Service = request.app.state.service
    state, head, published = await service.log.state(), await service.log.head(), service.log.publisher.published
    return filled(
        LogAnswer,
        LogState(found="", origin="", operator="", operator_name="", authorities=(), ruleset="", clock="") if state is None else state,
        origin=service.origin,
        log_keys=service.log_keys,
        found=None if state is None else state.found,
        size=0 if published is None else published.size,
        committed=0 if head is None else head.size,
        now=format_at(await service.log.now()),
    )


@get("/v1/chains/{chain:path}", responses=READ_REFUSALS)
async def get_chain(request: Request[Any, Any, Any], caller: TheCaller, chain: InChain) -> Response[ChainHead]:
    """Head of a chain, so that a client can go on with it."""
    service: Service = request.app.state.service
    committed = await service.log.head()
    size = 0 if committed is None else committed.size  # what is read after it reflects as much, and may be newer
    head = await service.head(chain.strip("/")) if _is_known(service, chain.strip("/")) else None
    if head is None:
        raise refuse("NOT_FOUND", field="chain", found=chain.strip("/"))
    return Response(head, headers={SIZE_HEADER: str(size)})


def _is_known(service: Service, chain: str) -> bool:
    pattern = service.log.kinds.chain_pattern(chain.partition("/")[0])
    return pattern is not None and pattern.fullmatch(chain) is not None


def ledger_routers(limits: Limits) -> list[Router]:
    """All routes of this package; bodies are cut off at their limits while they come."""
    reading = [get_feed, list_refusals, get_parties, get_party, get_log, get_chain]
    one, many, check = limits.statement_bytes, limits.batch_bytes, refuse_unknown_query
    return [
        Router("/", route_handlers=[post_statement], request_max_body_size=one, before_request=check, tags=["statements"]),
        Router("/", route_handlers=[post_batch], request_max_body_size=many, before_request=check, tags=["statements"]),
        Router("/", route_handlers=reading, before_request=check, after_request=say_size, tags=["log"]),
    ]
