"""Exemptions (豁免): items of the list that a line claims, and by which a receiver needs no permit (利用处置环节豁免管理单位, R-21).

An item says nothing without its edition, and the edition is that of the day of the event. It waives links of a waste's way, never the
manifest and never the decision. A receiver's basis is judged when it is recorded, for every code and method it may take, and again whenever
something is sent to it: a new edition of the list needs an amendment of the basis. Source: 名录 2021 Art. 3, 2025 Art. 3 and their annex lists,
危险废物豁免管理清单 2021 [READ S5], 2025 [READ H4]; kinds §3, §5, §15.
"""

from ledger.model import Facts, Findings
from signing.refusal import texts
from whitelist.catalogue import PREFIX as CATALOGUES
from whitelist.catalogue import Catalogue, edition_of
from whitelist.checked import Checked
from whitelist.exemptions import EVENT, HOUSEHOLD, LINK_OF_GROUP, POINT_TO_POINT, Exemption, Exemptions, exemptions_on
from whitelist.fields import PermitItem, group_of
from whitelist.permit import Basis
from whitelist.transfer import ExemptionClaim, WasteLine

_NO_LINKS: frozenset[str] = frozenset()


def claims_hold(checked: Checked, out: Findings) -> None:
    """A claimed item is of the day's edition, names the code, and its condition can be met; the links it waives become tags."""
    for path, line in checked.lines:
        for position, claim in enumerate(line.exemptions):
            if _claimed(checked.exemptions, claim, line) is None:
                edition = "" if checked.exemptions is None else checked.exemptions.edition
                expected = f"{edition}: an item that names {line.code} and can hold"
                out.refuse("EXEMPTION_ITEM", f"{path}.exemptions.{position}", f"{claim.edition}: {claim.item}", expected)
        for link in waived_links(checked.exemptions, line):
            out.tag(link)


def _item(exemptions: Exemptions | None, named: ExemptionClaim | Basis) -> Exemption | None:
    """The item named, if its edition is this one."""
    return None if exemptions is None or exemptions.edition != str(named.edition) else exemptions.items.get(named.item)


def _claimed(exemptions: Exemptions | None, claim: ExemptionClaim, line: WasteLine) -> Exemption | None:
    """The item claimed if it can hold for the line, as far as the line says: what it attests beyond that is the generator's word."""
    item = _item(exemptions, claim)
    if item is None or not item.names(line.code) or (item.only_corrosive and set(line.hazards) != {"C"}):
        return None
    # Household waste has no manifest to begin with, point-to-point use is a matter of the receiver's permit, and an event needs its emergency.
    return item if not item.words or (item.words not in (HOUSEHOLD, POINT_TO_POINT, EVENT) and claim.ref is not None) else None


def waived_links(exemptions: Exemptions | None, line: WasteLine) -> frozenset[str]:
    """Tags of the links that the line's claims waive; ``exemptions`` are those of the day of the event."""
    if not line.exemptions:
        return _NO_LINKS
    claimed = (_claimed(exemptions, claim, line) for claim in line.exemptions)
    return _NO_LINKS.union(*(item.links for item in claimed if item is not None))


def judge_basis(out: Findings, field: str, facts: Facts, basis: Basis, line: tuple[str, str], day: str, generator: str) -> bool:
    """Whether a receiver of class exempt_use may take a line, (code, method), from a generator on a day; reason EXEMPT_BASIS if not."""
    item = _item(exemptions_on(facts, day), basis)
    if item is not None and _waives(item, *line) and basis.generator in (None, generator):
        return True
    named = f"{basis.edition}: {basis.item}" + ("" if basis.generator is None else f", {basis.generator}")
    out.refuse("EXEMPT_BASIS", field, f"{named}; {' '.join(line)}", "an item in force on the day that waives use or disposal")
    return False


def judge_basis_of_permit(out: Findings, field: str, facts: Facts, basis: Basis, items: tuple[PermitItem, ...], valid_from: str) -> None:
    """Reason EXEMPT_BASIS unless the item is of the edition of the first day and waives the link of every method for every code."""
    item = _item(exemptions_on(facts, valid_from), basis)
    if item is None:
        out.refuse("EXEMPT_BASIS", f"{field}.item", f"{basis.edition}: {basis.item}", f"an item of the edition in force on {valid_from}")
        return
    if item.words == POINT_TO_POINT and (basis.generator is None or [(one.scope, len(one.codes)) for one in items] != [("INCLUDE", 1)]):
        out.refuse("EXEMPT_BASIS", f"{field}.generator", basis.generator or "", "点对点定向利用: one generator, one INCLUDEd code")
        return
    catalogue: Catalogue | None = edition_of(facts, CATALOGUES, str(basis.edition))
    for one in items:
        # Every code that an item of the permit names, or covers in the catalogue.
        for code in one.codes if one.scope == "INCLUDE" or catalogue is None else filter(one.covers, catalogue.wastes):
            for method in one.methods:
                if not _waives(item, code, method):
                    out.refuse("EXEMPT_BASIS", f"{field}.item", f"{basis.edition}: {basis.item}; {code} {method}", "a link that it waives")
                    return


def _waives(item: Exemption, code: str, method: str) -> bool:
    return item.names(code) and LINK_OF_GROUP.get(group_of(method)) in item.links


RULES = (claims_hold,)
TEXTS = texts("""
EXEMPT_BASIS | R-21 | destination_authority | 危险废物豁免管理清单 2021 [READ S5], 2025 [READ H4]; 国家危险废物名录 Art. 3 [READ S5]
豁免依据不成立：清单条款不属于当日施行的年版、不豁免该废物的利用或者处置，或者不是给这家移出人的。 || 核对清单年版和序号；清单换版后由主管部门变更登记；点对点定向利用应写明移出人，且只含一个废物代码。
The basis does not hold: its item is not of the edition in force, does not waive use or disposal of this waste, or is another generator's. || Check edition and item; after a new edition the authority amends the record; point-to-point use names its generator and exactly one code.

EXEMPTION_ITEM | R-22 | generator | 危险废物豁免管理清单 2021 [READ S5], 2025 [READ H4]
所填豁免条款不是事发之日施行的清单中的条款、不适用于该废物代码，或其条件未满足。 || 核对清单年版和序号；“仅具有腐蚀性”的危险特性只填 C，以文字列明废物的条款须填方案文号；豁免只免除相应环节，不免除联单和跨省审批。
The claimed item is not of the exemption list in force on the day, does not name this code, or its condition is not met. || Check edition and item; "only corrosive" means C alone, items that name wastes in words need the reference of the plan; an item waives one link, never manifest or approval.

EXEMPT_COLLECTION | - | nobody | 危险废物豁免管理清单 2021 [READ S5], 2025 [READ H4]
移出人声明收集环节豁免。 || 保留满足豁免条件的证据。
The generator attests that collection is exempt. || Keep the evidence that the condition is met.

EXEMPT_TRANSPORT | - | nobody | 危险废物豁免管理清单 2021 [READ S5], 2025 [READ H4]
移出人声明运输环节豁免：不按危险废物进行运输。 || 保留满足豁免条件的证据，例如未破损、防雨、防渗漏、防遗撒。
The generator attests that transport is exempt. || Keep the evidence that the condition is met.

EXEMPT_USE | - | nobody | 危险废物豁免管理清单 2021 [READ S5], 2025 [READ H4]
利用环节豁免：利用过程不按危险废物管理。 || 保留满足豁免条件的证据。
Use is exempt from the rules for hazardous waste. || Keep the evidence that the condition is met.

EXEMPT_DISPOSAL | - | nobody | 危险废物豁免管理清单 2021 [READ S5], 2025 [READ H4]
处置环节豁免：处置过程不按危险废物管理。 || 保留满足豁免条件的证据。
Disposal is exempt from the rules for hazardous waste. || Keep the evidence that the condition is met.
""")
