"""What people do with a closed month: see how it stands, confirm it after their own computation, dispute it (``liandan month …``)."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli import prompting
from liandan.cli.connection import client_options, existing_folder, folder, keep_receipts, open_client, open_reader
from liandan.cli.output import FINDING, command, emit, progress_bar, warn
from liandan.cli.streams import shown

if TYPE_CHECKING:
    from liandan.client import AsyncLiandan
    from liandan.months.recompute import CloseDifference, RecomputedClose
    from reports.periods.answers import PeriodAnswer, PeriodCloseAnswer, Periods

direction_option = click.option(
    "--direction", multiple=True, help="方向，如 51-50，可多次；默认所有方向 / directions; default: all between provinces of the log"
)
yes_option = click.option("--yes", is_flag=True, help="不再确认 / do not ask")
_FIELDS = {
    "root": ("树根", "root"),
    "json": ("JSON", "JSON"),
    "xlsx": ("XLSX", "XLSX"),
    "pdf": ("PDF", "PDF"),
    "adjusts": ("所调整的月份", "months adjusted"),
}

_OF_FORMS = (
    "  → JSON 一致：PDF、XLSX 的字节还取决于压缩库（zlib）的版本；确认只签 JSON 的哈希，可用 --json-alone，并只用自己算出的 PDF、XLSX",
    "  → the JSON agrees: bytes of PDF and XLSX also depend on the library that compresses (zlib); only the JSON's hash is signed, so --json-alone "
    "does it; use the PDF and XLSX of your own then",
)


@click.command("status")
@click.argument("month", metavar="[YYYY-MM]", required=False)
@client_options
@command
async def status(month: str | None, **options: Any) -> None:
    """各月结账情况：规模、哈希、谁已确认、谁有异议、还等谁、到哪一天。

    How months stand: at which size they were closed, who has confirmed or disputed, who is waited for until when.
    """
    async with open_reader(**options) as client:
        found = await _periods(client, month)
    names = found.names
    lines = [line for one in found.periods for line in _lines(one, names)]
    emit(found, *(lines or [_none_of(month, found)]))


def _none_of(month: str | None, found: Periods) -> str:
    """Why no month is told of: it is not over, or from before the log."""
    from ledger.times import day_at

    if month is None:
        return "没有已结束的月份 / no month is over"
    today = day_at(found.at)
    if month >= today[:7]:
        return f"{month} 尚未结束（账本现在 {today}），结束后才能结账、确认 / is not over (the log's present is {today})"
    return f"{month} 在账本成立以前，没有对账单 / is before the log was founded"


def _lines(one: PeriodAnswer, names: dict[str, str]) -> list[str]:
    late = "  ！逾期 / late (PERIOD_LATE)" if one.overdue else ""
    due = "" if one.stage == "confirmed" or one.due_on is None else f"  至 / until {one.due_on}"
    lines = [f"{one.month}  {one.from_province}→{one.to_province}  {one.stage_text}{due}{late}"]
    if one.closes:
        close = one.closes[-1]
        again = f"（第 {len(one.closes)} 次 / close no. {len(one.closes)}）" if len(one.closes) > 1 else ""
        lines.append(f"    第 {close.index} 条 / entry {close.index}{again}  规模 / size {close.size}  json {close.json[:16]}…")
        lines += [f"    调整 / adjusts {'、'.join(close.adjusts)}"] if close.adjusts else []
    for said in one.said:
        if said.close == one.closes[-1].index:
            word = f"有异议 / disputes，{said.items} 项 / items：{shown(said.reason)}" if said.disputes else "已确认 / confirmed"
            lines.append(f"    {shown(names.get(said.by, said.by))} {word}")
    lines += [f"    等 / waits for {shown(names.get(uscc, uscc))}" for uscc in one.missing]
    return lines


@click.command("confirm")
@click.argument("month", metavar="YYYY-MM")
@direction_option
@click.option(
    "--from",
    "export_dir",
    type=existing_folder,
    help="本单位的导出件或镜像；默认从服务取全部条目 / an export or mirror of your own; default: the server's entries",
)
@click.option("--out", type=folder, help="保存自己算出的对账单 / keep the files of your own computation")
@click.option(
    "--json-alone",
    is_flag=True,
    help="只有 PDF、XLSX 的字节不同也签署：所确认的是 JSON / sign also where only bytes of PDF or XLSX differ: the JSON is confirmed",
)
@yes_option
@client_options
@command
async def confirm(
    month: str, direction: tuple[str, ...], export_dir: Path | None, out: Path | None, *, json_alone: bool, yes: bool, **options: Any
) -> int:
    """确认月度对账单：先审计整本账、按结账时的规模自行计算，与运营单位所签逐项核对；有任何不同，说明不同之处，不签署。

    Confirm a month: audit the log, compute the statement anew at the size of the close, and compare. Whatever differs is told and nothing is signed.
    """
    from liandan.months.recompute import differences, recompute
    from reports.periods.planning import MonthDue

    async with open_client(needs_key=True, **options) as client, _source(client, export_dir) as source:
        receipts = keep_receipts(client, options["receipts"])
        wanted = await _spoken_of(client, month, direction)
        agreed = []
        for one in wanted:
            close = one.closes[-1]
            due = MonthDue(month, (one.from_province, one.to_province))
            with progress_bar("审计并计算 / auditing, computing") as progress:
                own = await asyncio.to_thread(recompute, await source(), due, close, progress)
            if out is not None:
                await asyncio.to_thread(own.write, out)
            _check_log(client, own, close)
            parts = differences(close, own)
            if any(not (json_alone and part.is_form) for part in parts):
                _told_apart(one, parts, out)
                return FINDING
            agreed.append(one)
            what = "（JSON；其余见下） (the JSON; of the rest see below)" if parts else ""
            warn(
                f"{one.period}：本单位计算与所签一致{what} / your own computation is the one that was signed",
                *_verdict(own),
                *_unlike(parts),
            )
        if not (yes or prompting.confirm("签署确认？ / sign the confirmation?", err=True)):
            emit({"is_signed": False, "periods": [one.period for one in agreed]}, "未签署 / not signed")
            return FINDING
        indices = {one.period: await _sign(client, "period.confirm/1", one, {"json": one.closes[-1].json}) for one in agreed}
    emit(
        {"is_signed": True, "entries": indices},
        *(f"已确认 / confirmed: {chain}  第 {at} 条 / entry {at}" for chain, at in indices.items()),
        f"  回执 / receipts: {receipts}",
    )
    return 0


@click.command("dispute")
@click.argument("month", metavar="YYYY-MM")
@direction_option
@click.option("--reason", required=True, help="理由 / why")
@click.option(
    "--item",
    "items",
    multiple=True,
    required=True,
    metavar="项=说明",
    help='有异议的未符项及说明，如 "M4 manifest/…/… 0=磅单为 5.548 吨"，标识照抄 liandan items list 所列，1 至 100 项 / items and notes, key=note',
)
@yes_option
@client_options
@command
async def dispute(month: str, direction: tuple[str, ...], reason: str, items: tuple[str, ...], *, yes: bool, **options: Any) -> int:
    """对月度对账单提出异议，逐项说明；运营单位处理后再次结账，下个月结账后则由以后月份调整。

    Dispute a month, line by line; the operator closes it again once that is seen to, and once the following month is closed a later one adjusts it.
    """
    named = [{"key": key.strip(), "note": note.strip()} for key, _, note in (text.partition("=") for text in items)]
    async with open_client(needs_key=True, **options) as client:
        receipts = keep_receipts(client, options["receipts"])
        wanted = await _spoken_of(client, month, direction)
        if len(wanted) > 1:
            ways = " ".join(f"{one.from_province}-{one.to_province}" for one in wanted)
            raise click.UsageError(f"异议只针对一个方向：--direction（{ways}） / a dispute is of one direction: --direction, one of {ways}")
        [one] = wanted
        warn(f"{one.period}", f"  {shown(reason)}", *(f"  {shown(item['key'])}  {shown(item['note'])}" for item in named))
        if not (yes or prompting.confirm("签署异议？ / sign the dispute?", err=True)):
            emit({"is_signed": False, "period": one.period}, "未签署 / not signed")
            return FINDING
        body = {"json": one.closes[-1].json, "reason": reason, "items": named}
        at = await _sign(client, "period.dispute/1", one, body)
    emit(
        {"is_signed": True, "entries": {one.period: at}},
        f"已提出异议 / disputed: {one.period}  第 {at} 条 / entry {at}",
        f"  回执 / receipts: {receipts}",
    )
    return 0


async def _periods(client: AsyncLiandan, month: str | None) -> Periods:
    import msgspec

    from reports.periods.answers import Periods
    from reports.reconcile import check_month

    if month is not None:
        check_month(month)
    return msgspec.json.decode(await client.get("/v1/periods", **({} if month is None else {"month": month})), type=Periods)


async def _spoken_of(client: AsyncLiandan, month: str, directions: Sequence[str]) -> list[PeriodAnswer]:
    """The closed directions that this authority has still to speak of, or those that are named. Refusal PERIOD_STATE where there is none."""
    from reports.reconcile import check_direction
    from signing.refusal import refuse

    named = [check_direction(source, target) for source, _, target in (text.partition("-") for text in directions)]
    found = await _periods(client, month)
    asked = [one for one in found.periods if not named or (one.from_province, one.to_province) in named]
    ready = [one for one in asked if one.closes and (named or client.uscc in one.missing)]
    if not ready:
        standing = "；".join(f"{month} {one.from_province}-{one.to_province} {one.stage_text}" for one in asked)
        raise refuse("PERIOD_STATE", field="month", found=standing or _none_of(month, found))
    return ready


@asynccontextmanager
async def _source(client: AsyncLiandan, export_dir: Path | None) -> AsyncIterator[Any]:
    """A reader of the files that are audited: those of one's own, or the server's, fetched once into a folder that is taken away afterwards."""
    from liandan.export import archived_at, export, fetch_url, reader_of
    from liandan.wiring import KINDS

    with tempfile.TemporaryDirectory(prefix="liandan-confirm-") as fresh:
        place, fetched = export_dir or Path(fresh), export_dir is not None

        async def read() -> Any:
            nonlocal fetched
            if not fetched:
                with progress_bar("取条目 / fetching entries") as progress:
                    await export(fetch_url(client), await archived_at(client), place, KINDS, progress)
                fetched = True
            return reader_of(place)

        yield read


def _check_log(client: AsyncLiandan, own: RecomputedClose, close: PeriodCloseAnswer) -> None:
    """What was audited is the log that is signed for, and has the close as the server tells it. Dishonest otherwise."""
    from liandan.client import Dishonest

    if client.trust is None or own.found != client.trust.found:
        raise Dishonest(
            f"账本是 {own.found}，所签的是 {client.trust.found if client.trust else '-'}：不是同一本 / another log than the one signed for"
        )
    if not own.is_of(close):
        raise Dishonest(f"第 {close.index} 条不是服务所说的那次结账 / entry {close.index} is not the close that the server tells of")


def _told_apart(one: PeriodAnswer, parts: Sequence[CloseDifference], out: Path | None) -> None:
    """What differs, and what to do about it."""
    what = (
        f"自己的文件在 / your own files: {out}"
        if out is not None
        else "以 --out 保存自己的文件，逐行比较 / keep your own files with --out and compare them"
    )
    emit(
        {"is_signed": False, "period": one.period, "differences": parts},
        f"{one.period}：与本单位的计算不同，未签署 / differs from your own computation, nothing was signed",
        *_unlike(parts),
        *(_OF_FORMS if all(part.is_form for part in parts) else ()),
        f"  → {what}；程序版本须与运营单位相同 / the program's version must be the operator's",
        f"  → 确有差错的 / where it is wrong: liandan month dispute {one.month} --direction {one.from_province}-{one.to_province} --reason … --item …",
    )


def _unlike(parts: Sequence[CloseDifference]) -> list[str]:
    """What differs, line by line."""
    told = ((*_FIELDS[part.what], part) for part in parts)
    return [f"  {zh} / {en}：所签 / signed {part.signed or '-'}，本单位 / own {part.own or '-'}" for zh, en, part in told]


def _verdict(own: RecomputedClose) -> list[str]:
    """What the statement says, for whoever signs it: whether the month is fine, its lines and whether the equation holds."""
    from reports.reconciliation.judged.verdict import both_sentences

    statement = own.statement
    balance = (
        "镜像等式成立 / the mirror equation holds"
        if statement.is_balanced
        else "镜像等式不成立 / the mirror equation does not hold (MIRROR_UNEQUAL)"
    )
    count = len(statement.adjustments)
    return [
        *(f"  {one}" for one in both_sentences(statement).values()),
        f"  {len(statement.rows)} 行 / lines；{balance}；往月调整 {count} 笔 / adjustments {count}",
    ]


async def _sign(client: AsyncLiandan, kind: str, one: PeriodAnswer, body: Mapping[str, object]) -> int:
    draft = await client.draft(kind, one.period, body)
    return (await client.post(client.sign(draft))).index
