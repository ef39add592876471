"""``permit.suspend/1``, ``permit.resume/1``, ``permit.revoke/1``: a permit stops and goes on; revoked is final.

Source: formats §3; 危险废物经营许可证管理办法 Art. 7, 10 [READ S3].
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.facts import Facts
from ledger.admission.personality import Changes, Judged, Kind, Window, no_reads
from ledger.findings import Findings
from ledger.model import Admission, Statement
from signing.refusal import Rule, texts
from whitelist.permit import PermitState
from whitelist.signers import authority_of_holder


class PermitChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of ``permit.suspend/1``, ``permit.resume/1`` and ``permit.revoke/1``."""

    reason: str


_AFTER: Mapping[str, str] = {"permit.suspend/1": "SUSPENDED", "permit.resume/1": "ACTIVE", "permit.revoke/1": "REVOKED"}
_BEFORE: Mapping[str, tuple[str, ...]] = {
    "permit.amend/1": ("ACTIVE", "SUSPENDED"),
    "permit.suspend/1": ("ACTIVE",),
    "permit.resume/1": ("SUSPENDED",),
    "permit.revoke/1": ("ACTIVE", "SUSPENDED"),
}


def judge_change(judged: Judged, out: Findings) -> None:
    """The permit has the status that this kind needs, and a reason is given: PERMIT_TRANSITION, MISSING."""
    state: PermitState | None = judged.state
    allowed = _BEFORE[judged.statement.kind]
    if state is None or state.status not in allowed:
        out.refuse("PERMIT_TRANSITION", "kind", "" if state is None else state.status, " / ".join(allowed))
    if not judged.statement.body.reason.strip():
        out.refuse("MISSING", "body.reason", "", "理由 / reason")


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    return Changes(state=replace(facts.state(statement.chain), status=_AFTER[statement.kind]))


def _kind(act: str, zh: str, en: str, effect: tuple[str, str], standing: tuple[Rule, ...] = ()) -> Kind:
    return Kind(
        name=f"permit.{act}/1",
        zh=zh,
        en=en,
        body=PermitChange,
        chain_type="permit",
        roles=("authority of the holder's region",),
        signers=authority_of_holder,
        window=Window.DAY,
        reads=no_reads,
        rules=(judge_change,),
        evolve=_evolve,
        books=None,
        effect=effect,
        texts=standing,
    )


SUSPEND = _kind(
    "suspend",
    "暂停经营许可证",
    "permit suspension",
    ("许可证暂停。", "The permit is suspended."),
    texts("""
PERMIT_TRANSITION | - | sender | formats §3 [DESIGN]
许可证当前状态不允许此操作。 || 有效的可变更、暂停、吊销；暂停的可变更、恢复、吊销；吊销后不可恢复。
The permit's status does not allow this act. || Suspend what is active, resume what is suspended; revoked is final.
"""),
)
RESUME = _kind("resume", "恢复经营许可证", "permit resumption", ("许可证恢复有效。", "The permit is active again."))
REVOKE = _kind("revoke", "吊销、注销经营许可证", "permit revocation", ("许可证终止，不可恢复。", "The permit ends for ever."))
