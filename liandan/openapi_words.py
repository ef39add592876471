"""What ``/schema`` says in words: what this is, tags and who needs them, headers that are asked for and answered."""

DESCRIPTION = """危险废物跨省转移的可验证账本 / A verifiable ledger of hazardous-waste transfers between provinces.

Errors are problems (RFC 9457, `application/problem+json`) with a stable `code`; `/problems/{code}` says what it means and what to do.
Language: `?lang=zh|en`, else `Accept-Language`. Every GET answers HEAD. A query parameter that is not listed, or given twice, is refused.
Times are `YYYY-MM-DDThh:mm:ss+08:00`, days Asia/Shanghai, masses tonnes as text with six decimals; they stay text: do not make dates or
numbers of them before signing. The bytes of evidence: docs/formats/.
"""
TAGS = {
    "statements": "提交声明 / Posting signed statements, one or many",
    "pending": "待签声明 / Statements that lack signatures: bring, look at, sign, withdraw, decline",
    "tokens": "登录 / A signed challenge becomes a token",
    "log": "账本 / What the log is and holds: checkpoints, proofs, tiles, feed, parties, chains",
    "whitelist": "试算、许可证、白名单、批准、额度 / Dry runs, permits, lists, approvals, quotas",
    "manifests": "联单 / Manifests: search, state, next acts, history",
    "tables": "检索结果文件 / Results of searches as CSV and XLSX",
    "reports": "证明与对账 / Papers and monthly statements",
    "webhooks": "回调 / Being told of new entries at an address of one's own",
    "evidence": "附件 / Files that statements name, by their hash",
    "personal data": "个人信息 / What stands behind commitments, and erasing it",
    "verification": "核验页 / The page that verifies papers, for everybody",
    "schemas": "格式 / JSON Schemas of statements, bodies, entries and receipts",
    "problems": "错误代码 / What a code means",
    "pages": "网页 / Pages for people: what this is, documentation",
    "operations": "运维 / Health and counters, for operators",
}
USERS = {
    "移出单位 enterprise": [
        "statements",
        "pending",
        "tokens",
        "whitelist",
        "manifests",
        "tables",
        "reports",
        "log",
        "webhooks",
        "evidence",
        "personal data",
        "schemas",
        "problems",
        "pages",
    ],
    "承运人 carrier": [
        "statements",
        "pending",
        "tokens",
        "evidence",
        "manifests",
        "tables",
        "log",
        "webhooks",
        "schemas",
        "problems",
        "pages",
    ],
    "接受单位 receiver": [
        "statements",
        "pending",
        "tokens",
        "whitelist",
        "manifests",
        "tables",
        "reports",
        "log",
        "webhooks",
        "evidence",
        "personal data",
        "schemas",
        "problems",
        "pages",
    ],
    "主管部门 authority": [
        "statements",
        "pending",
        "tokens",
        "whitelist",
        "manifests",
        "tables",
        "reports",
        "log",
        "webhooks",
        "evidence",
        "personal data",
        "schemas",
        "problems",
        "pages",
    ],
    "监管与公众 regulator": ["verification", "reports", "log", "manifests", "tables", "schemas", "problems", "pages"],
    "运营方 operator": ["operations", "statements", "pending", "log", "personal data", "schemas", "problems", "pages"],
}
"""One tag an operation, so that a generated client has it once; who needs which tags stands beside them."""
ASKED = {
    "Prefer": (
        "等待发布（读取时为等待 min_size）的秒数，至多 30 / `wait=N`: seconds to wait for publication, of a read for `min_size`, or `respond-async` (RFC 7240)",
        "wait=10",
    ),
    "Liandan-Now": ("仅限模拟账本 / the present of a simulated log; a real one ignores it", "2026-10-01T09:00:00+08:00"),
    "Content-Digest": (
        "文件的 SHA-256 / hash of the file (RFC 9530)",
        "sha-256=:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=:",
    ),
    "Range": ("文件的一段 / a part of the file (RFC 9110 §14)", "bytes=0-1023"),
    "If-Range": ("所持部分的 ETag / the ETag of the part at hand", '"9f86d081884c7d65"'),
    "If-None-Match": ("上次的 ETag / the ETag of the copy at hand", '"2c26b46b68ffc68ff99b453c1d304134"'),
}
"""Request headers by name: what they ask for, an example."""
ANSWERED = {
    "X-Request-Id": "请求编号，请告知运营方 / name of this request; tell it to the operator",
    "Liandan-Size": "所反映的条目数 / number of entries that the answer reflects",
    "Retry-After": "秒后再试 / seconds to wait before the same is sent again",
    "WWW-Authenticate": "Bearer",
    "Cache-Control": "RFC 9111",
    "Vary": "RFC 9110",
    "ETag": "版本 / version of the content",
    "Location": "地址 / where it is",
    "Allow": "可用方法 / methods that are right here",
    "Accept-Ranges": "bytes",
    "Content-Range": "所给区段 / the part that this is (RFC 9110 §14.4)",
    "Cross-Origin-Resource-Policy": "WHATWG Fetch",
    "Repr-Digest": "整个文件的 SHA-256 / hash of the whole file (RFC 9530)",
    "Content-Disposition": "文件名 / name of the file",
    "Content-Encoding": "gzip 或没有 / gzip, or absent",
    "Content-Security-Policy": "W3C CSP",
    "Access-Control-Allow-Origin": "*",
    "Permissions-Policy": "W3C",
    "Referrer-Policy": "W3C",
    "Service-Worker-Allowed": "W3C",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of answers by name."""
