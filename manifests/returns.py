"""Refused loads go back to their generator or on to another receiver, on a manifest of their own that names the one refused (R-65).

Such a manifest takes the grams at its issue, gives them back when it is voided or declined, and has taken them for good when it departs, or
comes without a recorded departure. All of that stands beside the refused manifest (``ManifestCases.returned``), whose trunk nobody writes.
Source: kinds §5, §1.5; law §7.4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from ledger.admission.personality import Judged
from ledger.mass import format_mass, tonnes
from ledger.model import Facts, Findings
from ledger.times import day_of
from manifests.act import Entered
from manifests.case import cases_key, cases_of, manifest_at
from manifests.model import ManifestState, ReturnLink, Stage
from manifests.returned import free_g, kept_g, moved
from manifests.telling import several
from signing.phrase import Word
from signing.refusal import texts
from whitelist import telling
from whitelist.checked import Checked
from whitelist.divisions import same_place
from whitelist.rules.refused import RefusedLoads, refused_key
from whitelist.transfer import Transfer


def refused_waste_is_linked(checked: Checked, out: Findings) -> None:
    """RETURN_LINK: the generator's own manifest, received with refused grams; line by line the same waste, and no more than is left there."""
    named = checked.transfer.returns
    if named is None:
        return
    state, cases = manifest_at(checked.facts, named.manifest), cases_of(checked.facts, named.manifest)
    if state is None or state.generator != checked.generator:
        own: dict[str, Word] = {"manifest": named.manifest, "generator": checked.generator}
        out.refuse("RETURN_LINK", "body.returns.manifest", named.manifest, f"manifest/{checked.generator}/…", "FOREIGN", **own)
        return
    left_g = free_g(state, cases.returned)
    if not any(left_g):
        out.refuse("RETURN_LINK", "body.returns.manifest", "0", "> 0", "NOTHING", manifest=named.manifest)
        return
    _judge_lines(checked, out, state, left_g)
    _judge_way(checked, out, state)


def _judge_lines(checked: Checked, out: Findings, state: ManifestState, left_g: Sequence[int]) -> None:
    transfer, named = checked.transfer, checked.transfer.returns
    assert named is not None, "judged for returns alone"
    if len(named.lines) != len(transfer.lines):
        own: dict[str, Word] = {"count": str(len(named.lines)), "lines": str(len(transfer.lines))}
        out.refuse("RETURN_LINK", "body.returns.lines", len(named.lines), len(transfer.lines), "COUNT", **own)
        return
    taken: Counter[int] = Counter()
    for position, (there, (path, line), grams) in enumerate(zip(named.lines, checked.lines, checked.masses, strict=True)):
        where = f"body.returns.lines.{position}"
        if there >= len(state.lines):
            own = {"line": str(there), "count": str(len(state.lines)), "lines": f"0 … {len(state.lines) - 1}", "where": where}
            out.refuse("LINE_UNKNOWN", where, there, f"0 … {len(state.lines) - 1}", "NONE", **own)
            continue
        was = state.lines[there]
        if (line.code, line.form) != (was.code, was.form):
            same = {"asked": f"{line.code} {line.form}", "right": f"{was.code} {was.form}", "waste": was.name}
            found, expected = f"{line.code} {line.form}", f"{was.code} {was.form}"
            out.refuse("RETURN_LINK", f"{path}.code", found, expected, "OTHER_WASTE", line=telling.nth(there), where=path, **same)
        taken[there] += grams
    for there, grams in sorted(taken.items()):
        if grams > left_g[there]:
            masses = {"this": tonnes(grams), "left": tonnes(left_g[there]), "over": tonnes(grams - left_g[there])}
            found, expected = f"{format_mass(grams)} t", f"≤ {format_mass(left_g[there])} t"
            own = {"line": telling.nth(there), "manifest": named.manifest}
            out.refuse("RETURN_LINK", "body.lines", found, expected, "EXCEEDS", **own, **masses)


def _judge_way(checked: Checked, out: Findings, state: ManifestState) -> None:
    """Home is where the waste first left; elsewhere is not where it was refused."""
    transfer, facts = checked.transfer, checked.facts
    if not transfer.goes_back:
        if transfer.receiver == state.receiver:
            out.refuse("RETURN_LINK", "body.receiver", transfer.receiver, "", "SAME_RECEIVER", receiver=state.receiver)
        return
    if transfer.receiver != checked.generator:
        own: dict[str, Word] = {"asked": transfer.receiver, "generator": checked.generator}
        out.refuse("RETURN_LINK", "body.receiver", transfer.receiver, checked.generator, "NOT_HOME", **own)
    for name in ("permit", "approval", "pilot"):
        if getattr(transfer, name) is not None:
            out.refuse("RETURN_LINK", f"body.{name}", str(getattr(transfer, name)), "", "NEEDLESS", where=f"body.{name}")
    if not same_place(facts, transfer.destination.division, state.home):
        places = {"asked": telling.place(facts, transfer.destination.division), "right": telling.place(facts, state.home)}
        found = transfer.destination.division
        out.refuse("RETURN_LINK", "body.destination.division", found, state.home, "ELSEWHERE", division=state.home, **places)
    provinces = dict.fromkeys((state.origin.division[:2], state.destination.division[:2]))
    if transfer.origin.division[:2] not in provinces:
        places = {"asked": telling.place(facts, transfer.origin.division), "right": several(map(telling.province, provinces))}
        out.refuse("RETURN_LINK", "body.origin.division", transfer.origin.division[:2], " / ".join(provinces), "FROM", **places)


def refused_waste_has_gone(judged: Judged, out: Findings) -> None:
    """RETURN_OPEN at the end of a manifest: what was refused has departed on returns (R-65)."""
    waiting_g = sum(kept_g(judged.state, cases_of(judged.facts, judged.statement.chain).returned))
    if waiting_g > 0:
        own = {"mass": tonnes(waiting_g), "manifest": judged.statement.chain}
        out.refuse("RETURN_OPEN", "kind", f"{format_mass(waiting_g)} t", "0", "CLOSING", **own)


def comes_home_whole(judged: Judged, out: Findings) -> None:
    """OPINION_QTY: whose waste comes back takes it, all of it (kinds §6)."""
    if judged.state.route != "RETURN":
        return
    for position, line in enumerate(judged.statement.body.lines):
        if line.opinion != "accept":
            field = f"body.lines.{position}.opinion"
            out.refuse("OPINION_QTY", field, line.opinion, "accept", "RETURN", line=telling.nth(line.line), where=field)


# --- registers


def link_of(transfer: Transfer, facts: Facts | None) -> ReturnLink | None:
    """How a manifest hangs on the one that it returns; without facts as far as its own body says it."""
    named = transfer.returns
    if named is None:
        return None
    link = ReturnLink(manifest=named.manifest, how=named.how, lines=named.lines)
    state: ManifestState | None = None if facts is None else facts.state(named.manifest)
    return link if state is None else replace(link, refuser=state.receiver, home=state.home, units=state.label_units)


def keys_of(state: ManifestState, *, departs: bool) -> tuple[str, ...]:
    """Registers of the refused manifest that an act on its return writes; those of the pair where grams leave the gate."""
    link = state.returns
    if link is None:
        return ()
    kept = (refused_key(state.generator, link.refuser),) if departs else ()
    return (cases_key(link.manifest), *kept)


def taken(facts: Facts, state: ManifestState) -> Mapping[str, Any]:
    """After the issue of a return: its grams are spoken for."""
    return _moved(facts, state, taken=1)


def given_back(facts: Facts, state: ManifestState) -> Mapping[str, Any]:
    """After its end before any departure (void, decline): they are free again."""
    return _moved(facts, state, taken=-1)


def gone(facts: Facts, state: ManifestState) -> Mapping[str, Any]:
    """After its departure, or a receipt without one: they have left the gate that refused them."""
    link = state.returns
    if link is None:
        return {}
    key = refused_key(state.generator, link.refuser)
    waiting: RefusedLoads = facts.get(key) or RefusedLoads()
    return {**_moved(facts, state, gone=1), key: waiting.moved(link.manifest, -sum(line.declared_g for line in state.lines))}


def _moved(facts: Facts, state: ManifestState, *, taken: int = 0, gone: int = 0) -> Mapping[str, Any]:
    link = state.returns
    if link is None:
        return {}
    cases = cases_of(facts, link.manifest)
    return {cases_key(link.manifest): replace(cases, returned=moved(cases.returned, state, taken=taken, gone=gone))}


def refusal_keys(state: ManifestState, *, refuses: bool) -> tuple[str, ...]:
    """Registers of a receipt: of the pair where something is refused, and of what a return carried that nobody saw depart."""
    own = (refused_key(state.generator, state.receiver),) if refuses else ()
    return (*own, *(keys_of(state, departs=True) if state.stage is Stage.ISSUED else ()))


def received(entered: Entered, *, declined: bool) -> Mapping[str, Any]:
    """After a receipt: what was refused waits to go; what came back without a recorded departure has gone, what was declined has not."""
    before, after, facts = entered.before, entered.after, entered.facts
    found: Mapping[str, Any] = {}
    if before.stage is Stage.ISSUED:
        found = given_back(facts, before) if declined else gone(facts, before)
    refused_g = sum(line.refused_g or 0 for line in after.lines)
    if refused_g == 0:
        return found
    key = refused_key(after.generator, after.receiver)
    waiting: RefusedLoads = facts.get(key) or RefusedLoads()
    assert after.times.accepted_s is not None, "a receipt has its day"
    return {**found, key: waiting.moved(entered.statement.chain, refused_g, day_of(after.times.accepted_s))}


RULES = (refused_waste_is_linked,)
"""Rules of the issue that know manifests; a dry run asks them too."""
TEXTS = texts("""
RETURN_LINK | R-65 | sender | law §7.4 [DESIGN]
退回或改送联单与原联单对不上。 || 核对 body.returns：原联单是本单位的、已被拒收的联单，逐行写明原联单的行号，代码、形态相同，数量不超过尚未退回的拒收量；退回的运回本单位原移出地，不填许可证和批准。
A return or redirect does not fit the manifest it returns. || Check body.returns: your own manifest, refused at the gate; for each line the line there, of the same code and form, no more than was refused and has not gone; on the way home without permit and approval, to where it left.

RETURN_LINK:FOREIGN
{generator}名下没有联单 {manifest}，不能为它开具退回或改送联单。 || 改正 body.returns.manifest，填写本单位被拒收的那份联单 manifest/{generator}/…。
{generator} has no manifest {manifest} that it could return. || Put the manifest that was refused, manifest/{generator}/…, into body.returns.manifest.

RETURN_LINK:NOTHING
联单 {manifest} 没有可以退回或改送的拒收量：没有拒收，或者拒收的已全部开具退回、改送联单，或者联单已经结束。 || 核对 body.returns.manifest；已为它开具过退回或改送联单的，使用那份联单，不需要的先作废。
Nothing of manifest {manifest} can be returned: nothing was refused, or returns have taken all of it, or the manifest has ended. || Check body.returns.manifest; if a return was issued before, use that one, or void it first.

RETURN_LINK:COUNT
returns.lines 有 {count} 项，联单有 {lines} 行，应当逐行对应。 || 在 body.returns.lines 为本联单的每一行按顺序填写原联单的行号（从 0 起数）。
returns.lines has {count} entries, the manifest {lines} lines; they go together one by one. || Give in body.returns.lines, for each line of this manifest in order, the number of the line there, from 0.

RETURN_LINK:OTHER_WASTE
原联单第 {line}是{waste}（{right}），本联单填写的是 {asked}，代码和形态应当相同。 || 改正 {where} 的 code 和 form，或者改正 body.returns.lines 中的行号。
Line {line} there is {waste} ({right}); this line says {asked}. Code and form are the same on a return. || Correct code and form in {where}, or the number in body.returns.lines.

RETURN_LINK:EXCEEDS
原联单 {manifest} 第 {line}还有 {left} 吨拒收量没有开具退回或改送，本次填写 {this} 吨，多出 {over} 吨。 || 把对应各行 mass_t 的合计改为不超过 {left} 吨；先前开具的退回联单不再需要的，先作废。
Of line {line} of manifest {manifest}, {left} t were refused and are not on a return yet; this one takes {this} t, {over} t too much. || Let mass_t of these lines sum up to at most {left} t; void an earlier return that is not needed.

RETURN_LINK:SAME_RECEIVER
改送的接受人就是拒收的单位{receiver}。 || 在 body.receiver 填写另一接受人；要运回本单位的，把 body.returns.how 改为 back。
The redirect leads to {receiver}, who refused the waste. || Name another receiver; to take it home put back into body.returns.how.

RETURN_LINK:NOT_HOME
退回的接受人应当是移出人{generator}自己，填写的是{asked}。 || 把 body.receiver 改为{generator}；送往其他单位的，把 body.returns.how 改为 redirect，并填写该单位的许可证（跨省的另需批准）。
A return goes to its generator {generator}; here stands {asked}. || Put {generator} into body.receiver; for another receiver put redirect into body.returns.how, with its permit, and across provinces an approval.

RETURN_LINK:NEEDLESS
退回不需要许可证和批准，却填写了 {where}。 || 删除 {where} 后重新提交；送往其他单位的，把 body.returns.how 改为 redirect。
The way home needs neither permit nor approval, yet {where} is given. || Leave {where} out; for another receiver put redirect into body.returns.how.

RETURN_LINK:ELSEWHERE
退回应当运回原移出地{right}，填写的是{asked}。 || 把 body.destination.division 改为 {division}。
A return goes to where the waste left, {right}; here stands {asked}. || Put {division} into body.destination.division.

RETURN_LINK:LOTS
退回、改送联单运的是被拒收的废物，不应再填来源批次。 || 删除 {where}；库存中转出的废物另开联单。
A return or redirect carries what was refused, and no lots. || Leave {where} out; what goes on from stock travels on a manifest of its own.

RETURN_LINK:FROM
退回的起点填写的是{asked}，应当在原联单的移出省或接受省（{right}）之内。 || 把 body.origin 改为被拒收的废物现在所在的地方。
The return begins in {asked}; it begins in one of the two provinces of the manifest, {right}. || Put the place where the refused waste stands into body.origin.
""")
