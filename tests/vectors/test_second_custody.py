"""A manifest as the second reader follows it: ends of acts, legs, times, numbers, labels, waybills, lines of renewals, sides of lists."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vectors.forger import bodies, story, v1, writer
from tests.vectors.second_reader import audit

pytestmark = pytest.mark.usefixtures("every_kind")
GENERATOR, CARRIER, RECEIVER = (story.signer(name) for name in ("generator", "carrier", "receiver"))
SICHUAN, CHONGQING = story.signer("sichuan"), story.signer("chongqing")
OTHER = (v1.uscc("91510112" + "0000FX777"), v1.key("other generator"))
TAKING = (v1.uscc("91500112" + "0000FX112"), v1.key("taking carrier", "ecdsa-p256-sha256"))
BASIN = (v1.uscc("11510000" + "0000FX999"), v1.key("authority of both sides"))
PERMIT = story.PERMIT
Q3 = f"Q3 {PERMIT}"


def trunk(last: int, owner: Any = GENERATOR) -> str:
    return f"manifest/{owner[0]}/01KB2Z8Q6V{last:016}"


class Bench:
    """A log with a permit; account rows and numbers of lines follow from the acts."""

    def __init__(self) -> None:
        self.log = writer.Log(story.ORIGIN, story.LOG_KEY, story.WITNESSES)
        self.log.add(story.founding(self.log, "simulated"), story.clock("08:00:05"))
        story.parties(self.log)
        for party, authority in ((OTHER, SICHUAN), (TAKING, CHONGQING)):
            body = {"name": "单位（虚构）", "keys": [v1.registration(party[1], self.log.found, party[0])]}
            self.post("party.register", f"party/{party[0]}", body, authority)
        self.post("permit.grant", PERMIT, bodies.permit(), CHONGQING)
        self.used: dict[str, tuple[int, int]] = {}

    def post(self, kind: str, chain: str, body: Any, *by: Any, at: str = "", moves: int = 0, account: str = Q3, **decision: Any) -> int:
        now = decision.pop("admitted", story.clock("09:00:00"))
        index = len(self.log.entries)
        if moves:
            last, before = self.used.get(account, (None, 0))
            row = {"account": account, **({} if last is None else {"prev_index": last}), "before_g": before, "after_g": before + moves}
            decision["accounts"], self.used[account] = [row], (index, before + moves)
        act = writer.Act(f"{kind}/1", chain, body, by, at or story.clock("09:00:00"), principal=decision.pop("principal", None))
        return int(self.log.add(act, now, **decision))

    def issue(self, chain: str, owner: Any = GENERATOR, **more: Any) -> None:
        decision = {name: more.pop(name) for name in ("tags", "alerts", "admitted", "at") if name in more}
        lines = more.pop("lines", None) or [bodies.line("5.6")]
        body = bodies.issue(RECEIVER[0], PERMIT, lines, carriers=[CARRIER[0], TAKING[0]], **more)
        self.post("manifest.issue", chain, body, owner, route="INTRA", moves=5_600_000, **decision)

    def back(self, chain: str, refused: str, mass: str = "5.6", **more: Any) -> None:
        """退回 of what was refused of another."""
        decision = {"route": "RETURN", "alerts": [["L", "RETURN_TRIP"]]} | {
            name: more.pop(name) for name in ("route", "alerts") if name in more
        }
        way = {"origin": bodies.PLANT, "destination": bodies.SITE, "returns": {"manifest": refused, "how": "back", "lines": [0]}}
        body = bodies.issue(GENERATOR[0], "", [bodies.line(mass)], carriers=[CARRIER[0]]) | way | more
        for name in ("permit", "plan", "contract"):
            body.pop(name, None)
        self.post("manifest.issue", chain, body, GENERATOR, **decision)

    def depart(self, chain: str, owner: Any = GENERATOR, *, moves: int = 0, loaded: str = "5.6", body: Any = None, **decision: Any) -> None:
        departed = bodies.depart(owner[0], {"line": 0, "mass_t": loaded}) | (body or {})
        self.post("manifest.depart", chain, departed, owner, CARRIER, moves=moves, **decision)

    def receive(self, chain: str, accepted: str, moves: int, opinion: str = "accept", refused: str = "", **decision: Any) -> None:
        line = {"line": 0, "opinion": opinion, "accepted_t": accepted, "method": "R4"} | ({"refused_t": refused} if refused else {})
        body = {"accepted_at": story.clock("09:00:00"), "lines": [line], "weighing": {"method": "weighbridge"}}
        self.post("manifest.receive", chain, body, RECEIVER, moves=moves, **decision)

    def codes(self) -> list[str]:
        log = audit.Log(self.log.data.get)
        for raw in self.log.entries:
            log.add(raw)
        return [str(finding["code"]) for finding in log.findings]


def _dispose(bench: Bench, chain: str, mass: str) -> None:
    bench.post("manifest.dispose", chain, {"fates": [{"line": 0, "method": "R4", "mass_t": mass}]}, RECEIVER)


# --- ends (kinds §10)


def test_from_issue_to_closed() -> None:
    bench, chain = Bench(), trunk(1)
    bench.issue(chain)
    bench.depart(chain, loaded="5.7", moves=100_000)
    bench.post("manifest.arrive", chain, {"place": bodies.PLANT}, CARRIER)
    bench.receive(chain, "5.65", -50_000)
    _dispose(bench, chain, "5.6")
    _dispose(bench, chain, "0.05")
    bench.post("manifest.verify", chain, {}, GENERATOR)
    assert bench.codes() == []


@pytest.mark.parametrize(
    ("opinion", "accepted", "refused", "moves", "decision", "codes"),
    [
        ("reject", "0", "", -5_600_000, {"tags": [["DECLINED"]]}, []),
        ("reject", "0", "", -5_600_000, {}, ["DECISION_WRONG"]),
        ("reject", "0", "5.6", -5_600_000, {"tags": [["NO_DEPARTURE"]], "alerts": [["H", "NO_DEPARTURE"]]}, []),
        ("accept", "5.6", "", 0, {"tags": [["NO_DEPARTURE"]], "alerts": [["H", "NO_DEPARTURE"]]}, []),
        ("accept", "5.6", "", 0, {"tags": [["NO_DEPARTURE"]]}, ["DECISION_WRONG"]),
        ("accept", "5.6", "", 0, {}, ["DECISION_WRONG", "DECISION_WRONG"]),
    ],
)
def test_received_at_the_stage_issued(opinion: str, accepted: str, refused: str, moves: int, decision: Any, codes: list[str]) -> None:
    bench, chain = Bench(), trunk(1)
    bench.issue(chain)
    bench.receive(chain, accepted, moves, opinion, refused, **decision)
    assert bench.codes() == codes


def test_a_rejected_load_is_verified_and_closed_and_nothing_is_disposed_of() -> None:
    bench, chain = Bench(), trunk(1)
    bench.issue(chain)
    bench.depart(chain)
    bench.receive(chain, "0", -5_600_000, "reject", tags=[["NO_ARRIVAL"]])
    bench.back(trunk(2), chain)
    bench.depart(trunk(2), body={"place": bodies.PLANT, "waybill_no": "W-9"})
    bench.post("manifest.verify", chain, {}, GENERATOR)
    _dispose(bench, chain, "0.1")
    assert bench.codes() == ["ACT_NOT_OPEN"]


def test_partly_accepted_is_disposed_of_to_the_accepted_gram() -> None:
    bench, chain = Bench(), trunk(1)
    bench.issue(chain)
    bench.depart(chain)
    bench.receive(chain, "5", -600_000, "partly", "0.6", tags=[["NO_ARRIVAL"]])
    _dispose(bench, chain, "5")
    bench.post("manifest.verify", chain, {}, GENERATOR)
    assert bench.codes() == ["RETURN_OPEN"]


@pytest.mark.parametrize("two_at_once", [False, True])
def test_legs_of_two_carriers_end_one_by_one(two_at_once: bool) -> None:
    bench, chain = Bench(), trunk(1)
    bench.issue(chain)
    bench.depart(chain)
    part = {"vehicle": bodies.OTHER_TRUCK, "reason": "x", "place": bodies.PORT, "part": [{"line": 0, "mass_t": "2"}]}
    bench.post("manifest.transship", chain, part, CARRIER)
    bench.post("manifest.hand_over", chain, {"vehicle": bodies.TRUCK, "place": bodies.PORT, "leg": 1}, CARRIER, TAKING)
    arrived = {"place": bodies.PLANT}
    bench.post("manifest.stop", chain, {"place": bodies.PORT, "reason": "x", "leg": 0}, CARRIER)
    if two_at_once:
        bench.post("manifest.arrive", chain, arrived, CARRIER)
    else:
        bench.post("manifest.arrive", chain, arrived | {"leg": 2}, TAKING)
        bench.post("manifest.arrive", chain, arrived, CARRIER)
        bench.receive(chain, "5.6", 0)
    assert bench.codes() == (["SIGNER_ROLE"] if two_at_once else [])


def test_a_load_has_two_parts_at_most() -> None:
    bench, chain = Bench(), trunk(1)
    bench.issue(chain)
    bench.depart(chain)
    part = {"vehicle": bodies.OTHER_TRUCK, "reason": "x", "place": bodies.PORT, "part": [{"line": 0, "mass_t": "2"}]}
    bench.post("manifest.transship", chain, part, CARRIER)
    bench.post("manifest.transship", chain, part, CARRIER)
    assert bench.codes() == ["TRANSSHIP_PART"]


# --- times (§6)


@pytest.mark.parametrize(
    ("kind", "days", "alerts", "codes"),
    [
        ("normal", 16, [["H", "LATE_LONG"]], []),
        ("normal", 16, [], ["DECISION_WRONG"]),
        ("normal", 14, [], []),
        ("backfill_ordinary", 16, [], []),
    ],
)
def test_a_custody_act_of_long_ago(kind: str, days: int, alerts: Any, codes: list[str]) -> None:
    bench, chain = Bench(), trunk(1)
    bench.issue(chain, type=kind, tags=[["BACKFILL"]] if kind != "normal" else [])
    bench.depart(chain)
    admitted = f"2026-11-{2 + days:02}T09:00:00+08:00"
    tags = [["LATE", days * 86_400]]
    bench.post("manifest.arrive", chain, {"place": bodies.PLANT}, CARRIER, admitted=admitted, tags=tags, alerts=alerts)
    assert bench.codes() == codes


@pytest.mark.parametrize(("kind", "codes"), [("normal", ["STATEMENT_STALE"]), ("backfill_special", [])])
def test_a_departure_of_long_ago_is_a_backfill(kind: str, codes: list[str]) -> None:
    bench, chain = Bench(), trunk(1)
    bench.issue(chain, type=kind, tags=[["BACKFILL"]] if kind != "normal" else [])
    bench.depart(chain, admitted="2026-11-18T09:00:00+08:00", tags=[["LATE", 16 * 86_400]])
    assert bench.codes() == codes


def test_the_issue_of_a_backfill_is_later_than_its_departure() -> None:
    for kind, codes in (("backfill_border", []), ("normal", ["AT_BACKWARDS"])):
        bench, chain = Bench(), trunk(1)
        bench.issue(chain, type=kind, tags=[["BACKFILL"]] if kind != "normal" else [])
        bench.depart(chain, at="2026-11-01T09:00:00+08:00", tags=[["LATE", 86_400]])
        assert bench.codes() == codes


# --- registers (kinds §1.5)


@pytest.mark.parametrize(
    ("owner", "voided", "alerts", "codes"),
    [
        (OTHER, False, [["H", "NO_DUPLICATE"]], []),
        (OTHER, False, [], ["DECISION_WRONG"]),
        (OTHER, True, [["M", "NO_REUSED"]], []),
        (GENERATOR, False, [], ["NO_DUPLICATE"]),
        (GENERATOR, True, [["M", "NO_REUSED"]], []),
        (GENERATOR, True, [], ["DECISION_WRONG"]),
    ],
)
def test_a_number_used_before(owner: Any, voided: bool, alerts: Any, codes: list[str]) -> None:
    bench = Bench()
    bench.issue(trunk(1), number="20265101000001")
    if voided:
        bench.post("manifest.void", trunk(1), {"reason": "x"}, GENERATOR, moves=-5_600_000)
    bench.issue(trunk(2, owner), owner, number="20265101000001", alerts=alerts)
    assert bench.codes() == codes


@pytest.mark.parametrize(
    ("label", "alerts", "codes"),
    [
        ("{unit}9000523120261102001", [["H", "LABEL_USED"]], []),
        ("{unit}9000523120261102001", [], ["DECISION_WRONG"]),
        ("{unit}-90005231-20261102-001", [["H", "LABEL_USED"]], []),
        ("{unit} ９０００５２３１　20261102・001", [["H", "LABEL_USED"]], []),
        ("{unit}9000523120261102901", [], []),
        ("{unit}9000523120261103001", [], []),
        ("{unit}9000523120261302001", [], ["LABEL_FORM"]),
        ("{unit}900052312026110200", [], ["LABEL_FORM"]),
        ("915101120000FX029F9000523120261102001", [], ["LABEL_FORM"]),
    ],
)
def test_a_label_belongs_to_one_manifest_however_it_is_spelled(label: str, alerts: Any, codes: list[str]) -> None:
    bench = Bench()
    for last in (1, 2):
        bench.issue(trunk(last))
    bench.depart(trunk(1))
    gate = bodies.depart(GENERATOR[0], {})["gate"] | {"labels": [label.format(unit=GENERATOR[0])]}
    bench.depart(trunk(2), body={"gate": gate, "waybill_no": "W-2"}, alerts=alerts)
    assert bench.codes() == codes


@pytest.mark.parametrize(
    ("waybill", "trip", "alerts", "codes"),
    [
        ("W-1", {}, [["M", "WAYBILL_USED"]], []),
        ("ｗ １", {}, [["M", "WAYBILL_USED"]], []),
        ("W-1", {}, [], ["DECISION_WRONG"]),
        ("W-2", {}, [], []),
        ("W-1", {"trip_id": "a"}, [], []),
    ],
)
def test_a_waybill_belongs_to_one_trip(waybill: str, trip: Any, alerts: Any, codes: list[str]) -> None:
    bench = Bench()
    for last, owner in ((1, GENERATOR), (2, OTHER)):
        bench.issue(trunk(last, owner), owner, **trip)
    bench.depart(trunk(1))
    bench.depart(trunk(2, OTHER), OTHER, body={"waybill_no": waybill}, alerts=alerts)
    assert bench.codes() == codes


# --- renewals and usage (kinds §1.6, §3), sides of lists (§4)


def _renewal(bench: Bench, **more: Any) -> str:
    chain = PERMIT[:-1] + "9"
    bench.post("permit.grant", chain, bodies.permit(renews=PERMIT, **more), CHONGQING)
    return chain


@pytest.mark.parametrize(("account", "codes"), [(Q3, []), (f"Q3 {PERMIT[:-1]}9", ["ACCOUNT_WRONG"])])
def test_a_renewal_moves_the_account_of_its_line(account: str, codes: list[str]) -> None:
    bench = Bench()
    chain = _renewal(bench)
    body = {"month": "2026-10", "received_t": "1", "source": "台账"}
    bench.post("permit.usage", chain, body, RECEIVER, moves=1_000_000, account=account, tags=[["SELF_STATED"]])
    assert bench.codes() == codes


@pytest.mark.parametrize(
    ("more", "twice", "codes"),
    [
        ({}, False, []),
        ({}, True, ["RENEWS"]),
        ({"division": "500112"}, False, ["RENEWS"]),
        ({"class": "collection"}, False, ["RENEWS"]),
    ],
)
def test_a_permit_is_renewed_once_for_the_same_site_and_class(more: Any, twice: bool, codes: list[str]) -> None:
    bench = Bench()
    _renewal(bench, **more)
    if twice:
        bench.post("permit.grant", PERMIT[:-1] + "8", bodies.permit(renews=PERMIT), CHONGQING)
    assert bench.codes() == codes


def test_what_was_revoked_is_not_renewed() -> None:
    bench = Bench()
    bench.post("permit.revoke", PERMIT, {"reason": "x"}, CHONGQING)
    _renewal(bench)
    assert bench.codes() == ["RENEWS"]


@pytest.mark.parametrize(
    ("chain", "kind", "by", "countersigner", "codes"),
    [
        ("list/2026-51-50-a", "mutual", SICHUAN, CHONGQING, []),
        ("list/2026-51-50-a", "mutual", SICHUAN, SICHUAN, ["SIGNER_ROLE"]),
        ("list/2026-51-50-a", "mutual", SICHUAN, None, []),
        ("list/2026-51-50-a", "unilateral", CHONGQING, None, []),
        ("list/2026-51-50-a", "unilateral", SICHUAN, None, ["SIGNER_ROLE"]),
        ("list/2026-51-50-a", "unilateral", CHONGQING, CHONGQING, ["SIGNER_ROLE", "LIST_STAGE"]),
        ("list/2026-51-50-a", "pilot", SICHUAN, CHONGQING, []),
        ("list/2026-51-50-a", "pilot", CHONGQING, SICHUAN, []),
        ("list/2026-51-50-a", "pilot", CHONGQING, CHONGQING, ["SIGNER_ROLE"]),
        ("list/2026-00-50-a", "unilateral", CHONGQING, None, []),
        ("list/2026-00-50-a", "mutual", CHONGQING, None, ["SIGNER_ROLE", "WL_DIRECTION"]),
        ("list/2026-50-50-a", "unilateral", CHONGQING, None, ["SAME_PROVINCE"]),
    ],
)
def test_sides_of_a_list(chain: str, kind: str, by: Any, countersigner: Any, codes: list[str]) -> None:
    bench = Bench()
    bench.post("list.propose", chain, bodies.propose(kind=kind), by)
    row = bodies.row(RECEIVER[0], PERMIT)
    if set(codes) <= {"SIGNER_ROLE", "LIST_STAGE"}:
        bench.post("list.rows", chain, {"page": 0, "rows": [row]}, by)
        codes = codes * 2 if codes == ["SIGNER_ROLE"] and countersigner is None else codes
    if countersigner is not None:
        digest = v1.sha256(b"liandan/list-rows/v1\n" + audit.row_line(row)).hex()
        bench.post("list.countersign", chain, {"rows_hash": digest, "letter_no": "1", "letter_date": "2026-11-02"}, countersigner)
    assert bench.codes() == codes


@pytest.mark.parametrize(("by", "codes"), [(CHONGQING, []), (BASIN, ["SIGNER_ROLE"])])
def test_an_authority_of_both_sides_confirms_no_list(by: Any, codes: list[str]) -> None:
    """One hand is one hand (kinds §1.7): whoever covers the sending side might have proposed it."""
    bench, chain = Bench(), "list/2026-51-50-a"
    keys = [v1.registration(BASIN[1], bench.log.found, BASIN[0])]
    body = {"uscc": BASIN[0], "name": "流域局（虚构）", "regions": ["51", "50"], "keys": keys}
    bench.post("authority.admit", "log/main", body, story.signer("operator"), SICHUAN, CHONGQING)
    bench.post("list.propose", chain, bodies.propose(), BASIN)
    row = bodies.row(RECEIVER[0], PERMIT)
    bench.post("list.rows", chain, {"page": 0, "rows": [row]}, BASIN)
    digest = v1.sha256(b"liandan/list-rows/v1\n" + audit.row_line(row)).hex()
    bench.post("list.countersign", chain, {"rows_hash": digest, "letter_no": "1", "letter_date": "2026-11-02"}, by)
    assert bench.codes() == codes
