"""The kinds of the product and the texts of every code, put together."""

from collections.abc import Mapping

from ledger.admission.kind_table import Kinds
from liandan.books.rulebook import RULES as BOOKS
from liandan.desk.keys.rulebook import RULES as DESK_KEYS
from liandan.golive.rulebook import RULES as GOLIVE
from liandan.intake.rulebook import RULES as INTAKE
from liandan.rulebook import RULES as SHELL
from reports.kinds import all_kinds
from reports.rulebook import RULES as REPORTS
from signing.refusal import Rule
from signing.rulebook import RULES as SIGNING

KINDS: Kinds = all_kinds()
"""Every kind of statement that this program can judge."""

RULES: Mapping[str, Rule] = {**SIGNING, **KINDS.rules, **REPORTS, **SHELL, **GOLIVE, **INTAKE, **BOOKS, **DESK_KEYS}
"""Texts of every code of every package."""
