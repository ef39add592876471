"""Replay: judge every entry again, from entries alone. The same ``admit`` runs as in the sequencer, and must give the same bytes."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from ledger.admission.admit import RootAt, apply, judge, ruleset_of, verify_signatures
from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import Kinds
from ledger.admission.personality import DayBelow
from ledger.auditing.report import Finding, difference, of_entry
from ledger.directory import KeyRecord
from ledger.kinds.founding import LogFound, founding_keys
from ledger.model import Admission, Facts, Head, Moment, Statement, Values, chain_key
from ledger.times import parse_admission_at
from signing.refusal import Refusal


class _Complete(Values):
    """What no entry has set does not exist; nothing is ever unread."""

    def __missing__(self, key: str) -> None:
        return None


class ReplayFacts(Facts):
    """Facts of a complete replay."""

    def __init__(self, dataset: Callable[[str, str], Any]) -> None:
        """``dataset`` as in Facts."""
        super().__init__(dataset, _Complete())


class Replay:
    """State of a log after the entries seen so far. Feed entries in order from index 0."""

    def __init__(
        self,
        kinds: Kinds,
        dataset: Callable[[str, str], Any],
        root_at: RootAt,
        day_below: DayBelow,
        *,
        facts: Facts | None = None,
        size: int = 0,
        at_s: int = 0,
    ) -> None:
        """``root_at`` gives roots of smaller trees for ``seen``, ``day_below`` the day on which they were reached; a replay that goes on from kept ``facts`` says from where and when."""
        self._kinds, self._root_at, self._day_below = kinds, root_at, day_below
        self.facts = ReplayFacts(dataset) if facts is None else facts
        self.size, self.at_s = size, at_s

    def step(self, raw: bytes) -> tuple[Entry | None, list[Finding]]:
        """The next entry, decoded, and everything wrong with it. An entry with findings still counts as far as it can be read."""
        index = self.size
        try:
            entry = read_entry(raw, self._kinds)
        except Refusal as refusal:
            self.size += 1
            return None, of_entry(refusal, index)
        findings = self.signatures(entry)
        return entry, [*findings, *self.take(entry)]

    def signatures(self, entry: Entry) -> list[Finding]:
        """Findings of the signatures of the next entry, which has been read but not taken yet."""
        index = self.size
        founding = founding_keys(entry.statement) if index == 0 and isinstance(entry.statement.body, LogFound) else {}

        def lookup(keyid: str) -> KeyRecord | None:
            record: KeyRecord | None = founding.get(keyid) or self.facts.get(f"key:{keyid}")
            return record

        try:
            verify_signatures(entry.envelope, entry.statement.by, lookup)
        except Refusal as refusal:
            return of_entry(refusal, index, entry.statement.chain, "statement.")
        return []

    def take(self, entry: Entry) -> list[Finding]:
        """The next entry, whose signatures were judged apart: decide again, compare, and go on from what the second decision says.

        One fault gives one finding. Rules may stumble over what a forged log admitted; that, too, is a finding and not a crash. Raises
        DataMissing; then :meth:`skip` goes on.
        """
        index, self.size = self.size, self.size + 1
        statement, stored = entry.statement, entry.admission
        at_s, facts = parse_admission_at(stored.at), self.facts
        findings = [] if at_s >= self.at_s else [_finding(entry, index, "AT_ORDER", "admission.at", stored.at, "not earlier")]
        self.at_s = at_s
        moment = Moment(index, at_s, ruleset_of(facts, statement))
        try:
            kind = self._kinds.of(statement.kind, moment.ruleset)
            again = judge(statement, kind, facts, moment, self._root_at, day_below=self._day_below)
            if again == stored:
                apply(entry, kind, facts)
                return findings
            apply(replace(entry, admission=again), kind, facts)
        except Refusal as refusal:
            self.skip(statement, index)
            return findings + of_entry(refusal, index, statement.chain)
        except (LookupError, ValueError, TypeError, AttributeError, AssertionError) as error:
            self.skip(statement, index)
            return [*findings, _finding(entry, index, "DECISION_FAILED", statement.kind, f"{type(error).__name__}: {error}", "")]
        return findings + [_finding(entry, index, "DECISION_DIFFERS", *parts) for parts in _differences(stored, again)]

    def skip(self, statement: Statement, index: int) -> None:
        """An entry that should not be here: its chain goes on behind it, its meaning is not believed."""
        head = self.facts.head(statement.chain)
        self.facts.put(chain_key(statement.chain), Head(statement.seq, statement.hash, index, None if head is None else head.state))


def _finding(entry: Entry, index: int, code: str, field: str, found: str, expected: str) -> Finding:
    return difference(code, field, found, expected, index=index, chain=entry.statement.chain)


def _differences(stored: Admission, again: Admission) -> Iterator[tuple[str, str, str]]:
    """(field, found, expected) for each part of an admission that a second decision sees otherwise."""
    pairs = [(f"admission.{name}", stored, again, name) for name in ("index", "ruleset", "facts")]
    decided = [(f"admission.decision.{name}", stored.decision, again.decision, name) for name in ("route", "tags", "alerts", "accounts")]
    for field, ours, theirs, name in (*pairs, *decided):
        found, expected = getattr(ours, name), getattr(theirs, name)
        if found != expected:
            yield field, str(found)[:200], str(expected)[:200]
