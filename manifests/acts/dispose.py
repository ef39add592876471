"""利用或者处置结果: what the receiver did with the accepted grams (Order 23 Art. 12(4)). No gram gets two fates."""

from typing import Annotated

from msgspec.structs import replace

from ledger.admission.personality import Judged, Reads
from ledger.fields import Day, MassAboveZero, Text, items, label
from ledger.mass import format_mass, parse_mass, tonnes
from ledger.model import Findings, Statement
from manifests import lots
from manifests.act import DISPOSALS_MAX, TIMES, FiledBody, at_stage, line_is_known, trunk_act
from manifests.machine import Act
from manifests.mass import add_fates
from manifests.model import FateRecord, ManifestState, SentOn, Stage
from signing.refusal import texts
from whitelist.fields import LineNumber, ManifestRef, Method
from whitelist.telling import nth
from whitelist.transfer import BodyPart


class DisposedLine(BodyPart, frozen=True, kw_only=True):
    """A fate: grams of a line, by a method."""

    line: Annotated[LineNumber, label("行号", "line, from 0")]
    method: Annotated[Method, label("利用处置方式", "method")]
    mass_t: Annotated[MassAboveZero, label("利用处置量（吨）", "mass, t")]
    done_on: Annotated[Day | None, label("完成日期", "done on")] = None
    onward: Annotated[ManifestRef | None, label("转出联单", "sent on by")] = None
    note: Annotated[Text | None, label("备注", "note")] = None


class Dispose(FiledBody, frozen=True, kw_only=True):
    """利用或者处置结果 (``manifest.dispose/1``); several acts until every accepted gram has a fate."""

    fates: Annotated[tuple[DisposedLine, ...], items(1, 64), label("去向", "fates")]


def fates_stay_within_stock(judged: Judged, out: Findings) -> None:
    """FATE_EXCEEDS: together they leave no line with less than nothing."""
    body: Dispose = judged.statement.body
    totals: dict[int, int] = {}
    for position, fate in enumerate(body.fates):
        field = f"body.fates.{position}"
        if line_is_known(judged, out, field, fate.line):
            totals[fate.line] = totals.get(fate.line, 0) + parse_mass(fate.mass_t)
    for number, total_g in sorted(totals.items()):
        stock_g = judged.state.lines[number].stock_g
        if total_g > stock_g:
            line = judged.state.lines[number]
            own = {
                "line": nth(number),
                "waste": f"{line.name} {line.code}",
                "this": tonnes(total_g),
                "left": tonnes(stock_g),
                "over": tonnes(total_g - stock_g),
            }
            masses = {"accepted": tonnes(line.accepted_g or 0), "disposed": tonnes(line.disposed_g)}
            found, expected = f"{number}: {format_mass(total_g)} t", f"≤ {format_mass(stock_g)} t"
            out.refuse("FATE_EXCEEDS", "body.fates", found, expected, "LEFT", **own, **masses)


def what_went_on_has_lots(judged: Judged, out: Findings) -> None:
    """FATE_EXCEEDS: sent on by a manifest is at most what its lots name; treated here at most what no lots have taken (kinds §1.5)."""
    state: ManifestState = judged.state
    treated: dict[int, int] = {}
    sent: dict[tuple[int, str], int] = {}
    for position, fate in enumerate(judged.statement.body.fates):
        if fate.line >= len(state.lines):
            continue
        mass_g, line = parse_mass(fate.mass_t), state.lines[fate.line]
        uses = lots.uses_of(judged.facts, judged.statement.chain, fate.line)
        if fate.onward is None:
            treated[fate.line] = treated.get(fate.line, 0) + mass_g
            continue
        key, where = (fate.line, fate.onward), f"body.fates.{position}.onward"
        before_g = sent.get(key, 0) + sum(one.mass_g for one in line.onward if one.manifest == fate.onward)
        sent[key] = sent.get(key, 0) + mass_g
        if before_g + mass_g > (lots_g := uses.of(fate.onward)):
            own = {
                "manifest": fate.onward,
                "line": nth(fate.line),
                "lots": tonnes(lots_g),
                "before": tonnes(before_g),
                "this": tonnes(mass_g),
            }
            expected = f"≤ {format_mass(max(0, lots_g - before_g))} t"
            if lots_g:
                out.refuse("FATE_EXCEEDS", where, f"{format_mass(mass_g)} t", expected, "SENT", where=where, **own)
            else:
                out.refuse("FATE_EXCEEDS", where, fate.onward, expected, "ONWARD", manifest=fate.onward, where=where)
    for number, mass_g in sorted(treated.items()):
        line, lots_g = state.lines[number], lots.uses_of(judged.facts, judged.statement.chain, number).total_g
        left_g = line.accepted_g - lots_g - line.treated_g if lots_g and line.accepted_g is not None else mass_g
        if mass_g > left_g and mass_g <= line.stock_g:  # of more than the stock the rule above has said enough
            own = {"line": nth(number), "waste": f"{line.name} {line.code}", "lots": tonnes(lots_g), "left": tonnes(max(0, left_g))}
            found, expected = f"{number}: {format_mass(mass_g)} t", f"≤ {format_mass(max(0, left_g))} t"
            out.refuse("FATE_EXCEEDS", "body.fates", found, expected, "LOTS", this=tonnes(mass_g), **own)


def disposals_stay_countable(judged: Judged, out: Findings) -> None:
    """TRUNK_FULL after DISPOSALS_MAX disposals, but for the one that ends the stock."""
    if judged.state.disposals >= DISPOSALS_MAX and not _ends_the_stock(judged.state, judged.statement.body):
        count = judged.state.disposals
        out.refuse("TRUNK_FULL", "chain", count, f"≤ {DISPOSALS_MAX}", "DISPOSALS", count=str(count), most=str(DISPOSALS_MAX))


def _ends_the_stock(state: ManifestState, body: Dispose) -> bool:
    disposed = dict.fromkeys(range(len(state.lines)), 0)
    for fate in body.fates:
        disposed[fate.line] = disposed.get(fate.line, 0) + parse_mass(fate.mass_t)
    return all(line.stock_g <= disposed[number] for number, line in enumerate(state.lines))


def method_stays(judged: Judged, out: Findings) -> None:
    """ALERT H METHOD_CHANGED: the waste is gone, but not by the method of the manifest (R-64, Art. 28(2))."""
    state: ManifestState = judged.state
    if any(fate.line < len(state.lines) and fate.method != state.lines[fate.line].method for fate in judged.statement.body.fates):
        out.alert("H", "METHOD_CHANGED")


def _advance(state: ManifestState, statement: Statement) -> ManifestState:
    body: Dispose = statement.body
    more = [(fate.line, fate.method, parse_mass(fate.mass_t)) for fate in body.fates]
    sent = [(fate.line, SentOn(fate.onward, fate.method, parse_mass(fate.mass_t))) for fate in body.fates if fate.onward is not None]
    lines = tuple(
        replace(
            line,
            fates=add_fates(line.fates, [(method, mass_g) for at, method, mass_g in more if at == number]),
            onward=(*line.onward, *[one for at, one in sent if at == number]),
        )
        for number, line in enumerate(state.lines)
    )
    told = [
        FateRecord(line=fate.line, method=fate.method, mass_g=parse_mass(fate.mass_t), done_on=fate.done_on, onward=fate.onward)
        for fate in body.fates
    ]
    found = replace(state, lines=lines, disposals=state.disposals + 1, fates=(*state.fates, *told))
    return at_stage(found, Stage.DISPOSED, disposed_s=statement.at_s) if _ends_the_stock(state, body) else found


DISPOSE = trunk_act(
    Act.DISPOSE,
    zh="利用处置结果",
    en="dispose",
    body=Dispose,
    reads=lambda statement, state, facts: Reads(registers=lots.keys_of_fates(statement)),
    named=lots.keys_of_fates,
    reads_doc="What of its lines went on as lots of other manifests.",
    rules=(*TIMES, fates_stay_within_stock, what_went_on_has_lots, disposals_stay_countable, method_stays),
    advance=_advance,
    books=None,
    effect=("接受量有了去向；全部有去向时，联单为已利用处置。", "Accepted grams have a fate; when all have one, the manifest is disposed."),
    texts=texts("""
FATE_EXCEEDS | - | receiver | Order 23 Art. 12(4) [READ]; mass algebra design §6 [DESIGN]
利用处置量超过尚存的接受量，或转出量超过转出联单的来源批次。 || 核对台账，合计不得超过接受量。
More is reported as used, disposed of or sent on than is left of what was accepted. || Check the ledger; the sum cannot exceed the accepted mass.

FATE_EXCEEDS:LEFT
第 {line}（{waste}）接受了 {accepted} 吨，已填报去向 {disposed} 吨，还剩 {left} 吨；本次填报 {this} 吨，多出 {over} 吨。 || 核对台账，把 body.fates 中这一行的合计改为不超过 {left} 吨。
Line {line} ({waste}): {accepted} t were accepted, {disposed} t were recovered or disposed of, {left} t are left; this act reports {this} t, {over} t too much. || Check the ledger; let the masses of this line in body.fates sum up to at most {left} t.

FATE_EXCEEDS:ONWARD
联单 {manifest} 没有把这批废物列为来源批次，不能填为转出。 || 去掉 {where}；由本单位自行利用处置的，填写利用处置方式。
Manifest {manifest} names no lot of this waste, so nothing went on to it. || Leave {where} out; for what was treated here give its method.

FATE_EXCEEDS:SENT
联单 {manifest} 的来源批次只列了第 {line} {lots} 吨，已填报转出 {before} 吨，本次再填 {this} 吨，超出了。 || 核对该联单的来源批次，改正 {where} 所在一项的数量；由本单位自行利用处置的，去掉 onward。
The lots of manifest {manifest} name {lots} t of line {line}; {before} t were reported as sent on by it, this act adds {this} t, which is too much. || Check the lots of that manifest and correct the mass beside {where}; what was treated here has no onward.

FATE_EXCEEDS:LOTS
第 {line}（{waste}）已有 {lots} 吨作为来源批次开具转出，自行利用处置的还可填 {left} 吨，本次填写 {this} 吨。 || 已转出的部分，在该项填写 onward（转出联单）；转出联单不再需要的，先作废。
Of line {line} ({waste}), {lots} t are lots of manifests that carry them on; {left} t can still be reported as treated here, this act reports {this} t. || For what went on name its manifest in onward; void an onward manifest that is not needed.
"""),
)
