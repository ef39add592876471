"""Replay: judge every entry again, from entries alone. The same ``admit`` runs as in the sequencer, and must give the same bytes."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.admit import RootAt, apply, judge, ruleset_of
from ledger.admission.entry import Entry, read_entry
from ledger.admission.facts import Facts, chain_key
from ledger.admission.kind_table import Kinds
from ledger.admission.verification import verify_signatures
from ledger.directory import KeyRecord
from ledger.kinds.founding import LogFound, founding_keys
from ledger.model import Admission, Head, Moment, Statement
from ledger.times import parse_admission_at
from signing.refusal import Refusal


class Finding(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One thing that is not as it must be: where, what was found, what was expected."""

    code: str
    index: int | None = None
    chain: str = ""
    field: str = ""
    found: str = ""
    expected: str = ""


class ReplayFacts(Facts):
    """Facts of a complete replay: what no entry has set does not exist."""

    def get(self, key: str) -> Any:
        """A value or None; nothing is ever unread."""
        return self.values.get(key)


class Replay:
    """State of a log after the entries seen so far. Feed entries in order from index 0."""

    def __init__(
        self, kinds: Kinds, dataset: Callable[[str, str], Any], root_at: RootAt, *, facts: Facts | None = None, size: int = 0, at_s: int = 0
    ) -> None:
        """``root_at`` gives roots of smaller trees for ``seen``; a replay that goes on from kept ``facts`` says from where and when."""
        self._kinds, self._root_at = kinds, root_at
        self.facts = ReplayFacts(dataset) if facts is None else facts
        self.size = size
        self.at_s = at_s

    def step(self, raw: bytes) -> tuple[Entry | None, list[Finding]]:
        """The next entry, decoded, and everything wrong with it. An entry with findings still counts as far as it can be read."""
        index = self.size
        try:
            entry = read_entry(raw, self._kinds)
        except Refusal as refusal:
            self.size += 1
            return None, [_finding(reason.code, index, "", reason.field, reason.found, reason.expected) for reason in refusal.reasons]
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
            chain = entry.statement.chain
            return [_finding(r.code, index, chain, f"statement.{r.field}", r.found, r.expected) for r in refusal.reasons]
        return []

    def pass_over(self) -> None:
        """The next entry could not be read: it takes its index and nothing else."""
        self.size += 1

    def take(self, entry: Entry) -> list[Finding]:
        """The next entry, whose signatures were judged apart: decide again, compare, and go on from what the second decision says.

        One fault gives one finding. Rules may stumble over what a forged log admitted; that, too, is a finding and not a crash. Raises
        DataMissing; then :meth:`skip` goes on.
        """
        index, self.size = self.size, self.size + 1
        statement, stored = entry.statement, entry.admission
        at_s = parse_admission_at(stored.at)
        findings = [] if at_s >= self.at_s else [_finding("AT_ORDER", index, statement.chain, "admission.at", stored.at, "not earlier")]
        self.at_s = at_s
        moment = Moment(index, at_s, ruleset_of(self.facts, statement))
        try:
            kind = self._kinds.of(statement.kind, moment.ruleset)
            again = judge(statement, kind, self.facts, moment, self._root_at)
            if again != stored:
                entry = replace(entry, admission=again)
            apply(entry, kind, self.facts)
        except Refusal as refusal:
            self.skip(statement, index)
            return findings + [_finding(r.code, index, statement.chain, r.field, r.found, r.expected) for r in refusal.reasons]
        except (LookupError, ValueError, TypeError, AttributeError, AssertionError) as error:
            self.skip(statement, index)
            return [*findings, _finding("DECISION_FAILED", index, statement.chain, statement.kind, f"{type(error).__name__}: {error}", "")]
        differences = [] if again == stored else _differences(stored, again)
        return findings + [_finding("DECISION_DIFFERS", index, statement.chain, *difference) for difference in differences]

    def skip(self, statement: Statement, index: int) -> None:
        """An entry that should not be here: its chain goes on behind it, its meaning is not believed."""
        head = self.facts.head(statement.chain)
        self.facts.put(chain_key(statement.chain), Head(statement.seq, statement.hash, index, None if head is None else head.state))


def _differences(stored: Admission, again: Admission) -> list[tuple[str, str, str]]:
    """(field, found, expected) for each part of an admission that a second decision sees otherwise."""
    pairs = (
        ("admission.index", stored.index, again.index),
        ("admission.ruleset", stored.ruleset, again.ruleset),
        ("admission.facts", stored.facts, again.facts),
        ("admission.decision.route", stored.decision.route, again.decision.route),
        ("admission.decision.tags", stored.decision.tags, again.decision.tags),
        ("admission.decision.alerts", stored.decision.alerts, again.decision.alerts),
        ("admission.decision.accounts", stored.decision.accounts, again.decision.accounts),
    )
    return [(name, str(found)[:200], str(expected)[:200]) for name, found, expected in pairs if found != expected]


def _finding(code: str, index: int, chain: str, field: str, found: str, expected: str) -> Finding:
    return Finding(code=code, index=index, chain=chain, field=field, found=found, expected=expected)
