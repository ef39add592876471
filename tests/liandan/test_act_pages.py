"""Every line of ``docs/formats/acts.md`` is run: each act of the log of acts is said by it, in Python and by Node, to a running log.

The log is cosigned by both of its witnesses, so every act is answered with a receipt that both clients check.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ledger.times import parse_at
from ledger.tree.checkpoint import log_vkeys
from ledger.witnessing.server import KnownLog, make_cosigner
from ledger.witnessing.service import Witness
from ledger.witnessing.store import WitnessStore
from liandan import act_pages
from liandan.client import Liandan, RequestRefused, Trust
from liandan.schema_examples import read_log, statement_in, statements
from liandan.schemas import DIRECTORY
from liandan.server import serving
from signing.keys import PrivateKey
from tests.ledger.witnessing.bench import witness_at
from tests.liandan.serving import settings_of
from tests.liandan.test_schema_examples import AFTER, BEHIND, KEYS, Told, key_named, keyring, told_time
from tests.liandan.test_walk import EXAMPLES, NODE, node

__all__ = ["told_time"]

PAGE = (DIRECTORY / act_pages.NAME).read_text(encoding="utf-8")
SECTION = re.compile(r"(?s)```json\n(.*?)\n```\n\n```python\n(.*?)\n```\n\n```js\n(.*?)\n```")
WITNESSES = ("sichuan", "chongqing")
REFUSED = {"log.cut/1": {"SEEN_MISMATCH"}, **{kind: codes for kind, (_, codes) in BEHIND.items() if codes}}
"""A cut names the root of another life of this log; possession proofs of other logs, and files that this one does not have."""
CLOSE = "period.close/1"
"""Names a root as well; what confirms and disputes it stands behind it, so it is said with the root of this log's newest checkpoint."""


def on_the_page() -> dict[str, tuple[dict[str, Any], str, str]]:
    """Kind to (statement, line of Python, line of JavaScript)."""
    found = [(json.loads(example), python, node_line) for example, python, node_line in SECTION.findall(PAGE)]
    return {example["kind"]: (example, python, node_line) for example, python, node_line in found}


LINES = on_the_page()
PEOPLE = [*KEYS["party"], *read_log("acts")["keys"]]
BY_KEYID = {one["keyid"]: one["name"] for one in PEOPLE}


def test_the_page_has_every_act_but_the_founding() -> None:
    assert LINES.keys() == statements().keys() - {act_pages.FOUNDING}
    assert all(example == statements()[kind] for kind, (example, _, _) in LINES.items())


def acts(told: Told) -> list[dict[str, Any]]:
    """Every act of the story behind the founding, then the kinds it lacks: statement, keys, and the lines that say it."""
    found = []
    for entry in told.entries[1:]:
        names = [BY_KEYID[signature["keyid"]] for signature in entry["statement"]["signatures"]]
        statement = statement_in(entry)
        # Else the log would name the refusal itself, where the story has a page of its own.
        late = {"at": AFTER} if statement["kind"] in REFUSED else {}
        found.append((statement | late, names))
    found += [({**statements()[kind], "at": AFTER}, list(names)) for kind, (names, _) in BEHIND.items()]
    uscc = {one["name"]: one["uscc"] for one in PEOPLE}
    return [{**statement, "by": [uscc[name] for name in names], "names": names} for statement, names in found]


def line(statement: dict[str, Any], language: int) -> str:
    """The line of the page for an act: the page's own where its example is this one, else made like it."""
    example = LINES[statement["kind"]]
    same = all(example[0][name] == statement[name] for name in ("chain", "by", "body"))
    return example[language] if same else (act_pages.python_line, act_pages.node_line)[language - 1](statement)


@asynccontextmanager
async def founded(told: Told, database_url: str, directory: Path) -> AsyncIterator[tuple[str, dict[str, str]]]:
    """A running log of the corpus with its two witnesses, after its first entry; its address and what its readers pin."""
    keys, origin = keyring(told), told.log["origin"]
    vkeys = log_vkeys(origin, [keys.log])
    told.prepare(directory)
    async with AsyncExitStack() as stack:
        addresses = []
        for name in WITNESSES:
            cosigner = make_cosigner(f"{name}.example/witness", key_named("note", f"{name}.example/witness"))
            witness = Witness(cosigner, {origin: KnownLog(origin, vkeys)}, WitnessStore(directory / f"{name}.sqlite3"))
            addresses.append(f"{name}={await stack.enter_async_context(witness_at(witness, '/w'))}")
        settings = settings_of(database_url, directory, witnesses=" ".join(addresses))
        url = await stack.enter_async_context(serving(settings, keyring=keys))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=60))
        first = told.entries[0]
        headers = {"Liandan-Now": first["admission"]["at"], "Prefer": "wait=30"}
        answer = await client.post("/v1/statements", content=json.dumps(first["statement"]), headers=headers)
        assert answer.status_code == 201, answer.text
        yield url, {"url": url, "origin": origin, "found": told.log["found"], "vkey": vkeys[0]}


def check(said: list[tuple[str, Any]]) -> None:
    """Each act admitted, or refused with the codes that it must be."""
    for kind, outcome in said:
        assert (set(outcome) if isinstance(outcome, list) else None) == REFUSED.get(kind), (kind, outcome)
    assert {kind for kind, _ in said} == LINES.keys()


@pytest.mark.usefixtures("told_time")
async def test_every_act_is_said_in_python(database_url: str, tmp_path: Path) -> None:
    told = Told("acts")
    async with founded(told, database_url, tmp_path) as (url, pins):
        check(await asyncio.to_thread(say_in_python, url, pins, acts(told)))


def say_in_python(url: str, pins: dict[str, str], said: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """Run the lines; index or codes of each."""
    trust, told = Trust(origin=pins["origin"], found=pins["found"], log_keys=(pins["vkey"],)), []
    clients: dict[str, Liandan] = {}
    try:
        for statement in said:
            key, *keys = [key_of(name) for name in statement["names"]]
            client = clients.get(statement["names"][0])
            if client is None:
                client = Liandan(url, key, uscc=statement["by"][0], trust=trust, states_seen=False)
                clients[statement["names"][0]] = client.__enter__()
            client.set_now(parse_at(statement["at"]))
            client.resume(statement["chain"])  # others write on it too
            body = statement["body"]
            if statement["kind"] == CLOSE:
                _, size, root, *_ = client.get("/checkpoint").decode().split("\n")
                body = body | {"size": int(size), "root": root}
            scope: dict[str, Any] = {"client": client, "body": body, "keys": keys}
            try:
                exec(line(statement, 1), scope)
                told.append((statement["kind"], scope["receipt"].index))
            except RequestRefused as refused:
                told.append((statement["kind"], refused.codes))
    finally:
        for client in clients.values():
            with contextlib.suppress(RequestRefused):  # the story has revoked keys, and with them tokens
                client.__exit__(None, None, None)
    return told


@pytest.mark.usefixtures("told_time")
@pytest.mark.skipif(shutil.which("node") is None, reason="未找到 Node.js / Node is missing")
async def test_every_act_is_said_by_node(database_url: str, tmp_path: Path) -> None:
    told = Told("acts")
    async with founded(told, database_url, tmp_path) as (_, pins):
        fields = ("kind", "by", "at", "body")
        said = [
            {**{name: statement[name] for name in fields}, "pems": list(map(pem, statement["names"])), "line": line(statement, 2)}
            for statement in acts(told)
        ]
        (tmp_path / "acts-said.json").write_text(json.dumps({"pins": pins, "acts": said}), encoding="utf-8")
        answer = await node(tmp_path, EXAMPLES.parent.parent / "tests/liandan/say_acts.mjs", EXAMPLES / "client.mjs", "acts-said.json")
    assert NODE
    check([(kind, outcome) for kind, outcome in json.loads(answer)])


def key_of(name: str) -> PrivateKey:
    """A key of the corpus, or one that the log of acts has beside it."""
    more = {one["name"]: one for one in read_log("acts")["keys"]}
    if name not in more:
        return key_named("party", name)
    return PrivateKey(more[name]["suite"], ec.derive_private_key(int(more[name]["scalar"], 16), ec.SECP256R1()))


def pem(name: str) -> str:
    """A key of the corpus for another program."""
    found: bytes = key_of(name).private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return found.decode()
