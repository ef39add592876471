"""Texts of lists (白名单) and listings."""

from __future__ import annotations

from signing.refusal import texts

TEXTS = texts("""
WL_UNKNOWN | R-35 | sender | 2020 川渝“白名单”合作机制 [READ S6]
账本中没有这份白名单或这一行。 || 核对白名单链名和行号（从 0 起）。
The log has no such list or row. || Check the list and the row, counted from 0.

WL_NOT_IN_FORCE | R-35 | both_authorities | 2020 川渝“白名单”合作机制 [READ S6]; formats §3 [DESIGN]
白名单尚未经两地主管部门共同签署生效。 || 由接受地主管部门联署后使用，或按商请函程序办理。
The list is not countersigned and not in force. || Wait for the countersignature, or go by letter.

WL_DIRECTION | R-35 | both_authorities | 2020 川渝“白名单”合作机制 [READ S6]
白名单的方向与本次转移不符。 || 川→渝的白名单不能用于渝→川；使用本方向的白名单，或按商请函程序办理。
The list is for another direction. || Use a list of this direction, or go by letter.

WL_RECEIVER | R-35 | both_authorities | 2020 川渝“白名单”合作机制 [READ S6]
白名单该行的接受单位与接受人不一致。 || 核对白名单行号。
The row is another receiver's. || Check the row.

WL_PERMIT | R-35 | both_authorities | 2020 川渝“白名单”合作机制 [READ S6]
白名单该行的许可证与接受人的许可证不一致。 || 换证后由两地主管部门更新白名单，或按商请函程序办理。
The row is for another permit of the receiver. || Have the list amended, or go by letter.

WL_SCOPE | R-35 | both_authorities | 2020 川渝“白名单”合作机制 [READ S6]
白名单该行不包含这个废物代码。 || 核对白名单行号，或按商请函程序办理。
The row does not cover this code. || Check the row, or go by letter.

WL_METHOD | R-35 | both_authorities | 2020 川渝“白名单”合作机制 [READ S6]
白名单该行不包含这种利用处置方式。 || 使用白名单载明的方式，或按商请函程序办理。
The row does not cover this method. || Use a method of the row, or go by letter.

WL_QUOTA | R-36 | destination_authority | 2020 川渝“白名单”合作机制 [READ S6]
超出白名单该行的年度剩余数量。 || 减少批准数量；仍需超出的，提前函告接受地主管部门并取得同意复函后再批准。
It exceeds what is left of the listing's yearly quota. || Grant less; for more, consult by letter and wait for consent before deciding.

WL_YEAR | R-40 | both_authorities | 2020 川渝“白名单”合作机制 [READ S6]
白名单只在本年度有效。 || 使用当年的白名单，或按商请函程序重新办理。
A list serves its own year only. || Use the list of the year, or go by letter.

WL_TERM | R-40 | both_authorities | 2020 川渝“白名单”合作机制 [READ S6]
当日不在白名单的有效期间内。 || 在白名单有效期间内办理，或按商请函程序办理。
The day lies outside the list's effective days. || Act within them, or go by letter.

LIST_STAGE | - | sender | formats §3 [DESIGN]
白名单当前状态不允许此操作。 || 联署前可提交白名单页；联署后内容不再改动。
The list's status does not allow this act. || Pages come before the countersignature, nothing after it.

LIST_PAGE | - | sender | formats §3 [DESIGN]
白名单页次不连续。 || 从第 0 页起按顺序逐页提交。
Pages must come in order. || Submit them one by one from page 0.

LIST_SIZE | - | sender | formats §3 [DESIGN]
白名单行数或页数不对。 || 页数、行数应与提出时声明的一致，每页至少一行。
The number of rows or pages is wrong. || Keep to what was announced; at least one row on a page.

LIST_INCOMPLETE | - | origin_authority | formats §3 [DESIGN]
白名单尚未全部提交，不能联署。 || 由提出方提交全部白名单页后再联署。
The list is not complete yet. || The proposing side submits all pages first.

LIST_DIGEST | - | sender | formats §3 [DESIGN]
联署的摘要与白名单各行不一致。 || 按账本中的全部白名单行重新计算摘要，确认内容后再签署。
The countersigned digest is not that of the rows. || Compute it over all rows of the log, check them, then sign.
""")
