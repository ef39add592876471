"""R-05, R-12, R-13 and the places: who sends what to whom, from where to where, and by what."""

from __future__ import annotations

from ledger.findings import Findings
from signing.uscc import check_uscc
from whitelist.case import INTRA, Case

CONSIGNORS = ("generator", "receiver")
MODES = ("road", "rail", "water", "pipeline", "other")


def r_05(case: Case, out: Findings) -> None:
    """Parties are named by a USCC with a correct check character. GB 32100-2015 [RECALL], formats §1."""
    for field, uscc in (("generator", case.transfer.generator), ("receiver", case.transfer.receiver)):
        if not check_uscc(uscc):
            out.refuse("USCC", field, uscc, "18 characters, GB 32100 check character")


def r_12(case: Case, out: Findings) -> None:
    """The consignor (托运人) is the generator or the receiver, never a third party. Order 23 Art. 31(5) [READ]."""
    if case.transfer.consignor not in CONSIGNORS:
        out.refuse("CONSIGNOR", "consignor", case.transfer.consignor, " / ".join(CONSIGNORS))


def r_13(case: Case, out: Findings) -> None:
    """Transfers at sea are outside the manifest system. Order 23 Art. 2 [READ]; list of modes [DESIGN]."""
    mode = case.transfer.mode
    if mode == "sea":
        out.refuse("SEA", "mode", mode, " / ".join(MODES))
    elif mode not in MODES:
        out.refuse("MODE", "mode", mode, " / ".join(MODES))


def r_places(case: Case, out: Findings) -> None:
    """Origin and destination are divisions that exist; a transfer inside a province that is not the generator's own is ALERT M.

    The alert is there because the stated origin decides whether an approval is needed at all. GB/T 2260 [READ S34], alert [DESIGN].
    """
    divisions = case.divisions
    if divisions is None:
        out.refuse("DATA_NOT_ADOPTED", "origin", "divisions", "data.adopt")
        return
    transfer = case.transfer
    for field, code in (("origin", transfer.origin), ("destination", transfer.destination)):
        if not divisions.knows(code):
            out.refuse("DIVISION", field, code, "GB/T 2260, 6 digits")
    if case.route == INTRA and transfer.generator[2:4] != transfer.origin[:2]:
        out.alert("M", "ORIGIN_ELSEWHERE")
