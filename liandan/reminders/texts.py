"""Texts of what is refused about reminders, and of what a mail came to."""

from signing.refusal import texts

TEXTS = texts("""
MAIL_OFF | - | operator | design §8 [DESIGN]
本服务没有设置邮件服务器，不能发送邮件提醒。 || 请运营单位设置 LIANDAN_SMTP_HOST 等（docs/notifications.md）；回调照常可用。
This server has no mail server to send with. || Ask the operator to set LIANDAN_SMTP_HOST and the others (docs/notifications.md); webhooks work all the same.

MAIL_ADDRESS | - | sender | RFC 5321 §4.1.2 [READ]
邮箱地址的格式不对。 || 写一个地址，不带名称和尖括号，域名用 ASCII（punycode）。
The mail address is malformed. || Write one address without a name or brackets, its domain in ASCII (punycode).

MAIL_TOO_MANY | - | sender | design §8 [DESIGN]
本单位的邮件提醒已达上限。 || 先删除不用的，或订阅单位内部的群组邮箱。
The party has as many mail reminders as it may have. || Delete one that is not used, or subscribe a group address of yours.

MAIL_BUDGET | - | sender | design §8 [DESIGN]
今天要求的确认邮件或测试邮件过多。 || 明天再试；请对方查看垃圾邮件文件夹。
Too many confirmations or tests have been asked for today. || Try again tomorrow; have the reader look among the junk mail.

MAIL_STATE | - | sender | design §8 [DESIGN]
该邮件提醒目前的状态不允许这样做。 || 未确认的先由收件人确认；已结束的请重新设立；state 只能改为 active 或 paused。
The state of the reminder does not allow this. || Have its reader confirm it first; make a new one where it has ended; state becomes active or paused.

MAIL_CODE | - | sender | design §8 [DESIGN]
确认码不对。 || 照确认邮件中的确认码填写；邮件只在设立后三天内有效。
The code is not the one that was mailed. || Copy it from the mail that asks for confirmation; it is good for three days.

MAIL_SERVER | - | operator | RFC 5321 [READ]
邮件服务器不可达，或没有收下。 || 稍后自动重试；请运营单位检查 LIANDAN_SMTP_* 各项与邮件服务器。
The mail server cannot be reached or did not take the mail. || It is tried again; the operator checks LIANDAN_SMTP_* and the mail server.

MAIL_LATER | - | sender | RFC 5321 §4.2.1 [READ]
收件方的服务器暂时不收。 || 稍后自动重试；请收件人检查邮箱是否已满。
The address's server does not take the mail for now. || It is tried again; have its reader look whether the mailbox is full.

MAIL_POLICY | - | operator | RFC 3463 §3.8 [READ]
邮件因发件方被拒：未获准转发，或发件域、发件地址未通过验证。 || 稍后自动重试；请运营单位检查邮件服务器的授权和发件域的认证记录。
The mail is turned away for who sends it: relaying is not allowed, or the sender's domain is not vouched for. || It is tried again; the operator checks the account at the mail server and SPF, DKIM and DMARC of the domain.

MAIL_REFUSED | - | sender | RFC 5321 §4.2.1 [READ]
收件方的服务器拒收：地址不存在，或邮件被拦截。 || 核对邮箱地址，请收件方放行本服务的发件地址。
The address's server refuses the mail: there is no such address, or it is filtered. || Check the address, and have its server let the sender of this service pass.

MAIL_BOUNCED | - | sender | RFC 5321 §4.2.1 [READ]
邮箱接连多次拒收，提醒已停用。 || 核对地址，请收件方放行，再把 state 设为 active。
The address was refused several times in a row, so the reminder is disabled. || Check the address, have its server let the mails pass, then set state to active.

MAIL_REPLACED | - | sender | design §8 [DESIGN]
这封邮件未能送出，已由更新的一封代替。 || 无须处理：新的一封包含全部事项。
The mail was not sent in time; a later one stands in its place. || Nothing is to be done: the later one holds everything.

MAIL_ENDED | - | sender | design §8 [DESIGN]
收件人不再接收提醒，邮箱地址已删除。 || 如仍需要，换一个地址，或征得收件人同意后重新设立。
Its reader wants no more reminders; the address is erased. || Subscribe another address, or the same one again with its reader's consent.

MAIL_KEY | - | sender | formats §5 [DESIGN]
设立提醒的密钥已撤销或到期，提醒已停用。 || 核对地址确属本单位，再用有效的密钥登录并把 state 设为 active。
The key that set up the reminder is revoked or over, so the reminder is disabled. || See that the address is yours, log in with a valid key and set state to active.
""")
"""Beside the other texts of the shell (liandan.rulebook)."""
