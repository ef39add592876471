"""Sites (场所) of parties, as ``party.site/1`` registers them: what lets a party act from another place than its address (kinds §2)."""

from typing import Annotated, Literal, Protocol

from msgspec import Struct

from ledger.admission.personality import Changes, Judged, Reads, Role
from ledger.dates import judge_not_to_come
from ledger.directory import PartyState, authorities_of_division, log_state
from ledger.fields import Day, DivisionCode, SiteId, Text, label, words
from ledger.kinds.roles import act_of_party
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import day_of
from signing.phrase import Phrase
from signing.refusal import texts

PLAN_CLASSES = {"key": "重点", "simple": "简化", "registered": "登记"}
PlanClass = Literal["key", "simple", "registered"]
TEXTS = texts("""
SITE_UNKNOWN | - | sender | kinds §2 party.site [DESIGN]
场所编号不是该单位在该行政区划内登记的、未关闭的场所。 || 核对场所编号；新的场所先由本单位登记（party.site）。
The site is no open site of this party in this division. || Check its id; a new site is registered first (party.site).

SITE_UNKNOWN:NONE
{party}没有登记编号为“{site}”的场所，或者它已关闭。 || 核对 {where} 的场所编号；新的场所先由{party}登记（party.site），登记后原样重新提交。
{party} has no open site "{site}". || Check {where}; a new site is registered first by {party} (party.site), then send this again.

SITE_UNKNOWN:ELSEWHERE
{party}的场所“{site}”（{name}）登记在{right}，这里填写的行政区划是{asked}。 || 场所对的，把行政区划代码改为 {division}；行政区划对的，改正 {where}。
Site "{site}" ({name}) of {party} lies in {right}; the division given here is {asked}. || If the site is right, put {division} as its division; if the division is right, correct {where}.

SITE_UNKNOWN:AWAY
移出地在{place}，不在移出人{party}所在的{home}，又没有填写场所编号。 || 在 body.origin.site 填写{party}在当地登记的场所编号；没有登记的，先由该单位和当地主管部门共同登记场所（party.site）。移出地填错的，改正 body.origin.division。
The origin is {place}, outside {home} where the generator {party} is registered, and names no site. || Put the id of a site of {party} there into body.origin.site; if it has none, the party and the authority of the place register it first (party.site). If the origin is wrong, correct body.origin.division.

SITE_UNKNOWN:CLOSING
没有可以关闭的场所“{site}”：{what}。 || 核对场所编号和行政区划代码，应与登记时一致。
There is no site "{site}" to close: {what}. || Check its id and division; both are those of its registration.

DIVISION | - | sender | GB/T 2260 [READ S34]
行政区划代码不存在。 || 填写场所所在县（区）的 6 位行政区划代码。
The division code does not exist. || Enter the 6-digit code of the county of the site.

DIVISION:NONE
没有行政区划代码 {asked}（按 {day} 的区划）。 || 在 {where} 填写场所所在县（区）现行的 6 位代码，例如 510112 成都市龙泉驿区、500116 重庆市江津区。
There is no division {asked} (on {day}). || Put the 6-digit code of the county or district of the site into {where}, e.g. 510112 or 500116.

DIVISION_RETIRED | - | sender | 区划调整文件，如 渝府发〔2025〕15号 [READ H16]; alert [DESIGN]
使用了已撤销的行政区划代码。 || 改填行政区划数据中给出的现行代码；统一社会信用代码不变。
The division code was withdrawn. || Use the code in force, which the data of divisions names; a USCC keeps its digits.
""")


class Site(Struct, frozen=True, gc=False, kw_only=True):
    """Register ``site:<USCC> <id>``: what the last ``party.site`` of this id said. Days are ``YYYY-MM-DD``."""

    name: str
    division: str
    address: str
    plan_class: str | None = None  # 重点 key, 简化 simple, 登记 registered.
    closed_on: str | None = None


def site_key(uscc: str, site: str) -> str:
    """Key of the register of a party's site."""
    return f"site:{uscc} {site}"


def site_at(facts: Facts, uscc: str, site: str) -> Site | None:
    """A party's open site, or ``None`` where it has none of that id or closed it; the register must be loaded."""
    found: Site | None = facts.get(site_key(uscc, site))
    return None if found is None or found.closed_on is not None else found


class PartySite(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``party.site/1``: the last statement of a site id holds; with ``closed_on`` the site ends."""

    site: Annotated[SiteId, label("场所编号", "id of the site")]
    name: Annotated[Text, label("场所名称", "name")]
    division: Annotated[DivisionCode, label("行政区划代码", "division")]
    address: Annotated[Text, label("地址", "address")]
    plan_class: Annotated[PlanClass, words(PLAN_CLASSES), label("管理计划类别", "class of its plan")] | None = None
    closed_on: Annotated[Day, label("关闭日期", "day of closing")] | None = None


class _Divisions(Protocol):
    """What is asked of the data set ``divisions``, which a package above reads."""

    def knows(self, code: str, day: str) -> bool: ...

    def is_withdrawn(self, code: str, day: str) -> bool: ...


def signers(statement: Statement, facts: Facts) -> list[Role]:
    """The party; in another province than its own also an authority of the place. Either of them alone may close a site."""
    body: PartySite = statement.body
    party = Role("party", (statement.owner,))
    if body.division[:2] == statement.owner[2:4]:
        return [party]
    covering = authorities_of_division(log_state(facts), body.division)
    everybody = tuple(authority.uscc for authority in log_state(facts).authorities)
    place = Role("authority of the place", covering or everybody, foreign=not covering)
    if body.closed_on is not None and len(statement.by) == 1:
        return [party] if statement.owner in (*statement.by, statement.principal) else [place]
    return [party, place]


def place_exists(judged: Judged, out: Findings) -> None:
    """A division valid on the day of the entry."""
    division, day = judged.statement.body.division, day_of(judged.moment.at_s)
    divisions: _Divisions | None = judged.facts.data("divisions")
    if divisions is None:
        out.refuse(
            "DATA_NOT_ADOPTED", "body.division", Phrase("行政区划数据（divisions）", "divisions"), "data.adopt", "NONE", name="divisions"
        )
    elif not divisions.knows(division, day):
        out.refuse("DIVISION", "body.division", division, f"GB/T 2260, {day}", "NONE", asked=division, day=day, where="body.division")
    elif divisions.is_withdrawn(division, day):
        out.alert("M", "DIVISION_RETIRED")


def closes_what_is_there(judged: Judged, out: Findings) -> None:
    """A site that was registered, where it was registered, not in the future: an authority closes none of another place."""
    body: PartySite = judged.statement.body
    if body.closed_on is None:
        return
    today = day_of(judged.moment.at_s)
    judge_not_to_come(out, "body.closed_on", ("关闭日期", "the day of closing"), body.closed_on, today)
    known = site_at(judged.facts, judged.statement.owner, body.site)
    if known is None or known.division != body.division:
        what = (
            ("没有登记或者已经关闭", "not registered, or closed already")
            if known is None
            else (
                f"它登记在 {known.division}，这里填写的是 {body.division}",
                f"it lies in {known.division}, not in {body.division}",
            )
        )
        out.refuse("SITE_UNKNOWN", "body.site", body.site, "" if known is None else known.division, "CLOSING", site=body.site, what=what)


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: PartySite = statement.body
    site = Site(name=body.name, division=body.division, address=body.address, plan_class=body.plan_class, closed_on=body.closed_on)
    state: PartyState = facts.state(statement.chain) or PartyState(name="")
    return Changes(state=state, registers={site_key(statement.owner, body.site): site})


KIND = act_of_party(
    name="party.site/1",
    zh="登记场所",
    en="registration of a site",
    body=PartySite,
    roles=("the party", "where the division is in another province: an authority of the place (closing: either alone)"),
    signers=signers,
    reads=lambda statement, facts: Reads(registers=(site_key(statement.owner, statement.body.site),)),
    rules=(place_exists, closes_what_is_there),
    evolve=_evolve,
    effect=("该单位可以自该场所移出，包括在外省的场所。", "The party may issue from the site, in another province than its own too."),
    texts=TEXTS,
)
