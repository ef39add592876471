"""Scope of wastes: a category with ALL its codes, with the INCLUDEd ones only, or with all EXCEPT some.

Working permit systems store scopes as this triple (law §3.4, §5 [READ S25a]); permits and list rows use the same one.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct

from ledger.fields import form, items, label, with_code, words
from ledger.findings import Findings
from signing.refusal import texts
from whitelist.fields import Method

CODES_MAX = 1000
"""A category has some hundred codes at most; a body of 24 KiB holds no more than these."""
How = Annotated[
    Literal["ALL", "INCLUDE", "EXCEPT"],
    with_code("SCOPE_FORM"),
    label("范围", "scope"),
    words({"ALL": "全部代码", "INCLUDE": "仅含所列代码", "EXCEPT": "除所列代码外"}),
]
ScopeCategory = Annotated[
    str, form("^HW(0[1-9]|[123][0-9]|40|4[5-9]|50)$", "SCOPE_FORM", "HW01–HW40, HW45–HW50"), label("废物类别", "category")
]
ScopeCode = Annotated[str, form("^[0-9]{3}-[0-9]{3}-[0-9]{2}$", "SCOPE_FORM", "NNN-NNN-CC, e.g. 900-052-31")]
Methods = Annotated[tuple[Method, ...], items(1, 28, "METHOD", once=True), label("利用处置方式", "methods")]


class Scope(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
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

    def __str__(self) -> str:
        """For people: ``HW31 INCLUDE 900-052-31``."""
        return " ".join((self.category, self.scope, *self.codes))


class ScopeForm(Scope, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A scope as bodies write it, with its form."""

    category: ScopeCategory
    scope: How
    codes: Annotated[tuple[ScopeCode, ...], items(1, CODES_MAX, "SCOPE_FORM", once=True), label("废物代码", "codes")] = ()


class PermitItem(ScopeForm, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One item of a permit: a scope and the methods permitted for it."""

    methods: Methods


def judge_scope(out: Findings, field: str, scope: Scope) -> bool:
    """Whether it is well formed; else reason SCOPE_FORM, for codes of another category, or codes where there must be none."""
    before = len(out.reasons)
    if (scope.scope == "ALL") != (not scope.codes):
        out.refuse("SCOPE_FORM", f"{field}.codes", len(scope.codes), "none with ALL, at least one with INCLUDE and EXCEPT")
    for position, code in enumerate(scope.codes):
        if code[-2:] != scope.category[2:]:
            out.refuse("SCOPE_FORM", f"{field}.codes.{position}", code, f"NNN-NNN-{scope.category[2:]}")
    return len(out.reasons) == before


TEXTS = texts("""
SCOPE_FORM | R-18 | sender | law §3.4 [READ S25a]
类别范围填写不对。 || ALL 不列代码；INCLUDE、EXCEPT 至少列一个本类别的八位代码，不得重复。
The scope is malformed. || No codes with ALL; at least one code of the category with INCLUDE and EXCEPT.
""")
