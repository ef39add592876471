"""The dependencies of every page: ``visit`` with a session, ``guest`` with or without one."""

from typing import Any, cast

from litestar import Request

from ledger import store
from ledger.caller import Caller
from ledger.directory import LOG_MAIN, KeyRecord, LogState, party_chain
from ledger.log import Log
from ledger.model import chain_key
from ledger.routes import Lang
from ledger.service import Service
from liandan.desk.shell.as_of import read_as_of
from liandan.desk.shell.errors import VISIT
from liandan.desk.shell.faces import Face, face_of, faces_of
from liandan.desk.shell.frame import EnterFirst, Visit
from liandan.desk.shell.waiting import count_waiting


async def read_visit(request: Request[Any, Any, Any], lang: Lang) -> Visit:
    """Who asks, in which language, as of when. One request has one."""
    kept: Visit | None = request.scope.get(VISIT)  # type: ignore[assignment]  # ASGI allows own keys
    if kept is not None:
        return kept
    service: Service = request.app.state.service
    log, caller = service.log, request.scope.get("user")
    state, record, name = await read_known(log, caller)
    faces = faces_of(caller, record)
    path = str(request.scope["path"])
    is_htmx = request.headers.get("hx-request") == "true"
    visit = Visit(
        request=request,
        service=service,
        lang=lang,
        caller=caller,
        name=name,
        face=face_of(faces, path),
        faces=faces,
        as_of=await read_as_of(log, state),
        now_s=await service.now(),
        is_simulated=log.simulated,
        waiting={} if caller is None or is_htmx else await count_waiting(request.app.state.relay, caller, lang),
    )
    cast("dict[str, Any]", request.scope)[VISIT] = visit  # ASGI allows own keys
    return visit


async def provide_guest(request: Request[Any, Any, Any], lang: Lang) -> Visit:
    """``guest``: for pages that anybody may see."""
    return await read_visit(request, lang)


async def provide_visit(request: Request[Any, Any, Any], lang: Lang) -> Visit:
    """``visit``: for everything else; raises EnterFirst."""
    if request.scope.get("user") is None:
        raise EnterFirst
    return await read_visit(request, lang)


async def read_known(log: Log, caller: Caller | None) -> tuple[LogState | None, KeyRecord | None, str]:
    """State of the log, and of a caller the key as it is registered now and the name of the party, or its code."""
    keys = {"log": chain_key(LOG_MAIN)}
    if caller is not None:
        keys |= {"party": chain_key(party_chain(caller.uscc)), "key": f"key:{caller.keyid}"}
    async with log.pool.acquire() as conn:
        raw = await store.fetch_facts(conn, list(keys.values()))
    found = {name: log.kinds.decode(key, raw[key]) for name, key in keys.items() if key in raw}
    state: LogState | None = found["log"].state if "log" in found else None
    if caller is None:
        return state, None, ""
    founder = None if state is None else state.founder(caller.uscc)
    party = found["party"].state if "party" in found else founder
    return state, found.get("key"), caller.uscc if party is None else party.name


async def faces_for(log: Log, caller: Caller) -> tuple[Face, ...]:
    """The faces of a caller, the one that he lands on first."""
    _, record, _ = await read_known(log, caller)
    return faces_of(caller, record)
