"""Any acts and corrections in any order: accounts are what manifests hold, the view is the log, grams are conserved, quota comes back by authorities alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hypothesis import given
from hypothesis import strategies as st

from ledger.admission.entry import Entry
from manifests import acts
from manifests.model import ManifestState, Stage
from manifests.planned import counted_g
from manifests.returned import kept_g
from signing.refusal import Refusal
from tests.manifests.amending import CONSENT, PROPOSE, a_proposal, case, trunk, viewed
from tests.manifests.driver import CARRIER, GENERATOR, Q2, Q3, RECEIVER, Driver, a_line, accepted, partly, rejected
from tests.workbench import AUTHORITY_50, AUTHORITY_51

PARTIES = (GENERATOR, RECEIVER, CARRIER, AUTHORITY_50, AUTHORITY_51)
OFFICES = (AUTHORITY_50, AUTHORITY_51)
MASSES = ("0", "1", "2.5", "5.6", "7", "56")
FIELDS = {
    "lines.0.mass_t": MASSES,
    "loaded.0.mass_t": MASSES,
    "received.0.accepted_t": MASSES,
    "received.0.refused_t": (*MASSES, ""),
    "received.0.opinion": ("accept", "partly", "reject"),
    "received.0.reason_code": ("label",),
    "fates.0.mass_t": MASSES,
    "fates.1.mass_t": MASSES,
    "lines.0.method": ("R4", "R9"),
    "insurance_no": ("A", "B", ""),
    "lines.0.plan_line": ("0", "1", "2"),
    "plan.site": ("east", ""),
}
WANTED = (Stage.ACCEPTED, Stage.PARTLY_ACCEPTED, Stage.REJECTED, Stage.DISPOSED)

Act = Callable[[Driver], Entry]
DEPARTURES: tuple[Act, ...] = (
    lambda log: log.depart(),
    lambda log: log.depart(loaded=(acts.LoadedLine(line=0, mass_t="7"),)),
)
RECEIPTS: tuple[Act, ...] = (
    lambda log: log.receive(accepted(0, "5.6")),
    lambda log: log.receive(accepted(0, "56")),
    lambda log: log.receive(partly(0, "5", "0.6")),
    lambda log: log.receive(rejected(0)),
)
LATER: tuple[Act, ...] = (
    lambda log: log.dispose((0, "R4", "1")),
    lambda log: log.dispose((0, "R4", f"{log.state().lines[0].stock_g / 1e6:.6f}")),
    lambda log: log.verify(),
)
TOGETHER = (
    {"received.0.opinion": "reject", "received.0.accepted_t": "0", "received.0.refused_t": "5.6", "received.0.reason_code": "label"},
    {"received.0.opinion": "accept", "received.0.accepted_t": "5.6", "received.0.refused_t": ""},
    {"received.0.opinion": "partly", "received.0.accepted_t": "2.5", "received.0.refused_t": "1", "received.0.reason_code": "label"},
    {"received.0.accepted_t": "2.5", "fates.0.mass_t": "2.5"},
    {"received.0.accepted_t": "7"},
    {"lines.0.mass_t": "2.5"},
    {"lines.0.mass_t": "7"},
    {"loaded.0.mass_t": "2.5"},
    {"loaded.0.mass_t": "56"},
    {"fates.0.mass_t": "0.5"},
    {"lines.0.method": "R9", "fates.0.method": "R9"},
    {"insurance_no": "A"},
    {"lines.0.plan_line": "1"},
    {"lines.0.plan_line": "0", "plan.site": "east"},
    {"plan.site": "west"},
    {"plan.site": ""},
)
"""Corrections that make sense somewhere; others are drawn from FIELDS."""


def held(state: ManifestState) -> dict[str, int]:
    return {account: grams for account, grams in state.drawn.items() if grams}


def check(log: Driver, before: dict[str, int], entry: Entry) -> None:
    """What holds after every entry."""
    state = log.state()
    used = {account: grams for account in (Q2, Q3) if (grams := log.used_g(account))}
    assert used == held(state)
    moved: dict[str, int] = {}
    for one in log.entries:
        for row in one.admission.decision.accounts:
            moved[row.account] = moved.get(row.account, 0) + row.after_g - row.before_g
    assert {account: grams for account, grams in moved.items() if grams} == used
    assert viewed(log).state == log.own_state()
    planned = {key: grams for key in log.stored if key.startswith("plan-used:") and (grams := log.value(key))}
    assert planned == {key: grams for key, grams in counted_g(state).items() if grams}
    for line in state.lines:
        assert line.stock_g >= 0
        assert sum(fate.mass_g for fate in state.fates) == line.disposed_g
        if state.times.received_s is not None:
            assert used.get(Q3, 0) == (line.accepted_g or 0)
    if state.stage in WANTED:
        line = state.lines[0]
        whole = line.stock_g == 0 and line.opinion != "reject"
        by_opinion = {"accept": Stage.ACCEPTED, "partly": Stage.PARTLY_ACCEPTED, "reject": Stage.REJECTED}[line.opinion or ""]
        assert state.stage is (Stage.DISPOSED if whole else by_opinion)
    if state.stage in (Stage.CLOSED, Stage.CLOSED_REJECTED):
        assert not any(kept_g(state, ()))
    if entry.statement.kind.startswith("case.") and any(used.get(account, 0) < grams for account, grams in before.items()):
        agreed = log.value(f"chain:{entry.statement.chain}").state.proposal
        assert set(agreed.given) & set(OFFICES), "quota came back without an authority"


@given(st.data())
def test_any_corrections_in_any_order_keep_the_books(data: st.DataObject) -> None:
    log = Driver()
    for site in ("", "east"):
        log.lay_plan("5", "100", site=site)
        log.lay_site(GENERATOR, site or "west", "510112")
    log.issue(lines=(a_line(plan_line=0),))
    data.draw(st.sampled_from(DEPARTURES))(log)
    later = [data.draw(st.sampled_from(RECEIPTS))] if data.draw(st.booleans()) else []
    for number in range(data.draw(st.integers(3, 10))):
        log.wait(minutes=10)
        if later or data.draw(st.integers(0, 3)) == 0:
            _act(log, later.pop() if later else data.draw(st.sampled_from((*LATER, *RECEIPTS))))
        else:
            _correct(log, data, number)


def _act(log: Driver, act: Act) -> None:
    before = held(log.state())
    try:
        check(log, before, act(log))
    except Refusal:
        assert held(log.state()) == before


def _correct(log: Driver, data: st.DataObject, number: int) -> None:
    """A proposal of a few fields by somebody, and everybody's consent in any order; whatever is refused leaves nothing behind."""
    is_received = log.state().times.received_s is not None
    fitting = [wanted for wanted in TOGETHER if is_received or not any(path.startswith(("received.", "fates.")) for path in wanted)]
    wanted: Mapping[str, str] = data.draw(
        st.one_of(
            st.sampled_from(fitting),
            st.sampled_from(sorted(FIELDS)).flatmap(lambda path: st.sampled_from(FIELDS[path]).map(lambda text: {path: text})),
        )
    )
    changes = [(path, now_of(log, path), quoted(path, text)) for path, text in wanted.items()]
    changes = [change for change in changes if change[1] != change[2]]
    order = data.draw(st.permutations(PARTIES))
    for by in order:
        before = held(log.state())
        try:
            check(log, before, log.post(PROPOSE, (by,), a_proposal(log, *changes), chain=case(number)))
            break
        except Refusal:
            assert held(log.state()) == before
    else:
        return
    for by in order:
        before = held(log.state())
        try:
            check(log, before, log.post(CONSENT, (by,), acts.AmendConsent(trunk=trunk(log)), chain=case(number)))
        except Refusal:
            assert held(log.state()) == before


def quoted(path: str, text: str) -> str:
    if path.endswith(".plan_line"):
        return text
    return f'"{text}"' if text else ""


def now_of(log: Driver, path: str) -> str:
    """What stands there, as the state and the overlay know it; another text is refused as stale, which is a step too."""
    overlay = {} if (cases := log.value(f"manifest-cases:{log.entries[0].statement.chain}")) is None else cases.overlay
    if path in overlay and not path.startswith(("fates.", "loaded.")):
        return str(overlay[path])
    state = log.state()
    line = state.lines[0]
    known: dict[str, int | None] = {
        "lines.0.mass_t": line.declared_g,
        "loaded.0.mass_t": line.loaded_g,
        "received.0.accepted_t": line.accepted_g,
        "received.0.refused_t": line.refused_g if line.opinion == "partly" else None,
        **{f"fates.{number}.mass_t": fate.mass_g for number, fate in enumerate(state.fates)},
    }
    if path in known:
        grams = known[path]
        return "" if grams is None else f'"{grams / 1e6:.6f}"'
    reason = "packing" if line.opinion in ("partly", "reject") else ""
    words = {
        "fates.0.method": state.fates[0].method if state.fates else "",
        "received.0.opinion": line.opinion or "",
        "received.0.reason_code": reason,
        "lines.0.method": line.method,
        "plan.site": "" if state.plan is None else state.plan.site,
    }
    if path == "lines.0.plan_line":
        return str(line.plan_line)
    return quoted(path, words.get(path, ""))
