"""``/``: people are led to the desk, programs get JSON. ``/about``: in two lines what this is, and where to go."""

from html import escape
from typing import Any

from litestar import Request, Response, get
from litestar.response import Redirect
from msgspec import Struct

from ledger.describing import HTML, JSON, AnswerSpec
from ledger.service import Service
from liandan.pages.layout import SENT, page

WHAT_ZH = (
    "联单是危险废物跨省转移的存证账本：移出人、承运人、接受人各用自己的密钥签署每一步，系统按两省（市）会签的“白名单”和批准决定逐条校验，任何人都可以离线核验。",
    "本系统是独立的证据层，不替代国家危险废物信息管理系统。",
)
WHAT_EN = (
    "A ledger of hazardous-waste transfers between provinces: every party signs each step with its own key, every step is checked against the "
    "whitelist both provinces have signed, and anybody can verify it offline.",
    "It is a separate layer of evidence and does not replace the national information system.",
)
PLACES = (
    ("/desk", "工作台：企业、司机、地磅、主管部门、执法", "The desk: firms, drivers, weighbridges, authorities, inspectors"),
    ("/v", "核验一份文件或二维码", "Check a paper or a square code; nothing is sent anywhere"),
    ("/docs/", "文档：企业、承运、接受、主管、审计、运营", "Documentation by role"),
    ("/schema", "接口说明（OpenAPI）", "The interface (OpenAPI)"),
    ("/problems", "错误与提示代码：含义、办法、依据", "Codes: what they mean, what to do, by which rule"),
    ("/v1/log", "本账本：名称、公钥、条目数", "This log: name, keys, size"),
    ("/checkpoint", "最新检查点", "The newest checkpoint"),
)


class Home(Struct, frozen=True, kw_only=True):
    """The home page for programs: which log this is, and the addresses to begin with."""

    origin: str
    places: tuple[str, ...]


ANSWERS = {200: AnswerSpec(str, media_type=HTML, also={JSON: Home}, headers=SENT, description="A page; JSON for programs")}
LED = {
    200: AnswerSpec(Home, media_type=JSON, description="For programs"),
    303: AnswerSpec(None, headers=("Location", "Vary"), description="To the desk"),
}


@get("/", media_type=JSON, tags=["pages"], summary="首页 / home", responses=LED)
async def home(request: Request[Any, Any, Any]) -> Response[Any]:
    """People are led to the desk; programs are told which log this is, and where to begin."""
    service: Service = request.app.state.service
    if JSON in request.headers.get("accept", ""):
        return Response(_told(service), media_type=JSON)
    return Redirect("/desk", status_code=303, headers={"Vary": "Accept"})


@get("/about", media_type=HTML, tags=["pages"], summary="关于 / about", responses=ANSWERS)
async def about(request: Request[Any, Any, Any]) -> Response[Any]:
    """What this is and where to go."""
    service: Service = request.app.state.service
    if JSON in request.headers.get("accept", ""):
        return Response(_told(service), media_type=JSON)
    cards = "".join(
        f'<li><a href="{address}"><strong>{escape(zh)}</strong><span lang="en">{escape(en)}</span></a></li>' for address, zh, en in PLACES
    )
    zh, en = "".join(f"<p>{line}</p>" for line in WHAT_ZH), "".join(f"<p>{line}</p>" for line in WHAT_EN)
    body = f'<h1>联单 <small>{escape(service.origin)}</small></h1><div class="lead">{zh}</div><div lang="en">{en}</div><ul class="cards">{cards}</ul>'
    return page(f"联单 · {service.origin}", body)


def _told(service: Service) -> Home:
    return Home(origin=service.origin, places=tuple(place for place, _, _ in PLACES))
