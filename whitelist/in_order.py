"""Transfers of one request, one after the other: each that may go counts as issued for those behind it. Pure.

Two loads that fit a quota one by one need not fit it together. What an issue changes (accounts, registers of numbers, plans and returns) is what
its kind says of an entry, so a request of 1,000 loads is answered as if they were posted in this order, within one second.
"""

from __future__ import annotations

from copy import copy

from ledger.admission.personality import Kind
from ledger.model import Account, Admission, Decision, Facts, Head, Moment, Statement, account_key, chain_key
from ledger.times import format_at
from whitelist.check_answers import AskedTransfer
from whitelist.transfer import Answer, Transfer


class Ordered:
    """Facts as the transfers before leave them; those that it was given stay as they are."""

    def __init__(self, facts: Facts, kind: Kind, moment: Moment) -> None:
        """``kind`` is that of issues under the ruleset in force."""
        self.facts = copy(facts)
        self.facts.values = type(facts.values)(facts.values)
        self.facts.changed = set()
        self.counted = 0
        """How many transfers count as issued."""
        self._kind, self._moment = kind, moment

    def issue(self, transfer: AskedTransfer, found: Answer) -> None:
        """A transfer that may go is issued."""
        facts, moment = self.facts, self._moment
        chain = f"manifest/{transfer.generator}/{self.counted:026}"
        body = self._kind.body(**{name: getattr(transfer, name) for name in Transfer.__struct_fields__})
        at = format_at(moment.at_s)
        statement = Statement(
            kind=self._kind.name,
            chain=chain,
            seq=0,
            prev="",
            by=(transfer.generator,),
            at=at,
            at_s=moment.at_s,
            body=body,
            hash=f"{self.counted:064}",
        )
        rows = tuple([facts.account_row(name, grams) for name, grams in sorted(found.draws.items()) if grams])
        decision = Decision(route=found.route, tags=found.tags, alerts=found.alerts, accounts=rows)
        admission = Admission(index=moment.index, at=at, ruleset=moment.ruleset, facts=(), decision=decision)
        changes = self._kind.evolve(statement, admission, facts)
        for row in rows:
            facts.put(account_key(row.account), Account(moment.index, row.after_g))
        facts.put_all(changes.registers)
        facts.put(chain_key(chain), Head(0, statement.hash, moment.index, changes.state))
        self.counted += 1
