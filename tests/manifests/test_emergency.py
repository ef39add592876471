"""R-39 应急转移: declare, join and close an emergency, what moves on it, its ceiling and its end (kinds §5, §6, §9, §15)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.fields import File
from ledger.times import format_at
from manifests import acts
from signing.refusal import Refusal
from tests.manifests.driver import (
    APPROVAL,
    CARRIER,
    DESTINATION,
    GENERATOR,
    PERMIT,
    RECEIVER,
    STRANGER,
    TRUCK,
    Driver,
    a_departure,
    a_line,
    accepted,
    an_issue,
    codes,
    labels_of,
    partly,
    permit,
    rejected,
)
from tests.manifests.emergencies import (
    CLOSE,
    DECLARE,
    EMERGENCY,
    JOIN,
    a_close,
    a_declaration,
    a_join,
    close,
    counted_g,
    declared,
    issue,
    joined,
    waste,
    why,
)
from tests.sample import sample
from tests.workbench import AUTHORITY_50, AUTHORITY_51
from whitelist.acts.emergency_declare import NamedReceiver
from whitelist.fields import Place, ScopeForm
from whitelist.transfer import ExemptionClaim, PaperManifest

T = 1_000_000
DAY = 86_400
OTHERS_PERMIT = f"permit/{STRANGER}/01K9000000000000000000PERM"


def manifest(number: int) -> str:
    return f"manifest/{GENERATOR}/01K90000000000000000EMG{number:03d}"


# --- the declaration


def test_a_declaration_opens_its_chain_and_reads_the_permits() -> None:
    log = Driver()
    entry = log.post(DECLARE, (AUTHORITY_51,), a_declaration(log), chain=EMERGENCY)
    assert (codes(entry), [chain for chain, _ in entry.admission.facts]) == (set(), [PERMIT])
    state = log.value(f"chain:{EMERGENCY}").state
    assert (state.stage, state.ceiling_g, state.declared_s) == ("open", 10 * T, log.at_s)
    assert [(one.receiver, one.root, one.division) for one in state.receivers] == [(RECEIVER, PERMIT, DESTINATION.division)]
    assert log.refused(DECLARE, (AUTHORITY_51,), a_declaration(log), chain=EMERGENCY) == ["CHAIN_NOT_OPEN"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"place": Place(division="500116", address="重庆某路（虚构）")}, [("EMERGENCY_SCOPE", "body.place.division")]),
        ({"place": Place(division="519999", address="某路（虚构）")}, [("DIVISION", "body.place.division")]),
        ({"valid_to": "2026-11-04"}, [("DATE_ORDER", "body.valid_to")]),
        ({"valid_from": "2026-11-04"}, [("EMERGENCY_TERM", "body.valid_from")]),
        ({"valid_to": "2027-02-04"}, [("EMERGENCY_TERM", "body.valid_to")]),
        ({"happened_at": "2026-10-20T23:59:59+08:00"}, [("EMERGENCY_TERM", "body.happened_at")]),
        ({"happened_at": "2026-11-05T08:36:00+08:00"}, [("DATE_ORDER", "body.happened_at")]),
        ({"receivers": (NamedReceiver(receiver=RECEIVER, permit=OTHERS_PERMIT),)}, [("PERMIT_UNKNOWN", "body.receivers.0.permit")]),
        ({"receivers": (NamedReceiver(receiver=STRANGER, permit=PERMIT),)}, [("PERMIT_HOLDER", "body.receivers.0.permit")]),
        ({"wastes": (ScopeForm(category="HW31", scope="ALL", codes=("900-052-31",)),)}, [("SCOPE_FORM", "body.wastes.0.codes")]),
        ({"generators": (GENERATOR, GENERATOR)}, [("LIST_LENGTH", "body.generators")]),
        ({"ceiling_t": "0"}, [("QTY", "body.ceiling_t")]),
        ({"plan_no": "　"}, [("MISSING", "body.plan_no")]),
    ],
)  # fmt: skip
def test_what_is_declared_is_held_to_place_term_and_permits(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    log = Driver()
    assert log.reasons(DECLARE, (AUTHORITY_51,), a_declaration(log, **changes), chain=EMERGENCY) == expected


def test_the_longest_term_and_the_oldest_event_pass_and_only_an_authority_declares() -> None:
    log = Driver()
    fits = {"happened_at": "2026-10-21T00:00:00+08:00", "valid_from": "2026-11-05", "valid_to": "2027-02-03"}
    log.post(DECLARE, (AUTHORITY_51,), a_declaration(log, **fits), chain=EMERGENCY)
    own = f"emergency/{GENERATOR}/01K9000000000000000000EMR2"
    assert log.refused(DECLARE, (GENERATOR,), a_declaration(log), chain=own) == ["SIGNER_ROLE"]
    other = EMERGENCY[:-1] + "3"
    assert log.refused(DECLARE, (AUTHORITY_50,), a_declaration(log), chain=other) == ["SIGNER_ROLE"]


# --- joining and closing


def test_the_other_side_joins_once_and_brings_receivers_of_its_own() -> None:
    log = declared()
    for stranger in (AUTHORITY_51, GENERATOR, RECEIVER):
        assert log.refused(JOIN, (stranger,), a_join(log), chain=EMERGENCY) == ["SIGNER_ROLE"]
    assert log.reasons(JOIN, (AUTHORITY_50,), a_join(log, letter_date="2026-11-06"), chain=EMERGENCY) == [
        ("DATE_ORDER", "body.letter_date")
    ]
    log.lay(OTHERS_PERMIT, replace(permit(), division="511702", root=OTHERS_PERMIT))
    away = (NamedReceiver(receiver=STRANGER, permit=OTHERS_PERMIT),)
    assert log.reasons(JOIN, (AUTHORITY_50,), a_join(log, receivers=away), chain=EMERGENCY) == [
        ("EMERGENCY_SCOPE", "body.receivers.0.permit")
    ]
    assert codes(log.post(JOIN, (AUTHORITY_50,), a_join(log), chain=EMERGENCY)) == set()
    assert log.reasons(JOIN, (AUTHORITY_50,), a_join(log), chain=EMERGENCY) == [("EMERGENCY_STATE", "chain")], "once is enough"
    log.lay(OTHERS_PERMIT, replace(permit(), division="500103", root=OTHERS_PERMIT))
    log.post(JOIN, (AUTHORITY_50,), a_join(log, receivers=away), chain=EMERGENCY)
    state = log.value(f"chain:{EMERGENCY}").state
    assert [one.receiver for one in state.receivers] == [RECEIVER, STRANGER]
    assert [join.authority for join in state.joins] == [AUTHORITY_50]


def test_only_the_declaring_authority_closes_it_and_then_nothing_more_is_done() -> None:
    log = declared()
    assert log.refused(CLOSE, (AUTHORITY_50,), a_close(log), chain=EMERGENCY) == ["SIGNER_ROLE"]
    assert log.reasons(CLOSE, (AUTHORITY_51,), a_close(log, closed_on="2026-11-06"), chain=EMERGENCY) == [("DATE_ORDER", "body.closed_on")]
    assert log.reasons(CLOSE, (AUTHORITY_51,), a_close(log, closed_on="2026-11-04"), chain=EMERGENCY) == [("DATE_ORDER", "body.closed_on")]
    close(log)
    assert log.refused(CLOSE, (AUTHORITY_51,), a_close(log), chain=EMERGENCY) == ["EMERGENCY_STATE"]
    assert log.refused(JOIN, (AUTHORITY_50,), a_join(log), chain=EMERGENCY) == ["EMERGENCY_STATE"]


# --- the route


def test_an_emergency_moves_without_approval_and_says_that_the_other_side_has_not_joined() -> None:
    log = declared()
    entry = issue(log)
    assert entry.admission.decision.route == "EMERGENCY"
    assert codes(entry) == {"H:EMERGENCY_UNJOINED"}
    assert {chain for chain, _ in entry.admission.facts} >= {EMERGENCY, PERMIT}
    assert [row.account for row in entry.admission.decision.accounts] == [f"Q3 {PERMIT}"], "the site's scale is drawn as on every route"
    assert counted_g(log) == 5_600_000
    log.wait(minutes=40)
    departed = log.depart()
    assert codes(departed) == set()
    assert EMERGENCY in {chain for chain, _ in departed.admission.facts}
    log.wait(hours=4)
    log.arrive()
    received = log.receive(accepted(0, "5.6"))
    assert EMERGENCY not in {chain for chain, _ in received.admission.facts}
    assert counted_g(log) == 5_600_000


def test_a_join_ends_the_alert_and_its_term_ends_the_patience() -> None:
    log = declared()
    log.wait(days=5)
    assert why(log) == [("EMERGENCY_STATE", "body.emergency")], "five days later nothing more goes there"
    log.wait(seconds=-1)
    assert codes(issue(log)) == {"H:EMERGENCY_UNJOINED"}
    log.wait(seconds=1)
    assert log.reasons("manifest.depart/1", (GENERATOR, CARRIER), a_departure()) == [("EMERGENCY_STATE", "at")]
    log.post(JOIN, (AUTHORITY_50,), a_join(log), chain=EMERGENCY)
    assert codes(log.depart()) == set()
    assert codes(issue(log, "1", chain=manifest(2))) == set()


@pytest.mark.parametrize(
    ("declares", "issues", "expected"),
    [
        ({}, {"emergency": EMERGENCY[:-1] + "9"}, [("EMERGENCY_STATE", "body.emergency")]),
        ({}, {"emergency": None}, [("MISSING", "body.emergency")]),
        ({}, {"type": "normal"}, [("ISSUE_TYPE", "body.emergency"), ("MISSING", "body.plan")]),
        ({}, {"approval": APPROVAL, "lines": (waste(decision_line=0),)}, [("ISSUE_TYPE", "body.emergency")]),
        ({"generators": (STRANGER,)}, {}, [("EMERGENCY_SCOPE", "body.emergency")]),
        ({"wastes": (ScopeForm(category="HW31", scope="EXCEPT", codes=("900-052-31",)),)}, {}, [("EMERGENCY_SCOPE", "body.lines.0.code")]),
        ({"valid_from": "2026-11-06", "valid_to": "2026-11-20"}, {}, [("EMERGENCY_SCOPE", "body.emergency")]),
        ({"ceiling_t": "5.599999"}, {}, [("EMERGENCY_CEILING", "body.lines")]),
        ({"ceiling_t": "5.6"}, {"lines": (waste("5"), waste("0.600001"))}, [("EMERGENCY_CEILING", "body.lines")]),
    ],
)  # fmt: skip
def test_what_moves_on_it_keeps_to_what_was_declared(
    declares: dict[str, Any], issues: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert why(joined(**declares), **issues) == expected


def test_it_names_receiver_and_permit_and_what_renews_that_permit() -> None:
    log = joined()
    newer = PERMIT[:-1] + "2"
    log.lay(newer, permit())
    assert codes(issue(log, "1", permit=newer)) == set(), "one line of renewals is one permit"
    log.lay(newer, replace(permit(), root=newer))
    assert why(log, "1", permit=newer, chain=manifest(2)) == [("EMERGENCY_SCOPE", "body.receiver")]


def test_inside_a_province_nobody_joins_and_elsewhere_it_serves_not() -> None:
    log = Driver()
    log.lay(OTHERS_PERMIT, replace(permit(), division="511702", root=OTHERS_PERMIT))
    declared(log, receivers=(NamedReceiver(receiver=STRANGER, permit=OTHERS_PERMIT),))
    near = {"receiver": STRANGER, "permit": OTHERS_PERMIT, "destination": Place(division="511702", address="达州某路（虚构）")}
    entry = issue(log, **near)
    assert (entry.admission.decision.route, codes(entry)) == ("EMERGENCY", set())
    assert why(log, chain=manifest(2), approval=APPROVAL, lines=(waste(decision_line=0),), **near) == [
        ("APPROVAL_DIRECTION", "body.approval"), ("EMERGENCY_CEILING", "body.lines"),
    ]  # fmt: skip
    log.lay_site(GENERATOR, "east", "500116")
    assert why(log, "1", chain=manifest(2), origin=replace(DESTINATION, site="east")) == [
        ("EMERGENCY_SCOPE", "body.origin.division"), ("EMERGENCY_SCOPE", "body.receiver"),
    ]  # fmt: skip


# --- the ceiling


def test_what_is_voided_and_what_receipts_took_less_comes_back_and_a_gap_stays_counted() -> None:
    log = joined()
    issue(log, "6", chain=manifest(1))
    assert why(log, "5", chain=manifest(2)) == [("EMERGENCY_CEILING", "body.lines")]
    log.void(chain=manifest(1))
    assert counted_g(log) == 0
    issue(log, "6", chain=manifest(2))
    log.wait(minutes=40)
    log.depart(chain=manifest(2), vehicle=replace(TRUCK, plate="川A·E0002"), waybill_no="E2")
    log.wait(hours=4)
    log.arrive(chain=manifest(2))
    log.receive(partly(0, "4", "2"), chain=manifest(2))
    assert counted_g(log) == 4 * T
    issue(log, "6", chain=manifest(3))
    assert why(log, "0.000001", chain=manifest(4)) == [("EMERGENCY_CEILING", "body.lines")]
    log.receive(rejected(0), chain=manifest(3))
    assert counted_g(log) == 4 * T, "declined before it departed"
    issue(log, "5", chain=manifest(4))
    hashes = log.state(manifest(4)).acts
    body = acts.CaseCloseWithGap(
        trunk=acts.Trunk(seq=len(hashes) - 1, hash=hashes[-1]),
        gaps=(acts.MissingLine(line=0, mass_t="5", cause="lost"),),
        finding="遗失（虚构）",
    )
    log.post(
        "case.close_with_gap/1",
        (AUTHORITY_50, AUTHORITY_51),
        body,
        chain=f"case/{manifest(4).partition('/')[2]}/01K9000000000000000000GAP1",
    )
    assert counted_g(log) == 9 * T, "what nobody can account for moved all the same"


def test_more_than_was_issued_never_counts() -> None:
    log = joined(ceiling_t="5.6")
    issue(log)
    log.wait(minutes=40)
    log.depart()
    log.wait(hours=4)
    log.arrive()
    log.receive(accepted(0, "7"))
    assert counted_g(log) == 5_600_000


_ACT = st.tuples(st.sampled_from(["issue", "void", "receive", "decline", "close"]), st.integers(1, 6_000_000), st.integers(0, 5))


@settings(max_examples=sample(40), deadline=None)
@given(st.lists(_ACT, max_size=14))
def test_the_ceiling_is_never_exceeded_however_acts_follow_each_other(steps: list[tuple[str, int, int]]) -> None:
    """The register is the sum of what each manifest counts by its own history, and no order of acts brings it above the ceiling."""
    log = joined(ceiling_t="8")
    expected: dict[str, int] = {}
    issued: dict[str, int] = {}
    is_closed = False
    for number, (act, grams, which) in enumerate(steps):
        log.wait(minutes=10)
        chain, mass_t = manifest(number), f"{grams / T:.6f}"
        live = sorted(issued)
        try:
            if act == "issue":
                issue(log, mass_t, chain=chain)
                issued[chain] = expected[chain] = grams
                assert not is_closed
            elif act == "close":
                close(log)
                is_closed = True
            elif live:
                known = live[which % len(live)]
                if act == "void":
                    log.void(chain=known)
                    expected[known] = 0
                elif act == "decline":
                    log.receive(rejected(0), chain=known)
                    expected[known] = 0
                else:
                    log.receive(accepted(0, mass_t), chain=known)  # never recorded as departed: a fact all the same
                    expected[known] = min(issued[known], grams)
        except Refusal as refusal:
            wrong = {reason.code for reason in refusal.reasons}
            assert wrong <= {"EMERGENCY_CEILING", "EMERGENCY_STATE", "ACT_NOT_OPEN", "VOID_LATE"}, wrong
            if wrong == {"EMERGENCY_CEILING"}:
                assert sum(expected.values()) + grams > 8 * T, "refused though it fits"
        assert counted_g(log) == sum(expected.values()) <= 8 * T


# --- its end


def test_a_close_stops_issue_and_departure_and_lets_go_on_what_is_on_the_road() -> None:
    log = joined()
    issue(log, "2", chain=manifest(1))
    issue(log, "3", chain=manifest(2))
    log.wait(minutes=40)
    log.depart(chain=manifest(1), vehicle=replace(TRUCK, plate="川A·E0001"), waybill_no="E1")
    before_s = log.at_s
    log.wait(minutes=30)
    close(log)
    log.wait(minutes=5)
    assert why(log, "1", chain=manifest(3)) == [("EMERGENCY_STATE", "body.emergency")]
    late = {"vehicle": replace(TRUCK, plate="川A·E0002"), "waybill_no": "E2", "gate": labels_of("20261104")}
    assert log.reasons("manifest.depart/1", (GENERATOR, CARRIER), replace(a_departure(), **late), chain=manifest(2)) == [
        ("EMERGENCY_STATE", "at")
    ]
    overtaken = log.post(
        "manifest.depart/1", (GENERATOR, CARRIER), replace(a_departure(), **late), chain=manifest(2), at=format_at(before_s + 60)
    )
    assert codes(overtaken) == {"H:OVERTOOK"}, "it had left before the close was entered"
    log.wait(hours=4)
    for number in (1, 2):
        log.arrive(chain=manifest(number))
        log.receive(accepted(0, "2" if number == 1 else "3"), chain=manifest(number))
    assert counted_g(log) == 5 * T


def test_a_departure_after_the_last_day_is_refused() -> None:
    log = joined(valid_to="2026-11-05")
    issue(log)
    log.wait(days=1)
    assert log.reasons("manifest.depart/1", (GENERATOR, CARRIER), a_departure()) == [("EMERGENCY_STATE", "at")]


# --- back-fills


def _paper(departed_at: str, completed_at: str) -> PaperManifest:
    scan = File(sha256="ab" * 32, size=1000, media_type="image/png", name="scan.png")
    return PaperManifest(reason="应急处置现场使用纸质联单（虚构）", departed_at=departed_at, completed_at=completed_at, scan=scan)


def test_a_backfill_is_judged_by_the_emergency_of_the_day_on_paper() -> None:
    log = joined()
    log.wait(days=2)
    close(log)
    log.wait(hours=1)
    paper = _paper("2026-11-06T10:00:00+08:00", "2026-11-06T15:00:00+08:00")
    entry = issue(log, "4", type="backfill_emergency", paper=paper)
    assert entry.admission.decision.route == "EMERGENCY"
    assert codes(entry) == {"BACKFILL", "H:BACKFILL_PAST"}, "today it is closed: only the paper says that it left then"
    assert counted_g(log) == 4 * T
    early = _paper("2026-11-04T10:00:00+08:00", "2026-11-04T15:00:00+08:00")
    assert why(log, "1", type="backfill_emergency", paper=early, chain=manifest(2)) == [("EMERGENCY_SCOPE", "body.emergency")]
    late = _paper("2026-11-07T08:31:00+08:00", "2026-11-07T09:00:00+08:00")
    assert why(log, "1", type="backfill_emergency", paper=late, chain=manifest(2)) == [("EMERGENCY_STATE", "body.emergency")]
    assert why(log, "1", type="backfill_emergency", chain=manifest(2)) == [("EMERGENCY_STATE", "body.emergency"), ("MISSING", "body.paper")]


def test_event_wastes_are_exempt_on_an_emergency_alone() -> None:
    log = joined()
    plan = ExemptionClaim(edition=2025, item=24, ref="龙府应〔2026〕3号（虚构）")
    assert codes(issue(log, lines=(waste("1", exemptions=(plan,)),))) == {"EXEMPT_TRANSPORT", "EXEMPT_USE", "EXEMPT_DISPOSAL"}
    assert why(log, lines=(waste("1", exemptions=(replace(plan, ref=None),)),), chain=manifest(2)) == [
        ("EXEMPTION_ITEM", "body.lines.0.exemptions.0")
    ]
    assert log.reasons("manifest.issue/1", (GENERATOR,), an_issue(lines=(a_line(exemptions=(plan,)),)), chain=manifest(3)) == [
        ("EXEMPTION_ITEM", "body.lines.0.exemptions.0")
    ], "on a decision it is no event"
