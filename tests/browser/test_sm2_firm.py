"""One firm of three signs everything with SM2: both auditors, a certificate, its bundle, the program and the page say the same."""

from __future__ import annotations

from pathlib import Path

from liandan.demo.cast import CAST
from liandan.demo.founding import Keyring
from reports.attachment import bundle_in
from reports.verify import verify_bytes
from tests.browser.conftest import Desk
from tests.browser.test_agreement import agree
from tests.stories.stage import SEED, stage

FIRM = CAST.firm("jiangjin").uscc
"""Receives, disposes, logs in and asks for the paper."""


async def test_a_firm_that_signs_with_sm2(database_url: str, tmp_path: Path, shared_desk: Desk) -> None:
    keyring = Keyring(SEED, {FIRM: "sm2-sm3"})
    async with stage(database_url, tmp_path, keyring) as story:
        trip = story.trip("batteries_out", "one load", "10-12 08:30", "5.6").do("issue", numbered=False)
        trip.do("number 10m; depart 50m; arrive 4h").do("receive 35m", net_t="5.548").do("dispose 3d; verify 1d")
        played = await story.play([trip])
        paper = await story.read_as(FIRM, f"/v1/manifests/{trip.chain.removeprefix('manifest/')}/certificate.pdf")
        story.audit()
        found = story.poster.found
    assert played.refused == {}
    assert story.second_audit() == []
    signers = [entry for entry in story.raws if keyring.key(FIRM).keyid.encode() in entry]
    assert len(signers) == 2, "received, disposed"
    assert verify_bytes(paper, "c.pdf", found).verdict == "good"
    agree(shared_desk, paper, found)  # unsigned: the page cannot print it again
    told = agree(shared_desk, bundle_in(paper), found)
    assert (told["verdict"], told["uncomputed"]) == ("good", [])
