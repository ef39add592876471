"""Texts of the codes that the log's HTTP interface gives beside those about statements."""

from __future__ import annotations

from signing.refusal import Rule, table

RULES = table(
    Rule(
        code="TOO_MANY_LINES",
        zh="批次的行数超过上限，未处理任何一行。",
        en="The batch has too many lines; none was taken.",
        do_zh="拆成多个批次提交（每批至多 10000 行，原子批次至多 256 行）。",
        do_en="Send several batches (at most 10,000 lines each, an atomic one at most 256).",
        source="design §8 [DESIGN]",
    ),
    Rule(
        code="BATCH_EMPTY",
        zh="批次中没有声明。",
        en="The batch holds no statement.",
        do_zh="每行放一个信封（NDJSON）。",
        do_en="Put one envelope on each line (NDJSON).",
        source="design §8 [DESIGN]",
    ),
    Rule(
        code="TOKEN_MISSING",
        zh="此处需要访问令牌。",
        en="This needs a bearer token.",
        do_zh="用已登记的密钥登录（POST /v1/tokens），并在 Authorization: Bearer 中出示令牌。",
        do_en="Log in with a registered key (POST /v1/tokens) and send the token as Authorization: Bearer.",
        source="design §8 [DESIGN]",
    ),
    Rule(
        code="TOKEN_SCOPE",
        zh="令牌的权限范围不含此项操作。",
        en="The token's scope does not cover this.",
        do_zh="登录时在 scope 中申请 read 或 post。",
        do_en="Ask for read or post in the scope when you log in.",
        source="design §8 [DESIGN]",
    ),
    Rule(
        code="READ_FORBIDDEN",
        zh="只有主管部门和运营单位可以读取此内容。",
        en="Only authorities and the operator may read this.",
        do_zh="用 GET /v1/feed 读取与本单位有关的条目。",
        do_en="Use GET /v1/feed for the entries that concern you.",
        source="design §5 [DESIGN]",
        lift="both_authorities",
    ),
    Rule(
        code="NOT_FOUND",
        zh="没有这项内容。",
        en="There is no such thing here.",
        do_zh="请核对地址；接口见 /schema。",
        do_en="Check the address; /schema lists the interface.",
        source="RFC 9110 §15.5.5 [READ]",
    ),
    Rule(
        code="QUERY_FORM",
        zh="查询参数或请求头的格式不对。",
        en="A query parameter or header is malformed.",
        do_zh="按 /schema 中的类型和范围填写。",
        do_en="Give it the type and range shown in /schema.",
        source="design §8 [DESIGN]",
    ),
)
