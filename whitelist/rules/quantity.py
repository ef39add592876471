"""R-09 to R-11, R-25: how much, in what form and packing, as which dangerous good, and what part 1 of the form must not lack."""

from ledger.fields import is_blank
from ledger.labels import words_of
from ledger.mass import GRAMS_PER_TONNE, tonnes
from ledger.model import Findings
from signing.phrase import Word
from signing.refusal import texts
from whitelist import telling
from whitelist.checked import Checked
from whitelist.fields import group_of
from whitelist.rules.exemption import waived_links
from whitelist.transfer import Packing, Purpose


def form_and_packing_go_together(checked: Checked, out: Findings) -> None:
    """R-10: no liquid in bags; nothing packed is no packs, and only then. Order 23 Art. 18 [READ], combinations [DESIGN]."""
    for path, line in checked.lines:
        if line.form == "L" and line.packing == "bag":
            own: dict[str, Word] = {"waste": f"{line.name} {line.code}", "where": f"{path}.packing"}
            out.refuse("FORM_PACK", f"{path}.packing", "L bag", "drum / tank / box / other", "LIQUID", **own)
        if line.packs == 0 and line.packing != "none":
            own = {"waste": f"{line.name} {line.code}", "packing": _packing(line.packing), "where": f"{path}.packs"}
            out.refuse("FORM_PACK", f"{path}.packs", f"{line.packing} {line.packs}", "≥ 1", "NO_PACKS", **own)
        elif line.packs and line.packing == "none":
            own = {"waste": f"{line.name} {line.code}", "packs": str(line.packs), "where": f"{path}.packs"}
            out.refuse("FORM_PACK", f"{path}.packs", f"{line.packing} {line.packs}", "0", "UNPACKED", **own)


def _packing(code: str) -> Word:
    return f"{words_of(Packing)[code]}（{code}）", code


def purpose_is_of_the_method(checked: Checked, out: Findings) -> None:
    """外运目的, where it is given, is the group of the method."""
    for path, line in checked.lines:
        if line.purpose is not None and line.purpose != group_of(line.method):
            group = group_of(line.method)
            own = {"method": telling.method(line.method), "asked": _purpose(line.purpose), "right": _purpose(group)}
            out.refuse("METHOD", f"{path}.purpose", line.purpose, f"{line.method}: {group}", "PURPOSE", where=f"{path}.purpose", **own)


def _purpose(code: str) -> Word:
    return f"{words_of(Purpose)[code]}（{code}）", code


def part_one_is_whole(checked: Checked, out: Findings) -> None:
    """R-11: what other fields make necessary: measures or precautions, the permit, the decision's lines. Order 23 Art. 10(4), 27 [READ]."""
    transfer = checked.transfer
    if is_blank(transfer.emergency_measures) and not all(line.precautions for line in transfer.lines):
        what = ("突发环境事件的防范措施", "what is done against an emergency")
        how = ("，或者在每一行填写 precautions", ", or give precautions in every line")
        out.refuse("MISSING", "body.emergency_measures", "", "", "WHAT", what=what, where="body.emergency_measures", how=how)
    if transfer.permit is None and not transfer.goes_back:
        what = ("接受人的经营许可证", "the permit of the receiver")
        how = (f"：permit/{transfer.receiver}/…，按接受人查询可得", f": permit/{transfer.receiver}/…, by GET /v1/permits?receiver=…")
        out.refuse("MISSING", "body.permit", "", f"permit/{transfer.receiver}/…", "WHAT", what=what, where="body.permit", how=how)
    for path, line in checked.lines:
        if transfer.approval is not None and line.decision_line is None and not transfer.goes_back:
            what = ("批准行号", "the line of the decision")
            how = ("：批准决定中这种废物所在的行，从 0 起数", ": where this waste stands in the decision, counted from 0")
            out.refuse("MISSING", f"{path}.decision_line", "", "0 …", "WHAT", what=what, where=f"{path}.decision_line", how=how)


def dangerous_goods_are_named(checked: Checked, out: Findings) -> None:
    """R-25: UN number and class, or why the waste is no dangerous good; neither where its transport is exempt. Order 23 Art. 13 [READ]."""
    for path, line in checked.lines:
        if line.dg is not None and line.dg_none is not None:
            out.refuse("DG_DATA", f"{path}.dg_none", line.dg_none, "dg / dg_none", "BOTH", waste=f"{line.name} {line.code}", where=path)
        elif (
            line.dg is None
            and line.dg_none is None
            and "EXEMPT_TRANSPORT" not in waived_links(checked.exemptions, line, in_emergency=checked.emergency_chain is not None)
        ):
            out.refuse("DG_DATA", f"{path}.dg", "", "dg / dg_none", "NONE", waste=f"{line.name} {line.code}", where=path)


def load_fits_a_truck(checked: Checked, out: Findings) -> None:
    """R-24: ALERT H OVERLOAD where one road trip declares more than any truck may carry (``truck_max_t``)."""
    limits = checked.thresholds
    if limits is not None and checked.transfer.mode == "road" and checked.total_g > limits.truck_max_t * GRAMS_PER_TONNE:
        out.alert("H", "OVERLOAD", "DECLARED", total=tonnes(checked.total_g), most=str(limits.truck_max_t))


RULES = (form_and_packing_go_together, purpose_is_of_the_method, part_one_is_whole, dangerous_goods_are_named, load_fits_a_truck)
TEXTS = texts("""
LINES | R-11 | sender | design §2 [DESIGN]
废物行数不在允许范围内。 || 联单为 1 至 16 行，申请为 1 至 64 行；更多的请分开办理。
The number of lines is out of range. || A manifest has 1 to 16 lines, an application 1 to 64; split what is more.

METHOD | R-11 | sender | HJ 1033 附录F by law §5.6 [READ S25a, S25b]
利用处置方式代码不存在、不得用于此处，或与外运目的不符。 || 填写利用处置方式代码，例如 R4、D10、C1；外运目的应与方式同类（R、C2、C3 为利用，S 为贮存，其余为处置）。
The code of use or disposal does not exist, has no place here, or does not fit the purpose. || Use a code such as R4, D10 or C1; R, C2 and C3 are use, S is storage, all others disposal.

METHOD:COLLECTION
收集经营许可证只能收集、贮存（S），这里填写的是 {asked}。 || 把该条的 methods 改为 ["S"]；可以利用处置的，class 改为 permit。
A collection permit only stores (S); here stands {asked}. || Put ["S"] into methods, or permit into class.

METHOD:PURPOSE
外运目的是“{asked}”，而利用处置方式 {method} 属于“{right}”。 || 把 {where} 改为{right}（也可以不填）；方式填错的，改正 method。
The purpose is {asked}, but method {method} is of {right}. || Put {right} into {where}, or leave it out; if the method is wrong, correct method.

FORM_PACK | R-10 | generator | Order 23 Art. 18 [READ]; combinations [DESIGN]
形态或包装方式不对，或两者不能搭配。 || 形态填 S、SS、L 或 G，包装填 bag、drum、tank、box、other 或 none；液态不得袋装；无包装的包装数量为 0，其余至少为 1。
Form and packing are wrong or do not go together. || Choose from the lists; no liquid in bags; no packs with none, else at least one.

FORM_PACK:LIQUID
{waste}是液态（L），不能袋装。 || 实为固态或半固态的，把 form 改为 S（固态）或 SS（半固态）；确是液态的，把 {where} 改为实际的包装：桶 drum、罐 tank、箱 box 或其他 other。
{waste} is liquid (L), which does not go into bags. || If it is solid or semi-solid, put S (solid) or SS (semi-solid) into form; if it is liquid, put the real packing into {where}: drum, tank, box or other.

FORM_PACK:NO_PACKS
{waste}的包装是{packing}，包装数量却是 0。 || 在 {where} 填写件数（至少 1）；没有包装的，把 packing 改为 none。
{waste} is packed as {packing} in 0 packs. || Give their number in {where}, at least 1; if it is not packed, put none into packing.

FORM_PACK:UNPACKED
{waste}填写为无包装（none），包装数量却是 {packs}。 || 把 {where} 改为 0；有包装的，把 packing 改为袋 bag、桶 drum、罐 tank、箱 box 或其他 other。
{waste} is not packed (none), yet there are {packs} packs. || Put 0 into {where}; if it is packed, put bag, drum, tank, box or other into packing.

DG_DATA | R-25 | sender | Order 23 Art. 13 [READ]; form of the fields [DESIGN]
缺少危险货物编号和类别、项别，或填写有误，或与“不属于危险货物”同时填写。 || 编号填四位数字，类别、项别填如 8 或 6.1；不属于危险货物的写明理由；运输环节豁免的可不填。
UN number and class are missing or malformed, or stand beside a reason why there are none. || Give four digits and a class such as 8 or 6.1, or say why the waste is no dangerous good; neither is needed where transport is exempt.

DG_DATA:NONE | consignor
{waste}没有填写危险货物编号和类别。 || 在 {where}.dg 填写四位的危险货物编号（un_no）和类别（dg_class），由托运人按危险货物品名表确定（形式如 {{"un_no":"2794","dg_class":"8"}}，不得照抄）；不属于危险货物的，在 {where}.dg_none 写明理由；运输环节豁免的，在 {where}.exemptions 填写豁免条款。
{waste} has no UN number and class. || Give the four digits of the UN number (un_no) and the class (dg_class) in {where}.dg, as the consignor finds them in the list of dangerous goods (of the form {{"un_no":"2794","dg_class":"8"}}, not to be copied); if it is no dangerous good, say why in {where}.dg_none; if its transport is exempt, claim the item in {where}.exemptions.

DG_DATA:BOTH
{waste}既填写了危险货物编号（dg），又填写了不属于危险货物的理由（dg_none）。 || 属于危险货物的，删除 {where}.dg_none；不属于的，删除 {where}.dg。
{waste} has both a UN number (dg) and a reason why it is no dangerous good (dg_none). || Leave {where}.dg_none out if it is one, {where}.dg if it is not.

OVERLOAD | R-24 | nobody | 道路危险货物运输管理规定 Art. 23 by law §6 [READ]; level [DESIGN]
一次公路运输的数量超过车辆核定载质量或任何货车的最大载质量。 || 核对数量；一车装不下的，分车次分别开具联单。
One road trip carries more than the vehicle, or any truck, may. || Check the mass; a load for several trucks needs a manifest for each trip.

OVERLOAD:DECLARED
本联单一次公路运输 {total} 吨，超过一辆货车的上限 {most} 吨。 || 不影响开具。核对数量（是否把千克当成了吨）；一车装不下的，作废后按车次分别开具。
This manifest puts {total} t on one road trip; no truck carries more than {most} t. || It is issued all the same. Check the mass (kilograms taken for tonnes?); a load for several trucks needs a manifest for each trip.

OVERLOAD:ON_BOARD
{plate} 同一车次共装 {total} 吨，超过一辆货车的上限 {most} 吨。 || 不影响入账。核对装载量；确实超载的，卸下后再走，分车次分别开具联单。
{plate} carries {total} t on one trip; no truck carries more than {most} t. || It is entered all the same. Check what was loaded; unload what is too much, which needs a manifest of its own.
""")
