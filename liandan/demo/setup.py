"""What must be there before the first truck leaves: parties, permits, lists of both directions, applications and decisions.

A decision comes by one of two routes: LISTED, on a row of the yearly list, which is the other province's advance consent; or APPROVED,
after a letter of consultation and an agreeing reply.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import convert

from ledger.times import day_of
from liandan.demo import calendar
from liandan.demo.calendar import HOUR, MINUTE
from liandan.demo.cast import CAST, Flow
from liandan.demo.play import PlannedAct
from liandan.demo.world import LISTS, World, applied_s, decided_s
from whitelist.acts.list_rows import Row
from whitelist.listing import rows_hash


def before_october(world: World) -> Iterator[PlannedAct]:
    """Everything up to the last decision of September."""
    yield from (*registrations(), *permits(world), *lists(world))
    for name, flow in CAST.flows.items():
        if not flow.applied:
            yield from approval(world, name, flow)


def later(world: World) -> Iterator[PlannedAct]:
    """Decisions that were applied for in October."""
    for name, flow in CAST.flows.items():
        if flow.applied:
            yield from approval(world, name, flow)


def registrations() -> Iterator[PlannedAct]:
    """Every firm enters with its first key, signed by the authority of its region."""
    for number, firm in enumerate(CAST.parties):
        body = {"name": firm.name, "keys": [f"$key:{firm.key}"]}
        yield _act("party.register", f"party/{firm.uscc}", CAST.authority_of(firm.key).key, calendar.REGISTERED + MINUTE * number, body)


def permits(world: World) -> Iterator[PlannedAct]:
    """The permits that the authorities had granted on paper."""
    for number, (name, permit) in enumerate(CAST.permits.items()):
        waste = CAST.wastes[permit.waste]
        body = {
            "no": permit.no,
            "class": "exempt_use" if permit.basis else "permit",
            "valid_from": permit.valid_from,
            "valid_to": permit.valid_to,
            "division": CAST.firm(name).division,
            "address": CAST.firm(name).address,
            "items": [{"category": waste.category, "scope": "INCLUDE", "codes": [waste.code], "methods": [waste.method]}],
            "scale_t": permit.t,
            "basis": permit.basis or None,
        }
        yield _act("permit.grant", world.permits[name], CAST.authority_of(name).key, calendar.PERMITTED + MINUTE * number, body)


def lists(world: World) -> Iterator[PlannedAct]:
    """The lists of 2026, one each way: proposed by the sending side, countersigned row by row by the receiving side."""
    sides = (("51-50", "sichuan", "chongqing", "川"), ("50-51", "chongqing", "sichuan", "渝"))
    for number, (way, sender, consenter, letter) in enumerate(sides):
        rows = [_row(world, *row) for row in CAST.lists[way]]
        propose = {
            "letter_no": f"{letter}环函〔2025〕900号（虚构）",
            "letter_date": "2025-12-20",
            "effective_from": "2026-01-01",
            "effective_to": "2026-12-31",
            "kind": "mutual",
            "suspension_stops": "issue",
            "rows": len(rows),
            "pages": 1,
        }
        countersign = {"rows_hash": _digest(rows), "letter_no": "环函复〔2025〕800号（虚构）", "letter_date": "2025-12-26"}
        start = calendar.LISTED + number * 10 * MINUTE
        yield _act("list.propose", LISTS[way], sender, start, propose)
        yield _act("list.rows", LISTS[way], sender, start + MINUTE, {"page": 0, "rows": rows})
        yield _act("list.countersign", LISTS[way], consenter, start + 2 * MINUTE, countersign)


def _row(world: World, receiver: str, quota_t: str) -> dict[str, Any]:
    waste = CAST.wastes[CAST.permits[receiver].waste]
    return {
        "receiver": CAST.firm(receiver).uscc,
        "permit": world.permits[receiver],
        "waste": {"category": waste.category, "scope": "INCLUDE", "codes": [waste.code]},
        "methods": [waste.method],
        "quota_t": quota_t,
    }


def _digest(rows: list[dict[str, Any]]) -> str:
    return rows_hash(convert(row, Row).listed(row["permit"]) for row in rows)


def approval(world: World, name: str, flow: Flow) -> Iterator[PlannedAct]:
    """跨省转移申请 and its decision, on the listing or by letter. Masses are granted whole; the log finds the route."""
    chain, serial = world.approvals[name], 101 + list(CAST.flows).index(name)
    origin, destination = CAST.authority_of(flow.generator).key, CAST.authority_of(flow.receiver).key
    no = f"环审批〔2026〕{serial}号（虚构）"
    grant = {"approve": True, "no": no, "valid_to": flow.valid_to, "lines": [{"line": 0, "mass_t": flow.t}]}
    yield _act("approval.apply", chain, flow.generator, applied_s(flow), _application(world, flow, serial))
    if flow.letter:
        title = "申请量超过白名单剩余额度，未经商请不能批准"
        yield _act("approval.decide", chain, origin, calendar.DECIDED + HOUR // 2, grant, ("WL_QUOTA",), title)
    if flow.letter or flow.row is None:
        letter = {"letter_no": f"环固函〔2026〕{serial}号（虚构）", "letter_date": day_of(calendar.CONSULTED)}
        reply = {"letter_no": f"环固复〔2026〕{serial}号（虚构）", "letter_date": day_of(calendar.REPLIED), "agree": flow.agree}
        if not flow.agree:
            reply["reason"] = "水泥窑协同处置能力已排满，第四季度无法接纳"
        yield _act("approval.consult", chain, origin, calendar.CONSULTED, letter)
        yield _act("approval.reply", chain, destination, calendar.REPLIED, reply)
    if flow.agree:
        yield _act("approval.decide", chain, origin, decided_s(flow), grant)
        return
    yield _act("approval.decide", chain, origin, decided_s(flow), grant, ("CONSENT_REFUSED",), "接受地不同意接受，不能批准")
    refusal = {"approve": False, "no": no, "outcome": "disagreed", "reason": "接受地主管部门不同意接受"}
    yield _act("approval.decide", chain, origin, decided_s(flow) + HOUR, refusal)


def _application(world: World, flow: Flow, serial: int) -> dict[str, Any]:
    waste = CAST.waste_of(flow)
    line: dict[str, Any] = {
        "name": waste.name,
        "code": waste.code,
        "category": waste.category,
        "hazards": list(waste.hazards),
        "mass_t": flow.t,
        "method": waste.method,
    }
    if flow.row is not None:
        way = "-".join(CAST.firm(name).province for name in (flow.generator, flow.receiver))
        line["listing"] = {"list": LISTS[way], "row": flow.row}
    return {
        "receiver": CAST.firm(flow.receiver).uscc,
        "permit": world.permit_of(flow),
        "origin": {"division": CAST.firm(flow.generator).division, "address": CAST.firm(flow.generator).address},
        "applied_to": "2026-12-31",
        "lines": [line],
        "contract": {"no": f"HT-2026-{serial}"},
    }


def _act(kind: str, chain: str, by: str, at_s: int, body: dict[str, Any], expect: tuple[str, ...] = (), title: str = "") -> PlannedAct:
    return PlannedAct(kind=f"{kind}/1", chain=chain, by=(CAST.firm(by).uscc,), body=body, at_s=at_s, expect=expect, title=title)
