"""Texts of the national number, parties and places."""

from __future__ import annotations

from whitelist.texts.text import text

TEXTS = (
    text(
        "NO_FORMAT",
        "R-01",
        "Order 23 Art. 15 [READ]",
        "generator",
        zh=("联单编号不是 14 位国家编号。", "填写国家危险废物信息管理系统给出的 14 位编号（年份4位、省2位、市2位、流水号6位）。"),
        en=("The manifest number is not a national 14-digit number.", "Enter the number that the national system issued."),
    ),
    text(
        "NO_ORIGIN",
        "R-02",
        "Order 23 Art. 15 [READ]; Chongqing 00/01/02 [DESIGN]",
        "generator",
        zh=("联单编号第 5 至 8 位与移出地行政区划不符。", "核对联单编号和移出地，两者应属同一设区的市（重庆为 5000、5001 或 5002）。"),
        en=("Digits 5 to 8 are not the division of the origin.", "Compare the number with the place of origin."),
    ),
    text(
        "NO_DUPLICATE",
        "R-03",
        "Order 23 Art. 15 [READ]; formats §3 [DESIGN]",
        "origin_authority",
        zh=("联单编号已被另一份未完结的联单使用。", "改用正确的编号；两家单位同号的，由移出地主管部门核定（number.settle）。"),
        en=(
            "The manifest number is in use on another live manifest.",
            "Use the right number; between two generators the origin's authority settles it.",
        ),
    ),
    text(
        "NO_YEAR",
        "R-04",
        "Order 23 Art. 15 [READ]; level [DESIGN]",
        "generator",
        zh=("联单编号的年份与开具年份不一致。", "核对编号；跨年开具的，向移出地主管部门说明。"),
        en=(
            "The year in the number is not the year of issue.",
            "Check the number; explain it to the authority if it was issued at the turn of the year.",
        ),
    ),
    text(
        "CONSIGNOR",
        "R-12",
        "Order 23 Art. 31(5) [READ]",
        "generator",
        zh=("托运人只能由移出人或者接受人担任。", "将托运人改为移出人或接受人，不得填写中介单位。"),
        en=("Only the generator or the receiver can be the consignor.", "Name one of the two, never a broker."),
    ),
    text(
        "SEA",
        "R-13",
        "Order 23 Art. 2 [READ]",
        "nobody",
        zh=("海洋转移不适用危险废物转移联单。", "按海洋环境保护的规定办理，不使用本系统。"),
        en=("Transfers at sea are outside the manifest system.", "Follow the rules for the sea; this log does not take them."),
    ),
    text(
        "MODE",
        "R-13",
        "design §6 [DESIGN]",
        "sender",
        zh=("运输方式不在允许的取值之内。", "使用 road、rail、water、pipeline 或 other。"),
        en=("The mode of transport is not one of the list.", "Use road, rail, water, pipeline or other."),
    ),
    text(
        "DIVISION",
        "",
        "GB/T 2260 [READ S34]",
        "sender",
        zh=("行政区划代码不存在。", "填写场所所在县（区）的 6 位行政区划代码。"),
        en=("The division code does not exist.", "Enter the 6-digit code of the county of the site."),
    ),
    text(
        "ORIGIN_ELSEWHERE",
        "",
        "[DESIGN]",
        "origin_authority",
        zh=("省内转移的移出地不在移出人登记所在省份。", "请移出地主管部门核实产生场所：移出地决定是否需要跨省审批。"),
        en=(
            "The origin of a transfer inside a province is not the generator's own province.",
            "Verify the site: the origin decides whether an approval is needed.",
        ),
    ),
    text(
        "DATA_NOT_ADOPTED",
        "R-75",
        "formats §5 [DESIGN]",
        "operator",
        zh=("账本尚未采用判定所需的基础数据。", "由运营单位和各主管部门共同采用该数据（data.adopt）。"),
        en=("The log has not adopted the data that this rule reads.", "The operator and all authorities adopt it (data.adopt)."),
    ),
    text(
        "DATA_FORM",
        "R-75",
        "formats §5 [DESIGN]",
        "operator",
        zh=("基础数据文件不符合格式或自检未通过。", "核对文件来源和版本，重新提供；不要使用来历不明的名录表。"),
        en=("A data file is malformed or fails its self-check.", "Check its source and edition; do not use tables of unknown origin."),
    ),
    text(
        "DATE_FORM",
        "",
        "design §2 [DESIGN]",
        "sender",
        zh=("日期应为 YYYY-MM-DD，且真实存在。", "改正日期。"),
        en=("A day must be a real YYYY-MM-DD.", "Correct the day."),
    ),
    text(
        "DATE_ORDER",
        "",
        "[DESIGN]",
        "sender",
        zh=("日期的先后顺序不对。", "核对起止日期；函件日期不得晚于今天。"),
        en=("Days are in the wrong order.", "Check first and last day; a letter is never dated in the future."),
    ),
    text(
        "SAME_PROVINCE",
        "R-30",
        "Order 23 Art. 21 [READ]",
        "sender",
        zh=("移出地和接受地在同一省份，不需要跨省审批。", "省内转移直接开具联单。"),
        en=(
            "Origin and destination lie in one province; no approval between provinces is needed.",
            "Issue the manifest without an approval.",
        ),
    ),
)
