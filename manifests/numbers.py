"""核定联单编号: the authority of the number says whose it is; the others are without a number again (kinds §9; R-03; Order 23 Art. 15 [READ])."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import Struct, field
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.admission.personality import Changes, Judged, Kind, Reads, Role, Window
from ledger.directory import authorities_of_division, log_state
from ledger.fields import Commitments, Text, items, label
from ledger.model import Admission, Facts, Findings, Head, Statement, chain_key
from manifests.case import cases_key, cases_of
from manifests.model import ManifestState
from signing.refusal import texts
from whitelist.fields import ManifestRef
from whitelist.rules.number import NumberHolders, number_key
from whitelist.transfer import BodyPart


class NumberSettle(BodyPart, frozen=True, kw_only=True):
    """核定联单编号 (``number.settle/1``)."""

    holder: Annotated[ManifestRef, label("编号归属的联单", "manifest that keeps it")]
    lose: Annotated[tuple[ManifestRef, ...], items(1, 8, once=True), label("失去编号的联单", "manifests that lose it")]
    reason: Annotated[Text, label("理由", "reason")]
    commit: Commitments = field(default_factory=dict)


class NumberState(Struct, frozen=True, gc=False):
    """State of ``number/<14 digits>``: whose it was said to be last."""

    holder: str


def number_of(chain: str) -> str:
    """The number that a chain is about."""
    return chain.partition("/")[2]


def settles(entry: Entry, manifest: str) -> bool:
    """Whether an entry settles a number between this manifest and others."""
    body = entry.statement.body
    return isinstance(body, NumberSettle) and manifest in named_in(body)


def named_in(body: NumberSettle) -> tuple[str, ...]:
    """The manifests of a settlement, its holder first."""
    return tuple(dict.fromkeys((body.holder, *body.lose)))


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """The authorities that cover digits 5 to 8, province and city of the number; where none does any authority, tag FOREIGN."""
    log = log_state(facts)
    near = authorities_of_division(log, number_of(statement.chain)[4:8])
    return (Role("authority of the number", near or tuple(known.uscc for known in log.authorities), not near),)


def _reads(statement: Statement, facts: Facts) -> Reads:
    named = named_in(statement.body)
    return Reads(chains=named, registers=(number_key(number_of(statement.chain)), *map(cases_key, named)))


def each_holds_it(judged: Judged, out: Findings) -> None:
    """NUMBER_UNKNOWN for a manifest that does not stand under the number, or stands on both sides."""
    body, number = judged.statement.body, number_of(judged.statement.chain)
    register: NumberHolders | None = judged.facts.get(number_key(number))
    holding = () if register is None else tuple(one.manifest for one in register.holders)
    named = [("body.holder", body.holder), *((f"body.lose.{place}", one) for place, one in enumerate(body.lose))]
    for where, manifest in named:
        if manifest not in holding:
            out.refuse("NUMBER_UNKNOWN", where, manifest, " ".join(holding[:4]), "NOT_HELD", number=number, manifest=manifest)
        elif where != "body.holder" and manifest == body.holder:
            out.refuse("NUMBER_UNKNOWN", where, manifest, "", "BOTH", number=number, manifest=manifest)


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The losers leave the register, and neither their trunk nor a case or correction gives them the number any more.

    A manifest that is not at hand is passed over: who reads a bundle has the one that it is about.
    """
    body, number = statement.body, number_of(statement.chain)
    register: NumberHolders = facts.get(number_key(number)) or NumberHolders()
    left = NumberHolders(tuple(one for one in register.holders if one.manifest not in body.lose))
    registers: dict[str, Any] = {number_key(number): left}
    for manifest in body.lose:
        head: Head[ManifestState] | None = facts.head(manifest)
        if head is None or head.state is None:
            continue
        cases = cases_of(facts, manifest)
        registers[chain_key(manifest)] = Head(head.seq, head.hash, head.idx, without(head.state, number))
        overlay = {path: value for path, value in cases.overlay.items() if path != "number"}
        if cases.number == number or overlay != cases.overlay:
            registers[cases_key(manifest)] = replace(cases, number=None if cases.number == number else cases.number, overlay=overlay)
    return Changes(state=NumberState(body.holder), registers=registers)


def without(state: ManifestState, number: str) -> ManifestState:
    """A manifest that has lost a number; one that has another by now keeps it."""
    return replace(state, number=None) if state.number == number else state


SETTLE = Kind(
    name="number.settle/1",
    zh="核定联单编号",
    en="settle a number",
    body=NumberSettle,
    chain_type="number",
    roles=("authority of the number",),
    signers=signers,
    window=Window.DAY,
    reads=_reads,
    reads_doc="The manifests that it names.",
    rules=(each_holds_it,),
    evolve=_evolve,
    books=None,
    opens=True,
    again=True,
    effect=(
        "编号只归一份联单；其余联单恢复为没有编号，可以重新补登，重号的警示了结。",
        "The number is of one manifest; the others are without a number again and may be given one; the alert of the duplicate is settled.",
    ),
)

TEXTS = texts("""
NUMBER_UNKNOWN | R-03 | sender | kinds §9 [DESIGN]
所指联单没有使用这个编号。 || 核对编号和联单；只填写现在使用这个编号的联单。
A manifest that is named does not have this number. || Check number and manifests; name those that have the number now.

NUMBER_UNKNOWN:NOT_HELD
联单 {manifest} 没有使用编号 {number}。 || 核对链名和编号：按编号查询（GET /v1/manifests?number={number}），只填写查到的联单。
Manifest {manifest} does not have the number {number}. || Check both: look the number up (GET /v1/manifests?number={number}) and name what is found.

NUMBER_UNKNOWN:BOTH
联单 {manifest} 既填为归属，又填为失去编号 {number}。 || 只填其中一处。
Manifest {manifest} is named as keeping the number {number} and as losing it. || Name it in one of the two alone.
""")
