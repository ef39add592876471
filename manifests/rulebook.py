"""Texts of every code that this package gives: refusals, alerts (level in the admission) and tags, in Chinese and English.

Codes of the floors below that its rules also give (MISSING, QTY, METHOD, DIVISION, PERMIT_DATE, PERMIT_STATUS, NO_…, SIGNER_…, USCC,
AT_FORM, COMMIT_FIELD) stand in the tables of those floors.
"""

from __future__ import annotations

from manifests.texts.audit import AUDIT
from manifests.texts.custody import CUSTODY
from manifests.texts.receipt import RECEIPT
from manifests.texts.trunk import TRUNK
from signing.refusal import table

RULES = table(*TRUNK, *CUSTODY, *RECEIPT, *AUDIT)
