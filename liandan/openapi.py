"""``/schema`` whole: what routes declare (ledger.describing), and what holds for every one of them, said once.

The framework writes paths, parameters and the shape of answers. Added here: named components with our own descriptions and limits, the
problems that any request may meet, headers in both directions, bodies that are bytes or lines, examples, who uses which part.
The document is made when it is first asked for, and kept by the framework.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from http import HTTPStatus
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import Components, OpenAPI, SecurityScheme, Tag
from litestar.params import ParameterKwarg
from litestar.routes import BaseRoute, HTTPRoute
from litestar.types import Method
from msgspec import Struct

from ledger.describing import BINARY, NDJSON, PROBLEM_JSON, SIZE_HEADER, TEXT, AnswerSpec, BodySpec
from ledger.problem import Problem
from liandan.act_components import with_acts

Json = dict[str, Any]
REF = "#/components/schemas/{name}"
EVERYWHERE = (400, 401, 408, 415, 429, 431, 500, 503)
"""Problems that any request may meet, whatever it asks for: at the door (liandan.access, liandan.connection) or from a fault."""
WITH_BODY = (413,)
IN_PLAIN = {400, 408, 431}
"""Answered in plain text while the head of a request has not come whole: no route is known yet, nor a language."""

DESCRIPTION = """危险废物跨省转移的可验证账本 / A verifiable ledger of hazardous-waste transfers between provinces.

Errors are problems (RFC 9457, `application/problem+json`) with a stable `code`; `/problems/{code}` says what it means and what to do.
Language: `?lang=zh|en`, else `Accept-Language`. Every GET answers HEAD. A query parameter that is not listed, or given twice, is refused.
Times are `YYYY-MM-DDThh:mm:ss+08:00`, days Asia/Shanghai, masses tonnes as text with six decimals; they stay text: do not make dates or
numbers of them before signing. The bytes of evidence: docs/formats/.
"""
TAGS = {
    "statements": "提交声明 / Posting signed statements, one or many",
    "tokens": "登录 / A signed challenge becomes a token",
    "log": "账本 / What the log is and holds: checkpoints, proofs, tiles, feed, parties, chains",
    "whitelist": "试算、许可证、白名单、批准、额度 / Dry runs, permits, lists, approvals, quotas",
    "manifests": "联单 / Manifests: search, state, next acts, history",
    "reports": "证明与对账 / Papers and monthly statements",
    "personal data": "个人信息 / What stands behind commitments, and erasing it",
    "verification": "核验页 / The page that verifies papers, for everybody",
    "schemas": "格式 / JSON Schemas of statements, bodies, entries and receipts",
    "problems": "错误代码 / What a code means",
    "operations": "运维 / Health and counters, for operators",
}
USERS = {
    "移出单位 enterprise": ["statements", "tokens", "whitelist", "manifests", "reports", "log", "personal data", "schemas", "problems"],
    "承运人 carrier": ["statements", "tokens", "manifests", "log", "schemas", "problems"],
    "接受单位 receiver": ["statements", "tokens", "whitelist", "manifests", "reports", "log", "personal data", "schemas", "problems"],
    "主管部门 authority": ["statements", "tokens", "whitelist", "manifests", "reports", "log", "personal data", "schemas", "problems"],
    "监管与公众 regulator": ["verification", "reports", "log", "manifests", "schemas", "problems"],
    "运营方 operator": ["operations", "statements", "log", "personal data", "schemas", "problems"],
}
"""One tag an operation, so that a generated client has it once; who needs which tags stands beside them."""
ASKED = {
    "Prefer": (
        "等待发布（读取时为等待 min_size）的秒数，至多 30 / `wait=N`: seconds to wait for publication, of a read for `min_size`, or `respond-async` (RFC 7240)",
        "wait=10",
    ),
    "Liandan-Now": ("仅限模拟账本 / the present of a simulated log; a real one ignores it", "2026-10-01T09:00:00+08:00"),
    "If-None-Match": ("上次的 ETag / the ETag of the copy at hand", '"2c26b46b68ffc68ff99b453c1d304134"'),
}
"""Request headers by name: what they ask for, an example."""
ANSWERED = {
    "X-Request-Id": "请求编号，请告知运营方 / name of this request; tell it to the operator",
    "Liandan-Size": "所反映的条目数 / number of entries that the answer reflects",
    "Retry-After": "秒后再试 / seconds to wait before the same is sent again",
    "WWW-Authenticate": "Bearer",
    "Cache-Control": "RFC 9111",
    "Vary": "RFC 9110",
    "ETag": "版本 / version of the content",
    "Location": "地址 / where it is",
    "Allow": "可用方法 / methods that are right here",
    "Content-Disposition": "文件名 / name of the file",
    "Content-Encoding": "gzip 或没有 / gzip, or absent",
    "Content-Security-Policy": "W3C CSP",
    "Access-Control-Allow-Origin": "*",
    "Permissions-Policy": "W3C",
    "Referrer-Policy": "W3C",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of answers by name."""
OF_PROBLEMS = ("Cache-Control", "Vary")
OF_STATUS = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}


class InterfaceDocument(OpenAPI):
    """The framework's document, completed when it is written out."""

    routes: Callable[[], Sequence[BaseRoute]]
    by_status: Mapping[int, str]

    def to_schema(self) -> Json:
        """The whole document."""
        return complete(super().to_schema(), self.routes(), self.by_status)


@dataclass
class Interface(OpenAPIConfig):
    """Configuration of the framework whose document is completed. ``routes`` are asked for late: they stand once the application stands."""

    title: str = "联单 liandan"
    version: str = "1"
    routes: Callable[[], Sequence[BaseRoute]] = tuple
    by_status: Mapping[int, str] = field(default_factory=dict)
    """Codes of problems by status, for the descriptions."""

    def to_openapi_schema(self) -> OpenAPI:
        """The document before its paths are in it."""
        plain = super().to_openapi_schema()
        document = InterfaceDocument(**{one.name: getattr(plain, one.name) for one in fields(plain)})
        document.routes, document.by_status = self.routes, self.by_status
        return document


def interface(
    routes: Callable[[], Sequence[BaseRoute]], by_status: Mapping[int, str], plugins: Sequence[OpenAPIRenderPlugin] = ()
) -> Interface:
    """Our configuration: JSON and YAML, and what other ``plugins`` show; nothing that is loaded from elsewhere."""
    return Interface(
        description=DESCRIPTION,
        path="/schema",
        routes=routes,
        by_status=by_status,
        render_plugins=[*plugins, JsonRenderPlugin(path=["/openapi.json"] if plugins else ["/", "/openapi.json"]), YamlRenderPlugin()],
        components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer", description="POST /v1/tokens")}),
        security=[{}, {"token": []}],
        tags=[Tag(name=name, description=said) for name, said in TAGS.items()],
        use_handler_docstrings=True,
        operation_id_creator=operation_id,
    )


def operation_id(handler: HTTPRouteHandler, method: Method, parts: list[Any]) -> str:
    """The name that generated clients call it by: the handler's, ``get_feed`` as ``getFeed``; a second address of it by its first word."""
    first, *rest = handler.handler_name.split("_")
    name = first + "".join(word.capitalize() for word in rest)
    if len(handler.paths) > 1 and f"/{parts[0]}" != sorted(handler.paths)[0]:
        name += "".join(word.capitalize() for word in re.findall("[a-z0-9]+", str(parts[0])))
    return name


def complete(document: Json, routes: Iterable[BaseRoute], by_status: Mapping[int, str]) -> Json:
    """The document with everything that this page promises; changed in place and given back."""
    types: set[type[Struct]] = {Problem}
    for route in routes:
        if not isinstance(route, HTTPRoute):
            continue
        for method, (handler, _) in route.route_handler_map.items():
            operation = document["paths"].get(route.path_format or "/", {}).get(method.lower())
            if operation is not None:
                types |= _structs(handler)
                _describe(operation, handler)
    _, schemas = msgspec.json.schema_components(sorted(types, key=lambda one: one.__name__), ref_template=REF)
    components = document.setdefault("components", {})
    components["schemas"] = with_acts({name: plain(schema) for name, schema in schemas.items()}, plain)
    components["responses"] = {f"Problem{status}": _problem(status, by_status.get(status, "")) for status in HTTPStatus if status >= 400}
    components["headers"] = {name: _header(said, name) for name, said in ANSWERED.items()}
    components["parameters"] = {name: _asked(name, *told) for name, told in ASKED.items()} | {"lang": _LANG}
    _prune(document)
    document["x-tagGroups"] = [{"name": name, "tags": tags} for name, tags in USERS.items()]
    return document


_LANG = {
    "name": "lang",
    "in": "query",
    "description": "语言 / language of texts",
    "schema": {"type": "string", "enum": ["zh", "en"], "examples": ["zh"]},
}


def _structs(handler: HTTPRouteHandler) -> set[type[Struct]]:
    """Every type of ours that a handler takes or answers with."""
    returned = handler.parsed_fn_signature.return_type
    found = [returned.annotation, *(inner.annotation for inner in returned.inner_types)]
    for answer in (handler.responses or {}).values():
        found.append(answer.data_container)
        if isinstance(answer, AnswerSpec):
            found += [*answer.also.values(), *answer.lines]
    taken: BodySpec | None = handler.opt.get("takes")
    found += () if taken is None else taken.forms
    return {one for one in found if isinstance(one, type) and issubclass(one, Struct)}


def _parameters(handler: HTTPRouteHandler) -> list[tuple[str, ParameterKwarg]]:
    """What a handler takes from the address. The framework forgets a least value of 0."""
    found = [(name, one.kwarg_definition) for name, one in handler.parsed_fn_signature.parameters.items()]
    return [(name, definition) for name, definition in found if isinstance(definition, ParameterKwarg)]


def _describe(operation: Json, handler: HTTPRouteHandler) -> None:
    """One operation: its problems, headers, body and forms of answers."""
    declared = handler.responses or {}
    taken: BodySpec | None = handler.opt.get("takes")
    answers: Json = operation["responses"]
    reads = "caller" in handler.parsed_fn_signature.parameters  # with it come ``min_size`` and the wait for it (ledger.routes.read_by)
    says_size = "size" in getattr(handler.parsed_fn_signature.return_type.annotation, "__struct_fields__", ())
    for status, answer in answers.items():
        _answer(answer, declared.get(int(status)), (SIZE_HEADER,) if reads or says_size else ())
    problems = {
        *EVERYWHERE,
        *(WITH_BODY if taken else ()),
        *(status for status, told in declared.items() if told.data_container is Problem),
    }
    own = {status for status, told in declared.items() if told.data_container is not Problem}
    answers |= {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in problems - own}
    operation["responses"] = dict(sorted(answers.items()))
    if 401 in declared and "security" not in operation:
        operation["security"] = [{"token": []}]
    given = operation.setdefault("parameters", [])
    least = {definition.name or name: definition.ge for name, definition in _parameters(handler) if definition.ge is not None}
    least |= {"min_size": 0} if reads else {}
    for one in given:
        one["schema"] = _value(one["schema"]) | ({"minimum": least[one["name"]]} if one["name"] in least else {})
    asks = dict.fromkeys((*handler.opt.get("asks", ()), *(("Prefer",) if reads else ())))
    asked = [name for name in asks if not any(one["name"] == name for one in given)]
    if not any(one["name"] == "lang" for one in given):
        asked.append("lang")
    given += [{"$ref": f"#/components/parameters/{name}"} for name in asked]
    if taken is not None:
        operation["requestBody"] = {"required": True, "description": taken.said, "content": {taken.media_type: _body(taken)}}
    if operation.get("description"):
        first = re.split(r"(?<=[.;:])\s", " ".join(operation["description"].split()))[0].rstrip(".;:")
        operation["summary"] = handler.summary or first


def _value(schema: Json) -> Json:
    """The schema of a parameter: in an address there is no null, what is not asked for is left out."""
    choices = [one for one in schema.pop("oneOf", []) if one != {"type": "null"}]
    found: Json = plain({**(choices[0] if choices else {}), **schema})
    return found


def _answer(answer: Json, told: Any, more: Sequence[str]) -> None:
    """One answer that is no problem: all its forms, with the headers it brings."""
    headers = ["X-Request-Id", *more, *(told.headers if isinstance(told, AnswerSpec) else ())]
    answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    if told is None or told.data_container is None:
        return
    forms: dict[str, Any] = {told.media_type: told.data_container, **(told.also if isinstance(told, AnswerSpec) else {})}
    answer["content"] = {media_type: {"schema": _form(media_type, of)} for media_type, of in forms.items()}
    if isinstance(told, AnswerSpec) and told.lines:
        answer["content"][NDJSON] |= _lines(told.lines)


def _form(media_type: str, of: type) -> Json:
    """The schema of a body: a named component, or what it is at all."""
    if issubclass(of, Struct):
        return {"$ref": REF.format(name=of.__name__)}
    if media_type in BINARY:
        return {"type": "string", "format": "binary"}
    return {"type": "object", "additionalProperties": True} if media_type.endswith("json") and media_type != NDJSON else {"type": "string"}


def _one_of(forms: Sequence[type[Struct]]) -> Json:
    refs = [{"$ref": REF.format(name=one.__name__)} for one in forms]
    return refs[0] if len(refs) == 1 else {"oneOf": refs}


def _lines(forms: Sequence[type[Struct]]) -> Json:
    """OpenAPI 3.1 has no word for a line of a stream; 3.2 calls it ``itemSchema``. The forms of a line are components either way."""
    said = " | ".join(one.__name__ for one in forms)
    return {"schema": {"type": "string", "description": f"A line: {said}"}, "x-itemSchema": _one_of(forms)}


def _body(taken: BodySpec) -> Json:
    return _lines(taken.forms) if taken.media_type == NDJSON else {"schema": _one_of(taken.forms)}


def _problem(status: int, codes: str) -> Json:
    """The problems of one status."""
    said = HTTPStatus(status).phrase + (f": {' · '.join(codes.split())}" if codes else ". See /problems/{code}")
    content: Json = {} if status == 431 else {PROBLEM_JSON: {"schema": {"$ref": REF.format(name="Problem")}}}
    if status in IN_PLAIN:
        content[TEXT] = {"schema": {"type": "string"}}
    names = ("X-Request-Id", *OF_PROBLEMS, *OF_STATUS.get(status, ())) if status != 431 else ()
    return {"description": said, "content": content, "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names}}


def _header(said: str, name: str) -> Json:
    return {
        "description": said,
        "schema": {"type": "integer", "minimum": 0} if name in ("Retry-After", SIZE_HEADER) else {"type": "string"},
    }


def _asked(name: str, said: str, example: str) -> Json:
    return {"name": name, "in": "header", "description": said, "schema": {"type": "string"}, "example": example}


def plain(schema: Any, *, optional: bool = False) -> Any:  # any part of a schema
    """A schema that generators of clients read as it is meant. Optional fields are absent, never null; what may be null says it in its type;
    whole numbers have 64 bits; no ``date`` or ``date-time``: a client that makes a moment of a text sends other text back, and signs it.
    """
    if isinstance(schema, list):
        return [plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    required = set(schema.get("required", ()))
    found = {
        key: {name: plain(part, optional=name not in required) for name, part in value.items()} if key == "properties" else plain(value)
        for key, value in schema.items()
        if not (key == "format" and value in ("date", "date-time"))
    }
    if "anyOf" in found:
        found = _choice(found, optional=optional)
    if "type" not in found and all(isinstance(value, str) for value in found.get("enum", [None])):
        found["type"] = "string"
    if found.get("type") == "integer":
        found.setdefault("format", "int64")
    return found


def _choice(schema: Json, *, optional: bool) -> Json:
    """``anyOf`` by what it is: a thing or nothing, or several simple types."""
    choices: list[Json] = schema.pop("anyOf")
    some = [one for one in choices if one != {"type": "null"}]
    is_nullable = len(some) < len(choices) and not (optional and schema.pop("default", "") is None)
    if len(some) > 1:
        return schema | {"type": [one["type"] for one in some] + ["null"] * is_nullable}
    [one] = some
    if not is_nullable:
        return schema | one
    if "$ref" in one:
        return schema | {"oneOf": [one, {"type": "null"}]}
    if "enum" in one:
        return schema | one | {"enum": [*one["enum"], None], "type": ["string", "null"]}
    return schema | one | {"type": [one["type"], "null"]}


def _prune(document: Json) -> None:
    """Leave out responses, headers and parameters that nothing refers to."""
    for kind in ("responses", "headers", "parameters"):
        text = msgspec.json.encode(document).decode()
        parts = document["components"][kind]
        document["components"][kind] = {name: part for name, part in parts.items() if f'"#/components/{kind}/{name}"' in text}
