"""What the demonstration shows on the terminal: progress while it works, a short Chinese summary at the end."""

import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from ledger.times import parse_at
from liandan.demo.summary import Summary
from liandan.wiring import RULES
from manifests.model import STAGES
from whitelist.telling import minute


class Bar(Struct, frozen=True):
    """A bar of one phase."""

    progress: Progress
    task: TaskID
    title: str

    def step(self, count: int = 1, note: str = "") -> None:
        """``count`` more are done; ``note`` stands behind the title."""
        self.progress.update(self.task, advance=count, description=f"{self.title} {note}".rstrip())

    def reach(self, done: int, total: int) -> None:
        """``done`` of ``total`` are done."""
        self.progress.update(self.task, completed=done, total=total)


class Screen:
    """Progress bars, drawn within ``with screen.progress``, and the time that each phase took."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console()
        self.seconds: dict[str, float] = {}
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=self.console)

    @contextmanager
    def phase(self, name: str, title: str, total: int | None = None) -> Iterator[Bar]:
        """One bar; its time is kept under ``name``. Without ``total`` nobody knows beforehand how much it is."""
        bar, begun = Bar(self.progress, self.progress.add_task(title, total=total), title), time.monotonic()
        yield bar
        self.seconds[name] = round(time.monotonic() - begun, 1)
        task = self.progress.tasks[bar.task]
        whole = task.completed if task.total is None else task.total
        self.progress.update(bar.task, completed=whole, total=whole, description=title)


def show(summary: Summary, out: Path, console: Console) -> None:
    """The summary in Chinese. Lines with paths are left whole, so that they can be copied."""
    console.print()
    console.print(f"[bold]川渝危险废物跨省转移演示　{summary.month}[/bold]　[yellow]演示 / DEMO，单位均为虚构[/yellow]")
    console.print(
        f"拟开具联单 {summary.attempted} 份，开具 {summary.attempted - summary.refused_at_issue} 份，"
        f"开具时退回 {summary.refused_at_issue} 份；全部提交中共有 {summary.refused_statements} 次被退回。"
    )
    console.print(_states(summary), _directions(summary), _balances(summary), sep="\n")
    console.print(_events(summary), _exchanged(summary), sep="\n")
    clients, admitted = summary.race["clients"], summary.race["admitted"]
    console.print(f"争抢最后额度：{clients} 家客户端同时申报等量货物，恰好 {admitted} 份获准。")
    console.print(_refused(summary), _alerts(summary), sep="\n")
    verdict = "[green]审计通过，无问题[/green]" if summary.audit["clean"] else f"[red]审计发现 {summary.audit['findings']} 个问题[/red]"
    console.print(f"账本 {summary.size} 条，根 {summary.root}；{verdict}。", soft_wrap=True)
    _witnesses(summary, console)
    for one in summary.months:
        console.print(f"月结 {one.way}：第 {one.index} 条结账，规模 {one.size} 条；两地主管部门各自重算一致并确认。", soft_wrap=True)
    files = f"转移证明 {summary.certificates} 份，对账单 {len(summary.statements)} 个文件；结果在 {out}/，数据在 {summary.data_dir}/。"
    console.print(files, markup=False, soft_wrap=True)
    program, results = own_name(), shlex.quote(str(out))
    console.print(f"创始声明哈希 {summary.found}：请另行留存，核验时以 --found 给出。", soft_wrap=True)
    verify = f"  {program} verify {results}/certificates/*.pdf --found {summary.found}"
    for line in ("独立验证：", f"  {program} audit {results}/export", verify):
        console.print(line, markup=False, soft_wrap=True)


def own_name() -> str:
    """How to call this program from the shell it was started from: by its bare name only if the shell finds this very one."""
    name = sys.argv[0]
    if Path(name).name != "liandan":  # python -m liandan, or another program that shows a demonstration
        return f"{shlex.quote(sys.executable)} -m liandan"
    found = shutil.which("liandan")
    return "liandan" if found and os.path.realpath(found) == os.path.realpath(name) else shlex.quote(name)


def _witnesses(summary: Summary, console: Console) -> None:
    for one in summary.witnesses:
        verdict = "[green]与导出件逐字节一致[/green]" if one.agrees else "[red]与导出件不一致[/red]"
        audited = "审计无问题" if not one.findings else f"[red]审计发现 {one.findings} 个问题[/red]"
        console.print(f"见证 {one.authority}：已核对并联署 {one.size} 条，镜像{verdict}，{audited}。", soft_wrap=True)
    if summary.witnesses:
        console.print("见证节点盖的是真实时间，与模拟时钟无关。", style="dim")


def _table(*columns: str, texts: int, rows: Iterable[Sequence[str]]) -> Table:
    """A table whose first ``texts`` columns hold words, the others figures. Chinese has no spaces to break at: it folds anywhere."""
    words = [Column(name, overflow="fold") for name in columns[:texts]]
    table = Table(*words, *(Column(name, justify="right", no_wrap=True) for name in columns[texts:]))
    for row in rows:
        table.add_row(*row)
    return table


def _states(summary: Summary) -> Table:
    rows = [(title, str(summary.states[stage])) for stage, title in STAGES.items() if stage in summary.states]
    return _table("联单状态（月末）", "份数", texts=1, rows=rows)


def _directions(summary: Summary) -> Table:
    masses = ("declared", "accepted", "refused", "under_way", "difference")
    rows = [
        (row.direction, f"{row.name} {row.code}", str(row.manifests), *(row.mass_t[name][:-3] for name in masses))
        for row in summary.directions
    ]
    return _table("方向", "废物", "联单", "移出 t", "接受 t", "拒收 t", "未确认 t", "磅差 t", texts=2, rows=rows)


def _balances(summary: Summary) -> Table:
    """The lists only; decisions and permits stand in summary.json."""
    listed = [row for row in summary.balances if row.account.startswith("Q1 ")]
    rows = [(row.holder, row.limit_t[:-7], row.used_t[:-3], row.left_t[:-3]) for row in listed]
    return _table("白名单额度：接受单位", "额度 t", "已批准 t", "剩余 t", texts=1, rows=rows)


def _events(summary: Summary) -> Table:
    rows = [(minute(parse_at(event.at))[5:], event.title) for event in summary.events]
    return _table("时间", "白名单和应急", texts=2, rows=rows)


def _exchanged(summary: Summary) -> Table:
    rows = [(one.by, one.holder, one.received_t[:-3], one.disposed_t[:-3], one.stock_t[:-3]) for one in summary.exchanged]
    return _table("通报（由账本填出）", "接受单位", "接收 t", "处置 t", "贮存 t", texts=2, rows=rows)


def _refused(summary: Summary) -> Table:
    rows = [(one.case, "\n".join(f"{code} {text}" for code, text in one.why.items()), str(one.statements)) for one in summary.refused]
    return _table("退回的提交", "原因", "次数", texts=2, rows=rows)


def _alerts(summary: Summary) -> Table:
    rows = [(code, RULES[code.rpartition(" ")[2]].zh, str(count)) for code, count in summary.alerts.items()]
    return _table("提示", "含义", "次数", texts=2, rows=rows)
