"""The statement as canonical JSON: keys sorted, tonne strings, UTF-8, one LF at the end. Programs of both provinces compare it by bytes."""

import json

from msgspec.structs import asdict

from ledger.mass import format_mass
from ledger.times import format_at
from reports.paper.tongue import clauses, listed, say
from reports.reconciliation.checks import StatementScope
from reports.reconciliation.faces.told import ADJUSTED, told_checks
from reports.reconciliation.judged import gravity
from reports.reconciliation.judged.findings import findings
from reports.reconciliation.judged.open_items import ItemOperand, StatementItem, open_items
from reports.reconciliation.judged.verdict import both_sentences, is_fine
from reports.reconciliation.line import LineRow
from reports.reconciliation.model import EQUATION, MonthlyStatement, Tolerance
from reports.reconciliation.month.breakdown import AGE, BAND, FLOW, ages, deviations, flows
from reports.words import FORMS, word

VERSION = 3
"""Version 2: the verdict, provisional months, places, names of codes; M-tables by gravity. Version 3: whose statement it is; openings with closes,
adjustments, M1 to M3, M6, M8, M10, rules of counting; open items, flows, deviations and ages."""
_ITEM = "key check code level chain line subject waste difference_g owner role due_on since_s thread"
_LINE = (
    "number line name code generator receiver carrier origin destination stage declared_g loaded_g accepted_g refused_g difference_g "
    "issued_s departed_s received_s voided_s declined_s emergency regularised_s"
)
_EMERGENCY = "emergency name plan_no manifests declared_g accepted_g unregularised ceiling_g counted_g"
_ACCOUNT = "account label opening_g closing_g held_g used_g year_g limit_g left_g"


def to_json(statement: MonthlyStatement) -> bytes:
    """The bytes; docs/reconciliation.md explains every field."""
    period, at_s = statement.period, statement.as_of_s
    fields = {
        "liandan_reconciliation": VERSION,
        "month": period.month,
        **_of_whom(statement.scope),
        "period": {"start": format_at(period.start_s), "end": format_at(period.end_s)},
        "provisional": statement.is_provisional,
        "as_of": format_at(statement.as_of_s),
        "verdict": _verdict(statement),
        "log": {
            "origin": statement.origin,
            "found": statement.found,
            "size": statement.size,
            "root": statement.root,
            "at": statement.drawn_at,
            "clock": "simulated" if statement.is_demo else "real",
        },
        "tolerances": [_tolerance(found) for found in statement.tolerances],
        "balanced": statement.is_balanced,
        "alerts": [["H", "MIRROR_UNEQUAL", mirror.code] for mirror in statement.mirror if mirror.unequal_g],
        "mirror": [_told(mirror, f"code {EQUATION} {ADJUSTED}") for mirror in statement.mirror],
        "total": _told(statement.total, f"{EQUATION} {ADJUSTED}"),
        "lines": [_row(row, _LINE) for row in statement.rows],
        "m4_differences": [
            _row(row, "declared_g sent_g difference_g level", received_t=format_mass(row.came_g))
            for row in gravity.differences(statement).rows
        ],
        "m5_in_flight": [_row(row, "declared_g departed_s", age_days=row.age_days(at_s)) for row in gravity.in_transit(statement).rows],
        "m5_waiting": [_row(row, "declared_g issued_s", age_days=row.age_days(at_s)) for row in gravity.not_departed(statement).rows],
        "m12_without_departure": [_row(row, "declared_g received_s") for row in statement.without_departure],
        "m6_duplicates": [
            {"number": found.number, "manifests": list(found.manifests)} | ({"others": found.others} if found.others else {})
            for found in statement.duplicates
        ],
        "m7_cut_off": [_row(row, "declared_g departed_s received_s") for row in gravity.cut_off(statement).rows],
        "m9_accounts": [
            _told(account, _ACCOUNT) | {f"{column}_t": format_mass(grams) for column, grams in account.moved_g.items()}
            for account in gravity.accounts(statement).rows
        ],
        "parties": statement.names,
        "codes": statement.codes,
        "divisions": statement.divisions,
        **told_checks(statement, _told),
        "open_items": list(map(_item, open_items(statement))),
        "flows": [{"from": flow.origin, "to": flow.destination} | _told(flow, FLOW) for flow in flows(statement)],
        "deviations": [_told(band, BAND) for band in deviations(statement)],
        "ages": [_told(band, AGE) for band in ages(statement)],
    }
    if statement.emergencies:
        fields["emergencies"] = [_told(emergency, _EMERGENCY) for emergency in statement.emergencies]
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _of_whom(scope: StatementScope) -> dict[str, object]:
    """A direction's provinces, or whose it is."""
    if scope.direction is not None:
        return {"from": scope.direction[0], "to": scope.direction[1]}
    return {"scope": {"party": scope.party} if scope.party else {"authority": scope.authority, "regions": list(scope.regions)}}


def _item(item: StatementItem) -> dict[str, object]:
    """With both operands, and nothing that hangs on the day of reading."""
    return _told(item, _ITEM) | {"left": _operand(item.left), "right": _operand(item.right)}


def _operand(operand: ItemOperand) -> dict[str, object]:
    name, value = ("told", operand.told) if operand.grams is None else ("mass_t", format_mass(operand.grams))
    return {"source": operand.source, name: value}


def _verdict(statement: MonthlyStatement) -> dict[str, object]:
    """The sentence in both languages, and what it says as codes, counts and masses."""
    found = findings(statement)
    return {
        "fine": is_fine(statement, found),
        **both_sentences(statement),
        "findings": [_told(finding, "code level table count mass_g") for finding in found],
    }


def _told(of: object, names: str) -> dict[str, object]:
    """Fields by name: grams ``…_g`` as tonnes ``…_t``, moments ``…_s`` as times ``…_at``; what is not there is absent (formats §1)."""
    found: dict[str, object] = {}
    for name in names.split():
        value = getattr(of, name)
        if value is None or value == "":
            continue
        if name.endswith("_g"):
            found[f"{name[:-2]}_t"] = format_mass(value)
        elif name.endswith("_s"):
            found[f"{name[:-2]}_at"] = format_at(value)
        else:
            found[name] = value
    return found


def _row(row: LineRow, names: str, **more: object) -> dict[str, object]:
    return {"manifest": row.chain} | _told(row, f"number line code {names}") | more


def _tolerance(found: Tolerance) -> dict[str, object]:
    limits = {name: value for name, value in asdict(found.limits).items() if name.startswith("weight_")}
    return {"thresholds": found.version, **limits}


def tolerances_text(statement: MonthlyStatement) -> str:
    """The tolerances of R-62 in words; no text of law fixes one, so the log adopts them (kinds §12)."""
    return clauses(*map(_tolerance_text, statement.tolerances)) or say("未采用", "none adopted")


def _tolerance_text(found: Tolerance) -> str:
    limits = found.limits
    forms = listed(*(f"{word(form, FORMS)} {_percent(limits.weight_permille(form))}" for form in FORMS))
    floor, high = format_mass(limits.weight_floor_g).rstrip("0"), _percent(limits.weight_high_permille)
    return say(
        f"差值大于 {floor} 吨且大于移出量的一定比例（{forms}）为中级，大于 {high} 为高级（{found.version} 版）",
        f"a difference above {floor} t and above a share of what was sent ({forms}) is notable, above {high} grave (edition {found.version})",
    )


def _percent(permille: int) -> str:
    return f"{permille / 10:g}%"
