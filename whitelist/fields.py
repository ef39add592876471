"""Parts of bodies that several acts share (kinds §0): names of chains, wastes and their scopes, places, methods, letters.

Their form, its code, their values for people; what only data can say (does the code stand in the edition of the day, is the division valid
on it) is judged by rules.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from msgspec import Struct

from ledger.admission.personality import Judged
from ledger.chain import ULID, USCC
from ledger.dates import judge_not_to_come
from ledger.fields import Count, Day, DivisionCode, File, MassAboveZero, SiteId, Text, form, items, label, text, with_code, words
from ledger.model import Findings
from ledger.times import day_of
from signing.phrase import Phrase
from signing.refusal import texts

PERMIT = re.compile(rf"permit/{USCC}/{ULID}")
APPROVAL = re.compile(rf"approval/{USCC}/{ULID}")
LIST = re.compile(r"list/(20[0-9]{2})-([0-9]{2})-([0-9]{2})-([a-z0-9]{1,16})")
PLAN = re.compile(rf"plan/{USCC}/20[0-9]{{2}}")
"""Names of the chains of this package (formats §3): ``list/<YYYY>-<from>-<to>-<name>``, ``plan/<generator>/<YYYY>``."""

CODE_WORDS = Phrase("三段八位代码，如 900-052-31", "8 digits in three groups, e.g. 900-052-31")
CATEGORY_WORDS = Phrase("HW01 至 HW40、HW45 至 HW50", "HW01 to HW40, HW45 to HW50")
WasteCode = Annotated[str, form("^[0-9]{3}-[0-9]{3}-[0-9]{2}$", "CODE_CATEGORY", CODE_WORDS)]
Category = Annotated[str, form("^HW(0[1-9]|[123][0-9]|40|4[5-9]|50)$", "CODE_CATEGORY", CATEGORY_WORDS)]
Hazard = Annotated[
    Literal["T", "C", "I", "R", "In"],
    with_code("HAZARD"),
    words({"T": "毒性", "C": "腐蚀性", "I": "易燃性", "R": "反应性", "In": "感染性"}),
]
Hazards = Annotated[tuple[Hazard, ...], items(1, 8, "HAZARD"), label("危险特性", "hazards")]  # Read as a set.
WasteForm = Annotated[
    Literal["S", "SS", "L", "G"],
    with_code("FORM_PACK"),
    label("形态", "form"),
    words({"S": "固态", "SS": "半固态", "L": "液态", "G": "气态"}),
]
Method = Annotated[
    Literal[
        "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R15",
        "D1", "D9", "D10", "D16", "C1", "C2", "C3",
        "Y10", "Y11", "Y12", "Y13", "Y16", "G21", "G22", "G23", "G24", "G29", "S",
    ],
    with_code("METHOD"),
]  # fmt: skip
PermitRef = Annotated[
    str, form(f"^{PERMIT.pattern}$", "FIELD_TYPE", Phrase("permit/<接受人代码>/<存证标识>", "permit/<receiver>/<ULID>"), "party")
]
ApprovalRef = Annotated[
    str, form(f"^{APPROVAL.pattern}$", "FIELD_TYPE", Phrase("approval/<移出人代码>/<存证标识>", "approval/<generator>/<ULID>"), "party")
]
ManifestRef = Annotated[
    str, form(f"^manifest/{USCC}/{ULID}$", "FIELD_TYPE", Phrase("manifest/<移出人代码>/<存证标识>", "manifest/<generator>/<ULID>"), "party")
]


LineNumber = Count  # A line of a manifest, an application or a decision, from 0.
Name = Annotated[Text, label("废物名称", "name of the waste")]
Address = Annotated[str, text(200), label("地址", "address")]


class Place(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A place (场所) of a party: its division, its address, and the registered site (``party.site``) if it is one."""

    division: Annotated[DivisionCode, label("行政区划代码", "division")]
    address: Address
    site: Annotated[SiteId | None, label("场所编号", "site")] = None


class Lot(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """来源批次: what a collector received on an earlier manifest and sends on."""

    manifest: Annotated[ManifestRef, label("来源联单", "source manifest")]
    line: Annotated[LineNumber, label("来源联单行号", "its line, from 0")]
    mass_t: Annotated[MassAboveZero, label("来源数量", "mass, t")]


Lots = Annotated[tuple[Lot, ...], items(1, 64)]


class Return(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Carries refused grams: ``lines`` names for each line of this manifest the line there."""

    manifest: Annotated[ManifestRef, label("原联单", "manifest returned")]
    how: Annotated[Literal["back", "redirect"], label("去向", "how"), words({"back": "退回", "redirect": "改送"})]
    lines: Annotated[tuple[LineNumber, ...], items(1, 16), label("原联单行号", "lines there")]


class Letter(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """+L: the letter (函) by which an authority says on paper what its statement says here."""

    letter_no: Annotated[Text, label("函号", "letter number")]
    letter_date: Annotated[Day, label("函件日期", "letter date")]
    letter: Annotated[File | None, label("函件", "letter")] = None


def letter_is_of_no_later_day(judged: Judged, out: Findings) -> None:
    """+L: the letter is not of a day to come, else DATE_ORDER."""
    day = judged.statement.body.letter_date
    judge_not_to_come(out, "body.letter_date", ("函件日期", "the date of the letter"), day, day_of(judged.moment.at_s))


def group_of(method: str) -> Literal["use", "dispose", "store"]:
    """Whether a method (利用处置方式代码) is to use (利用), to dispose (处置) or to store (贮存).

    Source: law §5.6, read in three independent programs [READ S25a, S25b]; the original, HJ 1033 appendix F, was not read.
    """
    if method == "S":
        return "store"
    return "use" if method[0] == "R" or method in {"C2", "C3"} else "dispose"


How = Annotated[
    Literal["ALL", "INCLUDE", "EXCEPT"],
    with_code("SCOPE_FORM"),
    label("范围", "scope"),
    words({"ALL": "全部代码", "INCLUDE": "仅含所列代码", "EXCEPT": "除所列代码外"}),
]
ScopeCategory = Annotated[str, form("^HW(0[1-9]|[123][0-9]|40|4[5-9]|50)$", "SCOPE_FORM", CATEGORY_WORDS), label("废物类别", "category")]
ScopeCode = Annotated[str, form("^[0-9]{3}-[0-9]{3}-[0-9]{2}$", "SCOPE_FORM", CODE_WORDS)]
Methods = Annotated[tuple[Method, ...], items(1, 28, "METHOD", once=True), label("利用处置方式", "methods")]


class Scope(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Wastes of one category: ``{"category":"HW31","scope":"INCLUDE","codes":["900-052-31"]}``; ``codes`` is absent for ALL.

    This is how states keep it, 2,000 of them in a list: judged once at the door, and not again whenever a list is loaded.
    """

    category: str
    scope: Literal["ALL", "INCLUDE", "EXCEPT"]
    codes: tuple[str, ...] = ()

    def covers(self, code: str) -> bool:
        """Whether an eight-digit code lies in the scope."""
        if code[-2:] != self.category[2:]:
            return False
        return self.scope == "ALL" or (code in self.codes) == (self.scope == "INCLUDE")

    def meets(self, other: Scope) -> bool:
        """Whether two scopes share a code; scopes of one category without listed codes share what the catalogue may ever name."""
        if self.category != other.category:
            return False
        if self.scope == "INCLUDE":
            return any(other.covers(code) for code in self.codes)
        if other.scope == "INCLUDE":
            return any(self.covers(code) for code in other.codes)
        return True

    def lies_in(self, others: tuple[Scope, ...]) -> bool:
        """Whether every code of it is covered by one of several scopes together."""
        same = [other for other in others if other.category == self.category]
        if self.scope == "INCLUDE":
            return all(any(other.covers(code) for other in same) for code in self.codes)
        # What it leaves out beside ALL and EXCEPT scopes is finite: the codes that all of these except, and that no other includes.
        wide = [other for other in same if other.scope != "INCLUDE"]
        if not wide:
            return False
        missing = set.intersection(*(set(other.codes) for other in wide))
        return all(code in self.codes or any(other.covers(code) for other in same) for code in missing)

    def told(self) -> tuple[str, str]:
        """For people: ``HW31（仅 900-052-31）``, ``HW31 (900-052-31 only)``; of many codes the first eight."""
        codes = " ".join(self.codes[:8]) + (" …" if len(self.codes) > 8 else "")
        zh = {"ALL": "全部代码", "INCLUDE": f"仅 {codes}", "EXCEPT": f"除 {codes} 外"}[self.scope]
        en = {"ALL": "all codes", "INCLUDE": f"{codes} only", "EXCEPT": f"all but {codes}"}[self.scope]
        return f"{self.category}（{zh}）", f"{self.category} ({en})"

    def __str__(self) -> str:
        """As the log says it: ``HW31 INCLUDE 900-052-31``."""
        return " ".join((self.category, self.scope, *self.codes))


class ScopeForm(Scope, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A scope as bodies write it, with its form."""

    category: ScopeCategory
    scope: How
    codes: Annotated[
        tuple[ScopeCode, ...], items(1, 1000, "SCOPE_FORM", once=True), label("废物代码", "codes")
    ] = ()  # A category has some hundred.


class PermitItem(ScopeForm, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One item of a permit: a scope and the methods permitted for it."""

    methods: Methods


def judge_scope(out: Findings, field: str, scope: Scope) -> bool:
    """Whether it is well formed; else reason SCOPE_FORM, for codes of another category, or codes where there must be none."""
    before = len(out.reasons)
    if (scope.scope == "ALL") != (not scope.codes):
        if scope.codes:
            out.refuse("SCOPE_FORM", f"{field}.codes", len(scope.codes), "0", "ALL_WITH_CODES", where=field)
        else:
            out.refuse("SCOPE_FORM", f"{field}.codes", 0, "≥ 1", "NO_CODES", scope=scope.scope, where=field)
    for position, code in enumerate(scope.codes):
        if code[-2:] != scope.category[2:]:
            own = {"waste": code, "category": scope.category, "where": f"{field}.codes.{position}"}
            out.refuse("SCOPE_FORM", f"{field}.codes.{position}", code, f"NNN-NNN-{scope.category[2:]}", "OTHER_CATEGORY", **own)
    return len(out.reasons) == before


TEXTS = texts("""
SCOPE_FORM | R-18 | sender | law §3.4 [READ S25a]
类别范围填写不对。 || ALL 不列代码；INCLUDE、EXCEPT 至少列一个本类别的八位代码，不得重复。
The scope is malformed. || No codes with ALL; at least one code of the category with INCLUDE and EXCEPT.

SCOPE_FORM:ALL_WITH_CODES
范围是全部代码（ALL），却又列了代码。 || 删除 {where}.codes；只含所列代码的，把 {where}.scope 改为 INCLUDE。
The scope is ALL, yet codes are listed. || Leave {where}.codes out; for these alone put INCLUDE into {where}.scope.

SCOPE_FORM:NO_CODES
范围是 {scope}，却没有列代码。 || 在 {where}.codes 至少列一个八位代码；整个类别的，把 {where}.scope 改为 ALL。
The scope is {scope}, yet no code is listed. || List one at least in {where}.codes; for the whole category put ALL into {where}.scope.

SCOPE_FORM:OTHER_CATEGORY
代码 {waste} 不属于类别 {category}。 || 改正 {where}，末两位应与类别号相同；属于别的类别的，另列一条。
Code {waste} is not of category {category}. || Correct {where}, whose last two digits are the category's; what is of another one stands in an item of its own.
""")
