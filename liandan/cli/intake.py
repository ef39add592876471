"""``liandan intake``: what an office's spreadsheet says, cell by cell: statements to be signed, or everything that is wrong (docs/intake.md)."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import click

from liandan.cli.connection import client_options, existing, file, folder, open_client, profile_for, read_given
from liandan.cli.output import FINDING, command, emit, wants_json

if TYPE_CHECKING:
    from liandan.intake.answers import IntakeAnswer
    from liandan.intake.difference import ComparedRow, ListDifference

SORTS = ("list", "permits", "openings")
LIST = re.compile("list/20[0-9]{2}-[0-9]{2}-[0-9]{2}-[a-z0-9]{1,16}")
COMMANDS = {"list.propose/1": "list propose", "list.rows/1": "list rows", "permit.grant/1": "permit grant", "quota.open/1": "quota open"}


@click.command()
@click.argument("paths", type=existing, nargs=-1)
@click.option("--as", "sort", type=click.Choice(SORTS), default="list", help="文件是什么：白名单、许可证、期初用量 / what the file is")
@click.option(
    "--term",
    "terms",
    multiple=True,
    metavar="FIELD=VALUE",
    help="文件里没写的名单要素，如 letter_no=川环函〔2026〕9号 / a term of the list that stands in no file",
)
@click.option(
    "--against", metavar="FILE|LIST", help="与另一个文件或账本中的名单比较 / compare with another file, or with a list of the log"
)
@click.option("--difference", type=file, help="差异另存为 XLSX / write the difference as XLSX")
@click.option("--bodies", type=folder, help="声明的内容写成 JSON 文件，供签署 / write the bodies as JSON files, to be signed")
@click.option(
    "--export",
    "exported",
    metavar="LIST",
    help="把账本中的名单写成表格，不读文件 / write a list of the log as a workbook and read nothing",
)
@click.option("--to", "target", type=file, help="导出到哪个文件 / file that --export writes")
@click.option("--template", type=file, help="写出空白模板，不读文件 / write the empty template and read nothing")
@click.option("--offline", is_flag=True, help="不连接账本：许可证以标识填写 / ask no log: permits are named by their chains")
@client_options
@command
async def intake(
    paths: tuple[Path, ...], sort: str, terms: tuple[str, ...], against: str | None, difference: Path | None, bodies: Path | None,
    exported: str | None, target: Path | None, template: Path | None, offline: bool, **options: Any,
) -> int:  # fmt: skip
    """表格接收：读 xlsx、xls、et、csv，逐格列出修正和不符之处，什么都不签。 / Read an office's spreadsheet: repairs and findings cell by cell; nothing is signed."""
    if template is not None:
        return _template(template, sort)
    if exported is not None:
        return await _export(exported, target, options)
    if not paths:
        raise click.UsageError("请给出文件，或以 --template 写出模板 / name a file, or write the template with --template")
    is_connected = not offline and (options["url"] is not None or options["key_file"] is not None or profile_for(None) is not None)
    asked = _Asked(sort, _given(terms), options if is_connected else None)
    is_list = against is not None and LIST.fullmatch(against) is not None
    other = None if against is None or is_list else _other(against)
    answer = await asked.read(paths, against or "" if is_list else "", by_numbers=other is not None)
    found = answer.difference if other is None or answer.findings else await asked.compare(answer, other)
    _tell(answer)
    if found is not None and difference is not None:
        _write_difference(difference, found, (against or "", "、".join(path.name for path in paths)))
    emit(
        {**_builtins(answer), "difference": None if found is None else _builtins(found)},
        *_summary(answer),
        *_told(found),
        *_bodies(answer, bodies),
    )
    return FINDING if answer.findings else 0


class _Asked:
    """How files are read: here, or by the server that knows the log."""

    def __init__(self, sort: str, given: Mapping[str, str], options: dict[str, Any] | None) -> None:
        self._sort, self._given, self._options = sort, given, options

    async def read(self, paths: Sequence[Path], against: str = "", *, by_numbers: bool = False) -> IntakeAnswer:
        if self._options is not None:
            return await self._posted(paths, against)
        if against:
            raise click.UsageError("与账本中的名单比较须连接账本：--url / comparing with a list of the log needs --url")
        from liandan.intake.answers import intake_answer
        from liandan.intake.ground import NumberGround
        from liandan.intake.opening import bytes_of
        from liandan.intake.saying import SheetReading
        from liandan.intake.taking import take

        out = SheetReading()
        files, ground = bytes_of(paths, out), NumberGround() if by_numbers else None
        taken = take(self._sort, files, at_s=int(time.time()), given=self._given, out=out, ground=ground)  # type: ignore[arg-type]  # a choice
        return intake_answer(taken, "zh")

    async def _posted(self, paths: Sequence[Path], against: str) -> IntakeAnswer:
        import msgspec

        from liandan.intake.answers import IntakeAnswer
        from liandan.intake.sniffing import FILE_MAX

        if len(paths) > 1:
            raise click.UsageError("连接账本时一次一个文件 / with the log one file at a time")
        query = {"as": self._sort, "name": paths[0].name[:200], "lang": "zh"}
        query |= {"against": against} if against else {}
        query |= {"terms": msgspec.json.encode(self._given).decode()} if self._given else {}
        async with open_client(**(self._options or {})) as client:
            raw = await client.send_file(f"/v1/intake?{urlencode(query)}", read_given(paths[0], FILE_MAX))
        return msgspec.json.decode(raw, type=IntakeAnswer)

    async def compare(self, answer: IntakeAnswer, other: Path) -> ListDifference | None:
        """A file against an earlier one; None where that has findings, which are told."""
        from liandan.intake.difference import compare_lists

        earlier = await self.read([other], by_numbers=True)
        if earlier.findings:
            _tell(earlier)
            return None
        return compare_lists(_rows(earlier), _rows(answer), {**earlier.names, **answer.names})


def _other(against: str) -> Path:
    path = Path(against)
    if not path.is_file():
        raise click.UsageError(f"没有这个文件，也不是名单 / neither a file nor a list: {against}")
    return path


def _rows(answer: IntakeAnswer) -> list[ComparedRow]:
    import msgspec

    from liandan.intake.difference import rows_of_draft
    from whitelist.acts.list_rows import Row

    rows = (row for statement in answer.statements if statement.kind == "list.rows/1" for row in statement.body["rows"])
    return rows_of_draft([msgspec.convert(row, Row) for row in rows], {})


async def _export(name: str, target: Path | None, options: dict[str, Any]) -> int:
    chain = name if name.startswith("list/") else f"list/{name}"
    if not LIST.fullmatch(chain):
        raise click.UsageError("名单写成 list/2027-51-50-a / write the list as list/2027-51-50-a")
    async with open_client(**options) as client:
        raw = await client.get("/v1/intake/list.xlsx", list=chain)
    path = target or Path(f"{chain.removeprefix('list/')}.xlsx")
    _write_new(path, raw)
    emit({"path": str(path), "list": chain}, str(path))
    return 0


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


def _given(terms: Sequence[str]) -> dict[str, str]:
    found = {}
    for term in terms:
        name, mark, value = term.partition("=")
        if not mark:
            raise click.UsageError(f"写成 名称=内容 / write it as FIELD=VALUE: {term}")
        found[name] = value
    return found


def _write_new(path: Path, raw: bytes) -> None:
    """A file that was not there."""
    try:
        with path.open("xb") as out:
            out.write(raw)
    except FileExistsError:
        raise click.UsageError(f"已有此文件 / is there already: {path}") from None


def _write_difference(path: Path, found: ListDifference, titles: tuple[str, str]) -> None:
    import io

    from liandan.intake.difference import write_difference

    out = io.BytesIO()
    write_difference(out, found, titles)
    _write_new(path, out.getvalue())


def _bodies(answer: IntakeAnswer, directory: Path | None) -> list[str]:
    """The bodies as files, and the commands that sign them."""
    import msgspec

    if directory is None:
        return []
    directory.mkdir(parents=True, exist_ok=True)
    lines = ["逐份核对并签署 / look at each and sign it:"] if answer.statements else []
    for number, statement in enumerate(answer.statements, 1):
        path = directory / f"{number:03d}-{statement.kind.partition('/')[0]}.json"
        _write_new(path, msgspec.json.format(msgspec.json.encode(statement.body), indent=1) + b"\n")
        lines.append(f"  liandan {COMMANDS[statement.kind]} {statement.chain} --from {path}".replace("  --from", " --from"))
    return lines


# ---------------------------------------------------------------------- telling


def _tell(answer: IntakeAnswer) -> None:
    from liandan.cli.intake_words import tell_answer

    if not wants_json():
        tell_answer(answer)


def _builtins(answer: Any) -> Any:
    import msgspec

    return msgspec.to_builtins(answer)


def _told(found: ListDifference | None) -> list[str]:
    return [] if found is None else [f"差异 / difference: {found.zh}", f"  {found.en}", *(f"  {row.zh}" for row in found.rows[:200])]


def _summary(answer: IntakeAnswer) -> list[str]:
    counted = {name: sum(row.outcome == name for row in answer.rows) for name in ("taken", "refused", "left_out")}
    told = [f"读取 {counted['taken']} 行，有不符 {counted['refused']} 行，不计 {counted['left_out']} 行 / rows taken, refused, left out"]
    if answer.findings:
        return [*told, f"发现 {len(answer.findings)} 处，没有得出声明 / {len(answer.findings)} findings; no statement was made"]
    if answer.known:
        told.append(f"读过：账本中已有各行完全相同的名单 / read before: {'、'.join(answer.known)}")
    for statement in answer.statements:
        size = f"，{len(statement.body['rows'])} 行" if statement.kind == "list.rows/1" else ""
        told.append(f"  {statement.kind} {statement.chain or '（名单未定）'}{size}")
    return [*told, *([f"各行摘要 / rows_hash: {answer.rows_hash}"] if answer.rows_hash else [])]
