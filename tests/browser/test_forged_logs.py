"""Bundles of logs whose operator lies: everything hashed, linked and signed as if it were true, so only the rules of statements tell."""

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import pytest

from ledger.bundle import open_bundle
from manifests.case import manifest_at
from manifests.model import Stage
from reports.kinds import all_kinds
from reports.verify import verify_bytes
from tests.browser.conftest import BYTES_OF, Desk, codes
from tests.sample import sampled
from tests.vectors.lying_log import bundled, entries_of, with_refused
from tests.vectors.second_reader import VECTORS, audit, read

LOGS = ("log", "log-closed", "acts")
CORPUS = VECTORS / "log"
_TRIPS = (
    f"async (raw) => {{{BYTES_OF}"
    """
  const { bundle, findings } = await window.liandan.verifyBytes(bytesOf(raw), "b.json");
  if (findings.length) return findings;
  const told = ([chain, { stage, number, lines, legs }]) => [chain, {
    stage, number,
    lines: lines.map((line) => [line.declared, line.loaded, line.accepted, line.refused, line.fated]),
    legs: legs.map((leg) => [leg.carrier, leg.plate, leg.isOpen]),
  }];
  return Object.fromEntries([...bundle.facts.manifests.trips].map(told));
}"""
)


def same(desk: Desk, raw: bytes, pin: str = "") -> str:
    """Both answer alike; the verdict."""
    ours, theirs = verify_bytes(raw, "b.json", pin or None), desk.verify(raw, pin)
    found = tuple(one.code for one in ours.findings)
    assert (theirs["verdict"], codes(theirs, "findings")[:1]) == (ours.verdict, found[:1]), (ours.findings, theirs["findings"])
    if not found:
        assert {name: theirs[name] for name in ("stage", "number", "entries", "signatures", "found")} == {
            name: getattr(ours, name) for name in ("stage", "number", "entries", "signatures", "found")
        }
        assert codes(theirs, "notes") == tuple(one.code for one in ours.notes)
    return str(theirs["verdict"])


def _some(name: str, cases: Sequence[Any]) -> Sequence[Any]:
    """Of the long log every third case in the suite."""
    return sampled(cases) if name == "acts" else cases


@pytest.mark.parametrize("name", LOGS)
def test_whole_logs(shared_desk: Desk, name: str) -> None:
    """Every kind there is, cut after every entry, about every chain; where there are many, after every third in the suite."""
    origin, entries = entries_of(name)
    for size in [*_some(name, range(1, len(entries))), len(entries)]:
        chain = json.loads(b64decode(json.loads(entries[size - 1])["statement"]["payload"]))["chain"]
        verdict = same(shared_desk, bundled(origin, entries[:size], subject=chain), read(name)["found"])
        assert verdict == "good" or name != "acts", size  # bodies of the small log are examples of form


def test_every_manifest_of_the_frozen_corpus(shared_desk: Desk) -> None:
    """Every stage and route of this version: what the page walks is what the program walks, to the gram."""
    note = (CORPUS / "checkpoint").read_bytes()
    origin, size, *_ = note.decode().split("\n")
    entries = list(audit.Audit(str(CORPUS)).entries(int(size)))
    raw = bundled(origin, entries, note=note)
    theirs = shared_desk.do(lambda page: page.evaluate(_TRIPS, b64encode(raw).decode()))
    facts = open_bundle(raw, all_kinds()).facts
    ours = {
        name.removeprefix("chain:"): {
            "stage": str(state.stage),
            "number": state.number or "",
            "lines": [[line.declared_g, line.loaded_g, line.accepted_g, line.refused_g, line.disposed_g] for line in state.lines],
            "legs": [[leg.carrier, leg.vehicle.plate, leg.ended_s is None] for leg in state.legs],
        }
        for name in facts.values
        if name.startswith("chain:manifest/") and (state := manifest_at(facts, name.removeprefix("chain:"))) is not None
    }
    assert len(ours) > 30
    assert {trip["stage"] for trip in ours.values()} >= set(Stage) - {Stage.NONE}
    assert theirs == ours


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in read("refused/admission")])
def test_statements_that_no_log_may_admit(shared_desk: Desk, case: dict[str, Any]) -> None:
    verdict = same(shared_desk, with_refused(case))
    seen_by_readers = {"PREDECESSOR_MISSING", "PREV_MISMATCH", "KEY_UNKNOWN", "KEY_OTHER_PARTY", "KEY_NOT_VALID"}
    assert verdict == "bad" or case["code"] not in seen_by_readers


@pytest.mark.parametrize("name", LOGS)
def test_entries_left_out_changed_and_exchanged(shared_desk: Desk, name: str) -> None:
    """Each entry in each of the three ways; those of the long log in one of them in the suite."""
    origin, entries = entries_of(name)
    for place, way in _some(name, [(place, (place + turn) % 3) for place in range(len(entries)) for turn in range(3)]):
        if way == 0:
            same(shared_desk, bundled(origin, entries, kept=lambda index, hole=place: index != hole))
        elif 0 < place < len(entries) - 1:
            changed = [*entries]
            changed[place] = entries[place].replace(b'"v":1', b'"v":2') if way == 1 else entries[place + 1]
            assert same(shared_desk, bundled(origin, changed)) == "bad"


@pytest.mark.parametrize("name", LOGS)
def test_signatures_of_others(shared_desk: Desk, name: str) -> None:
    """Each statement with its first signature from another one, and with the first bit of it changed; of the long log two thirds of them
    in one of these ways in the suite."""
    origin, entries = entries_of(name)
    for place, is_flipped in _some(name, [(place, is_flipped) for place in range(len(entries)) for is_flipped in (False, True)]):
        entry = json.loads(entries[place])
        other = json.loads(entries[(place + 7) % len(entries)])["statement"]["signatures"][0]
        first = entry["statement"]["signatures"][0]
        flipped = bytearray(b64decode(first["sig"]))
        flipped[0] ^= 1
        entry["statement"]["signatures"][0] = {**first, "sig": b64encode(bytes(flipped)).decode() if is_flipped else other["sig"]}
        forged = [*entries]
        forged[place] = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()
        assert same(shared_desk, bundled(origin, forged)) == "bad", sha256(forged[place]).hexdigest()
