"""Cases that change nothing of the load: its number, reports, and what its trunk could not take."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from ledger.admission.statement import hash_of
from ledger.times import format_at
from manifests import acts
from signing.envelope import freeze
from tests.manifests.independent import Contested

if TYPE_CHECKING:
    from tests.manifests.law_machine import Law

TOGETHER = (
    ("received.0.accepted_t",),
    ("received.0.accepted_t",),
    ("received.0.accepted_t", "fates.0.mass_t"),
    ("received.0.opinion", "received.0.accepted_t", "received.0.refused_t", "received.0.reason_code"),
    ("received.0.opinion", "received.0.accepted_t", "received.0.refused_t", "received.0.reason_code"),
    ("received.0.refused_t",),
    ("fates.0.mass_t",),
    ("lines.0.mass_t",),
    ("loaded.0.mass_t",),
    ("insurance_no",),
    ("number",),
    ("times.departed_at",),
    ("times.arrived_at",),
    ("times.accepted_at",),
)
"""Fields that are corrected together."""
NUMBERS = ["20265101000001", "20265101000002", "20265101000003"]


def give_number(law: Law, everybody: tuple[str, ...]) -> None:
    """补登国家联单编号."""
    chain, number = law.draw_chain(), law.draw(NUMBERS)
    load = law.books.loads[chain]
    by = law.draw(everybody if law.rarely() else [load.generator, law.books.authorities(load)[0]])
    body = acts.CaseNumber(trunk=law.trunk(chain), number=number)
    if law.post("case.number/1", (by,), body, law.case(chain), law.books.number(chain, by, number)):
        load.number = number


def report(law: Law, everybody: tuple[str, ...]) -> None:
    """报告."""
    chain, by, about = law.draw_chain(), law.draw(everybody), law.draw(["other", "discrepancy", "generator_confirms"])
    body = acts.CaseReport(trunk=law.trunk(chain), about=about, given_at=format_at(law.log.at_s), text="情况说明（虚构）")
    law.post("case.report/1", (by,), body, law.case(chain), law.books.report(chain, by, about))


def signed(law: Law, chain: str, verb: str, by: tuple[str, ...], body: Any, at: str) -> Contested:
    """What would be posted next, as evidence."""
    envelope = law.log.submission(f"manifest.{verb}/1", by, body, chain=chain, at=at).envelope
    return Contested(verb, by, hash_of(envelope), b64encode(freeze(envelope)).decode())


def contest(law: Law, everybody: tuple[str, ...]) -> None:
    """争议: an act that was refused, or one that the trunk has."""
    chain, act = law.draw(law.evidence)
    by = law.draw(everybody if law.rarely() else act.by)
    body = acts.CaseContest(trunk=law.trunk(chain), envelope=act.envelope, reason="无网络（虚构）")
    law.post("case.contest/1", (by,), body, law.case(chain), law.books.contest(chain, by, act))
