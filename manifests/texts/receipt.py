"""Texts about the receipt and what follows it."""

from __future__ import annotations

from signing.refusal import texts

RECEIPT = texts("""
RECEIPT_OVERDUE | R-60 | nobody | Order 23 Art. 18.1 [READ]; levels M from day 6, H from day 10 [DESIGN]
接受人未在接受之日起五个工作日内确认。 || 及时确认；逾期原因由接受人说明。
The receiver did not confirm within five working days of taking the waste over. || Confirm in time; let the receiver explain the delay.

DISCREPANCY_UNREPORTED | R-61 | receiver | Order 23 Art. 18.2 [READ]
名称、数量、特性、形态或包装方式与联单不符，但未告知移出人或未报告接受地生态环境主管部门。 || 先告知移出人并报告接受地生态环境主管部门，填写两者的时间后再确认；决定接受的也要报告。
The waste differs from the manifest, but the generator was not told or the authority at the destination has no report. || Tell the generator and report to the authority first, then confirm with both times; acceptance does not waive the report.

WEIGHT | R-62 | nobody | law §6.2: max(0.06 t, 1 %, liquids and semi-solids 3 %), H above 5 % [DESIGN]
称重结果与移出量的差异超过允许误差。 || 复核两端称重；差异视为数量不符，应当告知并报告。
The weight differs from the declared mass by more than the tolerance. || Check both weighings; such a difference counts as a difference of quantity and is reported.

WEIGHING_SUM | R-09 | sender | Order 23 Art. 10(3) [READ]; check [DESIGN]
毛重减皮重不等于净重。 || 核对磅单后重新填写。
Gross minus tare is not net. || Check the weighing slip.

OPINION_QTY | R-63 | receiver | Order 23 Art. 12(2) [READ]; equivalences [DESIGN]
处理意见与接受量不一致。 || 拒收的接受量为 0；部分接受的接受量、拒收量均大于 0；接受的拒收量为 0。
The opinion does not fit the accepted mass. || Rejected: nothing accepted. Partly: something accepted and something refused. Accepted: nothing refused.

METHOD_CHANGED | R-64 | origin_authority | Order 23 Art. 28(2) [READ]
利用处置方式与联单、批准决定不一致。 || 按批准的方式利用处置；改变方式的，应当重新申请。
The method is not that of the manifest and its decision. || Treat the waste by the approved method; another one needs a new application.

FATE_EXCEEDS | - | receiver | Order 23 Art. 12(4) [READ]; mass algebra design §6 [DESIGN]
利用处置量超过尚存的接受量。 || 核对台账，合计不得超过接受量。
More is reported as used or disposed of than is left of what was accepted. || Check the ledger; the sum cannot exceed the accepted mass.

QUOTA_OVERDRAWN | R-33 | both_authorities | Order 23 Art. 28(1) [READ]; design §7 [DESIGN]
按接受量结算后，额度已超出批准数量或经营规模上限。 || 停止在该额度下新开联单，重新申请或等待额度恢复。
Settled by the accepted mass, an account is beyond the decision or the permit's limit. || Issue nothing more on this account; apply anew or wait for quota.
""")
