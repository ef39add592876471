"""争议: who signed an act that the trunk could not take brings it whole, as evidence, until an authority settles it (kinds §7, formats §3).

It takes no place on the trunk and changes nothing there. Also the way of a departure that is told after the receipt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec.structs import replace

from ledger.admission.personality import Judged, Reads, Role
from ledger.admission.signers import stand_ins, successors
from ledger.directory import party_chain
from ledger.fields import ShortText, Text, form, items, label
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import parse_admission_at
from manifests.act import Body
from manifests.case import Trunk, manifest_of
from manifests.case_act import Effect, Opened, case_act
from manifests.contested import CONTESTED_MAX, ContestedAct, is_signed, key_names, read_contested
from manifests.machine import roles_of
from manifests.matters import Contest
from manifests.model import Capacity, ManifestState, trunk_of
from manifests.sides import concerned
from signing.phrase import Phrase
from signing.refusal import texts

_OWN = (Capacity.GENERATOR, Capacity.RECEIVER)
"""Roles whose holder the manifest names once and for ever."""
FrozenEnvelope = Annotated[
    str,
    form(
        "^[A-Za-z0-9+/]+={0,2}$",
        "CONTEST_FORM",
        Phrase("一份已签署信封的 Base64（紧凑写法，至多 16 KiB）", "a signed envelope in base64 (compact, at most 16 KiB)"),
    ),
]


class CaseContest(Body, frozen=True, kw_only=True):
    """争议 (``case.contest/1``): the envelope, what it was refused for, and why it is true all the same."""

    trunk: Annotated[Trunk, label("所据联单行为", "act of the trunk")]
    envelope: Annotated[FrozenEnvelope, label("有争议的行为", "contested act")]
    codes: Annotated[tuple[ShortText, ...], items(0, 16), label("退回代码", "codes of the refusal")] = ()
    reason: Annotated[Text, label("理由", "reason")]


def reads(statement: Statement, facts: Facts) -> Reads:
    """The keys that signed the contested act."""
    contested = read_contested(statement.body.envelope)
    return Reads(registers=() if contested is None else key_names(contested))


def signers(statement: Statement, facts: Facts) -> Sequence[Role]:
    """One of those who signed the act, or for whom it was signed."""
    contested = _contested(statement)
    own = () if contested.principal is None else (contested.principal,)
    return (Role("signer of the contested act", (*own, *contested.by)),)


def _contested(statement: Statement) -> ContestedAct:
    found = read_contested(statement.body.envelope)
    assert found is not None, "the gate asks first"
    return found


def act_is_of_this_manifest(judged: Judged, out: Findings) -> None:
    """CONTEST_FORM for what is no act of this trunk: nothing more can be said of it."""
    contested, trunk = read_contested(judged.statement.body.envelope), trunk_of(judged.statement.chain)
    if contested is None:
        out.refuse("CONTEST_FORM", "body.envelope", "", f"≤ {CONTESTED_MAX}", "ENVELOPE", most=str(CONTESTED_MAX))
    elif contested.chain != trunk:
        out.refuse("CONTEST_FORM", "body.envelope", contested.chain, trunk, "OTHER", chain=contested.chain, manifest=trunk)


def act_is_evidence(judged: Judged, out: Findings) -> None:
    """CONTEST_TAKEN for an act that the trunk has; CONTEST_FORM for other roles than the act's, nobody of this manifest, or a signature that
    does not hold here."""
    contested, state = _contested(judged.statement), manifest_of(judged)
    if contested.hash in state.acts:
        out.refuse("CONTEST_TAKEN", "body.envelope", contested.hash, "", "SEQ", seq=str(state.acts.index(contested.hash)))
    roles = roles_of(contested.act)
    named = state.holder_of(roles[0]) if roles[0] in _OWN else (contested.holder,)
    is_concerned = bool({contested.holder, *contested.by} & {*concerned(judged.facts, state)})
    if contested.holder not in named and contested.holder in stand_ins(judged.facts, named[0]):
        out.read.update(map(party_chain, (named[0], *successors(judged.facts, named[0]))))
        named, is_concerned = (contested.holder,), True  # in the place of a closed one (kinds §1.2)
    if len(contested.by) > len(roles) or contested.holder not in named or not is_concerned:
        out.refuse("CONTEST_FORM", "body.envelope", ", ".join(contested.by), " / ".join(roles), "ROLES", by="、".join(contested.by))
    if not is_signed(contested, judged.facts, judged.moment):
        out.refuse("CONTEST_FORM", "body.envelope", contested.hash, "", "SIGNATURE", hash=contested.hash)


def contest_is_told(judged: Judged, out: Findings) -> None:
    """ALERT H CONTESTED, until it is released."""
    out.alert("H", "CONTESTED")


def _contest(statement: Statement, admission: Admission) -> Contest:
    act = _contested(statement)
    hands = tuple(dict.fromkeys((*statement.by, *(() if statement.principal is None else (statement.principal,)))))
    since_s = parse_admission_at(admission.at)
    return Contest(case=statement.chain, hands=hands, kind=act.act.kind, seq=act.seq, hash=act.hash, since_s=since_s)


def apply(opened: Opened) -> Effect:
    """The register knows it until its release."""
    contests = (*opened.cases.contests, _contest(opened.statement, opened.admission))
    return Effect(cases=replace(opened.cases, contests=contests), case=opened.case)


def _follow(state: ManifestState, statement: Statement, admission: Admission) -> ManifestState:
    return replace(state, contests=(*state.contests, _contest(statement, admission)))


CASE_CONTEST = case_act(
    "case.contest/1",
    matter="contest",
    zh="争议",
    en="contest",
    body=CaseContest,
    roles=("signer of the contested act",),
    signers=signers,
    gate=act_is_of_this_manifest,
    reads=reads,
    rules=(act_is_evidence, contest_is_told),
    apply=apply,
    follow=_follow,
    opens=True,
    effect=(
        "未能入账的已签署行为作为证据保存，不占联单的序号；主管部门了结前，联单标注为有争议。",
        "A signed act that the trunk could not take is kept as evidence and takes no place there; the manifest is contested until an authority settles it.",
    ),
    texts=texts("""
CONTEST_FORM | - | sender | formats §3 [DESIGN]
所附的不是本联单上一项已签署的行为。 || 原样附上当初签署的信封。
What is enclosed is no signed act of this manifest. || Enclose the envelope as it was signed.

CONTEST_FORM:ENVELOPE
body.envelope 不是一份紧凑写法的已签署联单行为（Base64，至多 {most} 字节）。 || 原样附上当初提交的信封（liandan statement 签出的文件），去掉空白后作 Base64。
body.envelope is not a signed act of a manifest in compact form (base64, at most {most} bytes). || Enclose the envelope as it was sent, without white space, in base64.

CONTEST_FORM:OTHER
所附行为属于 {chain}，不是本联单 {manifest} 的。 || 在它自己那份联单的案卷中提出。
The act is one of {chain}, not of {manifest}. || Bring it in a case of its own manifest.

CONTEST_FORM:ROLES
所附行为的签署单位（{by}）不是该行为应当签署的，或者都与本联单无关。 || 核对所附的行为；应当由联单的有关单位签署。
Who signed the act ({by}) is not who signs such an act, or nobody of this manifest. || Check the act; it is signed by the parties of the manifest.

CONTEST_FORM:SIGNATURE
所附行为 {hash} 的签名不成立，或者所用密钥此时无效。 || 附上未经改动的原信封；密钥已撤销的，请主管部门另行取证。
A signature of the act {hash} does not hold, or its key is not valid now. || Enclose the envelope unchanged; where the key was revoked, let the authority secure the evidence.

CONTEST_TAKEN | - | nobody | kinds §7 [DESIGN]
该行为已经入账，没有争议。 || 不必提出。
The act is on the trunk; there is nothing to contest. || Nothing is left to do.

CONTEST_TAKEN:SEQ
该行为已是联单的第 {seq} 号行为。 || 不必提出争议；内容有误的，按更正程序办理。
The act is number {seq} of the manifest already. || There is nothing to contest; what is wrong in it is corrected by an amendment.

CONTESTED | - | both_authorities | kinds §7 [DESIGN]
有与本联单冲突的已签署行为。 || 主管部门查明后，以更正、带缺口办结或者补录了结，并解除争议（case.release）。
There is a signed act that contradicts the manifest. || Let an authority of either side find out, settle it by an amendment, a gap or a backfill, and release it (case.release).
"""),
)
