"""Figures over HTTP: who may have which, in which form, and what is refused; drawn in a process like a monthly statement."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar
from litestar.di import Provide

from ledger.admission.sequencer import Busy
from ledger.caller import Caller
from ledger.log import Log
from liandan.problems import Problems
from reports.drawing import Drawer, StatementSource, draw
from reports.figures import service
from reports.figures.model import FiguresAsked
from reports.figures.routes import ROUTER
from reports.reconciliation.kept.keeping import KeptIn
from signing.refusal import refuse
from tests.reports.month import october
from tests.reports.test_drawing import VKEYS
from tests.whitelist.web import codes_of
from tests.workbench import AUTHORITY_50

OFFICE, FIRM = Caller(AUTHORITY_50, "authority", "0" * 64), Caller("915101120000FX029E", "party", "0" * 64)
WAY = "?from=51&to=50"


@pytest.fixture(scope="module")
def drawer(tmp_path_factory: pytest.TempPathFactory) -> Drawer:
    root = tmp_path_factory.mktemp("figures")
    for name, content in october().bench.export().items():
        path = root / "log" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return Drawer(StatementSource(root / "log", VKEYS, KeptIn(root / "statements" / "gathered", bytes(32))))


@pytest.fixture
async def ask(drawer: Drawer) -> AsyncIterator[Any]:
    """A request by a caller, or by nobody."""

    class Shown:
        """What a server knows to be published."""

        published = None

    who: list[Caller | None] = [None]

    def caller() -> Caller:
        if who[0] is None:
            raise refuse("TOKEN_MISSING", field="Authorization")
        return who[0]

    def provide(value: Any) -> Provide:
        return Provide(lambda: value, sync_to_thread=False)

    dependencies = {"log": provide(cast("Log", type("_Log", (), {"publisher": Shown()})())), "drawer": provide(drawer)}
    dependencies["caller"] = Provide(caller, sync_to_thread=False)
    app = Litestar([ROUTER], dependencies=dependencies, exception_handlers=Problems("zh", lambda: None).handlers(), logging_config=None)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://log.example") as client:

        async def asked(path: str, by: Caller | None = None) -> Any:
            who[0] = by
            return await client.get(path)

        yield asked


@pytest.mark.parametrize(
    ("path", "media", "name"),
    [
        ("2026-10", "application/json", "figures-2026-10-51-50.json"),
        ("2026.xlsx", "application/vnd.openxml", "figures-2026-51-50-provisional.xlsx"),
        ("2026-10.csv", "text/csv", "figures-2026-10-51-50-quotas.csv"),
        ("2026-10.csv&table=alerts&lang=en", "text/csv", "figures-2026-10-51-50-alerts.csv"),
    ],
)
async def test_offices_have_them_in_three_forms(ask: Any, path: str, media: str, name: str) -> None:
    name_of, _, more = path.partition("&")
    answer = await ask(f"/v1/figures/{name_of}{WAY}&{more}", OFFICE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith(media)
    assert answer.headers["content-disposition"].endswith(f'filename="{name}"')
    assert answer.headers["cache-control"] == "private, no-store"
    if media == "application/json":
        found = json.loads(answer.content)
        assert (found["period"], found["ways"]["51-50"]) == ("2026-10", "四川→重庆")
        assert [(row["moved_t"], row["way_text"]) for row in found["quotas"]] == [("42.276000", "四川→重庆")]
        assert found["names"]


async def test_firms_and_strangers_have_the_public_ones_alone(ask: Any) -> None:
    assert codes_of(await ask(f"/v1/figures/2026-10{WAY}", FIRM), 403) == ["REPORT_SCOPE"]
    assert codes_of(await ask(f"/v1/figures/2026-10{WAY}"), 401) == ["TOKEN_MISSING"]
    answer = await ask(f"/v1/public/figures/2026-10{WAY}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"].startswith("public")
    found = json.loads(answer.content)
    assert (found["months"], found["firms_min"], "names" in found) == (["2026-10"], 3, False)


@pytest.mark.parametrize("kind", ["figures", "public/figures"])
@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"2026-13{WAY}", 400, "MONTH_FORM"),
        (f"26{WAY}", 400, "MONTH_FORM"),
        (f"2026-10.pdf{WAY}", 400, "MONTH_FORM"),
        ("2026-10", 400, "DIRECTION_FORM"),
        ("2026-10?from=51&to=51", 400, "DIRECTION_FORM"),
        ("2026-10?from=5a&to=50", 400, "DIRECTION_FORM"),
        (f"2026-10.csv{WAY}&table=firms", 400, "QUERY_FORM"),
        (f"2026-10{WAY}&firm=x", 400, "QUERY_FORM"),
    ],
)
async def test_what_is_malformed(ask: Any, kind: str, path: str, status: int, code: str) -> None:
    assert codes_of(await ask(f"/v1/{kind}/{path}", OFFICE), status) == [code]


async def test_what_anybody_asks_again_is_not_drawn_again(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    """And two at most are drawn for anybody at a time, so that offices are not kept waiting."""
    drawn, go_on = list[FiguresAsked](), asyncio.Event()

    async def slow(log: Any, drawer: Drawer, asked: FiguresAsked) -> tuple[str, bytes]:
        drawn.append(asked)
        await go_on.wait()
        return "x", b"x"

    monkeypatch.setattr(service, "figures_of", slow)
    log, months = cast("Log", None), [FiguresAsked(f"2025-0{number}", ("51", "50"), "json", is_public=True) for number in (1, 2, 3)]
    waiting = [asyncio.create_task(service.public_figures(log, drawer, asked)) for asked in months[:2]]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await service.public_figures(log, drawer, months[2])
    go_on.set()
    assert await asyncio.gather(*waiting) == [("x", b"x")] * 2
    assert await service.public_figures(log, drawer, months[0]) == ("x", b"x")
    assert drawn == months[:2]


async def test_the_files_need_no_server(tmp_path: Path) -> None:
    """A log without a gathering kept gives the same."""
    for name, content in october().bench.export().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    asked = FiguresAsked("2026-10", ("51", "50"), "csv", "quotas")
    name, content = await asyncio.to_thread(draw, StatementSource(tmp_path, VKEYS), asked)
    assert name.endswith(".csv")
    assert content.decode("utf-8-sig").startswith("月份,方向")
