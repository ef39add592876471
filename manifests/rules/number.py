"""R-01 to R-04 for a national number that a case gives after issue (Order 23 Art. 15 [READ]); the check judges numbers given at issue."""

from __future__ import annotations

from ledger.findings import Findings
from manifests.acts import CaseNumber
from manifests.model import ManifestState, Stage
from whitelist.number import NUMBER, NumberHolders, city_digits


def judge_number(body: CaseNumber, trunk: str, state: ManifestState, register: NumberHolders | None, out: Findings) -> None:
    """Form, origin, year of issue, one living manifest per number: refused within a generator, ALERT H between two."""
    if not NUMBER.fullmatch(body.number):
        out.refuse("NO_FORMAT", "body.number", body.number, "YYYY PP CC NNNNNN")
        return
    allowed = city_digits(state.origin.division)
    if body.number[4:8] not in allowed:
        out.refuse("NO_ORIGIN", "body.number", body.number[4:8], " / ".join(allowed))
    if int(body.number[:4]) != state.reserved_year:
        out.alert("M", "NO_YEAR")
    for generator, manifest in () if register is None else register.holders:
        if manifest == trunk:
            continue
        if generator == state.generator:
            out.refuse("NO_DUPLICATE", "body.number", f"{body.number}: {manifest}", "a number not in use")
        else:
            out.alert("H", "NO_DUPLICATE")


def judge_trunk_number(state: ManifestState, number: str | None, out: Findings) -> None:
    """A manifest gets one number, while it is not voided."""
    if number is not None:
        out.refuse("NUMBER_GIVEN", "body.number", number, "a manifest without number")
    if state.stage is Stage.VOIDED:
        out.refuse("TRUNK_STAGE", "body.trunk", state.stage, "a manifest that is not voided")
