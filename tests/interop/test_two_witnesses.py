"""The same requests to our witness and to the stock one, both having cosigned size 300: where they answer alike, and where not.

A pair (ours, theirs) stands only where the specification or formats §4 is on our side; docs/interop.md says by which sentence.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from ledger.tree.checkpoint import Checkpoint, open_checkpoint
from ledger.tree.merkle import EMPTY_ROOT
from ledger.tree.note import join_note, parse_note, sign_line
from ledger.witnessing.wire import SIZE_TYPE, AddCheckpoint, encode_request
from tests.interop.demo_log import SIZE, VKEYS, DemoLog, prove_growth
from tests.interop.toolbox import Toolbox
from tests.interop.witnesses import Running, StockWitness, our_witness
from tests.workbench import ORIGIN, START, key_of

KNOWN = 300
"""Size that both witnesses have cosigned."""


class Requests:
    """Bodies of ``add-checkpoint``, good and bad, for one log and a fork of it."""

    def __init__(self, demo: DemoLog) -> None:
        fork = DemoLog(at_s=START + 3600).grow()
        self.files = {size: demo.export_at(size) for size in (256, KNOWN, SIZE)}
        self.forked = {size: fork.export_at(size) for size in (KNOWN, SIZE)}
        self.proof = prove_growth(self.files[SIZE], KNOWN)
        self.note = self.files[SIZE]["checkpoint"]
        self.head = open_checkpoint(self.note, VKEYS).checkpoint
        self.good = self.ask()

    def ask(self, old: int = KNOWN, proof: tuple[bytes, ...] | None = None, note: bytes | None = None) -> bytes:
        """A request; by default the good one from 300 to 700."""
        return encode_request(AddCheckpoint(old, self.proof if proof is None else proof, note or self.note))

    def signed(self, text: bytes) -> bytes:
        """The good request with another text, signed by the log."""
        return self.ask(note=join_note(text, [sign_line(text, ORIGIN, key_of("log"))]))

    def with_old(self, old: bytes) -> bytes:
        """The good request with another first line."""
        return self.good.replace(b"old 300\n", old, 1)

    def line(self) -> bytes:
        """The log's Ed25519 line."""
        return parse_note(self.note)[1][0].to_bytes()


Case = tuple[str, int | tuple[int, int], Callable[[Requests], bytes]]
CASES: list[Case] = [
    ("the next checkpoint", 200, lambda r: r.good),
    ("the same size again", 200, lambda r: r.ask(KNOWN, (), r.files[KNOWN]["checkpoint"])),
    # 400: not a request
    ("nothing", 400, lambda r: b""),
    ("not the protocol", 400, lambda r: b"hello\n\nworld\n"),
    ("no empty line", 400, lambda r: r.good.replace(b"\n\n", b"\n", 1)),
    ("old size in words", 400, lambda r: r.with_old(b"old many\n")),
    ("old size with a sign", 400, lambda r: r.with_old(b"old +300\n")),
    ("negative old size", 400, lambda r: r.with_old(b"old -1\n")),
    ("old size of 2^64", 400, lambda r: r.with_old(b"old 18446744073709551616\n")),
    ("old size with a leading zero", (400, 200), lambda r: r.with_old(b"old 0300\n")),
    ("words after the old size", (400, 200), lambda r: r.with_old(b"old 300 x\n")),
    ("CR before LF", (400, 200), lambda r: r.with_old(b"old 300\r\n")),
    ("a proof line that is no base64", 400, lambda r: r.good.replace(b64encode(r.proof[0]), b"!!!!")),
    ("a proof hash of 31 bytes", (400, 422), lambda r: r.ask(proof=(r.proof[0][:31], *r.proof[1:]))),
    ("64 proof lines", (400, 422), lambda r: r.ask(proof=(bytes(32),) * 64)),
    ("old size above the checkpoint's", 400, lambda r: r.ask(SIZE + 1, ())),
    ("a smaller checkpoint", 400, lambda r: r.ask(KNOWN, (), r.files[256]["checkpoint"])),
    # 400: not a checkpoint
    ("a cut note", (400, 500), lambda r: r.good[:-40]),
    ("no LF at the end", (400, 500), lambda r: r.good[:-1]),
    ("no signature line", (400, 500), lambda r: r.ask(note=r.head.text + b"\n")),
    ("an extension line", (400, 200), lambda r: r.signed(r.head.text + b"extension\n")),
    ("a size with a leading zero", (400, 200), lambda r: r.signed(r.head.text.replace(b"\n700\n", b"\n0700\n"))),
    ("a root with too much padding", (400, 500), lambda r: r.signed(r.head.text.replace(b"=\n", b"==\n"))),
    # 403: not the log
    ("a line of an unknown key alone", (403, 500), lambda r: r.ask(note=join_note(r.head.text, parse_note(r.note)[1][1:]))),
    ("a wrong signature", (403, 500), lambda r: r.good.replace(r.line()[-9:-5], b"AAAA")),
    ("two lines of one key", (403, 200), lambda r: r.good.replace(r.line(), r.line() * 2)),
    # 409: not from where we are
    ("an old size ahead", 409, lambda r: r.ask(400, prove_growth(r.files[SIZE], 400))),
    ("an old size behind", 409, lambda r: r.ask(256, prove_growth(r.files[SIZE], 256))),
    ("old size 0", 409, lambda r: r.ask(0, ())),
    ("old size 0 with a proof", 409, lambda r: r.ask(0)),
    ("the empty tree again", 409, lambda r: r.ask(0, (), r.signed(Checkpoint(ORIGIN, 0, EMPTY_ROOT).text).split(b"\n\n", 1)[1])),
    # 422: not one history
    ("a wrong proof", 422, lambda r: r.ask(proof=(bytes(32), *r.proof[1:]))),
    ("no proof", 422, lambda r: r.ask(proof=())),
    ("63 proof lines", 422, lambda r: r.ask(proof=(bytes(32),) * 63)),
    ("a proof one hash too long", 422, lambda r: r.ask(proof=(*r.proof, bytes(32)))),
    ("a fork that is larger", 422, lambda r: r.ask(KNOWN, prove_growth(r.forked[SIZE], KNOWN), r.forked[SIZE]["checkpoint"])),
    ("a fork of the same size", 422, lambda r: r.ask(KNOWN, (), r.forked[KNOWN]["checkpoint"])),
    ("the same size with a proof", 422, lambda r: r.ask(KNOWN, (bytes(32),), r.files[KNOWN]["checkpoint"])),
    ("an empty tree with a root", 422, lambda r: r.ask(0, (), r.signed(Checkpoint(ORIGIN, 0, bytes(32)).text).split(b"\n\n", 1)[1])),
]


@pytest.fixture(scope="session")
def requests(demo: DemoLog) -> Requests:
    """The log and its fork."""
    return Requests(demo)


@pytest.mark.parametrize(("statuses", "build"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_both_answer(
    tools: Toolbox, requests: Requests, tmp_path: Path, statuses: int | tuple[int, int], build: Callable[[Requests], bytes]
) -> None:
    with StockWitness(tools, tmp_path, VKEYS[:1]).running() as stock, our_witness(tmp_path, VKEYS[:1]) as ours:
        answers = [ask(witness, requests, build(requests)) for witness in (ours, stock)]
    assert tuple(answer.status_code for answer in answers) == (statuses if isinstance(statuses, tuple) else (statuses, statuses))
    if statuses == 409:
        assert {(answer.headers["content-type"], answer.content) for answer in answers} == {(SIZE_TYPE, b"300\n")}


def ask(witness: Running, requests: Requests, body: bytes) -> httpx.Response:
    """Bring a witness to size 300, then send a request."""
    first = httpx.post(f"{witness.url}/add-checkpoint", content=requests.ask(0, (), requests.files[KNOWN]["checkpoint"]))
    assert first.status_code == 200
    return httpx.post(f"{witness.url}/add-checkpoint", content=body)
