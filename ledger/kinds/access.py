"""Readers: ``access.grant/1`` and ``access.revoke/1``. An authority lets an office read what touches regions of its own (kinds §2).

A city bureau, a transport department or the police reads; it decides nothing. What a grant opens to whom is :func:`ledger.caller.reads`.
"""

from typing import Annotated, Literal

from msgspec import Struct

from ledger.admission.personality import Changes, Judged, Reads
from ledger.dates import judge_until
from ledger.directory import Grant, Grants, PartyState, access_key, is_registered, log_state, party_chain
from ledger.fields import At, Region, Text, Uscc, items, label, words
from ledger.kinds.roles import act_of_party
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import parse_at
from signing.refusal import texts

REGIONS_MAX = 64
GRANTS_MAX = 64  # Open grants to one reader: they are read at every request of its.
TOPICS = {"manifest": "转移联单", "approval": "跨省转移审批", "list": "白名单", "permit": "经营许可证", "incident": "突发事件"}
Topic = Literal["manifest", "approval", "list", "permit", "incident"]
TEXTS = texts("""
ACCESS_ROLE | - | sender | kinds §2 [DESIGN]
只有主管部门可以授予查阅权限。 || 请所在地主管部门授予。
Only an authority grants access. || Ask the authority of the region.

ACCESS_ROLE:PARTY
{party}不是主管部门，不能授予查阅权限。 || 请所在地主管部门授予（access.grant）。
{party} is no authority and grants no access. || Ask the authority of the region to grant it (access.grant).

ACCESS_REGION | - | sender | kinds §2 [DESIGN]
所授区域不在本主管部门的区域之内。 || 只列本部门区域内的 2、4 或 6 位行政区划代码。
A region lies outside the authority's own. || Name prefixes of 2, 4 or 6 digits within its regions.

ACCESS_REGION:OUTSIDE
区域 {region} 不在{authority}的管辖区域（{regions}）之内。 || 改正 {where}，只列本部门区域内的 2、4 或 6 位代码；别的区域请当地主管部门授予。
Region {region} lies outside those of {authority} ({regions}). || Correct {where}: prefixes of 2, 4 or 6 digits within them; for others ask the authority there.

ACCESS_UNKNOWN | - | sender | kinds §2 [DESIGN]
本主管部门没有授予该单位查阅权限。 || 核对单位代码。
This authority has granted that reader nothing. || Check the reader's code.

ACCESS_UNKNOWN:NONE
{party}没有授予{reader}查阅权限，无可撤销。 || 核对 body.reader；由别的主管部门授予的，由该部门撤销。
{party} has granted {reader} nothing that could be revoked. || Check body.reader; what another authority granted, it revokes itself.
""")


class AccessGrant(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``access.grant/1``."""

    reader: Annotated[Uscc, label("查阅单位", "reader")]
    regions: Annotated[tuple[Region, ...], items(1, REGIONS_MAX, once=True), label("区域", "regions, prefixes of divisions")]
    topics: Annotated[tuple[Annotated[Topic, words(TOPICS)], ...], items(1, len(TOPICS), once=True), label("事项", "topics")]
    until: Annotated[At, label("有效期至", "last moment")] | None = None
    reason: Annotated[Text, label("理由", "reason")]


class AccessRevoke(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Body of ``access.revoke/1``: ends all grants of this authority to the reader."""

    reader: Annotated[Uscc, label("查阅单位", "reader")]
    reason: Annotated[Text, label("理由", "reason")]


def _granted(facts: Facts, reader: str) -> tuple[Grant, ...]:
    known: Grants | None = facts.get(access_key(reader))
    return () if known is None else known.grants


def grants_what_is_its_own(judged: Judged, out: Findings) -> None:
    """An authority, for regions within its own."""
    statement = judged.statement
    body: AccessGrant = statement.body
    if (authority := next((a for a in log_state(judged.facts).authorities if a.uscc == statement.owner), None)) is None:
        out.refuse("ACCESS_ROLE", "chain", statement.owner, "", "PARTY", party=statement.owner)
        return
    for position, region in enumerate(body.regions):
        if not authority.covers(region):
            own = {
                "region": region,
                "regions": "、".join(authority.regions),
                "authority": authority.name,
                "where": f"body.regions.{position}",
            }
            out.refuse("ACCESS_REGION", f"body.regions.{position}", region, ", ".join(authority.regions), "OUTSIDE", **own)


def reader_is_known(judged: Judged, out: Findings) -> None:
    """Registered, with keys to log in with; grants are not heaped up."""
    body: AccessGrant = judged.statement.body
    if not is_registered(judged.facts, body.reader):
        out.refuse("PARTY_UNKNOWN", "body.reader", body.reader, "", "NONE", party=body.reader, where="body.reader")
    if len(_granted(judged.facts, body.reader)) >= GRANTS_MAX:
        out.refuse("LIST_LENGTH", "body.reader", GRANTS_MAX, f"< {GRANTS_MAX}", "GRANTS", count=str(GRANTS_MAX))
    if body.until is not None:
        judge_until(out, "body.until", body.until, judged.moment.at_s)


def reader_has_access(judged: Judged, out: Findings) -> None:
    """There is something to revoke."""
    statement = judged.statement
    if all(grant.authority != statement.owner for grant in _granted(judged.facts, statement.body.reader)):
        out.refuse("ACCESS_UNKNOWN", "body.reader", statement.body.reader, "", "NONE", reader=statement.body.reader, party=statement.owner)


def evolve_grant(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    """One more grant; those that are over make room."""
    body: AccessGrant = statement.body
    until_s = None if body.until is None else parse_at(body.until)
    grant = Grant(statement.owner, body.regions, body.topics, until_s)
    kept = Grants(_granted(facts, body.reader)).at(parse_at(admission.at))
    return _changed(statement, facts, (*kept, grant))


def _evolve_revoke(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    return _changed(statement, facts, tuple(g for g in _granted(facts, statement.body.reader) if g.authority != statement.owner))


def _changed(statement: Statement, facts: Facts, grants: tuple[Grant, ...]) -> Changes:
    state = facts.state(statement.chain) or PartyState(name="")
    return Changes(state=state, registers={access_key(statement.body.reader): Grants(grants)})


GRANT = act_of_party(
    name="access.grant/1",
    zh="授予查阅权限",
    en="grant of access",
    body=AccessGrant,
    roles=("the authority",),
    reads=lambda statement, facts: Reads(chains=(party_chain(statement.body.reader),), registers=(access_key(statement.body.reader),)),
    reads_doc="The reader's party chain.",
    rules=(grants_what_is_its_own, reader_is_known),
    evolve=evolve_grant,
    effect=(
        "该单位可以查阅涉及所列区域和事项的内容，不作任何决定。",
        "The reader reads what touches the regions and topics; it decides nothing.",
    ),
    texts=TEXTS,
)
REVOKE = act_of_party(
    name="access.revoke/1",
    zh="撤销查阅权限",
    en="end of access",
    body=AccessRevoke,
    roles=("the authority",),
    reads=lambda statement, facts: Reads(registers=(access_key(statement.body.reader),)),
    rules=(reader_has_access,),
    evolve=_evolve_revoke,
    effect=("本部门授予该单位的查阅权限全部终止。", "Every grant of this authority to the reader ends."),
)
