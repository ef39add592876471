"""``liandan rebuild``: what is derived from the entries made again, and put in place or only compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from liandan.cli.connection import own_settings
from liandan.cli.output import FINDING, command, emit, progress_bar

if TYPE_CHECKING:
    from liandan.rebuild import Rebuilt


@click.command("rebuild")
@click.option("--verify", is_flag=True, help="只核对，不改动；服务可以照常运行 / compare only, touch nothing; servers may run")
@command
async def rebuild_command(verify: bool) -> int:
    """由条目重新生成全部派生数据（联单视图、检索、动态、名称、登记、附件引用），与现有的逐行比对；不加 --verify 的，以重新生成的为准，服务须已停止。

    Make everything that is derived from the entries again (views, search, feed, names, registries, references to attachments) and compare it
    row by row with what stands: exit code 1 names table and key of the first differences. Without --verify what was made takes its place, with
    the server stopped.
    """
    from liandan.cli.reasons import tell
    from liandan.rebuild import rebuild
    from signing.refusal import Refusal

    try:
        with progress_bar("重建 / rebuild") as progress:
            done = await rebuild(own_settings(), progress, verify=verify)
    except Refusal as refusal:
        if refusal.codes != ["REBUILD_ENTRIES"]:
            raise
        tell(refusal)  # something was found, in the entries themselves
        return FINDING
    emit(done, *_lines(done))
    return 0 if done.is_identical else FINDING


def _lines(done: Rebuilt) -> list[str]:
    from ledger.repair.beside import LEDGERS

    said = [f"条目 / entries {done.size}，投影 / projected {done.at}"]
    for one in done.tables:
        said.append(f"{one.table}：{one.rows} 行 / rows，" + (f"不符 / differing {one.differing}" if one.differing else "一致 / identical"))
        said += [f"  {row.key}  {row.what}" for row in one.first]
        said += ["  …"] if one.differing > len(one.first) else []
    differing = [one for one in done.tables if one.differing]
    if not differing:
        return [*said, "全部一致 / everything is identical"]
    if any(one.table in LEDGERS for one in differing):
        said.append("fact、link、log_head 不由本命令改动 / not touched by this command: liandan log refill")
    if any(one.table not in LEDGERS for one in differing):
        said.append("投影已按条目重建 / the projections are as the entries give them now" if done.is_mended else "→ liandan rebuild")
    return said
