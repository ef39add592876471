"""Texts of the codes that the log's HTTP interface gives beside those about statements."""

from signing.refusal import table, texts

RULES = table(
    *texts("""
TOO_MANY_LINES | - | sender | design §8 [DESIGN]
批次的行数超过上限，未处理任何一行。 || 拆成多个批次提交（每批至多 10000 行，原子批次至多 256 行）。
The batch has too many lines; none was taken. || Send several batches (at most 10,000 lines each, an atomic one at most 256).

BATCH_EMPTY | - | sender | design §8 [DESIGN]
批次中没有声明。 || 每行放一个信封（NDJSON）。
The batch holds no statement. || Put one envelope on each line (NDJSON).

TOKEN_MISSING | - | sender | design §8 [DESIGN]
此处需要访问令牌。 || 用已登记的密钥登录（POST /v1/tokens），并在 Authorization: Bearer 中出示令牌。
This needs a bearer token. || Log in with a registered key (POST /v1/tokens) and send the token as Authorization: Bearer.

TOKEN_SCOPE | - | sender | design §8 [DESIGN]
令牌的权限范围不含此项操作。 || 登录时在 scope 中申请 read 或 post。
The token's scope does not cover this. || Ask for read or post in the scope when you log in.

READ_FORBIDDEN | - | both_authorities | design §5 [DESIGN]
只有主管部门和运营单位可以读取此内容。 || 用 GET /v1/feed 读取与本单位有关的条目。
Only authorities and the operator may read this. || Use GET /v1/feed for the entries that concern you.

NOT_FOUND | - | sender | RFC 9110 §15.5.5 [READ]
没有这项内容。 || 请核对地址；接口见 /schema。
There is no such thing here. || Check the address; /schema lists the interface.

QUERY_FORM | - | sender | design §8 [DESIGN]
查询参数或请求头的格式不对。 || 按 /schema 中的类型和范围填写。
A query parameter or header is malformed. || Give it the type and range shown in /schema.
""")
)
