"""Texts of approvals: what a decision needs, and what a manifest must have in common with it."""

from __future__ import annotations

from signing.refusal import texts

TEXTS = texts("""
NO_APPROVAL | R-30 | origin_authority | Order 23 Art. 21 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 21 [READ]; 固废法 Art. 82.2 [READ S2]
跨省转移没有批准决定。 || 先向移出地省级生态环境主管部门申请，取得批准后再开具联单。未经批准的，不得转移。
A transfer between provinces has no approval. || Apply to the origin's authority first; nothing may move without it.

APPROVAL_UNKNOWN | R-30 | sender | Order 23 Art. 21 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 21 [READ]; 固废法 Art. 82.2 [READ S2]
账本中没有这份批准。 || 核对批准的链名。
The log has no such approval. || Check the chain of the approval.

APPROVAL_STAGE | R-30 | origin_authority | Order 23 Art. 21 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 21 [READ]; 固废法 Art. 82.2 [READ S2]
该申请所处阶段不允许此操作。 || 查看申请进度：批准后方可开具联单；已决定的不再受理。
The application is not at the stage that this act needs. || Look at its progress; manifests need an approval, and a decision is made once.

APPROVAL_GENERATOR | R-31 | generator | Order 23 Art. 27, 28 [READ]
批准不是给这家移出人的。 || 使用本单位的批准。
The approval is another generator's. || Use your own approval.

APPROVAL_DIRECTION | R-31 | generator | Order 23 Art. 27, 28 [READ]
移出地、接受地与批准的方向不一致。 || 核对移出地和接受地；方向不同的须另行申请，省内转移不填批准。
The transfer does not lead the way of the approval. || Check both places; another direction needs its own approval, none inside a province.

APPROVAL_RECEIVER | R-31 | origin_authority | Order 23 Art. 27, 28 [READ]
接受人与批准不一致。 || 送往批准的接受人；更换接受人须重新申请。
The receiver is not the approved one. || Send it there; another receiver needs a new application.

APPROVAL_PERMIT | R-31 | origin_authority | Order 23 Art. 27, 28 [READ]
接受人的许可证与批准时的不一致。 || 使用批准所依据的许可证；换证后须重新申请。
The permit is not the one of the approval. || Use that permit; after a new one a new application is needed.

APPROVAL_LINE | R-31 | sender | Order 23 Art. 27 [READ]; by line, addenda §4.1 [READ]
批准中没有这一行，或该行未获批准。 || 按批准决定的行号（从 0 起）填写。
The approval has no such line, or it was not granted. || Name a granted line, counted from 0.

APPROVAL_NAME | R-31 | generator | Order 23 Art. 27 [READ]; by line, addenda §4.1 [READ]
废物名称与批准行不一致。 || 按批准决定的名称填写；同一代码可能有多行，请核对行号。
The name is not that of the approved line. || Use its name; one code may stand in several lines.

APPROVAL_CODE | R-31 | origin_authority | Order 23 Art. 27, 28 [READ]
废物代码与批准行不一致。 || 核对行号和代码；种类改变须重新申请。
The code is not that of the approved line. || Check line and code; another kind needs a new application.

APPROVAL_METHOD | R-31 | origin_authority | Order 23 Art. 27, 28 [READ]
利用处置方式与批准行不一致。 || 使用批准的方式；改变方式须重新申请。
The method is not the approved one. || Use it; another method needs a new application.

APPROVAL_EXPIRED | R-32 | origin_authority | Order 23 Art. 27.2 [READ]
开具或者起运时，批准已过有效期。 || 重新申请跨省转移；已开具而未起运的联单应当作废。
The approval had expired when the manifest was issued or departed. || Apply again; void a manifest that has not departed.

APPROVAL_TERM | R-32 | sender | Order 23 Art. 27.2 [READ]
有效期不得超过 12 个月、申请期限和接受人许可证有效期三者中最早的一天。 || 改为提示的日期或更早。
The term goes beyond 12 months, the period applied for, or the receiver's permit. || State the day shown or an earlier one.

APPROVAL_QUOTA | R-33 | origin_authority | Order 23 Art. 28(1) [READ]
超出批准行的剩余数量。 || 减少本次数量；数量超过批准的，须重新申请。
It exceeds what is left of the approved line. || Reduce the load; more than approved needs a new application.

APPROVAL_MASS | R-33 | sender | Order 23 Art. 27 [READ]
批准数量大于申请数量。 || 不超过该行的申请数量。
The decided mass is above the mass applied for. || Grant no more than the line applied for.

NO_CONSENT | R-35 | destination_authority | Order 23 Art. 25 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 25 [READ]; 固废法 Art. 82.2 [READ S2]
该行不在白名单上，也没有接受地省份的同意复函。 || 先发跨省转移商请函并取得同意复函，或只批准白名单上的行。
The line has neither a listing nor the receiving province's consent. || Consult by letter and wait for the reply, or grant listed lines only.

CONSENT_REFUSED | R-35 | destination_authority | Order 23 Art. 25 [READ]; Code Art. 536.2 [READ T1–T3] | Order 23 Art. 25 [READ]; 固废法 Art. 82.2 [READ S2]
接受地省份已复函不同意。 || 作出不予批准的决定；情况改变的，由移出人重新申请。
The receiving province has disagreed. || Refuse the application; the generator may apply again.

DECISION_FORM | R-31 | sender | Order 23 Art. 26, 27 [READ]
决定的内容自相矛盾。 || 批准时写明行、数量和有效期；不予批准时只写理由。
The decision contradicts itself. || Lines and term with an approval; only a reason with a refusal.
""")
