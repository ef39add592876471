"""``liandan witness``: what an authority runs to see every head of a log, check its entries and cosign it."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import click
import httpx
import msgspec
import structlog
import uvicorn

from ledger.witnessing.mirror import Authorize, Mirror
from ledger.witnessing.routes import WitnessApp
from ledger.witnessing.server import Cosigner, KnownLog, make_cosigner, parse_known
from ledger.witnessing.service import Witness, WitnessStatus, learn
from ledger.witnessing.store import StoreFailed, WitnessStore
from ledger.witnessing.wire import Unreadable, fetch
from liandan.cli.connection import existing, folder, load_key
from liandan.cli.output import FINDING, command, emit, service
from liandan.client.transport import challenge
from liandan.keyring import make_passphrase, read_passphrase
from liandan.process import set_up_logging
from signing.envelope import freeze
from signing.keys import PrivateKey, read_key, write_key
from signing.refusal import refuse

ED25519, ML_DSA, PASSPHRASE, NAME, STORE = "ed25519.pem", "ml-dsa-44.pem", "passphrase", "name", "witness.sqlite3"
LOGIN_S = 3600


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
    cosigner = _cosigner(directory)
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
@click.option("--port", type=int, default=8552, show_default=True, help="端口 / port")
@click.option("--prefix", default="", help="地址前缀，如 /witness / prefix of the addresses")
@service
async def serve(
    directory: Path, logs_file: Path | None, log_url: str | None, tofu: bool, mirror: Path | None, login_key: Path | None,
    login_passphrase_file: Path | None, token_file: Path | None, wait_s: float, host: str, port: int, prefix: str, log_json: bool,
) -> int:  # fmt: skip
    """运行见证节点，直到 Ctrl-C。见 docs/witness.md。 / Run the witness until Ctrl-C."""
    set_up_logging(log_json)
    if not logs_file and not (log_url and tofu):
        raise click.UsageError("请给出 --logs，或者 --log-url 与 --tofu / give --logs, or --log-url and --tofu")
    name, reader = _cosigner(directory).name, None if login_key is None else load_key(login_key, login_passphrase_file)
    try:
        async with httpx.AsyncClient(timeout=30) as http:
            store = WitnessStore(directory / STORE)
            logs = listed(logs_file, log_url) if logs_file else await learn(http, store, log_url or "", first_use=tofu)
            reading: dict[str, Any] = {"mirror": mirror, "reader": reader, "token_file": token_file, "wait_s": wait_s}
            async with opened(directory, logs, store, http, **reading) as running:
                event = {"name": name, "logs": sorted(logs), "mirror": str(mirror or ""), "address": f"http://{host}:{port}{prefix}"}
                structlog.get_logger("liandan.witness").info("witnessing", **event)
                await web_server(running, prefix, host=host, port=port, limit_concurrency=256).serve()
    except StoreFailed as error:
        raise refuse("WITNESS_STORE", found=error, expected="a directory that can be written") from None
    return 0


@asynccontextmanager
async def opened(
    directory: Path, logs: Mapping[str, KnownLog], store: WitnessStore, http: httpx.AsyncClient, *,
    mirror: Path | None, reader: PrivateKey | None, token_file: Path | None = None, wait_s: float = 1.0,
) -> AsyncIterator[Witness]:  # fmt: skip
    """The witness in a directory, with its mirrors; closes ``store`` at the end. Refusal WITNESS_KEYS, KEYRING, WITNESS_LOGS, WITNESS_STORE."""
    mirrors = {}
    for origin, known in logs.items():
        if mirror is None:
            continue
        if not known.url:
            raise refuse("WITNESS_LOGS", field=origin, found="no address", expected="its address in the list, or --log-url")
        mirrors[origin] = Mirror(known, mirror, store, http, authorize=authorize(known, reader, token_file, http), wait_s=wait_s)
    witness_ = Witness(_cosigner(directory), logs, store, mirrors=mirrors)
    witness_.check_memory()
    yield witness_
    for running in mirrors.values():
        await running.close()
    store.close()


def web_server(witness_: Witness, prefix: str = "", **options: Any) -> uvicorn.Server:
    """HTTP of a witness until SIGINT or SIGTERM; ``options`` are uvicorn's."""
    config = uvicorn.Config(
        WitnessApp(witness_, prefix), http="httptools", ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
        timeout_graceful_shutdown=5, proxy_headers=False, **options,
    )  # fmt: skip
    return uvicorn.Server(config)


@witness.command()
@click.argument("url")
@command
async def status(url: str) -> int:
    """显示见证节点的进度和落后数量；镜像有故障时退出码为 1。 / Show how far a witness is; exit code 1 when its mirror has a fault."""
    try:
        async with httpx.AsyncClient(timeout=10) as http:
            answer = await http.get(f"{url.rstrip('/')}/status")
            answer.raise_for_status()
            found = msgspec.json.decode(answer.content, type=WitnessStatus)
    except (httpx.HTTPError, httpx.InvalidURL, msgspec.MsgspecError) as error:
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


def _cosigner(directory: Path) -> Cosigner:
    """Name and keys in a witness's directory; Refusal WITNESS_KEYS, KEY_FILE, KEYRING."""
    try:
        name = (directory / NAME).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise refuse("WITNESS_KEYS", field=str(directory), found=error, expected="liandan witness init") from None
    passphrase = read_passphrase(directory / PASSPHRASE)
    files = [directory / file for file in (ED25519, ML_DSA) if (directory / file).exists()]
    return make_cosigner(name, *(read_key(file, passphrase) for file in files))


def listed(logs_file: Path, log_url: str | None) -> Mapping[str, KnownLog]:
    """The logs of the list; ``log_url`` is the address of the one that has none there."""
    logs = dict(parse_known(logs_file.read_bytes()))
    without = [known for known in logs.values() if not known.url]
    if log_url is not None:
        if len(without) != 1:
            raise refuse("WITNESS_LOGS", field="--log-url", found=f"{len(without)} logs without an address", expected="exactly one")
        logs[without[0].origin] = msgspec.structs.replace(without[0], url=log_url)
    return logs


def authorize(known: KnownLog, reader: PrivateKey | None, token_file: Path | None, http: httpx.AsyncClient) -> Authorize:
    """How the mirror of a log proves that it may read entries: with a token in a file, or with one of its own.

    A registered key logs in, and again when the token is about to end or is turned down.
    """
    token, ends, logging_in = "", 0.0, asyncio.Lock()

    async def logged_in(fresh: bool) -> Mapping[str, str]:
        nonlocal token, ends
        assert reader is not None, "else the file is asked"
        shown = token
        async with logging_in:
            # A token that is another by now has just been renewed by another fetch.
            if token == shown and (fresh or time.time() > ends - 60):
                token, ends = await _log_in(known, reader, http)
        return {"Authorization": f"Bearer {token}"}

    async def from_file(_fresh: bool) -> Mapping[str, str]:
        return {} if token_file is None else {"Authorization": f"Bearer {read_passphrase(token_file).decode('ascii', 'replace')}"}

    return from_file if reader is None else logged_in


async def _log_in(known: KnownLog, key: PrivateKey, http: httpx.AsyncClient) -> tuple[str, float]:
    """A token and its end; Unreadable when the log does not give one."""
    url, ends_s = known.url.rstrip("/"), int(time.time()) + LOGIN_S
    body = freeze(challenge(known.origin, url, key, ends_s, ["read"]))
    answer = await fetch(http, f"{url}/v1/tokens", most=64 * 1024, content=body, headers={"Content-Type": "application/json"})
    try:
        return str(msgspec.json.decode(answer.body)["token"]), ends_s
    except (msgspec.MsgspecError, KeyError, TypeError):
        raise Unreadable(f"login: HTTP {answer.status} {answer.body[:120]!a}") from None
