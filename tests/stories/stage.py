"""A stage for stories: a real server on PostgreSQL, the demo's parties with permits, lists and decisions, and an audit at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from ledger.admission.entry import Entry
from ledger.auditing.audit import AuditReport, audit
from ledger.mass import parse_mass
from ledger.publishing.files import LogFiles
from liandan.client import AsyncLiandan
from liandan.demo.calendar import at
from liandan.demo.founding import Keyring, founding
from liandan.demo.play import HttpPoster, PlannedAct, Played, Scribe, found_log, play, slots
from liandan.demo.story import before_october, loads
from liandan.demo.trip import ManifestStory
from liandan.demo.world import World
from liandan.server import serving
from liandan.wiring import KINDS
from manifests.naming import Reports, noted
from manifests.view import ManifestView, concerns, fold
from tests.liandan.serving import settings_of
from tests.vectors.second_reader import audit as second

SEED = 31


class Stage:
    """A founded log with everybody on it. ``play`` posts trips over HTTP; ``audit`` recomputes the whole log from its files."""

    def __init__(self, poster: HttpPoster, keyring: Keyring, files: LogFiles) -> None:
        self.poster, self._files = poster, files
        self.world = World(SEED)
        self.scribe = Scribe(keyring, poster.found, self.world)
        self.views: dict[str, ManifestView] = {}
        self._reports = Reports()
        self.raws: list[bytes] = []
        """Entries, known after the audit."""
        self.used_g: dict[str, int] = {}
        """Grams on each quota account, as the last entry that touched it says; known after the audit."""

    def trip(self, flow: str, name: str, issued: str, mass_t: str) -> ManifestStory:
        """A manifest of the demo's flow, issued at ``10-12 08:00``."""
        return ManifestStory(self.world, name, flow, at(issued), parse_mass(mass_t))

    def load(self, name: str) -> list[ManifestStory]:
        """A manifest of the demo that is worth seeing; of a race one for each client."""
        return list(loads()[name].trips(self.world, name))

    async def post(self, acts: Iterable[PlannedAct]) -> Played:
        """Post acts in the order of time; answers must be as planned."""
        return await play(slots(acts), self.scribe, self.poster)

    async def play(self, trips: Iterable[ManifestStory]) -> Played:
        """Post whole trips."""
        return await self.post([act for trip in trips for act in trip.acts])

    async def read_as(self, uscc: str, path: str, **params: str) -> bytes:
        """A GET of somebody who logs in with its own key."""
        async with AsyncLiandan(self.poster.url, trust=self.poster.trust, key=self.scribe.keyring.key(uscc), uscc=uscc) as client:
            return await client.get(path, **params)

    def audit(self) -> AuditReport:
        """The audit of everything that is published; fills ``views``."""
        report = audit(self._files.read, KINDS, archived=iter(self._files.archived_sizes()), watch=self._watch)
        assert report.findings == []
        return report

    def second_audit(self) -> list[object]:
        """What the reader of ``docs/auditor`` finds in what was audited."""
        reading = second.Log(lambda name: self._files.read(f"data/{name}"))
        for raw in self.raws:
            reading.add(raw)
        findings: list[object] = reading.findings
        return findings

    def _watch(self, entry: Entry) -> None:
        self.raws.append(entry.raw)
        trunk = concerns(entry)
        if trunk is not None:
            self.views[trunk] = fold(self.views.get(trunk), entry)
        for named in self._reports.named_by(entry):
            self.views[named] = noted(self.views[named], entry)
        self.used_g.update((row.account, row.after_g) for row in entry.admission.decision.accounts)

    def view(self, trip: ManifestStory) -> ManifestView:
        """A manifest as the audited entries tell it."""
        return self.views[trip.chain]

    def flags(self, trip: ManifestStory) -> list[tuple[str, str]]:
        """Alerts on a manifest: (level, code)."""
        return [(flag.level, flag.code) for flag in self.view(trip).flags]


@asynccontextmanager
async def stage(database_url: str, directory: Path, keyring: Keyring | None = None, **changes: object) -> AsyncIterator[Stage]:
    """A stage with everything up to the last decision of September; ``changes`` of the settings."""
    keyring = keyring or Keyring(SEED)
    settings = settings_of(database_url, directory, **changes)
    statement = founding(keyring)
    async with serving(settings, keyring=keyring.server) as url, found_log(url, statement, keyring) as poster:
        built = Stage(poster, keyring, LogFiles(settings.log_path, settings.entries_path))
        await built.post(before_october(built.world))
        yield built
