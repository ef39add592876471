"""Every reason this floor can give, in Chinese and English: the format of bytes, signatures, keys and commitments.

These are rules of the evidence format, not of the law; their source is ``docs/formats`` (formats, by section).
"""

from signing.refusal import table, texts

_TEXTS = texts("""
BODY_TOO_LARGE | - | sender | formats §1 [DESIGN]
报文超过长度上限。 || 将报文控制在 24 KiB 以内；附件请单独上传，报文中只写其摘要。
The body is larger than allowed. || Keep the body within 24 KiB; upload attachments separately and name only their digests.
NOT_UTF8 | - | sender | formats §1 [DESIGN]
报文不是有效的 UTF-8 编码。 || 请以 UTF-8 编码生成报文，不要使用 GBK 或 GB 18030。
The body is not valid UTF-8. || Write the body in UTF-8, not in GBK or GB 18030.
BYTE_ORDER_MARK | - | sender | formats §1 [DESIGN]
报文以字节顺序标记（BOM）开头。 || 请以“无 BOM 的 UTF-8”保存后再签名。
The body begins with a byte order mark. || Save it as UTF-8 without BOM before signing.
NOT_JSON | - | sender | formats §1; RFC 8259 [DESIGN]
报文不是合法的 JSON。 || 请用标准 JSON 库生成报文，并检查所示位置。
The body is not JSON. || Write it with a standard JSON library and look at the position shown.
NOT_OBJECT | - | sender | formats §1 [DESIGN]
报文最外层不是 JSON 对象。 || 最外层应为花括号包围的对象。
The outermost value is not a JSON object. || The outermost value must be an object in braces.
DUPLICATE_KEY | - | sender | formats §1 [DESIGN]
同一对象内有重复的字段名（按转义还原后比较）。 || 每个字段只保留一次。
An object has the same key twice (compared after unescaping). || Keep each key once.
NOT_INTEGER | - | sender | formats §1 [DESIGN]
数字不是规范的整数：不得使用小数、指数、前导零、-0、NaN 或 Infinity。 || 数量改用规定的整数写法；质量以吨为单位写成字符串，如 "5.600000"。
A number is not a plain integer: no fraction, exponent, leading zero, -0, NaN or Infinity. || Write counts as plain integers, masses as strings in tonnes such as "5.600000".
INTEGER_RANGE | - | sender | formats §1 [DESIGN]
整数超出 ±(2^53−1)。 || 请核对该数值；编号类内容应写成字符串。
An integer lies outside ±(2^53−1). || Check the number; identifiers are written as strings.
TOO_DEEP | - | sender | formats §1 [DESIGN]
报文嵌套层数超过上限。 || 按报文格式书写，嵌套不超过 8 层。
The body is nested too deeply. || Follow the published schema; at most 8 levels.
FORBIDDEN_CHARACTER | - | sender | formats §1 [DESIGN]
文本中含有不允许的字符（控制字符、不可见字符、改变书写方向的字符或非字符码位）。 || 删除所示位置的字符后重新签名；此类字符常在从网页或表格复制时带入。
A text holds a forbidden character: a control, invisible, direction-changing one, or a code point that is no character. || Remove the character at the place shown and sign again; it usually comes along when copying from pages or spreadsheets.
NULL_VALUE | - | sender | formats §1 [DESIGN]
字段值为 null。 || 没有内容的可选字段应整项省略，不写 null。
A value is null. || Leave an optional field out instead of writing null.
ENVELOPE_TOO_LARGE | - | sender | formats §1, §4 [DESIGN]
签名信封超过长度上限。 || 缩短报文或减少内容后重新签名；信封不得超过 64 KiB。
The envelope is larger than allowed. || Shorten the body and sign again; an envelope has at most 64 KiB.
ENVELOPE_FIELD | - | sender | formats §1; DSSE v1 [DESIGN]
签名信封缺少字段、含有未知字段、字段类型不对，或签名个数不在 1 至 8 之间。 || 信封只含 payloadType、payload、signatures，每个签名只含 keyid、sig。
The envelope lacks a field, has an unknown one or one of the wrong type, or does not have 1 to 8 signatures. || An envelope has payloadType, payload and signatures; each signature has keyid and sig; nothing else.
PAYLOAD_TYPE | - | sender | formats §1, §8 [DESIGN]
信封的 payloadType 与此接口不符。 || 请使用所示的 payloadType 签名；登录、回执与业务报文的类型互不通用。
The payload type is not the one expected here. || Sign under the payload type shown; those of logins, receipts and statements are never exchangeable.
BASE64 | - | sender | formats §1; RFC 4648 §4 [DESIGN]
该字段不是规范的 Base64。 || 使用标准字母表并保留“=”填充，不得换行或含多余比特。
The field is not canonical base64. || Use the standard alphabet with padding, without line breaks or stray bits.
KEYID_FORM | - | sender | formats §1 [DESIGN]
keyid 不是 64 位小写十六进制。 || keyid 为公钥 DER 编码（SubjectPublicKeyInfo）的 SHA-256。
The keyid is not 64 lower-case hex digits. || A keyid is the SHA-256 of the key's DER SubjectPublicKeyInfo.
KEYID_TWICE | - | sender | formats §1 [DESIGN]
同一密钥在一个信封中签名两次。 || 每个签署单位使用各自的密钥，各签一次。
One key signs twice in the envelope. || Each signer signs once, with a key of its own.
SUITE_UNKNOWN | - | sender | formats §1 [DESIGN]
签名算法套件不在支持之列。 || 改用所列套件之一。
The signature suite is not supported. || Use one of the suites listed.
KEY_INVALID | - | sender | formats §1, §5 [DESIGN]
公钥无效：编码不是规定的 DER 形式，或该点不在曲线上、阶过小、编码不规范。 || 按规定编码导出公钥（具名曲线、未压缩点），或重新生成密钥。
The public key is invalid: not the required DER encoding, or a point off the curve, of small order or not canonical. || Export the key in the required encoding (named curve, uncompressed point) or generate a new one.
SIGNATURE_FORM | - | sender | formats §1 [DESIGN]
签名的长度或取值范围不符合该套件；P-256 签名的 s 应取较小的一半。 || P-256：输出 64 字节 r‖s，s 大于 (n−1)/2 时以 n−s 代替；其他套件请核对长度。
The signature's length or range does not fit its suite; for P-256, s must lie in the lower half. || P-256: send 64 bytes r‖s, replacing s by n−s when it exceeds (n−1)/2; for other suites check the length.
SIGNATURE_WRONG | - | sender | formats §1 [DESIGN]
签名验证不通过：不是该密钥对这些字节的签名。 || 对 PAE（含 payloadType 与报文原始字节）签名，签名后不得再改动或重新格式化报文。
The signature does not verify: it is not one by this key over these bytes. || Sign the PAE of payload type and exact body bytes, and do not reformat the body afterwards.
POSSESSION_WRONG | - | sender | formats §5 [DESIGN]
密钥持有证明不成立：不是新密钥为本单位、本账本作出的签名。 || 用待登记的密钥，对本账本标识、本单位统一社会信用代码、套件与公钥重新生成持有证明。
The proof of possession does not hold: it is not the new key's signature for this party and this log. || Make it again with the key to be registered, over this log's identity, the party's USCC, the suite and the key.
KEY_FILE | - | sender | RFC 5958 [DESIGN]
密钥文件无法使用：文件不可读写、不是加密的 PKCS#8 私钥，或口令不正确。 || 请核对路径、权限与口令。
The key file cannot be used: not accessible, not an encrypted PKCS#8 private key, or the passphrase is wrong. || Check path, permissions and passphrase.
TOKEN_URI | - | sender | RFC 7512 [DESIGN]
令牌密钥的地址不对。 || 地址里写明令牌名、密钥名和厂商程序的路径，写法见 docs/office.md；令牌口令不写在地址里。
The URI of a token's key is wrong. || Write pkcs11:token=<label>;object=<label>?module-path=<the maker's module>; no PIN belongs in it.
TOKEN | - | sender | OASIS PKCS#11 v3.1 [DESIGN]
令牌或者其中的密钥无法使用。 || 核对令牌是否插好、厂商程序的路径、令牌名、密钥名和令牌口令；口令连续输错会锁住令牌。
The token or its key cannot be used. || Check that it is plugged in, the path of the module, the labels of token and key, and the PIN; wrong PINs lock a token.
KEY_FILE_EXISTS | - | sender | design §3 [DESIGN]
密钥文件已存在，不予覆盖。 || 换一个文件名；旧密钥确实不用时，先吊销再由本人移走文件。
The key file exists and is never overwritten. || Choose another name; revoke an old key before moving its file away yourself.
COMMIT_FIELD | - | sender | formats §7 [DESIGN]
个人信息承诺的字段名不符合规定。 || 字段名由小写字母、下划线组成，以“.”分段，如 driver.phone。
The name of a committed field is not of the required form. || Use lower-case letters and underscores, in parts joined by dots, such as driver.phone.
COMMIT_SALT | - | sender | formats §7 [DESIGN]
个人信息承诺的盐值不合格：应为 32 字节随机数。 || 每项承诺都用安全随机数生成新的 32 字节盐值，不得重复使用。
The salt of a commitment is unfit: it must be 32 random bytes. || Draw 32 new bytes from a secure random source for every commitment; never reuse them.
COMMIT_VALUE | - | sender | formats §7 [DESIGN]
个人信息的内容不是 NFC 规范化的 UTF-8 文本。 || 先对内容作 NFC 规范化，再计算承诺。
The committed value is not UTF-8 text in NFC. || Normalise the value to NFC before committing to it.
""")
RULES = table(*_TEXTS)
