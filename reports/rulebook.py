"""Texts of every code that reports, bundles and offline verification give. Notes (``NOTE_…``) are what a good file cannot prove alone."""

from collections.abc import Mapping
from functools import cache

from ledger.auditing.rulebook import RULES as AUDITING
from reports.kinds import all_kinds
from reports.paper.tongue import say
from signing.refusal import Rule, table, texts
from signing.rulebook import RULES as SIGNING

RULES = table(
    *texts(
        """
CERT_STATE | R-74 | receiver | law §7.6 R-74 [DESIGN]
联单尚未完成接受确认，不能出具转移证明。 || 待接受人提交接受确认（manifest.receive）后再出具。
The manifest has not been received yet, so there is no certificate. || Wait for the receiver's confirmation (manifest.receive).

ISSUER_KEY | - | operator | docs/certificate.md [DESIGN]
账本登记了文书签章或二维码密钥，本服务没有这把私钥，不能出具：未签章的文书不是该账本的文书。 || 运营单位将该密钥放入本服务的密钥文件（Key: pdf 或 Key: claim），服务随即取用；或用 liandan key issuer 生成新的并登记，或以 liandan log issuer retire 停用。
The log tells a key for papers or codes that this server does not hold; unsigned, a paper of such a log is not its paper. || The operator puts the key into this server's key file (Key: pdf or Key: claim), which it reads again by itself, or makes and registers a new one (liandan key issuer), or retires it (liandan log issuer retire).

ISSUER_LAPSED | - | operator | docs/certificate.md [DESIGN]
账本登记的文书签章或二维码密钥已过停用日期，没有接替的密钥，不能出具：未签章的文书不是该账本的文书。 || 运营单位生成并登记新的密钥（liandan key issuer、key cert、log issuer add）；不再签章的，以 liandan log issuer retire 停用旧密钥。
The last day of the log's keys for papers or codes is over and none followed; unsigned, a paper of such a log is not its paper. || The operator makes and registers a new key (liandan key issuer, key cert, log issuer add), or, to sign no more, retires the old one (liandan log issuer retire).

TRANSIT_VOID | - | generator | docs/documents.md [DESIGN]
联单已作废，没有在途可言，不出具在途凭证。 || 如已重新开具，按新联单出具。
The manifest is void: nothing is in transit, so there is no extract. || If it was issued anew, ask for the extract of the new manifest.

EXCERPT_STATE | - | origin_authority | docs/documents.md [DESIGN]
申请尚未决定，没有批准决定可以摘录。 || 待主管部门作出决定后再出具。
The application is not decided yet, so there is no decision to excerpt. || Wait for the authority's decision.

EXCERPT_SUBJECT | - | sender | docs/documents.md [DESIGN]
证据包的主题不是批准决定，也不是白名单。 || 使用该决定或名单自己的证据包。
The bundle is about neither a decision nor a list. || Use the bundle of the decision or list itself.

EXCERPT_UNKNOWN | - | sender | docs/documents.md [DESIGN]
账本中没有这项批准决定或白名单，或您无权查阅。 || 核对名称；刚提交的请稍候再查。
The log has no such decision or list, or you may not read it. || Check the name; wait a moment for one just entered.

ATTESTATION_UNSIGNED | - | operator | docs/documents.md [DESIGN]
无记录证明只凭出具单位的签章成立：没有覆盖全文件的有效签章。 || 向出具单位索取签章的原件；出具方须先登记文书签章密钥（issuer.key）。
An attestation of no record counts by the issuer's signature alone, and no valid one covers the whole file. || Ask the issuer for the signed original; an issuer needs a key for documents first (issuer.key).

ATTESTATION_FOUND | - | sender | docs/documents.md [DESIGN]
账本中有符合条件的联单，不能出具无记录证明。 || 查阅这些联单，或缩小检索条件。
The log has such a manifest, so there is no attestation of none. || Look at these manifests, or narrow the question.

ATTESTATION_SCOPE | - | sender | docs/documents.md [DESIGN]
检索条件不完整，期间不成立（倒置，或者账本尚未到那一天），或者超出您的查阅范围。 || 给出国家联单编号，或者给出移出人（可加废物代码、起止日期）；企业只能就本单位作为移出人的联单提出。
The question is incomplete, its days are no period (backwards, or not reached by the log), or it is beyond what you may read. || Give a national number, or a generator with a code or days; a party may ask about itself as generator alone.

DRAFT_FORM | - | sender | docs/whatif.md [DESIGN]
名单草案读不出来，或者没有写明是哪一份名单。 || 按 docs/whatif.md 的样子改正：名单写作 list/<年份>-<移出省>-<接受省>-<名称>。
The draft of a list cannot be read, or does not say which list it is. || Correct it as docs/whatif.md shows: a list is called list/<year>-<from>-<to>-<name>.

WHATIF_YEAR | - | sender | docs/whatif.md [DESIGN]
账本中没有这一年的条目，无从试算。 || 用 --year 换一年，或者换一份导出件。
The log has no entries of that year, so there is nothing to replay. || Name another year with --year, or take another export.

WHATIF_LIST | - | sender | docs/whatif.md [DESIGN]
当年这个方向有几份名单，草案的名称与哪一份都不同。 || 把草案的名单名称（最后一段）改成它要替换的那一份。
There are several lists of that direction and year, and the draft is called like none of them. || Give the draft the name (the last part) of the list that it is to replace.

SEARCH_BEHIND | - | operator | docs/documents.md [DESIGN]
检索用的视图尚未跟上检查点。 || 稍候重试。
What is searched has not followed to the checkpoint yet. || Try again in a moment.

NOTE_ATTESTATION | - | sender | docs/documents.md [DESIGN]
“没有记录”是出具单位签署的陈述，不由证据证明。 || 需要独立核实时，审计导出的整本账并自行检索。
That there is no record is the issuer's signed statement, not proved by evidence. || Audit an export of the whole log and search it yourself where you need more.

CERT_SUBJECT | - | sender | design §8 [DESIGN]
证据包的主题不是一份联单。 || 使用该联单自己的证据包。
The bundle is not about a manifest. || Use the bundle of the manifest itself.

CERT_NO_BUNDLE | - | sender | docs/certificate.md [DESIGN]
文件中没有证据附件 liandan-bundle.json，无法核验。
The document carries no evidence attachment.

CLAIM_FORM | - | sender | docs/formats/claim.md [DESIGN]
不是联单二维码的内容。 || 重新扫描，或粘贴扫得的完整网址。
This is not what a square code of a manifest says. || Scan again, or paste the whole address.

CERT_LOCKED | - | sender | docs/certificate.md [DESIGN]
文件加了密，读不出所附证据。 || 向提供方索取未加密的原件。
The file is encrypted; its evidence cannot be read. || Ask for the original without a password.

CERT_TWO_BUNDLES | - | sender | docs/certificate.md [DESIGN]
文件中有两份证据，无法确定纸面所指。 || 向提供方索取原件；不要采信本文件。
The file carries two pieces of evidence; nobody can say which one its pages mean. || Ask for the original; do not rely on this file.

NOTE_UNSIGNED | - | sender | docs/certificate.md [DESIGN]
文书未签章：纸面与所附证据逐字节相符，但任何持有证据的人都能印出同样的文件，也能略去最后的行为。 || 账本已登记签章密钥的（证据包可能略去），以 --signed 核验，并向出具单位索取签章的原件；或在线查询最新状态。
The paper is not signed: it is what its evidence prints, to the byte, but whoever holds the evidence can print the same, the last acts left out. || If the log has keys for papers (a bundle may leave them out), verify with --signed, and ask the issuer for the signed original; or ask online for the present state.

NOTE_NOT_REPRINTED | - | sender | docs/certificate.md [DESIGN]
出具单位的签章及于全文件，但本程序由证据印出的与它不同：版式较旧、程序版本不同，或者出具单位另行绘制。签章证明文件出自出具单位，不证明纸上的字就是证据所说。 || 与写出的核对页逐项比对；数字、单位、状态不同的，向出具单位和主管部门查询。
The issuer's signature covers the whole file, but this program prints something else from the evidence: an older layout, another version, or pages that the issuer drew otherwise. The signature proves whose file it is, not that its pages say what the evidence says. || Compare it with the page that was written out; where figures, parties or states differ, ask the issuer and the authority.

NOTE_PAPER | - | sender | docs/certificate.md [DESIGN]
证据成立，但文件不是出具单位的原件，纸面未核对：纸上的字可能与证据不同。 || 只看写出的核对页，或向提供方索取原件。
The evidence holds, but these are not the issuer's bytes: what the pages show may differ from it. || Read the page that was written beside it, or ask for the original.

PDF_FORM | - | sender | ISO 32000 [RECALL]
文件不是完好的 PDF，或者设有打开口令。
The file is not an undamaged PDF, or a password locks it.

BUNDLE_FORM | - | sender | docs/certificate.md [DESIGN]
证据包的格式不对。
The bundle is malformed.

BUNDLE_TOO_LARGE | - | operator | docs/certificate.md [DESIGN]
所需证据超过 16 MB，装不进一份文书：所列的链过长。 || 通知运营单位和该链的属地主管部门；名单摘录可以只取一个接受人；其间以导出的整本账审计（liandan audit）代替文书。
The evidence is more than 16 MB and fits into no paper: the chain named is too long. || Tell the operator and the authority of that chain's place; of a list, ask for one receiver's rows; meanwhile audit an export of the whole log (liandan audit).

BUNDLE_MEANING | - | operator | docs/certificate.md [DESIGN]
证据包中的条目自相矛盾，无法得出联单状态。 || 该账本曾接纳自相矛盾的条目或系伪造；请通知两地主管部门。
The entries of the bundle contradict each other. || The log admitted contradictions or is forged; tell both authorities.

FOUND_DIFFERS | - | sender | formats §5 [DESIGN]
证据来自另一个账本：创始声明哈希与留存值不同。 || 核对留存的创始声明哈希；如留存无误，不要采信本文件。
The evidence is of another log than the one you pinned. || Check the pinned hash; if it is right, do not rely on this file.

MANIFEST_UNKNOWN | - | sender | design §5 [DESIGN]
账本中没有这份联单，或您无权查阅。 || 核对联单编号或存证标识；刚提交的联单请稍候再查。
The log has no such manifest, or you may not read it. || Check the number or ULID; wait a moment for a manifest just issued.

MANIFEST_AMBIGUOUS | - | origin_authority | formats §3 [DESIGN]
该编号对应多份联单（编号有争议）。 || 改用存证标识（ULID）查询。
Several manifests hold this number (it is disputed). || Ask by ULID instead.

FILE_FORM | - | sender | docs/certificate.md [DESIGN]
不是可核验的文件。 || 请提供转移证明 PDF、证据包、入账回执（.entry 与 .tlog-proof）或拒绝回执。
This is no file that can be verified. || Give a certificate PDF, a bundle, a receipt (.entry and .tlog-proof) or a refusal receipt.

RECEIPT_FORM | - | sender | formats §8 [DESIGN]
拒绝回执的格式不对。
The refusal receipt is malformed.

RECEIPT_UNCHECKED | - | sender | formats §8 [DESIGN]
未能核验回执：账本或运营单位的公钥不在手边。 || 入账回执给出事先留存的 log.vkey（--vkey）。拒绝回执由运营单位的密钥签署，log.vkey 和策略文件中没有它：给出同一账本的任一转移证明或证据包（--bundle），或与回执一同核验。
The receipt was not checked: the keys of the log or of its operator are not at hand. || Give the pinned log.vkey (--vkey) for receipts of entries. A refusal is signed with a key of the operator, which neither log.vkey nor a policy holds: give any certificate or bundle of the same log (--bundle), or verify it together with the refusal.

RECEIPT_SIGNER | - | sender | formats §8 [DESIGN]
回执不是由该账本的运营单位签署。
The receipt was not signed by the operator of this log.

RECEIPT_INCOMPLETE | - | sender | formats §4 [DESIGN]
回执不完整：条目（.entry）与证明（.tlog-proof）须成对保存。 || 找回缺少的文件；也可原样重发该声明，重新取得回执。
The receipt is incomplete: an entry and its proof belong together. || Find the missing file, or post the same statement again for a new receipt.

RECEIPT_NAME | - | sender | formats §2, §8 [DESIGN]
回执的内容不是文件名所指的那一份。 || 核对该文件是否被替换；如确系另一份声明的回执，恢复原文件名。
The receipt is about something else than its name says. || See whether the file was exchanged; if it is the receipt of another statement, give it its name back.

REGISTRATION_FORM | - | sender | formats §5 [DESIGN]
登记材料的格式不对。 || 给出 liandan key registration 的输出。
The registration is malformed. || Give what liandan key registration printed.

NOTE_SIGNER | - | sender | formats §1 [DESIGN]
未核验签署单位自己的签名：其公钥不在手边。入账本身已由账本证明。 || 以 --registration 给出该密钥的登记材料，或以 --bundle 给出证据包。
The signer's own signature was not checked: the public key is not at hand. That it was admitted is proved. || Give the key's registration (--registration) or a bundle (--bundle).

NOTE_FOUND | - | sender | formats §2, §5 [DESIGN]
这条链的第一份声明不在手边，未能与留存的创始声明哈希比对；账本身份由公钥确认。 || 同时给出该链从第一份起的回执，或同一账本的证据包。
The chain's first statement is not at hand, so found was not compared; the log is known by its key. || Give the chain's receipts from its first statement on, or a bundle of the log.

NOTE_WITNESS_UNKNOWN | - | sender | formats §4 [DESIGN]
检查点另有签名未核验：没有见证方的公钥。 || 以 --policy 给出您认可的见证策略。
The checkpoint has further lines that were not checked: no witness keys are at hand. || Give the policy of the witnesses you trust (--policy).

NOTE_OTHER_FILE | - | sender | docs/api.md [DESIGN]
文件夹中的其他文件，未核验。 || 无需处理。
Another file in the folder; it was not verified. || Nothing to do.

NOTE_OTHER_FOLDER | - | sender | docs/api.md [DESIGN]
文件夹中的下级文件夹，其中的文件未核验。 || 需要时对它另行执行 liandan verify。
A folder inside the folder; the files in it were not verified. || Verify it on its own where they matter.

UNLOGGED_FORM | - | sender | docs/formats/unlogged.md [DESIGN]
未入账声明包的格式不对。 || 请提供方重新导出（liandan statement outbox export）。
The file of statements that are not in the log is malformed. || Let whoever gave it export it again (liandan statement outbox export).

UNLOGGED_KEY | - | sender | docs/formats/unlogged.md [DESIGN]
不认识签名所用的密钥：包中和手边的证据都没有登记它，未能核验。 || 给出同一账本较新的证据包或转移证明（--bundle），或者该单位密钥的登记材料（--registration）。
The key is not known: neither the file nor the evidence at hand has its registration, so nothing was checked. || Give a newer bundle or certificate of the same log (--bundle), or the registration of that party's key (--registration).

NOTE_UNLOGGED | - | sender | docs/formats/unlogged.md [DESIGN]
已由所列单位签署，但不在账本中：时间是签署方自己的说法，账本是否接纳、是否另有与之冲突的行为，都没有证明。 || 作为签署方的陈述使用；事后核对入账回执，或者在线查询该联单。
Signed by those named, and not in the log: the time is the signer's word, and nothing proves that the log takes it or that nothing contradicts it. || Take it for the signer's word; look at the receipt later, or ask for the manifest online.

NOTE_SIGNED | - | sender | docs/formats/unlogged.md [DESIGN]
签名有效，尚未入账，接在前一条之后。 || 无需处理。
The signatures hold; not in the log; it follows the one before. || Nothing to do.

NOTE_SIGNED_ALONE | - | sender | docs/formats/unlogged.md [DESIGN]
签名有效，尚未入账；它前面的声明不在包中，不知道接在什么之后。 || 需要时请提供方连同前面的声明一并导出。
The signatures hold; not in the log; what comes before it is not enclosed. || Ask for it together with what comes before, if it matters.

NOTE_LOGGED | - | sender | docs/formats/unlogged.md [DESIGN]
签名有效，所附证据中已有这一条：它已入账。 || 无需处理。
The signatures hold, and the evidence enclosed has it: it is in the log. || Nothing to do.

NOTE_UNLOGGED_KEYS | - | sender | docs/formats/unlogged.md [DESIGN]
没有同一账本的证据，密钥只凭所给的登记材料认定：可能已撤销或者限定了种类。 || 给出同一账本较新的证据包或转移证明（--bundle）。
There is no evidence of the log: keys are known by the registrations given alone, and may be revoked or be for some kinds. || Give a newer bundle or certificate of the same log (--bundle).

NOTE_NOT_PINNED | - | sender | formats §5 [DESIGN]
自洽，但未与任何已知账本核对：任何人都能另立一个同名的账本。 || 以 --found、--vkey 或 --policy 给出事先留存的值重新核验。
Consistent in itself, but compared with no known log: anybody can found another of the same name. || Verify again with a pin you hold: --found, --vkey or --policy.

NOTE_ISSUER_RETIRED | - | operator | docs/formats/claim.md [DESIGN]
签署的密钥已在账本所示条目停用。签署时间无从证明，所以它的签署一律不算，包括自称更早的。 || 向出具单位索取以现行密钥重新出具的文书；证据本身不受影响。
The key that signed was retired by the entry shown. When it signed cannot be proved, so nothing it signed counts, whatever day it claims. || Ask the issuer for a paper signed with a key in use; the evidence itself still stands.

NOTE_ISSUER_LATER | - | sender | docs/formats/claim.md [DESIGN]
签署的密钥在所示检查点之内没有停用记录；只凭手边的材料，无从知道它此后是否停用。 || 与同一账本较新的证据包或转移证明一同核验，或在线查询。
Up to the checkpoint shown the signing key is not retired; what is at hand cannot tell whether it was retired later. || Verify it together with a newer bundle or certificate of the same log, or ask online.

NOTE_CLAIM | - | sender | docs/formats/claim.md [DESIGN]
声明只证明该密钥的持有者说过这些话；它不附证据，此后可能已有新的记录。 || 要证据，核验转移证明或证据包本身；并与纸面和车辆比对。
A claim proves that the holder of the key said so; it carries no evidence, and newer acts may exist. || For evidence verify the certificate or the bundle itself; and compare with paper and vehicle.

NOTE_CLAIM_KEY | - | sender | docs/formats/claim.md [DESIGN]
不认识签署这一声明的密钥：签名未核验，也无从知道该密钥是否已停用。 || 与同一账本的任一转移证明或证据包一同核验（--bundle），并给出留存值：其中载有签署声明的密钥。
The key that signed this claim is not known here: its signature was not verified, and whether it was retired cannot be known. || Verify it together with any certificate or bundle of the same log (--bundle) and a pin: it names the keys that sign claims.

CLAIM_ISSUER | - | operator | docs/formats/claim.md [DESIGN]
声明按其自述是在签署密钥不在用时签的（尚未登记、已经停用或已过有效期），视为未签。 || 不要采信；向出具单位索取以现行密钥重新出具的文书。
By its own words the claim was signed while the key was not in use (not yet registered, retired, or past its days): it counts as unsigned. || Do not rely on it; ask the issuer for a paper signed with a key in use.

CLAIM_ADDRESS | - | sender | docs/formats/claim.md [DESIGN]
二维码里的网址不是该账本的网址：声明可能是从别处抄来，网址可能通向假冒的网页。 || 不要打开该网址；向出具单位索取原件。
The address in the code is not the log's: the claim may be copied, and the address may lead to a page that lies. || Do not open it; ask the issuer for the original.

NOTE_HEAD | - | sender | ledger.bundle [DESIGN]
截至所示检查点；不排除其后的、或未附在文件中的行为（如更正、拒收、作废）。 || 需要最新状态时，请在线查询或索取更新的证明。
As of its checkpoint: acts after it, or acts that were left out of the file, are not ruled out. || Ask online, or for a newer certificate, when the present state matters.

NOTE_NO_WITNESS | - | sender | formats §4 [DESIGN]
检查点没有见证方共同签名：不排除账本对他人出示另一套历史。 || 比对见证方的检查点，或以 --policy 给出您认可的见证策略。
No witness cosigned the checkpoint: the log may show others another history. || Compare a witness's checkpoint, or give the policy you trust (--policy).

NOTE_QUORUM | - | sender | formats §4 [DESIGN]
降级（DEGRADED）：见证方联署未达到账本见证策略的要求，不排除另一套历史。 || 如需全部见证，请稍后重新出具，或比对缺席见证方的检查点。
DEGRADED: fewer witnesses cosigned than the log's policy asks for; another history is not ruled out. || Ask for a newer file, or compare the checkpoint of the witness that is missing.

NOTE_DEMO | - | sender | formats §6 [DESIGN]
演示账本：时间为模拟时间，不具证据效力。 || 不要用于实际业务。
A demonstration log: its clock is simulated. || Do not use it for real business.

MONTH_FORM | - | sender | design §2 [DESIGN]
不是月份，或者年份在本系统能够计算的范围以外。 || 使用 YYYY-MM，例如 2026-10，年份在所示范围内。
That is no month, or its year is beyond what is computed here. || Use YYYY-MM, e.g. 2026-10, within the years given in expected.

PARQUET_DIRECTORY | - | sender | docs/scale.md [DESIGN]
该目录不是本账本的 Parquet 数据目录，或者其目录清单（contents.json）读不出来、前后不符。 || 换一个空目录重新导出；目录是别人给的，请向其索取完整的一份。
The directory is not one of Parquet files of this log, or its list (contents.json) cannot be read or contradicts itself. || Export anew to an empty directory; if somebody gave it to you, ask for a whole one.

PARQUET_FILE | - | sender | docs/scale.md [DESIGN]
Parquet 文件缺失、不完整或被换过，与目录清单登记的字节数和 SHA-256 不同。 || 不要使用这些文件；换一个空目录重新导出，或向提供者索取原件。
A Parquet file is missing, cut short or exchanged: it has not the bytes and the SHA-256 of the list. || Do not use these files; export anew to an empty directory, or ask whoever gave them to you.

PARQUET_ROWS | - | sender | docs/scale.md [DESIGN]
Parquet 文件中的行不是账本条目推出的行。 || 不要使用这些数据；保留目录作为证据，用 liandan export --parquet 另导出一份。
A Parquet file has other rows than the entries of the log give. || Do not use these data; keep the directory as evidence and make another with liandan export --parquet.

PARQUET_SHORT | - | sender | docs/scale.md [DESIGN]
账本导出件还没有到 Parquet 数据的规模，不能据以续写或核对。 || 先把导出件补到更新（liandan export），再试一次。
The export does not reach as far as the Parquet files, which can be neither continued nor checked from it. || Bring the export up to date (liandan export) and try again.

TOTALS_TABLE | - | sender | docs/scale.md [DESIGN]
没有这张表，或者一次只能输出一张表为 CSV。 || 用 --table 写明一张表；各表见 docs/scale.md。
There is no such table, or CSV is of one table at a time. || Name one with --table; docs/scale.md lists them.

ENGINE_MISSING | - | operator | docs/scale.md [DESIGN]
没有安装这个查询引擎，不能读写 Parquet。对账单不需要它：liandan reconcile。 || 按“应为”所写安装后再试。
The engine is not installed, so Parquet can be neither written nor asked. Monthly statements do without: liandan reconcile. || Install what is expected and try again.

ENGINE_ADDRESS | - | operator | docs/scale.md [DESIGN]
没有写明 Spark Connect 服务的地址，或者地址不成形。 || 设置环境变量 LIANDAN_SPARK，写明服务所在的主机和端口（见 docs/scale.md）；不另设服务的，写 sail。
There is no address of a Spark Connect server, or it is malformed. || Set LIANDAN_SPARK to where it is (docs/scale.md), or sail for one within this process.

DIRECTION_FORM | - | sender | design §2 [DESIGN]
方向应为两个不同的两位省级代码。 || 例如 from=51&to=50。
The direction must be two different two-digit province codes. || Write for instance from=51&to=50.

SIZE_BEYOND | - | sender | kinds §9 [DESIGN]
所给账本没有这样的规模：对账单只能按账本曾经有过的条数计算。 || 核对规模（结账声明的 body.size）；导出件太旧的，先用 liandan export 补到最新。
The log that was given has no such size: a statement is drawn over as many entries as there are, or fewer. || Check the size (body.size of the close); bring an export that is too old up to date with liandan export.

DOSSIER_PERIOD | - | sender | docs/documents.md [DESIGN]
案卷的起止日期不成立。 || 写两个日期（YYYY-MM-DD），起始日不晚于截止日，最长五年。
The days of the dossier are no period. || Give two days (YYYY-MM-DD) in order, five years apart at most.

DOSSIER_SCOPE | - | origin_authority | docs/documents.md [DESIGN]
检查案卷只给主管部门和该单位自己。 || 单位查自己的；查别的单位的，由主管部门查阅。
A dossier is for authorities and for the firm itself. || Ask for your own; another firm's is for an authority.

DOSSIER_UNKNOWN | - | sender | docs/documents.md [DESIGN]
账本中没有登记这一单位。 || 核对统一社会信用代码；刚登记的请稍候再查。
The log has no such party. || Check the code; wait a moment for a party just registered.

DOSSIER_TOO_LARGE | - | sender | docs/documents.md [DESIGN]
这一期间的联单或者证据太多，一份案卷装不下。 || 缩短期间，分几份案卷；只要明细和合计的，用登记册（liandan register）。
There are too many manifests, or too much evidence, in the period for one dossier. || Make the period shorter and several dossiers of it; for lines and sums alone take the registers (liandan register).

REGISTER_FORM | - | sender | docs/registers.md [DESIGN]
没有这种登记册，或者它没有这种格式。 || 按“应为”所列的名称和格式改写地址。
There is no such register, or not in this form. || Use c1 (json, xlsx), or generator, carrier, receiver (json, xlsx, pdf).

REGISTER_SCOPE | - | origin_authority | docs/registers.md [DESIGN]
登记册只给本单位和它所在地的主管部门。 || 查本单位的，不必写明单位；查别的单位的，由其所在地主管部门查阅。
A register is for the firm itself and the authorities of its region. || Leave party out for your own; another firm's is for the authority of its region.

REGISTER_TOO_LARGE | - | sender | docs/registers.md [DESIGN]
这一期间的联单太多，一份登记册装不下。 || 按月查阅（YYYY-MM）；仍然过多的，用导出件自行汇总。
There are too many manifests in the period for one register. || Ask by month (YYYY-MM); where these are too many, too, work on an export.

MIRROR_UNEQUAL | R-93 | both_authorities | law §6.1 M12 [DESIGN]
镜像等式不平：移出、接受、拒收、磅差与在途不能互相解释。 || 逐条核对差额所在代码的联单，并通知两地主管部门。
The mirror equation does not balance. || Go through the manifests of the code concerned and tell both authorities.

REPORT_SCOPE | - | operator | design §5 [DESIGN]
无权查阅所要的对账单或者统计。 || 单位只查阅本单位的对账单（不必写明单位），主管部门查阅本辖区各方向的；含单位的统计仅向主管部门和运营单位提供，不含单位的对所有人公开（/v1/public/figures/）。
You may not read this statement or these figures. || A firm reads its own statement (leave party out), an authority those of its region's directions; figures with firms are for authorities and the operator, those without are anybody's (/v1/public/figures/).

SCOPE_UNKNOWN | - | sender | design §5 [DESIGN]
没有这样的对账单：账本上没有该单位或者主管部门，或者同时指定了方向、单位、主管部门中的几项。 || 写明方向，或者已登记的单位，或者账本的主管部门，只写其一。
There is no such statement: the log knows no such party or authority, or several of direction, party and authority were named. || Name a direction, or a registered party, or an authority of the log, one of them.
""",
        otherwise=(
            "不要采信本文件；向出具方索取原始文件。",
            "Do not rely on this file; ask its issuer for the original.",
        ),
    )
)


@cache
def all_texts() -> Mapping[str, Rule]:
    """Every code of the house with its texts, as documents and verifications explain them."""
    return {**AUDITING, **SIGNING, **all_kinds().rules, **RULES}


def explain(code: str) -> str:
    """The sentence of a code in the document's language, or the code itself where no table has it."""
    return say(all_texts()[code].zh, all_texts()[code].en) if code in all_texts() else code
