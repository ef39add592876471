"""``liandan serve``, ``liandan migrate``."""

import asyncio
import os

import click
import uvloop

from liandan import settings as read
from liandan.cli.output import command, emit, json_option
from liandan.database import migrate, schema_revision
from liandan.process import set_up_logging, tune
from liandan.settings import Settings


def own_settings(host: str | None = None, port: int | None = None, *, log_json: bool = False) -> Settings:
    """Settings of this installation, with what the command line says on top."""
    env = dict(os.environ)
    env |= {} if host is None else {"LIANDAN_HOST": host}
    env |= {} if port is None else {"LIANDAN_PORT": str(port)}
    env |= {"LIANDAN_LOG_JSON": "1"} if log_json else {}
    return read.load(env)


@click.command()
@click.option("--host", help="监听地址 / address to listen on")
@click.option("--port", type=int, help="端口 / port")
@click.option("--log-json", "--json", "log_json", is_flag=True, help="日志为 JSON / log lines as JSON")
@command
def serve(host: str | None, port: int | None, log_json: bool) -> int:
    """启动服务，直到 Ctrl-C。设置见 docs/operations.md。 / Serve until Ctrl-C."""
    from liandan import server

    found = own_settings(host, port, log_json=log_json)
    set_up_logging(found.log_json)
    tune()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(server.serve(found))
    return 0


@click.command("migrate")
@json_option
@command
async def migrate_command(as_json: bool) -> int:
    """升级数据库结构（内置数据库启动时自动升级）。 / Bring the schema up to date; the embedded database is migrated at start."""
    from liandan.server import database_url

    async with database_url(own_settings()) as dsn:
        await migrate(dsn)
    emit({"revision": schema_revision()}, as_json, "数据库结构已是最新 / the schema is up to date")
    return 0
