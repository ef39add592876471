"""Pages and boxes of keys over HTTP: ``/desk/keys`` for a firm, ``/join`` for a new device that has no session yet."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post, put
from litestar.params import PathParameter
from msgspec import Meta, Struct

from ledger.routes import caller_of
from liandan.desk.keys.granted import granted_now
from liandan.desk.keys.people import OFFERED, keys_page
from liandan.desk.keys.service import LOOKED_AT, Boxes, list_newest
from liandan.desk.keys.store import BoxRow
from liandan.desk.keys.words import WORDS
from liandan.desk.names import names_for
from liandan.desk.shell.assets import version
from liandan.desk.shell.frame import TheGuest, TheVisit, page
from signing.phrase import Phrase
from signing.refusal import refuse

MESSAGE_MAX = 8192
InBox = Annotated[str, PathParameter(pattern="^[0-9a-f]{64}$")]
NO_STORE = {"Cache-Control": "no-store"}


class BoxMessage(Struct, frozen=True, forbid_unknown_fields=True):
    """What one side says: a text and its HMAC under the secret, which this server does not know."""

    text: Annotated[str, Meta(max_length=6000)]
    mac: Annotated[str, Meta(min_length=44, max_length=44)]


class BoxAnswer(Struct, frozen=True):
    """What is in a box."""

    offer: BoxMessage
    answer: BoxMessage | None
    done: BoxMessage | None
    ends_s: int


async def _message(request: Request[Any, Any, Any]) -> bytes:
    raw = await request.body()
    try:
        return msgspec.json.encode(msgspec.json.decode(raw, type=BoxMessage))
    except msgspec.MsgspecError:
        raise refuse("QUERY_FORM", field="body", expected=Phrase("内容及其校验值", "a text and its code")) from None


def _shown(row: BoxRow) -> Response[BoxAnswer]:
    offer, answer, done = (None if raw is None else msgspec.json.decode(raw, type=BoxMessage) for raw in (row.offer, row.answer, row.done))
    assert offer is not None, "a box begins with an offer"
    return Response(BoxAnswer(offer, answer, done, row.ends_s), headers=NO_STORE)


def _boxes(request: Request[Any, Any, Any]) -> Boxes:
    return Boxes(request.app.state.service.log)


@get("/desk/keys", include_in_schema=False)
async def get_keys(visit: TheVisit) -> Response[str]:
    """The devices of the caller's party."""
    caller = visit.who
    party = await visit.service.party(caller.uscc)
    state = await visit.log.state()
    assert party is not None, "whoever has a token is registered"
    assert state is not None, "a token is of a founded log"
    entries = await list_newest(visit.log, caller.uscc)
    shown = keys_page(party, entries, state, visit.log.kinds, visit.lang, own=caller.keyid, now_s=visit.now_s)
    granted = granted_now(await visit.log.chain_entries(f"party/{caller.uscc}"), visit.now_s) if party.role == "authority" else ()
    named = await names_for(
        visit.log,
        visit.lang,
        (one.reader for one in granted),
        (region for one in granted for grant in one.grants for region in grant.regions),
    )
    return page(
        visit, "keys/keys.html", words=WORDS, title=visit.say(WORDS["title"]), head=("island/form.js", "island/enrol.js", "keys/scan.js"),
        styles=("css/island.css", "css/keys.css"), shown=shown, offered=OFFERED, looked_at=min(LOOKED_AT, len(entries)), fingerprint=version(),
        regions=party.regions if party.role == "authority" else (), granted=granted, named=named,
    )  # fmt: skip


@get("/join", include_in_schema=False)
async def get_join(guest: TheGuest) -> Response[str]:
    """A new device, before it has a session. What it needs to know comes in the fragment, which is not sent here."""
    return page(
        guest, "keys/join.html", words=WORDS, title=guest.say(WORDS["join"]), head=("island/join.js",), styles=("css/island.css", "css/keys.css"),
        trusted_types=True,
    )  # fmt: skip


@put("/desk/boxes/{name:str}", request_max_body_size=MESSAGE_MAX, status_code=201, include_in_schema=False)
async def put_box(request: Request[Any, Any, Any], name: InBox) -> Response[BoxAnswer]:
    """A computer of a firm opens a box."""
    return _shown(await _boxes(request).open(caller_of(request, "post"), name, await _message(request)))


@get("/join/{name:str}", include_in_schema=False)
async def get_box(request: Request[Any, Any, Any], name: InBox) -> Response[BoxAnswer]:
    """What is in a box, to whoever knows its name."""
    return _shown(await _boxes(request).read(name))


@post("/join/{name:str}", request_max_body_size=MESSAGE_MAX, status_code=200, include_in_schema=False)
async def post_box(request: Request[Any, Any, Any], name: InBox) -> Response[BoxAnswer]:
    """The device answers, once."""
    return _shown(await _boxes(request).answer(name, await _message(request)))


@post("/desk/boxes/{name:str}/done", request_max_body_size=MESSAGE_MAX, status_code=200, include_in_schema=False)
async def post_done(request: Request[Any, Any, Any], name: InBox) -> Response[BoxAnswer]:
    """The computer says what has become of it."""
    return _shown(await _boxes(request).finish(caller_of(request, "post"), name, await _message(request)))


HANDLERS = (get_keys, get_join, put_box, get_box, post_box, post_done)
