"""Rulesets that branch: how the table puts a version together, and what a log may adopt (formats §5)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ledger.admission.kind_table import Kinds
from ledger.admission.personality import CURRENT, RULESETS, Judged, Personality, Ruleset, instead, no_reads
from ledger.auditing.audit import audit
from ledger.model import Findings
from ledger.personality import PERSONALITY as LOG
from manifests.acts import PERSONALITY as MANIFESTS
from signing.refusal import Refusal, texts
from tests.ledger.test_signers import NOTE, NOTES, Note, note
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, Workbench, uscc

EVERYONE = (OPERATOR, AUTHORITY_51, AUTHORITY_50)
OWNER = uscc("510112", 40)


def is_loud(judged: Judged, out: Findings) -> None:
    """A rule that only the next version has."""
    out.alert("M", "NOTE_LOUD")


def is_barred(judged: Judged, out: Findings) -> None:
    """A gate of the branch."""
    out.refuse("NOTE_BARRED", "kind", judged.kind.name)


TEXTS = texts("""
NOTE_LOUD | - | sender | [DESIGN]
试验提示。 || 无需处理。
A test's alert. || Nothing to do.
""")
NEXT = Ruleset(version="test.2", base=CURRENT, changes={"note.write/1": {"rules": (is_loud,)}}, adds=(note("note.sing/1"),), texts=TEXTS)
BRANCH = Ruleset(version="test.3", base="test.2", changes={"note.write/1": {"gate": is_barred}})
RULES = Personality(name="rules", kinds=(), states={}, rulesets=(BRANCH, NEXT))


class Adopting(Workbench):
    """A log that knows these rulesets, and can adopt them."""

    def __init__(self) -> None:
        super().__init__([NOTES, RULES])
        self.register(OWNER)

    def adopt(self, ruleset: Ruleset) -> None:
        """By everyone; the file lies beside the log."""
        self.data[f"data/{ruleset.sha256}"] = ruleset.file
        body = {"name": ruleset.name, "version": ruleset.version, "sha256": ruleset.sha256}
        self.post("ruleset.adopt/1", "log/main", EVERYONE, body)

    def write(self, kind: str = "note.write/1") -> list[str]:
        """Codes of alerts or of the refusal of a note."""
        try:
            entry = self.post(kind, NOTE, (OWNER,), Note())
        except Refusal as refusal:
            return refusal.codes
        assert entry.admission.ruleset == self.facts.state("log/main").ruleset
        return [code for _, code in entry.admission.decision.alerts]


def test_a_version_is_in_force_from_the_entry_after_its_adoption() -> None:
    bench = Adopting()
    assert (bench.write(), bench.write("note.sing/1")) == ([], ["KIND_UNKNOWN"])
    bench.adopt(NEXT)
    assert (bench.write(), bench.write("note.sing/1")) == (["NOTE_LOUD"], [])
    bench.adopt(BRANCH)
    assert (bench.write(), bench.write("note.sing/1")) == (["NOTE_BARRED"], []), "a branch of a branch keeps what it does not change"
    assert [bench.entries[at].admission.ruleset for at in (2, 4, 7)] == [CURRENT, "test.2", "test.3"]
    assert audit(bench.export().get, bench.kinds).findings == []


def test_a_log_that_never_adopted_it_is_judged_as_before() -> None:
    bench = Workbench([NOTES])
    bench.register(OWNER)
    bench.post("note.write/1", NOTE, (OWNER,), Note())
    assert audit(bench.export().get, Kinds([LOG, NOTES, RULES])).findings == []


def test_what_was_decided_by_one_version_is_not_good_by_another() -> None:
    bench = Adopting()
    bench.adopt(NEXT)
    bench.write()
    unchanged = Personality(name="rules", kinds=(), states={}, rulesets=(Ruleset(version="test.2", base=CURRENT),))
    findings = audit(bench.export().get, Kinds([LOG, NOTES, unchanged])).findings
    assert [(finding.code, finding.field) for finding in findings] == [("DECISION_DIFFERS", "admission.decision.alerts")]


def test_a_log_adopts_no_rules_that_nobody_could_run() -> None:
    bench = Adopting()
    with pytest.raises(Refusal) as refused:
        bench.adopt(Ruleset(version="test.9", base=CURRENT))
    assert [(reason.code, reason.field) for reason in refused.value.reasons] == [("RULESET_UNKNOWN", "body.version")]


def test_an_auditor_who_does_not_know_a_version_says_so() -> None:
    bench = Adopting()
    bench.adopt(NEXT)
    bench.write()
    codes = [finding.code for finding in audit(bench.export().get, Kinds([LOG, NOTES])).findings]
    assert codes[0] == "RULESET_UNKNOWN"


@pytest.mark.parametrize("fields", [{"body": Note}, {"window": None}, {"opens": True}])
def test_a_version_changes_functions_never_a_form(fields: dict[str, Any]) -> None:
    wrong = Ruleset(version="test.4", base=CURRENT, changes={"note.write/1": fields})
    with pytest.raises(ValueError, match=r"test\.4 changes more of note\.write/1"):
        Kinds([LOG, NOTES, Personality(name="rules", kinds=(), states={}, rulesets=(wrong,))])


def test_a_version_that_reads_otherwise_also_lists_otherwise() -> None:
    """The chains that a kind has apart are those of its own reads: a version with other reads must be asked for these."""
    other = Ruleset(version="test.4", base=CURRENT, changes={"manifest.depart/1": {"reads": no_reads}})
    kinds = Kinds([LOG, MANIFESTS, Personality(name="rules", kinds=(), states={}, rulesets=(other,))])
    assert kinds.of("manifest.depart/1", CURRENT).listed is not None
    assert kinds.of("manifest.depart/1", "test.4").listed is None


def test_the_file_of_a_version_says_what_it_changes_and_that_of_the_first_stays_as_it_was() -> None:
    assert RULESETS[CURRENT].sha256 == "6899ca8078d7370d5dbb0953303c6ad0cf0d273e76d4b826623257fffa1fbd74"
    assert json.loads(NEXT.file) == {"name": "liandan", "version": "test.2", "unicode": "14.0.0", "base": CURRENT}


def test_a_rule_takes_the_place_of_another_in_its_order() -> None:
    assert instead(("a", "b", "c"), "b", "x", "y") == ("a", "x", "y", "c")
    assert instead(("a", "b", "c"), "b") == ("a", "c")
    with pytest.raises(ValueError, match="tuple"):
        instead(("a",), "b")
