"""Every code of the house with its texts, for documents that explain tags and alerts."""

from collections.abc import Mapping

from ledger.rulebook import RULES as LEDGER
from manifests.acts import RULES as MANIFESTS
from signing.refusal import Rule
from signing.rulebook import RULES as SIGNING
from whitelist.acts import RULES as WHITELIST

TEXTS: Mapping[str, Rule] = {**SIGNING, **LEDGER, **WHITELIST, **MANIFESTS}


def explain(code: str) -> str:
    """The Chinese sentence of a code, or the code itself where no table has it."""
    rule = TEXTS.get(code)
    return code if rule is None else rule.zh
