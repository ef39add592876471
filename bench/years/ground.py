"""What lives stand on: parties and permits at the beginning, lists and plans of every year, decisions of every half-year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

import msgspec

from bench.load import FROM, TO, key_of
from bench.years.cast import Route, Site
from bench.years.trip import Life, YearAct, YearTrip
from bench.years.world import World, half_of
from ledger.mass import format_mass
from ledger.times import day_of, parse_at
from signing.possession import register
from whitelist.acts.list_rows import Row
from whitelist.listing import rows_hash

SCALE_T = "900000000"
SLACK = 2
"""A row covers what is decided on it, and as much again."""


def settled(world: World) -> Life:
    """Every firm with its key, every permit."""
    cast = world.cast
    firms = [
        *chain.from_iterable(cast.carriers.values()),
        *(route.generator for route in cast.every_route),
        *(site.firm for site in cast.every_site),
    ]
    for firm in firms:
        yield _act(
            "party.register",
            f"party/{firm.uscc}",
            (YearTrip.authority_of(firm.province),),
            registration(world, firm.uscc, firm.name),
            world.now_s,
        )
    for number, site in enumerate(cast.every_site):
        yield _act("permit.grant", site.permit, (YearTrip.authority_of(site.firm.province),), _permit(site, number), world.now_s)


def registration(world: World, uscc: str, name: str) -> dict[str, Any]:
    """Body of a registration with one key."""
    return {"name": name, "keys": [register(key_of(uscc), world.found, uscc)]}


def _permit(site: Site, number: int) -> dict[str, Any]:
    """For one waste, for long, without end."""
    return {
        "no": f"川渝环危证{number:04d}号（虚构）", "class": "permit", "valid_from": "2024-01-01", "valid_to": "2033-12-31", **site.firm.place,
        "items": [site.waste.scope | {"methods": [site.waste.method]}], "scale_t": SCALE_T,
    }  # fmt: skip


def listed(world: World, year: int) -> Life:
    """Both lists of a year, proposed and countersigned in the December before (2020 mechanism, rule 2)."""
    at_s = parse_at(f"{year - 1}-12-10T09:00:00+08:00")
    decided = Counter[str]()
    for route in world.cast.every_route:
        decided[route.site.permit] += 2 * world.cast.decided_g(route)
    for province, (proposer, other) in {"50": (FROM, TO), "51": (TO, FROM)}.items():
        sites = [site for site in world.cast.every_site if site.row is not None and site.firm.province == province]
        rows = [_row(site, SLACK * decided[site.permit] + 10**9) for site in sorted(sites, key=lambda site: site.row or 0)]
        name = world.list_of("51-50" if province == "50" else "50-51", str(year))
        letter = {"letter_no": f"环函〔{year - 1}〕{province}号（虚构）", "letter_date": f"{year - 1}-12-10"}
        days = {"effective_from": f"{year}-01-01", "effective_to": f"{year}-12-31"}
        yield _act(
            "list.propose",
            name,
            (proposer,),
            {**letter, **days, "kind": "mutual", "suspension_stops": "issue", "rows": len(rows), "pages": 1},
            at_s,
        )
        yield _act("list.rows", name, (proposer,), {"page": 0, "rows": rows}, at_s)
        found = [msgspec.convert(row, Row).listed("") for row in rows]
        yield _act("list.countersign", name, (other,), {"rows_hash": rows_hash(found), **letter}, at_s)


def _row(site: Site, quota_g: int) -> dict[str, Any]:
    return {
        "receiver": site.firm.uscc,
        "permit": site.permit,
        "waste": site.waste.scope,
        "methods": [site.waste.method],
        "quota_t": format_mass(quota_g),
    }


def planned(world: World, year: int) -> Life:
    """Plans of the year, of those who file them here; on the first of January."""
    at_s = parse_at(f"{year}-01-01T01:00:00+08:00")
    for route in filter(world.has_plan, world.cast.every_route):
        generator, waste = route.generator, route.waste
        line = waste.named | {
            "form": waste.form,
            "mass_t": format_mass(2 * world.cast.decided_g(route)),
            "method": waste.method,
            "receiver_type": "permit",
        }
        body = {"filing_no": f"GL-{generator.division}-{year}-{route.number:03d}", "filed_on": f"{year}-01-01", "lines": [line]}
        yield _act("plan.file", f"plan/{generator.uscc}/{year}", (generator.uscc,), body, at_s)


def decided(world: World, year: int, half: int) -> Life:
    """The decisions of half a year, in the month before: on the list, or by letter."""
    begins, ends = (f"{year - 1}-12-20", f"{year}-06-30") if half == 0 else (f"{year}-06-20", f"{year}-12-31")
    at_s = parse_at(f"{begins}T06:00:00+08:00")  # when no permit and no row is suspended (firms)
    for route in world.cast.every_route:
        approval = world.approval(route, parse_at(f"{ends}T08:00:00+08:00"))
        yield from decision(world, route, approval, at_s, ends, world.cast.decided_g(route))


def decision(world: World, route: Route, approval: str, at_s: int, ends: str, mass_g: int) -> Iterator[YearAct]:
    """Application, consultation where nothing is listed, and the decision."""
    year, mass_t, generator = ends[:4], format_mass(mass_g), route.generator
    here, there = YearTrip.authority_of(generator.province), YearTrip.authority_of(route.site.firm.province)
    line = route.waste.named | {"mass_t": mass_t, "method": route.waste.method}
    if route.site.row is not None:
        line["listing"] = {"list": world.list_of(route.direction, year), "row": route.site.row}
    asked = {"receiver": route.site.firm.uscc, "permit": route.site.permit, "origin": generator.place, "applied_to": ends, "lines": [line]}
    yield _act("approval.apply", approval, (generator.uscc,), asked, at_s)
    if route.site.row is None:
        letter = {"letter_no": f"环固函{half_of(at_s)}-{route.number}号（虚构）", "letter_date": day_of(at_s)}
        yield _act("approval.consult", approval, (here,), letter, at_s)
        yield _act("approval.reply", approval, (there,), letter | {"agree": True}, at_s)
    granted = {
        "approve": True,
        "no": f"环固转〔{year}〕{half_of(at_s)}-{route.number}号（虚构）",
        "valid_to": ends,
        "lines": [{"line": 0, "mass_t": mass_t}],
    }
    yield _act("approval.decide", approval, (here,), granted, at_s)


def _act(kind: str, chain: str, by: tuple[str, ...], body: dict[str, Any], at_s: int) -> YearAct:
    return YearAct(kind=f"{kind}/1", chain=chain, by=by, body=body, at_s=at_s, post_s=at_s)
