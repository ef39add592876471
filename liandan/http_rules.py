"""Texts of the codes that the shell gives over HTTP: login, budgets, faults; and those of its key file."""

from signing.refusal import table, texts

RULES = table(
    *texts("""
TOKEN_UNKNOWN | - | sender | design §8 [DESIGN]
访问令牌无效、已过期或已撤销。 || 重新登录取得令牌。
The bearer token is not valid, expired or revoked. || Log in again for a new token.

LOGIN_FORM | - | sender | formats §8 [DESIGN]
登录声明的格式不对。 || 按 docs/api.md 给出 origin、audience、nonce、keyid、not_after、scope 六项。
The login challenge is malformed. || Give origin, audience, nonce, keyid, not_after and scope as docs/api.md says.

LOGIN_ORIGIN | - | sender | formats §8 [DESIGN]
登录声明写的是另一个账本或另一个服务地址。 || origin 填本账本名称（GET /v1/log），audience 填您所访问的服务地址。
The login challenge is for another log or another address. || Put this log's name (GET /v1/log) into origin and the address you connect to into audience.

LOGIN_TIME | - | sender | design §8 [DESIGN]
登录声明已过期，或有效期超过 12 小时。 || 校准时钟，not_after 填 12 小时以内的时间。
The login challenge has expired or runs for more than 12 hours. || Set the clock and give a not_after within 12 hours.

LOGIN_NONCE | - | sender | design §8 [DESIGN]
登录声明的随机数已用过。 || 每次登录生成新的 32 字节随机数。
The nonce of the login challenge was used before. || Make 32 new random bytes for every login.

REQUEST_TOO_LARGE | - | sender | design §8 [DESIGN]
请求体超过上限，未读完即拒绝。 || 缩小内容，或改用分批接口 /v1/statements/batch。
The request body is too large; it was not read to its end. || Send less, or use /v1/statements/batch in parts.

BODY_ENCODING | - | sender | RFC 9110 §15.5.16 [READ]
请求体经过压缩；本接口只收未压缩的字节，未读取即拒绝。 || 去掉 Content-Encoding，原样发送。
The request body is packed; only plain bytes are taken, and it was not read. || Send it plain, without Content-Encoding.

BODY_SLOW | - | sender | RFC 9110 §15.5.9 [READ]
请求体迟迟没有发来，已不再等待；没有写入任何内容。 || 检查网络后原样重发；重复提交是安全的。
The request body stopped coming; nothing of it was written. || Check the network and send the same again; resending is safe.

BODY_INCOMPLETE | - | sender | RFC 9112 §8 [READ]
请求体没有发完连接就断了；没有写入任何内容。 || 检查网络后原样重发；重复提交是安全的。
The connection ended before the request body was whole; nothing of it was written. || Check the network and send the same again; resending is safe.

METHOD_NOT_ALLOWED | - | sender | RFC 9110 §15.5.6 [READ]
此地址不支持该方法。 || 接口见 /schema。
This address does not take that method. || See /schema for the interface.

FAILURES_TOO_MANY | - | sender | design §8 [DESIGN]
该地址未携带令牌的失败提交过多，已暂时限制。 || 稍后再试，或先登录取得令牌。
Too many failed posts without a token from this address. || Wait, or log in for a token first.

REQUESTS_TOO_MANY | - | sender | design §8 [DESIGN]
该地址未携带令牌的请求过多，已暂时限制。 || 按 Retry-After 稍后再试；登录取得令牌后不受此限。
Too many requests without a token from this address. || Wait as Retry-After says; with a token of a login this limit does not apply.

BUSY | - | operator | design §8 [DESIGN]
系统繁忙，本次请求未写入任何内容。 || 按 Retry-After 等待后原样重发；重复提交是安全的。
The log is busy; nothing of this request was written. || Wait as Retry-After says and send the same again; resending is safe.

LOG_FROZEN | - | operator | design §5 [DESIGN]
账本已冻结：数据与已发布的检查点不一致，停止写入，读取不受影响。 || 请联系运营单位和两地主管部门；保存您手中的回执。
The log is frozen: data contradict a published checkpoint. Appends have stopped, reads go on. || Contact the operator and both authorities, and keep your receipts.

INTERNAL | - | operator | design §8 [DESIGN]
系统内部错误。 || 请将请求编号告知运营单位。
An internal error. || Tell the operator the request id.

KEYRING | - | operator | formats §4 [DESIGN]
运营密钥文件不完整、无法读取，或不属于本账本。 || 用 liandan key new --log 生成密钥文件，或恢复原文件；账本的密钥终身不变。
The operator's key file is incomplete, unreadable, or belongs to another log. || Make one with liandan key new --log, or bring back the old file; the keys of a log never change.

EXPORT_DIRECTORY | - | sender | formats §4 [DESIGN]
导出目录里有别的内容，或是别的账本的导出件。 || 换一个新目录；同一账本的导出件可以继续。
The export directory holds something else, or an export of another log. || Choose a new directory; an export of the same log may be continued.

EXPORT_FORKED | - | both_authorities | formats §4 [DESIGN]
目录中已有的条目不属于账本现在的历史。 || 保留该目录作为证据，立即通知两地主管部门；另换新目录导出并审计。
What the directory holds is no part of the log's present history. || Keep the directory as evidence and tell both authorities; export to a new one and audit it.

EXPORT_AUDIT | - | operator | design §8 [DESIGN]
导出件未通过审计，不能据以编制报表。 || 先运行 liandan audit 查看发现。
The export does not audit clean; no report is made from it. || Run liandan audit and look at the findings.
""")
)
