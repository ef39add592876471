"""Texts of permits and the yearly scale."""

from __future__ import annotations

from signing.refusal import texts

TEXTS = texts("""
PERMIT_UNKNOWN | R-17 | destination_authority | Code Art. 534 [READ T1–T3] | 固废法 Art. 80 [READ S2]
账本中没有这份经营许可证。 || 核对许可证链名；未登记的，请接受地主管部门先登记许可证。
The log has no such permit. || Check the chain; the authority of the receiver's region records permits.

PERMIT_SITE_ELSEWHERE | - | destination_authority | design §7 [DESIGN]
许可证载明的设施不在发证登记机关的行政区域内。 || 请设施所在地主管部门核实；设施地址决定一次转移是否跨省。
The facility of the permit lies outside the region of the authority that recorded it. || Let the authority of the site confirm it.

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

PERMIT_TRANSITION | - | sender | formats §3 [DESIGN]
许可证当前状态不允许此操作。 || 有效的可变更、暂停、吊销；暂停的可变更、恢复、吊销；吊销后不可恢复。
The permit's status does not allow this act. || Suspend what is active, resume what is suspended; revoked is final.

SCOPE_FORM | R-18 | sender | law §3.4 [READ S25a]
类别范围填写不对。 || ALL 不列代码；INCLUDE、EXCEPT 至少列一个本类别的八位代码，不得重复。
The scope is malformed. || No codes with ALL; at least one code of the category with INCLUDE and EXCEPT.

ITEMS | - | sender | [DESIGN]
许可证条目数不在允许范围内。 || 填写 1 至 64 条。
The number of permit items is out of range. || Give 1 to 64 items.
""")
