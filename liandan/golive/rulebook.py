"""Texts of what is found in a file of go-live; where the fields of an act are wrong, the log's own texts speak."""

from signing.refusal import table, texts

RULES = table(
    *texts("""
GOLIVE_FILE | - | sender | docs/golive.md [DESIGN]
文件不是模板那样的工作簿或 UTF-8 的 CSV，或者过大、已损坏。 || 用 liandan golive template 取得模板，填好后存为工作簿，或另存为“CSV UTF-8”。
The file is no XLSX or UTF-8 CSV as the template has it, or too large, or damaged. || Take the template of liandan golive template, fill it and save it as .xlsx, or as CSV UTF-8.

GOLIVE_SHEET | - | sender | docs/golive.md [DESIGN]
没有这样的表。 || 表名只用模板中的；其他内容请移到别的文件。
There is no such sheet. || Use the sheets of the template alone; keep other things in another file.

GOLIVE_COLUMN | - | sender | docs/golive.md [DESIGN]
表头与模板不符。 || 第一行的列名照模板写，每列一次；不认识的列请删去。
The heads of the columns are not those of the template. || Write the first row as the template has it, each column once, and remove others.

GOLIVE_EMPTY | - | sender | docs/golive.md [DESIGN]
必填的格没有填。 || 填上；整行不需要的请删除整行。
A cell that must be filled is empty. || Fill it, or delete the whole row.

GOLIVE_CELL | - | sender | docs/golive.md [DESIGN]
格中的内容不是应有的类型。 || 把该列设为文本后重新填写；日期写成 2026-12-31，不带时间。
The cell is not of the type that is wanted. || Set the column to text and write it again; days as 2026-12-31, without a time.

GOLIVE_FORMULA | - | sender | docs/golive.md [DESIGN]
格中是公式，或者像公式：这里不计算任何公式。 || 复制后“粘贴为值”，或者直接写上内容。
The cell holds a formula or what looks like one; none is computed here. || Paste it as a value, or write what it should say.

GOLIVE_WORD | - | sender | docs/golive.md [DESIGN]
格中的词不在可选的范围内。 || 从“应为”中选一个，照写。
The word in the cell is none of those that may stand there. || Choose one of those expected, as it is written.

GOLIVE_TWICE | - | sender | docs/golive.md [DESIGN]
同一内容在文件中出现了两次。 || 只保留一行；密钥各单位各用各的。
The same stands twice in the file. || Keep one of the rows; every party has keys of its own.

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
