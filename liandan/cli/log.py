"""``liandan log``: found a log offline, ask how it is, and the ways on after a freeze or a restored database."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli.connection import (
    client_options,
    existing,
    existing_folder,
    file,
    now_option,
    open_client,
    own_settings,
    read_given,
)
from liandan.cli.founding import found_command
from liandan.cli.issuer import issuer
from liandan.cli.office.groups import ActGroup, group
from liandan.cli.output import FINDING, command, emit, progress_bar, wants_json

if TYPE_CHECKING:
    from liandan.repair import Prepared

MANY = 20
"""Replaced entries named one by one; ``--json`` names all."""


@click.group(cls=ActGroup, noun="log")
def log() -> None:
    """账本 / the log."""


log.add_command(found_command)
log.add_command(issuer)
for _noun, _told in (
    ("witness", "见证方：设定 / witnesses: set them"),
    ("ruleset", "规则集：采用 / rulesets: adopt one"),
    ("data", "基础数据：采用 / data sets: adopt one"),
    ("pd", "个人信息：删除 / personal data: erase"),
):
    log.add_command(group(_noun, _told))


@log.command()
@client_options
@command
async def status(**options: Any) -> int:
    """账本状态：本机账本的发布、见证、冻结与防护；给出 --url 则询问服务。

    This installation's log: publication, witnesses, freezes, guards; with --url what a server says of its log.
    """
    if options["url"] is None:
        return await _own_status()
    begun = time.monotonic()
    client = open_client(**options)
    try:
        found = await client.log()
    finally:
        await client.close()
    took_ms = round((time.monotonic() - begun) * 1000)
    emit(
        found,
        f"{found.origin}  {'未成立 / not founded' if found.found is None else found.found}",
        f"已发布 / published {found.size}，已提交 / committed {found.committed}，时钟 / clock {found.clock or '-'}",
        f"{found.now}，{took_ms} ms",
    )
    return 0


async def _own_status() -> int:
    """The state of this installation's log; exit code 1 when somebody has to act."""
    from ledger.times import format_at
    from liandan.installation import read_status

    found = await read_status(own_settings())
    said = [
        f"{found.origin or '未成立 / not founded'}  {found.found}",
        f"已发布 / published {found.published}，已承诺 / promised {found.promised}，已提交 / committed {found.committed}",
        f"发布进程 / publisher: {'运行中 / running' if found.publisher == 'running' else '未运行 / stopped'}",
    ]
    for one in found.witnesses:
        at = "未联署 / missing" if one.cosigned_at is None else f"{format_at(one.cosigned_at)} 联署 / cosigned"
        said.append(f"见证 / witness {one.name}：{at}　{one.address or '未设地址 / no address'}")
    said += ["降级：未达到见证策略 / DEGRADED: short of the quorum"] if found.is_degraded else []
    said += ["数据库落后于承诺 / the database is behind the promise", "  → liandan log refill"] if found.is_behind else []
    said += [f"已冻结 / FROZEN: {found.frozen}", "  → liandan log cut --prepare FILE"] if found.frozen else []
    said += [f"  证据 / evidence: {path}" for path in found.evidence]
    guards = found.guards
    missing = (*guards.event_triggers_missing, *guards.roles_missing, *guards.triggers_off, *guards.replaced)
    said.append("数据库防护齐全 / guards complete" if guards.are_complete else f"数据库防护缺少 / guards missing: {', '.join(missing)}")
    emit(found, *said)
    return 0 if found.is_good else FINDING


@log.command()
@click.option("--prepare", "prepare_to", type=file, help="写出待会签的声明 / write the statement to sign")
@click.option("--apply", "signed", type=existing, help="执行已会签的声明；服务须已停止 / carry out the signed one, server stopped")
@now_option
@command
async def cut(prepare_to: Path | None, signed: Path | None, now: str | None) -> int:
    """冻结后恢复：退回到已承诺的条目数，未受影响的声明重新入账。先 --prepare，会签，再 --apply。

    After a freeze: back to what was promised; untouched statements come again. First --prepare, co-sign, then --apply.
    """
    from ledger.times import parse_at
    from liandan import repair

    if (prepare_to is None) == (signed is None):
        raise click.UsageError("--prepare 与 --apply 二选一 / give one of --prepare and --apply")
    now_s = None if now is None else parse_at(now, "--now")
    if prepare_to is not None:
        _show(await repair.prepare(own_settings(), now_s=now_s), prepare_to)
        return 0
    assert signed is not None, "one of the two"
    done = await repair.apply(own_settings(), await asyncio.to_thread(read_given, signed), now_s=now_s)
    emit(
        done,
        f"log.cut 已入账 / admitted: {done.index}；恢复 / back {len(done.back) - len(done.lost)} 条，未恢复 / not back {len(done.lost)} 条",
        *(f"  原序位 / was {one.old_index}  {one.statement}  {', '.join(one.codes)}" for one in done.lost),
        f"已发布 / published {done.published}",
    )
    return FINDING if done.lost else 0


def _show(made: Prepared, path: Path) -> None:
    """Write the statement and the tail beside it, and say who signs next."""
    from ledger.admission.statement import hash_of
    from signing.envelope import freeze

    plan, tail, to_sign = made.plan, path.with_name(path.name + ".tail"), made.yet_to_sign
    path.write_bytes(freeze(made.envelope) + b"\n")
    tail.write_bytes(plan.tail)
    coming, damaged = len(plan.envelopes), ", ".join(map(str, plan.unreadable))
    told = {"statement": hash_of(made.envelope), "size": plan.body.size, "cut": made.cut_entries, "coming_back": coming}
    emit(
        {**told, "unreadable": plan.unreadable, "yet_to_sign": to_sign, "path": str(path), "tail": str(tail)},
        f"退回到 / back to {plan.body.size} 条，移出 / cut {made.cut_entries} 条，其中可重新入账 / may come again {coming} 条",
        *([f"已损坏 / no longer as written: {damaged}"] if damaged else []),
        f"待会签，依次为 / to be signed, in this order: {', '.join(to_sign)}",
        f"  liandan statement cosign {path} --key 主管部门密钥.pem",
        f"移出清单 / tail: {tail}；会签齐全后停止服务 / then stop the server: liandan log cut --apply {path}",
    )


@log.command()
@command
def policy() -> int:
    """输出本账本的 tlog-policy 文件：公钥与现行见证。 / The log's tlog-policy: its keys and the witnesses in force."""
    from liandan.installation import own_policy

    text = own_policy(own_settings())
    if wants_json():
        emit({"policy": text.decode()})
    else:
        sys.stdout.buffer.write(text)
    return 0


@log.command("move-store")
@click.option(
    "--instead-of",
    "instead_of",
    required=True,
    metavar="PATH",
    help="数据库现在登记的检查点存储（拒绝启动时所示） / the store that is registered now",
)
@command
async def move_store_command(instead_of: str) -> int:
    """迁移或恢复之后：改由本机的检查点存储从数据库发布。全部服务须已停止，原来的存储不得再用。

    After a move or a restore: let this installation's checkpoint store publish from the database. Stop all servers; the former store must not
    be used again.
    """
    from liandan.installation import open_offline
    from liandan.store_registration import move_store, own_registration

    async with open_offline(own_settings()) as (connection, checkpoints, _):
        before, now = await move_store(connection, checkpoints, instead_of), own_registration(checkpoints)
    emit({"before": before, "now": now}, f"已登记 / registered: {now.path}（{now.id[:8]}）", "现在可以启动服务 / now start the server")
    return 0


@log.command()
@click.option(
    "--from",
    "source",
    type=existing_folder,
    help="导出目录或见证方镜像；默认本机的 LIANDAN_LOG_DIR / an export or a mirror; default: the files of this installation",
)
@command
async def refill(source: Path | None) -> int:
    """恢复数据库备份之后：把已承诺的条目逐字节补回数据库。服务须已停止；可重复执行。

    After the database was restored from a backup: put back, byte for byte, every entry that was promised. With the server stopped; may be
    repeated.
    """
    from liandan import repair

    with progress_bar("核对并补齐 / refill") as progress:
        done = await repair.refill(own_settings(), source, progress)
    named = ", ".join(map(str, done.replaced[:MANY])) + (" …" if len(done.replaced) > MANY else "")
    emit(
        done,
        f"数据库已有全部 {done.size} 条已承诺的条目 / all promised entries are in the database: {done.size}",
        f"补入 / added {done.added} 条，链位 / places {done.links}，替换被改动的 / replaced {len(done.replaced)} 条",
        *([f"  序位 / indices: {named}"] if done.replaced else []),
        *([f"其上未承诺的未动 / above it, untouched: {done.above} 条"] if done.above else []),
        "请启动服务，再执行 liandan audit / now start the server, then run liandan audit",
    )
    return 0
