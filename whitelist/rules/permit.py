"""R-17 to R-21: may the receiver take this waste, this way, on that day, and this much more this year?

The ``judge_`` functions serve applications, decisions and lists too.
"""

from collections.abc import Iterable

from ledger.admission.personality import Judged
from ledger.mass import format_mass
from ledger.model import Findings
from ledger.times import day_of, parse_at
from signing.refusal import texts
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
    if transfer.permit is not None:
        judge_permit_holder(out, "body.permit", transfer.permit, transfer.receiver, permit)
    if permit is not None and not same_place(checked.facts, transfer.destination.division, permit.division):
        out.refuse("PERMIT_SITE", "body.destination.division", transfer.destination.division, permit.division)


def permit_is_in_force(checked: Checked, out: Findings) -> None:
    """R-17: neither suspended nor revoked at the moment of the event, and in its term on that day. Code Art. 534 [READ]."""
    if checked.permit is not None:
        judge_permit_standing(out, "body.permit", checked.permit, checked.day, checked.event_s)


def plan_ends_with_the_permit(checked: Checked, out: Findings) -> None:
    """R-17: 计划转移时间 is not after the last day of the permit, or of what renewed it; else nothing could depart (E8 of the cases)."""
    planned_at, newest = checked.transfer.planned_at, checked.newest
    if planned_at is not None and newest is not None and day_of(parse_at(planned_at)) > newest.valid_to:
        out.refuse("PERMIT_DATE", "body.planned_at", planned_at, f"≤ {newest.valid_to}")


def permit_covers_the_code(checked: Checked, out: Findings) -> None:
    """R-18: the permit covers the code (ALL, INCLUDE, EXCEPT). Code Art. 534 [READ]."""
    if checked.permit is not None:
        for path, line in checked.lines:
            judge_permit_scope(out, f"{path}.code", checked.permit, line.code)


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
        out.refuse("DATA_NOT_ADOPTED", "body.permit", "thresholds", "data.adopt")
    if permit is None or limits is None:
        return
    total_g = q3_used_g(checked.facts, permit.root, checked.year) + checked.total_g
    if total_g * 1000 > permit.scale_g * limits.scale_limit_permille:
        most_g = permit.scale_g * limits.scale_limit_permille // 1000
        out.refuse("PERMIT_SCALE", "body.permit", f"{format_mass(total_g)} t", f"≤ {format_mass(most_g)} t")
    elif total_g * 1000 > permit.scale_g * limits.scale_alert_permille:
        out.alert("M", "PERMIT_SCALE")


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
    judge_permit_standing(out, field, found, day, judged.moment.at_s)
    for code_field, method_field, code, method in lines:
        judge_permit_scope(out, code_field, found, code)
        judge_permit_method(out, method_field, found, code, method)
        if found.basis is not None:
            judge_basis(out, method_field, judged.facts, found.basis, (code, method), day, judged.statement.owner)
    return found


def judge_permit_holder(out: Findings, field: str, chain: str, receiver: str, permit: PermitState | None) -> None:
    """Reasons PERMIT_UNKNOWN, PERMIT_HOLDER."""
    if permit is None:
        out.refuse("PERMIT_UNKNOWN", field, chain, f"permit/{receiver}/…")
    elif not chain.startswith(f"permit/{receiver}/"):
        out.refuse("PERMIT_HOLDER", field, chain, f"permit/{receiver}/…")


def judge_permit_standing(out: Findings, field: str, permit: PermitState, day: str, at_s: int) -> None:
    """Reasons PERMIT_STATUS at a moment, PERMIT_DATE on its day."""
    status = permit.history.at(at_s)
    if status != "ACTIVE":
        out.refuse("PERMIT_STATUS", field, status, "ACTIVE")
    if not permit.is_valid_on(day):
        out.refuse("PERMIT_DATE", field, day, f"{permit.valid_from} … {permit.valid_to}")


def judge_permit_scope(out: Findings, field: str, permit: PermitState, code: str) -> None:
    """Reason PERMIT_SCOPE (R-18)."""
    if not permit.items_for(code):
        out.refuse("PERMIT_SCOPE", field, code, "; ".join(str(item) for item in permit.items))


def judge_permit_method(out: Findings, field: str, permit: PermitState, code: str, method: str) -> None:
    """Reason PERMIT_METHOD (R-19); where no item covers the code, by the whole permit (kinds §15)."""
    if not permit.allows(code, method):
        out.refuse("PERMIT_METHOD", field, method, " / ".join(permit.methods_for(code)))


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

PERMIT_HOLDER | R-17 | sender | Code Art. 534 [READ T1–T3] | 固废法 Art. 80 [READ S2]
经营许可证不属于该接受人。 || 填写接受人本单位的许可证。
The permit is not this receiver's. || Name a permit of the receiver.

PERMIT_STATUS | R-17 | destination_authority | Code Art. 534 [READ T1–T3] | 固废法 Art. 80 [READ S2]
经营许可证已暂停或吊销、注销。 || 在许可证恢复前不得移入；联系接受人和发证机关。
The permit is suspended or revoked. || Nothing may go there until it is resumed.

PERMIT_DATE | R-17 | destination_authority | Code Art. 534 [READ T1–T3] | 固废法 Art. 80 [READ S2]
当日不在经营许可证有效期内。 || 由接受人换证，并由发证机关更新账本中的许可证。
The permit is not valid on this day. || The receiver renews it and its authority records the change.

PERMIT_SITE | R-17 | generator | 危险废物经营许可证管理办法 Art. 10 [READ S3]; comparison [DESIGN]
接受地与经营许可证载明的设施所在地不一致。 || 将接受地改为许可证载明的设施所在县（区）。
The destination is not where the permit's facility stands. || Name the division of the facility.

PERMIT_SCOPE | R-18 | destination_authority | Code Art. 534 [READ T1–T3] | 固废法 Art. 80 [READ S2]
该废物代码不在接受人的许可经营类别内。 || 改送有资质的单位，或由接受人办理许可证变更。
The permit does not cover this code. || Choose a receiver whose permit does, or have the permit changed.

PERMIT_METHOD | R-19 | destination_authority | 危险废物经营许可证管理办法 Art. 10 [READ S3]
该利用处置方式不在许可范围内。 || 改用许可证载明的方式。
The method is not permitted for this code. || Use a method of the permit.

PERMIT_SCALE | R-20 | destination_authority | 危险废物经营许可证管理办法 Art. 12(4) [READ S3]; alert at 100 % [DESIGN]
接受人本年接受量超过年经营规模（超过 100 % 提示，超过 120 % 不予开具）。 || 改送其他单位，或由接受人重新申领许可证、扩大规模。
The receiver's year total exceeds its scale (alert above 100 %, refused above 120 %). || Use another receiver, or let it apply for a larger scale.
""")
