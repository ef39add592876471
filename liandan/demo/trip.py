"""One manifest of the story, act by act. A trip only writes down what its parties do; nothing here knows a server."""

from collections.abc import Mapping
from typing import Any, Self

from msgspec import Struct, field

from ledger.mass import format_mass, parse_mass
from ledger.times import day_of, format_at
from liandan.demo.calendar import HOUR, MINUTE, at, seconds
from liandan.demo.play import PlannedAct, Way
from liandan.demo.world import World

CHECKS = ("carrier", "vehicle", "crew", "labels", "packaging", "intact")
TARE_G = 15_000_000

Body = dict[str, Any]


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an act of a trip does otherwise than usual."""

    set: dict[str, Any] = field(default_factory=dict)
    """Fields of the body by dotted path: ``lines.0.opinion``."""
    drop: tuple[str, ...] = ()
    """Fields that are left out."""
    by: tuple[str, ...] = ()
    """Who signs, if not the usual ones."""
    device: str = ""
    """Which key of the carrier signs."""
    to: str = ""
    """hand_over: the carrier who takes."""
    t: str = ""
    """dispose: this much, not all that is in stock."""
    net_t: str = ""
    """receive: this much came off the truck, not all that was declared."""
    confirmed: str = "20m"
    """receive: signed so long after the waste was accepted."""
    reported: bool = False
    """receive: the difference was reported to the authority, the generator told."""
    numbered: bool = True
    """issue: with its national number."""
    at: str = ""
    """When it happened, where that is not so long after the act before: ``10-19 08:30``."""
    posted: str = ""
    """When it reaches the log, if not at the end of its slot: ``10-15 14:00``."""
    refused: tuple[str, ...] = ()
    """Codes with which the log must refuse it."""


class ManifestStory:
    """A manifest from issue on; every step adds one act and moves on the time of the last one."""

    def __init__(
        self,
        world: World,
        name: str,
        flow: str,
        issued_s: int,
        mass_g: int,
        *,
        plate: str = "",
        way: Way = "batch",
        title: str = "",
        returns: str = "",
        origin: str = "",
        to: str = "",
    ) -> None:
        """``name`` tells trips apart and fixes the ULID; ``mass_g`` is declared. ``returns`` is the load of this flow that it carries home,
        or on ``to`` another receiver (改送). ``origin`` and ``to`` stand for the flow's generator and receiver.
        """
        self.world, self.name, self.flow, self.now_s, self.mass_g, self.title = world, name, flow, issued_s, mass_g, title
        self.cast = world.cast
        known, firm = self.cast.flows[flow], self.cast.firm
        self.generator, self.receiver, self.carrier = firm(origin or known.generator), firm(known.receiver), firm(known.carrier)
        self.start, self.returns, self.permit = self.generator, returns, world.permit_of(known)
        if returns:
            self.start, self.receiver = self.receiver, self.generator
        if to:
            self.receiver, self.permit = firm(to), world.permits.get(to, "")
        self.waste, self.approval = self.cast.waste_of(known), world.approvals[flow]
        self.issued_s, self.ulid = issued_s, world.ulid(issued_s, name)
        self.chain = world.loads[name] = f"manifest/{self.generator.uscc}/{self.ulid}"
        self.plate = plate or f"{self.cast.plates[known.carrier]}9{world.count(f'spare {known.carrier}'):02d}"
        self.stock_g = mass_g
        self.acts: list[PlannedAct] = []
        self._way: Way = way

    def do(self, steps: str, **options: Any) -> Self:
        """Acts one after the other, ``issue; depart 1h``; ``options`` are those of :class:`Step`, for each of them."""
        return self.follow(steps, {one.split()[0]: Step(**options) for one in steps.split("; ")})

    def follow(self, steps: str, how: Mapping[str, Step]) -> Self:
        """Acts one after the other, each so long after the one before; ``receive1`` is a receive of which ``how`` says something else."""
        for one in steps.split("; "):
            name, _, wait = one.partition(" ")
            step = how.get(name, Step())
            self.now_s = at(step.at) if step.at else self.now_s + seconds(wait)
            self._act(name.rstrip("123456789"), step)
        return self

    def _act(self, verb: str, step: Step) -> None:
        body: Body = self._body(verb, step)
        for path, value in step.set.items():
            put(body, path, value)
        for path in step.drop:
            put(body, path, None)
        kind, chain = f"manifest.{verb}/1", self.chain
        if verb == "number":
            kind, chain = "case.number/1", f"{chain.replace('manifest', 'case', 1)}/{self.world.ulid(self.now_s, self.name)}"
        act = PlannedAct(
            kind=kind, chain=chain, by=tuple(self.cast.firm(name).uscc for name in step.by or self._signers(verb, step)),
            devices={self.carrier.uscc: (step.device,)} if step.device else {}, body=body, at_s=self.now_s,
            post_s=at(step.posted) if step.posted else None, expect=step.refused, way=self._way if verb == "issue" else "batch",
            only_if_admitted=self._way == "race" and verb != "issue", title=self.title,
        )  # fmt: skip
        self.acts.append(act)
        if not step.refused:
            self._after(verb, step, body)

    def _signers(self, verb: str, step: Step) -> tuple[str, ...]:
        match verb:
            case "issue" | "void" | "verify" | "number":
                return (self.generator.key,)
            case "depart":
                return (self.generator.key, self.carrier.key)
            case "receive" | "dispose":
                return (self.receiver.key,)
        return (self.carrier.key, step.to) if step.to else (self.carrier.key,)

    def _after(self, verb: str, step: Step, body: Body) -> None:
        match verb:
            case "hand_over":
                self.carrier = self.cast.firm(step.to)
            case "receive":
                self.stock_g = sum(parse_mass(line["accepted_t"]) for line in body["lines"])
            case "dispose":
                self.stock_g -= sum(parse_mass(fate["mass_t"]) for fate in body["fates"])

    def _body(self, verb: str, step: Step) -> Body:
        """What usually stands in it; reasons, places of transit and whatever else is not usual are the step's to say."""
        match verb:
            case "issue":
                return self._issue(step)
            case "number":
                return {"trunk": f"$trunk:{self.name}", "number": self.world.number(self.name, self.generator.division)}
            case "depart":
                loaded = [{"line": 0, "mass_t": format_mass(self.mass_g)}]
                gate = {"labels": self._labels(), "checks": list(CHECKS)}
                return self._transport() | {"gate": gate, "loaded": loaded, "place": self.start.place}
            case "hand_over":
                return self._transport()
            case "transship":
                return {"vehicle": self._vehicle()}
            case "arrive":
                return {"place": self.receiver.place}
            case "receive":
                return self._receive(step)
            case "dispose":
                return {"fates": [{"line": 0, "method": self.waste.method, "mass_t": step.t or format_mass(self.stock_g)}]}
        return {}

    def _issue(self, step: Step) -> Body:
        """填写、运行联单."""
        waste, declared_t = self.waste, format_mass(self.mass_g)
        packed = {"form": waste.form, "packing": waste.packing, "packs": waste.packs(self.mass_g)}
        line: Body = (
            waste.named | {"components": waste.components} | packed | {"mass_t": declared_t, "method": waste.method, "decision_line": 0}
        )
        line |= {"dg": {"un_no": waste.un_no, "dg_class": waste.dg_class}} if waste.un_no else {"dg_none": "未列入危险货物品名表"}
        if waste.piece_t:
            line["pieces"] = {"count": self.mass_g // parse_mass(waste.piece_t), "unit": "只"}
        division = self.start.division
        body: Body = {
            "lines": [line], "receiver": self.receiver.uscc, "permit": self.permit, "approval": self.approval,
            "origin": self.start.place, "destination": self.receiver.place, "consignor": "generator", "carriers": [self.carrier.uscc],
            "emergency_measures": waste.measures, "planned_at": format_at(self.now_s + HOUR),
            "plan": {"filing_no": f"GL-{division}-2026-001"},
            "contract": {"no": f"HT-2026-{self.receiver.division}", "valid_to": "2027-12-31"},
        }  # fmt: skip
        goes_home = self.receiver is self.generator
        if self.returns or self.start.province == self.receiver.province:
            for name in ("approval", "lines.0.decision_line"):
                put(body, name, None)
        if self.returns:
            for name in ("plan", "contract", *(["permit"] if goes_home else [])):
                put(body, name, None)
            how = "back" if goes_home else "redirect"
            body["returns"] = {"manifest": self.world.loads[self.returns], "how": how, "lines": [0]}
        if step.numbered and not step.refused and self._way != "race":
            body["number"] = self.world.number(self.name, division)
        return body

    def _labels(self) -> list[str]:
        """A label of 37 characters for every pack; bulk goods carry none."""
        if self.waste.packing == "tank":
            return []
        stem = f"{self.generator.uscc}{self.waste.code.replace('-', '')}{self._day()}"
        return [f"{stem}{self.world.count(stem):03d}" for _ in range(self.waste.packs(self.mass_g))]

    def _day(self) -> str:
        return day_of(self.now_s).replace("-", "")

    def _transport(self) -> Body:
        day = self._day()
        return {"vehicle": self._vehicle(), "waybill_no": f"YD{day}{self.world.count(f'waybill {day}'):05d}"}

    def _vehicle(self) -> Body:
        return {"kind": "truck", "plate": self.plate, "licence_no": f"营运{self.plate}"}

    def _receive(self, step: Step) -> Body:
        """过磅、接受、确认."""
        net_g, accepted_s = parse_mass(step.net_t) if step.net_t else self.mass_g, self.now_s
        self.now_s += seconds(step.confirmed)
        ticket = {"gross_t": format_mass(net_g + TARE_G), "tare_t": format_mass(TARE_G), "net_t": format_mass(net_g)}
        line = {"line": 0, "opinion": "accept", "accepted_t": format_mass(net_g), "method": self.waste.method}
        weighing = {"method": "weighbridge", "tickets": [ticket]}
        body: Body = {"accepted_at": format_at(accepted_s), "lines": [line], "weighing": weighing}
        if step.reported:
            report = {"at": format_at(accepted_s + 10 * MINUTE), "ref": f"差异报告-{self.ulid[-6:]}"}
            body |= {"reported_to_authority": report, "notified_generator": report}
        return body

    def cut(self, end_s: int) -> list[PlannedAct]:
        """The acts that happen until ``end_s``: what comes later is not part of the story."""
        return [act for act in self.acts if act.at_s <= end_s]


def put(body: Any, path: str, value: Any) -> None:
    """Put a value at a dotted path (``lines.0.code``; a number behind the last element adds one). An object goes into the one that is
    there; ``None`` takes the field or element away.
    """
    *way, last = path.split(".")
    for name in way:
        body = body[int(name)] if isinstance(body, list) else body.setdefault(name, {})
    if isinstance(body, list):
        body[int(last) : int(last) + 1] = [] if value is None else [value]
    elif value is None:
        body.pop(last, None)
    else:
        before = body.get(last)
        body[last] = before | value if isinstance(before, dict) and isinstance(value, dict) else value
