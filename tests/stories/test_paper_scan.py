"""A trip on paper, entered later, with the scan of the paper: owed from the admission on, brought to the evidence store, read by who reads the manifest."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from liandan.client import AsyncLiandan
from liandan.demo.calendar import at
from liandan.demo.cast import CAST
from tests.stories.stage import Stage, stage

SCAN = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n" * 40
READERS = ("jinchuan", "jiangjin", "shuan", "chongqing")


async def attached(built: Stage, path: str, moment: str) -> dict[str, Any]:
    """The only attachment of a manifest, as its receiver reads it then."""
    uscc = CAST.firm("jiangjin").uscc
    async with AsyncLiandan(built.poster.url, trust=built.poster.trust, key=built.scribe.keyring.key(uscc), uscc=uscc) as client:
        client.set_now(at(moment))
        [found] = json.loads(await client.get(path))["attachments"]
    return dict(found)


async def test_the_scan_of_a_paper_manifest_is_owed_until_it_is_there(database_url: str, tmp_path: Path) -> None:
    async with stage(database_url, tmp_path) as built:
        scan = {"sha256": sha256(SCAN).hexdigest(), "size": len(SCAN), "media_type": "application/pdf", "name": "纸质联单.pdf"}
        paper = {"no": "FX-2026-0101", "reason": "当日系统停机（虚构）", "scan": scan}
        paper |= {"departed_at": "2026-10-12T09:00:00+08:00", "completed_at": "2026-10-12T14:00:00+08:00"}
        trip = built.trip("batteries_out", "on paper", "10-19 09:30", "5.6")
        trip.do("issue", set={"type": "backfill_ordinary", "paper": paper}, drop=("planned_at",), posted="10-19 09:40")
        trip.do("depart", at="10-12 09:00", posted="10-19 09:50").do("arrive", at="10-12 13:00", posted="10-19 09:50")
        trip.do("receive", at="10-12 13:30", posted="10-19 09:50")
        await built.play([trip])
        path = f"/v1/manifests/{trip.chain.removeprefix('manifest/')}"
        owed = await attached(built, path, "10-19 10:00")
        assert (owed["sha256"], owed["here"], owed["overdue"]) == (scan["sha256"], False, False)
        late = await attached(built, path, "10-27 10:00")
        assert (late["overdue"], late["alert"]["code"]) == (True, "ATTACHMENT_MISSING"), "five working days after its admission"
        owner = trip.generator.uscc
        async with AsyncLiandan(built.poster.url, trust=built.poster.trust, key=built.scribe.keyring.key(owner), uscc=owner) as client:
            taken = await client.put_file(SCAN, "application/pdf")
        assert taken.sha256 == scan["sha256"]
        there = await attached(built, path, "10-27 10:00")
        assert (there["here"], there["overdue"], there.get("alert")) == (True, False, None)
        for name in READERS:
            assert await built.read_as(CAST.firm(name).uscc, f"/v1/evidence/{scan['sha256']}") == SCAN
        # The other sorts of back-fill differ in their name alone (Art. 20.2): the same form, the same day by which they are judged.
        others = {}
        for number, sort in enumerate(("backfill_special", "backfill_border"), 2):
            one = built.trip("batteries_out", sort, f"10-28 09:{number}0", "5.6")
            own = {
                **paper,
                "no": f"FX-2026-010{number}",
                "departed_at": "2026-10-21T09:00:00+08:00",
                "completed_at": "2026-10-21T14:00:00+08:00",
            }
            others[sort] = one.do("issue", set={"type": sort, "paper": own}, drop=("planned_at",), posted="10-28 09:40")
        await built.play(others.values())
        for sort, one in others.items():
            told = json.loads(await built.read_as(one.receiver.uscc, f"/v1/manifests/{one.chain.removeprefix('manifest/')}"))
            assert told["type"] == sort
        built.audit()
        assert built.flags(trip) == []
        assert {tag[0] for one in others.values() for tag in built.view(one).records[0].tags} >= {"BACKFILL"}
