"""The drill of a change of law: a log under one ruleset adopts another with one changed rule, and data with one changed tolerance.

Publisher, product audit and second auditor agree on all of it; a log that never adopted them stays what it was (issue "House and kinds").
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from asyncpg import Pool, Record

from ledger.admission.kind_table import Kinds
from ledger.admission.personality import CURRENT, Personality, Ruleset, instead
from ledger.auditing.audit import audit
from ledger.log import LoggedEntry
from ledger.model import Findings
from ledger.personality import PERSONALITY as LOG
from ledger.times import parse_at
from manifests.acts import PERSONALITY as MANIFESTS
from signing.refusal import Refusal
from tests.ledger.log_server import envelopes, running
from tests.manifests.driver import CARRIER, GENERATOR, an_issue
from tests.manifests.test_worked_example import Example
from tests.vectors.second_reader import audit as second
from tests.whitelist.scene import transfer
from tests.whitelist.test_dry_run import ask
from tests.whitelist.web import serving
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, uscc
from whitelist.acts import PERSONALITY as WHITELIST
from whitelist.checked import Checked
from whitelist.routes import ROUTER
from whitelist.rules import RULES, place

EVERYONE = (OPERATOR, AUTHORITY_51, AUTHORITY_50)
STRANGER = uscc("440100", 77)
TRUCK_MAX_T = 5
"""Tonnes; the loads of the example have 5.6."""


def carriers_must_be_known(checked: Checked, out: Findings) -> None:
    """The changed rule: what was a hint becomes a reason."""
    for position, carrier in enumerate(checked.transfer.carriers):
        if carrier == STRANGER:
            out.refuse("CARRIER_UNKNOWN", f"body.carriers.{position}", carrier, "a registered carrier")


NEXT = Ruleset(
    version="drill.2",
    base=CURRENT,
    changes={"manifest.issue/1": {"asks": instead(RULES, place.carriers_are_known, carriers_must_be_known)}},
)
DRILL = Personality(name="drill", kinds=(), states={}, rulesets=(NEXT,))
KNOWING = (LOG, WHITELIST, MANIFESTS, DRILL)


class Drill(Example):
    """The worked example, on a program that knows the next version too."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds = Kinds(KNOWING)
        self.count = 0

    def try_issue(self, *carriers: str) -> tuple[list[str], list[str]]:
        """Codes of refusal, and of alerts, of an issue with these carriers."""
        self.count += 1
        chain = f"manifest/{GENERATOR}/01K9000000000000000000D{self.count:03d}"
        try:
            entry = self.post("manifest.issue/1", chain, (GENERATOR,), an_issue(carriers=carriers))
        except Refusal as refusal:
            return refusal.codes, []
        return [], [code for _, code in entry.admission.decision.alerts]

    def adopt(self, kind: str, name: str, version: str, content: bytes) -> None:
        """By everyone; the file lies beside the log."""
        digest = sha256(content).hexdigest()
        self.data[f"data/{digest}"] = content
        self.post(f"{kind}/1", "log/main", EVERYONE, {"name": name, "version": version, "sha256": digest})


def changed_thresholds() -> bytes:
    known: dict[str, Any] = json.loads((Path(__file__).parents[2] / "whitelist" / "data" / "thresholds.json").read_text(encoding="utf-8"))
    return json.dumps({**known, "truck_max_t": TRUCK_MAX_T}).encode()


@pytest.fixture(scope="module")
def bench() -> Drill:
    """Before, between and after the two adoptions."""
    bench = Drill()
    assert bench.try_issue(CARRIER) == ([], [])
    assert bench.try_issue(STRANGER) == ([], ["CARRIER_UNKNOWN"])
    bench.adopt("ruleset.adopt", NEXT.name, NEXT.version, NEXT.file)
    assert bench.try_issue(STRANGER) == (["CARRIER_UNKNOWN"], [])
    assert bench.try_issue(CARRIER) == ([], [])
    bench.adopt("data.adopt", "thresholds", "drill", changed_thresholds())
    assert bench.try_issue(CARRIER) == ([], ["OVERLOAD"])
    return bench


def test_the_product_s_audit_agrees(bench: Drill) -> None:
    assert audit(bench.export().get, bench.kinds).findings == []


def test_the_second_auditor_agrees(bench: Drill) -> None:
    log = second.Log(lambda digest: bench.data.get(f"data/{digest}"))
    for entry in bench.entries:
        log.add(entry.raw)
    assert log.findings == []


async def test_the_sequencer_and_the_publisher_s_second_decision_agree(pool: Pool[Record], tmp_path: Path, bench: Drill) -> None:
    """On PostgreSQL: every statement gets the very bytes, and every size is promised."""
    async with running(pool, tmp_path, bench.kinds, bench.data) as log:
        for entry, raw in zip(bench.entries, envelopes(bench), strict=True):
            [answer] = await log.append([raw], now_s=parse_at(entry.admission.at))
            assert isinstance(answer, LoggedEntry), getattr(answer, "refusal", None)
            assert answer.entry.raw == entry.raw
        assert await log.publisher.wait_for(len(bench.entries), 10)


async def test_a_dry_run_asks_the_rules_in_force_and_those_of_then(pool: Pool[Record], tmp_path: Path, bench: Drill) -> None:
    adopted = next(entry.index for entry in bench.entries if entry.statement.kind == "ruleset.adopt/1")
    async with serving(pool, tmp_path, bench, [ROUTER]) as web:
        for options, reasons, alerts in (({}, ["CARRIER_UNKNOWN"], ["OVERLOAD"]), ({"as_of": adopted}, [], ["CARRIER_UNKNOWN"])):
            answer = (await ask(web, transfer(carriers=[STRANGER]), **options))["answers"][0]
            assert ([found["code"] for found in answer["reasons"]], [found["code"] for found in answer["alerts"]]) == (reasons, alerts)


def test_each_half_of_the_log_is_good_by_its_own_rules_alone(bench: Drill) -> None:
    """Had the version changed nothing, the refused act would have been admitted: so an auditor without the change differs on the other."""
    loud = Ruleset(version=NEXT.version, base=CURRENT, changes={"manifest.issue/1": {"asks": (*RULES, always_loud)}})
    other = Kinds([LOG, WHITELIST, MANIFESTS, Personality(name="drill", kinds=(), states={}, rulesets=(loud,))])
    found = audit(bench.export().get, other).findings
    issues = [entry.index for entry in bench.entries if entry.statement.kind == "manifest.issue/1"][-2:]
    assert [(finding.index, finding.field) for finding in found] == [(index, "admission.decision.alerts") for index in issues]


def always_loud(checked: Checked, out: Findings) -> None:
    """Another change than the log adopted."""
    out.alert("L", "CARRIER_UNKNOWN")


def test_a_log_that_never_adopted_them_audits_clean_with_the_new_table() -> None:
    bench = Example()
    bench.issue()
    bench.depart()
    assert audit(bench.export().get, Kinds(KNOWING)).findings == []
