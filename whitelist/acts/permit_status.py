"""``permit.suspend/1``, ``permit.resume/1``, ``permit.revoke/1``: a permit stops and goes on; revoked is final.

A suspension or revocation is a stop: from its admission on nothing departs to the receiver (kinds §1.3). What was revoked is applied for
anew and never renewed. Source: formats §3; 危险废物经营许可证管理办法 Art. 7, 10, 28 [READ S3].
"""

from collections.abc import Mapping
from functools import partial
from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Reads
from ledger.fields import File, Text, label
from ledger.model import Admission, Facts, Findings, Statement
from signing.refusal import texts
from whitelist import telling
from whitelist.permit import PermitState, PermitStatus, held_permits, permit_act, permits_key

_AFTER: Mapping[str, PermitStatus] = {"permit.suspend/1": "SUSPENDED", "permit.resume/1": "ACTIVE", "permit.revoke/1": "REVOKED"}
_BEFORE: Mapping[str, tuple[str, ...]] = {
    "permit.amend/1": ("ACTIVE", "SUSPENDED"),
    "permit.suspend/1": ("ACTIVE",),
    "permit.resume/1": ("SUSPENDED",),
    "permit.revoke/1": ("ACTIVE", "SUSPENDED"),
}


class PermitChange(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``permit.suspend/1``, ``permit.resume/1`` and ``permit.revoke/1``."""

    reason: Annotated[Text, label("理由", "reason")]
    file: Annotated[File | None, label("附件", "attachment")] = None


def status_allows_it(judged: Judged, out: Findings) -> None:
    """The permit has the status that this kind needs: PERMIT_TRANSITION."""
    state: PermitState = judged.state
    allowed = _BEFORE[judged.statement.kind]
    if state.history.now not in allowed:
        own = {"no": state.no, "status": telling.word(state.history.now), "allowed": telling.words(allowed)}
        if state.history.now == "REVOKED":
            out.refuse("PERMIT_TRANSITION", "kind", state.history.now, " / ".join(allowed), "REVOKED", no=state.no)
        else:
            out.refuse("PERMIT_TRANSITION", "kind", state.history.now, " / ".join(allowed), "STATUS", **own)


def reads_holdings(statement: Statement, facts: Facts) -> Reads:
    """The register of the holder's permits."""
    return Reads(registers=(permits_key(statement.owner),))


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    before: PermitState = facts.state(statement.chain)
    after = replace(before, history=before.history.after(_AFTER[statement.kind], admission))
    held = held_permits(facts, statement.owner)
    own = held.of(statement.chain)
    if own is None or after.history.now != "REVOKED":
        return Changes(state=after)
    return Changes(state=after, registers={permits_key(statement.owner): held.having(replace(own, is_revoked=True))})


_change = partial(permit_act, body=PermitChange, reads=reads_holdings, rules=(status_allows_it,), evolve=_evolve)
SUSPEND = _change(
    name="permit.suspend/1",
    zh="暂停经营许可证",
    en="permit suspension",
    effect=(
        "许可证暂停：自入账起不得起运前往该接受人。",
        "The permit is suspended: from the admission on nothing departs to this receiver.",
    ),
    texts=texts("""
PERMIT_TRANSITION | - | destination_authority | formats §3 [DESIGN]
许可证当前状态不允许此操作，或设施迁往另一省份。 || 有效的可变更、暂停、吊销；暂停的可变更、恢复、吊销；吊销后不可恢复；迁往另一省份的另行申领。
The permit's status does not allow this act, or the facility would move to another province. || Suspend what is active, resume what is suspended; revoked is final; another province needs its own permit.

PERMIT_TRANSITION:STATUS
许可证 {no} 现在是“{status}”，此项操作只能在“{allowed}”时进行。 || 核对许可证；已是所要的状态的，不必再提交。
Permit {no} is {status}; this act needs it to be {allowed}. || Check the permit; if it stands as it should, nothing is left to do.

PERMIT_TRANSITION:REVOKED | nobody
许可证 {no} 已吊销或者注销，不能再变更、暂停或者恢复。 || 重新申领的，另行登记一份新的许可证（permit.grant，不填 renews）。
Permit {no} was revoked and takes no further act. || A new permit is recorded by itself (permit.grant, without renews).

PERMIT_TRANSITION:PROVINCE
设施从{old}迁往{new}，跨省的是另一处设施。 || 由{new}的主管部门另行登记许可证（permit.grant），原许可证办理注销；地点填错的，改正 body.division。
The facility would move from {old} to {new}, another province: that is another facility. || The authority there grants a permit of its own (permit.grant) and this one is revoked; or correct body.division.
"""),
)
RESUME = _change(
    name="permit.resume/1", zh="恢复经营许可证", en="permit resumption", effect=("许可证恢复有效。", "The permit is active again.")
)
REVOKE = _change(
    name="permit.revoke/1",
    zh="吊销、注销经营许可证",
    en="permit revocation",
    effect=("许可证终止，不可恢复，也不得续证。", "The permit ends for ever and cannot be renewed."),
)
