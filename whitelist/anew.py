"""Order 23 Art. 28: which facts of a decision have changed, and what must therefore be applied for anew. Pure.

A new application is needed where the kind of waste changes or more is to be moved than was approved (1), where the way of use or disposal changes
(2), where the receiver changes or no longer meets the conditions (3); and where the decision is over (Art. 27.2). Another carrier or vehicle
never needs one. Saying so ends nothing: the old decision goes on until it runs out or is stopped. Source: Order 23 Art. 27, 28 [READ].
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from ledger.answers import filled
from ledger.mass import format_mass
from ledger.problem import Language
from signing.citation import source_in_chinese
from whitelist.approval import ApprovalState, DecisionLine
from whitelist.checked import Checked
from whitelist.permit import PermitState
from whitelist.quota import q2_account
from whitelist.transfer import ChangedFact, Fact

ARTICLES: Mapping[Fact, str] = {
    "kind": "Order 23 Art. 28(1)",
    "mass": "Order 23 Art. 28(1)",
    "method": "Order 23 Art. 28(2)",
    "receiver": "Order 23 Art. 28(3)",
    "conditions": "Order 23 Art. 28(3)",
    "over": "Order 23 Art. 27.2",
}
WORDS: Mapping[Fact, tuple[str, str]] = {
    "kind": ("废物种类改变", "another kind of waste"),
    "mass": ("数量超过批准", "more than was approved"),
    "method": ("利用处置方式改变", "another way of use or disposal"),
    "receiver": ("接受人改变", "another receiver"),
    "conditions": ("接受人不再符合条件，或者批准已被撤销", "the receiver no longer meets the conditions, or the decision was revoked"),
    "over": ("批准已过有效期", "the decision is over"),
}


class ChangedFactAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """A fact that is not what was decided, and for which it is applied anew (Order 23 Art. 27, 28)."""

    fact: str
    """``kind``, ``mass``, ``method``, ``receiver``, ``conditions`` or ``over``."""
    text: str
    article: str
    line: int | None
    was: str
    now: str


def of_application(old: ApprovalState, new: ApprovalState, today: str, permit: PermitState | None, at_s: int) -> tuple[ChangedFact, ...]:
    """What an application that replaces a decision changes of it; ``permit`` is the old one's as it stands at a moment, Unix seconds, of ``today``.
    Lines are told apart by name and code (R-31), several of one name and code in their order."""
    found = list(_of_receiver(old, new.receiver, permit, today, at_s))
    waiting = [line for _, line in old.granted()]
    for number, line in enumerate(new.lines):
        was = next((one for one in waiting if (one.name, one.code) == (line.name, line.code)), None)
        if was is None:
            found.append(ChangedFact(fact="kind", line=number, was=_kinds(old), now=f"{line.name} {line.code}"))
            continue
        waiting.remove(was)
        found += _of_line(number, was, line.method, line.applied_g, was.mass_g, today)
    return tuple(found)


def of_transfer(checked: Checked) -> tuple[ChangedFact, ...]:
    """What a transfer changes of the decision that it names; nothing where that is none or is still open."""
    old = checked.approval
    if old is None or not old.is_granted:
        return ()
    drawn: dict[int, int] = {}
    found = list(_of_receiver(old, checked.transfer.receiver, checked.newest or checked.permit, checked.day, checked.event_s))
    for number, (line, was, grams) in enumerate(zip(checked.transfer.lines, checked.decided, checked.masses, strict=True)):
        if was is None:
            if line.decision_line is not None:
                found.append(ChangedFact(fact="kind", line=number, was=_kinds(old), now=f"{line.name} {line.code}"))
            continue
        if (line.name, line.code) != (was.name, was.code):
            found.append(ChangedFact(fact="kind", line=number, was=f"{was.name} {was.code}", now=f"{line.name} {line.code}"))
        at = line.decision_line or 0
        left_g = was.mass_g - checked.facts.used_g(q2_account(checked.transfer.approval or "", at)) - drawn.get(at, 0)
        drawn[at] = drawn.get(at, 0) + grams
        found += _of_line(number, was, line.method, grams, left_g, checked.day)
        if was.history.at(checked.event_s) == "REVOKED":
            found.append(ChangedFact(fact="conditions", line=number, was="ACTIVE", now="REVOKED"))
    return tuple(found)


def _of_line(number: int, was: DecisionLine, method: str, grams: int, most_g: int, today: str) -> Iterator[ChangedFact]:
    if method != was.method:
        yield ChangedFact(fact="method", line=number, was=was.method, now=method)
    if grams > most_g:
        yield ChangedFact(fact="mass", line=number, was=format_mass(most_g), now=format_mass(grams))
    if today > was.valid_to:
        yield ChangedFact(fact="over", line=number, was=was.valid_to, now=today)


def _of_receiver(old: ApprovalState, receiver: str, permit: PermitState | None, today: str, at_s: int) -> Iterator[ChangedFact]:
    """Another receiver; or the same, whose permit does not stand or covers no longer what was decided."""
    if receiver != old.receiver:
        yield ChangedFact(fact="receiver", line=None, was=old.receiver, now=receiver)
    elif permit is not None:
        if not permit.stands(today, at_s):
            status = permit.history.at(at_s)
            now = f"{permit.no} {status if status != 'ACTIVE' else f'{permit.valid_from} … {permit.valid_to}'}"
            yield ChangedFact(fact="conditions", line=None, was=old.permit, now=now)
        lost = [line for _, line in old.granted() if not permit.items_for(line.code) or not permit.allows(line.code, line.method)]
        for line in lost:
            yield ChangedFact(fact="conditions", line=None, was=f"{line.name} {line.code} {line.method}", now=permit.no)


def _kinds(old: ApprovalState) -> str:
    return "; ".join(dict.fromkeys(f"{line.name} {line.code}" for _, line in old.granted()))


def changed_answers(found: Iterable[ChangedFact], language: Language) -> tuple[ChangedFactAnswer, ...]:
    """Changed facts for people and programs."""
    english, answers = language == "en", []
    for one in found:
        article = ARTICLES[one.fact]
        own = {"text": WORDS[one.fact][english], "article": article if english else source_in_chinese(article)}
        answers.append(filled(ChangedFactAnswer, one, **own))
    return tuple(answers)
