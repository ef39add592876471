"""``permit.grant/1`` and ``permit.amend/1``: an authority records what it granted on paper, and what changes on it.

Not only permits (综合、收集经营许可证): also receivers that need none, because an exemption item waives the link of use or disposal (R-21).
A renewal (续证) is a grant that names its predecessor: it inherits root and Q3 of the line, for a site does not double with its papers
(L4 of the cases). Source: formats §3; kinds §3; 危险废物经营许可证管理办法 Art. 3, 7, 10, 28 [READ S3].
"""

from typing import Annotated, Any

from msgspec import Struct, field
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Reads
from ledger.answers import filled
from ledger.dates import judge_after
from ledger.directory import authorities_of_division, log_state
from ledger.fields import Day, DivisionCode, File, MassAboveZero, SiteId, Text, items, label
from ledger.kinds.site import site_key
from ledger.mass import parse_mass
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import day_of, year_at
from signing.refusal import texts
from whitelist import telling
from whitelist.acts.permit_status import status_allows_it
from whitelist.catalogue import is_retired
from whitelist.divisions import judge_division, same_place
from whitelist.fields import Address, PermitItem, PermitRef, judge_scope
from whitelist.permit import (
    Basis,
    HeldPermit,
    HeldPermits,
    PermitClass,
    PermitState,
    hand,
    held_permits,
    permit_act,
    permits_key,
)
from whitelist.quota import SiteYear, q3_key, site_year
from whitelist.rules.exemption import judge_basis_of_permit
from whitelist.rules.place import judge_site

Items = Annotated[tuple[PermitItem, ...], items(1, 64, "ITEMS"), label("经营类别、代码、方式", "wastes and methods")]


class PermitGrant(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``permit.grant/1``."""

    no: Annotated[Text, label("许可证编号或豁免管理单位编号", "number")]
    permit_class: PermitClass = field(name="class")
    valid_from: Annotated[Day, label("有效期自", "valid from")]
    valid_to: Annotated[Day, label("有效期至", "valid to")]
    division: Annotated[DivisionCode, label("设施所在地", "division of the facility")]
    address: Address
    site: Annotated[SiteId | None, label("场所编号", "site")] = None
    items: Items
    scale_t: Annotated[MassAboveZero, label("年经营规模（吨/年）", "yearly scale, t")]  # For exempt_use the yearly tonnes of the plan.
    renews: Annotated[PermitRef | None, label("续证：原许可证", "permit renewed")] = None
    basis: Annotated[Basis | None, label("豁免依据", "basis of the exemption")] = None
    file: Annotated[File | None, label("附件", "attachment")] = None


class PermitAmend(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``permit.amend/1``: what is given replaces what was; class and root stay."""

    reason: Annotated[Text, label("变更理由", "reason")]
    no: Annotated[Text | None, label("许可证编号或豁免管理单位编号", "number")] = None
    valid_from: Annotated[Day | None, label("有效期自", "valid from")] = None
    valid_to: Annotated[Day | None, label("有效期至", "valid to")] = None
    division: Annotated[DivisionCode | None, label("设施所在地", "division of the facility")] = None
    address: Address | None = None
    site: Annotated[SiteId | None, label("场所编号", "site")] = None
    items: Items | None = None
    scale_t: Annotated[MassAboveZero | None, label("年经营规模（吨/年）", "yearly scale, t")] = None
    basis: Annotated[Basis | None, label("豁免依据", "basis of the exemption")] = None
    file: Annotated[File | None, label("附件", "attachment")] = None


_REPLACED = ("no", "valid_from", "valid_to", "division", "address", "site", "items", "basis")


def _reads(statement: Statement, facts: Facts) -> Reads:
    """Registers alone: the holder's permits say what a renewal renews; the line's root is known once they are loaded."""
    body: PermitGrant | PermitAmend = statement.body
    holdings = permits_key(statement.owner)
    registers = [holdings] if body.site is None else [holdings, site_key(statement.owner, body.site)]
    if isinstance(body, PermitGrant) and not facts.missing([holdings]):
        renewed = held_permits(facts, statement.owner).of(body.renews)
        registers.append(q3_key(statement.chain if renewed is None else renewed.root))
    return Reads(registers=tuple(registers))


def _amended(state: PermitState, body: PermitAmend) -> PermitState:
    """The permit with the given fields replaced."""
    given: dict[str, Any] = {name: value for name in _REPLACED if (value := getattr(body, name)) is not None}
    if body.scale_t is not None:
        given["scale_g"] = parse_mass(body.scale_t)
    return replace(state, **given)


def _after(judged: Judged) -> PermitState | PermitGrant:
    """The permit as it would stand."""
    return judged.statement.body if judged.state is None else _amended(judged.state, judged.statement.body)


def term_is_in_order(judged: Judged, out: Findings) -> None:
    """有效期: the first day is not after the last."""
    after = _after(judged)
    judge_after(out, "body.valid_to", ("有效期止", "the last day of the permit"), after.valid_to, after.valid_from)


def place_is_named_well(judged: Judged, out: Findings) -> None:
    """Where the statement names the facility's division or site: it exists; outside the signer's region ALERT H PERMIT_SITE_ELSEWHERE.

    The facility decides whether a transfer crosses a province, so an authority that records one elsewhere is said aloud.
    """
    body, facts = judged.statement.body, judged.facts
    division = _after(judged).division
    if body.division is not None:
        known = judge_division(out, "body.division", division, facts.data("divisions"), day_of(judged.moment.at_s))
        if known and hand(judged.statement) not in authorities_of_division(log_state(facts), division):
            out.alert("H", "PERMIT_SITE_ELSEWHERE")
    if body.site is not None:
        judge_site(out, facts, "body.site", body.site, division, judged.statement.owner)


def items_are_in_form(judged: Judged, out: Findings) -> None:
    """Scopes are what they say; who only collects (收集) stores only; codes that the catalogue of the first day struck: CODE_RETIRED."""
    body, after = judged.statement.body, _after(judged)
    for position, item in enumerate(body.items or ()):
        judge_scope(out, f"body.items.{position}", item)
    for position, item in enumerate(after.items):
        if after.permit_class == "collection" and item.methods != ("S",):
            asked = telling.methods(item.methods)
            out.refuse("METHOD", f"body.items.{position}.methods", " ".join(item.methods), "S", "COLLECTION", asked=asked)
    if body.items is None and body.valid_from is None:
        return
    if any(is_retired(judged.facts, code, after.valid_from) for item in after.items for code in item.codes):
        out.alert("M", "CODE_RETIRED")


def basis_holds(judged: Judged, out: Findings) -> None:
    """R-21: exactly receivers of class exempt_use have a basis, and it waives what they may do."""
    after = _after(judged)
    if (after.permit_class == "exempt_use") != (after.basis is not None):
        if after.basis is None:
            out.refuse("EXEMPT_BASIS", "body.basis", "", "", "NO_BASIS")
        else:
            out.refuse("EXEMPT_BASIS", "body.basis", after.basis.item, "", "NO_CLASS", asked=telling.word(after.permit_class))
    elif after.basis is not None:
        judge_basis_of_permit(out, "body.basis", judged.facts, after.basis, after.items, after.valid_from)


def renewal_is_the_lines_next(judged: Judged, out: Findings) -> None:
    """续证: of the last permit of its line, the same holder's, division's and class, and not revoked (Art. 28(3)): RENEWS.

    A grant that renews nothing although the holder has a permit there: ALERT M PERMIT_SECOND, for the scales then add up.
    """
    body: PermitGrant = judged.statement.body
    held = held_permits(judged.facts, judged.statement.owner)
    if body.renews is None:
        if held.at(judged.facts, body.division, body.permit_class):
            out.alert("M", "PERMIT_SECOND")
        return
    old = held.of(body.renews)
    if old is None:
        own = {"permit": body.renews, "holder": judged.statement.owner}
        out.refuse("RENEWS", "body.renews", body.renews, f"permit/{judged.statement.owner}/…", "UNKNOWN", **own)
    elif old.is_revoked:
        out.refuse("RENEWS", "body.renews", "REVOKED", "ACTIVE / SUSPENDED", "REVOKED", permit=body.renews)
    elif held.newest_of(old.root) != old:
        newest = held.newest_of(old.root).chain
        out.refuse("RENEWS", "body.renews", body.renews, newest, "NOT_NEWEST", permit=body.renews, newest=newest)
    elif old.permit_class != body.permit_class or not same_place(judged.facts, old.division, body.division):
        was = {"old_class": telling.word(old.permit_class), "old_place": telling.place(judged.facts, old.division)}
        now = {"new_class": telling.word(body.permit_class), "new_place": telling.place(judged.facts, body.division)}
        found, expected = f"{body.permit_class} {body.division}", f"{old.permit_class} {old.division}"
        out.refuse("RENEWS", "body.renews", found, expected, "OTHER", permit=body.renews, **was, **now)


def something_changes(judged: Judged, out: Findings) -> None:
    """An amendment gives at least one field."""
    body: PermitAmend = judged.statement.body
    if body.scale_t is None and all(getattr(body, name) is None for name in _REPLACED):
        fields = "、".join((*_REPLACED, "scale_t"))
        what = ("要变更的内容", "what is to change")
        how = (f"（{fields} 中至少一项）", f" (one of {fields.replace('、', ', ')} at least)")
        out.refuse("MISSING", "body", "", "", "WHAT", what=what, where="body", how=how)


def facility_stays_in_its_province(judged: Judged, out: Findings) -> None:
    """A facility in another province is another facility: PERMIT_TRANSITION."""
    old, new = judged.state.division, judged.statement.body.division
    if new is not None and new[:2] != old[:2]:
        places = {"old": telling.place(judged.facts, old), "new": telling.place(judged.facts, new)}
        out.refuse("PERMIT_TRANSITION", "body.division", new, f"{old[:2]}…", "PROVINCE", **places)


def _evolve_grant(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: PermitGrant = statement.body
    held = held_permits(facts, statement.owner)
    renewed = held.of(body.renews)
    root = statement.chain if renewed is None else renewed.root
    state = filled(PermitState, body, authority=hand(statement), scale_g=parse_mass(body.scale_t), root=root)
    own = HeldPermit(chain=statement.chain, root=root, division=body.division, permit_class=body.permit_class)
    line = SiteYear(permits=(), year=year_at(admission.at)) if renewed is None else site_year(facts, root)
    registers: dict[str, HeldPermits | SiteYear] = {
        permits_key(statement.owner): held.having(own),
        q3_key(root): replace(line, permits=(*line.permits, statement.chain)),
    }
    return Changes(state=state, registers=registers)


def _evolve_amend(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    state = _amended(facts.state(statement.chain), statement.body)
    held = held_permits(facts, statement.owner)
    own = held.of(statement.chain)
    assert own is not None, "a grant enters the register"
    return Changes(state=state, registers={permits_key(statement.owner): held.having(replace(own, division=state.division))})


GRANT = permit_act(
    name="permit.grant/1",
    zh="登记经营许可证或豁免管理单位",
    en="permit grant",
    body=PermitGrant,
    reads=_reads,
    rules=(term_is_in_order, place_is_named_well, items_are_in_form, basis_holds, renewal_is_the_lines_next),
    evolve=_evolve_grant,
    effect=(
        "许可证进入账本；续证与原证共用同一年经营规模额度。",
        "The permit enters the log; a renewal shares the yearly scale of the permit renewed.",
    ),
    texts=texts("""
PERMIT_SITE_ELSEWHERE | - | destination_authority | design §7 [DESIGN]
许可证载明的设施不在发证登记机关的行政区域内。 || 请设施所在地主管部门核实；设施地址决定一次转移是否跨省。
The facility of the permit lies outside the region of the authority that recorded it. || Let the authority of the site confirm it.

ITEMS | - | destination_authority | [DESIGN]
许可证条目数不在允许范围内。 || 填写 1 至 64 条。
The number of permit items is out of range. || Give 1 to 64 items.

CODE_RETIRED | - | nobody | 国家危险废物名录 2025 [READ H4]; alert [DESIGN]
使用了名录已取消的废物代码。 || 改用现行名录的代码；已取消的代码在新名录施行后不能用于联单。
A code is named that the catalogue in force has struck. || Use the code of the edition in force; no manifest can carry the old one.

RENEWS | - | destination_authority | 危险废物经营许可证管理办法 Art. 28(3) [READ S3]; line of renewals [DESIGN]
所续的许可证不是该单位同一设施、同一类别、未吊销的最新一份。 || 填写该设施最新一份许可证；已吊销、注销的应当重新申领，不填续证。
The permit renewed is not the newest of this holder, facility and class that is not revoked. || Name the newest permit of the facility; what was revoked is applied for anew, without renews.

RENEWS:UNKNOWN
{holder}没有许可证 {permit}。 || 按持证单位查询许可证，body.renews 填它最新的一份；首次领证的，去掉 body.renews。
{holder} has no permit {permit}. || Look its permits up and name the newest in body.renews; for a first permit leave it out.

RENEWS:REVOKED
所续的许可证 {permit} 已吊销或者注销，不能续证。 || 去掉 body.renews，作为重新申领登记。
Permit {permit} was revoked and is not renewed. || Leave body.renews out: what was revoked is granted anew.

RENEWS:NOT_NEWEST
许可证 {permit} 已经续过，最新的一份是 {newest}。 || 把 body.renews 改为 {newest}。
Permit {permit} was renewed before; the newest of its line is {newest}. || Put {newest} into body.renews.

RENEWS:OTHER
所续的许可证 {permit} 是{old_place}的{old_class}，这一份是{new_place}的{new_class}，不是同一设施、同一类别。 || 同一设施续证的，改正 body.division 和 body.class；是另一处设施或者另一类别的，去掉 body.renews。
Permit {permit} is a {old_class} in {old_place}; this one is a {new_class} in {new_place}. || For a renewal correct body.division and body.class; for another facility or class leave body.renews out.

PERMIT_SECOND | - | destination_authority | kinds §3 [DESIGN]
同一设施另有许可证，年经营规模分别计算。 || 属于续证的，请撤销后以续证重新登记；确为另一套设施的无须处理。
The facility has another permit, and their yearly scales count apart. || If this is a renewal, revoke it and record it as one; nothing is wrong with a second facility.
"""),
    opens=True,
)

AMEND = permit_act(
    name="permit.amend/1",
    zh="变更经营许可证",
    en="permit amendment",
    body=PermitAmend,
    reads=_reads,
    rules=(
        status_allows_it,
        something_changes,
        facility_stays_in_its_province,
        term_is_in_order,
        place_is_named_well,
        items_are_in_form,
        basis_holds,
    ),
    evolve=_evolve_amend,
    effect=("给出的内容取代原有内容，类别和所属续证线不变。", "What is given replaces what was; class and root stay."),
)
