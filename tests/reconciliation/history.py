"""Random histories for statements: loads of September to December 2026 that come late, are corrected, refused and sent home, regrouped, given up;
months that are closed, disputed and closed again, as the calendar goes. Through the real admission; what it refuses did not happen.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from ledger.fields import File
from ledger.mass import format_mass
from ledger.times import DAY_S, format_at, parse_at
from manifests import acts
from manifests.acts import FieldChange
from manifests.model import ManifestState, Vehicle
from reports.periods.acts.close import PeriodCloseBody
from reports.periods.acts.dispute import DisputedItem, PeriodDispute
from reports.reconcile import check_direction, to_bytes
from reports.reconciliation.model import MonthlyStatement
from signing.refusal import Refusal
from tests.reports.month import LINES, drawn
from tests.reports.story import CARRIERS, DESTINATION, GENERATOR, ORIGIN, PORT, RECEIVER, Story, trunk
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR
from whitelist.fields import Lot, Return
from whitelist.period import following_month, period_chain
from whitelist.transfer import PaperManifest

HOUR = 3600
MONTHS = ("2026-09", "2026-10", "2026-11", "2026-12")
WAYS = (("51", "50"), ("50", "51"))
BOTH = (AUTHORITY_50, AUTHORITY_51)
Step = tuple[int, int, Callable[[], object]]
"""When the log takes it, a number that keeps the order, what is done."""


class _NotThere(Exception):
    """The issue was refused."""


class History:
    """A log and the dice that make it."""

    def __init__(self, seed: int, loads: int = 8) -> None:
        self.dice, self.story = random.Random(seed), Story(LINES)
        self.steps: list[Step] = []
        self.closes: list[tuple[str, tuple[str, str], int]] = []
        """Month, direction, size of every close."""
        for serial in range(1, loads + 1):
            told = self._back_fill if self.dice.random() < 0.15 else self._load
            told(serial, parse_at("2026-09-02T08:00:00+08:00") + self.dice.randrange(100 * DAY_S // HOUR) * HOUR)
        for month in MONTHS:
            self._calendar(month)
        while self.steps:  # steps may add steps, later ones alone
            self.steps.sort(key=lambda step: step[:2])
            at_s, _, act = self.steps.pop(0)
            self.story.bench.at_s = max(self.story.bench.at_s, at_s)
            with suppress(Refusal, _NotThere):
                act()

    def _state(self, serial: int) -> ManifestState:
        found = self.story.bench.facts.state(trunk(serial))
        if not isinstance(found, ManifestState):
            raise _NotThere
        return found

    def plan(self, at_s: int, act: Callable[[], object]) -> None:
        """Do something when the clock is there."""
        self.steps.append((at_s, len(self.steps) + 1000 * len(self.story.bench.entries), act))

    def _lag(self) -> int:
        """How much later an act is entered than it was done: mostly at once, sometimes after days."""
        return self.dice.choice([0, 0, 0, 60, 9 * HOUR, self.dice.randrange(14 * DAY_S)])

    def _load(self, serial: int, at_s: int) -> None:
        dice, bench, story = self.dice, self.story.bench, self.story
        lines = [story.lines[dice.randrange(2)]] if dice.random() < 0.7 else list(story.lines)
        lines = [replace(line, mass_t=format_mass(dice.randrange(1_000_000, 9_000_000)), decision_line=LINES.index(line)) for line in lines]
        self.plan(at_s, lambda: story.issue(serial, lines))
        if dice.random() < 0.1:
            self.plan(
                at_s + dice.randrange(20 * DAY_S),
                lambda: bench.post("manifest.void/1", trunk(serial), (GENERATOR,), acts.Void(reason="车辆故障")),
            )
        if dice.random() < 0.08:
            self.plan(at_s + HOUR, lambda: self._receive(serial, [None] * len(lines), bench.at_s))
        departs_s = at_s + dice.choice([HOUR, HOUR, dice.randrange(HOUR, 25 * DAY_S)])
        if dice.random() < 0.08:
            return
        loaded = tuple(acts.LoadedLine(line=place, mass_t=format_mass(dice.randrange(1_000_000, 9_000_000))) for place in range(len(lines)))
        more: dict[str, Any] = {"loaded": loaded} if dice.random() < 0.3 else {}
        if dice.random() < 0.95:
            self.plan(departs_s + self._lag(), lambda: self._state(serial) and story.depart(serial, at=format_at(departs_s), **more))
        if dice.random() < 0.2:
            hand_over = acts.HandOver(
                vehicle=Vehicle(kind="ship", plate="川渝001", licence_no="510000000001"), waybill_no=f"WB{serial}", place=PORT
            )
            self.plan(departs_s + 2 * DAY_S, lambda: bench.post("manifest.hand_over/1", trunk(serial), CARRIERS[:2], hand_over))
        comes_s = departs_s + dice.choice([5 * HOUR, 9 * HOUR, dice.randrange(3 * HOUR, 12 * DAY_S)])
        if dice.random() < 0.1:
            self.plan(comes_s + 20 * DAY_S, lambda: self._gap(serial))
        if dice.random() < 0.1:
            return
        kept = [dice.choice([0, None, None, None]) for _ in lines]
        self.plan(comes_s + self._lag(), lambda: self._receive(serial, kept, comes_s))
        for _ in range(dice.randrange(3)):
            self.plan(comes_s + dice.randrange(40 * DAY_S), lambda: self._dispose(serial))
        for number in range(dice.choice([0, 0, 1, 2])):
            self.plan(comes_s + dice.randrange(45 * DAY_S), lambda number=number: self._amend(serial, number))  # type: ignore[misc]

    def _back_fill(self, serial: int, at_s: int) -> None:
        """It went on paper, and is entered some days later."""
        dice, story = self.dice, self.story
        comes_s = at_s + dice.randrange(5 * HOUR, 4 * DAY_S)
        scan = File(sha256=sha256(b"scan").hexdigest(), name="scan.pdf", media_type="application/pdf", size=4)
        paper = PaperManifest(reason="系统停用（虚构）", departed_at=format_at(at_s), completed_at=format_at(comes_s), scan=scan)
        told_s, line = (
            comes_s + dice.randrange(HOUR, 25 * DAY_S),
            replace(story.lines[0], mass_t=format_mass(dice.randrange(1_000_000, 9_000_000))),
        )
        self.plan(told_s, lambda: story.issue(serial, [line], type="backfill_ordinary", paper=paper, planned_at=format_at(at_s)))
        self.plan(told_s + HOUR, lambda: self._state(serial) and story.depart(serial, at=format_at(at_s)))
        self.plan(told_s + 2 * HOUR, lambda: self._receive(serial, [None], comes_s))
        self.plan(told_s + dice.randrange(20 * DAY_S), lambda: self._dispose(serial))

    def _receive(self, serial: int, kept: list[int | None], at_s: int) -> None:
        """``kept``: of a line 0 where it is refused; else most of it is accepted."""
        state, dice, lines = self._state(serial), self.dice, []
        is_declined = state.times.departed_s is None and dice.random() < 0.7
        for place, line in enumerate(state.lines):
            why: dict[str, Any] = {"reason_code": "packing", "reason": "外壳破损"}
            if is_declined or (kept[place] == 0 and dice.random() < 0.4):
                lines.append(acts.ReceivedLine(line=place, opinion="reject", accepted_t="0", **why))
            elif kept[place] == 0:
                refused = format_mass(dice.randrange(1, line.sent_g))
                accepted = format_mass(max(line.sent_g - 500_000, 1))
                lines.append(acts.ReceivedLine(line=place, opinion="partly", accepted_t=accepted, refused_t=refused, **why))
            else:
                accepted = format_mass(max(line.sent_g + dice.choice([0, 0, dice.randrange(-600_000, 400_000)]), 1))
                lines.append(acts.ReceivedLine(line=place, opinion="accept", accepted_t=accepted))
        dice.shuffle(lines)
        weighing = acts.Weighing(method="weighbridge")
        body = acts.Receive(accepted_at=format_at(at_s), lines=tuple(lines), weighing=weighing)
        self.story.bench.post("manifest.receive/1", trunk(serial), (RECEIVER,), body, at=format_at(at_s))
        for line in lines:
            if line.opinion != "accept" and not is_declined and dice.random() < 0.7:
                self.plan(self.story.bench.at_s + dice.randrange(9 * DAY_S), lambda line=line: self._send_home(serial, line.line))  # type: ignore[misc]
        if dice.random() < 0.2:
            self.plan(self.story.bench.at_s + dice.randrange(30 * DAY_S), lambda: self._send_on(serial))

    def _send_home(self, serial: int, number: int) -> None:
        story, back = self.story, 500 + serial * 10 + number
        line = self._state(serial).lines[number]
        told = replace(LINES[0 if line.code == LINES[0].code else 1], mass_t=format_mass(line.refused_g), decision_line=None)
        body: dict[str, Any] = {"receiver": GENERATOR, "permit": None, "approval": None, "plan": None, "contract": None, "number": None}
        named = Return(manifest=trunk(serial), how="back", lines=(number,))
        story.issue(back, [told], **body, returns=named, origin=DESTINATION, destination=ORIGIN)
        if self.dice.random() < 0.8:
            self.plan(story.bench.at_s + HOUR, lambda: self._state(back) and story.depart(back, place=DESTINATION))
        receipt = acts.Receive(
            accepted_at=format_at(story.bench.at_s),
            lines=(acts.ReceivedLine(line=0, opinion="accept", accepted_t=told.mass_t),),
            weighing=acts.Weighing(method="weighbridge"),
        )
        arrives_s = story.bench.at_s + self.dice.randrange(8 * HOUR, 9 * DAY_S)
        told_at = replace(receipt, accepted_at=format_at(arrives_s))
        self.plan(arrives_s, lambda: story.bench.post("manifest.receive/1", trunk(back), (GENERATOR,), told_at, at=format_at(arrives_s)))

    def _send_on(self, serial: int) -> None:
        """Regrouped: the receiver sends on what it has, within its province."""
        story, onward = self.story, 700 + serial
        line = self._state(serial).lines[0]
        mass_t = format_mass(line.stock_g // 2)
        told = replace(
            LINES[0 if line.code == LINES[0].code else 1],
            mass_t=mass_t,
            decision_line=None,
            lots=(Lot(manifest=trunk(serial), line=0, mass_t=mass_t),),
        )
        chain = trunk(onward).replace(GENERATOR, RECEIVER)
        story.issue(onward, [told], generator=RECEIVER, approval=None, number=None, origin=DESTINATION)
        fate = acts.DisposedLine(line=0, method="R4", mass_t=mass_t, onward=chain)
        story.bench.post("manifest.dispose/1", trunk(serial), (RECEIVER,), acts.Dispose(fates=(fate,)))
        self.plan(story.bench.at_s + DAY_S, lambda: story.receive(onward, generator=RECEIVER))

    def _dispose(self, serial: int) -> None:
        dice, bench = self.dice, self.story.bench
        state = self._state(serial)
        done = format_at(bench.at_s - dice.randrange(20 * DAY_S))[:10] if dice.random() < 0.5 else None
        fates = tuple(
            acts.DisposedLine(line=place, method="R4", mass_t=format_mass(dice.choice([line.stock_g, line.stock_g // 2 + 1])), done_on=done)
            for place, line in enumerate(state.lines)
            if line.stock_g > 1
        )
        bench.post("manifest.dispose/1", trunk(serial), (RECEIVER,), acts.Dispose(fates=fates))

    def _gap(self, serial: int) -> None:
        state, beside = self._state(serial), self._beside(serial, "GAP")
        is_received = state.times.received_s is not None
        gaps = tuple(
            acts.MissingLine(line=place, mass_t=format_mass(mass_g), cause="stolen")
            for place, line in enumerate(state.lines)
            if (mass_g := line.stock_g + (line.refused_g or 0) if is_received else line.sent_g)
        )
        body = acts.CaseCloseWithGap(trunk=self._newest(serial), gaps=gaps, finding="已立案（虚构）")
        self.story.bench.post("case.close_with_gap/1", beside, BOTH, body)

    def _amend(self, serial: int, number: int) -> None:
        """Of the accepted mass, or of the departure: whoever is concerned agrees at once, or some days later."""
        dice, bench = self.dice, self.story.bench
        state, beside = self._state(serial), self._beside(serial, f"AM{number}")
        if dice.random() < 0.3 and state.times.departed_s is not None:
            by, others = GENERATOR, (CARRIERS[0],)
            was, now = state.times.departed_s, state.times.departed_s - dice.randrange(5 * DAY_S)
            change = FieldChange(path="times.departed_at", was=f'"{format_at(was)}"', now=f'"{format_at(now)}"')
        else:
            by, others = RECEIVER, (GENERATOR, AUTHORITY_50)
            at = state.received_order[0] if state.received_order else 0
            accepted_g = state.lines[at].accepted_g or 0
            if not accepted_g:
                return
            now_t = format_mass(max(accepted_g + dice.randrange(-400_000, 400_000), 1))
            change = FieldChange(path="received.0.accepted_t", was=f'"{format_mass(accepted_g)}"', now=f'"{now_t}"')
        bench.post(
            "case.amend_propose/1",
            beside,
            (by,),
            acts.AmendPropose(trunk=self._newest(serial), changes=(change,), reason="录入错误（虚构）"),
        )
        for party in others:
            consent = acts.AmendConsent(trunk=self._newest(serial))
            self.plan(
                bench.at_s + dice.choice([60, dice.randrange(20 * DAY_S)]),
                lambda party=party, consent=consent: bench.post("case.amend_consent/1", beside, (party,), consent),  # type: ignore[misc]
            )

    def _newest(self, serial: int) -> acts.Trunk:
        hashes = self._state(serial).acts
        return acts.Trunk(seq=len(hashes) - 1, hash=hashes[-1])

    @staticmethod
    def _beside(serial: int, name: str) -> str:
        return trunk(serial).replace("manifest/", "case/") + "/01K9" + name.rjust(22, "0")

    # --- months ------------------------------------------------------------------------------------------------------------------

    def _calendar(self, month: str) -> None:
        """Closed some days after its end, in one or both directions; disputed and closed again now and then."""
        ends_s = parse_at(f"{following_month(month)}-01T00:00:00+08:00")
        for way in WAYS if self.dice.random() < 0.8 else WAYS[:1]:
            at_s = ends_s + self.dice.choice([60, 9 * HOUR, self.dice.randrange(60, 12 * DAY_S)])
            self.plan(at_s, lambda way=way: self.close(month, way))  # type: ignore[misc]
            if self.dice.random() < 0.3:
                self.plan(at_s + DAY_S, lambda way=way: self._dispute(month, way))  # type: ignore[misc]
                self.plan(at_s + self.dice.randrange(2 * DAY_S, 9 * DAY_S), lambda way=way: self.close(month, way))  # type: ignore[misc]

    def close(self, month: str, way: tuple[str, str]) -> None:
        """Close a month as the operator's job does, at the size that the log has, or had a little while ago."""
        size = len(self.story.bench.entries) - self.dice.choice([0, 0, 1, 3])
        if close_month(self.story, month, way, size):
            self.closes.append((month, way, size))

    def _dispute(self, month: str, way: tuple[str, str]) -> None:
        chain = period_chain(month, *way)
        state = self.story.bench.facts.state(chain)
        if state is None:
            return
        item = DisputedItem(key=f"M4 {trunk(1)} 1", note="不符（虚构）")
        self.story.bench.post(
            "period.dispute/1", chain, (AUTHORITY_50,), PeriodDispute(json=state.newest.json, reason="不符（虚构）", items=(item,))
        )

    def statement(self, month: str, way: tuple[str, str] = ("51", "50"), size: int | None = None) -> MonthlyStatement:
        """Of a direction, at a size."""
        return drawn(self.story, month, size=size, direction=way)


def close_month(story: Story, month: str, way: tuple[str, str] = ("51", "50"), size: int | None = None) -> bool:
    """Close a month at a size (``None``: all entries), and whether that was done: a month that is not over in the log then is left alone."""
    at = len(story.bench.entries) if size is None else size
    statement = drawn(story, month, size=at, direction=way)
    if statement.is_provisional:
        return False
    digest = sha256(to_bytes(statement, "json")).hexdigest()
    body = PeriodCloseBody(size=at, root=statement.root, json=digest, adjusts=statement.adjusts or None)
    story.bench.post("period.close/1", period_chain(month, *check_direction(*way)), (OPERATOR,), body)
    return True
