"""``liandan serve``, ``liandan migrate``."""

from __future__ import annotations

import asyncio
import logging
import os
import sys

import click
import msgspec
import structlog
import uvloop

from liandan import settings as read
from liandan.cli.output import command, console
from liandan.database import migrate
from liandan.process import tune
from liandan.settings import Settings


def own_settings(host: str | None = None, port: int | None = None) -> Settings:
    """Settings of this installation, with what the command line says on top."""
    env = dict(os.environ)
    env |= {} if host is None else {"LIANDAN_HOST": host}
    env |= {} if port is None else {"LIANDAN_PORT": str(port)}
    return read.load(env)


@click.command()
@click.option("--host", help="监听地址 / address to listen on")
@click.option("--port", type=int, help="端口 / port")
@click.option("--log-json", is_flag=True, help="日志为 JSON / log lines as JSON")
@command
def serve(host: str | None, port: int | None, log_json: bool) -> int:
    """启动服务，直到 Ctrl-C。设置见 docs/operations.md。 / Serve until Ctrl-C."""
    from liandan import server

    set_up_logging(log_json)
    found = own_settings(host, port)
    tune()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(server.serve(found))
    return 0


@click.command("migrate")
@command
async def migrate_command() -> int:
    """升级数据库结构（内置数据库启动时自动升级）。 / Bring the schema up to date; the embedded database is migrated at start."""
    from liandan.server import database_url

    async with database_url(own_settings()) as dsn:
        await migrate(dsn)
    console.print("数据库结构已是最新 / the schema is up to date")
    return 0


def set_up_logging(as_json: bool) -> None:
    """One event a line, without locals of tracebacks: they may hold what somebody posted."""
    last: structlog.types.Processor = (
        structlog.processors.JSONRenderer(serializer=lambda event, **_: msgspec.json.encode(event, enc_hook=str).decode())
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            last,
        ]
        if as_json
        else [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
