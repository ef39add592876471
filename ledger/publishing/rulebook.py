"""Rule texts of what lies beside the entries: files that differ, rows that cannot be read, and what a party may post."""

from signing.refusal import table, texts

_TEXTS = texts("""
PARTY_BUDGET | - | operator | formats §4 [DESIGN]
本单位（或这把密钥）一分钟内提交的声明已达上限，本条未入账，也未留下记录。 || 到所示时间后原样重发即可；确有大批数据要补录的，请运营单位临时提高本单位的上限（LIANDAN_PARTY_LIMITS）。其他单位不受影响。
This party (or this key) has posted as many statements in a minute as it may; this one was neither written nor kept. || Send the same again when it says; for a bulk load ask the operator to raise the party's limit (LIANDAN_PARTY_LIMITS). Others are not affected.

PARTY_CHAIN_FULL | - | operator | design §8 [DESIGN]
本单位自身的记录（密钥、名称、场所、授权）已达条数上限，转移证明须附全部此类记录，再多就放不下。 || 停用密钥不受限制；其余的请运营单位核实原因后提高上限（LIANDAN_PARTY_CHAIN_MAX）。
The party's own records (keys, name, sites, grants) have reached their number: certificates hold all of them, and more would not fit. || Keys can always be revoked; for the rest the operator finds out why there are so many and raises LIANDAN_PARTY_CHAIN_MAX.

ROW_DAMAGED | - | operator | design §5 [DESIGN]
数据库中有一行派生数据无法读取；账本的条目和证明不受影响。 || 请联系运营单位：先执行 liandan audit 查明哪些行被改动，再按运行手册由条目恢复。
A derived row of the database cannot be read; entries and proofs are untouched. || Contact the operator: liandan audit names the rows that were changed; they are made again from the entries.

ENTRIES_TWICE | - | operator | design §5 [DESIGN]
公开目录和条目目录中有同名而内容不同的文件，无法判断哪一份是对的。 || 与导出件或见证方镜像比对，删去错误的一份，再启动；不清楚时先移走公开目录中的一份，启动后执行 liandan audit。
The public directory and the one of entries both hold a file of this name, and they differ. || Compare with an export or a mirror and delete the wrong one, then start; if in doubt move the public one away, start, and run liandan audit.
""")
RULES = table(*_TEXTS)
