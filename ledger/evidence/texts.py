"""Texts of the evidence store's codes: what was found, what to do, who lifts it."""

from signing.refusal import table, texts

_TEXTS = texts("""
EVIDENCE_DIGEST | - | sender | RFC 9530 §2 [READ]
缺少文件的 SHA-256，或格式不对。 || 在请求头 Content-Digest 中写 sha-256=:<32 字节的 Base64>:，与声明中的 sha256 为同一哈希。
The SHA-256 of the file is missing or malformed. || Send Content-Digest: sha-256=:<base64 of 32 bytes>:, the same hash as sha256 in the statement.

EVIDENCE_MEDIA_TYPE | - | sender | RFC 9110 §8.3 [READ]
缺少文件的媒体类型，或格式不对。 || 请求体直接放文件的字节，不用表单；在 Content-Type 中写其类型，如 application/pdf。
The media type of the file is missing or malformed. || Send the bytes of the file as the body, no form, and its type in Content-Type, e.g. application/pdf.

EVIDENCE_HASH | - | sender | formats §7 [DESIGN]
收到的字节与所报的哈希不符，未保存。 || 核对是否选错文件、文件在签名后被改动或传输中损坏；声明中的哈希对应哪个文件，就发哪个文件。
The bytes have another hash than was said; nothing is kept. || See whether it is the wrong file, one changed after signing or one damaged on the way; send the very file that the statement names.

EVIDENCE_SIZE | - | sender | formats §7 [DESIGN]
收到的字节数与所报的不符，或文件为空，未保存。 || 核对文件是否完整，再整个重发；声明中的 size 须是文件的实际字节数。
The file has another size than was said, or none; nothing is kept. || See that the file is whole and send all of it; size in the statement is the number of its bytes.

EVIDENCE_TOO_LARGE | - | sender | kinds §0 [DESIGN]
文件超过一个附件的上限，未保存。 || 压缩图片或扫描件，或分成几个文件，各自写入声明。
The file is larger than an attachment may be; nothing is kept. || Make the picture or scan smaller, or several files of it, each named by the statement.

EVIDENCE_TYPE | - | sender | formats §7 [DESIGN]
文件开头的字节表明它不是所报的类型，未保存。 || 按文件的真实类型填写 Content-Type 和声明中的 media_type；改文件名后缀不会改变类型。确实不知道的，用 application/octet-stream。
The first bytes show that the file is not of the type that was said; nothing is kept. || Give its true type in Content-Type and as media_type in the statement; another ending of its name does not change it. If it is not known, use application/octet-stream.

EVIDENCE_UNKNOWN | - | sender | formats §7 [DESIGN]
没有这个文件，或您不能读取它。 || 核对哈希；文件只给上传者，以及可以读取引用它的条目的各方和主管部门。
There is no such file, or none that you may have. || Check the hash; a file is for whoever brought it, and for parties and authorities who may read an entry that names it.

EVIDENCE_ABSENT | - | sender | formats §7 [DESIGN]
条目引用了这个文件，但它不在库中：尚未上传，或已遗失。 || 请引用它的一方用 POST /v1/evidence 上传同一文件；遗失的由持有原件的一方重新上传。
An entry names this file, but it is not in the store: not brought yet, or lost. || Let the party that named it send the same file to POST /v1/evidence; whoever has it can bring it again.

EVIDENCE_RANGE | - | sender | RFC 9110 §14 [READ]
请求的区段超出文件末尾。 || 按“应为”改正 Range，或不带 Range 取整个文件。
The part that is asked for lies beyond the end of the file. || Ask for a part as expected, or for the whole without Range.

EVIDENCE_BUDGET | - | sender | formats §7 [DESIGN]
本单位上传后尚无条目引用的文件已达上限，未保存。 || 先提交引用它们的声明；不再需要的到期自动清除；确需更多的请运营单位调高 LIANDAN_EVIDENCE_PARTY_MB。
The party has brought as much as it may that no entry names yet; nothing is kept. || Submit the statements that name these files; what is not wanted goes by itself in time; if more is needed, ask the operator to raise LIANDAN_EVIDENCE_PARTY_MB.

EVIDENCE_STORE | - | operator | formats §7 [DESIGN]
附件库暂时不可用；账本不受影响，本次未保存任何内容，也没有丢失任何内容。 || 按 Retry-After 稍后原样重发；声明可以先提交，附件在期限内补传即可。
The evidence store cannot be reached now; the log is not touched, nothing of this request was kept and nothing is lost. || Send the same again later as Retry-After says; statements may go first, their files within the days that the rules give.

EVIDENCE_DAMAGED | - | operator | formats §7 [DESIGN]
库中或导出件中的文件已损坏：字节与其哈希不符。 || 从备份恢复该文件，或请持有原件的一方重新上传；账本中的哈希仍然有效。
A file in the store or in an export is damaged: its bytes have another hash. || Restore it from a backup, or let whoever has it bring it again; the hash in the log stands.

ATTACHMENT_MISSING | - | sender | formats §7 [DESIGN]
声明引用的附件逾期未提交：附件库中没有这个文件。 || 不影响联单办理，主管部门会看到。用 POST /v1/evidence 上传与声明哈希相同的文件；原件确已遗失的，以补交附件的报告（case.report）另交文件并说明。
An attachment that a statement names is not in the evidence store after its days. || The manifest goes on all the same, and the authorities see it. Send the file with that very hash to POST /v1/evidence; if it is lost, hand in another with a report about attachment (case.report) and say why.
""")
RULES = table(*_TEXTS)
