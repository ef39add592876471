"""What a dossier says, taken from its verified bundle and from nothing else. Pure; terms that need a calendar are told by the alerts of admission."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.bundle import Bundle
from ledger.kinds.refusal_pages import LOG_REFUSALS, LogRefusals, RefusalItem
from ledger.times import day_at, day_of, parse_at
from manifests.acts import Depart, HandOver, Issue, Receive, Transship
from manifests.model import FINISHED, ManifestState
from manifests.naming import Reports, noted
from manifests.view import Flag, ManifestView, concerns, fold
from reports.dossier.model import period_between
from reports.reconciliation.gathered.filing import rows_of
from reports.reconciliation.line import LineRow, Period
from signing.refusal import refuse
from whitelist.approval import ApprovalState
from whitelist.incident import IncidentState
from whitelist.listing import ListRow, ListState
from whitelist.permit import PermitState
from whitelist.plan import PlanState


class DossierLoad(Struct, frozen=True, kw_only=True):
    """A manifest of the firm: as it is viewed, its lines, its acts on trunk and cases."""

    view: ManifestView
    rows: tuple[LineRow, ...]
    acts: tuple[Entry, ...]
    roles: frozenset[str]
    """``generator``, ``carrier``, ``receiver``: what of it the firm is."""

    @property
    def state(self) -> ManifestState:
        """In force."""
        return self.view.state

    @property
    def name(self) -> str:
        """National number, else the ULID."""
        return self.state.number or self.view.ulid

    @property
    def is_open(self) -> bool:
        """Whether an act may still come."""
        return self.state.stage not in FINISHED

    def bodies(self, *kinds: type[Any]) -> list[Any]:
        """Bodies of its acts of some kinds."""
        return [act.statement.body for act in self.acts if isinstance(act.statement.body, kinds)]

    @property
    def issue(self) -> Issue:
        """Its first act."""
        body: Issue = self.acts[0].statement.body
        return body

    @property
    def begun(self) -> list[Any]:
        """Acts that put it on a vehicle."""
        return self.bodies(Depart, HandOver, Transship)

    @property
    def receipt(self) -> Receive | None:
        """The receiver's act."""
        return next(iter(self.bodies(Receive)), None)

    def has(self, *codes: str) -> bool:
        """Whether one of these alerts was raised at an act of it."""
        return any(flag.code in codes for flag in self.view.flags)


class ListedRow(Struct, frozen=True, kw_only=True):
    """A row of a list in which the firm stands; numbered from 0."""

    list: str
    number: int
    state: ListState
    row: ListRow


class DossierFacts(Struct, frozen=True, kw_only=True):
    """Everything that the pages print."""

    bundle: Bundle
    party: str
    period: Period
    loads: tuple[DossierLoad, ...]
    permits: Mapping[str, PermitState]
    plans: Mapping[str, PlanState]
    decisions: Mapping[str, ApprovalState]
    listed: tuple[ListedRow, ...]
    incidents: Mapping[str, IncidentState]
    refusals: tuple[tuple[int, RefusalItem], ...]
    """Entry of the page, and what it says; within the period."""
    has_refusals: bool
    """Whether pages of refusals are enclosed."""

    @property
    def is_alone(self) -> bool:
        """Whether they are of one manifest alone, whose bundle says nothing of other plans, permits and incidents of its parties."""
        return self.bundle.subject.startswith("manifest/")

    @property
    def dated(self) -> str:
        """``admission.at`` of the newest entry enclosed."""
        return self.bundle.entries[-1].admission.at

    @property
    def flags(self) -> list[tuple[DossierLoad, Flag]]:
        """Alerts of its manifests, in the order of the log."""
        return sorted(((load, flag) for load in self.loads for flag in load.view.flags), key=lambda pair: pair[1].index)

    def of(self, role: str) -> list[DossierLoad]:
        """Its manifests in a role; a return (退回) is nobody's transfer."""
        return [load for load in self.loads if role in load.roles and load.state.route != "RETURN"]

    def newest(self, chain: str) -> int:
        """The newest entry enclosed of a chain."""
        return max((entry.index for entry in self.bundle.entries if entry.statement.chain == chain), default=0)

    def alerts_by_code(self) -> list[tuple[tuple[str, str], list[tuple[DossierLoad, Flag]]]]:
        """Alerts by level and code, the gravest and most frequent first."""
        found: dict[tuple[str, str], list[tuple[DossierLoad, Flag]]] = {}
        for load, flag in self.flags:
            found.setdefault((flag.level, flag.code), []).append((load, flag))
        return sorted(found.items(), key=lambda item: ("HML".index(item[0][0]), -len(item[1]), item[0][1]))


def dossier_facts(bundle: Bundle, period: Period) -> DossierFacts:
    """The facts of an opened bundle about a ``party/`` chain; Refusal CERT_SUBJECT for another one."""
    kind, _, party = bundle.subject.partition("/")
    if kind != "party":
        raise refuse("CERT_SUBJECT", field="subject", found=bundle.subject, expected="party/<USCC>")
    states = _states(bundle)
    lists = {name: state for name, state in states.items() if isinstance(state, ListState)}
    return DossierFacts(
        bundle=bundle,
        party=party,
        period=period,
        loads=tuple(_loads(bundle, party)),
        permits={name: state for name, state in states.items() if isinstance(state, PermitState) and name.split("/")[1] == party},
        plans={name: state for name, state in states.items() if isinstance(state, PlanState) and name.split("/")[1] == party},
        decisions={
            name: state for name, state in states.items()
            if isinstance(state, ApprovalState) and party in (name.split("/")[1], state.receiver)
        },
        listed=tuple(
            ListedRow(list=name, number=number, state=state, row=row)
            for name, state in lists.items() for number, row in enumerate(state.rows) if row.receiver == party
        ),
        incidents={name: state for name, state in states.items() if isinstance(state, IncidentState)},
        refusals=tuple((index, item) for index, item in refusals_in(bundle.entries, party) if period.holds(_moment(item))),
        has_refusals=bool(bundle.chain(LOG_REFUSALS)),
    )  # fmt: skip


def load_facts(bundle: Bundle) -> DossierFacts:
    """The facts of an opened bundle about one ``manifest/`` chain, which concern everybody on it; ``party`` is its generator. Refusal CERT_SUBJECT."""
    kind, _, name = bundle.subject.partition("/")
    if kind != "manifest":
        raise refuse("CERT_SUBJECT", field="subject", found=bundle.subject, expected="manifest/<USCC>/<ULID>")
    party, states = name.partition("/")[0], _states(bundle)
    [load] = [load for load in _loads(bundle, "") if load.view.chain == bundle.subject]
    issued, dated = day_of(load.view.issued_s), day_at(bundle.entries[-1].admission.at)
    return DossierFacts(
        bundle=bundle, party=party, period=period_between(issued, max(issued, dated)), loads=(load,), permits={}, plans={},
        decisions={name: state for name, state in states.items() if isinstance(state, ApprovalState)}, listed=(), incidents={}, refusals=(),
        has_refusals=False,
    )  # fmt: skip


def _moment(item: RefusalItem) -> int:
    return parse_at(item.at)


def refusals_in(entries: tuple[Entry, ...], party: str) -> Iterator[tuple[int, RefusalItem]]:
    """Entry and item of everything that was refused of a firm's statements."""
    for entry in entries:
        if isinstance(entry.statement.body, LogRefusals):
            for item in entry.statement.body.items:
                if party in item.by:
                    yield entry.index, item


def _states(bundle: Bundle) -> dict[str, Any]:
    names = dict.fromkeys(entry.statement.chain for entry in bundle.entries)
    return {name: bundle.facts.state(name) for name in sorted(names)}


def _loads(bundle: Bundle, party: str) -> Iterable[DossierLoad]:
    """Manifests of a party; of nobody in particular (empty): all, in every role."""
    views: dict[str, ManifestView] = {}
    acts: dict[str, list[Entry]] = {}
    reports = Reports()
    for entry in bundle.entries:
        trunk = concerns(entry)
        if trunk is not None:
            views[trunk] = fold(views.get(trunk), entry)
            acts.setdefault(trunk, []).append(entry)
        for named in reports.named_by(entry):
            if named in views:
                views[named] = noted(views[named], entry)
    for trunk, view in sorted(views.items(), key=lambda item: (item[1].issued_s, item[0])):
        state = view.state
        roles = {"generator": party == state.generator, "receiver": party == state.receiver, "carrier": party in view.carriers}
        held = frozenset(role for role, is_held in roles.items() if is_held or not party)
        if held:
            rows = rows_of(trunk, state, state.number or "", None)
            yield DossierLoad(view=view, rows=rows, acts=tuple(acts[trunk]), roles=held)


def sums(loads: Sequence[DossierLoad], period: Period) -> Counter[str]:
    """What their lines add up to within the period, in grams: declared of what departed, accepted, refused, difference; open at its end."""
    found: Counter[str] = Counter()
    for load in loads:
        for row in load.rows:
            if period.holds(row.departed_s):
                found["departed"] += row.declared_g
            if period.holds(row.received_s):
                found["accepted"] += row.accepted_g or 0
                found["refused"] += row.refused_g or 0
                found["difference"] += row.difference_g or 0
            if row.is_under_way_at(period.end_s):
                found["under_way"] += row.declared_g
            if period.holds(row.voided_s):
                found["voided"] += row.declared_g
    return found
