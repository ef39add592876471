"""What a verification costs by suite, and an audit of a log of which half is signed with SM2. CPU time of one core, all in the same run."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from bench.export import write_export
from bench.figures import Figure
from bench.load import Load, key_of
from ledger.auditing.audit import Options, audit
from liandan.export import archived_in, reader_of
from liandan.wiring import KINDS
from signing.keys import PrivateKey
from signing.suite import SUITES, load_key
from signing.suites import sm2_sm3

MUST = 1_000
"""SM2 verifications a second and core, with a table."""
SECONDS = 1.0
MESSAGE = bytes(1024)


def per_s(work: Callable[[], object]) -> float:
    """How often a core does it in a second of its time."""
    done, begun = 0, time.process_time()
    while (spent := time.process_time() - begun) < SECONDS:
        for _ in range(20):
            work()
        done += 20
    return done / spent


def measure(manifests: int) -> Iterator[Figure]:
    """Verifications by suite; SM2 without a table and the making of one; audits."""
    rates = {}
    for name in SUITES:
        key = PrivateKey.from_seed(name, bytes(32))
        verify, signature = load_key(name, key.spki), key.sign(MESSAGE)
        for _ in range(sm2_sm3._TABLE_AFTER + 1):  # warm, as a key that signs every day
            verify(MESSAGE, signature)
        rates[name] = per_s(lambda verify=verify, signature=signature: verify(MESSAGE, signature))  # type: ignore[misc]
        note = f"must {MUST:,}; " if name == "sm2-sm3" else ""
        yield Figure(
            name=f"verifications, {name}", value=rates[name], unit="/s", note=f"{note}{rates[name] / rates['ed25519']:.3f} of Ed25519"
        )
    key = PrivateKey.from_seed("sm2-sm3", bytes(32))
    signature, raw = key.sign(MESSAGE), key.spki[len(sm2_sm3.SUITE.prefix) :]
    fresh = per_s(lambda: sm2_sm3.SUITE.load(raw)(MESSAGE, signature))
    yield Figure(name="verifications, sm2-sm3, of keys without a table", value=fresh, unit="/s", note=f"{fresh / rates['sm2-sm3']:.2f}")
    x, y = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    tables = per_s(lambda: sm2_sm3._table((x, y), sm2_sm3._WIDTH))
    yield Figure(name="making a table", value=1000 / tables, unit="ms", note=f"{sm2_sm3._TABLES} are kept")
    yield from _audits(manifests)


def half_in_sm2(party: str) -> PrivateKey:
    """Keys of a load: of every second firm an SM2 key; offices have Ed25519."""
    seed = sha256(f"bench sm2 {party}".encode()).digest()
    is_firm = party[2:8] in ("510112", "500116") or party[12:17] >= "01000"
    return PrivateKey.from_seed("sm2-sm3", seed) if is_firm and seed[0] % 2 else key_of(party)


def _audits(manifests: int) -> Iterator[Figure]:
    found = {}
    with tempfile.TemporaryDirectory() as name:
        for what, load in (("all in Ed25519", Load()), ("half of the firms in SM2", Load(keys=half_in_sm2))):
            directory = Path(name) / what.replace(" ", "-")
            size = write_export(manifests, directory, load=load)
            begun = _cpu()
            report = audit(reader_of(directory), KINDS, archived=archived_in(directory), options=Options(workers=os.cpu_count() or 1))
            assert report.findings == [], report.findings[:3]
            found[what] = 1_000_000 * (_cpu() - begun) / size
    usual, half = found.values()
    yield Figure(
        name="audit of a log half in SM2",
        value=half,
        unit="µs CPU an entry",
        note=f"{half / usual:.2f} of {usual:.0f} where all is Ed25519",
    )


def _cpu() -> float:
    """Of this process and of the workers that have ended, s."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
