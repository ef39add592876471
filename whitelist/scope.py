"""Scope of wastes: a category with ALL its codes, with the INCLUDEd ones only, or with all EXCEPT some.

Working permit systems store scopes as this triple (law §3.4, §5 [READ S25a]); permits and list rows use the same one.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from ledger.findings import Findings
from signing.refusal import texts
from whitelist.catalogue import CATEGORIES, CODE
from whitelist.methods import METHODS

How = Literal["ALL", "INCLUDE", "EXCEPT"]


class Scope(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Wastes of one category: ``{"category":"HW31","scope":"INCLUDE","codes":["900-052-31"]}``; ``codes`` is absent for ALL."""

    category: str
    scope: How
    codes: tuple[str, ...] = ()

    def covers(self, code: str) -> bool:
        """Whether an eight-digit code lies in the scope."""
        if code[-2:] != self.category[2:]:
            return False
        return self.scope == "ALL" or (code in self.codes) == (self.scope == "INCLUDE")

    def __str__(self) -> str:
        """For people: ``HW31 INCLUDE 900-052-31``."""
        return " ".join((self.category, self.scope, *self.codes))


class PermitItem(Scope, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One item of a permit: a scope and the methods (利用处置方式) permitted for it."""

    methods: tuple[str, ...]


def judge_scope_form(out: Findings, field: str, scope: Scope) -> None:
    """Reason SCOPE_FORM for an unknown category, codes of another category, or codes where there must be none."""
    if scope.category not in CATEGORIES:
        out.refuse("SCOPE_FORM", f"{field}.category", scope.category, "HW01–HW40, HW45–HW50")
        return
    if (scope.scope == "ALL") != (not scope.codes):
        out.refuse("SCOPE_FORM", f"{field}.codes", len(scope.codes), "none with ALL, at least one with INCLUDE and EXCEPT")
    for position, code in enumerate(scope.codes):
        if not CODE.fullmatch(code) or code[-2:] != scope.category[2:] or code in scope.codes[:position]:
            out.refuse("SCOPE_FORM", f"{field}.codes.{position}", code, f"NNN-NNN-{scope.category[2:]}, once")


def judge_methods(out: Findings, field: str, methods: tuple[str, ...]) -> None:
    """Reason METHOD for unknown or repeated codes, or none at all."""
    if not methods:
        out.refuse("METHOD", field, "", " ".join(METHODS))
    for position, method in enumerate(methods):
        if method not in METHODS or method in methods[:position]:
            out.refuse("METHOD", f"{field}.{position}", method, " ".join(METHODS))


TEXTS = texts("""
SCOPE_FORM | R-18 | sender | law §3.4 [READ S25a]
类别范围填写不对。 || ALL 不列代码；INCLUDE、EXCEPT 至少列一个本类别的八位代码，不得重复。
The scope is malformed. || No codes with ALL; at least one code of the category with INCLUDE and EXCEPT.
""")
