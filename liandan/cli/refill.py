"""``liandan log refill``: the way on after a database was restored from a backup."""

from pathlib import Path

import click

from liandan.cli.output import command, emit, json_option
from liandan.cli.progress import progress_bar
from liandan.cli.serve import own_settings

MANY = 20
"""Replaced entries named one by one; ``--json`` names all."""


@click.command()
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="导出目录或见证方镜像；默认本机的 LIANDAN_LOG_DIR / an export or a mirror; default: the files of this installation",
)
@json_option
@command
async def refill(source: Path | None, as_json: bool) -> int:
    """恢复数据库备份之后：把已承诺的条目逐字节补回数据库。服务须已停止；可重复执行。

    After the database was restored from a backup: put back, byte for byte, every entry that was promised. With the server stopped; may be
    repeated.
    """
    from liandan import refilling

    with progress_bar("核对并补齐 / refill", as_json) as progress:
        done = await refilling.refill(own_settings(), source, progress)
    named = ", ".join(map(str, done.replaced[:MANY])) + (" …" if len(done.replaced) > MANY else "")
    emit(
        done,
        as_json,
        f"数据库已有全部 {done.size} 条已承诺的条目 / all promised entries are in the database: {done.size}",
        f"补入 / added {done.added} 条，链位 / places {done.links}，替换被改动的 / replaced {len(done.replaced)} 条",
        *([f"  序位 / indices: {named}"] if done.replaced else []),
        *([f"其上未承诺的未动 / above it, untouched: {done.above} 条"] if done.above else []),
        "请启动服务，再执行 liandan audit / now start the server, then run liandan audit",
    )
    return 0
