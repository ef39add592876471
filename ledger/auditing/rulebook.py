"""Texts of what an audit finds: what is wrong, and what whoever found it should do."""

from signing.refusal import table, texts

_OTHERWISE = (
    "保留现有文件和本报告，通报两地主管部门，并请账本运营单位说明。",
    "Keep the files and this report, tell both authorities, and ask the operator to explain.",
)
_TEXTS = """
FILE_MISSING | - | operator | formats §4 [DESIGN]
应有的文件或条目不存在。 || 重新导出；仍缺少的，通报主管部门并向运营单位索取。
A file or entry that must be there is missing. || Export again; if it is still missing, tell the authorities and ask the operator for it.
LEAF_DIFFERS | - | operator | RFC 6962 §2.1; formats §4 [DESIGN]
条目的哈希与叶哈希不符：条目或哈希文件被改动。
The entry does not hash to its leaf: the entry or the tile was changed.
TILE_DIFFERS | - | operator | C2SP tlog-tiles; formats §4 [DESIGN]
哈希文件中的哈希与其下层不符。
A hash in a tile does not follow from the level below.
ROOT_DIFFERS | - | operator | RFC 6962 §2.1; formats §4 [DESIGN]
检查点的根哈希与条目算得的不符。
The checkpoint's root is not the one its entries give.
ORIGIN_DIFFERS | - | operator | formats §4 [DESIGN]
检查点属于另一账本。
The checkpoint belongs to another log.
VKEY_DIFFERS | - | operator | formats §4 [DESIGN]
log.vkey 与账本成立时登记的公钥不符。
log.vkey is not what the founding statement names.
DATA_DIFFERS | - | operator | formats §5 [DESIGN]
账本采用的数据文件缺失或内容不符。
An adopted data file is missing or has other content.
HISTORY_DIFFERS | - | operator | RFC 6962 §2.1.2 [DESIGN]
账本不是上次审计所见历史的延续。
The log does not extend what the audit before has seen.
HISTORY_FORK | - | operator | RFC 6962 §2.1; formats §4 [DESIGN]
两件证据互相矛盾：账本向不同的人出示了不同的历史。
Two pieces of evidence contradict: the log showed different histories.
LINE_ORDER | - | operator | formats §4 [DESIGN]
检查点签名行的次序不对。
The signature lines of the checkpoint are out of order.
AT_ORDER | - | operator | formats §4 [DESIGN]
入账时间早于前一条目。
The entry was admitted before the one in front of it.
AT_BRACKET | - | operator | formats §4 [DESIGN]
入账时间与见证方看到检查点的时间相矛盾（允许相差 5 分钟）。
The admission contradicts when witnesses saw the checkpoints around it.
DECISION_DIFFERS | - | operator | formats §4 [DESIGN]
重新裁决的结果与账本所载不同。
Deciding again gives another answer than the entry states.
DECISION_FAILED | - | operator | formats §4 [DESIGN]
条目无法重新裁决：它所依据的内容本不应在账本中。
The entry cannot be decided again: what it rests on should not be in the log.
LINK_DIFFERS | - | operator | design §5 [DESIGN]
数据库的链位置表与条目不符。
The database's table of places does not follow from the entries.
BUNDLE_DIFFERS | - | operator | design §5; formats §4 [DESIGN]
数据库中的条目与已公布的条目文件不符。
The entry in the database is not the one in the published bundle.
HEAD_DIFFERS | - | operator | design §5 [DESIGN]
数据库的账本头（条目数、根、边缘、时间）与条目算得的不符。
The head row of the database (size, root, edge, time) is not what the entries give.
FACT_DIFFERS | - | operator | design §5 [DESIGN]
数据库保存的状态与条目重算的不符。
A state in the database is not what the entries give.
VIEW_DIFFERS | - | operator | design §5 [DESIGN]
数据库中供查询的视图或索引与条目重算的不符。 || 以条目为准；停止服务，执行 liandan rebuild，并查明是谁改动了数据库。
A view or an index in the database is not what the entries give. || Rely on the entries; stop the servers, run liandan rebuild, and find out who changed the database.
FILE_UNEXPECTED | - | operator | formats §4 [DESIGN]
导出件中有不应存在的文件。 || 核对来源后删除该文件，重新审计。
The export holds a file that does not belong there. || Find out where it comes from, remove it and audit again.
FILE_COMPRESSED | - | operator | formats §4 [DESIGN]
导出件中有压缩文件；压缩只用于网络传输。 || 解压后按原名保存，重新审计。
The export holds a compressed file; gzip is for HTTP only. || Unpack it under its own name and audit again.
AUDIT_STATE | - | sender | design §12 [DESIGN]
审计状态缺失、无法读取，或者属于另一账本、另一检查点。 || 改用正确的目录；或者不带 --state、--since，从头审计。
The kept state of the audit is missing, not readable, or of another log or checkpoint. || Name the right directory; or audit from the beginning, without --state and --since.
"""
RULES = table(*texts(_TEXTS, _OTHERWISE))
