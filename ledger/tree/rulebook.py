"""Rule texts of the tree, its notes and its proofs: what readers of evidence are told."""

from signing.refusal import table, texts

_TEXTS = texts("""
NOTE_FORM | - | operator | C2SP signed-note; formats §4 [DESIGN]
签名便笺的格式不正确：应为正文、空行和若干签名行，UTF-8 编码，不超过 64 KiB。 || 请重新下载检查点文件，不要编辑或另存；仍不正确的，保留现有文件并向账本运营单位索取原件。
The signed note is malformed: text, an empty line and signature lines in UTF-8, at most 64 KiB. || Fetch the checkpoint file again, unedited; if it stays wrong, keep it and ask the operator for the original.
NOTE_SIGNATURE | - | operator | C2SP signed-note, tlog-cosignature, tlog-policy; formats §4 [DESIGN]
检查点的签名不成立：已知密钥的签名行验证失败或重复，缺少账本自己的签名，或者见证签名达不到信任策略的要求。 || 不要采信该检查点；请保留文件，核对所用公钥和信任策略，并向主管部门的见证节点核实。
The checkpoint's signatures do not hold: a known key's line fails or is repeated, the log's own line is missing, or the witnesses are fewer than the policy demands. || Do not rely on this checkpoint; keep the file, compare the public keys and the policy, and ask the authorities' witnesses.
VKEY_FORM | - | sender | C2SP signed-note; formats §1, §4 [DESIGN]
验证公钥的格式不正确：应为“名称+八位十六进制密钥号+Base64 公钥”，密钥号须与公钥相符，类型须为 01、04 或 06。 || 请从账本或见证单位公布的文件中整行复制公钥，不要手工录入。
The verifier key is malformed: name+8 hex digits+base64 key, with a key id that belongs to it, of type 01, 04 or 06. || Copy the whole line from the file that the log or the witness publishes; do not type it.
CHECKPOINT_FORM | - | operator | C2SP tlog-checkpoint; formats §4 [DESIGN]
检查点正文的格式不正确：只能有账本名称、条目数、根哈希三行，不得有扩展行。 || 请重新获取检查点；账本确实签发了这样的检查点的，属于审计发现，应报告主管部门。
The checkpoint's text is malformed: exactly origin, size and root hash, no extension line. || Fetch the checkpoint again; if the log really signed it, it is an audit finding: report it to the authorities.
PROOF_FORM | - | sender | C2SP tlog-proof v1; RFC 6962 §2.1 [DESIGN]
证明文件的格式不正确，或者所要的证明不存在（序号不小于条目数，或旧条目数大于新条目数）。 || 请重新下载证明文件；自行请求证明的，请核对序号和条目数。
The proof file is malformed, or there is no such proof (index not below the size, old size above the new one). || Fetch the proof file again; if you asked for a proof, check the index and the sizes.
PROOF_WRONG | - | nobody | RFC 6962 §2.1; RFC 9162 §2.1.3.2, §2.1.4.2 [DESIGN]
证明不成立：由该条目和证明算出的根哈希与检查点不一致。 || 不要采信该条目；请确认条目、证明和检查点来自同一账本且未被改动，仍不一致的，保留全部文件并报告主管部门。
The proof does not hold: the root computed from it is not the checkpoint's. || Do not rely on the entry; make sure that entry, proof and checkpoint are of one log and unchanged, else keep all files and report to the authorities.
TILE_FORM | - | operator | C2SP tlog-tiles; formats §4 [DESIGN]
账本分片文件缺失或格式不正确：路径、长度、条目边界有误，或者条目与其叶哈希不符。 || 请重新导出或下载该文件；账本公布的就是如此的，属于审计发现，应报告主管部门。
A tile or entry bundle is missing or malformed: path, length or entry bounds are wrong, or an entry does not hash to its leaf. || Export or fetch the file again; if the log publishes it like this, it is an audit finding: report it to the authorities.
POLICY_FORM | - | sender | C2SP tlog-policy; formats §5 [DESIGN]
信任策略的格式不正确：有无法识别的行，名称或公钥重复，引用了尚未定义的名称，或者没有恰好一行 quorum。 || 请按所示行号改正策略文件；写入账本的策略不得含注释、空行和网址。
The trust policy is malformed: an unknown line, a name or key given twice, a name used before it is defined, or not exactly one quorum line. || Correct the policy at the line shown; a policy in the log has no comments, empty lines or URLs.
""")
RULES = table(*_TEXTS)
