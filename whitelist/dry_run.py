"""Dry runs: what the check says about transfers that nobody has issued yet. Pure; where the facts come from is the service's matter.

A transfer is asked in the form of ``manifest.issue/1``, read by the same reader and judged by the same :func:`whitelist.check.check`, so the
two cannot differ over one state of the log. What only a signed statement has (signers, commitments) is judged when it is posted.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.admit import read_keys
from ledger.admission.content import check_content, withheld
from ledger.admission.form import body_reasons, read_body
from ledger.admission.form_words import ABSENT, of_another_type
from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Kind
from ledger.admission.signers import judge_roles
from ledger.admission.statement import Draft, without_flaws
from ledger.caller import Caller
from ledger.directory import LOG_MAIN, is_founder, party_chain, party_name
from ledger.labels import labels
from ledger.mass import format_mass
from ledger.model import Facts, Findings, Moment, Statement, chain_keys
from ledger.problem import NO_CASE, Language, mark, problem_errors
from ledger.times import day_of, format_at, parse_at
from signing.envelope import ENVELOPE_LIMIT, PAYLOAD_STATEMENT, Envelope, Signature, freeze
from signing.payload import BODY_LIMIT, REASON_LIMIT, Flawed, parse
from signing.phrase import Phrase, at_most, counted
from signing.refusal import Reason, Refusal, Rule, refuse, texts
from signing.rulebook import RULES as SIGNING
from whitelist.anew import changed_answers
from whitelist.approval import ListingRef
from whitelist.check import check, reads
from whitelist.check_answers import (
    Alternative,
    AskedTransfer,
    CheckAnswer,
    CheckAnswers,
    CheckTerms,
    alert_with_ways,
    alternative_answer,
    remaining_answer,
    with_ways,
)
from whitelist.checked import Asked
from whitelist.discretion import discreet
from whitelist.in_order import Ordered
from whitelist.lifting import ISSUE, Lifting, WayOut, lift_of
from whitelist.seeking import AlternativeSearch, Sought
from whitelist.transfer import Answer

TRANSFERS_MAX = 1000
TRANSFERS_WORDS = Phrase(f"1 至 {TRANSFERS_MAX} 笔转移的列表", f"a list of 1 to {TRANSFERS_MAX} transfers")
BODY_MAX = 8 * 1024 * 1024  # Bytes of a request: 1,000 transfers of 16 lines each.
AHEAD_S = 366 * 86_400  # How far ahead a planned transfer may be asked about.


class DryRunState(Struct, frozen=True, kw_only=True):
    """What a dry run stands on: the facts after ``size`` entries, the last of which was admitted at ``last_s``; and its present."""

    facts: Facts
    size: int
    last_s: int
    now_s: int


class Question(Struct, frozen=True, kw_only=True):
    """A request, read: its terms, and each transfer or what is wrong with its form."""

    terms: CheckTerms
    transfers: tuple[AskedTransfer | Refusal, ...]


def read_checks(raw: bytes) -> Question:
    """The request in the strict JSON of statements; Refusal with all that is wrong with it, by the codes of statements, or CHECK_COUNT.

    A transfer that is out of form is no reason to refuse the others: it becomes the Refusal that the statement would meet at the door.
    """
    flaws: tuple[Reason, ...] = ()
    try:
        fields = parse(raw, limit=BODY_MAX)
    except Flawed as flawed:
        fields, flaws = flawed.value, flawed.reasons
    found = fields.get("transfers")
    rest = {name: value for name, value in fields.items() if name != "transfers"}
    own = [flaw for flaw in flaws if _transfer_of(flaw) is None]
    reasons = [replace(flaw, field=f"body.{flaw.field}") for flaw in own]
    reasons += [reason for reason in body_reasons(rest, CheckTerms) if reason.field not in {flaw.field for flaw in reasons}]
    if not isinstance(found, list):
        if "transfers" not in {flaw.field for flaw in own}:
            code = "FIELD_TYPE" if "transfers" in fields else "FIELD_MISSING"
            reasons.append(Reason(code, "body.transfers", of_another_type(found) if "transfers" in fields else ABSENT, TRANSFERS_WORDS))
    elif not 1 <= len(found) <= TRANSFERS_MAX:
        reasons.append(Reason("CHECK_COUNT", "body.transfers", counted(len(found), "笔", "transfers"), TRANSFERS_WORDS))
    if reasons or not isinstance(found, list):
        raise Refusal(reasons)
    by_transfer: dict[int, list[Reason]] = {}
    for flaw in flaws:
        if (position := _transfer_of(flaw)) is not None:
            inner = flaw.field.split(".", 2)[2:]
            by_transfer.setdefault(position, []).append(replace(flaw, field=".".join(("body", *inner))))
    terms: CheckTerms = read_body(rest, CheckTerms)
    if terms.as_of is not None and terms.as_of_time is not None:
        raise refuse("AS_OF_TWICE", field="body.as_of_time", found=terms.as_of_time)
    return Question(terms=terms, transfers=tuple(_read(one, by_transfer.get(position, [])) for position, one in enumerate(found)))


def _transfer_of(flaw: Reason) -> int | None:
    """The position of the transfer that a flaw of the text lies in."""
    head, position, *_ = (*flaw.field.split("."), "", "")
    return int(position) if head == "transfers" and position.isdigit() else None


def _read(transfer: object, flaws: Sequence[Reason]) -> AskedTransfer | Refusal:
    """A transfer, or all that is wrong with it, by the paths of the act that it would be; of one that no envelope holds, that alone."""
    if (too_large := _too_large(transfer)) is not None:
        return too_large
    if flaws:
        return _with_texts(Flawed(flaws, {}).beside(body_reasons(transfer, AskedTransfer)), without_flaws(transfer))
    try:
        asked: AskedTransfer = read_body(transfer, AskedTransfer)
    except Refusal as refusal:
        return _with_texts(refusal, transfer)
    reasons = check_content(asked)
    return Refusal(withheld(reasons)) if reasons else asked


def _with_texts(refusal: Refusal, transfer: object) -> Refusal:
    """What is wrong with the form, and with the texts beside it."""
    return Refusal(withheld([*refusal.reasons, *check_content(transfer)][:REASON_LIMIT]))


def _too_large(transfer: object) -> Refusal | None:
    """BODY_TOO_LARGE or ENVELOPE_TOO_LARGE as the signed issue would be told, in the shortest form that it can have: one key, no commitments, no
    white space. What has the form to be signed at all is well below, but for texts."""
    if not isinstance(transfer, dict) or len(msgspec.json.encode(transfer)) < BODY_LIMIT // 2:
        return None
    generator = str(transfer.get("generator"))
    body = {name: value for name, value in transfer.items() if name != "generator"}
    chain, at = f"manifest/{generator}/{'0' * 26}", format_at(0)
    payload = Draft(kind=ISSUE, chain=chain, seq=0, prev="0" * 64, by=(generator,), at=at, body=body).to_bytes()
    envelope = freeze(Envelope(PAYLOAD_STATEMENT, payload, (Signature("0" * 64, bytes(64)),)))
    for code, size, limit in (("ENVELOPE_TOO_LARGE", len(envelope), ENVELOPE_LIMIT), ("BODY_TOO_LARGE", len(payload), BODY_LIMIT)):
        if size > limit:
            return refuse(code, found=counted(size, "字节", "bytes"), expected=at_most(limit, "字节", "bytes"))
    return None


def check_caller(caller: Caller, transfers: Sequence[AskedTransfer | Refusal]) -> None:
    """CHECK_FORBIDDEN for transfers in which a party has no part: the answer tells what is left on somebody's decision."""
    if caller.reads_all:
        return
    strange = [
        Reason("CHECK_FORBIDDEN", f"body.transfers.{position}", f"{transfer.generator} → {transfer.receiver}"[:120], caller.uscc)
        for position, transfer in enumerate(transfers)
        if isinstance(transfer, AskedTransfer) and caller.uscc not in (transfer.generator, transfer.receiver)
    ]
    if strange:
        raise Refusal(strange[:20])


def wanted_keys(transfers: Iterable[AskedTransfer | Refusal], at_s: int, facts: Facts) -> Iterable[str]:
    """Overlay keys of everything the check reads for these transfers at ``at_s``; ask again once they are loaded."""
    for transfer in transfers:
        if isinstance(transfer, AskedTransfer):
            yield from read_keys(reads(transfer, transfer.generator, at_s, facts))
            yield from chain_keys(map(party_chain, parties_of(transfer)))


def parties_of(transfer: AskedTransfer) -> set[str]:
    """Who may be named in a reason: generator and receiver, and whose permit and decision it stands on."""
    owners = (chain.split("/")[1] for chain in (transfer.permit, transfer.approval, transfer.emergency) if chain is not None)
    return {transfer.generator, transfer.receiver, *owners}


def _names(transfer: AskedTransfer, facts: Facts) -> dict[str, str]:
    """Their names, as far as the log knows them."""
    return {party: name for party in (*parties_of(transfer), *transfer.carriers) if (name := party_name(facts, party)) != party}


def asked_at_s(asked: Question, now_s: int) -> int:
    """For which moment transfers are judged, Unix seconds."""
    return now_s if asked.terms.at is None else parse_at(asked.terms.at, "body.at")


def answer_checks(
    asked: Question, ground: DryRunState, kinds: Kinds, language: Language, caller: Caller, search: AlternativeSearch | None = None
) -> CheckAnswers:
    """Judge every transfer on the same ground, by the rules that an issue would meet there; alternatives are given where ``search`` found them."""
    # No entry could come before the last one, and calendars do not reach far ahead.
    now_s, at = max(ground.now_s, ground.last_s), asked.terms.at
    at_s = asked_at_s(asked, now_s)
    if at is not None and not ground.last_s <= at_s <= now_s + AHEAD_S:
        raise refuse("AS_OF_TIME", field="body.at", found=at, expected=f"{format_at(ground.last_s)} … {format_at(now_s + AHEAD_S)}")
    log = ground.facts.state(LOG_MAIN)
    moment = Moment(ground.size, at_s, "" if log is None else log.ruleset)
    rules = {**SIGNING, **kinds.rules}  # a transfer may be no JSON of ours
    kind = kinds.of(ISSUE, moment.ruleset) if log is not None else kinds.by_name[ISSUE]
    sought = None if search is None else search.begin(caller, moment, ground.facts, kind.asks, asked.terms.alternatives)
    ordered = None if asked.terms.alone or len(asked.transfers) == 1 else Ordered(ground.facts, kind, moment)
    desk = _Desk(ground.facts, moment, kinds, rules, language, sought, ordered, caller)
    return CheckAnswers(
        size=ground.size,
        at=format_at(at_s),
        ruleset=moment.ruleset,
        answers=tuple(map(desk.answer, asked.transfers)),
    )


class _Desk(Struct, frozen=True):
    """What every transfer of a request is answered with."""

    facts: Facts
    moment: Moment
    kinds: Kinds
    rules: Mapping[str, Rule]
    language: Language
    sought: Sought | None
    ordered: Ordered | None
    caller: Caller

    def answer(self, transfer: AskedTransfer | Refusal) -> CheckAnswer:
        """One transfer; if it may go, it counts for those behind it."""
        counted = 0 if self.ordered is None else self.ordered.counted
        facts = self.facts if self.ordered is None or not counted else self.ordered.facts
        if isinstance(transfer, Refusal):
            return _told(Answer(route="", reasons=transfer.reasons, draws={}), self, None, counted, alone=False)
        found = _judge(transfer, facts, self.moment, self.kinds)
        alone = not found.reasons
        if alone and self.ordered is not None:
            self.ordered.issue(transfer, found)
        elif counted:
            alone = not _judge(transfer, self.facts, self.moment, self.kinds).reasons
        return _told(discreet(found, transfer, self.caller, facts), self, transfer, counted, alone=alone)


def _told(found: Answer, desk: _Desk, transfer: AskedTransfer | None, counted: int, *, alone: bool) -> CheckAnswer:
    """What was found, in words, with what would lift it and who else could take the waste."""
    facts, kinds, rules, language = desk.facts, desk.kinds, desk.rules, desk.language
    others: tuple[tuple[Alternative, ...], ...] = ()
    names: dict[str, str] = {}
    ways: Mapping[tuple[str, str], tuple[WayOut, ...]] = {}
    spared: Mapping[str, tuple[WayOut, ...]] = {}
    if transfer is not None:
        lifting = Lifting(generator=transfer.generator, transfer=transfer, facts=facts, kinds=kinds, language=language)
        if desk.sought is not None:
            others = tuple(tuple(alternative_answer(one, lifting) for one in line) for line in desk.sought.of(transfer))
        if found.reasons or found.alerts:
            names = _names(transfer, facts)
            ways = lifting.of_reasons(found.reasons, rules)
            cases = {code: found.said.get(code, NO_CASE)[0] for _, code in found.alerts}
            spared = {code: lifting.ways(code, cause, lift_of(Reason(code, cause=cause), rules)) for code, cause in cases.items()}
    told = problem_errors(found.reasons, rules, language, day_of(desk.moment.at_s), names, labels(AskedTransfer))
    alerts = (mark(code, rules, language, level, found.said.get(code, NO_CASE), names) for level, code in found.alerts)
    return CheckAnswer(
        admissible=not found.reasons,
        admissible_alone=alone,
        counted=counted,
        note=_note(counted, language) if alone and found.reasons else "",
        route=found.route or None,
        reasons=tuple(with_ways(error, ways.get((error.code, error.field), ())) for error in told),
        tags=tuple(mark(tag[0], rules, language) for tag in found.tags),
        alerts=tuple(alert_with_ways(alert, spared.get(alert.code, ())) for alert in alerts),
        draws_t={account: format_mass(grams) for account, grams in sorted(found.draws.items())},
        left_t={account: format_mass(grams) for account, grams in sorted(found.left_g.items())},
        plan_left_t=tuple(None if grams is None else format_mass(grams) for grams in found.plan_left_g),
        listings=tuple(None if ref is None else ListingRef(list=ref[0], row=ref[1]) for ref in found.listings),
        remaining=tuple(map(remaining_answer, found.remaining)),
        anew=changed_answers(found.anew, language),
        alternatives=others,
    )


def _note(counted: int, language: Language) -> str:
    """Of a transfer that could go alone."""
    if language == "zh":
        return f"单独开具可以。按本次提问的顺序，前面已有 {counted} 笔可以开具，都算作已开具：上面的已用量和剩余量包括它们。"
    return f"Alone it could be issued. In the order of this request {counted} before it can be, and count as issued: what is used and left is told with them."


def _judge(transfer: AskedTransfer, facts: Facts, moment: Moment, kinds: Kinds) -> Answer:
    """What the issue would be told by the log, of its signer, and by the check: in the order of admission."""
    kind, log = kinds.of(ISSUE, moment.ruleset), facts.state(LOG_MAIN)
    asked = Asked(generator=transfer.generator, transfer=transfer, at_s=moment.at_s, moment=moment)
    found = check(asked, facts, kind.asks)
    if log is not None and log.closed:
        return replace(found, reasons=(Reason("LOG_CLOSED", "", log.origin),))
    reasons = _of_signer(transfer, facts, kind)
    return replace(found, reasons=(*reasons, *found.reasons)) if reasons else found


def _of_signer(transfer: AskedTransfer, facts: Facts, kind: Kind) -> list[Reason]:
    """PARTY_UNKNOWN where nobody could sign, for the generator has no key here; PARTY_CLOSED as the issue would be told."""
    out, generator = Findings(), transfer.generator
    if facts.head(party_chain(generator)) is None and not is_founder(facts, generator):
        own = {"party": generator, "where": "body.generator"}
        out.refuse("PARTY_UNKNOWN", "body.generator", generator, "party.register", "NONE", **own)
        return out.reasons
    first = Statement(kind=ISSUE, chain=f"manifest/{generator}/", seq=0, prev="", by=(generator,), at="", at_s=0, body=transfer, hash="")
    judge_roles(kind.signers(first, facts), first, kind, facts, out)
    return out.reasons


TEXTS = texts("""
CHECK_COUNT | - | sender | design §8 [DESIGN]
一次预检应包含 1 至 1000 笔转移，未作任何判定。 || 分成多次请求，每次 1 至 1000 笔。
A dry run takes 1 to 1,000 transfers; none was judged. || Send several requests of 1 to 1,000 transfers each.

CHECK_FORBIDDEN | - | sender | design §5 [DESIGN]
只能预检本单位移出或者接受的转移。 || 以本单位为移出人或者接受人提问；其他转移请有关单位或者主管部门预检。
A party may ask only about transfers that it sends or receives. || Ask as generator or receiver; leave other transfers to their parties or to the authorities.

AS_OF_SIZE | - | sender | design §7 [DESIGN]
as_of 应为 1 至账本当前长度之间的整数。 || 填写账本已经达到的长度（见 /v1/log），或去掉 as_of 按当前账本判定。
as_of must lie between 1 and the present size of the log. || Give a size that the log has reached (see /v1/log), or leave it out to ask about the present.

AS_OF_TWICE | - | sender | design §7 [DESIGN]
as_of 和 as_of_time 只能填写一个。 || 按账本长度问的留下 as_of，按时间问的留下 as_of_time。
as_of and as_of_time both say which past is meant. || Give a size or a time.

AS_OF_BEFORE | - | sender | design §7 [DESIGN]
as_of_time 早于账本的第一条。 || 填写账本建立之后的时间，或去掉 as_of_time 按当前账本判定。
as_of_time lies before the first entry of the log. || Give a later time, or leave it out to ask about the present.

AS_OF_LARGE | - | operator | design §7 [DESIGN]
所问时点之前的条目过多，服务器不在线重建。 || 去掉 as_of，按当前账本预检；还原历史判定请导出账本，用 liandan audit 重算。
Too many entries lie before that point for the server to rebuild it. || Ask about the present (without as_of); to see what was decided then, export the log and recompute it with liandan audit.

AS_OF_TIME | - | sender | design §7 [DESIGN]
判定时间早于所问账本的最后一条，或者晚于一年以后。 || at 应不早于该条目的入账时间、不晚于其后 366 天；不确定时去掉 at。
The time lies before the last entry of the log asked about, or more than a year after it. || Give a time from the admission of that entry to 366 days after it; leave it out when in doubt.
""")
