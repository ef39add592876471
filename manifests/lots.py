"""Regrouping (来源批次): a collector sends on what it received, gram by gram, on manifests that name where each gram came from.

A line of an issue names lots: lines of earlier manifests of which the generator is the receiver. What of a line went on stands beside it, by
manifest (register ``lots:<manifest> <line>``): Σ lots + what was treated there itself is never more than was accepted. No cycle can be, for
a manifest names only such as were received before it began. Source: kinds §5, §1.5.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from ledger.mass import format_mass, parse_mass, tonnes
from ledger.model import Facts, Findings, Statement
from manifests.case import manifest_at
from manifests.model import LineState, LotPart, ManifestState, Stage
from signing.phrase import Phrase, Word
from signing.refusal import texts
from whitelist import telling
from whitelist.check import lots_key
from whitelist.checked import Checked
from whitelist.fields import Lot
from whitelist.transfer import WasteLine

SOURCES_MAX = 64
"""Manifests in the lots and returns of one body."""


class LotUse(Struct, frozen=True, gc=False):
    """Grams of a line that a manifest carries on."""

    manifest: str
    mass_g: int


class LotUses(Struct, frozen=True, gc=False):
    """Register ``lots:<manifest> <line>``: what went on, by manifest, in order of issue."""

    uses: tuple[LotUse, ...] = ()

    @property
    def total_g(self) -> int:
        """Grams that went on."""
        return sum(use.mass_g for use in self.uses)

    def of(self, manifest: str) -> int:
        """Grams that one manifest carries on."""
        return sum(use.mass_g for use in self.uses if use.manifest == manifest)

    def without(self, manifest: str) -> LotUses:
        """The register after a manifest gave its lots back."""
        return LotUses(tuple([use for use in self.uses if use.manifest != manifest]))


def uses_of(facts: Facts, manifest: str, line: int) -> LotUses:
    """What of a line went on; its register must be loaded."""
    return facts.get(lots_key(manifest, line)) or LotUses()


def lots_of(line: WasteLine) -> tuple[LotPart, ...]:
    """The lots of a line, in grams."""
    return tuple([LotPart(lot.manifest, lot.line, parse_mass(lot.mass_t)) for lot in line.lots or ()])


def sources_are_few(checked: Checked, out: Findings) -> None:
    """LIST_LENGTH beyond SOURCES_MAX manifests; RETURN_LINK for lots of a return, whose grams are those that were refused and no others."""
    count = len(checked.transfer.carried_on)
    if count > SOURCES_MAX:
        found = Phrase(f"涉及 {count} 份联单", f"{count} manifests")
        out.refuse("LIST_LENGTH", "body.lines", found, Phrase(f"最多 {SOURCES_MAX} 份联单", f"at most {SOURCES_MAX} manifests"))
    for path, line in checked.lines:
        if checked.transfer.returns is not None and line.lots:
            out.refuse("RETURN_LINK", f"{path}.lots", len(line.lots), "0", "LOTS", where=f"{path}.lots")


def lots_are_the_generators(checked: Checked, out: Findings) -> None:
    """LOT_HOLDER unless the generator received the manifest; LINE_UNKNOWN; LOT_EXCEEDS: never more than it accepted and has not used yet."""
    wanted: Counter[tuple[str, int]] = Counter()
    first: dict[tuple[str, int], str] = {}
    for where, lot in _lots(checked):
        state = manifest_at(checked.facts, lot.manifest)
        if state is None or state.receiver != checked.generator or state.times.received_s is None:
            own: dict[str, Word] = {"manifest": lot.manifest, "generator": checked.generator, "where": where}
            out.refuse("LOT_HOLDER", f"{where}.manifest", lot.manifest, checked.generator, "OTHER", **own)
        elif lot.line >= len(state.lines):
            last = len(state.lines) - 1
            own = {"line": str(lot.line), "count": str(last + 1), "lines": f"0 … {last}", "where": f"{where}.line"}
            out.refuse("LINE_UNKNOWN", f"{where}.line", lot.line, f"0 … {last}", "NONE", **own)
        else:
            first.setdefault((lot.manifest, lot.line), where)
            wanted[lot.manifest, lot.line] += parse_mass(lot.mass_t)
    for (manifest, number), grams in wanted.items():
        held, uses = manifest_at(checked.facts, manifest), uses_of(checked.facts, manifest, number)
        assert held is not None, "judged above"
        line = held.lines[number]
        left_g = 0 if held.stage is Stage.CLOSED_GAP else (line.accepted_g or 0) - line.treated_g - uses.total_g
        if grams > left_g:
            masses = {"accepted": tonnes(line.accepted_g or 0), "treated": tonnes(line.treated_g), "sent": tonnes(uses.total_g)}
            own = {"manifest": manifest, "line": telling.nth(number), "this": tonnes(grams), "left": tonnes(max(0, left_g))}
            found, expected = f"{format_mass(grams)} t", f"≤ {format_mass(max(0, left_g))} t"
            out.refuse("LOT_EXCEEDS", f"{first[manifest, number]}.mass_t", found, expected, "LEFT", **own, **masses)


def is_short(facts: Facts, manifest: str, number: int, line: LineState) -> int:
    """Grams by which a line, were it so, is less than what was treated of it and went on."""
    return max(0, line.treated_g + uses_of(facts, manifest, number).total_g - (line.accepted_g or 0))


def lots_fit_the_line(checked: Checked, out: Findings) -> None:
    """ALERT M LOTS_SUM: the lots of a line are more than it declares, beyond ``lots_permille``."""
    limits = checked.thresholds
    for (_, line), mass_g in zip(checked.lines, checked.masses, strict=True):
        if line.lots and limits is not None:
            lots_g = sum(parse_mass(lot.mass_t) for lot in line.lots)
            if (lots_g - mass_g) * 1000 > mass_g * limits.lots_permille:
                out.alert("M", "LOTS_SUM", "ABOVE", waste=f"{line.name} {line.code}", lots=tonnes(lots_g), this=tonnes(mass_g))


def _lots(checked: Checked) -> Iterator[tuple[str, Lot]]:
    for path, line in checked.lines:
        for position, lot in enumerate(line.lots or ()):
            yield f"{path}.lots.{position}", lot


# --- registers


def keys_of(state: ManifestState) -> tuple[str, ...]:
    """Registers of the lines whose grams a manifest carries on."""
    return tuple(dict.fromkeys([lots_key(lot.manifest, lot.line) for line in state.lines for lot in line.lots]))


def keys_of_fates(statement: Statement) -> tuple[str, ...]:
    """Registers of the lines that a disposal is about."""
    return tuple(dict.fromkeys([lots_key(statement.chain, fate.line) for fate in statement.body.fates]))


def taken(facts: Facts, chain: str, state: ManifestState) -> Mapping[str, Any]:
    """After the issue of a manifest with lots: these grams went on."""
    sums: Counter[str] = Counter()
    for line in state.lines:
        for lot in line.lots:
            sums[lots_key(lot.manifest, lot.line)] += lot.mass_g
    return {key: LotUses((*(facts.get(key) or LotUses()).uses, LotUse(chain, grams))) for key, grams in sums.items()}


def given_back(facts: Facts, chain: str, state: ManifestState) -> Mapping[str, Any]:
    """After its end before any departure (void, decline): they are where they were."""
    return {key: (facts.get(key) or LotUses()).without(chain) for key in keys_of(state)}


RULES = (sources_are_few, lots_are_the_generators, lots_fit_the_line)
"""Rules of the issue; a dry run asks them too."""
TEXTS = texts("""
LOT_HOLDER | - | generator | Order 23 Art. 12 [READ]; lots [DESIGN]
来源批次所列的联单不是本单位接受的。 || 来源批次只填本单位作为接受人已确认接受的联单。
A lot names a manifest that the generator has not received. || Lots are of manifests that you received and confirmed.

LOT_HOLDER:OTHER
{generator}没有接受过联单 {manifest}（账本中没有、接受人是别的单位或者尚未确认接受），不能列为来源批次。 || 改正 {where} 中的 manifest；尚未确认接受的，先提交接受确认（manifest.receive）。
{generator} has not received manifest {manifest} (the log has none, it was sent to somebody else, or its receipt is not confirmed): it can be no lot. || Correct manifest in {where}; if the receipt is not confirmed yet, do that first (manifest.receive).

LOT_EXCEEDS | - | generator | mass algebra design §6 [DESIGN]
来源批次的数量超过该联单接受后尚存的数量。 || 核对台账；来源批次、自行利用处置之和不得超过接受量。
The lots take more of a manifest than is left of what was accepted. || Check the ledger; lots and what was treated here cannot exceed the accepted mass.

LOT_EXCEEDS:LEFT
联单 {manifest} 第 {line}接受了 {accepted} 吨，已自行利用处置 {treated} 吨，已转出 {sent} 吨，还剩 {left} 吨；本次列入 {this} 吨。 || 把来自这一行的来源批次合计改为不超过 {left} 吨；转出联单不再需要的，先作废。
Of line {line} of manifest {manifest}, {accepted} t were accepted, {treated} t were treated, {sent} t went on, {left} t are left; this issue takes {this} t. || Let the lots of this line sum up to at most {left} t; void an onward manifest that is not needed.

LOTS_SUM | - | nobody | tolerance [DESIGN]
来源批次之和大于本项数量。 || 不影响入账，主管部门会看到。核对台账和称重。
The lots of a line are more than its mass. || It is entered all the same, and the authorities see it. Check the ledger and the weighing.

LOTS_SUM:ABOVE
{waste}：来源批次合计 {lots} 吨，本项计划转移 {this} 吨，超出误差。 || 不影响开具。核对台账：漏写数量的，作废后重新开具；确有损耗的，向主管部门说明。
{waste}: its lots sum up to {lots} t, the line declares {this} t; that is beyond the tolerance. || It is issued all the same. Check the ledger: void and issue anew if a mass is wrong; explain a loss to the authority.
""")
