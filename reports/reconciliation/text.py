"""The statement as canonical JSON: keys sorted, tonne strings, UTF-8, one LF at the end. Programs of both provinces compare it by bytes."""

import json

from msgspec.structs import asdict

from ledger.mass import format_mass
from ledger.times import format_at
from reports.reconciliation.model import AccountMonth, LineRow, MirrorEquation, MonthlyStatement, Tolerance
from reports.words import FORMS

VERSION = 1


def to_json(statement: MonthlyStatement) -> bytes:
    """The bytes; docs/reconciliation.md explains every field."""
    text = json.dumps(_statement(statement), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def _statement(statement: MonthlyStatement) -> dict[str, object]:
    period = statement.period
    return {
        "liandan_reconciliation": VERSION,
        "month": period.month,
        "from": statement.from_province,
        "to": statement.to_province,
        "period": {"start": format_at(period.start_s), "end": format_at(period.end_s)},
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
        "mirror": [_mirror(mirror) for mirror in statement.mirror],
        "total": _mirror(statement.total),
        "lines": [_line(row, statement) for row in statement.rows],
        "m4_differences": [_difference(row) for row in statement.differing],
        "m5_in_flight": [_in_flight(row, period.end_s) for row in statement.in_flight],
        "m12_without_departure": [
            _key(row) | _given(declared_t=tonnes(row.declared_g), received_at=_at(row.received_s)) for row in statement.without_departure
        ],
        "m5_waiting": [_waiting(row, period.end_s) for row in statement.waiting],
        "m6_duplicates": [{"number": found.number, "manifests": list(found.manifests)} for found in statement.duplicates],
        "m7_cut_off": [_cut_off(row) for row in statement.cut_off],
        "m9_accounts": [_account(account) for account in statement.accounts],
        "parties": statement.names,
    }


def _given(**fields: object) -> dict[str, object]:
    """Optional fields are absent, never null (formats §1)."""
    return {name: value for name, value in fields.items() if value is not None}


def tonnes(grams: int | None) -> str | None:
    """Grams as a tonne string, None stays None."""
    return None if grams is None else format_mass(grams)


def _at(at_s: int | None) -> str | None:
    return None if at_s is None else format_at(at_s)


def _mirror(mirror: MirrorEquation) -> dict[str, object]:
    return _given(
        code=mirror.code or None,
        opening_t=tonnes(mirror.opening_g),
        departed_t=tonnes(mirror.departed_g),
        accepted_t=tonnes(mirror.accepted_g),
        refused_t=tonnes(mirror.refused_g),
        difference_t=tonnes(mirror.difference_g),
        closing_t=tonnes(mirror.closing_g),
        unequal_t=tonnes(mirror.unequal_g),
        waiting_t=tonnes(mirror.waiting_g),
        voided_t=tonnes(mirror.voided_g),
        declined_t=tonnes(mirror.declined_g),
    )


def _line(row: LineRow, statement: MonthlyStatement) -> dict[str, object]:
    return _given(
        manifest=f"manifest/{row.generator}/{row.manifest}",
        number=row.number or None,
        line=row.line,
        name=row.name,
        code=row.code,
        generator=row.generator,
        receiver=row.receiver,
        carrier=row.carrier or None,
        stage=row.stage,
        declared_t=tonnes(row.declared_g),
        loaded_t=tonnes(row.loaded_g),
        accepted_t=tonnes(row.accepted_g),
        refused_t=tonnes(row.refused_g),
        difference_t=tonnes(row.difference_g) if row.accepted_g is not None else None,
        issued_at=_at(row.issued_s),
        departed_at=_at(row.departed_s),
        received_at=_at(row.received_s),
        voided_at=_at(row.voided_s),
        declined_at=_at(row.declined_s),
    )


def _tolerance(found: Tolerance) -> dict[str, object]:
    limits = {name: value for name, value in asdict(found.limits).items() if name.startswith("weight_")}
    return {"thresholds": found.version, **limits}


def tolerance_text(found: Tolerance) -> str:
    """The tolerances of R-62 in words; no text of law fixes one, so the log adopts them (kinds §12)."""
    limits = found.limits
    forms = "、".join(f"{zh} {_percent(limits.weight_permille(form))}" for form, zh in FORMS.items())
    floor, high = format_mass(limits.weight_floor_g).rstrip("0"), _percent(limits.weight_high_permille)
    return f"差值大于 {floor} 吨且大于移出量的一定比例（{forms}），大于 {high} 为高级（thresholds {found.version}）"


def _percent(permille: int) -> str:
    return f"{permille / 10:g} %"


def _key(row: LineRow) -> dict[str, object]:
    return _given(manifest=f"manifest/{row.generator}/{row.manifest}", number=row.number or None, line=row.line, code=row.code)


def _difference(row: LineRow) -> dict[str, object]:
    return _key(row) | _given(
        declared_t=tonnes(row.declared_g),
        sent_t=tonnes(row.sent_g),
        received_t=tonnes((row.accepted_g or 0) + (row.refused_g or 0)),
        difference_t=tonnes(row.difference_g),
        level=row.level or None,
    )


def age_days(row: LineRow, moment_s: int) -> int:
    """Whole days since the departure, or since the issue of what has not departed before the moment."""
    begun_s = row.departed_s if row.departed_s is not None and row.departed_s < moment_s else row.issued_s
    return (moment_s - begun_s) // 86_400


def _in_flight(row: LineRow, end_s: int) -> dict[str, object]:
    return _key(row) | _given(declared_t=tonnes(row.declared_g), departed_at=_at(row.departed_s), age_days=age_days(row, end_s))


def _waiting(row: LineRow, end_s: int) -> dict[str, object]:
    return _key(row) | _given(declared_t=tonnes(row.declared_g), issued_at=_at(row.issued_s), age_days=age_days(row, end_s))


def _cut_off(row: LineRow) -> dict[str, object]:
    return _key(row) | _given(declared_t=tonnes(row.declared_g), departed_at=_at(row.departed_s), received_at=_at(row.received_s))


def _account(account: AccountMonth) -> dict[str, object]:
    return _given(
        account=account.account,
        label=account.label,
        opening_t=tonnes(account.opening_g),
        **{f"{column}_t": tonnes(grams) for column, grams in account.moved_g.items()},
        closing_t=tonnes(account.closing_g),
        held_t=tonnes(account.held_g),
        used_t=tonnes(account.used_g),
        year_t=tonnes(account.year_g),
        limit_t=tonnes(account.limit_g),
        left_t=tonnes(account.left_g),
    )
