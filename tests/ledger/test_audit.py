"""The audit finds nothing in an honest log and something in every dishonest one."""

from __future__ import annotations

import pytest

from ledger.admission.personality import CURRENT, RULESETS
from ledger.auditing.audit import audit
from signing.possession import register
from signing.refusal import Refusal
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, Workbench, key_of, uscc

GENERATOR = uscc("510112", 2)


@pytest.fixture(scope="module")
def bench() -> Workbench:
    bench = Workbench()
    bench.register(GENERATOR)
    for serial in range(3, 9):
        bench.register(uscc("500116", serial))
    bench.post(
        "key.rotate/1",
        f"party/{GENERATOR}",
        (GENERATOR,),
        {"old": key_of(GENERATOR).keyid, "key": register(key_of(GENERATOR, 1), bench.found, GENERATOR)},
    )
    bench.post("data.adopt/1", "log/main", (OPERATOR, AUTHORITY_51, AUTHORITY_50), {"name": "note", "version": "1", "sha256": "0" * 64})
    return bench


def test_an_honest_log_audits_clean(bench: Workbench) -> None:
    files = bench.export()
    files["data/" + "0" * 64] = b""
    report = audit(files.get, bench.kinds, archived=iter([len(bench.entries)]))
    assert [finding.code for finding in report.findings] == ["DATA_DIFFERS"]  # the all-zero hash has no preimage we know
    assert report.entries == report.size == len(bench.entries)
    assert report.found == bench.found


def test_an_adopted_file_that_is_there_and_changed_is_found_in_force_or_not(bench: Workbench) -> None:
    ruleset = RULESETS[CURRENT]
    path = f"data/{ruleset.sha256}"
    whole = {**bench.export(), path: ruleset.file}
    changed = {**whole, path: ruleset.file[:-2] + b"X\n"}
    codes = [[(one.code, one.field) for one in audit(files.get, bench.kinds).findings] for files in (whole, changed)]
    assert set(codes[1]) - set(codes[0]) == {("DATA_DIFFERS", path)}


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000.p/9", "tile/entries/000.p/9", "log.vkey"])
def test_every_flipped_bit_of_a_file_is_found(bench: Workbench, path: str) -> None:
    files = bench.export()
    path = path.replace(".p/9", f".p/{len(bench.entries)}")
    original = files[path]
    step = max(1, len(original) // 97)
    for at in range(0, len(original), step):
        changed = bytearray(original)
        changed[at] ^= 1 << (at % 8)
        report = audit({**files, path: bytes(changed)}.get, bench.kinds)
        codes = {finding.code for finding in report.findings} - {"DATA_DIFFERS"}
        assert codes, f"{path} byte {at}"


def test_a_removed_key_no_longer_signs(bench: Workbench) -> None:
    with pytest.raises(Refusal, match="KEY_NOT_VALID"):
        bench.post("key.add/1", f"party/{GENERATOR}", (GENERATOR,), {"key": register(key_of(GENERATOR, 2), bench.found, GENERATOR)})
