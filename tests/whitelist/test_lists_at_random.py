"""Random acts on a list in force, held against a model that knows nothing of the code: numbers never move, nothing fits beyond a row, stops stop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.whitelist.acts import application, applied, decision
from tests.whitelist.acts import post as post_approval
from tests.whitelist.driver import CHONGQING, GENERATOR, LIST, SICHUAN, Log, ulid
from tests.whitelist.listing_bench import LEAD, lead, post
from tests.whitelist.test_list_status import LETTER, act, in_force, suspend
from whitelist.acts.decide import DecidedLine
from whitelist.acts.list_amend import EndedRow, ListAmend, RowQuota
from whitelist.acts.list_confirm import ListConfirm
from whitelist.acts.list_exceed_consent import ListExceedConsent
from whitelist.approval import ListingRef

SIDES = (SICHUAN, CHONGQING)
CODE = "900-052-31"
ROWS = st.sampled_from([0, 0, 0, 1, 1, 2, 3])
SOME = st.none() | ROWS
TONNES = st.integers(1, 12)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("suspend"), st.sampled_from(SIDES), SOME),
        st.tuples(st.sampled_from(["resume", "remove"]), st.sampled_from(SIDES), SOME),
        st.tuples(st.just("confirm"), st.sampled_from(SIDES), st.integers(0, 3)),
        st.tuples(st.just("quota"), st.sampled_from(SIDES), ROWS, TONNES, st.integers(-3, 3)),
        st.tuples(st.just("end"), st.sampled_from(SIDES), ROWS, st.integers(-3, 3)),
        st.tuples(st.just("add"), st.sampled_from(SIDES), st.integers(0, 3), TONNES),
        st.tuples(st.just("consent"), st.just(CHONGQING), ROWS, TONNES, st.booleans()),
        st.tuples(st.just("decide"), st.just(SICHUAN), ROWS, TONNES, st.booleans()),
        st.tuples(st.just("wait"), st.just(SICHUAN), st.integers(1, 3)),
    ),
    min_size=6,
    max_size=24,
)


@dataclass
class Row:
    """What is known of a row: how it stands, its quotas by day in order of force, its last day, its extras, what decisions hold of it."""

    status: str
    quotas: list[tuple[int, int]]
    last: int = 999
    extras: list[tuple[str, int]] = field(default_factory=list)
    held: dict[str, int] = field(default_factory=dict)

    def quota(self, day: int) -> int:
        return [tonnes for since, tonnes in self.quotas if since <= day][-1]

    def fits(self, day: int) -> bool:
        """Kinds §15: what an application holds fills its own extra first; the rest of it and everybody else's stay within quota and extras."""
        own: dict[str, int] = {}
        for name, tonnes in self.extras:
            own[name] = own.get(name, 0) + tonnes
        rest = sum(max(0, tonnes - own.get(name, 0)) for name, tonnes in self.held.items())
        return rest <= self.quota(day) + own.get("", 0)


class Model:
    """The list by itself: 3 March 2026 is day 0."""

    def __init__(self) -> None:
        self.rows = [Row("ACTIVE", [(-99, 10)]) for _ in range(3)]
        self.pending: list[tuple[str, tuple[Any, ...]]] = []
        self.gone = False
        self.day = 0

    def reached(self, row: int | None) -> list[Row]:
        return self.rows if row is None else self.rows[row : row + 1]

    def may(self, kind: str, row: int | None) -> bool:
        before = {"suspend": ("ACTIVE",), "resume": ("SUSPENDED",), "remove": ("ACTIVE", "SUSPENDED")}[kind]
        return any(one.status in before for one in self.reached(row))

    def apply(self, what: tuple[Any, ...]) -> None:
        kind, *args = what
        match kind:
            case "suspend" | "resume" | "remove":
                after = {"suspend": "SUSPENDED", "resume": "ACTIVE", "remove": "REMOVED"}[kind]
                for one in self.reached(args[0]):
                    one.status = one.status if one.status == "REMOVED" else after
                self.gone |= kind == "remove" and args[0] is None
            case "quota":
                self.rows[args[0]].quotas.append((max(self.day, args[2]), args[1]))
            case "end":
                self.rows[args[0]].last = min(self.rows[args[0]].last, max(args[1], self.day - 1))
            case "add":
                self.rows.append(Row("ACTIVE", [(-99, args[1])]))
        self.pending = [
            (who, one) for who, one in self.pending if not self.gone and (one[0] not in ("resume", "remove") or self.may(one[0], one[1]))
        ]

    def wait(self, who: str, what: tuple[Any, ...]) -> None:
        def same(one: tuple[Any, ...]) -> bool:
            both = (one[0], what[0])
            return both[0] == both[1] and one[1] == what[1] if what[0] in ("resume", "remove") else one[0] not in ("resume", "remove")

        self.pending = [(by, one) for by, one in self.pending if not (by == who and same(one))] + [(who, what)]


def day_text(day: int) -> str:
    return f"2026-03-{3 + day:02d}" if day >= -2 else f"2026-02-{31 + day:02d}"


def amendment(what: tuple[Any, ...]) -> ListAmend:
    kind, *args = what
    own: dict[str, Any] = {"effective_from": "2026-01-01", **LETTER}
    if kind == "quota":
        return ListAmend(**{**own, "effective_from": day_text(args[2])}, quota=(RowQuota(row=args[0], quota_t=str(args[1])),))
    if kind == "end":
        return ListAmend(**own, end=(EndedRow(row=args[0], on=day_text(args[1]), reason="停产（虚构）"),))
    return ListAmend(**own, add=(lead(f"421-00{args[0] + 1}-31", quota_t=str(args[1])),))


@given(ACTS)
def test_a_list_does_what_its_acts_say_and_nothing_else(steps: list[tuple[Any, ...]]) -> None:
    log, model = in_force(), Model()
    log.at("2026-03-03 09:00")
    first = ListAmend(effective_from="2026-01-01", quota=tuple(RowQuota(row=row, quota_t="10") for row in range(3)), **LETTER)
    post(log, "amend", first)
    assert post(log, "confirm", ListConfirm(act=log.state(LIST).life.pending[0].act, **LETTER), CHONGQING) == []
    added = set[int]()
    for number, (kind, by, *args) in enumerate(steps):
        before = log.state(LIST)
        _step(log, model, number, kind, by, args, added)
        state = log.state(LIST)
        assert state.rows[: len(before.rows)] == before.rows, "a number never means another row"
        assert len(state.rows) == len(model.rows)
        assert [state.status_at(row, log.now) for row in range(len(state.rows))] == [one.status for one in model.rows]
        assert [state.quota_g(row, day_text(model.day)) // 10**6 for row in range(len(state.rows))] == [
            one.quota(model.day) for one in model.rows
        ]
        assert len(state.life.pending) == len(model.pending)
        held = [sum(one.held.values()) for one in model.rows]
        assert [log.used(f"Q1 {LIST} {row}") // 10**6 for row in range(len(state.rows))] == held


def _step(log: Log, model: Model, number: int, kind: str, by: str, args: list[Any], added: set[int]) -> None:
    """One act, in the log and in the model, which agree whether it is admitted."""
    if kind == "wait":
        model.day += args[0]
        log.at(f"{day_text(min(model.day, 27))} 09:00")
        model.day = min(model.day, 27)
        return
    known = kind in ("confirm", "add") or args[0] is None or args[0] < len(model.rows)
    if kind == "suspend":
        is_good = not model.gone and known and model.may(kind, args[0])
        assert (post(log, kind, suspend(args[0]), by) == []) == is_good
        if is_good:
            meets = (args[0],)
            model.pending = [
                (who, one) for who, one in model.pending if not (one[0] == "resume" and (None in (one[1], *meets) or one[1] == args[0]))
            ]
            model.apply((kind, args[0]))
    elif kind in ("resume", "remove"):
        is_good = not model.gone and known and model.may(kind, args[0])
        assert (post(log, kind, act(args[0]), by) == []) == is_good
        if is_good:
            model.wait(by, (kind, args[0]))
    elif kind == "confirm":
        waiting = log.state(LIST).life.pending
        if not waiting:
            return
        place = args[0] % len(waiting)
        who, what = model.pending[place]
        is_good = who != by and not (what[0] == "add" and what[1] in added)
        assert (post(log, "confirm", ListConfirm(act=waiting[place].act, **LETTER), by) == []) == is_good
        if is_good:
            model.pending.pop(place)
            model.apply(what)
            added |= {what[1]} if what[0] == "add" else set()
    elif kind in ("quota", "end", "add"):
        what = (kind, args[0], *args[1:]) if kind != "quota" else (kind, args[0], args[1], model.day + args[2])
        what = (kind, args[0], model.day + args[1]) if kind == "end" else what
        is_good = not model.gone and known and not (kind == "add" and args[0] in added)
        assert (post(log, "amend", amendment(what), by) == []) == is_good
        if is_good:
            model.wait(by, what)
    elif kind == "consent":
        chain = f"approval/{GENERATOR}/{ulid(500)}" if args[2] else ""
        body = ListExceedConsent(row=args[0], extra_t=str(args[1]), approval=chain or None, asked_no="x", asked_date="2025-12-19", **LETTER)
        is_good = not model.gone and known
        assert (post(log, "exceed_consent", body, by) == []) == is_good
        if is_good:
            model.rows[args[0]].extras.append((chain, args[1]))
    else:
        _decide(log, model, number, args, known=known)


def _decide(log: Log, model: Model, number: int, args: list[Any], *, known: bool) -> None:
    """An application for a row, and its decision; the one application that has an extra of its own comes once."""
    row, tonnes, is_named = args
    chain = f"approval/{GENERATOR}/{ulid(500 if is_named else 600 + number)}"
    if not known or row > 2 or log.state(chain) is not None:
        return
    line = applied(code=LEAD[row], hazards=("T",), mass_t=str(tonnes), listing=ListingRef(list=LIST, row=row))
    assert post_approval(log, "apply", application(line), GENERATOR, chain) == []
    one = model.rows[row]
    one.held[chain] = tonnes
    is_good = one.status == "ACTIVE" and model.day <= one.last and one.fits(model.day)
    if not is_good:
        del one.held[chain]
    body = decision(lines=(DecidedLine(line=0, mass_t=str(tonnes)),))
    found = post_approval(log, "decide", body, SICHUAN, chain)
    assert (found == []) == is_good, found
