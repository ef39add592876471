"""What becomes of parties in the log of acts."""

from __future__ import annotations

import bytes_v1 as v1
from acting import TAKING, TAKING_KEY, post
from story import CARRIER, GENERATOR, clock, signers
from writer import Log


def taking_carrier(log: Log) -> None:
    """A second carrier, registered by its authority."""
    body = {"name": "重庆嘉陵危货运输有限公司（虚构）", "keys": [v1.registration(TAKING_KEY, log.found, TAKING)]}
    post(log, "party.register", f"party/{TAKING}", signers("chongqing"), "08:06", body)


def delegations(log: Log) -> None:
    """Given and taken back."""
    party = f"party/{GENERATOR}"
    body = {"delegate": CARRIER, "kinds": ["manifest.issue"], "until": clock("23:59:59")}
    post(log, "delegation.grant", party, signers("generator"), "16:02", body, [f"party/{CARRIER}"])
    post(log, "delegation.revoke", party, signers("generator"), "16:03", {"delegate": CARRIER, "reason": "合同终止（虚构）"})
