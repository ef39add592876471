"""The verify page's corpus holds on the desk: its readers are the same sources, they give the program's answers here too, and receipts that lie are not
believed."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from ledger.tree.checkpoint import Checkpoint, log_vkeys, sign_checkpoint
from ledger.tree.merkle import inclusion_proof, leaf_hash, root_of
from liandan.verify_page import PAGE
from liandan.verify_page.build import HERE, PARTS, READERS, modules
from liandan.verify_page.module import core_module
from reports.kinds import all_kinds
from reports.verify import verify_bytes
from tests.browser.hostile import CASES
from tests.desk.island.test_vectors import run, shared_desk
from tests.reports.forged.forge import FORGERIES
from tests.reports.test_forged import originals
from tests.sample import LONG
from tests.workbench import ORIGIN, Workbench, key_of, uscc

__all__ = ["shared_desk"]
_VERIFY = """
  const { verifyBytes, fromBase64 } = await load("core");
  const answers = [];
  for (const [raw, found] of given) {
    const { verdict, findings } = await verifyBytes(fromBase64(raw), "c.pdf", { found });
    answers.push([verdict, findings.slice(0, 1).map((one) => one.code)]);
  }
  return answers;"""
_BELIEVE = """
  const [{ believe }, { fromBase64 }] = [await load("receipts"), await load("core")];
  return Promise.all(given.answers.map((answer) => believe(answer, fromBase64(given.bytes), given.pins).then(
    (receipt) => receipt.index, (error) => error.code)));"""
AT, SIZE = 5, 12


def test_what_signs_here_is_what_verifies_there() -> None:
    """Every reader of ``core.js`` is the text that stands in ``verify.html``, without remarks."""
    page, core = PAGE.read_text(encoding="utf-8"), modules(all_kinds())["island/core.js"]
    for name in READERS:
        source = (HERE / f"{name}.js").read_text(encoding="utf-8")
        assert source in page, name
        body = core_module([source], []).partition('noble-ed25519.js");\n')[2].rpartition("export {")[0]
        assert body.strip() in core, name
    assert set(READERS) < set(PARTS)


def test_the_corpus_has_the_programs_answers_here(shared_desk: Any) -> None:
    own, pins = originals()
    files = {name: make() for name, make in CASES.items()}
    files |= {name: forgery.make(own) for name, forgery in FORGERIES.items() if not name.endswith("(unsigned)")}
    names = sorted(files)[:: 1 if LONG else 4]
    answers = run(shared_desk, _VERIFY, [[b64encode(files[name]).decode(), pins["signed"]] for name in names])
    for name, (verdict, found) in zip(names, answers, strict=True):
        ours = verify_bytes(files[name], "c.pdf", pins["signed"])
        if ours.paper != "reprint":  # which only the program can print again
            assert verdict == ours.verdict, name
        assert set(found) <= {one.code for one in ours.findings}, name
    assert len(names) >= 20
    assert sum(verdict == "bad" for verdict, _ in answers) > len(names) // 2


@pytest.fixture(scope="module")
def bench() -> Workbench:
    made = Workbench()
    for serial in range(SIZE - 1):
        made.register(uscc("510112", 10 + serial))
    return made


def receipt(bench: Workbench, index: int, size: int, key: str = "log", origin: str = ORIGIN) -> dict[str, Any]:
    """As the log answers."""
    leaves = [leaf_hash(entry.raw) for entry in bench.entries]
    proof = inclusion_proof(index, size, lambda level, at: root_of(leaves[at << level : (at + 1) << level]))
    note = sign_checkpoint(Checkpoint(origin, size, root_of(leaves[:size])), key_of(key)).decode()
    entry = b64encode(bench.entries[index].raw).decode()
    return {"index": index, "entry": entry, "inclusion": [b64encode(step).decode() for step in proof], "checkpoint": note}


def test_a_receipt_that_lies_is_not_believed(shared_desk: Any, bench: Workbench) -> None:
    good, other, steps = receipt(bench, AT, SIZE), receipt(bench, AT + 1, SIZE), receipt(bench, AT, SIZE)["inclusion"]
    lies: dict[str, dict[str, Any]] = {
        "another act": other,
        "another entry under this proof": {**good, "entry": other["entry"]},
        "another place": {**good, "index": AT + 1},
        "another proof": {**good, "inclusion": other["inclusion"]},
        "a proof cut short": {**good, "inclusion": steps[:-1]},
        "a proof with more": {**good, "inclusion": [*steps, steps[-1]]},
        "no proof": {**good, "inclusion": []},
        "no text": {**good, "inclusion": [7]},
        "another size": {**good, "checkpoint": receipt(bench, AT, SIZE - 1)["checkpoint"]},
        "another key": receipt(bench, AT, SIZE, key="another log"),
        "another log": receipt(bench, AT, SIZE, origin="other.example/2026"),
        "no signature": {**good, "checkpoint": good["checkpoint"].rpartition("\u2014")[0]},
        "an entry with a byte changed": {**good, "entry": b64encode(bench.entries[AT].raw.replace(b"admission", b"Admission", 1)).decode()},
        "nothing": {"index": AT, "entry": "", "inclusion": [], "checkpoint": ""},
        "an index that is a text": {**good, "index": str(AT)},
    }
    pins = {"origin": ORIGIN, "found": bench.found, "log_keys": log_vkeys(ORIGIN, [bench.log_key])}
    given = {"answers": [good, *lies.values()], "bytes": b64encode(bench.entries[AT].envelope.body).decode(), "pins": pins}
    believed, *told = run(shared_desk, _BELIEVE, given)
    assert believed == AT
    assert {name: code for name, code in zip(lies, told, strict=True) if code != "RECEIPT_WRONG"} == {}
