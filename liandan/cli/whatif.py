"""``liandan whatif``: a past year of an exported log under a draft of a list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from liandan.cli.connection import existing_folder, file, folder
from liandan.cli.output import FINDING, command, emit, progress_bar, wants_json

if TYPE_CHECKING:
    from reports.paper.tongue import Tongue


@click.command("whatif")
@click.argument("draft", type=file)
@click.option("--from", "export_dir", type=existing_folder, required=True, help="导出件 / an export")
@click.option(
    "--year",
    type=click.IntRange(2000, 2099),
    help="哪一年；默认草案的年份，账本未到的为其最后一年 / which year; the draft's, or the log's last",
)
@click.option(
    "--list",
    "stands_for",
    metavar="list/…",
    help="表格没有写明的，是哪一份名单的草案 / which list it is a draft of, where the file does not say",
)
@click.option(
    "--begin",
    metavar="list/…",
    help="不试算：把该名单在那一年年末的样子写成 DRAFT（.xlsx），供修改 / try nothing: write this list, as the year left it, into DRAFT to be edited",
)
@click.option(
    "--out", type=folder, help="另写网页、表格、文本和 JSON 到此目录 / also a page, a workbook, text and JSON, into this directory"
)
@click.option(
    "--lang", type=click.Choice(["zh", "en", "both"]), default="zh", show_default=True, help="语言；英文文件名为 *.en.* / language"
)
@command
def whatif_command(
    draft: Path,
    export_dir: Path,
    year: int | None,
    stands_for: str | None,
    begin: str | None,
    out: Path | None,
    lang: Literal["zh", "en", "both"],
) -> int:
    """政策试算：把名单草案 DRAFT（办公表格或 JSON）代入账本过去的一年，看哪些决定会更快、哪些行会用尽、哪些联单会被拦下或放行。

    Replay a past year of an exported log under a draft of a list: decisions that would have come sooner or later, rows used up and when, trips
    stopped or let go, by district and code. Judged by the rules of the log itself; the same bytes for the same entries and rows. What the log
    itself decided is taken as it stands: audit it first (liandan audit).
    """
    from liandan.cli.connection import read_given
    from liandan.cli.intake_words import tell_findings, tell_notes, tell_repairs
    from liandan.draft_files import DraftFile, UnreadDraft, difference_of, list_name, tried
    from liandan.export import reader_of
    from liandan.intake.answers import told_findings, told_repairs
    from reports.paper.tongue import speaking
    from reports.whatif.draft import DRAFT_MAX
    from reports.whatif.result import result_of
    from reports.whatif.text import lines
    from reports.whatif.writing import write

    if begin is not None:
        return _begin(draft, export_dir, year, list_name(begin))
    asked = DraftFile(draft.name, read_given(draft, DRAFT_MAX), None if stands_for is None else list_name(stands_for))
    try:
        with progress_bar("试算 / trial") as progress:
            trial = tried(reader_of(export_dir), asked, year, progress)
            result = result_of(trial, difference_of(trial))
    except UnreadDraft as unread:
        if not wants_json():
            tell_findings(unread.findings)
        emit(
            {"findings": told_findings(unread.findings, "zh")},
            f"草案有 {len(unread.findings)} 处不符，没有试算 / findings in the draft; nothing was tried",
        )
        return FINDING
    if asked.taken is not None and not wants_json():
        tell_repairs(asked.taken.repairs)
        tell_notes(asked.taken.notes, asked.taken.outcomes)
    tongues: tuple[Tongue, ...] = ("zh", "en") if lang == "both" else (lang,)
    paths = [] if out is None else list(map(str, write(result, out, tongues)))
    told: list[str] = []
    for tongue in tongues:
        with speaking(tongue):
            told += [*lines(result), ""]
    repairs = () if asked.taken is None else told_repairs(asked.taken.repairs, "zh")
    emit({"result": result, "repairs": repairs, "files": paths}, *told[:-1], *paths)
    return 0


def _begin(draft: Path, export_dir: Path, year: int | None, name: str) -> int:
    """The list as the year left it, as a workbook that is not there yet."""
    from liandan.draft_files import as_listed
    from liandan.export import reader_of
    from liandan.wiring import KINDS
    from reports.whatif.laboratory import first_look

    if draft.suffix.lower() != ".xlsx":
        raise click.UsageError("草案是 .xlsx 文件 / the draft is a file .xlsx")
    with progress_bar("读取账本 / reading the log") as progress:
        content = as_listed(first_look(reader_of(export_dir), KINDS, year, progress), name)
    try:
        with draft.open("xb") as out:
            out.write(content)
    except FileExistsError:
        raise click.UsageError(f"已有此文件 / is there already: {draft}") from None
    emit({"path": str(draft)}, str(draft))
    return 0
