"""Who sends what to whom in the years: firms in real divisions of 川渝, the wastes of the lists and ten that are on none. All firms are fictitious."""

from __future__ import annotations

import csv
from functools import cached_property
from random import Random

from msgspec import Struct, field

from bench.load import uscc
from ledger.mass import parse_mass
from liandan.demo.cast import NamedWaste
from whitelist.adopted import data_files

SENDERS, CARRIERS, RESERVED = 240, 24, 0.2
"""Generators and carriers; and for each generator so many more whose permit, row and decision only troubles touch."""
SHARE_51 = 0.6
"""Of the generators that are in Sichuan: what they send goes to Chongqing, and the others' the other way."""
CHONGQING_CITIES = ("5001", "5002")


class YearWaste(NamedWaste, frozen=True, kw_only=True):
    """A waste of the years; ``mean_t`` is an ordinary load."""

    mean_t: float = 12.5
    un: tuple[str, str] | None = None
    is_listed: bool = False


def _waste(text: str) -> YearWaste:
    name, code, hazards, components, form, packing, method, mean_t, un, listed = text.split("|")
    number, _, dg_class = un.partition(" ")
    return YearWaste(
        name=name, code=code, hazards=tuple(hazards.split()), components=components, form=form, packing=packing, method=method,
        mean_t=float(mean_t), un=(number, dg_class) if un else None, is_listed=bool(listed),
    )  # fmt: skip


WASTES = tuple(
    map(
        _waste,
        """\
废铅蓄电池|900-052-31|T C|铅、硫酸|S|box|R4|14.0|2794 8|y
废荧光灯管|900-023-29|T|汞、荧光粉|S|box|R4|6.0|3506 8|y
废线路板|900-045-49|T|铜、铅、溴系阻燃剂|S|bag|R4|9.0||y
废矿物油|900-249-08|T I|矿物油|L|tank|R9|13.0||
表面处理污泥|336-064-17|T|镍、铬、铜|SS|bag|R4|12.5||
废有机溶剂|900-402-06|T I R|苯系物、丙酮|L|drum|R2|11.0|1993 3|
沾染废物|900-041-49|T|有机物|S|bag|D10|8.0||
废活性炭|900-039-49|T|有机物|S|bag|D10|11.0||
铝灰渣|321-026-48|R|氮化铝|S|bag|R5|16.0|3170 4.3|
废酸|900-300-34|C T|硫酸、盐酸|L|tank|R6|15.0|3264 8|
废碱|900-352-35|C T|氢氧化钠|L|tank|D9|13.0|3266 8|
脱硝催化剂|772-007-50|T|钒、钛|S|box|R8|14.0||
飞灰|772-002-18|T|二噁英、铅、镉|S|tank|C1|18.0||""".splitlines(),
    )
)
"""The three of the lists (law.md §3.1, 2020 mechanism), then ten that go by letter; about 12.5 t a load."""


class YearFirm(Struct, frozen=True):
    """A firm and where it works."""

    uscc: str
    division: str
    city: str

    @property
    def name(self) -> str:
        """Says that it is fictitious."""
        return f"{self.city}{self.uscc[-6:]}厂（虚构）"

    @property
    def province(self) -> str:
        """``51`` or ``50``."""
        return self.division[:2]

    @property
    def place(self) -> dict[str, str]:
        """As bodies name it."""
        return {"division": self.division, "address": f"{self.city}虚构路{int(self.uscc[12:17], 36) % 900 + 1}号"}


class Site(Struct, frozen=True):
    """A receiver with its permit for one waste; ``row`` is its place in the list of its direction, where it has one."""

    firm: YearFirm
    waste: YearWaste
    permit: str
    row: int | None = None


class Route(Struct, frozen=True, kw_only=True):
    """Who sends what to whom; ``share`` of all ordinary loads, 0 of those kept for troubles. ``then`` is who takes what the receiver refuses."""

    number: int
    generator: YearFirm
    carrier: YearFirm
    relief: YearFirm
    site: Site
    share: float
    then: Site | None = None

    @property
    def waste(self) -> YearWaste:
        """What goes this way."""
        return self.site.waste

    @property
    def direction(self) -> str:
        """``51-50``."""
        return f"{self.generator.province}-{self.site.firm.province}"


class YearCast(Struct, dict=True):
    """Everybody; ``dice`` decides where they are and how much they send."""

    dice: Random
    loads_a_year: int
    senders: int = SENDERS
    _serial: dict[str, int] = field(default_factory=dict)

    @cached_property
    def counties(self) -> dict[str, list[tuple[str, str]]]:
        """Divisions of both provinces that are valid in all years, with their names."""
        path = next(file.path for file in data_files() if file.name == "divisions")
        with path.open(encoding="utf-8") as lines:
            rows = [row for row in csv.DictReader(lines) if row["level"] == "county" and not row["valid_from"] and not row["valid_to"]]
        return {province: [(row["code"], row["name"]) for row in rows if row["code"][:2] == province] for province in ("50", "51")}

    def firm(self, province: str) -> YearFirm:
        """A firm more, somewhere in a province."""
        division, city = self.dice.choice(self.counties[province])
        self._serial[division] = self._serial.get(division, 0) + 1
        return YearFirm(uscc(division, self._serial[division]), division, city)

    @cached_property
    def carriers(self) -> dict[str, list[YearFirm]]:
        """By province."""
        return {province: [self.firm(province) for _ in range(CARRIERS // 2)] for province in ("51", "50")}

    @cached_property
    def sites(self) -> dict[tuple[str, str], Site]:
        """The usual receiver of a waste, by its province and the code."""
        return {(province, waste.code): self._site(province, waste) for province in ("50", "51") for waste in WASTES}

    @cached_property
    def reliefs(self) -> dict[str, Site]:
        """By province: a second receiver of the first waste of the lists."""
        return {province: self._site(province, WASTES[0]) for province in ("50", "51")}

    def _site(self, province: str, waste: YearWaste) -> Site:
        firm, row = self.firm(province), self._serial.get(f"row {province}", 0)
        if waste.is_listed:
            self._serial[f"row {province}"] = row + 1
        self._serial["permit"] = number = self._serial.get("permit", 0) + 1
        return Site(firm, waste, f"permit/{firm.uscc}/01JA{number:022d}", row if waste.is_listed else None)

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The ordinary ones."""
        weights = [1 / (rank + 4) for rank in range(self.senders)]
        self.dice.shuffle(weights)
        return tuple(self._route(number, weight / sum(weights), None) for number, weight in enumerate(weights))

    @cached_property
    def reserved(self) -> tuple[Route, ...]:
        """Those of troubles, with the first waste of the lists, and each with a receiver of its own."""
        provinces = ("51", "50") * int(self.senders * RESERVED / 2)
        return tuple(
            self._route(len(self.routes) + place, 0, self._site("50" if province == "51" else "51", WASTES[0]), province)
            for place, province in enumerate(provinces)
        )

    def _route(self, number: int, share: float, site: Site | None, province: str = "") -> Route:
        here = province or ("51" if self.dice.random() < SHARE_51 else "50")
        there = "50" if here == "51" else "51"
        carrier, relief = self.dice.sample(self.carriers[here], 2)
        to = site or self.sites[there, WASTES[number % len(WASTES)].code]
        return Route(number=number, generator=self.firm(here), carrier=carrier, relief=relief, site=to, share=share,
                     then=self.reliefs[there] if to.waste is WASTES[0] else None)  # fmt: skip

    @property
    def every_route(self) -> tuple[Route, ...]:
        """Ordinary and reserved."""
        return self.routes + self.reserved

    def of_city(self, route: Route) -> list[Route]:
        """Ordinary routes from the city of this one's origin, this one too."""
        return [one for one in self.routes if one.generator.division[:4] == route.generator.division[:4]]

    @property
    def every_site(self) -> list[Site]:
        """Every receiver, those of the lists by their row."""
        return [*self.sites.values(), *self.reliefs.values(), *(route.site for route in self.reserved)]

    def decided_g(self, route: Route) -> int:
        """Grams that a decision of half a year lets go this way: about twice what is expected."""
        return (int(2 * self.loads_a_year * route.share / 2 * route.waste.mean_t) + 400) * parse_mass("1")
