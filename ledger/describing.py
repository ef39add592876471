"""What routes of every package say of themselves for ``/schema``, in few words; what holds for all of them the shell adds (liandan.openapi).

A route names the problems of its own (``responses=READ_REFUSALS``), the body it takes (``opt=takes(Form)``), request headers it looks at
(``opt=asks("Prefer")``), and answers in other forms than JSON (``responses={200: AnswerSpec(bytes, media_type=PDF)}``). Statuses that any request
may meet (a malformed query, a token nobody knows, a slow body, too many requests, a fault) are nobody's to repeat.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from litestar.openapi import ResponseSpec
from litestar.params import PathParameter, QueryParameter
from msgspec import Struct

from ledger.answers import BatchEnd, BatchLine, Posted, Waiting
from ledger.posted import DisclosedStatement, StatementEnvelope
from ledger.problem import Problem

JSON, NDJSON, TEXT, HTML, OCTETS = "application/json", "application/x-ndjson", "text/plain", "text/html", "application/octet-stream"
PDF, XLSX, CSV = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv"
PROBLEM_JSON = "application/problem+json"
SIZE_HEADER = "Liandan-Size"
"""Header of answers to reads: how many entries they reflect."""
ANYTHING = "*/*"  # media type of files of many kinds
BINARY = frozenset({OCTETS, PDF, XLSX, ANYTHING})
"""Media types that are bytes, not text: ``format: binary`` in the schema."""


@dataclass
class AnswerSpec(ResponseSpec):
    """An answer of one status, in more than one form where ``also`` names types by media type, with the ``headers`` that it brings beside those of
    every answer (liandan.openapi_words.ANSWERED names them). ``lines`` are the types of lines of an NDJSON stream, together called ``line``.
    """

    generate_examples: bool = False
    also: Mapping[str, type] = dataclasses.field(default_factory=dict)
    headers: tuple[str, ...] = ()
    lines: tuple[type[Struct], ...] = ()
    line: str = ""


@dataclass(frozen=True)
class BodySpec:
    """The body of a request: one of ``forms``, called ``name`` where there are several; for NDJSON one of them a line."""

    forms: tuple[type[Struct], ...]
    name: str
    media_type: str
    said: str


def takes(*forms: type[Struct], name: str = "", said: str = "", media_type: str = JSON, headers: tuple[str, ...] = ()) -> dict[str, Any]:
    """``opt`` of a route whose raw body is read by our own strict parser: the forms it may have, and request headers it looks at."""
    return {"takes": BodySpec(forms, name, media_type, said), "asks": headers}


def asks(*headers: str) -> dict[str, Any]:
    """``opt`` of a route that looks at these request headers (liandan.openapi_words.ASKED)."""
    return {"asks": headers}


def refusals(*statuses: int) -> dict[int, ResponseSpec]:
    """These statuses are problems (RFC 9457). 401 says that a token is needed: an unknown one is turned away everywhere."""
    return {status: AnswerSpec(Problem, media_type=PROBLEM_JSON, description="RFC 9457") for status in statuses}


def file(*media_types: str, headers: tuple[str, ...] = ("Content-Disposition", "Cache-Control"), said: str = "") -> dict[int, ResponseSpec]:
    """A file under 200: bytes of the first media type, or of the others where an address or ``Accept`` asks for them."""
    first, *others = media_types
    return {200: AnswerSpec(bytes, media_type=first, description=said or "The file", also=dict.fromkeys(others, bytes), headers=headers)}


READ_REFUSALS = refusals(401, 403, 404)
"""Of what a token is needed for."""
POST_REFUSALS = refusals(403, 409, 422)
"""Of what admits statements; with a token or without."""


def in_path(pattern: str, said: str, example: str) -> PathParameter:
    """A part of an address. The pattern is published and not enforced: what is not of this form does not exist (404), it is not malformed."""
    return PathParameter(description=said, schema_extra={"pattern": pattern, "examples": [example]})


def in_query(pattern: str, said: str, example: str, name: str | None = None) -> QueryParameter:
    """A query parameter that is of a pattern as a whole (QUERY_FORM otherwise)."""
    return QueryParameter(name=name, pattern=pattern, description=said, schema_extra={"examples": [example]})


USCC_PATTERN, ULID_PATTERN = "^[0-9A-HJ-NPQRTUWXY]{18}$", "^[0-7][0-9A-HJKMNP-TV-Z]{25}$"
_USCC, _ULID = "91510100MA00XX0A0X", "01K6QG5R00MANN0FEST0000001"
Uscc = Annotated[str | None, in_query(USCC_PATTERN, "统一社会信用代码 / unified social credit code (GB 32100)", _USCC)]
Cursor = Annotated[
    str | None, QueryParameter(description="上一页答复的 next / `next` of the page before", schema_extra={"maxLength": 2000})
]
InUscc = Annotated[str, in_path(USCC_PATTERN, "统一社会信用代码 / unified social credit code of a party", _USCC)]
InGenerator = Annotated[str, in_path(USCC_PATTERN, "移出人 / USCC of the generator", _USCC)]
InReporter = Annotated[str, in_path(USCC_PATTERN, "报告单位 / USCC of the reporter", _USCC)]
InUlid = Annotated[str, in_path(ULID_PATTERN, "签发人选定的存证标识 / identity chosen by the issuer (ULID)", _ULID)]
InName = Annotated[
    str,
    in_path(
        "^([0-9]{14}|[0-7][0-9A-HJKMNP-TV-Z]{25})$", "国家联单编号或存证标识 / national number of 14 digits, or ULID", "20265101000123"
    ),
]
InHash = Annotated[str, in_path("^[0-9a-f]{64}$", "声明哈希 / statement hash, 64 hex digits", "7ce6" + "0" * 60)]


TAKES_STATEMENT = takes(
    StatementEnvelope,
    DisclosedStatement,
    name="PostedStatement",
    said="One signed statement, bare or beside what opens its commitments. Read as it comes: strict JSON, no packing.",
    headers=("Prefer", "Liandan-Now"),
)
TAKES_STATEMENTS = takes(
    StatementEnvelope,
    DisclosedStatement,
    name="PostedStatement",
    said="NDJSON: a signed statement a line, in the order in which they are to be admitted.",
    media_type=NDJSON,
    headers=("Prefer", "Liandan-Now"),
)
POST_ANSWERS: dict[int, ResponseSpec] = {
    **POST_REFUSALS,
    200: AnswerSpec(Posted, description="Posted before: the first entry"),
    201: AnswerSpec(Posted, description="Admitted and published, with everything that proves it"),
    202: AnswerSpec(Waiting, description="Admitted, not published yet: post the same again for the receipt"),
}
BATCH_ANSWERS: dict[int, ResponseSpec] = {
    **refusals(403),
    200: AnswerSpec(
        str,
        media_type=NDJSON,
        description="One answer a line, then the one checkpoint of all",
        lines=(BatchLine, BatchEnd),
        line="BatchAnswer",
    ),
}
