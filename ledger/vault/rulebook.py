"""Texts of what the vault refuses."""

from signing.refusal import table, texts

_TEXTS = texts("""
DISCLOSURE_FORM | - | sender | formats §7 [DESIGN]
随附的个人信息（disclosures）格式不对。 || 每项只含 field、salt（32 字节的 base64）、value 三个字符串，最多 32 项，内容不超过 1024 字节。
The disclosures beside the envelope are malformed. || Give field, salt (base64 of 32 bytes) and value as strings, nothing else; at most 32, values of at most 1024 bytes.
DISCLOSURE_TWICE | - | sender | formats §7 [DESIGN]
同一字段的个人信息随附了两次。 || 每个字段只随附一次。
One field is disclosed twice. || Disclose each field once.
DISCLOSURE_UNKNOWN | - | sender | formats §7 [DESIGN]
随附的个人信息在声明的 commit 中没有对应的承诺值。 || 只随附 body.commit 中列出的字段。
A disclosed field has no commitment in the statement. || Disclose only fields that stand in body.commit.
DISCLOSURE_WRONG | - | sender | formats §7 [DESIGN]
随附的盐值和内容与承诺值不符。 || 用承诺时的同一盐值、同一内容、同一链名和序号重新核对。
Salt and value do not open the commitment. || Compare salt, value, chain and seq with those the commitment was made from.
SALT_SEEN | - | sender | formats §7 [DESIGN]
该盐值已经用过。 || 每项承诺都用新的 32 字节安全随机数，重新计算承诺值并签名。
The salt was used before. || Draw 32 new random bytes for every commitment, commit and sign again.
ERASED_ALREADY | - | nobody | formats §7 [DESIGN]
该项个人信息已经删除过。 || 无需再次删除。
This value was erased before. || Nothing is left to be done.
ERASE_FORBIDDEN | - | operator | formats §7 [DESIGN]
只有运营单位可以登记个人信息的删除。 || 向运营单位提出删除请求，写明声明哈希和字段名。
Only the operator records an erasure. || Ask the operator, naming the statement hash and the field.
""")
RULES = table(*_TEXTS)
