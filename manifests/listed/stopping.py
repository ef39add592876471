"""What a suspension of a list's rows would do now, over HTTP: what stops, what goes on, what the signer may want to hold beside it.

Counted of what the log has, by the conditions that the list itself has set (``suspension_stops``): nothing is assumed of what nobody has signed. A
truck on the road always arrives and is received; what is issued leaves unless the list stops departures. Source: 2020 mechanism 5 [READ S6];
R-37; kinds §1.3, §4.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from ledger.answers import ChangedParty
from ledger.mass import format_mass
from ledger.model import Facts
from manifests.listed.decided import DecidedRows, rows_of
from manifests.model import Stage
from manifests.view import ManifestView
from whitelist.approval import ApprovalState, approval_at
from whitelist.listing import ListState
from whitelist.quota import q2_account
from whitelist.rules.listing import COVERED

OPEN_STAGES = (Stage.ISSUED, Stage.IN_TRANSIT, Stage.ARRIVED)
"""Stages of loads that a suspension finds on their way."""


class StoppedDecision(Struct, frozen=True, gc=False, kw_only=True):
    """A decision of which lines were given on the rows, in force today."""

    approval: str
    generator: str
    receiver: str
    no: str
    valid_to: str
    lines: tuple[int, ...]
    left_t: str
    """Of these lines, not drawn by manifests."""


class StoppedApplication(Struct, frozen=True, gc=False, kw_only=True):
    """An application that is not decided yet and names one of the rows."""

    approval: str
    generator: str
    stage: str


class StoppedLoad(Struct, frozen=True, gc=False, kw_only=True):
    """A manifest that is issued, on the road or at the gate, with what of it goes on the rows."""

    id: str
    """``<generator>/<ULID>``."""
    number: str | None
    stage: str
    generator: str
    receiver: str
    plates: tuple[str, ...]
    mass_t: str


class StopEffect(Struct, frozen=True, gc=False, kw_only=True):
    """What a suspension signed now would do, of a log of ``size`` entries at ``at``."""

    size: int
    at: str
    list: str
    row: int | None
    """``None``: every row in force."""
    rows: tuple[int, ...]
    """Those that are in force and would stop."""
    suspension_stops: str
    stops_issue: bool
    """Whether nothing more is issued on decisions that were given on the rows; else they go on and every issue raises an alert."""
    stops_departure: bool
    """Whether what is issued may not leave."""
    decisions: tuple[StoppedDecision, ...]
    generators: tuple[str, ...]
    """Of these decisions, each once."""
    applications: tuple[StoppedApplication, ...]
    """They cannot be decided on the rows; by letter they can."""
    on_road: tuple[StoppedLoad, ...]
    """In transit: they arrive and are received as ever."""
    at_gate: tuple[StoppedLoad, ...]
    """Arrived and not received."""
    issued: tuple[StoppedLoad, ...]
    """Issued and not departed."""
    is_whole: bool
    """Whether all loads were looked at."""
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above (whitelist.names)."""
    changed: dict[str, ChangedParty] = field(default_factory=dict)
    """Of the parties above those renamed or closed since."""


def stopping_rows(state: ListState, row: int | None, now_s: int) -> tuple[int, ...]:
    """The rows that a suspension would stop: those in force at a moment."""
    numbers = range(len(state.rows)) if row is None else (row,)
    return tuple(number for number in numbers if state.row(number) is not None and state.status_at(number, now_s) == "ACTIVE")


def stopped_decisions(facts: Facts, decided: DecidedRows, today: str) -> list[StoppedDecision]:
    """Decisions in force on a day with their lines on the rows; the approvals and their accounts must be loaded."""
    lines: dict[str, list[int]] = {}
    for approval, line in decided:
        lines.setdefault(approval, []).append(line)
    found = []
    for chain, numbers in lines.items():
        state = approval_at(facts, chain)
        standing = [] if state is None else [number for number in sorted(numbers) if _stands(state, number, today)]
        if state is not None and standing:
            left_g = sum(state.lines[number].mass_g - facts.used_g(q2_account(chain, number)) for number in standing)
            found.append(
                StoppedDecision(
                    approval=chain,
                    generator=chain.split("/")[1],
                    receiver=state.receiver,
                    no=state.no,
                    valid_to=max(state.lines[number].valid_to for number in standing),
                    lines=tuple(standing),
                    left_t=format_mass(left_g),
                )
            )
    return found


def _stands(state: ApprovalState, number: int, today: str) -> bool:
    line = state.line(number)
    return line is not None and line.status == "ACTIVE" and today <= line.valid_to


def names_rows(state: ApprovalState, chain: str, rows: Sequence[int]) -> bool:
    """Whether an application has a line on one of the rows."""
    refs = (line.listing for line in state.lines if line.listing is not None)
    return any(ref.list == chain and ref.row in rows for ref in refs)


def goes_on_rows(view: ManifestView, chain: str, decided: DecidedRows, rows: Sequence[int]) -> int | None:
    """Grams of a load that go on the rows, by its decision or on a pilot list; ``None`` where nothing does."""
    state = view.state
    if state.pilot is not None:
        return sum(line.sent_g for line in state.lines) if state.pilot[0] == chain and state.pilot[1] in rows else None
    own = [line.sent_g for line, row in zip(state.lines, rows_of(state, decided), strict=True) if row in rows]
    return sum(own) if own else None


def stopped_load(view: ManifestView, mass_g: int) -> StoppedLoad:
    """A load for the wire."""
    state = view.state
    return StoppedLoad(
        id=view.chain.removeprefix("manifest/"),
        number=state.number,
        stage=state.stage.value,
        generator=state.generator,
        receiver=state.receiver,
        plates=tuple(dict.fromkeys(leg.vehicle.plate for leg in state.open_legs)),
        mass_t=format_mass(mass_g),
    )


def stop_effect(
    about: tuple[str, int | None, ListState],
    moment: tuple[int, str],
    rows: Sequence[int],
    decisions: Sequence[StoppedDecision],
    applications: Iterable[StoppedApplication],
    loads: Mapping[Stage, Sequence[StoppedLoad]],
    *,
    is_whole: bool,
) -> StopEffect:
    """The answer; ``about`` is the list, the row that is asked for, and the list's state; ``moment`` the size of the log and the present."""
    chain, row, state = about
    covered = COVERED[state.suspension_stops]
    return StopEffect(
        size=moment[0],
        at=moment[1],
        list=chain,
        row=row,
        rows=tuple(rows),
        suspension_stops=state.suspension_stops,
        stops_issue="ISSUE" in covered,
        stops_departure="DEPART" in covered,
        decisions=tuple(decisions),
        generators=tuple(dict.fromkeys(one.generator for one in decisions)),
        applications=tuple(applications),
        on_road=tuple(loads[Stage.IN_TRANSIT]),
        at_gate=tuple(loads[Stage.ARRIVED]),
        issued=tuple(loads[Stage.ISSUED]),
        is_whole=is_whole,
    )
