"""A hostile operator lets a correction stand that may not be: values out of the field's form, a field that waits already, a finished manifest
without its generator. Each at the log's end; both auditors name it, and neither names the good one."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

from tests.vectors.forger import Forgery, acts, story
from tests.vectors.forgeries import appended
from tests.vectors.second_reader import VECTORS

sys.path.insert(0, str(VECTORS))
acts_amendments = importlib.import_module("acts_amendments")
sys.path.remove(str(VECTORS))

GENERATOR, RECEIVER = story.signer("generator"), story.signer("receiver")
MISTYPED = acts_amendments.MISTYPED
INSURED, AMENDED = '"保单（虚构）1号"', [["AMENDED"]]
Change = tuple[str, str, str]


def _proposed(manifest: str, by: Any, *changes: Change, last: int = 60, tags: Any = ()) -> Callable[[Any], None]:
    def grow(log: Any) -> None:
        seq, digest, _ = log.heads[manifest]
        told = [{"path": path, "was": was, "now": now} for path, was, now in changes]
        body = {"trunk": {"seq": seq, "hash": digest}, "changes": told, "reason": "x"}
        log.forged = len(log.entries)
        appended(
            "case.amend_propose", f"{manifest.replace('manifest/', 'case/')}/{acts.ULID}{last}", body, by, facts=[manifest], tags=tags
        )(log)

    return grow


def _both(*done: Callable[[Any], None]) -> Callable[[Any], None]:
    def grow(log: Any) -> None:
        for step in done:
            step(log)

    return grow


def _own(path: str, was: str, now: str) -> Callable[[Any], None]:
    """Words of the generator, in force at once."""
    return _proposed(MISTYPED, GENERATOR, (path, was, now), tags=AMENDED)


METHOD = ("received.0.method", '"R4"', '"R9"')
GOOD_CORRECTION = Forgery("a correction that may stand", grow=_own("insurance_no", INSURED, '"2"'))
"""Of the same make, and good: what the others differ in is what is wrong."""
FORGED_CORRECTIONS = [
    Forgery("corrected to a number where a text belongs", grow=_own("insurance_no", INSURED, "7")),
    Forgery("corrected to a blank text", grow=_own("insurance_no", INSURED, '" "')),
    Forgery("the plan corrected away", grow=_own("plan.filing_no", '"GL-510112-2026-001"', "")),
    Forgery("corrected to a method that there is not", grow=_proposed(MISTYPED, RECEIVER, ("received.0.method", '"R4"', '"R99"'))),
    Forgery("corrected to less than nothing", grow=_proposed(MISTYPED, RECEIVER, ("received.0.accepted_t", '"5.6"', '"-1"'))),
    Forgery("corrected to an opinion that there is not", grow=_proposed(MISTYPED, RECEIVER, ("received.0.opinion", '"accept"', '"yes"'))),
    Forgery("corrected to a hazard that there is not", grow=_proposed(MISTYPED, RECEIVER, ("lines.0.hazards", '["T","C"]', '["X"]'))),
    Forgery("corrected to a code of another category", grow=_proposed(MISTYPED, RECEIVER, ("lines.0.code", '"900-052-31"', '"900-023-29"'))),
    Forgery("an origin corrected into another province", grow=_proposed(MISTYPED, GENERATOR, ("origin.division", '"510112"', '"500116"'))),
    Forgery(
        "accepted after it was signed for",
        grow=_proposed(MISTYPED, RECEIVER, ("times.accepted_at", f'"{story.clock("13:00:00")}"', '"2026-11-03T13:00:00+08:00"')),
    ),
    Forgery("a field that waits in another correction", grow=_both(_proposed(MISTYPED, RECEIVER, METHOD), _proposed(MISTYPED, GENERATOR, METHOD, last=61))),
    Forgery("a closed manifest corrected without its generator", grow=_proposed(acts.MANIFEST, RECEIVER, ("received.0.note", "", '"x"'), tags=AMENDED)),
    Forgery("words on a voided manifest corrected", grow=_proposed(acts.VOIDED, GENERATOR, ("insurance_no", "", '"x"'), tags=AMENDED)),
]  # fmt: skip
