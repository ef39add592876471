"""Whole lives over real HTTP, as their files in ``lives/`` tell them (README.md says which life shows what), and both audits of the log."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import msgspec
import pytest
from msgspec import Struct

from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import DataSets
from ledger.auditing.audit import AuditReport, audit
from ledger.mass import format_mass
from ledger.publishing.files import LogFiles
from liandan.demo.founding import Keyring, founding
from liandan.demo.play import found_log
from liandan.server import serving
from liandan.wiring import KINDS
from tests.liandan.serving import settings_of
from tests.manifests.asked_before import asked_before
from tests.sample import sample
from tests.stories.life import Telling, read_lives
from tests.stories.page import PAGE, page
from tests.stories.telling import Stagehand
from tests.vectors.second_reader import audit as second

SEED = 37
OF_SIGNERS = ("ON_BEHALF", "BY_AUTHORITY", "FOREIGN", "LATE", "RECUT")
"""Tags of who signed and when, which nobody asks about."""
LIVES = read_lives()


class Told(Struct, frozen=True):
    """What was played, and what both auditors say about the log."""

    stagehand: Stagehand
    report: AuditReport
    second: list[object]
    chains: set[str]
    """All chains of the log."""
    raws: list[bytes]
    """Its entries."""
    files: LogFiles


@pytest.fixture(scope="module")
async def told(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Told]:
    """One server and one log, on which all lives are told."""
    keyring, settings = Keyring(SEED), settings_of(shared_database_url, tmp_path_factory.mktemp("lives"))
    statement = founding(keyring)
    async with serving(settings, keyring=keyring.server) as url, found_log(url, statement, keyring) as poster:
        hashes: dict[str, list[str]] = {}
        stagehand = Stagehand(poster, [Telling(name, life, keyring, poster.found, hashes) for name, life in LIVES.items()])
        await stagehand.tell()
        files, raws, chains = LogFiles(settings.log_path, settings.entries_path), list[bytes](), set[str]()

        def watch(entry: Entry) -> None:
            raws.append(entry.raw)
            chains.add(entry.statement.chain)

        report = audit(files.read, KINDS, archived=iter(files.archived_sizes()), watch=watch)
        reading = second.Log(lambda name: files.read(f"data/{name}"))
        for raw in raws:
            reading.add(raw)
        yield Told(stagehand, report, reading.findings, chains, raws, files)


@pytest.mark.parametrize("name", LIVES)
async def test_a_life_goes_as_its_file_tells_it(told: Told, name: str) -> None:
    telling = next(one for one in told.stagehand.tellings if one.name == name)
    assert told.stagehand.faults[name] == []
    assert told.stagehand.not_at_an_end(telling) == {}


def test_both_auditors_find_the_log_clean(told: Told) -> None:
    assert told.report.findings == []
    assert told.second == []
    issued = {trip.chain for telling in told.stagehand.tellings for trip in telling.trips.values() if trip.chain in told.stagehand.stages}
    assert issued <= told.chains
    assert len(issued) >= len(LIVES)


def test_every_act_had_been_offered_to_those_who_signed_it(told: Told) -> None:
    """As ``/actions`` would have answered them in the moment before."""
    count, faults = asked_before(told.raws, KINDS, DataSets(KINDS, told.files.read))
    assert not faults, "\n".join(faults)
    assert count > 5 * len(LIVES)


async def test_as_of_any_issue_the_dry_run_gives_the_recorded_decision(told: Told) -> None:
    """Goal: what is rebuilt of a past is what was decided on then. Method: every issue of the log asked again as of its own index and second."""
    entries = [read_entry(raw, KINDS) for raw in told.raws]
    issues = [entry for entry in entries if entry.statement.kind == "manifest.issue/1"]
    for entry in issues[:: max(1, len(issues) // sample(40))]:
        body = msgspec.to_builtins(entry.statement.body)
        asked = {"generator": entry.statement.owner, **{name: value for name, value in body.items() if name != "commit"}}
        terms = {"transfers": [asked], "as_of": entry.index, "at": entry.admission.at}
        [answer] = json.loads(await told.stagehand.poster.client.ask("POST", "/v1/checks", terms))["answers"]
        decision = entry.admission.decision
        assert answer["admissible"], (entry.index, [reason["code"] for reason in answer["reasons"]])
        assert answer["route"] == decision.route
        assert [(alert["level"], alert["code"]) for alert in answer["alerts"]] == list(decision.alerts), entry.index
        assert [tag["code"] for tag in answer["tags"]] == [tag[0] for tag in decision.tags if tag[0] not in OF_SIGNERS]
        assert answer["draws_t"] == {row.account: format_mass(row.after_g - row.before_g) for row in decision.accounts}
        left = {one["account"]: one["used_t"] for one in answer["remaining"]}
        for row in decision.accounts:
            assert row.account.startswith("Q3") or left[row.account] == format_mass(row.before_g), entry.index


def test_the_page_says_which_life_shows_what() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.stories.page"
