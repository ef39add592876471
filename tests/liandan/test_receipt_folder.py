"""``liandan verify`` on a receipt folder that a real client wrote at a real server: good as it is, and never after a change."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.admission.entry import encode_entry, read_entry
from ledger.bundle import make_bundle
from ledger.tree.checkpoint import Checkpoint, attach_cosignatures, cosign_checkpoint, log_vkeys, parse_checkpoint, sign_checkpoint
from ledger.tree.merkle import inclusion_proof, leaf_hash, root_of
from ledger.tree.note import parse_note
from ledger.tree.proof import Proof, parse_proof
from ledger.witnessing.server import make_cosigner
from liandan.cli import main
from liandan.client import AsyncLiandan, Liandan, ReceiptFolder, RequestRefused, Trust
from reports.kinds import all_kinds
from signing.envelope import Envelope, Signature
from signing.possession import register
from tests.liandan.serving import http, post_all
from tests.liandan.test_client import NOW_S
from tests.workbench import ORIGIN, Workbench, key_of, uscc

PARTY = uscc("510112", 2)
VKEYS = "".join(f"{vkey}\n" for vkey in log_vkeys(ORIGIN, [key_of("log")])).encode()
Spoil = Callable[[bytes], bytes]
OTHER_VKEYS = "".join(f"{vkey}\n" for vkey in log_vkeys(ORIGIN, [key_of("another log")])).encode()


def spoil(path: Path, change: Spoil) -> None:
    """Replace a file by a changed copy; a change that changes nothing is a mistake of the test."""
    before = path.read_bytes()
    after = change(before)
    assert after != before
    path.write_bytes(after)


def swapped(old: bytes, new: bytes) -> Spoil:
    """A change of one place, which must be there."""

    def change(raw: bytes) -> bytes:
        assert old in raw
        return raw.replace(old, new, 1)

    return change


class Desk:
    """A receipt folder with what its owner keeps elsewhere."""

    def __init__(self, root: Path, bench: Workbench) -> None:
        self.folder, self.bench = root / "receipts", bench
        self.vkey = root / "log.vkey"
        self.vkey.write_bytes(VKEYS)
        self.registrations = []
        for generation in (0, 1, 2, 3):
            path = root / f"registration{generation}.json"
            registration = register(key_of(PARTY, generation), bench.found, PARTY)
            path.write_text(json.dumps({"suite": registration.suite, "spki": registration.spki, "pop": registration.pop}))
            self.registrations.append(path)

    def verify(self, *arguments: str) -> Result:
        """The command on the folder with the pinned key and found."""
        pins = ["--vkey", str(self.vkey), "--found", self.bench.found, "--registration", str(self.registrations[0])]
        return CliRunner().invoke(main, ["verify", str(self.folder), *pins, *arguments])

    def codes(self, *arguments: str) -> dict[str, set[str]]:
        """Finding codes by suffix, and exit code 1 iff there are any."""
        answer = self.verify("--json", *arguments)
        reports = json.loads(answer.output)
        found: dict[str, set[str]] = {}
        for report in reports:
            if report["findings"]:
                name = report["file"].rpartition(".")[2]
                found[name] = found.get(name, set()) | {finding["code"] for finding in report["findings"]}
        assert answer.exit_code == (1 if found else 0), answer.output
        return found

    def one(self, suffix: str) -> Path:
        """The first file with a suffix."""
        return min(self.folder.glob(f"*{suffix}"))


@pytest.fixture
async def desk(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    bench = Workbench()
    bench.register(PARTY)
    async with http(database_url, tmp_path / "server") as plain:
        await post_all(plain, bench)
        url = str(plain.base_url).rstrip("/")
        found = Desk(tmp_path, bench)
        trust = Trust.from_files(found.vkey, bench.found)
        work = _written if getattr(request, "param", "async") == "async" else _written_blocking
        await work(url, bench, trust, found.folder)
        yield found


def _body(bench: Workbench, generation: int) -> dict[str, object]:
    return {"key": register(key_of(PARTY, generation), bench.found, PARTY)}


async def _written(url: str, bench: Workbench, trust: Trust, folder: Path) -> None:
    client = AsyncLiandan(url, key_of(PARTY), uscc=PARTY, trust=trust, folder=ReceiptFolder(folder))
    client.set_now(NOW_S)
    async with client:
        for generation in (1, 2):
            await client.post(client.sign(await client.draft("key.add/1", f"party/{PARTY}", _body(bench, generation))))
        with pytest.raises(RequestRefused):
            stale = await client.draft("key.add/1", f"party/{PARTY}", _body(bench, 3), at_s=NOW_S - 90_000)
            await client.post(client.sign(stale))


async def _written_blocking(url: str, bench: Workbench, trust: Trust, folder: Path) -> None:
    def work() -> None:
        client = Liandan(url, key_of(PARTY), uscc=PARTY, trust=trust, folder=ReceiptFolder(folder))
        client.set_now(NOW_S)
        with client:
            for generation in (1, 2):
                client.post(client.sign(client.draft("key.add/1", f"party/{PARTY}", _body(bench, generation))))
            with pytest.raises(RequestRefused):
                client.post(client.sign(client.draft("key.add/1", f"party/{PARTY}", _body(bench, 3), at_s=NOW_S - 90_000)))

    await asyncio.to_thread(work)


@pytest.mark.parametrize("desk", ["async", "sync"], indirect=True)
async def test_a_folder_is_proved_offline_and_every_change_of_a_file_is_found(desk: Desk, tmp_path: Path) -> None:
    refusal = desk.one(".refusal")
    assert desk.codes() == {"refusal": {"RECEIPT_UNCHECKED"}}, "the operator's key is not pinned by log.vkey"
    refusal.unlink()
    assert desk.codes() == {}
    answer = desk.verify()
    assert answer.exit_code == 0
    assert answer.output.count("有效 / good  入账回执  key.add/1") == 2
    assert "签名 1 个" in answer.output
    assert "checkpoint: 有效 / good  检查点" in answer.output
    assert "共 3 件，不合格 0 件" in answer.output

    good = tmp_path / "good"
    shutil.copytree(desk.folder, good)
    found = []
    for suffix, change, _ in SPOILT:
        shutil.rmtree(desk.folder)
        shutil.copytree(good, desk.folder)
        spoil(desk.one(suffix), change)
        found.append(desk.codes())
    assert found == [{SHOWN[suffix]: wanted} for suffix, _, wanted in SPOILT]


SHOWN = {".entry": "entry", ".tlog-proof": "entry", "checkpoint": "checkpoint"}
"""How the report names the file: a pair by its entry."""


def _flipped(raw: bytes) -> bytes:
    """One hex digit of the keyid, in the middle of the entry: the form stays."""
    at = raw.index(b'"keyid":"') + 12
    return raw[:at] + (b"0" if raw[at : at + 1] != b"0" else b"1") + raw[at + 1 :]


def _other_hash(raw: bytes) -> bytes:
    proof = parse_proof(raw)
    return Proof(index=proof.index, hashes=(bytes(32), *proof.hashes[1:]), checkpoint=proof.checkpoint).to_bytes()


def _other_index(raw: bytes) -> bytes:
    proof = parse_proof(raw)
    return Proof(index=proof.index + 1, hashes=proof.hashes, checkpoint=proof.checkpoint).to_bytes()


def _other_root(raw: bytes) -> bytes:
    at = raw.index(ORIGIN.encode())
    lines = raw[at:].split(b"\n")
    lines[2] = base64.b64encode(bytes(32))
    return raw[:at] + b"\n".join(lines)


def _other_signature(raw: bytes) -> bytes:
    head, mark, line = raw.rpartition("— ".encode())
    name, _, blob = line.rstrip(b"\n").partition(b" ")
    signature = bytearray(base64.b64decode(blob))
    signature[-1] ^= 1
    return head + mark + name + b" " + base64.b64encode(bytes(signature)) + b"\n"


def _cut(raw: bytes) -> bytes:
    return raw[:-2]


SPOILT: list[tuple[str, Spoil, set[str]]] = [
    (".entry", _flipped, {"PROOF_WRONG"}),
    (".entry", swapped(b'"v":1', b'"v":2'), {"ENTRY_FORM", "PROOF_WRONG"}),
    (".entry", swapped(b'{"v":1', b'{ "v":1'), {"ENTRY_NOT_CANONICAL", "PROOF_WRONG"}),
    (".entry", _cut, {"ENTRY_FORM", "PROOF_WRONG"}),
    (".entry", lambda raw: b"", {"ENTRY_FORM", "PROOF_WRONG"}),
    (".entry", lambda raw: b" " * 70_000, {"FILE_FORM"}),
    (".tlog-proof", _other_hash, {"PROOF_WRONG"}),
    (".tlog-proof", _other_index, {"PROOF_WRONG"}),
    (".tlog-proof", swapped(b"c2sp.org/tlog-proof@v1", b"c2sp.org/tlog-proof@v2"), {"PROOF_FORM"}),
    (".tlog-proof", _other_root, {"NOTE_SIGNATURE"}),
    (".tlog-proof", _other_signature, {"NOTE_SIGNATURE"}),
    (".tlog-proof", lambda raw: b"", {"PROOF_FORM"}),
    ("checkpoint", _other_root, {"NOTE_SIGNATURE"}),
    ("checkpoint", _other_signature, {"NOTE_SIGNATURE"}),
    ("checkpoint", _cut, {"NOTE_FORM"}),
]


async def test_what_is_missing_exchanged_or_of_another_log_is_found(desk: Desk, tmp_path: Path) -> None:
    desk.one(".refusal").unlink()
    first, second = sorted(desk.folder.glob("*.entry"))
    # Exchanged: each pair proves itself, but not what its name says.
    proofs = [path.with_suffix(".tlog-proof") for path in (first, second)]
    for a, b in ((first, second), (proofs[0], proofs[1])):
        one, other = a.read_bytes(), b.read_bytes()
        a.write_bytes(other)
        b.write_bytes(one)
    assert desk.codes() == {"entry": {"RECEIPT_NAME"}}
    for a, b in ((first, second), (proofs[0], proofs[1])):
        one, other = a.read_bytes(), b.read_bytes()
        a.write_bytes(other)
        b.write_bytes(one)
    assert desk.codes() == {}
    # Another log, by its key or, where the chain's beginning is at hand, by found.
    desk.vkey.write_bytes(OTHER_VKEYS)
    assert desk.codes() == {"entry": {"NOTE_SIGNATURE"}, "checkpoint": {"NOTE_SIGNATURE"}}
    desk.vkey.write_bytes(VKEYS)
    # Half a pair, either half.
    kept = first.read_bytes()
    first.unlink()
    assert desk.codes() == {"entry": {"RECEIPT_INCOMPLETE"}}
    first.write_bytes(kept)
    proofs[0].unlink()
    assert desk.codes() == {"entry": {"RECEIPT_INCOMPLETE"}}
    # Nothing at all proves nothing.
    shutil.rmtree(desk.folder)
    desk.folder.mkdir()
    assert desk.verify().exit_code == 1


async def test_files_are_named_one_by_one_too_and_others_are_left_alone(desk: Desk) -> None:
    entry = desk.one(".entry")
    for named in ([entry], [entry.with_suffix(".tlog-proof")], [entry, entry.with_suffix(".tlog-proof")]):
        answer = CliRunner().invoke(main, ["verify", *map(str, named), "--vkey", str(desk.vkey), "--json"])
        assert answer.exit_code == 0, answer.output
        [report] = json.loads(answer.output)
        assert (report["form"], report["subject"], report["kind"]) == ("entry", f"party/{PARTY}", "key.add/1")
        assert "NOTE_SIGNER" in {note["code"] for note in report["notes"]}
    answer = CliRunner().invoke(main, ["verify", str(entry), "--json"])
    assert answer.exit_code == 1
    assert json.loads(answer.output)[0]["findings"][0]["code"] == "RECEIPT_UNCHECKED"
    (desk.folder / "heads.json").write_text("{}")
    desk.one(".refusal").unlink()
    assert desk.codes() == {}
    assert "NOTE_OTHER_FILE" in desk.verify().output
    bad = desk.folder.parent / "bad.vkey"
    bad.write_text("not a key\n")
    assert CliRunner().invoke(main, ["verify", str(desk.folder), "--vkey", str(bad)]).exit_code == 2
    assert CliRunner().invoke(main, ["verify", str(desk.folder / "missing")]).exit_code == 2


async def test_the_owners_signature_is_verified_with_the_registered_key(desk: Desk) -> None:
    desk.one(".refusal").unlink()
    [report, *_] = json.loads(desk.verify("--json").output)
    assert report["signatures"] == 1
    # A registration for another party, or of another log, does not hold.
    wrong = register(key_of(PARTY), "0" * 64, PARTY)
    desk.registrations[0].write_text(json.dumps({"suite": wrong.suite, "spki": wrong.spki, "pop": wrong.pop}))
    assert desk.codes() == {"entry": {"POSSESSION_WRONG"}}
    # A log that admitted a statement with a forged signature: inclusion holds, the signature does not.
    right = register(key_of(PARTY), desk.bench.found, PARTY)
    desk.registrations[0].write_text(json.dumps({"suite": right.suite, "spki": right.spki, "pop": right.pop}))
    for path in desk.folder.iterdir():
        if path.suffix == ".tlog-proof" or path.name == "checkpoint":
            path.unlink()
    first, second = sorted(desk.folder.glob("*.entry"))
    second.unlink()
    entry = read_entry(first.read_bytes(), all_kinds())
    signature = bytearray(entry.envelope.signatures[0].sig)
    signature[3] ^= 1
    forged = Envelope(entry.envelope.payload_type, entry.envelope.body, (Signature(entry.envelope.signatures[0].keyid, bytes(signature)),))
    raw = encode_entry(forged, entry.admission)
    first.write_bytes(raw)
    _prove(first, raw, entry.index)
    assert desk.codes() == {"entry": {"SIGNATURE_WRONG"}}


async def test_a_refusal_is_proved_with_a_bundle_and_every_change_of_it_is_found(desk: Desk, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.json"
    bundle.write_bytes(_bundle(desk.bench))
    assert desk.codes("--bundle", str(bundle)) == {}
    answer = desk.verify("--bundle", str(bundle))
    assert "拒绝理由 STATEMENT_STALE" in answer.output
    assert answer.output.count("签名 1 个") == 2
    path = desk.one(".refusal")
    kept = path.read_bytes()
    payload = json.loads(kept)["payload"].encode()
    body = base64.b64decode(payload)
    for change, wanted in (
        (
            lambda raw: raw.replace(payload, base64.b64encode(body.replace(b"STALE", b"FRESH"))),
            "SIGNATURE_WRONG",
        ),
        (lambda raw: raw.replace(payload, base64.b64encode(body[:-1] + b',"more":1}')), "RECEIPT_FORM"),
        (lambda raw: raw.replace(b"refusal.v1", b"refusal.v2"), "PAYLOAD_TYPE"),
        (lambda raw: raw.replace(json.loads(raw)["signatures"][0]["keyid"].encode(), b"0" * 64), "RECEIPT_SIGNER"),
        (lambda raw: raw[:-2], "NOT_JSON"),
        (lambda raw: b"", "NOT_JSON"),
    ):
        spoil(path, change)
        assert desk.codes("--bundle", str(bundle)) == {"refusal": {wanted}}
        path.write_bytes(kept)
    renamed = path.with_name(path.name.replace("STALE", "FRESH"))
    path.rename(renamed)
    assert desk.codes("--bundle", str(bundle)) == {"refusal": {"RECEIPT_NAME"}}
    renamed.rename(path)
    # A bundle that lies beside the refusal will do. One of a log that is not the pinned one is no help: it is turned down as such.
    answer = CliRunner().invoke(main, ["verify", str(path), str(bundle), "--found", desk.bench.found])
    assert (answer.exit_code, "运营单位的签名有效" in answer.output) == (0, True), answer.output
    answer = CliRunner().invoke(main, ["verify", str(path), str(bundle)])
    assert (answer.exit_code, answer.output.count("自洽，未与任何已知账本核对")) == (1, 2), "signed by whoever that is"
    assert CliRunner().invoke(main, ["verify", str(path), str(bundle), "--unpinned"]).exit_code == 0
    other = CliRunner().invoke(main, ["verify", str(desk.folder), "--bundle", str(bundle), "--found", "0" * 64])
    assert other.exit_code == 2
    assert "FOUND_DIFFERS" in other.output


async def test_a_policy_asks_for_cosignatures(desk: Desk, tmp_path: Path) -> None:
    desk.one(".refusal").unlink()
    witness = make_cosigner("witness.example/a", key_of("witness a"))
    policy = tmp_path / "policy"
    policy.write_text(f"witness a {witness.vkeys[0]}\nquorum a\n")
    assert desk.codes("--policy", str(policy)) == {"entry": {"NOTE_SIGNATURE"}, "checkpoint": {"NOTE_SIGNATURE"}}

    def cosigned(note: bytes) -> bytes:
        line = cosign_checkpoint(parse_checkpoint(parse_note(note)[0]), witness.name, witness.keys[0], NOW_S)
        return attach_cosignatures(note, [(witness.vkeys[0], line)])

    def in_proof(raw: bytes) -> bytes:
        proof = parse_proof(raw)
        return Proof(index=proof.index, hashes=proof.hashes, checkpoint=cosigned(proof.checkpoint)).to_bytes()

    for path in desk.folder.glob("*.tlog-proof"):
        spoil(path, in_proof)
    spoil(desk.folder / "checkpoint", cosigned)
    assert desk.codes("--policy", str(policy)) == {}
    assert "见证联署 1 个" in desk.verify("--policy", str(policy)).output
    assert "NOTE_WITNESS_UNKNOWN" in desk.verify().output
    spoil(desk.folder / "checkpoint", _other_signature)
    assert desk.codes("--policy", str(policy)) == {"checkpoint": {"NOTE_SIGNATURE"}}
    assert desk.verify("--policy", str(desk.one(".entry"))).exit_code == 2


async def test_a_log_that_showed_two_histories_is_convicted_by_the_folder(desk: Desk) -> None:
    desk.one(".refusal").unlink()
    size = parse_checkpoint(parse_note((desk.folder / "checkpoint").read_bytes())[0]).size
    (desk.folder / "checkpoint").write_bytes(sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), key_of("log")))
    assert desk.codes() == {"checkpoint": {"HISTORY_FORK"}}


async def test_a_receipt_of_another_found_under_the_same_key_is_found(desk: Desk) -> None:
    """The first statement of a chain names the log; those behind it are bound to it by ``prev``."""
    desk.one(".refusal").unlink()
    notes = [note["code"] for report in json.loads(desk.verify("--json").output) for note in report["notes"]]
    assert "NOTE_FOUND" in notes, "the chain begins with the authority's registration, which is not this party's receipt"
    [opening] = [entry for entry in desk.bench.entries if entry.statement.chain == f"party/{PARTY}"]
    path = desk.folder / f"{opening.statement.hash}.entry"
    path.write_bytes(opening.raw)
    _prove(path, opening.raw, opening.index)
    assert desk.codes() == {}
    assert "NOTE_FOUND" not in desk.verify().output
    answer = CliRunner().invoke(main, ["verify", str(desk.folder), "--vkey", str(desk.vkey), "--found", "0" * 64, "--json"])
    assert answer.exit_code == 1
    assert {finding["code"] for report in json.loads(answer.output) for finding in report["findings"]} == {"FOUND_DIFFERS"}


def _hash_at(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    return lambda level, index: root_of(leaves[index << level : (index + 1) << level])


def _bundle(bench: Workbench) -> bytes:
    """The log's own chain as a bundle: what names the operator's key."""
    leaves = [leaf_hash(entry.raw) for entry in bench.entries]
    note = sign_checkpoint(Checkpoint(ORIGIN, len(leaves), root_of(leaves)), key_of("log"))
    return make_bundle(note, f"party/{PARTY}", bench.entries, lambda index: inclusion_proof(index, len(leaves), _hash_at(leaves)))


def _prove(path: Path, raw: bytes, index: int) -> None:
    """A proof by the true log key for an entry behind ``index`` leaves that nobody knows: what an operator could make."""
    leaves = [*(bytes([at]) * 32 for at in range(index)), leaf_hash(raw)]
    note = sign_checkpoint(Checkpoint(ORIGIN, len(leaves), root_of(leaves)), key_of("log"))
    hashes = inclusion_proof(index, len(leaves), _hash_at(leaves))
    path.with_suffix(".tlog-proof").write_bytes(Proof(index=index, hashes=hashes, checkpoint=note).to_bytes())
