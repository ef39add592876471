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

from ledger.describing import BINARY, NDJSON, PROBLEM_JSON, SIZE_HEADER, AnswerSpec, BodySpec
from ledger.problem import Problem
from liandan.act_components import with_acts
from liandan.openapi_words import ANSWERED, ASKED, DESCRIPTION, TAGS, USERS
from liandan.plain_schema import plain

Json = dict[str, Any]
REF = "#/components/schemas/{name}"
EVERYWHERE = (400, 401, 408, 415, 429, 431, 500, 503)
"""Problems that any request may meet, whatever it asks for: at the door (liandan.access, liandan.connection) or from a fault."""
WITH_BODY = (413,)

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
    choices: Json = {}
    for route in routes:
        if not isinstance(route, HTTPRoute):
            continue
        for method, (handler, _) in route.route_handler_map.items():
            operation = document["paths"].get(route.path_format or "/", {}).get(method.lower())
            if operation is not None:
                types |= _structs(handler)
                choices |= _choices(handler)
                _describe(operation, handler)
    _, schemas = msgspec.json.schema_components(sorted(types, key=lambda one: one.__name__), ref_template=REF)
    components = document.setdefault("components", {})
    components["schemas"] = with_acts({name: plain(schema) for name, schema in {**schemas, **choices}.items()}, plain)
    components["responses"] = {f"Problem{status}": _problem(status, by_status.get(status, "")) for status in HTTPStatus if status >= 400}
    components["headers"] = {name: _header(said, name) for name, said in ANSWERED.items()}
    components["parameters"] = {name: _asked(name, *told) for name, told in ASKED.items()} | {"lang": _LANG}
    for path, item in document["paths"].items():
        # Not among the forms of the search itself: a typed client would get "an answer or a text" from each.
        if f"{path}.csv" in document["paths"]:
            item["get"]["description"] += f"\n\nAs a file: `{path}.csv`, `{path}.xlsx`, or by `Accept: text/csv` and the like."
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
        *((404,) if any(one.get("in") == "path" for one in operation.get("parameters", ())) else ()),
        *(status for status, told in declared.items() if told.data_container is Problem),
    }
    own = {status for status, told in declared.items() if told.data_container is not Problem}
    answers |= {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in problems - own}
    for status in problems & own:  # an answer of its own where there is one, and the door's where it does not come to that
        answers[str(status)].setdefault("content", {})[PROBLEM_JSON] = {"schema": {"$ref": REF.format(name="Problem")}}
        told = {*OF_PROBLEMS, *OF_STATUS.get(status, ())}
        answers[str(status)]["headers"] |= {name: {"$ref": f"#/components/headers/{name}"} for name in sorted(told)}
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
    return found | ({"default": schema["default"]} if schema.get("default") not in (None, "") else {})


def _answer(answer: Json, told: Any, more: Sequence[str]) -> None:
    """One answer that is no problem: all its forms, with the headers it brings."""
    headers = ["X-Request-Id", *more, *(told.headers if isinstance(told, AnswerSpec) else ())]
    answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    if told is None or told.data_container is None:
        return
    forms: dict[str, Any] = {told.media_type: told.data_container, **(told.also if isinstance(told, AnswerSpec) else {})}
    answer["content"] = {media_type: {"schema": _form(media_type, of)} for media_type, of in forms.items()}
    if isinstance(told, AnswerSpec) and told.lines:
        answer["content"][NDJSON] |= _lines(told.lines, told.line)


def _form(media_type: str, of: type) -> Json:
    """The schema of a body: a named component, or what it is at all."""
    if issubclass(of, Struct):
        return {"$ref": REF.format(name=of.__name__)}
    if media_type in BINARY:
        return {"type": "string", "format": "binary"}
    return {"type": "object", "additionalProperties": True} if media_type.endswith("json") and media_type != NDJSON else {"type": "string"}


def _forms(forms: Sequence[type[Struct]], name: str) -> Json:
    """A reference to the one form, or to the component that names the choice between several."""
    return {"$ref": REF.format(name=name if len(forms) > 1 else forms[0].__name__)}


def _lines(forms: Sequence[type[Struct]], name: str) -> Json:
    """OpenAPI 3.1 has no word for a line of a stream; 3.2 calls it ``itemSchema``. The forms of a line are components either way."""
    said = " | ".join(one.__name__ for one in forms)
    return {"schema": {"type": "string", "description": f"Each line: {said}"}, "x-itemSchema": _forms(forms, name)}


def _body(taken: BodySpec) -> Json:
    if not taken.forms:
        return {"schema": {"type": "string", "format": "binary"}}
    return _lines(taken.forms, taken.name) if taken.media_type == NDJSON else {"schema": _forms(taken.forms, taken.name)}


def _choices(handler: HTTPRouteHandler) -> Json:
    """Components that name a choice between forms, of what a handler takes and of its lines."""
    told = [(one.line, one.lines) for one in (handler.responses or {}).values() if isinstance(one, AnswerSpec)]
    taken: BodySpec | None = handler.opt.get("takes")
    told += [] if taken is None else [(taken.name, taken.forms)]
    refs = {name: [{"$ref": REF.format(name=one.__name__)} for one in forms] for name, forms in told if len(forms) > 1}
    return {name: {"title": name, "description": "One of these forms", "oneOf": forms} for name, forms in refs.items()}


def _problem(status: int, codes: str) -> Json:
    """The problems of one status."""
    said = HTTPStatus(status).phrase + (f": {' · '.join(codes.split())}" if codes else ". See /problems/{code}")
    content = {PROBLEM_JSON: {"schema": {"$ref": REF.format(name="Problem")}}}
    names = ("X-Request-Id", *(OF_PROBLEMS if status != 431 else ()), *OF_STATUS.get(status, ()))
    return {"description": said, "content": content, "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names}}


def _header(said: str, name: str) -> Json:
    return {
        "description": said,
        "schema": {"type": "integer", "minimum": 0} if name in ("Retry-After", SIZE_HEADER) else {"type": "string"},
    }


def _asked(name: str, said: str, example: str) -> Json:
    return {"name": name, "in": "header", "description": said, "schema": {"type": "string"}, "example": example}


def _prune(document: Json) -> None:
    """Leave out responses, headers and parameters that nothing refers to."""
    for kind in ("responses", "headers", "parameters"):
        text = msgspec.json.encode(document).decode()
        parts = document["components"][kind]
        document["components"][kind] = {name: part for name, part in parts.items() if f'"#/components/{kind}/{name}"' in text}
