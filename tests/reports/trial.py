"""A year made for trials of drafts: a list of two rows, three receivers, decisions on the list and by letter, and their trips. Real admission."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from msgspec.structs import replace

from ledger.times import DAY_S, format_at, parse_at
from manifests import acts
from manifests.acts import PERSONALITY as MANIFESTS
from manifests.model import Vehicle
from reports.whatif.draft import DraftList, read_draft
from reports.whatif.laboratory import try_out
from reports.whatif.result import WhatIf, result_of
from tests.reports.story import waste
from tests.workbench import AUTHORITY_50, AUTHORITY_51, Workbench, uscc
from whitelist.acts import PERSONALITY as WHITELIST
from whitelist.adopted import data_files
from whitelist.approval import ListingRef
from whitelist.fields import Place
from whitelist.listing import rows_hash
from whitelist.transfer import Contract, PlanRef, PreNotice

LIST = "list/2026-51-50-cy"
PILOT = "list/2026-00-50-pilot"
CODE = "900-052-31"
RECEIVERS = {name: uscc("500116", serial) for serial, name in enumerate("ABC", 11)}
GENERATORS = {division: uscc(division, 21) for division in ("510112", "510502", "511702")}
CARRIER = uscc("510100", 31)
PERMITS = {name: f"permit/{code}/01K9000000000000000000PER{name}" for name, code in RECEIVERS.items()}
ITEM = {"category": "HW31", "scope": "INCLUDE", "codes": [CODE]}
PLACE = {name: {"division": "500116", "address": f"重庆市江津区德感工业园{name}区（虚构）"} for name in RECEIVERS}


def row(name: str, quota_t: str, **more: Any) -> dict[str, Any]:
    """A row of a list or a draft, as JSON has it."""
    return {"receiver": RECEIVERS[name], "permit": PERMITS[name], "waste": ITEM, "methods": ["R4"], "quota_t": quota_t, **more}


LISTED = [row("A", "100.000000"), row("B", "60.000000", conditions={"pre_notice_days": 3})]
"""The list that is in force."""


def draft(rows: list[dict[str, Any]], name: str = LIST, **propose: Any) -> DraftList:
    """A draft as a file would hold it."""
    said = {"propose": {**_PROPOSE, "rows": len(rows), **propose}} if propose else {}
    return read_draft(json.dumps({"list": name, "rows": rows, **said}).encode())


_PROPOSE = {
    "letter_no": "川环函〔2025〕900号（虚构）",
    "letter_date": "2025-12-20",
    "effective_from": "2026-01-01",
    "effective_to": "2026-12-31",
    "kind": "mutual",
    "suspension_stops": "issue",
    "rows": 2,
    "pages": 1,
}


class TrialYear:
    """The log, act by act."""

    def __init__(self, stops: str = "issue", rows: list[dict[str, Any]] | None = None, methods: tuple[str, ...] = ("R4",)) -> None:
        """``stops``: what a suspension of a row stops; ``rows`` of the list; ``methods`` of the permits."""
        files = {file.name: (file.version, file.path.read_bytes()) for file in data_files()}
        self.bench = Workbench([WHITELIST, MANIFESTS], files, at_s=parse_at("2025-12-20T09:00:00+08:00"))
        self.serial = 0
        self._files: tuple[int, dict[str, bytes]] = 0, {}
        for party in (*RECEIVERS.values(), *GENERATORS.values(), CARRIER):
            self.bench.register(party, f"测试单位{party[-6:]}（虚构）")
        for name, chain in PERMITS.items():
            body = {
                "no": f"CQ{name}（虚构）", "class": "permit", "valid_from": "2022-07-01", "valid_to": "2027-06-30", **PLACE[name],
                "items": [{**ITEM, "methods": methods}], "scale_t": "60000",
            }  # fmt: skip
            self.bench.post("permit.grant/1", chain, (AUTHORITY_50,), body)
        self.bench.post("list.propose/1", LIST, (AUTHORITY_51,), {**_PROPOSE, "suspension_stops": stops, "rows": len(rows or LISTED)})
        self.bench.post("list.rows/1", LIST, (AUTHORITY_51,), {"page": 0, "rows": rows or LISTED})
        digest = rows_hash(self.bench.facts.state(LIST).rows)
        letter = {"rows_hash": digest, "letter_no": "渝环函〔2025〕800号（虚构）", "letter_date": "2025-12-20"}
        self.bench.post("list.countersign/1", LIST, (AUTHORITY_50,), letter)

    def at(self, day: str) -> None:
        """Nine o'clock of a day."""
        self.bench.at_s = parse_at(f"{day}T09:00:00+08:00")

    def list_act(self, kind: str, by: str = AUTHORITY_51, **body: Any) -> str:
        """A later act on the list; its hash."""
        letter = {"letter_no": "川环函〔2026〕88号（虚构）", "letter_date": format_at(self.bench.at_s)[:10]}
        return self.bench.post(f"{kind}/1", LIST, (by,), {**letter, **body}).statement.hash

    def decide(
        self,
        division: str,
        name: str,
        mass_t: str,
        *,
        listing: int | None = None,
        agrees: bool | None = None,
        days: int = 2,
        method: str = "R4",
        valid_to: str = "2026-12-31",
        more_t: tuple[str, ...] = (),
    ) -> str:
        """Apply, perhaps by letter with a reply, and decide ``days`` later; ``more_t`` are further lines of it. The chain of the decision."""
        self.serial += 1
        generator, number = GENERATORS[division], self.serial
        chain = f"approval/{generator}/01K9{number:022d}"
        line = {
            "name": "废铅蓄电池", "code": CODE, "category": "HW31", "hazards": ["T", "C"], "mass_t": mass_t, "method": method,
            **({} if listing is None else {"listing": {"list": LIST, "row": listing}}),
        }  # fmt: skip
        lines = [line, *({**line, "name": f"废铅蓄电池{at}", "mass_t": much} for at, much in enumerate(more_t, 1))]
        granted = [{"line": at, "mass_t": one["mass_t"]} for at, one in enumerate(lines)]
        body = {
            "receiver": RECEIVERS[name], "permit": PERMITS[name], "applied_to": "2026-12-31", "lines": lines,
            "origin": {"division": division, "address": "某路1号（虚构）"},
        }  # fmt: skip
        self.bench.post("approval.apply/1", chain, (generator,), body)
        if agrees is not None:
            day = format_at(self.bench.at_s)[:10]
            letter = {"letter_no": f"川环商〔2026〕{number}号（虚构）", "letter_date": day}
            self.bench.post("approval.consult/1", chain, (AUTHORITY_51,), letter)
            self.bench.at_s += days * DAY_S
            reply = {"letter_no": f"渝环复〔2026〕{number}号（虚构）", "letter_date": day, "agree": agrees}
            self.bench.post("approval.reply/1", chain, (AUTHORITY_50,), reply if agrees else {**reply, "reason": "接收能力不足"})
        self.bench.at_s += days * DAY_S
        no = f"川环审批〔2026〕{number}号（虚构）"
        yes = {"approve": True, "no": no, "valid_to": valid_to, "lines": granted}
        self.bench.post(
            "approval.decide/1",
            chain,
            (AUTHORITY_51,),
            {"approve": False, "no": no, "outcome": "disagreed", "reason": "接受地不同意"} if agrees is False else yes,
        )
        return chain

    def pilot(self, rows: list[dict[str, Any]], generator: str, *names: str) -> None:
        """A national pilot list, and a trip on each of its rows to the receiver that it names."""
        chain = PILOT
        self.bench.post("list.propose/1", chain, (AUTHORITY_51,), {**_PROPOSE, "kind": "pilot", "rows": len(rows)})
        self.bench.post("list.rows/1", chain, (AUTHORITY_51,), {"page": 0, "rows": rows})
        letter = {
            "rows_hash": rows_hash(self.bench.facts.state(chain).rows),
            "letter_no": "渝环函〔2026〕3号（虚构）",
            "letter_date": "2025-12-20",
        }
        self.bench.post("list.countersign/1", chain, (AUTHORITY_50,), letter)
        for number, name in enumerate(names):
            self.trip(f"approval/{generator}/-", name, "5", pilot=number)

    def trip(
        self,
        approval: str,
        name: str,
        mass_t: str,
        *,
        noticed_d: int | None = None,
        method: str = "R4",
        departs: bool = True,
        voids: bool = False,
        line: int = 0,
        pilot: int | None = None,
    ) -> str:
        """Issue a manifest on a line of the decision, and have it depart an hour later; the chain."""
        self.serial += 1
        generator, number = approval.split("/")[1], self.serial
        division, at_s = generator[2:8], self.bench.at_s
        chain = f"manifest/{generator}/01K9{number:022d}"
        start = Place(division=division, address="某路1号（虚构）")
        issue = acts.Issue(
            lines=(replace(waste(mass_t, line), packs=1, method=method),), receiver=RECEIVERS[name], permit=PERMITS[name], approval=approval, origin=start,
            destination=Place(**PLACE[name]), consignor="generator", carriers=(CARRIER,), emergency_measures="泄漏时用砂土围堵，收集残液。",
            plan=PlanRef(filing_no="GL-2026-001"), contract=Contract(no="HT-2026-001", valid_to="2027-12-31"),
            pre_notice=None if noticed_d is None else PreNotice(given_at=format_at(at_s - noticed_d * DAY_S)),
        )  # fmt: skip
        if pilot is not None:
            bare = (replace(issue.lines[0], decision_line=None),)
            issue = replace(issue, approval=None, pilot=ListingRef(list=PILOT, row=pilot), lines=bare, origin=replace(start, site=None))
        self.bench.post("manifest.issue/1", chain, (generator,), issue)
        self.bench.at_s = at_s + 3600
        if departs:
            depart = acts.Depart(
                vehicle=Vehicle(kind="truck", plate=f"川A·F{number:04d}", licence_no=f"5101{number:08d}"), waybill_no=f"5101002026{number:06d}",
                gate=acts.Gate(labels=(f"{generator}{CODE.replace('-', '')}20260101{number % 1000:03d}",), checks=("carrier", "vehicle", "crew", "labels")),
                place=start,
            )  # fmt: skip
            self.bench.post("manifest.depart/1", chain, (generator, CARRIER), depart)
        if voids:
            self.bench.post("manifest.void/1", chain, (generator,), {"reason": "名单停住"})
        return chain

    def trial(self, asked: DraftList, year: int | None = None) -> WhatIf:
        """The draft on this log, read as an export is."""
        return result_of(try_out(self.files().get, self.bench.kinds, lambda look: asked, year))

    def files(self) -> dict[str, bytes]:
        """The export, made once for so many entries."""
        size = len(self.bench.entries)
        if self._files[0] != size:
            self._files = size, self.bench.export()
        return self._files[1]


@cache
def year() -> TrialYear:
    """The year that the tests share: 100 t and 60 t listed, of which 90 and 45 are decided; 95 t by letter beyond the first row, two to a receiver
    that is on no list, and one refused there."""
    log = TrialYear()
    log.at("2026-01-12")
    first = log.decide("510112", "A", "40", listing=0)
    log.at("2026-02-02")
    second = log.decide("510502", "B", "25", listing=1, days=3)
    log.at("2026-03-02")
    third = log.decide("511702", "A", "50", listing=0, days=4)
    log.at("2026-03-16")
    beyond = log.decide("510112", "A", "95", listing=0, agrees=True, days=9)
    log.at("2026-04-13")
    off_list = log.decide("510112", "C", "30", agrees=True, days=8)
    log.at("2026-05-11")
    log.decide("510502", "C", "35", agrees=False, days=6)
    log.at("2026-06-01")
    fourth = log.decide("511702", "B", "20", listing=1)
    for month in (6, 7, 8, 9):
        for position, (approval, name) in enumerate(
            ((first, "A"), (second, "B"), (third, "A"), (beyond, "A"), (off_list, "C"), (fourth, "B"))
        ):
            log.at(f"2026-{month:02d}-{10 + position:02d}")
            log.trip(approval, name, "5.5" if name == "A" else "4.5", noticed_d=position if month % 2 else None)
    log.at("2026-10-12")
    log.trip(first, "A", "2", departs=False, voids=True)
    log.at("2026-10-13")
    log.trip(third, "A", "2", departs=False)
    return log
