"""A month with one of everything, for the tests of the statement: October 2026, 51 to 50, two codes."""

from __future__ import annotations

import random
from base64 import b64encode
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.admission.kind_table import Kinds
from ledger.times import format_at
from ledger.tree.merkle import leaf_hash, root_of
from manifests import acts
from reports.kinds import all_kinds
from reports.reconcile import begin, check_direction, finish
from reports.reconciliation.model import MonthlyStatement
from tests.reports.story import DESTINATION, GENERATOR, ORIGIN, Story, trunk, waste
from whitelist.fields import Return

SLAG = replace(waste("5.6", 1), code="384-004-31", name="铅蓄电池生产废渣", hazards=("T",))
LINES = (waste("5.6", 0), SLAG)


def trip(story: Story, serial: int, line: int, accepted_t: str = "", *, days: int = 0, stop: str = "", refused_t: str = "") -> None:
    """One manifest of one line, as far as ``stop`` (``issue``, ``void``, ``depart``) or to its receipt."""
    story.issue(serial, [story.lines[line]])
    story.wait(minutes=30)
    if stop == "issue":
        return
    if stop == "void":
        story.bench.post("manifest.void/1", trunk(serial), (GENERATOR,), acts.Void(reason="车辆故障"))
        return
    story.depart(serial)
    if stop == "depart":
        return
    story.wait(hours=5, days=days)
    story.arrive(serial)
    story.wait(minutes=30)
    if not refused_t:
        story.receive(serial, [acts.ReceivedLine(line=0, opinion="accept", accepted_t=accepted_t, method="R4")])
        return
    report = acts.Report(at=format_at(story.bench.at_s), ref="津环告〔2026〕11号（虚构）")
    partly = acts.ReceivedLine(
        line=0,
        opinion="partly",
        accepted_t=accepted_t,
        refused_t=refused_t,
        method="R4",
        reason_code="packing",
        reason="外壳破损",
        differences=("packing",),
    )
    story.receive(serial, [partly], reported_to_authority=report, notified_generator=report)


def send_home(story: Story, serial: int, line: int, refused_t: str) -> None:
    """What was refused of a manifest leaves on a return, which is received at once."""
    named = Return(manifest=trunk(serial), how="back", lines=(0,))
    body = {"receiver": GENERATOR, "permit": None, "approval": None, "plan": None, "contract": None, "returns": named}
    ends = {"origin": DESTINATION, "destination": ORIGIN, "number": None}
    story.issue(500 + serial, [replace(story.lines[line], mass_t=refused_t, decision_line=None)], **body, **ends)
    story.depart(500 + serial, place=DESTINATION)
    story.wait(hours=4)
    lines = (acts.ReceivedLine(line=0, opinion="accept", accepted_t=refused_t),)
    receipt = acts.Receive(accepted_at=format_at(story.bench.at_s), lines=lines, weighing=acts.Weighing(method="weighbridge"))
    story.bench.post("manifest.receive/1", trunk(500 + serial), (GENERATOR,), receipt)


@cache
def october() -> Story:
    """1 and 2 leave in September and arrive in October; 3 to 6 lie within it; 7 is refused in part; 8 is voided; 9 arrives in November;
    10 never arrives; 11 never leaves."""
    story = Story(LINES)
    story.at("2026-09-29T08:00:00+08:00")
    trip(story, 1, 0, "5.58", days=3)
    story.at("2026-10-02T18:00:00+08:00")
    for serial in (3, 4, 5, 6):
        story.at(f"2026-10-{serial + 2:02d}T08:30:00+08:00")
        trip(story, serial, serial % 2, "5.548" if serial % 2 else "5.6")
    story.at("2026-10-14T08:30:00+08:00")
    trip(story, 7, 0, "3.2", refused_t="2.38")
    trip(story, 8, 0, stop="void")
    story.at("2026-10-28T08:30:00+08:00")
    trip(story, 10, 1, stop="depart")
    trip(story, 11, 1, stop="issue")
    trip(story, 9, 0, "5.59", days=5)
    return story


def any_story(seed: int) -> Story:
    """Some manifests from September to November, however they end."""
    dice = random.Random(seed)
    story = Story(LINES)
    story.at("2026-09-20T08:00:00+08:00")
    for serial in range(1, dice.randint(2, 9)):
        stop = dice.choice(["", "", "", "depart", "issue", "void"])
        refused = f"{dice.randint(1, 200) / 100:.2f}" if dice.random() < 0.3 else ""
        accepted = f"{5.6 - float(refused or 0) + dice.randint(-5, 5) / 100:.3f}"
        line = dice.randrange(2)
        trip(story, serial, line, accepted, days=dice.randint(0, 9), stop=stop, refused_t=refused)
        if refused and not stop:
            send_home(story, serial, line, refused)
        story.wait(days=dice.randint(0, 8), hours=dice.randint(0, 20))
    return story


def reconcile(
    entries: Iterable[Entry],
    month: str,
    direction: Iterable[str],
    root: str,
    dataset: Callable[[str, str], Any],
    kinds: Kinds | None = None,
) -> MonthlyStatement:
    """The statement of a month and a direction over these entries, the first of a log; ``root`` is the checkpoint's at their number."""
    fold = begin(month, kinds or all_kinds(), dataset)
    for entry in entries:
        fold.step(entry)
    return finish(fold, check_direction(*direction), root)


def drawn(story: Story, month: str = "2026-10", *, size: int | None = None, direction: tuple[str, str] = ("51", "50")) -> MonthlyStatement:
    """The statement over the first ``size`` entries."""
    entries: list[Entry] = story.bench.entries[:size]
    root = b64encode(root_of(leaf_hash(entry.raw) for entry in entries)).decode()
    return reconcile(entries, month, direction, root, story.bench.dataset, story.bench.kinds)
