"""``liandan month``: months that close by themselves: the job, how they stand, and what authorities say of a close."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from liandan.cli.connection import now_option, own_settings
from liandan.cli.month_office import confirm, direction_option, dispute, status
from liandan.cli.output import command, emit, progress_bar, warn

if TYPE_CHECKING:
    from liandan.months.job import MonthJob, MonthsReport
    from reports.periods.planning import MonthDue

url_option = click.option(
    "--url", envvar="LIANDAN_CLIENT_URL", help="服务地址，默认为本机设置 / server that it is posted to; default: this machine's settings"
)


@click.group()
def month() -> None:
    """月结：结账任务、现状、确认、异议 / closing months: the job, how they stand, confirm, dispute."""


@month.command("run")
@click.option(
    "--first",
    default="",
    metavar="YYYY-MM",
    help="从该月起结账（尚未结过的方向），默认账本成立的月份 / first month, of a direction of which none is closed",
)
@url_option
@now_option
@command
async def run_command(first: str, url: str | None, now: str | None) -> int:
    """依次结清所有已结束而未结账的月份；可随时中断、重复执行，不会结账两次。由 cron、systemd 定时器执行，或者由服务自带的任务执行。

    Close every month that is over, in order, each direction by itself. May be interrupted and repeated at any moment: no month is closed twice.
    For cron or a timer on the machine that holds the operator's key; says what it waits for.
    """
    from reports.reconcile import check_month

    if first:
        check_month(first)
    job, now_s = _job(url), _seconds(now)
    return _told(await _run(job, now_s, first=first))


@month.command("close")
@click.argument("month_", metavar="YYYY-MM")
@direction_option
@url_option
@now_option
@command
async def close_command(month_: str, direction: tuple[str, ...], url: str | None, now: str | None) -> int:
    """结清一个月（连同之前未结账的月份）；有异议的，处理后再次结账。未结束的、已结账而无异议的，不办理并说明原因。

    Close one month, and those before it that are missing; after a dispute close it again. A month that is not over, or closed and not disputed, is
    refused in words.
    """
    from liandan.months.standing import why_not
    from reports.periods.planning import MonthDue
    from reports.reconcile import check_month
    from signing.refusal import Reason, Refusal

    check_month(month_)
    job, now_s = _job(url), _seconds(now)
    again, reasons, can = list[MonthDue](), list[Reason](), False
    with progress_bar("读账 / reading the log") as progress:
        there = await job.standing(month_, now_s, progress)
    for due, state in there.of(direction):
        if (reason := why_not(due, state, there)) is not None:
            reasons.append(reason)
        else:
            can, again = True, [*again, *([due] if state is not None else [])]
    if not can:
        raise Refusal(reasons)
    return _told(await _run(job, now_s, again))


def _job(url: str | None) -> MonthJob:
    """The job of this installation, with the operator's key of its key file."""
    from liandan.cli.connection import PATIENCE_S, check_address
    from liandan.keyring import read_keyring
    from liandan.months.job import MonthJob

    here = own_settings()
    if here.data_dir.is_dir() and here.data_dir.stat().st_uid != os.geteuid():
        raise click.UsageError(
            f"请以数据目录所有者的账号执行，否则服务不能再写入其中的文件 / run it as the account that owns the data directory, or the server could "
            f"not write there any more: {here.data_dir} (uid {here.data_dir.stat().st_uid})"
        )
    address = url or here.public_url or f"http://{here.host}:{here.port}"
    return MonthJob(here, read_keyring(here, operator_only=True), check_address(address), patience_s=PATIENCE_S)


def _seconds(now: str | None) -> int | None:
    from ledger.times import parse_at

    return None if now is None else parse_at(now, "--now")


async def _run(job: MonthJob, now_s: int | None, again: list[MonthDue] | None = None, first: str = "") -> MonthsReport:
    with progress_bar("结账 / closing months") as progress:
        return await job.run(now_s=now_s, again=again or (), first=first, progress=progress, drawing=progress, told=warn)


def _told(report: MonthsReport) -> int:
    """What was closed, and what is waited for."""
    lines = []
    for one in report.closed:
        done = "已结账" if one.is_new else "已结账（上次中断的）"
        lines.append(f"{done} / closed: {one.chain}  第 {one.index} 条 / entry {one.index}，规模 / size {one.size}")
        lines.append(f"  {one.folder}")
    if report.is_busy:
        lines.append("另一个任务正在结账，本次不重复 / another run is closing months; nothing is done twice")
    elif not report.closed:
        lines.append("没有待结账的月份 / nothing is to be closed")
    lines += [f"  等 / waits: {one.zh} / {one.en}" for one in report.waiting]
    emit(report, *lines)
    return 0


for _one in (status, confirm, dispute):
    month.add_command(_one)
