"""R-30 to R-33: a transfer between provinces follows its decision, line by line."""

from functools import partial

from ledger.mass import format_mass, tonnes
from ledger.model import Findings
from ledger.times import day_of, parse_at
from signing.phrase import Word, word_in
from signing.refusal import texts
from whitelist import telling
from whitelist.approval import ApprovalState
from whitelist.checked import EMERGENCY, OFF_LOG, PILOT387, RETURN, Checked
from whitelist.quota import q2_account
from whitelist.transfer import WasteLine


def decision_is_there(checked: Checked, out: Findings) -> None:
    """R-30: between provinces one ground is needed, a decision in force or one of another province; inside a province none.

    Order 23 Art. 21 [READ]; Code Art. 536.2 [READ].
    """
    transfer, approval, facts = checked.transfer, checked.approval, checked.facts
    if checked.route == RETURN:  # home again needs nobody's leave
        return
    origin = checked.home
    given = [name for name in ("approval", "decision", "emergency", "pilot") if getattr(transfer, name) is not None]
    if not checked.crosses:
        direction = f"{origin[:2]} → {transfer.destination.division[:2]}"
        for name in given:
            if name == "emergency":  # an event needs its emergency inside a province too
                continue
            inside = {"province": telling.province(origin), "where": f"body.{name}"}
            out.refuse("APPROVAL_DIRECTION", f"body.{name}", direction, "", "INSIDE", **inside)
        return
    if len(given) > 1:
        out.refuse("ISSUE_TYPE", f"body.{given[1]}", ", ".join(given), "approval", "TWO_GROUNDS", given=", ".join(given))
    if checked.route in (OFF_LOG, EMERGENCY, PILOT387):  # its ground is one that its type demands, or a row of a pilot list
        return
    if not given:
        way = telling.way(origin, transfer.destination.division)
        who = {"generator": checked.generator, "authority": telling.authority(facts, origin)}
        out.refuse("NO_APPROVAL", "body.approval", "", f"approval/{checked.generator}/…", "NONE", way=way, **who)
    if transfer.approval is None:
        return
    if approval is None:
        who = {"generator": checked.generator, "authority": telling.authority(facts, origin)}
        expected = f"approval/{checked.generator}/…"
        out.refuse("APPROVAL_UNKNOWN", "body.approval", transfer.approval, expected, "NONE", approval=transfer.approval, **who)
    elif approval.stage == "refused":
        who = {"authority": telling.authority(facts, approval.origin), "no": approval.no, "day": approval.decided_on}
        out.refuse("APPROVAL_STAGE", "body.approval", approval.stage, "approved", "REFUSED", **who)
    elif approval.stage == "withdrawn":
        who = {"authority": telling.authority(facts, approval.origin), "generator": checked.generator}
        out.refuse("APPROVAL_STAGE", "body.approval", approval.stage, "approved", "WITHDRAWN", **who)
    elif not approval.is_granted:
        at = {"authority": telling.authority(facts, approval.origin), "stage": telling.word(approval.stage), "since": approval.applied_on}
        out.refuse("APPROVAL_STAGE", "body.approval", approval.stage, "approved", "PENDING", **at)


def decision_is_kept_to(checked: Checked, out: Findings) -> None:
    """R-31: generator, direction, receiver and permit are the decision's; name, code and method are its line's.

    Matched by line, never by code alone, for one code may stand in several lines; a renewed permit is the same permit (one root). Order 23
    Art. 27, 28 [READ]; addenda §4.1.
    """
    approval, transfer = checked.approval, checked.transfer
    if approval is None or transfer.approval is None:
        return
    owner, no = transfer.approval.split("/", 2)[1], approval.no or transfer.approval
    if owner != checked.generator:
        out.refuse(
            "APPROVAL_GENERATOR", "body.approval", owner, checked.generator, "OTHER", no=no, owner=owner, generator=checked.generator
        )
    direction = (checked.home[:2], transfer.destination.division[:2])
    if direction != approval.direction:
        ways = {"asked": telling.way(*direction), "approved": telling.way(*approval.direction)}
        found, expected = " → ".join(direction), " → ".join(approval.direction)
        out.refuse("APPROVAL_DIRECTION", "body.origin.division", found, expected, "OTHER", no=no, **ways, **_asking(checked, approval))
    if transfer.receiver != approval.receiver:
        own = {"no": no, "asked": transfer.receiver, "approved": approval.receiver, "permit": approval.permit}
        out.refuse("APPROVAL_RECEIVER", "body.receiver", transfer.receiver, approval.receiver, "OTHER", **own, **_asking(checked, approval))
    if checked.permit is not None and approval.root != checked.permit.root:
        own = {"no": no, "approved": approval.permit, "asked": checked.permit.no}
        out.refuse("APPROVAL_PERMIT", "body.permit", transfer.permit, approval.permit, "OTHER", **own, **_asking(checked, approval))
    for (path, line), decided in zip(checked.lines, checked.decided, strict=True):
        if decided is None:
            if line.decision_line is not None and approval.is_granted:
                granted = [str(number) for number, _ in approval.granted()]
                row: dict[str, Word] = {"no": no, "line": telling.nth(line.decision_line), "granted": _granted(approval)}
                out.refuse("APPROVAL_LINE", f"{path}.decision_line", line.decision_line, " / ".join(granted), "NOT_GRANTED", **row)
            continue
        if (line.name, line.code, line.method) == (decided.name, decided.code, decided.method):
            continue
        number = line.decision_line or 0
        named: dict[str, Word] = {"no": no, "line": telling.nth(number), "where": path}
        others, may = _others(approval, number), partial(_anew, checked, telling.authority(checked.facts, approval.origin))
        if line.name != decided.name:
            names = {"asked": line.name, "approved": decided.name, "others": others, "anew": may(line)}
            out.refuse("APPROVAL_NAME", f"{path}.name", line.name, decided.name, "OTHER", **names, **named)
        if line.code != decided.code:
            codes = {"asked": line.code, "approved": decided.code, "name": decided.name, "others": others, "anew": may(line)}
            if line.name == decided.name:
                out.refuse("APPROVAL_CODE", f"{path}.code", line.code, decided.code, "OTHER", **codes, **named)
            else:
                out.refuse("APPROVAL_CODE", f"{path}.code", line.code, decided.code, "BOTH", asked_name=line.name, **codes, **named)
        if line.method != decided.method:
            asked, approved = telling.method(line.method), telling.method(decided.method)
            methods = {"asked": asked, "approved": approved, "waste": f"{decided.name} {decided.code}", "anew": may(line)}
            out.refuse("APPROVAL_METHOD", f"{path}.method", line.method, decided.method, "OTHER", **methods, **named)


def _granted(approval: ApprovalState, but: int | None = None) -> Word:
    """What may be named as ``decision_line``, in words; all lines that stand ``but`` one."""
    rows = [(number, row) for number, row in approval.granted() if row.status == "ACTIVE" and number != but]
    zh = "；".join(f"第 {number + 1} 项 {row.name} {row.code} {row.method}（decision_line 填 {number}）" for number, row in rows)
    en = "; ".join(f"item {number + 1}, {row.name} {row.code} {row.method} (decision_line {number})" for number, row in rows)
    return zh, en


def _others(approval: ApprovalState, number: int) -> Word:
    """To which other line of the decision the load may belong, if there is one."""
    others = _granted(approval, number)
    if not others[0]:
        return "这份批准没有别的废物", "this approval has no other waste"
    return telling.around(
        "属于这份批准另一项的，改 decision_line：{others}", "if it belongs to another item, change decision_line: {others}", others=others
    )


def _anew(checked: Checked, authority: Word, line: WasteLine) -> Word:
    """What another waste or method needs: an application, but first a receiver that may take it."""
    permit = checked.permit
    if permit is None or (permit.items_for(line.code) and line.method in permit.methods_for(line.code)):
        return telling.around("向{authority}重新申请", "apply again to {authority}", authority=authority)
    zh = "光重新申请没有用：接受人的许可证 {no} 不含 {what}，须先改找许可证包含它的单位（或者由接受人变更许可证），再向{authority}申请"
    en = "a new application alone does not help, for permit {no} does not cover {what}: find a receiver whose permit does (or have this one changed), then apply to {authority}"
    what: Word = line.code
    if permit.items_for(line.code):
        what = telling.around(f"{line.code} {{method}}", f"{line.code} {{method}}", method=telling.method(line.method))
    return telling.around(zh, en, no=permit.no, what=what, authority=authority)


def _asking(checked: Checked, approval: ApprovalState) -> dict[str, Word]:
    """Whom one asks for another decision."""
    return {"authority": telling.authority(checked.facts, approval.origin)}


def decision_is_in_its_term(checked: Checked, out: Findings) -> None:
    """R-32: the day of the event lies between the decision and the last day of its line. Order 23 Art. 27.2 [READ]."""
    paper, approval, day = checked.transfer.decision, checked.approval, checked.day
    if paper is not None and checked.route == OFF_LOG and checked.crosses:
        if day < paper.decided_on:
            own = {"no": paper.no, "day": day, "first": paper.decided_on}
            out.refuse("APPROVAL_EARLY", "body.decision.decided_on", day, f"≥ {paper.decided_on}", "DECISION", **own)
        if day > paper.valid_to:
            own = {"no": paper.no, "day": day, "until": paper.valid_to, "authority": paper.authority}
            out.refuse("APPROVAL_EXPIRED", "body.decision.valid_to", day, f"≤ {paper.valid_to}", "OVER", what="", **own)
    if approval is None or not approval.is_granted:
        return
    if day < approval.decided_on:
        own = {"no": approval.no, "day": day, "first": approval.decided_on}
        out.refuse("APPROVAL_EARLY", "body.approval", day, f"≥ {approval.decided_on}", "DECISION", **own)
    for path, line, decided in checked.decided_lines():
        if day > decided.valid_to:
            own = {"no": approval.no, "day": day, "until": decided.valid_to}
            at = telling.nth(line.decision_line or 0)
            what = (f"第 {word_in(at, 'zh')}（{decided.name}）", f", line {word_in(at, 'en')} ({decided.name}),")
            asking = _asking(checked, approval)
            out.refuse("APPROVAL_EXPIRED", f"{path}.decision_line", day, f"≤ {decided.valid_to}", "OVER", what=what, **own, **asking)


def plan_ends_with_the_decision(checked: Checked, out: Findings) -> None:
    """R-32: 计划转移时间 is not after the last day of the decision line; else nothing could depart (E8 of the cases)."""
    planned_at, approval = checked.transfer.planned_at, checked.approval
    if planned_at is None or approval is None:
        return
    last_days = [decided.valid_to for _, _, decided in checked.decided_lines()]
    if last_days and (planned_on := day_of(parse_at(planned_at))) > min(last_days):
        own = {"no": approval.no, "day": planned_on, "until": min(last_days)}
        asking = _asking(checked, approval)
        out.refuse("APPROVAL_EXPIRED", "body.planned_at", planned_at, f"≤ {min(last_days)}", "PLANNED", **own, **asking)


def decided_mass_holds(checked: Checked, out: Findings) -> None:
    """R-33: Q2: used, reserved and this together stay within the decided mass of the line. Order 23 Art. 28(1) [READ].

    Lines of one transfer on the same decision line are summed; the reason stands at every line from the first that does not fit.
    """
    approval = checked.approval
    if approval is None:
        return
    running: dict[int, int] = {}
    for path, number, grams in checked.drawn():
        account = q2_account(checked.transfer.approval or "", number)
        before = running.get(number, checked.facts.used_g(account))
        running[number] = before + grams
        decided = approval.lines[number]
        if before + grams > decided.mass_g:
            found, expected, left_g = (
                f"{format_mass(before)} + {format_mass(grams)} t",
                f"≤ {format_mass(decided.mass_g)} t",
                decided.mass_g - before,
            )
            own = {
                "no": approval.no,
                "line": telling.nth(number),
                "waste": f"{decided.name} {decided.code}",
                "until": decided.valid_to,
                "where": path,
            }
            masses = {"limit": tonnes(decided.mass_g), "used": tonnes(before), "this": tonnes(grams), "left": tonnes(left_g)}
            asking = _asking(checked, approval)
            if left_g > 0:
                over = tonnes(grams - left_g)
                out.refuse("APPROVAL_QUOTA", f"{path}.mass_t", found, expected, "LEFT", over=over, **own, **masses, **asking)
            else:
                out.refuse("APPROVAL_QUOTA", f"{path}.mass_t", found, expected, "USED_UP", **own, **masses, **asking)


def contract_covers_the_day(checked: Checked, out: Findings) -> None:
    """R-16: ALERT H CONTRACT without a contract with the receiver, or one that is over; not of what was refused. Order 23 Art. 10(1) [READ]; Code Art. 490 [READ]."""
    contract = checked.transfer.contract
    if checked.transfer.returns is not None:
        return
    if contract is None or checked.day > contract.valid_to:
        out.alert("H", "CONTRACT")


RULES = (decision_is_there, decision_is_kept_to, plan_ends_with_the_decision, decided_mass_holds, contract_covers_the_day)
TEXTS = texts("""
NO_APPROVAL | R-30 | origin_authority | Order 23 Art. 21 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 21 [READ]; 固废法 Art. 82.2 [READ S2]
跨省转移没有批准决定。 || 先向移出地省级生态环境主管部门申请，取得批准后再开具联单。未经批准的，不得转移。
A transfer between provinces has no approval. || Apply to the origin's authority first; nothing may move without it.

NO_APPROVAL:NONE
本次转移（{way}）跨省，但没有填写批准。 || 已有批准的，把它的链名 approval/{generator}/… 填入 body.approval，并在各行填写批准行号 decision_line（在“批准”查询中按移出人 {generator} 可以查到）。没有批准的，先向{authority}提交跨省转移申请，批准后再开具；未经批准的，不得转移。
This transfer ({way}) crosses provinces and names no approval. || If there is one, put its chain approval/{generator}/… into body.approval and decision_line into every line (the search for approvals by generator {generator} lists them). If there is none, apply to {authority} first; nothing may move without it.

APPROVAL_UNKNOWN | R-30 | sender | Order 23 Art. 21 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 21 [READ]; 固废法 Art. 82.2 [READ S2]
账本中没有这份批准。 || 核对批准的链名。
The log has no such approval. || Check the chain of the approval.

APPROVAL_UNKNOWN:NONE
账本中没有批准 {approval}。 || 按移出人 {generator} 查询批准，核对链名后改正 body.approval；批准只在纸面上的，请{authority}先在账本中作出批准决定。
The log has no approval {approval}. || Look it up (GET /v1/approvals?generator={generator}) and correct body.approval; if the decision is on paper alone, ask {authority} to enter it first.

APPROVAL_GENERATOR | R-31 | generator | Order 23 Art. 27, 28 [READ]
批准不是给这家移出人的。 || 使用本单位的批准。
The approval is another generator's. || Use your own approval.

APPROVAL_GENERATOR:OTHER
批准 {no} 是给{owner}的，本联单的移出人是{generator}。 || 在 body.approval 填写{generator}自己的批准；由{owner}移出的，由该单位开具。
Approval {no} is {owner}'s; the generator of this manifest is {generator}. || Name an approval of {generator}; what {owner} sends, it issues itself.

APPROVAL_DIRECTION | R-31 | generator | Order 23 Art. 27, 28 [READ]
移出地、接受地与批准的方向不一致。 || 核对移出地和接受地；方向不同的须另行申请，省内转移不填批准。
The transfer does not lead the way of the approval. || Check both places; another direction needs its own approval, none inside a province.

APPROVAL_DIRECTION:INSIDE
移出地和接受地都在{province}，省内转移不需要批准，却填写了 {where}。 || 地点无误的，删除 {where} 后重新提交；接受地填错的，改为接受人设施所在的区县。
Both places lie in {province}; inside a province there is no approval, yet {where} is given. || Leave {where} out; or, if the destination is wrong, name the division of the receiver's facility.

APPROVAL_DIRECTION:OTHER | origin_authority
批准 {no} 是{approved}，本次是{asked}。 || 核对 body.origin 和 body.destination 的行政区划代码；方向确实不同的，向{authority}另行申请。
Approval {no} leads {approved}; this transfer leads {asked}. || Check the division codes of body.origin and body.destination; another way needs its own approval from {authority}.

APPROVAL_RECEIVER | R-31 | origin_authority | Order 23 Art. 27, 28 [READ]
接受人与批准不一致。 || 送往批准的接受人；更换接受人须重新申请。
The receiver is not the approved one. || Send it there; another receiver needs a new application.

APPROVAL_RECEIVER:OTHER | generator
批准 {no} 的接受人是{approved}，本次填写的是{asked}。 || 把 body.receiver 改为{approved}，body.permit 填它的许可证 {permit}（或它的续证），并送往该单位；确要改送{asked}的，先向{authority}重新申请。
Approval {no} is for {approved}; this transfer names {asked}. || Put {approved} into body.receiver, its permit {permit} (or what renewed it) into body.permit, and send it there; for {asked} apply again to {authority} first.

APPROVAL_PERMIT | R-31 | origin_authority | Order 23 Art. 27, 28 [READ]
接受人的许可证与批准时的不一致。 || 使用批准所依据的许可证；换证后须重新申请。
The permit is not the one of the approval. || Use that permit; after a new one a new application is needed.

APPROVAL_PERMIT:OTHER
批准 {no} 依据的许可证是 {approved}（或它的续证），本次填写的是另一份（{asked}）。 || 把 body.permit 改为 {approved} 或它的续证；确要使用另一份许可证的，向{authority}重新申请。
Approval {no} stands on permit {approved} (or its renewal); this transfer names another one ({asked}). || Put {approved}, or what renewed it, into body.permit; for the other permit apply again to {authority}.

APPROVAL_NAME | R-31 | generator | Order 23 Art. 27 [READ]; by line, addenda §4.1 [READ]
废物名称与批准行不一致。 || 按批准决定的名称填写；同一代码可能有多行，请核对行号。
The name is not that of the approved line. || Use its name; one code may stand in several lines.

APPROVAL_NAME:OTHER
批准 {no} 第 {line}的名称是“{approved}”，本次填写的是“{asked}”。 || 是同一种废物的，把 {where}.name 一字不差地改为“{approved}”；是另一种废物的，{others}；不在这份批准内的，{anew}。
Line {line} of approval {no} is "{approved}"; this transfer says "{asked}". || If it is the same waste, put "{approved}" into {where}.name to the letter; if not, {others}; for a waste that it does not hold, {anew}.

APPROVAL_CODE | R-31 | origin_authority | Order 23 Art. 27, 28 [READ]
废物代码与批准行不一致。 || 核对行号和代码；种类改变须重新申请。
The code is not that of the approved line. || Check line and code; another kind needs a new application.

APPROVAL_CODE:OTHER | generator
批准 {no} 第 {line}是 {name} {approved}，本次填写的代码是 {asked}。 || 装的是它的，把 {where}.code 改为 {approved}；不是的，{others}；确实是 {asked} 的，{anew}。
Line {line} of approval {no} is {name} {approved}; this transfer says {asked}. || If that is what is loaded, put {approved} into {where}.code; if not, {others}; if it really is {asked}, {anew}.

APPROVAL_CODE:BOTH | generator
批准 {no} 第 {line}是 {name} {approved}，本次填写的是 {asked_name} {asked}，代码和名称都不同。 || 装的是它的，代码和名称两处一起改：{where}.code 改为 {approved}，{where}.name 改为“{name}”；不是的，{others}；确实是 {asked_name} {asked} 的，{anew}。
Line {line} of approval {no} is {name} {approved}; this transfer says {asked_name} {asked}: neither code nor name agrees. || If that is what is loaded, correct both: {approved} into {where}.code and "{name}" into {where}.name; if not, {others}; if it really is {asked_name} {asked}, {anew}.

APPROVAL_METHOD | R-31 | origin_authority | Order 23 Art. 27, 28 [READ]
利用处置方式与批准行不一致。 || 使用批准的方式；改变方式须重新申请。
The method is not the approved one. || Use it; another method needs a new application.

APPROVAL_METHOD:OTHER | generator
批准 {no} 第 {line}（{waste}）批准的利用处置方式是 {approved}，本次填写的是 {asked}。 || 把 {where}.method 改为 {approved}；接受人确要采用 {asked} 的，{anew}。
Line {line} of approval {no} ({waste}) allows method {approved}; this transfer says {asked}. || Put {approved} into {where}.method; if the receiver really wants {asked}, {anew}.

APPROVAL_EXPIRED | R-32 | origin_authority | Order 23 Art. 27.2 [READ]
开具或者起运时，批准已过有效期。 || 重新申请跨省转移；已开具而未起运的联单应当作废。
The approval had expired when the manifest was issued or departed. || Apply again; void a manifest that has not departed.

APPROVAL_EXPIRED:OVER
批准 {no} {what}有效至{until}，转移之日是{day}，已过期。 || 向{authority}重新申请跨省转移，用新的批准开具。
Approval {no}{what} was valid to {until}; the day of the transfer is {day}. || Apply again to {authority} and issue on the new approval.

APPROVAL_EXPIRED:PLANNED | generator
批准 {no} 有效至{until}，计划转移时间是{day}，届时已不能起运。 || 把 body.planned_at 改到{until}或之前；来不及的，先向{authority}重新申请。
Approval {no} is valid to {until}; the transfer is planned for {day}, when it could not depart. || Plan it for {until} or before (body.planned_at); if that is too soon, apply again to {authority} first.

APPROVAL_EXPIRED:DEPARTURE
批准 {no} 有效至{until}，起运之日是{day}，不得起运。 || 作废本联单（manifest.void，数量随即退回），向{authority}重新申请，批准后重新开具。起运时间（at）填错的，改正后重新提交。
Approval {no} was valid to {until}; the departure is on {day} and may not take place. || Void this manifest (manifest.void gives its tonnes back), apply again to {authority}, and issue anew. If at is wrong, correct it and send again.

APPROVAL_QUOTA | R-33 | origin_authority | Order 23 Art. 28(1) [READ]
超出批准行的剩余数量。 || 减少本次数量；数量超过批准的，须重新申请。
It exceeds what is left of the approved line. || Reduce the load; more than approved needs a new application.

APPROVAL_QUOTA:LEFT | generator
批准 {no} 第 {line}（{waste}）获批 {limit} 吨，已用 {used} 吨（含已开具未接受的和本联单前面各行），还剩 {left} 吨；这一行填写 {this} 吨，多出 {over} 吨。 || 把 {where}.mass_t 改为不超过 {left} 吨后重新提交；还有未起运的联单用着这份批准的，作废它们可以腾出数量；要运更多的，向{authority}重新申请。这份批准有效至{until}。
Line {line} of approval {no} ({waste}) grants {limit} t; {used} t are used (issued loads not yet accepted and earlier lines of this manifest included), {left} t are left; this line asks for {this} t, {over} t too much. || Put at most {left} t into {where}.mass_t and send again; voiding manifests that have not departed gives their tonnes back; for more, apply again to {authority}. The approval is valid to {until}.

APPROVAL_QUOTA:USED_UP
批准 {no} 第 {line}（{waste}）获批 {limit} 吨，已用 {used} 吨（含已开具未接受的和本联单前面各行），还剩 {left} 吨；这一行填写 {this} 吨，已开不出。 || 还有未起运的联单用着这份批准的，作废它们可以腾出数量；否则向{authority}重新申请。也可以核对 {where}.decision_line 是否填错了行。这份批准有效至{until}。
Line {line} of approval {no} ({waste}) grants {limit} t; {used} t are used (issued loads not yet accepted and earlier lines of this manifest included), {left} t are left; nothing fits any more, and this line asks for {this} t. || Voiding manifests that have not departed gives their tonnes back; else apply again to {authority}. Check also whether {where}.decision_line names the right line. The approval is valid to {until}.

APPROVAL_QUOTA:LOADED | generator
批准 {no} 第 {line}（{waste}）获批 {limit} 吨（连同称重误差至多 {most} 吨），加上本车装载量已达 {used} 吨（其中本车 {this} 吨），多出 {over} 吨。 || 卸下 {over} 吨，按实际装载量改填 body.loaded 后重新提交；要运更多的，先向{authority}重新申请。
Line {line} of approval {no} ({waste}) grants {limit} t (at most {most} t with the tolerance of scales); with what is loaded now it comes to {used} t, {this} t of them on this truck, {over} t too much. || Unload {over} t, state what is on the truck then in body.loaded, and send again; for more apply again to {authority} first.

APPROVAL_EARLY | R-32 | generator | Order 23 Art. 27.2 [READ]; 2020 川渝“白名单”合作机制 [READ S6]
批准或其所依据的名单当日尚未开始。 || 在批准和名单的起始日之后开具和起运。
The decision, or the list it was given on, has not begun on this day. || Issue and depart from its first day on.

APPROVAL_EARLY:DECISION
批准 {no} 自{first}起有效，转移之日是{day}，还没有开始。 || {first}或之后开具和起运；日期填错的，改正后重新提交。
Approval {no} is valid from {first} on; the day of the transfer is {day}. || Issue and depart on {first} or later; if a day is wrong, correct it and send again.

APPROVAL_EARLY:LIST
批准所依据的白名单 {list} 自{first}起生效，转移之日是{day}，还没有开始。 || {first}或之后开具和起运；日期填错的，改正后重新提交。
The list {list} on which the approval stands is in force from {first} on; the day of the transfer is {day}. || Issue and depart on {first} or later; if a day is wrong, correct it and send again.

CONTRACT | R-16 | generator | Order 23 Art. 10(1) [READ]; Code Art. 490 [READ T1–T3] | Order 23 Art. 10(1) [READ]; 固废法 Art. 37 [READ S2]
没有填写与接受人的委托合同，或合同在转移之日已到期。 || 不影响开具。核实接受人的主体资格和技术能力，签订或者续签书面合同；以后在 contract 中填写合同编号和有效期。
No contract with the receiver is named, or it is over on the day of the transfer. || The manifest is issued all the same. Verify the receiver and sign or renew the contract; name it in contract from then on.
""")
