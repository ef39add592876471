"""Texts of every code that reports, bundles and offline verification give. Notes (``NOTE_…``) are what a good file cannot prove alone."""

from __future__ import annotations

from signing.refusal import Lift, Rule, table

_ASK_ZH = "不要采信本文件；向出具方索取原始文件。"
_ASK_EN = "Do not rely on this file; ask its issuer for the original."


def _rule(code: str, zh: str, en: str, do_zh: str, do_en: str, source: str, rule: str = "", lift: Lift = "sender") -> Rule:
    return Rule(code=code, zh=zh, en=en, do_zh=do_zh, do_en=do_en, source=source, rule=rule, lift=lift)


_CERTIFICATE = (
    _rule(
        "CERT_STATE",
        "联单尚未完成接受确认，不能出具存证证明。",
        "The manifest has not been received yet, so there is no certificate.",
        "待接受人提交接受确认（manifest.receive）后再出具。",
        "Wait for the receiver's confirmation (manifest.receive).",
        "law §7.6 R-74 [DESIGN]",
        "R-74",
        "receiver",
    ),
    _rule(
        "CERT_SUBJECT",
        "证据包的主题不是一份联单。",
        "The bundle is not about a manifest.",
        "使用该联单自己的证据包。",
        "Use the bundle of the manifest itself.",
        "design §8 [DESIGN]",
    ),
    _rule(
        "CERT_NO_BUNDLE",
        "文件中没有证据附件 liandan-bundle.json，无法核验。",
        "The document carries no evidence attachment.",
        _ASK_ZH,
        _ASK_EN,
        "docs/certificate.md [DESIGN]",
    ),
    _rule(
        "CERT_LAYOUT",
        "文件注明的版式版本与本程序不同，未能比对印刷内容。",
        "The document names another layout version; its pages were not compared.",
        "改用该版式版本的程序核验，或从附件证据包重新出具证明。",
        "Verify with the software of that layout, or print it again from the attached bundle.",
        "docs/certificate.md [DESIGN]",
    ),
    _rule(
        "CERT_PAGES",
        "页数与证据应印出的页数不同。",
        "The document has another number of pages than its evidence prints.",
        _ASK_ZH,
        _ASK_EN,
        "docs/certificate.md [DESIGN]",
    ),
    _rule(
        "CERT_PAGE_DIFFERS",
        "该页的印刷内容与附件证据不一致，疑被改动。",
        "The page does not show what the attached evidence prints: it was changed.",
        _ASK_ZH,
        _ASK_EN,
        "docs/certificate.md [DESIGN]",
    ),
    _rule(
        "CERT_FRAME_DIFFERS",
        "文件在页面以外被加入或改动了内容（如脚本、表单、图层、附件）。",
        "Something beside the pages was added or changed (scripts, forms, layers, files).",
        _ASK_ZH,
        _ASK_EN,
        "docs/certificate.md [DESIGN]",
    ),
    _rule(
        "PDF_FORM",
        "文件不是完好的 PDF，或者设有打开口令。",
        "The file is not an undamaged PDF, or a password locks it.",
        _ASK_ZH,
        _ASK_EN,
        "ISO 32000 [RECALL]",
    ),
)

_BUNDLE = (
    _rule(
        "BUNDLE_FORM",
        "证据包的格式不对。",
        "The bundle is malformed.",
        _ASK_ZH,
        _ASK_EN,
        "docs/certificate.md [DESIGN]",
    ),
    _rule(
        "BUNDLE_MEANING",
        "证据包中的条目自相矛盾，无法得出联单状态。",
        "The entries of the bundle contradict each other.",
        "该账本曾接纳自相矛盾的条目或系伪造；请通知两地主管部门。",
        "The log admitted contradictions or is forged; tell both authorities.",
        "docs/certificate.md [DESIGN]",
        lift="operator",
    ),
    _rule(
        "FOUND_DIFFERS",
        "证据来自另一个账本：创始声明哈希与留存值不同。",
        "The evidence is of another log than the one you pinned.",
        "核对留存的创始声明哈希；如留存无误，不要采信本文件。",
        "Check the pinned hash; if it is right, do not rely on this file.",
        "formats §5 [DESIGN]",
    ),
    _rule(
        "MANIFEST_UNKNOWN",
        "账本中没有这份联单，或您无权查阅。",
        "The log has no such manifest, or you may not read it.",
        "核对联单编号或存证标识；刚提交的联单请稍候再查。",
        "Check the number or ULID; wait a moment for a manifest just issued.",
        "design §5 [DESIGN]",
    ),
    _rule(
        "MANIFEST_AMBIGUOUS",
        "该编号对应多份联单（编号有争议）。",
        "Several manifests hold this number (it is disputed).",
        "改用存证标识（ULID）查询。",
        "Ask by ULID instead.",
        "formats §3 [DESIGN]",
        lift="origin_authority",
    ),
)

_VERIFY = (
    _rule(
        "FILE_FORM",
        "不是可核验的文件。",
        "This is no file that can be verified.",
        "请提供存证证明 PDF、证据包、入账回执（.entry 与 .tlog-proof）或拒绝回执。",
        "Give a certificate PDF, a bundle, a receipt (.entry and .tlog-proof) or a refusal receipt.",
        "docs/certificate.md [DESIGN]",
    ),
    _rule(
        "RECEIPT_FORM",
        "拒绝回执的格式不对。",
        "The refusal receipt is malformed.",
        _ASK_ZH,
        _ASK_EN,
        "formats §8 [DESIGN]",
    ),
    _rule(
        "RECEIPT_UNCHECKED",
        "未能核验回执：账本或运营单位的公钥不在手边。",
        "The receipt was not checked: the keys of the log or of its operator are not at hand.",
        "入账回执给出事先留存的 log.vkey（--vkey）。拒绝回执由运营单位的密钥签署，log.vkey 和策略文件中没有它：给出同一账本的任一存证证明或证据包（--bundle），或与回执一同核验。",
        "Give the pinned log.vkey (--vkey) for receipts of entries. A refusal is signed with a key of the operator, which neither log.vkey nor a policy holds: "
        "give any certificate or bundle of the same log (--bundle), or verify it together with the refusal.",
        "formats §8 [DESIGN]",
    ),
    _rule(
        "RECEIPT_SIGNER",
        "回执不是由该账本的运营单位签署。",
        "The receipt was not signed by the operator of this log.",
        _ASK_ZH,
        _ASK_EN,
        "formats §8 [DESIGN]",
    ),
    _rule(
        "RECEIPT_INCOMPLETE",
        "回执不完整：条目（.entry）与证明（.tlog-proof）须成对保存。",
        "The receipt is incomplete: an entry and its proof belong together.",
        "找回缺少的文件；也可原样重发该声明，重新取得回执。",
        "Find the missing file, or post the same statement again for a new receipt.",
        "formats §4 [DESIGN]",
    ),
    _rule(
        "RECEIPT_NAME",
        "回执的内容不是文件名所指的那一份。",
        "The receipt is about something else than its name says.",
        "核对该文件是否被替换；如确系另一份声明的回执，恢复原文件名。",
        "See whether the file was exchanged; if it is the receipt of another statement, give it its name back.",
        "formats §2, §8 [DESIGN]",
    ),
    _rule(
        "REGISTRATION_FORM",
        "登记材料的格式不对。",
        "The registration is malformed.",
        "给出 liandan key registration 的输出。",
        "Give what liandan key registration printed.",
        "formats §5 [DESIGN]",
    ),
    _rule(
        "NOTE_SIGNER",
        "未核验签署单位自己的签名：其公钥不在手边。入账本身已由账本证明。",
        "The signer's own signature was not checked: the public key is not at hand. That it was admitted is proved.",
        "以 --registration 给出该密钥的登记材料，或以 --bundle 给出证据包。",
        "Give the key's registration (--registration) or a bundle (--bundle).",
        "formats §1 [DESIGN]",
    ),
    _rule(
        "NOTE_FOUND",
        "这条链的第一份声明不在手边，未能与留存的创始声明哈希比对；账本身份由公钥确认。",
        "The chain's first statement is not at hand, so found was not compared; the log is known by its key.",
        "同时给出该链从第一份起的回执，或同一账本的证据包。",
        "Give the chain's receipts from its first statement on, or a bundle of the log.",
        "formats §2, §5 [DESIGN]",
    ),
    _rule(
        "NOTE_WITNESS_UNKNOWN",
        "检查点另有签名未核验：没有见证方的公钥。",
        "The checkpoint has further lines that were not checked: no witness keys are at hand.",
        "以 --policy 给出您认可的见证策略。",
        "Give the policy of the witnesses you trust (--policy).",
        "formats §4 [DESIGN]",
    ),
    _rule(
        "NOTE_OTHER_FILE",
        "文件夹中的其他文件，未核验。",
        "Another file in the folder; it was not verified.",
        "无需处理。",
        "Nothing to do.",
        "docs/api.md [DESIGN]",
    ),
    _rule(
        "NOTE_NOT_PINNED",
        "未与事先留存的创始声明哈希比对，账本身份未经确认。",
        "The log's identity was not compared with a pinned value.",
        "以 --found 给出留存的哈希重新核验。",
        "Verify again with the pinned hash.",
        "formats §5 [DESIGN]",
    ),
    _rule(
        "NOTE_HEAD",
        "本文件不能证明检查点之后没有新的行为。",
        "The file cannot prove that nothing happened after its checkpoint.",
        "需要最新状态时，请在线查询或索取更新的证明。",
        "Ask online, or for a newer certificate, when the present state matters.",
        "ledger.bundle [DESIGN]",
    ),
    _rule(
        "NOTE_NO_WITNESS",
        "检查点没有见证方共同签名。",
        "No witness cosigned the checkpoint.",
        "如需排除账本对不同人出示不同历史，请比对见证方的检查点。",
        "Compare a witness's checkpoint to rule out a split view.",
        "formats §4 [DESIGN]",
    ),
    _rule(
        "NOTE_QUORUM",
        "见证方联署未达到账本见证策略的要求。",
        "The witnesses that cosigned are not those that the log's policy asks for.",
        "如需全部见证，请稍后重新出具，或比对缺席见证方的检查点。",
        "Ask for a newer file, or compare the checkpoint of the witness that is missing.",
        "formats §4 [DESIGN]",
    ),
    _rule(
        "NOTE_DEMO",
        "演示账本：时间为模拟时间，不具证据效力。",
        "A demonstration log: its clock is simulated.",
        "不要用于实际业务。",
        "Do not use it for real business.",
        "formats §6 [DESIGN]",
    ),
    _rule(
        "NOTE_LOCKED",
        "文件另存时加了权限口令（如限制打印、复制），页面和附件未变。",
        "Whoever saved the file again put an owner password on it (no printing, no copying); pages and attachment are unchanged.",
        "无须处理；需要打印或复制的，向出具方索取未加口令的原件。",
        "Nothing to do; ask its issuer for the original if you need to print or to copy.",
        "ISO 32000 [RECALL]",
    ),
)

_STATEMENT = (
    _rule(
        "MONTH_FORM",
        "月份格式不对。",
        "The month is malformed.",
        "使用 YYYY-MM，例如 2026-10。",
        "Use YYYY-MM, e.g. 2026-10.",
        "design §2 [DESIGN]",
    ),
    _rule(
        "DIRECTION_FORM",
        "方向应为两个不同的两位省级代码。",
        "The direction must be two different two-digit province codes.",
        "例如 from=51&to=50。",
        "Write for instance from=51&to=50.",
        "design §2 [DESIGN]",
    ),
    _rule(
        "MIRROR_UNEQUAL",
        "镜像等式不平：移出、接受、拒收、磅差与在途不能互相解释。",
        "The mirror equation does not balance.",
        "逐条核对差额所在代码的联单，并通知两地主管部门。",
        "Go through the manifests of the code concerned and tell both authorities.",
        "law §6.1 M12 [DESIGN]",
        "R-93",
        "both_authorities",
    ),
    _rule(
        "REPORT_SCOPE",
        "无权查阅该方向的对账单。",
        "You may not read the statement of this direction.",
        "对账单仅向主管部门和运营单位提供。",
        "Statements are for authorities and the operator.",
        "design §5 [DESIGN]",
        lift="operator",
    ),
)

RULES = table(*_CERTIFICATE, *_BUNDLE, *_VERIFY, *_STATEMENT)
