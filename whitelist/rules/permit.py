"""R-17 to R-21: may the receiver take this waste, this way, on that day, and this much more this year?

The ``judge_`` functions serve applications, decisions and lists too.
"""

from collections.abc import Iterable

from ledger.admission.personality import Judged
from ledger.mass import format_mass, tonnes
from ledger.model import Facts, Findings
from ledger.times import day_of, parse_at
from signing.phrase import Word
from signing.refusal import texts
from whitelist import telling
from whitelist.checked import Checked
from whitelist.divisions import same_place
from whitelist.exemptions import LINK_OF_GROUP
from whitelist.fields import group_of
from whitelist.permit import PermitState, permit_at
from whitelist.quota import q3_used_g
from whitelist.rules.exemption import judge_basis


def permit_is_the_receivers(checked: Checked, out: Findings) -> None:
    """R-17: the permit is on the log, the receiver's, and for the facility at the destination. Code Art. 534 [READ]; site [DESIGN].

    The site is compared because the destination decides whether a decision is needed at all.
    """
    transfer, permit = checked.transfer, checked.permit
    if transfer.permit is not None and not transfer.goes_back:
        judge_permit_holder(out, "body.permit", transfer.permit, transfer.receiver, permit)
    if permit is not None and not same_place(checked.facts, transfer.destination.division, permit.division):
        places = {
            "asked": telling.place(checked.facts, transfer.destination.division),
            "right": telling.place(checked.facts, permit.division),
            "then": _approval_then(checked, permit.division),
        }
        found, expected = transfer.destination.division, permit.division
        out.refuse("PERMIT_SITE", "body.destination.division", found, expected, "OTHER", no=permit.no, division=expected, **places)


def _approval_then(checked: Checked, division: str) -> Word:
    """What becomes of the approval once the destination is mended: else the next answer is about that."""
    transfer = checked.transfer
    province, given = checked.home[:2], transfer.approval is not None
    if province == division[:2] and given:
        return "；改后是省内转移，同时删除 body.approval", "; it then stays inside one province, so leave body.approval out"
    if province != division[:2] != transfer.destination.division[:2]:
        if given:
            return "；改后是跨省转移，批准保留，不要删除", "; it then crosses provinces, so keep the approval"
        return "；改后是跨省转移，须有批准", "; it then crosses provinces and needs an approval"
    return ""


def permit_is_in_force(checked: Checked, out: Findings) -> None:
    """R-17: neither suspended nor revoked at the moment of the event, and in its term on that day. Code Art. 534 [READ]."""
    if checked.permit is not None:
        judge_permit_standing(out, checked.facts, "body.permit", checked.permit, checked.day, checked.event_s)


def plan_ends_with_the_permit(checked: Checked, out: Findings) -> None:
    """R-17: 计划转移时间 is not after the last day of the permit, or of what renewed it; else nothing could depart (E8 of the cases)."""
    planned_at, newest = checked.transfer.planned_at, checked.newest
    if planned_at is not None and newest is not None and day_of(parse_at(planned_at)) > newest.valid_to:
        own = {"no": newest.no, "until": newest.valid_to, "day": day_of(parse_at(planned_at)), "receiver": checked.transfer.receiver}
        out.refuse("PERMIT_DATE", "body.planned_at", planned_at, f"≤ {newest.valid_to}", "PLANNED", **own)


def permit_covers_the_code(checked: Checked, out: Findings) -> None:
    """R-18: the permit covers the code (ALL, INCLUDE, EXCEPT). Code Art. 534 [READ]."""
    if checked.permit is not None:
        for path, line in checked.lines:
            judge_permit_scope(out, f"{path}.code", checked.permit, line.code, line.name)


def permit_covers_the_method(checked: Checked, out: Findings) -> None:
    """R-19: the method is permitted for the code. 危险废物经营许可证管理办法 Art. 10 [READ S3]."""
    if checked.permit is not None:
        for path, line in checked.lines:
            judge_permit_method(out, f"{path}.method", checked.permit, line.code, line.method)


def basis_waives_it(checked: Checked, out: Findings) -> None:
    """R-21: a receiver without a permit may take what its exemption item waives, from whom it waives it; the link becomes a tag."""
    permit = checked.permit
    if permit is None or permit.basis is None:
        return
    for path, line in checked.lines:
        if judge_basis(out, f"{path}.method", checked.facts, permit.basis, (line.code, line.method), checked.day, checked.generator):
            out.tag(LINK_OF_GROUP[group_of(line.method)])


def yearly_scale_holds(checked: Checked, out: Findings) -> None:
    """R-20: what the receiver's site takes this year stays within the yearly scale of the permit named, over all its renewals.

    ALERT M above ``scale_alert_permille``, refused above ``scale_limit_permille``; all lines of the transfer count together.
    危险废物经营许可证管理办法 Art. 12(4) [READ S3]; alert [DESIGN].
    """
    permit, limits = checked.permit, checked.thresholds
    if limits is None:
        out.refuse("DATA_NOT_ADOPTED", "body.permit", "thresholds", "data.adopt", "NONE", name="thresholds")
    if permit is None or limits is None:
        return
    used_g = q3_used_g(checked.facts, permit.root, checked.year)
    total_g = used_g + checked.total_g
    if total_g * 1000 <= permit.scale_g * limits.scale_alert_permille:
        return
    masses: dict[str, Word] = {"scale": tonnes(permit.scale_g), "used": tonnes(used_g), "this": tonnes(checked.total_g)}
    own: dict[str, Word] = {"receiver": checked.transfer.receiver, "no": permit.no, "year": str(checked.year), **masses}
    own["percent"] = f"{limits.scale_limit_permille / 10:g}"
    if total_g * 1000 > permit.scale_g * limits.scale_limit_permille:
        most_g = permit.scale_g * limits.scale_limit_permille // 1000
        own |= {"most": tonnes(most_g), "left": tonnes(max(0, most_g - used_g)), "next": _next_year(checked)}
        own["authority"] = telling.authority(checked.facts, permit.division)
        found, expected = f"{format_mass(total_g)} t", f"≤ {format_mass(most_g)} t"
        if used_g < most_g:
            out.refuse("PERMIT_SCALE", "body.permit", found, expected, "LEFT", **own)
        else:
            out.refuse("PERMIT_SCALE", "body.permit", found, expected, "FULL", **own)
    else:
        out.alert("M", "PERMIT_SCALE", "ABOVE", total=tonnes(total_g), **own)


def _next_year(checked: Checked) -> Word:
    """From when the scale begins anew, and whether the approval lasts so long."""
    first, last_days = f"{checked.year + 1}-01-01", [decided.valid_to for _, _, decided in checked.decided_lines()]
    if last_days and min(last_days) < first:
        zh, en = "{first}（这份批准到 {until} 为止，届时须有新的批准）", "{first} (this approval ends on {until}: a new one is needed then)"
        return telling.around(zh, en, first=first, until=min(last_days))
    return first


def judge_receiver(
    judged: Judged, out: Findings, field: str, permit: tuple[str, str], day: str, lines: Iterable[tuple[str, str, str, str]]
) -> PermitState | None:
    """R-17 to R-19, R-21 of an application: its ``permit`` (chain, receiver) named at ``field``, if the log has it.

    ``day``: on which the receiver might take the ``lines``: where a reason about the code stands, where about the method, code and method.
    """
    chain, receiver = permit
    found = permit_at(judged.facts, chain)
    judge_permit_holder(out, field, chain, receiver, found)
    if found is None:
        return None
    judge_permit_standing(out, judged.facts, field, found, day, judged.moment.at_s)
    for code_field, method_field, code, method in lines:
        judge_permit_scope(out, code_field, found, code, "")
        judge_permit_method(out, method_field, found, code, method)
        if found.basis is not None:
            judge_basis(out, method_field, judged.facts, found.basis, (code, method), day, judged.statement.owner)
    return found


def judge_permit_holder(out: Findings, field: str, chain: str, receiver: str, permit: PermitState | None) -> None:
    """Reasons PERMIT_UNKNOWN, PERMIT_HOLDER."""
    if permit is None:
        out.refuse("PERMIT_UNKNOWN", field, chain, f"permit/{receiver}/…", "NONE", permit=chain, receiver=receiver, where=field)
    elif not chain.startswith(f"permit/{receiver}/"):
        own: dict[str, Word] = {"no": permit.no, "owner": chain.split("/")[1], "receiver": receiver, "where": field}
        out.refuse("PERMIT_HOLDER", field, chain, f"permit/{receiver}/…", "OTHER", **own)


def judge_permit_standing(out: Findings, facts: Facts, field: str, permit: PermitState, day: str, at_s: int) -> None:
    """Reasons PERMIT_STATUS at a moment, PERMIT_DATE on its day."""
    if permit.stands(day, at_s):
        return
    status = permit.history.at(at_s)
    own: dict[str, Word] = {"no": permit.no, "authority": telling.authority(facts, permit.division)}
    if status != "ACTIVE":
        own["since"] = telling.minute(permit.history.since_s(at_s))
        if status == "REVOKED":
            out.refuse("PERMIT_STATUS", field, status, "ACTIVE", "REVOKED", **own)
        else:
            out.refuse("PERMIT_STATUS", field, status, "ACTIVE", "SUSPENDED", **own)
    own |= {"day": day, "first": permit.valid_from, "until": permit.valid_to}
    if day > permit.valid_to:
        out.refuse("PERMIT_DATE", field, day, f"{permit.valid_from} … {permit.valid_to}", "OVER", **own)
    elif day < permit.valid_from:
        out.refuse("PERMIT_DATE", field, day, f"{permit.valid_from} … {permit.valid_to}", "EARLY", **own)


def judge_permit_scope(out: Findings, field: str, permit: PermitState, code: str, name: str) -> None:
    """Reason PERMIT_SCOPE (R-18); ``name`` of the waste, empty where nobody said one."""
    if not permit.items_for(code):
        scopes = "; ".join(str(item) for item in permit.items)
        zh, en = (by.join(said) for by, said in zip(("；", "; "), zip(*(item.told() for item in permit.items), strict=True), strict=True))
        waste = f"{code} {name}".rstrip()
        out.refuse("PERMIT_SCOPE", field, code, scopes, "OTHER", waste=waste, no=permit.no, scopes=(zh, en), where=field)


def judge_permit_method(out: Findings, field: str, permit: PermitState, code: str, method: str) -> None:
    """Reason PERMIT_METHOD (R-19); where no item covers the code, by the whole permit (kinds §15)."""
    if not permit.allows(code, method):
        own = {"asked": telling.method(method), "allowed": telling.methods(permit.methods_for(code))}
        allowed = " / ".join(permit.methods_for(code))
        out.refuse("PERMIT_METHOD", field, method, allowed, "OTHER", no=permit.no, waste=code, where=field, **own)


RULES = (
    permit_is_the_receivers,
    permit_covers_the_code,
    permit_covers_the_method,
    basis_waives_it,
    yearly_scale_holds,
    plan_ends_with_the_permit,
)
TEXTS = texts("""
PERMIT_UNKNOWN | R-17 | destination_authority | Code Art. 534 [READ T1–T3] | 固废法 Art. 80 [READ S2]
账本中没有这份经营许可证。 || 核对许可证链名；未登记的，请接受地主管部门先登记许可证。
The log has no such permit. || Check the chain; the authority of the receiver's region records permits.

PERMIT_UNKNOWN:NONE
账本中没有经营许可证 {permit}。 || 按接受人 {receiver} 查询许可证，把链名填入 {where}；查不到的，请接受人向其所在地主管部门申请登记（permit.grant）。
The log has no permit {permit}. || Look it up (GET /v1/permits?receiver={receiver}) and put its chain into {where}; if there is none, the receiver asks the authority of its region to record it (permit.grant).

PERMIT_HOLDER | R-17 | sender | Code Art. 534 [READ T1–T3] | 固废法 Art. 80 [READ S2]
经营许可证不属于该接受人。 || 填写接受人本单位的许可证。
The permit is not this receiver's. || Name a permit of the receiver.

PERMIT_HOLDER:OTHER
许可证 {no} 是{owner}的，接受人是{receiver}。 || 把 {where} 改为接受人{receiver}自己的许可证 permit/{receiver}/…；接受人填错的，改接受人。
Permit {no} is {owner}'s; the receiver is {receiver}. || Name a permit of the receiver, permit/{receiver}/…, in {where}; or correct the receiver.

PERMIT_HOLDER:ROW
该行的许可证不是接受单位{receiver}的。 || 把 {where} 改为 permit/{receiver}/… 中的一份，或者改正接受单位。
The permit of this row is not {receiver}'s. || Name one of permit/{receiver}/… in {where}, or correct the receiver.

PERMIT_STATUS | R-17 | destination_authority | Code Art. 534 [READ T1–T3] | 固废法 Art. 80 [READ S2]
接受人的经营许可证当时不是有效状态（已暂停，或者已吊销、注销）。 || 已暂停的，等发证机关恢复；已吊销、注销的，改送其他单位。
The receiver's permit was not in force at that moment: suspended or revoked. || Wait until a suspended one is resumed; where it was revoked, use another receiver.

PERMIT_STATUS:SUSPENDED
接受人的经营许可证 {no} 自{since}起暂停，暂停期间不得移入。 || 等{authority}恢复该许可证后原样重新提交，何时恢复可向{authority}查询；等不及的，改送其他有资质的单位（跨省的需另有批准）。
The receiver's permit {no} is suspended since {since}; nothing may go there meanwhile. || Send this again, unchanged, once {authority} has resumed it, and ask {authority} when that will be; or use another receiver, across provinces with an approval of its own.

PERMIT_STATUS:REVOKED | nobody
接受人的经营许可证 {no} 已于{since}吊销或者注销，不会再恢复。 || 改送其他有资质的单位（跨省的需另有批准）；接受人已取得新许可证的，填写新的许可证。疑问可向{authority}查询。
The receiver's permit {no} was revoked or cancelled at {since} and does not come back. || Use another receiver, across provinces with an approval of its own; if this one has a new permit, name that. Questions go to {authority}.

PERMIT_DATE | R-17 | destination_authority | Code Art. 534 [READ T1–T3] | 固废法 Art. 80 [READ S2]
当日不在经营许可证有效期内。 || 由接受人换证，并由发证机关更新账本中的许可证。
The permit is not valid on this day. || The receiver renews it and its authority records the change.

PERMIT_DATE:OVER
接受人的经营许可证 {no} 有效期为{first}至{until}，{day}已过期。 || 接受人已换证的，填写续证后的许可证；没有换证的，等接受人换证、{authority}登记后再办理。日期填错的，改正日期。
The receiver's permit {no} is valid from {first} to {until}; {day} is after it. || If it was renewed, name the renewal; else wait until the receiver has renewed it and {authority} has recorded that. If a day is wrong, correct it.

PERMIT_DATE:EARLY
接受人的经营许可证 {no} 自{first}起有效（至{until}），{day}还没有开始。 || {first}或之后办理；接受人在此之前另有许可证的，填写那一份；登记有误的，请{authority}变更。
The receiver's permit {no} is valid from {first} (to {until}); {day} is before it. || Wait until {first}; or name the permit that holds until then; a wrong entry is amended by {authority}.

PERMIT_DATE:PLANNED | generator
计划转移时间是{day}，但接受人{receiver}的许可证（含已登记的续证）{no} 只到{until}，届时不能起运。 || 把 body.planned_at 改到{until}或之前，或者等接受人换证并登记后再开具。
The transfer is planned for {day}, but the permit of {receiver}, renewals included ({no}), ends on {until}; it could not depart. || Plan it for {until} or before (body.planned_at), or issue once the permit is renewed and recorded.

PERMIT_SITE | R-17 | generator | 危险废物经营许可证管理办法 Art. 10 [READ S3]; comparison [DESIGN]
接受地与经营许可证载明的设施所在地不一致。 || 将接受地改为许可证载明的设施所在县（区）。
The destination is not where the permit's facility stands. || Name the division of the facility.

PERMIT_SITE:OTHER
接受地填写的是{asked}，而许可证 {no} 的设施在{right}。 || 把 body.destination.division 改为 {division}{then}；确要运到另一处设施的，填写那处设施的许可证。
The destination is {asked}, but the facility of permit {no} lies in {right}. || Put {division} into body.destination.division{then}; for another facility name its own permit.

PERMIT_SCOPE | R-18 | destination_authority | Code Art. 534 [READ T1–T3] | 固废法 Art. 80 [READ S2]
该废物代码不在接受人的许可经营类别内。 || 改送有资质的单位，或由接受人办理许可证变更。
The permit does not cover this code. || Choose a receiver whose permit does, or have the permit changed.

PERMIT_SCOPE:OTHER
接受人的许可证 {no} 不含 {waste}；它核准的是：{scopes}。 || 代码写错的，改正 {where}；代码无误的，改送核准了该代码的单位，或者等接受人办理许可证变更。
The receiver's permit {no} does not cover {waste}; it covers: {scopes}. || If the code is wrong, correct {where}; if not, choose a receiver whose permit covers it, or wait until this one's is changed.

PERMIT_METHOD | R-19 | destination_authority | 危险废物经营许可证管理办法 Art. 10 [READ S3]
该利用处置方式不在许可范围内。 || 改用许可证载明的方式。
The method is not permitted for this code. || Use a method of the permit.

PERMIT_METHOD:OTHER
接受人的许可证 {no} 对 {waste} 没有核准利用处置方式 {asked}，核准的是：{allowed}。 || 向接受人核实后，把 {where} 改为 {allowed}；接受人确要采用 {asked} 的，先办理许可证变更。
The receiver's permit {no} does not allow method {asked} for {waste}; it allows: {allowed}. || Ask the receiver and put {allowed} into {where}; for {asked} its permit has to be changed first.

PERMIT_SCALE | R-20 | destination_authority | 危险废物经营许可证管理办法 Art. 12(4) [READ S3]; alert at 100 % [DESIGN]
接受人本年接受量超过年经营规模（超过 100 % 提示，超过 120 % 不予开具）。 || 改送其他单位，或由接受人重新申领许可证、扩大规模。
The receiver's year total exceeds its scale (alert above 100 %, refused above 120 %). || Use another receiver, or let it apply for a larger scale.

PERMIT_SCALE:LEFT | generator
接受人{receiver}的许可证 {no} 年经营规模 {scale} 吨，{year} 年最多可接受 {most} 吨（规模的 {percent} %），已用 {used} 吨（含已开具未接受的），还剩 {left} 吨；本次 {this} 吨放不下。 || 把本次数量减到 {left} 吨以内，或者改送其他单位（跨省的须另有批准），或者等到{next}；接受人要扩大规模的，向{authority}重新申领许可证。
Permit {no} of {receiver} has a yearly scale of {scale} t; in {year} at most {most} t ({percent} % of it) may go there, {used} t are used (issued loads not yet accepted included), {left} t are left; these {this} t do not fit. || Reduce the load to {left} t, use another receiver (across provinces with an approval of its own), or wait until {next}; for a larger scale the receiver applies to {authority}.

PERMIT_SCALE:FULL
接受人{receiver}的许可证 {no} 年经营规模 {scale} 吨，{year} 年最多可接受 {most} 吨（规模的 {percent} %），已用 {used} 吨（含已开具未接受的），已经用完；本次 {this} 吨放不下。 || 改送其他单位（跨省的须另有批准），或者等到{next}；接受人要扩大规模的，向{authority}重新申领许可证。
Permit {no} of {receiver} has a yearly scale of {scale} t; in {year} at most {most} t ({percent} % of it) may go there, and {used} t are used (issued loads not yet accepted included): nothing is left for these {this} t. || Use another receiver (across provinces with an approval of its own), or wait until {next}; for a larger scale the receiver applies to {authority}.

PERMIT_SCALE:ABOVE
接受人{receiver}的许可证 {no} 年经营规模 {scale} 吨，{year} 年连同本次将达 {total} 吨（此前 {used} 吨，本次 {this} 吨），已超过规模。 || 不影响本次开具；超过 {percent} % 时不再开具，请接受人及早申请扩大规模或者安排其他单位。
Permit {no} of {receiver} has a yearly scale of {scale} t; with this load {year} comes to {total} t ({used} t before, {this} t now), which is above it. || This load may go; above {percent} % none does, so let the receiver apply for more in time, or plan with another one.
""")
