"""A go-live over real HTTP: broken off in the middle, run again, run once more; rows that are registered otherwise; who may sign what."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from msgspec import Struct

from ledger.directory import party_chain
from liandan.cli import main
from liandan.client import AsyncLiandan
from liandan.demo.cast import CHONGQING, SICHUAN
from liandan.demo.founding import Keyring, founding
from liandan.demo.play import HttpPoster, found_log
from liandan.server import serving
from signing.keys import PrivateKey, write_key
from tests.liandan.golive.sheets import item, key_of, material, party, permit, rows, uscc_of, workbook
from tests.liandan.intake.workbooks import HEADS, terms
from tests.liandan.intake.workbooks import workbook as office_workbook
from tests.liandan.serving import settings_of
from tests.sample import LONG
from tests.stories.stage import SEED

pytestmark = pytest.mark.sampled
NOW = "2026-09-25T09:00:00+08:00"
FIRMS = 300 if LONG else 60
SECRET = b"go live"


class Office(Struct):
    """A founded log, and an authority's machine beside it."""

    poster: HttpPoster
    keyring: Keyring
    home: Path

    @property
    def found(self) -> str:
        """Hash of ``log.found``."""
        return self.poster.found

    def words(self, *paths: Path, key: str = "office", **options: str) -> list[str]:
        """``liandan golive run …``."""
        given = ["--key", self.home / f"{key}.pem", "--passphrase-file", self.home / "secret", "--url", self.poster.url, "--now", NOW]
        more = [word for name, value in options.items() for word in (f"--{name}", value)]
        return ["golive", "run", *map(str, paths), "--yes", *map(str, given), *more]

    async def run(self, *paths: Path, code: int = 0, key: str = "office", **options: str) -> Any:
        """Run it to its end; what it reports."""
        done = await self.do([*self.words(*paths, key=key, **options), "--json"])
        assert done.exit_code == code, (done.stdout, done.stderr)
        lines = done.stdout.splitlines()
        return json.loads("\n".join(line for line in lines if not line.startswith("20")))  # the server beside us logs on stdout, too

    async def do(self, words: list[str]) -> Result:
        """The command beside the server's loop."""
        return await asyncio.to_thread(CliRunner().invoke, main, words)

    async def committed(self) -> int:
        """Entries of the log."""
        async with httpx.AsyncClient(base_url=self.poster.url) as client:
            size: int = (await client.get("/v1/log")).json()["committed"]
            return size

    def keep(self, name: str, key: PrivateKey) -> None:
        """A key in a file."""
        write_key(self.home / f"{name}.pem", key, SECRET)

    def client(self, uscc: str, key: PrivateKey) -> AsyncLiandan:
        """Somebody with a key."""
        return AsyncLiandan(self.poster.url, key, uscc=uscc, trust=self.poster.trust)


@pytest.fixture(scope="module")
async def office(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """One log for the module."""
    home, keyring = tmp_path_factory.mktemp("golive"), Keyring(SEED)
    settings = settings_of(shared_database_url, home / "data")
    (home / "secret").write_bytes(SECRET + b"\n")
    async with serving(settings, keyring=keyring.server) as url, found_log(url, founding(keyring), keyring) as poster:
        made = Office(poster, keyring, home)
        made.keep("office", keyring.key(SICHUAN.uscc))
        made.keep("other", keyring.key(CHONGQING.uscc))
        yield made


async def test_hundreds_are_registered_once_though_it_is_broken_off(office: Office) -> None:
    path = workbook(office.home / "名单.xlsx", rows(office.found, range(1, FIRMS + 1)))
    before = await office.committed()
    pipes = {"stdout": asyncio.subprocess.DEVNULL, "stderr": asyncio.subprocess.DEVNULL}
    begun = await asyncio.create_subprocess_exec(sys.executable, "-m", "liandan", *office.words(path), **pipes)
    async with asyncio.timeout(120):
        while True:
            if await office.committed() > before or begun.returncode is not None:
                break
            await asyncio.sleep(0.005)
    with suppress(ProcessLookupError):
        begun.send_signal(signal.SIGKILL)
    await begun.wait()
    done = await office.committed() - before
    assert 0 < done < 2 * FIRMS, "it was broken off in the middle"
    report = await office.run(path)
    assert (len(report["entered"]) + report["there"], report["refused"], report["differs"]) == (2 * FIRMS, [], [])
    assert await office.committed() - before == 2 * FIRMS, "nothing twice"
    again = await office.run(path)
    assert (again["entered"], again["there"]) == ([], 2 * FIRMS)
    assert await office.committed() - before == 2 * FIRMS
    async with office.client(SICHUAN.uscc, office.keyring.key(SICHUAN.uscc)) as client:
        raw = await client.get("/v1/permits", receiver=uscc_of(FIRMS), min_size=before + 2 * FIRMS)
        [registered] = json.loads(raw)["permits"]
        assert (registered["no"], len(registered["items"])) == (permit(FIRMS)["许可证编号"], 2)
        assert (await client.party(uscc_of(1))).keys[0].keyid == key_of(uscc_of(1)).keyid


async def test_what_is_registered_otherwise_is_told_and_left(office: Office) -> None:
    tables = {
        "单位": [party(office.found, 901), party(office.found, 902)],
        "许可证": [permit(901)],
        "许可项目": [item(901)],
    }
    assert len((await office.run(workbook(office.home / "一.xlsx", tables)))["entered"]) == 3
    before = await office.committed()
    tables["单位"][0]["单位名称"] = "示例新名厂（虚构）"
    tables["单位"][1]["第二份登记材料"] = material(office.found, uscc_of(902)).replace(" ", "")  # the same key again
    tables["许可证"][0]["有效期至"] = "2031-12-31"
    report = await office.run(workbook(office.home / "二.xlsx", {**tables, "单位": tables["单位"][:1]}), code=1)
    assert (report["entered"], len(report["differs"])) == ([], 2)
    assert await office.committed() == before
    twice = await office.run(workbook(office.home / "三.xlsx", {"单位": tables["单位"][1:]}), code=1)
    assert [finding["code"] for finding in twice["findings"]] == ["INTAKE_TWICE"]


async def test_with_one_fault_nothing_is_signed(office: Office) -> None:
    before = await office.committed()
    tables = rows(office.found, [911, 912])
    tables["许可证"].append(permit(913))
    tables["许可项目"].append(item(913))
    report = await office.run(workbook(office.home / "四.xlsx", tables), code=1)
    assert [(finding["row"], finding["column"], finding["code"]) for finding in report["findings"]] == [
        (4, "统一社会信用代码", "GOLIVE_LOST")
    ]
    other = await office.run(workbook(office.home / "四.xlsx", rows(office.found, [911])), code=1, key="other")
    assert {finding["code"] for finding in other["findings"]} == {"GOLIVE_REGION"}
    tables = rows(office.found, [911])
    tables["单位"][0]["行政区划代码"] = "500116"
    report = await office.run(workbook(office.home / "四.xlsx", tables), code=1)
    assert [(finding["column"], finding["code"]) for finding in report["findings"]] == [("行政区划代码", "GOLIVE_REGION")]
    assert await office.committed() == before


async def test_what_the_log_refuses_is_told_by_row_and_the_rest_goes_on(office: Office) -> None:
    tables = rows(office.found, [921, 922])
    tables["许可证"][0]["行政区划代码"] = "510199"  # of no county
    report = await office.run(workbook(office.home / "五.xlsx", tables), code=1)
    assert (len(report["entered"]), [one["codes"] for one in report["refused"]]) == (3, [["DIVISION"]])
    assert "第 2 行" in report["refused"][0]["row"]
    tables["许可证"][0]["行政区划代码"] = "510112"
    assert len((await office.run(workbook(office.home / "五.xlsx", tables)))["entered"]) == 1


async def test_a_dry_run_shows_every_statement_and_signs_none(office: Office) -> None:
    path, before = workbook(office.home / "六.xlsx", rows(office.found, [931])), await office.committed()
    done = await office.do([*office.words(path), "--dry-run"])
    assert done.exit_code == 0
    for said in (
        "登记单位 / registration of a party",
        "示例再生资源第931厂（虚构）",
        "登记经营许可证或豁免管理单位",
        "900-052-31",
        "表“许可证” 第 2 行",
    ):
        assert said in done.stdout, said
    assert await office.committed() == before


async def test_sites_are_the_partys_own_and_a_delegate_registers_for_its_authority(office: Office) -> None:
    code = uscc_of(941)
    sites = [
        {
            "统一社会信用代码": code,
            "场所编号": f"s-{number}",
            "场所名称": f"第{number}厂区（虚构）",
            "行政区划代码": "510112",
            "地址": "示例路 2 号",
        }
        for number in range(3)
    ]
    sites.append({**sites[0], "场所编号": "cq", "行政区划代码": "500116"})
    path = workbook(office.home / "七.xlsx", {"单位": [party(office.found, 941)], "场所": sites})
    first = await office.run(path)
    assert (len(first["entered"]), first["left"]) == (1, 4), "the authority signs no sites"
    office.keep("firm", key_of(code))
    own = await office.run(path, key="firm")
    assert ([one["chain"] for one in own["entered"]], own["left"]) == ([party_chain(code)] * 3, 2), (
        "and the one elsewhere an authority signs too"
    )
    again = await office.run(path, key="firm")
    assert (again["entered"], again["there"]) == ([], 3)
    async with office.client(SICHUAN.uscc, office.keyring.key(SICHUAN.uscc)) as authority:
        authority.set_now(1_790_300_000)
        body = {"delegate": code, "kinds": ["party.register"], "document": "委托书（虚构）"}
        await authority.post(authority.sign(await authority.draft("delegation.grant/1", party_chain(SICHUAN.uscc), body)))
        shown = json.loads(await authority.get(f"/v1/parties/{code}"))
        assert [site["site"] for site in shown["sites"]] == ["s-0", "s-1", "s-2"]
    async with office.client(code, key_of(code)) as firm:
        assert "sites" not in json.loads(await firm.get(f"/v1/parties/{uscc_of(1)}"))
    more = workbook(office.home / "八.xlsx", {"单位": [party(office.found, 942)]})
    assert len((await office.run(more, key="firm", **{"for": SICHUAN.uscc}))["entered"]) == 1


async def test_a_list_goes_from_an_offices_spreadsheet_into_force_and_out_again(office: Office, tmp_path: Path) -> None:
    """Read with the log's permits, signed by the commands that the intake names, countersigned, exported, read again, compared."""
    numbers = (951, 952)
    await office.run(workbook(tmp_path / "单位.xlsx", rows(office.found, numbers)))

    async def intake(*words: str, key: str = "other", code: int = 0) -> Any:
        given = ["--key", office.home / f"{key}.pem", "--passphrase-file", office.home / "secret", "--url", office.poster.url, "--now", NOW]
        done = await office.do(["intake", *words, *map(str, given), "--json"])
        assert done.exit_code == code, (done.stdout, done.stderr)
        return json.loads("\n".join(line for line in done.stdout.splitlines() if not line.startswith("20")))

    async def signed(*words: str, key: str) -> None:
        given = ["--key", office.home / f"{key}.pem", "--passphrase-file", office.home / "secret", "--url", office.poster.url, "--now", NOW]
        done = await office.do([*words, "--yes", *map(str, given), "--receipts", str(tmp_path / key)])
        assert done.exit_code == 0, (done.stdout, done.stderr)

    asked = [["", uscc_of(n), permit(n)["许可证编号"], "HW31含铅废物", "９００-０５２-３１", "R4", "1,200吨"] for n in numbers]
    of_list = terms(
        年度=2026, 移出省="重庆", 接受省="四川省", 生效日="2026.10.1", 失效日="2026-12-31", 函号="渝环函〔2026〕9号", 函件日期="2026-09-20"
    )
    heads = ("接受单位", "统一社会信用代码", "经营许可证编号", *HEADS[3:])
    name, raw = office_workbook(of_list, heads=heads, rows=asked)
    (tmp_path / name).write_bytes(raw)
    read = await intake(str(tmp_path / name), "--bodies", str(tmp_path / "bodies"))
    assert {one["taken"] for one in read["repairs"]} >= {"900-052-31", "HW31", "1200", "2026-10-01"}
    [chain] = {one["chain"] for one in read["statements"]}
    await signed("list", "propose", chain, "--from", str(tmp_path / "bodies" / "001-list.propose.json"), key="other")
    await signed("list", "rows", chain, "--from", str(tmp_path / "bodies" / "002-list.rows.json"), key="other")
    letter = ("--letter-no", "川环函〔2026〕77号", "--letter-date", "2026-09-24", "--rows-hash", read["rows_hash"])
    await signed("list", "countersign", chain, *letter, key="office")
    again = await intake(str(tmp_path / name), "--against", chain, key="office")
    assert (again["known"], again["difference"]["is_same"]) == ([chain], True), "a file that was read before is recognised"
    out = tmp_path / "导出.xlsx"
    await intake("--export", chain, "--to", str(out), key="office")
    back = await intake(str(out), "--against", chain)
    assert (back["findings"], back["repairs"], back["rows_hash"], back["difference"]["is_same"]) == ([], [], read["rows_hash"], True)
    more = office_workbook(
        of_list,
        heads=heads,
        rows=[[*asked[0][:-1], "6200"], asked[1], ["", uscc_of(951), permit(951)["许可证编号"], "HW08", "全部代码", "R9", 50]],
    )
    (tmp_path / "新.xlsx").write_bytes(more[1])
    told = await intake(str(tmp_path / "新.xlsx"), "--against", chain, "--difference", str(tmp_path / "差异.xlsx"))
    assert told["difference"]["zh"] == "900-052-31 额度 +5000 吨，HW08（全部代码） 额度 +50 吨，共新增 1 行、减少 0 行、更改 1 行"
    assert (tmp_path / "差异.xlsx").stat().st_size > 5000
    both = await intake(str(tmp_path / "新.xlsx"), "--against", str(tmp_path / name))
    assert both["difference"]["zh"] == told["difference"]["zh"]
    balance = office_workbook(
        heads=("额度种类", "编号", "统一社会信用代码", "行号", "已用数量（吨）", "截至日期", "依据"),
        rows=[
            ("许可证", permit(951)["许可证编号"], uscc_of(951), None, 30, "2026-09-24", "台账"),
            ("白名单", chain, None, 1, 20, "2026-09-24", "台账"),
        ],
        sheet="期初",
    )
    (tmp_path / "期初.xlsx").write_bytes(balance[1])
    opened = await intake(str(tmp_path / "期初.xlsx"), "--as", "openings", key="office")
    assert [(one["chain"].split("/")[0], one["body"].get("item"), one["body"]["used_t"]) for one in opened["statements"]] == [
        ("permit", None, "30"),
        ("list", 0, "20"),
    ]
