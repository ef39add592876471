"""``liandan registration``: a firm and a clerk, each at a machine of their own, with a telephone between them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ledger.registrations.answers import RegistrationToDecide
from liandan.cli import main
from liandan.client import Dishonest
from liandan.client.registration import verified
from signing.keys import PrivateKey, write_key
from tests.liandan.registrations.conftest import Desk
from tests.liandan.registrations.desk import AUTHORITY_51, KNOWN, fresh
from tests.liandan.serving import NOW
from tests.workbench import key_of

SECRET = b"two offices"


class Machines:
    """Files of both; commands run beside the server's loop."""

    def __init__(self, home: Path, url: str, found: str) -> None:
        self.home, self._url, self._found = home, url, found
        (home / "secret").write_bytes(SECRET + b"\n")
        for name, key in (("firm", PrivateKey.generate("ecdsa-p256-sha256")), ("office", key_of(AUTHORITY_51))):
            write_key(home / f"{name}.pem", key, SECRET)

    async def do(self, *arguments: object, code: int = 0, given: str | None = None) -> Result:
        """``liandan registration …``."""
        words = ["registration", *map(str, arguments), "--url", self._url, "--now", NOW]
        done = await asyncio.to_thread(CliRunner().invoke, main, words, input=given)
        assert done.exit_code == code, (done.stdout, done.stderr)
        return done

    async def json(self, *arguments: object, code: int = 0, given: str | None = None) -> Any:
        """The same with ``--json``."""
        lines = (await self.do(*arguments, "--json", code=code, given=given)).stdout.splitlines()
        return json.loads("\n".join(line for line in lines if not line.startswith("20")))

    def key(self, name: str) -> tuple[object, ...]:
        """Options that name a key."""
        return ("--key", self.home / f"{name}.pem", "--passphrase-file", self.home / "secret")

    async def apply(self, uscc: str, *, code: int = 0, found: str = "", name: str = "再生铜厂（虚构）") -> Any:
        """An application of the firm; its file is ``asked.json``."""
        words = (
            "--uscc",
            uscc,
            "--name",
            name,
            "--contact-name",
            "李四",
            "--contact-phone",
            "19900001235",
            "--found",
            found or self._found,
        )
        return await self.do("apply", *words, *self.key("firm"), "--out", self.home / "asked.json", code=code)


@pytest.fixture
def machines(desk: Desk, tmp_path: Path) -> Machines:
    return Machines(tmp_path, str(desk.client.base_url).rstrip("/"), desk.bench.found)


async def test_asked_compared_by_telephone_and_registered(machines: Machines) -> None:
    said = (await machines.apply(fresh())).stdout
    kept = json.loads((machines.home / "asked.json").read_text())
    name, print_ = kept["registration"], said.partition("fingerprint: ")[2].splitlines()[0].partition("    ")[0]
    assert (machines.home / "asked.json").stat().st_mode & 0o077 == 0
    assert (await machines.json("send", machines.home / "asked.json"))["state"] == "waiting"
    assert name in [one["registration"] for one in await machines.json("list", *machines.key("office"))]
    shown = (await machines.do("show", name, *machines.key("office"))).stdout
    assert print_ in shown
    assert "19900001235" in shown
    wrong = await machines.do("confirm", name, "--fingerprint", "0000 0000 0000 0000 0000", "--yes", *machines.key("office"), code=2)
    assert "指纹不符" in wrong.stderr
    short = await machines.do("confirm", name, "--fingerprint", print_[:4], "--yes", *machines.key("office"), code=2)
    assert "所给 4 位" in short.stderr
    no = await machines.json("confirm", name, "--fingerprint", print_, *machines.key("office"), code=1, given="n\n")
    assert no == {"registration": name, "is_signed": False}
    done = await machines.do("confirm", name, "--fingerprint", print_.replace(" ", "").upper(), "--yes", *machines.key("office"))
    assert "登记单位" in done.stderr
    assert "再生铜厂（虚构）" in done.stderr, "what is signed is shown from its bytes"
    told = await machines.json("status", machines.home / "asked.json")
    assert (told["state"], f"第 {told['index']} 条" in done.stdout) == ("confirmed", True)
    again = await machines.do("confirm", name, "--fingerprint", print_, "--yes", *machines.key("office"), code=2)
    assert "已登记" in again.stderr, "it has come to its end"


async def test_refused_and_withdrawn(machines: Machines) -> None:
    await machines.apply(fresh())
    name = json.loads((machines.home / "asked.json").read_text())["registration"]
    again = await machines.apply(fresh(), code=2)
    assert "查询码" in again.stderr, "a code is not written over"
    refused = await machines.do("refuse", name, "--reason", "经电话核对，不是本单位申请", *machines.key("office"))
    assert "不予登记" in refused.stdout
    told = await machines.do("status", machines.home / "asked.json", code=1)
    assert "经电话核对，不是本单位申请" in told.stdout
    assert "REGISTRATION_OVER" in (await machines.do("withdraw", machines.home / "asked.json", code=1)).stderr
    (machines.home / "asked.json").unlink()
    await machines.apply(fresh())
    await machines.do("withdraw", machines.home / "asked.json")
    (machines.home / "asked.json").write_text("{}")
    assert "REGISTRATION_FIELD" in (await machines.do("withdraw", machines.home / "asked.json", code=2)).stderr


async def test_what_is_wrong_is_said_before_anything_is_kept(machines: Machines) -> None:
    named = await machines.apply(fresh(), name="再生铜厂 ", code=2)
    assert "REGISTRATION_NAME" in named.stderr
    assert not (machines.home / "asked.json").exists()
    other = await machines.apply(fresh(), found="0" * 64, code=1)
    assert "founding hash" in other.stderr


async def test_who_is_registered_already_is_not_registered_again(machines: Machines) -> None:
    await machines.apply(KNOWN)
    kept = json.loads((machines.home / "asked.json").read_text())
    shown = (await machines.do("show", kept["registration"], *machines.key("office"))).stdout
    assert "该代码已登记" in shown
    keyid = kept["request"]["envelope"]["signatures"][0]["keyid"]
    done = await machines.do("confirm", kept["registration"], "--fingerprint", keyid[:20], "--yes", *machines.key("office"), code=2)
    assert "key.add/1" in done.stderr


async def test_a_server_that_swaps_the_key_is_found_out(desk: Desk) -> None:
    """It shows the application of one firm under the name of another's, or in part."""
    import msgspec

    one, other = await desk.applicant().taken(), await desk.applicant().taken()
    answers = [(await desk.sichuan.ask("GET", f"/{firm.id}")).content for firm in (one, other)]
    shown, foreign = (msgspec.json.decode(raw, type=RegistrationToDecide) for raw in answers)
    assert verified(shown, desk.bench.found).uscc == one.uscc
    for lie in (
        msgspec.structs.replace(shown, envelope=foreign.envelope, contact=foreign.contact),
        msgspec.structs.replace(shown, contact=foreign.contact),
        msgspec.structs.replace(shown, contact=()),
    ):
        with pytest.raises(Dishonest):
            verified(lie, desk.bench.found)
    with pytest.raises(Dishonest):
        verified(shown, "0" * 64)
