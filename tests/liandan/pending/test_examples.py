"""The programs of docs/api.md for co-signing, in Python and in Node, run as they stand."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from liandan.client import Liandan
from signing.payload import parse
from tests.house.source import ROOT
from tests.liandan.pending.desk import Departure, Pair
from tests.liandan.test_walk import node

SECTION = (ROOT / "docs/api.md").read_text(encoding="utf-8").partition("## 8. ")[2]


def program(language: str) -> str:
    """The block of a language."""
    [found] = re.findall(rf"(?s)```{language}\n(.*?)```", SECTION)
    return str(found)


def of(departure: Departure) -> tuple[str, Any]:
    """Chain and body of what is to be signed."""
    fields = parse(departure.envelope.body)
    return fields["chain"], fields["body"]


async def test_the_python_of_the_page(pair: Pair) -> None:
    departure = await pair.departure()
    chain, body = of(departure)
    keys = {name: pair.stage.scribe.keyring.key(getattr(pair, name).uscc) for name in ("consignor", "carrier")}

    def run() -> dict[str, Any]:
        with (
            Liandan(pair.stage.poster.url, keys["consignor"], uscc=pair.consignor.uscc, trust=pair.stage.poster.trust) as consignor,
            Liandan(pair.stage.poster.url, keys["carrier"], uscc=pair.carrier.uscc, trust=pair.stage.poster.trust) as carrier,
        ):
            for one in (consignor, carrier):
                one.set_now(departure.act.at_s + 60)
            names: dict[str, Any] = {
                "consignor": consignor, "carrier": carrier, "chain": chain, "body": body, "carrier_key": keys["carrier"],
                "consignor_uscc": pair.consignor.uscc, "carrier_uscc": pair.carrier.uscc,
            }  # fmt: skip
            exec(program("python"), names)  # the page's own program, under test
            return names

    done = (await asyncio.to_thread(run))["done"]
    assert (done.state, done.chain) == ("entered", chain)
    assert done.receipt.index > 0


@pytest.mark.skipif(shutil.which("node") is None, reason="未找到 Node.js / Node is missing")
async def test_the_node_of_the_page(pair: Pair, tmp_path: Path) -> None:
    departure = await pair.departure()
    chain, body = of(departure)
    vkey = (await pair.client.get("/log.vkey")).text
    pins = {"url": pair.stage.poster.url, "origin": pair.stage.poster.trust.origin, "found": pair.stage.poster.found, "vkey": vkey}
    given = {"pins": pins, "now": departure.now, "chain": chain, "body": body}
    for name in ("consignor", "carrier"):
        signer = getattr(pair, name)
        pem = pair.stage.scribe.keyring.key(signer.uscc).to_pem(b"x").decode()
        given[name] = {"uscc": signer.uscc, "pem": pem}
    (tmp_path / "given.json").write_text(json.dumps(given), encoding="utf-8")
    (tmp_path / "said.mjs").write_text(
        f"""
import {{ createPrivateKey }} from "node:crypto";
import {{ readFileSync }} from "node:fs";
import {{ Client, STATEMENT, seal }} from "{ROOT / "docs/examples/client.mjs"}";
const given = JSON.parse(readFileSync("given.json", "utf8")), {{ chain, body }} = given;
const [consignor, carrier] = ["consignor", "carrier"].map((name) => new Client({{ ...given.pins, now: given.now, uscc: given[name].uscc,
  key: createPrivateKey({{ key: given[name].pem, passphrase: "x" }}) }}));
const consignorUscc = consignor.uscc, carrierUscc = carrier.uscc;
await consignor.login();
await carrier.login();
{program("js")}
""",
        encoding="utf-8",
    )
    said = await node(tmp_path, tmp_path / "said.mjs")
    assert re.search(r"^entered [0-9]+$", said, re.MULTILINE), said
