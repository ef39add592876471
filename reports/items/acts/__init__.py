"""The kinds of ``item/<YYYY-MM>/<ULID>``, one module each (kinds §9). A new kind is one more module here, which nothing lists."""

import sys

from ledger.admission.personality import Kind, Personality, values_in
from reports.items.model import ITEM
from signing.refusal import table
from whitelist.item import ItemState

_KINDS = values_in(sys.modules[__name__], Kind)

PERSONALITY = Personality(
    name="items",
    kinds=_KINDS,
    states={"item": ItemState},
    chains={"item": ITEM},
    rules=table(*(rule for kind in _KINDS for rule in kind.texts)),
)
