"""The dependencies of every page: ``visit`` with a session, ``guest`` with or without one."""

from typing import Any, cast

from litestar import Request
from msgspec import Struct

from ledger import store
from ledger.caller import Caller
from ledger.directory import LOG_MAIN, KeyRecord, LogState, party_chain
from ledger.log import Log
from ledger.model import chain_key
from ledger.reading import wait_for_published
from ledger.routes import Lang, caller_of
from ledger.service import Service
from liandan.desk.shell.as_of import read_as_of
from liandan.desk.shell.cookies import SAFE
from liandan.desk.shell.errors import VISIT
from liandan.desk.shell.faces import SCALE, Face, face_of, faces_of
from liandan.desk.shell.frame import EnterFirst, Visit
from liandan.desk.shell.waiting import count_waiting
from manifests.model import Stage
from manifests.search import Search
from manifests.store import list_views, terms_in_use

BEHIND_S = 1.0
"""Views are milliseconds behind; where they are made anew, a page says of which size it is."""
ROLES = ("generator", "carrier", "receiver")


async def read_visit(request: Request[Any, Any, Any], lang: Lang) -> Visit:
    """Who asks, in which language, as of when. One request has one."""
    kept: Visit | None = request.scope.get(VISIT)  # type: ignore[assignment]  # ASGI allows own keys
    if kept is not None:
        return kept
    service: Service = request.app.state.service
    log, caller = service.log, request.scope.get("user")
    if caller is not None:
        await wait_for_published(log, BEHIND_S)  # a page that follows a signature shows what was signed
    known = await read_known(log, caller)
    state, faces = known.state, faces_of(caller, known.record, known.does)
    path = str(request.scope["path"])
    is_htmx = request.headers.get("hx-request") == "true"
    visit = Visit(
        request=request,
        service=service,
        lang=lang,
        caller=caller,
        name=known.name,
        face=face_of(faces, path),
        faces=faces,
        as_of=await read_as_of(log, state),
        now_s=await service.now(),
        is_simulated=log.simulated,
        waiting={} if caller is None or is_htmx else await count_waiting(log, request.app.state.relay, caller, lang),
    )
    cast("dict[str, Any]", request.scope)[VISIT] = visit  # ASGI allows own keys
    return visit


async def provide_guest(request: Request[Any, Any, Any], lang: Lang) -> Visit:
    """``guest``: for pages that anybody may see."""
    return await read_visit(request, lang)


async def provide_visit(request: Request[Any, Any, Any], lang: Lang) -> Visit:
    """``visit``: for everything else; raises EnterFirst. Refusal TOKEN_SCOPE: a program's token may be for reading or for posting alone, and
    opens no more here than on ``/v1``."""
    if request.scope.get("user") is None:
        raise EnterFirst
    caller_of(request, "read")
    if request.method not in SAFE:
        caller_of(request, "post")
    return await read_visit(request, lang)


class Known(Struct, frozen=True):
    """What is known of a caller: the log's state, his key as it is registered now, the name of his party or its code, and what it does."""

    state: LogState | None
    record: KeyRecord | None = None
    name: str = ""
    does: frozenset[str] = frozenset()
    """Of ``generator``, ``carrier``, ``receiver``: as which manifests name it."""


async def read_known(log: Log, caller: Caller | None) -> Known:
    """In one connection; nothing but the state without a caller."""
    keys = {"log": chain_key(LOG_MAIN)}
    if caller is not None:
        keys |= {"party": chain_key(party_chain(caller.uscc)), "key": f"key:{caller.keyid}"}
    async with log.pool.acquire() as conn:
        raw = await store.fetch_facts(conn, list(keys.values()))
        used = set() if caller is None or caller.role != "party" else await terms_in_use(conn, [f"{role}:{caller.uscc}" for role in ROLES])
    found = {name: log.kinds.decode(key, raw[key]) for name, key in keys.items() if key in raw}
    state: LogState | None = found["log"].state if "log" in found else None
    if caller is None:
        return Known(state)
    founder = None if state is None else state.founder(caller.uscc)
    party = founder if founder is not None or "party" not in found else found["party"].state  # a founder's name stands in the founding
    name = caller.uscc if party is None else party.name
    return Known(state, found.get("key"), name, frozenset(term.partition(":")[0] for term in used))


async def faces_for(log: Log, caller: Caller) -> tuple[Face, ...]:
    """The faces of a caller, the one that he lands on first: whoever expects trucks today at the weighbridge (console.md §2)."""
    known = await read_known(log, caller)
    faces = faces_of(caller, known.record, known.does)
    if len(faces) > 1 and SCALE in faces and faces[0] != SCALE:
        async with log.pool.acquire() as conn:
            if await list_views(conn, Search(receiver=caller.uscc, stage=Stage.IN_TRANSIT.value), limit=1):
                return (SCALE, *(face for face in faces if face != SCALE))
    return faces
