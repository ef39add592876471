"""A firm that is renamed while its load is on the way: every paper has the name of then and that of now."""

from __future__ import annotations

from functools import cache

from ledger.bundle import open_bundle
from manifests import acts
from reports.certificate.facts import facts_of
from reports.certificate.render import render_certificate
from reports.kinds import all_kinds
from reports.paper.tongue import speaking
from tests.reports.story import CARRIERS, GENERATOR, NAMES, RECEIVER, Story
from tests.reports.test_certificate import text_of
from tests.workbench import AUTHORITY_51

NEW = "成都新锦蓄能（虚构）"


@cache
def renamed() -> Story:
    """The generator between departure and receipt; the carrier before the issue, whose old name stands nowhere."""
    story = Story()
    amend(story, CARRIERS[0], "先改名的运输公司（虚构）")
    story.issue(1)
    story.wait(minutes=40)
    story.depart(1)
    amend(story, GENERATOR, NEW)
    story.wait(hours=4)
    story.arrive(1)
    story.wait(minutes=30)
    story.receive(1, [acts.ReceivedLine(line=0, opinion="accept", accepted_t="5.6", method="R4")])
    return story


def amend(story: Story, uscc: str, name: str) -> None:
    story.bench.post("party.amend/1", f"party/{uscc}", (AUTHORITY_51,), {"name": name, "reason": "更名（虚构）"})


async def test_the_certificate_has_both_names() -> None:
    raw = await renamed().bundle(1)
    bundle = open_bundle(raw, all_kinds())
    facts = facts_of(bundle)
    assert facts.name(GENERATOR) == f"{NAMES[GENERATOR]}（现名：{NEW}）"
    assert facts.name(RECEIVER) == NAMES[RECEIVER]
    assert facts.name(CARRIERS[0]) == "先改名的运输公司（虚构）"
    with speaking("en"):
        assert facts.name(GENERATOR) == f"{NAMES[GENERATOR]} (now {NEW})"
    text = text_of(render_certificate(bundle, raw))
    assert f"现名：{NEW}" in text
    assert NAMES[CARRIERS[0]] not in text
