"""docs/api.md, walked by a party: the commands and the program of the page, as they stand there, against a real server."""

from __future__ import annotations

import ast
import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from ledger.times import parse_at
from liandan.cli import main
from liandan.client import Liandan
from signing.envelope import Envelope, freeze
from signing.possession import register
from tests.house.source import ROOT
from tests.liandan.serving import NOW, http, post_all
from tests.manifests.driver import APPROVAL, GENERATOR, PERMIT, RECEIVER
from tests.manifests.test_worked_example import Example
from tests.whitelist.scene import transfer
from tests.workbench import AUTHORITY_51, Workbench, key_of, uscc
from whitelist.check_answers import CheckAnswer

PARTY = uscc("510112", 2)
PAGE = (ROOT / "docs/api.md").read_text(encoding="utf-8")
PASSPHRASE = "口令"
NOW_S = parse_at(NOW)


def run(*words: str, answer: str = f"{PASSPHRASE}\n{PASSPHRASE}\n") -> str:
    """A command of the page; its standard output."""
    result = CliRunner().invoke(main, list(words), input=answer)
    assert result.exit_code == 0, result.output
    return result.stdout


class Party:
    """A party at its own desk, in its own directory."""

    def __init__(self, url: str, bench: Workbench, plain: httpx.AsyncClient) -> None:
        self.url, self.bench, self.plain = url, bench, plain


@pytest.fixture
async def party(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Party]:
    bench = Workbench()
    async with http(database_url, tmp_path / "server") as plain:
        await post_all(plain, bench)
        monkeypatch.chdir(tmp_path)
        # Steps 1 and 2: make a key, hand in its registration; the authority registers it.
        run("key", "new", "单位.pem")
        registration = run("key", "registration", "单位.pem", "--uscc", PARTY, "--for", bench.found, answer=f"{PASSPHRASE}\n")
        (tmp_path / "登记材料.json").write_text(registration[registration.index("{") :], encoding="utf-8")
        body = {"name": "测试单位（虚构）", "keys": [json.loads(registration[registration.index("{") :])]}
        entry = bench.post("party.register/1", f"party/{PARTY}", (AUTHORITY_51,), body)
        assert (await plain.post("/v1/statements", content=freeze(entry.envelope))).status_code == 201
        # Step 3: pin.
        (tmp_path / "log.vkey").write_bytes((await plain.get("/log.vkey")).content)
        yield Party(str(plain.base_url).rstrip("/"), bench, plain)


def program(party: Party) -> str:
    """The program of step 4 with its blanks filled in; the log of tests has a simulated clock, so it is told the time as the page says."""
    blocks: list[str] = re.findall(r"(?s)```python\n(.*?)```", PAGE.replace("\n   ", "\n"))
    [text] = [block for block in blocks if "Trust.from_files" in block]
    for blank, value in (("https://ledger.example.cn", party.url), ("<账本创始声明哈希>", party.bench.found), ("<代码>", PARTY)):
        assert blank in text
        text = text.replace(blank, value)
    start = "as client:\n"
    assert start in text
    return text.replace(start, f"{start}    client.set_now({NOW_S})\n")


async def test_the_five_steps_work_as_they_stand(party: Party, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("key", "new", "新.pem")
    registration = run("key", "registration", "新.pem", "--uscc", PARTY, "--for", party.bench.found, answer=f"{PASSPHRASE}\n")
    (tmp_path / "新登记材料.json").write_text(registration[registration.index("{") :], encoding="utf-8")
    scope: dict[str, Any] = {}
    await asyncio.to_thread(exec, compile(program(party), "docs/api.md", "exec"), scope)
    assert int(capsys.readouterr().out.split()[-1]) == len(party.bench.entries)
    answer = run("verify", "回执", "--vkey", "log.vkey", "--found", party.bench.found, "--registration", "登记材料.json", "--json")
    assert [(report["form"], report["signatures"], report["findings"]) for report in json.loads(answer)] == [
        ("entry", 1, []),
        ("checkpoint", 0, []),
    ]


async def test_answers_are_those_of_the_table(party: Party) -> None:
    """202 and the receipt by resending, 409 with the head, a refusal with its receipt, a batch, the feed."""

    def work() -> list[Envelope]:
        from signing.keys import read_key

        client = Liandan(party.url, read_key(Path("单位.pem"), PASSPHRASE.encode()), uscc=PARTY)
        client.set_now(NOW_S)
        with client:
            chain = f"party/{PARTY}"
            return [
                client.sign(client.draft("key.add/1", chain, {"key": register(key_of(PARTY, number), party.bench.found, PARTY)}))
                for number in range(6)
            ]

    chain = await asyncio.to_thread(work)
    post = party.plain.post
    # Out of order: 409, with the head, and what is missing is to be sent first.
    early = await post("/v1/statements", content=freeze(chain[1]))
    assert (early.status_code, early.json()["code"]) == (409, "PREDECESSOR_MISSING")
    assert early.json()["head"]["seq"] == 0
    assert early.headers["content-type"].startswith("application/problem+json")
    # 202 without an index; the same again is answered with the receipt.
    for envelope, prefer in ((chain[0], "respond-async"), (chain[1], "wait=0")):
        waiting = await post("/v1/statements", content=freeze(envelope), headers={"Prefer": prefer})
        assert waiting.status_code == 202
        assert set(waiting.json()) == {"statement", "is_new", "waiting_for"}
        again = await post("/v1/statements", content=freeze(envelope), headers={"Prefer": "wait=30"})
        assert again.status_code == 200
        assert {"entry", "index", "inclusion", "checkpoint"} <= set(again.json())
    # A batch: one line refused, the last line the checkpoint of all.
    raw = b"\n".join(freeze(envelope) for envelope in (chain[2], chain[4], chain[3])) + b"\n"
    batch = await post("/v1/statements/batch", content=raw, headers={"Prefer": "wait=30"})
    *lines, end = [json.loads(line) for line in batch.text.splitlines()]
    assert [line["status"] for line in lines] == [201, 409, 201]
    assert lines[1]["problem"]["code"] == "PREDECESSOR_MISSING"
    assert (end["admitted"], end["refused"]) == (2, 1)
    raw = freeze(chain[4]) + b"\n" + freeze(chain[4]).replace(b'"payload":"', b'"payload":"A') + b"\n"
    atomic = await post("/v1/statements/batch?atomic=true", content=raw)
    [rolled, _, *_] = map(json.loads, atomic.text.splitlines())
    assert rolled["problem"]["code"] == "BATCH_ROLLED_BACK"
    # A rule refuses: all reasons with rule, source, who can lift it; the receipt is there.
    late = await post("/v1/statements", content=freeze(chain[4]), headers={"Liandan-Now": "2026-10-09T09:00:00+08:00"})
    problem = late.json()
    assert (late.status_code, problem["code"]) == (422, "STATEMENT_STALE")
    assert {"source", "lift", "what_to_do"} <= set(problem["errors"][0])
    assert problem["receipt"]
    assert problem["statement"]
    assert (await post("/v1/statements?wait=1", content=freeze(chain[5]))).json()["code"] == "QUERY_FORM"

    def read() -> tuple[int, int, list[str]]:
        from signing.keys import read_key

        client = Liandan(party.url, read_key(Path("单位.pem"), PASSPHRASE.encode()), uscc=PARTY)
        client.set_now(NOW_S)
        with client:
            page = client.feed(min_size=client.log().committed)
            return len(page.entries), len(client.refusals().refusals), [line.keyid for line in client.party(PARTY).keys]

    entries, refusals, keys = await asyncio.to_thread(read)
    assert entries == 5, "the registration by the authority, and four of its own"
    assert refusals >= 1
    assert len(keys) == 5


def question() -> list[Any]:
    """The question of the page, its blanks filled in."""
    [text] = re.findall(r"(?s)client\.check\(\s*(\[.*?\])\s*\)\nfor ", PAGE)
    for blank, value in (
        ("permit/<接受人>/<证号>", PERMIT),
        ("approval/<移出人>/<存证标识>", APPROVAL),
        ("<移出人>", GENERATOR),
        ("<接受人>", RECEIVER),
    ):
        assert blank in text
        text = text.replace(blank, value)
    asked: list[Any] = ast.literal_eval(text)
    return asked


async def test_a_transfer_is_asked_about_before_it_is_issued(database_url: str, tmp_path: Path) -> None:
    bench = Example()
    async with http(database_url, tmp_path / "server") as plain:
        for entry in bench.entries:
            answer = await plain.post("/v1/statements", content=freeze(entry.envelope), headers={"Liandan-Now": entry.admission.at})
            assert answer.status_code == 201, answer.text
        url = str(plain.base_url).rstrip("/")

        def ask() -> list[CheckAnswer]:
            client = Liandan(url, key_of(GENERATOR), uscc=GENERATOR)
            client.set_now(parse_at("2026-11-05T08:30:00+08:00"))
            with client:
                return [*client.check(question()).answers, *client.check([transfer(destination="990000")]).answers]

        good, bad = await asyncio.to_thread(ask)
        assert good.admissible, good.reasons
        assert not bad.admissible
        assert all(reason.message and reason.what_to_do for reason in bad.reasons)
