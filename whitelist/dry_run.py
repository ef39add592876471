"""Dry runs: what the check says about transfers that nobody has issued yet. Pure; where the facts come from is the service's matter.

The same :func:`whitelist.check.check` answers here and decides ``manifest.issue``, so the two cannot differ over one state of the log. What
only a signed statement has (its form, its signers, the rest of part 1) is judged when it is posted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from ledger.admission.admit import read_keys
from ledger.admission.facts import Facts
from ledger.admission.form import read_body
from ledger.caller import Caller
from ledger.directory import LOG_MAIN
from ledger.mass import format_mass
from ledger.model import Moment
from ledger.problem import Language, mark, problem_errors
from ledger.times import day_of, format_at, parse_at
from signing.payload import parse
from signing.refusal import Reason, Refusal, Rule, refuse
from whitelist.answers import AskedTransfer, CheckAnswer, CheckAnswers, Checks
from whitelist.approval import ListingRef
from whitelist.check import check, reads

TRANSFERS_MAX = 1000
BODY_MAX = 8 * 1024 * 1024
"""Bytes of a request: 1,000 transfers of 16 lines each."""
AHEAD_S = 366 * 86_400
"""How far ahead a planned transfer may be asked about."""


class Ground(Struct, frozen=True, kw_only=True):
    """What a dry run stands on: the facts after ``size`` entries, the last of which was admitted at ``last_s``; and its present."""

    facts: Facts
    size: int
    last_s: int
    now_s: int


def read_checks(raw: bytes) -> Checks:
    """The request in the strict JSON of statements; Refusal with the codes of statements, or CHECK_COUNT."""
    asked: Checks = read_body(parse(raw, limit=BODY_MAX), Checks)
    if not 1 <= len(asked.transfers) <= TRANSFERS_MAX:
        raise refuse("CHECK_COUNT", field="body.transfers", found=len(asked.transfers), expected=f"1 to {TRANSFERS_MAX}")
    return asked


def check_caller(caller: Caller, transfers: Sequence[AskedTransfer]) -> None:
    """CHECK_FORBIDDEN for transfers in which a party has no part: the answer tells what is left on somebody's decision."""
    if caller.reads_all:
        return
    strange = [
        Reason("CHECK_FORBIDDEN", f"body.transfers.{position}", f"{transfer.generator} → {transfer.receiver}"[:120], caller.uscc)
        for position, transfer in enumerate(transfers)
        if caller.uscc not in (transfer.generator, transfer.receiver)
    ]
    if strange:
        raise Refusal(strange[:20])


def wanted_keys(transfers: Iterable[AskedTransfer], facts: Facts) -> Iterable[str]:
    """Overlay keys of everything the check reads for these transfers; ask again once they are loaded."""
    for transfer in transfers:
        yield from read_keys(reads(transfer, facts))


def answer_checks(asked: Checks, ground: Ground, rules: Mapping[str, Rule], language: Language) -> CheckAnswers:
    """Judge every transfer on the same ground."""
    at_s = _judged_at(asked.at, ground)
    log = ground.facts.state(LOG_MAIN)
    moment = Moment(ground.size, at_s, "" if log is None else log.ruleset)
    answers = tuple(_answer(transfer, ground.facts, moment, rules, language) for transfer in asked.transfers)
    return CheckAnswers(size=ground.size, at=format_at(at_s), ruleset=moment.ruleset, answers=answers)


def _judged_at(at: str | None, ground: Ground) -> int:
    """The time of the judgement: no entry could come before the last one, and calendars do not reach far ahead."""
    if at is None:
        return max(ground.now_s, ground.last_s)
    at_s = parse_at(at, "body.at")
    latest_s = max(ground.now_s, ground.last_s) + AHEAD_S
    if not ground.last_s <= at_s <= latest_s:
        raise refuse("AS_OF_TIME", field="body.at", found=at, expected=f"{format_at(ground.last_s)} … {format_at(latest_s)}")
    return at_s


def _answer(transfer: AskedTransfer, facts: Facts, moment: Moment, rules: Mapping[str, Rule], language: Language) -> CheckAnswer:
    found = check(transfer, facts, moment)
    return CheckAnswer(
        admissible=not found.reasons,
        route=found.route,
        reasons=problem_errors(found.reasons, rules, language, day_of(moment.at_s)),
        tags=tuple(mark(tag[0], rules, language) for tag in found.tags),
        alerts=tuple(mark(code, rules, language, level) for level, code in found.alerts),
        draws_t={account: format_mass(grams) for account, grams in sorted(found.draws.items())},
        left_t={account: format_mass(grams) for account, grams in sorted(found.left_g.items())},
        listings=tuple(None if ref is None else ListingRef(list=ref[0], row=ref[1]) for ref in found.listings),
    )
