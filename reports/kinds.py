"""All kinds of the house as one table, with every ruleset: what the server runs, and readers of evidence that have no running log."""

from functools import cache

from ledger.admission.kind_table import Kinds
from ledger.personality import PERSONALITY as LOG
from manifests.acts import PERSONALITY as MANIFESTS
from reports.items.acts import PERSONALITY as ITEMS
from reports.periods.acts import PERSONALITY as PERIODS
from reports.rulesets import PERSONALITY as RULESETS
from whitelist.acts import PERSONALITY as WHITELIST


@cache
def all_kinds() -> Kinds:
    """The kinds of the log, the whitelist, the manifests and the months, by every version of the rules."""
    return Kinds([LOG, WHITELIST, MANIFESTS, ITEMS, PERIODS, RULESETS])
