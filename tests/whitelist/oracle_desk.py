"""A desk for the oracle's own test: an excerpt of the data sets, a world, and a short way to feed it by hand."""

from typing import Any

from .oracle import Judgement, World
from .oracle_data import Data
from .oracle_scene import CHONGQING, GENERATORS, OPERATOR, RECEIVERS, SICHUAN

HEAD = "edition,category,category_name,industry,code,description,hazard,hazard_mode,pdf_page\n"
COMMON = """E,HW31,x,x,900-052-31,x,"T,C",first_plus_possible,1
E,HW18,x,x,772-002-18,x,T,single,1
E,HW34,x,x,900-300-34,x,"C,T",first_plus_possible,1
E,HW17,x,x,336-064-17,x,T/C,any_of,1
E,HW49,x,x,900-045-49,x,T,single,1
E,HW21,x,x,193-002-21,x,T,single,1
"""
CATALOGUES = {
    2021: HEAD + COMMON + "E,HW21,x,x,336-100-21,x,T,single,1\n",
    2025: HEAD + COMMON + "E,HW48,x,x,321-035-48,x,T,single,1\n",
}
RULES = "edition,seq,codes,waste,exempt_stage,condition,exempt_content,pdf_page\n" + "".join(
    f"E,{row},x,x,1\n"
    for row in (
        "1,生活垃圾中的危险废物,x,全部环节",
        "12,772-002-18,x,运输",
        "12,772-002-18,x,处置",
        "18,900-052-31,x,运输",
        "20,HW34,x,利用",
        "24,突发环境事件产生的危险废物,x,利用、处置",
        "25,历史遗留危险废物,x,利用、处置",
        "31,-,x,利用",
    )
)
DIVISIONS = """code,valid_from,valid_to,successor
500117,,,
500115,,,
500112,,2026-01-24,500157
500157,2025-11-06,,
510112,,,
510106,,,
510603,,,
"""
THRESHOLDS = {
    "truck_max_t": 49,
    "scale_alert_permille": 1000,
    "scale_limit_permille": 1200,
    "overdraft_permille": 20,
    "backfill_wd": 10,
    "notice_wd": 5,
    "return_block_wd": 10,
    "emergency_d": 90,
    "join_d": 5,
    "review_wd": 5,
    "reply_wd": 10,
    "decide_wd": 5,
    "listed_wd": 5,
    "no_reply_wd": 45,
}
CALENDARS: dict[int, dict[str, Any]] = {
    2025: {"off": ["2025-01-01"], "work": [], "provisional": False},
    2026: {"off": [f"2026-10-0{n}" for n in (1, 2, 5, 6, 7)], "work": ["2026-10-10"], "provisional": False},
    2027: {"off": ["2027-01-01"], "work": [], "provisional": True},
}
DATA = Data.parse(
    catalogues=CATALOGUES, exemptions={2021: RULES, 2025: RULES}, divisions=DIVISIONS, thresholds=THRESHOLDS, calendars=CALENDARS
)
GENERATOR, OTHER = GENERATORS["510112"], GENERATORS["510603"]
FAR, NEAR = RECEIVERS["500117"], RECEIVERS["510106"]
TAIL = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


class Desk:
    """A world and a short way to feed it; every statement is signed and admitted at `at`."""

    def __init__(self) -> None:
        self.world = World(DATA, operator=OPERATOR, authorities={SICHUAN: ["51"], CHONGQING: ["50"]})
        self.at = "2026-11-23T08:00:00+08:00"
        self.count = 0

    def feed(self, kind: str, chain: str, by: str, body: dict[str, Any]) -> Judgement:
        """Admit one statement."""
        return self.world.admit(kind=kind, chain=chain, by=(by,), at=self.at, admitted_at=self.at, body=body)

    def chain(self, kind: str, owner: str) -> str:
        """A new chain name."""
        self.count += 1
        return f"{kind}/{owner}/{self.count:02d}{TAIL[2:]}"

    def grant(self, holder: str, division: str, scale_t: str = "100", **more: Any) -> str:
        """A permit for lead batteries (R4), fly ash (C1, D1) and acid (R6), 2021 to 2030."""
        items = [
            {"category": "HW31", "scope": "INCLUDE", "codes": ["900-052-31"], "methods": ["R4"]},
            {"category": "HW18", "scope": "ALL", "methods": ["C1", "D1"]},
            {"category": "HW34", "scope": "EXCEPT", "codes": ["900-349-34"], "methods": ["R6"]},
        ]
        body = {"no": "n", "class": "permit", "valid_from": "2021-01-01", "valid_to": "2030-12-31", "division": division, "address": "a"}
        chain = self.chain("permit", holder)
        answer = self.feed(
            "permit.grant", chain, CHONGQING if division[:2] == "50" else SICHUAN, body | {"items": items, "scale_t": scale_t} | more
        )
        assert not answer.refused
        return chain

    def issue(self, body: dict[str, Any], generator: str = GENERATOR, **more: Any) -> Judgement:
        """Issue a body with fields replaced."""
        return self.feed("manifest.issue", self.chain("manifest", generator), generator, body | more)

    def approve(
        self, permit: str, decide: dict[str, Any] | None = None, *, reply: dict[str, Any] | None = None, **line: Any
    ) -> tuple[str, Judgement]:
        """Apply for 30 t of batteries, perhaps consult and reply, decide to the year's end."""
        chain = self.chain("approval", GENERATOR)
        asked = {"name": "废铅蓄电池", "code": "900-052-31", "category": "HW31", "hazards": ["T"], "mass_t": "30", "method": "R4"} | line
        apply = {
            "receiver": permit.split("/")[1],
            "permit": permit,
            "origin": place("510112"),
            "applied_to": "2027-06-30",
            "lines": [asked],
        }
        assert not self.feed("approval.apply", chain, GENERATOR, apply).refused
        letter = {"letter_no": "n", "letter_date": self.at[:10]}
        if reply is not None:
            assert not self.feed("approval.consult", chain, SICHUAN, letter).refused
            assert not self.feed("approval.reply", chain, CHONGQING, letter | reply).refused
        body = {"approve": True, "no": "n", "valid_to": "2026-12-31", "lines": [{"line": 0, "mass_t": "30"}]} | (decide or {})
        return chain, self.feed("approval.decide", chain, SICHUAN, body)

    def list(self, name: str, permit: str, quota_t: str, *, sign: bool = True) -> None:
        """A list of one row for batteries."""
        letter = {"letter_no": "n", "letter_date": self.at[:10]}
        year: str = name[5:9]
        row: dict[str, Any] = {"receiver": permit.split("/")[1], "permit": permit, "methods": ["R4"], "quota_t": quota_t}
        row["waste"] = {"category": "HW31", "scope": "INCLUDE", "codes": ["900-052-31"]}
        head = {"effective_from": f"{year}-01-01", "effective_to": f"{year}-12-31", "kind": "mutual", "suspension_stops": "issue"}
        assert not self.feed("list.propose", name, SICHUAN, letter | head | {"rows": 1, "pages": 1}).refused
        assert not self.feed("list.rows", name, SICHUAN, {"page": 0, "rows": [row]}).refused
        if sign:
            assert not self.feed("list.countersign", name, CHONGQING, letter | {"rows_hash": None}).refused


def place(division: str) -> dict[str, str]:
    """A place there."""
    return {"division": division, "address": "a"}


def body(permit: str, division: str, mass_t: str = "10", **line: Any) -> dict[str, Any]:
    """A valid issue of batteries from 510112."""
    waste: dict[str, Any] = {
        "name": "废铅蓄电池",
        "code": "900-052-31",
        "category": "HW31",
        "hazards": ["T", "C"],
        "components": "铅",
        "form": "S",
    }
    waste |= {"packing": "box", "packs": 1, "mass_t": mass_t, "method": "R4", "dg_none": "x"}
    return {
        "receiver": permit.split("/")[1],
        "permit": permit,
        "origin": place("510112"),
        "destination": place(division),
        "consignor": "generator",
        "plan": {"filing_no": "p"},
        "contract": {"no": "c", "valid_to": "2027-12-31"},
        "emergency_measures": "m",
        "lines": [waste | line],
    }


def paper(departed: str, completed: str | None = None) -> dict[str, Any]:
    """The paper of a back-fill."""
    scan = {"sha256": "0" * 64, "size": 1, "media_type": "image/png", "name": "s"}
    return {
        "type": "backfill_ordinary",
        "paper": {"reason": "r", "departed_at": departed, "completed_at": completed or departed, "scan": scan},
    }
