"""``item.comment``: whoever is concerned says something about a line of a month that does not match; the first opens the thread (kinds §9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Struct

from ledger.admission.personality import Changes, Judged, Kind, Reads, Role, Window
from ledger.admission.signers import stand_ins
from ledger.directory import party_name
from ledger.fields import Files, LongText, label
from ledger.model import Admission, Facts, Findings, Statement
from manifests import telling
from manifests.case import opener_of
from manifests.model import ManifestState
from reports.items.model import ItemKey, authorities_of, both_of, concerned_by, parts_of
from signing.refusal import texts
from whitelist.item import ItemState


class ItemComment(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """未符项说明 (``item.comment/1``)."""

    key: ItemKey
    text: Annotated[LongText, label("说明", "text")]
    files: Files = ()


def reads(statement: Statement, facts: Facts) -> Reads:
    """The key's manifest."""
    manifest = parts_of(statement.body.key).manifest
    return Reads(chains=() if manifest is None else (manifest,))


def _may(statement: Statement, facts: Facts) -> tuple[str, ...]:
    """Whoever may speak: P of the key's manifest, any authority."""
    return tuple(dict.fromkeys((*concerned_by(facts, statement.body.key), *authorities_of(facts))))


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """One of them, or who stands for a closed one; a stranger passes here and is told NOT_CONCERNED. Raises NeedsParty for him."""
    holders, opener = _may(statement, facts), opener_of(statement)
    fits = opener in holders or any(opener in stand_ins(facts, holder) for holder in holders)
    return (Role("party concerned", holders if fits else (opener,)),)


def it_is_their_matter(judged: Judged, out: Findings) -> None:
    """NOT_CONCERNED for who is no party of the key's manifest and no authority, and for a manifest that the log lacks: the answer does not tell
    which of the two it is. LINE_UNKNOWN for a line that the manifest does not have."""
    statement, facts = judged.statement, judged.facts
    parts, opener = parts_of(statement.body.key), opener_of(statement)
    state: ManifestState | None = None if parts.manifest is None else facts.state(parts.manifest)
    is_missing = parts.manifest is not None and state is None
    if is_missing or signers(statement, facts)[0].holders == (opener,) != _may(statement, facts):
        own = {"chain": parts.chain, "party": party_name(facts, opener)}
        out.refuse("NOT_CONCERNED", "body.key", statement.body.key, "", "ITEM", **own)
    elif state is not None and parts.line is not None and parts.line >= len(state.lines):
        count = len(state.lines)
        told = {"line": str(parts.line), "count": str(count), "lines": telling.lines(count), "where": "body.key"}
        out.refuse("LINE_UNKNOWN", "body.key", parts.line, f"0 … {count - 1}", "NONE", **told)


def it_is_the_same_item(judged: Judged, out: Findings) -> None:
    """ITEM_STATE for a comment about another line than the thread's."""
    state: ItemState | None = judged.state
    if state is not None and state.key != judged.statement.body.key:
        out.refuse("ITEM_STATE", "body.key", judged.statement.body.key, state.key, "OTHER", key=state.key)


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """The thread is open; one that was settled stays so."""
    before: ItemState | None = facts.state(statement.chain)
    if before is not None:
        return Changes(state=before)
    key = statement.body.key
    firms = both_of(facts, key) if parts_of(key).manifest is not None else concerned_by(facts, key)
    return Changes(state=ItemState(key=key, firms=tuple(dict.fromkeys(firms or ()))))


COMMENT = Kind(
    name="item.comment/1",
    zh="未符项说明",
    en="comment on an item",
    body=ItemComment,
    chain_type="item",
    roles=("party concerned",),
    signers=signers,
    window=Window.DAY,
    reads=reads,
    reads_doc="The key's manifest.",
    rules=(it_is_their_matter, it_is_the_same_item),
    evolve=_evolve,
    books=None,
    opens=True,
    again=True,
    effect=(
        "打开或者继续该未符项的说明；已了结的仍为已了结。",
        "Opens the thread of the item, or goes on in it; one that was settled stays settled.",
    ),
    texts=texts("""
ITEM_STATE | - | nobody | kinds §9 [DESIGN]
该未符项的说明已了结，或者不是同一未符项。 || 先读取这条链；差额又有变化的，另开一条链说明。
The thread is settled, or about another item. || Read the chain first; where the difference has changed since, open another thread.

ITEM_STATE:OTHER
这条链说明的是“{key}”。 || 改为同一未符项；另一未符项请另开一条链（item/<年-月>/<存证标识>）。
This thread is about "{key}". || Name the same item; open a thread of its own (item/<YYYY-MM>/<ULID>) for another.

ITEM_STATE:SETTLED
该未符项已于 {day} 了结。 || 不必再办理；差额又有变化的，另开一条链（item/<年-月>/<存证标识>）说明并了结。
The thread was settled on {day}. || Nothing is left to do; where the difference has changed since, open another thread (item/<YYYY-MM>/<ULID>) and settle that.
"""),
)
