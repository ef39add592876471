"""Cases: side chains about a manifest, ``case/<generator>/<manifest ULID>/<ULID>``; what all of them share.

A case says which act of the trunk it knew (``body.trunk``); if the trunk has grown since, it is admitted with the tag TRUNK_MOVED
(formats §3). Cases never write the trunk's state: what they fill in stands in one register beside it, which every act on the manifest
reads (kinds §1.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Judged
from ledger.directory import log_state
from ledger.fields import Count, Hash, label
from ledger.model import Facts, Findings, Statement
from manifests import telling
from manifests.matters import Contest, Gap, Hold
from manifests.model import FINISHED, ManifestState, Stage, trunk_of
from manifests.returned import ReturnedLine
from signing.refusal import texts

CASES_MAX = 16
MATTERS: Mapping[str, tuple[str, str]] = {
    "number": ("编号", "its numbers"),
    "amend": ("更正", "a correction"),
    "hold": ("暂扣", "a hold"),
    "contest": ("争议", "a contest"),
    "gap": ("带缺口办结", "a close with gap"),
    "report": ("报告", "a report"),
}
"""What a case may be about, one matter each (kinds §7): ``CaseState.topic`` in words."""


class OpenProposal(Struct, frozen=True, gc=False):
    """A correction that waits for consents: its case, when it was proposed, and the fields that nobody else may correct meanwhile."""

    case: str
    proposed_s: int
    paths: tuple[str, ...]


class ManifestCases(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Register ``manifest-cases:<manifest>``: numbers that cases gave, cases of each party, what stands beside the trunk, what returns took."""

    number: str | None = None
    provincial_number: str | None = None
    opened: tuple[tuple[str, int], ...] = ()
    returned: tuple[ReturnedLine, ...] = ()
    """Refused grams by line, of which returns hold some."""
    holds: tuple[Hold, ...] = ()
    """Every one, in order of admission, with its end: whoever judges asks for the moment of the event."""
    overlay: dict[str, str] = {}
    """Corrections in force (更正): value by path, both as they were signed; what they change of the trunk's state is written there."""
    proposals: tuple[OpenProposal, ...] = ()
    """Corrections that were neither agreed to by everybody nor refused; whether one has lapsed is a matter of the moment."""
    gap: Gap | None = None
    contests: tuple[Contest, ...] = ()
    incidents: tuple[str, ...] = ()
    """Chains of incidents that name it and are open, the first INCIDENTS_MAX of them (manifests.incident)."""

    def with_case_of(self, party: str) -> ManifestCases:
        """The register after a party opened one more."""
        counts = dict(self.opened)
        return replace(self, opened=tuple({**counts, party: counts.get(party, 0) + 1}.items()))


NO_CASES = ManifestCases()


def cases_key(trunk: str) -> str:
    """Key of a manifest's register."""
    return f"manifest-cases:{trunk}"


def cases_of(facts: Facts, trunk: str) -> ManifestCases:
    """What cases have done to a manifest; its register must be loaded."""
    found: ManifestCases | None = facts.get(cases_key(trunk))
    return found or NO_CASES


def numbered(state: ManifestState, cases: ManifestCases) -> ManifestState:
    """With the numbers that cases gave: what the trunk itself takes over with its next act."""
    if cases is NO_CASES:
        return state
    return replace(state, number=state.number or cases.number, provincial_number=state.provincial_number or cases.provincial_number)


def in_force(state: ManifestState, cases: ManifestCases) -> ManifestState:
    """The manifest by which its acts are judged and shown: what the trunk said, with what cases have done to it since (kinds §7)."""
    if cases is NO_CASES:
        return state
    found = replace(numbered(state, cases), holds=cases.holds, contests=cases.contests)
    return found if cases.gap is None else closed_with(found, cases.gap)


def manifest_at(facts: Facts, trunk: str) -> ManifestState | None:
    """A manifest in force by its chain; chain and register must be loaded."""
    found: ManifestState | None = facts.state(trunk)
    return None if found is None else in_force(found, cases_of(facts, trunk))


def closed_with(state: ManifestState, gap: Gap) -> ManifestState:
    """The manifest closed with a gap: nothing is under way any more, and what no receipt has settled is held no longer."""
    legs = tuple([leg if leg.ended_s is not None else replace(leg, ended_s=gap.at_s) for leg in state.legs])
    held = state.drawn if state.times.received_s is not None else dict.fromkeys(state.drawn, 0)
    times = replace(state.times, closed_gap_s=gap.at_s)
    return replace(state, stage=Stage.CLOSED_GAP, times=times, legs=legs, drawn=held, gap=gap)


def manifest_of(judged: Judged) -> ManifestState:
    """The manifest that a statement of a case is about, in force."""
    trunk = trunk_of(judged.statement.chain)
    return in_force(judged.facts.state(trunk), cases_of(judged.facts, trunk))


def not_finished(judged: Judged, out: Findings) -> None:
    """TRUNK_STAGE for a finished manifest: of what has ended nothing is left to stop or to close."""
    stage = manifest_of(judged).stage
    if stage in FINISHED:
        out.refuse("TRUNK_STAGE", "body.trunk", stage, "", "ENDED", stage=telling.stage(stage))


class Trunk(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """An admitted statement of the trunk that a case speaks of (formats §3)."""

    seq: Annotated[Count, label("序号", "seq")]
    hash: Annotated[Hash, label("声明哈希", "statement hash")]


def case_takes_it(matters: tuple[str, ...], judged: Judged, out: Findings) -> None:
    """TRUNK_UNKNOWN for a case about a manifest that the log does not have, CASE_DONE on a chain that is about another matter: nothing more
    can be said of either."""
    trunk, case = trunk_of(judged.statement.chain), judged.state
    if judged.facts.state(trunk) is None:
        named: Trunk | None = getattr(judged.statement.body, "trunk", None)
        out.refuse("TRUNK_UNKNOWN", "body.trunk", "" if named is None else named.hash, trunk, "NO_MANIFEST", manifest=trunk)
    elif case is not None and case.topic not in matters:
        own = {"matter": MATTERS[case.topic], "wanted": MATTERS[matters[0]]}
        out.refuse("CASE_DONE", "chain", case.topic, " / ".join(matters), "OTHER", **own)


def cases_have_room(judged: Judged, out: Findings) -> None:
    """CASES_FULL: at most CASES_MAX cases per manifest and party that opens them, so nobody fills another's; authorities are not counted."""
    statement, opener = judged.statement, opener_of(judged.statement)
    if statement.seq > 0 or any(opener == authority.uscc for authority in log_state(judged.facts).authorities):
        return
    opened = dict(cases_of(judged.facts, trunk_of(statement.chain)).opened).get(opener, 0)
    if opened >= CASES_MAX:
        out.refuse("CASES_FULL", "chain", opened, f"≤ {CASES_MAX}", "PARTY", party=opener, most=str(CASES_MAX))


def opener_of(statement: Statement) -> str:
    """For whom a case is opened: the principal where a delegate signs."""
    return statement.principal or statement.by[0]


def trunk_is_known(judged: Judged, out: Findings) -> None:
    """TRUNK_UNKNOWN unless the trunk has the named statement at that seq; tag TRUNK_MOVED when it is not the newest.

    Every statement at seq 0 names one (kinds §7); what comes later on the chain need not, where its body leaves that open.
    """
    named: Trunk | None = getattr(judged.statement.body, "trunk", None)
    if named is None:
        if judged.statement.seq == 0:
            out.refuse(
                "MISSING", "body.trunk", "", "", "WHAT", what=("所据联单行为", "the act of the manifest"), where="body.trunk", how=""
            )
        return
    trunk = trunk_of(judged.statement.chain)
    state: ManifestState = judged.facts.state(trunk)
    newest = len(state.acts) - 1
    if not 0 <= named.seq <= newest or state.acts[named.seq] != named.hash:
        own = {"manifest": trunk, "seq": str(named.seq), "newest": str(newest), "hash": state.acts[newest]}
        out.refuse("TRUNK_UNKNOWN", "body.trunk", f"{named.seq} {named.hash}", f"{trunk}, seq 0 … {newest}", "NO_ACT", **own)
    elif named.seq < newest:
        out.tag("TRUNK_MOVED")


TEXTS = texts("""
TRUNK_UNKNOWN | - | sender | formats §3 [DESIGN]
案卷所指的联单行为不在账本中。 || 先提交联单行为；核对 body.trunk 的 seq 与 hash。
The case speaks of an act of the manifest that the log does not have. || Submit the act first; check seq and hash in body.trunk.

TRUNK_UNKNOWN:NO_MANIFEST
账本中没有联单 {manifest}。 || 核对链名；联单还没有开具的，先由移出人开具。
The log has no manifest {manifest}. || Check the chain; if it is not issued yet, the generator issues it first.

TRUNK_UNKNOWN:ITEM_CASE
账本中没有 {case}，或者它不是该未符项所指联单的事项。 || 核对链名；只填写更正该联单的事项（在联单页面上查），没有的不填。
The log has no {case}, or it is about another manifest than the item. || Check the chain; name a case of the same manifest (it is on the page of the manifest), or leave it out.

TRUNK_UNKNOWN:NO_ACT
联单 {manifest} 没有所指的第 {seq} 号行为，或者哈希不符。 || 重新读取联单，body.trunk 填最新行为：seq {newest}，hash {hash}。
Manifest {manifest} has no act {seq} with this hash. || Read the manifest again and name its newest act in body.trunk: seq {newest}, hash {hash}.

TRUNK_MOVED | - | nobody | formats §3 [DESIGN]
案卷提出后，联单已有新的行为。 || 请结合联单的最新状态理解本案卷。
The manifest has moved on since the act that the case speaks of. || Read the case together with the manifest's present stage.

CASE_DONE | - | sender | kinds §7 [DESIGN]
一个案卷只办理一件事项，本案卷已另有事项。 || 换一个新的案卷（新的 ULID），seq 填 0。
A case is about one matter, and this one is about another. || Begin a case of its own (a new ULID) with seq 0.

CASE_DONE:OTHER
本案卷的事项是“{matter}”，不能在其中办理“{wanted}”。 || 核对链名；确要办理“{wanted}”的，在它自己的案卷中办理（新的 ULID，seq 填 0）。
This case is about {matter}, not about {wanted}. || Check the chain; {wanted} has a case of its own (a new ULID with seq 0).

TRUNK_STAGE | - | nobody | kinds §7 [DESIGN]
联单在当前状态下不能这样办理。 || 查看联单当前状态，按其状态办理。
The manifest's stage does not allow this. || Look up the manifest's stage and go by it.

TRUNK_STAGE:VOIDED
联单已于 {voided} 作废，不能再编号。 || 把编号登记在重新开具的那份联单上。
The manifest was voided at {voided} and gets no number. || Give the number to the manifest issued in its place.

TRUNK_STAGE:ENDED
联单已经结束（{stage}），不能这样办理。 || 核对链名；废物另有去向的，向主管部门报告。
The manifest has ended ({stage}). || Check the chain; if the waste is somewhere else, tell the authority.

CASE_STATE | - | nobody | kinds §7 [DESIGN]
本案卷没有可以解除的事项。 || 不必再办理；需要重新暂扣的，另开案卷。
Nothing in this case is left to be released. || Nothing is left to do; a new hold is a case of its own.

CASE_STATE:RELEASED
已于 {released} 解除。 || 不必再次解除；需要重新暂扣的，另开案卷。
It was released at {released}. || Nothing is left to do; a new hold is a case of its own.

CASE_STATE:LAPSED
暂扣已于 {ended} 期满自行终止，没有可以解除的。 || 不必办理；需要继续暂扣的，另开案卷重新暂扣（case.hold）。
The hold ended by itself at {ended}. || Nothing is left to do; to go on holding the load, hold it anew in a case of its own (case.hold).
TRUNK_STAGE:RETURNING
{manifest}的拒收量中有 {mass} 吨已开具退回或改送联单，但还没有起运，去向尚未确定。 || 先使那份退回或改送联单起运，或者由移出人作废；移出人不办的，先对那份联单带缺口办结。
Of what was refused of {manifest}, {mass} t are on a return or redirect that has not departed: where they are is open. || Let that manifest depart, or let the generator void it; if it does neither, close that manifest with a gap first.

TRUNK_STAGE:AMEND_VOIDED
联单已于 {voided} 作废，只能更正编号。 || 不必更正；废物还要转移的，另开联单。
The manifest was voided at {voided}: its number alone can be corrected. || Nothing is left to do; waste that is still to move needs another manifest.

TRUNK_STAGE:AMEND_ISSUED
联单尚未起运，不能更正{what}（{path}）。 || 由移出人作废本联单，改正后重新开具，起运核查随之重新进行。
The manifest has not departed: {what} ({path}) is not corrected. || Let the generator void it and issue it anew, so that the gate judges what really goes.

TRUNK_STAGE:AMEND_TRIP
联单已是“{stage}”，车次标识只在起运前更正。 || 不必更正；车次以起运时的为准。
The manifest is {stage}; the trip id is corrected before the departure only. || Nothing is left to do; the trip is the one that departed.

CASE_ROLE | - | sender | kinds §1.7, §7 [DESIGN]
本单位不能这样办理本案卷。 || 由应当办理的单位签署。
This party may not do that in this case. || Let the party whose matter it is sign.

CASE_ROLE:PROPOSER
{party}是该更正的提出人或者代其签署，提出即视为同意，不能再代他方同意。 || 由尚未同意的单位自行签署；提出人要撤回的，提交 case.amend_refuse。
{party} proposed the correction or signed the proposal, which is its consent; it gives no further one. || Let those whose consent is missing sign themselves; to take the proposal back send case.amend_refuse.

CASE_ROLE:REPORT
“{about}”应当由{who}报告。 || 由{who}签署；其他说明用 about: other 提交。
A report of this kind ({about}) is made by {who}. || Let {who} sign it; anything else is told with about: other.

CASE_ROLE:HAND
提出争议的单位（{hand}）不能自己了结它，受托代签也不行。 || 由移出地或者接受地主管部门中未参与提出的一方了结。
Who brought the contest ({hand}) does not settle it, by delegation either. || Let the authority of a side settle it that had no hand in it.

CASES_FULL | - | nobody | kinds §7 [DESIGN]
本单位在该联单上的案卷已达 16 个。 || 在已有案卷中继续办理，或请主管部门提出。
This party has opened 16 cases about the manifest, as many as it may. || Go on in the cases that are there, or ask an authority to open one.

CASES_FULL:THREAD
本案卷中的报告已达 {most} 条，不能再报。 || 另开一个案卷继续报告。
There are {most} reports in this case, as many as it may hold. || Go on in another case.

CASES_FULL:PARTY
{party}在该联单上的案卷已达 {most} 个，不能再开。 || 在已有案卷中继续办理；确需新开的，请主管部门提出。
{party} has opened {most} cases about the manifest, as many as it may. || Go on in the cases that are there, or ask an authority to open one.
""")
