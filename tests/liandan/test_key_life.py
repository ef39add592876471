"""Every act on keys once over a live server (issue point 5), to the close of the log and a successor that continues it.

Both auditors read what the servers publish.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from ledger.admission.entry import read_entry
from ledger.admission.personality import CURRENT, RULESETS
from ledger.admission.statement import Draft
from ledger.auditing.audit import audit
from ledger.chain import founding_prev
from ledger.kinds.closing import Continues
from ledger.kinds.founding import Adopted, FoundingAuthority, FoundingParty, LogFound
from ledger.publishing.files import LogFiles
from ledger.tree.checkpoint import log_vkeys, open_checkpoint
from liandan.export import archived_in, export, fetch_files, reader_of
from liandan.keyring import ServerKeys
from liandan.server import serving
from liandan.wiring import KINDS
from signing.envelope import freeze
from signing.keys import PrivateKey
from signing.possession import register
from tests.conftest import dsn_of
from tests.liandan.serving import KEYRING, NOW, http, settings_of
from tests.vectors import second_reader
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, ORIGIN, Workbench, key_of, uscc

CITY, PARTY, CARRIER = uscc("510100", 900), uscc("510112", 901), uscc("500112", 902)
NEW_AUTHORITY = uscc("520000", 52)
EVERYONE = (OPERATOR, AUTHORITY_51, AUTHORITY_50)
NEXT = "log.example/liandan-2027"
NEXT_KEY = key_of("the next log")


def lives(bench: Workbench) -> None:
    """Add, rotate, revoke, recover, delegate, admit, change witnesses, close; suites ed25519, ecdsa-p256 and ml-dsa-44."""
    for party in (CITY, PARTY, CARRIER):
        bench.register(party)

    def add(party: str, key: PrivateKey, *by: str) -> None:
        bench.post("key.add/1", f"party/{party}", by or (party,), {"key": register(key, bench.found, party)})

    second, third, quantum = key_of(PARTY, 1), key_of(PARTY, 2), PrivateKey.from_seed("ml-dsa-44", bytes(32))
    p256 = PrivateKey.from_seed("ecdsa-p256-sha256", bytes(range(32)))
    add(PARTY, second)
    add(PARTY, p256)
    add(PARTY, quantum)
    rotated = {"old": second.keyid, "key": register(third, bench.found, PARTY)}
    bench.post("key.rotate/1", f"party/{PARTY}", (PARTY,), rotated, keys=[second])
    bench.post("key.revoke/1", f"party/{PARTY}", (PARTY,), {"keyid": key_of(PARTY).keyid, "reason": "介质更换"}, keys=[quantum])
    bench.post("key.revoke/1", f"party/{PARTY}", (AUTHORITY_51,), {"keyid": third.keyid, "reason": "遗失"})
    add(PARTY, key_of(PARTY, 3), AUTHORITY_51)  # recovery
    add(AUTHORITY_51, key_of(AUTHORITY_51, 1), OPERATOR, AUTHORITY_50)  # of an authority
    add(OPERATOR, key_of(OPERATOR, 1), AUTHORITY_51, AUTHORITY_50)  # of the operator
    grant = {"delegate": CITY, "kinds": ["party.register"]}
    bench.post("delegation.grant/1", f"party/{AUTHORITY_51}", (AUTHORITY_51,), grant)
    late = uscc("510112", 903)
    body = {"name": "由市局代登记（虚构）", "keys": [register(key_of(late), bench.found, late)]}
    bench.post("party.register/1", f"party/{late}", (CITY,), body, principal=AUTHORITY_51)
    bench.post("delegation.revoke/1", f"party/{AUTHORITY_51}", (AUTHORITY_51,), {"delegate": CITY, "reason": "机构调整"})
    third_authority = {"uscc": NEW_AUTHORITY, "name": "丙省生态环境厅（虚构）", "regions": ["52"]}
    third_authority |= {"keys": [register(key_of(NEW_AUTHORITY), bench.found, NEW_AUTHORITY)]}  # type: ignore[dict-item]  # test shorthand
    bench.post("authority.admit/1", "log/main", EVERYONE, third_authority)
    everyone = (*EVERYONE, NEW_AUTHORITY)
    bench.post("witness.set/1", "log/main", everyone, {"witness_policy": ["quorum none"]})
    bench.post("log.close/1", "log/main", everyone, {"successor_origin": NEXT})


@pytest.fixture
async def next_url(admin: asyncpg.Connection, template: str, database_url: str, postgres_dsn: str) -> AsyncIterator[str]:
    """A second database."""
    name = f"{urlsplit(database_url).path[1:]}_next"
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield dsn_of(postgres_dsn, name)
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


async def both_find_nothing(directory: Path, out: Path) -> dict[str, Any]:
    """Export what was published and audit it twice; the second auditor's report."""
    files = LogFiles(directory / "log", directory / "entries")
    await export(fetch_files(files), files.archived_sizes(), out, KINDS, lambda done, of: None)
    assert audit(reader_of(out), KINDS, archived=iter(archived_in(out))).findings == []
    second: dict[str, Any] = second_reader.audit.Audit(str(out)).run()
    assert second["findings"] == []
    return second


def founding(note: bytes) -> Draft:
    """``log.found`` of the successor, by the same operator and authorities."""

    def keys(party: str) -> tuple[Any, ...]:
        return (register(key_of(party), NEXT, party),)

    body = LogFound(
        origin=NEXT,
        nonce=b64encode(bytes(range(1, 33))).decode(),
        log_keys=log_vkeys(NEXT, [NEXT_KEY]),
        operator=FoundingParty(OPERATOR, "川渝联单运营中心（虚构）", keys(OPERATOR)),
        authorities=(
            FoundingAuthority(AUTHORITY_51, "甲省生态环境厅（虚构）", ("51",), keys(AUTHORITY_51)),
            FoundingAuthority(AUTHORITY_50, "乙市生态环境局（虚构）", ("50",), keys(AUTHORITY_50)),
        ),
        ruleset=Adopted("liandan", CURRENT, RULESETS[CURRENT].sha256),
        data=(),
        witness_policy=("quorum none",),
        clock="simulated",
        continues=Continues(ORIGIN, b64encode(note).decode()),
    )
    return Draft(kind="log.found/1", chain="log/main", seq=0, prev=founding_prev(NEXT), by=EVERYONE, at=NOW, body=body)


async def test_keys_live_and_a_closed_log_has_a_successor(database_url: str, next_url: str, tmp_path: Path) -> None:
    bench = Workbench()
    lives(bench)
    async with http(database_url, tmp_path / "old") as client:
        for entry in bench.entries:
            answer = await client.post("/v1/statements", content=freeze(entry.envelope), headers={"Liandan-Now": entry.admission.at})
            assert answer.status_code == 201, (entry.statement.kind, answer.text)
        late = bench.draft("delegation.grant/1", f"party/{PARTY}", (PARTY,), {"delegate": CITY, "kinds": ["manifest.issue"]})
        refused = await client.post("/v1/statements", content=freeze(late.sign([key_of(PARTY, 3)])), headers={"Liandan-Now": late.at})
        assert "LOG_CLOSED" in refused.text
        note = (await client.get("/checkpoint")).content
    report = await both_find_nothing(tmp_path / "old", tmp_path / "old-export")
    assert report["unchecked"] == {"ml-dsa-44": 2}, "possession and one signature"
    last = open_checkpoint(note, KEYRING.vkeys).checkpoint
    assert last.size == len(bench.entries)
    keyring = ServerKeys(origin=NEXT, log=NEXT_KEY, operator=key_of(OPERATOR))
    async with (
        serving(settings_of(next_url, tmp_path / "next"), keyring=keyring) as url,
        httpx.AsyncClient(base_url=url, timeout=60, headers={"Liandan-Now": NOW}) as client,
    ):
        answer = await client.post("/v1/statements", content=freeze(founding(note).sign([key_of(party) for party in EVERYONE])))
        assert answer.status_code == 201, answer.text
        forged = founding(note.replace(b"\n%d\n" % last.size, b"\n%d\n" % (last.size + 1)))
        again = await client.post("/v1/statements", content=freeze(forged.sign([key_of(party) for party in EVERYONE])))
        assert again.status_code != 201
    report = await both_find_nothing(tmp_path / "next", tmp_path / "next-export")
    bundle = next((tmp_path / "next-export" / "tile" / "entries").rglob("*.p/1")).read_bytes()[2:]
    assert (report["size"], read_entry(bundle, KINDS).statement.body.continues.origin) == (1, ORIGIN)
