"""A corrected manifest on paper: the certificate prints both values, the monthly statement the one in force, and its accounts add up."""

from __future__ import annotations

from functools import cache

from ledger.bundle import open_bundle
from manifests import acts
from manifests.acts import FieldChange
from manifests.correction_answers import label_of
from manifests.fates import fates_of
from manifests.view import fold
from reports.certificate.facts import about, facts_of
from reports.certificate.render import render_certificate
from reports.kinds import all_kinds
from reports.reconciliation.model import MonthlyStatement
from tests.reports.month import drawn
from tests.reports.story import CARRIERS, GENERATOR, NAMES, RECEIVER, Story, trunk
from tests.reports.test_certificate import text_of
from tests.workbench import AUTHORITY_50

CASE = trunk(1).replace("manifest/", "case/") + "/01K90000000000000000000"


@cache
def corrected() -> Story:
    """5.6 t were typed as 56 t; words of generator and carrier are corrected too; one correction waits."""
    story = Story()
    story.issue(1)
    story.wait(minutes=40)
    story.depart(1)
    story.wait(hours=4)
    story.arrive(1)
    story.wait(minutes=30)
    story.receive(1, [acts.ReceivedLine(line=0, opinion="accept", accepted_t="56", method="R4")])
    propose(story, 1, RECEIVER, ("received.0.accepted_t", '"56"', '"5.600000"'))
    for party in (GENERATOR, AUTHORITY_50):
        agreed = acts.AmendConsent(trunk=newest(story))
        story.bench.post("case.amend_consent/1", f"{CASE}AM1", (party,), agreed)
    propose(story, 2, GENERATOR, ("contract.no", '"HT-2026-001"', '"HT-2026-009"'))
    propose(story, 3, CARRIERS[0], ("legs.0.via", "", '["511000"]'))
    propose(story, 4, RECEIVER, ("received.0.method", '"R4"', '"R9"'))
    return story


def newest(story: Story) -> acts.Trunk:
    hashes = story.bench.facts.state(trunk(1)).acts
    return acts.Trunk(seq=len(hashes) - 1, hash=hashes[-1])


def propose(story: Story, number: int, by: str, *changes: tuple[str, str, str]) -> None:
    told = tuple(FieldChange(path=path, was=was, now=now) for path, was, now in changes)
    body = acts.AmendPropose(trunk=newest(story), changes=told, reason="录入错误（虚构）")
    story.bench.post("case.amend_propose/1", f"{CASE}AM{number}", (by,), body)


async def test_the_certificate_prints_what_is_in_force_and_what_was_signed() -> None:
    raw = await corrected().bundle(1)
    bundle = open_bundle(raw, all_kinds())
    facts = facts_of(bundle)
    assert (facts.receive.lines[0].accepted_t, facts.issue.contract and facts.issue.contract.no) == ("5.600000", "HT-2026-009")
    assert [getattr(move, "via", ()) for move in facts.moves] == [("511000",)]
    assert (facts.lines[0].state.accepted_g, facts.lines[0].difference_g) == (5_600_000, 0)
    text = text_of(render_certificate(bundle, raw))
    for wanted in (
        "更正",
        "数量已更正：接受第 1 项接受量（吨），原为 56，现为 5.600000",
        "56",
        "5.600000",
        "HT-2026-001",
        "HT-2026-009",
        "接受第 1 项接受量（吨）",
        "录入错误（虚构）",
        "待同意",
        NAMES[GENERATOR],
    ):
        assert wanted in text, wanted


async def test_the_quotas_on_the_certificate_end_where_the_correction_left_them() -> None:
    """A correction is booked in its case: without its rows the paper would end 50.4 t too high."""
    facts = facts_of(open_bundle(await corrected().bundle(1), all_kinds()))
    for layer in ("Q2", "Q3"):
        moved = [(one.kind, one.after_g - one.before_g) for one in facts.quotas if one.layer == layer]
        assert moved == [("manifest.issue/1", 5_600_000), ("manifest.receive/1", 50_400_000), ("case.amend_consent/1", -50_400_000)]


async def test_what_proves_where_grams_ended_holds_the_correction_of_their_mass() -> None:
    view = None
    for entry in about(open_bundle(await corrected().bundle(1), all_kinds())):
        view = fold(view, entry)
    assert view is not None
    [line] = fates_of({trunk(1): view}, trunk(1), "zh")
    [end] = line.ends
    assert (end.how, end.mass_t) == ("stock", "5.600000")
    assert [proof.kind for proof in end.proofs] == ["manifest.receive/1", "case.amend_consent/1"]


def test_a_corrected_field_is_told_with_the_part_it_stands_in() -> None:
    assert label_of("destination.address") == ("接受地·地址", "destination: address")
    assert label_of("contract.no") == ("委托合同·合同编号", "contract: number")
    assert label_of("planned_at") == ("计划转移时间", "planned at")


def test_the_statement_goes_by_the_value_in_force_and_books_the_difference_as_corrected() -> None:
    statement: MonthlyStatement = drawn(corrected())
    [row] = statement.rows
    assert (row.accepted_g, row.level) == (5_600_000, "")
    assert statement.is_balanced
    accounts = {account.layer: account for account in statement.accounts}
    for layer in ("Q2", "Q3"):
        moved = accounts[layer].moved_g
        assert (moved["reserved"], moved["settled"], moved["corrected"]) == (5_600_000, 50_400_000, -50_400_000)
        assert accounts[layer].closing_g == 5_600_000


def test_before_the_correction_the_statement_says_what_was_signed() -> None:
    story = corrected()
    index = next(entry.index for entry in story.bench.entries if ("AMENDED",) in entry.admission.decision.tags)
    [row] = drawn(story, size=index).rows
    assert (row.accepted_g, row.level) == (56_000_000, "H")
