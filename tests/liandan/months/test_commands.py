"""``liandan month``: the operator closes, authorities confirm what they have computed themselves, and nobody signs what differs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from ledger.times import format_at
from liandan.cli import main
from liandan.cli import month_office as month_office_commands
from liandan.client import AsyncLiandan
from liandan.client.transport import RequestRefused
from liandan.demo.cast import Firm
from reports.periods.answers import Periods
from tests.liandan.months.office import CHONGQING, OPERATOR, SICHUAN, MonthOffice, month_office

CHAIN = "period/2026-05/51-50"


class Desk:
    """Commands on the machines of the operator and of authorities; ``at`` is the office's present."""

    group = "month"

    def __init__(self, office: MonthOffice, home: Path) -> None:
        self.office, self.home = office, home

    async def run(self, *words: object, who: Firm | None = None) -> Result:
        """A command as the operator on the machine of the server, or as an authority."""
        own = {"LIANDAN_DATA_DIR": str(self.office.settings.data_dir), "LIANDAN_CLIENT_URL": self.office.url}
        more: list[str] = ["--now", format_at(self.office.now_s)]
        if who is not None:
            key = self.home / f"{who.uscc}.pem"
            secret = self.home / "passphrase"
            await asyncio.to_thread(secret.write_text, "a passphrase\n")
            await asyncio.to_thread(key.write_bytes, self.office.keyring.key(who.uscc).to_pem(b"a passphrase"))
            more += ["--key", str(key), "--passphrase-file", str(secret), "--receipts", str(self.home / who.uscc)]
        return await asyncio.to_thread(CliRunner(env=own).invoke, main, [self.group, *map(str, words), *more])

    async def json(self, *words: object, who: Firm | None = None) -> Any:
        """The same with ``--json``, of a command that ends well."""
        answer = await self.run(*words, "--json", who=who)
        assert answer.exit_code == 0, answer.output
        return json.JSONDecoder().raw_decode(answer.stdout[answer.stdout.index("{\n") :])[0]  # the server logs into the same stream


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with month_office(database_url, tmp_path / "server") as office:
        yield Desk(office, tmp_path)


async def test_a_month_from_its_close_to_the_word_of_both_sides(desk: Desk, tmp_path: Path) -> None:
    office = desk.office
    office.at("2026-05-31 23:59")
    early = await desk.run("close", "2026-05")
    assert (early.exit_code, "2026-06-01 零时起才能结账" in early.output) == (2, True), early.output
    assert "nothing is to be closed" in (await desk.run("run")).output
    export = tmp_path / "export"
    copied = await asyncio.to_thread(
        CliRunner(env={"LIANDAN_DATA_DIR": str(office.settings.data_dir)}).invoke, main, ["export", str(export)]
    )
    assert copied.exit_code == 0, copied.output
    office.at("2026-06-01 08:00")
    later = await desk.run("confirm", "2026-07", "--yes", who=SICHUAN)
    assert (later.exit_code, "2026-07 尚未结束（账本现在 2026-06-01）" in later.output) == (2, True), later.output
    assert "2026-04 在账本成立以前" in (await desk.run("status", "2026-04", who=SICHUAN)).output
    waits = await desk.run("close", "2026-05")
    assert (waits.exit_code, "等该月之后的第一条记录" in waits.output) == (2, True), waits.output
    await office.live()

    done = await desk.json("run")
    assert [(one["chain"], one["size"]) for one in done["closed"]] == [("period/2026-05/50-51", 2), (CHAIN, 2)]
    twice = await desk.run("close", "2026-05")
    assert (twice.exit_code, "不能再次结账" in twice.output) == (2, True), twice.output
    [there] = [one for one in (await desk.json("status", "2026-05", who=SICHUAN))["periods"] if one["period"] == CHAIN]
    assert (there["stage"], there["missing"], there["due_on"]) == ("closed", [SICHUAN.uscc, CHONGQING.uscc], "2026-06-10")

    short = await desk.run("confirm", "2026-05", "--from", export, "--yes", who=SICHUAN)
    assert (short.exit_code, "SIZE_BEYOND" in short.output) == (2, True), short.output
    own = tmp_path / "own"
    said = await desk.json("confirm", "2026-05", "--yes", "--out", own, who=SICHUAN)
    assert set(said["entries"]) == {"period/2026-05/50-51", CHAIN}
    [closed] = [one for one in done["closed"] if one["chain"] == CHAIN]
    for path in own.glob("*51-50*"):
        assert path.read_bytes() == (Path(closed["folder"]) / path.name).read_bytes(), "the same bytes on both sides"
    again = await desk.run("confirm", "2026-05", "--yes", who=SICHUAN)
    assert (again.exit_code, "PERIOD_STATE" in again.output) == (2, True), again.output

    item = "M12 list/2026-51-50-cy=合计不符（虚构）"
    both = await desk.run("dispute", "2026-05", "--reason", "不符（虚构）", "--item", item, "--yes", who=CHONGQING)
    assert (both.exit_code, "--direction" in both.output) == (2, True), both.output
    told = await desk.run("dispute", "2026-05", "--direction", "51-50", "--reason", "不符（虚构）", "--item", item, "--yes", who=CHONGQING)
    assert told.exit_code == 0, told.output
    assert "有异议" in (await desk.run("status", who=CHONGQING)).output
    reopened = await desk.json("close", "2026-05", "--direction", "51-50")
    assert [one["chain"] for one in reopened["closed"]] == [CHAIN]
    signed = await desk.run("confirm", "2026-05", "--yes", who=SICHUAN)
    assert (signed.exit_code, "本月该方向没有转移" in signed.output) == (0, True), signed.output
    await desk.json("confirm", "2026-05", "--yes", who=CHONGQING)
    stages = {one["period"]: one["stage"] for one in (await desk.json("status", "2026-05"))["periods"]}
    assert stages == {CHAIN: "confirmed", "period/2026-05/50-51": "confirmed"}


async def test_an_authority_signs_nothing_that_its_own_computation_does_not_give(desk: Desk) -> None:
    office = desk.office
    office.at("2026-06-01 08:00")
    await office.live()
    await desk.json("run")
    await dispute(office)
    async with office.client(OPERATOR.uscc) as client:
        answer = json.loads(await client.get("/v1/log"))
        note = (await client.get("/checkpoint")).decode().split("\n")
    assert answer["size"] == int(note[1])
    lie = {"size": int(note[1]), "root": note[2], "json": "ab" * 32}
    await office.act(OPERATOR.uscc, "period.close/1", CHAIN, lie)
    refused = await desk.run("confirm", "2026-05", "--direction", "51-50", "--yes", who=SICHUAN)
    assert refused.exit_code == 1, refused.output
    assert "未签署" in refused.output
    assert "ab" * 32 in refused.output
    standing = await office.standing("2026-05")
    assert standing is not None
    assert standing.said == ()


async def dispute(office: MonthOffice) -> None:
    """An authority's word against May, so that it can be closed by hand."""
    state = await office.standing("2026-05")
    assert state is not None
    items = [{"key": "M12 list/2026-51-50-cy", "note": "合计不符（虚构）"}]
    await office.act(SICHUAN.uscc, "period.dispute/1", CHAIN, {"json": state.newest.json, "reason": "不符（虚构）", "items": items})


async def test_a_close_that_hides_the_rest_of_the_month_does_not_enter_however_well_it_was_reckoned(desk: Desk, tmp_path: Path) -> None:
    """What came behind such a size would stand in no statement: not in this one, and no later one tells it as an adjustment."""
    office, out, export = desk.office, tmp_path / "drawn", tmp_path / "export"
    async with office.client(OPERATOR.uscc) as client:
        note = (await client.get("/checkpoint")).decode().split("\n")
    own = CliRunner(env={"LIANDAN_DATA_DIR": str(office.settings.data_dir)})
    assert (await asyncio.to_thread(own.invoke, main, ["export", str(export)])).exit_code == 0
    words = ["reconcile", "2026-05", "--from", str(export), "--direction", "51-50", "--out", str(out)]
    drawn = await asyncio.to_thread(own.invoke, main, words)
    assert drawn.exit_code == 0, drawn.output
    office.at("2026-06-01 08:00")
    await office.live()
    [path] = out.glob("*-provisional.json")
    raw = path.read_bytes()
    body = {"size": int(note[1]), "root": note[2], "json": sha256(raw).hexdigest()}
    with pytest.raises(RequestRefused) as caught:
        await office.act(OPERATOR.uscc, "period.close/1", CHAIN, body)
    [reason] = caught.value.problem.errors
    assert (reason.code, reason.field) == ("PERIOD_MONTH", "body.size")
    assert await office.standing("2026-05") is None
    closed = await desk.json("run")
    assert [one["chain"] for one in closed["closed"]] == ["period/2026-05/50-51", CHAIN], "the month can be closed as before"


async def test_bytes_of_a_form_keep_nobody_from_confirming_the_json(desk: Desk) -> None:
    """Another library that compresses makes other PDF and XLSX of the same statement."""
    office = desk.office
    office.at("2026-06-01 08:00")
    await office.live()
    await desk.json("run")
    await dispute(office)
    async with office.client(OPERATOR.uscc) as client:
        note = (await client.get("/checkpoint")).decode().split("\n")
    words = ["reconcile", "2026-05", "--direction", "51-50", "--out", str(desk.home / "drawn")]
    drawn = await asyncio.to_thread(CliRunner(env={"LIANDAN_DATA_DIR": str(office.settings.data_dir)}).invoke, main, words)
    assert drawn.exit_code == 0, drawn.output
    [path] = (desk.home / "drawn").glob("*.json")
    raw = path.read_bytes()
    await office.act(
        OPERATOR.uscc, "period.close/1", CHAIN,
        {"size": int(note[1]), "root": note[2], "json": sha256(raw).hexdigest(), "pdf": "ab" * 32},
    )  # fmt: skip
    way = ("confirm", "2026-05", "--direction", "51-50", "--yes")
    refused = await desk.run(*way, who=SICHUAN)
    assert (refused.exit_code, "--json-alone" in refused.output) == (1, True), refused.output
    await desk.json(*way, "--json-alone", who=SICHUAN)
    state = await office.standing("2026-05")
    assert state is not None
    assert [one.by for one in state.said] == [SICHUAN.uscc]


async def test_a_close_is_confirmed_as_it_stands_in_the_log_and_not_as_the_server_tells_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The JSON alone is named in a confirmation: months adjusted, size and papers that were signed with it could be told otherwise."""
    office = desk.office
    office.at("2026-06-01 08:00")
    await office.live()
    await desk.json("run")
    state = await office.standing("2026-05")
    assert state is not None
    honest, tell = state.newest, month_office_commands._periods
    await dispute(office)
    async with office.client(OPERATOR.uscc) as client:
        note = (await client.get("/checkpoint")).decode().split("\n")
    body = {"size": int(note[1]), "root": note[2], "json": honest.json, "adjusts": ["2026-04"]}
    await office.act(OPERATOR.uscc, "period.close/1", CHAIN, body)

    async def lying(client: AsyncLiandan, month: str | None) -> Periods:
        told = await tell(client, month)
        [one] = [one for one in told.periods if one.period == CHAIN]
        closes = tuple(replace(close, size=honest.size, root=honest.root, adjusts=()) for close in one.closes)
        return replace(told, periods=(replace(one, closes=closes),))

    monkeypatch.setattr(month_office_commands, "_periods", lying)
    refused = await desk.run("confirm", "2026-05", "--direction", "51-50", "--yes", "--json-alone", who=SICHUAN)
    assert (refused.exit_code != 0, "不是服务所说的那次结账" in refused.output) == (True, True), refused.output
    state = await office.standing("2026-05")
    assert state is not None
    assert state.said == ()
