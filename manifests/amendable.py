"""Whether a correction can be: by what has happened, by the rules of its class; what is judged anew (kinds §8, column "then").

Reasons of rules that a corrected field breaks are told as AMEND_VALUE with the rule's own code; of the national number, which is a matter of its
own, as themselves (R-01 to R-04).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, cast

from msgspec import Struct, convert

from ledger.admission.personality import Judged
from ledger.fields import normal
from ledger.kinds.site import site_at, site_key
from ledger.labels import words_of
from ledger.mass import tonnes
from ledger.model import Findings
from ledger.times import day_of, format_at, year_of
from manifests import emergency, planned, telling
from manifests.act import TOLERANCE_S
from manifests.case import ManifestCases, cases_of, in_force
from manifests.consent import number_in, row_of
from manifests.correction import corrected, line_received
from manifests.holding import judge_fates
from manifests.lots import is_short, uses_of
from manifests.model import FINISHED, LineState, ManifestState, Stage, trunk_of
from manifests.receipt import Opinion
from manifests.recorded import put, read_value, record_of
from manifests.returned import kept_g
from manifests.vehicles import needs_papers, waybill_key
from signing.phrase import Word
from signing.refusal import Refusal
from whitelist.catalogue import catalogue_on
from whitelist.check import lots_key
from whitelist.checked import Checked
from whitelist.plan import plan_at
from whitelist.rules import place as places
from whitelist.rules import plan as plans
from whitelist.rules import quantity, waste
from whitelist.rules.number import judge_number, number_key
from whitelist.telling import minute, nth
from whitelist.transfer import PlanRef, WasteLine

Changes = Sequence[tuple[str, str, str]]
"""(path, what stood there, what shall stand there)."""


def state_of(judged: Judged) -> ManifestState:
    """The manifest in force that a case is about."""
    trunk = trunk_of(judged.statement.chain)
    return in_force(judged.facts.state(trunk), cases_of(judged.facts, trunk))


def after_of(judged: Judged, changes: Changes) -> ManifestState:
    """The manifest as it would be."""
    return corrected(state_of(judged), [(path, now) for path, _, now in changes])


def record_after(judged: Judged, changes: Changes) -> dict[str, Any]:
    """What would stand on it, by path."""
    record = record_of(judged.facts, trunk_of(judged.statement.chain))
    for path, _, now in changes:
        put(record, path, read_value(now))
    return record


def registers(trunk: str, state: ManifestState, changes: Changes) -> Sequence[str]:
    """Registers that are judged anew, or re-keyed: of numbers, of the site of the origin, of trucks and waybills."""
    # Read before anything is judged: what is no path of the matrix names nothing here, its rule refuses it.
    changes = [change for change in changes if row_of(change[0]) is not None]
    found: list[str] = []
    if any(path.startswith(("received.", "fates.")) for path, _, _ in changes):
        found += [lots_key(trunk, number) for number in range(len(state.lines))]
    now = {path: _text(text) for path, _, text in changes}
    if "number" in now:
        found += [number_key(number) for number in (state.number, _text(changes[0][1]), now["number"]) if number]
    if any(path.startswith("origin.") for path in now):
        found += [number_key(state.number)] if state.number is not None else []
        after = corrected(state, [(path, text) for path, _, text in changes if path.startswith("origin.") and _text(text)])
        found += places.place_registers(after.origin, state.generator)
    if any(path.endswith("_t") or planned.touches_plan(path) for path in now):
        counting = [change for change in changes if planned.touches_plan(change[0])]
        found += (*planned.keys_of(state), *emergency.keys_of(state))
        found += planned.keys_of(_replanned(state, counting)) if counting else ()
        found += [site_key(state.generator, now["plan.site"])] if now.get("plan.site") else []
    for number in dict.fromkeys(number_in(path) for path in now if path.startswith("legs.")):
        if number < len(state.legs):
            leg, own = state.legs[number], f"legs.{number}."
            plates = (
                [leg.vehicle.plate, now.get(f"{own}vehicle.plate", "")] if any(path.startswith(f"{own}vehicle.") for path in now) else []
            )
            numbers = [leg.waybill_no, now[f"{own}waybill_no"]] if f"{own}waybill_no" in now else []
            found += [*(f"trip:{normal(plate)}" for plate in plates if plate), *(waybill_key(leg.carrier, one) for one in numbers if one)]
    return list(dict.fromkeys(found))


def _replanned(state: ManifestState, changes: Changes) -> ManifestState:
    """The manifest under the plan and lines that a correction names, as far as it names any that can be."""
    there = [
        (path, now)
        for path, _, now in changes
        if _form_of_plan(path, now) and (path.startswith("plan.") or number_in(path) < len(state.lines))
    ]
    return planned.linked(corrected(state, there), [path for path, _ in there])


def _form_of_plan(path: str, now: str) -> bool:
    """Whether a value may stand there at all: it is read before anything is judged."""
    try:
        value = read_value(now)
    except Refusal:
        return False
    return value is None or isinstance(value, str if path.startswith("plan.") else int)


def _text(now: str) -> str:
    """A value that is a text; empty where it is none, or is refused for its form."""
    try:
        value = read_value(now)
    except Refusal:
        return ""
    return value if isinstance(value, str) else ""


def judge_possible(judged: Judged, out: Findings, changes: Changes) -> None:
    """AMEND_IMPOSSIBLE for what cannot be; AMEND_VALUE for what a rule of the field does not allow. As far as it can be seen now."""
    cases = cases_of(judged.facts, trunk_of(judged.statement.chain))
    before, after = state_of(judged), after_of(judged, changes)
    parts = {path.split(".", maxsplit=1)[0] for path, _, _ in changes}
    if "received" in parts:
        touched = {line_received(before, number_in(path)) for path, _, _ in changes if path.startswith("received.")}
        _judge_opinions(judged, out, before, after, touched, changes)
        _judge_decline(out, before, after)
        for number in sorted(touched):
            _judge_returned(out, cases, number, after.lines[number])
    for number, line in enumerate(after.lines if parts & {"received", "fates"} and before.route != "RETURN" else ()):
        if line.stock_g < 0:
            own = {"line": nth(number), "accepted": tonnes(line.accepted_g or 0), "fates": tonnes(line.disposed_g)}
            out.refuse("AMEND_IMPOSSIBLE", "body.changes", own["accepted"], f"≥ {own['fates']}", "FATES", **own)
        elif parts & {"received", "fates"}:
            _judge_lots(judged, out, number, line)
    if any(new.disposed_g > old.disposed_g for old, new in zip(before.lines, after.lines, strict=True)):
        judge_fates(judged, out, cases)
    if "times" in parts:
        _judge_times(judged, out, after)
    if "lines" in parts:
        _judge_lines(judged, out, before, changes)
    if any(planned.touches_plan(path) for path, _, _ in changes):
        _judge_plan(judged, out, after, changes)
    if "legs" in parts:
        _judge_legs(out, after, changes)
    if parts & {"number", "origin"}:
        _judge_number_and_origin(judged, out, before, after, parts)
    if before.stage in FINISHED and not _stays_finished(before, after, cases):
        own = {"stage": telling.stage(before.stage)}
        out.refuse("AMEND_IMPOSSIBLE", "body.changes", before.stage, "", "FINISHED", **own)


def _judge_lots(judged: Judged, out: Findings, number: int, line: LineState) -> None:
    """What went on stays accepted and untreated, and what a fate sends on has its lots (kinds §1.5)."""
    trunk = trunk_of(judged.statement.chain)
    uses, sent = uses_of(judged.facts, trunk, number), Counter[str]()
    for one in line.onward:
        sent[one.manifest] += one.mass_g
    for manifest, mass_g in sorted(sent.items()):
        if mass_g > (lots_g := uses.of(manifest)):
            masses = {"sent": tonnes(mass_g), "lots": tonnes(lots_g)}
            own: dict[str, Word] = {"line": nth(number), "manifest": manifest}
            out.refuse("AMEND_IMPOSSIBLE", "body.changes", masses["sent"], f"≤ {masses['lots']}", "ONWARD", **own, **masses)
    if short_g := is_short(judged.facts, trunk, number, line):
        own = {"line": nth(number), "accepted": tonnes(line.accepted_g or 0), "short": tonnes(short_g)}
        out.refuse("AMEND_IMPOSSIBLE", "body.changes", tonnes(line.accepted_g or 0), f"+ {tonnes(short_g)}", "LOTS", **own)


def _judge_times(judged: Judged, out: Findings, after: ManifestState) -> None:
    """AMEND_VALUE unless the acts of the trunk stay in their order: issued, departed, changed hands, arrived, received; accepted before it is signed,
    and not before the issue (R-56)."""
    times = after.times
    begun = [] if after.is_backfill else [("issued_at", times.issued_s)]
    legs = [(f"legs.{number}", leg.begun_s) for number, leg in enumerate(after.legs) if number]
    way = [("times.departed_at", times.departed_s), *legs, ("times.arrived_at", times.arrived_s), ("received_at", times.received_s)]
    now = ("admission.at", judged.moment.at_s)
    taken = [*begun, ("times.accepted_at", times.accepted_s), ("received_at", times.received_s)]
    for order in ([*begun, *way, now], [*taken, now]):
        known = [(name, at_s) for name, at_s in order if at_s is not None]
        for (name, at_s), (later, later_s) in pairwise(known):
            if at_s > later_s + TOLERANCE_S:
                own = {"first": minute(at_s), "second": minute(later_s), "what": name, "other": later}
                out.refuse("AMEND_VALUE", "body.changes", format_at(at_s), f"≤ {format_at(later_s)}", "ORDER", **own)
                return


class _Lines(Struct, frozen=True):
    """What rules about form alone see of a check."""

    lines: tuple[tuple[str, WasteLine], ...]


def _judge_lines(judged: Judged, out: Findings, before: ManifestState, changes: Changes) -> None:
    """R-06 to R-08, R-10 for a corrected waste; a return carries what was refused, so its declared mass is not corrected."""
    paths = [path for path, _, _ in changes if path.startswith("lines.")]
    if before.returns is not None and any(path.endswith(".mass_t") for path in paths):
        out.refuse("AMEND_IMPOSSIBLE", "body.changes", before.returns.manifest, "", "RETURN", manifest=before.returns.manifest)
    touched = sorted({number_in(path) for path in paths if path.split(".")[2] in _OF_WASTE})
    if not touched:
        return
    record, heard = record_after(judged, changes), Findings()
    day = day_of(before.paper_departed_s or before.times.issued_s)
    catalogue = catalogue_on(judged.facts, day)
    lines = tuple((f"lines.{number}", convert(record["lines"][number], WasteLine)) for number in touched)
    for path, line in lines:
        waste.judge_code(heard, path, line.code, line.category)
        waste.judge_edition(heard, path, line.code, line.identification, catalogue, day)
        waste.judge_hazards(heard, path, line.code, line.hazards, catalogue, day)
        if line.dg is not None and line.dg_none is not None:
            heard.refuse("DG_DATA", f"{path}.dg_none")
    for rule in (quantity.form_and_packing_go_together, quantity.purpose_is_of_the_method):
        rule(cast(Checked, _Lines(lines)), heard)
    _retell(out, heard)


def _judge_plan(judged: Judged, out: Findings, after: ManifestState, changes: Changes) -> None:
    """R-14 anew: the site is one of the generator's, and what it filed has the lines (kinds §8). Of a return it rests, as at its issue."""
    if after.plan is None:
        return
    record, facts, heard = record_after(judged, changes), judged.facts, Findings()
    if any(path == "plan.site" for path, _, _ in changes) and after.plan.site and site_at(facts, after.generator, after.plan.site) is None:
        heard.refuse("SITE_UNKNOWN", "plan.site", after.plan.site, f"party/{after.generator}: party.site")
    filed = plan_at(facts, planned.chain_of(after), after.plan.site)
    if filed is not None and after.returns is None:
        lines = [(f"lines.{number}", convert(line, WasteLine)) for number, line in enumerate(record["lines"])]
        plans.judge_plan(heard, filed, convert(record["plan"], PlanRef), after.receiver, lines)
    _retell(out, heard)


_OF_WASTE = frozenset({
    "name", "code", "category", "hazards", "components", "form", "packing", "packs", "dg", "dg_none", "identification", "method", "purpose",
})  # fmt: skip


def _retell(out: Findings, heard: Findings) -> None:
    """Reasons of other rules as AMEND_VALUE; their alerts as they are."""
    for reason in heard.reasons:
        own: dict[str, Word] = {"path": reason.field, "fault": reason.code, "wanted": reason.expected or "-"}
        out.refuse("AMEND_VALUE", "body.changes", reason.found, reason.expected, "FORM", **own)
    for code, level in heard.alerts.items():
        out.alert(level, code)


def _judge_legs(out: Findings, after: ManifestState, changes: Changes) -> None:
    """The vehicle fits the mode; papers that must travel are not taken out (Art. 11(2))."""
    for path, _, now in changes:
        if not path.startswith("legs."):
            continue
        vehicle, field = after.legs[number_in(path)].vehicle, path.split(".", 2)[2]
        if field == "vehicle.kind" and (vehicle.kind == "pipeline") != (after.mode == "pipeline"):
            own: dict[str, Word] = {"path": path, "fault": "VEHICLE_KIND", "wanted": after.mode}
            out.refuse("AMEND_VALUE", "body.changes", vehicle.kind, after.mode, "FORM", **own)
        if not now and field in ("vehicle.licence_no", "waybill_no") and needs_papers(after):
            out.refuse("AMEND_VALUE", "body.changes", "", field, "LACKS", path=path)


def _judge_number_and_origin(judged: Judged, out: Findings, before: ManifestState, after: ManifestState, parts: set[str]) -> None:
    """R-01 to R-04; the origin stays in its province, and a site is the generator's, open and there."""
    facts, trunk = judged.facts, trunk_of(judged.statement.chain)
    day = day_of(before.paper_departed_s or judged.moment.at_s)
    if "origin" in parts:
        if after.origin.division[:2] != before.origin.division[:2]:
            own: dict[str, Word] = {"asked": after.origin.division, "right": before.origin.division[:2]}
            out.refuse("AMEND_VALUE", "body.changes", after.origin.division, before.origin.division[:2], "PROVINCE", **own)
            return
        heard = Findings()
        places.judge_place(heard, facts, "origin", after.origin, day, after.generator)
        _retell(out, heard)
    if after.number is None:
        return
    year = before.reserved_year if before.paper_departed_s is None else year_of(before.paper_departed_s)
    judge_number(out, facts, after.number, after.origin.division, year, after.generator, facts.get(number_key(after.number)), but=trunk)


def _judge_returned(out: Findings, cases: ManifestCases, number: int, line: LineState) -> None:
    """Refused grams that are on their way back stay refused."""
    taken_g = next((one.taken_g for one in cases.returned if one.line == number), 0)
    if taken_g > (line.refused_g or 0):
        own = {"line": nth(number), "refused": tonnes(line.refused_g or 0), "returned": tonnes(taken_g)}
        out.refuse("AMEND_IMPOSSIBLE", "body.changes", own["refused"], f"≥ {own['returned']}", "RETURNED", **own)


def _stays_finished(before: ManifestState, after: ManifestState, cases: ManifestCases) -> bool:
    """Whether a finished manifest is one after the correction too: no stock, or everything rejected, and what was refused has gone; of one that
    was closed with a gap what it lacked."""
    if before.stage is Stage.CLOSED_REJECTED:
        return all(line.opinion == "reject" for line in after.lines) and not any(kept_g(after, cases.returned))
    if before.stage is Stage.CLOSED:
        is_whole = before.route == "RETURN" or all(line.stock_g == 0 for line in after.lines)
        return is_whole and any(line.opinion != "reject" for line in after.lines) and not any(kept_g(after, cases.returned))
    pairs = zip(before.lines, after.lines, strict=True)
    return before.stage is Stage.VOIDED or all((old.stock_g, old.refused_g) == (new.stock_g, new.refused_g) for old, new in pairs)


def _judge_decline(out: Findings, before: ManifestState, after: ManifestState) -> None:
    """A manifest that was declined gave back what it was to return or to send on, and somebody else may have it: no correction makes it one
    that came, nor one that came without a departure a declined one."""
    carries = ("被拒收的废物", "refused waste") if before.returns is not None else ("来源批次", "lots")
    if before.is_declined != after.is_declined and (before.returns is not None or any(line.lots for line in before.lines)):
        out.refuse("AMEND_IMPOSSIBLE", "body.changes", "", "", "DECLINED", what=carries)


def _judge_opinions(
    judged: Judged, out: Findings, before: ManifestState, after: ManifestState, touched: Iterable[int], changes: Changes
) -> None:
    """R-63 by the grams in force; a refusal has a reason in code, in words the correction has its own. A line that becomes a rejected one says
    how much was refused: nothing would mean that nothing came, and nothing would have to go back."""
    record = record_after(judged, changes)
    reason_codes = {line["line"]: line.get("reason_code") for line in record["received"]}
    refused_t = {line["line"]: line.get("refused_t") for line in record["received"]}
    for number in sorted(touched):
        line = after.lines[number]
        accepted, refused = bool(line.accepted_g), bool(line.refused_g)
        fits = {"accept": accepted and not refused, "partly": accepted and refused, "reject": not accepted}[line.opinion or "reject"]
        fits = fits and (after.route != "RETURN" or line.opinion == "accept")  # whose waste comes back takes it
        becomes_rejected = line.opinion == "reject" != before.lines[number].opinion
        fits = fits and not (becomes_rejected and not refused and refused_t[number] is None)
        if not fits:
            own = {"line": nth(number), "opinion": _opinion(line)}
            masses = {"accepted": tonnes(line.accepted_g or 0), "refused": tonnes(line.refused_g or 0)}
            found = f"{line.opinion} {masses['accepted']} / {masses['refused']}"
            out.refuse("AMEND_VALUE", "body.changes", found, "", "OPINION", **own, **masses)
        elif line.opinion != "accept" and reason_codes[number] is None:
            own = {"line": nth(number), "opinion": _opinion(line)}
            out.refuse("AMEND_VALUE", "body.changes", line.opinion or "", "reason_code", "REASON", **own)


def _opinion(line: LineState) -> Word:
    opinion = line.opinion or ""
    return words_of(Opinion).get(opinion, opinion), opinion
