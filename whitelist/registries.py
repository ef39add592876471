"""What a reader wants of the registries of permits, lists, approvals, plans and incidents, and may have; and the rows that are found.

Permits and lists are public to every registered party: they are announced in print, and nobody can prepare a transfer without them. What an
application says, and what is left on its decision, concerns its generator, its receiver and the authorities (design §5); a plan its generator,
the authorities, and of a line whoever it names as receiver.
"""

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from ledger.caller import Caller, reads
from ledger.model import Head
from ledger.searching.terms import ANY, Groups
from whitelist.approval import GRANTED_STAGES, ApprovalState
from whitelist.emergency import EmergencyState
from whitelist.incident import IncidentState
from whitelist.listing import ListState
from whitelist.permit import PermitState
from whitelist.plan import PlanLine, PlanState
from whitelist.quota import q1_account, q2_account, q3_account
from whitelist.registry_terms import code_group, emergency_parties, emergency_places, incident_places, way_groups


class RegistryRow(Struct, frozen=True, gc=False):
    """One row of a registry: a chain with its state, and the number of the row within it."""

    chain: str
    number: int
    head: Head[Any]

    @property
    def state(self) -> Any:
        """State of the chain: of the type that goes with its name."""
        assert self.head.state is not None, "a registry's chain has a state"
        return self.head.state

    @property
    def owner(self) -> str:
        """USCC that the chain is named after: of a permit's receiver, of an approval's generator."""
        return self.chain.split("/")[1]

    @property
    def account(self) -> str:
        """The quota account of the row."""
        if self.chain.startswith("permit/"):
            return q3_account(self.state.root)
        return (q2_account if self.chain.startswith("approval/") else q1_account)(self.chain, self.number)


def visible_plans(caller: Caller, chain: str, state: PlanState) -> dict[str, list[tuple[int, PlanLine]]]:
    """Lines of a plan that a reader may see, by site, with their numbers: all of them for its generator and the authorities, else those that
    name the reader as receiver; sites without any are left out."""
    whole = caller.reads_all or caller.uscc == chain.split("/")[1]
    found = {
        site: [(number, line) for number, line in enumerate(plan.lines) if whole or caller.uscc in line.receivers]
        for site, plan in state.sites.items()
    }
    return {site: lines for site, lines in found.items() if lines}


Select = Callable[[str, Any], Iterable[int]]  # From a chain's name and state to the numbers of the rows that are wanted of it, ascending.


class Wanted(Struct, frozen=True, gc=False, kw_only=True):
    """Filters; what is ``None`` does not narrow. Each registry looks at those it knows, and answers with numbers of rows, 0 for a whole chain."""

    generator: str | None = None
    receiver: str | None = None
    code: str | None = None
    year: int | None = None
    from_province: str | None = None
    to_province: str | None = None
    list: str | None = None
    stage: str | None = None
    status: str | None = None
    """How a list stands, or a row of one."""
    pending: bool = False
    """Only lists of which something waits for a confirmation."""
    granted: bool = False
    """Only decisions that approved something, however they stand now."""
    quota: str | None = None
    reporter: str | None = None
    authority: str | None = None
    """Who declared an emergency."""
    party: str | None = None
    """Generator or receiver of an emergency."""
    manifest: str | None = None
    """``<generator>/<ULID>`` of a manifest that an incident touches."""
    kind: str | None = None
    """What happened."""
    region: str | None = None
    """2, 4 or 6 digits of the place."""
    updated_since: int = 0
    """Only chains whose newest entry stands at this index or behind it."""

    def prefix(self, chain_type: str) -> str:
        """How the names begin of the chains that can be asked for: lists' with year and direction, others' with their owner."""
        narrow = {"permit": self.receiver, "list": self.year, "incident": self.reporter, "emergency": self.authority}.get(
            chain_type, self.generator
        )
        found = f"{chain_type}/" if narrow is None else f"{chain_type}/{narrow}{'-' if chain_type == 'list' else '/'}"
        return self.list if chain_type == "list" and self.list is not None and self.list.startswith(found) else found

    def groups(self, chain_type: str, caller: Caller | None = None) -> Groups:
        """Terms of which a chain has one of each group (whitelist.registry_terms), those first that are likely to be held least.

        Beside what its name says, see :meth:`prefix`. ``caller`` is who reads approvals and incidents.
        """
        found: Groups = []
        if chain_type in ("incident", "emergency"):
            return self._of_events(chain_type, caller)
        if chain_type == "approval":
            assert caller is not None, "approvals are for those concerned"
            stages = GRANTED_STAGES if self.granted else () if self.stage is None else (self.stage,)
            if not caller.reads_all:
                own = [f"party:{caller.uscc} {stage}" for stage in stages] or [f"party:{caller.uscc}"]
                regions = (region for grant in caller.grants if "approval" in grant.topics for region in grant.regions)
                found.append([*own, *(f"region:{region}" for region in regions)])
            found += [[f"stage:{stage}" for stage in stages]] if stages else []
        if chain_type == "plan":
            assert caller is not None, "plans are for those concerned"
            found += [] if caller.reads_all else [[f"party:{caller.uscc}"]]
            found += [] if self.year is None else [[f"year:{self.year}"]]
        if chain_type != "permit":
            found += [] if self.receiver is None else [[f"receiver:{self.receiver}"]]
        if self.code is not None:
            found.append(code_group(self.code))
        if chain_type in ("approval", "list"):
            found += way_groups(self.from_province, self.to_province)
        return [*found, [ANY]]

    def _of_events(self, chain_type: str, caller: Caller | None) -> Groups:
        """Of incidents and emergencies, which are read under one topic."""
        assert caller is not None, "incidents and emergencies are for those concerned"
        found: Groups = []
        if not caller.reads_all:
            regions = (region for grant in caller.grants if "incident" in grant.topics for region in grant.regions)
            found.append([*(f"party:{party}" for party in caller.parties), *(f"region:{region}" for region in regions)])
        names = ("party", "region", "stage") if chain_type == "emergency" else ("manifest", "region", "kind", "stage")
        found += [[f"{name}:{value}"] for name in names if (value := getattr(self, name))]
        return [*found, *([] if self.code is None else [code_group(self.code)]), [ANY]]

    def incidents(self, caller: Caller, chain: str, state: IncidentState) -> Iterable[int]:
        """An incident if it is asked for, and concerns the reader, or an authority lets it read about its places."""
        told = (chain.split("/")[1], *state.concerned)
        concerns = not set(caller.parties).isdisjoint(told) or reads(caller, "incident", incident_places(chain, state))
        touched = (*state.manifests, state.backfilled)
        is_wanted = (
            concerns
            and self.kind in (None, state.what)
            and self.stage in (None, state.stage)
            and (self.region is None or any(place.startswith(self.region) for place in incident_places(chain, state)))
            and (self.manifest is None or f"manifest/{self.manifest}" in touched)
        )
        return (0,) if is_wanted else ()

    def emergencies(self, caller: Caller, chain: str, state: EmergencyState) -> Iterable[int]:
        """An emergency if it is asked for, and the reader may move on it or take what moves, or an authority lets it read about its places."""
        parties, places = emergency_parties(state), emergency_places(chain, state)
        concerns = not set(caller.parties).isdisjoint(parties) or reads(caller, "incident", places)
        is_wanted = (
            concerns
            and self.stage in (None, state.stage)
            and (self.party is None or self.party in parties)
            and (self.region is None or any(place.startswith(self.region) for place in places))
            and (self.code is None or state.covers(self.code))
        )
        return (0,) if is_wanted else ()

    def permits(self, _: str, state: PermitState) -> Iterable[int]:
        """A permit if it covers the code asked for."""
        return (0,) if self.code is None or state.items_for(self.code) else ()

    def lists(self, chain: str, state: ListState) -> Iterable[int]:
        """A list if it is of the direction asked for."""
        leads = self.from_province in (None, state.from_province) and self.to_province in (None, state.to_province)
        stands = "REMOVED" if state.is_removed else state.status
        is_wanted = (
            leads and self.list in (None, chain) and self.status in (None, stands) and (not self.pending or bool(state.life.pending))
        )
        return (0,) if is_wanted else ()

    def listings(self, chain: str, state: ListState) -> Iterable[int]:
        """Rows of a list that are asked for, however they stand."""
        leads = self.from_province in (None, state.from_province) and self.to_province in (None, state.to_province)
        for number, row in enumerate(state.rows) if leads and self.list in (None, chain) else ():
            if self.receiver in (None, row.receiver) and (self.code is None or row.waste.covers(self.code)):
                yield number

    def approvals(self, caller: Caller, chain: str, state: ApprovalState) -> Iterable[int]:
        """An approval if it is asked for, and concerns the reader, or an authority lets it read about its places (``access.grant``)."""
        generator, (from_province, to_province) = chain.split("/")[1], state.direction
        places = (state.origin, state.destination, generator[2:8], state.receiver[2:8])
        is_wanted = (
            (caller.uscc in (generator, state.receiver) or reads(caller, "approval", places))
            and self.receiver in (None, state.receiver)
            and self.from_province in (None, from_province)
            and self.to_province in (None, to_province)
            and self.stage in (None, state.stage)
            and (self.code is None or any(line.code == self.code for line in state.lines))
        )
        return (0,) if is_wanted else ()

    def plans(self, caller: Caller, chain: str, state: PlanState) -> Iterable[int]:
        """A plan if one of the lines that the reader may see is asked for."""
        lines = [line for plan in visible_plans(caller, chain, state).values() for _, line in plan]
        is_wanted = self.year in (None, int(chain.rpartition("/")[2])) and any(
            self.code in (None, line.code) and (self.receiver is None or self.receiver in line.receivers) for line in lines
        )
        return (0,) if is_wanted else ()

    def quotas(self, caller: Caller, chain: str, state: Any) -> Iterable[int]:
        """Rows that have an account: granted lines of approvals, listings, permits."""
        if chain.startswith("permit/"):
            return self.permits(chain, state)
        if chain.startswith("list/"):
            return self.listings(chain, state)
        lines = enumerate(state.lines) if self.approvals(caller, chain, state) else ()
        return [number for number, line in lines if state.line(number) is not None and self.code in (None, line.code)]
