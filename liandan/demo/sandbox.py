"""The sandbox of ``liandan demo --serve``: everybody's keys, what to pin, a page with ready commands, and a counterpart that signs back.

For developers alone: the log is a simulated one, its parties are fictitious, and the passphrase of the keys lies beside them.
"""

import asyncio
import contextlib
import json
import os
import shlex
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from liandan.client import AsyncLiandan
from liandan.demo.cast import CAST, CHONGQING, SICHUAN, Firm
from liandan.demo.counterpart import Counterpart, Say
from liandan.demo.founding import ORIGIN, Keyring
from liandan.demo.play import HttpPoster
from signing.keys import write_key

PASSPHRASE = "sandbox"  # noqa: S105  # of keys that are for everybody to try, of parties that do not exist
NEWCOMER = Firm("newcomer", "91", "510112", 900, "成都试用单位", "成都市龙泉驿区示范大道99号")
"""Who begins in the sandbox: nobody has registered it yet."""
WASTE = "900-052-31"
SIGN_INS = "sign-ins.json"
"""What the server offers at ``/enter`` (LIANDAN_DEMO_SIGN_INS)."""
SIGNED_IN = (
    ("clerk", "yuxu", "企业经办人", "Clerk of a firm", "/desk"),
    ("driver", "shuan.phone", "司机", "Driver", "/drive/"),
    ("scale", "jiangjin", "地磅", "Weighbridge", "/scale/"),
    ("sichuan", "sichuan", "省级经办（四川）", "Clerk of Sichuan", "/province"),
    ("chongqing", "chongqing", "市级经办（重庆）", "Clerk of Chongqing", "/province"),
    ("inspector", "luzhou_traffic", "执法人员", "Inspector", "/road"),
    ("operator", "operator", "运营单位", "Operator", "/province/audit"),
)
"""Faces of the desk, whose key each holds as the cast calls it, what it is called, and where it begins."""
EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


@asynccontextmanager
async def sandbox(out: Path, poster: HttpPoster, keyring: Keyring, say: Say) -> AsyncIterator[Path]:
    """Lay out ``out/sandbox`` and let the counterpart answer as long as this lasts; yields the page."""
    desk = out / "sandbox"
    given = await _given(poster, keyring)
    await asyncio.to_thread(lay_out, desk, given, keyring)
    authorities = {firm.province: firm.uscc for firm in (SICHUAN, CHONGQING)}
    counterpart = Counterpart(poster.url, poster.trust, keyring.key, authorities, desk, say)
    answering = asyncio.create_task(counterpart.answer())
    try:
        yield desk / "README.md"
    finally:
        answering.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await answering


async def _given(poster: HttpPoster, keyring: Keyring) -> dict[str, Any]:
    """What the examples need to know: the log and its pins, a newcomer, and the row of a list with most left."""
    async with AsyncLiandan(poster.url, keyring.key(SICHUAN.uscc), uscc=SICHUAN.uscc, trust=poster.trust) as client:
        told = await client.log()
        vkeys = (await client.get("/log.vkey")).decode()
        rows = json.loads(await client.get("/v1/listings", **{"from": "51", "to": "50", "code": WASTE}))["listings"]
    row = max(rows, key=lambda one: float(one["left_t"]))
    return {
        "url": poster.url, "origin": ORIGIN, "found": poster.found, "vkey": vkeys.splitlines()[0] + "\n", "uscc": NEWCOMER.uscc,
        "name": NEWCOMER.name, "receiver": row["receiver"], "permit": row["permit"], "list": row["list"], "row": row["row"], "now": told.now,
    }  # fmt: skip


def lay_out(desk: Path, given: dict[str, Any], keyring: Keyring) -> None:
    """Write keys (encrypted; the passphrase beside them, for its owner only), pins, ``sandbox.json``, ``parties.json`` and the page."""
    keys = desk / "keys"
    keys.mkdir(parents=True)
    parties = []
    for firm in CAST.firms:
        write_key(keys / f"{firm.key}.pem", keyring.key(firm.uscc), PASSPHRASE.encode())
        place = f"{firm.division} {firm.address}"
        parties.append(
            {"key": f"keys/{firm.key}.pem", "uscc": firm.uscc, "name": firm.name, "place": place, "keyid": keyring.key(firm.uscc).keyid}
        )
    _write(desk / "passphrase", f"{PASSPHRASE}\n")
    _write(desk / "log.vkey", given["vkey"])
    _write(desk / "sandbox.json", json.dumps(given, ensure_ascii=False, indent=1) + "\n")
    _write(desk / "parties.json", json.dumps(parties, ensure_ascii=False, indent=1) + "\n")
    _write(desk / "README.md", page(given))
    _write(desk / SIGN_INS, json.dumps(sign_ins(keyring), ensure_ascii=False, indent=1) + "\n")


def sign_ins(keyring: Keyring) -> list[dict[str, str]]:
    """Who may be tried at the desk, with the key: one for each face."""
    found = []
    for face, who, zh, en, wanted in SIGNED_IN:
        owner, _, device = who.partition(".")
        firm = CAST.firm(owner)
        key = keyring.key(f"{firm.uscc}.{device}" if device else firm.uscc)
        pem = key.to_pem(PASSPHRASE.encode()).decode()
        told = {
            "face": face,
            "zh": zh,
            "en": en,
            "name": firm.name,
            "uscc": firm.uscc,
            "next": wanted,
            "pem": pem,
            "passphrase": PASSPHRASE,
        }
        found.append(told)
    return found


def _write(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def page(given: dict[str, Any]) -> str:
    """``README.md`` of the sandbox: every command is filled in and can be copied as it stands, in the sandbox's folder."""
    url, found, now = given["url"], given["found"], given["now"]
    party = f"--url {url} --key keys/shuan.pem --passphrase-file passphrase --vkey log.vkey --found {found} --receipts 回执 --now {now}"
    office = party.replace("shuan", "sichuan")
    parties = "\n".join(f"| `keys/{firm.key}.pem` | {firm.name} | `{firm.uscc}` |" for firm in CAST.firms)
    return f"""# 试用沙箱 / The sandbox

服务 server: {url} · [工作台 desk]({url}/enter) · [接口 interface]({url}/schema) · [文档 docs]({url}/docs/) · [核验 verify]({url}/v)

模拟账本：时间停在 `{now}`，请求带 `Liandan-Now`（命令用 `--now`）可以往前走，不能往回。全部单位均为虚构，`keys/` 中是它们的密钥，口令在 `passphrase`（`{PASSPHRASE}`）。
请在本目录中执行下面的命令。对方会签回：放进本目录的 `登记材料*.json` 由主管部门登记（`{{"uscc", "name", "key"}}`，`key` 为 `liandan key registration` 的输出）；引用白名单的申请由主管部门批准；`manifest.arrive/1` 之后由接受人过磅、接受。
A simulated log: its time stands at `{now}`; a request with `Liandan-Now` (`--now`) moves it on, never back. All parties are fictitious; their keys are in `keys/`, the
passphrase in `passphrase`. Run the commands in this folder. The others sign back: `登记材料*.json` in this folder (`{{"uscc", "name", "key"}}`, `key` as `liandan key registration` prints it) is registered by the authority, an application on a list is approved, and after
`manifest.arrive/1` the receiver weighs and accepts.

## 从新密钥到可核验的转移证明 / From a new key to a verified certificate

只用 Node 自带的功能 with Node alone (≥ 20):

```sh
node {EXAMPLES / "walk.mjs"} sandbox.json
```

## 命令行 / Command line

```sh
export PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH"    # liandan, python 在这里 / they are here
liandan manifest list {party} --limit 5
liandan work {party.replace("shuan", "jiangjin")} --limit 5    # 今天等接受人办的 / what waits for the receiver
liandan statement cosign list --unsigned {party}
liandan log status --url {url}
liandan verify 转移证明.pdf --found {found}
```

## 月结、未符项、台账 / Closed months, open items, books

```sh
liandan month status 2026-10 {office}    # 十月结账、确认到哪一步 / how October stands
liandan items list 2026-10 {office}    # 对不上的、由谁办、到哪天；每项后面是下一条命令 / what does not match, whose turn, by when
liandan book template b5 台账.xlsx    # 空白的 HJ 1259 表 B.5，填好再交 / an empty table B.5, to be filled in
liandan book put 台账.xlsx --month 2026-10 --dry-run {party.replace("shuan", "jinchuan")}
liandan register c1 2026-10 {party.replace("shuan", "jinchuan")}    # 本单位十月的表 C.1 / C.1 of one firm
liandan reconcile 2026-10 --from ../export --out 对账单    # 自己重算对账单，不用服务 / the statements computed anew, without a server
```

签署的命令（`items comment`、`items settle`、`month dispute`）也要带 `--now`，因为这本账的时间是模拟的。 / Commands that sign take `--now` too: the time of this log is simulated.

## 纯 HTTP / Plain HTTP

```sh
curl -s {url}/v1/log
curl -s {url}/checkpoint
curl -s {url}/schemas/manifest.issue-1.json
curl -s '{url}/problems/approval-quota' -H 'Accept: application/json'
```

## Python

```python
from pathlib import Path
from ledger.times import parse_at
from liandan.client import Liandan, Trust
from signing.keys import read_key

key = read_key(Path("keys/shuan.pem"), Path("passphrase").read_bytes().strip())
trust = Trust.from_files(Path("log.vkey"), "{found}")
with Liandan("{url}", key, uscc="{CAST.firm("shuan").uscc}", trust=trust) as client:
    client.set_now(parse_at("{now}"))
    print(client.party("{CAST.firm("shuan").uscc}"))
```

更正、暂扣、退回、带批次转出等各种行为的写法 / how every other act is written: [acts.md]({url}/docs/formats/acts/), [kinds.md]({url}/docs/formats/kinds/).

## 单位与密钥 / Parties and keys

| 密钥 key | 单位 party | 代码 USCC |
|---|---|---|
{parties}
"""
