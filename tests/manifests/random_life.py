"""Random lives of quota accounts on the log of the worked example: decisions and their end, amendments and consents, loads, voids, receipts, use
outside the log, a renewal, openings."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import Any

from ledger.times import day_of
from manifests import acts
from signing.refusal import Refusal
from tests.manifests.driver import APPROVAL, CARRIER, GENERATOR, ORIGIN, PERMIT, RECEIVER, TRUCK, a_line, accepted, an_issue, labels
from tests.manifests.test_worked_example import LIST, ROW, Example
from tests.workbench import AUTHORITY_50, AUTHORITY_51
from whitelist.acts.approval_status import ApprovalChange
from whitelist.acts.list_amend import ListAmend, RowQuota
from whitelist.acts.list_confirm import ListConfirm
from whitelist.acts.list_exceed_consent import ListExceedConsent
from whitelist.acts.permit import PermitGrant
from whitelist.acts.permit_usage import PermitUsage
from whitelist.acts.quota_open import QuotaOpen

RENEWED = f"permit/{RECEIVER}/01K9000000000000000000PRM2"
LETTER: dict[str, Any] = {"letter_no": "函2（虚构）", "letter_date": "2026-01-03"}
OPENED: dict[str, Any] = {"used_t": "12.5", "as_of_on": "2025-12-31", "source": "2025年台账（虚构）"}


class RandomLife:
    """What is refused is refused, and another act is tried: only what was admitted counts."""

    def __init__(self, bench: Example, seed: int) -> None:
        self.bench, self.dice, self.waiting, self.under_way, self.number = bench, Random(seed), list[str](), dict[str, str](), 0
        self.decided, self.permit = list[str](), PERMIT

    def go_on(self, count: int) -> Example:
        """So many acts more, a quarter of an hour after one another."""
        for _ in range(count):
            self.bench.at_s += 900
            with suppress(Refusal):
                getattr(
                    self,
                    self.dice.choice(
                        ["issue"] * 5
                        + ["depart"] * 3
                        + ["receive"] * 3
                        + ["void", "decide", "report", "open", "amend", "consent", "revoke", "renew"]
                    ),
                )()
        return self.bench

    def _mass(self) -> str:
        return f"{self.dice.randint(0, 4)}.{self.dice.randint(0, 999_999):06d}"

    def issue(self) -> None:
        self.number += 1
        chain, mass_t = f"manifest/{GENERATOR}/01K90000000000000000RND{self.number:03d}", self._mass()
        self.bench.post("manifest.issue/1", chain, (GENERATOR,), an_issue(lines=(a_line(mass_t=mass_t),)))
        self.waiting.append(chain)
        self.under_way[chain] = mass_t

    def void(self) -> None:
        if self.waiting:
            chain = self.waiting.pop(self.dice.randrange(len(self.waiting)))
            self.bench.post("manifest.void/1", chain, (GENERATOR,), acts.Void(reason="改期（虚构）"))
            del self.under_way[chain]

    def depart(self) -> None:
        if self.waiting:
            chain = self.waiting.pop(0)
            gate = acts.Gate(labels=labels(14), checks=("carrier", "vehicle", "crew", "labels", "intact"))
            loaded = (acts.LoadedLine(line=0, mass_t=self.dice.choice([self.under_way[chain], self._mass()])),)
            body = acts.Depart(vehicle=TRUCK, waybill_no=f"W{self.number}", gate=gate, loaded=loaded, place=ORIGIN)
            self.bench.post("manifest.depart/1", chain, (GENERATOR, CARRIER), body)

    def receive(self) -> None:
        gone = [chain for chain in self.under_way if chain not in self.waiting]
        if gone:
            chain = self.dice.choice(gone)
            mass_t = self.dice.choice([self.under_way[chain], self._mass()])
            self.bench.post("manifest.receive/1", chain, (RECEIVER,), self.bench.receipt(accepted(0, mass_t)))
            del self.under_way[chain]

    def decide(self) -> None:
        self.number += 1
        chain = f"approval/{GENERATOR}/01K90000000000000000RND{self.number:03d}"
        self.bench.decide(chain, self._mass(), f"决定{self.number}（虚构）")
        self.decided.append(chain)

    def report(self) -> None:
        month = f"2026-{self.dice.randint(1, 10):02d}"
        body = PermitUsage(month=month, received_t=self._mass(), source="台账（虚构）")
        self.bench.post("permit.usage/1", self.permit, (AUTHORITY_50,), body)

    def open(self) -> None:
        chain, item, by = self.dice.choice(
            [
                (LIST, ROW, (AUTHORITY_51, AUTHORITY_50)),
                (APPROVAL, 0, (AUTHORITY_51, AUTHORITY_50)),
                (self.permit, None, (AUTHORITY_50, AUTHORITY_51)),
            ]
        )
        self.bench.post("quota.open/1", chain, by, QuotaOpen(item=item, **OPENED))

    def amend(self) -> None:
        """The row gets another quota, perhaps below its use; by both sides."""
        quota = RowQuota(row=ROW, quota_t=str(self.dice.randint(40_000, 70_000)))
        body = ListAmend(**LETTER, effective_from=day_of(self.bench.at_s), quota=(quota,))
        waiting = self.bench.post("list.amend/1", LIST, (AUTHORITY_51,), body)
        self.bench.post("list.confirm/1", LIST, (AUTHORITY_50,), ListConfirm(**LETTER, act=waiting.statement.hash))

    def consent(self) -> None:
        """More than the quota: for anybody, or for one application."""
        approval = self.dice.choice([None, APPROVAL, *self.decided])
        own = {"row": ROW, "extra_t": self._mass(), "approval": approval, "asked_no": "函1（虚构）", "asked_date": "2026-01-02"}
        self.bench.post("list.exceed_consent/1", LIST, (AUTHORITY_50,), ListExceedConsent(**LETTER, **own))

    def revoke(self) -> None:
        """A decision of this life: what its manifests have not moved comes back with the next one."""
        if self.decided:
            chain = self.decided.pop(self.dice.randrange(len(self.decided)))
            self.bench.post("approval.revoke/1", chain, (AUTHORITY_51,), ApprovalChange(reason="申请人要求（虚构）"))

    def renew(self) -> None:
        """The site goes on under another permit, and so does its account."""
        if self.permit == PERMIT:
            known = self.bench.facts.state(PERMIT)
            body = PermitGrant(
                no="续（虚构）", permit_class="permit", valid_from="2026-11-01", valid_to="2028-06-30", division=known.division,
                address=known.address, items=known.items, scale_t="70000", renews=PERMIT,
            )  # fmt: skip
            self.bench.post("permit.grant/1", RENEWED, (AUTHORITY_50,), body)
            self.permit = RENEWED
