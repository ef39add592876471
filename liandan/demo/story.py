"""The whole story as a list of slots: a pure function of the seed.

First what must be there before the first truck leaves: parties, permits, lists of both directions, applications and decisions. A decision
comes by one of two routes: LISTED, on a row of the yearly list, which is the other province's advance consent; or APPROVED, after a letter
of consultation and an agreeing reply. What is worth seeing after that stands as data in ``story/loads.toml`` (manifests) and
``story/acts.toml`` (everything else); the ordinary month beside it is drawn by the seed.
"""

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

from msgspec import Struct, convert, field

from ledger.mass import parse_mass
from ledger.times import day_of
from liandan.demo import calendar
from liandan.demo.calendar import HOUR, MINUTE, at
from liandan.demo.cast import Flow, read
from liandan.demo.month import ordinary
from liandan.demo.play import PlannedAct, Slot, Way, slots
from liandan.demo.trip import ManifestStory, Step
from liandan.demo.world import World, applied_s, decided_s
from whitelist.acts.list_rows import Row
from whitelist.listing import rows_hash

MANIFESTS = 310


class Load(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A manifest worth seeing: ``zh`` says why. ``steps`` as :meth:`Trip.follow` reads them."""

    zh: str
    flow: str
    at: str
    t: str
    steps: str
    how: dict[str, Step] = {}
    clients: int = 1
    """How many clients do the same at the same moment: a race."""
    truck: str = ""
    """Plate, where two loads share a truck or a ship carries it."""
    returns: str = ""
    """The load that it carries home, where it was refused."""

    def trips(self, world: World, name: str) -> Iterator[ManifestStory]:
        """The manifest, or one for each client."""
        for number in range(self.clients):
            one = f"{name} {number}" if self.clients > 1 else name
            way: Way = "race" if self.clients > 1 else "batch"
            trip = ManifestStory(
                world, one, self.flow, at(self.at), parse_mass(self.t), plate=self.truck, way=way, title=self.zh, returns=self.returns
            )
            yield trip.follow(self.steps, self.how)


class Deed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An act that belongs to no manifest."""

    zh: str
    at: str
    kind: str
    chain: str
    by: tuple[str, ...]
    principal: str = field(name="for", default="")
    device: str = ""
    """Which key of the first signer signs."""
    body: dict[str, Any]
    refused: tuple[str, ...] = ()

    def act(self, world: World) -> PlannedAct:
        """The act on its chain."""
        by = tuple(world.cast.firm(name).uscc for name in self.by)
        principal = world.cast.firm(self.principal).uscc if self.principal else None
        return PlannedAct(
            kind=f"{self.kind}/1", chain=world.chain(self.chain), by=by, principal=principal,
            devices={by[0]: (self.device,)} if self.device else {}, body=self.body, at_s=at(self.at), expect=self.refused, title=self.zh,
        )  # fmt: skip


class Story(Struct, frozen=True):
    """What will happen. ``slots`` come in the order of time."""

    world: World
    slots: tuple[Slot, ...]

    @property
    def acts(self) -> int:
        """Statements to post."""
        return sum(len(slot.acts) for slot in self.slots)


@cache
def loads() -> dict[str, Load]:
    """The manifests worth seeing, by name."""
    return read("loads", dict[str, Load])


@cache
def deeds() -> tuple[Deed, ...]:
    """What belongs to no manifest, in the order of time."""
    return read("acts", dict[str, tuple[Deed, ...]])["act"]


def tell(seed: int) -> Story:
    """Set-up from May to September, 310 manifests in October; the same seed tells the same story."""
    world = World(seed)
    acts = [*before_october(world), *_approvals(world, in_october=True)]
    acts += ordinary(world, Random(seed))  # noqa: S311 -- chance for a story, nothing secret
    for name, load in loads().items():
        for trip in load.trips(world, name):
            acts += trip.cut(calendar.END)
    acts += [deed.act(world) for deed in deeds()]
    return Story(world, tuple(slots(acts)))


def before_october(world: World) -> Iterator[PlannedAct]:
    """Everything up to the last decision of September."""
    yield from (*_registrations(world), *_permits(world), *_lists(world), *_amendments(world), *_approvals(world, in_october=False))


def _approvals(world: World, *, in_october: bool) -> Iterator[PlannedAct]:
    for name, flow in world.cast.flows.items():
        crosses = world.cast.firm(flow.generator).province != world.cast.firm(flow.receiver).province
        if crosses and bool(flow.applied) == in_october:
            yield from _approval(world, name, flow)


def _registrations(world: World) -> Iterator[PlannedAct]:
    """Every firm enters with its first key, signed by the authority of its region."""
    for number, firm in enumerate(world.cast.parties):
        body = {"name": firm.name, "keys": [f"$key:{firm.key}"]}
        authority, at_s = world.cast.authority_of(firm.key).key, calendar.REGISTERED + MINUTE * number
        yield _act(world, "party.register", f"party/{firm.uscc}", authority, at_s, body)


def _permits(world: World) -> Iterator[PlannedAct]:
    """The permits that the authorities had granted on paper."""
    for number, (name, permit) in enumerate(world.cast.permits.items()):
        waste, place = world.cast.wastes[permit.waste], world.cast.firm(name).place
        term = {"valid_from": permit.valid_from, "valid_to": permit.valid_to}
        methods, sort = [waste.method], "exempt_use" if permit.basis else "permit"
        if permit.collects:
            methods, sort = ["S"], "collection"
        granted = {"items": [waste.scope | {"methods": methods}], "scale_t": permit.t, "basis": permit.basis or None}
        body = {"no": permit.no, "class": sort} | term | place | granted
        authority, at_s = world.cast.authority_of(name).key, calendar.PERMITTED + MINUTE * number
        yield _act(world, "permit.grant", world.permits[name], authority, at_s, body)


def _lists(world: World) -> Iterator[PlannedAct]:
    """The lists of 2026, one each way: proposed by the sending side, countersigned row by row by the receiving side."""
    sides = (("51-50", "sichuan", "chongqing", "川"), ("50-51", "chongqing", "sichuan", "渝"))
    for number, (way, sender, consenter, letter) in enumerate(side for side in sides if side[0] in world.cast.lists):
        rows = [_row(world, *row) for row in world.cast.lists[way]]
        written = {"letter_no": f"{letter}环函〔2025〕900号（虚构）", "letter_date": "2025-12-20"}
        year = {"effective_from": "2026-01-01", "effective_to": "2026-12-31"}
        propose = written | year | {"kind": "mutual", "suspension_stops": "issue", "rows": len(rows), "pages": 1}
        countersign = {"rows_hash": _digest(rows), "letter_no": "环函复〔2025〕800号（虚构）", "letter_date": "2025-12-26"}
        start = calendar.LISTED + number * 10 * MINUTE
        yield _act(world, "list.propose", world.lists[way], sender, start, propose)
        yield _act(world, "list.rows", world.lists[way], sender, start + MINUTE, {"page": 0, "rows": rows})
        yield _act(world, "list.countersign", world.lists[way], consenter, start + 2 * MINUTE, countersign)


def _amendments(world: World) -> Iterator[PlannedAct]:
    """In June rows are added and quotas changed: proposed by the sending side, confirmed by the receiving one, in force from July on."""
    for way, amended in world.cast.amended.items():
        sender, consenter = ("sichuan", "chongqing") if way == "51-50" else ("chongqing", "sichuan")
        quota = [{"row": int(row), "quota_t": quota_t} for row, quota_t in amended.quota.items()]
        letter = {"letter_no": "环函〔2026〕55号（虚构）", "letter_date": day_of(calendar.AMENDED)}
        body = letter | {"effective_from": "2026-07-01", "add": [_row(world, *row) for row in amended.add], "quota": quota}
        title = f"白名单年中调整：新增 {len(amended.add)} 行，调整 {len(quota)} 行额度，七月一日起"
        yield _act(world, "list.amend", world.lists[way], sender, calendar.AMENDED, body, title=title)
        confirm = {"letter_no": "环函复〔2026〕41号（虚构）", "letter_date": day_of(calendar.CONFIRMED), "act": f"$newest:list:{way}"}
        yield _act(world, "list.confirm", world.lists[way], consenter, calendar.CONFIRMED, confirm)


def _row(world: World, receiver: str, quota_t: str) -> dict[str, Any]:
    waste = world.cast.wastes[world.cast.permits[receiver].waste]
    who = {"receiver": world.cast.firm(receiver).uscc, "permit": world.permits[receiver]}
    return {**who, "waste": waste.scope, "methods": [waste.method], "quota_t": quota_t}


def _digest(rows: list[dict[str, Any]]) -> str:
    return rows_hash(convert(row, Row).listed(row["permit"]) for row in rows)


def _approval(world: World, name: str, flow: Flow) -> Iterator[PlannedAct]:
    """跨省转移申请 and its decision, on the listing or by letter. Masses are granted whole; the log finds the route."""
    chain, serial = world.approvals[name], 101 + list(world.cast.flows).index(name)
    origin, destination = world.cast.authority_of(flow.generator).key, world.cast.authority_of(flow.receiver).key
    no = f"环审批〔2026〕{serial}号（虚构）"
    grant = {"approve": True, "no": no, "valid_to": flow.valid_to, "lines": [{"line": 0, "mass_t": flow.t}]}
    yield _act(world, "approval.apply", chain, flow.generator, applied_s(flow), _application(world, flow, serial))
    if flow.letter:
        title = "申请量超过白名单剩余额度，未经商请不能批准"
        yield _act(world, "approval.decide", chain, origin, calendar.DECIDED + HOUR // 2, grant, ("WL_QUOTA",), title)
    if flow.letter or flow.row is None:
        letter = {"letter_no": f"环固函〔2026〕{serial}号（虚构）", "letter_date": day_of(calendar.CONSULTED)}
        reply = {"letter_no": f"环固复〔2026〕{serial}号（虚构）", "letter_date": day_of(calendar.REPLIED), "agree": flow.agree}
        if not flow.agree:
            reply["reason"] = "水泥窑协同处置能力已排满，第四季度无法接纳"
        yield _act(world, "approval.consult", chain, origin, calendar.CONSULTED, letter)
        yield _act(world, "approval.reply", chain, destination, calendar.REPLIED, reply)
    if flow.exceeds:
        yield from _exceeding(world, name, flow, grant)
    if flow.agree:
        yield _act(world, "approval.decide", chain, origin, decided_s(flow), grant)
        return
    yield _act(world, "approval.decide", chain, origin, decided_s(flow), grant, ("CONSENT_REFUSED",), "接受地不同意接受，不能批准")
    refusal = {"approve": False, "no": no, "outcome": "disagreed", "reason": "接受地主管部门不同意接受"}
    yield _act(world, "approval.decide", chain, origin, decided_s(flow) + HOUR, refusal)


def _exceeding(world: World, name: str, flow: Flow, grant: dict[str, Any]) -> Iterator[PlannedAct]:
    """2020 mechanism 4 [READ S6]: beyond the quota of its row nothing is decided before the other side consents; then it is, on the listing."""
    chain, origin, destination = (
        world.approvals[name],
        world.cast.authority_of(flow.generator).key,
        world.cast.authority_of(flow.receiver).key,
    )
    way, at_s = f"{world.cast.firm(flow.generator).province}-{world.cast.firm(flow.receiver).province}", applied_s(flow)
    yield _act(world, "approval.decide", chain, origin, at_s + HOUR, grant, ("WL_QUOTA",), "白名单额度已满：对方复函同意超出之前不能批准")
    letter = {
        "letter_no": "环函复〔2026〕88号（虚构）",
        "letter_date": day_of(at_s),
        "asked_no": "环函〔2026〕188号（虚构）",
        "asked_date": day_of(at_s),
    }
    body = letter | {"row": flow.row, "extra_t": flow.t, "approval": chain}
    title = f"复函同意超出白名单额度 {flow.t} 吨，只用于这一份申请"
    yield _act(world, "list.exceed_consent", world.lists[way], destination, at_s + 3 * HOUR, body, title=title)


def _application(world: World, flow: Flow, serial: int) -> dict[str, Any]:
    waste, generator = world.cast.waste_of(flow), world.cast.firm(flow.generator)
    line = waste.named | {"mass_t": flow.t, "method": waste.method}
    if flow.row is not None:
        line["listing"] = {"list": world.lists[f"{generator.province}-{world.cast.firm(flow.receiver).province}"], "row": flow.row}
    to = {"receiver": world.cast.firm(flow.receiver).uscc, "permit": world.permit_of(flow)}
    return {**to, "origin": generator.place, "applied_to": "2026-12-31", "lines": [line], "contract": {"no": f"HT-2026-{serial}"}}


def _act(
    world: World, kind: str, chain: str, by: str, at_s: int, body: dict[str, Any], expect: tuple[str, ...] = (), title: str = ""
) -> PlannedAct:
    return PlannedAct(kind=f"{kind}/1", chain=chain, by=(world.cast.firm(by).uscc,), body=body, at_s=at_s, expect=expect, title=title)
