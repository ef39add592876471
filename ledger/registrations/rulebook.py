"""Texts of the codes that registrations give."""

from signing.refusal import table, texts

RULES = table(
    *texts("""
REGISTRATION_FIELD | - | sender | docs/registration.md [DESIGN]
登记申请的格式不对。 || 用 liandan registration apply 制作，或按 docs/registration.md 改正后重新签名提交。
The application is malformed. || Make it with liandan registration apply, or correct it as docs/registration.md says, sign and send it again.

REGISTRATION_SIGNED | - | sender | docs/registration.md [DESIGN]
登记申请须由其中每一把密钥各签一次，次序与 body.keys 相同。 || 用申请登记的全部密钥重新签名。
An application is signed by every key in it, in the order of body.keys. || Sign it anew with all keys that are to be registered.

REGISTRATION_NAME | - | sender | docs/registration.md [DESIGN]
单位名称中有多余的空白或形近字符。 || 按“应为”改正，与营业执照完全一致，重新签名提交。
The name has blanks too many, or characters that look like others. || Write it as expected, exactly as on the business licence; sign and send it again.

REGISTRATION_CONTACT | - | sender | docs/registration.md [DESIGN]
联系人和联系电话须各有一项，只以承诺值写入申请，原文随附；此外只可有电子邮箱。 || 补齐 contact.name、contact.phone 的承诺值和随附原文；其余的删去。
A contact and a telephone are needed, as commitments in the application and in clear beside it; an e-mail address may come too, nothing else. || Give contact.name and contact.phone, committed and disclosed, and leave out the rest.

REGISTRATION_LOG | - | sender | formats §5 [DESIGN]
登记申请是为另一个账本签署的。 || 填写本账本的创始声明哈希（GET /v1/log 的 found），重新签名提交。
The application was signed for another log. || Name this log (found of GET /v1/log), sign and send it again.

REGISTRATION_TIME | - | sender | docs/registration.md [DESIGN]
登记申请的签署时间不在一天以内，或者在将来。 || 校准时钟，用现在的时间重新签名提交。
The application was signed more than a day ago, or in the future. || Set the clock, sign it with the present time and send it again.

REGISTRATION_UNKNOWN | - | sender | docs/registration.md [DESIGN]
没有这份登记申请：编号或查询码不对，已经忘记，或者不由贵单位办理。 || 核对编号和查询码；仍需登记的，重新申请。
There is no such application: another name or code, forgotten, or not yours to decide. || Check name and code; if it is still wanted, apply again.

REGISTRATION_OVER | - | nobody | docs/registration.md [DESIGN]
这份登记申请已经办结。 || 查看结果；仍需登记的，重新申请。
This application has come to its end. || See what became of it; if it is still wanted, apply again.

REGISTRATION_DECIDER | - | sender | formats §3 [DESIGN]
登记申请只由主管部门，或其委托办理登记（party.register）的单位查看和办理。 || 用主管部门的密钥登录；受委托的，请主管部门先委托（delegation.grant）。
Applications are for the authorities, and for those whom they let register parties. || Log in with an authority's key; a delegate first gets delegation.grant for party.register.

REGISTRATION_BUSY | - | sender | docs/registration.md [DESIGN]
该单位已有几份登记申请等待办理，不再收。 || 请直接联系所在地主管部门：可凭登记材料（liandan key registration）当面办理，不经本接口。
Several applications for this firm wait already; no more are taken. || Turn to the authority of its region: it registers you from your registration (liandan key registration), without this interface.

REGISTRATIONS_TOO_MANY | - | sender | docs/registration.md [DESIGN]
该地址一天内提交的登记申请过多。 || 明天再提交；一次登记许多单位的，由主管部门用 liandan golive 从文件办理。
Too many applications from this address within a day. || Come again tomorrow; many firms at once are registered by the authority from a file (liandan golive).

REGISTRATIONS_FULL | - | operator | docs/registration.md [DESIGN]
等待办理的登记申请已达上限，暂不再收。 || 稍后再提交，或直接联系所在地主管部门当面办理。
As many applications wait as are kept; none is taken for now. || Come again later, or turn to the authority of your region directly.
""")
)
