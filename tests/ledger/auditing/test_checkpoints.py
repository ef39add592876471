"""Checkpoints under audit: witnesses in force at the size, order of lines, time brackets."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ledger.auditing.audit import audit
from ledger.auditing.checkpoints import SLACK_S, CosignedTime, longest_wait, outside_brackets
from ledger.tree.checkpoint import Checkpoint, attach_cosignatures, cosign_checkpoint, parse_checkpoint, sign_checkpoint
from ledger.tree.note import COSIGNATURE_V1, SignatureLine, join_note, parse_note, vkey_of
from tests.workbench import Workbench, key_of, uscc

NAMES = ("甲", "乙")
WITNESSES = {name: key_of(f"witness {name}") for name in NAMES}
VKEYS = {name: str(vkey_of(f"w.example/{name}", COSIGNATURE_V1, key)) for name, key in WITNESSES.items()}
POLICY = (*(f"witness w{at} {VKEYS[name]}" for at, name in enumerate(NAMES)), "group both all w0 w1", "quorum both")


@pytest.fixture(scope="module")
def bench() -> Workbench:
    bench = Workbench(witness_policy=POLICY)
    for serial in range(5):
        bench.register(uscc("510112", serial))
    return bench


def line(note: bytes, name: str, at_s: int = 1_800_000_000) -> tuple[str, SignatureLine]:
    head = parse_checkpoint(parse_note(note)[0])
    return VKEYS[name], cosign_checkpoint(head, f"w.example/{name}", WITNESSES[name], at_s)


def audited(bench: Workbench, change: Callable[[bytes], bytes]) -> tuple[list[str], int, int]:
    files = bench.export()
    files["checkpoint"] = change(files["checkpoint"])
    report = audit(files.get, bench.kinds)
    return [finding.code for finding in report.findings], report.cosignatures, report.below_quorum


def test_lines_of_witnesses_in_force_are_verified_and_counted(bench: Workbench) -> None:
    assert audited(bench, lambda note: attach_cosignatures(note, [line(note, "甲"), line(note, "乙")])) == ([], 2, 0)


def test_fewer_than_the_quorum_are_counted_and_no_finding(bench: Workbench) -> None:
    assert audited(bench, lambda note: attach_cosignatures(note, [line(note, "乙")])) == ([], 1, 1)


def test_witness_lines_out_of_order_are_found(bench: Workbench) -> None:
    def disordered(note: bytes) -> bytes:
        text, own = parse_note(note)
        lines = [found for _, found in sorted((line(note, name) for name in NAMES), reverse=True)]
        return join_note(text, (*own, *lines))

    assert audited(bench, disordered)[0] == ["LINE_ORDER"]


def test_a_failing_line_of_a_witness_in_force_is_found(bench: Workbench) -> None:
    def failing(note: bytes) -> bytes:
        other = sign_checkpoint(Checkpoint("log.example/other", 1, bytes(32)), key_of("log"))
        return attach_cosignatures(note, [line(other, "甲")])

    assert audited(bench, failing)[0] == ["NOTE_SIGNATURE"]


def test_a_second_line_of_one_witness_is_found(bench: Workbench) -> None:
    assert audited(bench, lambda note: attach_cosignatures(note, [line(note, "甲"), line(note, "甲", 1_800_000_001)]))[0] == [
        "NOTE_SIGNATURE"
    ]


TIMES = {9: 1000, 10: 1100, 19: 2000, 20: 2100}


@pytest.mark.parametrize(
    ("ten", "twenty", "expected"),
    [
        (1050, 2050, []),
        (1100 + SLACK_S, 2050, []),
        (1101 + SLACK_S, 2050, [10]),
        (1000 - SLACK_S, 2050, []),
        (999 - SLACK_S, 2050, [9]),
        (1050, 1999 - SLACK_S, [19]),
        (1050, 2101 + SLACK_S, [20]),
    ],
)
def test_admissions_lie_between_what_witnesses_saw_before_and_after(ten: int, twenty: int, expected: list[int]) -> None:
    findings = outside_brackets([CosignedTime(20, twenty), CosignedTime(10, ten)], TIMES.get)
    assert [finding.index for finding in findings] == expected


def test_a_later_checkpoint_with_an_earlier_time_convicts_what_lies_under_the_earlier_size() -> None:
    findings = outside_brackets([CosignedTime(10, 1050), CosignedTime(20, 600)], TIMES.get)
    assert [finding.index for finding in findings] == [9, 19]


@pytest.mark.parametrize(
    ("cosigned", "expected"),
    [
        ([], (0, 0)),
        ([CosignedTime(10, 1000)], (990, 0)),
        ([CosignedTime(10, 100), CosignedTime(20, 1000)], (900, 10)),
        ([CosignedTime(20, 1000), CosignedTime(10, 100), CosignedTime(20, 5000)], (900, 10)),
        ([CosignedTime(30, 1000)], (990, 0)),
    ],
)
def test_the_longest_wait_for_a_witness_is_that_of_the_first_entry_behind_a_checkpoint(
    cosigned: list[CosignedTime], expected: tuple[int, int]
) -> None:
    assert longest_wait(cosigned, {0: 10, 10: 100, 20: 600}.get) == expected
