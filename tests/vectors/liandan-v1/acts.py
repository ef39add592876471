"""A log with a good act of every kind that the small log lacks: lists, approvals, permits, manifests, a cut. All names are fictitious.

Its bodies conform to ``docs/formats/<kind>.json``, and they follow the rules of the kinds: a reader that decides again, with the
adopted data of ``data/``, comes to the same admissions.
"""

from __future__ import annotations

from acting import (
    CASE,
    CONSULTED,
    DATA,
    FILES,
    FOLDER,
    FOUNDERS,
    LIST,
    LISTED,
    MANIFEST,
    ORIGIN,
    PERMIT,
    TAKING,
    TAKING_KEY,
    ULID,
    VOIDED,
    post,
)
from acts_amendments import corrections
from acts_approvals import lives
from acts_cases import cases
from acts_emergencies import emergencies
from acts_incidents import incidents
from acts_items import items
from acts_lists import lists_in_force
from acts_parties import crews, delegations, issuers, plans, sites_and_readers, taking_carrier
from acts_periods import months
from acts_permissions import approvals, lists, permits, usage
from acts_quotas import openings
from acts_trips import cut, manifests
from story import LOG_KEY, WITNESSES, clock, founding, parties, signers, stamps
from writer import Log

__all__ = [
    "CASE",
    "CONSULTED",
    "FILES",
    "FOUNDERS",
    "LIST",
    "LISTED",
    "MANIFEST",
    "ORIGIN",
    "PERMIT",
    "TAKING",
    "TAKING_KEY",
    "ULID",
    "VOIDED",
    "acts_log",
]


def _data(log: Log) -> None:
    """The catalogue of hazardous wastes (名录), the divisions (行政区划) and the thresholds that the rules read."""
    for name, (version, file) in DATA.items():
        digest = log.adopt((FOLDER / file).read_bytes())
        post(log, "data.adopt", "log/main", signers(*FOUNDERS), "08:30", {"name": name, "version": version, "sha256": digest})


def acts_log() -> Log:
    """Every kind that the small log lacks, on one log with its own founding and parties."""
    log = Log(ORIGIN, LOG_KEY, WITNESSES)
    log.add(founding(log, calendar=(FOLDER / DATA["workdays-2026"][1]).read_bytes()), clock("08:00:05"))
    parties(log)
    taking_carrier(log)
    _data(log)
    permits(log)
    lists(log)
    approvals(log)
    received = manifests(log)
    before = log.heads[MANIFEST]
    verified = post(log, "manifest.verify", MANIFEST, signers("generator"), "15:10", {})
    cut(log, verified, before)
    delegations(log)
    usage(log, received)
    sites_and_readers(log)
    issuers(log)
    post(log, "permit.revoke", PERMIT, signers("chongqing"), "16:10", {"reason": "企业申请（虚构）"})
    log.checkpoint(stamps("16:10:10"))
    cases(log)
    log.checkpoint(stamps("16:30:10"))
    corrections(log)
    log.checkpoint(stamps("16:40:10"))
    crews(log)
    log.checkpoint(stamps("16:50:10"))
    plans(log)
    log.checkpoint(stamps("16:52:10"))
    incidents(log)
    lists_in_force(log)
    log.checkpoint(stamps("16:54:10"))
    openings(log)
    emergencies(log)
    lives(log)
    items(log)
    months(log)
    log.checkpoint(stamps("16:54:20"))
    return log
