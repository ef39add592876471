"""Manifests of the rarer states and kinds that a document has words for: on paper first, exempt, by pipeline, by delegates, late in the year,
under a log of the real clock with all of its witnesses or some.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import cache

from msgspec.structs import replace

from ledger.directory import party_chain
from ledger.fields import File
from ledger.tree.checkpoint import attach_cosignatures, cosign_checkpoint, parse_checkpoint
from ledger.tree.note import parse_note
from ledger.witnessing.server import Cosigner, make_cosigner
from manifests import acts
from manifests.model import Vehicle
from reports.issuing import NO_SIGNERS, Signers
from tests.reports.story import CARRIERS, GENERATOR, RECEIVER, Story, trunk, waste
from tests.workbench import key_of
from whitelist.transfer import ExemptionClaim, Meters, PaperManifest


@cache
def rare_states() -> Mapping[str, tuple[bytes, Signers]]:
    """(bundle, keys) by state."""
    found: dict[str, tuple[bytes, Signers]] = {}
    for serial, state in ((20, "backfill"), (21, "exempt"), (22, "rare")):
        found[state] = asyncio.run(rarer().bundle(serial)), NO_SIGNERS
    for serial, state in ((30, "pipeline"), (31, "delegated"), (32, "numberless")):
        found[state] = asyncio.run(unusual().bundle(serial)), NO_SIGNERS
    found["provisional"] = asyncio.run(late_in_the_year().bundle(33)), NO_SIGNERS
    for state, count in (("degraded", 1), ("witnessed", 2)):
        story, signers = real()
        found[state] = cosigned(asyncio.run(story.bundle(123)), count), signers
    return found


@cache
def rarer() -> Story:
    """Serial 20 a back-fill that arrived on paper, 21 exempt in transport, 22 declared, split and with rare characters in its wastes."""
    rare = replace(
        waste("0.000001", 2),
        name="含铅𬭊渣（𪚥）" + "及其混合物" * 8,
        components="铅、" + "二氧化铅、" * 9 + "硫酸",
        precautions="远离火源；" * 20,
    )
    exempt = replace(waste("1.5", 1), exemptions=(ExemptionClaim(edition=2025, item=18),))
    story = Story((waste(), exempt, rare))
    story.at("2026-10-10T09:00:00+08:00")
    scan = File(name="纸质联单.pdf", sha256="ab" * 32, size=102_400, media_type="application/pdf")
    departed, done = "2026-10-08T09:00:00+08:00", "2026-10-09T16:00:00+08:00"
    record = PaperManifest(no="纸质1号（虚构）", reason="系统故障（虚构）", departed_at=departed, completed_at=done, scan=scan)
    story.issue(20, [waste()], type="backfill_ordinary", paper=record)
    story.depart(20, at=departed)
    story.receive(20, accepted_at=done)
    story.issue(21, [exempt])
    story.issue(22, [rare, waste("2", 0)])
    on_foot = Vehicle(kind="truck", plate="川A·X2121")
    checks = ("carrier", "vehicle", "crew", "labels", "weatherproof", "leakproof", "intact")
    gate = acts.Gate(labels=tuple(f"{GENERATOR}9000523120240122{count:03d}" for count in range(1, 15)), checks=checks)
    story.depart(21, vehicle=on_foot, waybill_no=None, gate=gate)
    story.depart(22)
    story.wait(hours=4)
    for serial in (21, 22):
        story.arrive(serial)
        story.receive(serial)
    return story


@cache
def unusual() -> Story:
    """Serial 30 by pipeline, 31 by delegates of generator and receiver, 32 without a national number."""
    liquid = replace(waste("10", 1), name="含铅废酸液", form="L", packing="none", packs=0)
    story = Story((waste(), liquid))
    meters = Meters(out_no="LLJ-01（虚构）", in_no="LLJ-02（虚构）", period_from="2026-10-01", period_to="2026-10-31")
    story.issue(30, [liquid], type="pipeline", mode="pipeline", meters=meters)
    story.wait(minutes=40)
    tube = Vehicle(kind="pipeline", plate="示范一号管线（虚构）")
    story.depart(30, vehicle=tube, waybill_no=None, gate=acts.Gate(labels=(), checks=("carrier", "vehicle", "crew", "labels")))
    for owner in (GENERATOR, RECEIVER):
        grant = {"delegate": CARRIERS[2], "kinds": ["manifest.issue", "manifest.depart", "manifest.verify", "manifest.dispose"]}
        story.bench.post("delegation.grant/1", party_chain(owner), (owner,), grant)
    story.issue(31, [waste()])
    story.issue(32, [waste()], number=None)
    story.depart(31)
    story.depart(32)
    story.wait(hours=4)
    for serial in (30, 31, 32):
        story.arrive(serial)
    rows = (acts.MeterRow(day="2026-10-08", line=0, out_t="10", in_t="9.7"),)
    story.receive(30, [acts.ReceivedLine(line=0, opinion="accept", accepted_t="9.7", method="R4")], meter_rows=rows)
    for serial in (31, 32):
        story.receive(serial)
    fate = acts.Dispose(fates=(acts.DisposedLine(line=0, method="R4", mass_t="5.600000"),))
    story.bench.post("manifest.dispose/1", trunk(31), (CARRIERS[2],), fate, principal=RECEIVER)
    story.bench.post("manifest.verify/1", trunk(31), (CARRIERS[2],), acts.Verify(), principal=GENERATOR)
    return story


@cache
def late_in_the_year() -> Story:
    """Serial 33, whose terms end in a year without an official calendar, confirmed too late."""
    story = Story()
    story.at("2026-12-29T09:00:00+08:00")
    story.issue(33)
    story.depart(33)
    story.wait(hours=4)
    story.arrive(33)
    accepted_at = "2026-12-29T14:00:00+08:00"
    story.wait(days=12)
    story.receive(33, accepted_at=accepted_at)
    return story


@cache
def real() -> tuple[Story, Signers]:
    """Serial 123 in a log of the real clock whose policy wants two witnesses."""
    lines = [f"witness {one} {witness(one).vkeys[0]}" for one in WITNESSES]
    story = Story(witness_policy=(*lines, "group both all a b", "quorum both"), clock="real")
    keys = [story.issuer(), story.issuer("claim")]
    story.ordinary(123)
    return story, {key.keyid: key.sign for key in keys}


WITNESSES = ("a", "b")


def witness(name: str) -> Cosigner:
    """A witness with its key."""
    return make_cosigner(f"witness.example/{name}", key_of(f"witness {name}"))


def cosigned(bundle: bytes, count: int) -> bytes:
    """A bundle whose checkpoint the first so many witnesses cosigned."""
    note = re.search(rb'"checkpoint":"([^"]*)"', bundle)
    assert note is not None
    raw = b64decode(note[1])
    checkpoint = parse_checkpoint(parse_note(raw)[0])
    signed = [
        (one.vkeys[0], cosign_checkpoint(checkpoint, one.name, one.keys[0], 1_790_000_000)) for one in map(witness, WITNESSES[:count])
    ]
    return bundle.replace(note[1], b64encode(attach_cosignatures(raw, signed)))
