"""``liandan witness``: keep the other half of a log honest: check its entries and cosign it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli.connection import check_address, existing, folder, load_key
from liandan.cli.output import FINDING, command, emit, service
from signing.phrase import Phrase

if TYPE_CHECKING:
    import uvicorn

    from ledger.witnessing.service import WitnessStatus

STATUS_MAX = 1024 * 1024
"""Bytes of what a witness shows."""


@click.group()
def witness() -> None:
    """见证：核对并联署账本的检查点 / check and cosign the checkpoints of a log."""


@witness.command()
@click.argument("directory", type=folder)
@click.option("--name", required=True, help="见证名称，如 witness.example.cn/sichuan / key name of this witness")
@click.option("--ml-dsa", is_flag=True, help="另加 ML-DSA-44 密钥 / an ML-DSA-44 key as well")
@command
def init(directory: Path, name: str, ml_dsa: bool) -> None:
    """生成见证密钥，显示写入信任策略的公钥。 / Make the witness's keys and show the vkeys for the policy."""
    from ledger.witnessing.server import make_cosigner
    from liandan.keyring import make_passphrase
    from liandan.witness_node import ED25519, ML_DSA, NAME, PASSPHRASE
    from signing.keys import PrivateKey, write_key

    keys = [PrivateKey.generate("ed25519"), *([PrivateKey.generate("ml-dsa-44")] if ml_dsa else [])]
    cosigner = make_cosigner(name, *keys)
    directory.mkdir(parents=True, exist_ok=True)
    passphrase = make_passphrase(directory / PASSPHRASE)
    for file, key in zip((ED25519, ML_DSA), keys, strict=False):
        write_key(directory / file, key, passphrase)
    (directory / NAME).write_text(f"{name}\n", encoding="utf-8")
    emit({"name": name, "vkeys": cosigner.vkeys}, f"见证密钥已写入 / written: {directory}", *cosigner.vkeys)


@witness.command()
@click.argument("directory", type=folder)
@command
def vkey(directory: Path) -> None:
    """显示见证公钥。 / Show the witness's vkeys."""
    from liandan.witness_node import cosigner_of

    cosigner = cosigner_of(directory)
    emit({"name": cosigner.name, "vkeys": cosigner.vkeys}, *cosigner.vkeys)


@witness.command()
@click.argument("directory", type=folder)
@click.option("--logs", "logs_file", type=existing, help="账本清单：信任策略文件或 log.vkey / known logs: a policy file or log.vkey")
@click.option("--log-url", help="账本地址（清单中未写时） / address of the log, when the list does not give it")
@click.option("--tofu", is_flag=True, help="首次信任 --log-url 公布的公钥；默认关闭 / pin the keys it shows first; off by default")
@click.option("--mirror", type=folder, help="先取回并核对条目再联署，存于此 / fetch and check entries before cosigning, keep them here")
@click.option("--login-key", type=existing, help="登录账本读取条目的本单位密钥 / registered key of this party, to read entries")
@click.option("--login-passphrase-file", type=existing, help="该密钥的口令文件 / its passphrase file; asked for otherwise")
@click.option("--token-file", type=existing, help="或：访问令牌文件，每次读取 / or: a file with a token, read every time")
@click.option(
    "--wait", "wait_s", type=click.FloatRange(0, 60), default=1.0, show_default=True, help="等待条目的秒数 / seconds to wait for entries"
)
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 / address to listen on")
@click.option("--port", type=click.IntRange(1, 65_535), default=8552, show_default=True, help="端口 / port")
@click.option("--prefix", default="", help="地址前缀，如 /witness / prefix of the addresses")
@service
async def serve(
    directory: Path, logs_file: Path | None, log_url: str | None, tofu: bool, mirror: Path | None, login_key: Path | None,
    login_passphrase_file: Path | None, token_file: Path | None, wait_s: float, host: str, port: int, prefix: str, log_json: bool,
) -> int:  # fmt: skip
    """运行见证节点，直到 Ctrl-C。见 docs/witness.md。 / Run the witness until Ctrl-C."""
    import httpx
    import structlog

    from ledger.witnessing.service import learn
    from ledger.witnessing.store import StoreFailed, WitnessStore
    from liandan.process import set_up_logging
    from liandan.witness_node import STORE, cosigner_of, listed, opened, web_server
    from signing.refusal import refuse

    set_up_logging(log_json)
    if not logs_file and not (log_url and tofu):
        raise click.UsageError("请给出 --logs，或者 --log-url 与 --tofu / give --logs, or --log-url and --tofu")
    if log_url is not None:
        check_address(log_url)
    name, reader = cosigner_of(directory).name, None if login_key is None else load_key(login_key, login_passphrase_file)
    try:
        async with httpx.AsyncClient(timeout=30) as http:
            store = WitnessStore(directory / STORE)
            logs = listed(logs_file, log_url) if logs_file else await learn(http, store, log_url or "", first_use=tofu)
            reading: dict[str, Any] = {"mirror": mirror, "reader": reader, "token_file": token_file, "wait_s": wait_s}
            async with opened(directory, logs, store, http, **reading) as running:
                event = {"name": name, "logs": sorted(logs), "mirror": str(mirror or ""), "address": f"http://{host}:{port}{prefix}"}
                structlog.get_logger("liandan.witness").info("witnessing", **event)
                await _served(web_server(running, prefix, host=host, port=port, limit_concurrency=256), f"{host}:{port}")
    except StoreFailed as error:
        raise refuse("WITNESS_STORE", found=error, expected=Phrase("可以写入的目录", "a directory that can be written")) from None
    return 0


async def _served(server: uvicorn.Server, address: str) -> None:
    """Serve; OSError where nobody can listen, which uvicorn ends the process for."""
    try:
        await server.serve()
    except (SystemExit, UnicodeError) as error:
        raise OSError(f"{address}: 不能在此监听 / cannot listen here") from error


@witness.command()
@click.argument("url")
@command
async def status(url: str) -> int:
    """显示见证节点的进度和落后数量；镜像有故障时退出码为 1。 / Show how far a witness is; exit code 1 when its mirror has a fault."""
    import httpx
    import msgspec

    from ledger.witnessing.service import WitnessStatus
    from ledger.witnessing.wire import Unreadable, fetch

    address = f"{check_address(url).rstrip('/')}/status"
    try:
        async with httpx.AsyncClient(timeout=10) as http:
            answer = await fetch(http, address, most=STATUS_MAX)
        found = msgspec.json.decode(answer.body if answer.status == 200 else b"", type=WitnessStatus)
    except (Unreadable, msgspec.MsgspecError) as error:
        raise OSError(f"{url}: {error}") from error
    emit(found, *_status_lines(found))
    return FINDING if any(log.fault for log in found.logs) else 0


def _status_lines(found: WitnessStatus) -> list[str]:
    lines = [f"{found.name}（{'镜像 / mirror' if found.is_mirror else '仅根哈希 / roots only'}）"]
    for log in found.logs:
        mirrored = "" if log.mirrored is None else f"，已核对 / checked {log.mirrored}"
        lines.append(f"{log.origin}：已联署 / cosigned {log.cosigned}{mirrored}，落后 / lag {log.lag}")
        lines += [f"  故障 / fault: {log.fault}"] if log.fault else []
        lines += [f"  缺少数据文件 / data files missing: {log.data_missing}"] if log.data_missing else []
    return lines
