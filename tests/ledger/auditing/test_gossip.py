"""Evidence against evidence: honest pieces of one log agree, two histories give themselves away wherever they meet."""

from __future__ import annotations

import pytest

from ledger.auditing.gossip import Piece, ProvenEntry, Tree, compare, subtrees
from ledger.tree.checkpoint import Checkpoint, log_vkeys, sign_checkpoint
from ledger.tree.merkle import inclusion_proof, leaf_hash, range_root, root_of
from tests.workbench import key_of

ORIGIN = "log.example/gossip"
KEY = key_of("gossip log")
VKEYS = log_vkeys(ORIGIN, [KEY])
HONEST = [leaf_hash(b"entry %d" % number) for number in range(40)]
FORKED = [*HONEST[:20], leaf_hash(b"another 20"), *HONEST[21:]]


def hash_at(leaves: list[bytes], level: int, index: int) -> bytes:
    return root_of(leaves[index << level : (index + 1) << level])


def piece(leaves: list[bytes], size: int, *indexes: int, name: str = "", knows_leaf: bool = True, found: str = "f") -> Piece:
    note = sign_checkpoint(Checkpoint(ORIGIN, size, root_of(leaves[:size])), KEY)
    places = tuple(
        ProvenEntry(
            index, leaves[index] if knows_leaf else None, inclusion_proof(index, size, lambda level, at: hash_at(leaves, level, at))
        )
        for index in indexes
    )
    return Piece(source=name or f"{size}", note=note, places=places, log_keys=VKEYS, found=found)


def test_pieces_of_one_history_agree() -> None:
    report = compare([piece(HONEST, 40, 3, 21), piece(HONEST, 25, 21), piece(HONEST, 32), piece(HONEST, 16)])
    assert report.findings == []
    assert report.logs[0].sizes == [16, 25, 32, 40]


def test_sizes_that_proofs_tie_together_are_not_open_and_others_are() -> None:
    report = compare([piece(HONEST, 40, 3, 21), piece(HONEST, 16), piece(HONEST, 32), piece(HONEST, 13)])
    assert report.logs[0].open == [13]


def test_two_roots_of_one_size_are_a_fork() -> None:
    report = compare([piece(HONEST, 30, name="甲"), piece(FORKED, 30, name="乙")])
    assert [finding.code for finding in report.findings] == ["HISTORY_FORK"]
    assert "甲" in report.findings[0].expected
    assert "乙" in report.findings[0].found


def test_different_entries_at_one_index_are_a_fork_under_different_sizes() -> None:
    report = compare([piece(HONEST, 30, 20), piece(FORKED, 40, 20)])
    assert {finding.code for finding in report.findings} == {"HISTORY_FORK"}
    assert any("entries 20 to 20" in finding.field for finding in report.findings)


def test_a_proof_of_one_entry_contradicts_a_fork_in_another() -> None:
    report = compare([piece(HONEST, 30, 3), piece(FORKED, 40, 22)])
    assert report.findings == []  # nothing they tell overlaps: 3 tells [0, 16), 22 tells [16, 24) ...
    report = compare([piece(HONEST, 30, 19), piece(FORKED, 40, 22)])
    assert any("entries 20 to 23" in finding.field for finding in report.findings)


def test_a_checkpoint_that_other_proofs_compute_otherwise_is_a_fork() -> None:
    report = compare([piece(HONEST, 40, 3, 21), piece(FORKED, 32)])
    assert [finding.code for finding in report.findings] == ["HISTORY_FORK"]


def test_a_proof_without_its_entry_is_checked_by_a_piece_that_has_it() -> None:
    good = compare([piece(HONEST, 40, 20), piece(HONEST, 30, 20, knows_leaf=False)])
    bad = compare([piece(HONEST, 40, 20), piece(FORKED, 30, 20, knows_leaf=False)])
    assert (good.findings, [finding.code for finding in bad.findings]) == ([], ["PROOF_WRONG"])


@pytest.mark.parametrize("size", range(1, 41))
def test_a_whole_tree_leaves_nothing_open(size: int) -> None:
    tree = Tree(ORIGIN, 40, lambda level, at: hash_at(HONEST, level, at))
    assert compare([piece(HONEST, 40), piece(HONEST, size)], [tree]).logs[0].open == []
    forked = compare([piece(HONEST, 40), piece(FORKED, size, name="forked")], [tree]).findings
    assert bool(forked) == (size > 20)


def test_a_note_by_another_key_is_found_and_not_compared() -> None:
    forged = sign_checkpoint(Checkpoint(ORIGIN, 30, root_of(FORKED[:30])), key_of("somebody"))
    report = compare([piece(HONEST, 30), Piece(source="forged", note=forged)])
    assert [finding.code for finding in report.findings] == ["NOTE_SIGNATURE"]


def test_without_any_key_signatures_stay_open_and_roots_are_compared() -> None:
    bare = [Piece(source=name, note=piece(leaves, 30).note) for name, leaves in (("a", HONEST), ("b", FORKED))]
    report = compare(bare)
    assert report.logs[0].unsigned == ["a", "b"]
    assert [finding.code for finding in report.findings] == ["HISTORY_FORK"]
    assert compare(bare, vkeys=VKEYS).logs[0].unsigned == []


def test_two_foundings_under_one_name_are_found() -> None:
    report = compare([piece(HONEST, 30), piece(HONEST, 31, found="g")])
    assert [finding.code for finding in report.findings] == ["FOUND_DIFFERS"]


def test_what_is_no_checkpoint_is_found() -> None:
    assert [finding.code for finding in compare([Piece(source="x", note=b"hello")]).findings] == ["NOTE_FORM"]


@pytest.mark.parametrize("size", range(1, 41))
def test_subtrees_of_a_proof_are_subtrees_of_the_tree(size: int) -> None:
    for index in range(size):
        proof = inclusion_proof(index, size, lambda level, at: hash_at(HONEST, level, at))
        for start, end, value in subtrees(index, size, HONEST[index], proof):
            assert value == range_root(start, end, lambda level, at: hash_at(HONEST, level, at))
