"""Reading what a text may become: firms by a part of their names, sites of their names and addresses, plates and numbers by how they begin.

It costs the same, however large the log; what sites there are is read whole: firms have few.
"""

from ledger.caller import Caller
from ledger.fields import normal
from ledger.kinds.site import Site
from ledger.log import Log
from ledger.parties.store import fetch_parties, search_parties
from ledger.store import Conn, search_facts
from manifests import store
from manifests.search import Search, scoped
from manifests.service import projection
from manifests.suggesting.answers import SORTS, SuggestedFirm, SuggestedSite, SuggestedTerm, Suggestions, may_begin, shown
from manifests.suggesting.near import near_plates
from signing.uscc import check_uscc

EACH = 6
"""Of each sort."""
SITES_MAX = 60
"""Sites that are looked at for a reader who sees only some of them."""
SITE_MIN = 2
"""Characters of the name or the address of a site."""


async def suggest(log: Log, caller: Caller, written: str) -> Suggestions:
    """Firms, plates and numbers for what has been typed so far; nothing for nothing. A party is shown plates and numbers of its own manifests."""
    text = " ".join(written.split())
    part = normal(text)
    async with projection(log) as now:
        conn = now.workspace.conn
        if not part or not part.isprintable():
            return Suggestions(size=now.size, text=text, firms=(), terms=(), more=False)
        among = _among(caller)
        terms = list[SuggestedTerm]()
        more = False
        for sort in SORTS:
            beginning = text if sort == "provincial_number" else part  # which stands as it was given
            found = await store.list_beginning(conn, sort, beginning, among, limit=EACH + 1) if may_begin(sort, part) else []
            more |= len(found) > EACH
            terms += [SuggestedTerm(sort=sort, value=one, shown=shown(sort, one)) for one in found[:EACH]]
        rows, following = await search_parties(conn, part, since=0, after="", limit=EACH)
        if check_uscc(part):
            rows, following = await fetch_parties(conn, [part]), None
        sites = await _sites(log, conn, text, among)
    firms = tuple(SuggestedFirm(uscc=row.uscc, name=row.name, closed_on=row.closed_on) for row in rows)
    return Suggestions(
        size=now.size,
        text=text,
        firms=firms,
        terms=tuple(terms),
        sites=sites[:EACH],
        more=more or following is not None or len(sites) > EACH,
    )


async def suggest_near(log: Log, caller: Caller, written: str) -> Suggestions:
    """Plates of manifests of the reader that are nearly what was typed, the likeliest first; for a text of which no plate begins."""
    text = " ".join(written.split())
    async with projection(log) as now:
        near = [f"plate:{plate}" for plate in near_plates(normal(text))]
        found = [term.partition(":")[2] for term in await store.terms_among(now.workspace.conn, near, _among(caller))] if near else []
    terms = tuple(SuggestedTerm(sort="plate", value=one, shown=shown("plate", one)) for one in found[:EACH])
    return Suggestions(size=now.size, text=text, firms=(), terms=terms, more=len(found) > EACH)


def _among(caller: Caller) -> list[str] | None:
    """Terms of which a manifest has one that a reader may see; ``None`` for whoever sees all."""
    visible = scoped(Search(), caller)
    return None if visible.visible_to is None else list(visible.groups()[0])


async def _sites(log: Log, conn: Conn, text: str, among: list[str] | None) -> tuple[SuggestedSite, ...]:
    """Sites with a part in their name or address; of others' those from or to which a manifest of the reader leads."""
    if len(text) < SITE_MIN or (text.isascii() and text.isdecimal()):
        return ()
    parts = list(dict.fromkeys((text.encode(), "".join(text.split()).encode())))
    raws = await search_facts(conn, "site", parts, EACH + 1 if among is None else SITES_MAX)
    found: dict[str, Site] = {key.removeprefix("site:").replace(" ", "/", 1): log.kinds.decode(key, raw) for key, raw in raws.items()}
    if among is not None and found:
        seen = await store.terms_among(conn, [f"site:{value}" for value in found], among)
        found = {value: found[value] for value in (term.removeprefix("site:") for term in seen)}
    fitting = [(value, site) for value, site in found.items() if any(part.decode() in f"{site.name} {site.address}" for part in parts)]
    return tuple(
        SuggestedSite(value=value, name=site.name, address=site.address, closed_on=site.closed_on or "")
        for value, site in fitting[: EACH + 1]
    )
