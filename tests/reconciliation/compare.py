"""What a statement says beside what the oracle says of the same month, size and lines: whatever differs, term by term."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from reports.reconciliation.model import MirrorEquation, MonthlyStatement
from tests.reconciliation.oracle import FLOWS, Month, Takes, age_of, month_by
from tests.reconciliation.oracle_loads import SHANGHAI

Way = tuple[str, str]


def differences(statement: MonthlyStatement, entries: Sequence[Any], ways: Sequence[Way], takes: Takes, holder: str = "") -> Iterator[str]:
    """Every figure in which they differ."""
    said = month_by(entries, statement.period.month, ways, takes, holder)
    for mirror in statement.mirror:
        yield from _of_code(mirror, said)
    codes = {mirror.code for mirror in statement.mirror}
    for name in ("opening", "closing", "waiting"):
        yield from _unlike(name, _named(getattr(said, name)), {c: getattr(m, f"{name}_g") for m in statement.mirror if (c := m.code)})
    missing = {code for code, terms in said.flows.items() if any(terms[term] for term in FLOWS)} - codes
    if missing:
        yield f"no equation of {missing}"
    yield from _unlike("adjustments", said.acts, _acts(statement))
    yield from _unlike("adjusted later", said.later, _later(statement))
    yield from _stocks(statement, said)
    yield from _plans(statement, said)


def _of_code(mirror: MirrorEquation, said: Month) -> Iterator[str]:
    for term in FLOWS:
        yield from _unlike(f"{mirror.code} {term}", {"": said.flows[mirror.code][term]}, {"": getattr(mirror, f"{term}_g")})
        adjusted = getattr(mirror, f"adjusted_{term}_g")
        yield from _unlike(f"{mirror.code} adjusted {term}", {"": said.adjusted[mirror.code][term]}, {"": adjusted})
    for term in ("voided", "declined"):
        yield from _unlike(f"{mirror.code} {term}", {"": said.flows[mirror.code][term]}, {"": getattr(mirror, f"{term}_g")})


def _acts(statement: MonthlyStatement) -> Counter[Any]:
    found = Counter[Any]()
    for one in statement.adjustments:
        for term in ("issued", *FLOWS, "voided", "declined"):
            found[one.index, one.manifest, one.line, one.month, one.code, term] += getattr(one, f"{term}_g")
    return found


def _later(statement: MonthlyStatement) -> Counter[Any]:
    found = Counter[Any]()
    for one in statement.adjusted_later:
        for term in ("issued", *FLOWS, "voided", "declined"):
            found[one.index, one.manifest, one.line, one.code, term] += getattr(one, f"{term}_g")
    return found


def _stocks(statement: MonthlyStatement, said: Month) -> Iterator[str]:
    found = {(stock.holder, stock.code): stock for stock in statement.stocks}
    for key, terms in said.stock.items():
        stock = found.pop(key, None)
        if stock is None:
            yield from _unlike(f"stock {key}", {"": 0}, {"": sum(map(abs, terms.values()))})
            continue
        for term in ("opening", "closing", "accepted", "treated", "sent", "gap"):
            yield from _unlike(f"stock {key} {term}", {"": terms[term]}, {"": getattr(stock, f"{term}_g")})
        if stock.unequal_g:
            yield f"stock {key}: M1 does not hold by {stock.unequal_g}"
        limits = statement.terms.limits if statement.terms is not None else None
        if limits is not None:
            day = statement.as_of_s if statement.as_of_s < statement.period.end_s else statement.period.end_s - 1
            ages = age_of(said.receipts[key], terms["closing"], _day(day), (limits.storage_warn_d, limits.storage_d))
            yield from _unlike(f"stock {key} age", {"": ages[0], "old": ages[1]}, {"": stock.aging_g, "old": stock.old_g})
    for key, stock in found.items():
        if stock.closing_g or stock.opening_g or stock.accepted_g:
            yield f"stock {key} that nobody has"


def _plans(statement: MonthlyStatement, said: Month) -> Iterator[str]:
    for plan in statement.plans:
        terms = said.plans[plan.plan, plan.site, plan.line - 1]
        yield from _unlike(f"plan {plan.plan} {plan.line}", terms, {"month": plan.month_g, "year": plan.year_g})


def _named(sums: Mapping[str, int]) -> dict[str, int]:
    return dict(sums)


def _unlike(name: str, said: Mapping[Any, int], found: Mapping[Any, int]) -> Iterator[str]:
    for key in {*said, *found}:
        if said.get(key, 0) != found.get(key, 0):
            yield f"{name} {key}: the oracle says {said.get(key, 0)}, the statement {found.get(key, 0)}"


def _day(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, SHANGHAI).date().isoformat()
