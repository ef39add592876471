"""R-01 to R-04: the national 14-digit manifest number (联单编号): ``YYYY PP CC NNNNNN`` by year, origin province, origin city, serial.

liandan stores it, never issues it, and never uses it as an identity (formats §3). It has no check digit; its form (R-01) is the field's.
Source: Order 23 Art. 15 [READ].
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.model import Facts, Findings
from ledger.times import year_of_day
from signing.phrase import Word
from signing.refusal import texts
from whitelist import telling
from whitelist.checked import Checked

MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
MUNICIPALITY_CITIES = ("00", "01", "02")
"""A 直辖市 has no city level; which digits its numbers carry is not confirmed, so three forms pass (law §1.3, addenda §7)."""
Standing = Literal["live", "voided", "closed"]
HOLDERS_MAX = 32


class NumberHolder(Struct, frozen=True, gc=False):
    """A generator's manifest under a number."""

    generator: str
    manifest: str  # Chain.
    standing: Standing


class NumberHolders(Struct, frozen=True, gc=False):
    """Register ``number:<14 digits>``: one manifest per generator, its newest, in order of admission of the first; 32 at most.

    Voided ones make room. So nobody can fill a number up for others, and what one generator did with it never bars another.
    """

    holders: tuple[NumberHolder, ...] = ()

    def of(self, generator: str) -> NumberHolder | None:
        """What a generator holds under the number."""
        return next((holder for holder in self.holders if holder.generator == generator), None)

    def with_holder(self, generator: str, manifest: str) -> NumberHolders:
        """The register after a manifest took the number."""
        new = NumberHolder(generator, manifest, "live")
        if self.of(generator) is not None:
            return NumberHolders(tuple(new if holder.generator == generator else holder for holder in self.holders))
        if len(self.holders) < HOLDERS_MAX:
            return NumberHolders((*self.holders, new))
        voided = next((holder for holder in self.holders if holder.standing == "voided"), None)
        return self if voided is None else NumberHolders((*(holder for holder in self.holders if holder is not voided), new))

    def ended(self, manifest: str, standing: Standing) -> NumberHolders:
        """The register after a manifest was voided or closed."""
        return NumberHolders(tuple(replace(one, standing=standing) if one.manifest == manifest else one for one in self.holders))


def number_key(number: str) -> str:
    """Key of the register of a number."""
    return f"number:{number}"


def number_is_right(checked: Checked, out: Findings) -> None:
    """R-02 to R-04 for a number given at issue."""
    number = checked.transfer.number
    if number is not None:
        register: NumberHolders | None = checked.facts.get(number_key(number))
        judge_number(out, checked.facts, number, checked.transfer.origin.division, year_of_day(checked.day), checked.generator, register)


def judge_number(
    out: Findings,
    facts: Facts,
    number: str,
    origin: str,
    year: int,
    generator: str,
    register: NumberHolders | None,
    *,
    but: str = "",
) -> None:
    """Whether a manifest of ``generator``, issued in ``year`` for ``origin``, may have the number; at issue or by a case; ``but`` is the manifest itself.

    R-02: digits 5 to 8 are the origin's province and city, of a municipality with 00, 01 or 02: NO_ORIGIN. R-03: what the generator itself
    holds live or closed is refused NO_DUPLICATE; voided ones, NO_REUSED, and other generators', NO_DUPLICATE, are alerts, so that a stranger
    never blocks a number. R-04: digits 1 to 4 are the year of issue, of a backfill that of its departure, else NO_YEAR. Order 23 Art. 15.
    """
    allowed = [origin[:2] + city for city in MUNICIPALITY_CITIES] if origin[:2] in MUNICIPALITIES else [origin[:4]]
    if number[4:8] not in allowed:
        wanted: dict[str, Word] = {"digits": number[4:8], "allowed": " / ".join(allowed), "place": telling.place(facts, origin)}
        out.refuse("NO_ORIGIN", "body.number", number[4:8], " / ".join(allowed), "OTHER", number=number, **wanted)
    if int(number[:4]) != year:
        out.alert("M", "NO_YEAR", "OTHER", number=number, digits=number[:4], year=str(year))
    for holder in () if register is None else register.holders:
        if holder.manifest == but:
            continue
        if holder.standing == "voided":
            out.alert("M", "NO_REUSED")
        elif holder.generator == generator:
            standing: Word = ("已办结", "closed") if holder.standing == "closed" else ("未办结", "not closed")
            own: dict[str, Word] = {"number": number, "manifest": holder.manifest, "standing": standing}
            out.refuse("NO_DUPLICATE", "body.number", f"{number}: {holder.manifest}", "", "OWN", **own)
        else:
            authority = telling.authority(facts, origin)
            out.alert("H", "NO_DUPLICATE", "OTHERS", number=number, other=holder.generator, manifest=holder.manifest, authority=authority)


RULES = (number_is_right,)
TEXTS = texts("""
NO_FORMAT | R-01 | generator | Order 23 Art. 15 [READ]
联单编号不是 14 位国家编号。 || 填写国家危险废物信息管理系统给出的 14 位编号（年份4位、省2位、市2位、流水号6位）。
The manifest number is not a national 14-digit number. || Enter the number that the national system issued.

NO_ORIGIN | R-02 | generator | Order 23 Art. 15 [READ]; municipalities 00/01/02 [DESIGN]
联单编号第 5 至 8 位与移出地行政区划不符。 || 核对联单编号和移出地，两者应属同一设区的市（直辖市的市级两位为 00、01 或 02）。
Digits 5 to 8 are not the division of the origin. || Compare the number with the place of origin.

NO_ORIGIN:OTHER
联单编号 {number} 的第 5 至 8 位是 {digits}，而移出地是{place}，应为 {allowed}。 || 对照国家危险废物信息管理系统给出的编号重新填写 body.number；编号无误的，改正 body.origin.division。还没有编号的可以先不填，开具后再补登。
Digits 5 to 8 of {number} are {digits}; the origin is {place}, whose numbers have {allowed} there. || Copy the number from the national system again (body.number); if it is right, correct body.origin.division. It may be left out and given later (case.number).

NO_DUPLICATE | R-03 | generator | Order 23 Art. 15 [READ]; formats §3 [DESIGN]
联单编号已被另一份未作废的联单使用。 || 核对编号；两家单位同号的不影响开具，由移出地主管部门核定。
The manifest number is in use on another manifest that was not voided. || Check it; between two generators both manifests enter, and the origin's authority finds out whose it is.

NO_DUPLICATE:OWN
本单位已将联单编号 {number} 用于联单 {manifest}（{standing}）。 || 那份联单就是这次转移的，不必再开，直接使用它；不是的，对照国家系统改填本次的编号（body.number），还没有的可以先不填，开具后再补登。那份开错了且未起运的，由本单位先作废。
Your own {manifest} ({standing}) has the number {number}. || If that is this transfer, use it; if not, copy this transfer's number from the national system (body.number), or leave it out and give it later (case.number). If the other one was a mistake and has not departed, void it first.

NO_DUPLICATE:OTHERS | origin_authority
编号 {number} 也被另一家移出人{other}用于联单 {manifest}。 || 不影响本次开具和起运。对照国家系统核对编号；编号无误的，请{authority}查明是谁填错。
The number {number} stands on manifest {manifest} of another generator, {other}, too. || This load may go. Compare it with the national system; if it is yours, ask {authority} to find out who is wrong.

NO_REUSED | R-03 | nobody | Order 23 Art. 15 [READ]; level [DESIGN]
该编号曾用于一份已作废的联单。 || 核对编号确为国家系统为本次转移给出。
The number was used on a manifest that has been voided. || Make sure that the national system gave it for this transfer.

NO_YEAR | R-04 | generator | Order 23 Art. 15 [READ]; level [DESIGN]
联单编号的年份与开具年份不一致。 || 核对编号；跨年开具的，向移出地主管部门说明。
The year in the number is not the year of issue. || Check the number; explain it to the authority if it was issued at the turn of the year.

NO_YEAR:OTHER
联单编号 {number} 的年份是 {digits}，而联单在 {year} 年开具。 || 不影响本次开具。核对编号；岁末年初跨年开具的，向移出地主管部门说明。
The year in {number} is {digits}; the manifest is of {year}. || This load may go. Check the number; at the turn of the year explain it to the origin's authority.
""")
