"""The tree: published vectors, and what must hold for every size."""

from __future__ import annotations

import base64
import json
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.tree.merkle import (
    EMPTY_ROOT,
    Edge,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    range_root,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from signing.refusal import Refusal
from tests.ledger.mutation import flip, only_refuses
from tests.sample import sample

VECTORS = Path(__file__).parents[1] / "vectors"
INCLUSION = json.loads((VECTORS / "transparency-dev-merkle/inclusion.json").read_text())
CONSISTENCY = json.loads((VECTORS / "transparency-dev-merkle/consistency.json").read_text())
REFERENCE = json.loads((VECTORS / "rfc6962/reference-roots.json").read_text())
LEAVES = [leaf_hash(b"entry %d" % i) for i in range(300)]


def naive_root(leaves):
    """MTH straight from RFC 6962 §2.1."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(naive_root(leaves[:k]), naive_root(leaves[k:]))


def hash_at(level, index):
    return naive_root(LEAVES[index << level : (index + 1) << level])


ROOTS = [naive_root(LEAVES[:n]) for n in range(301)]
NODES = {(level, index): hash_at(level, index) for level in range(9) for index in range(300 >> level)}


def node(level, index):
    return NODES[level, index]


def unpack(case, *names):
    hashes = [base64.b64decode(case[name] or "") for name in names]
    return [*hashes, [base64.b64decode(hash_) for hash_ in case["proof"] or []]]


def test_the_published_vectors_are_complete():
    assert (len(INCLUSION), len(CONSISTENCY)) == (98, 98)
    assert {case["wantErr"] for case in [*INCLUSION.values(), *CONSISTENCY.values()]} == {True, False}


@pytest.mark.parametrize("name", INCLUSION)
def test_published_inclusion_vector(name):
    case = INCLUSION[name]
    leaf, root, proof = unpack(case, "leafHash", "root")
    arguments = (case["leafIdx"], case["treeSize"], leaf, proof, root)
    if case["wantErr"]:
        with pytest.raises(Refusal) as refusal:
            verify_inclusion(*arguments)
        assert refusal.value.codes == ["PROOF_WRONG"]
    else:
        verify_inclusion(*arguments)


@pytest.mark.parametrize("name", CONSISTENCY)
def test_published_consistency_vector(name):
    case = CONSISTENCY[name]
    root1, root2, proof = unpack(case, "root1", "root2")
    arguments = (case["size1"], case["size2"], root1, root2, proof)
    if case["wantErr"]:
        with pytest.raises(Refusal) as refusal:
            verify_consistency(*arguments)
        assert refusal.value.codes == ["PROOF_WRONG"]
    else:
        verify_consistency(*arguments)


def test_the_reference_leaves_give_the_reference_roots():
    leaves = [leaf_hash(bytes.fromhex(text)) for text in REFERENCE["leaves_hex"]]
    assert [root_of(leaves[:n]).hex() for n in range(9)] == REFERENCE["roots_hex_by_size"]


def test_every_root_up_to_300_is_that_of_the_recursive_definition():
    edge = Edge()
    assert edge.root() == EMPTY_ROOT
    for n, leaf in enumerate(LEAVES, 1):
        edge = edge.append_many([leaf])
        assert (edge.size, edge.root()) == (n, ROOTS[n])


def test_every_inclusion_proof_up_to_300_verifies():
    for n in range(1, 301):
        for i in range(n):
            verify_inclusion(i, n, LEAVES[i], inclusion_proof(i, n, node), ROOTS[n])


def test_every_consistency_proof_up_to_300_verifies():
    for n in range(1, 301):
        for m in range(1, n + 1):
            verify_consistency(m, n, ROOTS[m], ROOTS[n], consistency_proof(m, n, node))


def test_consistency_from_the_empty_tree_is_an_empty_proof_that_no_verifier_takes():
    assert consistency_proof(0, 7, node) == ()
    with pytest.raises(Refusal, match="PROOF_WRONG"):
        verify_consistency(0, 7, EMPTY_ROOT, ROOTS[7], ())
    with pytest.raises(Refusal, match="PROOF_WRONG"):
        verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, ())


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0), (6, 5), (0, 2**63)])
def test_there_is_no_inclusion_proof_outside_the_tree(index, size):
    with pytest.raises(Refusal, match="PROOF_FORM"):
        inclusion_proof(index, size, node)
    with pytest.raises(Refusal, match="PROOF_WRONG"):
        verify_inclusion(index, size, LEAVES[0], (), ROOTS[1])


@pytest.mark.parametrize(("old", "new"), [(-1, 5), (6, 5), (1, 2**63)])
def test_there_is_no_consistency_proof_to_a_smaller_tree(old, new):
    with pytest.raises(Refusal, match="PROOF_FORM"):
        consistency_proof(old, new, node)
    with pytest.raises(Refusal, match="PROOF_WRONG"):
        verify_consistency(old, new, ROOTS[5], ROOTS[5], ())


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))), st.data())
def test_one_flipped_bit_breaks_an_inclusion_proof(place, data):
    index, size = place
    parts = [LEAVES[index], ROOTS[size], *inclusion_proof(index, size, node)]
    part = data.draw(st.integers(0, len(parts) - 1))
    parts[part] = flip(parts[part], data.draw(st.integers(0, 255)))
    with pytest.raises(Refusal, match="PROOF_WRONG"):
        verify_inclusion(index, size, parts[0], parts[2:], parts[1])


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))), st.data())
def test_one_flipped_bit_breaks_a_consistency_proof(sizes, data):
    old, new = sizes
    parts = [ROOTS[old], ROOTS[new], *consistency_proof(old, new, node)]
    part = data.draw(st.integers(0, len(parts) - 1))
    parts[part] = flip(parts[part], data.draw(st.integers(0, 255)))
    with pytest.raises(Refusal, match="PROOF_WRONG"):
        verify_consistency(old, new, parts[0], parts[1], parts[2:])


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))), st.integers(0, 300), st.integers(0, 300))
def test_a_proof_holds_for_its_own_leaf_only(place, other_index, other_size):
    index, size = place
    proof = inclusion_proof(index, size, node)
    if other_size == size and other_index != index:
        with pytest.raises(Refusal, match="PROOF_WRONG"):
            verify_inclusion(other_index, other_size, LEAVES[index], proof, ROOTS[size])
    if other_index < size and other_index != index:
        with pytest.raises(Refusal, match="PROOF_WRONG"):
            verify_inclusion(index, size, LEAVES[other_index], proof, ROOTS[size])


@pytest.mark.parametrize(
    "change", [lambda p: p[:-1], lambda p: (*p, p[0]), lambda p: (p[0][:31], *p[1:]), lambda p: (*p[:-1], p[-1] + b"\0")]
)
def test_a_proof_of_another_length_is_wrong(change):
    with pytest.raises(Refusal, match=r"length|hash"):
        verify_inclusion(5, 11, LEAVES[5], change(inclusion_proof(5, 11, node)), ROOTS[11])
    with pytest.raises(Refusal, match=r"length|hash"):
        verify_consistency(5, 11, ROOTS[5], ROOTS[11], change(consistency_proof(5, 11, node)))


@given(st.lists(st.integers(0, 300), max_size=6))
def test_however_appends_are_split_the_roots_are_equal(cuts):
    edge, bounds = Edge(), sorted({0, *cuts, 300})
    for start, stop in pairwise(bounds):
        edge = Edge.from_bytes(edge.to_bytes()).append_many(LEAVES[start:stop])
        assert edge.root() == ROOTS[stop]
    assert edge == Edge().append_many(LEAVES)


@given(st.integers(0, 300))
def test_an_edge_survives_its_bytes_and_no_other_length_is_one(size):
    raw = Edge().append_many(LEAVES[:size]).to_bytes()
    assert Edge.from_bytes(raw).root() == ROOTS[size]
    for wrong in (raw[:-1], raw + b"\0", raw + bytes(32)):
        with pytest.raises(Refusal, match="TILE_FORM"):
            Edge.from_bytes(wrong)


@settings(max_examples=sample(300))
@given(st.binary(max_size=200))
def test_random_bytes_are_an_edge_or_refused(raw):
    read = only_refuses(Edge.from_bytes, raw, "TILE_FORM")
    assert read is None or read.to_bytes() == raw


def test_the_root_of_a_range_is_that_of_its_leaves():
    assert range_root(0, 0, node) == EMPTY_ROOT
    assert range_root(256, 300, node) == naive_root(LEAVES[256:300])


def test_an_index_at_the_end_of_a_tree_is_outside_it():
    """With the arithmetic alone, the second of two leaves would stand at index 1 of a tree of size 1."""
    root = node_hash(LEAVES[0], LEAVES[1])
    verify_inclusion(1, 2, LEAVES[1], [LEAVES[0]], root)
    with pytest.raises(Refusal, match="PROOF_WRONG"):
        verify_inclusion(1, 1, LEAVES[1], [LEAVES[0]], root)


def test_a_batch_of_256_leaves_is_appended_within_milliseconds():
    """In time of this process, so that a busy machine does not count; quadratic work would take seconds."""
    edge, begun = Edge().append_many(LEAVES), time.process_time()
    for _ in range(30):
        edge.append_many(LEAVES[:256])
    assert (time.process_time() - begun) / 30 < 0.01
