"""Whatever a Struct can hold, the check and the kinds answer; they never raise."""

from __future__ import annotations

from random import Random
from typing import Any, get_args

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.rulebook import RULES as BELOW
from signing.payload import REASON_LIMIT
from tests.sample import sample
from tests.whitelist.acts import BATTERY, PAPER, application, applied, decision, grant, line, listed, propose, row, transfer, with_permit
from tests.whitelist.driver import APPROVAL, GENERATOR, LIST, PERMIT, RECEIVER, Log, Refusing, ulid
from whitelist.acts import RULES
from whitelist.acts.consult import ApprovalConsult, ApprovalReply
from whitelist.acts.decide import DecidedLine
from whitelist.acts.list_propose import ListCountersign
from whitelist.acts.list_rows import ListRows
from whitelist.acts.permit import PermitAmend
from whitelist.acts.permit_status import PermitChange
from whitelist.approval import ListingRef
from whitelist.fields import Lot, PermitItem, Place, Scope
from whitelist.transfer import Contract, DangerousGoods, ExemptionClaim, Meters, PaperDecision, PaperManifest, Pieces, PlanRef, TransferType

CODES = set(RULES) | set(BELOW)
NAMES = [
    GENERATOR,
    RECEIVER,
    PERMIT,
    APPROVAL,
    LIST,
    f"permit/{GENERATOR}/{ulid(4)}",
    "log/main",
    "list/2026-51-50-x",
    BATTERY,
    "900-000-31",
]
WORDS = [
    "510112",
    "500116",
    "HW31",
    "HW49",
    "T",
    "C",
    "R4",
    "D1",
    "S",
    "box",
    "t",
    "road",
    "sea",
    "2026-12-31",
    "5.6",
    "0",
    "20265101000123",
    "ALL",
]
TEXT = st.sampled_from(NAMES + WORDS) | st.text(max_size=20)
NUMBER = st.integers(-(2**53) + 1, 2**53 - 1) | st.integers(-1, 3)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
HOW = st.sampled_from(["ALL", "INCLUDE", "EXCEPT"])


def changed(body: Any, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A good body with any of its fields replaced by anything of its type."""
    return st.fixed_dictionaries({}, optional=fields).map(lambda changes: replace(body, **changes))


CLAIM = st.builds(ExemptionClaim, edition=st.sampled_from([2021, 2025]), item=NUMBER, ref=st.none() | TEXT)
PLACES = st.builds(Place, division=TEXT, address=TEXT, site=st.none() | TEXT)
TIMES = TEXT | st.sampled_from(
    [
        "2026-11-01T08:00:00+08:00",
        "2025-12-30T08:00:00+08:00",
        "2020-01-01T00:00:00Z",
        "9999-12-31T23:59:59+08:00",
        "0001-01-02T00:00:00+00:00",
    ]
)
LINES = changed(
    line(),
    name=TEXT,
    code=TEXT,
    category=TEXT,
    hazards=TEXTS,
    components=TEXT,
    form=TEXT,
    packing=TEXT,
    packs=NUMBER,
    mass_t=TEXT,
    pieces=st.none() | st.builds(Pieces, count=NUMBER, unit=TEXT),
    method=TEXT,
    purpose=st.none() | TEXT,
    decision_line=st.none() | NUMBER,
    precautions=st.none() | TEXT,
    dg=st.none() | st.builds(DangerousGoods, un_no=TEXT, dg_class=TEXT),
    dg_none=st.none() | TEXT,
    identification=st.none() | TEXT,
    exemptions=st.lists(CLAIM, max_size=4).map(tuple),
    lots=st.lists(st.builds(Lot, manifest=TEXT, line=NUMBER, mass_t=TEXT), max_size=1).map(tuple),
)
TRANSFERS = changed(
    transfer(),
    type=st.sampled_from([*get_args(get_args(TransferType)[0]), "x"]),
    generator=TEXT,
    origin=PLACES,
    receiver=TEXT,
    destination=PLACES,
    consignor=TEXT,
    carriers=TEXTS,
    mode=TEXT,
    permit=st.none() | TEXT,
    approval=st.none() | TEXT,
    decision=st.none() | st.builds(PaperDecision, no=TEXT, authority=TEXT, decided_on=TIMES, valid_to=TIMES),
    number=st.none() | TEXT,
    planned_at=st.none() | TIMES,
    plan=st.none() | st.builds(PlanRef, filing_no=TEXT, site=st.none() | TEXT),
    contract=st.none() | st.builds(Contract, no=TEXT, valid_to=TIMES),
    paper=st.none() | st.builds(PaperManifest, reason=TEXT, departed_at=TIMES, completed_at=TIMES, scan=st.just(PAPER.scan)),
    meters=st.none() | st.builds(Meters, out_no=TEXT, in_no=TEXT, period_from=TIMES, period_to=TIMES),
    emergency_measures=st.none() | TEXT,
    lines=st.lists(LINES, max_size=3).map(tuple),
)
LOG = listed()


@given(TRANSFERS)
@settings(max_examples=sample(600), deadline=None, derandomize=True)
def test_the_check_answers_any_transfer_with_codes_that_have_texts(one: Any) -> None:
    answer = LOG.ask(one)
    codes = {reason.code for reason in answer.reasons} | {code for _, code in answer.alerts} | {tag[0] for tag in answer.tags}
    assert codes <= CODES
    assert all(reason.field for reason in answer.reasons)
    assert all(grams > 0 for grams in answer.draws.values())


@given(TRANSFERS, st.randoms(use_true_random=False))
@settings(max_examples=sample(200), deadline=None, derandomize=True)
def test_the_order_of_lines_changes_no_code(one: Any, random: Random) -> None:
    lines = list(one.lines)
    random.shuffle(lines)
    # A body out of form in more places than are told is told about the first ones.
    straight, shuffled = (LOG.ask(body) for body in (one, replace(one, lines=tuple(lines))))
    assume(len(straight.reasons) < REASON_LIMIT)
    assert {reason.code for reason in straight.reasons} == {reason.code for reason in shuffled.reasons}
    assert (straight.route, straight.draws, straight.tags, straight.alerts) == (
        shuffled.route,
        shuffled.draws,
        shuffled.tags,
        shuffled.alerts,
    )


SCOPE = st.builds(Scope, category=TEXT, scope=HOW, codes=TEXTS)
ITEM = st.builds(PermitItem, category=TEXT, scope=HOW, codes=TEXTS, methods=TEXTS)
ITEMS = st.lists(ITEM, max_size=2).map(tuple)
ROWS = st.lists(changed(row(), receiver=TEXT, permit=TEXT, waste=SCOPE, methods=TEXTS, quota_t=TEXT), max_size=2).map(tuple)
REF = st.none() | st.builds(ListingRef, list=TEXT, row=NUMBER)
APPLIED = changed(
    applied(), name=TEXT, code=TEXT, category=TEXT, hazards=TEXTS, mass_t=TEXT, method=TEXT, listing=REF, identification=st.none() | TEXT
)
ACTS = st.one_of(
    st.tuples(
        st.just(("permit.grant/1", f"permit/{RECEIVER}/{ulid(8)}")),
        changed(grant(), no=TEXT, valid_from=TEXT, valid_to=TEXT, division=TEXT, items=ITEMS, scale_t=TEXT),
    ),
    st.tuples(
        st.just(("permit.amend/1", PERMIT)),
        changed(PermitAmend(reason="x"), no=TEXT, valid_from=TEXT, valid_to=TEXT, division=TEXT, items=ITEMS, scale_t=TEXT),
    ),
    st.tuples(
        st.sampled_from([("permit.suspend/1", PERMIT), ("permit.resume/1", PERMIT), ("permit.revoke/1", PERMIT)]),
        st.builds(PermitChange, reason=TEXT),
    ),
    st.tuples(
        st.just(("list.propose/1", "list/2026-51-50-new")),
        changed(propose(), letter_no=TEXT, letter_date=TEXT, effective_from=TEXT, effective_to=TEXT, rows=NUMBER, pages=NUMBER),
    ),
    st.tuples(st.just(("list.rows/1", LIST)), st.builds(ListRows, page=NUMBER, rows=ROWS)),
    st.tuples(st.just(("list.countersign/1", LIST)), st.builds(ListCountersign, rows_hash=TEXT, letter_no=TEXT, letter_date=TEXT)),
    st.tuples(
        st.just(("approval.apply/1", f"approval/{GENERATOR}/{ulid(8)}")),
        changed(application(), receiver=TEXT, permit=TEXT, origin=TEXT, applied_to=TEXT, lines=st.lists(APPLIED, max_size=2).map(tuple)),
    ),
    st.tuples(st.just(("approval.consult/1", APPROVAL)), st.builds(ApprovalConsult, letter_no=TEXT, letter_date=TEXT)),
    st.tuples(
        st.just(("approval.reply/1", APPROVAL)),
        st.builds(ApprovalReply, letter_no=TEXT, letter_date=TEXT, agree=st.booleans(), reason=st.none() | TEXT),
    ),
    st.tuples(
        st.just(("approval.decide/1", APPROVAL)),
        changed(
            decision(),
            approve=st.booleans(),
            no=TEXT,
            valid_to=st.none() | TEXT,
            lines=st.lists(st.builds(DecidedLine, line=NUMBER, mass_t=TEXT), max_size=3).map(tuple),
            reason=st.none() | TEXT,
        ),
    ),
)


def application_log() -> Log:
    """A permit, a list with its rows but no countersignature, and an application."""
    log = with_permit()
    log.post("list.propose/1", LIST, propose(rows=2, pages=2), AUTHORITIES[0])
    log.post("approval.apply/1", APPROVAL, application(), GENERATOR)
    return log


AUTHORITIES = ("915101000000FX037W", "915117000000FX061Q")


@given(ACTS, st.sampled_from([*AUTHORITIES, GENERATOR, RECEIVER]), st.booleans())
@settings(max_examples=sample(1500), deadline=None, derandomize=True)
def test_every_kind_answers_any_body_with_codes_that_have_texts(act: Any, by: str, decided: bool) -> None:
    (kind, chain), body = act
    log = listed() if decided else application_log()
    try:
        admission = log.post(kind, chain, body, by)
        codes = {tag[0] for tag in admission.decision.tags} | {code for _, code in admission.decision.alerts}
    except Refusing as refused:
        codes = set(refused.codes)
    assert codes <= CODES
