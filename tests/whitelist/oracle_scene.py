"""The scene of the oracle's worlds: fictitious firms with correct USCCs, wastes, permits of every class, lists; as a stream of steps.

All firms are invented; names say 虚构. The wastes are codes of both editions, and those that one of them lacks or judges otherwise.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from .oracle_data import SHANGHAI, Data, tonnes, uscc_check

Body = dict[str, Any]

ERAS = {
    "2025-01": date(2025, 1, 6),
    "2025-12": date(2025, 12, 22),
    "2026-01": date(2026, 1, 20),
    "2026-06": date(2026, 6, 15),
    "2026-11": date(2026, 11, 23),
    "2026-12": date(2026, 12, 22),
    "2027-02": date(2027, 2, 24),
}
"""First days: back-fills into the old edition, turns of the year, withdrawn divisions, plain days, the leap limit of 2028."""

_ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def uscc(prefix: str, division: str, serial: int) -> str:
    """A fictitious USCC: department and kind (2), division (6), organisation code with its own check, GB 32100 check."""
    body = f"0000FX{serial:02d}"
    values = [int(c, 36) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)]
    check = (11 - sum(values) % 11) % 11
    text = f"{prefix}{division}{body}{'X' if check == 10 else check}"
    return text + uscc_check(text)


OPERATOR = uscc("91", "500000", 1)
SICHUAN = uscc("11", "510000", 2)
CHONGQING = uscc("11", "500000", 3)
GENERATORS = {d: uscc("91", d, n) for n, d in enumerate(("510112", "511702", "510603", "500116", "520103"), 10)}
"""Three of Sichuan, one of Chongqing, one of a province without authority here."""
RECEIVERS = {d: uscc("91", d, n) for n, d in enumerate(("500117", "500115", "500112", "500109", "510106", "510502"), 20)}
CARRIERS = [uscc("91", d, n) for n, d in enumerate(("500107", "510104", "510105"), 30)]
"""The last is never registered."""


@dataclass(frozen=True)
class Waste:
    """A waste that the scene may send: `hazards` hold in both editions."""

    name: str
    code: str
    hazards: tuple[str, ...]
    form: str
    packing: str
    methods: tuple[str, ...]

    @property
    def category(self) -> str:
        """HWnn of the code's suffix."""
        return "HW" + self.code[-2:]


WASTES = [
    Waste("废铅蓄电池", "900-052-31", ("T", "C"), "S", "box", ("R4",)),
    Waste("生活垃圾焚烧飞灰", "772-002-18", ("T",), "S", "tank", ("C1", "D1")),
    Waste("废矿物油", "900-249-08", ("T", "I"), "L", "drum", ("R9",)),
    Waste("废电路板", "900-045-49", ("T",), "S", "bag", ("R4", "D10")),
    Waste("废酸", "900-300-34", ("C",), "L", "tank", ("R6",)),
    Waste("废碱", "900-352-35", ("C",), "L", "tank", ("R6", "D9")),
    Waste("含铬皮革碎料", "193-002-21", ("T",), "S", "bag", ("R5", "D1")),
    Waste("含油抹布", "900-041-49", ("T", "In"), "SS", "bag", ("D10",)),
    Waste("经鉴别的残渣", "900-000-49", ("T",), "SS", "drum", ("D10",)),
]
RETIRED = ["336-100-21", "261-100-11"]
"""In the edition of 2021 alone."""


@dataclass(frozen=True)
class Step:
    """One statement of a stream; `note` says what was bent. `call` is what `World.judge` and `World.admit` take."""

    kind: str
    chain: str
    by: tuple[str, ...]
    at: str
    admitted_at: str
    body: Body
    note: str = ""
    principal: str | None = None

    @property
    def call(self) -> dict[str, Any]:
        """The keywords of `World.judge`."""
        names = ("kind", "chain", "by", "principal", "at", "admitted_at", "body")
        return {name: getattr(self, name) for name in names}


class Maker:
    """A clock, a source of chance and of names; makes steps."""

    def __init__(self, seed: int, data: Data, era: str | None, first_page: int) -> None:
        self.rng = random.Random(seed)
        self.data = data
        self.first_page = first_page
        self.era = era or self.rng.choice(sorted(ERAS))
        self.start = ERAS[self.era]
        self.now = datetime(self.start.year, self.start.month, self.start.day, 8, tzinfo=SHANGHAI)
        self.serial = 0

    @property
    def today(self) -> date:
        """The day of the clock."""
        return self.now.date()

    def tick(self) -> None:
        """A little later; sometimes the next midnight, the last second of the day, some days on, or a quarter."""
        chance = self.rng.random()
        midnight = datetime(self.now.year, self.now.month, self.now.day, tzinfo=SHANGHAI) + timedelta(days=1)
        if chance < 0.03:
            self.now = midnight
        elif chance < 0.05:
            self.now = max(self.now, midnight - timedelta(seconds=1))
        elif chance < 0.052:
            self.now += timedelta(days=70)
        elif chance < 0.08:
            self.now += timedelta(days=self.rng.choice((1, 1, 2, 4)))
        else:
            self.now += timedelta(minutes=self.rng.randint(1, 40))

    def name(self, *segments: str) -> str:
        """A new chain name: the segments and a ULID of this seed."""
        return "/".join([*segments, "0" + "".join(self.rng.choice(_ULID) for _ in range(25))])

    def step(self, kind: str, chain: str, by: tuple[str, ...], body: Body, note: str = "", *, at: datetime | None = None) -> Step:
        """A statement signed now (or `at`) and admitted now."""
        now = self.now.isoformat()
        return Step(kind, chain, by, (at or self.now).isoformat(), now, body, note)

    def letter(self) -> Body:
        """函号 and 函日期 of today."""
        self.serial += 1
        return {"letter_no": f"示例函〔{self.today.year}〕{self.serial}号", "letter_date": self.today.isoformat()}

    def day(self, offset: int, base: date | None = None) -> str:
        """A day so many days from the start (or base)."""
        return ((base or self.start) + timedelta(days=offset)).isoformat()


def authority_of(division: str) -> str:
    """The authority that covers a division or USCC characters 3–8; foreign ones go to Chongqing."""
    return SICHUAN if division.startswith("51") else CHONGQING


def scope(waste: Waste, kind: str = "INCLUDE") -> Body:
    """A Scope that names the waste."""
    return {"category": waste.category, "scope": kind} | ({"codes": [waste.code]} if kind == "INCLUDE" else {})


def grant_body(holder_division: str, items: list[Body], scale_g: int, valid: tuple[str, str]) -> Body:
    """A permit.grant of a comprehensive permit at a division."""
    return {
        "no": f"示例证{holder_division}",
        "class": "permit",
        "valid_from": valid[0],
        "valid_to": valid[1],
        "division": holder_division,
        "address": "示范路设施区（虚构）",
        "items": items,
        "scale_t": tonnes(scale_g),
    }


def register(make: Maker) -> Iterator[Step]:
    """Parties; adapters put the keys in place of None."""
    firms = [*GENERATORS.values(), *RECEIVERS.values(), *CARRIERS[:2]]
    for number, firm in enumerate(firms):
        make.now += timedelta(seconds=20)
        body = {"name": f"示例第{number}号环保有限公司（虚构）", "keys": None}
        yield make.step("party.register", f"party/{firm}", (authority_of(firm[2:8]),), body)


def sites(make: Maker) -> Iterator[Step]:
    """A Sichuan generator's site in Chongqing (co-signed), a site at home, a receiver's site, one that is closed."""
    first, second = list(GENERATORS.values())[:2]
    receiver = RECEIVERS["500117"]
    for owner, site, division, closed in (
        (first, "cq-1", "500115", False),
        (second, "home", "511702", False),
        (receiver, "kiln", "500117", False),
        (first, "old", "500115", True),
    ):
        make.now += timedelta(seconds=20)
        by = (owner, authority_of(division)) if division[:2] != owner[2:4] else (owner,)
        body = {"site": site, "name": "示范厂区", "division": division, "address": "示范路厂区（虚构）"}
        yield make.step("party.site", f"party/{owner}", by, body)
        if closed:
            yield make.step("party.site", f"party/{owner}", by, body | {"closed_on": make.today.isoformat()})


def permits(make: Maker) -> Iterator[Step]:
    """Permits of every class; some end soon, some are small, one lies in a withdrawn division, one is of the old edition's list."""
    year = make.start.year
    long, old = (f"{year - 1}-01-01", f"{year + 4}-12-31"), (f"{max(2021, year - 2)}-03-01", f"{year + 2}-02-28")
    wide = [{**scope(w, "ALL" if w.category not in ("HW49", "HW31") else "INCLUDE"), "methods": list(w.methods)} for w in WASTES]
    wide = [i for i in wide if i["category"] != "HW49"]
    wide.append({"category": "HW49", "scope": "EXCEPT", "codes": ["900-041-49"], "methods": ["R4", "D10"]})
    few = [{**scope(w), "methods": list(w.methods)} for w in WASTES[:4]]
    soon = make.day(make.rng.choice((2, 6, 12)))
    edition = 2021 if make.start < date(2025, 1, 1) else 2025
    oil, acid, leather = WASTES[2], WASTES[4], WASTES[6]

    def exempt(item: int, *wastes: tuple[Waste, str], generator: str | None = None) -> Body:
        basis = {"edition": edition, "item": item, "plan_no": "示例方案一号"} | ({"generator": generator} if generator else {})
        return {"class": "exempt_use", "basis": basis, "items": [{**scope(w), "methods": [m]} for w, m in wastes]}

    for place, items, scale_t, valid, more in (
        ("500117", wide, 60_000, long, {"site": "kiln"}),
        ("500115", few, 100, (long[0], make.day(-1, date(year + 1, 1, 1))), {}),
        ("500112", few, 5_000, old, {}),
        ("500109", wide, 400, (long[0], soon), {}),
        ("510106", wide, 30_000, long, {}),
        ("510502", [{**scope(w), "methods": ["S"]} for w in WASTES[:4]], 800, long, {"class": "collection"}),
        ("500115", [], 300, long, exempt(20, (acid, "R6"))),
        ("500117", [], 900, long, exempt(12, (WASTES[1], "C1"))),
        ("500109", [], 900, long, exempt(16, (leather, make.rng.choice(("R5", "D1"))))),
        ("510502", [], 200, long, exempt(31, (oil, "R9"), generator=GENERATORS["510603"])),
    ):
        valid_from = f"{year}-01-01" if "basis" in more else valid[0]
        holder = RECEIVERS[place]
        make.now += timedelta(seconds=20)
        body = grant_body(place, items, scale_t * 1_000_000, (valid_from, valid[1])) | more
        yield make.step("permit.grant", make.name("permit", holder), (authority_of(place),), body)


def lists(make: Maker, permits_by_place: dict[str, str]) -> Iterator[Step]:
    """Lists of this year (mutual both ways, unilateral 00→50, one never countersigned); late in the year one of the next."""
    year = make.start.year
    wide, small, home = (permits_by_place[place] for place in ("500117", "500115", "510106"))
    rows = [row_body(wide, w, w.methods[:1], make.rng.choice((20, 500, 40_000))) for w in WASTES[:6]]
    rows += [row_body(small, WASTES[0], ("R4",), 60), row_body(wide, WASTES[1], ("D1",), 90)]
    draft = [*rows[:2], row_body(small, WASTES[1], ("D1",), 5_000), row_body(wide, WASTES[6], ("R5",), 9)]
    draft[3]["waste"]["codes"] = RETIRED[:1]
    pilots = [row_body(place, WASTES[0], ("R4",), 70) for place in (wide, small)]
    pilots += [row_body(wide, WASTES[1], ("C1",), 70)]
    rows[3]["conditions"] = {"complete_within_days": 20}
    rows[0]["conditions"] = make.rng.choice(({}, {"pre_notice_days": 2}, {"use_only": True}))
    for name, kind, days, part, side in (
        (f"list/{year}-51-50-mutual", "mutual", (f"{year}-01-01", f"{year}-12-31"), rows, ("51", "50")),
        (f"list/{year}-51-50-short", "mutual", (make.day(3), make.day(9)), rows[:3], ("51", "50")),
        (f"list/{year}-00-50-use", "unilateral", (f"{year}-01-01", f"{year}-12-31"), rows[:3], ("00", "50")),
        (f"list/{year}-51-50-draft", "mutual", (f"{year}-01-01", f"{year}-12-31"), draft, ("51", "50")),
        (
            f"list/{year}-50-51-back",
            "mutual",
            (f"{year}-01-01", f"{year}-12-31"),
            [row_body(home, WASTES[0], ("R4",), 300)],
            ("50", "51"),
        ),
        (
            f"list/{year}-00-50-pilot",
            "pilot",
            (make.day(-9), make.day(200, date(year, 1, 1)) if make.day(0)[5:] < "06" else f"{year}-12-31"),
            pilots,
            ("00", "50"),
        ),
        (f"list/{year}-51-50-lead", "pilot", (f"{year}-01-01", f"{year}-12-31"), pilots[1:], ("51", "50")),
        (f"list/{year + 1}-51-50-next", "mutual", (f"{year + 1}-01-01", f"{year + 1}-12-31"), rows[:2], ("51", "50")),
    ):
        if days[1][:4] != days[0][:4] or days[0][:4] != name[5:9]:
            continue
        yield from _list(make, name, kind, days, part, side)


def row_body(permit: str, waste: Waste, methods: tuple[str, ...], quota: int) -> Body:
    holder = permit.split("/")[1]
    return {"receiver": holder, "permit": permit, "waste": scope(waste), "methods": list(methods), "quota_t": str(quota)}


def _list(make: Maker, name: str, kind: str, days: tuple[str, str], rows: list[Body], side: tuple[str, str]) -> Iterator[Step]:
    """Announcement, pages (bent ones first), countersignature but for drafts."""
    proposer = authority_of(side[0] if kind == "mutual" else side[1])
    if kind == "pilot" and make.rng.random() < 0.5:
        proposer = SICHUAN
    pages = 2 if len(rows) > 4 else 1
    body = {
        **make.letter(),
        "effective_from": days[0],
        "effective_to": days[1],
        "kind": kind,
        "suspension_stops": make.rng.choice(("issue", "issue", "decide", "depart")),
        "rows": len(rows),
        "pages": pages,
    }
    make.now += timedelta(seconds=20)
    if make.rng.random() < 0.3:
        bent = {**body, "effective_to": f"{int(days[1][:4]) + 1}-01-01"}
        yield make.step("list.propose", name, (proposer,), bent, "another year")
    yield make.step("list.propose", name, (proposer,), body)
    cut = len(rows) if pages == 1 else len(rows) // 2
    for number, part in enumerate((rows[:cut], rows[cut:])[:pages]):
        make.now += timedelta(seconds=20)
        page = {"page": number + make.first_page, "rows": part}
        if make.rng.random() < 0.6:
            yield make.step("list.rows", name, (proposer,), *_bent_page(make, page, rows))
        yield make.step("list.rows", name, (proposer,), page)
    if kind != "unilateral" and not name.endswith("draft"):
        other = authority_of(side[1]) if proposer != authority_of(side[1]) else SICHUAN
        yield make.step("list.countersign", name, (other,), {**make.letter(), "rows_hash": None})


def _bent_page(make: Maker, page: Body, rows: list[Body]) -> tuple[Body, str]:
    part = page["rows"]
    first = part[0]
    bent = {
        "row twice": {**page, "rows": [*part[:-1], first] if len(part) > 1 else [first, first]},
        "method outside": {**page, "rows": [{**first, "methods": ["D16"]}, *part[1:]]},
        "wider scope": {**page, "rows": [{**first, "waste": {"category": "HW31", "scope": "ALL"}}, *part[1:]]},
        "other receiver": {**page, "rows": [{**first, "receiver": RECEIVERS["500109"]}, *part[1:]]},
        "other page": {**page, "page": page["page"] + 1},
        "quota form": {**page, "rows": [{**first, "quota_t": "0"}, *part[1:]]},
        "scope form": {**page, "rows": [{**first, "waste": {**first["waste"], "scope": "ALL"}}, *part[1:]]},
        "too many": {**page, "rows": [*rows, *part]},
    }
    note = make.rng.choice(sorted(bent))
    return bent[note], note
