"""The two auditors agree (issue point 7): on what is good, and that every forged or damaged log is not; each names the entry or file.

Corpora: every good log of the vectors; one change by a hostile operator who signs and seals the rest (``forger``); damaged files.
"""

from __future__ import annotations

import gzip
import json
import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from ledger.auditing.audit import Options, audit
from ledger.auditing.report import AuditReport
from ledger.publishing.files import DEPTH
from liandan.export import archived_in, reader_of
from liandan.wiring import KINDS
from signing.files import walk
from tests.sample import LONG, sampled
from tests.vectors import second_reader
from tests.vectors.forged_acts import FORGED_ACTS
from tests.vectors.forged_corrections import FORGED_CORRECTIONS, GOOD_CORRECTION
from tests.vectors.forged_emergencies import FORGED_EMERGENCIES
from tests.vectors.forged_items import FORGED_ITEMS
from tests.vectors.forged_parties import FORGED_PARTIES
from tests.vectors.forged_periods import FORGED_PERIODS
from tests.vectors.forger import Forgery, acts, forge, setting
from tests.vectors.forgeries import FORGERIES

pytestmark = pytest.mark.usefixtures("parsed_once")
ALL = [*FORGERIES, *FORGED_ACTS, *FORGED_PARTIES, *FORGED_CORRECTIONS, *FORGED_EMERGENCIES, *FORGED_ITEMS, *FORGED_PERIODS]


def ours(directory: Path) -> AuditReport:
    """The product's audit of an export, in this process."""
    listed = [path.relative_to(directory).as_posix() for path in walk(directory, depth=DEPTH)]
    return audit(reader_of(directory), KINDS, archived=iter(archived_in(directory)), options=Options(listed=listed))


def theirs(place: Path | str) -> dict[str, Any]:
    """The second auditor's report."""
    report: dict[str, Any] = second_reader.audit.Audit(str(place)).run()
    return report


@pytest.mark.parametrize("forgery", sampled(ALL), ids=lambda forgery: forgery.name)
def test_both_find_a_forgery_that_is_sealed_in_good_order(forgery: Forgery, tmp_path: Path) -> None:
    index = forge(forgery, tmp_path / "export")
    found, second = ours(tmp_path / "export"), theirs(tmp_path / "export")
    assert not found.is_clean, f"the product found nothing; the second auditor: {second['findings'][:3]}"
    assert not second["ok"], f"the second auditor found nothing; the product: {found.findings[:3]}"
    if forgery.where:
        assert any(forgery.where in finding.field for finding in found.findings), found.findings
        assert any(forgery.where in finding["field"] for finding in second["findings"]), second["findings"]
    elif index >= 0:
        assert index in {finding.index for finding in found.findings}, found.findings
        assert index in {finding["index"] for finding in second["findings"]}, second["findings"]


def test_an_entry_moved_into_the_future_is_no_finding_at_every_later_one(tmp_path: Path) -> None:
    forge(Forgery("admitted at night", "permit.suspend", admission=setting("at", "2026-11-02T23:59:00+08:00")), tmp_path / "export")
    found, second = ours(tmp_path / "export"), theirs(tmp_path / "export")
    assert [finding.code for finding in found.findings].count("AT_ORDER") == 1
    assert [finding["code"] for finding in second["findings"]].count("ADMISSION_AT") == 1


def test_there_are_enough_forgeries_and_each_has_its_name() -> None:
    names = [forgery.name for forgery in ALL]
    assert len(names) == len(set(names)) >= 100


# --- what both call good


def test_both_find_nothing_in_a_correction_that_may_stand(tmp_path: Path) -> None:
    forge(GOOD_CORRECTION, tmp_path / "export")
    assert (ours(tmp_path / "export").findings, theirs(tmp_path / "export")["findings"]) == ([], [])


def test_both_find_nothing_in_the_log_that_is_forged(tmp_path: Path) -> None:
    assert forge(Forgery("none"), tmp_path / "export") == -1
    found, second = ours(tmp_path / "export"), theirs(tmp_path / "export")
    assert (found.findings, second["findings"]) == ([], [])
    assert (found.size, found.root, found.found) == (second["size"], b64encode(bytes.fromhex(second["root"])).decode(), second["found"])
    assert f"witnesses first saw entry {found.waited_index} {found.waited_s} s after its admission.at (§4)" in second["remarks"]
    assert (found.waited_index, found.waited_s) == (4, 29_046), "from the registration at 08:06 to the checkpoint at 16:10"
    assert (found.checkpoints + 1, found.signatures) == (second["checkpoints"], second["signatures"] - _registered(tmp_path / "export"))


def _registered(directory: Path) -> int:
    """Possession proofs, which only the second auditor counts among the signatures."""
    return sum(raw.count(b'"pop":') for raw in _payloads(directory))


def _payloads(directory: Path) -> list[bytes]:
    log = second_reader.audit.Audit(str(directory))
    size = second_reader.audit.parse_checkpoint(second_reader.audit.split_note((directory / "checkpoint").read_bytes())[0])[1]
    return [b64decode(json.loads(entry)["statement"]["payload"]) for entry in log.entries(size)]


# --- damaged files


def _bundle(directory: Path) -> Path:
    return next((directory / "tile" / "entries").rglob("*.p/*"))


def _bit(path: Path, place: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1
    path.write_bytes(raw)


def _entries(path: Path, change: Callable[[list[bytes]], object]) -> None:
    raw, entries = path.read_bytes(), []
    while raw:
        length = 2 + int.from_bytes(raw[:2], "big")
        entries.append(raw[:length])
        raw = raw[length:]
    change(entries)
    path.write_bytes(b"".join(entries))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "a bit of an entry": lambda d: _bit(_bundle(d), 5000),
    "a bit of a tile": lambda d: _bit(next((d / "tile" / "0").rglob("*.p/*")), 70),
    "a bit of a data file": lambda d: _bit(sorted((d / "data").iterdir())[1], 10),
    "a bit of the log's key": lambda d: _bit(d / "log.vkey", 60),
    "a bit of an archived root": lambda d: _bit(d / "checkpoints" / "4", len(acts.ORIGIN) + 8),
    "an entry dropped": lambda d: _entries(_bundle(d), lambda entries: entries.pop(7)),
    "an entry doubled": lambda d: _entries(_bundle(d), lambda entries: entries.insert(7, entries[7])),
    "entries exchanged": lambda d: _entries(_bundle(d), lambda entries: entries.insert(3, entries.pop(4))),
    "an entry too many": lambda d: _entries(_bundle(d), lambda entries: entries.append(entries[-1])),
    "a byte behind the bundle": lambda d: _bundle(d).write_bytes(_bundle(d).read_bytes() + b"x"),
    "a bundle cut short": lambda d: _bundle(d).write_bytes(_bundle(d).read_bytes()[:-1]),
    "a gzipped bundle": lambda d: _bundle(d).write_bytes(gzip.compress(_bundle(d).read_bytes())),
    "a gzip file beside": lambda d: (d / "checkpoint.gz").write_bytes(gzip.compress(b"x")),
    "no bundle": lambda d: _bundle(d).unlink(),
    "no tile": lambda d: next((d / "tile" / "0").rglob("*.p/*")).unlink(),
    "no checkpoint": lambda d: (d / "checkpoint").unlink(),
    "no keys": lambda d: (d / "log.vkey").unlink(),
    "no data file": lambda d: sorted((d / "data").iterdir())[2].unlink(),
    "keys without their line feed": lambda d: (d / "log.vkey").write_bytes((d / "log.vkey").read_bytes()[:-1]),
    "a stray file": lambda d: (d / "README").write_bytes(b"x"),
    "a hidden file": lambda d: (d / "tile" / ".x").write_bytes(b"x"),
    "a data file under another name": lambda d: (d / "data" / ("0" * 64)).write_bytes(b"x"),
    "another partial": lambda d: (next((d / "tile" / "0").rglob("*.p/*")).parent / "7").write_bytes(bytes(7 * 32)),
    "a link to a directory": lambda d: (d / "tile" / "9").symlink_to(d / "data"),
    "the checkpoint is an older one": lambda d: shutil.copy(d / "checkpoints" / "4", d / "checkpoint"),
    "an archived one under another size": lambda d: (d / "checkpoints" / "4").rename(d / "checkpoints" / "5"),
    "an archived one of the future": lambda d: shutil.copy(d / "checkpoint", d / "checkpoints" / "999"),
    "an archived one with a leading zero": lambda d: shutil.copy(d / "checkpoints" / "4", d / "checkpoints" / "04"),
    "an empty archived one": lambda d: (d / "checkpoints" / "5").write_bytes(b""),
    "carriage returns": lambda d: (d / "checkpoint").write_bytes((d / "checkpoint").read_bytes().replace(b"\n", b"\r\n")),
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("good") / "export"
    forge(Forgery("none"), directory)
    return directory


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_both_find_damaged_files(damage: Callable[[Path], object], good: Path, tmp_path: Path) -> None:
    shutil.copytree(good, tmp_path / "export")
    damage(tmp_path / "export")
    found, second = ours(tmp_path / "export"), theirs(tmp_path / "export")
    assert (found.is_clean, second["ok"]) == (False, False)


# --- over HTTP, as a stranger reads it


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


def _over_http(directory: Path) -> dict[str, Any]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(directory))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            return theirs(f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()


def test_the_second_auditor_says_the_same_of_a_url(good: Path) -> None:
    assert _over_http(good)["findings"] == []
    assert _over_http(good)["root"] == theirs(good)["root"]


@pytest.mark.parametrize("forgery", [f for f in ALL if f.kind or f.grow][:: 8 if LONG else 24], ids=lambda forgery: forgery.name)
def test_the_second_auditor_finds_forgeries_by_url(forgery: Forgery, tmp_path: Path) -> None:
    index = forge(forgery, tmp_path / "export")
    assert index in {finding["index"] for finding in _over_http(tmp_path / "export")["findings"]}
