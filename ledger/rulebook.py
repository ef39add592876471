"""Texts of every code that the log itself gives: form of a statement, links, keys, times, content, evidence."""

from __future__ import annotations

from ledger import desk_rules
from ledger.auditing import rulebook as auditing
from ledger.tree import rulebook as tree_rules
from ledger.vault import rulebook as vault
from ledger.witnessing import rulebook as witnessing
from signing.refusal import Lift, Rule, table

_FORMATS = "formats"


def _rule(code: str, section: str, zh: str, en: str, do_zh: str, do_en: str, lift: Lift = "sender") -> Rule:
    return Rule(code=code, zh=zh, en=en, do_zh=do_zh, do_en=do_en, source=f"{_FORMATS} {section} [DESIGN]", lift=lift)


_FORM = (
    _rule("FIELD_UNKNOWN", "§1", "含有未定义的字段。", "The statement has an unknown field.", "删除该字段，或对照 docs/formats 检查字段名。", "Remove the field, or compare its name with docs/formats."),
    _rule("FIELD_MISSING", "§1", "缺少必填字段。", "A required field is missing.", "补上该字段后重新签名提交。", "Add the field, sign again and resend."),
    _rule("FIELD_TYPE", "§1", "字段的类型或取值不符合格式。", "A field has a wrong type or value.", "对照 docs/formats 中该类声明的格式修改。", "Correct it by the schema of this kind in docs/formats."),
    _rule("KIND_UNKNOWN", "§3", "声明种类不存在。", "The kind of statement is unknown.", "使用 docs/formats 列出的种类和版本。", "Use a kind and version listed in docs/formats."),
    _rule("CHAIN_FORM", "§3", "链名不符合格式。", "The chain name is malformed.", "按该种类规定的链名格式填写。", "Write the chain name in the form its kind asks for."),
    _rule("CHAIN_KIND", "§3", "该种类的声明不能写在这条链上。", "This kind does not belong on this chain.", "改用该种类规定的链。", "Use the chain that the kind names."),
    _rule("SEQ_FORM", "§1", "序号 seq 应为从 0 开始的整数。", "seq must be 0, 1, 2, …", "改为链上的下一个序号。", "Use the next number of the chain."),
    _rule("PREV_FORM", "§1", "prev 应为 64 位小写十六进制。", "prev must be 64 lower-case hex digits.", "填写上一条声明的哈希。", "Give the hash of the statement before."),
    _rule("BY_COUNT", "§1", "签署方的数目不对。", "The number of signers is wrong.", "by 列出 1 至 4 个统一社会信用代码（log/main 至 8 个）。", "by names 1 to 4 USCCs (to 8 on log/main)."),
    _rule("BY_TWICE", "§1", "同一签署方重复出现。", "A signer is named twice.", "每个签署方只列一次。", "Name each signer once."),
    _rule("USCC", "§1", "统一社会信用代码无效（字符或校验位不对）。", "The unified social credit code is not valid.", "核对 18 位代码。", "Check the 18 characters."),
    _rule("AT_FORM", "§1", "时间格式不对。", "The time is malformed.", "使用 YYYY-MM-DDThh:mm:ss±hh:mm，日期须真实存在。", "Use YYYY-MM-DDThh:mm:ss±hh:mm with a real date."),
    _rule("SEEN_FORM", "§1", "seen 的格式不对。", "seen is malformed.", "填写已验证的检查点 {size, root}，或省略。", "Give a verified checkpoint {size, root}, or leave it out."),
    _rule("SIGNATURE_COUNT", "§1", "签名的数目与 by 不一致。", "There must be exactly one signature per element of by.", "按 by 的顺序，每方恰好一个签名。", "Give one signature per signer, in the order of by."),
)  # fmt: skip

_ADMISSION = (
    _rule("PREDECESSOR_MISSING", "§2", "前一条声明尚未入账。", "The statement before this one is not in the log.", "先提交缺少的声明，再重发本条。", "Submit the missing statement first, then resend this one."),
    _rule("CHAIN_CONFLICT", "§2", "该序号已被另一条声明占用。", "This seq is taken by another statement.", "读取链头，重新编号、签名后提交。", "Read the head of the chain, renumber, sign again."),
    _rule("PREV_MISMATCH", "§2", "prev 与链头不符。", "prev does not match the head of the chain.", "读取链头，改正 prev 并重新签名。", "Read the head, correct prev, sign again."),
    _rule("CHAIN_NOT_OPEN", "§3", "这条链还没有起始声明，或此种类不能作为起始。", "The chain has no first statement yet, or this kind cannot be it.", "先提交该链的起始声明。", "Submit the statement that opens the chain first."),
    _rule("CHAIN_OWNER", "§3", "链名中的单位不对。", "The party named in the chain is not the right one.", "使用本单位（或被授权单位）的链。", "Use the chain of the party concerned."),
    _rule("KEY_UNKNOWN", "§1", "签名所用的密钥未登记。", "The signing key is not registered.", "用已登记的密钥签名，或先登记该密钥。", "Sign with a registered key, or register this one first."),
    _rule("KEY_OTHER_PARTY", "§1", "该密钥属于另一单位。", "The key belongs to another party.", "由 by 中对应的单位用自己的密钥签名。", "Let the party named in by sign with its own key."),
    _rule("KEY_NOT_VALID", "§5", "该密钥在此处已失效或不适用。", "The key is not valid here.", "使用有效的密钥。", "Use a key that is valid."),
    _rule("KEY_REGISTERED", "§5", "该密钥已在本账本登记过。", "The key was registered in this log before.", "生成新的密钥；一个密钥一生只登记一次。", "Generate a new key: one key is registered once in the life of a log."),
    _rule("SIGNER_EXTRA", "§1", "多出不应签署的单位。", "A party signs that has no role here.", "从 by 和 signatures 中去掉该单位。", "Remove the party from by and signatures."),
    _rule("SIGNER_MISSING", "§3", "缺少应签署的单位。", "A required signer is missing.", "补上该单位的签名。", "Add the signature of that party."),
    _rule("DELEGATION_MISSING", "§3", "没有有效的授权委托。", "There is no delegation in force.", "由本单位签署，或先登记授权委托。", "Let the party sign itself, or register the delegation first."),
    _rule("PARTY_UNKNOWN", "§3", "该单位未登记。", "The party is not registered.", "请所在地主管部门先登记该单位。", "Ask the authority of its region to register it first.", "origin_authority"),
    _rule("STATEMENT_STALE", "§6", "声明时间不在允许的范围内。", "The claimed time is outside the window.", "校准时钟，用当前时间重新签名。", "Set the clock and sign again with the present time."),
    _rule("SEEN_MISMATCH", "§1", "seen 与本账本的历史不一致。", "seen contradicts the history of this log.", "保存该检查点原文并立即通知两地主管部门：账本可能分叉。", "Keep the note and tell both authorities at once: the log may have forked."),
    _rule("ENTRY_TOO_LARGE", "§4", "条目超过 60000 字节。", "The entry is larger than 60,000 bytes.", "拆分内容后提交。", "Split the content."),
    _rule("RULESET_UNKNOWN", "§5", "规则集版本不受支持。", "The ruleset version is not supported.", "采用本版本支持的规则集。", "Adopt a ruleset that this version supports.", "operator"),
    _rule("DATA_MISSING", "§5", "所采用的数据文件不在账本的 data/ 目录中。", "An adopted file is not in the log's data/ directory.", "运营单位先把文件放入 data/，再采用。", "The operator puts the file into data/ first.", "operator"),
    _rule("PAGE_ORDER", "§8", "拒绝记录的页次不连续。", "Refusal pages are out of order.", "按小时、页次依次提交。", "Submit pages in order of hour and page.", "operator"),
    _rule("SIGNER_REFUSED", "§4", "签名进程拒绝为该检查点签名。", "The signer declined to sign the checkpoint.", "核对检查点存储，查看签名进程日志。", "Compare the checkpoint store and read the signer's log.", "operator"),
    _rule("LOG_CLOSED", "§5", "本账本已关闭。", "This log is closed.", "改用后续账本。", "Use the successor log.", "operator"),
    _rule("BATCH_ROLLED_BACK", "§2", "同一原子批次中有声明被拒绝，整批均未入账。", "Another statement of the atomic batch was refused, so none was admitted.", "改正被拒绝的声明后整批重发，或去掉 atomic=true。", "Correct the refused statement and resend the batch, or leave out atomic=true."),
    _rule("FOUNDING_ONLY", "§5", "本账本尚未成立，只接受本运营单位签署的 log.found。", "The log is not founded yet: only the operator's own log.found is accepted.", "由运营单位运行 liandan log found 成立账本。", "Let the operator found the log with liandan log found.", "operator"),
    _rule("INTERNAL_POISON", "§5", "系统无法处理这条声明，已隔离。", "The system could not process this statement and set it aside.", "请联系运营单位，并附上请求编号。", "Contact the operator with the request id.", "operator"),
)  # fmt: skip

_CONTENT = (
    _rule("NOT_NFC", "§1", "文字未按 NFC 规范化（如兼容汉字）。", "Text is not in Unicode NFC.", "使用提示的字符。", "Use the character shown."),
    _rule("UNASSIGNED_CHARACTER", "§1", "含有规则集所定 Unicode 版本之外的字符。", "Text has a character outside the ruleset's Unicode version.", "改用已编码的字符。", "Use an assigned character."),
    _rule("PERSONAL_DATA", "§7", "文字中含有手机号、身份证号或坐标等个人信息。", "Free text holds personal data.", "删去个人信息，改用 commit 承诺值。", "Remove it; use a commitment instead."),
)  # fmt: skip

_EVIDENCE = (
    _rule("ENTRY_FORM", "§4", "条目的格式不对。", "The entry is malformed.", "向提供方索取原始字节。", "Ask whoever gave it for the original bytes.", "operator"),
    _rule("ENTRY_NOT_CANONICAL", "§4", "条目不是规范编码。", "The entry is not in canonical encoding.", "向提供方索取原始字节。", "Ask whoever gave it for the original bytes.", "operator"),
)  # fmt: skip

_MARKS = (
    _rule("LATE", "§6", "入账时间比行为时间晚两小时以上。", "Admitted more than two hours after the act.", "尽早提交。", "Submit earlier."),
    _rule("FOREIGN", "§3", "单位不在任何一方的行政区域内。", "The party lies in no authority's region.", "任一主管部门可代为办理。", "Either authority may act."),
    _rule("RECUT", "§5", "截断后重新入账。", "Admitted again after a cut of the log.", "无需处理。", "Nothing to do."),
    _rule("KEY_BY_AUTHORITY", "§3", "密钥由主管部门代为办理。", "A key was changed by an authority in the party's stead.", "请该单位核实。", "Let the party confirm it."),
)  # fmt: skip

_SIGNER = (
    Rule(
        code="SIGNER_ROLE",
        zh="签署单位与该行为的角色不符。",
        en="The signer does not hold the role that this act asks for.",
        do_zh="由应签署的单位签署：移出人填第一部分，承运人填第二部分，接受人填第三部分。",
        do_en="Let the right party sign: generator part 1, carrier part 2, receiver part 3.",
        rule="R-66",
        source="Order 23 Art. 10–12 [READ]",
    ),
)

RULES = table(
    *_FORM,
    *_ADMISSION,
    *_CONTENT,
    *_EVIDENCE,
    *_MARKS,
    *_SIGNER,
    *tree_rules.RULES.values(),
    *desk_rules.RULES.values(),
    *auditing.RULES.values(),
    *vault.RULES.values(),
    *witnessing.RULES.values(),
)
