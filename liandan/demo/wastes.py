"""The four wastes of the story and how they travel. Codes, categories and hazards are those of the catalogue."""

from __future__ import annotations

from msgspec import Struct

from manifests.acts import DangerousGoods
from whitelist.transfer import Pieces, WasteLine


class Waste(Struct, frozen=True, kw_only=True):
    """A waste as its generators write it on the form."""

    name: str
    code: str
    hazards: tuple[str, ...]
    components: str
    form: str
    packing: str
    pack_g: int
    """Grams of one pack, at most; bulk goods have one pack."""
    load_t: tuple[int, int]
    """Lightest and heaviest load of a truck, in tenths of a tonne."""
    method: str
    un_no: str | None = None
    dg_class: str = ""
    piece_g: int | None = None
    """Grams of a piece (只), where pieces are counted."""
    emergency_measures: str

    @property
    def category(self) -> str:
        """``HWnn``."""
        return f"HW{self.code[-2:]}"

    def packs(self, mass_g: int) -> int:
        """How many packs a load has."""
        return 1 if self.packing == "tank" else -(-mass_g // self.pack_g)

    def line(self, mass_t: str, mass_g: int, decision_line: int | None) -> WasteLine:
        """The line of the form for a load."""
        return WasteLine(
            name=self.name,
            code=self.code,
            category=self.category,
            hazards=self.hazards,
            components=self.components,
            form=self.form,
            packing=self.packing,
            packs=self.packs(mass_g),
            mass_t=mass_t,
            pieces=None if self.piece_g is None else Pieces(count=mass_g // self.piece_g, unit="只"),
            method=self.method,
            decision_line=decision_line,
        )

    def dangerous_goods(self) -> tuple[DangerousGoods, ...]:
        """危险货物 data of line 0, where the waste is dangerous goods."""
        if self.un_no is None:
            return ()
        return (DangerousGoods(line=0, un_no=self.un_no, dg_class=self.dg_class),)


BATTERIES = Waste(
    name="废铅蓄电池",
    code="900-052-31",
    hazards=("T", "C"),
    components="铅、硫酸",
    form="S",
    packing="box",
    pack_g=1_000_000,
    load_t=(50, 240),
    method="R4",
    un_no="2794",
    dg_class="8",
    emergency_measures="配备防酸手套、耐酸围堰和碱性吸附材料；电解液泄漏时先围堵、后中和，并报告当地生态环境主管部门。",
)
LAMPS = Waste(
    name="废含汞荧光灯管",
    code="900-023-29",
    hazards=("T",),
    components="汞、荧光粉",
    form="S",
    packing="box",
    pack_g=300_000,
    load_t=(8, 30),
    method="R4",
    un_no="3506",
    dg_class="8",
    piece_g=200,
    emergency_measures="密闭箱体运输，配备硫磺粉和汞吸附剂；灯管破碎时人员撤至上风向，覆盖吸附后密封收集，并报告当地生态环境主管部门。",
)
BOARDS = Waste(
    name="废电路板",
    code="900-045-49",
    hazards=("T",),
    components="铜、铅、溴系阻燃剂",
    form="S",
    packing="bag",
    pack_g=800_000,
    load_t=(30, 90),
    method="R4",
    emergency_measures="防雨篷布覆盖，配备备用吨袋；散落时及时清扫收集，防止雨水冲刷，并报告当地生态环境主管部门。",
)
FLY_ASH = Waste(
    name="生活垃圾焚烧飞灰",
    code="772-002-18",
    hazards=("T",),
    components="二噁英、铅、镉、氯盐",
    form="S",
    packing="tank",
    pack_g=30_000_000,
    load_t=(180, 300),
    method="C1",
    emergency_measures="密闭罐车运输，配备防尘口罩和覆盖篷布；泄漏时洒水抑尘、围挡收集，严禁冲入雨水管网，并报告当地生态环境主管部门。",
)
WASTES = (BATTERIES, LAMPS, BOARDS, FLY_ASH)
