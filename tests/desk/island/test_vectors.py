"""The modules against the golden bytes: what the verification page reads they read, and what the Python client writes they write."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from ledger.admission.statement import Draft, hash_of
from ledger.chain import genesis_prev
from ledger.model import Seen
from signing.commitment import commit
from signing.envelope import PAYLOAD_STATEMENT, parse_envelope
from signing.possession import possession_message
from signing.suite import verify
from signing.suites import ecdsa_p256
from tests.browser.conftest import Browser, Desk
from tests.browser.test_vectors import (
    test_checkpoints_and_proofs,
    test_signatures_are_judged_as_the_program_judges,
    test_what_must_be_read,
    test_what_must_be_refused,
)
from tests.desk.island.page import Island
from tests.vectors.second_reader import read

__all__ = [
    "test_checkpoints_and_proofs", "test_signatures_are_judged_as_the_program_judges", "test_what_must_be_read", "test_what_must_be_refused",
]  # fmt: skip
"""The verification page's own tests, here with its readers as the desk's module (``core.js``)."""
ADDRESS = "https://desk.example"
_AS_PAGE = """async () => {
  const core = await import("/desk/static/t/island/core.js");
  const checkBody = (kind, body) => core.checkBody(core.SCHEMAS[kind], body, "body", core.SCHEMAS[kind].$defs);
  window.liandan = { parts: { ...core, checkBody }, signed: core };
}"""


def opened(browser: Browser) -> Desk:
    """A page that has the module where the verification page has its parts."""
    found = browser.open("about:blank")
    island = Island(found, ADDRESS)
    found.do(lambda page: (page.goto(f"{ADDRESS}/island-test"), page.evaluate(_AS_PAGE)))
    assert island.url == ADDRESS
    return found


@pytest.fixture
def desk(browser: Browser) -> Iterator[Desk]:
    """A page of one test."""
    found = opened(browser)
    yield found
    browser.close(found)


@pytest.fixture(scope="module")
def shared_desk(browser: Browser) -> Iterator[Desk]:
    """A page of many."""
    found = opened(browser)
    yield found
    assert found.complaints == []
    browser.close(found)


def run(desk: Desk, script: str, given: object) -> Any:
    """What the modules answer."""
    load = "const load = (name) => import(`/desk/static/t/island/${name}.js`);"
    return desk.do(lambda page: page.evaluate(f"async (given) => {{ {load} {script} }}", given))


def golden() -> list[dict[str, Any]]:
    """Every golden statement: its payload and its hash."""
    raws = [b64decode(one["envelope"]) for one in (*read("statements"), *read("acts")["entries"])]
    raws += [msgspec.json.encode(msgspec.json.decode(b64decode(one["entry"]))["statement"]) for one in read("log-closed")["entries"]]
    envelopes = [parse_envelope(raw, payload_type=PAYLOAD_STATEMENT) for raw in raws]
    return [{"payload": envelope.body, "hash": hash_of(envelope)} for envelope in envelopes]


def test_statements_have_the_bytes_of_the_python_client(shared_desk: Desk) -> None:
    """From the same fields, in both languages; with personal data, ``for`` and ``seen`` where they stand."""
    wanted, given = [], []
    for one in golden():
        said = msgspec.json.decode(one["payload"])
        seen = None if "seen" not in said else Seen(said["seen"]["size"], said["seen"]["root"])
        fields = {name: said[name] for name in ("kind", "chain", "seq", "prev", "at", "body")}
        draft = Draft(by=tuple(said["by"]), principal=said.get("for"), seen=seen, **fields)
        wanted.append([b64encode(draft.to_bytes()).decode(), one["hash"] if draft.to_bytes() == one["payload"] else None])
        given.append({**fields, "by": said["by"], "principal": said.get("for"), "seen": said.get("seen")})
    script = """
      const [{ bytesOf, hashOf }, { toBase64 }] = [await load("statement"), await load("core")];
      return Promise.all(given.map(async (fields) => [toBase64(bytesOf(fields)), await hashOf(bytesOf(fields))]));"""
    answers = run(shared_desk, script, given)
    assert [answer[0] for answer in answers] == [raw for raw, _ in wanted]
    assert [answer[1] for answer, (_, name) in zip(answers, wanted, strict=True) if name] == [name for _, name in wanted if name]
    assert sum(name is not None for _, name in wanted) > 50


def test_beginnings_commitments_and_possession(shared_desk: Desk) -> None:
    found, chain = "ab" * 32, "manifest/915101120000FX029E/01K6QG5R00MANN0FEST0000001"
    values = [("driver.name", "某人"), ("emergency.phone", "0830-0000000"), ("handler.name", "é 𠀋")]
    salt = bytes(range(32))
    script = """
      const [{ genesis }, { commit }, core] = [await load("statement"), await load("commit"), await load("core")];
      const commits = given.values.map(([field, value]) => commit(given.found, given.chain, 7, field, core.fromBase64(given.salt), value));
      const messages = given.pops.map((one) => core.toBase64(core.pae("application/vnd.liandan.possession.v1",
        core.utf8(`${one.x}\\n${one.uscc}\\n${one.registration.suite}\\n${one.registration.spki}`))));
      return { begun: await genesis(given.found, given.chain), commits: await Promise.all(commits), messages };"""
    told = run(
        shared_desk,
        script,
        {"found": found, "chain": chain, "values": values, "salt": b64encode(salt).decode(), "pops": read("possession")},
    )
    assert told["begun"] == genesis_prev(found, chain)
    assert told["commits"] == [commit(found, chain, 7, field, salt, value) for field, value in values]
    assert told["messages"] == [one["message"] for one in read("possession")]


def test_a_key_of_the_browser_proves_its_possession(shared_desk: Desk) -> None:
    script = """
      const keys = await load("keys");
      const { toBase64 } = await load("core");
      const record = await keys.makeKey(given.uscc);
      const told = await crypto.subtle.exportKey("pkcs8", record.privateKey).then(() => "read out", (error) => error.name);
      return { told, ...(await keys.registration(record, given.found)), keyid: record.keyid };"""
    found, uscc = "cd" * 32, "915101120000FX029E"
    told = run(shared_desk, script, {"found": found, "uscc": uscc})
    assert (told["told"], told["suite"]) == ("InvalidAccessError", ecdsa_p256.SUITE.name)
    spki = b64decode(told["spki"])
    verify(told["suite"], spki, possession_message(found, uscc, told["suite"], spki), b64decode(told["pop"]))


def test_500_signatures_have_the_lower_s(shared_desk: Desk) -> None:
    """Half of WebCrypto's come with the upper one; the program takes every folded one, and refuses those that were not."""
    script = """
      const keys = await load("keys");
      const { toBase64, utf8 } = await load("core");
      const record = await keys.makeKey("915101120000FX029E");
      const signed = [];
      for (let at = 0; at < 500; at += 1) {
        const raw = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, record.privateKey, utf8(`m${at}`)));
        signed.push([toBase64(raw), toBase64(keys.folded(raw))]);
      }
      return { spki: toBase64(record.spki), signed };"""
    told = run(shared_desk, script, None)
    spki, changed = b64decode(told["spki"]), 0
    for at, (raw, folded) in enumerate(told["signed"]):
        verify(ecdsa_p256.SUITE.name, spki, f"m{at}".encode(), b64decode(folded))
        changed += raw != folded
    assert 150 < changed < 350
