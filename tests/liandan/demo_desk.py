"""A log in memory for the demo's story: the auditor's own machinery (ReplayFacts, admit, apply) behind the story's Poster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from ledger.admission.admit import Submission, admit, apply
from ledger.admission.content import check_content
from ledger.admission.entry import Entry
from ledger.admission.kind_table import DataSets
from ledger.admission.personality import CURRENT
from ledger.admission.statement import read_statement
from ledger.auditing.replay import ReplayFacts
from ledger.model import Moment, account_key, chain_key
from liandan.demo import calendar
from liandan.demo.cast import CAST
from liandan.demo.founding import Keyring, founding
from liandan.demo.play import Outcome, Played, Scribe, Way, play
from liandan.demo.story import Story, tell
from liandan.demo.world import World
from liandan.wiring import KINDS
from manifests.model import ManifestState
from signing.envelope import Envelope
from signing.refusal import Refusal
from whitelist.adopted import data_files


class Desk:
    """Entries in a list; signatures are not verified, for nobody else writes here."""

    def __init__(self, seed: int, world: World) -> None:
        raws = [*(file.path.read_bytes() for file in data_files()), *CAST.data.values()]
        content = {f"data/{sha256(raw).hexdigest()}": raw for raw in raws}
        self.facts = ReplayFacts(DataSets(KINDS, content.get))
        self.entries: list[Entry] = []
        self.keyring = Keyring(seed)
        entry = self._admit(founding(self.keyring), calendar.FOUNDED)
        self.scribe = Scribe(self.keyring, entry.statement.hash, world)

    async def post(self, envelopes: Sequence[Envelope], now_s: int, way: Way) -> list[Outcome]:
        """Admit one after the other."""
        return [self._one(envelope, now_s) for envelope in envelopes]

    def _one(self, envelope: Envelope, now_s: int) -> Outcome:
        try:
            return Outcome(self._admit(envelope, now_s).index)
        except Refusal as refusal:
            return Outcome(None, tuple(refusal.codes))

    def _admit(self, envelope: Envelope, now_s: int) -> Entry:
        statement, kind = read_statement(envelope, KINDS)
        if reasons := check_content(statement.body):
            raise Refusal(reasons)
        submission = Submission(envelope=envelope, statement=statement, kind=kind)
        entry = admit(submission, self.facts, Moment(len(self.entries), now_s, CURRENT), lambda size: None)
        apply(entry, kind, self.facts)
        self.entries.append(entry)
        return entry

    def manifests(self) -> dict[str, ManifestState]:
        """All manifests by chain."""
        prefix = chain_key("manifest/")
        return {key.removeprefix("chain:"): head.state for key, head in self.facts.values.items() if key.startswith(prefix) and head}

    def accounts(self) -> dict[str, int]:
        """Grams used, by account."""
        prefix = account_key("")
        return {key.removeprefix(prefix): value.used_g for key, value in self.facts.values.items() if key.startswith(prefix) and value}

    def flags(self) -> Counter[str]:
        """Alerts as ``H CODE``, tags as ``CODE``."""
        found: Counter[str] = Counter()
        for entry in self.entries:
            decision: Any = entry.admission.decision
            found.update([*(f"{level} {code}" for level, code in decision.alerts), *(tag[0] for tag in decision.tags)])
        return found


async def played(seed: int) -> tuple[Story, Desk, Played]:
    """The whole story, played."""
    story = tell(seed)
    desk = Desk(seed, story.world)
    return story, desk, await play(story.slots, desk.scribe, desk)
