"""Management plans (管理计划) for the wire: what was filed, line by line, and what manifests moved out on it (R-14, R-15)."""

from msgspec import Struct, field

from ledger.answers import ChangedParty, filled
from ledger.caller import Caller
from ledger.mass import format_mass
from ledger.model import Facts, Head
from whitelist.plan import PlanState, plan_used_key, used_g
from whitelist.registries import visible_plans


class PlanLineAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """A line of a plan: ``mass_t`` is planned for the year, ``used_t`` moved out by manifests, those under way included."""

    line: int
    name: str
    internal_name: str | None
    code: str
    category: str
    hazards: tuple[str, ...]
    form: str
    method: str
    receiver_type: str
    receivers: tuple[str, ...]
    mass_t: str
    used_t: str
    left_t: str  # Negative when more was moved out than planned.


class PlanSiteAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """What was filed for one site; without ``site``, for the unit as a whole."""

    site: str | None
    filing_no: str
    earlier_filing_nos: tuple[str, ...]
    filed_on: str
    lines: tuple[PlanLineAnswer, ...]


class PlanAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """The plan of a generator and year, as its newest entry ``index`` left it: of it what the reader may see."""

    plan: str
    generator: str
    year: int
    sites: tuple[PlanSiteAnswer, ...]
    index: int


class Plans(Struct, frozen=True, gc=False, kw_only=True):
    """A page of plans."""

    size: int
    plans: tuple[PlanAnswer, ...]
    next: str | None
    names: dict[str, str] = field(default_factory=dict)  # Of the codes above (whitelist.names).
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


def plan_keys(caller: Caller, chain: str, state: PlanState) -> list[str]:
    """Registers of the lines that a reader may see."""
    visible = visible_plans(caller, chain, state)
    return [plan_used_key(chain, site, number) for site, lines in visible.items() for number, _ in lines]


def plan_answer(caller: Caller, chain: str, head: Head[PlanState], facts: Facts) -> PlanAnswer:
    """A plan for the wire; the registers of :func:`plan_keys` must be loaded."""
    assert head.state is not None, "a plan has a state"
    sites = []
    for site, lines in visible_plans(caller, chain, head.state).items():
        plan, rows = head.state.sites[site], []
        for number, line in lines:
            used = used_g(facts, chain, site, number)
            masses = {"mass_t": line.mass_g, "used_t": used, "left_t": line.mass_g - used}
            own = {name: format_mass(grams) for name, grams in masses.items()}
            rows.append(filled(PlanLineAnswer, line, line=number, **own))
        *earlier, newest = plan.filings
        told = {"filing_no": newest, "earlier_filing_nos": tuple(earlier), "lines": tuple(rows)}
        sites.append(PlanSiteAnswer(site=site or None, filed_on=plan.filed_on, **told))  # type: ignore[arg-type]
    _, generator, year = chain.split("/")
    return PlanAnswer(plan=chain, generator=generator, year=int(year), sites=tuple(sites), index=head.idx)
