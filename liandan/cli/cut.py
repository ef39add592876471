"""``liandan log status``, ``cut`` and ``policy``: how the log of this installation stands, and the way on after a freeze."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ledger.admission.statement import hash_of
from ledger.times import format_at, parse_at
from liandan.cli.connection import existing
from liandan.cli.output import FINDING, command, emit, json_option
from liandan.cli.serve import own_settings
from signing.envelope import freeze

if TYPE_CHECKING:
    from liandan.cutting import Prepared


async def local_status(as_json: bool) -> int:
    """The state of this installation's log; exit code 1 when somebody has to act."""
    from liandan.log_status import InstallationStatus, read_status

    def lines(found: InstallationStatus) -> list[str]:
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
        return said

    found = await read_status(own_settings())
    emit(found, as_json, *lines(found))
    return 0 if found.is_good else FINDING


def _show(made: Prepared, path: Path, as_json: bool) -> None:
    """Write the statement and the tail beside it, and say who signs next."""
    plan, tail = made.plan, path.with_name(path.name + ".tail")
    path.write_bytes(freeze(made.envelope) + b"\n")
    tail.write_bytes(plan.tail)
    coming = len(plan.envelopes)
    told = {"statement": hash_of(made.envelope), "size": plan.body.size, "cut": made.cut_entries, "coming_back": coming}
    damaged = ", ".join(map(str, plan.unreadable))
    emit(
        {**told, "unreadable": plan.unreadable, "yet_to_sign": made.yet_to_sign, "path": str(path), "tail": str(tail)},
        as_json,
        f"退回到 / back to {plan.body.size} 条，移出 / cut {made.cut_entries} 条，其中可重新入账 / may come again {coming} 条",
        *([f"已损坏 / no longer as written: {damaged}"] if damaged else []),
        f"待会签，依次为 / to be signed, in this order: {', '.join(made.yet_to_sign)}",
        f"  liandan statement cosign {path} --key 主管部门密钥.pem",
        f"移出清单 / tail: {tail}；会签齐全后停止服务 / then stop the server: liandan log cut --apply {path}",
    )


@click.command()
@click.option(
    "--prepare", "prepare_to", type=click.Path(dir_okay=False, path_type=Path), help="写出待会签的声明 / write the statement to sign"
)
@click.option("--apply", "signed", type=existing, help="执行已会签的声明；服务须已停止 / carry out the signed one, server stopped")
@click.option("--now", help="模拟账本的当前时间 / present of a simulated log")
@json_option
@command
async def cut(prepare_to: Path | None, signed: Path | None, now: str | None, as_json: bool) -> int:
    """冻结后恢复：退回到已承诺的条目数，未受影响的声明重新入账。先 --prepare，会签，再 --apply。

    After a freeze: back to what was promised; untouched statements come again. First --prepare, co-sign, then --apply.
    """
    from liandan import cutting

    if (prepare_to is None) == (signed is None):
        raise click.UsageError("--prepare 与 --apply 二选一 / give one of --prepare and --apply")
    now_s = None if now is None else parse_at(now, "--now")
    if prepare_to is not None:
        _show(await cutting.prepare(own_settings(), now_s=now_s), prepare_to, as_json)
        return 0
    assert signed is not None, "one of the two"
    done = await cutting.apply(own_settings(), await asyncio.to_thread(signed.read_bytes), now_s=now_s)
    emit(
        done,
        as_json,
        f"log.cut 已入账 / admitted: {done.index}；恢复 / back {len(done.back) - len(done.lost)} 条，未恢复 / not back {len(done.lost)} 条",
        *(f"  原序位 / was {one.old_index}  {one.statement}  {', '.join(one.codes)}" for one in done.lost),
        f"已发布 / published {done.published}",
    )
    return FINDING if done.lost else 0


@click.command()
@json_option
@command
def policy(as_json: bool) -> int:
    """输出本账本的 tlog-policy 文件：公钥与现行见证。 / The log's tlog-policy: its keys and the witnesses in force."""
    from liandan.log_status import own_policy

    text = own_policy(own_settings())
    if as_json:
        emit({"policy": text.decode()}, as_json)
    else:
        sys.stdout.buffer.write(text)
    return 0
