"""Refusals as HTTP answers: one table from code to status, RFC 9457 problems in Chinese or English (pages: liandan.pages.problem).

Nothing of a request's body or of an internal error is in an answer beyond what a rule chose to quote; a fault tells its request id only.
"""

import traceback
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, cast

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap, Message, Scope, Send
from msgspec.structs import replace

from ledger.admission.budgets import OverBudget
from ledger.admission.sequencer import Busy
from ledger.batch import NotAdmitted
from ledger.describing import PROBLEM_JSON
from ledger.model import RowDamaged
from ledger.problem import Language, Problem, leading, make_problem
from ledger.routes import AGAIN, NEW, SIGNED
from ledger.store import AWAY, UNKEPT
from liandan.desk.shell.cookies import LANGUAGE, cookie_of
from liandan.wiring import RULES
from signing import b64
from signing.phrase import Phrase, word_in
from signing.refusal import Reason, Refusal

log = structlog.get_logger("liandan.problems")

FORM = (
    "NOT_UTF8 BYTE_ORDER_MARK NOT_JSON NOT_OBJECT DUPLICATE_KEY NOT_INTEGER INTEGER_RANGE TOO_DEEP FORBIDDEN_CHARACTER NULL_VALUE "
    "ENVELOPE_FIELD PAYLOAD_TYPE BASE64 KEYID_FORM KEYID_TWICE SUITE_UNKNOWN KEY_INVALID SIGNATURE_FORM FIELD_UNKNOWN FIELD_MISSING "
    "FIELD_TYPE KIND_UNKNOWN CHAIN_FORM CHAIN_KIND SEQ_FORM PREV_FORM BY_COUNT BY_TWICE USCC AT_FORM SEEN_FORM SIGNATURE_COUNT TILE_FORM "
    "QUERY_FORM CURSOR_FORM CURSOR_OTHER MIN_SIZE BATCH_EMPTY LOGIN_FORM DISCLOSURE_FORM MONTH_FORM DIRECTION_FORM REGISTER_FORM DOSSIER_PERIOD BODY_INCOMPLETE "
    "WEBHOOK_FORM WEBHOOK_URL WEBHOOK_KINDS HTTP_FORM PENDING_FORM COSIGN_TEXT COSIGN_OTHER "
    "EVIDENCE_DIGEST EVIDENCE_MEDIA_TYPE REGISTRATION_FIELD REGISTRATION_SIGNED MAIL_ADDRESS"
)
BY_STATUS = {
    400: FORM,
    401: "KEY_UNKNOWN SIGNATURE_WRONG POSSESSION_WRONG TOKEN_MISSING TOKEN_UNKNOWN LOGIN_ORIGIN LOGIN_TIME LOGIN_NONCE",
    403: "KEY_OTHER_PARTY KEY_NOT_VALID SIGNER_ROLE SIGNER_EXTRA SIGNER_MISSING CHAIN_OWNER DELEGATION_MISSING TOKEN_SCOPE READ_FORBIDDEN "
    "CHECK_FORBIDDEN FOUNDING_ONLY ERASE_FORBIDDEN REPORT_SCOPE REGISTER_SCOPE DOSSIER_SCOPE ATTESTATION_SCOPE KEY_SCOPE PARTY_CLOSED ACCESS_ROLE "
    "PENDING_STRANGER REGISTRATION_DECIDER BOOK_READER CROSS_SITE",
    404: "NOT_FOUND SCOPE_UNKNOWN FORMAT_UNKNOWN MANIFEST_UNKNOWN DOSSIER_UNKNOWN EXCERPT_UNKNOWN PENDING_UNKNOWN EVIDENCE_UNKNOWN EVIDENCE_ABSENT "
    "REGISTRATION_UNKNOWN BOX_UNKNOWN",
    405: "METHOD_NOT_ALLOWED",
    408: "BODY_SLOW HEAD_SLOW",
    409: "PREDECESSOR_MISSING CHAIN_CONFLICT PREV_MISMATCH CHAIN_NOT_OPEN SEEN_MISMATCH LOG_CLOSED BATCH_ROLLED_BACK ERASED_ALREADY "
    "MANIFEST_AMBIGUOUS WEBHOOK_STATE WEBHOOK_TOO_MANY PENDING_TOO_MANY PENDING_STALE PENDING_DECLINED PENDING_COMPLETE PENDING_UNSIGNED "
    "PENDING_WITHDRAWN EVIDENCE_BUDGET REGISTRATION_OVER REGISTRATION_BUSY MAIL_STATE MAIL_TOO_MANY MAIL_OFF "
    "BOOK_MANY BOX_TAKEN BOX_MANY DRAFT_MANY",
    413: "BODY_TOO_LARGE ENVELOPE_TOO_LARGE ENTRY_TOO_LARGE REQUEST_TOO_LARGE TOO_MANY_LINES EVIDENCE_TOO_LARGE",
    415: "BODY_ENCODING",
    416: "EVIDENCE_RANGE",
    431: "HEAD_TOO_LARGE",
    422: "NOT_NFC UNASSIGNED_CHARACTER PERSONAL_DATA NOT_YET SIGNER_CLOSED DISCLOSURE_TWICE DISCLOSURE_UNKNOWN DISCLOSURE_WRONG SALT_SEEN "
    "CHECK_COUNT AS_OF_SIZE AS_OF_LARGE AS_OF_TIME CERT_STATE CERT_SUBJECT TRANSIT_VOID EXCERPT_STATE EXCERPT_SUBJECT ATTESTATION_UNSIGNED "
    "ATTESTATION_FOUND BUNDLE_TOO_LARGE REGISTER_TOO_LARGE DOSSIER_TOO_LARGE WEBHOOK_ADDRESS PARTY_CHAIN_FULL PENDING_OVER TRACE_LARGE "
    "PENDING_DISCLOSURES EVIDENCE_HASH EVIDENCE_SIZE EVIDENCE_TYPE REGISTRATION_NAME REGISTRATION_CONTACT REGISTRATION_LOG "
    "REGISTRATION_TIME MAIL_CODE",
    429: "FAILURES_TOO_MANY REQUESTS_TOO_MANY PAGES_TOO_MANY PARTY_BUDGET WEBHOOK_PINGS REGISTRATIONS_TOO_MANY MAIL_BUDGET",
    500: "INTERNAL INTERNAL_POISON",
    503: "BUSY LOG_FROZEN ISSUER_KEY ISSUER_LAPSED SEARCH_BEHIND NOT_YET_READ ROW_DAMAGED EVIDENCE_STORE REGISTRATIONS_FULL",
}
STATUS = {code: status for status, codes in BY_STATUS.items() for code in codes.split()}
"""What is not here is 422: the statement can be read, and a rule of its act refuses it."""
REFUSED = 422
RETRY_S = {"NOT_YET_READ": 1, "REGISTRATIONS_FULL": 3600, "REGISTRATIONS_TOO_MANY": 3600}
"""Seconds until another try is worth it, where it is not the 5 of the others."""
OF_STATUS = {400: "QUERY_FORM", 401: "TOKEN_UNKNOWN", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "REQUEST_TOO_LARGE"}
"""Codes of what the framework itself turns down."""


def language_of(accept_language: str, query: str, default: Language) -> Language:
    """``?lang=`` first, then the best of ``Accept-Language``, then the installation's own."""
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name == "lang" and value[:2] in ("zh", "en"):
            return "zh" if value[:2] == "zh" else "en"
    best, language = 0.0, default
    for item in accept_language.split(","):
        tag, _, weight = "".join(item.split()).partition(";q=")
        primary = tag.strip().lower()[:2]
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if primary in ("zh", "en") and quality > best:
            best, language = quality, "zh" if primary == "zh" else "en"
    return language


def scope_language(scope: Scope, default: Language) -> Language:
    """The language of a request; what somebody chose at the desk's foot goes before what the browser prefers."""
    chosen = cookie_of(scope, LANGUAGE)
    if chosen in ("zh", "en") and b"lang=" not in scope["query_string"]:
        return "zh" if chosen == "zh" else "en"
    accepted = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-language"), "")
    return language_of(accepted, scope["query_string"].decode("latin-1"), default)


class Problems:
    """Makes problems for one installation: its default language, and whether its log is frozen."""

    def __init__(self, default: Language, frozen: Callable[[], str | None]) -> None:
        self._default, self._frozen = default, frozen
        self.wants_page: Callable[[Scope], bool] = lambda scope: False
        self.page: Callable[[Scope, Problem, Language], tuple[bytes, dict[str, str]]] | None = None
        """How the desk shows a problem to people; set by the application."""

    def of(self, scope: Scope, error: Exception) -> Problem:
        """The problem of anything that can be raised behind a route."""
        language, instance = scope_language(scope, self._default), str(scope.get("liandan_request_id", ""))
        reasons, more = self._reasons(error), dict[str, Any]()
        if isinstance(error, NotAdmitted):
            if error.statement:  # no failure of the address; a new one spends nothing of it (liandan.access)
                cast("dict[str, Any]", scope)[SIGNED] = NEW if error.is_new else AGAIN
            receipt = "" if error.receipt is None else b64.encode(error.receipt)
            more = {"statement": error.statement or "", "receipt": receipt, "head": error.head}
            if error.remedy is not None:
                prepared, when = error.remedy
                more["remedy"] = replace(prepared, message=word_in(when, language))
            more |= {"day": error.refusal.day, "names": error.refusal.names, "labels": error.refusal.labels}
        return make_problem(reasons, RULES, language, status=STATUS.get(leading(reasons, RULES).code, REFUSED), instance=instance, **more)

    def _reasons(self, error: Exception) -> tuple[Reason, ...]:
        if isinstance(error, Refusal | NotAdmitted):
            return error.reasons if isinstance(error, Refusal) else error.refusal.reasons
        if isinstance(error, Busy):
            frozen = self._frozen()
            return (Reason("BUSY", found=error.why),) if frozen is None else (Reason("LOG_FROZEN", found=frozen[:200]),)
        if isinstance(error, RowDamaged):
            return (Reason("ROW_DAMAGED", found=error.key),)
        if isinstance(error, UNKEPT):
            return (
                Reason("FORBIDDEN_CHARACTER", found="U+0000", expected=Phrase("不含控制字符的文本", "text without control characters")),
            )
        if isinstance(error, AWAY):
            return (Reason("BUSY", found=Phrase("数据库暂时无法连接", "the database is away")),)
        if isinstance(error, HTTPException) and error.status_code in OF_STATUS:
            code = OF_STATUS[error.status_code]
            return tuple(_query_reasons(error)) if code == "QUERY_FORM" else (Reason(code),)
        return (Reason("INTERNAL"),)

    def answer(self, request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        """The exception handler of the application."""
        problem = self._told(request.scope, error)
        if (shown := self._shown(request.scope, problem)) is not None:
            body, headers = shown
            headers = {**problem_headers(problem, error), **headers}
            return Response(body, status_code=problem.status, media_type=headers.pop("Content-Type"), headers=headers)
        return Response(problem, status_code=problem.status, media_type=PROBLEM_JSON, headers=problem_headers(problem, error))

    async def send(self, scope: Scope, error: Exception, send: Send) -> None:
        """The same answer without the framework."""
        problem = self._told(scope, error)
        if (shown := self._shown(scope, problem)) is not None:
            body, headers = shown
            await send_answer(send, problem.status, {**problem_headers(problem, error), **headers}, body)
            return
        headers = {"content-type": PROBLEM_JSON, **problem_headers(problem, error)}
        await send_answer(send, problem.status, headers, msgspec.json.encode(problem))

    def _shown(self, scope: Scope, problem: Problem) -> tuple[bytes, dict[str, str]] | None:
        """The problem as a page, where people ask for one."""
        if self.page is None or not self.wants_page(scope):
            return None
        return self.page(scope, problem, scope_language(scope, self._default))

    def _told(self, scope: Scope, error: Exception) -> Problem:
        """The problem; of a fault the log tells where it was."""
        problem = self.of(scope, error)
        if problem.code == "INTERNAL":
            # Frames only: messages and locals may hold what somebody posted.
            trace = "".join(traceback.format_tb(error.__traceback__))
            log.error("fault", request=problem.instance, error=type(error).__name__, trace=trace)
        return problem

    def handlers(self) -> ExceptionHandlersMap:
        """For Litestar: everything ends here."""
        return {HTTPException: self.answer, Exception: self.answer}


async def send_answer(send: Send, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """A whole answer, with its length."""
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    raw.append((b"content-length", b"%d" % len(body)))
    await send(cast("Message", {"type": "http.response.start", "status": status, "headers": raw}))
    await send(cast("Message", {"type": "http.response.body", "body": body, "more_body": False}))


def problem_headers(problem: Problem, error: Exception | None = None) -> dict[str, str]:
    """Headers that belong to a status."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="liandan"'
    if problem.status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        headers["Retry-After"] = str(_retry_s(error, problem.code))
    if isinstance(error, HTTPException) and (allowed := _allowed(error)):
        headers["Allow"] = allowed
    return headers


def _retry_s(error: Exception | None, code: str) -> int:
    """Seconds until another try is worth it."""
    told = error.refusal if isinstance(error, NotAdmitted) else error
    return told.retry_after_s if isinstance(told, Busy | OverBudget) else RETRY_S.get(code, 5)


def _allowed(error: HTTPException) -> str:
    """Methods of a 405, HEAD among them: the access layer answers it wherever there is a GET."""
    given = next((value for name, value in (error.headers or {}).items() if name.lower() == "allow"), "")
    methods = {method.strip() for method in given.split(",") if method.strip()}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


def _query_reasons(error: HTTPException) -> list[Reason]:
    """The framework's validation messages name the parameter; its text with the whole address is not passed on."""
    extra = error.extra if isinstance(error.extra, list) else []
    found = [Reason("QUERY_FORM", str(e.get("key", "")), expected=str(e.get("message", ""))[:200]) for e in extra if isinstance(e, dict)]
    return found or [Reason("QUERY_FORM")]
