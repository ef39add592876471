"""Where from, where to, by whom: divisions of the day, registered sites, carriers (L1 of the cases: an origin is not chosen freely)."""

from ledger.directory import party_chain
from ledger.kinds.site import site_at, site_key
from ledger.model import Facts, Findings
from signing.phrase import Word
from signing.refusal import texts
from whitelist import telling
from whitelist.checked import Checked, RefusedAtGate
from whitelist.divisions import judge_division, same_place
from whitelist.fields import Place


def places_exist(checked: Checked, out: Findings) -> None:
    """Origin and destination lie in divisions of the day; a site that is named is open, its party's and in that division (kinds §0)."""
    transfer = checked.transfer
    judge_place(out, checked.facts, "body.origin", transfer.origin, checked.day, origin_owner(checked.generator, checked.refused))
    judge_place(out, checked.facts, "body.destination", transfer.destination, checked.day, transfer.receiver)
    site = None if transfer.plan is None else transfer.plan.site
    if site is not None and site_at(checked.facts, checked.generator, site) is None:
        own = {"site": site, "party": checked.generator}
        out.refuse("SITE_UNKNOWN", "body.plan.site", site, f"party/{checked.generator}: party.site", "NONE", where="body.plan.site", **own)


def origin_is_tied(checked: Checked, out: Findings) -> None:
    """The origin decides whether a decision is needed at all: outside the generator's own province only a registered site may be one,
    but for refused waste, which stands at another's gate.

    With a decision on this log the origin is what was applied for, ALERT M ORIGIN_ELSEWHERE in another division. Order 23 Art. 21 [READ];
    tie [DESIGN].
    """
    origin, approval = checked.transfer.origin, checked.approval
    if approval is not None and approval.is_granted:
        if not same_place(checked.facts, origin.division, approval.origin):
            places = {"asked": telling.place(checked.facts, origin.division), "approved": telling.place(checked.facts, approval.origin)}
            out.alert("M", "ORIGIN_ELSEWHERE", "OTHER", no=approval.no, **places)
    elif origin.division[:2] != checked.generator[2:4] and origin.site is None and checked.transfer.returns is None:
        places = {"place": telling.place(checked.facts, origin.division), "home": telling.province(checked.generator[2:4])}
        expected = f"{checked.generator}: party.site, {origin.division}"
        out.refuse("SITE_UNKNOWN", "body.origin.site", "", expected, "AWAY", party=checked.generator, **places)


def carriers_are_known(checked: Checked, out: Findings) -> None:
    """ALERT L CARRIER_UNKNOWN: who has no chain on this log cannot sign a departure."""
    for carrier in checked.transfer.carriers:
        if checked.facts.head(party_chain(carrier)) is None:
            out.alert("L", "CARRIER_UNKNOWN", "NONE", carrier=carrier)


def origin_owner(generator: str, refused: RefusedAtGate | None) -> str:
    """Whose place the origin is: the generator's, of a return that of whoever refused the load."""
    return generator if refused is None else refused.receiver


def place_registers(place: Place, owner: str) -> tuple[str, ...]:
    """Registers that :func:`judge_place` reads."""
    return () if place.site is None else (site_key(owner, place.site),)


def judge_place(out: Findings, facts: Facts, path: str, place: Place, day: str, owner: str) -> None:
    """Reasons DATA_NOT_ADOPTED, DIVISION, SITE_UNKNOWN and ALERT M DIVISION_RETIRED of a place at ``path`` (``body.origin``).

    ``owner`` is the party whose place it is, ``day`` the day of the event; the registers of :func:`place_registers` must be loaded.
    """
    judge_division(out, f"{path}.division", place.division, facts.data("divisions"), day)
    if place.site is not None:
        judge_site(out, facts, f"{path}.site", place.site, place.division, owner)


def judge_site(out: Findings, facts: Facts, field: str, site: str, division: str, owner: str) -> None:
    """Reason SITE_UNKNOWN unless a site is open, the party's and in that division."""
    found = site_at(facts, owner, site)
    own: dict[str, Word] = {"site": site, "party": owner, "where": field}
    if found is None:
        out.refuse("SITE_UNKNOWN", field, site, f"party/{owner}: party.site, {division}", "NONE", **own)
    elif not same_place(facts, found.division, division):
        own |= {"right": telling.place(facts, found.division), "asked": telling.place(facts, division), "name": found.name}
        out.refuse("SITE_UNKNOWN", field, site, f"party/{owner}: party.site, {division}", "ELSEWHERE", division=found.division, **own)


RULES = (places_exist, origin_is_tied, carriers_are_known)
TEXTS = texts("""
SAME_PROVINCE | R-30 | sender | Order 23 Art. 21 [READ]
移出地和接受地在同一省份，不需要跨省审批。 || 省内转移直接开具联单。
Origin and destination lie in one province; no approval between provinces is needed. || Issue the manifest without an approval.

SAME_PROVINCE:INSIDE
移出地{origin}和接受人设施所在地{destination}在同一省，不需要跨省转移审批。 || 不必申请，直接开具联单（不填 approval）；移出地或者许可证填错的，改正后重新申请。
The origin {origin} and the receiver's facility in {destination} lie in one province; no approval is needed. || Issue the manifest without approval; if origin or permit are wrong, correct them and apply again.

SAME_PROVINCE:LIST
名单 {list} 的起讫是同一省。 || 名单链名写作 list/年份-移出省-接受省-名称，两省不同。
List {list} leads from a province to itself. || Its name is list/<year>-<from>-<to>-<name> with two provinces.

CONSIGNOR | R-12 | generator | Order 23 Art. 31(5) [READ]
托运人只能由移出人或者接受人担任。 || 将托运人改为移出人或接受人，不得填写中介单位。
Only the generator or the receiver can be the consignor. || Name one of the two, never a broker.

TRIP_ID | R-52 | sender | Order 23 Art. 16.2 [READ]; form [DESIGN]
车次标识的格式不对。 || 使用 1 至 64 个字母、数字、点、下划线或连字符。
The trip id is malformed. || Use 1 to 64 letters, digits, dots, underscores or hyphens.

CARRIER_UNKNOWN | - | nobody | formats §3 [DESIGN]
承运人未在本账本登记，不能签署起运。 || 请承运人所在地主管部门先登记该单位；未登记的，起运只能由已登记的承运人签署。
A carrier is not registered on this log and cannot sign a departure. || Ask the authority of its region to register it; else only a registered carrier can sign.

CARRIER_UNKNOWN:NONE
承运人 {carrier} 未在本账本登记，不能签署起运。 || 不影响开具。起运前请该承运人所在地主管部门登记它（party.register），或者换用已登记的承运人；代码填错的，改正 body.carriers。
Carrier {carrier} is not registered on this log and cannot sign the departure. || The manifest is issued all the same. Before it departs let the authority of the carrier's region register it (party.register), or use one that is registered; correct body.carriers if the code is wrong.

ORIGIN_ELSEWHERE | - | origin_authority | Order 23 Art. 21, 27 [READ]; alert [DESIGN]
移出地与批准申请的移出地不在同一区县。 || 核对实际移出场所；与申请不符的，向移出地主管部门说明或者重新申请。
The origin is not in the division that was applied for. || Check the site that the waste leaves; explain it to the origin's authority, or apply again.

ORIGIN_ELSEWHERE:OTHER
移出地填写的是{asked}，批准 {no} 的申请填写的是{approved}。 || 不影响开具。核对实际移出场所：填错的，作废后按实际移出地重开；确实不同的，向移出地主管部门说明或者重新申请。
The origin is {asked}; approval {no} was asked for {approved}. || The manifest is issued all the same. Check the site: if it is wrong, void and issue anew; if it is not, explain it to the origin's authority or apply again.
""")
