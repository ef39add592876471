"""The page's readers against the golden bytes of the formats and the published signature vectors: what is good, and what must be refused."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from signing.refusal import Refusal
from signing.suite import verify
from signing.suites import ecdsa_p256, ed25519, sm2_sm3
from tests.browser.conftest import BYTES_OF, Desk
from tests.signing.sm2_cases import judged
from tests.signing.vectors import load
from tests.vectors.second_reader import acceptable, read

_RUN = (
    f"async ([stage, cases]) => {{{BYTES_OF}"
    """
  const { parts, signed } = window.liandan;
  const hex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
  const text = (raw) => new TextDecoder().decode(bytesOf(raw));
  const envelope = (raw) => {
    if (bytesOf(raw).length > 65536) throw { reasons: [{ code: "ENVELOPE_TOO_LARGE" }] };
    const value = parts.envelopeOf(parts.parseJson(bytesOf(raw), 65536, 8));
    if (value.type !== "application/vnd.liandan.statement.v1+json") throw { reasons: [{ code: "PAYLOAD_TYPE" }] };
    return value;
  };
  const readers = {
    payload: (one) => parts.parseJson(bytesOf(one.raw), 24576, 8),
    envelope: (one) => envelope(one.raw).frozen,
    statement: async (one) => (await parts.readStatement(envelope(one.raw))).hash,
    body: (one) => parts.checkBody(one.kind, parts.parseJson(bytesOf(one.raw), 24576, 8)),
    entry: async (one) => (await parts.readEntry(bytesOf(one.raw))).statement.hash,
    signature: (one) => signed.verifySignature(one.suite, bytesOf(one.spki), bytesOf(one.message), bytesOf(one.raw)),
    note: async (one) => {
      if (one.what === "vkey") return signed.parseVkey(text(one.raw));
      const opened = await signed.openCheckpoint(bytesOf(one.raw), one.logs || one.vkeys.slice(0, 1), one.witnesses || one.vkeys.slice(1));
      return { ...opened, root: Array.from(opened.root) };
    },
    checkpoint: (one) => signed.parseCheckpoint(text(one.raw)).size,
    proof: (one) => {
      const p = one.what ? one : JSON.parse(text(one.raw));
      return signed.checkInclusion(p.index, p.size, hex(p.leaf), p.hashes.map(hex), hex(p.root), "proof");
    },
  };
  const answers = [];
  for (const one of cases) {
    try {
      answers.push({ value: (await readers[stage](one)) ?? null });
    } catch (error) {
      answers.push({ codes: error.reasons ? error.reasons.map((reason) => reason.code) : [`crash: ${error.stack}`] });
    }
  }
  return answers;
}"""
)


def run(desk: Desk, stage: str, cases: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the page's reader of a stage says of every case."""
    answers: list[dict[str, Any]] = desk.do(lambda page: page.evaluate(_RUN, [stage, list(cases)]))
    return answers


@pytest.mark.parametrize("stage", ["payload", "envelope", "statement", "body", "entry", "signature", "note", "checkpoint", "proof"])
def test_what_must_be_refused(shared_desk: Desk, stage: str) -> None:
    cases = [case for case in read(f"refused/{stage}") if case.get("what") != "tlog-proof"]
    answers = run(shared_desk, stage, cases)
    wrong = [
        (case["name"], answer, case["code"])
        for case, answer in zip(cases, answers, strict=True)
        # A signature of a suite that is not computed is not refused, and never called good.
        if not (acceptable(case) & set(answer.get("codes", ()))) and not (case.get("suite") == "ml-dsa-44" and answer.get("value") is False)
    ]
    assert wrong == []


def test_what_must_be_read(shared_desk: Desk) -> None:
    bodies = run(shared_desk, "payload", read("payloads"))
    assert [answer["value"] for answer in bodies] == [vector["value"] for vector in read("payloads")]
    statements = [{"raw": vector["envelope"]} for vector in (*read("statements"), *read("acts")["entries"])]
    hashes = [vector["hash"] for vector in (*read("statements"), *read("acts")["entries"])]
    assert [answer.get("value", answer) for answer in run(shared_desk, "statement", statements)] == hashes
    entries = [entry for log in ("log", "log-closed", "acts") for entry in read(log)["entries"]]
    answers = run(shared_desk, "entry", [{"raw": entry["entry"]} for entry in entries])
    assert [answer for answer in answers if "value" not in answer] == []


def test_checkpoints_and_proofs(shared_desk: Desk) -> None:
    notes = [{"raw": b64encode(vector["note"].encode()).decode(), "vkeys": vector["vkeys"]} for vector in read("checkpoints")]
    for vector, answer in zip(read("checkpoints"), run(shared_desk, "note", notes), strict=True):
        opened = answer["value"]
        assert (opened["size"], bytes(opened["root"]).hex()) == (vector["size"], vector["root"])
        computed = {vkey for vkey in vector["vkeys"][1:] if b64decode(vkey.split("+", 2)[2])[0] != 6}
        assert {line["vkey"] for line in opened["cosigned"]} == computed
    proofs = [{"what": "proof", **one} for one in read("proofs")["inclusion"]]
    assert [answer for answer in run(shared_desk, "proof", proofs) if answer != {"value": None}] == []


def _cases(suite: Any, keys: Sequence[tuple[bytes, bytes, bytes]]) -> list[dict[str, Any]]:
    named = {"suite": suite.name}
    return [
        {**named, "spki": b64encode(suite.prefix + key).decode(), "message": b64encode(message).decode(), "raw": b64encode(sig).decode()}
        for key, message, sig in keys
    ]


def _published() -> list[dict[str, Any]]:
    """Every published case of three suites, of SM2 with all that must be refused."""
    curve = [(bytes.fromhex(v["key"]), v["msg"].encode(), bytes.fromhex(v["sig"])) for v in load("cctv-ed25519/ed25519vectors.json")]
    curve += [tuple(bytes.fromhex(v[n]) for n in ("pub_key", "message", "signature")) for v in load("ed25519-speccheck/cases.json")]
    for group in load("wycheproof/ed25519_test.json")["testGroups"]:
        curve += [(bytes.fromhex(group["publicKey"]["pk"]), bytes.fromhex(t["msg"]), bytes.fromhex(t["sig"])) for t in group["tests"]]
    p256 = []
    for group in load("wycheproof/ecdsa_secp256r1_sha256_p1363_test.json")["testGroups"]:
        key = bytes.fromhex(group["publicKey"]["uncompressed"])[1:]
        p256 += [(key, bytes.fromhex(t["msg"]), bytes.fromhex(t["sig"])) for t in group["tests"]]
    told = load("sm/sm2-gmt0003.5-example.json")
    standard = (
        bytes.fromhex(told["public_key_x"] + told["public_key_y"]),
        told["message_ascii"].encode(),
        bytes.fromhex(told["r"] + told["s"]),
    )
    bare = replace(sm2_sm3.SUITE, prefix=b"")  # cases name whole keys: other encodings are among them
    sm2 = [*_cases(bare, list(judged())), *_cases(sm2_sm3.SUITE, [standard])]
    return [*_cases(ed25519.SUITE, curve), *_cases(ecdsa_p256.SUITE, p256), *sm2]


def _holds(case: dict[str, Any]) -> bool:
    try:
        verify(case["suite"], *(b64decode(case[name]) for name in ("spki", "message", "raw")))
    except Refusal:
        return False
    return True


@pytest.mark.parametrize("engine", ["native", "noble"])
def test_signatures_are_judged_as_the_program_judges(desk: Desk, engine: str) -> None:
    """libsodium and OpenSSL on one side, the browser or the vendored program on the other: one accepted set."""
    cases = _published()
    if engine == "noble":
        desk.refuse_ed25519()
        cases = [case for case in cases if case["suite"] == "ed25519"]
    answers = run(desk, "signature", cases)
    assert len(cases) > 1000
    assert [(case, answer) for case, answer in zip(cases, answers, strict=True) if (answer.get("value") is True) != _holds(case)] == []
