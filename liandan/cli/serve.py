"""What runs until it is stopped: ``liandan serve``, ``signer``, ``demo``; and ``liandan migrate``, which comes before."""

import asyncio
import signal
import sys
import threading
from pathlib import Path

import click

from liandan.cli.connection import folder, own_settings
from liandan.cli.output import FINDING, command, emit, say, service, wants_json
from signing.phrase import Phrase


@click.command()
@click.option("--host", help="监听地址 / address to listen on")
@click.option("--port", type=click.IntRange(1, 65_535), help="端口 / port")
@service
def serve(host: str | None, port: int | None, log_json: bool) -> int:
    """启动服务，直到 Ctrl-C。设置见 docs/operations.md。 / Serve until Ctrl-C."""
    import uvloop

    from liandan import server
    from liandan.process import set_up_logging, tune

    found = own_settings({"HOST": host, "PORT": None if port is None else str(port), "LOG_JSON": "1" if log_json else None})
    set_up_logging(found.log_json)
    tune()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(server.serve(found))
    return 0


@click.command("migrate")
@command
async def migrate_command() -> int:
    """升级数据库结构（内置数据库启动时自动升级）。 / Bring the schema up to date; the embedded database is migrated at start."""
    from liandan.database import database_url, migrate, schema_revision

    async with database_url(own_settings()) as dsn:
        repaired = await migrate(dsn)
    lines = [
        *(f"已补回 / put back: {line}" for line in repaired.restored),
        *(f"仍不同 / still differs: {line}" for line in repaired.differing),
    ]
    said = {"revision": schema_revision(), "restored": repaired.restored, "differing": repaired.differing}
    emit(
        said,
        *lines,
        "数据库结构已是最新 / the schema is up to date" if not repaired.differing else "数据库结构与程序所需不同 / the schema differs",
    )
    return FINDING if repaired.differing else 0


@click.command()
@click.argument("socket_path", type=click.Path(path_type=Path))
@service
def signer(socket_path: Path, log_json: bool) -> int:
    """在 SOCKET_PATH 上等候签名请求；服务端设 LIANDAN_SIGNER_SOCKET 指向它，其密钥文件中可不含账本密钥。

    Answer at SOCKET_PATH until stopped. It reads key_file and checkpoint_store of the settings, and signs nothing but the promise there.
    """
    import structlog

    from ledger.publishing.checkpoint_store import CheckpointStore
    from ledger.publishing.signer import LocalSigner, serve_signer
    from liandan.keyring import read_keyring
    from liandan.process import set_up_logging
    from signing.refusal import refuse

    set_up_logging(log_json)
    settings = own_settings()
    keys = read_keyring(settings)
    if keys.log is None:
        raise refuse("KEYRING", field="key_file", found=Phrase("没有账本密钥", "no log key"), expected=Phrase("账本密钥", "the log key"))
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    store = CheckpointStore(settings.checkpoint_path)
    if log_json:
        structlog.get_logger("liandan.signer").info("signing", origin=keys.origin, socket=str(socket_path))
    else:
        say(f"签名进程已就绪 / signer ready: {socket_path}")
        sys.stdout.flush()  # whoever starts it waits for this line
    serve_signer(socket_path, store, keys.origin, LocalSigner(keys.origin, keys.log, keys.log_ml_dsa), stopped.is_set)
    return 0


@click.command()
@click.option("--out", type=folder, default=Path("demo-out"), show_default=True, help="结果目录 / results")
@click.option("--seed", type=int, default=20261001, show_default=True, help="随机种子 / seed")
@click.option("--serve", "is_served", is_flag=True, help="结束后继续提供服务 / keep serving afterwards")
@command
async def demo(out: Path, seed: int, is_served: bool) -> None:
    """在本机演示川渝两地一个月的跨省转移。 / A month of transfers between two provinces, on this machine."""
    from rich.console import Console

    from liandan.demo.run import run
    from liandan.demo.screen import Screen

    # With --json the story is told on stderr, and summary.json once more on stdout at the end (with --serve: after Ctrl-C).
    emit(await run(out, seed, is_served, Screen(Console(stderr=True)) if wants_json() else None))
