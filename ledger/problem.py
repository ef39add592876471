"""What a client is told when something is refused: an RFC 9457 problem with every reason in its language.

The shape and the texts only; which status a code has is the shell's table.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ledger.lookalikes import are_alike, difference_of
from signing.citation import source_in_chinese
from signing.labelled import NO_LABELS, Labels, field_name
from signing.phrase import Language, Word, word_in
from signing.refusal import LIFTS_EN, LIFTS_ZH, Lift, Reason, Rule

__all__ = [
    "ChainHead",
    "Language",
    "Mark",
    "Problem",
    "ProblemError",
    "Remedy",
    "cause_of",
    "leading",
    "make_problem",
    "mark",
    "problem_errors",
]


class ProblemError(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One reason: what is wrong where, what to do about it, by which rule, and who can lift it."""

    code: str
    field: str = ""  # Dotted path into the statement, e.g. ``body.lines.0.code``.
    label: str = ""  # What that field is called, e.g. ``第 1 行“废物代码”``.
    message: str
    what_to_do: str
    found: str = ""
    expected: str = ""
    near: str = ""  # The text that would be right, where what was found shows which one was meant.
    follows: str = ""  # Code of another error at the same place, of which this one is a mere consequence: correct that one first.
    rule: str = ""
    source: str = ""
    lift: str = ""
    lifted_by: str = ""  # Who that is, in words.


class ChainHead(Struct, frozen=True, kw_only=True):
    """Newest entry of a chain: what the next statement's ``seq`` and ``prev`` follow from."""

    chain: str
    seq: int
    hash: str
    index: int


class Remedy(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What may be brought in the place of a statement that the log can take no more: the first one of a chain, to be looked at, completed and
    signed by one of ``by``. Whoever makes it decides; nothing is entered by itself."""

    kind: str
    chain: str
    by: tuple[str, ...]  # Who may sign it.
    body: dict[str, Any]  # Complete but for what is empty.
    message: str = ""  # When it is right to bring it.


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
    remedy: Remedy | None = None  # What to bring in its place, where what it says has happened all the same.


def problem_errors(
    reasons: Sequence[Reason],
    rules: Mapping[str, Rule],
    language: Language,
    day: str = "",
    names: Mapping[str, Word] | None = None,
    labels: Labels = NO_LABELS,
) -> tuple[ProblemError, ...]:
    """Reasons with the texts of their causes, or the standing ones, in their order, mere consequences of others last; a code must be in
    ``rules``. ``day`` of the event, if it is known: its law is cited (R-73). ``names`` of parties by code, as far as they are known; ``labels`` of the fields of the act."""
    is_zh = language == "zh"

    def told(reason: Reason) -> ProblemError:
        rule = rules[reason.code].told(reason.cause, reason.places, names or {}, labels, (language,))
        cause = cause_of(reason, reasons, rules)
        message, what_to_do = (rule.zh, rule.do_zh) if is_zh else (rule.en, rule.do_en)
        if cause is not None:
            what_to_do = (
                f"先按 {cause.code} 一条改正；本条多半随之消失，仍有不符的会另行指出。"
                if is_zh
                else f"Correct {cause.code} first; most likely this goes with it; what is still wrong then is told anew."
            )
        lifted = reason if cause is None else cause
        lift = lifted.lift or (rule if cause is None else rules[cause.code].causes.get(cause.cause, rules[cause.code])).lift
        reason = _looked_at(reason)
        return ProblemError(
            code=reason.code,
            field=reason.field,
            label=field_name(reason.field, language, labels) if labels else "",
            message=message,
            what_to_do=what_to_do,
            found=word_in(reason.found, language),
            expected=word_in(reason.expected, language),
            near=reason.near,
            follows="" if cause is None else cause.code,
            rule=rule.rule,
            source=source_in_chinese(rule.source_on(day)) if is_zh else rule.source_on(day),
            lift=lift,
            lifted_by=lifted_by(lift, language),
        )

    return tuple(sorted(map(told, reasons), key=lambda error: bool(error.follows)))


def cause_of(reason: Reason, reasons: Sequence[Reason], rules: Mapping[str, Rule]) -> Reason | None:
    """The reason that one is a mere consequence of, itself no consequence; ``None`` if it stands by itself."""
    seen, cause = [reason], _cause_of(reason, reasons, rules)
    while cause is not None and cause not in seen and (further := _cause_of(cause, reasons, rules)) is not None:
        seen.append(cause)
        cause = further
    return cause if cause is not reason else None


def _cause_of(reason: Reason, reasons: Sequence[Reason], rules: Mapping[str, Rule]) -> Reason | None:
    follows = () if (rule := rules.get(reason.code)) is None else rule.follows
    if not follows:
        return None
    return next(
        (
            other
            for other in reasons
            if other.code != reason.code
            and (
                (other.code in follows and _meet(other.field, reason.field))
                or (f"{other.code}=" in follows and other.field == reason.field)
            )
        ),
        None,
    )


def leading(reasons: Sequence[Reason], rules: Mapping[str, Rule]) -> Reason:
    """The first reason that is no consequence of another: what a problem is called after."""
    return next((reason for reason in reasons if cause_of(reason, reasons, rules) is None), reasons[0])


def _meet(one: str, other: str) -> bool:
    """Whether two fields are of one place: not of two different items of one list."""
    for a, b in zip(one.split("."), other.split("."), strict=False):
        if a != b:
            return not (a.isdigit() and b.isdigit())
    return True


def _looked_at(reason: Reason) -> Reason:
    """A reason whose two texts look the same, told by the characters that differ."""
    found, expected = reason.found, reason.expected
    if isinstance(found, str) and isinstance(expected, str) and are_alike(found, expected):
        return replace(reason, found=difference_of(found, expected), near=expected)
    return reason


def lifted_by(lift: Lift, language: Language) -> str:
    """Who can lift a reason, in words."""
    return (LIFTS_ZH if language == "zh" else LIFTS_EN)[lift]


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
    remedy: Remedy | None = None,
    day: str = "",
    names: Mapping[str, Word] | None = None,
    labels: Labels = NO_LABELS,
) -> Problem:
    """A problem from at least one reason; the first names it. What only follows from another reason is not what to do. ``day`` of the event
    that was judged, if there is one."""
    errors = problem_errors(reasons, rules, language, day, names, labels)
    mark = "；" if language == "zh" else " "
    to_do = [error.what_to_do for error in errors if not error.follows] or [error.what_to_do for error in errors]
    return Problem(
        type=f"/problems/{errors[0].code.lower().replace('_', '-')}",
        title=errors[0].message,
        status=status,
        detail=mark.join(dict.fromkeys(text.rstrip("。") if language == "zh" else text for text in to_do)),
        instance=instance,
        code=errors[0].code,
        errors=errors,
        statement=statement,
        receipt=receipt,
        head=head,
        remedy=remedy,
    )


class Mark(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A tag or an alert with its text, what to do about it and who does. ``level`` L, M or H stands with alerts only."""

    code: str
    level: str = ""
    message: str
    what_to_do: str = ""
    lift: str = ""
    lifted_by: str = ""  # Who that is, in words.


NO_CASE: tuple[str, Mapping[str, Word]] = ("", {})


def mark(
    code: str,
    rules: Mapping[str, Rule],
    language: Language,
    level: str = "",
    case: tuple[str, Mapping[str, Word]] = NO_CASE,
    names: Mapping[str, Word] | None = None,
) -> Mark:
    """A tag or alert code with the text of its ``case`` (cause, places) or the standing one; codes without any (none of ours) speak for
    themselves. ``names`` of parties by code, as far as they are known."""
    standing = rules.get(code)
    if standing is None:
        return Mark(code=code, level=level, message=code)
    rule = standing.told(*case, names or {}, languages=(language,))
    message, what_to_do = (rule.zh, rule.do_zh) if language == "zh" else (rule.en, rule.do_en)
    return Mark(code=code, level=level, message=message, what_to_do=what_to_do, lift=rule.lift, lifted_by=lifted_by(rule.lift, language))
