"""What a certificate prints of other manifests: returns, lots and what went on; nothing where there is nothing of the kind."""

from __future__ import annotations

import asyncio
from functools import cache

import pypdfium2
import pytest

from manifests import acts
from reports.certificate.carried import CarriedOn, carried
from reports.certificate.facts import facts_of
from tests.reports.month import LINES, send_home, trip
from tests.reports.papers import opened, paper
from tests.reports.story import DESTINATION, GENERATOR, RECEIVER, Story, bundle_of, trunk, waste
from whitelist.fields import Lot

ONWARD = trunk(600).replace(GENERATOR, RECEIVER)


@cache
def told() -> Story:
    """1 is refused in part, 501 brings that home; 2 is collected, and goes on as a lot of 600."""
    story = Story(LINES)
    trip(story, 1, 0, "5.0", refused_t="0.6")
    send_home(story, 1, 0, "0.6")
    trip(story, 2, 0, "5.6")
    line = waste("5.6", decision_line=None, lots=(Lot(manifest=trunk(2), line=0, mass_t="5.6"),))
    story.issue(600, [line], generator=RECEIVER, approval=None, number=None, origin=DESTINATION)
    fate = acts.DisposedLine(line=0, method="R4", mass_t="5.6", onward=ONWARD)
    story.bench.post("manifest.dispose/1", trunk(2), (RECEIVER,), acts.Dispose(fates=(fate,)))
    story.receive(600, generator=RECEIVER)
    return story


@cache
def bundle(serial: int) -> bytes:
    if serial != 600:
        return asyncio.run(told().bundle(serial))
    return asyncio.run(bundle_of(told().bench, ONWARD))


def text(serial: int, document: str = "certificate") -> str:
    pdf = pypdfium2.PdfDocument(paper(document, bundle(serial)))
    return "\n".join(page.get_textpage().get_text_range() for page in pdf)


@pytest.mark.parametrize(
    ("serial", "rows"),
    [
        (1, []),
        (501, [CarriedOn(1, "back", trunk(1), 1, 600_000)]),
        (2, [CarriedOn(1, "onward", ONWARD, None, 5_600_000, "R4")]),
        (600, [CarriedOn(1, "lot", trunk(2), 1, 5_600_000)]),
    ],
)
def test_a_certificate_names_the_manifests_that_its_grams_hang_on(serial: int, rows: list[CarriedOn]) -> None:
    assert carried(facts_of(opened(bundle(serial)))) == rows
    printed = text(serial)
    assert ("来源与转出" in printed) == bool(rows)
    for row in rows:
        assert row.manifest.removeprefix("manifest/") in printed


def test_a_return_is_home_and_leaves_nobody_a_task() -> None:
    printed = text(501)
    assert "退回的废物已运回" in printed
    assert "尚未利用处置" not in printed
    assert "原联单" not in text(501, "transit")
