"""``liandan manifest``: what it prints are the names that the server understands."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from click.testing import CliRunner

from liandan.cli import main
from manifests.answers import ManifestChoice, ManifestItem, Manifests

ITEM = ManifestItem(
    id="915101120000FX029E/01K90000000000000000000001",
    number=None,
    stage="issued",
    stage_text="已开具",
    generator="915101120000FX029E",
    receiver="915001160000FX0107",
    carriers=(),
    origin="510112",
    destination="500116",
    codes=("900-052-31",),
    declared_t="5.600000",
    route="LISTED",
    issued_at="2026-10-05T08:00:00+08:00",
    index=7,
)


class Served:
    """A server that knows this many manifests under every name."""

    def __init__(self, count: int) -> None:
        self._items = (ITEM,) * count

    async def get(self, path: str, **query: object) -> bytes:
        if path == "/v1/manifests":
            return msgspec.json.encode(Manifests(size=9, manifests=self._items, next=None))
        if path == f"/v1/manifests/{ITEM.id}":
            return b'{"size":9,"manifest":{"stage":"issued"}}'
        return msgspec.json.encode(ManifestChoice(size=9, name=path.rpartition("/")[2], manifests=self._items))


def _run(monkeypatch: pytest.MonkeyPatch, count: int, *arguments: str) -> str:
    @asynccontextmanager
    async def opened(**options: object) -> AsyncIterator[Served]:
        yield Served(count)

    monkeypatch.setattr("liandan.cli.manifest.open_reader", opened)
    answer = CliRunner().invoke(main, ["manifest", *arguments])
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def test_a_list_names_manifests_as_show_takes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _run(monkeypatch, 1, "list").strip() == f"-  已开具 issued  {ITEM.id}"


@pytest.mark.parametrize("name", [ITEM.id, "01K90000000000000000000001", "20265101000001"])
def test_show_goes_on_to_the_only_manifest_of_a_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(_run(monkeypatch, 1, "show", name))["manifest"] == {"stage": "issued"}


def test_show_lists_those_that_share_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(json.loads(_run(monkeypatch, 2, "show", "20265101000001"))["manifests"]) == 2
