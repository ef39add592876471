"""``liandan statement cosign``: two people without a network, by texts; the same two with a server between them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ledger.admission.statement import hash_of
from liandan.cli import main
from signing.envelope import PAYLOAD_STATEMENT, freeze, parse_envelope
from signing.keys import PrivateKey, write_key
from tests.liandan.pending.desk import Departure, Pair

SECRET = b"two firms"


class Desk:
    """A directory with both firms' keys; commands run beside the server's loop."""

    def __init__(self, home: Path, now: str, url: str) -> None:
        self.home, self._now, self._url = home, now, url

    async def do(self, *arguments: object, code: int = 0, given: str | None = None) -> Result:
        """``liandan statement cosign …``."""
        return await self.run("statement", "cosign", *arguments, code=code, given=given)

    async def run(self, *words: object, code: int = 0, given: str | None = None) -> Result:
        """``liandan …``."""
        done = await asyncio.to_thread(CliRunner().invoke, main, list(map(str, words)), input=given)
        assert done.exit_code == code, (done.stdout, done.stderr)
        return done

    async def json(self, *arguments: object, code: int = 0) -> Any:
        """The same with ``--json``."""
        lines = (await self.do(*arguments, "--json", code=code)).stdout.splitlines()
        return json.loads("\n".join(line for line in lines if not line.startswith("20")))  # the server beside us logs on stdout, too

    def key(self, name: str) -> tuple[object, ...]:
        """Options that name a key."""
        return ("--key", self.home / f"{name}.pem", "--passphrase-file", self.home / "secret")

    def online(self, name: str) -> tuple[object, ...]:
        """The same, and the server."""
        return (*self.key(name), "--url", self._url, "--now", self._now)


async def desk_of(pair: Pair, departure: Departure, home: Path) -> Desk:
    keys: dict[str, PrivateKey] = {
        name: pair.stage.scribe.keyring.key(signer.uscc) for name, signer in (("consignor", pair.consignor), ("carrier", pair.carrier))
    }
    (home / "secret").write_bytes(SECRET + b"\n")
    for name, key in keys.items():
        write_key(home / f"{name}.pem", key, SECRET)
    (home / "depart.json").write_bytes(departure.envelope.body)
    return Desk(home, departure.now, pair.stage.poster.url)


@pytest.mark.parametrize("first", ["consignor", "carrier"])
async def test_two_without_a_network(pair: Pair, tmp_path: Path, first: str) -> None:
    departure = await pair.departure()
    desk = await desk_of(pair, departure, tmp_path)
    second = {"consignor": "carrier", "carrier": "consignor"}[first]
    uscc = {"consignor": pair.consignor.uscc, "carrier": pair.carrier.uscc}[first]
    await desk.do(
        "create", tmp_path / "depart.json", "--as", uscc, "--yes", "--out", tmp_path / "shown.txt", "--frame", 80, *desk.key(first)
    )
    lines = (tmp_path / "shown.txt").read_text().splitlines()
    assert len(lines) > 4
    (tmp_path / "scanned.txt").write_text("\n".join(reversed(lines)).lower())
    said = (await desk.do("show", tmp_path / "scanned.txt")).stdout
    for word in (
        "起运",
        "1.200000",
        f"核对码 check code: {departure.name[:8]}",
        "移出量（吨） mass loaded",
        departure.trip.chain,
        "未签 / not signed",
    ):
        assert word in said, said
    no = await desk.do("sign", tmp_path / "scanned.txt", *desk.key(second), code=1, given="n\n")
    assert "未签署" in no.stdout
    (tmp_path / "copied.txt").write_text((tmp_path / "scanned.txt").read_text())
    printed = (await desk.do("sign", tmp_path / "copied.txt", "--yes", "--answer", *desk.key(second))).stdout.splitlines()
    signed = await desk.json("sign", tmp_path / "scanned.txt", "--yes", "--answer", "--out", tmp_path / "answer.txt", *desk.key(second))
    assert (signed["statement"], signed["is_signed"]) == (departure.name, True)
    assert (tmp_path / "answer.txt").read_text() == signed["answer"]
    assert [line for line in printed if not line.startswith("20")] == signed["answer"].splitlines(), "printed, it can be sent into a file"
    assert len(signed["answer"]) < 300
    for parts in (("shown.txt", "answer.txt"), ("answer.txt", "shown.txt", "shown.txt"), ("scanned.txt",)):
        await desk.do("merge", *(tmp_path / part for part in parts), "--out", tmp_path / "whole.json")
        envelope = parse_envelope((tmp_path / "whole.json").read_bytes().strip(), payload_type=PAYLOAD_STATEMENT)
        assert freeze(envelope) == freeze(departure.envelope), "the very bytes, signatures in the order of by"
    alone = await desk.do("sign", tmp_path / "answer.txt", "--yes", *desk.key(second), code=2)
    assert "merge" in alone.stderr
    sent = await desk.json("send", tmp_path / "whole.json", *desk.online(second))
    assert (sent["state"], sent["receipt"]["statement"]) == ("entered", departure.name)


async def test_two_with_a_server_between_them(pair: Pair, tmp_path: Path) -> None:
    departure = await pair.departure()
    desk = await desk_of(pair, departure, tmp_path)
    await desk.do("create", tmp_path / "depart.json", "--yes", "--out", tmp_path / "mine.txt", *desk.key("consignor"))
    assert (await desk.json("send", tmp_path / "mine.txt", *desk.online("consignor")))["missing"] == [pair.carrier.uscc]
    listed = (await desk.do("list", "--unsigned", *desk.online("carrier"))).stdout
    assert departure.name in listed
    await desk.do("fetch", departure.name, "--out", tmp_path / "theirs.txt", *desk.online("carrier"))
    await desk.do("sign", tmp_path / "theirs.txt", "--yes", *desk.key("carrier"))
    done = await desk.do("send", tmp_path / "theirs.txt", *desk.online("carrier"))
    assert "入账 / entry" in done.stdout
    assert departure.name not in (await desk.do("list", *desk.online("carrier"))).stdout


async def test_withdraw_and_decline(pair: Pair, tmp_path: Path) -> None:
    departure = await pair.departure()
    assert hash_of(departure.envelope) == departure.name
    desk = await desk_of(pair, departure, tmp_path)
    await desk.do("create", tmp_path / "depart.json", "--yes", "--out", tmp_path / "mine.txt", *desk.key("consignor"))
    await desk.do("send", tmp_path / "mine.txt", *desk.online("consignor"))
    await desk.do("withdraw", departure.name, *desk.online("consignor"))
    gone = await desk.do("withdraw", departure.name, *desk.online("consignor"), code=1)
    assert "PENDING_UNKNOWN" in gone.stdout + gone.stderr
    await desk.do("send", tmp_path / "mine.txt", *desk.online("consignor"))
    said = await desk.do("decline", departure.name, "--reason", "磅单上是 1.3 吨", *desk.online("carrier"), code=1)
    assert "declined" in said.stdout
    assert "磅单上是 1.3 吨" in said.stdout


async def test_what_the_log_would_not_read_is_not_signed(pair: Pair, tmp_path: Path) -> None:
    departure = await pair.departure()
    desk = await desk_of(pair, departure, tmp_path)
    body = departure.envelope.body.replace(pair.carrier.uscc.encode(), pair.carrier.uscc[:-1].encode() + b"0", 1)
    (tmp_path / "depart.json").write_bytes(body)
    wrong = await desk.do("create", tmp_path / "depart.json", "--yes", "--out", tmp_path / "mine.txt", *desk.key("consignor"), code=2)
    assert "USCC" in wrong.stdout + wrong.stderr
    assert not (tmp_path / "mine.txt").exists()
