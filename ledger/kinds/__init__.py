"""The log's own kinds of statement, one module an act or a close pair: the log itself, its parties, their keys, delegations, erasures.

A new act is one more module here: nothing lists it.
"""

import sys

from ledger.admission.personality import Kind, values_in

__all__ = ["KINDS"]

KINDS = values_in(sys.modules[__name__], Kind)
