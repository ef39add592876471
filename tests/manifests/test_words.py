"""Words for a dispatcher whose truck waits: fields by the names of his form, loads by what they are, who lifts it, what comes first."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ledger.labels import labels
from ledger.problem import ProblemError, problem_errors
from liandan.wiring import RULES
from manifests import acts, telling
from manifests.machine import MOVES, Act
from manifests.model import Stage
from signing.phrase import Language
from signing.refusal import Refusal
from tests.manifests.driver import CARRIER, GENERATOR, MANIFEST, RECEIVER, STRANGER, Driver, a_departure, a_line, an_issue
from tests.manifests.test_vehicles import DEPART, SECOND, second, two_manifests


def told(post: Callable[[], object], body: type, language: Language = "zh") -> dict[str, ProblemError]:
    """What a refused sender reads, by code."""
    with pytest.raises(Refusal) as caught:
        post()
    errors = problem_errors(caught.value.reasons, RULES, language, labels=labels(body))
    return {error.code: error for error in errors}


def test_a_field_is_told_by_the_label_of_the_form_and_its_path() -> None:
    log = Driver(decided_t="2.4")
    errors = told(log.issue, acts.Issue)
    error = errors["APPROVAL_QUOTA"]
    assert (error.field, error.label) == ("body.lines.0.mass_t", "第 1 行“计划转移量（吨）”")
    assert error.what_to_do.startswith("把第 1 行“计划转移量（吨）”（body.lines.0.mass_t）改为")
    english = told(log.issue, acts.Issue, "en")["APPROVAL_QUOTA"]
    assert english.label == '"declared mass, t" of line 1'
    assert '"declared mass, t" of line 1 (body.lines.0.mass_t)' in english.what_to_do


def test_methods_are_told_in_words() -> None:
    log = Driver()
    errors = told(lambda: log.issue(lines=(a_line(method="D1"),)), acts.Issue)
    for code in ("APPROVAL_METHOD", "PERMIT_METHOD"):
        assert "R4（再循环、再利用金属和金属化合物）" in errors[code].message
        assert "D1（填埋）" in errors[code].message
    english = told(lambda: log.issue(lines=(a_line(method="D1"),)), acts.Issue, "en")["APPROVAL_METHOD"]
    assert "R4 (recycling of metals)" in english.message
    assert "D1 (landfill)" in english.message


@pytest.mark.parametrize(
    ("by", "code", "lift"),
    [
        ((GENERATOR,), "SIGNER_MISSING", "carrier"),
        ((STRANGER, CARRIER), "SIGNER_ROLE", "consignor"),
        ((CARRIER, STRANGER), "SIGNER_ROLE", "consignor"),
    ],
)
def test_who_has_not_signed_lifts_it(by: tuple[str, ...], code: str, lift: str) -> None:
    log = Driver()
    log.issue()
    assert told(lambda: log.post(DEPART, by, a_departure()), acts.Depart)[code].lift == lift


def test_the_generator_alone_lifts_what_the_generator_alone_signs() -> None:
    log = Driver()
    assert told(lambda: log.post("manifest.issue/1", (STRANGER,), an_issue()), acts.Issue)["SIGNER_ROLE"].lift == "generator"


@pytest.mark.parametrize(("language", "load"), [("zh", "5.6 吨 HW31"), ("en", "5.6 t HW31")])
def test_another_load_on_the_truck_is_told_by_what_it_is(language: Language, load: str) -> None:
    log = two_manifests()
    message = told(lambda: log.post(DEPART, (GENERATOR, CARRIER), second(), chain=SECOND), acts.Depart, language)["VEHICLE_OVERLAP"].message
    for part in (load, GENERATOR, MANIFEST):
        assert part in message


def test_to_arrive_a_load_departs_and_voiding_is_no_way_on() -> None:
    log = Driver()
    log.issue()
    error = told(log.arrive, acts.Arrive)["ACT_NOT_OPEN"]
    assert error.what_to_do == "先办理起运（manifest.depart），由托运人、承运人签署；入账后，再提交本项。"
    assert "void" not in error.what_to_do


def test_what_lies_behind_is_said_to() -> None:
    log = Driver()
    log.issue()
    log.depart()
    error = told(log.depart, acts.Depart)["ACT_NOT_OPEN"]
    assert error.message.endswith("之后也不再能办理。")
    assert "先办理" not in error.what_to_do


def test_the_way_to_an_act_begins_with_an_act_that_is_open() -> None:
    """For every stage and act: either it is open, or what comes first is, or there is no way."""
    for stage in Stage:
        for act in Act:
            first = telling.way_to(stage, act)
            if (stage, act) in MOVES and not any(to is stage for to in MOVES[stage, act].to):
                continue
            named = [known for known in Act if f"（{known.kind.partition('/')[0]}）" in first[0]] if first else []
            assert all((stage, known) in MOVES and known is not Act.VOID for known in named), (stage, act, first)
    assert telling.way_to(Stage.ISSUED, Act.DISPOSE)[0].startswith("接受确认")
    assert telling.way_to(Stage.CLOSED, Act.DISPOSE) == ""


def test_nothing_is_disposed_of_before_it_is_received() -> None:
    log = Driver()
    log.issue()
    error = told(
        lambda: log.post("manifest.dispose/1", (RECEIVER,), acts.Dispose(fates=(acts.DisposedLine(line=0, method="R4", mass_t="1"),))),
        acts.Dispose,
    )
    assert "接受确认（manifest.receive）" in error["ACT_NOT_OPEN"].what_to_do
