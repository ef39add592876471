"""Texts about the manifest as a whole: which act is open, what must be filled in, its number, its cases."""

from __future__ import annotations

from signing.refusal import texts

TRUNK = texts("""
ACT_NOT_OPEN | - | sender | design §6 [DESIGN]
联单在当前状态下不能进行该行为。 || 查看联单当前状态和待办事项，按流程顺序办理；已拒收、作废、办结的联单不再接受新的行为。
The manifest's stage does not allow this act. || Look up the manifest's stage and what is to be done next; voided, rejected and closed manifests take no further acts.

VOID_LATE | R-59 | nobody | design §6 [DESIGN]; platforms' 作废 with reason [READ T5, T6]
联单已经起运，不能再作废。 || 由接受人据实填写接受意见（包括拒收）；作废只限起运之前。
The load has departed: the manifest can no longer be voided. || Let the receiver record what happened, a rejection included; voiding ends with the departure.

NO_MANIFEST | R-51 | generator | Order 23 Art. 11(1)(2) [READ]; waybill: MOT 2019 No. 29 Art. 24 [READ S21]
没有有效的转移联单或危险货物运单，不得起运。 || 先由移出人开具联单，并填写危险货物运单号；没有转移联单的，承运人应当拒绝运输。
Nothing may depart without an issued manifest and a dangerous-goods waybill. || Let the generator issue a manifest first and give the waybill's number; without a manifest the carrier must refuse.

LINES_ONCE | R-11 | sender | Order 23 Art. 12(2), 18 [READ]
应当对联单的每一项废物逐项填写，且每项只填一次。 || 按联单的序号（从 0 开始）补全缺项、删除重复项。
Every waste line must be answered exactly once. || Add the missing lines and remove repeated ones; lines count from 0.

LINE_UNKNOWN | R-11 | sender | formats §3 [DESIGN]
联单中没有这一项废物。 || 核对序号，序号从 0 开始。
The manifest has no such waste line. || Check the number; lines count from 0.

DG_DATA | R-25 | sender | Order 23 Art. 13 [READ]; form of the fields [DESIGN]
危险货物编号（UN）或类别、项别填写有误。 || 编号填四位数字，类别、项别填如 8 或 6.1。
The UN number or the class of the dangerous goods is malformed. || Give four digits for the UN number and a class such as 8 or 6.1.

TRIP_ID | R-52 | sender | Order 23 Art. 16.2 [READ]; form [DESIGN]
车次标识的格式不对。 || 使用 1 至 64 个字母、数字、点、下划线或连字符。
The trip id is malformed. || Use 1 to 64 letters, digits, dots, underscores or hyphens.

COMMIT_FORM | - | sender | formats §7 [DESIGN]
个人信息承诺值的格式不对。 || 承诺值应为 64 位小写十六进制，数量不超过上限；姓名、电话等不得以明文填写。
A commitment to personal data is malformed. || A commitment is 64 lower-case hex digits, within the limit of fields; names and phones never stand in clear.

BACKFILL | R-70 | sender | Order 23 Art. 20.2 [READ]
补录：转移活动先以纸质联单运行。 || 保存纸质联单及其扫描件备查。
Backfill: the transfer first ran on paper. || Keep the paper manifest and its scan.

BACKFILL_REQUIRED | - | generator | formats §6 [DESIGN]
该行为发生在 15 天以前，而联单不是补录联单。 || 超过 15 天的行为只能记入开具时标明补录（backfill）的联单；请与主管部门联系。
The act is older than 15 days and the manifest is not a backfill. || Acts older than 15 days enter only on a manifest issued as a backfill; speak to the authority.

BACKFILL_LATE | R-70 | nobody | Order 23 Art. 20.2 [READ]; alert level [DESIGN]
补录超过转移活动完成后十个工作日。 || 说明迟延原因，今后在十个工作日内补录。
The backfill came later than ten working days after the transfer was completed. || Explain the delay, and backfill within ten working days.

NUMBER_GIVEN | - | nobody | formats §3 [DESIGN]
该联单已有国家联单编号。 || 核对编号；填写有误的，通过更正程序办理。
The manifest has a national number already. || Check the number; a wrong one is corrected by an amendment.

TRUNK_STAGE | - | nobody | formats §3 [DESIGN]
已作废的联单不能再编号。 || 为重新开具的联单编号。
A voided manifest gets no number. || Give the number to the manifest issued in its place.

TRUNK_UNKNOWN | - | sender | formats §3 [DESIGN]
案卷所指的联单行为不在账本中。 || 先提交联单行为；核对 body.trunk 的 seq 与 hash。
The case speaks of an act of the manifest that the log does not have. || Submit the act first; check seq and hash in body.trunk.

TRUNK_MOVED | - | nobody | formats §3 [DESIGN]
案卷提出后，联单已有新的行为。 || 请结合联单的最新状态理解本案卷。
The manifest has moved on since the act that the case speaks of. || Read the case together with the manifest's present stage.

CASE_DONE | - | sender | formats §3 [DESIGN]
编号案卷只包含一条声明。 || 另开新的案卷。
A case about a number holds one statement only. || Open another case.

TRUNK_FULL | - | nobody | design §6 [DESIGN]
联单的行为已达上限。 || 运输环节过多的，请另开联单；利用处置结果请合并填报。
The manifest has as many acts of this kind as it may hold. || Issue another manifest for a longer trip; report several fates in one act.
""")
