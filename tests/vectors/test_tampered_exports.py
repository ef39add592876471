"""The auditor finds what was tampered with in an export, and runs with the standard library alone."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.sample import sample
from tests.vectors.second_reader import AUDITOR, VECTORS, audit, read, replay, unb64


def report(directory: Path, pin: str = "") -> dict[str, Any]:
    found: dict[str, Any] = audit.Audit(str(directory)).run(pin)
    return found


def test_the_mini_export_is_fine(export: Path, verifiers: str) -> None:
    result = report(export, read("log")["found"])
    assert result["findings"] == []
    assert (result["size"], result["checkpoints"], result["pinned"]) == (19, 6, True)
    assert result["remarks"] == ["witnesses first saw entry 14 15070 s after its admission.at (§4)"], "a vector that archives too seldom"


def test_another_pin_is_a_finding(export: Path) -> None:
    assert [f["code"] for f in report(export, "0" * 64)["findings"]] == ["PIN"]


def flip(file: Path, bit: int) -> None:
    raw = bytearray(file.read_bytes())
    raw[bit // 8] ^= 1 << bit % 8
    file.write_bytes(raw)


def _flips() -> list[tuple[str, int]]:
    """Some 400 bits (a third of them in the suite) over all files, at places that differ from file to file."""
    out = []
    for n, file in enumerate(sorted(f for f in (VECTORS / "export").rglob("*") if f.is_file())):
        bits = file.stat().st_size * 8
        count = sample(200 if "entries" in file.parts else 18)
        out += [(file.relative_to(VECTORS / "export").as_posix(), (k * bits // count + 37 * n + 3 * k) % bits) for k in range(count)]
    return out


def test_every_flipped_bit_is_found(export: Path) -> None:
    """Bits that make a witness's line one of an unknown key cannot be findings (C2SP: such lines are ignored): they are remarked."""
    missed = []
    for name, bit in _flips():
        flip(export / name, bit)
        result = report(export)
        if not result["findings"] and not any("unknown keys" in remark for remark in result["remarks"]):
            missed.append((name, bit))
        flip(export / name, bit)
    assert missed == []
    assert report(export)["ok"]


def test_a_flipped_bit_of_an_entry_is_located(export: Path) -> None:
    bundle = export / "tile" / "entries" / "000.p" / "19"
    raw = bundle.read_bytes()
    entry = unb64(read("log")["entries"][9]["entry"])
    flip(bundle, (raw.index(entry) + len(entry) // 2) * 8)
    findings = report(export)["findings"]
    assert {f["index"] for f in findings if f["code"] == "TILE_HASH"} == {9}
    assert any(f["code"] == "ROOT_MISMATCH" for f in findings)


def test_a_flipped_bit_of_a_tile_is_located(export: Path) -> None:
    flip(export / "tile" / "0" / "000.p" / "19", 32 * 8 * 7 + 5)
    findings = report(export)["findings"]
    assert [(f["code"], f["index"], f["field"]) for f in findings] == [("TILE_HASH", 7, "tile/0/000.p/19")]


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda d: (d / "log.vkey").unlink(), "VKEY_FORM"),
        (lambda d: (d / "checkpoint").unlink(), "NOTE_FORM"),
        (lambda d: (d / "tile/0/000.p/19").unlink(), "TILE_HASH"),
        (lambda d: (d / "tile/entries/000.p/19").unlink(), "TILE_FORM"),
        (lambda d: next((d / "data").iterdir()).unlink(), "DATA_HASH"),
        (lambda d: (d / "extra").write_bytes(b"x"), "FILE_UNEXPECTED"),
        (lambda d: (d / "tile/9").symlink_to(d / "data"), "FILE_UNEXPECTED"),
        (lambda d: (d / "tile/0/000.p/18").write_bytes(b"x" * 32 * 18), "FILE_UNEXPECTED"),
        (lambda d: (d / "checkpoints/9").rename(d / "checkpoints/8"), "ROOT_MISMATCH"),
        (lambda d: (d / "checkpoints/9").rename(d / "checkpoints/10"), "CHECKPOINT_FORM"),
        (lambda d: shutil.copy(d / "checkpoints/9", d / "checkpoint"), "TILE_FORM"),
    ],
    ids=[
        "no vkey",
        "no checkpoint",
        "no tile",
        "no bundle",
        "no data",
        "stray file",
        "link to a directory",
        "partial of another size",
        "misnamed ahead",
        "misnamed behind",
        "rolled back",
    ],
)
def test_a_damaged_export_is_found(export: Path, damage: Callable[[Path], Any], code: str) -> None:
    damage(export)
    assert code in {f["code"] for f in report(export)["findings"]}


def test_the_proof_reader_tells_a_document_of_this_log_from_another(tmp_path: Path) -> None:
    file, entry, log_vkey = tmp_path / "a.tlog-proof", tmp_path / "entry", read("keys")["note"][0]["vkey"]
    file.write_text(read("proofs")["tlog_proof"][0]["text"], encoding="utf-8")
    entry.write_bytes(unb64(read("log")["entries"][14]["entry"]))
    command = [sys.executable, "-S", "-W", "error", str(AUDITOR.with_name("liandan_proof.py")), str(file), "--vkey", log_vkey]
    good = subprocess.run([*command, "--entry", str(entry)], capture_output=True, text=True, env={}, check=False)
    assert (good.returncode, good.stdout) == (0, "liandan.example/vectors-2026: entry 14 of 19\n")
    bad = subprocess.run([*command, "--leaf", "00" * 32], capture_output=True, text=True, env={}, check=False)
    assert bad.returncode == 1
    assert bad.stdout.startswith("PROOF_WRONG")


def _refused(story: Any) -> dict[str, Any]:
    """One line of a page of refusals."""
    return {
        "statement": "0" * 64,
        "by": [story.GENERATOR],
        "kind": "key.add/1",
        "codes": ["USCC"],
        "size": 1,
        "at": story.clock("08:30:00"),
    }


@pytest.mark.parametrize("size", [256, 257, 300])
def test_a_log_with_full_tiles_is_fine_and_its_upper_tiles_are_checked(tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(VECTORS))
    story, writer = importlib.import_module("story"), importlib.import_module("writer")
    log = writer.Log(story.ORIGIN, story.LOG_KEY, story.WITNESSES)
    log.add(story.founding(log), story.clock("08:00:05"))
    item = _refused(story)
    for page in range(size - 1):
        body = {"hour": "2026-11-02T08", "page": page, "of": size - 1, "items": [item]}
        act = writer.Act("log.refusals/1", "log/refusals", body, story.signers("operator"), story.clock("09:00:00"))
        log.add(act, story.clock("09:00:01"))
    log.checkpoint(story.stamps("09:00:02"))
    log.export(tmp_path / "export")
    assert report(tmp_path / "export", log.found)["findings"] == []
    flip(tmp_path / "export" / "tile" / "1" / "000.p" / "1", 77)
    assert [f["code"] for f in report(tmp_path / "export")["findings"]] == ["TILE_HASH"]


def test_it_reads_a_log_over_http(export: Path) -> None:
    """The live endpoints give the same bytes; archived checkpoints cannot be listed there, so only the newest is read."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(export))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        place = f"http://127.0.0.1:{server.server_port}"
        good = audit.Audit(place).run(read("log")["found"])
        flip(export / "tile" / "0" / "000.p" / "19", 9)
        bad = audit.Audit(place).run()
        server.shutdown()
        thread.join()
    assert (good["findings"], good["checkpoints"], good["size"]) == ([], 1, 19)
    assert [f["code"] for f in bad["findings"]] == ["TILE_HASH"]


def test_an_entry_admitted_twice_is_found() -> None:
    log = replay("log", 19)
    log.add(unb64(read("log")["entries"][15]["entry"]))
    assert {"ADMISSION_INDEX", "ADMISSION_AT", "CHAIN_CONFLICT", "ACCOUNT_WRONG"} <= {finding["code"] for finding in log.findings}


# --- the program itself


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Isolated, without site-packages and with an empty environment."""
    command = [sys.executable, "-I", "-S", "-W", "error", str(AUDITOR), *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env={"PYTHONUTF8": "1"}, cwd=os.sep, check=False)


def test_it_runs_with_the_standard_library_alone(export: Path) -> None:
    good = _run(str(export), "--pure", "--pin", read("log")["found"])
    assert (good.returncode, good.stderr) == (0, "")
    assert "nothing found" in good.stdout


def test_it_exits_1_with_findings_and_names_them(export: Path) -> None:
    flip(export / "tile" / "0" / "000.p" / "19", 3)
    found = _run(str(export), "--json")
    assert found.returncode == 1
    assert json.loads(found.stdout)["findings"][0]["code"] == "TILE_HASH"
    assert "TILE_HASH  entry 0" in _run(str(export)).stdout


def test_it_exits_2_on_wrong_use(tmp_path: Path) -> None:
    assert _run(str(tmp_path / "nowhere")).returncode == 2
    assert _run().returncode == 2


def test_it_stays_a_small_folder_of_short_files() -> None:
    """Whoever distrusts us reads it from top to bottom."""
    files = [AUDITOR, *AUDITOR.parent.glob("liandan_reader/*.py")]
    lines = [len(file.read_text(encoding="utf-8").splitlines()) for file in files]
    assert max(lines) < 300
    # Returns and lots are rules of kinds that were there before: they have a share of their own (docs/decisions.md).
    assert sum(lines) < 2_000 + 80 * (len(audit.KINDS) - 45 + 1), "it grows with the kinds that it knows, and by no more"


def _small(monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any, Any]:
    """A fresh founded log of the vectors' writer, with its story and bytes."""
    monkeypatch.syspath_prepend(str(VECTORS))
    story, writer, v1 = (importlib.import_module(name) for name in ("story", "writer", "bytes_v1"))
    log = writer.Log(story.ORIGIN, story.LOG_KEY, story.WITNESSES)
    log.add(story.founding(log), story.clock("08:00:05"))
    return log, story, v1


@pytest.mark.parametrize(
    ("pages", "codes"),
    [
        ([("08", 0, 2, {}), ("08", 1, 2, {"statement": "1" * 64}), ("09", 0, 1, {})], []),
        ([("09", 0, 1, {})], []),
        ([("08", 1, 2, {})], ["PAGE_ORDER"]),
        ([("08", 0, 2, {}), ("09", 0, 1, {})], ["PAGE_ORDER"]),
        ([("09", 0, 1, {}), ("08", 0, 1, {})], ["PAGE_ORDER"]),
        ([("08", 0, 1, {}), ("08", 0, 1, {})], ["PAGE_ORDER"]),
        ([("07", 0, 1, {})], ["FIELD_TYPE"]),
        ([("10", 0, 1, {})], ["FIELD_TYPE"]),
        ([("08", 0, 1, {"codes": []})], ["FIELD_TYPE"]),
        ([("08", 0, 1, {"codes": ["USCC", "AT_FORM"]})], ["FIELD_TYPE"]),
        ([("08", 0, 1, {"statement": "F" * 64})], ["FIELD_TYPE"]),
        ([("08", 0, 1, {"size": 2})], ["FIELD_TYPE"]),
    ],
)
def test_refusal_pages_are_read(tmp_path: Path, pages: list[Any], codes: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    log, story, _ = _small(monkeypatch)
    act = importlib.import_module("writer").Act
    item = _refused(story)
    for hour, page, of, changes in pages:
        body = {"hour": f"2026-11-02T{hour}", "page": page, "of": of, "items": [item | changes]}
        log.add(act("log.refusals/1", "log/refusals", body, story.signers("operator"), story.clock("10:00:00")), story.clock("10:00:01"))
    log.checkpoint(story.stamps("10:00:02"))
    log.export(tmp_path / "export")
    assert [f["code"] for f in report(tmp_path / "export")["findings"]] == codes


@pytest.mark.parametrize("stamp", [0, 2**63])
def test_a_cosignature_without_a_time_is_found(tmp_path: Path, stamp: int, monkeypatch: pytest.MonkeyPatch) -> None:
    log, story, v1 = _small(monkeypatch)
    note = log.checkpoint({}).decode()
    text = note[: note.index("\n\n") + 1]
    name = min(story.WITNESSES, key=lambda witness: v1.vkey(witness, 4, story.WITNESSES[witness].raw))
    log.checkpoints[1] = (note + v1.witness_line(name, story.WITNESSES[name], text, stamp)).encode()
    log.export(tmp_path / "export")
    assert {f["code"] for f in report(tmp_path / "export")["findings"]} == {"NOTE_SIGNATURE"}


def test_a_delegate_changes_no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(VECTORS))
    story, writer = importlib.import_module("story"), importlib.import_module("writer")
    log = story.small_log()
    body = {"delegate": story.CARRIER, "kinds": ["key.revoke"]}
    grant = writer.Act("delegation.grant/1", f"party/{story.GENERATOR}", body, story.signers("generator"), story.clock("13:42:00"))
    log.add(grant, story.clock("13:42:00"))
    body, by = {"keyid": story.KEYS["generator-2"].keyid, "reason": "停用"}, story.signers("carrier-2")
    revoke = writer.Act("key.revoke/1", f"party/{story.GENERATOR}", body, by, story.clock("13:42:00"), principal=story.GENERATOR)
    log.add(revoke, story.clock("13:42:01"))
    log.checkpoint(story.stamps("13:42:02"))
    log.export(tmp_path / "export")
    assert [f["code"] for f in report(tmp_path / "export")["findings"]] == ["DELEGATION_MISSING"]


LIST, APPROVAL = "list/2026-51-50-a", "approval/915101120000FX029E/01KB2Z8Q6V0000000000000004"


@pytest.mark.parametrize(
    ("kind", "chain", "by", "codes"),
    [
        ("list.propose/1", LIST, "sichuan", []),
        ("list.propose/1", LIST, "chongqing", ["SIGNER_ROLE"]),
        ("list.propose/1", LIST, "guizhou", ["SIGNER_ROLE"]),
        ("list.propose/1", "list/2026-50-51-a", "chongqing", []),
        ("approval.decide/1", APPROVAL, "sichuan", []),
        ("approval.decide/1", APPROVAL, "chongqing", ["SIGNER_ROLE"]),
        ("approval.reply/1", APPROVAL, "chongqing", []),
    ],
)
def test_lists_and_decisions_are_signed_by_the_authority_of_their_province(
    tmp_path: Path, kind: str, chain: str, by: str, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(VECTORS))
    story, writer = importlib.import_module("story"), importlib.import_module("writer")
    bodies, log = importlib.import_module("bodies"), story.small_log()
    letter = {"letter_no": "川环商〔2026〕3号（虚构）", "letter_date": "2026-11-02"}
    acts = {"list.propose/1": bodies.propose(), "approval.apply/1": bodies.apply(story.RECEIVER, story.PERMIT)}
    acts |= {"approval.consult/1": letter, "approval.reply/1": letter | {"agree": True}, "approval.decide/1": bodies.decide("1")}
    before = {"approval.reply/1": ("apply", "consult"), "approval.decide/1": ("apply",)}.get(kind, ())
    signed = [(f"approval.{name}/1", "generator-2" if name == "apply" else "sichuan") for name in before]
    for name, signer in (*signed, (kind, by)):
        log.add(writer.Act(name, chain, acts[name], story.signers(signer), story.clock("13:42:00")), story.clock("13:42:01"))
    log.checkpoint(story.stamps("13:42:02"))
    log.export(tmp_path / "export")
    assert [f["code"] for f in report(tmp_path / "export")["findings"]] == codes


@pytest.mark.parametrize("changes", [{"tags": [["LATE", 7300]]}, {"accounts": [{"account": "Q3 permit/x", "before_g": 0, "after_g": -1}]}])
def test_no_late_issue_and_no_negative_account(tmp_path: Path, changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(VECTORS))
    story, writer = importlib.import_module("story"), importlib.import_module("writer")
    log = story.small_log()
    log.add(
        writer.Act(
            "permit.amend/1",
            story.PERMIT,
            {"reason": "变更（虚构）", "scale_t": "1.0"},
            story.signers("chongqing"),
            story.clock("13:42:00"),
        ),
        story.clock("13:42:01"),
        **changes,
    )
    log.checkpoint(story.stamps("13:42:02"))
    log.export(tmp_path / "export")
    assert {f["code"] for f in report(tmp_path / "export")["findings"]} == {"DECISION_WRONG" if "tags" in changes else "ACCOUNT_WRONG"}
