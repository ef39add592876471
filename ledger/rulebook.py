"""Texts of every code that the log gives: form of a statement, links, keys, times, content, evidence, its own kinds, its HTTP interface."""

from ledger import chain
from ledger.admission import signers
from ledger.auditing import rulebook as auditing
from ledger.evidence import texts as evidence
from ledger.kinds import KINDS
from ledger.pending import rulebook as pending
from ledger.publishing import rulebook as publishing
from ledger.registrations import rulebook as registrations
from ledger.tree import rulebook as tree
from ledger.vault import disclosure as vault
from ledger.witnessing import server as witnessing
from signing.refusal import table, texts

RULES = table(
    *texts("""
FIELD_UNKNOWN | - | sender | formats §1 [DESIGN]
没有这个字段。 || 改成“应为”所列的字段名；不需要的删去，重新签名提交。
There is no such field. || Take one of the names listed, or remove it; sign again and resend.
FIELD_MISSING | - | sender | formats §1 [DESIGN]
缺少必填字段。 || 按“应为”补上该字段，重新签名提交。
A required field is missing. || Add it as expected, sign again and resend.
FIELD_TYPE | - | sender | formats §1 [DESIGN]
字段的类型或取值不对。 || 按“应为”改正，重新签名提交；文本要加引号，数字不加。
A field has a wrong type or value. || Write it as expected, sign again and resend; texts take quotation marks, numbers none.

KIND_UNKNOWN | - | sender | formats §3 [DESIGN]
没有这一声明种类，或没有这一版本。 || 改用“应为”所列的种类和版本；全部种类见 docs/formats/kinds.md。
There is no such kind of statement, or no such version of it. || Use one of those expected; docs/formats/kinds.md has them all.

CHAIN_FORM | - | sender | formats §3 [DESIGN]
链名不符合格式。 || 按“应为”所示的形式填写。
The chain name is malformed. || Write it in the form expected.

CHAIN_KIND | - | sender | formats §3 [DESIGN]
该种类的声明不能写在这条链上。 || 改用该种类规定的链。
This kind does not belong on this chain. || Use the chain that the kind names.

SEQ_FORM | - | sender | formats §1 [DESIGN]
序号 seq 应为从 0 开始的整数。 || 改为链上的下一个序号。
seq must be 0, 1, 2, … || Use the next number of the chain.

PREV_FORM | - | sender | formats §1 [DESIGN]
prev 应为 64 位小写十六进制。 || 填写上一条声明的哈希。
prev must be 64 lower-case hex digits. || Give the hash of the statement before.

BY_COUNT | - | sender | formats §1 [DESIGN]
签署方的数目不对。 || by 列出 1 至 4 个统一社会信用代码（log/main 与 party/ 链至 8 个）。
The number of signers is wrong. || by names 1 to 4 USCCs (to 8 on log/main and party/ chains).

BY_TWICE | - | sender | formats §1 [DESIGN]
同一签署方重复出现。 || 每个签署方只列一次。
A signer is named twice. || Name each signer once.

USCC | - | sender | formats §1 [DESIGN]
统一社会信用代码无效（字符或校验位不对）。 || 对照营业执照核对 18 位代码；其中没有字母 I、O、S、V、Z。
The unified social credit code is not valid. || Compare the 18 characters with the licence; the letters I, O, S, V and Z never occur.

AT_FORM | - | sender | formats §1 [DESIGN]
时间格式不对。 || 使用 YYYY-MM-DDThh:mm:ss±hh:mm，日期须真实存在。
The time is malformed. || Use YYYY-MM-DDThh:mm:ss±hh:mm with a real date.

SEEN_FORM | - | sender | formats §1 [DESIGN]
seen 的格式不对。 || 填写已验证的检查点 {size, root}，或省略。
seen is malformed. || Give a verified checkpoint {size, root}, or leave it out.

SIGNATURE_COUNT | - | sender | formats §1 [DESIGN]
签名的数目与 by 不一致。 || 按 by 的顺序，每方恰好一个签名。
There must be exactly one signature per element of by. || Give one signature per signer, in the order of by.

CHAIN_NOT_OPEN | - | sender | formats §3 [DESIGN]
这条链还没有起始声明，或此种类不能作为起始。 || 先提交该链的起始声明。
The chain has no first statement yet, or this kind cannot be it. || Submit the statement that opens the chain first.

CHAIN_NOT_OPEN:BEGUN
{chain} 已经开始，{kind} 只能作为一条链的第一条。 || 已有的那条链就是要办的，在它上面继续；另办一件的，换一个新的链名（新的 ULID），seq 填 0。
{chain} has begun; {kind} can only be the first of a chain. || Go on with that chain, or begin a new one (a new ULID) with seq 0.

CHAIN_NOT_OPEN:EMPTY
账本中没有 {chain}，{kind} 不能作为第一条。 || 核对链名；确实还没有的，先提交开立它的声明（联单为 manifest.issue，申请为 approval.apply，许可证为 permit.grant）。
The log has no {chain}, and {kind} cannot be its first. || Check the chain; if it does not exist yet, submit what opens it first (manifest.issue, approval.apply, permit.grant).

CHAIN_NOT_OPEN:PARTY
单位 {party} 还没有在本账本登记。 || 请其所在地主管部门先登记（party.register），再提交本条。
{party} is not registered on this log. || Let the authority of its region register it first (party.register), then send this.

CHAIN_OWNER | - | sender | formats §3 [DESIGN]
链名中的单位不对。 || 使用本单位（或被授权单位）的链。
The party named in the chain is not the right one. || Use the chain of the party concerned.

KEY_UNKNOWN | - | sender | formats §1 [DESIGN]
签名所用的密钥未登记。 || 用已登记的密钥签名，或先登记该密钥。
The signing key is not registered. || Sign with a registered key, or register this one first.

KEY_UNKNOWN:SIGNER
签名所用的密钥（{key}…）没有为{party}登记过。 || 改用{party}已登记的密钥签名；新的密钥先登记：本单位用已有密钥（key.add），一把都没有的请所在地主管部门办理。
The key that signed ({key}…) was never registered for {party}. || Sign with a registered key of {party}; a new one is registered first, by the party with a key that it has (key.add), else by the authority of its region.

KEY_UNKNOWN:LOGIN
这把密钥在本账本上没有登记过，不能用来进入。 || 换用已登记的密钥；要登记这一把，请本单位持有完整密钥的人在“密钥”页办理，一把都没有的，请所在地主管部门登记。
This key was never registered on this log and does not open it. || Enter with a registered key. Whoever holds a full key of the firm registers this one on the page of keys; where there is none, the authority of the region does.

KEY_UNKNOWN:OF_PARTY
{party}没有这把密钥（{key}…）。 || 核对密钥标识 {where}；本单位的密钥可在单位资料中查到。
{party} has no such key ({key}…). || Check {where}; the keys of a party stand in its record.

KEY_UNKNOWN:ISSUER
没有这把在用的文书签章密钥（{key}…）：没有登记过，或者已经停用。 || 核对 {where}；已经停用的不必再停用。
There is no such key in use for papers ({key}…): never registered, or retired. || Check {where}; what is retired need not be retired again.

KEY_OTHER_PARTY | - | sender | formats §1 [DESIGN]
该密钥属于另一单位。 || 由 by 中对应的单位用自己的密钥签名。
The key belongs to another party. || Let the party named in by sign with its own key.

KEY_OTHER_PARTY:SIGNER
签名所用的密钥是{owner}的，而 by 中写的是{party}。 || 由{party}用自己的密钥签名；确由{owner}签署的，把 by 改为{owner}（代签的填 for）。
The key that signed is {owner}'s; by names {party}. || Let {party} sign with its own key; if {owner} signs, put it into by, and for whom into for.

KEY_NOT_VALID | - | sender | formats §5 [DESIGN]
该密钥在此处已失效或不适用。 || 使用有效的密钥。
The key is not valid here. || Use a key that is valid.

KEY_NOT_VALID:REVOKED
{party}的密钥（{key}…）已在第 {index} 条撤销，不能再签署。 || 撤销前确由本单位签署的，核对内容后用{party}仍有效的密钥对同一份字节重新签名再提交（声明哈希不变）；不是本单位签署的，不要重签，并报告主管部门。没有有效密钥的，请所在地主管部门登记。
The key ({key}…) of {party} was revoked by entry {index} and signs no more. || If {party} did sign this before, look at it and sign the very same bytes with a valid key (the hash stays); if not, do not, and tell the authority. Whoever has no valid key has one registered by the authority of its region.

KEY_NOT_VALID:OVER
{party}的这把密钥只到 {until}（北京时间）有效，已过期。 || 用{party}其他有效的密钥重新签名，或者登记新密钥（key.add）。
This key of {party} was good until {until} (Beijing time). || Sign again with another key of {party}, or register a new one (key.add).

KEY_NOT_VALID:LOGIN_REVOKED
这把密钥已经停用（第 {index} 条），不能再用来进入；停用以后不能恢复。 || 换用本单位另一把有效的密钥；没有的，请本单位持有完整密钥的人在“密钥”页给这台设备登记新的一把。一把完整密钥都没有了，请所在地主管部门登记。
This key was revoked (entry {index}) and opens the desk no more; that cannot be undone. || Enter with another valid key of the firm; if this device has none, whoever holds a full key registers a new one for it on the page of keys. If the firm has no full key left, the authority of the region registers one.

KEY_NOT_VALID:LOGIN_OVER
这把密钥只到 {until}（北京时间）有效，已经到期。 || 请本单位持有完整密钥的人在“密钥”页给这台设备登记新的一把，并定好期限；本单位还有别的有效密钥的，先用那一把进入。一把完整密钥都没有了，请所在地主管部门登记。
This key was good until {until} (Beijing time), which is over. || Whoever holds a full key of the firm registers a new one for this device on the page of keys, with an end of its own; another valid key of the firm opens the desk meanwhile. If the firm has no full key left, the authority of the region registers one.

KEY_NOT_VALID:ROTATION
更换密钥须由被更换的密钥 {old} 签署。 || 用 {old} 重新签名；已丢失的，由本单位其他密钥撤销它（key.revoke），或者请所在地主管部门办理。
A rotation is signed by the key that goes, {old}. || Sign with {old}; if it is lost, revoke it with another key (key.revoke), or ask the authority of the region.

KEY_REGISTERED | - | sender | formats §5 [DESIGN]
该密钥已在本账本登记过。 || 生成新的密钥；一个密钥一生只登记一次。
The key was registered in this log before. || Generate a new key: one key is registered once in the life of a log.

SIGNER_EXTRA | - | sender | formats §1 [DESIGN]
多出不应签署的单位。 || 从 by 和 signatures 中去掉该单位。
A party signs that has no role here. || Remove the party from by and signatures.

SIGNER_EXTRA:EXTRA
第 {place} 个签署的{signer}不应签署此项；应签署的依次是：{roles}。 || 从 by 和 signatures 中去掉{signer}的签署后重新提交。
{signer}, signer number {place}, has no role here; the roles are: {roles}. || Take it out of by and signatures and send again.

SIGNER_MISSING | - | sender | formats §3 [DESIGN]
缺少应签署的单位。 || 补上该单位的签名。
A required signer is missing. || Add the signature of that party.

SIGNER_MISSING:ROLE
缺少{role}的签署：{holders}。 || 请{holders}在同一份声明上签名（by 的第 {place} 位），签好后一并提交；已经签过的不必重签。
The {role} has not signed: {holders}. || Let {holders} sign the same statement (number {place} in by) and send it with all signatures.

DELEGATION_MISSING | - | sender | formats §3 [DESIGN]
没有有效的授权委托。 || 由本单位签署，或先登记授权委托。
There is no delegation in force. || Let the party sign itself, or register the delegation first.

DELEGATION_MISSING:NONE
{principal}没有委托{delegate}签署 {kind}，或者委托已到期、已撤销。 || 由{principal}自己签署（去掉 for）；或者由{principal}先登记委托（delegation.grant，种类含 {kind}），再原样重新提交。
{principal} has not let {delegate} sign {kind}, or no longer. || Let {principal} sign itself, without for; or let it register the delegation first (delegation.grant for {kind}), then send this again.

DELEGATION_MISSING:NEVER
{kind} 不能由他人代签。 || 去掉 for，由{principal}用自己的密钥签署。
Nobody signs {kind} for another. || Leave for out; {principal} signs with its own key.

DELEGATION_MISSING:REVOKED
没有给 {delegate} 的委托可以撤销。 || 核对 body.delegate；已经撤销的不必再撤销。
There is no delegation to {delegate} to revoke. || Check body.delegate; what is revoked need not be revoked again.

PARTY_UNKNOWN | - | origin_authority | formats §3 [DESIGN]
该单位未登记。 || 请所在地主管部门先登记该单位。
The party is not registered. || Ask the authority of its region to register it first.

PARTY_UNKNOWN:NONE
{party}没有在本账本登记。 || 核对 {where} 的单位代码；无误的，请该单位所在地主管部门先登记（party.register），再原样重新提交。
{party} is not registered on this log. || Check {where}; if it is right, the authority of its region registers it first (party.register), then send this again.

STATEMENT_STALE | - | sender | formats §6 [DESIGN]
声明时间不在允许的范围内。 || 校准时钟，用当前时间重新签名。
The claimed time is outside the window. || Set the clock and sign again with the present time.

STATEMENT_STALE:AHEAD
声明时间 {at} 比现在晚（现在是 {now}，最多允许到 {last}，北京时间）。 || 校准设备的时钟和时区，用现在的时间重新签名提交。
The statement is of {at}, which is still to come (it is {now}, and {last} is the latest, Beijing time). || Set the clock and the time zone, and sign again with the present time.

STATEMENT_STALE:OLD
声明时间 {at} 太早，此类声明只接受 {first} 至 {last} 的（北京时间）。 || 用现在的时间重新签名提交；签名后放置过久的，重新签一次即可。
The statement is of {at}; this kind is taken from {first} to {last} (Beijing time). || Sign it again with the present time.

STATEMENT_STALE:UNTIL
{where} 填写的 {until} 已经过去（现在是 {now}，北京时间）。 || 改为以后的时间，或者不填（长期有效）。
{where} says {until}, which is over (it is {now}, Beijing time). || Give a time to come, or leave it out.

SEEN_MISMATCH | - | sender | formats §1 [DESIGN]
seen 与本账本的历史不一致。 || 保存该检查点原文并立即通知两地主管部门：账本可能分叉。
seen contradicts the history of this log. || Keep the note and tell both authorities at once: the log may have forked.

ENTRY_TOO_LARGE | - | sender | formats §4 [DESIGN]
条目超过 60000 字节。 || 拆分内容后提交。
The entry is larger than 60,000 bytes. || Split the content.

SIGNER_REFUSED | - | operator | formats §4 [DESIGN]
签名进程拒绝为该检查点签名。 || 核对检查点存储，查看签名进程日志。
The signer declined to sign the checkpoint. || Compare the checkpoint store and read the signer's log.

LOG_CLOSED | - | operator | formats §5 [DESIGN]
本账本已关闭。 || 改用后续账本。
This log is closed. || Use the successor log.

BATCH_ROLLED_BACK | - | sender | formats §2 [DESIGN]
同一原子批次中有声明被拒绝，整批均未入账。 || 改正被拒绝的声明后整批重发，或去掉 atomic=true。
Another statement of the atomic batch was refused, so none was admitted. || Correct the refused statement and resend the batch, or leave out atomic=true.

FOUNDING_ONLY | - | operator | formats §5 [DESIGN]
本账本尚未成立，只接受本运营单位签署的 log.found。 || 由运营单位运行 liandan log found 成立账本。
The log is not founded yet: only the operator's own log.found is accepted. || Let the operator found the log with liandan log found.

INTERNAL_POISON | - | operator | formats §5 [DESIGN]
系统无法处理这条声明，已隔离。 || 请联系运营单位，并附上请求编号。
The system could not process this statement and set it aside. || Contact the operator with the request id.

NOT_NFC | - | sender | formats §1 [DESIGN]
文字未按 NFC 规范化（如兼容汉字）。 || 使用提示的字符。
Text is not in Unicode NFC. || Use the character shown.

UNASSIGNED_CHARACTER | - | sender | formats §1 [DESIGN]
含有规则集所定 Unicode 版本之外的字符。 || 改用已编码的字符。
Text has a character outside the ruleset's Unicode version. || Use an assigned character.

PERSONAL_DATA | - | sender | formats §7 [DESIGN]
文字中含有手机号、座机号、身份证号、电子邮箱或坐标等个人信息。 || 删去个人信息，改用 commit 承诺值。若不是个人信息（如一串规格数字），请改用顿号或单位隔开。
A text holds personal data: a telephone or identity number, an e-mail address or a position. || Remove it; use a commitment instead. If it is none (measures in a row), part the numbers by words or commas.

ENTRY_FORM | - | operator | formats §4 [DESIGN]
条目的格式不对。 || 向提供方索取原始字节。
The entry is malformed. || Ask whoever gave it for the original bytes.

ENTRY_NOT_CANONICAL | - | operator | formats §4 [DESIGN]
条目不是规范编码。 || 向提供方索取原始字节。
The entry is not in canonical encoding. || Ask whoever gave it for the original bytes.

LATE | - | sender | formats §6 [DESIGN]
入账时间比行为时间晚两小时以上。 || 尽早提交。
Admitted more than two hours after the act. || Submit earlier.

FOREIGN | - | sender | formats §3 [DESIGN]
单位不在任何一方的行政区域内。 || 任一主管部门可代为办理。
The party lies in no authority's region. || Either authority may act.

SIGNER_ROLE | R-66 | sender | Order 23 Art. 10–12 [READ]
签署单位与该行为的角色不符。 || 由“应为”一栏写明的单位签署；联单的第一、二、三部分依次由移出人、承运人、接受人填写。
The signer does not hold the role that this act asks for. || Let the party that is expected sign; of a manifest the generator fills part 1, the carrier part 2, the receiver part 3.

SIGNER_ROLE:OTHER
第 {place} 个签署应是{role}（{holders}），现在是{signer}。 || 请{holders}用自己的密钥签署；by 的顺序填错的，改正顺序；由他人代签的，先登记委托并填写 for。
Signer number {place} is the {role} ({holders}); {signer} signed. || Let {holders} sign with its own key; correct the order of by; whoever signs for another has the delegation registered first and names that party in for.

SIGNER_ROLE:FOR
此项应由{role}（{holders}）办理，{delegate}却是代{principal}签署的。 || 代签的，for 填 {holders} 并有其委托；{delegate}自己就是{role}的，去掉 for。
This is for the {role} ({holders}); {delegate} signed for {principal}. || Put {holders} into for, with its delegation; if {delegate} is the {role} itself, leave for out.

SIGNER_ROLE:SELF
for 填写的{party}就是签署单位自己。 || 自己办理的，去掉 for 后重新签名。
for names the signer {party} itself. || Leave for out and sign again.

SIGNER_ROLE:SAME_HAND
{hand}已经签署过本申请的 {act}（{before}），不能再签署这一项：同意、复函和决定不能由提出的一方作出。 || 请另一方主管部门签署；由他人代签的，换另一单位代签。
{hand} has signed approval.{act} of this application ({before}): nobody consents to what he proposed. || Let the other side's authority sign; a delegate has to be another one.

SIGNER_ROLE:DECLARED
{hand}已经签署过本应急转移的启动（{authority}），不能再签署加入：加入由接受地一方作出。 || 请接受地主管部门签署；由他人代签的，换另一单位代签。
{hand} has signed the declaration of this emergency ({authority}): joining is the word of the receivers' side. || Let the authority of the receivers sign; a delegate has to be another one.

TEXT_LONG | - | sender | design §6 [DESIGN]
文字超过规定长度。 || 缩短该项内容，详细材料作为附件。
The text is longer than allowed. || Shorten it and attach the rest.

LIST_LENGTH | - | sender | design §6 [DESIGN]
列表的项数超出允许范围，或有重复项。 || 按允许的项数填写，重复项只保留一个；超出部分另行提交。
The list has too few or too many items, or repeats one. || Keep within the limit, each item once; submit the rest in another act.

LIST_LENGTH:LABEL_TWICE
标签 {label} 扫描了两次。 || 从扫描结果中去掉 {where}；是另一件包装的，重新扫描那一件自己的标签。
Label {label} was scanned twice. || Take {where} out of the scanned labels; if it is another pack, scan that one's own label.

LIST_LENGTH:LABEL_BATCHES
标签来自 {count} 个批次（单位、代码、日期各不相同），一次装载最多 {most} 个。 || 分成几份联单装载。
The labels are of {count} batches (unit, code, day); one loading takes at most {most}. || Load them on several manifests.

LIST_LENGTH:GRANTS
该查阅单位已有 {count} 项有效授权，不能再增加。 || 先撤销不再需要的授权（access.revoke），再授予。
The reader has {count} grants in force, as many as it may. || Revoke what is no longer needed (access.revoke) first.

NOT_YET | - | sender | [DESIGN]
该字段或取值的规则尚未启用。 || 去掉该字段（或改用其他取值），待规则启用后再用。
The rules of this field or value are not in force yet. || Leave it out, or take another value, until they are.

DATE_FORM | - | sender | design §2 [DESIGN]
日期应为 YYYY-MM-DD，且真实存在。 || 改正日期。
A day must be a real YYYY-MM-DD. || Correct the day.

DATE_ORDER | - | sender | [DESIGN]
日期的先后顺序不对。 || 核对起止日期；函件日期不得晚于今天。
Days are in the wrong order. || Check first and last day; a letter is never dated in the future.

DATE_ORDER:EARLY
{what} {day} 早于 {first}。 || 把 {where} 改为 {first} 或之后；{first} 填错的，改正那一天。
{what}, {day}, lies before {first}. || Put {first} or later into {where}; or correct {first} if that is wrong.

DATE_ORDER:TO_COME
{what}是 {day}，晚于今天（{today}）。 || 把 {where} 改为实际日期，不得晚于今天。
{what} is {day}, after today ({today}). || Put the real day into {where}; it is not after today.

CURSOR_FORM | - | sender | design §8 [DESIGN]
翻页游标无效。 || 原样使用上一页返回的 next，或去掉 cursor 从头读取。
The cursor is not one of ours. || Use next of the page before unchanged, or leave out cursor and begin again.

CURSOR_OTHER | - | sender | design §8 [DESIGN]
翻页游标属于另一次查询（筛选条件不同）。 || 翻页时保持全部筛选条件不变；更换条件后去掉 cursor 从头读取。
The cursor is of another search: its filters differ. || Keep every filter while you page; with other filters leave out cursor and begin again.

COMMIT_FORM | - | sender | formats §7 [DESIGN]
个人信息承诺值的格式不对。 || 字段名如 driver.name，承诺值为 64 位小写十六进制，数量不超过上限；姓名、电话等不得以明文填写。
A commitment to personal data is malformed. || Name it like driver.name, with 64 lower-case hex digits, within the limit; names and phones never stand in clear.

QTY | R-09 | sender | HJ 1259-2022 5.5 [READ S4]
数量应以吨为单位，大于 0，最多 6 位小数。 || 以吨填写，例如 5.600000；按件计的废物同时填写件数和折合吨数。
A mass is in tonnes, above 0, with at most 6 decimals. || Write it like 5.600000; pieces are counted beside it.

MISSING | R-11 | sender | Order 23 Art. 10(4), 27 [READ]
缺少必填内容。 || 按提示补全后重新提交。
A required field is empty. || Fill it in and send again.
MISSING:WHAT
缺少{what}。 || 在 {where} 填写{what}后重新签名提交{how}。
Still missing: {what}. || Give it in {where}, sign again and send{how}.
MISSING:CARRIER | carrier
缺少{what}。 || 在 {where} 填写{what}后重新签名提交{how}。
Still missing: {what}. || Give it in {where}, sign again and send{how}.

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

MIN_SIZE | - | sender | design §8 [DESIGN]
min_size 大于账本现有的条目数：账本里还没有这样的内容。 || 填写自己提交所得回执的序位加一，或上一答复的规模；账本若被恢复到较早的状态，请联系运营单位。
min_size is more than the log has: nothing like it exists yet. || Give the index of your own receipt plus one, or the size of an earlier answer; if the log was restored to an earlier state, ask the operator.

NOT_YET_READ | - | operator | design §8 [DESIGN]
查询所用的视图尚未跟上 min_size。 || 按 Retry-After 等待后原样再读；需要等得更久的，填写 Prefer: wait=N（最多 30 秒）。
The views that answer are not at min_size yet. || Wait as Retry-After says and read again; Prefer: wait=N (at most 30 s) waits longer.

QUERY_FORM | - | sender | design §8 [DESIGN]
查询参数或请求头的名称或格式不对。 || 按“应为”改正；全部参数见 /schema。
A query parameter or header is unknown or malformed. || Write it as expected; /schema has them all.
"""),
    *chain.TEXTS,
    *signers.TEXTS,
    *(rule for kind in KINDS for rule in kind.texts),
    *(rule for room in (tree, publishing, auditing, vault, pending, registrations, evidence, witnessing) for rule in room.RULES.values()),
)
