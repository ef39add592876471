"""A hostile operator's emergencies (kinds §9, R-39): declared, joined, closed and moved on as they may not be."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.vectors.forged_acts import body_field
from tests.vectors.forger import Forgery, acts, bodies, body_with, setting, story
from tests.vectors.forgeries import act_with, appended
from tests.vectors.second_reader import VECTORS

sys.path.insert(0, str(VECTORS))
emergencies, quotas = (importlib.import_module(name) for name in ("acts_emergencies", "acts_quotas"))
sys.path.remove(str(VECTORS))

BEFORE_THE_JOIN, AFTER_THE_JOIN = 5, 6
"""Which manifests of the log are issued on its emergency."""
DECLARED, CHAIN = "emergency.declare", emergencies.EMERGENCY
LETTER = bodies.letter("渝环函〔2026〕10号", "2026-11-02")
SICHUANS, CHONGQINGS = story.signers("sichuan"), story.signers("chongqing")


def _with(**changes: Any) -> Callable[[Any], Any]:
    """The emergency manifest with another body, in good order but for that."""
    return lambda act: replace(act, body=emergencies.hurried(**changes))


def _beyond(admission: Any) -> Any:
    """The yearly scale moved by what the issue says."""
    admission["decision"]["accounts"][0]["after_g"] += 1
    return admission


def _on(emergency: str, route: str = "EMERGENCY") -> Callable[[Any], None]:
    """One more manifest on an emergency, at the end of the log."""

    def grow(log: Any) -> None:
        chain, by, drawn = f"manifest/{story.GENERATOR}/{acts.ULID}91", story.signer("generator"), 1_000_000
        rows, facts = (
            [quotas.moved(log, f"Q3 {emergencies.NEW_PERMIT}", drawn)],
            [emergencies.NEW_PERMIT, *([emergency] if emergency in log.heads else [])],
        )
        body = emergencies.hurried("1.000000") | {"emergency": emergency}
        appended("manifest.issue", chain, body, by, facts=facts, route=route, accounts=rows)(log)

    return grow


FORGED_EMERGENCIES = [
    Forgery("an emergency in another region than its own", DECLARED, act=body_field("place.division", "500118")),
    Forgery("an emergency that a generator declares", DECLARED, act=act_with(by=story.signers("generator"))),
    Forgery("an emergency of half a year", DECLARED, act=body_with(valid_to="2027-05-01")),
    Forgery("an emergency that ends before it begins", DECLARED, act=body_with(valid_to="2026-11-01")),
    Forgery("an emergency of an event long ago", DECLARED, act=body_with(happened_at="2026-10-17T08:00:00+08:00")),
    Forgery("an emergency of an event to come", DECLARED, act=body_with(happened_at="2026-11-02T18:00:00+08:00")),
    Forgery("a ceiling of nothing", DECLARED, act=body_with(ceiling_t="0.000000")),
    Forgery("an emergency for codes of another category", DECLARED, act=body_field("wastes.0.category", "HW49")),
    Forgery("an emergency with the permit of another", DECLARED, act=body_field("receivers.0.receiver", story.CARRIER)),
    Forgery("an emergency joined by the hand that declared it", "emergency.join", act=act_with(by=SICHUANS)),
    Forgery("an emergency joined by a letter of tomorrow", "emergency.join", act=body_with(letter_date="2026-11-03")),
    Forgery(
        "an emergency joined again and nothing new", "emergency.close", act=act_with(kind="emergency.join/1", body=LETTER, by=CHONGQINGS)
    ),
    Forgery("an emergency closed by the other side", "emergency.close", act=act_with(by=CHONGQINGS)),
    Forgery("an emergency closed before the event", "emergency.close", act=body_with(closed_on="2026-11-01")),
    Forgery("an emergency joined after its close", grow=appended("emergency.join", CHAIN, LETTER, *CHONGQINGS)),
    Forgery(
        "an emergency closed twice", grow=appended("emergency.close", CHAIN, {"closed_on": "2026-11-02", "summary": "x"}, *SICHUANS)
    ),
    Forgery("a gram beyond the ceiling", "manifest.issue", AFTER_THE_JOIN, act=_with(mass_t="4.400001"), admission=_beyond),
    Forgery("issued on an emergency after its close", grow=_on(CHAIN)),
    Forgery("issued on an emergency that there is not", grow=_on(CHAIN[:-2] + "99")),
    Forgery("an ordinary manifest that names an emergency", "manifest.issue", AFTER_THE_JOIN, act=body_with(type="in_city")),
    Forgery("an emergency manifest on a list", "manifest.issue", BEFORE_THE_JOIN, admission=setting("decision.route", "LISTED")),
    Forgery(
        "issued before the other side has joined and not told", "manifest.issue", BEFORE_THE_JOIN, admission=setting("decision.alerts", [])
    ),
    Forgery(
        "told that nobody has joined after it has", "manifest.issue", AFTER_THE_JOIN,
        admission=setting("decision.alerts", [["H", "EMERGENCY_UNJOINED"]]),
    ),
]  # fmt: skip
