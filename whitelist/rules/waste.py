"""R-06 to R-08 and exemption claims: is this the waste that the catalogue knows under the code?

The ``judge_`` functions serve applications too, which name wastes in the same words.
"""

from __future__ import annotations

from ledger.findings import Findings
from whitelist.case import Case
from whitelist.catalogue import CATEGORIES, CODE, HAZARDS, Catalogue
from whitelist.exemptions import Exemptions
from whitelist.methods import METHODS, group_of

_LINK_OF_GROUP = {"use": "EXEMPT_USE", "disposal": "EXEMPT_DISPOSAL"}


def r_06(case: Case, out: Findings) -> None:
    """A code is ``NNN-NNN-CC`` and CC is the number of its category. Catalogue Art. 5(3) [READ S5]."""
    for path, line in case.lines():
        judge_code(out, path, line.code, line.category)


def r_07(case: Case, out: Findings) -> None:
    """The code is in the edition in force, otherwise ALERT M; ``900-000-CC`` names its identification report.

    While the 2021 edition stands in for the 2025 one the alert is EDITION_STANDIN, else CODE_UNKNOWN. The missing report is refused
    under every edition, for it does not depend on the table. Catalogue Art. 6 [READ S5], corrections of law.
    """
    for path, line in case.lines():
        judge_edition(out, path, line.code, line.identification, case.catalogue, case.day)


def r_08(case: Case, out: Findings) -> None:
    """Hazards are those of the code: ``，`` = the first and perhaps others, ``/`` = one or more. Annex note 1 [READ S5].

    Against a stand-in edition a mismatch is ALERT M EDITION_STANDIN; letters that no edition knows are refused. Corrections of law.
    """
    for path, line in case.lines():
        judge_hazards(out, path, line.code, line.hazards, case.catalogue, case.day)


def r_exemptions(case: Case, out: Findings) -> None:
    """A claimed exemption item exists and can hold for the code; the links it waives become tags. Exemption list [READ S5]."""
    for path, line in case.lines():
        if line.exemption is None:
            continue
        exemptions: Exemptions | None = case.facts.data("hw-exemptions")
        item = None if exemptions is None else exemptions.items.get(line.exemption)
        if item is None or not item.names(line.code):
            out.refuse("EXEMPTION_ITEM", f"{path}.exemption", line.exemption, f"an item of the exemption list that names {line.code}")
            continue
        own_link = _LINK_OF_GROUP.get(group_of(line.method)) if line.method in METHODS else None
        for link in item.links:
            if link not in _LINK_OF_GROUP.values() or link == own_link:
                out.tag(link)


def judge_code(out: Findings, path: str, code: str, category: str) -> None:
    """Reason CODE_CATEGORY (R-06)."""
    if not CODE.fullmatch(code):
        out.refuse("CODE_CATEGORY", f"{path}.code", code, "NNN-NNN-CC")
    elif category not in CATEGORIES or code[-2:] != category[2:]:
        out.refuse("CODE_CATEGORY", f"{path}.category", category, f"HW{code[-2:]}")


def judge_edition(out: Findings, path: str, code: str, identification: str | None, catalogue: Catalogue | None, day: str) -> None:
    """Reason IDENT_MISSING, alert CODE_UNKNOWN or EDITION_STANDIN (R-07)."""
    if code.startswith("900-000-"):
        if not (identification or "").strip():
            out.refuse("IDENT_MISSING", f"{path}.identification", "", f"鉴别报告 / identification report for {code}")
    elif catalogue is None:
        out.refuse("DATA_NOT_ADOPTED", f"{path}.code", "hw-catalogue", "data.adopt")
    elif code not in catalogue.wastes and CODE.fullmatch(code):
        out.alert("M", "EDITION_STANDIN" if catalogue.stands_in_on(day) else "CODE_UNKNOWN")


def judge_hazards(out: Findings, path: str, code: str, hazards: tuple[str, ...], catalogue: Catalogue | None, day: str) -> None:
    """Reason HAZARD or alert EDITION_STANDIN (R-08)."""
    field = f"{path}.hazards"
    if not hazards or len(set(hazards)) != len(hazards) or not set(hazards) <= set(HAZARDS):
        out.refuse("HAZARD", field, " ".join(hazards), " ".join(HAZARDS))
        return
    waste = None if catalogue is None else catalogue.wastes.get(code)
    if waste is None or catalogue is None or waste.allows(hazards):
        return
    if catalogue.stands_in_on(day):
        out.alert("M", "EDITION_STANDIN")
    else:
        out.refuse("HAZARD", field, " ".join(hazards), waste.printed_hazards)
