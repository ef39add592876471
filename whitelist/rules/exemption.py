"""Exemptions (豁免): items of the list that a line claims, and by which a receiver needs no permit (利用处置环节豁免管理单位, R-21).

An item says nothing without its edition, and the edition is that of the day of the event. It waives links of a waste's way, never the
manifest and never the decision. A receiver's basis is judged when it is recorded, for every code and method it may take, and again whenever
something is sent to it: a new edition of the list needs an amendment of the basis. Source: 名录 2021 Art. 3, 2025 Art. 3 and their annex lists,
危险废物豁免管理清单 2021 [READ S5], 2025 [READ H4]; kinds §3, §5, §15.
"""

from ledger.model import Facts, Findings
from signing.phrase import Word
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
    exemptions, in_emergency = checked.exemptions, checked.emergency_chain is not None
    for path, line in checked.lines:
        for position, claim in enumerate(line.exemptions):
            if _claimed(exemptions, claim, line, in_emergency) is not None:
                continue
            own: dict[str, Word] = {"asked": f"{claim.edition}:{claim.item}", "where": f"{path}.exemptions.{position}"}
            field, found = f"{path}.exemptions.{position}", f"{claim.edition}: {claim.item}"
            if exemptions is None:
                out.refuse("EXEMPTION_ITEM", field, found, "data.adopt", "NO_LIST", **own)
                continue
            edition = exemptions.edition
            own |= {"edition": edition, "waste": f"{line.code} {line.name}", "allowed": _naming(exemptions, line.code)}
            if str(claim.edition) != edition:
                out.refuse("EXEMPTION_ITEM", field, found, edition, "EDITION", **own)
            else:
                out.refuse("EXEMPTION_ITEM", field, found, edition, "OTHER", **own)
        for link in waived_links(exemptions, line, in_emergency=in_emergency):
            out.tag(link)


def _naming(exemptions: Exemptions, code: str) -> Word:
    """The items of an edition that name a code."""
    found = [str(number) for number, item in exemptions.items.items() if not item.words and item.names(code)]
    return ("、".join(found), ", ".join(found)) if found else "-"


def _item(exemptions: Exemptions | None, named: ExemptionClaim | Basis) -> Exemption | None:
    """The item named, if its edition is this one."""
    return None if exemptions is None or exemptions.edition != str(named.edition) else exemptions.items.get(named.item)


def _claimed(exemptions: Exemptions | None, claim: ExemptionClaim, line: WasteLine, in_emergency: bool) -> Exemption | None:
    """The item claimed if it can hold for the line, as far as the line says: what it attests beyond that is the generator's word."""
    item = _item(exemptions, claim)
    if item is None or not item.names(line.code) or (item.only_corrosive and set(line.hazards) != {"C"}):
        return None
    # Household waste has no manifest to begin with, point-to-point use is a matter of the receiver's permit, and an event needs its emergency.
    never = (HOUSEHOLD, POINT_TO_POINT) if in_emergency else (HOUSEHOLD, POINT_TO_POINT, EVENT)
    return item if not item.words or (item.words not in never and claim.ref is not None) else None


def waived_links(exemptions: Exemptions | None, line: WasteLine, *, in_emergency: bool) -> frozenset[str]:
    """Tags of the links that the line's claims waive; ``exemptions`` are those of the day of the event, ``in_emergency`` what moves on one."""
    if not line.exemptions:
        return _NO_LINKS
    claimed = (_claimed(exemptions, claim, line, in_emergency) for claim in line.exemptions)
    return _NO_LINKS.union(*(item.links for item in claimed if item is not None))


def judge_basis(out: Findings, field: str, facts: Facts, basis: Basis, line: tuple[str, str], day: str, generator: str) -> bool:
    """Whether a receiver of class exempt_use may take a line, (code, method), from a generator on a day; reason EXEMPT_BASIS if not."""
    item = _item(exemptions_on(facts, day), basis)
    if item is not None and _waives(item, *line) and basis.generator in (None, generator):
        return True
    named = f"{basis.edition}: {basis.item}" + ("" if basis.generator is None else f", {basis.generator}")
    own = {"edition": str(basis.edition), "item": str(basis.item), "waste": line[0], "method": line[1], "day": day}
    found = f"{named}; {' '.join(line)}"
    if item is None:
        out.refuse("EXEMPT_BASIS", field, found, "", "EDITION", **own)
    elif not _waives(item, *line):
        out.refuse("EXEMPT_BASIS", field, found, "", "LINK", **own)
    else:
        out.refuse("EXEMPT_BASIS", field, found, "", "GENERATOR", owner=basis.generator or "", generator=generator, **own)
    return False


def judge_basis_of_permit(out: Findings, field: str, facts: Facts, basis: Basis, items: tuple[PermitItem, ...], valid_from: str) -> None:
    """Reason EXEMPT_BASIS unless the item is of the edition of the first day and waives the link of every method for every code."""
    item = _item(exemptions_on(facts, valid_from), basis)
    if item is None:
        own = {"edition": str(basis.edition), "item": str(basis.item), "day": valid_from}
        out.refuse("EXEMPT_BASIS", f"{field}.item", f"{basis.edition}: {basis.item}", "", "EDITION", **own)
        return
    if item.words == POINT_TO_POINT and (basis.generator is None or [(one.scope, len(one.codes)) for one in items] != [("INCLUDE", 1)]):
        out.refuse("EXEMPT_BASIS", f"{field}.generator", basis.generator or "", "", "POINT_TO_POINT")
        return
    catalogue: Catalogue | None = edition_of(facts, CATALOGUES, str(basis.edition))
    for one in items:
        # Every code that an item of the permit names, or covers in the catalogue.
        for code in one.codes if one.scope == "INCLUDE" or catalogue is None else filter(one.covers, catalogue.wastes):
            for method in one.methods:
                if not _waives(item, code, method):
                    found = f"{basis.edition}: {basis.item}; {code} {method}"
                    own = {"edition": str(basis.edition), "item": str(basis.item), "waste": code, "method": method}
                    out.refuse("EXEMPT_BASIS", f"{field}.item", found, "", "LINK", **own)
                    return


def _waives(item: Exemption, code: str, method: str) -> bool:
    return item.names(code) and LINK_OF_GROUP.get(group_of(method)) in item.links


RULES = (claims_hold,)
TEXTS = texts("""
EXEMPT_BASIS | R-21 | destination_authority | 危险废物豁免管理清单 2021 [READ S5], 2025 [READ H4]; 国家危险废物名录 Art. 3 [READ S5]
豁免依据不成立：清单条款不属于当日施行的年版、不豁免该废物的利用或者处置，或者不是给这家移出人的。 || 核对清单年版和序号；清单换版后由主管部门变更登记；点对点定向利用应写明移出人，且只含一个废物代码。
The basis does not hold: its item is not of the edition in force, does not waive use or disposal of this waste, or is another generator's. || Check edition and item; after a new edition the authority amends the record; point-to-point use names its generator and exactly one code.

EXEMPT_BASIS:EDITION
接受人的豁免依据是 {edition} 年版清单第 {item} 项，{day} 施行的清单中没有这一项（或者已换版）。 || 请接受人所在地主管部门按现行清单变更登记（permit.amend），登记后原样重新提交；等不及的，改送持有许可证的单位。
The receiver's basis is item {item} of the list of {edition}, which is not of the list in force on {day}. || Let the authority of the receiver's region amend the record (permit.amend) and send this again; or use a receiver with a permit.

EXEMPT_BASIS:LINK
接受人的豁免依据（{edition} 年版第 {item} 项）不豁免 {waste} 以 {method} 方式的利用处置。 || 核对代码和方式；确实不豁免的，改送持有许可证的单位。
The receiver's basis (item {item} of {edition}) does not waive {method} of {waste}. || Check code and method; if they are right, use a receiver with a permit.

EXEMPT_BASIS:GENERATOR
接受人的点对点定向利用（{edition} 年版第 {item} 项）只接受{owner}的废物，本次移出人是{generator}。 || 改送持有许可证的单位；接受人的方案包含本单位的，请其所在地主管部门登记。
The receiver's point-to-point use (item {item} of {edition}) is for waste of {owner}; this generator is {generator}. || Use a receiver with a permit; if its plan names you, let the authority of its region record that.

EXEMPT_BASIS:POINT_TO_POINT
点对点定向利用应写明移出人，且只含一个废物代码（INCLUDE）。 || 填写 basis.generator，items 只留一条、范围 INCLUDE、一个代码；多个移出人的分别登记。
Point-to-point use names its generator and exactly one code (INCLUDE). || Give basis.generator and one item with scope INCLUDE and one code; record several generators apart.

EXEMPT_BASIS:NO_BASIS
豁免管理单位（class 为 exempt_use）没有填写豁免依据。 || 在 body.basis 填写清单年版、序号和方案文号；持有经营许可证的，把 class 改为 permit 或 collection。
An exempt unit (class exempt_use) names no basis. || Give edition, item and plan in body.basis; for a permit holder put permit or collection into class.

EXEMPT_BASIS:NO_CLASS
接收资格是“{asked}”，却填写了豁免依据。 || 去掉 body.basis；是豁免管理单位的，把 class 改为 exempt_use。
The class is {asked}, yet a basis of exemption is given. || Leave body.basis out; for an exempt unit put exempt_use into class.

EXEMPTION_ITEM | R-22 | generator | 危险废物豁免管理清单 2021 [READ S5], 2025 [READ H4]
所填豁免条款不是事发之日施行的清单中的条款、不适用于该废物代码，或其条件未满足。 || 核对清单年版和序号；“仅具有腐蚀性”的危险特性只填 C，以文字列明废物的条款须填方案文号；豁免只免除相应环节，不免除联单和跨省审批。
The claimed item is not of the exemption list in force on the day, does not name this code, or its condition is not met. || Check edition and item; "only corrosive" means C alone, items that name wastes in words need the reference of the plan; an item waives one link, never manifest or approval.

EXEMPTION_ITEM:NO_LIST
账本没有采用当日施行的豁免清单，所填豁免条款（{asked}，即年版和序号）无从核对。 || 去掉 {where}，按危险货物填写运输信息；要适用豁免的，请运营单位和各主管部门先采用该清单（data.adopt），再原样重新提交。
The log has adopted no exemption list for this day, so the claimed item ({asked}) cannot be looked at. || Leave {where} out and give the dangerous-goods data; to have it waived, ask the operator and the authorities to adopt the list (data.adopt), and send this again unchanged.

EXEMPTION_ITEM:EDITION
所填豁免条款（{asked}，即年版和序号）不是现行清单（{edition} 年版）的；现行清单中列有 {waste} 的条款序号：{allowed}。 || 改正 {where}：edition 填 {edition}，item 填对应的序号（换版后序号有变）；没有适用条款的，去掉这一条，按危险货物填写运输信息。
The claimed item ({asked}) is not of the list in force ({edition}); its items for {waste}: {allowed}. || Correct {where}: edition {edition} and the item there (numbers have changed); if none applies, leave it out and give the dangerous-goods data.

EXEMPTION_ITEM:OTHER
所填豁免条款（{asked}，即年版和序号）不适用于 {waste}，或者其条件没有满足；{edition} 年版中列有该代码的条款序号：{allowed}。 || 改正 {where}.item，或者去掉这一条并填写危险货物信息；“仅具有腐蚀性”的条款要求危险特性只填 C，以文字列明废物的条款须填方案文号 ref。
The claimed item ({asked}) does not apply to {waste}, or its condition is not met; items of {edition} for this code: {allowed}. || Correct {where}.item, or leave it out and give the dangerous-goods data; "only corrosive" means hazards C alone, items that name wastes in words need ref.

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
