"""A whole life as data: a file of ``lives/``, which says who signs what and when, what the log answers, and what is seen after it.

Every life has firms, permits, lists and decisions of its own, copied from the demonstration's cast and told apart by ``serial``; so many
are played on one log, in any order, and none touches another. All firms are fictitious.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from ledger.admission.statement import hash_of
from ledger.mass import parse_mass
from liandan.demo.calendar import at, seconds
from liandan.demo.cast import CAST, Cast, DemoWaste, Firm, Flow, Licence
from liandan.demo.founding import Keyring
from liandan.demo.play import PlannedAct, Scribe
from liandan.demo.story import before_october
from liandan.demo.trip import ManifestStory, Step
from liandan.demo.world import World
from signing.envelope import Envelope, freeze

LIVES = Path(__file__).with_name("lives")
EVERYBODY = ("operator", "sichuan", "chongqing")

Table = dict[str, Any]


class Look(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one party reads: ``get`` is a path in which ``{a}`` is the manifest of load a, ``{jinchuan}`` a firm; ``at`` leads into the answer, ``*`` through a list.

    Without ``be`` there must be nothing; with ``code`` it is told no.
    """

    who: str = field(name="as")
    get: str
    at: str = ""
    be: Any = field(name="is", default=None)
    code: str = ""


class LifeStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One act, or only a look: ``zh`` says what happens.

    Acts of a load have its usual body (liandan/demo/trip.py) with ``set`` and without ``drop``; all others have ``body``. What is written of the answer
    is all there is: alerts (``H WEIGHT``), tags, grams on accounts (``"Q2 batteries_out" = "+5.6"``); no ``stage`` means that it stays.
    """

    zh: str
    kind: str = ""
    by: tuple[str, ...] = ()
    principal: str = field(name="for", default="")
    device: str = ""
    load: str = ""
    case: str = ""
    """A case beside the load, by a name of this life."""
    chain: str = ""
    at: str = ""
    after: str = ""
    """So long after the step before: ``40m``."""
    posted: str = ""
    """When it reaches the log, if not at once."""
    body: Table = {}
    set: Table = {}
    drop: tuple[str, ...] = ()
    to: str = ""
    t: str = ""
    net_t: str = ""
    reported: bool = False
    """receive: accepted 20 minutes before, and told to the generator and the authority in between."""
    numbered: bool = True
    refused: tuple[str, ...] = ()
    keep: str = ""
    """A name under which the signed envelope is kept: ``$kept:name`` is its base64 in a later body, ``$hash:name`` its statement hash."""
    stage: str = ""
    alerts: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    quota: dict[str, str] = {}
    sees: tuple[Look, ...] = ()


class Cargo(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A load: on which flow, how much; ``origin`` and ``to`` where it leaves from another firm, or goes to another, than the flow's."""

    flow: str
    t: str
    truck: str = ""
    returns: str = ""
    origin: str = field(name="from", default="")
    to: str = ""
    left: str = ""
    """Why it is not at an end when the life is told."""


class Life(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole life. ``sources`` are what it shows: ``law 7.8``, ``law 1.7 (14)``, ``peers 5.2: …``."""

    zh: str
    serial: int
    """10 to 99: the number of its firms, plates and national numbers."""
    sources: tuple[str, ...]
    flows: dict[str, Table]
    firms: tuple[str | Firm, ...] = ()
    """Firms of the demonstration beside those of the flows, or new ones."""
    strangers: tuple[str, ...] = ()
    """Firms that are not registered when the life begins."""
    wastes: dict[str, DemoWaste] = {}
    permits: dict[str, Table] = {}
    lists: dict[str, tuple[tuple[str, str], ...]] = {}
    places: dict[str, dict[str, str]] = {}
    loads: dict[str, Cargo]
    steps: tuple[LifeStep, ...] = field(name="step")

    def cast(self) -> Cast:
        """The demonstration's cast, cut down to this life and told apart from all others."""
        flows = {name: self._flow(name, changes) for name, changes in self.flows.items()}
        keys = dict.fromkeys((*EVERYBODY, *(key for flow in flows.values() for key in (flow.generator, flow.receiver, flow.carrier))))
        keys |= dict.fromkeys(one for one in self.firms if isinstance(one, str))
        new = {one.key: one for one in self.firms if isinstance(one, Firm)}
        firms = [new.get(key) or CAST.firm(key) for key in [*keys, *(key for key in new if key not in keys)]]
        own = tuple(firm if firm.key in EVERYBODY else replace(firm, serial=100 + self.serial) for firm in firms)
        shipped = msgspec.to_builtins(CAST.permits)
        merged = {name: shipped.get(name, {}) | more for name, more in ({key: {} for key in shipped} | self.permits).items()}
        permits = {name: msgspec.convert(one, Licence) for name, one in merged.items() if name in {firm.key for firm in firms}}
        lists = {way: tuple(row for row in rows if row[0] in permits) for way, rows in (CAST.lists | self.lists).items()}
        plates = {name: f"{plate[:3]}F{self.serial}" for name, plate in CAST.plates.items()}
        cast = replace(
            CAST, firms=own, permits=permits, wastes=CAST.wastes | self.wastes, places=CAST.places | self.places, plates=plates,
            lists={way: rows for way, rows in lists.items() if rows}, amended={}, flows=flows,
        )  # fmt: skip
        return replace(cast, flows={name: _listed(cast, flow) for name, flow in flows.items()})

    def _flow(self, name: str, changes: Table) -> Flow:
        known = msgspec.to_builtins(CAST.flows[name]) if name in CAST.flows else {}
        return msgspec.convert(known | changes, Flow)


def _listed(cast: Cast, flow: Flow) -> Flow:
    """The flow on the row that its receiver has in the lists as they are cut down."""
    if flow.row is None:
        return flow
    rows = cast.lists[f"{cast.firm(flow.generator).province}-{cast.firm(flow.receiver).province}"]
    return replace(flow, row=[receiver for receiver, _ in rows].index(flow.receiver))


def read_lives() -> dict[str, Life]:
    """All of them by name, in the order of their serials, no two of which are equal."""
    lives = {path.stem: msgspec.toml.decode(path.read_bytes(), type=Life) for path in LIVES.glob("*.toml")}
    ordered = dict(sorted(lives.items(), key=lambda one: one[1].serial))
    assert len({life.serial for life in lives.values()}) == len(lives)
    return ordered


class Planned(Struct, frozen=True):
    """A step with its act, or without one where somebody only looks."""

    step: LifeStep
    moment_s: int
    act: PlannedAct | None


class Telling:
    """A life written out: the acts of its founding, and its steps in the order of posting."""

    def __init__(self, name: str, life: Life, keyring: Keyring, found: str, hashes: dict[str, list[str]]) -> None:
        """``hashes`` are the statements of all chains, shared by all lives of a log."""
        self.name, self.life, self.cast = name, life, life.cast()
        self.world = World(f"{keyring.seed}/{name}", self.cast, lists=f"cy{life.serial}", first_number=1 + life.serial * 1000)
        self.scribe = Scribe(keyring, found, self.world, hashes)
        self.trips: dict[str, ManifestStory] = {}
        strangers = {f"party/{self.cast.firm(key).uscc}" for key in life.strangers}
        self.founding = [act for act in before_october(self.world) if act.chain not in strangers]
        self._kept: dict[str, str] = {}
        self.planned = sorted(self._plan(), key=lambda one: one.moment_s)

    def _plan(self) -> Iterator[Planned]:
        now_s = 0
        for step in self.life.steps:
            now_s = at(step.at) if step.at else now_s + seconds(step.after)
            act = self._act(step, now_s) if step.kind else None
            yield Planned(step, at(step.posted) if step.posted else now_s, act)

    def _act(self, step: LifeStep, now_s: int) -> PlannedAct:
        family, _, verb = step.kind.partition(".")
        if family == "manifest" and not step.body:
            return self._act_of_load(step, verb, now_s)
        body, chain = dict(step.body), step.chain
        trip = self.trips[step.load] if step.load else None
        if trip is not None and not chain:
            chain = f"{trip.chain.replace('manifest', 'case', 1)}/{self.world.ulid(trip.issued_s, step.case)}" if step.case else trip.chain
        by = tuple(self.cast.firm(name).uscc for name in step.by)
        return PlannedAct(
            kind=f"{step.kind}/1", chain=self.world.chain(chain), by=by, body=body, at_s=now_s, expect=step.refused, title=step.zh,
            devices={by[0]: (step.device,)} if step.device else {}, principal=self.cast.firm(step.principal).uscc if step.principal else None,
        )  # fmt: skip

    def _act_of_load(self, step: LifeStep, verb: str, now_s: int) -> PlannedAct:
        trip = self.trips.get(step.load) or self._begin(step.load, now_s)
        confirmed = "20m" if step.reported else "0m"
        trip.now_s = now_s - seconds(confirmed)
        how = Step(
            set=step.set, drop=step.drop, by=step.by, to=step.to, t=step.t, net_t=step.net_t, reported=step.reported,
            numbered=step.numbered, refused=step.refused, confirmed=confirmed,
        )  # fmt: skip
        trip.follow(verb, {verb: how})
        act = trip.acts[-1]
        by = act.by[0]
        named = self.cast.firm(step.principal).uscc if step.principal else None
        return replace(act, devices={by: (step.device,)} if step.device else {}, principal=named)

    def _begin(self, name: str, now_s: int) -> ManifestStory:
        cargo = self.life.loads[name]
        trip = ManifestStory(
            self.world,
            name,
            cargo.flow,
            now_s,
            parse_mass(cargo.t),
            plate=cargo.truck,
            returns=cargo.returns,
            origin=cargo.origin,
            to=cargo.to,
        )
        self.trips[name] = trip
        return trip

    def write(self, planned: Planned) -> Envelope:
        """The signed envelope of a step."""
        assert planned.act is not None
        envelope = self.scribe.write(replace(planned.act, body=self._with_kept(planned.act.body)))
        if planned.step.keep:
            self._kept[f"kept:{planned.step.keep}"] = b64encode(freeze(envelope)).decode()
            self._kept[f"hash:{planned.step.keep}"] = hash_of(envelope)
        return envelope

    def _with_kept(self, value: Any) -> Any:
        match value:
            case dict():
                return {name: self._with_kept(inner) for name, inner in value.items()}
            case str() if value.startswith(("$kept:", "$hash:")):
                return self._kept[value[1:]]
        return value

    def account(self, text: str) -> str:
        """What this life calls an account: ``Q2 batteries_out``, ``Q2 batteries_out 1``, ``Q1 51-50 0``, ``Q3 jiangjin``."""
        layer, name, *line = text.split(" ")
        known: Mapping[str, str] = {"Q1": self.world.lists, "Q2": self.world.approvals, "Q3": self.world.permits}[layer]  # type: ignore[assignment]
        return f"{layer} {known[name]}" + ("" if layer == "Q3" else f" {line[0] if line else 0}")

    def path(self, get: str) -> str:
        """A path with the names of manifests and firms filled in."""
        firms = {firm.key: firm.uscc for firm in self.cast.firms}
        return get.format_map(firms | {name: trip.chain.removeprefix("manifest/") for name, trip in self.trips.items()})
