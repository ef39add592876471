"""golang.org/x/mod/sumdb/note and transparency-dev/formats on our checkpoints and proofs, and ours on their notes."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from ledger.tree.checkpoint import Checkpoint, attach_cosignatures, cosign_checkpoint, log_vkeys, open_checkpoint, verifier
from ledger.tree.note import COSIGNATURE_V1, ED25519, SUBTREE_V1, open_note, parse_vkey, vkey_of
from ledger.tree.policy import parse_policy
from ledger.tree.proof import Proof, parse_proof
from signing.keys import PrivateKey
from signing.refusal import Refusal
from tests.interop.demo_log import ML_DSA, SIZE, VKEYS, DemoLog, Files, prove, prove_growth
from tests.interop.toolbox import Toolbox
from tests.ledger.trust import open_with_policy
from tests.workbench import ORIGIN, key_of

WITNESS = "witness.example/province-51"
AT = 1_790_000_000


@pytest.fixture
def note_file(export: Files, tmp_path: Path) -> Path:
    """The newest checkpoint."""
    path = tmp_path / "checkpoint"
    path.write_bytes(export["checkpoint"])
    return path


def keys_file(directory: Path, *vkeys: str) -> Path:
    """A file of vkeys, one per line."""
    path = directory / "vkeys"
    path.write_text("".join(f"{vkey}\n" for vkey in vkeys), encoding="utf-8")
    return path


def flip(note: bytes, line: int) -> bytes:
    """The note with one bit of a signature line changed; the base64 stays canonical."""
    lines = note.split(b"\n")
    lines[line] = lines[line][:60] + (b"B" if lines[line][60:61] == b"A" else b"A") + lines[line][61:]
    return b"\n".join(lines)


def test_sumdb_note_opens_our_checkpoint_and_ignores_the_line_it_does_not_know(tools: Toolbox, note_file: Path, tmp_path: Path) -> None:
    opened = tools.evidence("note", keys_file(tmp_path, VKEYS[0]), note_file)
    ours = open_checkpoint(note_file.read_bytes(), VKEYS).checkpoint
    assert (opened["origin"], opened["size"], base64.b64decode(opened["root"]), opened["rest"]) == (ORIGIN, SIZE, ours.root, "")
    assert [line["hash"] for line in opened["verified"]] == [f"{parse_vkey(VKEYS[0]).id:08x}"]
    assert [line["hash"] for line in opened["unverified"]] == [f"{parse_vkey(VKEYS[1]).id:08x}"]


def test_formats_verifies_our_ml_dsa_line_with_timestamp_0(tools: Toolbox, note_file: Path, tmp_path: Path) -> None:
    opened = tools.evidence("note", keys_file(tmp_path, *VKEYS), note_file)
    assert [line["hash"] for line in opened["verified"]] == [f"{parse_vkey(vkey).id:08x}" for vkey in VKEYS]
    assert opened["unverified"] == []
    assert opened["verified"][1]["time"] == 0


@pytest.mark.parametrize("line", [4, 5])
def test_stock_readers_and_ours_refuse_a_note_with_one_failing_line(tools: Toolbox, note_file: Path, tmp_path: Path, line: int) -> None:
    note_file.write_bytes(flip(note_file.read_bytes(), line))
    with pytest.raises(ValueError, match="invalid signature"):
        tools.evidence("note", keys_file(tmp_path, *VKEYS), note_file)
    with pytest.raises(Refusal):
        open_checkpoint(note_file.read_bytes(), VKEYS)


def test_stock_readers_verify_our_cosignatures_of_both_kinds(tools: Toolbox, note_file: Path, tmp_path: Path) -> None:
    raw = note_file.read_bytes()
    head = open_checkpoint(raw, VKEYS).checkpoint
    keys = (key_of("witness"), PrivateKey.from_seed("ml-dsa-44", bytes(range(32))))
    vkeys = [str(vkey_of(WITNESS, kind, key)) for kind, key in zip((COSIGNATURE_V1, SUBTREE_V1), keys, strict=True)]
    lines = [(vkey, cosign_checkpoint(head, WITNESS, key, AT)) for vkey, key in zip(vkeys, keys, strict=True)]
    note_file.write_bytes(attach_cosignatures(raw, lines))
    opened = tools.evidence("note", keys_file(tmp_path, VKEYS[0], *vkeys), note_file)
    assert sorted((line["hash"], line["time"]) for line in opened["verified"][1:]) == sorted((v.split("+")[1], AT) for v in vkeys)


def test_a_policy_of_ours_means_the_same_to_formats(tools: Toolbox, note_file: Path, tmp_path: Path) -> None:
    """One of two witnesses signed: enough for a group of any, not of all. Formats wants a URL in every witness line."""
    raw = note_file.read_bytes()
    key = key_of("witness")
    vkeys = [str(vkey_of(f"{WITNESS}/{who}", COSIGNATURE_V1, key_of(who))) for who in ("witness", "other")]
    line = cosign_checkpoint(open_checkpoint(raw, VKEYS).checkpoint, f"{WITNESS}/witness", key, AT)
    note_file.write_bytes(attach_cosignatures(raw, [(vkeys[0], line)]))
    for rule, met in (("any", True), ("1", True), ("all", False), ("2", False)):
        witnesses = "".join(f"witness w{at} {vkey} https://witness.example/{at}\n" for at, vkey in enumerate(vkeys))
        policy = tmp_path / "policy"
        policy.write_text(f"# regulator of 51\nlog {VKEYS[0]}\n{witnesses}group both {rule} w0 w1\nquorum both\n", encoding="utf-8")
        assert tools.evidence("policy", policy, note_file) is met
        if met:
            open_with_policy(note_file.read_bytes(), parse_policy(policy.read_bytes()))
        else:
            with pytest.raises(Refusal):
                open_with_policy(note_file.read_bytes(), parse_policy(policy.read_bytes()))


def test_we_read_a_note_that_sumdb_note_signed(tools: Toolbox, tmp_path: Path) -> None:
    made = tools.evidence("key", "log.example/stock")
    text = Checkpoint("log.example/stock", 3, bytes(32)).text
    (tmp_path / "key").write_text(made["secret"], encoding="utf-8")
    (tmp_path / "text").write_bytes(text)
    note = tools.evidence("sign", tmp_path / "key", tmp_path / "text")["note"].encode()
    assert parse_vkey(made["vkey"]).type == ED25519
    assert open_note(note, [verifier(made["vkey"])]).text == text
    assert open_checkpoint(note, [made["vkey"]]).checkpoint.size == 3


def test_we_read_an_ml_dsa_cosignature_that_formats_signed(tools: Toolbox, tmp_path: Path) -> None:
    """With the witness network's own key tool, so that key, id, vkey and signature are all theirs. Type 04: test_stock_witness."""
    secret, vkey = tools.run("generate_keys", "-origin", WITNESS, "-print", "-mldsa").stdout.split()
    assert parse_vkey(vkey).type == SUBTREE_V1
    assert str(parse_vkey(vkey)) == vkey
    (tmp_path / "key").write_text(secret, encoding="utf-8")
    (tmp_path / "text").write_bytes(Checkpoint(ORIGIN, SIZE, bytes(range(32))).text)
    note = tools.evidence("sign", tmp_path / "key", tmp_path / "text")["note"].encode()
    (line,) = open_note(note, [verifier(vkey)]).verified
    assert line.name == WITNESS


def test_the_same_ml_dsa_seed_is_the_same_key_to_formats(tools: Toolbox, tmp_path: Path) -> None:
    secret, vkey = tools.run("generate_keys", "-origin", ORIGIN, "-print", "-mldsa").stdout.split()
    seed = base64.b64decode(secret.split("+", 4)[4])[1:]
    assert log_vkeys(ORIGIN, [PrivateKey.from_seed("ml-dsa-44", seed)]) == (vkey,)


@pytest.mark.parametrize("size", [1, 256, 300, SIZE])
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_stock_libraries_verify_our_tlog_proofs(tools: Toolbox, demo: DemoLog, tmp_path: Path, size: int, place: str) -> None:
    index = {"first": 0, "middle": size // 2, "last": size - 1}[place]
    proof = prove(demo.export_at(size), index)
    (tmp_path / "proof").write_bytes(proof.to_bytes())
    (tmp_path / "entry").write_bytes(demo.entries[index].raw)
    answer = tools.evidence("proof", keys_file(tmp_path, *VKEYS), tmp_path / "proof", tmp_path / "entry")
    assert answer == {"index": index, "size": size, "extra": None, "same": True}


def test_a_stock_reader_refuses_our_proof_for_another_entry(tools: Toolbox, export: Files, demo: DemoLog, tmp_path: Path) -> None:
    (tmp_path / "proof").write_bytes(prove(export, 5).to_bytes())
    (tmp_path / "entry").write_bytes(demo.entries[6].raw)
    with pytest.raises(ValueError, match="calculated root"):
        tools.evidence("proof", keys_file(tmp_path, VKEYS[0]), tmp_path / "proof", tmp_path / "entry")


def test_extra_data_of_a_proof_survives_both_readers(tools: Toolbox, export: Files, demo: DemoLog, tmp_path: Path) -> None:
    plain = prove(export, 5)
    proof = Proof(index=plain.index, hashes=plain.hashes, checkpoint=plain.checkpoint, extra="印章".encode())
    (tmp_path / "proof").write_bytes(proof.to_bytes())
    (tmp_path / "entry").write_bytes(demo.entries[5].raw)
    answer = tools.evidence("proof", keys_file(tmp_path, VKEYS[0]), tmp_path / "proof", tmp_path / "entry")
    assert answer["same"]
    assert base64.b64decode(answer["extra"]) == parse_proof(proof.to_bytes()).extra == proof.extra


@pytest.mark.parametrize("old", [1, 255, 256, 300, 512, 699, SIZE])
def test_merkle_verifies_our_growth_and_refuses_another_past(
    tools: Toolbox, demo: DemoLog, export: Files, tmp_path: Path, old: int
) -> None:
    before, after = (open_checkpoint(files["checkpoint"], VKEYS).checkpoint for files in (demo.export_at(old), export))
    (tmp_path / "after").write_bytes(after.text)
    (tmp_path / "proof").write_text("".join(f"{base64.b64encode(hash_).decode()}\n" for hash_ in prove_growth(export, old)))
    (tmp_path / "before").write_bytes(before.text)
    assert tools.evidence("consistency", tmp_path / "before", tmp_path / "after", tmp_path / "proof") is True
    (tmp_path / "before").write_bytes(Checkpoint(ORIGIN, old, bytes(32)).text)
    with pytest.raises(ValueError, match="root"):
        tools.evidence("consistency", tmp_path / "before", tmp_path / "after", tmp_path / "proof")


def test_the_ml_dsa_key_is_the_one_of_the_founding(demo: DemoLog) -> None:
    assert log_vkeys(ORIGIN, [ML_DSA])[0] in demo.entries[0].envelope.body.decode()
