"""Exemptions (豁免): items of the list that a line claims.

An item says nothing without its edition, and the edition is that of the day of the event. It waives links of a waste's way, never the
manifest and never the decision. Source: 危险废物豁免管理清单 2021 [READ S5], 2025 [READ H4]; kinds §3, §5.
"""

from ledger.findings import Findings
from signing.refusal import texts
from whitelist.checked import Checked
from whitelist.exemptions import EVENT, HOUSEHOLD, POINT_TO_POINT, Exemption, Exemptions
from whitelist.transfer import ExemptionClaim, WasteLine


def claims_hold(checked: Checked, out: Findings) -> None:
    """A claimed item is of the day's edition, names the code, and its condition can be met; the links it waives become tags."""
    for path, line in checked.lines():
        for position, claim in enumerate(line.exemptions):
            item = item_of(checked.exemptions, claim)
            if item is None or not _can_hold(item, claim, line):
                expected = (
                    f"{'' if checked.exemptions is None else checked.exemptions.edition}: an item that names {line.code} and can hold"
                )
                out.refuse("EXEMPTION_ITEM", f"{path}.exemptions.{position}", f"{claim.edition}: {claim.item}", expected)
        for link in waived_links(checked, line):
            out.tag(link)


def item_of(exemptions: Exemptions | None, claim: ExemptionClaim) -> Exemption | None:
    """The item claimed, if its edition is this one."""
    return None if exemptions is None or exemptions.edition != str(claim.edition) else exemptions.items.get(claim.item)


def _can_hold(item: Exemption, claim: ExemptionClaim, line: WasteLine) -> bool:
    """Whether an item can hold for a line, as far as the line says: what it attests beyond that is the generator's word."""
    if not item.names(line.code) or (item.only_corrosive and set(line.hazards) != {"C"}):
        return False
    if not item.words:
        return True
    # Household waste has no manifest to begin with, point-to-point use is a matter of the receiver's permit, and an event needs its emergency.
    return item.words not in (HOUSEHOLD, POINT_TO_POINT, EVENT) and claim.ref is not None


def waived_links(checked: Checked, line: WasteLine) -> frozenset[str]:
    """Tags of the links that the line's claims waive."""
    found: set[str] = set()
    for claim in line.exemptions:
        item = item_of(checked.exemptions, claim)
        if item is not None and _can_hold(item, claim, line):
            found |= item.links
    return frozenset(found)


TEXTS = texts("""
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
