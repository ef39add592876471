"""Holds, gaps and contests on paper: whoever stops a truck sees that it is held, a certificate says what is missing, the month adds up."""

from __future__ import annotations

from base64 import b64encode

import pytest

from ledger.bundle import open_bundle
from manifests import acts
from reports.certificate.render import render_certificate
from reports.kinds import all_kinds
from reports.transit import render_transit
from signing.envelope import freeze
from tests.reports.month import drawn
from tests.reports.story import CARRIERS, GENERATOR, RECEIVER, Story, trunk
from tests.reports.test_certificate import text_of
from tests.workbench import AUTHORITY_50, AUTHORITY_51, key_of

CASE = trunk(1).replace("manifest/", "case/") + "/01K9000000000000000000CAS"
BOTH = (AUTHORITY_50, AUTHORITY_51)


def newest(story: Story) -> acts.Trunk:
    hashes = story.bench.facts.state(trunk(1)).acts
    return acts.Trunk(seq=len(hashes) - 1, hash=hashes[-1])


def on_the_road() -> Story:
    story = Story()
    story.issue(1)
    story.wait(minutes=40)
    story.depart(1)
    story.wait(hours=1)
    return story


def beside(story: Story, kind: str, by: tuple[str, ...], body: object, last: str = "1") -> None:
    story.bench.post(f"case.{kind}/1", CASE + last, by, body)


def gap(story: Story, mass_t: str, cause: str = "stolen") -> None:
    missing = acts.MissingLine(line=0, mass_t=mass_t, cause=cause)
    beside(story, "close_with_gap", BOTH, acts.CaseCloseWithGap(trunk=newest(story), gaps=(missing,), finding="已立案（虚构）"))


async def test_whoever_stops_a_truck_sees_that_it_is_held_and_that_it_no_longer_is() -> None:
    story = on_the_road()
    beside(story, "hold", (AUTHORITY_51,), acts.CaseHold(trunk=newest(story), reason="群众举报渗漏（虚构）"))
    raw = await story.bundle(1)
    text = text_of(render_transit(open_bundle(raw, all_kinds()), raw)).replace("\n", "")
    for said in ("暂扣：", "群众举报渗漏（虚构）", "不得起运、换装、利用处置"):
        assert said in text, said
    story.wait(minutes=5)
    beside(story, "release", (AUTHORITY_51,), acts.CaseRelease(reason="放行（虚构）"))
    raw = await story.bundle(1)
    assert "群众举报渗漏" not in text_of(render_transit(open_bundle(raw, all_kinds()), raw))


async def test_an_open_contest_is_told_on_the_papers_until_it_is_settled() -> None:
    story = on_the_road()
    draft = story.bench.draft("manifest.arrive/1", trunk(1), (CARRIERS[0],), acts.Arrive(place=newest_place(story)))
    envelope = b64encode(freeze(draft.sign([key_of(CARRIERS[0])]))).decode()
    story.receive(1)
    contest = acts.CaseContest(trunk=newest(story), envelope=envelope, reason="无网络（虚构）")
    beside(story, "contest", (CARRIERS[0],), contest)
    raw = await story.bundle(1)
    assert "有争议" in text_of(render_certificate(open_bundle(raw, all_kinds()), raw))
    beside(story, "release", (AUTHORITY_51,), acts.CaseRelease(reason="已核实（虚构）"))
    raw = await story.bundle(1)
    page = text_of(render_certificate(open_bundle(raw, all_kinds()), raw)).partition("截至检查点")[0]
    assert "有争议" not in page
    assert "冲突的已签署行为" not in page


def newest_place(story: Story) -> acts.Place:
    destination: acts.Place = story.bench.facts.state(trunk(1)).destination
    return destination


async def test_a_certificate_of_what_was_closed_with_a_gap_says_what_is_missing() -> None:
    story = on_the_road()
    story.arrive(1)
    story.receive(1)
    gap(story, "5.6", "leaked")
    raw = await story.bundle(1)
    text = text_of(render_certificate(open_bundle(raw, all_kinds()), raw))
    for said in ("缺口办结", "第 1 项缺 5.600000 吨", "泄漏"):
        assert said in text, said


@pytest.mark.parametrize("departs", [True, False])
def test_the_month_adds_up_and_a_lost_load_is_on_the_road_no_longer(departs: bool) -> None:
    story = on_the_road() if departs else Story()
    if not departs:
        story.issue(1)
    gap(story, "5.6", "stolen" if departs else "never_departed")
    statement = drawn(story)
    assert statement.is_balanced
    assert (statement.in_flight, statement.waiting) == ((), ())
    [row] = statement.rows
    assert (row.stage, row.level, row.accepted_g) == (("closed_gap", "H", 0) if departs else ("closed_gap", "", None))
    accounts = {account.layer: account for account in statement.accounts}
    for layer in ("Q2", "Q3"):
        assert accounts[layer].moved_g["released"] == -5_600_000
        assert (accounts[layer].closing_g, accounts[layer].held_g) == (0, 0)
    assert (row.generator, row.receiver) == (GENERATOR, RECEIVER)
