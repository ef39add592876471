"""The auditor of docs/auditor agrees with the independent writer on every vector, and finds what was tampered with."""

from __future__ import annotations

import base64
import importlib
import importlib.util
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
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
AUDITOR = ROOT / "docs" / "auditor" / "liandan_audit.py"
VECTORS = Path(__file__).parent / "liandan-v1"


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


audit = _load(AUDITOR)
sys.modules["liandan_audit"] = audit
proof = _load(AUDITOR.with_name("liandan_proof.py"))
VERIFIERS = {"pure": dict(audit.VERIFIERS)}
audit.use_fast_libraries()
VERIFIERS["fast"] = dict(audit.VERIFIERS)


def read(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def unb64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def refused(stage: str) -> list[Any]:
    return [pytest.param(case, id=f"{stage}: {case['name']}") for case in read(f"refused/{stage}")]


def code_of(check: Callable[..., Any], *arguments: Any) -> str:
    with pytest.raises(audit.Bad) as caught:
        check(*arguments)
    return str(caught.value.code)


def acceptable(case: dict[str, Any]) -> set[str]:
    return {case["code"], case.get("either", case["code"])}


@pytest.fixture(params=["pure", "fast"])
def verifiers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both sets of verifiers must accept the same signatures."""
    monkeypatch.setattr(audit, "VERIFIERS", VERIFIERS[request.param])
    return str(request.param)


def parse_envelope(raw: bytes) -> Any:
    """A posted envelope: the format's strict JSON, at most 64 KiB."""
    return audit.read_envelope(audit.strict_json(raw, 64 * 1024, "ENVELOPE_TOO_LARGE"))


def replay(name: str, size: int) -> Any:
    """The auditor's log after the first entries of a vector log."""
    vector = read(name.removesuffix(".json"))
    log = audit.Log(lambda sha: unb64(vector["data"][sha]) if sha in vector["data"] else None)
    for entry in vector["entries"][:size]:
        log.add(unb64(entry["entry"]))
    assert log.findings == []
    return log


# --- what must be accepted


@pytest.mark.parametrize("vector", read("payloads"), ids=lambda v: v["name"])
def test_good_payloads_parse_to_their_value(vector: dict[str, Any]) -> None:
    assert audit.strict_json(unb64(vector["raw"])) == vector["value"]


@pytest.mark.parametrize("vector", read("envelopes"), ids=lambda v: v["name"])
def test_posted_envelopes_freeze_to_the_published_bytes(vector: dict[str, Any]) -> None:
    assert audit.encode(parse_envelope(unb64(vector["posted"])).frozen) == unb64(vector["frozen"])


@pytest.mark.parametrize("vector", read("possession"), ids=lambda v: v["key"])
def test_key_registrations_prove_possession(vector: dict[str, Any], verifiers: str) -> None:
    key = next(k for k in read("keys")["party"] if k["name"] == vector["key"])
    keyid, suite, spki, checked = audit.check_registration(vector["registration"], vector["x"], vector["uscc"])
    assert (keyid, suite, spki, checked) == (key["keyid"], key["suite"], unb64(key["spki"]), True)


@pytest.mark.parametrize("vector", read("statements"), ids=lambda v: f"{v['index']} {v['kind']}")
def test_statements_have_their_hash_and_pae(vector: dict[str, Any]) -> None:
    envelope = parse_envelope(unb64(vector["envelope"]))
    statement = audit.read_statement(envelope)
    assert envelope.body == unb64(vector["body"])
    assert audit.pae(audit.STATEMENT, envelope.body) == unb64(vector["pae"])
    assert {name: getattr(statement, name) for name in ("kind", "chain", "seq", "prev", "hash")} == {
        name: vector[name] for name in ("kind", "chain", "seq", "prev", "hash")
    }


@pytest.mark.parametrize("name", ["log", "log-closed"])
def test_the_vector_logs_replay_without_a_finding(name: str, verifiers: str) -> None:
    vector = read(name)
    log = replay(name, len(vector["entries"]))
    assert log.found == vector["found"]
    for entry in vector["entries"]:
        index = entry["index"]
        assert log.mth(index, index + 1).hex() == entry["leaf"]
        assert log.root(index + 1).hex() == entry["root_after"]
        assert log.heads  # chains were taken in


@pytest.mark.parametrize("vector", read("checkpoints"), ids=lambda v: f"{v['size']} {v['name']}")
def test_checkpoints_open_with_all_known_lines(vector: dict[str, Any], verifiers: str) -> None:
    text, stamps, unknown = audit.open_note(vector["note"].encode(), vector["vkeys"])
    assert audit.parse_checkpoint(text)[1:] == (vector["size"], bytes.fromhex(vector["root"]))
    assert set(stamps) == set(vector["vkeys"])
    assert unknown == (1 if vector["name"] else 0)


def test_inclusion_proofs_verify() -> None:
    for p in read("proofs")["inclusion"]:
        hashes = [bytes.fromhex(h) for h in p["hashes"]]
        proof.verify_inclusion(p["index"], p["size"], bytes.fromhex(p["leaf"]), bytes.fromhex(p["root"]), hashes)


def test_tlog_proofs_verify_with_the_keys_of_log_and_witnesses() -> None:
    vkeys = [key["vkey"] for key in read("keys")["note"]]
    for vector in read("proofs")["tlog_proof"]:
        _, _, index = proof.check_proof(vector["text"].encode(), bytes.fromhex(vector["leaf"]), vkeys)
        assert index == vector["index"]


# --- what must be refused


@pytest.mark.parametrize("case", refused("payload"))
def test_bad_payloads_are_refused(case: dict[str, Any]) -> None:
    assert code_of(audit.strict_json, unb64(case["raw"])) in acceptable(case)


@pytest.mark.parametrize("case", refused("envelope"))
def test_bad_envelopes_are_refused(case: dict[str, Any]) -> None:
    assert code_of(parse_envelope, unb64(case["raw"])) in acceptable(case)


@pytest.mark.parametrize("case", refused("signature"))
def test_bad_signatures_are_refused(case: dict[str, Any], verifiers: str) -> None:
    code = code_of(audit.verify, case["suite"], unb64(case["spki"]), unb64(case["message"]), unb64(case["raw"]))
    assert code in acceptable(case)


@pytest.mark.parametrize("case", refused("key"))
def test_bad_keys_are_refused(case: dict[str, Any], verifiers: str) -> None:
    assert code_of(audit.check_registration, json.loads(unb64(case["raw"])), case["x"], case["uscc"]) in acceptable(case)


@pytest.mark.parametrize("case", refused("statement"))
def test_bad_statements_are_refused(case: dict[str, Any]) -> None:
    envelope = parse_envelope(unb64(case["raw"]))
    assert code_of(audit.read_statement, envelope) in acceptable(case)


@pytest.mark.parametrize("case", refused("admission"))
def test_statements_refused_at_admission_are_findings_in_an_entry(case: dict[str, Any]) -> None:
    """An operator who admits them all the same is found out, except where the format leaves the check to his word."""
    log = replay(case["log"], case["size"])
    decision: dict[str, Any] = {"tags": [], "alerts": [], "accounts": []}
    admission = {"index": case["size"], "at": case["now"], "ruleset": log.ruleset, "facts": [], "decision": decision}
    statement = parse_envelope(unb64(case["raw"])).frozen
    log.add(audit.encode({"v": 1, "statement": statement, "admission": admission}))
    codes = {finding["code"] for finding in log.findings}
    if case.get("auditor", True):
        assert codes & acceptable(case)
    else:
        assert codes == set()


@pytest.mark.parametrize("case", refused("entry"))
def test_bad_entries_are_refused(case: dict[str, Any]) -> None:
    assert code_of(audit.read_entry, unb64(case["raw"])) in acceptable(case)


@pytest.mark.parametrize("case", refused("note"))
def test_bad_notes_are_refused(case: dict[str, Any], verifiers: str) -> None:
    if case.get("what") == "vkey":
        assert code_of(audit.parse_vkey, unb64(case["raw"]).decode()) in acceptable(case)
    else:
        assert code_of(audit.open_note, unb64(case["raw"]), case["vkeys"]) in acceptable(case)


@pytest.mark.parametrize("case", refused("checkpoint"))
def test_bad_checkpoints_are_refused(case: dict[str, Any]) -> None:
    assert code_of(audit.parse_checkpoint, unb64(case["raw"]).decode()) in acceptable(case)


@pytest.mark.parametrize("case", refused("proof"))
def test_bad_proofs_are_refused(case: dict[str, Any]) -> None:
    raw = unb64(case["raw"])
    if case.get("what") == "tlog-proof":
        assert code_of(proof.parse_tlog_proof, raw) in acceptable(case)
        return
    p = json.loads(raw)
    hashes = [bytes.fromhex(h) for h in p["hashes"]]
    code = code_of(proof.verify_inclusion, p["index"], p["size"], bytes.fromhex(p["leaf"]), bytes.fromhex(p["root"]), hashes)
    assert code in acceptable(case)


def test_there_are_enough_refused_cases_and_each_has_a_name_of_its_own() -> None:
    cases = [case for file in sorted((VECTORS / "refused").glob("*.json")) for case in read(f"refused/{file.stem}")]
    assert len(cases) >= 80
    assert len({(case["stage"], case["name"]) for case in cases}) == len(cases)


def test_the_generator_writes_the_committed_bytes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(VECTORS / "generate.py"), str(tmp_path)], check=True)
    written = {file.relative_to(tmp_path): file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    for file, raw in written.items():
        assert (VECTORS / file).read_bytes() == raw, file
    committed = {file.relative_to(VECTORS) for file in VECTORS.rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc", ".md")}
    assert committed == set(written)


# --- whole exports


def report(directory: Path, pin: str = "") -> dict[str, Any]:
    found: dict[str, Any] = audit.Audit(str(directory)).run(pin)
    return found


@pytest.fixture
def export(tmp_path: Path) -> Path:
    shutil.copytree(VECTORS / "export", tmp_path / "export")
    return tmp_path / "export"


def test_the_mini_export_is_fine(export: Path, verifiers: str) -> None:
    result = report(export, read("log")["found"])
    assert result["findings"] == []
    assert (result["size"], result["checkpoints"], result["pinned"], result["remarks"]) == (19, 6, True, [])


def test_another_pin_is_a_finding(export: Path) -> None:
    assert [f["code"] for f in report(export, "0" * 64)["findings"]] == ["PIN"]


def flip(file: Path, bit: int) -> None:
    raw = bytearray(file.read_bytes())
    raw[bit // 8] ^= 1 << bit % 8
    file.write_bytes(raw)


def _flips() -> list[tuple[str, int]]:
    """Some 400 bits over all files, at places that differ from file to file."""
    out = []
    for n, file in enumerate(sorted(f for f in (VECTORS / "export").rglob("*") if f.is_file())):
        bits = file.stat().st_size * 8
        count = 200 if "entries" in file.parts else 18
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


@pytest.mark.parametrize("size", [256, 257, 300])
def test_a_log_with_full_tiles_is_fine_and_its_upper_tiles_are_checked(tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(VECTORS))
    story, writer = importlib.import_module("story"), importlib.import_module("writer")
    log = writer.Log(story.ORIGIN, story.LOG_KEY, story.WITNESSES)
    log.add(story.founding(log), story.clock("08:00:05"))
    for page in range(1, size):
        body = {"hour": "2026-11-02T08", "page": page, "of": size, "items": []}
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


def test_it_stays_one_short_file() -> None:
    assert len(AUDITOR.read_text(encoding="utf-8").splitlines()) < 800
