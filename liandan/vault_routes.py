"""Personal data over HTTP: who may see what stands behind a commitment, and how the operator erases it (formats §7).

Shown to the manifest's parties and the authorities; on other chains to the party that the chain names and the authorities. The operator
keeps the vault and reads nothing through it.
"""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, delete, get
from litestar.params import QueryParameter
from msgspec import Struct

from ledger.answers import Posted, Waiting
from ledger.caller import Caller, beginnings, is_granted, places_by_chain
from ledger.describing import READ_REFUSALS, AnswerSpec, InHash, asks, in_path, refusals
from ledger.log import Log
from ledger.query import refuse_unknown_query
from ledger.routes import TheCaller, caller_of
from ledger.service import Service
from ledger.times import parse_at
from ledger.vault.service import Opening
from manifests.model import ManifestState, trunk_of
from signing.phrase import Phrase
from signing.refusal import refuse

ERASE_WAIT_S = 2.0
NO_STORE = {"Cache-Control": "no-store"}


class Openings(Struct, frozen=True):
    """What is behind the commitments of one chain or one statement."""

    chain: str
    openings: tuple[Opening, ...]


READ_ANSWERS = {**READ_REFUSALS, 200: AnswerSpec(Openings, description="Salt and value, or why not", headers=("Cache-Control",))}
ERASE_ANSWERS = {**refusals(401, 403, 404, 409, 422), 202: AnswerSpec(Waiting, description="Erased; the entry is not published yet")}
InField = Annotated[str, in_path("^[a-z_]+([.][a-z0-9_]+)*$", "承诺的字段 / field of the commitment", "driver.name")]
OfChain = QueryParameter(max_length=300, description="链名 / name of a chain", schema_extra={"examples": ["manifest/<generator>/<ULID>"]})


@get("/v1/statements/{statement:str}/disclosures", responses=READ_ANSWERS)
async def read_disclosures(request: Request[Any, Any, Any], caller: TheCaller, statement: InHash) -> Response[Openings]:
    """The personal data that one statement committed to: salt and value where they are held, else why not."""
    service: Service = request.app.state.service
    chain = await service.vault.chain_of(statement)
    await must_be_reader(service.log, chain, caller, asked=("statement", statement))
    return Response(Openings(chain, await service.vault.read(chain, caller, statement=statement)), headers=NO_STORE)


@get("/v1/disclosures", responses=READ_ANSWERS)
async def list_disclosures(request: Request[Any, Any, Any], caller: TheCaller, chain: Annotated[str, OfChain]) -> Response[Openings]:
    """The same for every statement of a chain, e.g. ``manifest/<generator>/<ULID>``."""
    service: Service = request.app.state.service
    pattern = service.log.kinds.chain_pattern(chain.partition("/")[0])
    if pattern is None or pattern.fullmatch(chain) is None:
        raise refuse("NOT_FOUND", field="chain", found=chain)
    await must_be_reader(service.log, chain, caller, asked=("chain", chain))
    if await service.head(chain) is None:
        raise refuse("NOT_FOUND", field="chain", found=chain)
    return Response(Openings(chain, await service.vault.read(chain, caller)), headers=NO_STORE)


@delete("/v1/statements/{statement:str}/disclosures/{field:str}", status_code=200, opt=asks("Liandan-Now"), responses=ERASE_ANSWERS)
async def erase_disclosure(request: Request[Any, Any, Any], statement: InHash, field: InField) -> Response[Posted]:
    """Erase one value for ever: record it on ``log/erasures``, destroy its key. Operator only; answered like a post."""
    caller = caller_of(request, "post")
    if caller.role != "operator":
        raise refuse("ERASE_FORBIDDEN", found=caller.role, expected=Phrase("运营单位", "operator"))
    service: Service = request.app.state.service
    claimed = request.headers.get("liandan-now")
    now_s = None if claimed is None else parse_at(claimed, "Liandan-Now")
    answer = await service.erase(statement, field, now_s=now_s, wait_s=ERASE_WAIT_S)
    status = 202 if isinstance(answer, Waiting) else 200
    return Response(msgspec.json.encode(answer), status_code=status, media_type="application/json")  # type: ignore[arg-type]  # encoded here


async def must_be_reader(log: Log, chain: str, caller: Caller, *, asked: tuple[str, str]) -> None:
    """Refuse (READ_FORBIDDEN) everybody but the authorities, the parties concerned and readers that an authority names (formats §7); a
    stranger is told only what he ``asked``."""
    if caller.role == "authority" or (caller.role == "party" and caller.uscc in await parties_of(log, chain)):
        return
    if caller.grants and is_granted(caller, chain, places_by_chain(await log.first_entries(beginnings(chain)))):
        return
    raise refuse("READ_FORBIDDEN", field=asked[0], found=asked[1])


async def parties_of(log: Log, chain: str) -> frozenset[str]:
    """Parties of the manifest that a chain is about: generator, receiver, its carriers, planned and actual; else the owner in its name."""
    kind, owner = chain.split("/")[:2]
    if kind not in ("manifest", "case"):
        return frozenset({owner})
    head = await log.chain_head(trunk_of(chain))
    state = None if head is None else head.state
    if not isinstance(state, ManifestState):
        return frozenset()
    return frozenset({state.generator, state.receiver, state.consignor, *state.carriers, *(leg.carrier for leg in state.legs)})


_HANDLERS = [read_disclosures, list_disclosures, erase_disclosure]
ROUTER = Router("/", route_handlers=_HANDLERS, before_request=refuse_unknown_query, tags=["personal data"])
