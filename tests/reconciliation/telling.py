"""Stories of one or two loads around the turn of a month, and what statements say of them."""

from __future__ import annotations

from msgspec.structs import replace

from manifests import acts
from reports.reconcile import begin, finish
from reports.reconciliation.checks import StatementScope
from reports.reconciliation.model import MonthlyStatement
from tests.reports.month import LINES, drawn
from tests.reports.story import GENERATOR, RECEIVER, Story, trunk, waste
from tests.reports.test_corrected import newest
from tests.workbench import AUTHORITY_50

G = 1_000_000
"""A tonne in grams."""


def started(at: str = "2026-10-31T22:00:00+08:00") -> Story:
    story = Story(LINES)
    story.at(at)
    return story


def issued(story: Story, serial: int = 1, mass_t: str = "5.6", number: int = 0) -> None:
    story.issue(serial, [waste(mass_t, number) if not number else replace(LINES[number], mass_t=mass_t)])


def receipt(story: Story, serial: int, at: str, accepted_t: str = "5.6") -> None:
    body = acts.Receive(
        accepted_at=at,
        lines=(acts.ReceivedLine(line=0, opinion="accept", accepted_t=accepted_t),),
        weighing=acts.Weighing(method="weighbridge"),
    )
    story.bench.post("manifest.receive/1", trunk(serial), (RECEIVER,), body, at=at)


def total(story: Story, month: str, size: int | None = None) -> dict[str, float]:
    """Terms in tonnes, of the direction, without those that are 0."""
    found = drawn(story, month, size=size).total
    return {name[:-2]: value / G for name in found.__struct_fields__ if name != "code" and (value := getattr(found, name))}


def told(story: Story, month: str) -> list[tuple[str, str, str, int, float]]:
    """Adjustments: month, month that tells it, kind, line, tonnes that are under way more."""
    return [(one.month, one.told_in, one.kind.partition("/")[0], one.line, one.net_g / G) for one in drawn(story, month).adjustments]


def of_party(story: Story, month: str, party: str) -> MonthlyStatement:
    fold = begin(month, story.bench.kinds, story.bench.dataset)
    for entry in story.bench.entries:
        fold.step(entry)
    return finish(fold, StatementScope(party=party), "A" * 43 + "=")


def corrected(story: Story, serial: int, was: str, now: str) -> None:
    beside = trunk(serial).replace("manifest/", "case/") + "/01K90000000000000000000AM1"
    change = acts.FieldChange(path="received.0.accepted_t", was=was, now=now)
    body = acts.AmendPropose(trunk=newest(story), changes=(change,), reason="录入错误（虚构）")
    story.bench.post("case.amend_propose/1", beside, (RECEIVER,), body)
    for party in (GENERATOR, AUTHORITY_50):
        story.bench.post("case.amend_consent/1", beside, (party,), acts.AmendConsent(trunk=newest(story)))
