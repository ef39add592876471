"""Texts of the codes that pending statements give, over HTTP and offline."""

from signing.refusal import table, texts

RULES = table(
    *texts("""
PENDING_STRANGER | - | sender | formats §1 [DESIGN]
该声明的签署方（by）中没有贵单位，待签的声明只对其中所列单位开放。 || 核对是否用了另一单位的令牌；确应由贵单位签署的，请起草方重写 by 后重新签署。
Your party is not named in by; a pending statement is open to those named in it alone. || See whether the token is another party's; if you are to sign, let whoever drafted it name you and sign anew.

PENDING_UNKNOWN | - | sender | design §8 [DESIGN]
没有这份待签声明：没有提交过，已到期或者已撤回，或者不是写给贵单位的。 || 核对声明哈希；仍要办理的，请起草方重新签署并提交。
There is no such pending statement: never brought, over, withdrawn, or not for you. || Check the hash; if the act is still wanted, let whoever drafted it sign and bring it again.

PENDING_OVER | - | sender | formats §6 [DESIGN]
该声明的签署期限已过，不能再收集签名。 || 用现在的时间重新起草、签署并提交。
The window of this statement is over; no more signatures are collected for it. || Draft it with the present time, sign and bring it again.

PENDING_TOO_MANY | - | sender | design §8 [DESIGN]
贵单位提交的待签声明已达上限。 || 等其中一些签完或到期，或者撤回不再需要的，再提交。
Your party has brought as many pending statements as it may. || Wait until some are signed or over, or withdraw those that are not wanted, then bring it again.

PENDING_STALE | - | sender | formats §2 [DESIGN]
该声明已被账本中更新的条目取代或阻止，不再收集签名。 || 查看“现状”所列条目；仍要办理的，按链头、用现在的时间重新起草并签署；受暂扣、暂停所阻的，等解除以后再办。
The log has overtaken this statement; no more signatures are collected for it. || Look at the entry that is named; if the act is still wanted, draft it anew from the head of the chain with the present time; what a hold or a suspension bars waits for its end.

PENDING_DECLINED | - | sender | design §8 [DESIGN]
其中一方已拒绝签署该声明。 || 查看其理由并与该方商定；改好后重新起草、签署并提交。
One of those named has declined to sign this statement. || Read the reason and settle it with them; then draft, sign and bring another.

PENDING_COMPLETE | - | nobody | formats §2 [DESIGN]
各方均已签署，声明正在入账或者已经入账，不能再撤回或拒绝。 || 查看入账结果；有误的，按更正或作废的程序办理。
All have signed, and the statement is on its way into the log or in it; nothing can be taken back. || Look what the log says; what is wrong is corrected or voided there.

PENDING_UNSIGNED | - | sender | design §8 [DESIGN]
贵单位在该声明上没有签名可以撤回。 || 不同意的，改为拒绝签署，并写明理由。
Your party has no signature here to withdraw. || To say no, decline it and give the reason.

PENDING_WITHDRAWN | - | sender | design §8 [DESIGN]
该单位已撤回签名，他人不能代为提交。 || 请该单位自己重新签署并提交。
This party has taken its signature back; nobody else may bring it. || Let the party sign and bring it itself.

PENDING_DISCLOSURES | - | sender | formats §7 [DESIGN]
待签声明不收个人信息（disclosures），只收承诺值。 || 只提交信封；入账后，由持有人把同一信封连同 disclosures 提交到 /v1/statements。
A pending statement takes no personal data, commitments alone. || Bring the bare envelope; once it is an entry, post the same envelope with its disclosures to /v1/statements.

PENDING_FORM | - | sender | design §8 [DESIGN]
请求内容的格式不对。 || 填写 {"reason": "理由，至多 200 个字"}。
The body of the request is malformed. || Give {"reason": "why, at most 200 characters"}.

COSIGN_TEXT | - | sender | docs/formats/cosign.md [DESIGN]
会签文本不完整或者不对。 || 请对方重新复制或扫描全部文本；多行的逐行都要。
The text for co-signing is incomplete or damaged. || Let the other side copy or scan all of it again, every line of it.

COSIGN_OTHER | - | sender | docs/formats/cosign.md [DESIGN]
两份会签内容不是同一份声明。 || 只合并同一份声明（核对码相同）的签名。
These are not the same statement. || Put together only signatures of one statement; the check code tells.
""")
)
