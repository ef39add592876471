"""R-09 to R-11, R-25: how much, in what form and packing, as which dangerous good, and what part 1 of the form must not lack."""

from ledger.fields import is_blank
from ledger.mass import GRAMS_PER_TONNE
from ledger.model import Findings
from signing.refusal import texts
from whitelist.checked import Checked
from whitelist.fields import group_of
from whitelist.rules.exemption import waived_links


def form_and_packing_go_together(checked: Checked, out: Findings) -> None:
    """R-10: no liquid in bags; nothing packed is no packs, and only then. Order 23 Art. 18 [READ], combinations [DESIGN]."""
    for path, line in checked.lines:
        if line.form == "L" and line.packing == "bag":
            out.refuse("FORM_PACK", f"{path}.packing", "L bag", "drum / tank / box / other")
        if (line.packs == 0) != (line.packing == "none"):
            out.refuse("FORM_PACK", f"{path}.packs", f"{line.packing} {line.packs}", "none: 0, else ≥ 1")


def purpose_is_of_the_method(checked: Checked, out: Findings) -> None:
    """外运目的, where it is given, is the group of the method."""
    for path, line in checked.lines:
        if line.purpose is not None and line.purpose != group_of(line.method):
            out.refuse("METHOD", f"{path}.purpose", line.purpose, f"{line.method}: {group_of(line.method)}")


def part_one_is_whole(checked: Checked, out: Findings) -> None:
    """R-11: what other fields make necessary: measures or precautions, the permit, the decision's lines. Order 23 Art. 10(4), 27 [READ]."""
    transfer = checked.transfer
    if is_blank(transfer.emergency_measures) and not all(line.precautions for line in transfer.lines):
        out.refuse("MISSING", "body.emergency_measures", "", "突发环境事件的防范措施 / here, or precautions in every line")
    if transfer.permit is None:
        out.refuse("MISSING", "body.permit", "", f"permit/{transfer.receiver}/…")
    for path, line in checked.lines:
        if transfer.approval is not None and line.decision_line is None:
            out.refuse("MISSING", f"{path}.decision_line", "", "批准行号 / line of the decision, from 0")


def dangerous_goods_are_named(checked: Checked, out: Findings) -> None:
    """R-25: UN number and class, or why the waste is no dangerous good; neither where its transport is exempt. Order 23 Art. 13 [READ]."""
    for path, line in checked.lines:
        if line.dg is not None and line.dg_none is not None:
            out.refuse("DG_DATA", f"{path}.dg_none", line.dg_none, "dg / dg_none")
        elif line.dg is None and line.dg_none is None and "EXEMPT_TRANSPORT" not in waived_links(checked.exemptions, line):
            out.refuse("DG_DATA", f"{path}.dg", "", "dg / dg_none")


def load_fits_a_truck(checked: Checked, out: Findings) -> None:
    """R-24: ALERT H OVERLOAD where one road trip declares more than any truck may carry (``truck_max_t``)."""
    limits = checked.thresholds
    if limits is not None and checked.transfer.mode == "road" and checked.total_g > limits.truck_max_t * GRAMS_PER_TONNE:
        out.alert("H", "OVERLOAD")


RULES = (form_and_packing_go_together, purpose_is_of_the_method, part_one_is_whole, dangerous_goods_are_named, load_fits_a_truck)
TEXTS = texts("""
LINES | R-11 | sender | design §2 [DESIGN]
废物行数不在允许范围内。 || 联单为 1 至 16 行，申请为 1 至 64 行；更多的请分开办理。
The number of lines is out of range. || A manifest has 1 to 16 lines, an application 1 to 64; split what is more.

METHOD | R-11 | sender | HJ 1033 附录F by law §5.6 [READ S25a, S25b]
利用处置方式代码不存在、不得用于此处，或与外运目的不符。 || 填写利用处置方式代码，例如 R4、D10、C1；外运目的应与方式同类（R、C2、C3 为利用，S 为贮存，其余为处置）。
The code of use or disposal does not exist, has no place here, or does not fit the purpose. || Use a code such as R4, D10 or C1; R, C2 and C3 are use, S is storage, all others disposal.

FORM_PACK | R-10 | generator | Order 23 Art. 18 [READ]; combinations [DESIGN]
形态或包装方式不对，或两者不能搭配。 || 形态填 S、SS、L 或 G，包装填 bag、drum、tank、box、other 或 none；液态不得袋装；无包装的包装数量为 0，其余至少为 1。
Form and packing are wrong or do not go together. || Choose from the lists; no liquid in bags; no packs with none, else at least one.

DG_DATA | R-25 | sender | Order 23 Art. 13 [READ]; form of the fields [DESIGN]
缺少危险货物编号和类别、项别，或填写有误，或与“不属于危险货物”同时填写。 || 编号填四位数字，类别、项别填如 8 或 6.1；不属于危险货物的写明理由；运输环节豁免的可不填。
UN number and class are missing or malformed, or stand beside a reason why there are none. || Give four digits and a class such as 8 or 6.1, or say why the waste is no dangerous good; neither is needed where transport is exempt.

OVERLOAD | R-24 | nobody | 道路危险货物运输管理规定 Art. 23 by law §6 [READ]; level [DESIGN]
一次公路运输的数量超过车辆核定载质量或任何货车的最大载质量。 || 核对数量；一车装不下的，分车次分别开具联单。
One road trip carries more than the vehicle, or any truck, may. || Check the mass; a load for several trucks needs a manifest for each trip.
""")
