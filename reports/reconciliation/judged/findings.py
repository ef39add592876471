"""What of a month is out of order (须核对的事项): by gravity, each with its count, its mass, its gravest case and the table that lists it."""

from collections.abc import Iterator

from ledger.mass import format_mass
from reports.paper.tongue import say
from reports.reconciliation.judged import gravity
from reports.reconciliation.judged.check_findings import check_findings
from reports.reconciliation.judged.finding import MonthFinding, case_of, declared_of, figure_of
from reports.reconciliation.judged.wording import days, off_by, plural, share_of
from reports.reconciliation.model import AccountMonth, MonthlyStatement
from reports.words import when


def findings(statement: MonthlyStatement) -> tuple[MonthFinding, ...]:
    """All of them, the gravest first."""
    found = (
        *_equation(statement),
        *_weights(statement),
        *_numbers(statement),
        *_quotas(statement),
        *_open(statement),
        *_refused(statement),
        *check_findings(statement),
    )
    return tuple(sorted(found, key=lambda finding: gravity.rank(finding.level)))


def _equation(statement: MonthlyStatement) -> Iterator[MonthFinding]:
    unequal = sorted((mirror for mirror in statement.mirror if mirror.unequal_g), key=lambda mirror: (-abs(mirror.unequal_g), mirror.code))
    if unequal:
        worst = unequal[0]
        yield MonthFinding(
            code="MIRROR_UNEQUAL",
            level="H",
            table="mirror",
            count=len(unequal),
            mass_g=statement.total.unequal_g,
            text=say(f"镜像等式有 {len(unequal)} 个代码不平", f"the mirror equation fails for {plural(len(unequal), 'code')}"),
            worst=say(
                f"{statement.waste(worst.code)}：差额 {format_mass(worst.unequal_g)} 吨",
                f"{statement.waste(worst.code)}: {format_mass(worst.unequal_g)} t unexplained",
            ),
        )
    elif statement.total.unequal_g:
        yield MonthFinding(
            code="MIRROR_UNEQUAL",
            level="H",
            table="mirror",
            count=1,
            mass_g=statement.total.unequal_g,
            text=say("镜像等式合计不平", "the mirror equation fails in total"),
            worst="",
        )
    if rows := statement.without_departure:
        heaviest = max(rows, key=lambda row: (row.declared_g, row.manifest, -row.line))
        yield MonthFinding(
            code="NO_DEPARTURE",
            level="H",
            table="m12_without_departure",
            count=len(rows),
            mass_g=declared_of(rows),
            text=say(f"{len(rows)} 行无起运记录即接受", f"{plural(len(rows), 'line')} received without a departure"),
            worst=case_of(statement, heaviest, say(f"{figure_of(heaviest.declared_g)} 吨", f"{figure_of(heaviest.declared_g)} t")),
        )


def _weights(statement: MonthlyStatement) -> Iterator[MonthFinding]:
    flagged = gravity.differences(statement).flagged
    for level, word in (("H", ("高级", "grave")), ("M", ("中级", "notable"))):
        rows = [row for row in flagged if row.level == level]
        if not rows:
            continue
        worst = rows[0]
        sent, came, off = figure_of(worst.sent_g), figure_of(worst.came_g), off_by(worst.deviation)
        yield MonthFinding(
            code="WEIGHT",
            level=level,
            table="m4_differences",
            count=len(rows),
            mass_g=sum(row.sent_g - row.came_g for row in rows),
            text=say(
                f"{len(rows)} 行重量超差（{word[0]}），最多{off}",
                f"{plural(len(rows), 'line')} out of tolerance by weight ({word[1]}), the worst by {off}",
            ),
            worst=case_of(statement, worst, say(f"移出 {sent} 吨，到场 {came} 吨，{off}", f"sent {sent} t, came {came} t, {off}")),
        )


def _numbers(statement: MonthlyStatement) -> Iterator[MonthFinding]:
    if found := statement.duplicates:
        most = max(found, key=lambda one: (len(one.manifests), one.number))
        parties = " · ".join(dict.fromkeys(statement.name(trunk.split("/")[1]) for trunk in most.manifests))
        yield MonthFinding(
            code="NO_DUPLICATE",
            level="H",
            table="m6_duplicates",
            count=len(found),
            text=say(f"{len(found)} 个国家联单编号重复", f"{plural(len(found), 'national number')} used more than once"),
            worst=say(
                f"{most.number}：{len(most.manifests)} 份联单，{parties}", f"{most.number}: {len(most.manifests)} manifests, {parties}"
            ),
        )


def _quotas(statement: MonthlyStatement) -> Iterator[MonthFinding]:
    told = [(account, gravity.account_alert(account, statement)[1]) for account in gravity.accounts(statement).flagged]
    over, scale, near = ([account for account, code in told if code == one] for one in ("QUOTA_OVERDRAWN", "PERMIT_SCALE", "QUOTA_LEFT"))
    if over:
        most = max(-(account.left_g or 0) for account in over)
        yield MonthFinding(
            code="QUOTA_OVERDRAWN",
            level="H",
            table="m9_accounts",
            count=len(over),
            text=say(
                f"{len(over)} 个额度账户超用，最多 {figure_of(most)} 吨",
                f"{plural(len(over), 'quota account')} overdrawn, by {figure_of(most)} t at most",
            ),
            worst=_balance(over[0]),
        )
    if scale:
        share = share_of(scale[0])
        yield MonthFinding(
            code="PERMIT_SCALE",
            level="M",
            table="m9_accounts",
            count=len(scale),
            text=say(
                f"{len(scale)} 个接受地点全年接受量（含预占）超过许可规模，最多 {share}",
                f"{plural(len(scale), 'site')} above the yearly scale of the permit with what is held, {share} at most",
            ),
            worst=_balance(scale[0]),
        )
    if near:
        share = share_of(near[0])
        yield MonthFinding(
            code="QUOTA_LEFT",
            level=gravity.account_level(near[0], statement),  # that of the table's gravest row: page and table do not contradict each other
            table="m9_accounts",
            count=len(near),
            text=say(
                f"{len(near)} 个额度账户将尽或用尽，最多已用 {share}",
                f"{plural(len(near), 'quota account')} nearly or wholly used, {share} at most",
            ),
            worst=_balance(near[0]),
        )


def _balance(account: AccountMonth) -> str:
    left = format_mass(account.left_g or 0)
    return say(f"{account.label}：余额 {left} 吨", f"{account.label}: {left} t left")


def _open(statement: MonthlyStatement) -> Iterator[MonthFinding]:
    if statement.terms is None:
        return
    trip_h, stale_d, at_s = statement.terms.limits.trip_h, statement.terms.limits.stale_issue_d, statement.as_of_s
    late, stale, slow = (divide(statement).flagged for divide in (gravity.in_transit, gravity.not_departed, gravity.cut_off))
    if late:
        age = days(late[0].age_s(at_s))
        yield MonthFinding(
            code="TRIP_TIME",
            level="M",
            table="m5_in_flight",
            count=len(late),
            mass_g=declared_of(late),
            text=say(
                f"{len(late)} 行在途超过 {trip_h} 小时，最长 {age}",
                f"{plural(len(late), 'line')} in transit for more than {trip_h} hours, {age} at most",
            ),
            worst=case_of(statement, late[0], say(f"{when(late[0].departed_s)} 起运", f"departed {when(late[0].departed_s)}")),
        )
    if stale:
        age = days(stale[0].age_s(at_s))
        yield MonthFinding(
            code="STALE_ISSUE",
            level="L",
            table="m5_waiting",
            count=len(stale),
            mass_g=declared_of(stale),
            text=say(
                f"{len(stale)} 行开具超过 {stale_d} 天未起运，最长 {age}",
                f"{plural(len(stale), 'line')} issued more than {stale_d} days ago and not departed, {age} at most",
            ),
            worst=case_of(statement, stale[0], say(f"{when(stale[0].issued_s)} 开具", f"issued {when(stale[0].issued_s)}")),
        )
    if slow:
        age = days(slow[0].trip_s)
        yield MonthFinding(
            code="TRIP_TIME",
            level="L",
            table="m7_cut_off",
            count=len(slow),
            mass_g=declared_of(slow),
            text=say(
                f"{len(slow)} 行跨期运输超过 {trip_h} 小时，最长 {age}",
                f"{plural(len(slow), 'line')} over the turn of the month for more than {trip_h} hours, {age} at most",
            ),
            worst=case_of(statement, slow[0], say(f"运输 {age}", f"{age} on the road")),
        )


def _refused(statement: MonthlyStatement) -> Iterator[MonthFinding]:
    if rows := gravity.details(statement).flagged:
        refused_g = sum(row.refused_g or 0 for row in rows)
        yield MonthFinding(
            code="REFUSED",
            level="L",
            table="lines",
            count=len(rows),
            mass_g=refused_g,
            text=say(
                f"{len(rows)} 行拒收，{figure_of(refused_g)} 吨",
                f"{plural(len(rows), 'line')} refused in whole or in part, {figure_of(refused_g)} t",
            ),
            worst=case_of(
                statement, rows[0], say(f"拒收 {figure_of(rows[0].refused_g or 0)} 吨", f"{figure_of(rows[0].refused_g or 0)} t refused")
            ),
        )
