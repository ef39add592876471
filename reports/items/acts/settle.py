"""``item.settle``: both parties concerned, or an authority, say what became of a line that did not match (kinds §9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Kind, Reads, Role, Window
from ledger.chain import ULID, USCC
from ledger.fields import LongText, Mass, form, label
from ledger.mass import parse_mass
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import day_of, parse_admission_at
from manifests.case import opener_of
from manifests.model import trunk_of
from reports.items.model import Outcome, authorities_of, both_of, parts_of
from signing.phrase import Phrase
from whitelist.item import ItemSettlement, ItemState

CaseRef = Annotated[
    str,
    form(
        f"^case/{USCC}/{ULID}/{ULID}$",
        "FIELD_TYPE",
        Phrase("case/<移出人代码>/<联单存证标识>/<存证标识>", "case/<generator>/<manifest ULID>/<ULID>"),
        "party",
    ),
]


class ItemSettle(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """了结未符项 (``item.settle/1``)."""

    outcome: Outcome
    amount_t: Annotated[Mass | None, label("了结的差额（吨）", "difference settled, t")] = None
    case: Annotated[CaseRef | None, label("更正所依据的事项", "case that corrected it")] = None
    text: Annotated[LongText | None, label("说明", "text")] = None


def _reads(statement: Statement, facts: Facts) -> Reads:
    """The key's manifest, and the case that is named."""
    state: ItemState | None = facts.state(statement.chain)
    manifest = None if state is None else parts_of(state.key).manifest
    case: str | None = statement.body.case
    return Reads(chains=tuple(chain for chain in (manifest, case) if chain is not None))


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """One authority alone; else generator and receiver of the key's manifest, in this order. Of what is no manifest's an authority: a firm
    does not settle its own books with itself."""
    state: ItemState | None = facts.state(statement.chain)
    if state is None:
        return ()
    both, authorities = both_of(facts, state.key), authorities_of(facts)
    if both is None or (len(statement.by) == 1 and opener_of(statement) in authorities):
        return (Role("authority", authorities),)
    return Role("generator", (both[0],)), Role("receiver", (both[1],))


def _is_open(judged: Judged, out: Findings) -> None:
    """A gate: ITEM_STATE for a thread that was settled before, alone."""
    state: ItemState | None = judged.state
    if state is not None and state.settled is not None:
        day = day_of(state.settled.at_s)
        out.refuse("ITEM_STATE", "chain", day, "", "SETTLED", day=day)


def case_is_of_it(judged: Judged, out: Findings) -> None:
    """TRUNK_UNKNOWN for a case that the log lacks, or that is about another manifest than the item."""
    case: str | None = judged.statement.body.case
    if case is None:
        return
    manifest = parts_of(judged.state.key).manifest
    if judged.facts.head(case) is None or trunk_of(case) != manifest:
        out.refuse("TRUNK_UNKNOWN", "body.case", case, manifest or "", "ITEM_CASE", case=case)


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: ItemSettle = statement.body
    settled = ItemSettlement(
        outcome=body.outcome,
        by=statement.by,
        at_s=parse_admission_at(admission.at),
        amount_g=None if body.amount_t is None else parse_mass(body.amount_t),
    )
    return Changes(state=replace(facts.state(statement.chain), settled=settled))


SETTLE = Kind(
    name="item.settle/1",
    zh="了结未符项",
    en="settlement of an item",
    body=ItemSettle,
    chain_type="item",
    roles=("generator", "receiver"),
    signers=signers,
    window=Window.DAY,
    reads=_reads,
    reads_doc="The key's manifest; the case that it names.",
    gate=_is_open,
    rules=(case_is_of_it,),
    evolve=_evolve,
    books=None,
    effect=(
        "该未符项按所填结果了结；差额此后又有变化的，重新列出。不更改任何数量。",
        "The item is settled as said; it is shown again where the difference changes afterwards. No mass is changed by it.",
    ),
)
