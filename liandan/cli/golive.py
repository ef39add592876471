"""``liandan golive``: parties, permits and sites from a file of a strict template (docs/golive.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli import prompting
from liandan.cli.connection import client_options, existing, file, open_client, party_code, pinned_hash
from liandan.cli.output import FINDING, command, emit, progress_bar, say, wants_json, warn

if TYPE_CHECKING:
    from liandan.client import AsyncLiandan
    from liandan.golive.running import Golive, Settled, Surveyed
    from liandan.intake.model import PlannedStatement, SheetFinding
    from liandan.intake.saying import SheetReading

WORDS = {
    "new": "待办 / to do",
    "there": "已登记 / there already",
    "differs": "与账本不同 / differs from the log",
    "left": "由他人签署 / for another key",
}
TAKEN = {"CHAIN_CONFLICT", "CHAIN_NOT_OPEN", "KEY_REGISTERED"}
paths_argument = click.argument("paths", type=existing, nargs=-1, required=True)


@click.group()
def golive() -> None:
    """批量登记：从表格登记单位、许可证、场所。 / Go-live: parties, permits and sites from a file."""


@golive.command()
@click.argument("path", type=file)
@command
def template(path: Path) -> None:
    """写出空白模板（XLSX，带可选列表）。 / Write the empty template, with lists to choose from."""
    from liandan.intake.template import write_template

    if path.suffix.lower() != ".xlsx":
        raise click.UsageError("模板是 .xlsx 文件 / the template is a file .xlsx")
    try:
        write_template(path)
    except FileExistsError:
        raise click.UsageError(f"已有此文件 / is there already: {path}") from None
    emit({"path": str(path)}, str(path))


@golive.command()
@paths_argument
@click.option(
    "--found", type=pinned_hash, help="账本创始声明哈希；给出时核对登记材料 / hash of log.found: proofs of possession are verified"
)
@command
def check(paths: tuple[Path, ...], found: str | None) -> int:
    """不联网核对文件：每一处不对，按表、行、列说明。 / Check files with no network: everything that is wrong, by sheet, row and column."""
    from liandan.intake.answers import told_repairs

    planned, out = _planned(paths, found or "")
    if out.findings:
        return _told(out.findings, out)
    counted = Counter(one.kind for one in planned)
    told = "没有发现问题 / nothing is wrong" if planned else "没有发现问题，但一行也没有 / nothing is wrong, but there is not one row"
    unproved = (
        []
        if found or not planned
        else ["登记材料没有核对：加 --found <创始声明哈希> / proofs of possession were not checked: give --found"]
    )
    _tell_repaired(out)
    emit({"findings": [], "repairs": told_repairs(out.repairs, "zh"), "statements": counted}, *_counts(counted), told, *unproved)
    return 0


@golive.command()
@paths_argument
@click.option("--dry-run", is_flag=True, help="只显示将签署的每一份声明，不签署 / show what would be signed, sign nothing")
@click.option("--for", "principal", type=party_code, help="受托代哪个主管部门办理 / authority that you act for, as its delegate")
@click.option("--yes", is_flag=True, help="不再确认 / do not ask")
@client_options
@command
async def run(paths: tuple[Path, ...], dry_run: bool, principal: str | None, yes: bool, **options: Any) -> int:
    """核对、显示、签署并依次提交；中断后再执行一次，只办还没有办的。 / Check, show, sign and submit; run again, it does what is missing."""
    from liandan.golive.running import Golive, log_of

    if options["key_file"] is None:
        raise click.UsageError("请以 --key 给出签署用的密钥 / name the key that signs: --key")
    async with open_client(**options) as client:
        log = log_of(await client.log())
        planned, out = _planned(paths, log.found)
        work = Golive(client, log, principal)
        findings = out.findings or await work.findings(planned)
        if findings:
            return _told(findings, out)
        _tell_repaired(out)
        surveyed = await work.survey(planned)
        new = [one.statement for one in surveyed if one.state == "new"]
        if dry_run:
            await _show(work, new, surveyed)
            return 0
        if not wants_json():
            say(*_summary(surveyed))
        if new and not (yes or prompting.confirm(f"签署以上 {len(new)} 份声明？ / sign these {len(new)} statements?", err=True)):
            emit({"signed": 0}, "未签署 / nothing was signed")
            return FINDING
        return await _carry_out(client, work, surveyed, new)


# ---------------------------------------------------------------------- steps


def _planned(paths: Sequence[Path], found: str) -> tuple[list[PlannedStatement], SheetReading]:
    from liandan.golive.composing import Composing
    from liandan.intake.opening import bytes_of
    from liandan.intake.reading import read_files
    from liandan.intake.saying import SheetReading
    from liandan.intake.tables import GOLIVE

    out = SheetReading()
    tables, _ = read_files(bytes_of(paths, out), GOLIVE, out)
    return Composing(tables, found, out).planned(), out


def _tell_repaired(out: SheetReading) -> None:
    """What was read otherwise than it stands there, before anything is signed."""
    from liandan.cli.intake_words import tell_notes, tell_repairs

    if not wants_json():
        tell_repairs(out.repairs)
        tell_notes(out.notes, ())


def _told(findings: Sequence[SheetFinding], out: SheetReading) -> int:
    """Everything that is wrong, in the order of the files; nothing was signed."""
    from liandan.cli.intake_words import tell_findings
    from liandan.intake.answers import told_findings, told_repairs
    from liandan.intake.taking import FINDINGS_MAX

    ordered = sorted(findings, key=lambda finding: (finding.spot.file, finding.spot.sheet, finding.spot.row))[:FINDINGS_MAX]
    if not wants_json():
        tell_findings(ordered)
    told = {"findings": told_findings(ordered, "zh"), "repairs": told_repairs(out.repairs, "zh")}
    emit(told, f"发现 {len(ordered)} 处，什么都没有签署 / {len(ordered)} findings; nothing was signed")
    return FINDING


def _counts(counted: Counter[str]) -> Iterable[str]:
    from liandan.wiring import KINDS

    return (f"  {KINDS.by_name[kind].zh} / {kind}: {count}" for kind, count in counted.items())


def _summary(surveyed: Sequence[Surveyed]) -> list[str]:
    """How the file stands in the log, by state and kind; what differs line by line."""
    lines: list[str] = []
    for state, word in WORDS.items():
        of_state = [one for one in surveyed if one.state == state]
        if of_state:
            lines += [f"{word}: {len(of_state)}", *_counts(Counter(one.statement.kind for one in of_state))]
    lines += [f"  ! {one.statement.row.spot}: {one.why.found} / {one.why.expected}" for one in surveyed if one.why is not None]
    return lines


async def _show(work: Golive, new: Sequence[PlannedStatement], surveyed: Sequence[Surveyed]) -> None:
    """Every statement in words, from the bytes that would be signed."""
    from ledger.pending.compact import cosigning_of
    from ledger.pending.partial import read_payload
    from liandan.cli.cosign_words import told
    from liandan.wiring import KINDS
    from signing.payload import parse

    states = Counter(one.state for one in surveyed)
    lines: list[str] = []
    for one in new:
        cosigning = cosigning_of((await work.draft(one)).to_bytes())
        lines += [f"{one.row.spot}", *told(cosigning, *read_payload(cosigning.envelope, KINDS), parse(cosigning.body)["body"]), ""]
    emit(
        {"states": states, "statements": [{"kind": one.kind, "chain": one.chain, "body": one.body} for one in new]},
        *lines,
        *_summary(surveyed),
    )


async def _carry_out(client: AsyncLiandan, work: Golive, surveyed: Sequence[Surveyed], new: Sequence[PlannedStatement]) -> int:
    done: list[Settled] = []
    try:
        with progress_bar("签署并提交 / signing") as advance:
            async for some in work.carry_out(new):
                done += some
                advance(len(done), len(new))
    except BaseException:
        warn(f"已办 {len(done)} / {len(new)}；再执行一次，只办还没有办的 / done {len(done)} of {len(new)}: run it again for the rest")
        raise
    if overtaken := {
        one.statement.chain for one in done if one.problem is not None and TAKEN & {error.code for error in one.problem.errors}
    }:
        # A run that was broken off has come through after all, or a second one runs beside this.
        again = await work.survey([one.statement for one in done if one.statement.chain in overtaken])
        done = [
            one
            for one in done
            if one.statement.chain not in overtaken or one.statement.chain in {x.statement.chain for x in again if x.state == "new"}
        ]
        surveyed = [*(one for one in surveyed if one.statement.chain not in overtaken), *again]
    return _report(done, surveyed)


def _report(done: Sequence[Settled], surveyed: Sequence[Surveyed]) -> int:
    """What became of each row."""
    entered = [(one.statement, one.receipt) for one in done if one.receipt is not None]
    refused = [(one.statement, one.problem) for one in done if one.problem is not None]
    states = Counter(one.state for one in surveyed)
    report = {
        "entered": [{"row": str(one.row.spot), "chain": one.chain, "index": receipt.index, "statement": receipt.statement} for one, receipt in entered],
        "refused": [{"row": str(one.row.spot), "chain": one.chain, "codes": [error.code for error in problem.errors]} for one, problem in refused],
        "differs": [str(one.statement.row.spot) for one in surveyed if one.state == "differs"],
        "there": states["there"], "left": states["left"],
    }  # fmt: skip
    lines = [
        f"新登记 / entered: {len(entered)}",
        f"已登记 / there already: {states['there']}",
        f"由他人签署 / for another key: {states['left']}",
    ]
    lines += [f"与账本不同 / differs from the log: {states['differs']}"] if states["differs"] else []
    for one, problem in refused:
        lines += [f"被拒绝 / refused {one.row.spot}", *(f"  {error.code} {error.message} → {error.what_to_do}" for error in problem.errors)]
    emit(report, *lines)
    return FINDING if refused or states["differs"] else 0
