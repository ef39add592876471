"""Texts of the national number, parties and places."""

from __future__ import annotations

from signing.refusal import texts

TEXTS = texts("""
NO_FORMAT | R-01 | generator | Order 23 Art. 15 [READ]
联单编号不是 14 位国家编号。 || 填写国家危险废物信息管理系统给出的 14 位编号（年份4位、省2位、市2位、流水号6位）。
The manifest number is not a national 14-digit number. || Enter the number that the national system issued.

NO_ORIGIN | R-02 | generator | Order 23 Art. 15 [READ]; Chongqing 00/01/02 [DESIGN]
联单编号第 5 至 8 位与移出地行政区划不符。 || 核对联单编号和移出地，两者应属同一设区的市（重庆为 5000、5001 或 5002）。
Digits 5 to 8 are not the division of the origin. || Compare the number with the place of origin.

NO_DUPLICATE | R-03 | origin_authority | Order 23 Art. 15 [READ]; formats §3 [DESIGN]
联单编号已被另一份未完结的联单使用。 || 改用正确的编号；两家单位同号的，由移出地主管部门核定（number.settle）。
The manifest number is in use on another live manifest. || Use the right number; between two generators the origin's authority settles it.

NO_YEAR | R-04 | generator | Order 23 Art. 15 [READ]; level [DESIGN]
联单编号的年份与开具年份不一致。 || 核对编号；跨年开具的，向移出地主管部门说明。
The year in the number is not the year of issue. || Check the number; explain it to the authority if it was issued at the turn of the year.

CONSIGNOR | R-12 | generator | Order 23 Art. 31(5) [READ]
托运人只能由移出人或者接受人担任。 || 将托运人改为移出人或接受人，不得填写中介单位。
Only the generator or the receiver can be the consignor. || Name one of the two, never a broker.

SEA | R-13 | nobody | Order 23 Art. 2 [READ]
海洋转移不适用危险废物转移联单。 || 按海洋环境保护的规定办理，不使用本系统。
Transfers at sea are outside the manifest system. || Follow the rules for the sea; this log does not take them.

MODE | R-13 | sender | design §6 [DESIGN]
运输方式不在允许的取值之内。 || 使用 road、rail、water、pipeline 或 other。
The mode of transport is not one of the list. || Use road, rail, water, pipeline or other.

DIVISION | - | sender | GB/T 2260 [READ S34]
行政区划代码不存在。 || 填写场所所在县（区）的 6 位行政区划代码。
The division code does not exist. || Enter the 6-digit code of the county of the site.

ORIGIN_ELSEWHERE | - | origin_authority | [DESIGN]
省内转移的移出地不在移出人登记所在省份。 || 请移出地主管部门核实产生场所：移出地决定是否需要跨省审批。
The origin of a transfer inside a province is not the generator's own province. || Verify the site: the origin decides whether an approval is needed.

DATA_NOT_ADOPTED | R-75 | operator | formats §5 [DESIGN]
账本尚未采用判定所需的基础数据。 || 由运营单位和各主管部门共同采用该数据（data.adopt）。
The log has not adopted the data that this rule reads. || The operator and all authorities adopt it (data.adopt).

DATA_FORM | R-75 | operator | formats §5 [DESIGN]
基础数据文件不符合格式或自检未通过。 || 核对文件来源和版本，重新提供；不要使用来历不明的名录表。
A data file is malformed or fails its self-check. || Check its source and edition; do not use tables of unknown origin.

SAME_PROVINCE | R-30 | sender | Order 23 Art. 21 [READ]
移出地和接受地在同一省份，不需要跨省审批。 || 省内转移直接开具联单。
Origin and destination lie in one province; no approval between provinces is needed. || Issue the manifest without an approval.
""")
