"""Documents of every kind from stories of the tests: bundles chosen by the product's own rules, states of a manifest, the gallery of all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import cache

from ledger.admission.entry import Entry
from ledger.bundle import Bundle, make_bundle, open_bundle
from ledger.directory import LOG_MAIN
from ledger.model import account_key
from ledger.tree.merkle import inclusion_proof
from ledger.tree.tiles import TileReader
from manifests import acts
from manifests.model import Vehicle
from reports.attestation import RecordQuestion, render_attestation
from reports.documents import render
from reports.dossier.evidence import GatheredChains, dossier_bundle
from reports.dossier.model import DossierAsked
from reports.evidence import Chain
from reports.excerpt.evidence import MovedBy, collect_approval, collect_list, collect_log
from reports.issuing import NO_SIGNERS, Signers
from reports.kinds import all_kinds
from reports.paper.tongue import Tongue
from reports.reconcile import begin
from tests.reports.rare_states import rare_states
from tests.reports.story import APPROVAL, CARRIERS, GENERATOR, LIST, PORT, RECEIVER, Story, trunk, waste, worst
from tests.workbench import Workbench
from whitelist.listing import Conditions

DAYS = ("2026-09-01", "2026-10-31")
"""Of the dossiers."""
Collected = Callable[[Chain, MovedBy], Awaitable[list[Entry]]]


async def bundle_by(bench: Workbench, subject: str, collected: Collected) -> bytes:
    """A bundle from the workbench under its newest checkpoint."""
    by_chain: dict[str, list[Entry]] = {}
    for entry in bench.entries:
        by_chain.setdefault(entry.statement.chain, []).append(entry)

    async def chain(name: str) -> list[Entry]:
        return list(by_chain.get(name, ()))

    async def moved_by(account: str) -> str | None:
        found = bench.facts.get(account_key(account))
        return None if found is None else bench.entries[found.idx].statement.chain

    files = bench.export()
    reader = TileReader(len(bench.entries), files.get)
    entries = await collected(chain, moved_by)
    return make_bundle(files["checkpoint"], subject, entries, lambda index: inclusion_proof(index, len(bench.entries), reader.hash_at))


async def approval_bundle(story: Story, name: str = APPROVAL) -> bytes:
    """Of a decision."""
    state = story.bench.facts.state(name)
    return await bundle_by(story.bench, name, lambda chain, moved_by: collect_approval(chain, name, state, moved_by))


async def list_bundle(story: Story, receiver: str | None = None, name: str = LIST) -> bytes:
    """Of a list, all rows or one receiver's."""
    state = story.bench.facts.state(name)
    return await bundle_by(story.bench, name, lambda chain, moved_by: collect_list(chain, name, state, receiver, moved_by))


async def log_bundle(story: Story) -> bytes:
    """Of the log's own chains, and of a generator."""
    return await bundle_by(story.bench, LOG_MAIN, lambda chain, _: collect_log(chain, (), (GENERATOR,)))


def dossier_of(story: Story, party: str, days: tuple[str, str] = DAYS, *, is_office: bool = True) -> bytes:
    """The evidence of a firm's dossier, gathered from the published files as a server does."""
    fold, files, size = begin("2026-10", all_kinds(), story.bench.dataset), story.bench.export(), len(story.bench.entries)
    for entry in story.bench.entries:
        fold.step(entry)
    chains = GatheredChains(fold.gathering, size, files.get, all_kinds())
    return dossier_bundle(chains, DossierAsked(party, *days, is_office=is_office), files["checkpoint"])


def opened(raw: bytes) -> Bundle:
    """As any verifier opens it."""
    return open_bundle(raw, all_kinds())


def paper(document: str, raw: bytes, signers: Signers = NO_SIGNERS, tongue: Tongue = "zh") -> bytes:
    """A document of a bundle."""
    return render(document, opened(raw), raw, signers, tongue)


@cache
def signed() -> tuple[Story, Signers]:
    """Serials 1 issued, 2 in transit, 3 arrived, 4 void, 5 closed, 6 rejected, 7 refused in part, 8 declined, 9 handed over; with keys."""
    story = Story((waste(), waste("2.25", 1)), conditions=Conditions(pre_notice_days=None, transit=("52",), note="避开夜间运输"))
    keys = [story.issuer(), story.issuer("claim")]
    for serial in range(1, 10):
        story.issue(serial, carriers=CARRIERS[:2])
    story.bench.post("manifest.void/1", trunk(4), (GENERATOR,), {"reason": "车辆故障"})
    for serial in (2, 3, 5, 6, 7, 9):
        story.depart(serial)
    story.wait(hours=3)
    other = Vehicle(kind="truck", plate="川E·X9009", licence_no="5105000900001", trailer="川E·0333挂", trailer_licence_no="5105000900002")
    over = acts.HandOver(vehicle=other, waybill_no="WB0000009009", place=PORT)
    story.bench.post("manifest.hand_over/1", trunk(9), CARRIERS[:2], over)
    story.wait(hours=1)
    for serial in (3, 5, 6, 7):
        story.arrive(serial)
    story.wait(minutes=30)
    story.receive(5)
    _refused(story)
    none = [acts.ReceivedLine(line=line, opinion="reject", accepted_t="0", reason_code="no_capacity", reason="库容已满") for line in (0, 1)]
    story.receive(8, none, weighing=acts.Weighing(method="weighbridge"))
    story.wait(days=1)
    story.dispose(5)
    return story, {key.keyid: key.sign for key in keys}


def _refused(story: Story) -> None:
    now = story.bench.facts.state(trunk(6)).times.arrived_s
    assert now is not None
    whole = [
        acts.ReceivedLine(
            line=line,
            opinion="reject",
            accepted_t="0",
            refused_t=mass,
            reason_code="contaminated",
            reason="混有其他废物",
            differences=("property",),
            major_difference=True,
            major_difference_note="混入含汞灯管",
        )
        for line, mass in ((0, "5.6"), (1, "2.25"))
    ]
    story.receive(6, whole)
    part = [
        acts.ReceivedLine(line=0, opinion="accept", accepted_t="4.1", method="R4"),
        acts.ReceivedLine(
            line=1, opinion="partly", accepted_t="1.2", refused_t="1.05", method="R4", reason_code="packing", reason="部分外壳破损",
            differences=("packing",),
        ),
    ]  # fmt: skip
    story.receive(7, part)


STATES = {1: "issued", 2: "in transit", 3: "arrived", 5: "disposed", 6: "rejected", 7: "partly", 8: "declined", 9: "handed over"}
RECEIVED = (5, 6, 7, 8)


@cache
def drawn(tongue: Tongue) -> dict[str, bytes]:
    """The gallery, drawn once a process."""
    return dict(gallery(tongue))


def gallery(tongue: Tongue) -> Iterator[tuple[str, bytes]]:
    """(name, PDF) of every document of every state and kind."""
    story, signers = signed()
    for serial, state in STATES.items():
        raw = asyncio.run(story.bundle(serial))
        yield f"transit-{state.replace(' ', '-')}", paper("transit", raw, signers, tongue)
        if serial in (1, 7):
            yield f"inspection-{state.replace(' ', '-')}", paper("inspection", raw, signers, tongue)
        if serial in RECEIVED:
            yield f"certificate-{state}", paper("certificate", raw, signers, tongue)
    yield "approval", paper("approval", asyncio.run(approval_bundle(story)), signers, tongue)
    yield "list", paper("list", asyncio.run(list_bundle(story, RECEIVER)), signers, tongue)
    raw = dossier_of(story, GENERATOR)
    yield "dossier", render("dossier", opened(raw), raw, signers, tongue, DAYS)
    raw = asyncio.run(log_bundle(story))
    for name, question in (
        ("number", RecordQuestion(number="20265101999999")),
        ("code", RecordQuestion(generator=GENERATOR, code="900-052-31", first="2026-11-01", last="2026-11-30")),
    ):
        yield f"no-record-{name}", render_attestation(opened(raw), raw, question, story.bench.entries[-1].admission.at, signers, tongue)
    worst_raw = asyncio.run(worst().bundle(900))
    for document in ("certificate", "transit"):
        yield f"{document}-worst", paper(document, worst_raw, NO_SIGNERS, tongue)
    for state, (raw, keys) in rare_states().items():
        for document in ("certificate", "transit"):
            yield f"{document}-{state}", paper(document, raw, keys, tongue)
    yield "approval-worst", paper("approval", asyncio.run(approval_bundle(worst())), NO_SIGNERS, tongue)
