"""R-05, R-12, R-13 and the places: who sends what to whom, from where to where, and by what."""

from __future__ import annotations

from ledger.findings import Findings
from signing.refusal import texts
from signing.uscc import check_uscc
from whitelist.checked import INTRA, Checked
from whitelist.divisions import judge_division

CONSIGNORS = ("generator", "receiver")
MODES = ("road", "rail", "water", "pipeline", "other")


def parties_are_real(checked: Checked, out: Findings) -> None:
    """R-05: Parties are named by a USCC with a correct check character. GB 32100-2015 [RECALL], formats §1."""
    for field, uscc in (("generator", checked.transfer.generator), ("receiver", checked.transfer.receiver)):
        if not check_uscc(uscc):
            out.refuse("USCC", field, uscc, "18 characters, GB 32100 check character")


def consignor_is_a_side(checked: Checked, out: Findings) -> None:
    """R-12: The consignor (托运人) is the generator or the receiver, never a third party. Order 23 Art. 31(5) [READ]."""
    if checked.transfer.consignor not in CONSIGNORS:
        out.refuse("CONSIGNOR", "consignor", checked.transfer.consignor, " / ".join(CONSIGNORS))


def mode_is_on_land(checked: Checked, out: Findings) -> None:
    """R-13: Transfers at sea are outside the manifest system. Order 23 Art. 2 [READ]; list of modes [DESIGN]."""
    mode = checked.transfer.mode
    if mode == "sea":
        out.refuse("SEA", "mode", mode, " / ".join(MODES))
    elif mode not in MODES:
        out.refuse("MODE", "mode", mode, " / ".join(MODES))


def places_exist(checked: Checked, out: Findings) -> None:
    """Origin and destination are divisions that exist; a transfer inside a province that is not the generator's own is ALERT M.

    The alert is there because the stated origin decides whether an approval is needed at all. GB/T 2260 [READ S34], alert [DESIGN].
    """
    transfer = checked.transfer
    for field, code in (("origin", transfer.origin), ("destination", transfer.destination)):
        judge_division(out, field, code, checked.divisions, checked.day)
    if checked.route == INTRA and transfer.generator[2:4] != transfer.origin[:2]:
        out.alert("M", "ORIGIN_ELSEWHERE")


TEXTS = texts("""
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

DIVISION_RETIRED | - | sender | 区划调整文件，如 渝府发〔2025〕15号 [READ H16]; alert [DESIGN]
使用了已撤销的行政区划代码。 || 改填行政区划数据中给出的现行代码；统一社会信用代码不变。
The division code was withdrawn. || Use the code in force, which the data of divisions names; a USCC keeps its digits.

ORIGIN_ELSEWHERE | - | origin_authority | [DESIGN]
省内转移的移出地不在移出人登记所在省份。 || 请移出地主管部门核实产生场所：移出地决定是否需要跨省审批。
The origin of a transfer inside a province is not the generator's own province. || Verify the site: the origin decides whether an approval is needed.

SAME_PROVINCE | R-30 | sender | Order 23 Art. 21 [READ]
移出地和接受地在同一省份，不需要跨省审批。 || 省内转移直接开具联单。
Origin and destination lie in one province; no approval between provinces is needed. || Issue the manifest without an approval.
""")
