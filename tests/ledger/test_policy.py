"""Trust policies: what they say and when they are met."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.tree.checkpoint import Checkpoint, attach_cosignatures, cosign_checkpoint, log_vkeys, sign_checkpoint
from ledger.tree.note import COSIGNATURE_V1, ED25519, SUBTREE_V1, vkey_of
from ledger.tree.policy import Group, Peer, parse_policy, parse_policy_lines
from signing.keys import PrivateKey
from signing.refusal import Refusal
from tests.ledger.mutation import damaged, only_refuses
from tests.ledger.trust import open_with_policy

LOG = PrivateKey.from_seed("ed25519", b"\x41" * 32)
ORIGIN = "liandan.example/log-2026"
LOG_VKEY = log_vkeys(ORIGIN, [LOG])[0]
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
KEYS = {name: PrivateKey.from_seed("ed25519", bytes([0x50 + at]) * 32) for at, name in enumerate(NAMES)}
VKEYS = {name: str(vkey_of(f"{name.lower()}.example/witness", COSIGNATURE_V1, key)) for name, key in KEYS.items()}
WITNESS_LINES = [f"witness {name} {VKEYS[name]}" for name in NAMES]
EXAMPLE = f"""
log {LOG_VKEY} https://liandan.example/log

# two of X, one of Y
{chr(10).join(WITNESS_LINES)}
group X-witnesses 2 X1 X2 X3
\tgroup  Y-witnesses \tany Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
""".encode()
POLICY = parse_policy(EXAMPLE)
HEAD = Checkpoint(ORIGIN, 9, b"\x09" * 32)


def test_the_example_of_the_specification_is_read():
    assert POLICY.logs == (Peer(ORIGIN, LOG_VKEY, "https://liandan.example/log"),)
    assert [witness.name for witness in POLICY.witnesses] == list(NAMES)
    assert POLICY.groups[0] == Group("X-witnesses", 2, ("X1", "X2", "X3"))
    assert POLICY.groups[2].threshold == 2
    assert POLICY.quorum == "X-and-Y"


@pytest.mark.parametrize("count", range(7))
def test_the_quorum_is_two_of_x_and_one_of_y(count):
    for names in combinations(NAMES, count):
        expected = sum(name[0] == "X" for name in names) >= 2 and any(name[0] == "Y" for name in names)
        assert POLICY.is_met_by({VKEYS[name] for name in names}) is expected


def test_unknown_keys_count_for_nothing_and_quorum_none_asks_nobody():
    assert not POLICY.is_met_by({"stranger"})
    assert parse_policy(b"quorum none\n").is_met_by(())


def test_a_quorum_may_be_one_witness():
    policy = parse_policy_lines([WITNESS_LINES[0], WITNESS_LINES[1], "quorum X1"])
    assert policy.is_met_by({VKEYS["X1"]})
    assert not policy.is_met_by({VKEYS["X2"]})


def cosigned(*names):
    lines = [(VKEYS[name], cosign_checkpoint(HEAD, f"{name.lower()}.example/witness", KEYS[name], 1_790_000_000)) for name in names]
    return attach_cosignatures(sign_checkpoint(HEAD, LOG), lines)


def test_a_checkpoint_opens_with_its_quorum_and_not_without():
    assert len(open_with_policy(cosigned("X1", "X3", "Y2"), POLICY).cosignatures) == 3
    with pytest.raises(Refusal, match=r"NOTE_SIGNATURE\(quorum\)"):
        open_with_policy(cosigned("X1", "X2", "X3"), POLICY)


def test_the_log_may_be_known_from_elsewhere():
    policy = parse_policy_lines([WITNESS_LINES[0], "quorum X1"])
    assert open_with_policy(cosigned("X1"), policy, log_keys=[LOG_VKEY]).checkpoint == HEAD
    with pytest.raises(Refusal, match="NOTE_SIGNATURE"):
        open_with_policy(cosigned("X1"), policy)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["quorum"],
        ["quorum none", "quorum none"],
        ["quorum none none"],
        ["quorum X1"],
        ["quorum X1", WITNESS_LINES[0]],
        [WITNESS_LINES[0], WITNESS_LINES[0], "quorum X1"],
        [WITNESS_LINES[0], f"witness other {VKEYS['X1']}", "quorum X1"],
        [f"witness none {VKEYS['X1']}", "quorum none"],
        [f"witness X1 {LOG_VKEY}", "quorum none"],
        ["witness X1", "quorum none"],
        [f"log {VKEYS['X1']}", "quorum none"],
        [f"log {LOG_VKEY}", f"log {LOG_VKEY}", "quorum none"],
        [f"log {LOG_VKEY}", f"log {vkey_of('renamed.example', ED25519, LOG)}", "quorum none"],
        ["log", "quorum none"],
        [WITNESS_LINES[0], "group G any", "quorum G"],
        [WITNESS_LINES[0], "group G any X2", "quorum G"],
        [WITNESS_LINES[0], "group G any none", "quorum G"],
        [WITNESS_LINES[0], "group G any G", "quorum G"],
        [WITNESS_LINES[0], "group none any X1", "quorum none"],
        [WITNESS_LINES[0], "group X1 any X1", "quorum X1"],
        [WITNESS_LINES[0], "group G any X1 X1", "quorum G"],
        [WITNESS_LINES[0], "group G any X1", "group H any X1", "quorum H"],
        [WITNESS_LINES[0], "group G 0 X1", "quorum G"],
        [WITNESS_LINES[0], "group G 2 X1", "quorum G"],
        [WITNESS_LINES[0], "group G 01 X1", "quorum G"],
        [WITNESS_LINES[0], "group G ALL X1", "quorum G"],
        ["threshold 2", "quorum none"],
        ["quorum\x00none"],
        ["quorum\rnone"],
    ],
    ids=lambda lines: ascii(" / ".join(line[:20] for line in lines)),
)
def test_a_malformed_policy_is_refused(lines):
    with pytest.raises(Refusal, match="POLICY_FORM"):
        parse_policy("".join(line + "\n" for line in lines).encode())
    with pytest.raises(Refusal, match="POLICY_FORM"):
        parse_policy_lines(lines)


@pytest.mark.parametrize(
    "line", ["# comment", " # comment", "", " \t", "quorum none\n", f"log {LOG_VKEY} https://liandan.example", "\ud800"]
)
def test_a_policy_in_the_log_has_no_comments_urls_or_line_feeds(line):
    with pytest.raises(Refusal, match="POLICY_FORM"):
        parse_policy_lines([line, "quorum none"])


def test_a_line_without_line_feed_and_a_file_without_end_are_refused():
    with pytest.raises(Refusal, match="POLICY_FORM"):
        parse_policy(b"quorum none")
    with pytest.raises(Refusal, match="POLICY_FORM"):
        parse_policy(b"\n" * 600 + b"quorum none\n")
    with pytest.raises(Refusal, match="POLICY_FORM"):
        parse_policy_lines(["quorum none"] * 600)


def test_a_bad_vkey_is_refused_as_one():
    with pytest.raises(Refusal, match="VKEY_FORM"):
        parse_policy(b"log nonsense\nquorum none\n")
    with pytest.raises(Refusal, match="VKEY_FORM"):
        parse_policy(b"witness w a\xff+b+c\nquorum none\n")


def test_names_are_bytes_not_unicode():
    first, second = VKEYS["X1"].encode(), VKEYS["X2"].encode()
    raw = b"witness \xff " + first + b"\nwitness \xfe " + second + b"\ngroup g all \xff \xfe\nquorum g\n"
    policy = parse_policy(raw)
    assert policy.is_met_by({VKEYS["X1"], VKEYS["X2"]})
    assert not policy.is_met_by({VKEYS["X1"]})


def test_a_witness_may_hold_a_post_quantum_key():
    key = PrivateKey.from_seed("ml-dsa-44", b"\x61" * 32)
    vkey = str(vkey_of("pq.example/witness", SUBTREE_V1, key))
    assert parse_policy_lines([f"witness pq {vkey}", "quorum pq"]).witness_vkeys == (vkey,)


@given(st.one_of(st.binary(max_size=80), damaged(EXAMPLE)))
def test_random_and_damaged_policies_are_only_refused(raw):
    only_refuses(parse_policy, raw, "POLICY_FORM", "VKEY_FORM")


@given(st.lists(st.sampled_from(NAMES), unique=True, min_size=1), st.integers(1, 6), st.lists(st.sampled_from(NAMES), unique=True))
def test_k_of_n_is_met_by_k_members(members, k, signed):
    lines = [*WITNESS_LINES, f"group g {k} {' '.join(members)}", "quorum g"]
    if k > len(members):
        with pytest.raises(Refusal, match="POLICY_FORM"):
            parse_policy_lines(lines)
    else:
        met = parse_policy_lines(lines).is_met_by({VKEYS[name] for name in signed})
        assert met is (len(set(members) & set(signed)) >= k)
