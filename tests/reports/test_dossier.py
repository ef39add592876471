"""The inspection dossier of a firm: what it says, that it proves itself, whose evidence it holds, and what it refuses to be."""

from __future__ import annotations

import re
from functools import cache

import pytest

from ledger.kinds.refusal_pages import LOG_REFUSALS, LogRefusals, RefusalItem
from reports.dossier import evidence
from reports.dossier.checklist import answers
from reports.dossier.facts import DossierFacts, dossier_facts
from reports.dossier.model import DossierAsked, check_dossier, period_between
from reports.dossier.render import render_dossier
from reports.paper.tongue import speaking
from reports.verify import verify_bytes
from signing.refusal import Refusal
from tests.reports.month import october
from tests.reports.papers import DAYS, dossier_of, opened, signed
from tests.reports.story import CARRIERS, GENERATOR, PERMIT, RECEIVER, Story, trunk
from tests.reports.test_documents import read
from tests.reports.test_registers import collector
from tests.workbench import OPERATOR, uscc


def facts_of(story: Story, party: str, days: tuple[str, str] = DAYS, *, is_office: bool = True) -> DossierFacts:
    return dossier_facts(opened(dossier_of(story, party, days, is_office=is_office)), period_between(*days))


@cache
def refused() -> Story:
    """October, and a page of what was refused: of the generator twice, of somebody else once."""
    story = Story()
    story.issue(1)
    at = "2026-10-08T08:00:00+08:00"
    items = tuple(
        RefusalItem(statement=mark * 64, by=(party,), kind="manifest.issue/1", codes=codes, size=12, at=at)
        for mark, party, codes in (
            ("a", GENERATOR, ("APPROVAL_QUOTA", "HAZARD")),
            ("b", CARRIERS[0], ("LOAD_CHECKS",)),
            ("c", GENERATOR, ("NO_FORMAT",)),
        )
    )
    story.at("2026-10-08T09:30:00+08:00")
    story.bench.post("log.refusals/1", LOG_REFUSALS, (OPERATOR,), LogRefusals(hour="2026-10-08T08", page=0, of=1, items=items))
    return story


def test_it_has_what_happened_in_the_period_and_what_was_open() -> None:
    serials = {int(load.view.ulid[-6:]) for load in facts_of(october(), GENERATOR).loads}
    assert serials == {1, 3, 4, 5, 6, 7, 8, 9, 10, 11}
    early = facts_of(october(), RECEIVER, ("2026-09-01", "2026-09-30"))
    assert [load.view.chain for load in early.loads] == [trunk(1)]
    november = {int(load.view.ulid[-6:]) for load in facts_of(october(), CARRIERS[0], ("2026-11-01", "2026-11-30")).loads}
    assert november == {9, 10}, "received in it, or under way; 11 has no carrier yet"
    assert facts_of(october(), GENERATOR, ("2026-01-01", "2026-01-31")).loads == ()


def test_figures_are_those_of_the_certificates() -> None:
    pages = "".join(read(render_dossier(opened(raw := dossier_of(october(), GENERATOR)), raw, days=DAYS)))
    for figure in ("44.800000", "31.076000", "2.380000", "11.200000"):  # departed, accepted, refused, under way
        assert figure in pages
    assert "期间内联单 10 份，其中补录 0 份" in pages
    assert "成都锦川蓄能回收有限公司（虚构）（序位 1）" in pages


def test_every_point_is_answered_or_said_to_be_for_the_site() -> None:
    facts = facts_of(october(), GENERATOR)
    known = {entry.index for entry in facts.bundle.entries}
    with speaking("zh"):
        found = answers(facts)
    assert [one.number for one in found] == list(range(1, 24))
    assert [one.number for one in found if one.source == "site"] == [2, 9]
    assert [one.number for one in found if one.source == "none"] == [10, 11, 12, 13, 14, 15, 16, 17], (
        "the generator neither carries nor receives"
    )
    assert all(one.answer for one in found)
    with speaking("zh"):
        of_receiver = {one.number: one for one in answers(facts_of(collector(), RECEIVER))}
    assert of_receiver[14].is_alarming
    entry = of_receiver[14].index
    assert entry == of_receiver[14].entries[0].index
    for point in found:
        assert all(one.index in known for one in point.entries)
        assert (not point.entries) == (point.source in ("site", "none")), point.number
    assert [one.number for one in found if not one.is_read] == [3, 16], "told from memory, never as read"
    assert collector().bench.entries[entry or 0].statement.kind == "manifest.receive/1", "the entry whose admission says so"
    assert "5.500000 吨" in of_receiver[16].answer


def test_refusals_stand_with_their_page_for_an_office_alone() -> None:
    office = facts_of(refused(), GENERATOR)
    assert [(index, item.codes) for index, item in office.refusals] == [(13 + 1, ("APPROVAL_QUOTA", "HAZARD")), (14, ("NO_FORMAT",))]
    own = facts_of(refused(), GENERATOR, is_office=False)
    assert (own.refusals, own.has_refusals) == ((), False)
    raw = dossier_of(refused(), GENERATOR, is_office=False)
    assert not opened(raw).chain(LOG_REFUSALS), "it names what others were refused"


def test_too_many_pages_of_refusals_are_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "REFUSAL_PAGES_MAX", 0)
    assert not facts_of(refused(), GENERATOR).has_refusals


def test_a_correction_stands_with_both_values() -> None:
    story = Story()
    story.issue(1)
    trunk_state = story.bench.facts.state(trunk(1))
    named = {"seq": 0, "hash": trunk_state.acts[0]}
    changes = [{"path": "contract.no", "was": '"HT-2026-001"', "now": '"HT-2026-009"'}]
    body = {"trunk": named, "changes": changes, "reason": "合同编号误填"}
    story.bench.post("case.amend_propose/1", f"case/{GENERATOR}/{trunk(1)[-26:]}/01K9000000000000000000CASE", (GENERATOR,), body)
    pages = "".join(read(render_dossier(opened(raw := dossier_of(story, GENERATOR)), raw, days=DAYS)))
    assert "更正　1 件" in pages
    assert "HT-2026-009" in pages
    assert "合同编号误填" in pages


def test_permits_and_decisions_stand_with_what_is_used() -> None:
    facts = facts_of(october(), RECEIVER)
    assert list(facts.permits) == [PERMIT]
    assert [(one.list, one.number) for one in facts.listed] == [("list/2026-51-50-cy", 0)]
    assert len(facts.decisions) == 1


def test_another_period_written_into_the_file_is_noticed() -> None:
    story, signers = signed()
    raw = dossier_of(story, GENERATOR)
    pdf = render_dossier(opened(raw), raw, signers, days=DAYS)
    assert verify_bytes(pdf, "x.pdf", story.bench.found).verdict == "good"
    other = pdf.replace(b"2026-09-01 2026-10-31)", b"2026-09-02 2026-10-31)")
    assert other != pdf
    assert verify_bytes(other, "x.pdf", story.bench.found).verdict == "unchecked"
    none = pdf.replace(b"2026-09-01 2026-10-31)", b"2026-99-01 2026-10-31)")
    report = verify_bytes(none, "x.pdf", story.bench.found)
    assert (report.verdict, [one.code for one in report.findings]) == ("bad", ["BUNDLE_MEANING"])


def test_an_unsigned_dossier_says_that_nobody_answers_for_it() -> None:
    raw = dossier_of(october(), GENERATOR)
    assert "所列是否齐全无人担保" in "".join(read(render_dossier(opened(raw), raw, days=DAYS)))
    story, signers = signed()
    raw = dossier_of(story, GENERATOR)
    assert "无人担保" not in "".join(read(render_dossier(opened(raw), raw, signers, days=DAYS)))


def test_no_personal_data_stand_in_it() -> None:
    raw = dossier_of(october(), GENERATOR)
    pages = " ".join(read(render_dossier(opened(raw), raw, days=DAYS)))
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dX](?!\d)", pages), "no telephone, no identity number"


def test_what_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for days in (
        ("", ""),
        ("2026-13-01", "2026-10-01"),
        ("2026-10-02", "2026-10-01"),
        ("2020-01-01", "2026-01-01"),
        ("20261001", "20261002"),
    ):
        with pytest.raises(Refusal) as caught:
            check_dossier(DossierAsked(GENERATOR, *days))
        assert caught.value.codes == ["DOSSIER_PERIOD"]
    with pytest.raises(Refusal) as caught:
        check_dossier(DossierAsked("915101120000FX0290", *DAYS))
    assert caught.value.codes == ["USCC"]
    with pytest.raises(Refusal) as caught:
        dossier_of(october(), uscc("510112", 77))
    assert caught.value.codes == ["DOSSIER_UNKNOWN"]
    monkeypatch.setattr(evidence, "MANIFESTS_MAX", 3)
    with pytest.raises(Refusal) as caught:
        dossier_of(october(), GENERATOR)
    assert caught.value.codes == ["DOSSIER_TOO_LARGE"]
