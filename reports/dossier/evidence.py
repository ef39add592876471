"""Which entries a dossier holds, and reading them from the published files: positions from what was gathered, entries from the tiles.

A server and an export so enclose the same entries at the same checkpoint. Of a manifest what its certificate holds (``reports.evidence``); of the
firm its own chain, permits, plans, applications and decisions of the period, lists that have rows of it, incidents that name it; of what was
refused the pages, for an office alone: they name other firms' statements, too.
"""

from collections.abc import Coroutine, Iterator
from functools import lru_cache
from typing import Any, TypeVar

from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import Kinds
from ledger.bundle import make_bundle
from ledger.directory import party_chain
from ledger.kinds.refusal_pages import LOG_REFUSALS
from ledger.tree.merkle import inclusion_proof
from ledger.tree.tiles import WIDTH, Read, TileReader
from manifests.case import manifest_at
from manifests.model import ManifestState
from reports.dossier.model import MANIFESTS_MAX, REFUSAL_PAGES_MAX, DossierAsked, check_dossier
from reports.evidence import collect
from reports.excerpt.evidence import collect_decision, collect_log
from reports.reconciliation.gathered.gathering import Gathering
from reports.reconciliation.gathered.parties import OF, OPEN, places_of_chain, told_of
from reports.reconciliation.line import Period
from signing.phrase import Phrase
from signing.refusal import Refusal, refuse
from whitelist.approval import ApprovalState
from whitelist.incident import IncidentState
from whitelist.listing import ListState

T = TypeVar("T")
TILES_KEPT = 48
"""Bundles of 256 entries that stay in memory: neighbours are read together."""


class GatheredChains:
    """Chains of a log that was gathered, entry by entry from its published files."""

    def __init__(self, gathering: Gathering, size: int, read: Read, kinds: Kinds) -> None:
        self.gathering, self.size, self._kinds = gathering, size, kinds
        self.reader = TileReader(size, read)
        self._block = lru_cache(TILES_KEPT)(self._read_block)

    def _read_block(self, number: int) -> tuple[bytes, ...]:
        return tuple(self.reader.entries(number * WIDTH, min((number + 1) * WIDTH, self.size)))

    def entry(self, index: int) -> Entry:
        """The entry at an index."""
        return read_entry(self._block(index // WIDTH)[index % WIDTH], self._kinds)

    async def chain(self, name: str) -> list[Entry]:
        """All entries of a chain, in order; empty for one that the log does not have. Waits for nothing."""
        if name.startswith("manifest/"):
            return [entry for entry in self._acts(name) if entry.statement.chain == name]
        if name.startswith("case/"):
            _, generator, ulid, _ = name.split("/")
            return [entry for entry in self._acts(f"manifest/{generator}/{ulid}") if entry.statement.chain == name]
        return [self.entry(index) for index in places_of_chain(self.gathering.held, name)]

    def cases(self, trunk: str) -> tuple[str, ...]:
        """Chains of the cases about a manifest, by name."""
        return tuple(sorted({entry.statement.chain for entry in self._acts(trunk)} - {trunk}))

    def _acts(self, trunk: str) -> list[Entry]:
        return [self.entry(index) for _, index in told_of(self.gathering.held, trunk).acts]

    def states(self, prefix: str) -> Iterator[tuple[str, Any]]:
        """Chains whose names begin so, and their states."""
        for name, head in self.gathering.held.walk(f"chain:{prefix}"):
            yield name.removeprefix("chain:"), head.state


def dossier_bundle(chains: GatheredChains, asked: DossierAsked, note: bytes) -> bytes:
    """The bundle; ``note`` is the checkpoint of the size that was gathered.

    Refusals of :func:`check_dossier`; DOSSIER_UNKNOWN for a firm that is not registered, DOSSIER_TOO_LARGE where its evidence is more than a bundle holds.
    """
    period = check_dossier(asked)
    return _now(_bundle(chains, asked, period, note))


def _now(work: Coroutine[None, None, T]) -> T:
    """What a coroutine that waits for nothing gives."""
    try:
        work.send(None)
    except StopIteration as done:
        found: T = done.value
        return found
    raise AssertionError("files are not waited for")


async def _bundle(chains: GatheredChains, asked: DossierAsked, period: Period, note: bytes) -> bytes:
    subject = party_chain(asked.party)
    entries = await chains.chain(subject)
    if not entries:
        raise refuse("DOSSIER_UNKNOWN", field="uscc", found=asked.party)
    for trunk in manifests_of(chains.gathering, asked.party, period):
        entries += await collect(chains.chain, trunk, chains.cases(trunk))
    for prefix in (f"permit/{asked.party}/", *[f"plan/{asked.party}/{year}" for year in _years(period)]):
        for name, _ in list(chains.states(prefix)):
            entries += await chains.chain(name)
    for name in (*_decisions(chains, asked, period), *_lists(chains, asked, period)):
        entries += await (collect_decision(chains.chain, name) if name.startswith("approval/") else chains.chain(name))
    for name in _incidents(chains, asked, period):
        entries += await chains.chain(name)
    entries += await _refusals(chains, asked)
    whole = await collect_log(chains.chain, entries, {asked.party})
    try:
        return make_bundle(note, subject, whole, lambda index: inclusion_proof(index, chains.size, chains.reader.hash_at))
    except Refusal as refusal:
        [reason] = refusal.reasons
        raise refuse("DOSSIER_TOO_LARGE", field="from, to", found=reason.found, expected=reason.expected) from None


def manifests_of(gathering: Gathering, party: str, period: Period) -> list[str]:
    """Chains of the manifests of a firm on which something happened in the period, or which were open in it, by name; Refusal DOSSIER_TOO_LARGE."""
    found = set[str]()
    for part in (*_years(period), OPEN):
        prefix = f"{OF}:{party}:{part}:"
        for name, _ in gathering.held.walk(prefix):
            trunk = name.removeprefix(prefix)
            state = manifest_at(gathering.facts, trunk)
            if state is not None and is_within(state, period):
                found.add(trunk)
    if len(found) > MANIFESTS_MAX:
        expected = Phrase(f"≤ {MANIFESTS_MAX} 份联单", f"≤ {MANIFESTS_MAX} manifests")
        raise refuse(
            "DOSSIER_TOO_LARGE", field="from, to", found=Phrase(f"{len(found)} 份联单", f"{len(found)} manifests"), expected=expected
        )
    return sorted(found)


def is_within(state: ManifestState, period: Period) -> bool:
    """Whether a manifest began before the end of a period and had not ended before it: received, voided or closed with a gap."""
    times = state.times
    begun = [at for at in (times.issued_s, times.departed_s) if at is not None]
    ended = next((at for at in (times.voided_s, times.received_s, times.closed_gap_s) if at is not None), None)
    return min(begun) < period.end_s and (ended is None or ended >= period.start_s)


def _years(period: Period) -> list[str]:
    return [str(year) for year in range(int(period.month[:4]), int(period.month[-10:-6]) + 1)]


def _days(period: Period) -> tuple[str, str]:
    return period.month[:10], period.month[-10:]


def _decisions(chains: GatheredChains, asked: DossierAsked, period: Period) -> list[str]:
    """Applications and decisions of which the firm is generator or receiver, that were on their way or could be used in the period."""
    first, last = _days(period)
    return [
        name
        for name, state in chains.states("approval/")
        if isinstance(state, ApprovalState)
        and asked.party in (name.split("/")[1], state.receiver)
        and state.applied_on <= last
        and (not state.is_granted or (state.valid_to or last) >= first)
        and (state.is_granted or state.stage not in ("refused", "withdrawn") or (state.decided_on or last) >= first)
    ]


def _lists(chains: GatheredChains, asked: DossierAsked, period: Period) -> list[str]:
    first, last = _days(period)
    return [
        name
        for name, state in chains.states("list/")
        if isinstance(state, ListState)
        and state.effective_from <= last
        and state.effective_to >= first
        and any(row.receiver == asked.party for row in state.rows)
    ]


def _incidents(chains: GatheredChains, asked: DossierAsked, period: Period) -> list[str]:
    return [
        name
        for name, state in chains.states("incident/")
        if isinstance(state, IncidentState)
        and (name.split("/")[1] == asked.party or asked.party in state.concerned)
        and (period.holds(state.happened_s) or (state.happened_s < period.start_s and not state.closed_on))
    ]


async def _refusals(chains: GatheredChains, asked: DossierAsked) -> list[Entry]:
    """All pages of refusals, for an office, where they are no more than REFUSAL_PAGES_MAX."""
    places = list(places_of_chain(chains.gathering.held, LOG_REFUSALS)) if asked.is_office else []
    if len(places) > REFUSAL_PAGES_MAX:
        return []
    return [chains.entry(index) for index in places]
