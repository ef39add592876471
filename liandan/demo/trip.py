"""One manifest of the story, act by act. A trip only writes down what its parties do; nothing here knows a server."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ledger.mass import format_mass
from ledger.times import day_of, format_at
from liandan.demo.firms import Firm
from liandan.demo.plan import Act, Names, Scribe, Way
from liandan.demo.world import Flow
from manifests import acts
from manifests.model import Place, Vehicle

MINUTE = 60
CHECKS: tuple[acts.GateCheck, ...] = ("carrier", "vehicle", "crew", "labels", "packaging", "intact")


class Counters:
    """Running numbers that several trips share: labels of a generator and day, waybills, national numbers."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def next(self, name: str) -> int:
        """1, 2, 3 … per name."""
        self._last[name] = self._last.get(name, 0) + 1
        return self._last[name]


def number_of(counters: Counters, origin: str) -> str:
    """The next 14-digit number that the state system gives at an origin: ``2026 PP CC NNNNNN``."""
    place = f"50{'02' if origin[2:4] == '02' else '01'}" if origin[:2] == "50" else origin[:4]
    return f"2026{place}{100_000 + counters.next(f'number {place}'):06d}"


def site(firm: Firm) -> Place:
    """Where a firm works."""
    return Place(division=firm.division, address=firm.address)


class Trip:
    """A manifest from issue on; every method adds one act and moves on the time of the last one."""

    def __init__(self, flow: Flow, names: Names, counters: Counters, name: str, issued_s: int, mass_g: int) -> None:
        """``name`` tells trips apart and fixes the ULID; ``mass_g`` is declared."""
        self.flow, self.names, self.name, self.mass_g, self.now_s = flow, names, name, mass_g, issued_s
        self.ulid = names.ulid(issued_s, name)
        self.chain = f"manifest/{flow.generator.uscc}/{self.ulid}"
        self.acts: list[Act] = []
        self._counters = counters

    def _act(
        self, act: str, by: Sequence[Firm], body: object, expect: tuple[str, ...], post_s: int | None = None, way: Way = "batch"
    ) -> None:
        self.acts.append(
            Act(
                kind=f"manifest.{act}/1",
                chain=self.chain,
                by=tuple(firm.uscc for firm in by),
                body=body,
                at_s=self.now_s,
                post_s=post_s,
                expect=expect,
                way=way,
            )
        )

    def part_one(self) -> acts.Issue:
        """Part 1 of the form as the flow has it."""
        flow = self.flow
        return acts.Issue(
            lines=(flow.waste.line(format_mass(self.mass_g), self.mass_g, 0),),
            receiver=flow.receiver.uscc,
            permit=flow.permit,
            approval=flow.approval,
            origin=site(flow.generator),
            destination=site(flow.receiver),
            consignor="generator",
            carriers=(flow.carrier.uscc,),
            emergency_measures=flow.waste.emergency_measures,
            dangerous_goods=flow.waste.dangerous_goods(),
            planned_at=format_at(self.now_s + 60 * MINUTE),
        )

    def issue(self, *, numbered: bool = True, expect: tuple[str, ...] = (), way: Way = "batch", **changes: object) -> Trip:
        """填写、运行联单. ``changes`` replace fields of part 1."""
        body = replace(self.part_one(), **changes)
        if numbered and not expect:
            body = replace(body, number=number_of(self._counters, self.flow.generator.division))
        self._act("issue", [self.flow.generator], body, expect, way=way)
        return self

    def number_later(self, after_s: int) -> Trip:
        """The state system was slow: the number comes in a case, after the issue."""
        number = number_of(self._counters, self.flow.generator.division)

        def body(scribe: Scribe) -> object:
            seq, digest = scribe.trunk(self.chain)
            return acts.CaseNumber(trunk=acts.Trunk(seq=seq, hash=digest), number=number)

        at_s = self.now_s + after_s
        chain = f"case/{self.flow.generator.uscc}/{self.ulid}/{self.names.ulid(at_s, f'{self.name} number')}"
        self.acts.append(Act(kind="case.number/1", chain=chain, by=(self.flow.generator.uscc,), body=body, at_s=at_s))
        return self

    def void(self, after_s: int, reason: str, *, expect: tuple[str, ...] = ()) -> Trip:
        """作废."""
        self.now_s += after_s
        self._act("void", [self.flow.generator], acts.Void(reason=reason), expect)
        return self

    def labels(self, generator: Firm | None = None) -> tuple[str, ...]:
        """A label of 37 characters for every pack; bulk goods carry none."""
        waste, firm = self.flow.waste, generator or self.flow.generator
        if waste.packing == "tank":
            return ()
        day = day_of(self.now_s).replace("-", "")
        stem = f"{firm.uscc}{waste.code.replace('-', '')}{day}"
        return tuple(f"{stem}{self._counters.next(stem):03d}" for _ in range(waste.packs(self.mass_g)))

    def depart(
        self,
        after_s: int,
        plate: str,
        *,
        expect: tuple[str, ...] = (),
        post_s: int | None = None,
        alone: bool = False,
        labels: tuple[str, ...] | None = None,
        vehicle_kind: str = "truck",
    ) -> Trip:
        """装载核实、起运, signed by consignor and carrier; ``alone``: by the carrier only."""
        self.now_s += after_s
        flow = self.flow
        body = acts.Depart(
            vehicle=Vehicle(kind=vehicle_kind, plate=plate),
            waybill_no=self._waybill(),
            gate=acts.Gate(labels=self.labels() if labels is None else labels, checks=CHECKS),
            loaded=(acts.LoadedLine(line=0, mass_t=format_mass(self.mass_g)),),
            place=site(flow.generator),
        )
        self._act("depart", [flow.carrier] if alone else [flow.generator, flow.carrier], body, expect, post_s)
        return self

    def _waybill(self) -> str:
        day = day_of(self.now_s).replace("-", "")
        return f"YD{day}{self._counters.next(f'waybill {day}'):05d}"

    def hand_over(self, after_s: int, taker: Firm, plate: str, place: Place, kind: str) -> Trip:
        """交接: both carriers sign."""
        self.now_s += after_s
        body = acts.HandOver(vehicle=Vehicle(kind=kind, plate=plate), waybill_no=self._waybill(), place=place)
        self._act("hand_over", [self.flow.carrier, taker], body, ())
        self.flow = replace(self.flow, carrier=taker)
        return self

    def transship(self, after_s: int, plate: str, place: Place, reason: str) -> Trip:
        """换装: the same carrier, another truck."""
        self.now_s += after_s
        self._act(
            "transship", [self.flow.carrier], acts.Transship(vehicle=Vehicle(kind="truck", plate=plate), reason=reason, place=place), ()
        )
        return self

    def arrive(self, after_s: int, *, post_s: int | None = None) -> Trip:
        """运抵."""
        self.now_s += after_s
        self._act("arrive", [self.flow.carrier], acts.Arrive(place=site(self.flow.receiver)), (), post_s)
        return self

    def receive(
        self,
        after_s: int,
        lost_g: int = 0,
        *,
        confirmed_after_s: int = 20 * MINUTE,
        line: acts.ReceivedLine | None = None,
        reported: bool = False,
        expect: tuple[str, ...] = (),
    ) -> Trip:
        """过磅、接受、确认. ``lost_g`` less than declared came off the truck; ``line`` says more than "accepted"."""
        accepted_s = self.now_s + after_s
        self.now_s = accepted_s + confirmed_after_s
        net_g = self.mass_g - lost_g
        accepted = acts.ReceivedLine(line=0, opinion="accept", accepted_t=format_mass(net_g), method=self.flow.waste.method)
        tare_g = 15_000_000
        body = acts.Receive(
            accepted_at=format_at(accepted_s),
            lines=(line or accepted,),
            weighing=acts.Weighing(gross_t=format_mass(net_g + tare_g), tare_t=format_mass(tare_g), net_t=format_mass(net_g)),
        )
        if reported:
            report = acts.Report(at=format_at(accepted_s + 10 * MINUTE), ref=f"差异报告-{self.ulid[-6:]}")
            body = replace(body, reported_to_authority=report, notified_generator=report)
        self._act("receive", [self.flow.receiver], body, expect)
        if expect:
            self.now_s = accepted_s - after_s
        return self

    def dispose(self, after_s: int, mass_g: int, method: str | None = None) -> Trip:
        """利用处置结果 for some grams or all."""
        self.now_s += after_s
        fate = acts.DisposedLine(line=0, method=method or self.flow.waste.method, mass_t=format_mass(mass_g))
        self._act("dispose", [self.flow.receiver], acts.Dispose(fates=(fate,)), ())
        return self

    def verify(self, after_s: int) -> Trip:
        """核实、办结."""
        self.now_s += after_s
        self._act("verify", [self.flow.generator], acts.Verify(), ())
        return self

    def cut(self, end_s: int) -> list[Act]:
        """The acts that happen until ``end_s``: what comes later is not part of the story."""
        return [act for act in self.acts if act.at_s <= end_s]
