"""R-21: the basis of a receiver without a permit (利用处置环节豁免管理单位): the exemption item that waives use or disposal for it.

Judged when the receiver is recorded, for every code and method it may take, and again whenever something is sent to it, by the edition of
that day: a new edition of the list needs an amendment of the basis. Source: 名录 2021 Art. 3, 2025 Art. 3 and their annex lists [READ S5, H4];
kinds §3, §15.
"""

from ledger.admission.facts import Facts
from ledger.findings import Findings
from signing.refusal import texts
from whitelist.catalogue import PREFIX as CATALOGUES
from whitelist.catalogue import Catalogue
from whitelist.editions import edition_of
from whitelist.exemptions import LINK_OF_GROUP, POINT_TO_POINT, Exemption, exemptions_on
from whitelist.methods import group_of
from whitelist.permit import Basis
from whitelist.scope import PermitItem


def judge_basis(out: Findings, field: str, facts: Facts, basis: Basis, line: tuple[str, str], day: str, generator: str) -> bool:
    """Whether a receiver of class exempt_use may take a line, (code, method), from a generator on a day; reason EXEMPT_BASIS if not."""
    item = _item(facts, basis, day)
    if item is not None and _waives(item, *line) and basis.generator in (None, generator):
        return True
    named = f"{basis.edition}: {basis.item}" + ("" if basis.generator is None else f", {basis.generator}")
    out.refuse("EXEMPT_BASIS", field, f"{named}; {' '.join(line)}", "an item in force on the day that waives use or disposal")
    return False


def judge_basis_of_permit(out: Findings, field: str, facts: Facts, basis: Basis, items: tuple[PermitItem, ...], valid_from: str) -> None:
    """Reason EXEMPT_BASIS unless the item is of the edition of the first day and waives the link of every method for every code."""
    item = _item(facts, basis, valid_from)
    if item is None:
        out.refuse("EXEMPT_BASIS", f"{field}.item", f"{basis.edition}: {basis.item}", f"an item of the edition in force on {valid_from}")
        return
    if item.words == POINT_TO_POINT and (basis.generator is None or [(one.scope, len(one.codes)) for one in items] != [("INCLUDE", 1)]):
        out.refuse("EXEMPT_BASIS", f"{field}.generator", basis.generator or "", "点对点定向利用: one generator, one INCLUDEd code")
        return
    catalogue: Catalogue | None = edition_of(facts, CATALOGUES, str(basis.edition))
    for one in items:
        for code in _codes(one, catalogue):
            for method in one.methods:
                if not _waives(item, code, method):
                    out.refuse("EXEMPT_BASIS", f"{field}.item", f"{basis.edition}: {basis.item}; {code} {method}", "a link that it waives")
                    return


def _item(facts: Facts, basis: Basis, day: str) -> Exemption | None:
    exemptions = exemptions_on(facts, day)
    return None if exemptions is None or exemptions.edition != str(basis.edition) else exemptions.items.get(basis.item)


def _waives(item: Exemption, code: str, method: str) -> bool:
    return item.names(code) and LINK_OF_GROUP.get(group_of(method)) in item.links


def _codes(item: PermitItem, catalogue: Catalogue | None) -> tuple[str, ...]:
    """Every code that an item of the permit names, or covers in the catalogue."""
    if item.scope == "INCLUDE" or catalogue is None:
        return item.codes
    return tuple(code for code in catalogue.wastes if item.covers(code))


TEXTS = texts("""
EXEMPT_BASIS | R-21 | destination_authority | 危险废物豁免管理清单 2021 [READ S5], 2025 [READ H4]; 名录 Art. 3 [READ S5]
豁免依据不成立：清单条款不属于当日施行的年版、不豁免该废物的利用或者处置，或者不是给这家移出人的。 || 核对清单年版和序号；清单换版后由主管部门变更登记；点对点定向利用应写明移出人，且只含一个废物代码。
The basis does not hold: its item is not of the edition in force, does not waive use or disposal of this waste, or is another generator's. || Check edition and item; after a new edition the authority amends the record; point-to-point use names its generator and exactly one code.
""")
