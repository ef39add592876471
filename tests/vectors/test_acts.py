"""Golden bytes of every kind (formats §9): our reader, writer and rules agree with an independent writer, and the auditor does.

``tests/ledger/test_golden.py`` reads the small log with bodies of any form; here all bodies are typed, by the kinds of the whole product.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from ledger.admission.admit import Submission, admit, apply
from ledger.admission.content import check_content
from ledger.admission.entry import day_of, encode_entry, read_entry
from ledger.admission.form import read_body
from ledger.admission.kind_table import DataSets
from ledger.admission.statement import read_statement
from ledger.auditing.replay import Replay, ReplayFacts
from ledger.model import Moment
from ledger.times import parse_at
from ledger.tree.merkle import leaf_hash, root_of
from liandan.wiring import KINDS
from signing.envelope import PAYLOAD_STATEMENT, freeze, pae, parse_envelope
from signing.refusal import Refusal
from tests.stock import validator
from tests.vectors import second_reader
from tests.vectors.second_reader import VECTORS, audit, read, unb64

ACTS = read("acts")
ENTRIES = ACTS["entries"]
RAWS = [unb64(item["entry"]) for item in ENTRIES]
RULESET = json.loads(RAWS[0])["admission"]["ruleset"]
LINKS = ("kind", "chain", "seq", "prev", "hash")
each_act = pytest.mark.parametrize("act", ENTRIES, ids=lambda act: f"{act['index']} {act['kind']}")


def data(digest: str) -> bytes:
    """A data file of the log of acts: in the vector, or beside it."""
    beside = {name: file for file, name in ACTS["files"].items()}
    return (VECTORS / beside[digest]).read_bytes() if digest in beside else unb64(ACTS["data"][digest])


def good_bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Kind and body of every statement in the three good logs."""
    for name in ("log", "log-closed", "acts"):
        for item in read(name)["entries"]:
            fields = json.loads(unb64(json.loads(unb64(item["entry"]))["statement"]["payload"]))
            yield fields["kind"], fields["body"]


@pytest.fixture(params=KINDS.by_name)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# --- one good vector at least for every kind


def test_every_kind_has_a_good_vector_that_fits_its_schema_and_its_type(kind: str) -> None:
    """A new kind needs an act in acts.py."""
    fitting = [body for name, body in good_bodies() if name == kind and validator(kind).is_valid(body)]
    assert fitting, f"no good vector of {kind}: add one to tests/vectors/liandan-v1/acts.py"
    for body in fitting:
        read_body(body, KINDS.by_name[kind].body)


@each_act
def test_acts_fit_the_published_schemas(act: dict[str, Any]) -> None:
    fields = json.loads(unb64(act["body"]))
    validator("statement").validate(fields)
    validator(act["kind"]).validate(fields["body"])
    validator("envelope").validate(json.loads(unb64(act["envelope"])))
    validator("entry").validate(json.loads(unb64(act["entry"])))


# --- our reader and writer


@each_act
def test_our_reader_types_each_act_and_our_writer_gives_its_bytes_back(act: dict[str, Any]) -> None:
    envelope = parse_envelope(unb64(act["envelope"]), payload_type=PAYLOAD_STATEMENT)
    statement, known = read_statement(envelope, KINDS)
    assert envelope.body == unb64(act["body"])
    assert envelope.message == pae(PAYLOAD_STATEMENT, envelope.body) == unb64(act["pae"])
    assert {name: getattr(statement, name) for name in LINKS} == {name: act[name] for name in LINKS}
    assert freeze(envelope) == unb64(act["envelope"])
    assert type(statement.body) is known.body
    assert check_content(statement.body) == []
    entry = read_entry(unb64(act["entry"]), KINDS)
    assert (entry.index, entry.statement, entry.envelope) == (act["index"], statement, envelope)
    assert encode_entry(entry.envelope, entry.admission) == unb64(act["entry"])
    assert leaf_hash(entry.raw).hex() == act["leaf"]
    assert root_of(leaf_hash(raw) for raw in RAWS[: act["index"] + 1]).hex() == act["root_after"]


@each_act
def test_an_unknown_field_in_an_act_is_refused(act: dict[str, Any]) -> None:
    """The types are those of the kinds: no body is taken as it comes."""
    body = json.loads(unb64(act["body"]))["body"]
    with pytest.raises(Refusal) as caught:
        read_body({**body, "unheard_of": 1}, KINDS.by_name[act["kind"]].body)
    assert caught.value.codes == ["FIELD_UNKNOWN"]


def test_our_rules_decide_every_act_as_the_independent_writer_did() -> None:
    """Signatures, links, roles, windows, and with the adopted data also facts, route, tags, alerts and accounts."""

    def root_at(size: int) -> str:
        return b64encode(root_of(leaf_hash(raw) for raw in RAWS[:size])).decode()

    def dataset(name: str, digest: str) -> Any:
        parser = KINDS.parse_data(name)
        assert parser is not None
        return parser(data(digest))

    replay = Replay(KINDS, dataset, root_at, day_below)
    assert [finding for raw in RAWS for finding in replay.step(raw)[1]] == []
    assert replay.size == len(ENTRIES)


# --- the second reader


@each_act
def test_the_second_reader_agrees_on_hash_links_and_canonical_bytes(act: dict[str, Any]) -> None:
    envelope = second_reader.parse_envelope(unb64(act["envelope"]))
    statement = audit.read_statement(envelope)
    assert envelope.body == unb64(act["body"])
    assert audit.encode(envelope.frozen) == unb64(act["envelope"])
    assert audit.pae(audit.STATEMENT, envelope.body) == unb64(act["pae"])
    assert {name: getattr(statement, name) for name in LINKS} == {name: act[name] for name in LINKS}
    inside, admission = audit.read_entry(unb64(act["entry"]))
    assert (inside.hash, admission.index) == (act["hash"], act["index"])
    assert audit.encode(json.loads(unb64(act["entry"]))) == unb64(act["entry"])


def test_the_second_reader_replays_the_acts_without_a_finding(verifiers: str) -> None:
    log = audit.Log(data)
    for raw, act in zip(RAWS, ENTRIES, strict=True):
        log.add(raw)
        assert log.mth(act["index"], act["index"] + 1).hex() == act["leaf"]
        assert log.root(act["index"] + 1).hex() == act["root_after"]
    assert log.findings == []
    assert log.found == ACTS["found"]
    found = [log.checkpoint(item["note"].encode()) for item in ACTS["checkpoints"]]  # one more behind the acts of every later kind
    assert found == [(size, 0) for size in sorted({4, 48, len(ENTRIES), *(size for size, _ in found)})]


# --- bodies out of form


@pytest.mark.parametrize("case", second_reader.refused("body"))
def test_both_refuse_a_body_out_of_form_with_the_same_code(case: dict[str, Any]) -> None:
    body = json.loads(unb64(case["raw"]))
    with pytest.raises(Refusal) as caught:
        statement_body(body, case["kind"])
    assert caught.value.codes == [case["code"]], caught.value.reasons
    assert second_reader.code_of(audit.published().body, case["kind"], body) == case["code"]


def statement_body(body: Any, kind: str) -> None:
    """Read and judge a body as the log does at its door."""
    read_body(body, KINDS.by_name[kind].body)


# --- acts that the rules refuse


@cache
def _grown(size: int) -> Any:
    """What the log knows after its first entries."""
    facts = ReplayFacts(DataSets(KINDS, lambda path: data(path.removeprefix("data/"))))
    for raw in RAWS[:size]:
        entry = read_entry(raw, KINDS)
        apply(entry, KINDS.by_name[entry.statement.kind], facts)
    return facts


def replayed(size: int) -> Any:
    """The same to write into: the values are copied, the states are frozen."""
    facts = ReplayFacts(DataSets(KINDS, lambda path: data(path.removeprefix("data/"))))
    facts.values.update(_grown(size).values)
    return facts


def submitted(raw: bytes) -> Submission:
    """An envelope as the sequencer gets it."""
    envelope = parse_envelope(raw, payload_type=PAYLOAD_STATEMENT)
    statement, known = read_statement(envelope, KINDS)
    return Submission(envelope=envelope, statement=statement, kind=known)


@cache
def root_at(size: int) -> str | None:
    """Root of the log of acts at a size that it has."""
    return b64encode(root_of([leaf_hash(raw) for raw in RAWS[:size]])).decode() if 0 < size <= len(RAWS) else None


def day_below(size: int) -> str:
    """Day on which its last entry below a size was admitted."""
    return day_of(RAWS[size - 1])


@pytest.mark.parametrize("case", second_reader.refused("act"))
def test_the_log_refuses_an_act_against_the_rules(case: dict[str, Any]) -> None:
    facts = replayed(case["size"])
    for number, raw in enumerate(case["before"]):
        moment = Moment(case["size"] + number, parse_at(case["now"]), RULESET)
        entry = admit(submitted(unb64(raw)), facts, moment, root_at, day_below=day_below)
        apply(entry, KINDS.by_name[entry.statement.kind], facts)
    moment = Moment(case["size"] + len(case["before"]), parse_at(case["now"]), RULESET)
    with pytest.raises(Refusal) as caught:
        admit(submitted(unb64(case["raw"])), facts, moment, root_at, day_below=day_below)
    assert second_reader.acceptable(case) & set(caught.value.codes), caught.value.reasons


@pytest.mark.parametrize("case", [one for one in read("refused/act") if one.get("auditor", True)], ids=lambda one: one["name"])
def test_the_second_reader_finds_it_in_an_entry(case: dict[str, Any]) -> None:
    log = second_reader.replayed("acts", case["size"])
    for raw in (*case["before"], case["raw"]):
        decision: dict[str, Any] = {"tags": [], "alerts": [], "accounts": []}
        admission = {"index": log.size, "at": case["now"], "ruleset": log.ruleset, "facts": [], "decision": decision}
        log.findings.clear()  # of what was good the decision is wrong, of course
        log.add(audit.encode({"v": 1, "statement": second_reader.parse_envelope(unb64(raw)).frozen, "admission": admission}))
    assert {finding["code"] for finding in log.findings} & second_reader.acceptable(case), log.findings


# --- the vector itself


def test_chains_of_the_acts_are_whole() -> None:
    """Each chain counts from 0 and each ``prev`` is the hash before; the only statement that stood twice is the one that was cut."""
    chains: dict[str, list[dict[str, Any]]] = {}
    for act in ENTRIES:
        assert act["hash"] == act["statement_hash"]
        chains.setdefault(act["chain"], []).append(act)
    for acts in chains.values():
        assert [act["seq"] for act in acts] == list(range(len(acts)))
        assert all(later["prev"] == earlier["hash"] for earlier, later in pairwise(acts))


def test_the_tail_of_the_cut_names_the_act_that_came_again() -> None:
    cut = next(act for act in ENTRIES if act["kind"] == "log.cut/1")
    body = json.loads(unb64(cut["body"]))["body"]
    again = ENTRIES[cut["index"] + 1]
    assert data(body["tail"]) == f"{again['hash']} 2026-11-02T15:10:05+08:00\n".encode()
    assert json.loads(unb64(again["entry"]))["admission"]["decision"]["tags"] == [["RECUT"]]
