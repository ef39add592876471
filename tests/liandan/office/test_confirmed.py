"""Whoever confirms an act of a list sees the bytes whose hash is signed, and not what a server says of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import click
import msgspec
import pytest

from ledger.answers import FeedEntry, FeedPage
from liandan.cli.office.confirmed import show_confirmed
from liandan.cli.office.knowing import ServerKnowledge
from liandan.client import AsyncLiandan, Dishonest
from signing import b64
from tests.manifests.test_worked_example import LIST, Example
from tests.workbench import AUTHORITY_51
from whitelist.acts.list_status import ListStatus
from whitelist.answers import Lists
from whitelist.list_answers import list_answer
from whitelist.registries import RegistryRow

LETTER = {"letter_no": "函〔2026〕9号（虚构）", "letter_date": "2026-10-30"}


async def test_a_server_that_shows_another_act_for_the_hash_is_found_out(capsys: pytest.CaptureFixture[str]) -> None:
    """It words the removal of all rows as a resumption of one: the offer says so, the bytes do not."""
    bench = Example()
    removal = bench.post("list.remove/1", LIST, (AUTHORITY_51,), ListStatus(reason="撤回全部（虚构）", **LETTER))
    shown = list_answer(RegistryRow(LIST, 0, bench.facts.head(LIST)), bench.facts.state("log/main"), bench.at_s)
    page = Lists(size=1, lists=(shown,), next=None)

    async def get(path: str, **query: object) -> bytes:
        return msgspec.json.encode(page)

    async def name_of(code: str) -> str:
        return ""

    def client(raw: bytes) -> AsyncLiandan:
        async def feed(after: int, limit: int) -> FeedPage:
            return FeedPage(entries=(FeedEntry(index=after + 1, entry=b64.encode(raw)),), next=after + 1, size=after + 2)

        return cast("AsyncLiandan", SimpleNamespace(get=get, feed=feed))

    async def names_in(body: Any, codes: object) -> dict[str, str]:
        return {}

    async def meant(chain: str, body: Any) -> list[str]:
        return []

    knows = cast("ServerKnowledge", SimpleNamespace(name_of=name_of, names_in=names_in, meant=meant))
    with click.Context(click.Command("confirm")):
        await show_confirmed(LIST, removal.statement.hash, client(removal.raw), knows)
    told = capsys.readouterr()
    assert "移出白名单 / list removal" in told.out
    assert "撤回全部（虚构）" in told.out
    with pytest.raises(Dishonest):
        await show_confirmed(LIST, removal.statement.hash, client(bench.entries[-2].raw), knows)
    await show_confirmed(LIST, "ab" * 32, client(removal.raw), knows)
    assert "没有等待确认" in capsys.readouterr().err
