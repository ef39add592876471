"""R-30 to R-32, R-37: stages of an application, and whether the lines of a decision stand: neither suspended nor revoked (kinds §1.1, §1.3).

Order 23 Art. 28(3) [READ]: a receiver that no longer meets the conditions needs another application; until then the authority stops what it
granted, line by line.
"""

from msgspec import UNSET

from ledger.model import Facts, Findings
from signing.phrase import Word
from signing.refusal import texts
from whitelist import telling
from whitelist.approval import ApprovalState, DecisionLine
from whitelist.checked import Checked


def decision_stands(checked: Checked, out: Findings) -> None:
    """APPROVAL_STATUS for each line whose decision line is suspended or revoked at the moment of the event."""
    approval = checked.approval
    if approval is not None:
        for path, _, decided in checked.decided_lines():
            if decided.stops is UNSET:  # as nearly always
                continue
            judge_line_standing(out, checked.facts, f"{path}.decision_line", approval, decided, checked.event_s)


def judge_line_standing(out: Findings, facts: Facts, field: str, approval: ApprovalState, line: DecisionLine, at_s: int) -> None:
    """APPROVAL_STATUS where a line of a decision does not stand at a moment, Unix seconds."""
    status = line.history.at(at_s)
    if status != "ACTIVE":
        own: dict[str, Word] = {
            "no": approval.no,
            "waste": f"{line.name} {line.code}",
            "since": telling.minute(line.history.since_s(at_s)),
            "authority": telling.authority(facts, approval.origin),
        }
        if status == "REVOKED":
            out.refuse("APPROVAL_STATUS", field, status, "ACTIVE", "REVOKED", **own)
        else:
            out.refuse("APPROVAL_STATUS", field, status, "ACTIVE", "SUSPENDED", **own)


TEXTS = texts("""
APPROVAL_STAGE | R-30 | origin_authority | Order 23 Art. 21 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 21 [READ]; 固废法 Art. 82.2 [READ S2]
该申请所处阶段不允许此操作。 || 查看申请进度：批准后方可开具联单；已决定的不再受理。
The application is not at the stage that this act needs. || Look at its progress; manifests need an approval, and a decision is made once.

APPROVAL_STAGE:PENDING
{since}提交的跨省转移申请还没有批准，现在是“{stage}”。 || 等{authority}作出批准决定后，原样重新提交；进度可向{authority}查询。
The application of {since} is not decided yet; it is {stage}. || Send this again, unchanged, once {authority} has approved it; ask {authority} how far it is.

APPROVAL_STAGE:REFUSED
这份跨省转移申请已于{day}被决定不予批准（{no}），不能凭它开具。 || 使用另一份已批准的申请；没有的，向{authority}重新申请。
This application was refused on {day} ({no}); no manifest can stand on it. || Name another application that was approved; if there is none, apply again to {authority}.

APPROVAL_STAGE:WITHDRAWN
这份跨省转移申请已由移出人撤回，没有决定，不能凭它开具。 || 使用另一份已批准的申请；没有的，向{authority}重新申请（新的链名 approval/{generator}/…）。
The generator has withdrawn this application; nothing was decided, and no manifest can stand on it. || Name another application that was approved; if there is none, apply again to {authority} (a new chain approval/{generator}/…).

APPROVAL_STAGE:ACT
申请现在是“{stage}”，此项操作只能在“{allowed}”时进行。 || 按申请现在的阶段办理；已作出的决定不再更改，情况改变的由移出人重新申请。
The application is {stage}; this act needs it to be {allowed}. || Go on from where it stands; a decision is made once, and what has changed needs a new application.

APPROVAL_STAGE:AGAIN
这条链上已有申请，现在是“{stage}”，不能再次提交。 || 新的申请使用新的链名 approval/{generator}/…，seq 为 0。
The chain holds an application already, which is {stage}. || Begin a new chain approval/{generator}/… with seq 0.

APPROVAL_STAGE:NOTICED
这份申请已于{day}告知补正，补正只能一次性告知。 || 材料齐全的受理或者商请；仍不齐全的，作出不予批准的决定（outcome 填 incomplete），{generator}可以重新申请。
The generator was asked to complete this application on {day}, which is done once. || Accept it or write to the other province; if it is still incomplete, refuse it (outcome incomplete), and {generator} may apply again.

APPROVAL_STAGE:NO_LINE
批准现在是“{stage}”，没有一行是“{allowed}”，此项操作没有对象。 || 核对批准各行的状态；已是所要的状态的，不必再提交。
The decision is {stage}, and none of its lines is {allowed}: there is nothing to act on. || Check its lines; if they stand as they should, nothing is left to do.

APPROVAL_LINE | R-31 | sender | Order 23 Art. 27 [READ]; by line, addenda §4.1 [READ]
批准中没有这一行，或该行未获批准。 || 按批准决定的行号（从 0 起）填写。
The approval has no such line, or it was not granted. || Name a granted line, counted from 0.

APPROVAL_LINE:NOT_GRANTED
批准 {no} 没有第 {line}，或者该行未获批准。 || 改为批准了的一项：{granted}。
Approval {no} has no line {line}, or it was not granted. || Name one that was granted: {granted}.

APPROVAL_LINE:APPLIED
申请没有第 {line} 行（从 0 起数），或者该行重复填写。 || 行号填 0 至 {last}，每行只填一次。
The application has no line {line} (counted from 0), or it stands twice. || Lines are 0 to {last}, each once.

APPROVAL_LINE:GRANTED
批准 {no} 没有第 {line}，该行未获批准，或者重复填写。 || 行号填批准了的行（{granted}），每行只填一次；不填 body.lines 为全部。
Approval {no} has no line {line}, it was not granted, or it stands twice. || Lines are {granted}, each once; without body.lines the act is for all.

APPROVAL_LINE:STATUS
批准 {no} 第 {line}现在是“{status}”，此项操作只能在“{allowed}”时进行。 || 从 body.lines 去掉这一行；撤销的不能恢复，由移出人重新申请。
Line {line} of approval {no} is {status}; this act needs it to be {allowed}. || Leave it out of body.lines; what is revoked never comes back, the generator applies again.

APPROVAL_LINE:OPENED | both_authorities
第 {line} 行没有批准，没有额度账户；已批准的行号：{lines}。 || 改正 body.item：填写已批准的行号（从 0 起）。
Line {line} was not granted and has no account; granted are {lines}. || Put the number of a granted line into body.item, from 0.

APPROVAL_STATUS | R-32 | origin_authority | Order 23 Art. 28(3) [READ]; kinds §1.3 [DESIGN]
批准已被暂停或者撤销。 || 暂停的，等主管部门恢复；撤销的，重新申请。已开具未起运的联单，撤销后应当作废。
The decision, or the line, is suspended or revoked. || Wait until a suspension is lifted; after a revocation apply again, and void what has not departed.

APPROVAL_STATUS:SUSPENDED
批准 {no} 的“{waste}”自 {since} 起被{authority}暂停，暂停期间不得开具和起运。 || 与{authority}联系，查清恢复后（approval.resume）再办理；确实发生在 {since} 以前的，按实际时间填写。
The line "{waste}" of approval {no} has been suspended by {authority} since {since}; nothing is issued on it and nothing departs. || Ask {authority}; go on once it is resumed (approval.resume). What really took place before {since} is sent with that time.

APPROVAL_STATUS:REVOKED
批准 {no} 的“{waste}”已于 {since} 被{authority}撤销，不能再凭它开具和起运。 || 未起运的联单作废（manifest.void，数量随即退回），向{authority}重新申请，批准后重新开具；确实发生在 {since} 以前的，按实际时间填写。
The line "{waste}" of approval {no} was revoked by {authority} at {since}; nothing is issued on it and nothing departs any more. || Void what has not departed (manifest.void gives its tonnes back), apply again to {authority} and issue anew. What really took place before {since} is sent with that time.
""")
