"""Texts of what is found of a book; what is wrong with a spreadsheet as such, the intake says (:mod:`liandan.intake.rulebook`)."""

from signing.refusal import table, texts

RULES = table(
    *texts("""
BOOK_MONTH | R-92 | sender | HJ 1259 7.2; docs/books.md [DESIGN]
不是这个月的台账。 || 核对月份：另一个月的内容另交一份；日期写错的，改正。
It is not of this month. || See which month it is: bring what is of another month as a book of its own, or correct the day.

BOOK_MONTH:WHICH
看不出是哪个月的台账。 || 用 --month 2026-11 写明月份。
Nothing says of which month it is. || Name the month: --month 2026-11.

BOOK_HOLDER | - | sender | docs/books.md [DESIGN]
不是这个单位的台账：写的是另一个单位。 || 核对是否交错了文件；改过名的，用登记的名称。
It is not the book of this party: another one is named. || See whether it is the right file; after a change of name write the registered one.

BOOK_EMPTY | - | sender | docs/books.md [DESIGN]
台账里没有一行。 || 核对是否交错了文件；当月没有发生的，不必交。
There is not one row in the book. || See whether it is the right file; of a month in which nothing happened none is needed.

BOOK_WEIGHTS | R-62 | sender | docs/books.md [DESIGN]
毛重减皮重不等于净重，或者毛重小于皮重。 || 按磅单核对三个数。
Gross less tare is not net, or gross is below tare. || Compare the three with the ticket.

BOOK_PERSON | - | sender | docs/personal-data.md [DESIGN]
这一格里有电话或证件号，不能保存。 || 删去；整列都是的，在对照文件里写“不保存”。
The cell holds a telephone or identity number, which is not kept. || Take it out; where the whole column does, map it to drop.

BOOK_MAPPING | - | sender | docs/books.md [DESIGN]
对照文件不对。 || 按 docs/books.md 改正；或者由 liandan book mapping propose 逐列询问后写出。
The mapping file is wrong. || Correct it by docs/books.md, or have one proposed: liandan book mapping propose.

BOOK_MAPPING:FIELD
没有这个字段。 || 写所列字段之一；不要的列写“不保存”。
There is no such field. || Write one of those listed; for a column that is not wanted: drop.

BOOK_MAPPING:LACKS
没有一列对应“{lacks}”。 || 把表里的那一列写进对照文件。
No column is mapped to {lacks}. || Map the column of the table that it is.

BOOK_MAPPING:TWICE
几列对应同一个字段，不知道取哪一列。 || 只留一列，其余写“不保存”。
Several columns are one field, and it is not known which counts. || Keep one, and drop the others.

BOOK_MAPPING:SIDE
不知道每行是移出还是接受。 || 在对照文件里写明“移出”或“接受”，或者写出哪一列是“移出或接受”。
Nothing says whether the rows are out or in. || Write side = "out" or "in", or map the column that says it.

BOOK_MAPPING:NONE
没有保存过这个来源的对照文件。 || 先保存：liandan book mapping put 文件；已有的见 liandan book mapping list。
No mapping of this sender is saved. || Save it first: liandan book mapping put FILE; see liandan book mapping list.

BOOK_KNOWN | - | sender | docs/books.md [DESIGN]
同一份台账已经交过：文件或者每一行都相同。 || 不必再交；要换新版本的，交改过的文件。
The same book is here already: the same file, or the same lines. || Nothing is to be done; a newer version has something that differs.

BOOK_MANY | - | sender | docs/books.md [DESIGN]
保存的台账太多。 || 用 liandan book drop 删去不用的旧版本。
There are too many books. || Drop versions that are not needed: liandan book drop.

READY_FIELD | - | sender | docs/books.md [DESIGN]
导出里没有这一项，账本登记、名录和对照文件里也没有。 || 在对照文件里补上，或者把表里的那一列对应上。
Neither the export nor registry, catalogue or mapping gives this field. || Add it to the mapping, or map the column that has it.

READY_CLOCK | - | sender | docs/books.md [DESIGN]
只有日期，没有时间。 || 导出带时间的，或者在对照文件里写明按几点计。
There is a day and no time. || Export it with the time, or say in the mapping which time stands for it.

READY_UNDERWAY | - | sender | docs/books.md [DESIGN]
导出里没有接受时间：还在途，或者没有导出这一列。 || 办结以后再导出；已办结的，把接受时间那一列对应上。
The export has no time of receipt: it is under way, or the column is lacking. || Export it again when it is over, or map the column.

READY_PARTY | - | sender | docs/books.md [DESIGN]
账本里没有叫这个名称的单位。 || 按登记的名称或代码填写；没有登记的先登记。
No party of the log is called so. || Write its registered name or its code; let it be registered first.

READY_PERMIT | - | sender | docs/books.md [DESIGN]
接受人当天有效、包含这些代码的许可证不是恰好一份。 || 填写许可证编号；没有登记的先登记。
The receiver's permits that were in force on the day and cover the codes are not exactly one. || Give the permit number; have it registered first.

READY_APPROVAL | - | sender | docs/books.md [DESIGN]
跨省转移批准或者其中的一行对不上。 || 填写批准文号；没有登记的先登记决定，废物名称按决定书填写。
The decision, or its line, cannot be told. || Give its number; register the decision first; name the waste as the decision does.

READY_OTHER | - | sender | docs/books.md [DESIGN]
移出人是另一个单位，由它开具。 || 由移出人用它自己的导出办理；接受确认照常由您签。
The generator is another party, who issues it. || Let the generator do so from its own export; the receipt is yours as always.

READY_SEVERAL | - | sender | docs/books.md [DESIGN]
同一编号的各行不是同一份联单，或者行数太多。 || 核对编号、接受人和起运时间。
The rows of one number are not of one manifest, or too many. || Compare number, receiver and departure.

BOOK_READER | - | sender | docs/books.md [DESIGN]
不能读取或交存这个单位的台账。 || 由该单位自己交；主管部门只能读取辖区内单位的台账，并只能代交国家平台的导出。
You may neither read nor bring books of this party. || Let the party bring it; an authority reads those of its region, and brings exports of the national platform alone.

BOOK_READER:BROUGHT
这一本是主管部门代交的国家平台导出，本单位不能替换或者删去。 || 本单位自己的导出用另一个来源名称交；代交的有错的，请该主管部门更换或者删去。
An authority brought this export of the national platform: its holder neither replaces nor drops it. || Bring your own export under another sender's name; ask the authority to replace or drop what is wrong in its own.
""")
)
