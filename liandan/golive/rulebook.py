"""Texts of what is found of a file of go-live in the log; what is wrong with a spreadsheet, the intake says (:mod:`liandan.intake.rulebook`)."""

from signing.refusal import table, texts

RULES = table(
    *texts("""
GOLIVE_LOST | - | sender | docs/golive.md [DESIGN]
这一行所指的单位或许可证不在文件中，也没有登记。 || 先登记单位；许可项目的代码和许可证编号须与“许可证”表中的一行完全相同。
The party or permit that this row is about is neither in the file nor registered. || Register the party first; an item names code and number of a row of the permits, to the letter.

GOLIVE_REGION | - | sender | formats §3 [DESIGN]
不在本部门的辖区：这把密钥不能登记它。 || 由该单位代码所在地的主管部门登记；行政区划代码填错的，改正。
It is not of your region: this key cannot register it. || Let the authority of its code's region do it, or correct the division.

GOLIVE_DIFFERS | - | sender | docs/golive.md [DESIGN]
已经登记，但与文件不同；本程序不改已登记的内容。 || 核对哪个对：账本要改的，另签 party.amend、key.add 或 permit.amend；文件错的，改文件。
It is registered already, and not as the file has it; nothing registered is changed from here. || See which is right: amend it by party.amend, key.add or permit.amend, or correct the file.
""")
)
