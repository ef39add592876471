"""Rulesets beyond the first, one module a version: what it changes of the kinds of any package (``docs/extending.md``).

They stand on the floor from which all kinds are seen, so that whoever verifies a receipt or a bundle without a server knows them too.
A new version is one more module here: nothing lists it.
"""

import sys

from ledger.admission.personality import Personality, Ruleset, values_in

__all__ = ["PERSONALITY"]

PERSONALITY = Personality(name="rulesets", kinds=(), states={}, rulesets=values_in(sys.modules[__name__], Ruleset))
