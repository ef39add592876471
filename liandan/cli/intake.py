"""``liandan intake``: what an office's spreadsheet says, cell by cell: statements to be signed, or everything that is wrong (docs/intake.md)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from liandan.cli.connection import existing, file
from liandan.cli.output import FINDING, command, emit, wants_json

if TYPE_CHECKING:
    from liandan.intake.answers import IntakeAnswer
    from liandan.intake.taking import TakenFiles

SORTS = ("list", "permits", "openings")


@click.command()
@click.argument("paths", type=existing, nargs=-1)
@click.option("--as", "sort", type=click.Choice(SORTS), default="list", help="文件是什么：白名单、许可证、期初用量 / what the file is")
@click.option(
    "--term",
    "terms",
    multiple=True,
    metavar="FIELD=VALUE",
    help="文件里没有写的名单要素，如 letter_no=川环函〔2026〕9号 / a term of the list that stands in no file",
)
@click.option("--template", type=file, help="写出空白模板，不读文件 / write the empty template and read nothing")
@command
def intake(paths: tuple[Path, ...], sort: str, terms: tuple[str, ...], template: Path | None) -> int:
    """表格接收：读 xlsx、xls、et、csv，逐格列出修正和不符之处，什么都不签。 / Read an office's spreadsheet: repairs and findings cell by cell; nothing is signed."""
    if template is not None:
        return _template(template, sort)
    if not paths:
        raise click.UsageError("请给出文件，或以 --template 写出模板 / name a file, or write the template with --template")
    from liandan.intake.answers import intake_answer
    from liandan.intake.opening import bytes_of
    from liandan.intake.rows import SheetReading
    from liandan.intake.taking import take

    out = SheetReading()
    files = bytes_of(paths, out)
    taken = take(sort, files, at_s=int(time.time()), given=_given(terms), out=out)  # type: ignore[arg-type]  # one of the choices
    answer = intake_answer(taken, "zh")
    _tell(taken)
    emit(answer, *_summary(answer))
    return FINDING if answer.findings else 0


def _template(path: Path, sort: str) -> int:
    from liandan.intake.template import write_template

    if path.suffix.lower() != ".xlsx":
        raise click.UsageError("模板是 .xlsx 文件 / the template is a file .xlsx")
    try:
        write_template(path, sort)
    except FileExistsError:
        raise click.UsageError(f"已有此文件 / is there already: {path}") from None
    emit({"path": str(path)}, str(path))
    return 0


def _given(terms: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for term in terms:
        name, mark, value = term.partition("=")
        if not mark:
            raise click.UsageError(f"写成 名称=内容 / write it as FIELD=VALUE: {term}")
        found[name] = value
    return found


def _tell(taken: TakenFiles) -> None:
    from liandan.cli.intake_words import tell_findings, tell_notes, tell_repairs

    if not wants_json():
        tell_repairs(taken.repairs)
        tell_notes(taken.notes, taken.outcomes)
        tell_findings(taken.findings)


def _summary(answer: IntakeAnswer) -> list[str]:
    counted = {name: sum(row.outcome == name for row in answer.rows) for name in ("taken", "refused", "left_out")}
    told = [f"读取 {counted['taken']} 行，有不符 {counted['refused']} 行，不计 {counted['left_out']} 行 / rows taken, refused, left out"]
    if answer.findings:
        return [*told, f"发现 {len(answer.findings)} 处，没有得出声明 / {len(answer.findings)} findings; no statement was made"]
    for statement in answer.statements:
        size = f"，{len(statement.body['rows'])} 行" if statement.kind == "list.rows/1" else ""
        told.append(f"  {statement.kind} {statement.chain or '（名单未定）'}{size}")
    return [*told, *([f"各行摘要 / rows_hash: {answer.rows_hash}"] if answer.rows_hash else [])]
