"""Texts of what is found in a spreadsheet; where the fields of an act are wrong, the log's own texts speak."""

from signing.refusal import table, texts

RULES = table(
    *texts("""
INTAKE_FILE | - | sender | docs/intake.md [DESIGN]
文件读不了。 || 在 Excel 或 WPS 中打开，另存为“Excel 工作簿（.xlsx）”再交。
The file cannot be read. || Open it in Excel or WPS, save it as an Excel workbook (.xlsx) and bring that.

INTAKE_FILE:AWAY
文件打不开。 || 核对路径和权限。
The file cannot be opened. || Check its path and permissions.

INTAKE_FILE:EMPTY
文件是空的。 || 核对是否交错了文件。
The file is empty. || Check whether it is the right one.

INTAKE_FILE:LARGE
文件超过 {most}。 || 删去图片、别的表和空白格式，只留要交的表；或者分成几个文件。
The file has more than {most}. || Take out pictures, other sheets and empty formats, or part it into several files.

INTAKE_FILE:BOMB
文件解压后过大（上限 {most}，部件上限 400 个）。 || 在 Excel 或 WPS 中只复制要交的表到新工作簿再交。
Unpacked, the file is too large (at most {most} and 400 parts). || Copy the sheet alone into a new workbook and bring that.

INTAKE_FILE:ROWS
一张表超过 {most} 行。 || 分成几个文件。
A sheet has more than {most} rows. || Part it into several files.

INTAKE_FILE:CELLS
一张表里超过 {most} 个格，多半是整列、整行设了格式。 || 只复制有内容的部分到新工作簿再交。
A sheet has more than {most} cells, most likely by formats of whole rows and columns. || Copy what is filled into a new workbook and bring that.

INTAKE_FILE:SHEETS
工作簿超过 {most} 张表。 || 只留要交的表。
The workbook has more than {most} sheets. || Keep the ones that are to be brought.

INTAKE_FILE:MERGES
合并单元格超过 {most} 处。 || 取消合并，逐行填写。
There are more than {most} merged areas. || Unmerge them and fill each row.

INTAKE_FILE:PASSWORD
文件有打开密码，或者已加密。 || 去掉密码后另存再交；密码不要写在别处。
The file has a password, or is encrypted. || Save it without the password and bring that; write the password nowhere.

INTAKE_FILE:HTML
文件是网页，不是工作簿：有的系统把网页导出成 .xls。 || 在 Excel 或 WPS 中打开，另存为“Excel 工作簿（.xlsx）”，核对代码、编号没有变成数字后再交。
The file is a web page, no workbook: some systems export pages as .xls. || Open it in Excel or WPS, save it as .xlsx, see that codes and numbers are still texts, and bring that.

INTAKE_FILE:XML
文件是 XML（如“XML 电子表格 2003”），不读。 || 在 Excel 或 WPS 中打开，另存为“Excel 工作簿（.xlsx）”再交。
The file is XML, perhaps an XML spreadsheet of 2003, and is not read. || Open it in Excel or WPS, save it as .xlsx and bring that.

INTAKE_FILE:OLD
文件是不读的表格格式。 || 在 Excel 或 WPS 中打开，另存为“Excel 工作簿（.xlsx）”再交。
The file is a spreadsheet of a format that is not read. || Open it in Excel or WPS, save it as .xlsx and bring that.

INTAKE_FILE:OTHER
文件不是表格。 || 交 .xlsx、.xls、.et 或 .csv 的表格；扫描件、文档和图片请作为附件交。
The file is no spreadsheet. || Bring an .xlsx, .xls, .et or .csv; scans, documents and pictures are brought as attachments.

INTAKE_FILE:DAMAGED
文件已损坏，或者不是按格式写成的。 || 在 Excel 或 WPS 中打开，另存为“Excel 工作簿（.xlsx）”再交。
The file is damaged, or not written as its format has it. || Open it in Excel or WPS, save it as .xlsx and bring that.

INTAKE_FILE:TIME
文件在限定时间或内存内没有读完。 || 把要交的表单独复制到新工作簿再交。
The file was not read within its bounds of time and memory. || Copy the sheet alone into a new workbook and bring that.

INTAKE_FILE:CSV
CSV 的引号或换行不成对。 || 在 Excel 或 WPS 中打开原表，另存为“CSV UTF-8”或 .xlsx 再交。
Quotes or line ends of the CSV do not match. || Open the table in Excel or WPS, save it as CSV UTF-8 or .xlsx and bring that.

INTAKE_FILE:ENCODING
CSV 的编码认不出来，或者有损坏的字符。 || 在 Excel 或 WPS 中打开原表，另存为“CSV UTF-8”或 .xlsx 再交。
The encoding of the CSV cannot be told, or characters are damaged. || Open the table in Excel or WPS, save it as CSV UTF-8 or .xlsx and bring that.

INTAKE_FILE:NO_TABLE
文件里没有要交的表。 || 表头照模板写（liandan intake --template）；可识别的表：{sheets}。
There is no table in the file that is asked for. || Write the heads as the template has them (liandan intake --template); sheets that are known: {sheets}.

INTAKE_FILE:TWICE
同一个文件交了两次：与 {other} 逐字节相同。 || 只交一次；要交的是另一份的，核对文件。
The same file was brought twice: its bytes are those of {other}. || Bring it once; if another one was meant, check the file.

INTAKE_FILE:SAME
与 {other} 的内容相同。 || 只交一份；要交的是另一份的，核对文件。
Its rows are those of {other}. || Bring one of them; if another one was meant, check the file.

INTAKE_FILE:CUT
最后一行没写完，文件像是被截断了。 || 重新导出或重新复制，完整地交来。
The last row ends in its midst: the file seems to be cut off. || Export or copy it anew and bring all of it.

INTAKE_SHEET | - | sender | docs/intake.md [DESIGN]
这张表的表头认不出来。 || 表头照模板写；不交的表请删去，或改名为“说明”。
The heads of this sheet are not known. || Write them as the template has them; take out sheets that are not meant, or call them 说明.

INTAKE_SHEET:SECOND
文件里不止一张这样的表：“{other}”已经读了，这一张不知道算不算。 || 只留要交的一张；都要交的，并成一张或者分成几个文件。
There is more than one such sheet in the file: {other} was read, and it is not known whether this one counts. || Keep the one that is meant; make one of them, or bring them as several files.

INTAKE_SHEET:STACKED
同一张表里，小标题下面又有一个表：上下两个表是不是同一份，不知道。 || 只留一个表；是两份的，分成两个文件。
Below a heading within the sheet stands a second table, and it is not known whether both are one. || Keep one; bring two of them as two files.

INTAKE_COLUMN | - | sender | docs/intake.md [DESIGN]
表的列与要求不符。 || 核对这一列；多出来的内容移到别处。
The columns are not as they should be. || Check this column; put what is too much elsewhere.

INTAKE_COLUMN:ABSENT
没有“{head}”一列。 || 补上这一列，列名照模板写。
There is no column {head}. || Add it, headed as in the template.

INTAKE_COLUMN:NEAR
列名“{found}”认不出来，像是“{near}”。 || 是的，改成“{near}”；不是的，改一个不相近的列名。
The head {found} is not known; it looks like {near}. || Call it {near} if it is; else give it a name that resembles none.

INTAKE_COLUMN:TWICE
“{head}”有不止一列。 || 只留一列；都要留的，给另一列别的名称。
There is more than one column {head}. || Keep one, or give the other another head.

INTAKE_COLUMN:NONE
这一格在没有列名的列里。 || 多余的删去；CSV 里常是数量中的逗号没有加引号，核对这一行各列是否错位。
The cell stands in a column without a head. || Delete what is too much; in a CSV a comma within a number often has no quotes: see whether the cells of this row have moved.

INTAKE_EMPTY | - | sender | docs/intake.md [DESIGN]
必填的格没有填。 || 填上；整行不需要的请删除整行。与上一行相同的也要写出来。
A cell that must be filled is empty. || Fill it, or delete the whole row. Write it out where it is the same as above.

INTAKE_CELL | - | sender | docs/intake.md [DESIGN]
格中的内容不是应有的类型。 || 把该列设为文本后重新填写。
The cell is not of the type that is wanted. || Set the column to text and write it again.

INTAKE_CELL:ERROR
格中是错误值。 || 改正公式或直接写上内容。
The cell holds an error value. || Correct the formula, or write what it should say.

INTAKE_CELL:TEXT
这一格应是文本，却是数字、日期或时间。 || 把该列设为文本后重新填写。
The cell should be a text and is a number, a day or a time. || Set the column to text and write it again.

INTAKE_CELL:USCC
统一社会信用代码按数字存放，后面几位已经丢失，补不回来。 || 把该列设为文本，按营业执照重新填写 18 位代码。
The USCC was stored as a number: its last digits are gone and cannot be brought back. || Set the column to text and write the 18 characters anew from the business licence.

INTAKE_CELL:LONG
这一格太长，应不超过 {most} 个字符。 || 只写这一列要的内容。
The cell is too long: at most {most} characters are wanted. || Write what this column asks for, and nothing else.

INTAKE_CELL:ROUNDED
编号按数字存放，超过 15 位的数字已经丢失，或者不是整数。 || 把该列设为文本，按原件重新填写。
The number of a document was stored as a number: digits behind the fifteenth are gone, or it is no whole one. || Set the column to text and write it anew from the document.

INTAKE_FORMULA | - | sender | docs/intake.md [DESIGN]
格中是公式，看不到它怎样算出：旧格式（.xls、.et）的公式不取。 || 复制后“粘贴为值”，或者另存为 .xlsx。
The cell holds a formula that the old format does not show. || Paste it as a value, or save the file as .xlsx.

INTAKE_FORMULA:EMPTY
格中是公式，文件里没有存它的结果：这里不计算任何公式。 || 在 Excel 或 WPS 中打开、保存后再交，或者“粘贴为值”。
The cell holds a formula without a stored result; none is computed here. || Open and save it in Excel or WPS, or paste it as a value.

INTAKE_FORMULA:UNSTEADY
格中的公式随日期、随机数或别的文件变化，存的结果靠不住。 || “粘贴为值”后再交。
The formula depends on the day, on chance or on another file. || Paste it as a value.

INTAKE_FORMULA:LIKE
格中的文本像公式（以 = + - @ 开头）。 || 去掉开头的符号；是公式的，“粘贴为值”。
The text looks like a formula: it begins with = + - or @. || Take that away, or paste the formula as a value.

INTAKE_WORD | - | sender | docs/intake.md [DESIGN]
格中的词不在可选的范围内。 || 从“应为”中选一个，照写。
The word in the cell is none of those that may stand there. || Choose one of those expected, as it is written.

INTAKE_WORD:PROVINCE
认不出这个省。 || 写省级名称全称或两位代码；几个的用顿号隔开。
The province is not known. || Write its whole name or its two digits.

INTAKE_NUMBER | - | sender | docs/intake.md [DESIGN]
格中不是一个明确的数量。 || 只写一个数，如 1200.5；不写“约”“以内”、范围或科学计数。
The cell is no single definite quantity. || Write one number, like 1200.5; no about, no range, no exponent.

INTAKE_NUMBER:DECIMALS
换算成吨后超过 6 位小数（不足 1 克）。 || 写到克为止。
In tonnes it has more than 6 decimals, which is below a gram. || Write no less than a gram.

INTAKE_NUMBER:DAY
这一格是日期，应为数量。 || 把单元格格式改为数字，核对后重新填写。
The cell is a day and should be a quantity. || Set its format to number and write it again.

INTAKE_NUMBER:WHOLE
应为整数。 || 只写整数。
A whole number is wanted. || Write one.

INTAKE_NUMBER:WORKDAYS
条件按自然日计，不按工作日。 || 换算成自然日天数再填。
These conditions count calendar days, no working days. || Write calendar days.

INTAKE_UNIT | - | sender | docs/intake.md [DESIGN]
数量的单位不明确。 || 在列名里写明单位，如“年度额度（吨）”。
The unit of the quantity is not clear. || Name it in the head: 年度额度（吨）.

INTAKE_UNIT:NONE
这一列的数量没有单位：列名、表上方和格中都没有。 || 在列名里写明，如“年度额度（吨）”。
The quantities of this column have no unit: neither head, title nor cell names one. || Name it in the head: 年度额度（吨）.

INTAKE_UNIT:BESIDE
列名里的单位与这一行的计量单位不一致。 || 改成一致。
The unit of the head is not that of the row. || Make them the same.

INTAKE_UNIT:PIECES
计量单位是件数，没有对应的重量。 || 写出以吨计的重量：填“折合重量（吨）”一列，或者在格中写明，如“0.85吨”。
The unit is pieces, and nothing says how much they weigh. || Say the tonnes: in a column 折合重量（吨）, or in the cell, like 0.85吨.

INTAKE_UNIT:FORMAT
单元格格式显示的与格中的数不同（缩放、百分号、条件或别的文字），看到的和存的不是一回事。 || 格式改为“常规”，按吨写出数量。
The cell's format shows another number than the cell holds: scaled, in per cent, by a condition, or with other words. || Set the format to General and write the tonnes.

INTAKE_UNIT:TITLE
列名里的单位与表上方写的单位不一致。 || 改成一致。
The unit of the head is not that of the title. || Make them the same.

INTAKE_UNIT:DIFFER
同一数量的两列不一致。 || 改正其中一列，或删去一列。
Two columns of one quantity do not agree. || Correct one, or delete it.

INTAKE_DAY | - | sender | docs/intake.md [DESIGN]
认不出日期。 || 写成 2026-12-31。
The day is not clear. || Write it like 2026-12-31.

INTAKE_DAY:TIME
日期带有时间。 || 只写日期，如 2026-12-31。
The day has a time beside it. || Write the day alone, like 2026-12-31.

INTAKE_DAY:NUMBER
这是一个数，不知道是哪一天：日期序号在 CSV 里没有起点，1900 年 3 月以前的也不可靠。 || 写成 2026-12-31。
This is a number and no day: in a CSV day numbers have no beginning, and before March 1900 they are not reliable. || Write it like 2026-12-31.

INTAKE_DAY:EITHER
日、月都可能：这一天有两种读法。 || 写成年-月-日，如 2026-12-31。
Day and month could be either way round. || Write year-month-day, like 2026-12-31.

INTAKE_DAY:NONE
没有这一天。 || 核对年、月、日。
There is no such day. || Check year, month and day.

INTAKE_DAY:CLOCK
认不出时间。 || 写成 14:05。
The time is not clear. || Write it like 14:05.

INTAKE_CODE | - | sender | docs/intake.md [DESIGN]
认不出废物代码。 || 写成 900-052-31；几个的用顿号隔开；整个类别写“全部代码”。
The waste code is not clear. || Write it like 900-052-31, several with commas; for a whole category 全部代码.

INTAKE_CODE:CATEGORY
认不出废物类别。 || 写成 HW31；一行一个类别。
The category is not clear. || Write it like HW31, one in each row.

INTAKE_CODE:CATEGORIES
一格里有几个类别。 || 每个类别一行，各写各的额度。
There are several categories in one cell. || Make a row of each, with a quota of its own.

INTAKE_CODE:LOST
代码缺了位数，补零或加横线以后名录里也没有。 || 按名录核对，写成 900-052-31。
The code lacks digits, and with zeros and hyphens it stands in no catalogue. || Compare the catalogue and write it like 900-052-31.

INTAKE_CODE:NUMBER
代码按数字存放，位数不对。 || 把该列设为文本，写成 900-052-31。
The code was stored as a number that has not its digits. || Set the column to text and write it like 900-052-31.

INTAKE_CODE:LIMITED
代码旁边有“除”“仅”“不”“限”这样的字，可能不是整个代码。 || 只写代码；限制写进“其他条件”。
Beside the code stand words by which not all of it may be meant. || Write the code alone, and what limits it into 其他条件.

INTAKE_CODE:MIXED
一行里的代码属于不同类别。 || 每个类别一行，各写各的额度。
The codes of one row are of several categories. || Make a row of each, with a quota of its own.

INTAKE_CODE:ONE
一行台账只有一个废物代码。 || 每个代码一行，各写各的数量。
A row of a book is of one code. || Make a row of each code, with its own quantity.

INTAKE_CODE:SCOPE
“范围”与代码一格所写的不一致。 || 核对后只留一种说法。
The scope and the cell of codes do not agree. || Keep one of them.

INTAKE_METHOD | - | sender | docs/intake.md [DESIGN]
认不出利用处置方式。 || 写方式代码，如 R4、R5；不写范围，不只写“利用”“处置”。
The method is not clear. || Write codes of methods, like R4, R5; no range, not 利用 alone.

INTAKE_HIDDEN | - | sender | docs/intake.md [DESIGN]
有隐藏的内容，不知道是不是要交的。 || 取消隐藏；不交的删除。
Something is hidden, and it is not known whether it is meant. || Show it, or delete it.

INTAKE_HIDDEN:ROW
这一行是隐藏的（或被筛选掉），不知道是不是要交的。 || 取消隐藏或筛选；不交的删除整行。
The row is hidden or filtered away, and it is not known whether it is meant. || Show it, or delete the row.

INTAKE_HIDDEN:COLUMN
这一列是隐藏的，里面的内容纸面上看不到。 || 取消隐藏，核对后再交。
The column is hidden: on paper nobody sees it. || Show it and look at it.

INTAKE_HIDDEN:SHEET
这张表是隐藏的，表头却是要交的表。 || 取消隐藏；不交的删除。
The sheet is hidden and has the heads of one that is asked for. || Show it, or delete it.

INTAKE_HIDDEN:CELL
这一格的内容看不见（白底白字，或者隐藏内容的格式），不知道算不算。 || 要的改成看得见的，不要的删除。
What the cell holds is not seen: white on white, or hidden by its format. || Make it visible, or delete it.

INTAKE_STRUCK | - | sender | docs/intake.md [DESIGN]
有划去的内容。 || 确定不要的删除，要的去掉删除线。
Something is struck through. || Delete it, or take the line away.

INTAKE_STRUCK:ROW
整行划去了，不知道还算不算。 || 不要的删除整行，要的去掉删除线。
The whole row is struck through. || Delete the row, or take the line away.

INTAKE_STRUCK:CELL
这一格划去了。 || 写上改后的内容，或者去掉删除线。
The cell is struck through. || Write what it should say, or take the line away.

INTAKE_STRUCK:PART
这一格划去了一部分。 || 只留要的内容。
A part of the cell is struck through. || Leave what is meant.

INTAKE_MERGED | - | sender | docs/intake.md [DESIGN]
合并单元格的意思不明确。 || 取消合并，逐行填写。
What the merged cells mean is not clear. || Unmerge them and fill each row.

INTAKE_MERGED:COLUMNS
合并单元格跨了不同的列。 || 取消合并，各列分别填写。
The merged cells lie over different columns. || Unmerge them and fill each column.

INTAKE_MERGED:COVERED
合并单元格下面还盖着别的内容，表面上看不到。 || 取消合并，删去不要的内容。
Under the merged cells lies something else that nobody sees. || Unmerge them and delete what is not meant.

INTAKE_MERGED:SHARED
几行合用一个数量：是共用还是各有这么多，不知道。 || 取消合并，给每一行写自己的数量；合用一个额度的并成一行（几个代码写在一格）。
Several rows share one quantity: each so much, or all together? || Unmerge it and give each row its own; make rows that share a quota one row with several codes.

INTAKE_TOTAL | - | sender | docs/intake.md [DESIGN]
合计与各行之和不符。 || 核对各行数量和合计；以哪个为准，由您定。
The total is not the sum of its rows. || Compare rows and total, and decide which is right.

INTAKE_TOTAL:ROWS
表末写的行数与读到的行数不符，文件可能不全。 || 重新导出；有删改的，改正行数。
The number of rows below the table is not that of the rows: the file may lack some. || Export it anew, or correct the number.

INTAKE_PERMIT | - | sender | docs/intake.md [DESIGN]
许可证对不上。 || 核对接受单位和许可证编号。
The permit cannot be found. || Check receiver and permit number.

INTAKE_PERMIT:NONE
{receiver} 名下没有编号为“{no}”的许可证；登记在账本的有：{known}。 || 按登记的编号填写；换证的填新证；还没有登记的，请发证机关先登记。
{receiver} has no permit numbered {no}; on the log are: {known}. || Write the number as it is registered, after a renewal the new one; if it is not registered yet, let its authority do so first.

INTAKE_PERMIT:SEVERAL
编号“{no}”不止一份：{known}。 || 在“许可证标识”一列填写其中一份。
There is more than one permit numbered {no}: {known}. || Name one of them in 许可证标识.

INTAKE_PERMIT:OFFLINE
没有连接账本，编号“{no}”是哪一份许可证不知道。 || 加 --url 连接账本再核对，或者填写“许可证标识”（permit/…）。
Without the log nobody knows which permit {no} is. || Connect with --url, or fill 许可证标识 (permit/…).

INTAKE_NAME | - | sender | docs/intake.md [DESIGN]
单位名称与代码登记的名称不符。 || 核对是代码错了还是名称错了；改名的写新名称。
The name is not that which is registered for the code. || See which of the two is wrong; write the new name after a change.

INTAKE_TWICE | - | sender | docs/intake.md [DESIGN]
同一内容在文件中出现了两次。 || 只保留一行；密钥各单位各用各的。
The same stands twice in the file. || Keep one of the rows; every party has keys of its own.

INTAKE_ACCOUNT | - | sender | docs/intake.md [DESIGN]
期初用量对应的额度找不到。 || 核对额度种类、编号、单位代码和行号。
The account of the opening balance cannot be found. || Check kind, number, USCC and row.

INTAKE_ACCOUNT:OFFLINE
没有连接账本，不知道“{no}”是哪一份。 || 加 --url 连接账本再核对，或者填写标识（list/…、approval/…、permit/…）。
Without the log nobody knows which one {no} is. || Connect with --url, or write its chain: list/…, approval/…, permit/….

INTAKE_ACCOUNT:NONE
账本中没有“{no}”。 || 核对编号和单位代码；还没有登记的先登记（申请、决定、许可证、名单），再填期初用量。
The log has no {no}. || Check number and USCC; what is not registered is registered first.

INTAKE_ACCOUNT:SEVERAL
“{no}”不止一份：{known}。 || 填写单位代码；仍不止一份的，编号一栏改填标识（approval/…、permit/…）。
There is more than one {no}: {known}. || Give the USCC, or write the chain itself.

INTAKE_ACCOUNT:ROW
行号不对：{known}。 || 决定、名单从 1 数起填写行号；许可证不填。
The row is wrong: {known}. || Decisions and lists name a row, counted from 1; permits none.

INTAKE_LATER | - | sender | docs/intake.md [DESIGN]
截至日期在将来。 || 期初用量截至今天或以前的某一天。
The day is to come. || An opening balance is of today or before.
""")
)
