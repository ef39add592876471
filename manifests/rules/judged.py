"""What a rule of a manifest sees: the act, the manifest before it, the facts, the moment. What it says goes into Findings."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from ledger.admission.facts import Facts
from ledger.findings import Findings
from ledger.mass import GRAMS_PER_TONNE, read_mass
from ledger.model import Moment, Statement
from ledger.times import parse_at
from manifests.model import ManifestState
from signing.refusal import Refusal

ADDRESS_MAX = 200
"""Characters of an address, a reason, a name: generous for people, small beside the 24 KiB of a body."""
LEGS_MAX = 16
"""Legs of one trip, hand-overs and transshipments together; a longer trip is another manifest."""
LINE_MAX_G = 100_000 * GRAMS_PER_TONNE
"""No vehicle carries more; a receipt is bound by no quota, and no account may leave 2^53."""
ACTS_MAX = 96
"""Acts of one trunk after which no further disposal is taken, so that state and history stay readable in one page."""


class Judged(Struct, frozen=True):
    """An act on a manifest that exists, at the moment it is judged."""

    statement: Statement
    state: ManifestState
    facts: Facts
    moment: Moment


Rule = Callable[[Judged, Findings], None]


def is_blank(text: str | None) -> bool:
    """Whether a text says nothing."""
    return text is None or not text.strip()


def judge_text(out: Findings, field: str, text: str, limit: int = ADDRESS_MAX) -> None:
    """MISSING for a blank text, TEXT_LONG beyond ``limit`` characters (R-11)."""
    if is_blank(text):
        out.refuse("MISSING", field)
    elif len(text) > limit:
        out.refuse("TEXT_LONG", field, len(text), f"≤ {limit}")


def judge_time(out: Findings, field: str, text: str) -> int | None:
    """Unix seconds, or ``None`` after the reason AT_FORM."""
    try:
        return parse_at(text, field)
    except Refusal as refusal:
        out.reasons.extend(refusal.reasons)
        return None


def judge_grams(out: Findings, field: str, text: str, *, positive: bool = False) -> int | None:
    """Grams of a tonne string, or ``None`` after the reason QTY (R-09)."""
    grams = read_mass(text)
    if grams is None or grams > LINE_MAX_G or (positive and grams == 0):
        out.refuse("QTY", field, text, f"{'> 0' if positive else '≥ 0'} t, ≤ {LINE_MAX_G // GRAMS_PER_TONNE} t, e.g. 5.600000")
        return None
    return grams
