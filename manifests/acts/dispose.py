"""利用或者处置结果: what the receiver did with the accepted grams (Order 23 Art. 12(4)). No gram gets two fates."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Judged
from ledger.findings import Findings
from ledger.mass import format_mass, parse_mass
from ledger.model import Statement
from manifests.act import ACTS_MAX, TIMES, Body, at_stage, judge_grams, trunk_act
from manifests.mass import add_fates, is_disposed
from manifests.model import Act, ManifestState, Stage
from signing.refusal import texts
from whitelist.methods import METHODS

FATES_MAX = 64
"""Fates in one act: four methods for each of 16 lines."""


class DisposedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fate: grams of a line, by a method."""

    line: int
    method: str
    mass_t: str


class Dispose(Body, frozen=True, kw_only=True):
    """利用或者处置结果 (Art. 12(4); ``manifest.dispose/1``); several acts until every accepted gram has a fate."""

    fates: tuple[DisposedLine, ...]


def fates_are_counted(judged: Judged, out: Findings) -> None:
    """1 to FATES_MAX fates in one act, and no disposal on a trunk of ACTS_MAX acts."""
    body: Dispose = judged.statement.body
    if not 1 <= len(body.fates) <= FATES_MAX:
        out.refuse("LIST_LENGTH", "body.fates", len(body.fates), f"1 … {FATES_MAX}")
    if len(judged.state.acts) >= ACTS_MAX:
        out.refuse("TRUNK_FULL", "chain", len(judged.state.acts), f"≤ {ACTS_MAX}")


def fates_stay_within_stock(judged: Judged, out: Findings) -> None:
    """Each fate names a line, a known method and grams > 0; together they leave no line with less than nothing."""
    body: Dispose = judged.statement.body
    totals: dict[int, int] = {}
    for position, fate in enumerate(body.fates[:FATES_MAX]):
        field = f"body.fates.{position}"
        if not 0 <= fate.line < len(judged.state.lines):
            out.refuse("LINE_UNKNOWN", f"{field}.line", fate.line, f"0 … {len(judged.state.lines) - 1}")
            continue
        if fate.method not in METHODS:
            out.refuse("METHOD", f"{field}.method", fate.method, "R1 … R15, D1 … D16, C1 …")
        mass_g = judge_grams(out, f"{field}.mass_t", fate.mass_t, positive=True) or 0
        totals[fate.line] = totals.get(fate.line, 0) + mass_g
    for number, total_g in sorted(totals.items()):
        stock_g = judged.state.lines[number].stock_g
        if total_g > stock_g:
            out.refuse("FATE_EXCEEDS", "body.fates", f"line {number}: {format_mass(total_g)} t", f"≤ {format_mass(stock_g)} t")


def method_stays(judged: Judged, out: Findings) -> None:
    """ALERT H METHOD_CHANGED: the waste is gone, but not by the method of the manifest (R-64, Art. 28(2))."""
    body: Dispose = judged.statement.body
    for fate in body.fates:
        if 0 <= fate.line < len(judged.state.lines) and fate.method != judged.state.lines[fate.line].method:
            out.alert("H", "METHOD_CHANGED")


def _advance(state: ManifestState, statement: Statement) -> ManifestState:
    body: Dispose = statement.body
    more: dict[int, list[tuple[str, int]]] = {}
    for fate in body.fates:
        more.setdefault(fate.line, []).append((fate.method, parse_mass(fate.mass_t)))
    lines = tuple(replace(line, fates=add_fates(line.fates, more[n])) if n in more else line for n, line in enumerate(state.lines))
    found = replace(state, lines=lines)
    return at_stage(found, Stage.DISPOSED, disposed_s=statement.at_s) if is_disposed(lines) else found


DISPOSE = trunk_act(
    Act.DISPOSE,
    zh="利用处置结果",
    en="dispose",
    body=Dispose,
    rules=(*TIMES, fates_are_counted, fates_stay_within_stock, method_stays),
    advance=_advance,
    books=None,
    effect=(
        "接受量有了去向；全部有去向时，联单为已利用处置。",
        "Accepted grams have a fate; when all have one, the manifest is disposed.",
    ),
    texts=texts("""
METHOD_CHANGED | R-64 | origin_authority | Order 23 Art. 28(2) [READ]
利用处置方式与联单、批准决定不一致。 || 按批准的方式利用处置；改变方式的，应当重新申请。
The method is not that of the manifest and its decision. || Treat the waste by the approved method; another one needs a new application.

FATE_EXCEEDS | - | receiver | Order 23 Art. 12(4) [READ]; mass algebra design §6 [DESIGN]
利用处置量超过尚存的接受量。 || 核对台账，合计不得超过接受量。
More is reported as used or disposed of than is left of what was accepted. || Check the ledger; the sum cannot exceed the accepted mass.
"""),
)
