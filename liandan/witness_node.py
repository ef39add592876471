"""A witness as it runs (``liandan witness serve``, the demonstration): its keys and memory in a directory, its mirrors, its HTTP server."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import uvicorn

from ledger.witnessing.mirror import Authorize, Mirror
from ledger.witnessing.routes import WitnessApp
from ledger.witnessing.server import Cosigner, KnownLog, make_cosigner, parse_known
from ledger.witnessing.service import Witness
from ledger.witnessing.store import WitnessStore
from ledger.witnessing.wire import Unreadable, fetch
from liandan.client.transport import challenge
from liandan.keyring import read_passphrase
from signing.envelope import freeze
from signing.files import PIPE_S, read_whole
from signing.keys import PrivateKey, read_key
from signing.phrase import Phrase
from signing.refusal import refuse

ED25519, ML_DSA, PASSPHRASE, NAME, STORE = "ed25519.pem", "ml-dsa-44.pem", "passphrase", "name", "witness.sqlite3"
LOGIN_S = 3600
NAME_MAX, LOGS_MAX = 4096, 1024 * 1024  # bytes


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
            raise refuse(
                "WITNESS_LOGS",
                field=origin,
                found=Phrase("没有地址", "no address"),
                expected=Phrase("清单中的地址，或 --log-url", "its address in the list, or --log-url"),
            )
        mirrors[origin] = Mirror(known, mirror, store, http, authorize=authorize(known, reader, token_file, http), wait_s=wait_s)
    witness_ = Witness(cosigner_of(directory), logs, store, mirrors=mirrors)
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


def cosigner_of(directory: Path) -> Cosigner:
    """Name and keys in a witness's directory; Refusal WITNESS_KEYS, KEY_FILE, KEYRING."""
    try:
        name = read_whole(directory / NAME, NAME_MAX).decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise refuse("WITNESS_KEYS", field=str(directory), found=error, expected="liandan witness init") from None
    passphrase = read_passphrase(directory / PASSPHRASE)
    files = [directory / file for file in (ED25519, ML_DSA) if (directory / file).exists()]
    return make_cosigner(name, *(read_key(file, passphrase) for file in files))


def listed(logs_file: Path, log_url: str | None) -> Mapping[str, KnownLog]:
    """The logs of the list; ``log_url`` is the address of the one that has none there."""
    logs = dict(parse_known(read_whole(logs_file, LOGS_MAX, wait_s=PIPE_S)))
    without = [known for known in logs.values() if not known.url]
    if log_url is not None:
        if len(without) != 1:
            raise refuse(
                "WITNESS_LOGS",
                field="--log-url",
                found=Phrase(f"{len(without)} 个账本没有地址", f"{len(without)} logs without an address"),
                expected=Phrase("恰好一个", "exactly one"),
            )
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
