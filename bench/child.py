"""A process of the bench's own: the log's server, a witness, or a server that only decodes. Run as ``python -m bench.child ROLE JSON``.

Prints its address as one line of JSON, then answers each line on standard input (``cpu``, ``watch``, ``watched``) with one, and stops in
order when its input ends. Loop, HTTP parser and log lines are those of ``liandan serve``; log lines go to standard error.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, TextIO

import uvicorn
import uvloop

from bench.children import publisher_of
from bench.load import ORIGIN, key_of
from bench.watch import Watch, watched_server
from ledger.witnessing.routes import WitnessApp
from ledger.witnessing.server import known_logs, make_cosigner
from ledger.witnessing.service import Witness
from ledger.witnessing.store import WitnessStore
from liandan import publisher_process
from liandan.keyring import ServerKeys, write_keyring
from liandan.process import set_up_logging, tune
from liandan.server import serving
from liandan.settings import Settings

Asgi = Callable[[Any, Any, Any], Awaitable[None]]
PLENTY = 10**9
"""Budgets per address: the load comes from one address, without tokens."""


def log(options: Mapping[str, Any]) -> AbstractAsyncContextManager[str]:
    """The whole product on its embedded, durable PostgreSQL; nothing switched off but the budgets per address."""
    settings = Settings(
        data_dir=Path(options["directory"]),
        witnesses=options["witnesses"] or None,
        failures_per_minute=PLENTY,
        requests_per_minute=PLENTY,
        party_statements_per_minute=PLENTY,
        key_statements_per_minute=PLENTY,
        publisher=options["publisher"],
        webhook_networks=options["webhook_networks"] or None,
        log_json=True,
    )
    if options["watched"]:
        publisher_process.COMMAND = (sys.executable, "-m", "bench.watched_publisher_process", options["watched"])
    keys = ServerKeys(origin=ORIGIN, log=key_of("log"), operator=key_of(options["operator"]))
    write_keyring(keys, settings.key_path, settings.passphrase_path)
    return serving(settings)


@asynccontextmanager
async def witness(options: Mapping[str, Any]) -> AsyncIterator[str]:
    """A witness with its durable store; ``delay_ms`` stands for the way there and back."""
    cosigner = make_cosigner(options["name"], key_of(options["name"]))
    store = WitnessStore(Path(options["directory"]) / f"{options['name']}.sqlite")
    try:
        app = WitnessApp(Witness(cosigner, known_logs((vkey, "") for vkey in options["vkeys"]), store))
        async with _served(_delayed(app, options["delay_ms"] / 1000)) as url:
            yield url
    finally:
        store.close()


def _delayed(app: Asgi, delay_s: float) -> Asgi:
    async def late(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(delay_s)
        await app(scope, receive, send)

    return late if delay_s else app


def decode(options: Mapping[str, Any]) -> AbstractAsyncContextManager[str]:
    """The same HTTP stack; all it does is to parse the posted JSON with the standard library."""
    assert not options

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        parts, more = [], True
        while more:
            message = await receive()
            parts.append(message.get("body", b""))
            more = message.get("more_body", False)
        answer = b'{"fields":%d}' % len(json.loads(b"".join(parts)))
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    return _served(app)


@asynccontextmanager
async def _served(app: Asgi) -> AsyncIterator[str]:
    config = uvicorn.Config(app, http="httptools", ws="none", lifespan="off", access_log=False, log_config=None, server_header=False)
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
                await asyncio.sleep(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


async def _main(role: str, options: Mapping[str, Any], answers: TextIO) -> None:
    ended = asyncio.Event()
    watch = watched_server() if role == "log" else Watch({})
    async with {"log": log, "witness": witness, "decode": decode}[role](options) as url:
        _say(answers, {"url": url})
        loop, main = asyncio.get_running_loop(), threading.get_ident()

        def listen() -> None:
            for line in sys.stdin:
                _say(answers, _answer(line.strip(), watch, main))
            loop.call_soon_threadsafe(ended.set)

        threading.Thread(target=listen, daemon=True).start()
        await ended.wait()


def _answer(asked: str, watch: Watch, main: int) -> dict[str, Any]:
    """CPU seconds of this process and of its loop's thread; or what was watched since ``watch``, here and in the publisher's process."""
    publisher = publisher_of(os.getpid())
    if asked == "watch":
        watch.begin(main)
        if publisher is not None:
            os.kill(publisher, signal.SIGUSR1)
    loop_s = time.clock_gettime(time.pthread_getcpuclockid(main))
    watched = watch.end() if asked == "watched" else {}
    if watched and publisher is not None:
        os.kill(publisher, signal.SIGUSR2)
    return {"cpu": time.process_time(), "loop": loop_s, "watched": watched}


def _say(answers: TextIO, message: Mapping[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


if __name__ == "__main__":
    output = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    set_up_logging(as_json=True)
    tune()
    # Processes that statements are drawn in load the main module again; that of ``liandan serve`` is small, this one is the whole bench.
    vars(sys.modules["__main__"]).update(__spec__=None, __file__=None)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main(sys.argv[1], json.loads(sys.argv[2]), output))
