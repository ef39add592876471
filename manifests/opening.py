"""Whether an act is open at the stage of its manifest: the gate before all rules, for what it refuses makes every further word pointless.

The machine alone knows what may follow what (manifests/machine.py); here is how a refusal says it: what comes first and who signs it.
"""

from ledger.admission.personality import Judged, JudgeFn
from ledger.model import Findings
from manifests import machine, telling
from manifests.case import ManifestCases, cases_key
from manifests.machine import Act
from manifests.model import FINISHED, ManifestState, Stage
from signing.refusal import texts
from whitelist.telling import minute

_ACTS = {act.kind: act for act in Act}


def is_open(judged: Judged, out: Findings) -> None:
    """ACT_NOT_OPEN unless the machine knows the move."""
    act, stage = _ACTS[judged.statement.kind], _stage(judged)
    if (stage, act) in machine.MOVES:
        return
    open_acts = " / ".join(known for known, _ in machine.moves_from(stage)) or "-"
    own = {"act": telling.act(act), "stage": telling.stage(stage)}
    if stage in FINISHED:
        out.refuse("ACT_NOT_OPEN", "kind", f"{act} @ {stage}", open_acts, "ENDED", **own)
    elif act is Act.ISSUE:
        out.refuse("ACT_NOT_OPEN", "kind", f"{act} @ {stage}", open_acts, "ISSUED", **own)
    elif stage is Stage.NONE:
        out.refuse("ACT_NOT_OPEN", "kind", f"{act} @ {stage}", open_acts, "NONE", manifest=judged.statement.chain, **own)
    elif first := telling.way_to(stage, act):
        out.refuse("ACT_NOT_OPEN", "kind", f"{act} @ {stage}", open_acts, "FIRST", first=first, **own)
    else:
        out.refuse("ACT_NOT_OPEN", "kind", f"{act} @ {stage}", open_acts, "STAGE", open=telling.open_acts(stage), **own)


def _may_depart(judged: Judged, out: Findings) -> None:
    """The same, by its better-known face where there is no manifest to depart on: NO_MANIFEST (R-51)."""
    stage = _stage(judged)
    if stage is Stage.VOIDED:
        out.refuse("NO_MANIFEST", "kind", stage, Stage.ISSUED, "VOIDED", voided=minute(judged.state.times.voided_s or 0))
    elif stage is Stage.NONE:
        out.refuse("NO_MANIFEST", "kind", stage, Stage.ISSUED, "NONE", generator=judged.statement.owner, manifest=judged.statement.chain)
    else:
        is_open(judged, out)


def _may_void(judged: Judged, out: Findings) -> None:
    """The same, by its better-known face where the load has moved: VOID_LATE (R-59)."""
    stage = _stage(judged)
    if stage in (Stage.NONE, Stage.ISSUED, *FINISHED):
        is_open(judged, out)
        return
    own = {"stage": telling.stage(stage), "departed": minute(judged.state.times.departed_s or 0), "receiver": judged.state.receiver}
    if judged.state.times.departed_s is None:
        own["departed"] = ("未记录", "not recorded")
    out.refuse("VOID_LATE", "kind", stage, Stage.ISSUED, "DEPARTED", **own)


def _stage(judged: Judged) -> Stage:
    """Where the manifest stands; no act of its own, but a case may have closed it."""
    state: ManifestState | None = judged.state
    if state is None:
        return Stage.NONE
    cases: ManifestCases | None = judged.facts.values[cases_key(judged.statement.chain)]
    return state.stage if cases is None or cases.gap is None else Stage.CLOSED_GAP


def gate_of(act: Act) -> JudgeFn:
    """What judges before anything else whether an act may be done now."""
    return {Act.DEPART: _may_depart, Act.VOID: _may_void}.get(act, is_open)


TEXTS = texts("""
ACT_NOT_OPEN | - | sender | design §6 [DESIGN]
联单在当前状态下不能进行该行为。 || 查看联单当前状态和待办事项，按流程顺序办理；已拒收、作废、办结的联单不再接受新的行为。
The manifest's stage does not allow this act. || Look up the manifest's stage and what is to be done next; voided, rejected and closed manifests take no further acts.

ACT_NOT_OPEN:STAGE
联单现在是“{stage}”，不能办理{act}，之后也不再能办理。 || 已经办理过的不必重复提交。现在可以办理：{open}。
The manifest is {stage}: {act} is not open, and will not open any more. || What was done already need not be sent again. What is open now: {open}.

ACT_NOT_OPEN:FIRST
联单现在是“{stage}”，还不能办理{act}。 || 先办理{first}；入账后，再提交本项。
The manifest is {stage}: {act} is not open yet. || First comes {first}; once that is entered, send this again.

ACT_NOT_OPEN:ENDED | nobody
联单已经结束（{stage}），不再接受任何行为，包括{act}。 || 不必再办理。核对链名是否填错；废物还要转移的，由移出人另开联单。
The manifest has ended ({stage}) and takes no further acts, {act} included. || Nothing is left to do. Check the chain; waste that is still to move needs another manifest.

ACT_NOT_OPEN:ISSUED
这条链上已有联单（{stage}），不能再次开具。 || 那份联单就是这次转移的，直接使用它；另一次转移的，换一个新的链名（新的 ULID），seq 填 0。
The chain holds a manifest already ({stage}). || If it is this transfer's, use it; for another transfer begin a new chain (a new ULID) with seq 0.

ACT_NOT_OPEN:NONE
账本中没有联单 {manifest}，不能办理{act}。 || 核对链名；联单还没有开具的，请移出人先开具（manifest.issue）。
The log has no manifest {manifest}; {act} is not open. || Check the chain; if it is not issued yet, the generator issues it first (manifest.issue).

VOID_LATE | R-59 | nobody | design §6 [DESIGN]; platforms' 作废 with reason [READ T5, T6]
联单已经起运，不能再作废。 || 由接受人据实填写接受意见（包括拒收）；作废只限起运之前。
The load has departed: the manifest can no longer be voided. || Let the receiver record what happened, a rejection included; voiding ends with the departure.

VOID_LATE:DEPARTED | receiver
联单已是“{stage}”（起运 {departed}），不能再作废。 || 依次办理：承运人提交运抵（manifest.arrive，已提交的不必重复），接受人{receiver}据实提交接受确认（manifest.receive），不接受的填拒收，拒收后额度退回；最后由移出人核实办结（manifest.verify）。
The manifest is {stage} (departed: {departed}) and can no longer be voided. || In this order: the carrier records the arrival (manifest.arrive, unless it is recorded), the receiver {receiver} what it accepted or refused (manifest.receive; a refusal gives the quota back), and the generator closes it (manifest.verify).

NO_MANIFEST | R-51 | generator | Order 23 Art. 11(1)(2) [READ]; waybill: MOT 2019 No. 29 Art. 24 [READ S21]
没有有效的转移联单或危险货物运单，不得起运。 || 先由移出人开具联单，并填写危险货物运单号；没有转移联单的，承运人应当拒绝运输。
Nothing may depart without an issued manifest and a dangerous-goods waybill. || Let the generator issue a manifest first and give the waybill's number; without a manifest the carrier must refuse.

NO_MANIFEST:NONE
账本中没有联单 {manifest}，不得起运。 || 请移出人{generator}先开具联单（manifest.issue），再提交起运；链名填错的，改正 chain。没有转移联单的，承运人应当拒绝运输。
The log has no manifest {manifest}; nothing may depart on it. || Let the generator {generator} issue it first (manifest.issue), or correct chain; without a manifest the carrier must refuse.

NO_MANIFEST:VOIDED
联单已于 {voided} 作废，不得起运。 || 由移出人重新开具联单，用新联单起运。
The manifest was voided at {voided}; nothing may depart on it. || Let the generator issue another one and depart on that.

NO_MANIFEST:WAYBILL | carrier
没有填写危险货物运单号，不得起运。 || 在 body.waybill_no 填写本车次的危险货物运单号（由承运人制作并随车携带）；运输环节豁免的，应在开具时填写豁免条款。
The dangerous-goods waybill is not named; nothing may depart without it. || Put the number of this trip's waybill, which the carrier makes and the driver carries, into body.waybill_no; where transport is exempt, the exemption has to be claimed when the manifest is issued.
""")
