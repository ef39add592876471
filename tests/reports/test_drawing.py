"""Statements are drawn in processes of their own: once for all who ask at a time, one after the other, ended when nobody waits."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
import uvloop
from litestar import Litestar
from litestar.di import Provide
from msgspec.structs import replace
from structlog.testing import capture_logs

from ledger.admission.sequencer import Busy
from ledger.caller import Caller
from ledger.log import Log
from ledger.publishing.files import LogFiles
from ledger.routes import HEAD_ONLY
from ledger.tree.checkpoint import log_vkeys, open_checkpoint
from reports import drawing
from reports.drawing import Drawer, StatementAsked, StatementSource, newest
from reports.press import Press
from reports.reconcile import to_bytes
from reports.reconciliation.kept.keeping import KeptIn
from reports.routes import router
from signing.refusal import Refusal
from tests.reports.month import drawn, october
from tests.workbench import OPERATOR, ORIGIN, key_of

ASKED = StatementAsked("2026-10", ("51", "50"), "json")
VKEYS = log_vkeys(ORIGIN, [key_of("log")])


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> StatementSource:
    """The published files of October."""
    root = tmp_path_factory.mktemp("drawing")
    for name, content in october().bench.export().items():
        path = root / "log" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return StatementSource(root / "log", VKEYS, KeptIn(root / "statements" / "gathered", bytes(32)))


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[StatementAsked | None]:
    """What processes were started for."""
    seen: list[StatementAsked | None] = []
    start = Drawer._in_a_process

    async def watched(self: Drawer, asked: StatementAsked | None, least: int) -> Any:
        seen.append(asked)
        return await start(self, asked, least)

    monkeypatch.setattr(Drawer, "_in_a_process", watched)
    return seen


@pytest.fixture(autouse=True)
def nothing_left() -> Any:
    """No process outlives its test."""
    yield
    assert multiprocessing.active_children() == []


async def until(is_so: Callable[[], object]) -> None:
    """Wait for something that processes do."""
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110  # they tell no loop
            await asyncio.sleep(0.005)


async def children() -> list[Any]:
    """The processes that draw, once there are any."""
    await until(lambda: any(child.pid for child in multiprocessing.active_children()))
    return multiprocessing.active_children()


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Processes stop where they begin (SIGSTOP) until they are told to go on: so a drawing lasts as long as a test wants."""
    end = drawing._speaks

    async def stopped(answer: Any) -> None:
        for child in multiprocessing.active_children():
            os.kill(cast("int", child.pid), signal.SIGSTOP)
        await end(answer)

    monkeypatch.setattr(drawing, "_speaks", stopped)

    def go_on() -> None:
        for child in multiprocessing.active_children():
            os.kill(cast("int", child.pid), signal.SIGCONT)

    return go_on


async def test_all_who_ask_at_a_time_get_one_drawing(source: StatementSource, begun: list[StatementAsked | None]) -> None:
    drawer, root = Drawer(source), newest(LogFiles(source.files), VKEYS)
    other = replace(ASKED, direction=("50", "51"), suffix="xlsx")
    found = await asyncio.gather(*(drawer.statement(asked, root.size) for asked in (ASKED, other) * 6))
    assert begun == [ASKED, other]
    assert len(set(found)) == 2
    name, content = found[0]
    assert name.startswith("reconciliation-2026-10-51-50")
    assert content == to_bytes(drawn(october()), "json"), "the same bytes as from the entries alone"
    assert root.size in LogFiles(source.files).archived_sizes(), "a printed checkpoint is archived"
    await drawer.statement(ASKED, root.size)
    assert begun == [ASKED, other, ASKED], "what has ended is drawn anew"


async def test_what_nobody_waits_for_is_ended(
    source: StatementSource, begun: list[StatementAsked | None], hanging: Callable[[], None]
) -> None:
    drawer = Drawer(source)
    both = [asyncio.create_task(drawer.statement(ASKED, 1)) for _ in range(2)]
    [child] = await children()
    both[0].cancel()
    await asyncio.wait(both[:1])
    assert child.is_alive(), "the other one still waits"
    both[1].cancel()
    await asyncio.wait(both)
    await until(lambda: not child.is_alive())
    again = asyncio.create_task(drawer.statement(ASKED, 1))
    await until(lambda: len(begun) == 2)
    while not again.done():
        hanging()
        await asyncio.sleep(0.02)
    assert (await again)[1] == to_bytes(drawn(october()), "json")


async def test_whoever_knows_a_newer_checkpoint_is_not_given_an_older_statement(
    source: StatementSource, begun: list[StatementAsked | None], hanging: Callable[[], None]
) -> None:
    drawer = Drawer(source)
    first = asyncio.create_task(drawer.statement(ASKED, 10))
    await children()
    same, newer = (asyncio.create_task(drawer.statement(ASKED, size)) for size in (9, 11))
    while not (first.done() and same.done() and newer.done()):
        hanging()
        await asyncio.sleep(0.02)
    assert begun == [ASKED, ASKED]


async def test_a_drawing_process_that_dies_is_an_error_and_the_next_one_draws(
    source: StatementSource, hanging: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawer = Drawer(source)
    asked = asyncio.create_task(drawer.statement(ASKED, 1))
    [child] = await children()
    await asyncio.sleep(0)
    os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(RuntimeError, match="has ended without one"):
        await asked
    monkeypatch.undo()
    assert (await drawer.statement(ASKED, 1))[0].endswith(".json")


async def test_too_many_different_ones_are_told_to_come_again(source: StatementSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "WAITING_MAX", 2)
    drawer = Drawer(source)
    months = [asyncio.create_task(drawer.statement(replace(ASKED, month=f"2026-0{month}"), 1)) for month in (1, 2)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await drawer.statement(ASKED, 1)
    assert {name for name, _ in await asyncio.gather(*months)} >= {"reconciliation-2026-01-51-50.json"}
    assert (await drawer.statement(ASKED, 1))[1], "and there is room again"


async def test_what_the_process_refuses_is_refused_here(tmp_path: Path, source: StatementSource) -> None:
    for empty, code in (
        (replace(source, files=tmp_path), "NOT_FOUND"),
        (replace(source, log_keys=log_vkeys(ORIGIN, [key_of("x")])), "NOTE_SIGNATURE"),
    ):
        with pytest.raises(Refusal) as caught:
            await Drawer(empty).statement(ASKED, 0)
        assert caught.value.codes == [code]
    with pytest.raises(Refusal) as caught:
        await Drawer(source).statement(ASKED, 10_000)
    assert caught.value.codes == ["TILE_FORM"], "an older checkpoint was put in the place of one that was shown"


def application(source: StatementSource, caller: Caller) -> Any:
    """The routes of reports over a log of which nothing is known but its files."""

    def provide(value: Any) -> Provide:
        return Provide(lambda: value, sync_to_thread=False)

    class Shown:
        """What a server knows to be published."""

        published = None

    log = cast("Log", type("_Log", (), {"publisher": Shown()})())
    given = {"log": log, "drawer": Drawer(source), "press": cast("Press", None), "caller": caller}
    return Litestar([router], dependencies={name: provide(value) for name, value in given.items()})


OFFICE = Caller(OPERATOR, "operator", "0" * 64)
SCOPE: dict[str, Any] = {
    "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": "/v1/reconciliations/2026-10",
    "raw_path": b"/v1/reconciliations/2026-10", "query_string": b"from=51&to=50", "headers": [], "root_path": "", "server": ("x", 80),
    "client": ("127.0.0.1", 1),
}  # fmt: skip


@pytest.mark.parametrize(("suffix", "media"), [("", "application/json"), (".pdf", "application/pdf")])
async def test_a_head_of_a_statement_draws_nothing(
    source: StatementSource, begun: list[StatementAsked | None], suffix: str, media: str
) -> None:
    """As the access layer passes it on: a GET whose body is nobody's."""
    path, sent = f"/v1/reconciliations/2026-10{suffix}", list[Any]()

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await application(source, OFFICE)({**SCOPE, "path": path, "raw_path": path.encode(), "state": {}, HEAD_ONLY: True}, receive, send)
    assert (sent[0]["status"], dict(sent[0]["headers"])[b"content-type"].partition(b";")[0]) == (200, media.encode())
    assert begun == []


async def test_a_client_that_leaves_ends_its_drawing(source: StatementSource, hanging: Callable[[], None]) -> None:
    """Through the route: its connection ends while the process draws."""
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}])
    left, sent = asyncio.Event(), list[Any]()

    async def receive() -> Any:
        for message in messages:
            return message
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    answering = asyncio.create_task(application(source, OFFICE)({**SCOPE, "state": {}}, receive, send))
    [child] = await children()
    left.set()
    await answering
    await until(lambda: not child.is_alive())
    assert sent[0]["status"] == 499


async def test_what_is_new_is_gathered_before_anybody_asks(
    tmp_path: Path, source: StatementSource, begun: list[StatementAsked | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "AHEAD_S", 0.01)
    assert source.kept is not None
    ahead = replace(source, kept=replace(source.kept, path=tmp_path / "gathered"))
    drawer, sizes = Drawer(ahead), iter([0, 0, *[1] * 1000])
    keeping_up = asyncio.create_task(drawer.keep_up(lambda: next(sizes)))
    await until(lambda: begun and not drawer._turn.locked())
    keeping_up.cancel()
    await asyncio.wait([keeping_up])
    assert begun == [None], "once, because nothing more is new"
    kept = (tmp_path / "gathered").read_bytes()
    assert (await drawer.statement(ASKED, 1))[1] == to_bytes(drawn(october()), "json")
    assert (tmp_path / "gathered").read_bytes() == kept, "and the statement had nothing to gather"


async def test_the_operator_is_told_when_something_was_touched(tmp_path: Path, source: StatementSource) -> None:
    assert source.kept is not None
    touched = replace(source, kept=replace(source.kept, path=tmp_path / "gathered"))
    (tmp_path / "gathered").write_bytes(b"not a database" * 1000)
    with capture_logs() as told:
        await Drawer(touched).statement(ASKED, 1)
    assert [event["told"] for event in told] == ["gathered again: file is not a database"]


def test_a_large_statement_comes_whole_on_the_loop_of_the_server(source: StatementSource, monkeypatch: pytest.MonkeyPatch) -> None:
    """uvloop makes what it watches non-blocking, and a statement is longer than a pipe holds."""
    hear, modes = drawing._heard, list[bool]()

    def heard(answer: Any) -> drawing.File:
        modes.append(os.get_blocking(answer.fileno()))
        return hear(answer)

    monkeypatch.setattr(drawing, "_heard", heard)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        _, content = runner.run(Drawer(source).statement(replace(ASKED, suffix="pdf"), 1))
    assert content == to_bytes(drawn(october()), "pdf")
    assert modes == [True]


def test_a_checkpoint_of_another_key_is_no_checkpoint(source: StatementSource) -> None:
    note = LogFiles(source.files).read("checkpoint")
    assert note is not None
    assert open_checkpoint(note, VKEYS).checkpoint == newest(LogFiles(source.files), VKEYS)
