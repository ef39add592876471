"""What a client is told when something is refused: an RFC 9457 problem with every reason in its language.

The shape and the texts only; which status a code has is the shell's table.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from signing.citation import source_in_chinese
from signing.refusal import Reason, Rule, Word

Language = Literal["zh", "en"]


class ProblemError(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One reason: what is wrong where, what to do about it, by which rule, and who can lift it."""

    code: str
    field: str = ""  # Dotted path into the statement, e.g. ``body.lines.0.code``.
    message: str
    what_to_do: str
    found: str = ""
    expected: str = ""
    rule: str = ""
    source: str = ""
    lift: str = ""


class ChainHead(Struct, frozen=True, kw_only=True):
    """Newest entry of a chain: what the next statement's ``seq`` and ``prev`` follow from."""

    chain: str
    seq: int
    hash: str
    index: int


class Problem(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """RFC 9457 with our extensions; media type ``application/problem+json``."""

    type: str  # ``/problems/<code in kebab case>``: a page in both languages.
    title: str
    status: int
    detail: str
    instance: str  # The request id; name it when you ask the operator.
    code: str
    errors: tuple[ProblemError, ...]
    statement: str = ""  # Statement hash, when the signatures held.
    receipt: str = ""  # The operator's signed refusal (frozen DSSE envelope, base64), when the signatures held.
    head: ChainHead | None = None  # The chain's head, when the statement does not follow it.


def problem_errors(
    reasons: Sequence[Reason], rules: Mapping[str, Rule], language: Language, day: str = "", names: Mapping[str, str] | None = None
) -> tuple[ProblemError, ...]:
    """Reasons with the texts of their causes, or the standing ones; a code must be in ``rules``. ``day`` of the event, if it is known: its
    law is cited (R-73). ``names`` of parties by code, as far as they are known."""
    is_zh = language == "zh"

    def told(reason: Reason, rule: Rule) -> ProblemError:
        message, what_to_do = (rule.zh, rule.do_zh) if is_zh else (rule.en, rule.do_en)
        source = source_in_chinese(rule.source_on(day)) if is_zh else rule.source_on(day)
        where = {"code": reason.code, "field": reason.field, "found": reason.found, "expected": reason.expected}
        return ProblemError(message=message, what_to_do=what_to_do, rule=rule.rule, source=source, lift=rule.lift, **where)

    return tuple(told(reason, rules[reason.code].told(reason.cause, reason.places, names or {})) for reason in reasons)


def make_problem(
    reasons: Sequence[Reason],
    rules: Mapping[str, Rule],
    language: Language,
    *,
    status: int,
    instance: str,
    statement: str = "",
    receipt: str = "",
    head: ChainHead | None = None,
    day: str = "",
    names: Mapping[str, str] | None = None,
) -> Problem:
    """A problem from at least one reason; the first names it. ``day`` of the event that was judged, if there is one."""
    errors = problem_errors(reasons, rules, language, day, names)
    mark = "；" if language == "zh" else " "
    return Problem(
        type=f"/problems/{errors[0].code.lower().replace('_', '-')}",
        title=errors[0].message,
        status=status,
        detail=mark.join(dict.fromkeys(error.what_to_do.rstrip("。") if language == "zh" else error.what_to_do for error in errors)),
        instance=instance,
        code=errors[0].code,
        errors=errors,
        statement=statement,
        receipt=receipt,
        head=head,
    )


class Mark(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A tag or an alert with its text, what to do about it and who does. ``level`` L, M or H stands with alerts only."""

    code: str
    level: str = ""
    message: str
    what_to_do: str = ""
    lift: str = ""


NO_CASE: tuple[str, Mapping[str, Word]] = ("", {})


def mark(
    code: str,
    rules: Mapping[str, Rule],
    language: Language,
    level: str = "",
    case: tuple[str, Mapping[str, Word]] = NO_CASE,
    names: Mapping[str, str] | None = None,
) -> Mark:
    """A tag or alert code with the text of its ``case`` (cause, places) or the standing one; codes without any (none of ours) speak for
    themselves. ``names`` of parties by code, as far as they are known."""
    standing = rules.get(code)
    if standing is None:
        return Mark(code=code, level=level, message=code)
    rule = standing.told(*case, names or {})
    message, what_to_do = (rule.zh, rule.do_zh) if language == "zh" else (rule.en, rule.do_en)
    return Mark(code=code, level=level, message=message, what_to_do=what_to_do, lift=rule.lift)
