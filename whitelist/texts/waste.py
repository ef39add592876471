"""Texts of wastes, quantities and what part 1 of the form asks."""

from __future__ import annotations

from signing.refusal import texts

TEXTS = texts("""
CODE_CATEGORY | R-06 | generator | 国家危险废物名录 Art. 5(3) [READ S5]
废物代码格式不对，或与废物类别不一致。 || 填写“NNN-NNN-类别号”的八位代码，末两位应与 HW 类别号相同。
The waste code is malformed or does not belong to the category. || Use NNN-NNN-CC with CC the number of the category.

CODE_UNKNOWN | R-07 | generator | 国家危险废物名录 Art. 6 [READ S5]
废物代码不在现行名录中。 || 核对代码；确无对应代码的，先做危险废物鉴别。
The code is not in the catalogue in force. || Check it; if none fits, have the waste identified first.

IDENT_MISSING | R-07 | generator | 国家危险废物名录 Art. 6 [READ S5]
使用 900-000-×× 代码但没有填写鉴别报告。 || 填写危险废物鉴别报告的编号；能归入已有代码的，改用已有代码。
A 900-000 code needs the reference of its identification report. || Give the report, or use an existing code if one fits.

HAZARD | R-08 | generator | 国家危险废物名录 annex note 1 [READ S5]
危险特性与名录不符。 || 按名录填写：“，”表示必有第一项，“/”表示具有其中一项或多项。
The hazards are not those of the catalogue. || “，” means the first and perhaps others, “/” one or more of them.

EDITION_STANDIN | R-07, R-08 | operator | law, corrections [DESIGN]; 名录 2025 部令第36号 [READ S17]
与 2021 年版名录不一致；2025 年版名录表尚未载入，暂以 2021 年版代替判定。 || 按 2025 年版名录核对废物代码和危险特性；载入新版后以新版为准。
It differs from the 2021 catalogue, which stands in until the official 2025 table is loaded. || Compare code and hazards with the 2025 edition.

FORM_PACK | R-10 | generator | Order 23 Art. 18 [READ]; combinations [DESIGN]
形态或包装方式不对，或两者不能搭配。 || 形态填 S、SS、L 或 G，包装填 bag、drum、tank、box 或 other；液态不得袋装，包装数量至少为 1。
Form and packing are wrong or do not go together. || Choose from the lists; no liquid in bags; at least one pack.

LINES | R-11 | sender | design §2 [DESIGN]
废物行数不在允许范围内。 || 联单为 1 至 16 行，申请为 1 至 64 行；更多的请分开办理。
The number of lines is out of range. || A manifest has 1 to 16 lines, an application 1 to 64; split what is more.

METHOD | R-11 | sender | HJ 1033 附录F by law §5.6 [READ S25a, S25b]
利用处置方式代码不存在。 || 填写利用处置方式代码，例如 R4、D10、C1。
The code of use or disposal does not exist. || Use a code such as R4, D10 or C1.

EXEMPTION_ITEM | R-22 | generator | 危险废物豁免管理清单 2021 [READ S5]
所填豁免清单序号不存在，或不适用于该废物代码。 || 核对豁免管理清单；豁免只免除相应环节，不免除联单和跨省审批。
The exemption item does not exist or does not name this code. || Check the list; an item waives one link, never manifest or approval.

EXEMPT_COLLECTION | - | nobody | 危险废物豁免管理清单 2021 [READ S5]
移出人声明收集环节豁免。 || 保留满足豁免条件的证据。
The generator attests that collection is exempt. || Keep the evidence that the condition is met.

EXEMPT_TRANSPORT | - | nobody | 危险废物豁免管理清单 2021 [READ S5]
移出人声明运输环节豁免：不按危险废物进行运输。 || 保留满足豁免条件的证据，例如未破损、防雨、防渗漏、防遗撒。
The generator attests that transport is exempt. || Keep the evidence that the condition is met.

EXEMPT_USE | - | nobody | 危险废物豁免管理清单 2021 [READ S5]
移出人声明利用环节豁免：利用过程不按危险废物管理。 || 保留满足豁免条件的证据。
The generator attests that use is exempt. || Keep the evidence that the condition is met.

EXEMPT_DISPOSAL | - | nobody | 危险废物豁免管理清单 2021 [READ S5]
移出人声明处置环节豁免：处置过程不按危险废物管理。 || 保留满足豁免条件的证据。
The generator attests that disposal is exempt. || Keep the evidence that the condition is met.

PROVISIONAL_CALENDAR | R-42 | operator | 行政许可法 Art. 82 [READ T2]; flag [DESIGN]
期限跨入尚无放假通知的年份，工作日为暂算。 || 国务院办公厅通知发布后采用新的工作日历，期限随之重算。
The term runs into a year without its official notice; the count is provisional. || Adopt the calendar once the notice is out.
""")
