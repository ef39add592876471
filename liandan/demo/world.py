"""Who has which permit, what the lists say, and who sends what to whom: the decisions of the story and their names."""

from __future__ import annotations

from msgspec import Struct

from liandan.demo import calendar, firms
from liandan.demo.calendar import DAY, HOUR
from liandan.demo.firms import Firm
from liandan.demo.plan import Names
from liandan.demo.wastes import BATTERIES, BOARDS, FLY_ASH, LAMPS, Waste
from whitelist.approval import ListingRef

LIST_51_50 = "list/2026-51-50-cy"
LIST_50_51 = "list/2026-50-51-cy"


class License(Struct, frozen=True, kw_only=True):
    """A receiver's permit: one waste, its yearly scale in tonnes, its last day."""

    receiver: Firm
    waste: Waste
    scale_t: str
    valid_to: str
    no: str


LICENSES = (
    License(receiver=firms.JIANGJIN, waste=BATTERIES, scale_t="60000", valid_to="2028-06-30", no="CQ5001160FX1"),
    License(receiver=firms.CHANGSHOU, waste=LAMPS, scale_t="1200", valid_to="2029-03-31", no="CQ5001150FX1"),
    License(receiver=firms.YONGCHUAN, waste=BOARDS, scale_t="8000", valid_to="2028-12-31", no="CQ5001180FX1"),
    License(receiver=firms.HECHUAN, waste=FLY_ASH, scale_t="50000", valid_to="2027-12-31", no="CQ5001170FX1"),
    License(receiver=firms.NEIJIANG, waste=BATTERIES, scale_t="40000", valid_to="2027-09-30", no="川环危第511011FX1号"),
    License(receiver=firms.SUINING, waste=LAMPS, scale_t="900", valid_to="2026-10-20", no="川环危第510903FX1号"),
    License(receiver=firms.ZIGONG, waste=BOARDS, scale_t="6000", valid_to="2029-05-31", no="川环危第510302FX1号"),
    License(receiver=firms.GUANGAN, waste=FLY_ASH, scale_t="36000", valid_to="2028-02-28", no="川环危第511602FX1号"),
)
"""Suining's runs out in the middle of the month."""

ROWS = {
    LIST_51_50: ((firms.JIANGJIN, "20000"), (firms.CHANGSHOU, "600"), (firms.YONGCHUAN, "2000"), (firms.HECHUAN, "30000")),
    LIST_50_51: ((firms.NEIJIANG, "12000"), (firms.SUINING, "400"), (firms.ZIGONG, "200"), (firms.GUANGAN, "20000")),
}
"""Rows of the lists, tonnes a year. Zigong's 200 t do not last the year: what is beyond them goes by letter."""


class Flow(Struct, frozen=True, kw_only=True):
    """Who sends what to whom, under which decision."""

    name: str
    no: int
    """Serial number of its letters and decisions."""
    generator: Firm
    receiver: Firm
    waste: Waste
    carrier: Firm
    approval: str
    permit: str
    mass_t: str
    """Decided mass."""
    row: ListingRef | None
    """The listing applied on; ``None``: by letter."""
    valid_to: str = "2026-12-31"
    applied_s: int = calendar.APPLIED
    decided_s: int = calendar.DECIDED


class World:
    """Names of all permits and decisions of the story."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._serial = 100
        self.permits = {
            licence.receiver.uscc: f"permit/{licence.receiver.uscc}/{names.ulid(calendar.PERMITTED, licence.no)}" for licence in LICENSES
        }
        carrier_51, carrier_50, f = firms.SHUAN, firms.YUSHUN, firms
        by_letter, renewed = calendar.DECIDED_BY_LETTER, calendar.RENEWED + HOUR
        self.batteries_out = self._flow("batteries_out", f.JINCHUAN, f.JIANGJIN, BATTERIES, carrier_51, "3000", 0)
        self.lamps_out = self._flow("lamps_out", f.FUGUANG, f.CHANGSHOU, LAMPS, carrier_51, "160", 1)
        self.boards_out = self._flow("boards_out", f.JINGDA, f.YONGCHUAN, BOARDS, carrier_51, "600", 2)
        self.ash_out = self._flow("ash_out", f.LVYAN, f.HECHUAN, FLY_ASH, carrier_50, "2400", 3)
        self.last_tonnes = self._flow("last_tonnes", f.JIANGYANG, f.JIANGJIN, BATTERIES, f.LUYUN, "60", 0)
        self.river = self._flow("river", f.JIANGYANG, f.JIANGJIN, BATTERIES, f.LUYUN, "400", None, decided_s=by_letter)
        self.batteries_in = self._flow("batteries_in", f.YUXU, f.NEIJIANG, BATTERIES, carrier_50, "2400", 0)
        self.lamps_in = self._flow("lamps_in", f.MINGDENG, f.SUINING, LAMPS, carrier_50, "120", 1, valid_to="2026-10-20")
        self.lamps_renewed = self._flow(
            "lamps_renewed", f.MINGDENG, f.SUINING, LAMPS, carrier_50, "80", 1, applied_s=renewed, decided_s=renewed + DAY
        )
        self.boards_in = self._flow("boards_in", f.BISHAN, f.ZIGONG, BOARDS, carrier_50, "200", 2)
        self.boards_letter = self._flow("boards_letter", f.BISHAN, f.ZIGONG, BOARDS, carrier_50, "150", 2, decided_s=by_letter)
        self.ash_in = self._flow("ash_in", f.FULING, f.GUANGAN, FLY_ASH, carrier_50, "1800", 3)
        self.ash_refused = self._flow("ash_refused", f.FULING, f.GUANGAN, FLY_ASH, carrier_50, "9000", None, decided_s=by_letter)

    def _flow(
        self,
        name: str,
        generator: Firm,
        receiver: Firm,
        waste: Waste,
        carrier: Firm,
        mass_t: str,
        row: int | None,
        *,
        valid_to: str = "2026-12-31",
        applied_s: int = calendar.APPLIED,
        decided_s: int = calendar.DECIDED,
    ) -> Flow:
        self._serial += 1
        listed = LIST_51_50 if generator.province == "51" else LIST_50_51
        return Flow(
            name=name,
            no=self._serial,
            generator=generator,
            receiver=receiver,
            waste=waste,
            carrier=carrier,
            approval=f"approval/{generator.uscc}/{self.names.ulid(applied_s, name)}",
            permit=self.permits[receiver.uscc],
            mass_t=mass_t,
            row=None if row is None else ListingRef(list=listed, row=row),
            valid_to=valid_to,
            applied_s=applied_s,
            decided_s=decided_s,
        )
