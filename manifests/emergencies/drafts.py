"""A hold, or its release, of every load of an incident or an emergency: statements prepared for the one who signs them, one a manifest.

Nothing is written and nothing signed here: whoever asks gets the exact bytes to sign, signs each with his own key, and posts them as a batch
(``POST /v1/statements/batch``). Each is judged now by the rules that will judge it when it comes; what they would refuse is told apart, with the
reasons, and not prepared. Source: kinds §1.3, §7 (case.hold, case.release); 行政强制法 Art. 25 [RECALL].
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Struct, field

from ledger.admission.statement import Draft
from ledger.answers import ChangedParty
from ledger.chain import genesis_prev, statement_hash
from ledger.fields import At, Text, items, label
from ledger.model import Facts, Statement
from ledger.problem import ProblemError
from ledger.times import format_at, parse_at
from manifests.acts import CaseHold, CaseRelease, Trunk
from manifests.case import cases_of
from manifests.model import ManifestState
from signing.envelope import PAYLOAD_STATEMENT, pae
from whitelist.fields import ManifestRef
from whitelist.transfer import BodyPart

DRAFTS_MAX = 500
"""Loads for which one answer prepares a statement."""


class DraftsAsked(BodyPart, frozen=True, kw_only=True):
    """What is to be prepared: 暂扣 or 解除暂扣, the same words for every load."""

    act: Annotated[Literal["hold", "release"], label("办理事项", "hold or release")]
    reason: Annotated[Text, label("理由", "reason")]
    basis: Annotated[Text | None, label("依据", "basis")] = None
    until: Annotated[At | None, label("暂扣至", "until")] = None
    """Of a hold; absent for as long as the thresholds say."""
    manifests: Annotated[tuple[ManifestRef, ...], items(0, DRAFTS_MAX, once=True), label("联单", "manifests")] = ()
    """Only these of its loads; none named, all that are open."""


class DraftStatement(Struct, frozen=True, gc=False, kw_only=True):
    """One statement to sign: sign ``payload`` as DSSE of ``payloadType`` application/vnd.liandan.statement (formats §1), change nothing."""

    manifest: str
    """``<generator>/<ULID>``."""
    hash: str
    """Its statement hash: what the receipt will name."""
    payload: str
    """Base64 of the bytes."""
    statement: dict[str, Any]
    """The same, to be read before it is signed."""


class BlockedDraft(Struct, frozen=True, gc=False, kw_only=True):
    """A load for which the rules would refuse it now."""

    manifest: str
    blockers: tuple[ProblemError, ...]


class Drafts(Struct, frozen=True, gc=False, kw_only=True):
    """Statements for the loads of ``about``, as of ``size`` entries: post them as one batch, within 24 hours of ``at``."""

    size: int
    at: str
    about: str
    act: str
    drafts: tuple[DraftStatement, ...]
    blocked: tuple[BlockedDraft, ...]
    passed_over: tuple[str, ...]
    """Loads for which there is nothing to do: finished ones; of a release those that the signer holds not."""
    is_whole: bool
    """Whether all loads were looked at."""
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above: parties, divisions (whitelist.names)."""
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


class DraftSigner(Struct, frozen=True):
    """Who would sign, for whom if that is another, and when, Unix seconds."""

    uscc: str
    principal: str | None
    at_s: int


class Drawn(Struct, frozen=True):
    """A statement as it would come, and its bytes."""

    manifest: str
    statement: Statement
    raw: bytes


def draw(asked: DraftsAsked, trunk: str, state: ManifestState, facts: Facts, found: str, signer: DraftSigner, ulid: str) -> list[Drawn]:
    """Statements for one load: a hold in a case of its own (``ulid``), a release of each hold of the signer that is in force. ``found`` is the
    hash of the log's founding; trunk, register and the cases of its holds must be loaded."""
    known = Trunk(seq=len(state.acts) - 1, hash=state.acts[-1])
    if asked.act == "hold":
        case = f"case/{trunk.removeprefix('manifest/')}/{ulid}"
        body = CaseHold(trunk=known, reason=asked.reason, basis=asked.basis, until=asked.until)
        return [_drawn("case.hold/1", trunk, case, (0, genesis_prev(found, case)), body, signer)]
    mine = signer.principal or signer.uscc
    holds = [hold for hold in cases_of(facts, trunk).holds if hold.by == mine and hold.released_s is None and signer.at_s < hold.end_s()]
    drawn = []
    for hold in holds:
        head = facts.head(hold.case)
        assert head is not None, "a hold stands in its case"
        drawn.append(_drawn("case.release/1", trunk, hold.case, (head.seq + 1, head.hash), CaseRelease(reason=asked.reason), signer))
    return drawn


def _drawn(kind: str, trunk: str, chain: str, link: tuple[int, str], body: Any, signer: DraftSigner) -> Drawn:
    seq, prev = link
    at = format_at(signer.at_s)
    draft = Draft(kind=kind, chain=chain, seq=seq, prev=prev, by=(signer.uscc,), at=at, body=body, principal=signer.principal)
    raw = draft.to_bytes()
    statement = Statement(
        kind=kind,
        chain=chain,
        seq=seq,
        prev=prev,
        by=(signer.uscc,),
        principal=signer.principal,
        at=at,
        at_s=parse_at(at),
        body=body,
        hash=statement_hash(pae(PAYLOAD_STATEMENT, raw)),
    )
    return Drawn(trunk, statement, raw)


def draft_answer(drawn: Drawn) -> DraftStatement:
    """A statement for the wire."""
    return DraftStatement(
        manifest=drawn.manifest.removeprefix("manifest/"),
        hash=drawn.statement.hash,
        payload=b64encode(drawn.raw).decode("ascii"),
        statement=msgspec.json.decode(drawn.raw),
    )


def held_cases(facts: Facts, trunks: Sequence[str]) -> list[str]:
    """Cases in which loads are held."""
    return [hold.case for trunk in trunks for hold in cases_of(facts, trunk).holds]
