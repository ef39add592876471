"""A log whose statements the independent writer signs and whose admissions the product makes, by the very functions of its sequencer."""

from __future__ import annotations

from typing import Any

from ledger.admission.admit import Submission, admit, apply
from ledger.admission.entry import Entry
from ledger.admission.kind_table import DataSets
from ledger.admission.statement import read_statement
from ledger.auditing.replay import ReplayFacts
from ledger.model import Moment
from ledger.times import parse_at
from liandan.wiring import KINDS
from signing.envelope import PAYLOAD_STATEMENT, parse_envelope
from tests.vectors.forger import v1, writer


class AdmittedLog(writer.Log):  # type: ignore[misc, name-defined]  # the vectors' modules are found at run time
    """``post`` takes the place of ``add``: what is refused raises Refusal."""

    def __init__(self, origin: str, log_key: Any, witnesses: dict[str, Any]) -> None:
        super().__init__(origin, log_key, witnesses)
        self.facts = ReplayFacts(DataSets(KINDS, lambda path: self.data.get(path.removeprefix("data/"))))
        self.decisions: list[Entry] = []

    def post(self, act: Any, admitted: str) -> Entry:
        """Sign, admit at ``admitted``, and take in."""
        seq, prev = self.next_link(act.chain)
        body = writer.body_bytes(act, seq, prev)
        envelope = parse_envelope(v1.compact(v1.envelope(body, [signer for _, signer in act.by])), payload_type=PAYLOAD_STATEMENT)
        statement, kind = read_statement(envelope, KINDS)
        moment = Moment(len(self.entries), parse_at(admitted), self.ruleset)
        entry = admit(
            Submission(envelope=envelope, statement=statement, kind=kind), self.facts, moment, self._root_at, day_below=self._day_below
        )
        apply(entry, kind, self.facts)
        self.entries.append(entry.raw)
        self.hashes.append(v1.statement_hash(body))
        self.heads[act.chain] = (seq, self.hashes[-1], entry.index)
        self.decisions.append(entry)
        if entry.index == 0:
            self.found = self.hashes[0]
        return entry

    def _day_below(self, size: int) -> str:
        return self.decisions[size - 1].admission.at[:10]

    def _root_at(self, size: int) -> str | None:
        return str(v1.b64(v1.tree_root(self.leaves[:size]))) if 0 < size <= len(self.entries) else None
