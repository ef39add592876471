"""A firm's manifests in a period, from what was gathered of the log: lines, sums, stock. Pure.

Lines belong to a period as in the monthly statement: by the acts' own times (Asia/Shanghai), corrected values in force, what was declared as what left.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from ledger.directory import party_name
from ledger.kinds.site import PLAN_CLASSES, site_key
from ledger.times import parse_at
from manifests.case import manifest_at
from manifests.model import ManifestState
from manifests.recorded import Recorded, issue_key
from reports.reconciliation.gathered.filing import rows_of
from reports.reconciliation.gathered.gathering import Gathering
from reports.reconciliation.gathered.parties import OF, OPEN, TREATED, ToldManifest, told_of
from reports.reconciliation.gathered.stocks import StockBook
from reports.reconciliation.line import LineRow, Period, period_of
from reports.registers.model import (
    MANIFESTS_MAX,
    DrawnFrom,
    FirmLine,
    FirmRegister,
    FirmStock,
    FirmSum,
    RegisterAsked,
    check_asked,
)
from signing.phrase import Phrase
from signing.refusal import refuse
from whitelist.approval import ApprovalState
from whitelist.emergency import emergency_at
from whitelist.permit import PermitState
from whitelist.thresholds import thresholds_of

REPORT_DAY = 15
"""Of HJ 1259 7.2, where the log has adopted no thresholds."""


class FirmSource:
    """One reading of a gathering for a firm and a period; permits and decisions are looked up once."""

    def __init__(self, gathering: Gathering, asked: RegisterAsked) -> None:
        self.gathering, self.asked, self.period, self.facts = gathering, asked, check_asked(asked), gathering.facts
        self._permits: dict[str, str] = {}
        self._decisions: dict[str, str] = {}

    def drawn_from(self, root: str) -> DrawnFrom:
        """What the register is drawn from."""
        log, to = self.gathering.log(), self.gathering.to
        return DrawnFrom(
            origin=log.origin, found=log.found, size=to.size, root=root, at=to.at, is_demo=log.clock != "real",
            is_over=parse_at(to.at) >= self.period.end_s,
        )  # fmt: skip

    @property
    def report_day(self) -> int:
        """By which day of the month reports are due, as the log has adopted it."""
        limits = thresholds_of(self.facts)
        return REPORT_DAY if limits is None else limits.report_day

    def classes(self) -> tuple[str, ...]:
        """管理计划类别 that its open sites are registered with, the strictest first; empty where it has said none."""
        found = {site.plan_class for _, site in self.gathering.held.walk(site_key(self.asked.party, "")) if site.closed_on is None}
        return tuple(name for name in PLAN_CLASSES if name in found)

    def manifests(self) -> Iterator[tuple[str, ManifestState, ToldManifest]]:
        """Those of the firm that may concern the period, by year and chain; Refusal REGISTER_TOO_LARGE beyond MANIFESTS_MAX."""
        count = 0
        for part in (self.period.month[:4], OPEN):
            prefix = f"{OF}:{self.asked.party}:{part}:"
            for name, _ in self.gathering.held.walk(prefix):
                trunk = name.removeprefix(prefix)
                state = manifest_at(self.facts, trunk)
                assert state is not None, "it was filed when it began"
                count += 1
                if count > MANIFESTS_MAX:
                    found = Phrase(f"超过 {MANIFESTS_MAX} 份联单", f"more than {MANIFESTS_MAX} manifests")
                    raise refuse("REGISTER_TOO_LARGE", field="period", found=found, expected="YYYY-MM")
                yield trunk, state, told_of(self.gathering.held, trunk)

    def lines(self) -> Iterator[FirmLine]:
        """Lines of the register, in no order."""
        role, party = self.asked.register, self.asked.party
        for trunk, state, told in self.manifests():
            rows = rows_of(trunk, state, state.number or "", None)
            if role == "carrier":
                yield from self._runs(state, told, rows)
            elif party == (state.receiver if role == "receiver" else state.generator):
                yield from (self._line(state, told, row) for row in rows if concerns(row, self.period))

    def _runs(self, state: ManifestState, told: ToldManifest, rows: Iterable[LineRow]) -> Iterator[FirmLine]:
        for row in rows:
            for number, leg in enumerate(state.legs, 1):
                is_here = leg.begun_s < self.period.end_s and (leg.ended_s is None or leg.ended_s >= self.period.start_s)
                if leg.carrier != self.asked.party or not is_here:
                    continue
                parts = {part.line: part.mass_g for part in leg.parts}
                if parts and row.line - 1 not in parts:
                    continue
                yield replace(
                    self._line(state, told, row),
                    plates=tuple(filter(None, (leg.vehicle.plate, leg.vehicle.trailer))),
                    waybills=tuple(filter(None, (leg.waybill_no,))),
                    leg=number,
                    begun_s=leg.begun_s,
                    ended_s=leg.ended_s,
                    carried_g=parts.get(row.line - 1, row.sent_g),
                )

    def _line(self, state: ManifestState, told: ToldManifest, row: LineRow) -> FirmLine:
        line, receipt = state.lines[row.line - 1], told.entry_of("manifest.receive")
        issue = told.entry_of("manifest.issue")
        assert issue is not None, "a manifest begins with its issue"
        list_name, list_row = line.listing or state.pilot or ("", 0)
        return FirmLine(
            row=row,
            route=state.route,
            type=state.type,
            method=line.method,
            permit_no=self.permit_no(state),
            decision=self.decision_no(row.chain, state),
            listing=f"{list_name.removeprefix('list/')} {list_row + 1}" if list_name else "",
            issue=issue,
            receipt=receipt,
            treated_g=line.treated_g,
            stock_g=0 if state.route == "RETURN" or state.gap is not None else line.stock_g,
            plates=tuple(dict.fromkeys([plate for leg in state.legs for plate in (leg.vehicle.plate, leg.vehicle.trailer) if plate])),
            waybills=tuple(dict.fromkeys([leg.waybill_no for leg in state.legs if leg.waybill_no])),
            alerts=tuple(dict.fromkeys([f"{level} {code}" for level, code, _ in told.alerts])),
        )

    def permit_no(self, state: ManifestState) -> str:
        """许可证编号 of the receiver, as the manifest names it; empty for a return."""
        chain = state.permit
        if chain and chain not in self._permits:
            found = self.facts.state(chain)
            self._permits[chain] = found.no if isinstance(found, PermitState) else ""
        return self._permits.get(chain, "")

    def decision_no(self, trunk: str, state: ManifestState) -> str:
        """批准文号 on which it moves, also of one outside this log; 应急 plan number."""
        if state.approval is not None:
            if state.approval not in self._decisions:
                found = self.facts.state(state.approval)
                self._decisions[state.approval] = (found.no or "") if isinstance(found, ApprovalState) else ""
            return self._decisions[state.approval]
        if state.emergency is not None:
            emergency = emergency_at(self.facts, state.emergency.chain)
            return "" if emergency is None else emergency.plan_no
        kept: Recorded | None = self.facts.get(issue_key(trunk)) if state.decided_on is not None else None
        return kept.issue.decision.no if kept is not None and kept.issue is not None and kept.issue.decision is not None else ""

    def stock(self) -> tuple[FirmStock, ...]:
        """Stock of received waste by code, as the monthly statements book it (M1), of every code that moved or was there."""
        months = [month for month in months_of(self.period) if month <= self.gathering.to.month]
        books: defaultdict[str, list[tuple[str, StockBook]]] = defaultdict(list)
        treated: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for month in months:
            for way in self._ways():
                prefix = f"=stock:{month}:{way}:{self.asked.party}:"
                for name, book in self.gathering.held.walk(prefix):
                    books[name.removeprefix(prefix)].append((month, book))
            prefix = f"{TREATED}:{self.asked.party}:{month}:"
            for name, mass_g in self.gathering.held.walk(prefix):
                code, method = name.removeprefix(prefix).split(":")
                treated[code][method] += mass_g
        return tuple(
            FirmStock(
                code=code,
                opening_g=sum(book.opening_g for month, book in found if month == months[0]),
                accepted_g=sum(book.accepted_g for _, book in found),
                treated_g={method: mass_g for method, mass_g in sorted(treated[code].items()) if mass_g},
                sent_g=sum(book.sent_g for _, book in found),
                gap_g=sum(book.gap_g for _, book in found),
            )
            for code, found in sorted(books.items())
        )

    def _ways(self) -> tuple[str, ...]:
        return tuple(name.removeprefix("=way:") for name, _ in self.gathering.held.walk("=way:"))


def months_of(period: Period) -> list[str]:
    """The months of a year, or the one."""
    return [period.month] if len(period.month) > len("2026") else [f"{period.month}-{number:02d}" for number in range(1, 13)]


def concerns(row: LineRow, period: Period) -> bool:
    """Whether anything of a line happened in the period, or it was under way at one of its ends, or waits at its end."""
    happened = any(period.holds(at) for at in (row.departed_s, row.received_s, row.voided_s, row.declined_s))
    return happened or row.is_under_way_at(period.start_s) or row.is_under_way_at(period.end_s) or row.is_waiting_at(period.end_s)


def draw_register(gathering: Gathering, asked: RegisterAsked, root: str) -> FirmRegister:
    """The register; ``root`` (base64) is the checkpoint's. Refusals of :func:`check_asked`, REGISTER_TOO_LARGE."""
    source = FirmSource(gathering, asked)
    period, is_carrier = source.period, asked.register == "carrier"
    lines = tuple(sorted(source.lines(), key=_order))
    months = [period_of(month) for month in months_of(period) if month <= gathering.to.month]  # of one that has not begun nothing is told
    firms = {uscc for line in lines for uscc in (line.row.generator, line.row.receiver, line.row.carrier) if uscc} | {asked.party}
    codes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    by_code: defaultdict[str, list[FirmLine]] = defaultdict(list)
    partners: defaultdict[str, list[FirmLine]] = defaultdict(list)
    for line in lines:
        codes[line.row.code][line.row.name] += 1
        by_code[line.row.code].append(line)
        partners[partner_of(asked, line)].append(line)
    summed: Callable[[str, Iterable[FirmLine], Period], FirmSum] = _carried if is_carrier else _summed
    return FirmRegister(
        asked=asked,
        period=period,
        log=source.drawn_from(root),
        name=party_name(source.facts, asked.party),
        lines=lines,
        total=summed("", lines, period),
        by_code=tuple(summed(code, found, period) for code, found in sorted(by_code.items())),
        by_partner=tuple(summed(uscc, found, period) for uscc, found in sorted(partners.items())),
        by_month=tuple(summed(month.month, lines, month) for month in months),
        stock=source.stock() if asked.register == "receiver" else (),
        names={uscc: party_name(source.facts, uscc) for uscc in sorted(firms)},
        codes={code: min(found, key=lambda name: (-found[name], name)) for code, found in sorted(codes.items())},
        report_day=source.report_day,
        classes=source.classes(),
    )


def partner_of(asked: RegisterAsked, line: FirmLine) -> str:
    """The other side: of a generator the receiver, else the generator."""
    return line.row.receiver if asked.register == "generator" else line.row.generator


def _order(line: FirmLine) -> tuple[int, int, str, str, int, int]:
    row = line.row
    return line.begun_s or row.departed_s or 2**62, row.issued_s, row.generator, row.manifest, row.line, line.leg or 0


def _summed(key: str, lines: Iterable[FirmLine], period: Period) -> FirmSum:
    known = [line.row for line in lines if not line.is_return and concerns(line.row, period)]
    departed = [row for row in known if period.holds(row.departed_s)]
    received = [row for row in known if period.holds(row.received_s)]
    return FirmSum(
        key=key,
        manifests=len({row.chain for row in known}),
        lines=len(known),
        opening_g=sum(row.declared_g for row in known if row.is_under_way_at(period.start_s)),
        departed_g=sum(row.declared_g for row in departed),
        loaded_g=sum(row.sent_g for row in departed),
        accepted_g=sum(row.accepted_g or 0 for row in received),
        refused_g=sum(row.refused_g or 0 for row in received),
        difference_g=sum(row.difference_g or 0 for row in received),
        closing_g=sum(row.declared_g for row in known if row.is_under_way_at(period.end_s)),
        voided_g=sum(row.declared_g for row in known if period.holds(row.voided_s)),
        declined_g=sum(row.declared_g for row in known if period.holds(row.declined_s)),
        returned_g=sum(line.row.accepted_g or 0 for line in lines if line.is_return and period.holds(line.row.received_s)),
    )


def _carried(key: str, lines: Iterable[FirmLine], period: Period) -> FirmSum:
    """A run belongs to the period in which it began; what is carried back counts as any other load of a carrier."""
    begun = [line for line in lines if period.holds(line.begun_s)]
    return FirmSum(
        key=key,
        manifests=len({line.row.chain for line in begun}),
        lines=len(begun),
        carried_g=sum(line.carried_g or 0 for line in begun),
        opening_g=sum(line.carried_g or 0 for line in lines if _is_on_road(line, period.start_s)),
        closing_g=sum(line.carried_g or 0 for line in lines if _is_on_road(line, period.end_s)),
    )


def _is_on_road(line: FirmLine, moment_s: int) -> bool:
    return line.begun_s is not None and line.begun_s < moment_s and (line.ended_s is None or line.ended_s >= moment_s)
