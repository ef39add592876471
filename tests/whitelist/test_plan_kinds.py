"""Management plans: filed once a year and site, amended without renumbering; what an issue is compared with (R-14, R-15; kinds §3, §5)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.kinds.site import Site, site_key
from tests.whitelist.acts import BATTERY, grant, line, listed, transfer
from tests.whitelist.driver import CHONGQING, GENERATOR, OTHER_RECEIVER, PERMIT, RECEIVER, SICHUAN, Log, Refusing, ulid
from whitelist.acts.plan import PlanAmend, PlanChange, PlanFile, PlannedWaste
from whitelist.fields import Return
from whitelist.plan import LINES_MAX, PlanState, plan_used_key, plans_of
from whitelist.transfer import Answer, PaperManifest, PlanRef

PLAN = f"plan/{GENERATOR}/2026"
FILED = PlanRef(filing_no="GL-510112-2026-001")
PASTE = "384-004-31"
T = 1_000_000


def waste(**changes: Any) -> PlannedWaste:
    fields: dict[str, Any] = {"name": "废铅蓄电池", "code": BATTERY, "category": "HW31", "hazards": ("T", "C"), "form": "S"}
    fields |= {"mass_t": "3000", "method": "R4", "receiver_type": "permit"}
    return PlannedWaste(**{**fields, **changes})


def a_plan(*lines: PlannedWaste, **changes: Any) -> PlanFile:
    body = PlanFile(filing_no="GL-510112-2026-001", filed_on="2026-01-20", lines=lines or (waste(),))
    return replace(body, **changes)


def post(log: Log, body: PlanFile | PlanAmend, by: str = GENERATOR, chain: str = PLAN) -> list[tuple[str, str]]:
    kind = "plan.file/1" if isinstance(body, PlanFile) else "plan.amend/1"
    try:
        log.post(kind, chain, body, by)
    except Refusing as refused:
        return [(reason.code, reason.field) for reason in refused.reasons]
    return []


def filed(*lines: PlannedWaste, log: Log | None = None, **changes: Any) -> Log:
    log = log or listed()
    assert post(log, a_plan(*lines, **changes)) == []
    return log


def with_site(log: Log, site: str = "east") -> Log:
    log.facts.put(site_key(GENERATOR, site), Site(name="东厂区（虚构）", division="510112", address="虚构路 1 号"))
    return log


def use(log: Log, grams: int, number: int = 0, site: str = "") -> None:
    log.facts.put(plan_used_key(PLAN, site, number), grams)


def issue(log: Log, *, named: PlanRef = FILED, **changes: Any) -> Answer:
    """An issue of one line, which names line 0 of the plan unless told otherwise."""
    of_line = {name: changes.pop(name) for name in ("code", "method", "mass_t", "name") if name in changes}
    return log.ask(transfer(line(plan_line=changes.pop("plan_line", 0), **of_line), plan=named, **changes))


def found(answer: Answer) -> list[tuple[str, str]]:
    return [(reason.code, reason.field) for reason in answer.reasons]


# --- the kinds


def test_a_plan_is_filed_by_its_generator_alone_and_once() -> None:
    log = listed()
    assert post(log, a_plan(), SICHUAN) == [("SIGNER_ROLE", "by.0")]
    assert post(log, a_plan(), RECEIVER) == [("SIGNER_ROLE", "by.0")]
    assert post(log, a_plan()) == []
    assert post(log, a_plan()) == [("PLAN_FILED", "body.site")]
    state: PlanState = log.state(PLAN)
    assert (state.sites[""].filings, state.sites[""].lines[0].mass_g) == (("GL-510112-2026-001",), 3000 * T)


def test_each_site_has_its_own_and_only_an_open_one() -> None:
    log = with_site(filed())
    assert post(log, a_plan(waste(mass_t="1"), site="west")) == [("SITE_UNKNOWN", "body.site")]
    assert post(log, a_plan(waste(mass_t="1"), site="east")) == []
    assert post(log, a_plan(waste(mass_t="1"), site="east")) == [("PLAN_FILED", "body.site")]
    assert [plan.lines[0].mass_g for plan in log.state(PLAN).sites.values()] == [3000 * T, T]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"filed_on": "2026-11-06"}, ("DATE_ORDER", "body.filed_on")),
        ({"filed_on": "2026-02-30"}, ("DATE_FORM", "body.filed_on")),
        ({"filing_no": " "}, ("MISSING", "body.filing_no")),
        ({"lines": ()}, ("LIST_LENGTH", "body.lines")),
        ({"lines": (waste(),) * 65}, ("LIST_LENGTH", "body.lines")),
        ({"lines": (waste(category="HW49"),)}, ("CODE_CATEGORY", "body.lines.0.category")),
        ({"lines": (waste(mass_t="0"),)}, ("QTY", "body.lines.0.mass_t")),
        ({"lines": (waste(method="R14"),)}, ("METHOD", "body.lines.0.method")),
        ({"lines": (waste(receiver_type="nobody"),)}, ("FIELD_TYPE", "body.lines.0.receiver_type")),
        ({"lines": (waste(receivers=(RECEIVER, RECEIVER)),)}, ("LIST_LENGTH", "body.lines.0.receivers")),
        ({"lines": (waste(receivers=("915001160000FX0108",)),)}, ("USCC", "body.lines.0.receivers.0")),
    ],
)
def test_what_is_no_plan(changes: dict[str, Any], reason: tuple[str, str]) -> None:
    assert post(listed(), a_plan(**changes)) == [reason]


def test_an_amendment_replaces_what_it_gives_and_numbers_stay() -> None:
    log = filed(waste(), waste(code=PASTE, name="废铅膏", receivers=(RECEIVER,)))
    change = PlanChange(line=1, mass_t="12.5", method="R5", receivers=(OTHER_RECEIVER,))
    assert post(log, PlanAmend(reason="增产", filing_no="GL-2", set=(change,), add=(waste(mass_t="1"),))) == []
    plan = log.state(PLAN).sites[""]
    assert plan.filings == ("GL-510112-2026-001", "GL-2")
    assert [(one.code, one.mass_g, one.method, one.receivers) for one in plan.lines] == [
        (BATTERY, 3000 * T, "R4", ()),
        (PASTE, 12_500_000, "R5", (OTHER_RECEIVER,)),
        (BATTERY, T, "R4", ()),
    ]


@pytest.mark.parametrize(
    ("body", "reasons"),
    [
        (PlanAmend(reason="无"), [("MISSING", "body")]),
        (PlanAmend(reason="无", set=(PlanChange(line=0),)), [("MISSING", "body.set.0")]),
        (PlanAmend(reason="无", set=(PlanChange(line=1, mass_t="1"),)), [("PLAN_LINE", "body.set.0.line")]),
        (
            PlanAmend(reason="无", set=(PlanChange(line=0, mass_t="1"), PlanChange(line=0, method="R5"))),
            [("PLAN_LINE", "body.set.0.line"), ("PLAN_LINE", "body.set.1.line")],
        ),
        (PlanAmend(reason="无", site="east", filing_no="GL-2"), [("PLAN_FILED", "body.site")]),
        (PlanAmend(reason="无", add=(waste(category="HW49"),)), [("CODE_CATEGORY", "body.add.0.category")]),
    ],
)
def test_what_is_no_amendment(body: PlanAmend, reasons: list[tuple[str, str]]) -> None:
    log = filed()
    before = log.state(PLAN)
    assert post(log, body) == reasons
    assert log.state(PLAN) == before


def test_an_amendment_of_nothing_opens_no_chain_and_lines_have_an_end() -> None:
    log = filed(*(waste() for _ in range(64)))
    for _ in range(3):
        assert post(log, PlanAmend(reason="新增", add=(waste(),) * 64)) == []
    assert len(log.state(PLAN).sites[""].lines) == LINES_MAX
    assert post(log, PlanAmend(reason="新增", add=(waste(),))) == [("PLAN_LINE", "body.add")]


def test_a_line_below_what_was_moved_is_said() -> None:
    log = filed()
    use(log, 10 * T)
    said = log.post("plan.amend/1", PLAN, PlanAmend(reason="减产", set=(PlanChange(line=0, mass_t="9.999999"),)), GENERATOR)
    assert said.decision.alerts == (("M", "PLAN_OVER"),)
    said = log.post("plan.amend/1", PLAN, PlanAmend(reason="改回", set=(PlanChange(line=0, mass_t="10"),)), GENERATOR)
    assert said.decision.alerts == ()


# --- what an issue is compared with


def test_a_plan_on_the_log_is_compared_and_one_that_is_not_is_said() -> None:
    assert issue(listed()).tags == (("PLAN_OFF_LOG",),)
    answer = issue(filed())
    assert (answer.reasons, answer.tags, answer.alerts) == ((), (), ())


def test_the_plan_of_another_site_or_year_is_not_this_one() -> None:
    log = with_site(filed())
    assert issue(log, named=replace(FILED, site="east")).tags == (("PLAN_OFF_LOG",),)
    log = listed()
    assert post(log, a_plan(), chain=f"plan/{GENERATOR}/2025") == []
    assert issue(log).tags == (("PLAN_OFF_LOG",),)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"plan_line": None}, ("MISSING", "body.lines.0.plan_line")),
        ({"plan_line": 2}, ("PLAN_LINE", "body.lines.0.plan_line")),
        ({"plan_line": 1}, ("PLAN_LINE", "body.lines.0.code")),
        ({"named": PlanRef(filing_no="GL-0")}, ("PLAN_LINE", "body.plan.filing_no")),
    ],
)
def test_a_line_that_is_not_the_plans(changes: dict[str, Any], reason: tuple[str, str]) -> None:
    """law §7.2: the plan lists one code, the manifest another."""
    assert found(issue(filed(waste(), waste(code=PASTE)), **changes)) == [reason]


def test_method_and_receiver_are_the_plans_where_it_names_some() -> None:
    assert found(issue(filed(waste(method="D10")))) == [("PLAN_LINE", "body.lines.0.method")]
    assert found(issue(filed(waste(receivers=(OTHER_RECEIVER,))))) == [("PLAN_LINE", "body.receiver")]
    assert found(issue(filed(waste(receivers=(OTHER_RECEIVER, RECEIVER))))) == []


def test_an_earlier_filing_number_still_names_the_plan() -> None:
    log = filed()
    assert post(log, PlanAmend(reason="重新备案", filing_no="GL-2")) == []
    assert found(issue(log)) == found(issue(log, named=PlanRef(filing_no="GL-2"))) == []


def test_the_planned_mass_is_only_said_and_to_the_gram() -> None:
    """law §7.2: plan 3000, Σ 3000.8."""
    log = filed()
    use(log, 2_995 * T)
    assert issue(log, mass_t="5").alerts == ()
    assert issue(log, mass_t="5.000001").alerts == (("M", "PLAN_OVER"),)
    assert issue(log, mass_t="5.8").reasons == ()
    two = log.ask(transfer(line(plan_line=0, mass_t="2.5"), line(plan_line=0, mass_t="2.500001"), plan=FILED))
    assert two.alerts == (("M", "PLAN_OVER"),)


def test_a_dry_run_says_what_is_left_of_the_plan_line_by_line() -> None:
    log = filed(waste(mass_t="10"), waste(code=PASTE))
    use(log, 12 * T)
    answer = log.ask(transfer(line(plan_line=0, mass_t="1"), line(plan_line=5), line(), plan=FILED))
    assert answer.plan_left_g == (-2 * T, None, None)
    assert issue(listed()).plan_left_g == (None,)


def test_of_a_return_the_plan_rests_but_a_redirect_counts() -> None:
    log = filed(waste(code=PASTE, mass_t="1"))
    back = Return(manifest=f"manifest/{GENERATOR}/{ulid(7)}", how="back", lines=(0,))
    own = {"receiver": GENERATOR, "permit": None, "approval": None, "returns": back}
    assert not {"PLAN_LINE", "MISSING"} & {code for code, _ in found(issue(log, **own))}
    answer = issue(log, returns=replace(back, how="redirect"))
    assert "PLAN_LINE" not in {code for code, _ in found(answer)}
    assert ("M", "PLAN_OVER") in answer.alerts


def test_the_year_of_the_plan_is_that_of_the_admission_and_of_the_paper() -> None:
    asked = transfer()
    eve = Log("2026-12-31 23:58").now
    assert plans_of(asked, GENERATOR, eve) == (PLAN, f"plan/{GENERATOR}/2027")
    assert plans_of(asked, GENERATOR, Log("2026-12-30 23:58").now) == (PLAN,)
    assert plans_of(asked, GENERATOR, Log("2027-01-01 00:04").now) == (PLAN, f"plan/{GENERATOR}/2027")
    assert plans_of(replace(asked, plan=None), GENERATOR, eve) == ()
    paper = PaperManifest(
        reason="断网", departed_at="2025-12-31T23:00:00+08:00", completed_at="2026-01-01T08:00:00+08:00",
        scan={"sha256": "0" * 64, "size": 1, "media_type": "application/pdf", "name": "联单.pdf"},  # type: ignore[arg-type]
    )  # fmt: skip
    assert plans_of(replace(asked, type="backfill_ordinary", paper=paper), GENERATOR, eve) == (f"plan/{GENERATOR}/2025",)


def test_a_plan_of_the_new_year_is_asked_from_its_first_minute() -> None:
    """Judged by the moment of admission: on New Year's Eve the old plan, which has lines, a minute later the new one, which is not there."""
    log = filed(waste(code=PASTE))
    log.post("permit.grant/1", f"permit/{RECEIVER}/{ulid(9)}", grant(renews=PERMIT, valid_to="2030-12-31"), CHONGQING)
    log.at("2026-12-31 23:59")
    assert "PLAN_LINE" in {code for code, _ in found(issue(log))}
    log.at("2027-01-01 00:00")
    assert "PLAN_LINE" not in {code for code, _ in found(issue(log))}
    assert ("PLAN_OFF_LOG",) in issue(log).tags
