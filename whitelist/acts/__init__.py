"""The acts of this package, one module an act or a close family; each exports ``Kind`` values with everything about them."""

from __future__ import annotations

from whitelist.acts.apply import APPLY
from whitelist.acts.consult import CONSULT, REPLY
from whitelist.acts.decide import DECIDE
from whitelist.acts.listing import COUNTERSIGN, PROPOSE, ROWS
from whitelist.acts.permit import AMEND, GRANT
from whitelist.acts.permit_status import RESUME, REVOKE, SUSPEND

ACTS = (GRANT, AMEND, SUSPEND, RESUME, REVOKE, PROPOSE, ROWS, COUNTERSIGN, APPLY, CONSULT, REPLY, DECIDE)
