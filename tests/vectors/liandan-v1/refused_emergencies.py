"""Acts that the log of acts must refuse by the rules of emergencies (kinds §5, §9; R-39)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bodies
from acting import ULID
from acts_cases import NEW_PERMIT
from acts_emergencies import EMERGENCY, LATER, SICHUAN, declaration, hurried
from refused import Case
from refused_acts import Posting, index_of
from story import CARRIER, GENERATOR, clock, signers
from writer import Log

ANOTHER = f"emergency/{SICHUAN}/{ULID}72"
CHONGQING, SELF, FIRM = signers("chongqing"), signers("sichuan"), signers("generator")


def emergencies(log: Log) -> Iterator[Case]:
    """Declared, joined, moved on and closed wrongly."""
    declared = index_of(log, "emergency.declare") + 1
    yield from _declared(Posting(log, "emergency", declared - 1, clock("16:54:30")))
    yield from _joined(Posting(log, "join of an emergency", declared, clock("16:54:30")))
    yield from _moved(Posting(log, "emergency transfer", declared, clock("16:54:30")))
    yield from _closed(Posting(log, "closed emergency", index_of(log, "emergency.close") + 1, clock("16:54:30")))


def _declared(post: Posting) -> Iterator[Case]:
    def declare(by: Any = SELF, chain: str = EMERGENCY, **more: Any) -> Any:
        return "emergency.declare", chain, declaration(**more), by

    yield post("by a firm", "SIGNER_ROLE", declare(FIRM, f"emergency/{GENERATOR}/{ULID}73"))
    yield post("by another authority", "SIGNER_ROLE", declare(CHONGQING))
    yield post("of another region", "EMERGENCY_SCOPE", declare(place=bodies.PLANT))
    yield post("of the future", "DATE_ORDER", declare(happened_at=clock("17:30:00")))
    yield post("that ends before it begins", "DATE_ORDER", declare(valid_to="2026-11-01"))
    yield post("from before the event on", "EMERGENCY_TERM", declare(valid_from="2026-11-01"))
    yield post("of long ago", "EMERGENCY_TERM", declare(happened_at="2026-10-17T23:59:59+08:00"))
    yield post("that lasts too long", "EMERGENCY_TERM", declare(valid_to="2027-02-01"))
    wrong = {"receiver": CARRIER, "permit": NEW_PERMIT}
    yield post("with a permit of another", "PERMIT_HOLDER", declare(receivers=[wrong]))
    yield post("with a permit that is not there", "PERMIT_UNKNOWN", declare(receivers=[{**wrong, "permit": NEW_PERMIT[:-2] + "99"}]))
    yield post("with codes of another category", "SCOPE_FORM", declare(wastes=[{**bodies.WASTE, "category": "HW08"}]))


def _joined(post: Posting) -> Iterator[Case]:
    def join(by: Any = CHONGQING, day: str = "2026-11-02", **more: Any) -> Any:
        return "emergency.join", EMERGENCY, bodies.letter("渝环函〔2026〕9号", day, **more), by

    yield post("by who declared it", "SIGNER_ROLE", join(SELF))
    yield post("by a firm", "SIGNER_ROLE", join(FIRM))
    yield post("by a letter of tomorrow", "DATE_ORDER", join(day="2026-11-03"))
    yield post("twice", "EMERGENCY_STATE", join(), join())
    yield post("with a permit of another", "PERMIT_HOLDER", join(receivers=[{"receiver": CARRIER, "permit": NEW_PERMIT}]))
    yield post("of what is not declared", "CHAIN_NOT_OPEN", ("emergency.join", ANOTHER, bodies.letter("渝", "2026-11-02"), CHONGQING))


def _moved(post: Posting) -> Iterator[Case]:
    def issue(mass_t: str = "5.600000", by: Any = FIRM, **more: Any) -> Any:
        body = {name: value for name, value in {**hurried(mass_t), **more}.items() if value is not None}
        return "manifest.issue", LATER, body, by

    yield post("of nothing that was declared", "EMERGENCY_STATE", issue(emergency=ANOTHER))
    yield post("without its emergency", "MISSING", issue(emergency=None))
    yield post("of the ordinary type", "ISSUE_TYPE", issue(type=None, plan={"filing_no": "川危管计〔2026〕001（虚构）"}))
    yield post("above the ceiling", "EMERGENCY_CEILING", issue("10.000001"))
    yield post("of other waste", "EMERGENCY_SCOPE", issue(lines=[bodies.line("1", code="900-044-49", category="HW49", hazards=["T"])]))


def _closed(post: Posting) -> Iterator[Case]:
    closing = {"closed_on": "2026-11-02", "summary": "已全部清运（虚构）"}
    yield post("closed again", "EMERGENCY_STATE", ("emergency.close", EMERGENCY, closing, SELF))
    yield post("joined", "EMERGENCY_STATE", ("emergency.join", EMERGENCY, bodies.letter("渝", "2026-11-02"), CHONGQING))
    issue = ("manifest.issue", f"manifest/{GENERATOR}/{ULID}38", hurried("1.000000"), FIRM)
    yield post("moved on", "EMERGENCY_STATE", issue)
