"""Texts of what the vault refuses."""

from __future__ import annotations

from signing.refusal import Lift, Rule, table


def _rule(code: str, zh: str, en: str, do_zh: str, do_en: str, lift: Lift = "sender") -> Rule:
    return Rule(code=code, zh=zh, en=en, do_zh=do_zh, do_en=do_en, source="formats §7 [DESIGN]", lift=lift)


RULES = table(
    _rule("DISCLOSURE_FORM", "随附的个人信息（disclosures）格式不对。", "The disclosures beside the envelope are malformed.", "每项只含 field、salt（32 字节的 base64）、value 三个字符串，最多 32 项，内容不超过 1024 字节。", "Give field, salt (base64 of 32 bytes) and value as strings, nothing else; at most 32, values of at most 1024 bytes."),
    _rule("DISCLOSURE_TWICE", "同一字段的个人信息随附了两次。", "One field is disclosed twice.", "每个字段只随附一次。", "Disclose each field once."),
    _rule("DISCLOSURE_UNKNOWN", "随附的个人信息在声明的 commit 中没有对应的承诺值。", "A disclosed field has no commitment in the statement.", "只随附 body.commit 中列出的字段。", "Disclose only fields that stand in body.commit."),
    _rule("DISCLOSURE_WRONG", "随附的盐值和内容与承诺值不符。", "Salt and value do not open the commitment.", "用承诺时的同一盐值、同一内容、同一链名和序号重新核对。", "Compare salt, value, chain and seq with those the commitment was made from."),
    _rule("SALT_SEEN", "该盐值已经用过。", "The salt was used before.", "每项承诺都用新的 32 字节安全随机数，重新计算承诺值并签名。", "Draw 32 new random bytes for every commitment, commit and sign again."),
    _rule("ERASED_ALREADY", "该项个人信息已经删除过。", "This value was erased before.", "无需再次删除。", "Nothing is left to be done.", "nobody"),
    _rule("ERASE_FORBIDDEN", "只有运营单位可以登记个人信息的删除。", "Only the operator records an erasure.", "向运营单位提出删除请求，写明声明哈希和字段名。", "Ask the operator, naming the statement hash and the field.", "operator"),
)  # fmt: skip
